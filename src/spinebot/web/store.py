"""Where conversations are kept between messages: in memory, or in Redis, which any number of servers share."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar, cast
from urllib.parse import unquote, urlsplit

from ..errors import SpinebotError

_T = TypeVar("_T")

#: How long Redis may take for one answer, and how long it is left alone after a failure: seconds.
ANSWERS_IN, LEFT_ALONE = 0.5, 2.0
SCHEMES = ("redis", "rediss", "unix", "redis+sentinel", "rediss+sentinel", "redis+cluster", "rediss+cluster")


log = logging.getLogger("spinebot.web")


class StoreAway(Exception):
    """The store can't be reached now."""


class Store(Protocol):
    """Text by the id of a conversation. Every method raises StoreAway where the store can't be reached."""

    async def get(self, name: str) -> str | None:
        """What is kept, or None."""

    async def put(self, name: str, text: str) -> None:
        """Keep `text`, until its time is over."""

    async def drop(self, name: str) -> None:
        """Forget."""

    async def ping(self) -> None:
        """Nothing, where the store is there."""

    async def close(self) -> None:
        """Let go of all connections."""


class MemoryStore:
    """In this process: `most` conversations, those longest silent go first, and all after `time_to_live` seconds."""

    def __init__(self, most: int, time_to_live: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._time_to_live = time_to_live
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, str]] = OrderedDict()

    async def get(self, name: str) -> str | None:
        """What is kept, or None."""
        until, text = self._kept.get(name, (0.0, ""))
        return text if until > self._clock() else None

    async def put(self, name: str, text: str) -> None:
        """Keep `text`."""
        now = self._clock()
        self._kept[name] = (now + self._time_to_live, text)
        self._kept.move_to_end(name)
        while self._kept and (len(self._kept) > self._most or next(iter(self._kept.values()))[0] <= now):
            self._kept.popitem(last=False)

    async def drop(self, name: str) -> None:
        """Forget."""
        self._kept.pop(name, None)

    async def ping(self) -> None:
        """Memory is always there."""

    async def close(self) -> None:
        """Nothing to let go of."""


class RedisStore:
    """In Redis, or what speaks like it: one server, Sentinel or Cluster."""

    def __init__(self, url: str, time_to_live: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.client, self._others = connect(url)
        self._time_to_live = time_to_live
        self._clock = clock
        self._left_alone_until = 0.0
        self._is_away = False

    async def get(self, name: str) -> str | None:
        """What is kept, or None."""
        return cast("str | None", await self.ask(lambda: self.client.get(_key(name))))

    async def put(self, name: str, text: str) -> None:
        """Keep `text`."""
        await self.ask(lambda: self.client.set(_key(name), text, ex=self._time_to_live))

    async def drop(self, name: str) -> None:
        """Forget."""
        await self.ask(lambda: self.client.delete(_key(name)))

    async def ping(self) -> None:
        """Ask whether it is there, even where it was away just now."""
        await self.ask(self.client.ping, at_once=True)
        self._left_alone_until = 0.0

    async def close(self) -> None:
        """Let go of all connections."""
        for client in (self.client, *self._others):
            await client.aclose()

    async def ask(self, question: Callable[[], Awaitable[_T]], at_once: bool = False) -> _T:
        """One answer of Redis; after a failure it is left alone for a while, so that not every message waits for it.

        `at_once`: even then. Raises StoreAway.
        """
        from redis.exceptions import RedisClusterException, RedisError

        if not at_once and self._clock() < self._left_alone_until:
            raise StoreAway
        try:
            # All tries and all servers together: the timeout of a socket counts for one of them.
            async with asyncio.timeout(ANSWERS_IN):
                answer = await question()
        except (RedisError, RedisClusterException, OSError, TimeoutError) as error:
            if not self._is_away:
                log.warning("the store is away (%s): replies lean on what each client sends back", type(error).__name__)
            self._is_away = True
            self._left_alone_until = self._clock() + LEFT_ALONE
            raise StoreAway from error
        if self._is_away:
            self._is_away = False
            log.warning("the store is back")
        return answer


def _key(name: str) -> str:
    return f"spinebot:conversation:{name}"


def _place(text: str, port: int) -> tuple[str, int]:
    """The address and port of "host", "host:7000" or "[::1]:7000". Raises ValueError."""
    parts = urlsplit(f"//{text}")
    if not parts.hostname:
        raise ValueError("a server has no name")
    return parts.hostname, port if parts.port is None else parts.port


def _without_login(url: str) -> str:
    """A URL that can be shown: no name, no password."""
    return re.sub(r"//.*@", "//...@", url)


def connect(url: str) -> tuple[Any, list[Any]]:
    """A client of redis-py for a URL, and the further clients to close with it.

    `redis://`, `rediss://` and `unix://` as redis-py reads them; `redis+sentinel://[user:password@]host:port,host:port/name`;
    `redis+cluster://[user:password@]host:port,host:port`. Raises SpinebotError for any other.
    """
    from redis.asyncio import from_url
    from redis.asyncio.cluster import ClusterNode, RedisCluster
    from redis.asyncio.retry import Retry
    from redis.asyncio.sentinel import Sentinel
    from redis.backoff import ExponentialBackoff

    scheme, colon, rest = url.partition("://")
    if not colon or scheme not in SCHEMES:
        raise SpinebotError.at("--store", 0, f"{_without_login(url)!r} is no store: write memory, or a URL that begins with {'://, '.join(SCHEMES)}://")
    retry: Any = Retry(ExponentialBackoff(cap=0.1, base=0.02), 1)
    options: dict[str, Any] = {"socket_timeout": ANSWERS_IN, "socket_connect_timeout": ANSWERS_IN, "decode_responses": True}
    try:
        if "+" not in scheme:
            return from_url(url, retry=retry, health_check_interval=15, **options), []
        parts = urlsplit(f"//{rest}")
        login, _, hosts = parts.netloc.rpartition("@")
        user, _, password = login.partition(":")
        if login:
            options |= {"username": unquote(user) or None, "password": unquote(password) or None}
        if scheme.startswith("rediss"):
            options["ssl"] = True
        places = [_place(place, 26379 if scheme.endswith("sentinel") else 6379) for place in hosts.split(",")]
    except ValueError as error:
        raise SpinebotError.at("--store", 0, f"{_without_login(url)!r} can't be read: {error}") from None
    if scheme.endswith("cluster"):
        return RedisCluster(startup_nodes=[ClusterNode(*place) for place in places], retry=retry, **options), []
    name = parts.path.strip("/")
    if not name:
        raise SpinebotError.at("--store", 0, f"{_without_login(url)!r} names no master: end it in /NAME, as the sentinels know it")
    sentinel: Any = Sentinel(  # type: ignore[no-untyped-call]
        places, sentinel_kwargs={"socket_timeout": ANSWERS_IN, "socket_connect_timeout": ANSWERS_IN}, **options,
    )
    return sentinel.master_for(name, retry=retry), list(sentinel.sentinels)
