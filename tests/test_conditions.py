"""When a line of a red flag holds: which signs it needs, which of them in one sentence, and which of them may be from before."""

from __future__ import annotations

import pytest

from spinebot import Bot
from spinebot.conditions import Condition, holds
from spinebot.conversation import Dialogue
from spinebot.signs import weigh_signs
from spinebot.understand import understand


def test_a_line_is_read_into_groups_and_what_must_be_absent() -> None:
    """A line that is read otherwise than a clinician reads it raises other alarms than those that were signed off."""
    condition = Condition.parse("numb + saddle & fever & !kidney-sign")
    assert condition.groups == (("numb", "saddle"), ("fever",))
    assert condition.unless == {"kidney-sign"} and condition.names == {"numb", "saddle", "fever"}


@pytest.mark.parametrize(
    ("line", "message", "because"),
    [
        ("fever & back-trouble", "my back aches. I have a fever", "back, fever"),
        ("fever & back-trouble", "my back aches", None),
        ("numb + saddle", "I am numb between my legs", "numb between legs"),
        ("numb + saddle", "My finger is numb. The seam between my legs itches.", None),
        ("fever & back-trouble & !kidney-sign", "my back aches, I have a fever and it hurts to pee", None),
    ],
)
def test_a_line_holds_by_the_users_words(unlearned: Bot, line: str, message: str, because: str | None) -> None:
    """Signs of two sentences taken together alarm for nothing; signs that are not taken together miss an emergency."""
    reading = understand(message, Dialogue(), unlearned.rules, unlearned.lexicon)
    counting = [sign for sign in weigh_signs(reading) if sign.counts]
    condition = Condition.parse(line)
    now = {sign.name for sign in counting}
    found = holds(condition, counting, now, reading) if condition.names <= now else None
    assert (found is None) == (because is None)
    if because:
        assert set(because.replace(",", "").split()) <= set(found.replace(",", "").split())  # type: ignore[union-attr]


def test_what_was_told_before_is_completed_by_this_message_alone(unlearned: Bot) -> None:
    """ "My leg is numb" – "both": without a sign of its own a message raises nothing anew."""
    reading = understand("both of them", Dialogue(), unlearned.rules, unlearned.lexicon)
    counting = [sign for sign in weigh_signs(reading) if sign.counts]
    condition = Condition.parse("both-legs + numb")
    assert holds(condition, counting, {sign.name for sign in counting}, reading)
    assert holds(condition, [], set(), reading) is None
