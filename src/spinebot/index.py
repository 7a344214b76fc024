"""Search: BM25 over passages and over sentences, and the topics, aspects and clues that each answer is known by.

Every piece of evidence in a message has a row: what it says for each answer. A search is a weighted sum of rows. A word's
row is its BM25 score, kept from the one time that it was computed; to the hand-set rows is added what was learned from
labelled questions, where the bot folder has that. The only user of rank_bm25.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from rank_bm25 import BM25Okapi

from .answers import Answer
from .article import Corpus
from .claims import Claims
from .evidence import evidence
from .reading import Reading
from .rules import Rules
from .text import stem, stems
from .weights import NONE, Evidence, Row, Rows, Weights

# What a piece of evidence counts before anything is learned.
TOPIC = 2.0
SIDE_TOPIC = 1.5
GENERAL_TOPIC = 0.8
ASPECT = 0.5
ASKS = 0.8
CLUE = 1.0
WORD = 0.14
SMALL_TALK = 2.2
#: How much a word of the passage counts beside one of the sentence itself.
PASSAGE_SHARE = 0.3
#: The score from which an answer is given where nothing was learned.
ENOUGH = 2.3
#: How many hits are handed on.
HITS = 4
#: The score of an aim where nothing was learned, and of an answer that may not be given.
NEVER = -99.0
#: The aim of a message that tells of somebody who was hurt in an accident.
HURT = "hurt"
#: The aims that are learned from labelled messages too, for whoever asks what they have, what to take, how two things compare, or
#: tells of an accident, says so in endless ways; and the score from which on each is taken to be there.
LEARNED_AIMS = {"diagnosis": -1.75, "dosage": -1.0, "comparison": -1.0, HURT: -1.0}
#: From which score on an aim calls for its caveat, though nothing else is done for it: to say once too often that this is no diagnosis does
#: less harm than to say it once too little.
CALLS = -2.0
#: The same of the diagnosis of who tells of a warning sign: most of them ask what it is.
DIAGNOSIS_CALLS_BESIDE_SIGN = -3.0
#: From which score down the words speak against an aim; and the same where an answer scores so far above the refusal that nothing is in doubt.
RULED_OUT, RULED_OUT_IF_SURE = -2.7, -1.5
#: How far above the refusal the best answer is sure.
SURELY = 3.0


class Hit(NamedTuple):
    """An answer found, and its score."""

    answer: Answer
    score: float


class Found(NamedTuple):
    """The best answers, the score that they must exceed, the likeliest small talk and its score, the aims that speak out of the
    words with their scores, those that the words speak against, and the scores of all classes.
    """

    hits: tuple[Hit, ...]
    refusal: float
    small_talk: str
    small_talk_score: float
    aims: Mapping[str, float]
    ruled_out: frozenset[str]
    scores: Row

    def called(self, beside_sign: bool = False) -> tuple[str, ...]:
        """The aims whose caveats the words call for. `beside_sign`: whether they tell of a warning sign of the body too."""
        scores = zip(LEARNED_AIMS, self.scores[-len(LEARNED_AIMS) :].tolist(), strict=True)
        return tuple([aim for aim, score in scores if score > (DIAGNOSIS_CALLS_BESIDE_SIGN if beside_sign and aim == "diagnosis" else CALLS)])

    @property
    def sure(self) -> bool:
        """Whether the best answer is so good that no rule which takes the message for something else is to be believed."""
        return self.hits[0].score > self.refusal + SURELY


def classes(answers: Sequence[Answer], rules: Rules) -> list[str]:
    """What a message is scored for: each answer, each kind of small talk, the refusal; and, apart from these, each aim of `LEARNED_AIMS`."""
    return [*(answer.id for answer in answers), *(f"chat.{name}" for name in rules["chat"]), NONE, *(f"aim.{aim}" for aim in LEARNED_AIMS)]


class Index:
    """Rows of evidence over the answers, the small talk, and the refusal."""

    def __init__(self, corpus: Corpus, answers: Sequence[Answer], rules: Rules, weights: Weights | None = None) -> None:
        self.answers = tuple(answers)
        self.small_talk = tuple(rules["chat"])
        self._weights = weights
        self._claims = Claims(answers, rules)
        self._build_bm25(corpus)
        self._topics = {topic: rule.flag("general") for topic, rule in rules["topics"].items()}
        self._aspects = frozenset(rules["aspects"])
        self._position = {answer.id: answer.position for answer in answers}
        self._refusal = len(self.answers) + len(self.small_talk)
        self._width = len(classes(answers, rules))
        bias = np.zeros(self._width, np.float32) if weights is None else weights.bias.copy()
        if weights is None:
            bias[self._refusal] = ENOUGH
            bias[self._refusal + 1 :] = NEVER
        self.rows = Rows(bias, self._row)

    def _build_bm25(self, corpus: Corpus) -> None:
        passages = [passage for article in corpus.articles for passage in article.passages]
        sentences = [(number, sentence) for number, passage in enumerate(passages) for sentence in passage.sentences]
        sentence_stems = [list(stems(sentence.text)) for _, sentence in sentences]
        #: The stems of each passage, its last heading's among them: "causes", "treatments" often stand only there.
        self.passage_stems: list[list[str]] = [[] for _ in passages]
        for (number, _), found in zip(sentences, sentence_stems, strict=True):
            self.passage_stems[number] += found
        for number, passage in enumerate(passages):
            self.passage_stems[number] += [part for heading in passage.headings[-1:] for part in stems(heading)]
        self._passages = BM25Okapi(self.passage_stems)
        self._sentences = BM25Okapi(sentence_stems)
        self._owner = np.array([number for number, _ in sentences])
        at = {id(sentence): number for number, (_, sentence) in enumerate(sentences)}
        quoted = [[at[id(place.sentence)] for place in answer.places] for answer in self.answers]
        self._quoted = np.array([number for numbers in quoted for number in numbers])
        self._starts = np.cumsum([0] + [len(numbers) for numbers in quoted[:-1]])
        self._known = frozenset(word for found in self.passage_stems for word in found)

    def search(self, reading: Reading) -> Found:
        """The answers to a reading, best first; of two alike, the one that stands first in intents.yaml."""
        scores = self.rows.score(evidence(reading))
        scores[self._claims.unasked(reading)] = NEVER
        count = len(self.answers)
        values = scores.tolist()
        talk, refusal, aims = values[count : self._refusal], values[self._refusal], values[self._refusal + 1 :]
        chatty = max(talk, default=-np.inf)
        hits = tuple([Hit(self.answers[at], values[at]) for at in (-scores[:count]).argsort(kind="stable")[:HITS].tolist()])
        ruled_out = RULED_OUT_IF_SURE if hits[0].score > refusal + SURELY else RULED_OUT
        return Found(
            hits, refusal, self.small_talk[talk.index(chatty)], chatty,
            {aim: score for (aim, likely), score in zip(LEARNED_AIMS.items(), aims, strict=True) if score > likely},
            frozenset([aim for aim, score in zip(LEARNED_AIMS, aims, strict=True) if NEVER < score < ruled_out]),
            scores,
        )

    def _row(self, key: Evidence) -> Row | None:
        """What a piece of evidence says for every class, by hand and learned; None where it says nothing."""
        hand, learned = self.hand(key), self._weights.row(key) if self._weights is not None else None
        if hand is None and learned is None:
            return None
        row = np.zeros(self._width, np.float32)
        if hand is not None:
            row[: len(hand)] = hand
        return row if learned is None else row + learned

    def hand(self, key: Evidence) -> Row | None:
        """What a piece of evidence says for the answers, or for all classes, by the rules and BM25 alone; None where that is nothing."""
        kind, _, name = key.partition(" ")
        if kind == "spelled":
            return WORD * self.bm25(stem(name)) if stem(name) in self._known else None
        if kind == "topic" and name in self._topics:
            return np.array([self._topic_share(answer, name) for answer in self.answers], np.float32)
        if kind == "aspect" and name in self._aspects:
            return np.array([ASPECT * (name in answer.asks) for answer in self.answers], np.float32)
        if kind == "asks":
            topic, _, aspect = name.partition(" ")
            return np.array([ASKS * (topic in answer.about and aspect in answer.asks) for answer in self.answers], np.float32)
        if kind == "clue" and name in self._position:
            row = np.zeros(len(self.answers), np.float32)
            row[self._position[name]] = CLUE
            return row
        if kind == "chat" and name in self.small_talk:
            row = np.zeros(self._width, np.float32)
            row[len(self.answers) + self.small_talk.index(name)] = SMALL_TALK
            return row
        return None

    def _topic_share(self, answer: Answer, topic: str) -> float:
        if topic not in answer.about:
            return 0.0
        return GENERAL_TOPIC if self._topics[topic] else TOPIC if answer.about[0] == topic else SIDE_TOPIC

    def bm25(self, word: str) -> Row:
        """The BM25 score of one stem for every answer: its best sentence's, and a share of that sentence's passage's."""
        passages = self._passages.get_scores([word])
        sentences = self._sentences.get_scores([word]) + PASSAGE_SHARE * passages[self._owner]
        best: Row = np.maximum.reduceat(sentences[self._quoted], self._starts).astype(np.float32)
        return best
