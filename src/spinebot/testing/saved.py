"""Conversations that were saved, read back: a transcript of the terminal, what the server kept, replies one a line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import Fault, SpinebotError
from ..transcript import FORMAT
from ..yamlfile import load_text
from .shape import fault_of

_WHAT = "save one with /save FILE.json in the terminal, GET /api/conversations/ID from a server, or spinebot chat --json"
_TRANSCRIPT = frozenset({"format", "articles", "messages"})
_KEPT = frozenset({"conversation", "turns", "topics", "suggestions", "messages"})


@dataclass(frozen=True, slots=True)
class SavedMessage:
    """A reply with the contract's keys, and what it replies to: None where that was not saved. `begins` a new conversation."""

    number: int
    user: str | None
    reply: Mapping[str, Any]
    begins: bool = False


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved conversation: `articles` are SHA-256s by id, None where they were not saved; `missing` messages came before the first."""

    messages: tuple[SavedMessage, ...]
    articles: Mapping[str, str] | None = None
    missing: int = 0

    @property
    def has_user(self) -> bool:
        """Whether what the user said is known throughout."""
        return all(message.user is not None for message in self.messages)


def read_saved(path: Path, said: Sequence[str] | None = None) -> Saved:
    """The conversation in a file; `said` are the lines that `spinebot chat --json` was given, where the file holds its replies.

    Raises SpinebotError for a file of another kind, or a broken one.
    """
    text = load_text(path)
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if not lines:
        raise SpinebotError.at(path, 0, f"is empty: {_WHAT}")
    try:
        values = _parse(text)
    except json.JSONDecodeError as error:
        if len(lines) == 1 or not _is_whole(lines[0][1]):
            raise SpinebotError.at(path, error.lineno, f"is not JSON: {error.msg}") from None
        return _read_lines(path, lines, said)
    except (ValueError, RecursionError) as error:
        raise SpinebotError.at(path, 0, f"is not JSON that can be read: {str(error) or 'nested too deeply'}") from None
    if isinstance(values, dict) and "kind" in values and len(lines) == 1:
        return _read_lines(path, lines, said)
    return _read_whole(path, values)


def _parse(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_once)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; one with the same key twice would mean different things to different readers."""
    values = dict(pairs)
    if len(values) != len(pairs):
        raise ValueError("a key stands in an object twice")
    return values


def _is_whole(line: str) -> bool:
    try:
        _parse(line)
    except (ValueError, RecursionError):
        return False
    return True


def _read_whole(path: Path, values: Any) -> Saved:
    """A transcript of the terminal, or what the server kept."""
    if not isinstance(values, dict) or set(values) not in (_TRANSCRIPT, _KEPT):
        raise SpinebotError.at(path, 0, f"is no saved conversation: {_WHAT}")
    messages = values["messages"]
    if not isinstance(messages, list):
        raise SpinebotError.at(path, 0, "is no saved conversation: 'messages' must be a list")
    read = tuple(_message(path, number, one) for number, one in enumerate(messages, 1))
    if "format" in values:
        articles = values["articles"]
        if values["format"] != FORMAT:
            raise SpinebotError.at(path, 0, f"'format' must be {FORMAT!r}: another version of spinebot wrote it, or another program")
        if not isinstance(articles, dict) or not all(isinstance(digest, str) for digest in articles.values()):
            raise SpinebotError.at(path, 0, "'articles' must be SHA-256s by the ids of articles")
        missing = 0
    else:
        articles, turns = None, values["turns"]
        if not isinstance(turns, int) or isinstance(turns, bool) or turns < len(read):
            raise SpinebotError.at(path, 0, "'turns' must be the number of messages so far")
        missing = turns - len(read)
    if not read:
        raise SpinebotError.at(path, 0, "holds no message" + (": start the server with --keep-messages" if "turns" in values else ""))
    return Saved(read, articles, missing)


def _message(path: Path, number: int, value: Any) -> SavedMessage:
    if not isinstance(value, dict) or set(value) != {"user", "reply"} or not isinstance(value["user"], str):
        raise SpinebotError.at(path, 0, f"message {number} must have 'user', a text, and 'reply'")
    return SavedMessage(number, value["user"], _reply(path, 0, number, value["reply"]), number == 1)


def _reply(path: Path, line: int, number: int, value: Any) -> Mapping[str, Any]:
    fault = fault_of(value, extra=("explanation",))
    if fault:
        raise SpinebotError.at(path, line, f"message {number}: {fault}")
    reply: Mapping[str, Any] = value
    return reply


def _read_lines(path: Path, lines: Sequence[tuple[int, str]], said: Sequence[str] | None) -> Saved:
    """Replies one a line."""
    asked = [line for line in said if line] if said is not None else None
    if asked is not None and len(asked) != len(lines):
        raise SpinebotError.at(path, 0, f"holds {len(lines)} replies, the messages are {len(asked)}: name the file that they answer")
    faults: list[Fault] = []
    messages: list[SavedMessage] = []
    before = ""
    for at, (number, line) in enumerate(lines):
        try:
            reply = _reply(path, number, at + 1, _parse(line))
        except SpinebotError as error:
            faults += error.faults
            continue
        except (ValueError, RecursionError) as error:
            faults.append(Fault(str(path), number, f"is not JSON: {getattr(error, 'msg', '') or str(error) or 'nested too deeply'}"))
            continue
        messages.append(SavedMessage(at + 1, asked[at] if asked is not None else None, reply, reply["conversation"] != before))
        before = reply["conversation"]
    if faults:
        raise SpinebotError(*faults)
    return Saved(tuple(messages))
