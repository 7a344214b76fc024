"""What was learned from labelled messages: how much each piece of evidence speaks for each class.

A bot folder may hold `weights.tsv` (which answer, small talk or refusal) and `alarms.tsv` (which red flag, or calm),
both written by `make weights`. Without them the bot goes by its hand-set scores and rules alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .errors import Fault, RulesError
from .yamlfile import load_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: The class of what is none of the others: no answer, no alarm. It stands last.
NONE = "none"
BIAS = "bias"
UNREAD = -1

#: A piece of evidence: its kind, and what it is: ("word", "limp"), ("asks", "lupus", "treatment").
Evidence = tuple[str, ...]

_FITS = re.compile(r"(?: ?[^ :]+:-?\d+(?:\.\d+)?)*")


class Weights:
    """A row over the classes for each piece of evidence; rows are read when they are first asked for, and kept."""

    def __init__(self, lines: Mapping[Evidence, str], classes: Sequence[str]) -> None:
        self.classes = (*classes, NONE)
        self._lines = lines
        self._at = {name: at for at, name in enumerate(self.classes)}
        self._rows = np.zeros((256, len(self.classes)), np.float32)
        #: Evidence → its row's place in `_rows`, UNREAD until it is asked for.
        self._slots: dict[Evidence, int] = dict.fromkeys(lines, UNREAD)
        self._used = 0
        self.bias = self._row(lines[(BIAS,)]) if (BIAS,) in lines else np.zeros(len(self.classes), np.float32)

    def _row(self, line: str) -> NDArray[np.float32]:
        row = np.zeros(len(self.classes), np.float32)
        for name, value in _pairs(line):
            row[self._at[name]] = value
        return row

    def score(self, evidence: Mapping[Evidence, float]) -> NDArray[np.float32]:
        """The score of every class: its bias and what the evidence says for it."""
        slots, values = [], []
        known = self._slots
        for key, value in evidence.items():
            slot = known.get(key)
            if slot is not None:
                slots.append(slot if slot >= 0 else self._keep(key))
                values.append(value)
        if not slots:
            return self.bias
        scores: NDArray[np.float32] = np.array(values, np.float32) @ self._rows[slots] + self.bias
        return scores

    def row(self, key: Evidence) -> NDArray[np.float32] | None:
        """What one piece of evidence says for each class; None where nothing was learned of it."""
        slot = self._slots.get(key)
        if slot is None:
            return None
        if slot < 0:
            slot = self._keep(key)  # May replace the array, so before it is looked at.
        row: NDArray[np.float32] = self._rows[slot]
        return row

    def known(self) -> Iterable[Evidence]:
        """The evidence that something was learned of."""
        return self._slots

    def _keep(self, key: Evidence) -> int:
        """The slot of a row, read now."""
        if self._used == len(self._rows):
            self._rows = np.concatenate([self._rows, np.zeros_like(self._rows)])
        self._rows[self._used] = self._row(self._lines[key])
        self._slots[key] = self._used
        self._used += 1
        return self._slots[key]


def _pairs(line: str) -> Iterator[tuple[str, float]]:
    for pair in line.split():
        name, _, value = pair.rpartition(":")
        yield name, float(value)


def load_weights(path: Path, classes: Sequence[str]) -> Weights | None:
    """The weights of a file for `classes` and NONE; None where there is no such file.

    Each line: the evidence's words, a tab, `class:weight` pairs. Raises RulesError where the file was learned for other classes.
    """
    if not path.exists():
        return None
    lines: dict[Evidence, str] = {}
    for line in load_text(path).splitlines():
        name, tab, pairs = line.partition("\t")
        if tab:
            lines[tuple(name.split(" "))] = pairs
    known = {*classes, NONE}
    learned = set(lines.get(("classes",), "").split())
    if learned != known:
        other = sorted(learned ^ known)
        raise RulesError(Fault(str(path), 1, f"was learned for other entries than intents.yaml has ({', '.join(other[:4])}): run 'make weights'"))
    faults = []
    for number, (key, pairs) in enumerate(lines.items(), 1):
        if not _FITS.fullmatch(pairs) and key != ("classes",):
            faults.append(Fault(str(path), number, f"{' '.join(key)}: is not a list of class:weight pairs: run 'make weights'"))
    if faults:
        raise RulesError(*faults)
    del lines["classes",]
    return Weights(lines, classes)
