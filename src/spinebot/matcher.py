"""Wordings found in a message: one walk over its words, however many wordings there are.

A wording is a few words in their order, matched by stem: "slipped disc" is found in "slipping discs". Light words may stand between
its words ("numb in both my legs" has "numb ... leg" as well as "numb in leg"), `...` lets up to four others stand there,
`a/b` is either word, `#` any number, `#many` one of eight or more, `#fever` a body temperature of a fever, `#year` a year that is past.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Generic, NamedTuple, TypeAlias, TypeVar

from .english import LIGHT, NEGATORS
from .text import MARKS, stem, stems

GAP = "..."
_GAP_WORDS = 4
#: The last year that is taken as long past.
LONG_PAST = 2024
_LIGHT_BETWEEN = 4
_NUMBERS = {"#", "#many", "#fever", "#year"}
_LIGHT_STEMS = frozenset(stem(word) for word in LIGHT) | LIGHT
_NEGATORS = frozenset(stem(word) for word in NEGATORS)
_END: object = object()
_NOTHING: dict[object, int] = {}

Trie: TypeAlias = "dict[object, object]"


Name = TypeVar("Name")


class Match(NamedTuple, Generic[Name]):
    """A wording of `name` found in `words[start:end]`; `size` is how many of them the wording itself has."""

    name: Name
    start: int
    end: int
    size: int


def parse_wording(wording: str) -> list[list[str]]:
    """The stem sequences of one wording: more than one where it has alternatives `a/b`.

    Raises ValueError, saying why, for a wording that could never match or would match everywhere.
    """
    sequences: list[list[str]] = [[]]
    for part in wording.split():
        if "/" not in part and part != GAP:
            found = _stems_of(part)
            if not found:
                raise ValueError(f"has {part!r}, which holds no word")
            for sequence in sequences:
                sequence += found
            continue
        if part == GAP:
            sequences = [[*sequence, GAP] for sequence in sequences]
            continue
        choices = []
        for choice in part.split("/"):
            found = _stems_of(choice)
            if not found:
                raise ValueError(f"has {choice!r}, which holds no word")
            choices.append(list(found))
        sequences = [[*sequence, *choice] for sequence in sequences for choice in choices]
        if len(sequences) > 64:
            raise ValueError("has more than 64 alternatives: split it")
    if not sequences[0]:
        raise ValueError("is empty")
    if GAP in wording:
        for sequence in sequences:
            if GAP in (sequence[0], sequence[-1]):
                raise ValueError("begins or ends with '...', which stands between words")
            if any(a == b == GAP for a, b in zip(sequence, sequence[1:], strict=False)):
                raise ValueError("has '...' twice in a row")
    return sequences


@lru_cache(maxsize=50_000)
def _stems_of(part: str) -> tuple[str, ...]:
    """The stems of one blank-separated part of a wording: "n't", "non-drug" and "co-codamol" are more than one."""
    if part in _NUMBERS:
        return (part,)
    if part.startswith("#"):
        return ()
    return stems(part)


class Matcher(Generic[Name]):
    """A set of named wordings, compiled."""

    __slots__ = ("_root",)

    def __init__(self, wordings: Iterable[tuple[Name, Sequence[str]]]) -> None:
        self._root: Trie = {}
        for name, sequence in wordings:
            node = self._root
            for item in sequence:
                node = node.setdefault(item, {})  # type: ignore[assignment]
            names: dict[Name, int] = node.setdefault(_END, {})  # type: ignore[assignment]
            names[name] = sum(item != GAP for item in sequence)

    def find(self, stems: Sequence[str]) -> list[Match[Name]]:
        """Every name found, in reading order: from each beginning its longest wording, at the shortest span.

        `stems` are the message's stems in order; sentence marks stand among them as they are and are never crossed.
        """
        found: list[Match[Name]] = []
        root = self._root
        last = len(stems) - 1
        for start, first in enumerate(stems):
            node: Trie | None = root.get(first)  # type: ignore[assignment]
            if node is None and first[0] != "#":
                continue
            if node is not None and first[0] != "#":
                following = stems[start + 1] if start < last else "."
                if following not in node and GAP not in node and following not in _LIGHT_STEMS and following[0] != "#":
                    # Nothing can follow: the first word is the whole wording, or there is none.
                    for name, size in node.get(_END, _NOTHING).items():  # type: ignore[attr-defined]
                        found.append(Match(name, start, start + 1, size))
                    continue
            best: dict[Name, tuple[int, int]] = {}
            if node is not None:
                self._walk(node, stems, start + 1, best)
            if first[0] == "#":
                for key in number_keys(first):
                    if key in root:
                        self._walk(root[key], stems, start + 1, best)  # type: ignore[arg-type]
            for name, (size, end) in best.items():
                found.append(Match(name, start, -end, size))
        return found

    def _walk(self, first: Trie, stems: Sequence[str], start: int, best: dict[Name, tuple[int, int]]) -> None:
        """Put the wordings that go on from `first` at `stems[start]` into `best`: name → (size, -end)."""
        length = len(stems)
        stack = [(first, start, _LIGHT_BETWEEN, 0)]  # node, next word; light words and gap words still allowed
        while stack:
            node, at, light, gap = stack.pop()
            if not gap:
                names = node.get(_END)
                if names is not None:
                    for name, size in names.items():  # type: ignore[attr-defined]
                        if name not in best or (size, -at) > best[name]:
                            best[name] = (size, -at)
                    if len(node) == 1:
                        continue
            if at >= length:
                continue
            word = stems[at]
            if word in node:
                stack.append((node[word], at + 1, _LIGHT_BETWEEN, 0))  # type: ignore[arg-type]
            elif word in MARKS:
                continue
            if word[0] == "#":
                stack += [(node[key], at + 1, _LIGHT_BETWEEN, 0) for key in number_keys(word) if key in node]  # type: ignore[misc]
            # No wording reaches over a negator: "my legs are not numb" is no numb leg.
            if gap:
                if gap > 1 and word not in _NEGATORS:
                    stack.append((node, at + 1, 0, gap - 1))
                continue
            if light and word in _LIGHT_STEMS:
                stack.append((node, at + 1, light - 1, 0))
            if GAP in node:
                stack.append((node[GAP], at, 0, _GAP_WORDS + 1))  # type: ignore[arg-type]


def number_keys(number: str) -> tuple[str, ...]:
    """The wildcards that a number answers to: "#39.4" → ("#", "#many", "#fever"); "#1998" → ("#", "#many", "#year")."""
    try:
        value = float(number[1:])
    except ValueError:
        return ()
    keys = ["#"]
    if value >= 8:
        keys.append("#many")
    if 37.8 <= value < 43 or 100.3 <= value <= 108:
        keys.append("#fever")
    if 1900 <= value <= LONG_PAST:
        keys.append("#year")
    return tuple(keys)
