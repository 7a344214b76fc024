"""Playing a script: to its end, each conversation by itself, with the outcome that its reader would give it."""

from __future__ import annotations

import pytest

from spinebot import Bot
from spinebot.testing.expect import Reply
from spinebot.testing.play import BotSpeaker, Played, SpeakerError, play
from spinebot.testing.script import Conversation, parse_script


def conversations(text: str) -> list[Conversation]:
    return parse_script("conversations:\n" + text, "a.chat.yaml")


class Echo:
    """Repeats what it hears; `hang up` ends it."""

    def say(self, text: str) -> Reply:
        if text == "hang up":
            raise SpeakerError("the line is dead: try later")
        return {"text": text}


def outcome(steps: str, more: str = "") -> Played:
    [conversation] = conversations(f"  - {{name: a, {more}steps: [{steps}]}}\n")
    return play(conversation, Echo)


GOOD, BAD = "{user: hi, expect: {says: hi}}", "{user: hi, expect: {says: bye}}"


@pytest.mark.parametrize(("steps", "more", "expected", "is_bad"), [
    (GOOD, "", "passed", False),
    ("{user: hi}", "", "passed", False),
    (f"{GOOD}, {BAD}", "", "failed", True),
    (BAD, "xfail: why, ", "xfailed", False),
    (GOOD, "xfail: why, ", "xpassed", True),
    (BAD, "skip: why, ", "skipped", False),
    (f"{GOOD}, {{user: hang up}}", "", "broken", True),
    (f"{BAD}, {{user: hang up}}", "xfail: why, ", "broken", True),
])  # fmt: skip
def test_an_outcome(steps: str, more: str, expected: str, is_bad: bool) -> None:
    played = outcome(steps, more)
    assert (played.outcome, played.is_bad) == (expected, is_bad)


def test_it_goes_on_after_a_failure() -> None:
    """What follows a failure tells more than the failure alone."""
    played = outcome(f"{BAD}, {GOOD}, {BAD}")
    assert [len(step.failures) for step in played.steps] == [1, 0, 1]


def test_what_is_skipped_is_not_said() -> None:
    def nobody() -> Echo:
        raise AssertionError("it was spoken with")

    [conversation] = conversations(f"  - {{name: a, skip: why, steps: [{GOOD}]}}\n")
    assert play(conversation, nobody).steps == ()


def test_what_was_said_before_the_trouble_is_kept() -> None:
    played = outcome(f"{GOOD}, {{user: hang up}}, {GOOD}")
    assert [step.step.says for step in played.steps] == ["hi"]
    assert played.trouble == "the line is dead: try later"


def test_a_speaker_that_is_not_there_is_trouble_too() -> None:
    def nobody() -> Echo:
        raise SpeakerError("nobody is there")

    [conversation] = conversations(f"  - {{name: a, steps: [{GOOD}]}}\n")
    assert (play(conversation, nobody).outcome, play(conversation, nobody).trouble) == ("broken", "nobody is there")


def test_each_conversation_begins_anew(bot: Bot) -> None:
    """`Is it treated?` means lupus only to whom spoke of it."""
    both = conversations(
        "  - name: a\n    steps: [{user: What is lupus?}, {user: Is it treated?, expect: {cites: lupus}}]\n"
        "  - name: b\n    steps: [{user: Is it treated?, expect: {cites: lupus}}]\n"
    )
    assert [play(one, lambda: BotSpeaker(bot)).outcome for one in both] == ["passed", "failed"]


def test_the_smallest_example_holds(bot: Bot) -> None:
    [conversation] = conversations("""\
  - name: lupus carries its caveat
    tags: [safety]
    steps:
      - user: Does lupus need treatment?
        expect: {kind: answer, says: medically treated, caveats: [lupus, general]}
      - user: and is it common?
        expect: {says_not: /common condition/}
""")
    played = play(conversation, lambda: BotSpeaker(bot))
    assert played.outcome == "passed", [failure for step in played.steps for failure in step.failures]
