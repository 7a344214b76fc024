"""Of whom a sign is told: advice for oneself is none for one's dad, and a dog's legs are no emergency."""

from __future__ import annotations

import pytest

from spinebot import Bot
from spinebot.conversation import Dialogue
from spinebot.persons import OTHER, PEOPLE, SELF, THING, mentions, told_of, whose
from spinebot.understand import understand


def told(bot: Bot, message: str, word: str, before: str = "") -> str:
    """Whose a word of a message is."""
    reading = understand(message, Dialogue(), bot.rules, bot.lexicon)
    at = next(at for at, said in enumerate(reading.words) if said.typed == word)
    return whose(at, at + 1, reading, mentions(reading, before), before)


@pytest.mark.parametrize(("message", "word", "expected"), [
    ("I think my dad can't feel his legs", "legs", OTHER),
    ("dad can't feel legs", "legs", OTHER),
    ("my poor old mum is slurring", "slurring", OTHER),
    ("My brother hurt his back at work. Legs numb now.", "numb", OTHER),
    ("my wife says I am slurring", "slurring", SELF),
    ("I was lifting my dad and can't feel my legs", "legs", SELF),
    ("mate, legs have gone numb", "numb", SELF),
    ("legs have gone numb", "numb", SELF),
    ("like someone sitting on the chest", "chest", SELF),
    ("our old mare has gone weak behind", "weak", THING),
    ("our dog has a bad disc, he can't move the legs", "legs", THING),
    ("my dog is fine but I can't feel the legs", "legs", SELF),
    ("fell off my horse, legs are numb", "numb", SELF),
    ("I pumped it up and the arm is numb", "numb", SELF),
    ("I'm a paramedic and see people with numb legs", "legs", PEOPLE),
    ("I'm a paramedic and my legs are numb", "legs", SELF),
    ("people with numb legs", "legs", SELF),
])
def test_a_sign_is_that_of_whom_the_nearest_word_names(bot: Bot, message: str, word: str, expected: str) -> None:
    assert told(bot, message, word) == expected


def test_who_was_told_of_in_the_message_before_still_is(bot: Bot) -> None:
    """ "My dad has a bad disc." – "Numb legs since today" is the dad's; "my legs" is not."""
    assert told(bot, "numb legs since today", "legs", OTHER) == OTHER
    assert told(bot, "he has numb legs", "legs", THING) == THING
    assert told(bot, "my legs are numb", "legs", OTHER) == SELF


@pytest.mark.parametrize(("message", "expected"), [
    ("my dad has a slipped disc", OTHER), ("what is lupus?", ""), ("my dad fell. what should I do?", OTHER), ("our cat is lame", THING),
])
def test_what_is_asked_changes_nobody(bot: Bot, message: str, expected: str) -> None:
    reading = understand(message, Dialogue(), bot.rules, bot.lexicon)
    assert told_of(reading, mentions(reading)) == expected
