"""The web app: everything put together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from . import api, deepchat, files, openai, rasa
from .bots import Bots
from .conversations import Conversations
from .guard import Guard, Headers, Limiter
from .metrics import CONTENT_TYPE, Metrics
from .openapi import DOCS_ROUTES
from .requests import refusal
from .store import MemoryStore, RedisStore, Store

if TYPE_CHECKING:
    from starlette.requests import Request

    from .settings import Settings


def create_app(settings: Settings) -> Starlette:
    """The app for some settings. Raises SpinebotError for a broken bot folder, or a store or rate that can't be read."""
    bots = Bots(settings.bot, settings.country)
    metrics = Metrics()
    store: Store = (
        MemoryStore(settings.most_conversations, settings.time_to_live) if settings.store == "memory" else RedisStore(settings.store, settings.time_to_live)
    )

    limiter = Limiter(settings.rate, store) if settings.rate else None

    @asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        yield
        await store.close()

    app = Starlette(
        routes=[*api.ROUTES, *rasa.ROUTES, *openai.ROUTES, *deepchat.ROUTES, *STATUS_ROUTES, *DOCS_ROUTES, *files.ROUTES],
        middleware=[
            Middleware(Headers),
            Middleware(
                CORSMiddleware, allow_origins=settings.origins, allow_methods=["GET", "POST", "DELETE"], allow_headers=["Content-Type"],
                expose_headers=[api.DIALOGUE, "Retry-After"], max_age=3600,
            ),
            Middleware(Guard, limiter=limiter, metrics=metrics),
            Middleware(files.Gzip, minimum_size=500),
        ],
        exception_handlers={HTTPException: _refused, ClientDisconnect: _gone},
        lifespan=life,
    )
    app.state.settings = settings
    app.state.bots = bots
    app.state.metrics = metrics
    app.state.conversations = Conversations(bots, store, metrics, settings.keep_messages)
    app.state.files = files.Files(bots)
    return app


async def _refused(request: Request, error: Exception) -> Response:
    """What is wrong, in a sentence."""
    assert isinstance(error, HTTPException)
    return refusal(request.url.path, error.status_code, error.detail, error.headers)


async def _gone(_: Request, __: Exception) -> Response:
    """Nobody waits for the answer any more."""
    return Response(status_code=400)


async def healthz(_: Request) -> Response:
    """That the process answers."""
    return JSONResponse({"status": "ok"})


async def readyz(request: Request) -> Response:
    """Whether all is there; replies go on without the store, but conversations are shared no more."""
    conversations = api.conversations_of(request)
    if await conversations.is_ready():
        return JSONResponse({"status": "ready"})
    return JSONResponse({"status": "the store is away: replies lean on what each client sends back"}, 503)


async def metrics(request: Request) -> Response:
    """The figures."""
    return PlainTextResponse(request.app.state.metrics.text(), media_type=CONTENT_TYPE)


async def favicon(_: Request) -> Response:
    """That there is none: browsers ask for it unbidden."""
    return Response(status_code=204)


STATUS_ROUTES = [
    Route("/healthz", healthz, methods=["GET"]),
    Route("/readyz", readyz, methods=["GET"]),
    Route("/metrics", metrics, methods=["GET"]),
    Route("/favicon.ico", favicon, methods=["GET"]),
]
