"""What was understood of a message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from .clauses import OPENERS, Part
from .conversation import Correction
from .english import STOP
from .lexicon import MARK_WORDS, Term, Word
from .matcher import Match
from .text import stem

#: Words that say nothing of a subject; those that open a question as well.
STOP_STEMS = frozenset(stem(word) for word in STOP)
EMPTY_STEMS = STOP_STEMS | OPENERS


class Reading(NamedTuple):
    """What was understood of one message.

    `stems` are its words' stems with the sentence marks between them; `weights` say how much each counts (1.0 in the
    question, less in a story before it). `topics`, `aspects`: id → weight, those carried over from the dialogue too.
    `names_topic`: whether the question itself names a topic that is not a general one. `excluded`: the topics that it wants left out
    ("without drugs"). `before`: the topics and answers of the
    turn before, as evidence: how this one leans on it is learned.
    """

    words: tuple[Word, ...]
    stems: tuple[str, ...]
    parts: tuple[Part, ...]
    weights: tuple[float, ...]
    matches: Mapping[str, Sequence[Match[Term]]]
    topics: Mapping[str, float]
    aspects: Mapping[str, float]
    corrections: tuple[Correction, ...] = ()
    carried: tuple[str, ...] = ()
    leans: bool = False
    names_topic: bool = False
    excluded: tuple[str, ...] = ()
    before: Mapping[str, float] = MappingProxyType({})

    def said(self, start: int, end: int) -> str:
        """The user's own words at `[start:end]`, as typed."""
        typed: list[str] = []
        for word in self.words[start:end]:
            if not typed or typed[-1] != word.typed or len(typed) > 1:
                typed.append(word.typed)
        return " ".join(dict.fromkeys(typed)) if len(set(typed)) < len(typed) else " ".join(typed)

    def of(self, kind: str) -> Sequence[Match[Term]]:
        """The matches of one kind."""
        return self.matches.get(kind, ())


def without(reading: Reading, spans: Sequence[tuple[int, int]], topics: Mapping[str, float] | None) -> Reading:
    """The reading as if the words of `spans` had not been said; about `topics` only, where they are given."""
    words, stems = list(reading.words), list(reading.stems)
    for start, end in spans:
        words[start:end] = [MARK_WORDS[","]] * (end - start)
        stems[start:end] = [","] * (end - start)

    unsaid = {at for start, end in spans for at in range(start, end)}
    matches = {kind: [match for match in found if unsaid.isdisjoint(range(match.start, match.end))] for kind, found in reading.matches.items()}
    said = {match.name.id for match in reading.of("aspect")}
    left = {match.name.id for match in matches.get("aspect", ())}
    gone = {"comparison", "versus"} | (said - left)
    aspects = {aspect: weight for aspect, weight in reading.aspects.items() if aspect not in gone}
    if topics is None:
        named = {match.name.id for match in reading.of("topic")}
        here = {match.name.id for match in matches.get("topic", ())}
        topics = {topic: weight for topic, weight in reading.topics.items() if topic in here or topic not in named}
        if not any(weight >= 0.8 for weight in topics.values()):
            topics = reading.topics  # "What is lupus? Is it common?" asks about lupus twice.
    elif not aspects:
        aspects = {"definition": 1.0}
    return Reading(tuple(words), tuple(stems), reading.parts, reading.weights, matches, topics, aspects, reading.corrections)
