"""Reading what clients send: JSON of a decent size and shape, or a clear sentence about what is wrong with it."""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from .settings import Settings

_NESTED = "the body is nested too deeply"


def refusal(path: str, status: int, text: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """What is wrong, in a sentence; in OpenAI's shape where that is spoken."""
    said: object = text
    if path.startswith("/v1/"):
        kind = "server_error" if status >= 500 else "rate_limit_error" if status == 429 else "invalid_request_error"
        said = {"message": text, "type": kind, "param": None, "code": None}
    return JSONResponse({"error": said}, status, headers=headers)


async def read_object(request: Request) -> dict[str, object]:
    """The JSON object in the body. Raises HTTPException 400, 413 or 415."""
    settings: Settings = request.app.state.settings
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not kind.endswith("+json"):
        raise HTTPException(415, "send JSON, with the header Content-Type: application/json")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > settings.most_body:
            raise HTTPException(413, f"the body is longer than {settings.most_body:,} bytes")
    try:
        values = json.loads(body.removeprefix(BOM_UTF8).decode())
    except UnicodeDecodeError:
        raise HTTPException(400, "the body is not UTF-8") from None
    except RecursionError:
        raise HTTPException(400, _NESTED) from None
    except json.JSONDecodeError as error:
        raise HTTPException(400, f"the body is not JSON: {error}") from None
    except ValueError:
        raise HTTPException(400, "the body holds a number of too many digits") from None
    if not isinstance(values, dict):
        raise HTTPException(422, "the body must be a JSON object")
    return values


def text_of(values: dict[str, object], key: str, settings: Settings) -> str:
    """A message. Raises HTTPException 422 where it is missing, no text or too long."""
    return checked(values.get(key), f"{key!r}", settings)


def checked(text: object, what: str, settings: Settings) -> str:
    """A message of a decent length. Raises HTTPException 422."""
    if not isinstance(text, str):
        raise HTTPException(422, f"{what} must be the message, as text")
    if len(text) > settings.most_text:
        raise HTTPException(422, f"{what} is longer than {settings.most_text:,} characters: say it shorter")
    return text


def optional_text(values: dict[str, object], key: str, most: int) -> str | None:
    """A text that may be left out. Raises HTTPException 422 where it is something else or longer than `most`."""
    text = values.get(key)
    if text is None:
        return None
    if not isinstance(text, str) or len(text) > most:
        raise HTTPException(422, f"{key!r} must be text of at most {most:,} characters")
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        raise HTTPException(422, f"{key!r} holds half a surrogate pair, which is no character")
    return text
