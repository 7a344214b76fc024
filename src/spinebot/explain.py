"""Why the bot replies as it does: what it read, what it found, and what decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from .evidence import evidence
from .plan import Plan
from .reading import STOP_STEMS, Reading
from .render import wrap
from .signs import weigh_signs
from .text import MARKS, stems

if TYPE_CHECKING:
    from .bot import Bot
    from .conversation import Dialogue
    from .index import Found, Index
    from .safety import Assessment
    from .weights import Evidence

#: How many answers are shown with their scores.
SHOWN = 5
#: How many pieces of evidence are shown.
TOLD = 6


@dataclass(frozen=True, slots=True)
class ReadPart:
    """A clause of the message as it was read; `weight` is how much its words count."""

    text: str
    asks: bool
    weight: float


@dataclass(frozen=True, slots=True)
class Subject:
    """A topic or an aspect: `because` are the user's words for it, "" where it was carried over from earlier messages."""

    id: str
    weight: float
    because: str


@dataclass(frozen=True, slots=True)
class Matched:
    """An entry of intents.yaml whose wording the message has."""

    section: str
    id: str
    because: str


@dataclass(frozen=True, slots=True)
class FoundSign:
    """A warning sign found, whether it counts, and if not, why not."""

    id: str
    because: str
    counts: bool
    why: str


@dataclass(frozen=True, slots=True)
class Scored:
    """An answer and what its score is the sum of: the hand-set evidence by kind (`words` are BM25), what was learned of all
    evidence, and what the answer has whatever is asked.
    """

    id: str
    chosen: bool
    score: float
    topic: float
    aspect: float
    clue: float
    words: float
    learned: float
    always: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that led to one reply."""

    read: str
    corrections: tuple[tuple[str, str], ...]
    parts: tuple[ReadPart, ...]
    topics: tuple[Subject, ...]
    aspects: tuple[Subject, ...]
    matched: tuple[Matched, ...]
    signs: tuple[FoundSign, ...]
    standing: tuple[tuple[str, int], ...]
    urgent: str
    answers: tuple[Scored, ...]
    refusal: float
    evidence: tuple[tuple[str, float], ...]
    passages: tuple[str, ...]
    kind: str
    intent: str
    why: tuple[str, ...]

    def to_dict(self) -> dict[str, object]:
        """The explanation as JSON values."""
        return asdict(self)


def explain(bot: Bot, text: str, dialogue: Dialogue) -> Explanation:
    """Why `bot` replies as it does to `text` after `dialogue`: the same steps as its reply, nothing changed by them."""
    reading, assessment, found, plan = bot.consider(text, dialogue)
    chosen = {answer.id for answer in plan.answers}
    passages = dict.fromkeys(f"{place.article.id}/{place.passage.id}" for answer in plan.answers for place in answer.places)
    return Explanation(
        read=" ".join(word.read for word in reading.words),
        corrections=tuple((correction.typed, correction.read) for correction in reading.corrections),
        parts=tuple(ReadPart(_read(reading, part.start, part.end), part.asks, _weight(reading, part.start)) for part in reading.parts),
        topics=_subjects(reading, "topic", reading.topics.items()),
        aspects=_subjects(reading, "aspect", reading.aspects.items()),
        matched=_matched(reading),
        signs=_signs(reading, assessment),
        standing=tuple(dict.fromkeys((old.sign, old.age) for old in assessment.standing if old.age)),
        urgent=f"{assessment.urgent.id} ({assessment.urgent.level}): {assessment.urgent.because}" if assessment.urgent else "",
        answers=_scored(reading, found, chosen, bot.index),
        refusal=round(found.refusal, 2),
        evidence=_telling(reading, plan, bot.index),
        passages=tuple(passages),
        kind="urgent" if assessment.urgent else plan.kind,
        intent=plan.intent,
        why=tuple(_why(reading, plan, found, bot)),
    )


def _read(reading: Reading, start: int, end: int) -> str:
    return " ".join(word.read for word in reading.words[start:end])


def _weight(reading: Reading, at: int) -> float:
    return reading.weights[at] if at < len(reading.weights) else 1.0


def _subjects(reading: Reading, kind: str, weights: Iterable[tuple[str, float]]) -> tuple[Subject, ...]:
    said: dict[str, dict[str, None]] = {}
    for match in reading.of(kind):
        said.setdefault(match.name.id, {})[reading.said(match.start, match.end)] = None
    subjects = [Subject(name, round(weight, 2), ", ".join(said.get(name, ()))) for name, weight in weights]
    return tuple(sorted(subjects, key=lambda subject: -subject.weight))


def _matched(reading: Reading) -> tuple[Matched, ...]:
    """What else the message matched: aims, small talk, subjects outside, caveats called for, and contexts of signs."""
    matched: dict[Matched, None] = {}
    for kind in ("aim", "chat", "outside", "caveat", *(["context"] if reading.of("sign") else [])):
        for match in reading.of(kind):
            matched[Matched(kind, match.name.id, reading.said(match.start, match.end))] = None
    return tuple(matched)


def _signs(reading: Reading, assessment: Assessment) -> tuple[FoundSign, ...]:
    """The warning signs found; why one doesn't count, or why those that do raise nothing."""
    signs: dict[FoundSign, None] = {}
    for sign in weigh_signs(reading):
        quiet = f"but the words speak against {assessment.dropped}" if assessment.dropped else "but no red flag of intents.yaml holds by it alone"
        why = sign.verdict if not sign.counts else "" if assessment.urgent else quiet
        signs[FoundSign(sign.name, reading.said(sign.start, sign.end), sign.counts, why)] = None
    return tuple(signs)


#: Kind of evidence → the share of a score that its hand-set row is shown under. No other kind has one that speaks for an answer.
_SHARES = {"topic": "topic", "aspect": "aspect", "asks": "aspect", "clue": "clue", "spelled": "words"}


def _scored(reading: Reading, found: Found, chosen: set[str], index: Index) -> tuple[Scored, ...]:
    """The best answers, each score split into its summands."""
    shown = [hit.answer for at, hit in enumerate(found.hits) if at < SHOWN or hit.answer.id in chosen]
    shown += [answer for answer in index.answers if answer.id in chosen and answer not in shown]
    always = index.rows.bias
    rows = []
    for answer in shown:
        at = answer.position
        shares = {"topic": 0.0, "aspect": 0.0, "clue": 0.0, "words": 0.0, "learned": 0.0}
        for key, weight in evidence(reading).items():
            row, hand = index.rows[key], index.hand(key)
            by_hand = weight * float(hand[at]) if hand is not None else 0.0
            kind = key.split(" ")[0]
            if kind in _SHARES:
                shares[_SHARES[kind]] += by_hand
            if row is not None:
                shares["learned"] += weight * float(row[at]) - by_hand
        split = (float(found.scores[at]), *shares.values(), float(always[at]))
        rows.append(Scored(answer.id, answer.id in chosen, *(round(share, 4) + 0.0 for share in split)))
    return tuple(rows)


def _spoken(reading: Reading, position: int, index: Index) -> list[tuple[Evidence, float]]:
    """What each piece of evidence says for the class at `position` of the scores."""
    return [(key, weight * float(row[position])) for key, weight in evidence(reading).items() if (row := index.rows[key]) is not None]


def _telling(reading: Reading, plan: Plan, index: Index) -> tuple[tuple[str, float], ...]:
    """The evidence that spoke loudest for or against what was decided: the first answer, the small talk, or the refusal."""
    talk = plan.intent.removeprefix("chat.")
    position = plan.answers[0].position if plan.answers else -1
    if plan.kind == "chat":
        if talk not in index.small_talk:
            return ()
        position = len(index.answers) + index.small_talk.index(talk)
    told = [(key, round(much, 2)) for key, much in _spoken(reading, position, index)]
    return tuple(sorted((pair for pair in told if pair[1]), key=lambda pair: -abs(pair[1]))[:TOLD])


def _why(reading: Reading, plan: Plan, found: Found, bot: Bot) -> list[str]:
    """What decided, in sentences."""
    best = found.hits[0]
    section, _, name = plan.intent.partition(".")
    if plan.answers:
        return [*(_why_chosen(reading, answer.id, bot) for answer in plan.answers), *_why_first(plan, found)]
    if plan.kind == "chat":
        said = _said(reading, "chat", name)
        return [f"small talk rather than a question: {said}" if said else "small talk rather than a question" if reading.words else "no words in the message"]
    if best.score >= found.refusal or section not in ("outside", "far", "not-said", "no-question"):
        said = _said(reading, "aim", plan.intent)
        return [f"refused by the rule {plan.intent!r}{f' ({said})' if said else ''}, though {best.answer.id} scores {best.score:.2f}"]
    reasons = [f"refused: the best answer, {best.answer.id}, scores {best.score:.2f}, under the {found.refusal:.2f} that it must reach here"]
    if section == "outside":
        reasons.append(f"{_said(reading, 'outside', name)!r} is {bot.rules['outside'][name].text('label')}, which intents.yaml lists as outside the article")
    elif not reading.topics:
        reasons.append("no topic of intents.yaml is in the message")
    return reasons


def _said(reading: Reading, kind: str, name: str) -> str:
    """The user's words for one entry."""
    return ", ".join(dict.fromkeys(reading.said(match.start, match.end) for match in reading.of(kind) if match.name.id == name))


def _why_chosen(reading: Reading, answer_id: str, bot: Bot) -> str:
    answer = next(answer for answer in bot.answers if answer.id == answer_id)
    reasons = []
    topics = [name for name in answer.about if name in reading.topics]
    aspects = [name for name in answer.asks if name in reading.aspects]
    clues = dict.fromkeys(reading.said(match.start, match.end) for match in reading.of("clue") if match.name.id == answer_id)
    quoted = {found for place in answer.places for found in stems(place.sentence.text)}
    words = dict.fromkeys(word.read for word in reading.words if word.stem in quoted and word.stem not in STOP_STEMS | MARKS)
    if topics:
        reasons.append(f"is about {', '.join(topics)}")
    if aspects:
        reasons.append(f"answers {', '.join(aspects)}")
    if clues:
        reasons.append(f"has the clues {', '.join(repr(clue) for clue in clues)}")
    if words:
        reasons.append(f"quotes the words {', '.join(words)}")
    return f"{answer_id} " + ("; ".join(reasons) or "was the nearest")


def _why_first(plan: Plan, found: Found) -> list[str]:
    best = found.hits[0]
    if plan.answers[0].id != best.answer.id:
        return [f"taken for the rule that the message follows, not for its score: {best.answer.id} has the highest"]
    if len(found.hits) < 2:
        return []
    second = found.hits[1]
    lead = best.score - second.score
    if lead < 0.005:
        return [f"{best.answer.id} and {second.answer.id} score alike: the one that stands first in intents.yaml is taken"]
    return [f"{best.answer.id} leads {second.answer.id} by {lead:.2f}"]


def render_explanation(explanation: Explanation, width: int = 100) -> str:
    """The explanation as text, wrapped to `width` columns."""
    lines = [*_rows("read as", [explanation.read or "(no words)"], width)]
    lines += _rows("corrected", [f"{typed} -> {read}" for typed, read in explanation.corrections], width)
    lines += _rows("parts", [f"{'asks' if part.asks else 'tells'} x {part.weight:g}: {part.text}" for part in explanation.parts], width)
    lines += _rows("topics", [_subject(subject) for subject in explanation.topics] or ["none"], width)
    lines += _rows("aspects", [_subject(subject) for subject in explanation.aspects] or ["none"], width)
    lines += _rows("matched", [f"{entry.section} {entry.id} ({entry.because})" for entry in explanation.matched], width)
    lines += _rows("signs", _signs_told(explanation.signs), width)
    standing = ", ".join(f"{sign} (from {age} message{'s' * (age > 1)} ago)" for sign, age in explanation.standing)
    lines += _rows("still counts", [standing] if standing else [], width)
    lines += _rows("red flag", [explanation.urgent] if explanation.urgent else [], width)
    lines += _rows("answers", _table(explanation.answers, width - 14), width)
    lines += _rows("must reach", [f"{explanation.refusal:.2f}"], width)
    lines += _rows("evidence", [", ".join(f"{much:+.2f} {name}" for name, much in explanation.evidence)] if explanation.evidence else [], width)
    lines += _rows("decided", [f"{explanation.kind}, {explanation.intent}"], width)
    lines += _rows("why", explanation.why, width)
    lines += _rows("passages", explanation.passages, width)
    return "\n".join(lines)


def _rows(label: str, rows: Iterable[str], width: int) -> list[str]:
    """Rows under one label, the label before the first; those too wide are wrapped."""
    indent = 14 if width >= 48 else 2
    lines = [line for row in rows for line in ([row] if len(row) <= width - indent else wrap(row, width, indent, indent))]
    if not lines:
        return []
    if indent == 2:
        return [f"{label}:", *(f"  {line}" for line in lines)]
    return [f"{label if not at else '':<13} {line}" for at, line in enumerate(lines)]


def _subject(subject: Subject) -> str:
    return f"{subject.id} {subject.weight:g} ({subject.because or 'carried over'})"


def _signs_told(signs: Iterable[FoundSign]) -> list[str]:
    """A row for each verdict, with the signs that it holds for."""
    rows: dict[str, list[str]] = {}
    for sign in signs:
        verdict = ("counts" if sign.counts else "does not count") + f", {sign.why}" * bool(sign.why)
        rows.setdefault(verdict, []).append(f"{sign.id} ({sign.because})")
    return [f"{verdict}: {', '.join(named)}" for verdict, named in rows.items()]


def _table(answers: Sequence[Scored], width: int) -> list[str]:
    """Scores in columns where there is room for them, else a text an answer."""
    longest = max((len(answer.id) for answer in answers), default=0) + 2
    if longest + 8 * len(_COLUMNS) > width:
        return [_narrow_row(answer) for answer in answers]
    rows = [f"{'':{longest}}" + "".join(f"{head:>8}" for head in _COLUMNS)]
    for answer in answers:
        rows.append(f"{('* ' if answer.chosen else '  ') + answer.id:{longest}}" + "".join(f"{value:8.2f}" for value in _shares(answer)))
    return rows


_COLUMNS = ("score", "topic", "aspect", "clue", "words", "learned", "always")


def _shares(answer: Scored) -> tuple[float, ...]:
    return (answer.score, answer.topic, answer.aspect, answer.clue, answer.words, answer.learned, answer.always)


def _narrow_row(answer: Scored) -> str:
    (_, score), *rest = zip(_COLUMNS, _shares(answer), strict=True)
    return f"{'*' if answer.chosen else '-'} {answer.id} {score:.2f} = " + " ".join(f"{head} {value:+.2f}" for head, value in rest if round(value, 2))
