"""One of several things that were named together, picked by what it is like."""

from __future__ import annotations

import pytest

from spinebot import Bot
from spinebot.conversation import Reply

CONDITIONS = "Which conditions affect both the neck and the back?"
TREATMENTS = "What are the treatments for neck pain?"


def after(bot: Bot, *turns: str) -> Reply:
    conversation = bot.conversation()
    return [conversation.say(turn) for turn in turns][-1]


@pytest.mark.parametrize(
    ("first", "message", "said"),
    [
        (CONDITIONS, "which of those is autoimmune?", "autoimmune response"),
        (CONDITIONS, "is one of them to do with the immune system", "autoimmune response"),
        (CONDITIONS, "which one narrows the canal", "canal is narrowed"),
        (CONDITIONS, "that one from overstretched ligaments, tell me more", "Strains and sprains"),
        (TREATMENTS, "which can I do at the office?", "at the office"),
        (TREATMENTS, "the one with the hand pump", "hand pump"),
        (TREATMENTS, "which has long recovery times?", "long recovery times"),
        ("Rheumatoid arthritis and osteoarthritis", "which is autoimmune", "autoimmune response"),
    ],
)
def test_one_of_several_is_picked_by_what_the_article_says_of_it(first: str, message: str, said: str, bot: Bot) -> None:
    """Who asks which of a list is autoimmune would get the list again."""
    reply = after(bot, first, message)
    assert said in reply.answer
    assert len(reply.quotes) <= 4


@pytest.mark.parametrize("message", ["which of them is deadly?", "which one is hereditary", "which is worst", "and the rarest?", "which do women get more"])
def test_nothing_is_picked_by_what_the_article_does_not_say(message: str, bot: Bot) -> None:
    """The likeliest answer would be taken as the one that is deadly."""
    assert after(bot, CONDITIONS, message).kind == "no_answer"


def test_nothing_is_picked_where_nothing_was_listed(bot: Bot) -> None:
    assert after(bot, "What is lupus?", "which one is most common in the joints?").intent != "not-said"
