"""A reading and what was found for it into a reply."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .answers import Answer
from .article import Place
from .conversation import Caveat, Correction, Dialogue, Quote, Reply, Urgent
from .index import Hit, Index
from .rules import Rules
from .understand import Reading

#: The least score of an answer that is given.
ENOUGH = 1.6
#: How near the best an answer must score to be given beside it.
BESIDE = 0.9
MOST_SENTENCES = 4
MOST_WORDS = 95


@dataclass(frozen=True, slots=True)
class Plan:
    """What a reply will say, before its caveats."""

    kind: str
    intent: str
    opening: str = ""
    answers: tuple[Answer, ...] = ()
    closing: str = ""


def decide(reading: Reading, hits: Sequence[Hit], rules: Rules, dialogue: Dialogue) -> Plan:
    """What to reply to a reading."""
    aims = {match.name.id for match in reading.of("aim")}
    chat = reading.of("chat")
    best = hits[0]
    outside = [match for match in reading.of("outside") if reading.weights[match.start] >= 0.8 and not _inside(match, reading)]
    asked = [weight for topic, weight in reading.topics.items() if weight >= 0.4]
    if chat and not asked and not outside and best.clue < 0.9:
        longest = max(chat, key=lambda match: match.size)
        return Plan("chat", f"chat.{longest.name.id}", rules["chat"][longest.name.id].text("reply"))
    if not reading.stems:
        return Plan("chat", "chat.empty", rules.phrase("empty"))
    if outside:
        label = rules["outside"][outside[0].name.id].text("label")
        return Plan("no_answer", f"outside.{outside[0].name.id}", rules.phrase("outside", subject=label))
    if not reading.topics and best.clue < 0.6:
        return Plan("no_answer", "far", rules.phrase("far"))
    strict = [aspect for aspect, weight in reading.aspects.items() if weight >= 1.0 and rules["aspects"][aspect].flag("strict")]
    if strict and not any(aspect in best.answer.asks for aspect in strict) and best.clue < 0.9:
        return Plan("no_answer", "not-said", rules.phrase("no_answer"))
    if best.score < ENOUGH:
        return Plan("no_answer", "not-said", rules.phrase("no_answer"))
    opening = rules.phrase("diagnosis") if "diagnosis" in aims else rules.phrase("dosage") if "dosage" in aims else ""
    if "dosage" in aims and not any(asks in best.answer.asks for asks in ("side-effects", "works")):
        return Plan("no_answer", "dosage", opening)
    return Plan("answer", f"answers.{best.answer.id}", opening, choose(reading, hits))


def choose(reading: Reading, hits: Sequence[Hit]) -> tuple[Answer, ...]:
    """The best answer, and the next where it is nearly as good and there is room."""
    best = hits[0]
    chosen = [best.answer]
    if best.answer.is_list:
        return tuple(chosen)
    for hit in hits[1:3]:
        if hit.answer.is_list or hit.score < BESIDE * best.score:
            break
        places = {place.sentence.start for answer in chosen for place in answer.places}
        extra = [place for place in hit.answer.places if place.sentence.start not in places]
        if len(places) + len(extra) <= MOST_SENTENCES and sum(answer.words for answer in chosen) + hit.answer.words <= MOST_WORDS:
            chosen.append(hit.answer)
    return tuple(chosen)


def _inside(match: object, reading: Reading) -> bool:
    start, end = match.start, match.end  # type: ignore[attr-defined]
    return any(
        other.start <= start and end <= other.end and other.end - other.start > end - start for kind in ("topic", "clue") for other in reading.of(kind)
    )
