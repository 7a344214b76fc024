"""OpenAI's chat completions, for the clients that speak them: the whole conversation comes with every request."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from .api import MOST_ID, conversations_of
from .requests import checked, optional_text, read_object

if TYPE_CHECKING:
    from starlette.requests import Request

    from ..conversation import Reply
    from .settings import Settings

MODEL = "spinebot"
#: Nothing is made: the model is as old as the protocol wants it to be.
CREATED = 1
_MODEL = {"id": MODEL, "object": "model", "created": CREATED, "owned_by": MODEL}


async def models(_: Request) -> Response:
    """The one model."""
    return JSONResponse({"object": "list", "data": [_MODEL]})


async def model(request: Request) -> Response:
    """The one model."""
    if request.path_params["model"] != MODEL:
        raise HTTPException(404, f"there is one model here, {MODEL!r}")
    return JSONResponse(_MODEL)


async def completions(request: Request) -> Response:
    """The reply to the last of the user's messages, whole or as a stream."""
    values = await read_object(request)
    texts = list(_texts(values.get("messages"), request.app.state.settings))
    if not texts:
        raise HTTPException(422, "'messages' must hold a message with the role 'user'")
    optional_text(values, "model", MOST_ID)
    stream, options = values.get("stream", False), values.get("stream_options")
    if not isinstance(stream, bool | None) or not isinstance(options, dict | None):
        raise HTTPException(422, "'stream' must be true or false, and 'stream_options' an object")
    name = f"chatcmpl-{time.time_ns():x}"
    reply = conversations_of(request).replay(texts, name)
    usage = _usage(texts, reply)
    if stream:
        counted = usage if options and options.get("include_usage") else None
        return StreamingResponse(_events(name, reply, counted), media_type="text/event-stream", headers={"Cache-Control": "no-cache"})
    choice = {"index": 0, "message": {"role": "assistant", "content": reply.text}, "finish_reason": "stop"}
    return JSONResponse({**_head(name, "chat.completion"), "choices": [choice], "usage": usage})


def _texts(messages: object, settings: Settings) -> Iterator[str]:
    """What the user said, in order. Raises HTTPException 422."""
    if not isinstance(messages, list):
        raise HTTPException(422, "'messages' must be a list of messages")
    for at, message in enumerate(messages):
        if not isinstance(message, dict):
            raise HTTPException(422, f"message {at} must be an object")
        role = message.get("role")
        if not isinstance(role, str):
            raise HTTPException(422, f"'role' of message {at} must be text")
        if role != "user":
            continue
        content = message.get("content")
        if isinstance(content, list):
            if not all(isinstance(part, dict) and isinstance(part.get("type"), str) for part in content):
                raise HTTPException(422, f"'content' of message {at} must be text, or a list of parts with a type each")
            parts = [part.get("text") for part in content if part["type"] == "text"]
            content = "\n".join(checked(part, f"'text' of message {at}", settings) for part in parts)
        yield checked(content, f"'content' of message {at}", settings)


def _head(name: str, kind: str) -> dict[str, object]:
    return {"id": name, "object": kind, "created": int(time.time()), "model": MODEL}


def _usage(texts: list[str], reply: Reply) -> dict[str, int]:
    """Words stand in for tokens: there are none here."""
    asked, said = sum(len(text.split()) for text in texts), len(reply.text.split())
    return {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}


def _events(name: str, reply: Reply, usage: dict[str, int] | None) -> Iterator[str]:
    """The reply a line an event, all of it one choice of one message."""
    head = _head(name, "chat.completion.chunk")
    deltas: list[tuple[dict[str, str], str | None]] = [({"role": "assistant", "content": ""}, None)]
    deltas += [({"content": line}, None) for line in reply.text.splitlines(keepends=True)]
    deltas.append(({}, "stop"))
    for delta, finish in deltas:
        yield _event({**head, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})
    if usage:
        yield _event({**head, "choices": [], "usage": usage})
    yield "data: [DONE]\n\n"


def _event(values: dict[str, object]) -> str:
    return f"data: {json.dumps(values)}\n\n"


ROUTES = [
    Route("/v1/models", models, methods=["GET"]),
    Route("/v1/models/{model}", model, methods=["GET"]),
    Route("/v1/chat/completions", completions, methods=["POST"]),
]
