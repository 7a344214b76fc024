"""A message into a reading: its words, its parts, what it is about and what it asks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import takewhile

from .clauses import HARD, OPENERS, Part, split_parts
from .conversation import Correction, Dialogue
from .exclusion import left_out
from .leaning import carry_over
from .lexicon import Lexicon, Term, Word
from .matcher import Match
from .reading import EMPTY_STEMS, Reading
from .rules import Rules
from .text import MARKS, stem, tokens

#: How much a word of a story counts beside one of the question that follows it.
STORY = 0.4
EMPTY_QUESTION = 0.85
#: How many words before it turn something down: "don't give me a lecture".
TURNED_DOWN_REACH = 4
_NO = frozenset(map(stem, ("no", "not", "without", "spare", "skip")))
#: How much an aspect counts by the words of its wording.
_SIZES, LONGER = {1: 1.0, 2: 1.25}, 1.4


def read_words(text: str, lexicon: Lexicon) -> tuple[list[Word], list[str]]:
    """The words of a message and their stems; sentence marks are words of their own."""
    words: list[Word] = []
    opens = True
    for token in tokens(text):
        words += lexicon.read(token, opens)
        opens = token in HARD
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


def understand(text: str, dialogue: Dialogue, rules: Rules, lexicon: Lexicon) -> Reading:
    """The reading of one message, in the light of what was talked about before."""
    words, stems = read_words(text, lexicon)
    parts = split_parts(stems)
    matches: defaultdict[str, list[Match[Term]]] = defaultdict(list)
    for match in lexicon.matcher.find(stems):
        matches[match.name.kind].append(match)
    _leave_idioms(matches, rules)
    matches["context"] = [match for match in matches["context"] if match.name.id != "study" or not _turned_down(stems, match.start)]
    # "What helps?" asks for a treatment, and neither for help with the bot nor does it say that something helped.
    matches["chat"] = [match for match in matches["chat"] if match.size > 1 or not any(_within(match, other) for other in matches["aspect"])]
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
    excluded = left_out(stems, matches, rules)
    names_topic = _names_topic(matches["topic"], weights, excluded, rules)
    topics = _weigh_topics(matches["topic"], stems, weights, names_topic)
    aspects: dict[str, float] = {}
    for match in matches["aspect"]:
        aspect, weight = match.name.id, weights[match.start]
        if weight >= 1.0 or aspect == "versus":
            aspects[aspect] = max(weight * _SIZES.get(match.size, LONGER), aspects.get(aspect, 0.0))
    corrections = tuple(dict.fromkeys([Correction(word.typed, word.read) for word in words if word.repaired]))
    reading = Reading(
        tuple(words), tuple(stems), tuple(parts), tuple(weights), matches, topics, aspects, corrections, names_topic=names_topic,
        excluded=excluded,
    )
    return carry_over(reading, dialogue, rules)


def _leave_idioms(matches: dict[str, list[Match[Term]]], rules: Rules) -> None:
    """What a figure of speech names is not spoken of: there is no fall in "my foot falls asleep"; but a pain in the neck may be one."""
    # Who says it is not spoken of either: "the physio thinks it's a pinched nerve".
    told = [match for match in matches["aim"] if match.name.id == "told-by"]
    matches["topic"] = [match for match in matches["topic"] if not any(by.start <= match.start and match.end <= by.end for by in told)]
    idioms = [match for match in matches["context"] if match.name.id in ("idiom", "other-sense")]
    if not idioms:
        return

    def meant(match: Match[Term]) -> bool:
        return not any(idiom.start <= match.start and match.end <= idiom.end and match.size < idiom.size for idiom in idioms)

    matches["topic"] = [match for match in matches["topic"] if rules["topics"][match.name.id].flag("general") or meant(match)]
    matches["caveat"] = [match for match in matches["caveat"] if meant(match)]


def _turned_down(stems: Sequence[str], start: int) -> bool:
    """Whether what begins at `start` is not wanted: "no more lectures, please"; not "I don't know. For a quiz: ..."."""
    before = takewhile(lambda word: word not in MARKS, stems[max(0, start - TURNED_DOWN_REACH) : start][::-1])
    return not _NO.isdisjoint(before)


def _within(match: Match[Term], longer: Match[Term]) -> bool:
    return longer.start <= match.start and match.end <= longer.end and match.size < longer.size


def _suspects(stems: Sequence[str], parts: Sequence[Part], topics: Sequence[Match[Term]], rules: Rules) -> Match[Term] | None:
    """The condition that a message without any question word ends on: "sore neck, stiff in the morning, arthritis?", "... arthritis me?"."""
    if len(parts) < 2 or stems[-1] != "?" or any(stems[part.start] in OPENERS for part in parts):
        return None
    end = len(stems) - 1
    ends = {end} if stems[end - 1] not in EMPTY_STEMS else {end, end - 1}
    return next((match for match in topics if match.end in ends and rules["topics"][match.name.id].flag("condition")), None)


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


def _names_topic(matches: Sequence[Match[Term]], weights: Sequence[float], excluded: Sequence[str], rules: Rules) -> bool:
    named = {match.name.id for match in matches if weights[match.start] >= 1.0}.difference(excluded)
    return any(not rules["topics"][topic].flag("general") for topic in named)
