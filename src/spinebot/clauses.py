"""The clauses of a message, and which of them ask: told from the first words of each, for people put few marks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from .english import BEFORE_VERB, FILLERS, ORDERS, PRONOUNS, QUESTION_VERBS, QUESTION_WORDS, SUBJECTS, WONDERING
from .text import MARKS, stem

#: Marks that end a sentence.
HARD = frozenset(".?!;\n")
#: Words that open a question: "what", "does".
QUESTION_STEMS = frozenset(stem(word) for word in QUESTION_WORDS)
VERB_STEMS = frozenset(stem(word) for word in QUESTION_VERBS)
OPENERS = QUESTION_STEMS | VERB_STEMS
#: Within how many words a question comes to its verb: "for how long can".
OPENING_WORDS = 3

_RELATIVE = frozenset(stem(word) for word in ("which", "who", "whom", "whose", "where", "when"))
_ORDER_STEMS = frozenset(stem(word) for word in ORDERS)
_SUBJECTS = frozenset(stem(word) for word in SUBJECTS)
_PRONOUNS = frozenset(stem(word) for word in PRONOUNS)
_BEFORE_VERB = frozenset(stem(word) for word in BEFORE_VERB)
_ASKED_AFTER = QUESTION_STEMS | {stem("whether"), "if"}
_WONDER = frozenset(stem(word) for word in WONDERING)
#: "want to know", "you know?", "don't know": not "I know".
_WANTS = frozenset(("to", "you", "not", "never"))
#: "At what age ...", "for how long ..."
_BEFORE_QUESTION = frozenset(stem(word) for word in "at for in on to from by with until".split())
_FILLERS = frozenset(stem(word) for word in FILLERS)


class Part(NamedTuple):
    """A stretch of the message, `[start:end]` of its words: a clause, whether it asks, and whether it opens a question of its own."""

    start: int
    end: int
    asks: bool
    sentence: int
    opens: bool = False


def split_parts(stems: Sequence[str]) -> list[Part]:
    """The clauses of a message, and which of them ask.

    A clause ends at a sentence mark or a comma, and before a word that opens a question in running text, for people who
    type on a phone or speak put no marks.
    """
    parts: list[Part] = []
    clauses: list[tuple[int, int]] = []
    start = sentence = 0
    length = len(stems)
    for at, word in enumerate(stems):
        if word in MARKS:
            if at > start:
                clauses.append((start, at))
            start = at + 1
            if word in HARD:
                if clauses:
                    parts += _judge(stems, clauses, word == "?", sentence)
                    sentence += 1
                    clauses = []
                elif word == "?" and parts:
                    parts[-1] = parts[-1]._replace(asks=True)
        elif word in OPENERS and at > start + 1 and _opens_question(stems, at, length) and not _goes_on(stems, start, at):
            clauses.append((start, at))
            start = at
    if length > start:
        clauses.append((start, length))
    if clauses:
        parts += _judge(stems, clauses, False, sentence)
    return parts


def _judge(stems: Sequence[str], clauses: Sequence[tuple[int, int]], marked: bool, sentence: int) -> list[Part]:
    """The parts of one sentence: from its first question word on it asks; all of it, where only a question mark says so."""
    asks = wonders = False
    parts = []
    opened = [_asks(stems, start, end, first=number == 0 or marked) for number, (start, end) in enumerate(clauses)]
    for (start, end), opens in zip(clauses, opened, strict=True):
        wonders = wonders or opens
        # "He asked, from his armchair, whether ..."
        asks = opens or (asks and marked) or (wonders and stems[start] in _ASKED_AFTER) or (marked and not any(opened))
        parts.append(Part(start, end, asks, sentence, opens))
    return parts


def _opens_question(stems: Sequence[str], at: int, length: int) -> bool:
    word = stems[at]
    following = stems[at + 1] if at + 1 < length else ""
    before = stems[at - 1]
    if word in VERB_STEMS:
        return following in (_PRONOUNS if word in ("be", "have") else _SUBJECTS) and before not in _BEFORE_VERB and before not in MARKS
    if word in QUESTION_STEMS:
        if word in ("which", "who", "when", "whom", "whose", "where", "while"):
            return following in VERB_STEMS and following != "have" and before not in ("one", "someon", "peopl")
        if before == "and":
            return following in VERB_STEMS  # "What is lupus and what is whiplash?"
        return before not in ("that", "know", "about", "is", "be", "of", "on")
    return False


def _goes_on(stems: Sequence[str], start: int, at: int) -> bool:
    """Whether the verb at `at` belongs to the question that the clause has just opened: "how long can a collar be worn"."""
    opening = stems[start:at]
    return stems[at] in VERB_STEMS and len(opening) <= OPENING_WORDS and not QUESTION_STEMS.isdisjoint(opening) and VERB_STEMS.isdisjoint(opening)


def _asks(stems: Sequence[str], start: int, end: int, first: bool) -> bool:
    """Whether a clause opens as a question does; `which`, `who`, `where`, `when` do so only where a sentence begins."""
    at = start
    while at < end and stems[at] in _FILLERS:
        at += 1
    if at + 1 < end and stems[at] in _BEFORE_QUESTION and stems[at + 1] in QUESTION_STEMS:
        at += 1
    if at >= end:
        return False
    word = stems[at]
    following = stems[at + 1] if at + 1 < end else ""
    if word in QUESTION_STEMS:
        if first or word not in _RELATIVE:
            return word != "when" or following in VERB_STEMS
        # "... and who gets it", "..., where does it hurt"; not "my disc, which is gone".
        return "and" in stems[start:at] or (word in ("where", "when") and following in VERB_STEMS)
    if word in VERB_STEMS and following and following not in ("not", "be") and not (word == "have" and following not in _SUBJECTS):
        return following in _SUBJECTS or end - at > 2
    if word in _ORDER_STEMS:
        return True
    clause = stems[start:end]
    return not _WONDER.isdisjoint(clause) or ("know" in clause and any(word == "know" and wants in _WANTS for wants, word in pairwise(clause)))
