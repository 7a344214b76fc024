"""Search: BM25 over passages and over sentences, and the topics, aspects and clues that each answer is known by.

The only user of rank_bm25.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25Okapi

from .answers import Answer
from .article import Corpus
from .evidence import clue_weight, evidence
from .rules import Rules
from .text import stems
from .understand import STOP_STEMS, Reading
from .weights import Weights

Row = NDArray[np.float64]

# What each kind of evidence counts. Tuned on half of the question files in tests/voices; see docs/understanding.md.
PASSAGE_SHARE = 0.3
TOPIC = 2.0
ASPECT = 1.0
CLUE = 1.0
WORDS = 0.25
GENERAL = 0.4
SIDE_TOPIC = 0.75
ASPECT_MOST = 1.8
CLUE_MOST = 2.5
OFF_TOPIC = 1.2
#: The least score of an answer that is given, where no weights were learned.
ENOUGH = 1.6
#: How many hits are handed on.
HITS = 8


class Hit(NamedTuple):
    """An answer found: its score, and what that is made of."""

    answer: Answer
    score: float
    topic: float
    aspect: float
    clue: float
    words: float


class Found(NamedTuple):
    """The best hits, the score above which an answer is given, the scores of all answers in their order, and the likeliest small talk."""

    hits: tuple[Hit, ...]
    refusal: float
    scores: Row
    answers: tuple[Answer, ...]
    small_talk: str
    small_talk_score: float


class Index:
    """BM25 scores a word, kept as rows over the answers."""

    def __init__(self, corpus: Corpus, answers: Sequence[Answer], rules: Rules, weights: Weights | None = None) -> None:
        self.answers = tuple(answers)
        self.weights = weights
        self.small_talk = tuple(rules["chat"])
        passages = [passage for article in corpus.articles for passage in article.passages]
        sentences = [(number, sentence) for number, passage in enumerate(passages) for sentence in passage.sentences]
        sentence_stems = [list(stems(sentence.text)) for _, sentence in sentences]
        passage_stems: list[list[str]] = [[] for _ in passages]
        for (number, _), found in zip(sentences, sentence_stems, strict=True):
            passage_stems[number] += found
        # Headings are searched with their passage: "causes", "treatments" often stand only there.
        for number, passage in enumerate(passages):
            passage_stems[number] += [part for heading in passage.headings[-1:] for part in stems(heading)]
        self._passages = BM25Okapi(passage_stems)
        self._sentences = BM25Okapi(sentence_stems)
        self._owner = np.array([number for number, _ in sentences])
        place = {(id(sentence)): at for at, (_, sentence) in enumerate(sentences)}
        self._of_answer = [np.array([place[id(p.sentence)] for p in answer.places]) for answer in answers]
        self._starts = np.cumsum([0] + [len(rows) for rows in self._of_answer[:-1]])
        self._flat = np.concatenate(self._of_answer)
        self._rows: dict[str, Row] = {}
        self.nothing: Row = np.zeros(len(answers))
        self._known = frozenset(word for found in passage_stems for word in found)
        self.passage_stems = passage_stems
        self._about: dict[str, Row] = {}
        self._specific: dict[str, bool] = {}
        for topic, rule in rules["topics"].items():
            general = rule.flag("general")
            share = GENERAL if general else 1.0
            self._about[topic] = np.array([share * (0.0 if topic not in a.about else 1.0 if a.about[0] == topic else SIDE_TOPIC) for a in answers])
            self._specific[topic] = not general
        self._asks = {aspect: np.array([float(aspect in a.asks) for a in answers]) for aspect in rules["aspects"]}
        self._position = {answer.id: answer.position for answer in answers}

    def prior(self, reading: Reading) -> Row:
        """The score of every answer by hand-set weights: topics, aspects, clues and BM25."""
        return self._evidence(reading)[0]

    def search(self, reading: Reading) -> Found:
        """The answers to a reading, best first; of two alike, the one that stands first in intents.yaml."""
        score, topic, aspect, clues, words = self._evidence(reading)
        refusal, small_talk = ENOUGH, ("", 0.0)
        if self.weights is not None:
            total = self.weights.score(evidence(reading))
            score = score + total[: len(score)]
            refusal = float(total[-1])
            talk = total[len(score) : -1]
            if len(talk):
                at = int(np.argmax(talk))
                small_talk = (self.small_talk[at], float(talk[at]))
        order = np.argsort(-score, kind="stable")
        return Found(
            tuple(Hit(self.answers[at], float(score[at]), float(topic[at]), float(aspect[at]), float(clues[at]), float(words[at])) for at in order[:HITS].tolist()),
            refusal,
            score,
            self.answers,
            *small_talk,
        )

    def _evidence(self, reading: Reading) -> tuple[Row, Row, Row, Row, Row]:
        topic = self.nothing.copy()
        named = self.nothing.copy()
        strong = False
        for name, weight in reading.topics.items():
            row = self._about[name]
            topic += weight * row
            if weight >= 0.8 and self._specific[name]:
                named += row
                strong = True
        aspect = self.nothing.copy()
        for name, weight in reading.aspects.items():
            aspect += weight * self._asks[name]
        np.minimum(aspect, ASPECT_MOST, out=aspect)
        clue = [0.0] * len(self.answers)
        for match in reading.of("clue"):
            clue[self._position[match.name.id]] += reading.weights[match.start] * clue_weight(match)
        clues = np.minimum(np.array(clue), CLUE_MOST)
        words = self.nothing.copy()
        content = 1.0
        for stem, weight in zip(reading.stems, reading.weights, strict=True):
            if stem not in STOP_STEMS:
                found = self.row(stem)
                if found is not None:
                    words += weight * found
                    content += weight
        words /= content**0.5
        score = TOPIC * topic + ASPECT * aspect * (0.35 + 0.65 * np.minimum(topic, 1.0)) + CLUE * clues + WORDS * words
        if strong:
            score -= OFF_TOPIC * (named == 0)
        return score, topic, aspect, clues, words

    def row(self, word: str) -> Row | None:
        """The score of one stem for every answer, its best sentence's; None for a stem that the corpus doesn't have."""
        row = self._rows.get(word)
        if row is None:
            if word not in self._known:
                return None
            passages = self._passages.get_scores([word])
            sentences = self._sentences.get_scores([word]) + PASSAGE_SHARE * passages[self._owner]
            row = np.maximum.reduceat(sentences[self._flat], self._starts)
            self._rows[word] = row
        return row
