"""The shape of replies from elsewhere: the bot's own pass, and what lacks a key, or has another kind of value, is named."""

from __future__ import annotations

import json
from typing import Any

import pytest

from spinebot import Bot
from spinebot.testing.shape import fault_of


@pytest.mark.parametrize("text", ["is lupsu treated", "i cant feel my legs and i wet myself", "thanks", "what is the price of a car", ""])
def test_every_reply_of_the_bot_has_it(bot: Bot, text: str) -> None:
    assert fault_of(json.loads(json.dumps(bot.conversation().say(text).to_dict()))) == ""


def altered(bot: Bot, key: str, value: object) -> dict[str, Any]:
    return {**bot.conversation().say("is lupsu treated").to_dict(), key: value}


QUOTE = {"text": "a", "article": "a", "heading": ["a"], "passage": "a", "start": 0, "end": 1}


@pytest.mark.parametrize(("key", "value", "said"), [
    ("text", None, "'text' of the reply must be text"),
    ("quotes", {}, "'quotes' of the reply must be a list"),
    ("quotes", [QUOTE, {**QUOTE, "start": True}], "'start' of item 2 of 'quotes' of the reply must be a whole number"),
    ("quotes", [{**QUOTE, "end": 1.0}], "'end' of item 1 of 'quotes' of the reply must be a whole number"),
    ("quotes", [{**QUOTE, "heading": [3]}], "item 1 of 'heading' of item 1 of 'quotes' of the reply must be text"),
    ("caveats", [{"id": "a", "text": "b"}], "item 1 of 'caveats' of the reply lacks 'because'"),
    ("caveats", ["general"], "item 1 of 'caveats' of the reply must be an object"),
    ("urgent", {}, "'urgent' of the reply lacks 'id'"),
    ("urgent", "soon", "'urgent' of the reply must be an object"),
    ("suggestions", [None], "item 1 of 'suggestions' of the reply must be text"),
    ("more", "", "the reply has 'more', which no reply has"),
])  # fmt: skip
def test_what_is_wrong_is_named(bot: Bot, key: str, value: object, said: str) -> None:
    assert fault_of(altered(bot, key, value)) == said


@pytest.mark.parametrize("key", ["kind", "text", "answer", "quotes", "caveats", "urgent", "intent", "corrections", "suggestions", "conversation"])
def test_a_missing_key_is_named(bot: Bot, key: str) -> None:
    values = altered(bot, key, "")
    del values[key]
    assert fault_of(values) == f"the reply lacks {key!r}"


def test_what_is_no_object_is_no_reply() -> None:
    assert fault_of([]) == fault_of(None) == "the reply must be an object"


def test_keys_beside_the_contracts_can_be_allowed(bot: Bot) -> None:
    assert fault_of(altered(bot, "explanation", 3), extra=("explanation",)) == ""
