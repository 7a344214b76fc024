"""When the article doesn't say, and what is said then."""

from __future__ import annotations

from typing import NamedTuple

from .clauses import VERB_STEMS
from .conversation import Dialogue
from .english import NEGATORS, TOLD_OF
from .index import Found
from .reading import EMPTY_STEMS, Reading
from .rules import Rules
from .text import MARKS, stem

#: How far below the refusal the answer may score to a message that asks something.
MARGIN = 1.0
#: The same for one that asks something of what the talk is on, in words that alone say little: "bone spurs" – "which patients?".
IN_HAND_MARGIN = 2.75
#: The same for one that asks nothing: what someone tells of their life is no reason to speak of lupus.
TELLING_MARGIN = 0.5
#: How far above the refusal an answer is sure: to a part of a message taken by itself, or beside urgent advice.
SURE = 1.0
#: How many words and marks a message has at most that may do no more than name a topic.
BARE = 4
#: Within how many words after the verb that opens a question those stand whom it asks about.
SUBJECT = 3
#: Words by which a message tells of someone.
_TOLD_OF = frozenset(map(stem, TOLD_OF))
_NEGATORS = frozenset(map(stem, NEGATORS))
#: Within how many words before it a denial takes off an illness: "I don't have osteoporosis".
DENIED_WITHIN = 4


class Refusal(NamedTuple):
    """Why nothing is answered: the intent of the reply, and what is said of it."""

    intent: str
    opening: str


def refuses(reading: Reading, found: Found, rules: Rules) -> bool:
    """Whether what was found is not good enough to be said."""
    if is_bare(reading):
        return False  # "Bone spurs spine": whatever there is on it.
    if _of_others(reading, rules):
        return True
    on_it = not reading.names_topic and not set(reading.carried).isdisjoint(found.hits[0].answer.about)
    if not reading.topics or any(reading.weights[match.start] >= 1.0 for match in reading.of("outside")):
        margin = 0.0
    elif on_it and any(rules["topics"][topic].flag("side") for topic in reading.carried):
        margin = IN_HAND_MARGIN
    elif tells(reading):
        margin = TELLING_MARGIN
    else:
        margin = MARGIN
    return found.hits[0].score < found.refusal - margin


def _of_others(reading: Reading, rules: Rules) -> bool:
    """Whether a message asks if those have something of whom nothing is said: "can a baby have osteoarthritis?"."""
    whoever = [match for match in reading.of("outside") if rules["outside"][match.name.id].flag("whoever")]
    conditions = any(rules["topics"][topic].flag("condition") for topic in reading.topics)
    opened = [part for part in reading.parts if part.opens and reading.stems[part.start] in VERB_STEMS]
    return conditions and any(part.start < match.start <= part.start + SUBJECT for match in whoever for part in opened)


def refuse(reading: Reading, rules: Rules) -> Refusal:
    """The refusal that says most: the close subject that was asked for, a far one, or just that the article doesn't say; and
    which subjects of the message it does cover.
    """
    outside = [match for match in reading.of("outside") if reading.weights[match.start] >= 1.0]
    topics = rules["topics"]
    named = [topic for topic, weight in reading.topics.items() if weight >= 0.8 and topic not in reading.carried]
    covered = [topics[topic].text("label") for topic in named if not topics[topic].flag("general")]
    nearby = f" {rules.phrase('nearby', subject=' and '.join(covered[:2]))}" if covered else ""
    if outside:
        name = max(outside, key=lambda match: match.size).name.id
        return Refusal(f"outside.{name}", rules.phrase("outside", subject=rules["outside"][name].text("label")) + nearby)
    if not reading.topics:
        return Refusal("far", rules.phrase("far"))
    if tells(reading):
        return Refusal("no-question", rules.phrase("no_question") + nearby)
    return Refusal("not-said", rules.phrase("no_answer") + nearby)


def tells(reading: Reading) -> bool:
    """Whether a message tells of someone and asks nothing: "so on friday my back went"."""
    return not any(part.asks for part in reading.parts) and not _TOLD_OF.isdisjoint(reading.stems)


def is_bare(reading: Reading) -> bool:
    """Whether a message does no more than name a topic: "Bone spurs spine", "what about muscle relaxers then"."""
    if not reading.names_topic or reading.aspects or reading.of("outside"):
        return False
    named = {at for match in reading.of("topic") for at in range(match.start, match.end)}
    return len(reading.words) <= BARE or all(at in named or word in EMPTY_STEMS or word in MARKS for at, word in enumerate(reading.stems))


def risks_told(reading: Reading) -> tuple[str, ...]:
    """What a message tells that someone has with which a treatment can do harm: not what it denies, or only asks about."""
    first_person = {at for at, word in enumerate(reading.stems) if word in _TOLD_OF}
    told = []
    for match in reading.of("risk"):
        part = next((part for part in reading.parts if part.start <= match.start < part.end), None)
        # "Had a disc op in March" asks nothing.
        asked = part is not None and part.asks and reading.words[part.start].typed.lower() != "had" and first_person.isdisjoint(range(part.start, part.end))
        if not asked and _NEGATORS.isdisjoint(reading.stems[max(0, match.start - DENIED_WITHIN) : match.start]):
            told.append(match.name.id)
    return tuple(dict.fromkeys(told))


def at_risk(reading: Reading, dialogue: Dialogue, rules: Rules) -> tuple[str, ...]:
    """With what the user has a treatment may do harm, by this message or by what was told or talked of: as it is called."""
    told = [rules["risks"][risk].text("label") for risk in (*risks_told(reading), *dialogue.risks)]
    talked_of = [topic for topics in (dialogue.topics, *dialogue.earlier) for topic in topics if rules["topics"][topic].flag("at_risk")]
    return tuple(dict.fromkeys([*told, *(rules["topics"][topic].text("label") for topic in talked_of)]))
