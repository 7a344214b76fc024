"""What the article says of two things together."""

from __future__ import annotations

import pytest

from spinebot import Bot
from spinebot.conversation import Reply


def after(bot: Bot, *turns: str) -> Reply:
    conversation = bot.conversation()
    return [conversation.say(turn) for turn in turns][-1]


@pytest.mark.parametrize(
    "message", ["so is lupus caused by whiplash", "can whiplash cause a pinched nerve", "does rheumatoid arthritis lead to whiplash", "does stenosis come from lupus?"]
)
def test_one_illness_is_not_the_cause_of_another_of_which_the_article_says_no_such_thing(message: str, bot: Bot) -> None:
    """What lupus does to muscles reads like a yes to "is lupus caused by whiplash?"."""
    assert after(bot, message).kind == "no_answer"


@pytest.mark.parametrize(
    ("message", "said"),
    [("can osteoarthritis cause bone spurs", "arthritic neck joints"), ("can a herniated disc pinch a nerve", "Nerve compression can result from herniated discs")],
)
def test_what_the_article_says_of_both_is_quoted(message: str, said: str, bot: Bot) -> None:
    assert said in after(bot, message).answer


@pytest.mark.parametrize(
    ("turns", "said"),
    [
        (("why do discs stiffen", "what does that do to nerves"), "Nerve compression can result"),
        (("are stiff discs normal", "and what do they do to nerves?"), "Nerve compression can result"),
        (("what are bone spurs", "why does that hurt"), "put pressure on surrounding structures"),
        (("what is rheumatoid arthritis", "so it's from wear and tear?"), "autoimmune response"),
    ],
)
def test_how_the_thing_in_hand_comes_to_hurt_or_comes_about_is_told(turns: tuple[str, ...], said: str, bot: Bot) -> None:
    """Who asks what bone spurs do would be told that the article doesn't say; who takes one thing for another would be confirmed in it."""
    assert said in after(bot, *turns).answer


def test_two_things_side_by_side_are_not_cause_and_effect(bot: Bot) -> None:
    for message in ("what are lupus and whiplash?", "How does osteoarthritis differ from rheumatoid arthritis?"):
        assert after(bot, message).kind == "answer", message


@pytest.mark.parametrize("message", ["is it wear and tear?", "so it's just age then?", "so that's from stress?"])
def test_a_guess_at_the_cause_is_about_the_illness_in_hand(message: str, bot: Bot) -> None:
    """ "Wear and tear is pretty much inevitable" would read as a yes."""
    assert "autoimmune response" in after(bot, "what is rheumatoid arthritis", message).answer
