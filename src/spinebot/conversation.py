"""The values of a conversation: what was understood, what is replied, and what is remembered between turns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from .article import Place


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of the article: `text` is exactly `[start:end]` (code points) of the corpus file of `article`."""

    text: str
    article: str
    heading: tuple[str, ...]
    passage: str
    start: int
    end: int

    @classmethod
    def of(cls, place: Place) -> Quote:
        """The quote of the sentence at `place`."""
        sentence = place.sentence
        return cls(sentence.text, place.article.id, place.passage.headings, place.passage.id, sentence.start, sentence.end)


class Caveat(NamedTuple):
    """A safety note, and the words of the user or of the answer that called for it."""

    id: str
    text: str
    because: str


@dataclass(frozen=True, slots=True)
class Urgent:
    """Urgent advice. `level`: "emergency" (call now), "crisis" (self-harm), "soon" (see a doctor promptly)."""

    id: str
    level: str
    text: str
    because: str


class Correction(NamedTuple):
    """Spelling that was repaired: what was typed, and what it was read as."""

    typed: str
    read: str


class Reply(NamedTuple):
    """One reply, whatever the channel. `kind`: "answer", "no_answer", "urgent" or "chat"."""

    kind: str
    text: str
    answer: str = ""
    quotes: tuple[Quote, ...] = ()
    caveats: tuple[Caveat, ...] = ()
    urgent: Urgent | None = None
    intent: str = ""
    corrections: tuple[Correction, ...] = ()
    suggestions: tuple[str, ...] = ()
    conversation: str = ""

    def to_dict(self) -> dict[str, object]:
        """The reply as JSON values, with the contract's keys."""
        urgent = self.urgent
        return {
            "kind": self.kind,
            "text": self.text,
            "answer": self.answer,
            "quotes": [
                {"text": q.text, "article": q.article, "heading": list(q.heading), "passage": q.passage, "start": q.start, "end": q.end}
                for q in self.quotes
            ],
            "caveats": [{"id": c.id, "text": c.text, "because": c.because} for c in self.caveats],
            "urgent": {"id": urgent.id, "level": urgent.level, "text": urgent.text, "because": urgent.because} if urgent else None,
            "intent": self.intent,
            "corrections": [{"from": c.typed, "to": c.read} for c in self.corrections],
            "suggestions": list(self.suggestions),
            "conversation": self.conversation,
        }


class Standing(NamedTuple):
    """A warning sign of an earlier message; `age` is how many messages ago, `asked`: it was only asked about."""

    sign: str
    age: int
    asked: bool = False


class Warned(NamedTuple):
    """A red flag that was raised; `age` is how many messages ago, `other`: for another person than the user."""

    flag: str
    age: int
    other: bool = False


class Dialogue(NamedTuple):
    """What is remembered between turns: ids of the rules, nothing that was typed. `last`: the answers of the last reply; `sides`: the topics
    that were named together last, in their order, for "the second one", "both"; `without`: those that were left out of the last list;
    `of`: of whom the last message told; `risks`: what was told with which a treatment can do harm; `hurt`: for how many more messages it is
    kept in mind that somebody was hurt.
    """

    topics: tuple[str, ...] = ()
    sides: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    aspects: tuple[str, ...] = ()
    earlier: tuple[tuple[str, ...], ...] = ()
    shown: frozenset[str] = frozenset()
    last: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    standing: tuple[Standing, ...] = ()
    warned: Warned | None = None
    of: str = ""
    risks: tuple[str, ...] = ()
    hurt: int = 0
    turns: int = 0
