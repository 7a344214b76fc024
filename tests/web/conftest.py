"""The app in process, with a client that speaks to it, and real Redis servers to share and to break."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from spinebot import Bot, Reply
from spinebot.web import app as web_app
from spinebot.web.settings import Settings


class OneBot:
    """In place of Bots: the bot of all tests, which takes most of a second to load."""

    def __init__(self, bot: Bot) -> None:
        self.current = bot


Make = Callable[..., Starlette]


@pytest.fixture
def make_app(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Makes apps: `make_app(store=url, rate="5/minute")`. No rate is the default here."""
    monkeypatch.setattr(web_app, "Bots", lambda *_: OneBot(bot))

    def make(**settings: Any) -> Starlette:
        return web_app.create_app(Settings(**{"rate": "", **settings}))

    return make


@pytest.fixture
def make_client(make_app: Make) -> Iterator[Callable[..., TestClient]]:
    """Makes clients of apps of their own, which are started and will be stopped: `make_client(rate="5/minute")`."""
    with contextlib.ExitStack() as stack:

        def make(*, address: str = "testclient", **settings: Any) -> TestClient:
            return stack.enter_context(TestClient(make_app(**settings), client=(address, 5000)))

        yield make


@pytest.fixture
def app(make_app: Make) -> Starlette:
    return make_app()


@pytest.fixture
def client(app: Starlette) -> Iterator[TestClient]:
    with TestClient(app) as client:
        yield client


@pytest.fixture
def hold() -> Callable[[Reply, Bot], None]:
    """The contract's invariants of a reply, as test_contract.py has them."""
    path = Path(__file__).parents[1] / "test_contract.py"
    spec = importlib.util.spec_from_file_location("contract_of_web_tests", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: Callable[[Reply, Bot], None] = module.hold
    return found


def free_port(most: int = 65_535) -> int:
    while True:
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            port: int = one.getsockname()[1]
        if port <= most:
            return port


class RedisServer:
    """A real server on a port of its own and a Unix socket, in memory only."""

    def __init__(self, *extra: str, port: int = 0, config: str = "") -> None:
        found = shutil.which("redis-server") or shutil.which("valkey-server")
        if not found:
            pytest.fail("these tests need a real Redis and found neither redis-server nor valkey-server: on Debian and Ubuntu, sudo apt install redis-server", pytrace=False)
        self.program = found
        self.folder = tempfile.TemporaryDirectory(prefix="redis-")
        self.port = port or free_port()
        self.config = config
        self.extra = extra
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.unix_url = f"unix://{self.folder.name}/s?db=0"
        self.start()

    def start(self) -> None:
        options = ["--bind", "127.0.0.1", "--port", str(self.port), "--unixsocket", f"{self.folder.name}/s", "--save", "", "--appendonly", "no", "--dir", self.folder.name]
        if self.config:  # A sentinel's, which it rewrites.
            path = Path(self.folder.name, "conf")
            path.write_text(f"bind 127.0.0.1\nport {self.port}\ndir {self.folder.name}\n{self.config}", encoding="utf-8")
            options = [str(path), "--sentinel"]
        self.process = subprocess.Popen([self.program, *options, *self.extra], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 10
        while time.monotonic() < until:
            assert self.process.poll() is None, f"{self.program} ended with {self.process.returncode}"
            with contextlib.suppress(OSError):
                if self.ask("PING")[:5] in ("+PONG", "-NOAU"):
                    return
            time.sleep(0.005)
        pytest.fail(f"{self.program} did not answer", pytrace=False)

    def ask(self, *words: str) -> str:
        """The answer to one command, as the protocol has it."""
        with socket.create_connection(("127.0.0.1", self.port), 5) as one:
            one.sendall(f"*{len(words)}\r\n".encode() + b"".join(f"${len(word)}\r\n{word}\r\n".encode() for word in words))
            return one.recv(1_000_000).decode()

    def everything(self) -> dict[str, str]:
        """Every key and what is kept under it, as the server has them."""
        keys = [line for line in self.ask("KEYS", "*").split("\r\n") if line and line[0] not in "*$"]
        return {key: self.ask("DUMP" if self.ask("TYPE", key).strip() not in ("+string",) else "GET", key) for key in keys}

    def hang(self) -> None:
        os.kill(self.process.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        os.kill(self.process.pid, signal.SIGCONT)
        assert self.ask("PING").startswith("+PONG"), "it is awake, whatever else this machine does"

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(5)

    def close(self) -> None:
        self.kill()
        self.folder.cleanup()


@pytest.fixture
def make_redis() -> Iterator[Callable[..., RedisServer]]:
    """Makes Redis servers, which are ended after the test."""
    with contextlib.ExitStack() as stack:

        def make(*extra: str, port: int = 0, config: str = "") -> RedisServer:
            server = RedisServer(*extra, port=port, config=config)
            stack.callback(server.close)
            return server

        yield make


@pytest.fixture
def redis(make_redis: Callable[..., RedisServer]) -> RedisServer:
    return make_redis()


@pytest.fixture
def make_port() -> Callable[[], int]:
    """Free ports that leave room for a cluster's own, 10,000 above."""
    return lambda: free_port(55_000)
