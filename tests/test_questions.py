"""The labelled questions: their labels exist, and none of them is a question that the bot is measured on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from spinebot import Bot

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted((ROOT / "questions").glob("*.tsv"))
TUNE, HELD, SAMPLES = ROOT / "tests" / "voices" / "tune", ROOT / "tests" / "voices" / "held", ROOT.parent / "shared" / "eval"
#: What everybody types ("hi there", "thanks a lot") is no copy.
WORDS_OF_A_COPY = 3


class Line(NamedTuple):
    """A line of a file: where it is, its label, the turns of its conversation."""

    place: str
    label: str
    turns: tuple[str, ...]


def lines() -> Iterator[Line]:
    for path in FILES:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            label, tab, message = line.partition("\t")
            assert tab, f"{path.name}:{number}: no tab between label and message"
            yield Line(f"{path.name}:{number}", label, tuple(map(bare, message.split(" | "))))


def bare(text: str) -> str:
    """The words of `text`: in small letters, without punctuation."""
    return " ".join(re.findall(r"[^\W_]+", re.sub(r"['’]", "", text.lower())))


def measured(folder: Path, judged_only: bool = False) -> dict[tuple[str, ...], str]:
    """Every conversation of a folder's question files → the item's id; with each of its messages by itself, or with the conversation only."""
    found = {}
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                item = json.loads(line)
                turns = tuple(map(bare, item["turns"]))
                for said in (turns, *((turn,) for turn in turns if not judged_only)):
                    if len(said) > 1 or len(said[0].split()) >= WORDS_OF_A_COPY:
                        found[said] = f"{path.stem} {item['id']}"
    return found


@pytest.mark.skipif(not FILES, reason="no questions/ here")
def test_labels_exist(bot: Bot) -> None:
    known = {"", "none", "calm", *(answer.id for answer in bot.answers), *(f"chat.{name}" for name in bot.rules["chat"]), *bot.rules["red_flags"]}
    told = re.compile(r"(@(diagnosis|dosage|neither))?(@(hurt|unhurt))?")
    faults = []
    for line in lines():
        label, at, said = line.label.partition("@")
        if not set(re.split("[+/]", label)) <= known or not told.fullmatch(at + said) or not (label or said):
            faults.append(f"{line.place}: {line.label}")
    assert faults == []


@pytest.mark.skipif(not FILES, reason="no questions/ here")
def test_no_message_is_empty_or_labelled_twice() -> None:
    labels: dict[tuple[tuple[str, ...], str], str] = {}
    faults = []
    for line in lines():
        if not any(line.turns) and line.label != "chat.empty":
            faults.append(f"{line.place}: no words")
            continue
        label, _, aim = line.label.partition("@")
        for what, said in (("asks", label), ("wants", aim)):
            if said and labels.setdefault((line.turns, what), said) != said:
                faults.append(f"{line.place}: {said}, elsewhere {labels[line.turns, what]}")
    assert faults == []


@pytest.mark.parametrize("folder", [HELD, SAMPLES], ids=["held", "samples"])
def test_nothing_is_copied(folder: Path, bot: Bot) -> None:
    """No labelled question is among the messages that the bot is measured on, nor is a model question, or one of a
    file that it learns from, among those of them that are judged. Shows where, not what."""
    known, judged = measured(folder), measured(folder, judged_only=True)
    if not known:
        pytest.skip("no question files there")
    copies = [f"{line.place} is {known[line.turns]}" for line in lines() if line.turns in known]
    learned = {f"intents.yaml answers.{answer.id}": (bare(answer.ask),) for answer in bot.answers}
    learned |= {item: turns for turns, item in measured(TUNE, judged_only=True).items()}
    copies += [f"{place} is {judged[turns]}" for place, turns in learned.items() if turns in judged]
    if copies:
        pytest.fail("copied from what is measured: " + "; ".join(copies), pytrace=False)
