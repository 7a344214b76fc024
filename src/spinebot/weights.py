"""What was learned from labelled questions: how much each piece of evidence speaks for each answer.

A bot folder may hold `weights.tsv`, written by `make weights`; a bot without it ranks by the hand-set scores alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .errors import Fault, RulesError
from .yamlfile import load_text

#: The class of messages that the article does not answer; it stands last, after the answers and the small talk.
NONE = "none"
BIAS = "bias"


class Weights:
    """Rows over the answers, the small talk (`chat.thanks` ...) and `NONE`, one for each piece of evidence; parsed when first asked for."""

    def __init__(self, lines: Mapping[str, str], classes: Sequence[str]) -> None:
        self._lines = lines
        self._at = {name: at for at, name in enumerate([*classes, NONE])}
        self._rows: dict[str, NDArray[np.float64] | None] = {}
        self.bias = self._parse(lines[BIAS]) if BIAS in lines else np.zeros(len(self._at))

    def _parse(self, line: str) -> NDArray[np.float64]:
        row = np.zeros(len(self._at))
        for pair in line.split():
            name, _, value = pair.rpartition(":")
            row[self._at[name]] = float(value)
        return row

    def row(self, name: str) -> NDArray[np.float64] | None:
        """The weights of one piece of evidence; None where nothing was learned of it."""
        if name not in self._rows:
            line = self._lines.get(name)
            self._rows[name] = self._parse(line) if line is not None else None
        return self._rows[name]

    def faults(self, path: Path) -> Iterable[Fault]:
        """A fault for each line that names an answer which doesn't exist or a weight that is no number."""
        for number, (name, line) in enumerate(self._lines.items(), 1):
            for pair in line.split():
                answer, _, value = pair.rpartition(":")
                if answer not in self._at:
                    yield Fault(str(path), number, f"{name}: there is no answer {answer!r}: run 'make weights'")
                    break
                try:
                    float(value)
                except ValueError:
                    yield Fault(str(path), number, f"{name}: {value!r} is no number: run 'make weights'")
                    break


def load_weights(path: Path, classes: Sequence[str]) -> Weights | None:
    """The weights of a bot folder; None where it has none. Raises RulesError for a file that doesn't fit the answers."""
    if not path.exists():
        return None
    lines = dict(line.split("\t", 1) for line in load_text(path).splitlines() if "\t" in line)
    known = {*classes, NONE}
    if not all(pair.rpartition(":")[0] in known for pair in lines.get(BIAS, "").split()):
        raise RulesError(Fault(str(path), 1, "was learned for other answers than intents.yaml has: run 'make weights'"))
    return Weights(lines, classes)
