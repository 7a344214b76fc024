"""A reading and what was found for it into a reply."""

from __future__ import annotations

from dataclasses import dataclass

from .answers import Answer
from .conversation import Dialogue
from .index import Found, Hit
from .rules import Rules
from .text import MARKS
from .understand import STOP_STEMS, Reading

#: How far below the best an answer may score to be given beside it.
BESIDE = 0.7
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


def decide(reading: Reading, found: Found, rules: Rules, dialogue: Dialogue) -> Plan:
    """What to reply to a reading."""
    if not any(word not in MARKS for word in reading.stems):
        return Plan("chat", "chat.empty", rules.phrase("empty"))
    aims = {match.name.id for match in reading.of("aim")}
    best = found.hits[0]
    small_talk = _small_talk(reading, best)
    if small_talk:
        return Plan("chat", f"chat.{small_talk}", rules["chat"][small_talk].text("reply"))
    if "dosage" in aims:
        return Plan("no_answer", "dosage", rules.phrase("dosage"))
    if best.score < found.refusal:
        return refuse(reading, rules)
    answers = compare(reading, found) or choose(found)
    opening = rules.phrase("diagnosis") if "diagnosis" in aims else ""
    return Plan("answer", f"answers.{answers[0].id}", opening, answers)


def refuse(reading: Reading, rules: Rules) -> Plan:
    """The refusal that says most: the close subject that was asked for, a far one, or just that the article doesn't say."""
    outside = [match for match in reading.of("outside") if reading.weights[match.start] >= 1.0]
    if outside:
        name = max(outside, key=lambda match: match.size).name.id
        return Plan("no_answer", f"outside.{name}", rules.phrase("outside", subject=rules["outside"][name].text("label")))
    if not reading.topics:
        return Plan("no_answer", "far", rules.phrase("far"))
    return Plan("no_answer", "not-said", rules.phrase("no_answer"))


def _small_talk(reading: Reading, best: Hit) -> str:
    """The chat rule of a message that is small talk and little else."""
    chat = reading.of("chat")
    if not chat or any(weight >= 0.4 for weight in reading.topics.values()) and not reading.carried:
        return ""
    covered: set[int] = set()
    for match in chat:
        covered.update(range(match.start, match.end))
    content = [at for at, word in enumerate(reading.stems) if word not in MARKS and word not in STOP_STEMS]
    left = sum(at not in covered for at in content)
    longest = max(chat, key=lambda match: (match.name.id in ("about-bot", "help") and match.size > 1, match.size))
    if longest.name.id in ("about-bot", "help") and longest.size > 1 and not reading.of("topic"):
        return longest.name.id
    return longest.name.id if left <= 2 or left <= 0.6 * len(content) and not any(part.asks for part in reading.parts) and not reading.of("topic") else ""


def compare(reading: Reading, found: Found) -> tuple[Answer, ...]:
    """An answer for each side of a comparison; () where the message compares no two topics."""
    if reading.aspects.get("comparison", 0.0) < 1.0:
        return ()
    sides = [topic for topic, weight in reading.topics.items() if weight >= 0.4]
    ranked = sorted(zip(found.scores.tolist(), found.answers, strict=True), key=lambda pair: -pair[0])
    chosen: list[Answer] = []
    for topic in sides:
        others = {side for side in sides if side != topic}
        best = next((answer for _, answer in ranked if answer.about[0] == topic and not others & set(answer.about) and not answer.is_list), None)
        if best is not None and best not in chosen:
            chosen.append(best)
    return tuple(chosen[:3]) if len(chosen) > 1 else ()


def choose(found: Found) -> tuple[Answer, ...]:
    """The best answer, and the next where it is nearly as good and there is room."""
    best = found.hits[0]
    chosen = [best.answer]
    if best.answer.is_list:
        return tuple(chosen)
    for hit in found.hits[1:3]:
        if hit.answer.is_list or hit.score < max(best.score - BESIDE, found.refusal):
            break
        places = {place.sentence.start for answer in chosen for place in answer.places}
        extra = [place for place in hit.answer.places if place.sentence.start not in places]
        if len(places) + len(extra) <= MOST_SENTENCES and sum(answer.words for answer in chosen) + hit.answer.words <= MOST_WORDS:
            chosen.append(hit.answer)
    return tuple(chosen)
