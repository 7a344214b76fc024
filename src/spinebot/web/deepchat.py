"""deep-chat's default connection: the newest message, or all of them where the page's owner sends all."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from .api import conversations_of
from .requests import checked, read_object

if TYPE_CHECKING:
    from starlette.requests import Request


async def message(request: Request) -> Response:
    """The reply in one bubble, so that no answer stands without its caveats."""
    values = await read_object(request)
    messages = values.get("messages")
    if not isinstance(messages, list) or not all(isinstance(one, dict) for one in messages):
        raise HTTPException(422, "'messages' must be a list of messages")
    if not all(isinstance(one.get("role", "user"), str) for one in messages):
        raise HTTPException(422, "'role' of a message must be text")
    texts = [checked(one.get("text"), "'text' of a message", request.app.state.settings) for one in messages if one.get("role", "user") == "user"]
    if not texts:
        raise HTTPException(422, "'messages' must hold a message with the role 'user'")
    answer = {"text": _as_markdown(conversations_of(request).replay(texts, "deep-chat").text)}
    if "text/event-stream" in request.headers.get("accept", ""):
        return StreamingResponse(iter([f"data: {json.dumps(answer)}\n\n"]), media_type="text/event-stream")
    return JSONResponse(answer)


def _as_markdown(text: str) -> str:
    """The lines of a reply, kept apart where Markdown is rendered: two blanks end a line, an empty line a list."""
    return _AFTER_LIST.sub(r"\1\n\n", text).replace("\n", "  \n").replace("  \n  \n", "\n\n")


#: The last item of a list that something follows.
_AFTER_LIST = re.compile(r"^(- .*)\n(?!- )", re.MULTILINE)

ROUTES = [Route("/deep-chat", message, methods=["POST"])]
