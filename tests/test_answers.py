"""Answers bound to the sentences that they quote."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from spinebot import Bot, RulesError
from spinebot.answers import Answer, bind_answers
from spinebot.article import Corpus
from spinebot.corpus import parse_article
from spinebot.rules import Rules

Bind = Callable[[str, str], tuple[Answer, ...]]
FRONT = "---\nid: small\ntitle: T\nsource: S\n---\n"


@pytest.fixture
def bind(read_rules: Callable[[str], Rules], small_rules: str) -> Bind:
    """Binds the quotes given (one a line) to an article of the text given."""

    def bound(quotes: str, text: str) -> tuple[Answer, ...]:
        old = "      Lupus can\n      It has to be\n"
        assert old in small_rules
        rules = read_rules(small_rules.replace(old, "".join(f"      {line}\n" for line in quotes.splitlines())))
        return bind_answers(rules, Corpus((parse_article(FRONT + text, "a.md"),)))

    return bound


def test_an_answer_has_its_sentences_in_the_order_in_which_they_are_said(bind: Bind) -> None:
    (answer,) = bind("It has to\nLupus can", "Lupus can hurt.  It has to be treated.\n")
    assert [place.sentence.text for place in answer.places] == ["It has to be treated.", "Lupus can hurt."]
    assert (answer.id, answer.ask, answer.about, answer.asks, answer.is_list) == ("lupus-back", "Can lupus hurt my back?", ("lupus", "back-pain"), ("cause",), False)
    assert answer.words == 8
    assert answer.places[0].passage.id == "small-1"


def test_a_beginning_matches_whatever_the_blanks_and_line_ends(bind: Bind) -> None:
    (answer,) = bind("Lupus   can hurt the\nIt", "Lupus can\nhurt  the back.  It has.\n")
    assert answer.places[0].sentence.text == "Lupus can\nhurt  the back."


@pytest.mark.parametrize(
    ("quotes", "message"),
    [
        ("Lupus can\nIt has to\nSciatica is", "no sentence of the corpus begins with 'Sciatica is'"),
        ("Lupus can\nIt has to\nhurt", "no sentence of the corpus begins with 'hurt'"),
        ("Lupus can\nIt has to\nlupus can", "no sentence of the corpus begins with 'lupus can'"),
        ("Lupus can\nIt has to\nLupus can hurt. It", "no sentence of the corpus begins"),
    ],
    ids=["another subject", "the middle of a sentence", "another case", "over the end of a sentence"],
)
def test_a_beginning_that_no_sentence_has_is_a_fault_on_its_line(quotes: str, message: str, bind: Bind) -> None:
    """An answer that silently lost a sentence would say half of what it should."""
    with pytest.raises(RulesError) as caught:
        bind(quotes, "Lupus can hurt.  It has to be treated.\n")
    (fault,) = caught.value.faults
    assert fault.path.endswith("intents.yaml")
    assert fault.line == 24
    assert message in fault.message


@pytest.mark.parametrize("beginning", ["It", "It has", "It has to be"])
def test_a_beginning_that_two_sentences_have_is_a_fault(beginning: str, bind: Bind) -> None:
    with pytest.raises(RulesError) as caught:
        bind(f"{beginning}\nIt has to be treated\nIt has to be looked at", "It has to be treated.  It has to be looked at.\n")
    (fault,) = caught.value.faults
    assert f"2 sentences begin with {beginning!r}" in fault.message


def test_a_sentence_that_no_answer_quotes_is_a_fault_of_the_article_s_line(bind: Bind) -> None:
    """The bot could never say it, and nobody would notice."""
    with pytest.raises(RulesError) as caught:
        bind("Lupus can", "Lupus can hurt.\n\nNobody asks this.\n")
    (fault,) = caught.value.faults
    assert (fault.path, fault.line) == ("a.md", 8)
    assert "Nobody asks this." in fault.message


def test_all_faults_come_at_once(bind: Bind) -> None:
    with pytest.raises(RulesError) as caught:
        bind("Gout\nRickets", "Lupus can hurt.  It has to be treated.\n")
    assert len(caught.value.faults) == 4


def test_every_sentence_of_the_spine_bot_s_article_answers_something(bot: Bot) -> None:
    quoted = {place.sentence.start for answer in bot.answers for place in answer.places}
    assert quoted == {place.sentence.start for place in bot.corpus.places()}


def test_answers_stand_in_the_order_of_the_file_each_with_sentences_topics_and_a_question_of_its_own(bot: Bot) -> None:
    assert [answer.id for answer in bot.answers] == list(bot.rules["answers"])
    assert [answer.position for answer in bot.answers] == list(range(len(bot.answers)))
    assert all(answer.places and answer.about and answer.asks for answer in bot.answers)
    questions = [answer.ask for answer in bot.answers]
    assert len(questions) == len(set(questions))
    assert all(question.endswith("?") for question in questions)
