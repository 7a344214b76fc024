"""Wordings found in a message: one walk over its words, however many wordings there are.

A wording is a few words in their order, matched by stem: "slipped disc" is found in "slipping discs". Light words may stand between
its words ("numb in both my legs" has "numb ... leg" as well as "numb in leg"), `...` lets up to four others stand there,
`a/b` is either word, `#` any number, `#many` one of eight or more, `#fever` a body temperature of a fever, `#year` a year that is past.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

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


class _Node(Generic[Name]):
    """A place in the trie of wordings: what ends here, and what may follow."""

    __slots__ = ("ends", "follow", "gap")

    def __init__(self) -> None:
        #: The names whose wording ends here, each with its size in words.
        self.ends: dict[Name, int] = {}
        self.follow: dict[str, _Node[Name]] = {}
        self.gap: _Node[Name] | None = None

    def grow(self, item: str) -> _Node[Name]:
        """The node that follows by `item`, made where there is none."""
        if item != GAP:
            return self.follow.setdefault(item, _Node())
        if self.gap is None:
            self.gap = _Node()
        return self.gap


class Matcher(Generic[Name]):
    """A set of named wordings, compiled."""

    __slots__ = ("_root",)

    def __init__(self, wordings: Iterable[tuple[Name, Sequence[str]]]) -> None:
        self._root: _Node[Name] = _Node()
        for name, sequence in wordings:
            node = self._root
            for item in sequence:
                node = node.grow(item)
            node.ends[name] = sum(item != GAP for item in sequence)

    def find(self, stems: Sequence[str]) -> list[Match[Name]]:
        """Every name found, in reading order: from each beginning its longest wording, at the shortest span.

        `stems` are the message's stems in order; sentence marks stand among them as they are and are never crossed.
        """
        found: list[Match[Name]] = []
        root = self._root.follow
        length = len(stems)
        for start, first in enumerate(stems):
            if first[0] == "#":
                found += self._from([root[key] for key in (first, *number_keys(first)) if key in root], stems, start)
            elif first in root:
                node = root[first]
                follow, at = node.follow, start + 1
                if node.gap is None:
                    while at < length and (word := stems[at]) not in follow and word in _LIGHT_STEMS:
                        at += 1
                    if at == length or (word not in follow and word[0] != "#"):
                        # Nothing follows that could: the first word is the whole wording, or there is none.
                        for name, size in node.ends.items():
                            found.append(Match(name, start, start + 1, size))
                        continue
                found += self._from([node], stems, start)
        return found

    def _from(self, nodes: list[_Node[Name]], stems: Sequence[str], start: int) -> list[Match[Name]]:
        """The longest wording of each name that goes on from one of `nodes`, which stand for `stems[start]`."""
        best: dict[Name, tuple[int, int]] = {}
        reached = [(node, start + 1) for node in nodes]
        for node, at in reached:  # Grows while it is walked.
            for name, size in node.ends.items():
                if name not in best or (size, -at) > best[name]:
                    best[name] = (size, -at)
            if node.follow:
                _follow(node.follow, stems, at, reached)
            if node.gap is not None:
                _leap(node.gap.follow, stems, at, reached)
        return [Match(name, start, -end, size) for name, (size, end) in best.items()]


def _follow(follow: dict[str, _Node[Name]], stems: Sequence[str], at: int, reached: list[tuple[_Node[Name], int]]) -> None:
    """Add to `reached` where a wording goes on from `stems[at]`: to the next node, and the word after its own. Light words may stand between."""
    for word in stems[at : at + _LIGHT_BETWEEN + 1]:
        at += 1
        if word in follow:
            reached.append((follow[word], at))
        if word not in _LIGHT_STEMS:
            if word[0] == "#":
                reached += [(follow[key], at) for key in number_keys(word) if key in follow]
            return


def _leap(follow: dict[str, _Node[Name]], stems: Sequence[str], at: int, reached: list[tuple[_Node[Name], int]]) -> None:
    """The same where the wording has a gap: a few words of any kind may stand between, but no mark and no negator, for
    "my legs are not numb" is no numb leg. Light words before the gap don't count.
    """
    length = len(stems)
    light = 0
    while light < _LIGHT_BETWEEN and at + light < length and stems[at + light] in _LIGHT_STEMS:
        light += 1
    for word in stems[at : at + light + _GAP_WORDS + 1]:
        at += 1
        if word in follow:
            reached.append((follow[word], at))
        if word[0] == "#":
            reached += [(follow[key], at) for key in number_keys(word) if key in follow]
        if word in MARKS or word in _NEGATORS:
            return


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
