"""A dialogue as text: what a store keeps of a conversation, and what a client may send back where the store is away.

It holds ids of the rules and nothing that was typed. What comes from outside is believed only as far as the bot knows it:
whoever forges a token changes what their own conversation leans on, and no rule.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Container
from functools import lru_cache
from typing import TYPE_CHECKING

from ..conversation import Dialogue, Standing, Warned
from ..memory import HURT_STANDS
from ..persons import PERSONS

if TYPE_CHECKING:
    from ..bot import Bot

#: No token is longer, packed or unpacked: characters, bytes.
MOST_PACKED, MOST_UNPACKED = 8_000, 64_000
#: No list in a dialogue is longer, no number bigger.
MOST_ITEMS, MOST_TURNS = 500, 1_000_000

_encode = json.JSONEncoder(separators=(",", ":")).encode


def write_dialogue(dialogue: Dialogue) -> dict[str, object]:
    """The dialogue as JSON values."""
    return {
        "topics": list(dialogue.topics),
        "sides": list(dialogue.sides),
        "without": list(dialogue.without),
        "aspects": list(dialogue.aspects),
        "earlier": [list(topics) for topics in dialogue.earlier],
        "shown": sorted(dialogue.shown),
        "last": list(dialogue.last),
        "suggestions": list(dialogue.suggestions),
        "standing": [list(old) for old in dialogue.standing],
        "warned": list(dialogue.warned) if dialogue.warned else None,
        "of": dialogue.of,
        "risks": list(dialogue.risks),
        "hurt": dialogue.hurt,
        "turns": dialogue.turns,
    }


def text_of(dialogue: Dialogue) -> str:
    """The dialogue as JSON."""
    return _encode(write_dialogue(dialogue))


def read_dialogue(values: object, bot: Bot) -> Dialogue:
    """The dialogue of JSON values, without what `bot` does not know. Raises ValueError for what is no dialogue."""
    if not isinstance(values, dict):
        raise ValueError("no dialogue")
    rules = bot.rules
    answers, asks = _said_by(bot)
    return Dialogue(
        topics=_known(values.get("topics"), rules["topics"]),
        sides=_known(values.get("sides"), rules["topics"]),
        without=_known(values.get("without"), rules["topics"]),
        aspects=_known(values.get("aspects"), rules["aspects"]),
        earlier=tuple([_known(topics, rules["topics"]) for topics in _items(values.get("earlier"))]),
        shown=frozenset(_known(values.get("shown"), answers)),
        last=_known(values.get("last"), answers),
        suggestions=_known(values.get("suggestions"), asks),
        standing=tuple(Standing(*old) for old in map(_aged, _items(values.get("standing"))) if old and old[0] in rules["signs"]),
        warned=Warned(*warned) if (warned := _aged(values.get("warned"))) and warned[0] in rules["red_flags"] else None,
        of=next(iter(_known([values.get("of")], PERSONS)), ""),
        risks=_known(values.get("risks"), rules["risks"]),
        hurt=min(_count(values.get("hurt")), HURT_STANDS),
        turns=_count(values.get("turns")),
    )


@lru_cache(maxsize=2)
def _said_by(bot: Bot) -> tuple[frozenset[str], frozenset[str]]:
    """The ids of a bot's answers, and the questions that they answer."""
    return frozenset(answer.id for answer in bot.answers), frozenset(answer.ask for answer in bot.answers)


def pack(dialogue: Dialogue, text: str = "") -> str:
    """The dialogue as a token: how many messages it has seen, ".", and the rest in letters, digits, "-" and "_". `text`: its JSON, where that is at hand."""
    text = text or text_of(dialogue)
    return f"{dialogue.turns}.{base64.urlsafe_b64encode(zlib.compress(text.encode(), 1)).decode().rstrip('=')}"


def turns_of(token: str) -> int:
    """How many messages a token says that its dialogue has seen, 0 where it says none."""
    turns = token.partition(".")[0]
    return int(turns) if turns.isascii() and turns.isdigit() and len(turns) < 10 else 0


def unpack(token: str, bot: Bot) -> Dialogue:
    """The dialogue of a token. Raises ValueError for what is none."""
    if len(token) > MOST_PACKED:
        raise ValueError("too long")
    try:
        token = token.rpartition(".")[2]
        packed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        unpacker = zlib.decompressobj()
        text = unpacker.decompress(packed, MOST_UNPACKED)
        if unpacker.unconsumed_tail or not unpacker.eof:
            raise ValueError("too long, or cut off")
        return read_dialogue(json.loads(text), bot)
    except (binascii.Error, zlib.error, UnicodeError, RecursionError) as error:
        raise ValueError("no dialogue") from error


def _items(values: object) -> list[object]:
    return values[:MOST_ITEMS] if isinstance(values, list) else []


def _known(values: object, known: Container[str]) -> tuple[str, ...]:
    return tuple([value for value in _items(values) if isinstance(value, str) and value in known])


def _count(value: object) -> int:
    return min(value, MOST_TURNS) if isinstance(value, int) and value > 0 else 0


def _aged(value: object) -> tuple[str, int, bool] | None:
    """An id, how many messages ago it was met, and a flag; None for what is none."""
    items = _items(value)
    if len(items) != 3 or not isinstance(items[0], str):
        return None
    return items[0], _count(items[1]), bool(items[2])
