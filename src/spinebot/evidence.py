"""What in a reading speaks for one answer or another, or for a warning sign: named and weighted evidence."""

from __future__ import annotations

import math
from collections.abc import Mapping

from .lexicon import Term
from .matcher import Match
from .reading import Reading
from .text import MARKS, stem
from .weights import Evidence

_DENIALS = frozenset(stem(word) for word in "no without nor never neither none deny denies denied".split())
#: How many words a denial reaches.
_DENIAL_REACH = 5
MOST_CLUES = 2.5
#: How much a word counts beside a topic or an aspect, and a pair of neighbours beside one of them.
WORD_SHARE = 1.4
PAIR_SHARE = 0.5
#: From how many words on a message is long.
LONG = 14.0
LONG_ALARM = 20.0
#: How much a sign counts beside a word.
SIGN = 1.5


def clue_weight(match: Match[Term]) -> float:
    """How much a clue says: more with more words, less when several answers have it."""
    return (0.35 + 0.3 * match.size) / math.sqrt(match.name.share)


def evidence(reading: Reading) -> dict[Evidence, float]:
    """What speaks for an answer: topics, aspects and both together, clues, close subjects, aims, the turn before, words, pairs of neighbours."""
    found: dict[Evidence, float] = {}
    aspects = reading.aspects
    for topic, weight in reading.topics.items():
        found["topic " + topic] = weight
        if weight >= 0.8:
            for aspect, much in aspects.items():
                found[f"asks {topic} {aspect}"] = weight if weight < much else much
    for aspect, weight in aspects.items():
        found["aspect " + aspect] = weight
    weights = reading.weights
    for match in reading.of("clue"):
        key = "clue " + match.name.id
        found[key] = min(found.get(key, 0.0) + weights[match.start] * clue_weight(match), MOST_CLUES)
    for match in reading.of("outside"):
        if weights[match.start] >= 1.0:
            found["outside " + match.name.id] = 1.0
        elif not reading.names_topic:
            found["told " + match.name.id] = 1.0  # Told before a question that may only say "it".
    for match in reading.of("aim"):
        found["aim " + match.name.id] = weights[match.start]
    for match in reading.of("chat"):
        found["chat " + match.name.id] = 1.0
    found.update(reading.before)
    # Many words say no more in all than a dozen do.
    share = WORD_SHARE * min(1.0, math.sqrt(LONG / (1.0 + sum(weights))))
    before = ""
    for word, weight in zip(reading.words, weights, strict=True):
        if word.evidence:
            much = weight * share
            if much > found.get(word.spelled, 0.0):
                found[word.spelled] = much
            if before:
                found[f"pair {before} {word.stem}"] = PAIR_SHARE * much
            before = word.stem
        elif word.stem in MARKS:
            before = ""
    return found


def alarm_evidence(reading: Reading, verdicts: Mapping[str, bool]) -> dict[Evidence, float]:
    """What speaks for a warning sign: words, denied words, pairs of words, signs, contexts.

    `verdicts`: sign → whether it counts.
    """
    found: dict[Evidence, float] = {}
    before = ""
    before_says = False
    denied = 0
    share = min(1.0, math.sqrt(LONG_ALARM / (1.0 + len(reading.words))))
    for word in reading.words:
        stemmed, key = word.stem, word.evidence
        if stemmed in MARKS:
            if stemmed != ",":
                denied = 0
            before = ""
            continue
        if stemmed in _DENIALS:
            denied = _DENIAL_REACH
            found[word.spelled] = share
        elif denied:
            denied -= 1
            if key:
                found["no " + stemmed] = share
        elif key:
            found[word.spelled] = share
        if before and (key or before_says):
            found[f"pair {before} {stemmed}"] = share
        before, before_says = stemmed, bool(key)
    for sign, counts in verdicts.items():
        found["sign " + sign if counts else "unsign " + sign] = SIGN
    for match in reading.of("context"):
        found["context " + match.name.id] = 1.0
    return found
