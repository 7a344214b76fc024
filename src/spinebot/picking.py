"""Which of several things that were named together a message means: "which of those is autoimmune?", "the one with the nerves"."""

from __future__ import annotations

from collections.abc import Collection

from .answers import Answer, Named
from .conversation import Dialogue
from .index import Index
from .reading import EMPTY_STEMS, Reading
from .rules import Rules
from .text import MARKS, stem, stems

#: How far below the first a second thing may score to be given beside it.
AS_WELL = 0.5
#: From how many letters on a word may stand in a longer one: "immune" in "autoimmune".
LONG = 5
#: How much it counts that an answer has a word of what a thing is picked by, that it is on the topic which the word names, that it answers
#: what the word asks; and from which share of all on a thing is like that.
SAYS, IS_ON, ANSWERS, ENOUGH = 1.0, 0.9, 0.8, 0.6
#: How many words a message has at most that asks for an extreme and no more.
FEW = 6
#: In how many passages a word stands at most that tells one thing from another.
SELDOM = 0.4
#: Words that point, or that everything listed has in common.
_POINTING = frozenset(
    map(stem, "one which those them these condition thing kind sort type treatment option involve affect cause happen come disease illness get work".split())
)
#: What every answer says something of tells none from the others.
_PLAIN = frozenset(("definition", "symptom", "list", "works", "comparison", "relation", "cause"))
_EXTREMES = frozenset(("most", "least"))


def pick(reading: Reading, index: Index, rules: Rules, dialogue: Dialogue, named: Named) -> tuple[Answer, ...] | None:
    """What is said of the thing that a message picks by what it is like; () where nothing said of any is like that; None where it picks none."""
    if len(dialogue.sides) < 2 or reading.excluded or not _picks(reading, rules, dialogue):
        return None
    own = {topic for topic, weight in reading.topics.items() if weight >= 0.8 and topic not in reading.carried}
    if any(rules["topics"][topic].flag("side") for topic in own.difference(dialogue.sides)):
        return None
    likeness = _likeness(reading, index)
    if not likeness and all(word in EMPTY_STEMS or word in MARKS or word in _POINTING for word in reading.stems):
        return None  # "Which kinds are there?"
    if not likeness or "least" in reading.aspects or any(reading.weights[match.start] >= 1.0 for match in reading.of("outside")):
        return ()
    found = index.search(reading._replace(topics={topic: weight for topic, weight in reading.topics.items() if topic not in reading.carried}, before={}))
    best: dict[str, tuple[float, bool, float, Answer]] = {}
    for answer in index.answers:
        side = next((topic for topic in answer.about if topic in dialogue.sides), "")
        if side and not answer.is_list and answer.about[0] not in set(dialogue.sides) - {side}:
            share = sum(_fits(answer, word, of, named) for word, of in likeness.items()) / len(likeness)
            rank = share, answer.about[0] == side, float(found.scores[answer.position]), answer
            best[side] = max(best.get(side, (0.0, False, 0.0, answer)), rank, key=lambda one: one[:3])
    ranked = sorted((one for one in best.values() if one[0] >= ENOUGH), key=lambda one: one[:3], reverse=True)
    return tuple(one[3] for one in ranked[:2] if one[:2] == ranked[0][:2] and one[2] > ranked[0][2] - AS_WELL)


def _picks(reading: Reading, rules: Rules, dialogue: Dialogue) -> bool:
    """Whether a message picks one of several: it says so, or asks for an extreme ("and the rarest?") with nothing
    but the list in hand.
    """
    if any(match.name.id == "picking" and reading.weights[match.start] >= 0.8 for match in reading.of("aim")):
        return True
    in_hand = reading.names_topic or any(rules["topics"][topic].flag("side") for topic in dialogue.topics)
    return len(reading.words) <= FEW and reading.leans and not in_hand and not _EXTREMES.isdisjoint(reading.aspects)


def _likeness(reading: Reading, index: Index) -> dict[str, tuple[set[str], set[str]]]:
    """The words by which a message picks a thing, each with the topics and the aspects that it is part of; what tells nothing is left out."""
    words: dict[str, tuple[set[str], set[str]]] = {}
    for at, word in enumerate(reading.stems):
        topics = {match.name.id for match in reading.of("topic") if match.start <= at < match.end}
        aspects = {match.name.id for match in reading.of("aspect") if match.start <= at < match.end}
        if word in EMPTY_STEMS or word in MARKS or word in _POINTING:
            continue
        said = sum(_has(passage, word) for passage in index.passage_stems)
        if topics or aspects - _PLAIN or 0 < said <= SELDOM * len(index.passage_stems):
            words[word] = topics, aspects - _PLAIN
    return words


def _has(said: Collection[str], word: str) -> bool:
    return word in said or (len(word) >= LONG and any(word in longer and not longer.startswith("un") for longer in said))


def _fits(answer: Answer, word: str, of: tuple[set[str], set[str]], named: Named) -> float:
    """How well what an answer says fits a word by which a thing is picked."""
    said = {part for place in answer.places for part in stems(place.sentence.text)}
    if _has(said, word):
        return SAYS
    topics, aspects = of
    if not topics.isdisjoint((*answer.about, *named(answer))):
        return IS_ON
    return ANSWERS if not aspects.isdisjoint(answer.asks) else 0.0
