"""Which topics a message wants left out."""

from __future__ import annotations

import pytest

from spinebot import Bot
from spinebot.conversation import Dialogue
from spinebot.understand import understand


def excluded(bot: Bot, message: str) -> set[str]:
    return set(understand(message, Dialogue(), bot.rules, bot.lexicon).excluded)


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        ("without needles", {"injections"}),
        ("anything but surgery for a sore neck", {"surgery"}),
        ("what helps that isn't tablets?", {"medication"}),
        ("I'm not having an op", {"surgery"}),
        ("no pills, needles or surgery please", {"medication", "injections", "surgery"}),
        ("needles scare me", {"injections"}),
        ("we have tried physio and it did nothing", {"physio"}),
        ("non-invasive options", {"surgery", "injections"}),
        ("a non-prescription painkiller", set()),
    ],
)
def test_what_is_not_wanted_is_left_out_however_it_is_put(message: str, wanted: set[str], unlearned: Bot) -> None:
    """Who says that they want no needles would be offered needles first."""
    assert excluded(unlearned, message) == wanted


@pytest.mark.parametrize("message", ["is it not lupus?", "I'm not sure what a collar is", "No. What is traction?", "my neck, not my back", "I hate whiplash"])
def test_what_is_asked_about_is_not_left_out(message: str, unlearned: Bot) -> None:
    """Nobody chooses an illness; and "not" said of something else would take away the very thing that is asked for."""
    assert excluded(unlearned, message) == set()
