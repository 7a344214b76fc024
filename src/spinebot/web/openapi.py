"""The OpenAPI document of the server, and a page that shows it."""

from __future__ import annotations

from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from .. import __version__
from .api import DIALOGUE, MOST_ID
from .files import PAGE_POLICY
from .remembered import MOST_PACKED
from .settings import Settings

if TYPE_CHECKING:
    from starlette.requests import Request

_TEXT = {"type": "string"}
_COUNT = {"type": "integer", "minimum": 0}
_IDS = {"type": "array", "items": _TEXT}


def _object(properties: dict[str, Any], *optional: str) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": [name for name in properties if name not in optional]}


def _maybe(most: int) -> dict[str, Any]:
    return {"type": ["string", "null"], "maxLength": most}


def _list(of: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": of}


REPLY = _object({
    "kind": {"enum": ["answer", "no_answer", "urgent", "chat"]},
    "text": {**_TEXT, "description": "The whole reply, in the order in which it should be read."},
    "answer": {**_TEXT, "description": "What the article says, word for word; empty where it says nothing."},
    "quotes": _list(_object({"text": _TEXT, "article": _TEXT, "heading": _IDS, "passage": _TEXT, "start": _COUNT, "end": _COUNT})),
    "caveats": _list(_object({"id": _TEXT, "text": _TEXT, "because": _TEXT})),
    "urgent": {"anyOf": [
        {"type": "null"},
        _object({"id": _TEXT, "level": {"enum": ["emergency", "crisis", "soon"]}, "text": _TEXT, "because": _TEXT}),
    ]},
    "intent": _TEXT,
    "corrections": _list(_object({"from": _TEXT, "to": _TEXT})),
    "suggestions": _list(_TEXT),
    "conversation": _TEXT,
})  # fmt: skip


@cache
def document(most_text: int) -> dict[str, Any]:
    """The document; `most_text` is how long a message may be, in characters."""
    message = {"type": "string", "maxLength": most_text}
    error = {"description": "What is wrong, in a sentence.", "content": {"application/json": {"schema": _object({"error": {}})}}}
    refused = {code: error for code in ("400", "413", "415", "422", "429", "503")}

    def body(schema: dict[str, Any]) -> dict[str, Any]:
        return {"required": True, "content": {"application/json": {"schema": schema}}}

    def answer(schema: dict[str, Any], text: str, **more: Any) -> dict[str, Any]:
        return {"description": text, "content": {"application/json": {"schema": schema}}, **more}

    header = {DIALOGUE: {"description": "What the conversation leans on; send it back as \"dialogue\".", "schema": _TEXT}}
    nothing = {"description": "Done."}
    in_path = [{"name": "conversation", "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[0-9a-f]{32}$"}}]
    passage_path = [{"name": name, "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[a-z0-9-]+$"}} for name in ("article", "passage")]
    model = _object({"id": _TEXT, "object": _TEXT, "created": _COUNT, "owned_by": _TEXT})
    choice = _object({"index": _COUNT, "message": _object({"role": _TEXT, "content": _TEXT}), "finish_reason": _TEXT})
    part = {
        "type": "object", "properties": {"type": _TEXT},
        "required": ["type"], "if": {"properties": {"type": {"const": "text"}}}, "then": _object({"text": message}),
    }
    role_message = {
        "type": "object", "properties": {"role": _TEXT},
        "required": ["role"], "if": {"properties": {"role": {"const": "user"}}}, "then": _object({"content": {"anyOf": [message, _list(part)]}}),
    }
    said_message = {"type": "object", "properties": {"role": _TEXT}, "if": {"properties": {"role": {"const": "user"}}}, "then": _object({"text": message})}
    said = _object({"user": _TEXT, "reply": REPLY})
    one_user = {"type": "array", "minItems": 1, "contains": {"type": "object", "properties": {"role": {"const": "user"}}, "required": ["role"]}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "spinebot", "version": __version__, "description": "A chatbot that answers by quoting one article. It is a program, not a doctor."},
        "paths": {
            "/api/messages": {"post": {
                "summary": "One message, one reply",
                "requestBody": body(_object(
                    {"text": message, "conversation": _maybe(MOST_ID), "dialogue": _maybe(MOST_PACKED)}, "conversation", "dialogue"
                )),
                "responses": {"200": answer(REPLY, "The reply.", headers=header), **refused},
            }},
            "/api/conversations/{conversation}": {
                "get": {
                    "summary": "What is known of a conversation; its messages only where the server keeps them", "parameters": in_path,
                    "responses": {
                        "200": answer(_object({"conversation": _TEXT, "turns": _COUNT, "topics": _IDS, "suggestions": _IDS, "messages": _list(said)}), "It."),
                        "404": error, "503": error,
                    },
                },
                "delete": {"summary": "Forget a conversation", "parameters": in_path, "responses": {"204": nothing, "404": error, "503": error}},
            },
            "/api/passages/{article}/{passage}": {"get": {
                "summary": "A passage of an article", "parameters": passage_path,
                "responses": {
                    "200": answer(_object({
                        "article": _TEXT, "title": _TEXT, "source": _TEXT, "passage": _TEXT, "heading": _IDS,
                        "sentences": _list(_object({"text": _TEXT, "start": _COUNT, "end": _COUNT})),
                    }), "It."),
                    "404": error,
                },
            }},
            "/api/feedback": {"post": {
                "summary": "Whether a reply helped; only counted",
                "requestBody": body(_object(
                    {"helpful": {"type": "boolean"}, "conversation": _maybe(MOST_ID), "turn": {"type": ["integer", "null"], "minimum": 0}},
                    "conversation", "turn",
                )),
                "responses": {"204": nothing, **refused},
            }},
            "/webhooks/rest/webhook": {"post": {
                "summary": "Rasa's REST channel",
                "requestBody": body(_object({"sender": _maybe(MOST_ID), "message": message}, "sender")),
                "responses": {"200": answer(_list(_object(
                    {"recipient_id": _TEXT, "text": _TEXT, "buttons": _list(_object({"title": _TEXT, "payload": _TEXT}))}, "buttons"
                )), "The reply, as one message."), **refused},
            }},
            "/webhooks/rest/": {"get": {
                "summary": "That Rasa's REST channel is there", "responses": {"200": answer(_object({"status": _TEXT}), "It is.")},
            }},
            "/v1/models": {"get": {
                "summary": "OpenAI's list of models",
                "responses": {"200": answer(_object({"object": _TEXT, "data": _list(model)}), "One.")},
            }},
            "/v1/models/{model}": {"get": {
                "summary": "OpenAI's description of a model",
                "parameters": [{"name": "model", "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[a-z-]+$"}}],
                "responses": {"200": answer(model, "It."), "404": error},
            }},
            "/v1/chat/completions": {"post": {
                "summary": "OpenAI's chat completions; stateless: the client sends all messages again",
                "requestBody": body(_object(
                    {"model": _maybe(MOST_ID), "messages": {**one_user, "items": role_message}, "stream": {"enum": [False, None]}}, "model", "stream"
                )),
                "responses": {"200": answer(_object(
                    {"id": _TEXT, "object": _TEXT, "created": _COUNT, "model": _TEXT, "choices": _list(choice), "usage": {"type": "object"}}
                ), "The reply to the last message of the user."), **refused},
            }},
            "/deep-chat": {"post": {
                "summary": "deep-chat's default connection",
                "requestBody": body(_object({"messages": {**one_user, "items": said_message}})),
                "responses": {"200": answer(_object({"text": _TEXT}), "The reply."), **refused},
            }},
            "/healthz": {"get": {"summary": "That the process answers", "responses": {"200": answer(_object({"status": _TEXT}), "It does.")}}},
            "/readyz": {"get": {"summary": "Whether all is there", "responses": {
                "200": answer(_object({"status": _TEXT}), "It is."), "503": answer(_object({"status": _TEXT}), "What is away."),
            }}},
            "/metrics": {"get": {
                "summary": "Figures for Prometheus", "responses": {"200": {"description": "In its text format.", "content": {"text/plain": {"schema": _TEXT}}}},
            }},
        },
    }  # fmt: skip


async def get_document(request: Request) -> Response:
    """The document."""
    return JSONResponse(_document_of(request))


async def get_docs(request: Request) -> Response:
    """The document as a page to read."""
    found = _document_of(request)
    rows = "".join(
        f"<tr><td>{method.upper()}</td><td><code>{escape(path)}</code></td><td>{escape(operation['summary'])}</td></tr>"
        for path, methods in found["paths"].items() for method, operation in methods.items()
    )
    page = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>The API of spinebot</title>
<link rel="stylesheet" href="/pages.css">
</head>
<body>
<main>
<h1>The API of spinebot</h1>
<p>All of it, with the shape of every request and answer, is an OpenAPI document: <a href="/openapi.json">openapi.json</a>.</p>
<table>
<thead><tr><th>Method</th><th>Path</th><th>What it does</th></tr></thead>
<tbody>{rows}</tbody>
</table>
</main>
</body>
</html>
"""
    return HTMLResponse(page, headers={"Content-Security-Policy": PAGE_POLICY})


def _document_of(request: Request) -> dict[str, Any]:
    settings: Settings = request.app.state.settings
    return document(settings.most_text)


DOCS_ROUTES = [Route("/openapi.json", get_document, methods=["GET"]), Route("/docs", get_docs, methods=["GET"])]
