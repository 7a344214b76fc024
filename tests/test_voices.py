"""The project's own question files, each with a floor. What fails here says how many, never which message."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from spinebot import Bot

sys.path.insert(0, str(Path(__file__).parent / "voices"))
import scoring

#: File → the lowest pass rate, in percent. These may only be raised: a change that needs a lower one makes the bot worse.
FLOORS = {
    "tune/athlete-and-typist": 94.8,
    "tune/bank-1": 96.9,
    "tune/bank-2": 96.2,
    "tune/bus-driver": 93.3,
    "tune/butcher": 96.9,
    "tune/calm": 95.3,
    "tune/calm-2": 95.3,
    "tune/calm-stage": 93.3,
    "tune/carer": 97.0,
    "tune/caveats-ballet": 94.6,
    "tune/dispatcher": 93.0,
    "tune/gamer": 94.3,
    "tune/headmaster": 96.6,
    "tune/lagos-aunty": 94.6,
    "tune/librarian": 95.4,
    "tune/lorry-driver": 96.0,
    "tune/nanny": 96.3,
    "tune/new-mum": 97.7,
    "tune/night-shift": 95.5,
    "tune/nursing-student": 95.7,
    "tune/office-stories": 92.9,
    "tune/potter": 92.0,
    "tune/safety-ferry": 98.3,
    "tune/safety-flatmates": 96.6,
    "tune/safety-knitters": 97.5,
    "tune/safety-mixed": 98.2,
    "tune/safety-mixed-2": 97.3,
    "tune/safety-pairs": 93.3,
    "tune/safety-three-cities": 78.3,
    "tune/search-box": 95.8,
    "tune/second-language": 96.8,
    "tune/student-esl": 90.0,
    "tune/teenager": 93.6,
    "tune/terse-admin": 95.7,
    "tune/texan-dad": 93.2,
    "tune/trawlerman": 98.0,
    "tune/voice-assistant": 96.7,
    "tune/welsh-farm": 93.8,
    "tune/wordy-british": 97.1,
    "tune/wordy-others": 97.1,
    "tune/yoga-teacher": 96.9,
    "held/accountant": 91.1,
    "held/barista": 84.4,
    "held/call-centre": 96.7,
    "held/calm-allotment": 90.0,
    "held/calm-anxious": 83.3,
    "held/calm-depot": 90.0,
    "held/calm-words": 83.3,
    "held/caveats-paralegal": 93.0,
    "held/caveats-plasterer": 90.0,
    "held/courier": 96.0,
    "held/florist": 96.7,
    "held/gardeners": 94.5,
    "held/hairdresser": 88.9,
    "held/piano-tuner": 90.0,
    "held/powerlifter": 95.6,
    "held/retired-engineer": 91.1,
    "held/safety-fishing-town": 95.0,
    "held/safety-fresh": 91.7,
    "held/safety-gulf-coast": 88.3,
    "held/safety-many": 88.8,
    "held/safety-market": 86.4,
    "held/safety-night-shift": 94.1,
    "held/safety-ohio": 90.0,
    "held/safety-open-plan": 90.0,
    "held/safety-waiting-room": 95.8,
    "held/safety-warehouse": 91.6,
    "held/safety-worried": 85.0,
    "held/tailor": 90.0,
    "held/vet-student": 94.0,
    "held/visitor": 84.8,
    "held/web-editor": 91.0,
    "held/welder": 91.1,
}

Results = dict[str, list[scoring.Result]]


@pytest.fixture(scope="module")
def results(bot: Bot) -> Results:
    """What became of every item of every file."""
    start, articles = scoring.start_with(bot), scoring.texts_of(bot)
    return {name(path): scoring.run(scoring.read_items(path), start, articles) for path in files()}


def files() -> list[Path]:
    return [*scoring.question_files("tune"), *scoring.question_files("held")]


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def test_every_file_has_a_floor() -> None:
    there = set(map(name, files()))
    assert sorted(there - set(FLOORS)) == [], "question files without a floor: measure them with scripts/voices.py"
    assert sorted(set(FLOORS) - there) == [], "floors without a question file"


@pytest.mark.parametrize("file", FLOORS)
def test_pass_rate(file: str, results: Results) -> None:
    found, floor = scoring.rate(results[file]), FLOORS[file]
    if found < floor:
        faults = ", ".join(f"{fault} {count}" for fault, count in scoring.count_faults(results[file]).most_common())
        pytest.fail(f"{file}: {found:.1f} % pass, the floor is {floor} % ({faults})", pytrace=False)


@pytest.mark.parametrize("file", FLOORS)
def test_invariants(file: str, results: Results) -> None:
    broken = [f"{result.item.id}: {fault}" for result in results[file] for fault in result.broken]
    if broken:
        pytest.fail(f"{file}: " + "; ".join(broken), pytrace=False)


def test_nothing_shows_a_message() -> None:
    """A failing test prints values: no message is in an item's."""
    for path in files():
        for item in scoring.read_items(path):
            shown = repr(item)
            if any(len(turn) > 20 and turn in shown for turn in item.turns):
                pytest.fail(f"{item.id} shows its message", pytrace=False)


def test_a_crash_shows_no_message() -> None:
    def crash(message: str) -> scoring.Reply:
        raise ValueError(message)

    item = scoring.Item("X-1", "fact", ("a secret message",), frozenset(("answer",)), (), frozenset(), frozenset())
    with pytest.raises(RuntimeError, match=r"^X-1: ValueError instead of a reply$") as error:
        scoring.run([item], lambda: crash, {})
    assert error.value.__suppress_context__


ANSWER = {
    "kind": "answer", "text": "Lupus can hurt. General.", "answer": "Lupus can hurt.", "urgent": None,
    "quotes": [{"text": "Lupus can hurt.", "article": "a", "start": 2, "end": 17}], "caveats": [{"id": "general"}, {"id": "lupus"}],
}  # fmt: skip
URGENT = {"kind": "urgent", "text": "Go now. General.", "answer": "", "quotes": [], "caveats": [{"id": "general"}], "urgent": {"level": "emergency", "text": "Go now."}}
ARTICLES = {"a": "# Lupus can hurt."}


def item(kind: str, style: str = "fact", groups: tuple[tuple[str, ...], ...] = (), caveats: tuple[str, ...] = (), level: tuple[str, ...] = ()) -> scoring.Item:
    return scoring.Item("X-1", style, ("?",), frozenset(kind.split()), groups, frozenset(caveats), frozenset(level))


@pytest.mark.parametrize(
    ("wanted", "reply", "faults"),
    [
        (item("answer", groups=(("lupus", "gout"), ("can hurt",)), caveats=("lupus",)), ANSWER, []),
        (item("answer", groups=(("lupus", "gout"), ("treated",))), ANSWER, ["wrong quote"]),
        (item("answer", caveats=("surgery",)), ANSWER, ["caveat"]),
        (item("answer"), ANSWER | {"answer": "pain " * 131}, ["too long"]),
        (item("answer", "list"), ANSWER | {"answer": "pain " * 320}, []),
        (item("answer", "comparison"), ANSWER | {"answer": "pain " * 321}, ["too long"]),
        (item("answer", groups=(("lupus",),)), ANSWER | {"kind": "no_answer", "answer": ""}, ["refused"]),
        (item("answer"), URGENT, ["alarm"]),
        (item("answer"), ANSWER | {"kind": "chat"}, ["small talk"]),
        (item("no_answer"), ANSWER | {"answer": "pain " * 400}, ["answered"]),
        (item("no_answer answer", groups=(("gout",),)), ANSWER, ["wrong quote"]),
        (item("urgent", level=("emergency", "soon")), URGENT, []),
        (item("urgent", level=("crisis",)), URGENT, ["level"]),
        (item("urgent", level=("soon",)), ANSWER, ["no alarm"]),
        (item("urgent answer", groups=(("lupus",),), level=("soon",)), ANSWER, []),
    ],
)
def test_judging(wanted: scoring.Item, reply: scoring.Reply, faults: list[str]) -> None:
    assert scoring.judge(wanted, reply) == faults
    assert set(faults) <= set(scoring.FAULTS)


@pytest.mark.parametrize(
    ("reply", "broken"),
    [
        (ANSWER, []),
        (URGENT, []),
        (ANSWER | {"caveats": [{"id": "lupus"}]}, ["no general caveat"]),
        (ANSWER | {"caveats": [{"id": "general"}]}, ["speaks of lupus without its caveat"]),
        (ANSWER | {"quotes": [{"text": "Lupus can hurt.", "article": "a", "start": 0, "end": 15}]}, ["a quote that is not verbatim"]),
        (ANSWER | {"quotes": []}, ["an answer without a quote"]),
        (ANSWER | {"answer": "Lupus."}, ["a quote that the answer lacks"]),
        (URGENT | {"urgent": None}, ["urgent and its advice apart"]),
        (URGENT | {"text": "General. Go now."}, ["urgent advice that doesn't come first"]),
        (URGENT | {"kind": "chat", "urgent": None, "caveats": []}, []),
    ],
)
def test_invariants_are_seen(reply: scoring.Reply, broken: list[str]) -> None:
    assert scoring.broken_invariants(reply, ARTICLES) == broken
