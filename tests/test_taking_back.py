"""What takes an alarm back, and what must not: who talks themselves out of an emergency stays warned."""

from __future__ import annotations

import pytest

from spinebot import Bot
from spinebot.conversation import Dialogue, Standing, Warned
from spinebot.signs import weigh_signs
from spinebot.taking_back import takes_back
from spinebot.understand import understand

NUMB = (Standing("numb", 0), Standing("leg-loss", 0))


def reason(bot: Bot, message: str, flag: str = "cauda-equina", standing: tuple[Standing, ...] = NUMB) -> str:
    """Why a message takes back a flag."""
    dialogue = Dialogue(standing=standing, warned=Warned(flag, 0))
    reading = understand(message, dialogue, bot.rules, bot.lexicon)
    return takes_back(reading, weigh_signs(reading), dialogue)


@pytest.mark.parametrize(("message", "expected"), [
    ("the doctor cleared me last week", "ruled out by a doctor"),
    ("no, since birth", "for years"),
    ("it's been like that for 30 years", "for years"),
    ("always have done", "for years"),
    ("that was ten years ago, all fine now", "long ago"),
    ("sorry, that was about a film", "fiction or a figure of speech"),
    ("it was just a figure of speech", "fiction or a figure of speech"),
    ("I mean my dog", "not a person"),
    ("I meant my car", "not a person"),
    ("it's just from lying on it", "from lying on it"),
])
def test_what_makes_clear_that_it_is_none_takes_it_back(bot: Bot, message: str, expected: str) -> None:
    assert reason(bot, message) == expected


@pytest.mark.parametrize("message", [
    "my wife says it's nothing", "I'm sure it's fine", "I'm sure it's nothing serious", "it's gone off now", "it stopped by itself", "all fine now",
    "I've had back pain for years", "had it for years but it got worse this week", "my dog is with me", "I saw a film yesterday", "what is lupus?",
])
def test_nothing_else_does(bot: Bot, message: str) -> None:
    assert reason(bot, message) == ""


@pytest.mark.parametrize("flag", ["suicide", "heart", "abuse", "overdose", "airway"])
def test_despair_and_a_heart_are_not_calm_for_being_old(bot: Bot, flag: str) -> None:
    """Years of wanting to die, or of chest pain on the stairs, are no reason not to get help."""
    assert reason(bot, "it's been like that for 30 years", flag) == ""


@pytest.mark.parametrize("flag", ["suicide", "abuse", "overdose"])
def test_what_people_play_down_is_no_figure_of_speech(bot: Bot, flag: str) -> None:
    """ "I didn't mean it" is said by those who did."""
    assert reason(bot, "that was just a figure of speech", flag) == ""
    assert reason(bot, "that was about a film", flag) == "fiction or a figure of speech"


def test_numbness_between_the_legs_comes_from_no_chair(bot: Bot) -> None:
    """Someone whose bladder fails explains it by the seat: only a limb falls asleep."""
    assert reason(bot, "it's from sitting on it", standing=(*NUMB, Standing("retention", 0))) == ""


def test_without_an_alarm_a_doctor_alone_takes_anything_back(bot: Bot) -> None:
    reading = understand("no, since birth", Dialogue(), bot.rules, bot.lexicon)
    assert takes_back(reading, [], Dialogue()) == ""
