"""A plan into a reply: quotes, caveats, suggestions, and the text in the order in which it should be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from .answers import Answer
from .article import Place
from .conversation import Caveat, Dialogue, Quote, Reply, Urgent
from .index import HURT, Found
from .lexicon import Lexicon
from .plan import Plan
from .reading import Reading
from .rules import Rules
from .safety import Assessment
from .understand import read_words

MOST_SUGGESTIONS = 3
#: What calls for a caveat that an earlier message called for.
TOLD_BEFORE = "told before"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A quotable sentence, ready: its quote, the topics that it names, the caveats that it calls for (id → its own words), whether it advertises."""

    quote: Quote
    topics: tuple[str, ...]
    caveats: Mapping[str, str]
    promotional: bool
    source: str


class Quoted(NamedTuple):
    """What a reply says of its answers, and what they call for: the same whatever was asked.

    `text`: the quotes alone; `lines`: as they stand in the reply; `topics`: what they name, in their order. `of_sentences`, `of_topics`:
    the caveats that the sentences' words and the answers' topics call for, each with what calls for it.
    """

    quotes: tuple[Quote, ...]
    text: str
    lines: tuple[str, ...]
    source: str
    topics: tuple[str, ...]
    of_sentences: tuple[tuple[str, str], ...]
    of_topics: tuple[tuple[str, str], ...]


def _asked(reading: Reading) -> str:
    """The words of the message's question, or its last words where nothing asks."""
    part = next((part for part in reversed(reading.parts) if part.asks), reading.parts[-1])
    return reading.said(part.start, part.end)


class Composer:
    """Builds replies; what depends on the bot folder alone is worked out once."""

    def __init__(self, rules: Rules, lexicon: Lexicon, answers: Sequence[Answer]) -> None:
        self._rules = rules
        self._lexicon = lexicon
        self._answers = {answer.id: answer for answer in answers}
        self._ready: dict[tuple[str, int], Sentence] = {}
        self.quoted = lru_cache(maxsize=1_000)(self._quote)
        self._caveats = {rule.id: rule.text("text") for rule in rules["caveats"].values()}
        self._of_message = {rule.id for rule in rules["caveats"].values() if rule.flag("of_message")}
        self._topic_caveats = {
            topic: tuple((caveat, rule.text("label")) for caveat in rule.ids("caveats")) for topic, rule in rules["topics"].items() if rule.ids("caveats")
        }
        self._aim_caveats = {aim: rule.ids("caveats") for aim, rule in rules["aims"].items() if rule.ids("caveats")}
        self._about: dict[str, list[Answer]] = {topic: [] for topic in rules["topics"]}
        for answer in answers:
            for topic in answer.about:
                self._about[topic].append(answer)
        for found in self._about.values():
            found.sort(key=lambda answer: (answer.is_list, answer.position))

    def compose(self, reading: Reading, plan: Plan, found: Found, assessment: Assessment, dialogue: Dialogue, conversation: str) -> Reply:
        """The reply that carries out a plan. The caveats come last: from the message, its topics and the finished answer."""
        quoted = self.quoted(plan.answers, plan.without)
        urgent = assessment.urgent
        kind = "urgent" if urgent else plan.kind
        caveats = self._caveats_of(reading, found, quoted, urgent, kind == "chat", dialogue)
        # Nobody is led on while urgent advice holds.
        suggestions = () if urgent or assessment.warned else self._suggest(plan, found, dialogue)
        return Reply(
            kind,
            self._text(reading, plan, assessment, quoted, caveats),
            quoted.text, quoted.quotes, caveats, urgent, plan.intent, reading.corrections, suggestions, conversation,
        )

    def named(self, answer: Answer) -> tuple[str, ...]:
        """The topics that an answer's sentences name, in their order."""
        return self.quoted((answer,)).topics

    def called_for(self, place: Place) -> Iterable[str]:
        """The ids of the caveats that a sentence calls for by its own words."""
        key = (place.article.id, place.sentence.start)
        return (self._ready.get(key) or self._prepare(place)).caveats

    def _quote(self, answers: tuple[Answer, ...], without: tuple[str, ...] = ()) -> Quoted:
        """What is said of answers, but for the sentences that name a topic of `without`, unless all do."""
        sentences = self._sentences(answers)
        sentences = [sentence for sentence in sentences if set(without).isdisjoint(sentence.topics)] or sentences
        quotes = tuple([sentence.quote for sentence in sentences])
        lines = [self._rules.phrase("claim")] if any(sentence.promotional for sentence in sentences) else []
        if any(answer.is_list for answer in answers):
            text = "\n".join([quote.text for quote in quotes])
            lines += [f"- {quote.text}" for quote in quotes]
        else:
            paragraphs = self._paragraphs(answers)
            text = "\n".join([paragraph for _, paragraph in paragraphs])
            lines += [line for paragraph in paragraphs for line in paragraph if line]
        source = self._rules.phrase("source", source="; ".join(dict.fromkeys(sentence.source for sentence in sentences))) if sentences else ""
        # "You can do this at home" does not name what it speaks of.
        of_topics = [call for answer in answers for topic in answer.about for call in self._topic_caveats.get(topic, ()) if call[0] not in self._of_message]
        topics = tuple(dict.fromkeys(topic for sentence in sentences for topic in sentence.topics))
        of_sentences = [call for sentence in sentences for call in sentence.caveats.items()]
        return Quoted(quotes, text, tuple(lines), source, topics, tuple(of_sentences), tuple(of_topics))

    def _sentences(self, answers: Iterable[Answer]) -> list[Sentence]:
        chosen: dict[tuple[str, int], Sentence] = {}
        for answer in answers:
            for place in answer.places:
                key = (place.article.id, place.sentence.start)
                if key not in self._ready:
                    self._ready[key] = self._prepare(place)
                chosen[key] = self._ready[key]
        return list(chosen.values())

    def _paragraphs(self, answers: Iterable[Answer]) -> list[tuple[str, str]]:
        """The quotes of the answers, and before them a line that says what they are on where an answer's first doesn't: "This can affect the
        neck."; "" where it does.
        """
        paragraphs: list[tuple[str, str]] = []
        topic = ""
        said: set[Quote] = set()
        for answer in answers:
            sentences = [sentence for sentence in self._sentences([answer]) if sentence.quote not in said]
            said.update(sentence.quote for sentence in sentences)
            quoted = " ".join(sentence.quote.text for sentence in sentences)
            if sentences and answer.about[0] != topic and answer.about[0] not in sentences[0].topics:
                paragraphs.append((self._rules.phrase("quotes_on", subject=self._rules["topics"][answer.about[0]].text("label")), quoted))
            elif quoted and paragraphs:
                on, before = paragraphs[-1]
                paragraphs[-1] = (on, f"{before} {quoted}")
            elif quoted:
                paragraphs.append(("", quoted))
            topic = answer.about[0]
        return paragraphs

    def _prepare(self, place: Place) -> Sentence:
        words, found = read_words(place.sentence.text, self._lexicon)
        topics: dict[str, None] = {}
        caveats: dict[str, str] = {}
        for match in self._lexicon.matcher.find(found):
            if match.name.kind == "topic":
                topics[match.name.id] = None
            elif match.name.kind == "caveat" and match.name.id not in self._of_message:
                caveats.setdefault(match.name.id, " ".join(word.typed for word in words[match.start : match.end]))
        return Sentence(Quote.of(place), tuple(topics), caveats, place.sentence.promotional, place.article.source)

    def _caveats_of(
        self, reading: Reading, found: Found, quoted: Quoted, urgent: Urgent | None, is_chat: bool, dialogue: Dialogue
    ) -> tuple[Caveat, ...]:
        """What the message, its topics, its warning sign and the answer call for; of small talk its own words alone, and no general caveat."""
        wanted = {} if is_chat else {"general": ""}
        beside_sign = urgent is not None and urgent.level != "crisis"
        learned = () if is_chat else self._learned_calls(reading, found, beside_sign, dialogue)
        of_sign = [(caveat, urgent.because) for caveat in self._rules["red_flags"][urgent.id].ids("caveats")] if urgent else ()
        for caveat, because in chain(self._calls(reading), learned, of_sign, quoted.of_sentences):
            wanted.setdefault(caveat, because)
        for topic in self._talked_of(reading, is_chat, dialogue):
            for caveat, label in self._topic_caveats.get(topic, ()):
                wanted.setdefault(caveat, label)
        for caveat, label in quoted.of_topics:
            wanted.setdefault(caveat, label)
        return tuple([Caveat(name, text, wanted[name]) for name, text in self._caveats.items() if name in wanted])

    def _calls(self, reading: Reading) -> Iterator[tuple[str, str]]:
        """Each caveat that words of the message call for, and those words."""
        for match in reading.of("caveat"):
            yield match.name.id, reading.said(match.start, match.end)
        for match in reading.of("aim"):
            for caveat in self._aim_caveats.get(match.name.id, ()):
                yield caveat, reading.said(match.start, match.end)

    def _learned_calls(self, reading: Reading, found: Found, beside_sign: bool, dialogue: Dialogue) -> Iterator[tuple[str, str]]:
        """Each caveat that the message calls for by what was learned, and what it asks; and of whoever was hurt a few messages ago."""
        for aim in found.called(beside_sign):
            for caveat in self._aim_caveats.get(aim, ()):
                yield caveat, _asked(reading)
        if dialogue.hurt:
            for caveat in self._aim_caveats.get(HURT, ()):
                yield caveat, TOLD_BEFORE

    def _talked_of(self, reading: Reading, is_chat: bool, dialogue: Dialogue) -> Iterator[str]:
        """The topics of the talk: the message's own, and those of the last messages where it names no other."""
        for topic, weight in reading.topics.items():
            if weight >= 0.3 and not (is_chat and topic in reading.carried):
                yield topic
        if not is_chat and not reading.names_topic and (reading.carried or not reading.of("outside")):
            yield from dialogue.topics

    def _suggest(self, plan: Plan, found: Found, dialogue: Dialogue) -> tuple[str, ...]:
        """Up to three next questions: near what was asked, and with something to say that was not said before."""
        said = {place for answer in plan.answers for place in answer.said}.union(*(self._answers[name].said for name in dialogue.shown))
        near: list[Answer] = []
        for answer in plan.answers:
            near += self._about[answer.about[0]]
        if not near:
            near = [hit.answer for hit in found.hits]
        chosen: list[str] = []
        for answer in chain(near, self._answers.values()):
            if not answer.said <= said and answer.ask not in chosen:
                chosen.append(answer.ask)
                if len(chosen) == MOST_SUGGESTIONS:
                    break
        return tuple(chosen)

    def _text(self, reading: Reading, plan: Plan, assessment: Assessment, quoted: Quoted, caveats: Iterable[Caveat]) -> str:
        rules = self._rules
        lines = []
        if assessment.urgent:
            lines.append(assessment.urgent.text)
        elif assessment.warned and plan.kind != "chat":
            crisis = rules["red_flags"][assessment.warned.flag].text("level") == "crisis"
            lines.append(rules.phrase("still_crisis" if crisis else "still"))
        if reading.corrections and plan.kind != "chat":
            lines.append(rules.phrase("corrected", words=", ".join(dict.fromkeys(correction.read for correction in reading.corrections))))
        if plan.opening and not (assessment.urgent and plan.kind in ("no_answer", "chat")):
            lines.append(plan.opening)
        lines += quoted.lines
        if assessment.conditional and plan.kind != "chat":
            lines.append(rules.phrase("if_now"))
        lines += [caveat.text for caveat in caveats]
        if quoted.source:
            lines.append(quoted.source)
        return "\n".join(lines)
