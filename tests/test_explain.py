"""The explanation of a reply: that it is the reply's, and that a maintainer can find the fault with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinebot import Bot
from spinebot.conversation import Dialogue
from spinebot.explain import Explanation, explain, render_explanation
from spinebot.render import columns

MESSAGES = [
    "does lupus need treatment", "what about its symptoms", "hello", "", "?!", "how much does an ergonomic chair cost", "what is the capital of Peru",
    "I can't feel my legs and I lost control of my bladder", "how many ibuprofen can I take", "do I have a slipped disc", "tell me more", "treatments",
]


def why(bot: Bot, text: str, *before: str) -> Explanation:
    """The explanation of the reply to `text` after the messages `before`."""
    conversation = bot.conversation("1")
    for message in before:
        conversation.say(message)
    return explain(bot, text, conversation.dialogue)


def test_it_explains_the_reply_that_is_given(bot: Bot) -> None:
    conversation = bot.conversation("1")
    for message in MESSAGES:
        explanation = explain(bot, message, conversation.dialogue)
        reply = conversation.say(message)
        assert (explanation.kind, explanation.intent) == (reply.kind, reply.intent), message
        assert explanation.corrections == tuple((correction.typed, correction.read) for correction in reply.corrections)
        assert set(explanation.passages) == {f"{quote.article}/{quote.passage}" for quote in reply.quotes}
        assert bool(explanation.urgent) == bool(reply.urgent)
        assert explanation.why


def test_asking_for_it_changes_no_reply(bot: Bot) -> None:
    plain, explained = bot.conversation("1"), bot.conversation("1")
    for message in MESSAGES:
        first = explain(bot, message, explained.dialogue)
        assert first == explain(bot, message, explained.dialogue)
        assert plain.say(message) == explained.say(message)


@pytest.mark.parametrize("message", MESSAGES)
def test_a_score_is_the_sum_of_its_shares(bot: Bot, message: str) -> None:
    for answer in why(bot, message).answers:
        shares = answer.topic + answer.aspect + answer.clue + answer.words + answer.learned + answer.always
        assert answer.score == pytest.approx(shares, abs=0.001)


def test_what_was_learned_is_told_from_what_was_set_by_hand(bot: Bot) -> None:
    unlearned = Bot.load(weights=False)
    for message in MESSAGES:
        by_hand = {answer.id: answer for answer in why(unlearned, message).answers}
        assert not any(answer.learned or answer.always for answer in by_hand.values())
        for answer in why(bot, message).answers:
            if answer.id in by_hand:
                shares = by_hand[answer.id]
                assert (answer.topic, answer.aspect, answer.clue, answer.words) == (shares.topic, shares.aspect, shares.clue, shares.words)


def test_a_suggestion_taken_by_its_number_is_explained_as_what_it_says(bot: Bot) -> None:
    conversation = bot.conversation("1")
    (first, *_) = conversation.say("what is lupus").suggestions
    assert explain(bot, "1", conversation.dialogue) == explain(bot, first, conversation.dialogue)


def test_spelling_and_the_users_own_words_are_named(bot: Bot) -> None:
    explanation = why(bot, "does lupsu need treatmnt?")
    assert ("lupsu", "lupus") in explanation.corrections
    assert any(topic.id == "lupus" and topic.because == "lupsu" for topic in explanation.topics)
    assert [part.asks for part in explanation.parts] == [True]


def test_a_topic_of_an_earlier_message_is_told_from_one_that_was_said(bot: Bot) -> None:
    explanation = why(bot, "does it need treatment?", "what is lupus")
    lupus = next(topic for topic in explanation.topics if topic.id == "lupus")
    assert not lupus.because
    assert "carried over" in render_explanation(explanation)


def test_a_refusal_says_what_was_missing(bot: Bot) -> None:
    explanation = why(bot, "how much does an ergonomic chair cost")
    assert explanation.kind == "no_answer" and not explanation.passages
    assert explanation.answers[0].score < explanation.refusal
    assert "refused" in explanation.why[0] and f"{explanation.refusal:.2f}" in explanation.why[0]


def test_a_sign_that_does_not_count_says_why(tmp_path: Path, small_rules: str, small_article: str) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "small.md").write_text(small_article, encoding="utf-8")
    (tmp_path / "intents.yaml").write_text(small_rules, encoding="utf-8")
    small = Bot.load(tmp_path)
    denied = why(small, "I have no numb saddle")
    assert [(sign.id, sign.counts) for sign in denied.signs] == [("numb-saddle", False)] and denied.signs[0].why
    alone = why(small, "numb saddle since today")
    assert alone.signs[0].counts and not alone.urgent and "no red flag" in alone.signs[0].why
    both = why(small, "I have a numb saddle and can not pee")
    assert both.urgent.startswith("cauda-equina (emergency)") and all(sign.counts for sign in both.signs)


def test_it_can_be_printed_and_written_as_json(bot: Bot) -> None:
    for message in MESSAGES:
        explanation = why(bot, message, "what is lupus")
        assert json.loads(json.dumps(explanation.to_dict()))["intent"] == explanation.intent
        for width in (40, 100):
            assert max(columns(line) for line in render_explanation(explanation, width).splitlines()) <= width


@given(st.text())
def test_any_text_is_explained(bot: Bot, text: str) -> None:
    assert render_explanation(explain(bot, text, Dialogue()))
