"""The second net: how likely a message is to tell of a warning sign, of which, and by which words."""

from __future__ import annotations

import pytest

from spinebot import Bot
from spinebot.alarms import Alarms
from spinebot.conversation import Dialogue
from spinebot.reading import Reading
from spinebot.safety import ALARM_FROM, SURELY_CALM_BELOW, verdicts
from spinebot.understand import understand
from spinebot.weights import Weights


@pytest.fixture
def alarms(bot: Bot) -> Alarms:
    assert bot.red_flags.alarms is not None
    return bot.red_flags.alarms


def read(bot: Bot, message: str) -> Reading:
    return understand(message, Dialogue(), bot.rules, bot.lexicon)


@pytest.mark.parametrize("message", [
    "since this morning I cannot pee and I am numb between the legs", "my face has dropped on one side and my words come out wrong", "I want to end my life",
])
def test_a_sign_is_heard(bot: Bot, alarms: Alarms, message: str) -> None:
    """Signs in words that no list has would go unheard."""
    reading = read(bot, message)
    heard = alarms.hear(reading, verdicts(reading, Dialogue()))
    assert heard.chance > ALARM_FROM and heard.flag in bot.rules["red_flags"]
    assert set(alarms.because(reading, verdicts(reading, Dialogue()), heard.flag).split()) <= {word.typed for word in reading.words}


def test_every_question_that_the_bot_suggests_is_calm(bot: Bot, alarms: Alarms) -> None:
    """Whoever takes a suggestion would be sent to an emergency department."""
    for answer in bot.answers:
        reading = read(bot, answer.ask)
        assert alarms.hear(reading, verdicts(reading, Dialogue())).chance < SURELY_CALM_BELOW, answer.ask


def net(weights: str) -> Alarms:
    """A net of two flags that are raised, "now" an emergency and "soon" none, and calm, with these biases."""
    return Alarms(Weights({"bias": weights.encode()}, ("now", "soon", "later", "none")), {"now": "emergency", "soon": "soon", "later": "soon"})


def test_emergencies_that_make_up_most_of_an_alarm_make_it_one(unlearned: Bot) -> None:
    """Between an emergency and two things that can wait, the more pressing advice is given where it is likelier than both."""
    reading = read(unlearned, "anything")
    assert net("0:2 1:0 2:0 3:0").hear(reading, {})[1:3] == ("now", True)
    assert net("0:1 1:1.2 2:1.2 3:0").hear(reading, {})[1:3] == ("soon", False)


def test_far_from_any_alarm_nothing_is_heard(unlearned: Bot) -> None:
    assert net("0:0 1:0 2:0 3:9").hear(read(unlearned, "anything"), {}).chance == 0.0
