"""What stands before every endpoint: how often a client may ask, the headers of every answer, and the counting of requests."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from limits import parse
from limits.aio.storage import MemoryStorage, Storage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import StorageError
from limits.storage import storage_from_string
from starlette.responses import JSONResponse

from ..errors import SpinebotError
from .store import ANSWERS_IN

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from .metrics import Metrics
    from .settings import Settings

#: On every answer: nothing guesses at types, nothing is told where a reader comes from.
HEADERS = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}
#: Where an answer brings no policy of its own, it is no page and may load nothing.
POLICY = ("content-security-policy", "default-src 'none'; frame-ancestors 'none'")


class Guard:
    """Middleware: counts requests, limits those that ask something of the bot, and sets headers."""

    def __init__(self, app: ASGIApp, settings: Settings, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics
        self._limiter = Limiter(settings) if settings.rate else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                named = {name for name, _ in message["headers"]}
                extra = [*HEADERS.items(), POLICY]
                message["headers"] = [*message["headers"], *((name.encode(), value.encode()) for name, value in extra if name.encode() not in named)]
                route = getattr(scope.get("route"), "path", "none")
                self._metrics.requested(route, message["status"])
            await send(message)

        if self._limiter and scope["method"] == "POST":
            wait = await self._limiter.wait(client_of(scope))
            if wait:
                too_many = JSONResponse({"error": f"too many messages: wait {wait} seconds"}, 429, headers={"Retry-After": str(wait)})
                return await too_many(scope, receive, send_safely)
        await self._app(scope, receive, send_safely)


def client_of(scope: Scope) -> str:
    """The client's address, as the server or a proxy that it trusts says."""
    return str(scope["client"][0]) if scope.get("client") else "unknown"


class Limiter:
    """How often each client may ask; counted in Redis where conversations are kept there, here while that is away."""

    def __init__(self, settings: Settings) -> None:
        try:
            self._rate = parse(settings.rate)
        except ValueError:
            raise SpinebotError.at("--rate", 0, f"{settings.rate!r} is no rate: write it as 60/minute") from None
        self._here = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._shared = SlidingWindowCounterRateLimiter(_storage(settings.store)) if settings.store != "memory" else None
        self._alone_until = 0.0

    async def wait(self, client: str) -> int:
        """Seconds that a client has to wait: 0 where it may ask."""
        limiter = self._shared if self._shared and time.monotonic() >= self._alone_until else self._here
        try:
            return await self._wait(limiter, client)
        except StorageError:
            self._alone_until = time.monotonic() + 2.0
            return await self._wait(self._here, client)

    async def _wait(self, limiter: SlidingWindowCounterRateLimiter, client: str) -> int:
        if await limiter.hit(self._rate, "client", client):
            return 0
        stats = await limiter.get_window_stats(self._rate, "client", client)
        return max(1, round(stats.reset_time - time.time() + 0.5))


def _storage(url: str) -> Storage:
    scheme = url.replace("unix://", "redis+unix://", 1)
    storage = storage_from_string(
        f"async+{scheme}", implementation="redispy", wrap_exceptions=True, socket_timeout=ANSWERS_IN, socket_connect_timeout=ANSWERS_IN
    )
    assert isinstance(storage, Storage)
    return storage
