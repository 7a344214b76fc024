"""What advertises settles no question about anything else."""

from __future__ import annotations

import pytest

from spinebot import Bot

HARMLESS = "carries no risks"


def last(bot: Bot, *turns: str) -> str:
    conversation = bot.conversation()
    return [conversation.say(turn).answer for turn in turns][-1]


@pytest.mark.parametrize(
    "turns",
    [
        ("is surgery dangerous", "which is safest then"),
        ("What are injections for neck pain?", "anything scarier that can go wrong?"),
        ("are injections safe", "anything without risks"),
        ("does physiotherapy have side effects",),
        ("can a collar harm me", "any side effects"),
        ("corticosteroids", "recovery time?"),
        ("what is the safest treatment for neck pain",),
    ],
)
def test_the_advertised_lack_of_risks_is_said_of_nothing_else(turns: tuple[str, ...], bot: Bot) -> None:
    """Who fears an injection would read "no risks" as said of injections, or be sold the device instead."""
    assert HARMLESS not in last(bot, *turns)


@pytest.mark.parametrize("turns", [("does traction have side effects",), ("neck traction", "any downsides"), ("is surgery risky", "and traction?", "side effects?")])
def test_who_asks_about_the_product_gets_its_claim(turns: tuple[str, ...], bot: Bot) -> None:
    assert HARMLESS in last(bot, *turns)


@pytest.mark.parametrize("message", ["which treatment would you recommend", "what would you choose for a sore neck", "what is the best treatment for neck pain"])
def test_who_asks_for_the_best_is_not_sent_to_the_product(message: str, bot: Bot) -> None:
    """The article's "An effective way to relief neck pain is ..." is a link to a shop."""
    assert "An effective way" not in last(bot, message)
