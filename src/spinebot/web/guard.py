"""What stands before every endpoint: how often a client may ask, the headers of every answer, and the counting of requests."""

from __future__ import annotations

import logging
import time
import traceback
from typing import TYPE_CHECKING, Any

from limits import parse
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from ..errors import SpinebotError
from .requests import refusal
from .store import RedisStore, Store, StoreAway

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from .metrics import Metrics

log = logging.getLogger("spinebot.web")

#: On every answer: nothing guesses at types, nothing is told where a reader comes from.
#: Where an answer brings no policy of its own, it is no page and may load nothing.
HEADERS = (
    (b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)


class Headers:
    """Middleware, before all other: the headers of every answer, refusals too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                named = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *[header for header in HEADERS if header[0] not in named]]
            await send(message)

        await self._app(scope, receive, send_safely)


class Guard:
    """Middleware: counts requests, limits those that ask something of the bot, and answers where that failed."""

    def __init__(self, app: ASGIApp, limiter: Limiter | None, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics
        self._limiter = limiter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        started = False

        async def send_counted(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                self._metrics.requested(getattr(scope.get("route"), "path", "none"), message["status"])
            await send(message)

        if self._limiter and scope["method"] == "POST":
            wait = await self._limiter.wait(client_of(scope))
            if wait:
                too_many = refusal(scope["path"], 429, f"too many messages: wait {wait} seconds", {"Retry-After": str(wait)})
                return await too_many(scope, receive, send_counted)
        try:
            await self._app(scope, receive, send_counted)
        except Exception as error:
            # A fault of ours: what and where is logged, and no word of the message that it was met in.
            at = traceback.extract_tb(error.__traceback__)[-1]
            log.error("a reply failed: %s at %s:%s", type(error).__name__, at.filename, at.lineno)
            if not started:
                await refusal(scope["path"], 500, "something went wrong here: try again")(scope, receive, send_counted)


def client_of(scope: Scope) -> str:
    """The client's address, as the server or a proxy that it trusts says."""
    return str(scope["client"][0]) if scope.get("client") else "unknown"


class Limiter:
    """How often each client may ask; counted in Redis where conversations are kept there, here while that is away.

    Raises SpinebotError for a rate that can't be read.
    """

    def __init__(self, rate: str, store: Store) -> None:
        try:
            self._rate = parse(rate)
        except ValueError:
            raise SpinebotError.at("--rate", 0, f"{rate!r} is no rate: write it as 60/minute") from None
        self._here = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._store = store if isinstance(store, RedisStore) else None
        self._shared = SlidingWindowCounterRateLimiter(_Counts(self._store.client)) if self._store else None

    async def wait(self, client: str) -> int:
        """Seconds that a client has to wait: 0 where it may ask."""
        shared = self._shared
        if self._store and shared:
            try:
                return await self._store.ask(lambda: self._wait(shared, client))
            except StoreAway:
                pass
        return await self._wait(self._here, client)

    async def _wait(self, limiter: SlidingWindowCounterRateLimiter, client: str) -> int:
        if await limiter.hit(self._rate, "client", client):
            return 0
        stats = await limiter.get_window_stats(self._rate, "client", client)
        return max(1, round(stats.reset_time - time.time() + 0.5))


class _Counts(RedisStorage):
    """Counts by the client of the store: the URLs of Sentinel and Cluster are read in one place, and one failure leaves all of Redis alone."""

    def __init__(self, client: Any) -> None:
        self._client = client
        super().__init__("redis://", implementation="redispy")

    def configure_bridge(self) -> None:
        """In place of a client of its own."""
        self.bridge.storage = self._client  # type: ignore[attr-defined]
        self.bridge.connection_getter = lambda _: self._client  # type: ignore[attr-defined]
