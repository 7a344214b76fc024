"""What a failure looks like in a terminal: without it a tester sees that something broke, not where and why."""

from __future__ import annotations

import io

import pytest

from spinebot.render import columns
from spinebot.testing.expect import Failure
from spinebot.testing.play import Outcome, Played, PlayedStep
from spinebot.testing.report import Progress, coverage_lines, failure_text, heading_of, summary
from spinebot.testing.script import Conversation, Step

HELLO = Step("hello", (), "a.chat.yaml", 4)
ASKS = Step("Is it\tcommon?", (), "shared.yaml", 9)
AFTER = Step("thanks", (), "a.chat.yaml", 8)
FAILURE = Failure("says", "a rare thing", "It is common.\nSee a doctor.", "the reply lacks the words rare", 11)


def played(outcome: Outcome, *steps: PlayedStep, trouble: str = "", fails: str = "", name: str = "talk") -> Played:
    return Played(Conversation(name, "a.chat.yaml", 2, (HELLO, ASKS, AFTER), (), "", fails), outcome, steps, 0.5, trouble)


GOOD = PlayedStep(HELLO, {"text": "Hello."}, ())
BAD = PlayedStep(ASKS, {"text": "It is common.\nSee a doctor."}, (FAILURE,))
LATER = PlayedStep(AFTER, {"text": "Bye."}, ())


def test_a_failure_shows_the_conversation_so_far_and_both_sides_beside_each_other() -> None:
    assert failure_text(played("failed", GOOD, BAD, LATER), 72).splitlines() == [
        "  user      hello",
        "  bot       Hello.",
        "  user      Is it common?",
        "  bot       It is common.",
        "            See a doctor.",
        "",
        "shared.yaml:11: says",
        "  expected                          | got",
        "  --------------------------------- | ---------------------------------",
        "  a rare thing                      | It is common.",
        "                                    | See a doctor.",
        "  reason    the reply lacks the words rare",
    ]


def test_in_a_narrow_terminal_they_stand_one_below_the_other() -> None:
    lines = failure_text(played("failed", GOOD, BAD), 40).splitlines()
    assert lines[-5:] == ["  expected  a rare thing", "  got       It is common.", "            See a doctor.", "  reason    the reply lacks the words", "            rare"]


@pytest.mark.parametrize("width", [1, 20, 39, 71, 72, 73, 100])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    long = PlayedStep(ASKS, {"text": "wörd " * 60 + "x" * 200 + " 長い" * 30}, (Failure("says", "y" * 300, "長い" * 70, "because " * 30, 11),))
    lines = failure_text(played("failed", long), width).splitlines()
    assert max(map(columns, lines)) <= max(width, 20)


def test_nothing_that_a_terminal_obeys_is_printed() -> None:
    evil = PlayedStep(ASKS, {"text": "\x1b[2J\x07"}, (Failure("says", "\x1b]0;x\x07", "\u202e", "\x9b", 1),))
    both = failure_text(played("failed", evil)) + heading_of(played("failed", name="a\nb\x1b[2J"))
    assert not set(both) & set("\x1b\x07\x9b\u202e")
    assert heading_of(played("failed", name="a\nb")) == "FAILED a.chat.yaml:2: a b"


def test_a_server_that_does_not_answer_is_shown_with_the_message_it_was_silent_to() -> None:
    lines = failure_text(played("broken", GOOD, trouble="http://there: no answer in 10 s")).splitlines()
    assert lines == ["  user      hello", "  bot       Hello.", "  user      Is it common?", "", "shared.yaml:9: no reply", "  http://there: no answer in 10 s"]


def test_one_that_was_to_fail_and_passes_says_which_mark_to_take_away() -> None:
    assert failure_text(played("xpassed", GOOD, fails="issue 12")) == "  every expectation holds, but it is marked xfail: issue 12; take the mark away"


def test_the_summary_counts_every_outcome_bad_ones_first() -> None:
    results = [played("passed", GOOD, LATER), played("failed", BAD), played("passed"), played("skipped"), played("xfailed"), played("xpassed"), played("broken")]
    assert summary(results, 2, 1.234) == (
        "2 faulty files, 1 failed, 1 broken, 1 passed but marked xfail, 2 passed, 1 skipped, 1 failed as expected (3 steps in 1.23 s)"
    )
    assert summary([]) == "nothing was played (0 steps)"


def test_coverage_names_what_was_not_reached() -> None:
    lines = list(coverage_lines({"passages": (["a"], ["a", "b", "c"]), "caveats": (["x"], ["x"])}, 50.0))
    assert lines == ["coverage: 50.0 %", "  passages     1 of 3", "    not reached: b, c", "  caveats      1 of 1"]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_bar_is_drawn_on_a_terminal_and_gone_at_the_end() -> None:
    stream = Terminal()
    with Progress(stream, 2) as progress:
        progress.step(played("passed"))
        progress.step(played("failed"))
    drawn = stream.getvalue()
    assert "[###############...............] 1/2" in drawn
    assert "[##############################] 2/2, 1 bad" in drawn
    assert drawn.endswith("\r\x1b[K")


@pytest.mark.parametrize("stream", [io.StringIO(), None])
def test_in_a_file_there_is_no_bar(stream: io.StringIO | None) -> None:
    with Progress(stream, 1) as progress:
        progress.step(played("failed"))
    assert stream is None or stream.getvalue() == ""
