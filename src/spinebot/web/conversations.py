"""Conversations with many people: each message finds its dialogue, wherever that is kept."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from ..conversation import Dialogue, Reply
from .remembered import pack, read_dialogue, text_of, turns_of, unpack
from .store import Store, StoreAway

if TYPE_CHECKING:
    from ..bot import Bot
    from .bots import Bots
    from .metrics import Metrics

_ID = re.compile(r"[0-9a-f]{32}")
#: With kept messages, a conversation keeps so many of its last ones.
MOST_KEPT = 100
#: Of the messages that a stateless client sends again, so many of the last are read, and of those before the newest so many characters:
#: no one request keeps all others waiting.
MOST_REPLAYED, MOST_REPLAYED_TEXT = 20, 4_000


def is_id(text: str) -> bool:
    """Whether a text could be the id of a conversation."""
    return bool(_ID.fullmatch(text))


class Kept(NamedTuple):
    """What is known of a conversation: its dialogue, and its messages where they are kept."""

    dialogue: Dialogue
    messages: list[dict[str, object]]


class Conversations:
    """Says and remembers."""

    def __init__(self, bots: Bots, store: Store, metrics: Metrics, keep_messages: bool) -> None:
        self._bots = bots
        self._store = store
        self._metrics = metrics
        self._keep = keep_messages

    @property
    def bot(self) -> Bot:
        """The bot that answers now."""
        return self._bots.current

    async def say(self, text: str, conversation: str | None, token: str | None) -> tuple[Reply, str]:
        """The reply to a message of a conversation, and the token of its dialogue.

        An id that was never given, or is over, gets a new one. Where the store is away, or knows less of the conversation
        than the client, the client's token counts.
        """
        given = conversation if conversation and is_id(conversation) else ""
        kept, away = await self._find(given)
        bot = self.bot
        before = kept.dialogue if kept else Dialogue()
        sent = _unpacked(token, bot) if token and turns_of(token) > before.turns else before
        name = given if given and (kept or away) else os.urandom(16).hex()
        reply, dialogue = self._respond(bot, text, max((before, sent), key=lambda one: one.turns), name)
        said = list(kept.messages) if kept and self._keep else []
        if self._keep:
            typed = text.encode(errors="replace").decode()  # Half a surrogate pair can't be sent back.
            said.append({"user": typed, "reply": reply.to_dict()})
        remembered = text_of(dialogue)
        if not away:  # Back in between, it may hold more of the conversation than is known here.
            await self._save(name, remembered, said[-MOST_KEPT:])
        return reply, pack(dialogue, remembered)

    async def say_as(self, text: str, sender: str) -> Reply:
        """The reply to a message of a sender who names the conversation in a protocol of their own."""
        name = f"sender:{sender}"
        kept, away = await self._find(name)
        reply, dialogue = self._respond(self.bot, text, kept.dialogue if kept else Dialogue(), sender)
        if not away:
            await self._save(name, text_of(dialogue))
        return reply

    def replay(self, texts: list[str], name: str) -> Reply:
        """The reply to the last of the messages of a client that sends all of them again."""
        bot, dialogue = self.bot, Dialogue()
        earlier, room = [], MOST_REPLAYED_TEXT
        for text in reversed(texts[-MOST_REPLAYED:-1]):
            room -= len(text)
            if room < 0:
                break
            earlier.append(text)
        for text in reversed(earlier):
            _, dialogue = bot.respond(text, dialogue, name)
        return self._respond(bot, texts[-1], dialogue, name)[0]

    async def kept(self, conversation: str) -> Kept | None:
        """What is known of a conversation, None for one that isn't. Raises StoreAway."""
        if not is_id(conversation):
            return None  # That of a sender is found by no other protocol.
        kept, away = await self._find(conversation)
        if away:
            raise StoreAway
        return kept

    async def forget(self, conversation: str) -> None:
        """Forget a conversation. Raises StoreAway."""
        if is_id(conversation):
            await self._store.drop(conversation)

    async def is_ready(self) -> bool:
        """Whether the store is there."""
        try:
            await self._store.ping()
        except StoreAway:
            return False
        return True

    def _respond(self, bot: Bot, text: str, dialogue: Dialogue, name: str) -> tuple[Reply, Dialogue]:
        started = time.perf_counter()
        reply, dialogue = bot.respond(text, dialogue, name)
        self._metrics.replied(reply, time.perf_counter() - started)
        return reply, dialogue

    async def _find(self, name: str) -> tuple[Kept | None, bool]:
        """What is kept under a name, and whether the store is away."""
        if not name:
            return None, False
        try:
            text = await self._store.get(name)
        except StoreAway:
            self._metrics.store_away()
            return None, True
        if text is None:
            return None, False
        try:
            values = json.loads(text)
            return Kept(read_dialogue(values["dialogue"], self.bot), list(values["messages"])), False
        except (ValueError, KeyError, TypeError, RecursionError):
            return None, False  # Of another version, or not ours.

    async def _save(self, name: str, remembered: str, messages: Sequence[object] = ()) -> None:
        """Keep a dialogue, which is JSON already, and the messages."""
        try:
            await self._store.put(name, f'{{"dialogue":{remembered},"messages":{json.dumps(messages, separators=(",", ":"))}}}')
        except StoreAway:
            self._metrics.store_away()


def _unpacked(token: str | None, bot: Bot) -> Dialogue:
    try:
        return unpack(token, bot) if token else Dialogue()
    except ValueError:
        return Dialogue()
