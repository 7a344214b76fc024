"""What in a reading speaks for one answer or another, as named and weighted evidence."""

from __future__ import annotations

from .english import QUESTION_WORDS
from .matcher import Match
from .lexicon import Term
from .text import MARKS, stem
from .understand import Reading

#: Words that say nothing whatever the question.
_EMPTY = frozenset(stem(word) for word in "a an the i my me you your he she it they them his her their we our is be am to of and in for on at with that this so just".split())
_ASKING = frozenset(stem(word) for word in QUESTION_WORDS)


def clue_weight(match: Match[Term]) -> float:
    """How much a clue says: more with more words, less when several answers have it."""
    return (0.35 + 0.3 * match.size) / match.name.share**0.5


def evidence(reading: Reading) -> dict[str, float]:
    """Evidence → weight: `topic:lupus`, `aspect:where`, `lupus*where`, `clue:gait`, `outside:price`, `word:limp`, `pair:how long`."""
    found: dict[str, float] = {}
    for topic, weight in reading.topics.items():
        found["topic:" + topic] = weight
        if weight >= 0.8:
            for aspect, much in reading.aspects.items():
                found[topic + "*" + aspect] = min(weight, much)
    for aspect, weight in reading.aspects.items():
        found["aspect:" + aspect] = weight
    weights = reading.weights
    for match in reading.of("clue"):
        name = "clue:" + match.name.id
        weight = weights[match.start] * clue_weight(match)
        if weight > found.get(name, 0.0):
            found[name] = weight
    for match in reading.of("outside"):
        if weights[match.start] >= 1.0:
            found["outside:" + match.name.id] = 1.0
    for match in reading.of("aim"):
        found["aim:" + match.name.id] = weights[match.start]
    before = ""
    for word, weight in zip(reading.stems, weights, strict=True):
        if word in MARKS:
            before = ""
            continue
        if word not in _EMPTY:
            name = "word:" + word
            if weight > found.get(name, 0.0):
                found[name] = weight
        if before and weight >= 1.0:
            found["pair:" + before + " " + word] = 0.7
        before = word
    return found
