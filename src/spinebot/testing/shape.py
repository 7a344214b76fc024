"""The shape of a reply as JSON values, for replies that come from elsewhere: a server, a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_TEXT = (str,)
_NUMBER = (int,)
#: Key → the types of its value; a mapping is an object or, where it stands in a list, a list of such.
_QUOTE = {"text": _TEXT, "article": _TEXT, "heading": [_TEXT], "passage": _TEXT, "start": _NUMBER, "end": _NUMBER}
_CAVEAT = {"id": _TEXT, "text": _TEXT, "because": _TEXT}
_URGENT = {"id": _TEXT, "level": _TEXT, "text": _TEXT, "because": _TEXT}
_REPLY: Mapping[str, Any] = {
    "kind": _TEXT,
    "text": _TEXT,
    "answer": _TEXT,
    "quotes": [_QUOTE],
    "caveats": [_CAVEAT],
    "urgent": _URGENT,
    "intent": _TEXT,
    "corrections": [{"from": _TEXT, "to": _TEXT}],
    "suggestions": [_TEXT],
    "conversation": _TEXT,
}


def fault_of(reply: object, extra: tuple[str, ...] = ()) -> str:
    """What is wrong with the shape of a reply, "" where it has every key of the contract, each of its kind, and no other but `extra`."""
    if isinstance(reply, dict) and "urgent" in reply and reply["urgent"] is None:
        reply = {**reply, "urgent": dict.fromkeys(_URGENT, "")}
    if isinstance(reply, dict):
        reply = {key: value for key, value in reply.items() if key not in extra}
    return _fault(reply, _REPLY, "the reply")


def _fault(value: object, shape: Any, what: str) -> str:
    if isinstance(shape, tuple):
        called = "text" if shape == _TEXT else "a whole number"
        return "" if isinstance(value, shape) and not isinstance(value, bool) else f"{what} must be {called}"
    if isinstance(shape, list):
        if not isinstance(value, list):
            return f"{what} must be a list"
        return next((fault for at, one in enumerate(value, 1) if (fault := _fault(one, shape[0], f"item {at} of {what}"))), "")
    if not isinstance(value, dict):
        return f"{what} must be an object"
    for key in shape:
        if key not in value:
            return f"{what} lacks {key!r}"
    for key in value:
        if key not in shape:
            return f"{what} has {key!r}, which no reply has"
    return next((fault for key, inner in shape.items() if (fault := _fault(value[key], inner, f"{key!r} of {what}"))), "")
