"""The token that a client keeps of its dialogue: it brings a conversation back whole, and whoever forges one gains nothing."""

from __future__ import annotations

import base64
import json
import string
import zlib
from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinebot import Bot, Reply
from spinebot.conversation import Dialogue
from spinebot.web.remembered import MOST_PACKED, MOST_TURNS, MOST_UNPACKED, pack, read_dialogue, unpack, write_dialogue

MESSAGES = [
    "Can lupus hurt my back?", "why?", "tell me more", "2", "what about my neck", "Does traction help?", "Is surgery dangerous?", "hello", "thanks", "no",
    "my leg is numb", "both legs", "I can't pee", "it's probably nothing", "can a disc cause incontinence?", "yes, I have that", "I fell off a ladder",
    "which painkiller", "what do I have?", "lupsu", "", "🙂", "my friend is in despair", "can it wait?", "what is whiplash", "how are back and neck related",
]  # fmt: skip
#: Each is urgent by itself, and at which level.
URGENT = {
    "I have numbness between my legs and can't control my bladder": "emergency",
    "I want to kill myself": "crisis",
    "I have crushing chest pain": "emergency",
    "My neck is stiff and I have a high fever and the light hurts my eyes": "emergency",
}
#: Plain words → the caveat that comes with any reply.
ASKED_FOR = {
    "Is lupus dangerous?": "lupus", "Should I have surgery?": "surgery", "Does traction help my back?": "traction", "Do injections help?": "injections",
    "Which medication helps?": "medication", "Does a soft collar help?": "immobilization", "What do I have?": "diagnosis",
}  # fmt: skip


def packed(values: object) -> str:
    """Any JSON values as a token, as a forger makes it."""
    return base64.urlsafe_b64encode(zlib.compress(json.dumps(values).encode(), 9)).decode().rstrip("=")


@cache
def known(bot: Bot) -> st.SearchStrategy[object]:
    """Values of the right shape, of ids that the bot knows, in combinations that no conversation brings about."""

    def ids(names: object) -> st.SearchStrategy[list[str]]:
        return st.lists(st.sampled_from(sorted(names)), max_size=6)  # type: ignore[call-overload]

    number = st.integers(-3, MOST_TURNS - 100)
    topics = ids(bot.rules["topics"])
    answers = ids({answer.id for answer in bot.answers})
    aged = {kind: st.tuples(st.sampled_from(sorted(bot.rules[kind])), number, st.booleans()) for kind in ("signs", "red_flags")}
    return st.fixed_dictionaries({
        "topics": topics, "sides": topics, "without": topics, "aspects": ids(bot.rules["aspects"]), "earlier": st.lists(topics, max_size=4), "shown": answers, "last": answers,
        "suggestions": ids({answer.ask for answer in bot.answers}), "standing": st.lists(aged["signs"], max_size=6), "warned": st.none() | aged["red_flags"],
        "turns": number,
    })  # fmt: skip


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["lupus", "neck-pain", "back-pain", "cause"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)
FIELDS = tuple(write_dialogue(Dialogue()))


@given(messages=st.lists(st.sampled_from(MESSAGES), max_size=10))
def test_a_conversation_comes_back_from_its_token_as_it_was(bot: Bot, messages: list[str]) -> None:
    dialogue = Dialogue()
    for message in messages:
        _, dialogue = bot.respond(message, dialogue)
        token = pack(dialogue)
        assert unpack(token, bot) == dialogue
        assert len(token) <= MOST_PACKED
        assert set(token) <= set(string.ascii_letters + string.digits + "-_."), "it has to fit into a header"


def test_the_longest_conversation_still_fits_into_a_token(bot: Bot) -> None:
    """Everything shown, every sign standing: what could otherwise be lost after a long talk."""
    shown = frozenset(answer.id for answer in bot.answers)
    standing = [[sign, 5, True] for sign in bot.rules["signs"]]
    whole = read_dialogue({**write_dialogue(Dialogue(shown=shown, turns=MOST_TURNS, topics=tuple(bot.rules["topics"]))), "standing": standing}, bot)
    assert whole.shown == shown and len(whole.standing) == len(bot.rules["signs"])
    assert unpack(pack(whole), bot) == whole


@given(token=st.text(max_size=200) | st.text(string.ascii_letters + string.digits + "-_=+/", max_size=200))
def test_garbage_is_no_token_and_raises_nothing_else(bot: Bot, token: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        unpack(token, bot)


@given(values=JSON | st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, JSON)))
def test_a_forged_token_of_any_shape_is_a_dialogue_or_none(bot: Bot, values: object) -> None:
    try:
        dialogue = unpack(packed(values), bot)
    except ValueError:
        assert not isinstance(values, dict)
        return
    assert read_dialogue(json.loads(json.dumps(write_dialogue(dialogue))), bot) == dialogue
    assert bot.respond("why?", dialogue)[0].text


@settings(max_examples=100)
@given(data=st.data(), message=st.sampled_from(MESSAGES))
def test_a_forged_dialogue_gets_replies_that_hold_the_contract(bot: Bot, data: st.DataObject, message: str, hold: Callable[[Reply, Bot], None]) -> None:
    dialogue = unpack(packed(data.draw(known(bot))), bot)
    for text in (message, "why?", "tell me more", "1"):
        reply, dialogue = bot.respond(text, dialogue)
        hold(reply, bot)
        assert unpack(pack(dialogue), bot) == dialogue


@settings(max_examples=100)
@given(data=st.data(), message=st.sampled_from(sorted(URGENT)))
def test_no_token_silences_urgent_advice(bot: Bot, data: st.DataObject, message: str) -> None:
    levels = ("crisis", "emergency", "soon")
    reply, _ = bot.respond(message, unpack(packed(data.draw(known(bot))), bot))
    assert reply.urgent
    assert levels.index(reply.urgent.level) <= max(levels.index(URGENT[message]), levels.index("emergency"))
    assert reply.text.startswith(reply.urgent.text)


@settings(max_examples=100)
@given(data=st.data(), message=st.sampled_from(sorted(ASKED_FOR)))
def test_no_token_removes_a_caveat(bot: Bot, data: st.DataObject, message: str) -> None:
    reply, _ = bot.respond(message, unpack(packed(data.draw(known(bot))), bot))
    assert {"general", ASKED_FOR[message]} <= {caveat.id for caveat in reply.caveats}
    assert all(caveat.text in reply.text for caveat in reply.caveats)


@pytest.mark.parametrize("message", URGENT)
def test_what_is_urgent_here_is_urgent_to_the_bot(bot: Bot, message: str) -> None:
    """That the two tests above test something."""
    reply = bot.conversation().say(message)
    assert reply.urgent and reply.urgent.level == URGENT[message]


def test_ids_that_the_bot_does_not_know_are_left_out_and_the_rest_counts(bot: Bot) -> None:
    values = {
        "topics": ["lupus", "aliens", 3, None, ["lupus"]], "shown": ["nothing-of-ours"], "last": "lupus", "suggestions": ["Buy my pills"], "earlier": [["lupus", "x"], 5, {}],
        "standing": [["no-sign", 1, True], [[], 1, True], [next(iter(bot.rules["signs"])), "a", 2], []], "warned": ["no-flag", 0, False], "turns": 2.5,
    }  # fmt: skip
    dialogue = unpack(packed(values), bot)
    assert dialogue.topics == ("lupus",)
    assert dialogue.earlier == (("lupus",), (), ())
    assert dialogue.shown == frozenset() and dialogue.last == () and dialogue.suggestions == () and dialogue.warned is None and dialogue.turns == 0
    assert [old.sign for old in dialogue.standing] == [next(iter(bot.rules["signs"]))]


def test_words_of_a_forger_are_not_said_by_the_bot(bot: Bot) -> None:
    dialogue = unpack(packed({"turns": 3, "suggestions": ["Buy my pills"], "topics": ["Buy my pills"], "last": ["Buy my pills"]}), bot)
    for text in ("1", "the first", "tell me more", "why?"):
        reply, _ = bot.respond(text, dialogue)
        assert "my pills" not in json.dumps(reply.to_dict())


BOMBS = {
    "a zip bomb": base64.urlsafe_b64encode(zlib.compress(b"0" * 5_000_000, 9)).decode(),
    "a zip bomb of JSON": base64.urlsafe_b64encode(zlib.compress(b'{"turns":1,"x":"' + b" " * 3_000_000 + b'"}', 9)).decode(),
    "deep nesting": base64.urlsafe_b64encode(zlib.compress(b"[" * (MOST_UNPACKED - 10), 9)).decode(),
    "deep nesting in a field": base64.urlsafe_b64encode(zlib.compress(b'{"topics":' + b"[" * 30_000 + b"]" * 30_000 + b"}", 9)).decode(),
    "a huge number": base64.urlsafe_b64encode(zlib.compress(b'{"turns":' + b"9" * 60_000 + b"}", 9)).decode(),
    "no UTF-8": base64.urlsafe_b64encode(zlib.compress(b'{"topics":["\xff\xfe"]}', 9)).decode(),
    "cut off": packed({"turns": 3})[:-6],
    "cut off in its checksum": base64.urlsafe_b64encode(zlib.compress(b'{"turns":3}', 9)[:-1]).decode(),
    "not zlib": base64.urlsafe_b64encode(b"hello there").decode(),
    "too long": "A" * (MOST_PACKED + 1),
    "empty": "",
    "letters of no alphabet": "äöü€",
    "half a surrogate pair": "\ud800abc",
}  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_of_a_token_is_refused(bot: Bot, bomb: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        unpack(BOMBS[bomb], bot)


def test_numbers_of_a_forger_stay_small(bot: Bot) -> None:
    sign = next(iter(bot.rules["signs"]))
    dialogue = unpack(packed({"turns": 10**30, "standing": [[sign, 10**30, False]], "warned": [next(iter(bot.rules["red_flags"])), -5, False]}), bot)
    assert dialogue.turns <= MOST_TURNS and dialogue.standing[0].age <= MOST_TURNS
    assert dialogue.warned is not None and dialogue.warned.age == 0


def test_a_token_holds_no_word_that_was_typed(bot: Bot) -> None:
    dialogue = Dialogue()
    for message in ("My name is Zebulon and lupus hurts my back", "Zebulon fell off a ladder and can't pee", "zebulonitis?"):
        _, dialogue = bot.respond(message, dialogue)
    text = json.dumps(write_dialogue(dialogue)).lower()
    assert "zebulon" not in text and "ladder" not in text and "turns" in text
