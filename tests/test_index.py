"""Search: its rows are rank_bm25's own scores, and its order is the same every time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from rank_bm25 import BM25Okapi

from spinebot import Bot
from spinebot.answers import bind_answers
from spinebot.article import Corpus
from spinebot.conversation import Dialogue
from spinebot.corpus import parse_article
from spinebot.evidence import evidence
from spinebot.index import CALLS, DIAGNOSIS_CALLS_BESIDE_SIGN, LEARNED_AIMS, NEVER, PASSAGE_SHARE, SURELY, WORD, Found, Index
from spinebot.rules import Rules
from spinebot.text import stems
from spinebot.understand import understand

from .turns import read, scored

WORDS = ["lupus", "neck", "back", "pain", "nerve", "can", "the", "surgery", "traction", "disc", "30", "stiffness", "treatment", "relief"]


def search(bot: Bot, message: str) -> Found:
    return bot.index.search(understand(message, Dialogue(), bot.rules, bot.lexicon))


@pytest.fixture(scope="module")
def fresh(bot: Bot) -> tuple[BM25Okapi, BM25Okapi, dict[int, tuple[int, int]]]:
    """rank_bm25 over the passages (under their last heading) and over the sentences, computed anew; sentence start → (sentence's row, passage's row)."""
    passages = [passage for article in bot.corpus.articles for passage in article.passages]
    of_passages = [
        [part for sentence in passage.sentences for part in stems(sentence.text)] + [part for heading in passage.headings[-1:] for part in stems(heading)]
        for passage in passages
    ]
    sentences = [(number, sentence) for number, passage in enumerate(passages) for sentence in passage.sentences]
    places = {sentence.start: (at, number) for at, (number, sentence) in enumerate(sentences)}
    return BM25Okapi(of_passages), BM25Okapi([list(stems(sentence.text)) for _, sentence in sentences]), places


@pytest.mark.parametrize("word", WORDS)
def test_a_kept_row_is_what_rank_bm25_scores(word: str, bot: Bot, unlearned: Bot, fresh: tuple[BM25Okapi, BM25Okapi, dict[int, tuple[int, int]]]) -> None:
    """An answer scores as its best sentence does, with a share of that sentence's passage."""
    by_passage, by_sentence, places = fresh
    (part,) = stems(word)
    passages, sentences = by_passage.get_scores([part]), by_sentence.get_scores([part])
    wanted = []
    for answer in bot.answers:
        rows = [places[place.sentence.start] for place in answer.places]
        wanted.append(max(sentences[sentence] + PASSAGE_SHARE * passages[passage] for sentence, passage in rows))
    np.testing.assert_allclose(bot.index.bm25(part), wanted, rtol=1e-5, atol=1e-6)
    row = unlearned.index.hand(f"spelled {word}")
    assert row is not None
    np.testing.assert_allclose(row, WORD * np.array(wanted), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(unlearned.index.rows.score({f"spelled {word}": 1.0})[: len(wanted)], row, rtol=1e-5, atol=1e-6)


def test_a_score_is_the_weighted_sum_of_the_rows_of_what_was_read(bot: Bot, unlearned: Bot) -> None:
    for either in (bot, unlearned):
        for message in ("Does lupus need treatment?", "hello", "my neck hurts. what can I do about it", "how much is a soft collar", "xyzzy"):
            reading = understand(message, Dialogue(), either.rules, either.lexicon)
            rows = [weight * row for key, weight in evidence(reading).items() if (row := either.index.rows[key]) is not None]
            wanted = either.index.rows.bias + np.sum(rows, axis=0) if rows else either.index.rows.bias
            scores = either.index.search(reading).scores
            given = scores != NEVER  # What may not be given (see `claims`) has no score of its own.
            given[len(either.answers) :] = True
            assert given.sum() > len(wanted) / 2
            np.testing.assert_allclose(scores[given], wanted[given], rtol=1e-4, atol=1e-4)


def test_a_query_s_kept_rows_add_up_to_rank_bm25_s_scores(fresh: tuple[BM25Okapi, BM25Okapi, dict[int, tuple[int, int]]]) -> None:
    """Why rows may be kept per word at all: rank_bm25's score of a query is the sum of its words' scores."""
    for search in fresh[:2]:
        query = [part for word in WORDS for part in stems(word)]
        np.testing.assert_allclose(search.get_scores(query), sum(search.get_scores([part]) for part in query), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("word", ["gibberish", "", "#30.5", "."])
def test_a_word_that_the_article_does_not_have_has_no_row_set_by_hand(word: str, bot: Bot) -> None:
    assert bot.index.hand(f"spelled {word}") is None


def test_words_that_stand_in_headings_only_are_searched(bot: Bot) -> None:
    """"Treatments" is said nowhere but above the treatments."""
    assert bot.index.bm25(*stems("treatments")).max() > 0


@pytest.mark.parametrize("message", ["Does lupus need treatment?", "neck pain", "is traction safe", "what causes bone spurs", "gibberish xyzzy", "", ". ? !", "😀", "lupus " * 500])
def test_every_answer_is_scored_best_first_and_of_two_alike_the_first_of_the_file(message: str, bot: Bot) -> None:
    found = search(bot, message)
    answers, chat = len(bot.answers), len(bot.rules["chat"])
    assert len(found.scores) == answers + chat + 1 + len(LEARNED_AIMS)
    assert np.isfinite(found.scores).all() and found.refusal == found.scores[answers + chat]
    talk = found.scores[answers : answers + chat]
    assert (found.small_talk, found.small_talk_score) == ([*bot.rules["chat"]][talk.argmax()], talk.max())
    ranked = sorted(range(len(bot.answers)), key=lambda at: (-found.scores[at], at))
    assert [hit.answer.position for hit in found.hits] == ranked[: len(found.hits)]
    assert [hit.score for hit in found.hits] == [found.scores[at] for at in ranked[: len(found.hits)]]
    again = search(bot, message)
    assert (again.hits, again.refusal, again.scores.tolist()) == (found.hits, found.refusal, found.scores.tolist())


def test_of_answers_that_nothing_speaks_for_the_first_of_the_file_come_first(bot: Bot) -> None:
    """rank_bm25's own ranking gives ties back last first, and an unstable sort in any order."""
    hits = Index(bot.corpus, bot.answers, bot.rules).search(understand("xyzzy", Dialogue(), bot.rules, bot.lexicon)).hits
    assert {hit.score for hit in hits} == {0.0}
    assert [hit.answer.position for hit in hits] == list(range(len(hits)))


@pytest.mark.parametrize(
    ("message", "answer"),
    [("Does lupus need to be treated?", "lupus has to be medically treated"), ("Is neck surgery risky?", "serious risks"), ("How long may I wear a soft collar?", "two weeks")],
)
def test_the_best_hit_answers_a_plain_question(message: str, answer: str, bot: Bot) -> None:
    said = " ".join(place.sentence.text for place in search(bot, message).hits[0].answer.places)
    assert answer in said.lower()


def test_an_article_of_one_sentence_can_be_searched(read_rules: Callable[[str], Rules], small_rules: str, small_article: str) -> None:
    """rank_bm25 gives a word of every passage a weight of zero or less there."""
    rules = read_rules(small_rules.replace("      It has to be\n", ""))
    corpus = Corpus((parse_article(small_article.replace("  It has to be treated.", ""), "a.md"),))
    index = Index(corpus, bind_answers(rules, corpus), rules)
    row = index.bm25("lupus")
    assert row.shape == (1,) and np.isfinite(row).all()


def test_an_aim_calls_for_its_caveat_long_before_anything_is_done_for_it(unlearned: Bot) -> None:
    """ "Is that why I'm so stiff?" would be answered with no word on that this is no diagnosis."""
    assert all(score > CALLS for score in LEARNED_AIMS.values())
    for aim in LEARNED_AIMS:
        assert scored(unlearned, aims={aim: CALLS + 0.1}).called() == (aim,)
        assert scored(unlearned, aims={aim: CALLS - 0.1}).called() == ()
        sooner = aim == "diagnosis"
        assert bool(scored(unlearned, aims={aim: DIAGNOSIS_CALLS_BESIDE_SIGN + 0.1}).called(beside_sign=True)) is sooner
        assert scored(unlearned, aims={aim: DIAGNOSIS_CALLS_BESIDE_SIGN - 0.1}).called(beside_sign=True) == ()
    assert Index(unlearned.corpus, unlearned.answers, unlearned.rules).search(read(unlearned, "Do I have lupus?")).called() == (), "nothing was learned"


def test_an_answer_is_sure_only_far_above_the_refusal(unlearned: Bot) -> None:
    """A guess would be taken for an answer, and what picks one of a list for a question."""
    assert scored(unlearned, {"lupus-what": SURELY + 1.1}, refusal=1.0).sure
    assert not scored(unlearned, {"lupus-what": SURELY + 0.9}, refusal=1.0).sure
