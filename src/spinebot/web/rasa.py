"""Rasa's REST channel, for the clients that speak it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .api import MOST_ID, conversations_of
from .requests import optional_text, read_object, text_of

if TYPE_CHECKING:
    from starlette.requests import Request


async def status(_: Request) -> Response:
    """That the channel is there."""
    return JSONResponse({"status": "ok"})


async def webhook(request: Request) -> Response:
    """One message of a sender; the reply is one message, so that no client shows an answer without its caveats."""
    values = await read_object(request)
    text = text_of(values, "message", request.app.state.settings)
    sender = optional_text(values, "sender", MOST_ID) or "default"
    reply = await conversations_of(request).say_as(text, sender)
    message: dict[str, object] = {"recipient_id": sender, "text": reply.text}
    if reply.suggestions:
        message["buttons"] = [{"title": suggestion, "payload": suggestion} for suggestion in reply.suggestions]
    return JSONResponse([message])


ROUTES = [
    Route("/webhooks/rest/", status, methods=["GET"]),
    Route("/webhooks/rest/webhook", webhook, methods=["POST"]),
]
