"""Choosing and playing scripted conversations: what a tester would lose if a run missed one, mixed them up, or hung."""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from spinebot import SpinebotError
from spinebot.testing import runner
from spinebot.testing.choosing import choose
from spinebot.testing.play import Played, SpeakerError
from spinebot.testing.runner import Source, _parts, forget, play_each
from spinebot.testing.script import Conversation, Expectation, Step, parse_script


def conversation(name: str, *says: str, tags: tuple[str, ...] = (), path: str = "a.chat.yaml", wanted: str = "hello", skip: str = "", fails: str = "") -> Conversation:
    steps = tuple(Step(text, (Expectation("says", (wanted,), 3),), path, 3) for text in says or ("hello",))
    return Conversation(name, path, 2, steps, tags, skip, fails)


class Slow:
    """Repeats what it hears; the longer a text, the later."""

    def say(self, text: str) -> dict[str, object]:
        if text == "break":
            raise SpeakerError("http://there: does not answer; is the server up?")
        if text == "burst":
            raise ZeroDivisionError("by nought")
        time.sleep(len(text) / 1000)
        return {"text": text}


@pytest.fixture
def echo(monkeypatch: pytest.MonkeyPatch) -> Iterator[Source]:
    """A bot behind an address, as `speakers` makes them."""
    module = ModuleType("spinebot.testing.speakers")
    module.speaker_for = lambda url: Slow  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "spinebot.testing.speakers", module)
    forget()
    yield Source(url="echo://")
    forget()


NAMES = [
    conversation("lupus carries its caveat", tags=("safety",)),
    conversation("Lupus and the back", tags=("talk",)),
    conversation("do not lift (much)", path="lifting.chat.yaml"),
]


@pytest.mark.parametrize(
    ("words", "chosen"),
    [
        ("", [0, 1, 2]),
        ("lupus", [0, 1]),
        ("LUPUS CARRIES", [0]),
        ("lupus and not caveat", [1]),
        ("not lupus", [2]),
        ("not not lupus", [0, 1]),
        ("caveat or back", [0, 1]),
        ("caveat or lift and nothing", [0]),
        ("(caveat or lift) and not nothing", [0, 2]),
        ("lupus and the back", [1]),
        ('"lupus and the back"', [1]),
        ('"caveat or back"', []),
        ("do not lift (much)", [2]),
        ("lift (", [2]),
        ("and", [1]),
        ("safety", [0]),
        ("lifting", [2]),
        ("nothing", []),
    ],
)
def test_words_choose_by_name_tag_and_file(words: str, chosen: list[int]) -> None:
    assert choose(NAMES, words) == [NAMES[at] for at in chosen]


def test_tags_choose_whoever_has_one_of_them_and_words_narrow_it() -> None:
    assert choose(NAMES, tags=["safety", "talk"]) == NAMES[:2]
    assert choose(NAMES, "back", ["safety", "talk"]) == NAMES[1:2]
    assert choose(NAMES, tags=["safe"]) == []


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_results_come_in_the_order_of_the_files_whichever_is_done_first(echo: Source, jobs: int) -> None:
    asked = [conversation(str(number), "hello" + " there" * ((7 * number) % 9), wanted=str(number)) for number in range(12)]
    results = list(play_each(asked, echo, jobs))
    assert [played.conversation for played in results] == asked
    assert [played.steps[0].reply["text"] for played in results] == [one.steps[0].says for one in asked]


def without_times(results: list[Played]) -> list[tuple[object, ...]]:
    return [(one.conversation, one.outcome, one.steps, one.trouble) for one in results]


def test_several_processes_find_what_one_does(echo: Source) -> None:
    asked = [
        conversation("passes"), conversation("fails", "hello", "bye"), conversation("breaks", "hello", "break"), conversation("bursts", "burst"),
        conversation("skipped", skip="later"), conversation("known", "bye", fails="a bug"), conversation("mended", fails="a bug"),
    ]  # fmt: skip
    one, several = (list(play_each(asked, echo, jobs)) for jobs in (1, 3))
    assert [played.outcome for played in one] == ["passed", "failed", "broken", "broken", "skipped", "xfailed", "xpassed"]
    assert without_times(one) == without_times(several)
    assert "is the server up?" in one[2].trouble
    assert one[3].trouble == "the bot's program failed: ZeroDivisionError: by nought"


@pytest.mark.parametrize("jobs", [1, 2])
def test_fail_fast_ends_with_the_first_bad_one_in_the_files_order(echo: Source, jobs: int) -> None:
    asked = [conversation("late", "hello" * 30), conversation("bad", "bye"), *(conversation(str(at), "bye") for at in range(50))]
    results = list(play_each(asked, echo, jobs, fail_fast=True))
    assert [played.conversation.name for played in results] == ["late", "bad"]


def test_fail_fast_waits_for_nothing_that_is_still_being_played(echo: Source) -> None:
    began = time.monotonic()
    results = list(play_each([conversation("bad", "bye"), *(conversation(str(at), "x" * 60_000) for at in range(5))], echo, 3, fail_fast=True))
    assert len(results) == 1 and time.monotonic() - began < 20
    assert not multiprocessing.active_children()


@pytest.mark.parametrize("how", ["fork", "spawn"])
def test_the_bot_of_a_folder_replies_alike_in_every_process(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a process can't be forked it starts anew, and loads the bot itself."""
    monkeypatch.setattr(runner, "_context", lambda: multiprocessing.get_context(how))
    asked = parse_script("conversations:\n" + "".join(f"  - name: n{at}\n    steps: [{{user: Does lupus need treatment?, expect: {{kind: answer}}}}, {{user: and is it common?}}]\n" for at in range(8)), "a")
    one, several = (list(play_each(asked, Source(), jobs)) for jobs in (1, 2))
    assert without_times(one) == without_times(several)
    assert {played.outcome for played in one} == {"passed"}


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_broken_bot_folder_is_told_before_anything_is_played(tmp_path: Path, jobs: int) -> None:
    with pytest.raises(SpinebotError) as caught:
        next(play_each(NAMES, Source(bot=str(tmp_path)), jobs))
    assert caught.value.faults


@pytest.mark.parametrize(("steps", "jobs"), [([1], 2), ([1] * 7, 2), ([5, 1, 1, 300, 2], 2), ([4] * 2500, 3), ([1] * 3, 8)])
def test_every_conversation_is_in_one_part(steps: list[int], jobs: int) -> None:
    asked = [conversation(str(at), *(["hello"] * count)) for at, count in enumerate(steps)]
    parts = list(_parts(asked, jobs))
    assert [at for part in parts for at in part] == list(range(len(steps)))
    assert len(parts) >= min(jobs, len(steps))


def test_a_process_that_is_killed_is_told_and_nothing_hangs(echo: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    dying: Callable[[str], Callable[[], object]] = lambda url: lambda: __import__("os")._exit(9)  # noqa: E731
    monkeypatch.setattr(sys.modules["spinebot.testing.speakers"], "speaker_for", dying)
    with pytest.raises(SpinebotError, match="ended from outside"):
        list(play_each(NAMES, echo, 2))
