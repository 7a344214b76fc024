"""Wordings found in a message: one walk over its words, however many wordings there are.

A wording is a few words in their order, matched by stem: "slipped disc" is found in "slipping discs". Light words may stand between
its words ("numb in both my legs" has "numb ... leg" as well as "numb in leg"), `...` lets up to four others stand there,
`a/b` is either word, `#` any number, `#many` one of eight or more, `#fever` a body temperature of a fever, `#year` a year that is past.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
    """A place in the trie of wordings: what ends here, each with its size in words; what may follow, at once or after a gap."""

    __slots__ = ("after_gap", "ends", "follow")

    def __init__(self) -> None:
        self.ends: dict[Name, int] = {}
        self.follow: dict[str, _Node[Name]] = {}
        self.after_gap: dict[str, _Node[Name]] = {}


class Matcher(Generic[Name]):
    """A set of named wordings, compiled."""

    __slots__ = ("_root",)

    def __init__(self, wordings: Iterable[tuple[Name, Sequence[str]]]) -> None:
        self._root: dict[str, _Node[Name]] = {}
        for name, sequence in wordings:
            node: _Node[Name] = _Node()
            follow = self._root
            for item in sequence:
                if item == GAP:
                    follow = node.after_gap
                else:
                    node = follow.setdefault(item, _Node())
                    follow = node.follow
            node.ends[name] = sum(item != GAP for item in sequence)

    def find(self, stems: Sequence[str]) -> list[Match[Name]]:
        """Every name found, in reading order: from each beginning its longest wording, at the shortest span.

        `stems` are the message's stems in order; sentence marks stand among them as they are and are never crossed.
        """
        found: list[Match[Name]] = []
        root = self._root
        length = len(stems)
        for start, first in enumerate(stems):
            if first[0] == "#":
                found += _longest([(root[key], start + 1) for key in (first, *number_keys(first)) if key in root], stems, start)
            elif first in root:
                node = root[first]
                follow, at = node.follow, start + 1
                while at < length and (word := stems[at]) not in follow and word in _LIGHT_STEMS:
                    at += 1
                if (at < length and (word in follow or word[0] == "#")) or (node.after_gap and _may_leap(node.after_gap, stems, start + 1)):
                    found += _longest([(node, start + 1)], stems, start)
                elif node.ends:
                    # Nothing follows that could: the first word is the whole wording.
                    found += [Match(name, start, start + 1, size) for name, size in node.ends.items()]
        return found


def _longest(reached: list[tuple[_Node[Name], int]], stems: Sequence[str], start: int) -> Iterable[Match[Name]]:
    """The longest wording of each name that goes on from what was `reached`: the nodes that stand for `stems[start]`, and where they end."""
    best: dict[Name, Match[Name]] = {}
    for node, at in reached:  # Grows while it is walked, by a word with each step: what ends later is not shorter.
        for name, size in node.ends.items():
            if name not in best or size > best[name].size or at < best[name].end:
                best[name] = Match(name, start, at, size)
        follow = node.follow
        if follow:
            # To the next word of the wording; light words may stand between.
            end = at
            for word in stems[at : at + _LIGHT_BETWEEN + 1]:
                end += 1
                if word in follow:
                    reached.append((follow[word], end))
                if word not in _LIGHT_STEMS:
                    if word[0] == "#":
                        reached += [(follow[key], end) for key in number_keys(word) if key in follow]
                    break
        if node.after_gap:
            _leap(node.after_gap, stems, at, reached)
    return best.values()


def _may_leap(follow: Mapping[str, _Node[Name]], stems: Sequence[str], at: int) -> bool:
    """Whether any word that could go on a wording after a gap is near: mostly none is."""
    words = follow.keys()
    return not words.isdisjoint(stems[at : at + _LIGHT_BETWEEN + _GAP_WORDS + 1]) or not words.isdisjoint(_NUMBERS)


def _leap(follow: dict[str, _Node[Name]], stems: Sequence[str], at: int, reached: list[tuple[_Node[Name], int]]) -> None:
    """Add to `reached` where a wording goes on after a gap at `stems[at]`: a few words of any kind may stand between, but no mark
    and no negator, for "my legs are not numb" is no numb leg. Light words before the gap don't count.
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
