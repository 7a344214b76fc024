"""A message into a reading: its words, its parts, what it is about and what it asks."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from types import MappingProxyType
from typing import NamedTuple

from .clauses import HARD, OPENERS, Part, split_parts
from .conversation import Correction, Dialogue
from .english import STOP
from .lexicon import MARK_WORDS, Lexicon, Term, Word
from .matcher import Match
from .rules import Rules
from .text import MARKS, stem, tokens

#: How much a word of a story counts beside one of the question that follows it.
STORY = 0.4
EMPTY_QUESTION = 0.85
#: How much an aspect counts by the words of its wording.
_SIZES, LONGER = {1: 1.0, 2: 1.25}, 1.4
#: How much the turn before counts in a message of a few words, and in one that may stand alone.
BEFORE, LONG_BEFORE = 1.0, 0.4
#: How many telling words a message of a few words has at most.
FEW = 6
#: How much a topic of the last message counts in one that has its own and points back with "it".
TOLD_BEFORE = 0.6

#: What people want to get back to that is no topic of the talk.
_LIFE = frozenset(stem(word) for word in "normal work life sport sports training school gym running driving bed myself it".split())
STOP_STEMS = frozenset(stem(word) for word in STOP)
EMPTY_STEMS = STOP_STEMS | OPENERS

LONGEST_CHOICE = 30
_ORDINALS = {"1": 1, "2": 2, "3": 3, "first": 1, "second": 2, "third": 3, "1st": 1, "2nd": 2, "3rd": 3, "one": 1, "two": 2, "three": 3}
_CHOICE = re.compile(
    r"(?:(?:number|option|no|#)?\.? ?([123])|(?:number |option )?(one|two|three)|"
    r"(?:the |that )?(first|second|third|last|1st|2nd|3rd)(?: one| question| suggestion)?)(?:,? please)?"
)


#: "the second", "the latter": its place.
_PLACES = {stem(word): place for place, words in enumerate(("first former 1st", "second 2nd", "third 3rd", "fourth 4th")) for word in words.split()} | {
    stem(word): -1 for word in ("last", "latter")
}
#: "without drugs", "I don't want an operation": words that leave out what is named within so many words after them.
EXCLUDING = frozenset(stem(word) for word in "without besides except excluding not no instead avoid skip apart".split())
LEFT_OUT = 4
_THE = frozenset(stem(word) for word in ("the", "that"))


class Reading(NamedTuple):
    """What was understood of one message.

    `stems` are its words' stems with the sentence marks between them; `weights` say how much each counts (1.0 in the
    question, less in a story before it). `topics`, `aspects`: id → weight, those carried over from the dialogue too.
    `names_topic`: whether the question itself names a topic that is not a general one. `excluded`: the topics that it wants left out
    ("without drugs"). `before`: the topics and answers of the
    turn before, as evidence: how this one leans on it is learned.
    """

    words: tuple[Word, ...]
    stems: tuple[str, ...]
    parts: tuple[Part, ...]
    weights: tuple[float, ...]
    matches: Mapping[str, Sequence[Match[Term]]]
    topics: Mapping[str, float]
    aspects: Mapping[str, float]
    corrections: tuple[Correction, ...] = ()
    carried: tuple[str, ...] = ()
    leans: bool = False
    names_topic: bool = False
    excluded: tuple[str, ...] = ()
    before: Mapping[str, float] = MappingProxyType({})

    def said(self, start: int, end: int) -> str:
        """The user's own words at `[start:end]`, as typed."""
        typed: list[str] = []
        for word in self.words[start:end]:
            if not typed or typed[-1] != word.typed or len(typed) > 1:
                typed.append(word.typed)
        return " ".join(dict.fromkeys(typed)) if len(set(typed)) < len(typed) else " ".join(typed)

    def of(self, kind: str) -> Sequence[Match[Term]]:
        """The matches of one kind."""
        return self.matches.get(kind, ())


def without(reading: Reading, spans: Sequence[tuple[int, int]], topics: Mapping[str, float] | None) -> Reading:
    """The reading as if the words of `spans` had not been said; about `topics` only, where they are given."""
    words, stems = list(reading.words), list(reading.stems)
    for start, end in spans:
        words[start:end] = [MARK_WORDS[","]] * (end - start)
        stems[start:end] = [","] * (end - start)

    unsaid = {at for start, end in spans for at in range(start, end)}
    matches = {kind: [match for match in found if unsaid.isdisjoint(range(match.start, match.end))] for kind, found in reading.matches.items()}
    said = {match.name.id for match in reading.of("aspect")}
    left = {match.name.id for match in matches.get("aspect", ())}
    gone = {"comparison", "versus"} | (said - left)
    aspects = {aspect: weight for aspect, weight in reading.aspects.items() if aspect not in gone}
    if topics is None:
        named = {match.name.id for match in reading.of("topic")}
        here = {match.name.id for match in matches.get("topic", ())}
        topics = {topic: weight for topic, weight in reading.topics.items() if topic in here or topic not in named}
        if not any(weight >= 0.8 for weight in topics.values()):
            topics = reading.topics  # "What is lupus? Is it common?" asks about lupus twice.
    elif not aspects:
        aspects = {"definition": 1.0}
    return Reading(tuple(words), tuple(stems), reading.parts, reading.weights, matches, topics, aspects, reading.corrections)


def read_words(text: str, lexicon: Lexicon) -> tuple[list[Word], list[str]]:
    """The words of a message and their stems; sentence marks are words of their own."""
    words = list(chain.from_iterable(map(lexicon.read, tokens(text))))
    stems = [word.stem for word in words]
    if any([at == 0 or stems[at - 1] in MARKS for at, stemmed in enumerate(stems) if stemmed in MARKS]):
        words = _with_single_marks(words)
        stems = [word.stem for word in words]
    if "dose" in stems:
        # "dose it hurt": the one slip of spelling that is a word of medicine.
        for at, stemmed in enumerate(stems[:-1]):
            if stemmed == "dose" and (at == 0 or stems[at - 1] in MARKS) and stems[at + 1] not in ("of", "for", "be"):
                words[at] = Word.of(words[at].typed, "does")
                stems[at] = "do"
    return words, stems


def _with_single_marks(words: Iterable[Word]) -> list[Word]:
    """The words without marks at the beginning; of several marks in a row the first stays, or "?" where it ends the sentence as that does."""
    kept: list[Word] = []
    for word in words:
        if word.stem not in MARKS or (kept and kept[-1].stem not in MARKS):
            kept.append(word)
        elif kept and word.stem == "?" and kept[-1].stem in HARD | {","}:
            kept[-1] = word
    return kept


def taken(text: str, dialogue: Dialogue) -> str:
    """The suggestion that a message takes by its number or place ("2", "the first one"); else the message itself."""
    if len(text) > LONGEST_CHOICE or not dialogue.suggestions:
        return text
    chosen = _CHOICE.fullmatch(text.strip().lower().rstrip(".!"))
    if not chosen:
        return text
    number = _ORDINALS.get(chosen[1] or chosen[2] or chosen[3]) or len(dialogue.suggestions)
    return dialogue.suggestions[number - 1] if number <= len(dialogue.suggestions) else text


def understand(text: str, dialogue: Dialogue, rules: Rules, lexicon: Lexicon) -> Reading:
    """The reading of one message, in the light of what was talked about before."""
    words, stems = read_words(text, lexicon)
    parts = split_parts(stems)
    matches: defaultdict[str, list[Match[Term]]] = defaultdict(list)
    for match in lexicon.matcher.find(stems):
        matches[match.name.kind].append(match)
    _leave_idioms(matches, rules)
    weights = _weigh(stems, parts, matches)
    # "My neck hurts, sorry, I mean my back": what was meant counts, what was said before it is little more than a story.
    for match in matches["aim"]:
        if match.name.id == "meant" and any(topic.start >= match.end for topic in matches["topic"]):
            weights[: match.start] = [min(weight, STORY) for weight in weights[: match.start]]
    suspected = _suspects(stems, parts, matches["topic"], rules)
    if suspected is not None:
        matches["aim"].append(Match(Term("aim", "diagnosis", 1), suspected.start, suspected.end, 1))
    if any(match.name.id == "diagnosis" for match in matches["aim"]):
        weights = [1.0] * len(stems)  # What someone asks "what have I got?" about is what they tell.
    names_topic = _names_topic(matches["topic"], weights, rules)
    topics = _weigh_topics(matches["topic"], stems, weights, names_topic)
    aspects: dict[str, float] = {}
    for match in matches["aspect"]:
        aspect, weight = match.name.id, weights[match.start]
        if weight >= 1.0 or aspect == "versus":
            aspects[aspect] = max(weight * _SIZES.get(match.size, LONGER), aspects.get(aspect, 0.0))
    corrections = tuple(dict.fromkeys([Correction(word.typed, word.read) for word in words if word.repaired]))
    left_out = [match.name.id for match in matches["topic"] if not EXCLUDING.isdisjoint(stems[max(match.start - LEFT_OUT, 0) : match.start])]
    reading = Reading(
        tuple(words), tuple(stems), tuple(parts), tuple(weights), matches, topics, aspects, corrections, names_topic=names_topic,
        excluded=tuple(dict.fromkeys(left_out)),
    )
    return _carry_over(reading, dialogue, rules)


def _leave_idioms(matches: dict[str, list[Match[Term]]], rules: Rules) -> None:
    """What a figure of speech names is not spoken of: there is no fall in "my foot falls asleep"; but a pain in the neck may be one."""
    idioms = [match for match in matches["context"] if match.name.id == "idiom"]
    if not idioms:
        return

    def meant(match: Match[Term]) -> bool:
        return not any(idiom.start <= match.start and match.end <= idiom.end and match.size < idiom.size for idiom in idioms)

    matches["topic"] = [match for match in matches["topic"] if rules["topics"][match.name.id].flag("general") or meant(match)]
    matches["caveat"] = [match for match in matches["caveat"] if meant(match)]


def _suspects(stems: Sequence[str], parts: Sequence[Part], topics: Sequence[Match[Term]], rules: Rules) -> Match[Term] | None:
    """The condition that a message without any question word ends on: "sore neck, stiff in the morning, arthritis?"."""
    if len(parts) < 2 or stems[-1] != "?" or any(stems[part.start] in OPENERS for part in parts):
        return None
    return next((match for match in topics if match.end == len(stems) - 1 and rules["topics"][match.name.id].flag("condition")), None)


def _weigh(stems: Sequence[str], parts: Sequence[Part], matches: Mapping[str, Sequence[Match[Term]]]) -> list[float]:
    """1.0 for the words of the question, `STORY` for the rest; 1.0 for all where nothing asks.

    Where the question holds no telling word ("Is that possible?"), the story holds the question and counts nearly in full.
    """
    weights = [1.0] * len(stems)
    asking = [part for part in parts if part.asks]
    if asking and len(asking) < len(parts):
        telling = [match.start for kind in ("topic", "clue", "outside") for match in matches.get(kind, ())]
        empty = not any(part.start <= at < part.end for at in telling for part in asking)
        for part in parts:
            if not part.asks:
                for at in range(part.start, part.end):
                    weights[at] = EMPTY_QUESTION if empty else STORY
    return weights


def _weigh_topics(matches: Sequence[Match[Term]], stems: Sequence[str], weights: Sequence[float], asked: bool) -> dict[str, float]:
    """Topic → weight. A topic named inside the name of a longer one counts little, as does the one that is not meant of "the back, not
    the neck"; one of the story counts nearly in full where the question itself names none (`asked`: whether it does): "My aunt has
    lupus. Why does it hurt?"
    """
    topics: dict[str, float] = {}
    meant = {match.name.id for match in matches if stems[match.start - 1] != "not" or not match.start}
    for match in matches:
        weight = weights[match.start]
        if weight < 1.0 and not asked:
            weight = 0.85
        if meant and match.name.id not in meant:
            weight *= 0.3
        for other in matches:
            if other.start <= match.start and match.end <= other.end and other.end - other.start > match.end - match.start and other.name.id != match.name.id:
                weight *= 0.3
                break
        if weight > topics.get(match.name.id, 0.0):
            topics[match.name.id] = weight
    return topics


def _names_topic(matches: Sequence[Match[Term]], weights: Sequence[float], rules: Rules) -> bool:
    return any(weights[match.start] >= 1.0 and not rules["topics"][match.name.id].flag("general") for match in matches)


def _carry_over(reading: Reading, dialogue: Dialogue, rules: Rules) -> Reading:
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
        if points or not reading.aspects:
            # "What is a collar for?" – "Would it be any use for whiplash?"
            for topic in dialogue.topics:
                topics.setdefault(topic, TOLD_BEFORE)
    return reading._replace(topics=topics, aspects=aspects, carried=carried, leans=bool(carried), before=before)


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
