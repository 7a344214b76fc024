"""Replies a second over HTTP beside a bare endpoint of the same framework, in one run: what the bot itself costs a server.

    make bench-web                      # or: python benchmarks/web.py [--seconds N] [--clients N ...] [--workers N ...] [--gzip] [--memory]

- The bot: `spinebot serve` with its store in memory and no limit on the rate.
- The bare endpoint: uvicorn and Starlette as the bot uses them; it reads the JSON of the body and returns one constant reply of the bot's, of
  middling size.
- A client keeps one connection and sends its next message as soon as it has a reply: conversations of four turns, whose questions are those that
  the bot suggests. It sends back the conversation and its token, as the chat window does.

Both are measured by turns, in slices of a second, so that a busy machine slows both. All is on this machine: the clients, too, take their share of it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import shlex
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

#: The variable of the environment that holds the bare endpoint's reply, and its token.
REPLY = "SPINEBOT_BARE_REPLY"
TURNS = 4
HEAD = b"POST /api/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=5, help="how long each number of clients is measured (default: 5)")
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 50, 500], help="how many there are at a time (default: 1 50 500)")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2], help="the servers' processes (default: 1 2)")
    parser.add_argument("--gzip", action="store_true", help="the clients take compressed replies, as browsers do")
    parser.add_argument("--memory", action="store_true", help="instead: what 10,000 open conversations take")
    parser.add_argument("--bare", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.bare is not None:
        return serve_bare(args.bare)
    questions = suggested()
    if args.memory:
        return report_memory(questions)
    print(f"{len(os.sched_getaffinity(0))} cores, {args.seconds} s each")
    print("workers clients          bot: replies/s  p50 ms  p99 ms      bare: replies/s  p50 ms  p99 ms   ratio")
    for workers in args.workers:
        report(questions, workers, args.clients, args.seconds, args.gzip)


def suggested() -> list[str]:
    """Every question that the bot suggests."""
    from spinebot import Bot

    return [answer.ask for answer in Bot.load().answers if answer.ask]


def report(questions: Sequence[str], workers: int, numbers: Sequence[int], seconds: int, gzip: bool) -> None:
    """A line for each number of clients."""
    with serving_bot(workers) as (bot, _), serving_bare(workers, middling(bot, questions)) as bare:
        for clients in numbers:
            sides = Load(bot, questions, gzip), Load(bare, questions, gzip)
            for side in sides:
                asyncio.run(side.run(clients, 1.0))  # fills caches, starts what starts late
                side.forget()
            for _ in range(seconds):
                for side in sides:
                    asyncio.run(side.run(clients, 1.0))
            rate, half, most = sides[0].figures()
            bare_rate, bare_half, bare_most = sides[1].figures()
            ratio = rate / bare_rate
            print(f"{workers:7} {clients:7} {rate:24,.0f} {half:7.2f} {most:7.2f} {bare_rate:20,.0f} {bare_half:7.2f} {bare_most:7.2f} {ratio:7.2f}")


def report_memory(questions: Sequence[str]) -> None:
    """The memory of one process before and after 10,000 conversations of four turns were opened."""
    with serving_bot(1) as (port, server):
        load = Load(port, questions, False)
        asyncio.run(load.run(1, 2.0))
        before = resident(server)
        asyncio.run(load.open(10_000))
        after = resident(server)
    print(f"10,000 conversations: {before:.1f} MB before, {after:.1f} MB after, {(after - before) / 10:.2f} kB each")


def make_bare() -> Starlette:
    """The bare endpoint."""
    from starlette.applications import Starlette
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    reply, token = json.loads(os.environ[REPLY])

    async def answer(request: Request) -> Response:
        await request.json()
        return JSONResponse(reply, headers={"Dialogue": token})

    return Starlette(routes=[Route("/api/messages", answer, methods=["POST"])])


def serve_bare(listener: int) -> None:
    """One worker of the bare endpoint, on a socket that others share."""
    import uvicorn

    config = uvicorn.Config(make_bare(), http="h11", ws="none", lifespan="off", access_log=False, log_level="warning", proxy_headers=False)
    with socket.socket(fileno=listener) as shared:
        uvicorn.Server(config).run([shared])


@contextlib.contextmanager
def serving_bot(workers: int) -> Iterator[tuple[int, int]]:
    """The bot on a free port: the port, and the process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with started(["-m", "spinebot", "serve", "--rate", "", "--port", str(port), "--workers", str(workers)]) as server:
        wait_for(port, server)
        yield port, server.pid


@contextlib.contextmanager
def serving_bare(workers: int, reply: object) -> Iterator[int]:
    """The bare endpoint on a free port: the port."""
    # Said to be TCP: else asyncio leaves small packets waiting for each other, and half of this would measure that.
    with socket.socket(proto=socket.IPPROTO_TCP) as listener, contextlib.ExitStack() as servers:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        arguments = [__file__, "--bare", str(listener.fileno())]
        running = [servers.enter_context(started(arguments, {REPLY: json.dumps(reply)}, (listener.fileno(),))) for _ in range(workers)]
        wait_for(port, running[0])
        yield port


@contextlib.contextmanager
def started(arguments: Sequence[str], environment: Mapping[str, str] | None = None, files: Sequence[int] = ()) -> Iterator[subprocess.Popen[bytes]]:
    """A process of Python's, as long as it is needed."""
    command = [sys.executable, *arguments]
    with subprocess.Popen(
        command, env={**os.environ, **(environment or {})}, pass_fds=files, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    """Until a server answers on a port, and its second worker has had the time to."""
    until = time.monotonic() + 30
    while not listens(port):
        if server.poll() is not None or time.monotonic() > until:
            sys.exit(f"this did not start, try it by hand: {shlex.join(map(str, server.args))}")  # type: ignore[arg-type]
        time.sleep(0.05)
    time.sleep(2.0)


def listens(port: int) -> bool:
    """Whether a server answers on a port."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def middling(port: int, questions: Sequence[str]) -> tuple[object, str]:
    """Of the bot's replies the one of middling size, and the token that came with it."""
    found = []
    for question in questions:
        asked = urllib.request.Request(f"http://127.0.0.1:{port}/api/messages", json.dumps({"text": question}).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(asked, timeout=10) as answer:
            found.append((answer.read(), answer.headers["Dialogue"]))
    reply, token = sorted(found, key=lambda pair: len(pair[0]))[len(found) // 2]
    return json.loads(reply), token


def resident(process: int) -> float:
    """The memory of a process, in megabytes."""
    text = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    [kilobytes] = (int(line.split()[1]) for line in text.splitlines() if line.startswith("VmRSS:"))
    return kilobytes / 1000


@dataclass(slots=True)
class Load:
    """Clients of one port, and what they met with."""

    port: int
    questions: Sequence[str]
    gzip: bool
    times: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    _next: Iterator[int] = field(default_factory=count)

    def forget(self) -> None:
        """What was measured so far."""
        self.times.clear()
        self.rates.clear()

    def figures(self) -> tuple[float, float, float]:
        """Replies a second in the middling slice, and the times that half and 99 of 100 replies stayed below, in milliseconds."""
        if self.faults:
            sys.exit(f"not every message had its reply: {dict(self.faults)}")
        cuts = statistics.quantiles(self.times, n=100)
        return statistics.median(self.rates), 1000 * cuts[49], 1000 * cuts[98]

    async def run(self, clients: int, seconds: float) -> None:
        """So many clients for a while."""
        connections = [await self._connect() for _ in range(clients)]
        started, before = time.perf_counter(), len(self.times)
        await asyncio.gather(*(self._talk(*connection, started + seconds) for connection in connections))
        self.rates.append((len(self.times) - before) / (time.perf_counter() - started))
        for _, writer in connections:
            writer.close()

    async def open(self, conversations: int) -> int:
        """Hold so many conversations, one after another."""
        reader, writer = await self._connect()
        for _ in range(conversations):
            await self._hold(reader, writer)
        writer.close()
        return conversations

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, until: float) -> None:
        try:
            while time.perf_counter() < until:
                await self._hold(reader, writer, until)
        except (OSError, asyncio.IncompleteReadError) as error:
            self.faults[type(error).__name__] += 1

    async def _hold(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, until: float = float("inf")) -> None:
        """One conversation."""
        leans = ""
        for _ in range(TURNS):
            started = time.perf_counter()
            if started >= until:
                return
            # No JSON is read here: what a client costs is not what is measured.
            body = f'{{"text":{json.dumps(self.questions[next(self._next) % len(self.questions)])}{leans}}}'.encode()
            accepts = b"Accept-Encoding: gzip\r\n" if self.gzip else b""
            writer.write(HEAD % (accepts, len(body)) + body)
            head = await reader.readuntil(b"\r\n\r\n")
            low = head.lower()
            reply = await reader.readexactly(int(between(low, b"content-length: ", b"\r\n")))
            if not head.startswith(b"HTTP/1.1 200 "):
                self.faults[head[9:12].decode()] += 1
                return
            self.times.append(time.perf_counter() - started)
            at = low.find(b"dialogue: ") + len(b"dialogue: ")
            leans = f',"dialogue":"{head[at : head.index(13, at)].decode()}"'
            if not self.gzip:
                conversation = between(reply, b'"conversation":"', b'"').decode()
                leans += f',"conversation":"{conversation}"'


def between(text: bytes, start: bytes, end: bytes) -> bytes:
    """What stands between the last `start` and the next `end`."""
    at = text.rindex(start) + len(start)
    return text[at : text.index(end, at)]


if __name__ == "__main__":
    main()
