"""The time that a client has for a request: a real server in a thread, and clients that dawdle."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from spinebot.web.deadline import with_patience

PATIENCE = 0.5


async def _home(request: Request) -> PlainTextResponse:
    return PlainTextResponse("home")


async def _slow(request: Request) -> PlainTextResponse:
    await asyncio.sleep(3 * PATIENCE)
    return PlainTextResponse("slow")


async def _size(request: Request) -> PlainTextResponse:
    try:
        return PlainTextResponse(str(len(await request.body())))
    except ClientDisconnect:
        return PlainTextResponse("never seen")


async def _early(request: Request) -> PlainTextResponse:
    return PlainTextResponse("early")


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The port of a server that waits half a second for a request."""
    app = Starlette(routes=[Route("/", _home), Route("/slow", _slow), Route("/size", _size, methods=["POST"]), Route("/early", _early, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, http=with_patience(PATIENCE), ws="none", lifespan="off", log_config=None, loop="asyncio"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield listener.getsockname()[1]
        server.should_exit = True
        thread.join()


def read_to_end(client: socket.socket) -> bytes:
    """What comes until the server closes the connection."""
    found = b""
    with contextlib.suppress(ConnectionResetError):
        while some := client.recv(4096):
            found += some
    return found


def read_answer(client: socket.socket) -> bytes:
    """One answer of a server that keeps the connection."""
    found = b""
    while b"\r\n\r\n" not in found:
        found += client.recv(4096)
    head, _, body = found.partition(b"\r\n\r\n")
    size = int(head.lower().partition(b"content-length: ")[2].split()[0])
    while len(body) < size:
        body += client.recv(4096)
    return body


def drip(client: socket.socket, text: bytes) -> None:
    """Send a byte now and then, for as long as the server takes them."""
    with contextlib.suppress(OSError):
        for at in range(len(text)):
            client.sendall(text[at : at + 1])
            time.sleep(0.05)


@pytest.mark.parametrize(
    "first, then, status",
    [
        (b"", b"", b""),
        (b"GET / HT", b"", b"HTTP/1.1 408"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-A: ", b"b" * 100, b"HTTP/1.1 408"),
        (b"POST /size HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n", b"", b"HTTP/1.1 408"),
        (b"POST /size HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n", b"b" * 99, b"HTTP/1.1 408"),
        (b"POST /size HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nb\r\n" * 20, b"HTTP/1.1 408"),
        (b"POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n", b"b" * 99, b"HTTP/1.1 200"),
    ],
    ids=["silent", "half a line", "head by the byte", "no body", "body by the byte", "chunks", "answered early"],
)
def test_who_dawdles_is_closed_in_time(port: int, first: bytes, then: bytes, status: bytes) -> None:
    begun = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        client.sendall(first)
        writer = threading.Thread(target=drip, args=(client, then))
        writer.start()
        answer = read_to_end(client)
        took = time.monotonic() - begun
        writer.join()
    assert answer.startswith(status)
    assert answer.count(b"HTTP/1.1 ") == bool(status)
    assert PATIENCE * 0.9 <= took < PATIENCE + 2


def test_a_second_request_has_a_deadline_of_its_own(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        for _ in range(3):
            client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert read_answer(client) == b"home"
            # Idle between requests is not dawdling.
            time.sleep(1.2 * PATIENCE)
        begun = time.monotonic()
        client.sendall(b"GET / ")
        assert read_to_end(client).startswith(b"HTTP/1.1 408")
        assert PATIENCE * 0.9 <= time.monotonic() - begun < PATIENCE + 2


def test_slow_answers_and_big_posts_are_left_alone(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        client.sendall(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        assert read_answer(client) == b"slow"
        client.sendall(b"POST /size HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n" + b"x" * 2_000_000)
        assert read_answer(client) == b"2000000"


def test_a_rest_of_a_body_does_not_shorten_the_next_request(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        client.sendall(b"POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n")
        assert read_answer(client) == b"early"
        time.sleep(0.6 * PATIENCE)
        client.sendall(b"ab")
        time.sleep(0.6 * PATIENCE)
        client.sendall(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        assert read_answer(client) == b"slow"


def test_requests_sent_in_one_go_are_all_answered(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        client.sendall(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n" + b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answers = read_to_end(client)
    assert answers.count(b"HTTP/1.1 200") == 2
    assert answers.endswith(b"home")
