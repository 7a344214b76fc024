"""What was learned from labelled messages: how much each piece of evidence speaks for each class.

A bot folder may hold `weights.tsv` (which answer, small talk or refusal) and `alarms.tsv` (which red flag, or calm),
both written by `make weights`. Without them the bot goes by its hand-set scores and rules alone.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from .errors import Fault, RulesError
from .text import stem

if TYPE_CHECKING:
    from numpy.typing import NDArray

Row: TypeAlias = "NDArray[np.float32]"

#: The class of what is none of the others: no answer, no alarm.
NONE = "none"
BIAS = "bias"
#: What begins the name of a word's evidence: as it is spelled, and by its stem.
SPELLED, WORD = "spelled ", "word "
#: What is learned of all words that were not met when learning.
NEW_WORD = "new-word"
#: What the last line of a file begins with.
SEAL = "crc32"
#: How long the runs of letters are that a word is known by, and how much each counts beside the word's stem.
RUN = 4
LETTERS = 0.22
#: From how many rows on all are forgotten.
MOST_ROWS = 60_000

#: A piece of evidence: its kind, and what it is: "word limp", "asks lupus treatment".
Evidence: TypeAlias = str


class Rows:
    """A row of numbers for each piece of evidence, worked out when it is first met, and kept: what it says for each class.

    Only what was met is looked up, which is little beside all that was learned: a search of a few dozen pieces among all of
    them would mostly wait for memory.
    """

    def __init__(self, bias: Row, row: Callable[[Evidence], Row | None]) -> None:
        """`row`: what a piece of evidence says, None where that is nothing; `bias`: what is said anyway."""
        self.bias = bias
        self._row = row
        self._forget()

    def _forget(self) -> None:
        self._places = _Places(self._keep)
        #: The first row is that of all evidence that says nothing.
        self._rows = np.zeros((256, len(self.bias)), np.float32)
        self._used = 1

    def score(self, evidence: Mapping[Evidence, float]) -> Row:
        """The score of every class: its bias and what the evidence, weighted, says for it."""
        if not evidence:
            return self.bias
        if len(self._places) > MOST_ROWS:
            self._forget()  # Of words and pairs there are endlessly many.
        places = list(map(self._places.__getitem__, evidence))
        scores: Row = np.fromiter(evidence.values(), np.float32, len(places)).dot(self._rows.take(places, 0))
        scores += self.bias
        return scores

    def __getitem__(self, key: Evidence) -> Row | None:
        place = self._places[key]  # May replace the array, so before it is looked at.
        row: Row = self._rows[place]
        return row if place else None

    def _keep(self, key: Evidence) -> int:
        """Work out a row; its place."""
        row = self._row(key)
        if row is None:
            return 0
        place = self._used
        if place == len(self._rows):
            self._rows = np.concatenate([self._rows, np.zeros_like(self._rows)])
        self._rows[place] = row
        self._used += 1
        return place


class _Places(dict[Evidence, int]):
    """Evidence → the place of its row; `keep` finds one for what is met first."""

    def __init__(self, keep: Callable[[Evidence], int]) -> None:
        self._keep = keep

    def __missing__(self, key: Evidence) -> int:
        place = self[key] = self._keep(key)
        return place


class Weights:
    """What was learned: the classes, and for each piece of evidence how much it speaks for each of them."""

    def __init__(self, lines: Mapping[Evidence, bytes], classes: Sequence[str]) -> None:
        self.classes = tuple(classes)
        self.evidence = lines.keys()
        self._lines = lines
        self._read: dict[Evidence, tuple[NDArray[np.intp], Row]] = {}
        self.bias = np.zeros(len(self.classes), np.float32)
        bias = self.row(BIAS)
        if bias is not None:
            self.bias = bias

    def row(self, key: Evidence) -> Row | None:
        """What a piece of evidence says for each class; None where nothing was learned of it."""
        total: Row | None = None
        for feature, share in features(key):
            said = self._said(NEW_WORD if feature.startswith(WORD) and feature not in self._lines else feature)
            if said is not None:
                if total is None:
                    total = np.zeros(len(self.classes), np.float32)
                places, values = said
                total[places] += share * values
        return total

    def _said(self, feature: Evidence) -> tuple[NDArray[np.intp], Row] | None:
        """The classes that a line of the file speaks for or against, and how much; read once, for words share their letters."""
        known = self._read.get(feature)
        if known is None and feature in self._lines:
            pairs = self._lines[feature].decode().replace(":", " ").split()
            known = np.array(pairs[::2], np.intp), np.array(pairs[1::2], np.float32)
            self._read[feature] = known
        return known


def features(key: Evidence) -> Iterator[tuple[Evidence, float]]:
    """What is learned of a piece of evidence, and how much each counts: of a word as it is spelled, its stem and its runs
    of letters, so that one never met before still says what its like do; of all else, itself.
    """
    if key.startswith(SPELLED):
        word = key.removeprefix(SPELLED)
        yield WORD + stem(word), 1.0
        framed = f"^{word}$"
        for run in dict.fromkeys(framed[at : at + RUN] for at in range(len(framed) - RUN + 1)):
            yield f"letters {run}", LETTERS
    else:
        yield key, 1.0


def sealed(text: str) -> str:
    """The text of a file of weights with its seal, which tells that nobody has changed it by hand."""
    return f"{text}{SEAL}\t{zlib.crc32(text.encode()):08x}\n"


def load_weights(path: Path, classes: Sequence[str]) -> Weights | None:
    """The weights of a file for `classes`; None where there is no such file.

    The first line: the classes. Each other: the evidence's words, a tab, `number of class:weight` pairs; the last is the seal.
    Raises RulesError where the file was learned for other classes, or was changed by hand or cut short.
    """
    if not path.exists():
        return None
    lines: dict[Evidence, bytes] = {}
    seal = 0
    with path.open("rb") as file:
        for line in file:
            name, _, pairs = line.partition(b"\t")
            lines[name.decode("utf-8", "replace")] = pairs
            if not name.startswith(SEAL.encode()):
                seal = zlib.crc32(line, seal)
    learned = lines.pop("classes", b"").decode("utf-8", "replace").split()
    if learned != list(classes):
        other = sorted(set(learned) ^ set(classes)) or ["in another order"]
        raise RulesError(Fault(str(path), 1, f"was learned for other entries than intents.yaml has ({', '.join(other[:4])}): run 'make weights'"))
    if lines.pop(SEAL, b"") != f"{seal:08x}\n".encode():
        raise RulesError(Fault(str(path), len(lines) + 1, "is not as it was written: run 'make weights'"))
    return Weights(lines, classes)
