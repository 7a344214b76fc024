"""Why the bot replies as it does: what it read, what it found, and what decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from . import compose, index
from .render import wrap
from .text import MARKS, clean
from .understand import Reading, understand

if TYPE_CHECKING:
    from .bot import Bot
    from .compose import Plan
    from .conversation import Dialogue
    from .index import Hit
    from .safety import Assessment

#: How many answers are shown with their scores.
SHOWN = 5


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
class Found:
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
    """An answer and what its score is made of; `rest` is what was added or taken away beyond the four kinds of evidence."""

    id: str
    chosen: bool
    score: float
    topic: float
    aspect: float
    clue: float
    words: float
    rest: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that led to one reply."""

    read: str
    corrections: tuple[tuple[str, str], ...]
    parts: tuple[ReadPart, ...]
    topics: tuple[Subject, ...]
    aspects: tuple[Subject, ...]
    found: tuple[Found, ...]
    signs: tuple[FoundSign, ...]
    standing: tuple[tuple[str, int], ...]
    urgent: str
    answers: tuple[Scored, ...]
    passages: tuple[str, ...]
    kind: str
    intent: str
    why: tuple[str, ...]

    def to_dict(self) -> dict[str, object]:
        """The explanation as JSON values."""
        return asdict(self)


def explain(bot: Bot, text: str, dialogue: Dialogue) -> Explanation:
    """Why `bot` replies as it does to `text` after `dialogue`: the same steps as its reply, nothing changed by them."""
    reading = understand(clean(text), dialogue, bot.rules, bot.lexicon)
    assessment = bot.red_flags.assess(reading, dialogue)
    hits = bot.index.search(reading)
    plan = compose.decide(reading, hits, bot.rules, dialogue)
    chosen = {answer.id for answer in plan.answers}
    passages = dict.fromkeys(f"{place.article.id}/{place.passage.id}" for answer in plan.answers for place in answer.places)
    return Explanation(
        read=" ".join(word.read for word in reading.words),
        corrections=tuple((correction.typed, correction.read) for correction in reading.corrections),
        parts=tuple(ReadPart(_read(reading, part.start, part.end), part.asks, _weight(reading, part.start)) for part in reading.parts),
        topics=_subjects(reading, "topic", reading.topics.items()),
        aspects=_subjects(reading, "aspect", reading.aspects.items()),
        found=_found(reading),
        signs=_signs(reading, assessment),
        standing=tuple((old.sign, old.age) for old in assessment.standing if old.age),
        urgent=f"{assessment.urgent.id} ({assessment.urgent.level}): {assessment.urgent.because}" if assessment.urgent else "",
        answers=tuple(_scored(hit, chosen) for hit in hits[:SHOWN] if hit.score > 0 or hit.answer.id in chosen),
        passages=tuple(passages),
        kind="urgent" if assessment.urgent else plan.kind,
        intent=plan.intent,
        why=tuple(_why(reading, plan, hits, bot)),
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


def _found(reading: Reading) -> tuple[Found, ...]:
    """What else the message matched: aims, small talk, subjects outside, caveats called for, and contexts of signs."""
    found: dict[Found, None] = {}
    kinds = ["aim", "chat", "outside", "caveat", *(["context"] if reading.of("sign") else [])]
    for kind in kinds:
        for match in reading.of(kind):
            found[Found(kind, match.name.id, reading.said(match.start, match.end))] = None
    return tuple(found)


def _signs(reading: Reading, assessment: Assessment) -> tuple[FoundSign, ...]:
    counting = {sign.sign: sign for sign in assessment.standing if not sign.age}
    idioms = [match for match in reading.of("context") if match.name.id == "idiom"]
    signs: dict[FoundSign, None] = {}
    for match in reading.of("sign"):
        said = reading.said(match.start, match.end)
        counts = match.name.id in counting and counting[match.name.id].because == said
        figure = next((idiom for idiom in idioms if idiom.start < match.end and match.start < idiom.end), None)
        why = "" if counts else f"a figure of speech: {reading.said(figure.start, figure.end)}" if figure else "denied, asked about in general, or long past"
        signs[FoundSign(match.name.id, said, counts, why)] = None
    return tuple(signs)


def _scored(hit: Hit, chosen: set[str]) -> Scored:
    topic = index.TOPIC * hit.topic
    aspect = index.ASPECT * hit.aspect * (0.35 + 0.65 * min(hit.topic, 1.0))
    clue, words = index.CLUE * hit.clue, index.WORDS * hit.words
    rest = hit.score - topic - aspect - clue - words
    shares = [round(share, 2) + 0.0 for share in (hit.score, topic, aspect, clue, words, rest)]
    return Scored(hit.answer.id, hit.answer.id in chosen, *shares)


def _why(reading: Reading, plan: Plan, hits: Sequence[Hit], bot: Bot) -> list[str]:
    """What decided, in sentences."""
    if plan.answers:
        return [*(_why_chosen(reading, answer.id, bot) for answer in plan.answers), *_why_first(hits)]
    section, _, name = plan.intent.partition(".")
    if section == "chat":
        said = ", ".join(dict.fromkeys(reading.said(match.start, match.end) for match in reading.of("chat") if match.name.id == name))
        return [f"small talk ({said}), and no question about a topic" if said else "no words in the message"]
    if section == "outside":
        said = ", ".join(dict.fromkeys(reading.said(match.start, match.end) for match in reading.of("outside") if match.name.id == name))
        return [f"refused: {said!r} is {bot.rules['outside'][name].text('label')}, which intents.yaml lists as outside the article"]
    best = hits[0]
    if not reading.topics and not best.topic and not best.clue:
        return ["refused: no topic of intents.yaml and no answer's clue is in the message"]
    if best.score < compose.ENOUGH:
        return [f"refused: the best answer, {best.answer.id}, scores {best.score:.2f}, under the {compose.ENOUGH} that an answer needs"]
    strict = [name for name, weight in reading.aspects.items() if weight >= 1.0 and bot.rules["aspects"][name].flag("strict")]
    missing = [name for name in strict if name not in best.answer.asks]
    if missing:
        return [f"refused: the message asks {', '.join(missing)}, which the best answer, {best.answer.id}, does not say; it says {', '.join(best.answer.asks)}"]
    return [f"refused by the rule {plan.intent!r}, though {best.answer.id} was found"]


def _why_chosen(reading: Reading, answer_id: str, bot: Bot) -> str:
    answer = next(answer for answer in bot.answers if answer.id == answer_id)
    reasons = []
    topics = [name for name in answer.about if name in reading.topics]
    aspects = [name for name in answer.asks if name in reading.aspects]
    clues = dict.fromkeys(reading.said(match.start, match.end) for match in reading.of("clue") if match.name.id == answer_id)
    quoted = {stem for place in answer.places for stem in _stems_of(place.sentence.text)}
    words = dict.fromkeys(word.read for word in reading.words if word.stem in quoted and word.stem not in MARKS)
    if topics:
        reasons.append(f"is about {', '.join(topics)}")
    if aspects:
        reasons.append(f"answers {', '.join(aspects)}")
    if clues:
        reasons.append(f"has the clues {', '.join(repr(clue) for clue in clues)}")
    if words:
        reasons.append(f"quotes the words {', '.join(words)}")
    return f"{answer_id} " + ("; ".join(reasons) or "was the nearest")


def _stems_of(sentence: str) -> tuple[str, ...]:
    from .text import stems

    return stems(sentence)


def _why_first(hits: Sequence[Hit]) -> list[str]:
    if len(hits) < 2:
        return []
    first, second = hits[0], hits[1]
    lead = first.score - second.score
    if lead < 0.005:
        return [f"{first.answer.id} and {second.answer.id} score alike: the one that stands first in intents.yaml is taken"]
    return [f"{first.answer.id} leads {second.answer.id} by {lead:.2f}"]


def render_explanation(explanation: Explanation, width: int = 100) -> str:
    """The explanation as text, wrapped to `width` columns."""
    lines = [*_rows("read as", [explanation.read or "(no words)"], width)]
    lines += _rows("corrected", [f"{typed} -> {read}" for typed, read in explanation.corrections], width)
    lines += _rows("parts", [f"{'asks' if part.asks else 'tells'} x {part.weight:g}: {part.text}" for part in explanation.parts], width)
    lines += _rows("topics", [_subject(subject) for subject in explanation.topics] or ["none"], width)
    lines += _rows("aspects", [_subject(subject) for subject in explanation.aspects] or ["none"], width)
    lines += _rows("matched", [f"{found.section} {found.id} ({found.because})" for found in explanation.found], width)
    lines += _rows("signs", [_sign(sign) for sign in explanation.signs], width)
    lines += _rows("still counts", [f"{sign}, from {age} message{'s' * (age > 1)} ago" for sign, age in explanation.standing], width)
    lines += _rows("red flag", [explanation.urgent] if explanation.urgent else [], width)
    lines += _rows("answers", _table(explanation.answers, width - 14), width, wrapped=False)
    lines += _rows("decided", [f"{explanation.kind}, {explanation.intent}"], width)
    lines += _rows("why", explanation.why, width)
    lines += _rows("passages", explanation.passages, width)
    return "\n".join(lines)


def _rows(label: str, rows: Iterable[str], width: int, *, wrapped: bool = True) -> list[str]:
    """Rows under one label, the label before the first."""
    indent = 14 if width >= 48 else 2
    lines = [line for row in rows for at, line in enumerate(wrap(row, width, indent, indent) if wrapped else [row])]
    if not lines:
        return []
    if indent == 2:
        return [f"{label}:", *(f"  {line}" for line in lines)]
    return [f"{label if not at else '':<13} {line}" for at, line in enumerate(lines)]


def _subject(subject: Subject) -> str:
    return f"{subject.id} {subject.weight:g} ({subject.because or 'carried over'})"


def _sign(sign: FoundSign) -> str:
    return f"{sign.id} ({sign.because}) " + ("counts" if sign.counts else f"does not count: {sign.why}")


def _table(answers: Sequence[Scored], width: int) -> list[str]:
    """Scores in columns where there is room for them, else one line a column."""
    if not answers:
        return []
    longest = max(len(answer.id) for answer in answers) + 2
    heads = ("score", "topic", "aspect", "clue", "words", "rest")
    if longest + 7 * len(heads) > width:
        return [line for answer in answers for line in (f"{'*' if answer.chosen else ' '} {answer.id} {answer.score:g}", "    " + _split(answer))]
    rows = [f"{'':{longest}}" + "".join(f"{head:>7}" for head in heads)]
    for answer in answers:
        values = (answer.score, answer.topic, answer.aspect, answer.clue, answer.words, answer.rest)
        rows.append(f"{('* ' if answer.chosen else '  ') + answer.id:{longest}}" + "".join(f"{value:7.2f}" for value in values))
    return rows


def _split(answer: Scored) -> str:
    return f"t {answer.topic:g} a {answer.aspect:g} c {answer.clue:g} w {answer.words:g} r {answer.rest:g}"
