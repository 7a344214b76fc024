"""What a message takes over from the dialogue: a suggestion, a topic, what was asked of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .conversation import Dialogue
from .english import PLACES
from .exclusion import is_choice
from .reading import EMPTY_STEMS, Reading
from .rules import Rules
from .text import MARKS, stem

#: How much the turn before counts in a message of a few words, and in one that may stand alone.
BEFORE, LONG_BEFORE = 1.0, 0.4
#: How many telling words a message of a few words has at most.
FEW = 6
#: How much a topic of the last message counts in one that has its own and points back with "it".
TOLD_BEFORE = 0.6

#: What people want to get back to that is no topic of the talk.
_LIFE = frozenset(stem(word) for word in "normal work life sport sports training school gym running driving bed myself it".split())

LONGEST_CHOICE = 30
_ORDINALS = {"1": 1, "2": 2, "3": 3, "first": 1, "second": 2, "third": 3, "1st": 1, "2nd": 2, "3rd": 3, "one": 1, "two": 2, "three": 3}
_CHOICE = re.compile(
    r"(?:(?:number|option|no|#)?\.? ?([123])|(?:number |option )?(one|two|three)|"
    r"(?:the |that )?(first|second|third|last|1st|2nd|3rd)(?: one| question| suggestion)?)(?:,? please)?"
)

#: "the second", "the latter": its place.
_PLACES = {stem(word): place for word, place in PLACES.items()}
_THE = frozenset(stem(word) for word in ("the", "that"))


def taken(text: str, dialogue: Dialogue) -> str:
    """The suggestion that a message takes by its number or place ("2", "the first one"); else the message itself."""
    if len(text) > LONGEST_CHOICE or not dialogue.suggestions:
        return text
    chosen = _CHOICE.fullmatch(text.strip().lower().rstrip(".!"))
    if not chosen:
        return text
    number = _ORDINALS.get(chosen[1] or chosen[2] or chosen[3]) or len(dialogue.suggestions)
    return dialogue.suggestions[number - 1] if number <= len(dialogue.suggestions) else text


def carry_over(reading: Reading, dialogue: Dialogue, rules: Rules) -> Reading:
    """The reading with the dialogue's topics and aspects where the message leans on them."""
    if not dialogue.turns or not dialogue.topics:
        return reading
    returns = any(match.name.id == "back" and (*reading.stems, "")[match.end] not in _LIFE for match in reading.of("aim"))
    specific = {topic for topic, weight in reading.topics.items() if weight >= 0.8 and not rules["topics"][topic].flag("general")}
    content = [word for word in reading.stems if word not in MARKS and word not in EMPTY_STEMS]
    points = any(match.name.id == "leaning" and reading.weights[match.start] >= 0.8 for match in reading.of("aim"))
    short = len(content) <= 4
    much = BEFORE if len(content) <= FEW else LONG_BEFORE
    before = {f"before {topic}": much for topic in dialogue.topics} | {f"after {answer}": much for answer in dialogue.last}
    topics, aspects = dict(reading.topics), dict(reading.aspects)
    carried: tuple[str, ...] = () if specific or returns else _pointed_at(reading.stems, dialogue)
    if carried:
        topics.update(dict.fromkeys(carried, 1.0))
        before = {f"before {topic}": much for topic in carried}
        aspects = aspects or dict.fromkeys(dialogue.aspects, 0.8)
    elif not specific and (points or short or returns or not reading.topics):
        carried = next((earlier for earlier in dialogue.earlier if _specific(earlier, rules)), dialogue.topics) if returns else dialogue.topics
        for topic in carried:
            topics[topic] = max(topics.get(topic, 0.0), 0.9)
    elif specific and short:
        if not reading.aspects:
            aspects = dict.fromkeys(dialogue.aspects, 0.8)
        if not returns and (points or not reading.aspects):
            # "What is a collar for?" – "Would it be any use for whiplash?"
            for topic in dialogue.topics:
                topics.setdefault(topic, TOLD_BEFORE)
    excluded = reading.excluded
    if not excluded and any(match.name.id == "alternative" for match in reading.of("aim")):
        excluded = tuple([topic for topic in carried if is_choice(topic, rules)])
    return reading._replace(topics=topics, aspects=aspects, carried=carried, leans=bool(carried), before=before, excluded=excluded)


def _pointed_at(stems: Sequence[str], dialogue: Dialogue) -> tuple[str, ...]:
    """The topics that a message means by their place among those named together before: "and the second?", "are they both in the neck?"."""
    sides = dialogue.sides
    if len(sides) < 2:
        return ()
    for at, word in enumerate(stems):
        following = stems[at + 1] if at + 1 < len(stems) else "?"
        if word in _PLACES and at and stems[at - 1] in _THE and (following in MARKS or following in EMPTY_STEMS or following == "caus"):
            place = _PLACES[word]
            return sides[place : place + 1 or None]
        if word == "other" and at and stems[at - 1] == "the" and (following in MARKS or following in EMPTY_STEMS):
            return tuple([side for side in sides if side not in dialogue.topics])[:1]
        if word == "both" and not set(dialogue.topics) >= set(sides):
            return sides
    return ()


def _specific(topics: Sequence[str], rules: Rules) -> bool:
    return any(not rules["topics"][topic].flag("general") for topic in topics)
