"""Bots behind an address, to hold scripted conversations with: this server's own API, and Rasa's REST channel."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import SplitResult, urlsplit

from ..errors import SpinebotError
from .expect import Reply
from .play import Speaker, SpeakerError
from .shape import fault_of

#: Seconds that a reply may take, from the first byte sent to the last one read.
TIMEOUT = 10.0
#: Bytes that a reply may have.
MOST_BODY = 4_000_000
#: Seconds before a message that was not heard is sent again.
PAUSE = 0.5
#: Where a server says that it did not take a message.
_NOT_HEARD = (429, 502, 503, 504)
_HINTS = {
    404: "is it the address of a bot? http://HOST speaks spinebot's API, rasa+http://HOST Rasa's",
    405: "is it the address of a bot? http://HOST speaks spinebot's API, rasa+http://HOST Rasa's",
    429: "it counts messages: start it with --rate '' for tests",
}


class _NotHeardError(SpeakerError):
    """The message did not reach the bot, which may be tried again."""


class Address(NamedTuple):
    """Where messages go: `path` is that of the channel, `url` how the whole was written, for messages."""

    url: str
    secure: bool
    host: str
    port: int | None
    path: str


def speaker_for(url: str, *, timeout: float = TIMEOUT, retries: int = 0) -> Callable[[], Speaker]:
    """Makes speakers, each of a conversation of its own, with the bot at `url`: "http://HOST", or "rasa+http://HOST" for any Rasa REST bot.

    A reply may take `timeout` seconds. With `retries`, a message is sent again so many times where it surely was not heard: a
    refused connection, or 429, 502, 503, 504. Raises SpinebotError for an address that is none.
    """
    parts = _parts(url)
    is_rasa, _, scheme = parts.scheme.rpartition("+")
    path = "/webhooks/rest/webhook" if is_rasa else "/api/messages"
    address = Address(url, scheme == "https", parts.hostname or "", parts.port, parts.path.rstrip("/").removesuffix(path) + path)
    kind = RasaSpeaker if is_rasa else ServerSpeaker
    return lambda: kind(_Line(address, timeout, retries))


def _parts(url: str) -> SplitResult:
    """The parts of an address. Raises SpinebotError."""
    wanted = "write http://HOST:PORT for a spinebot server, rasa+http://HOST:PORT for a Rasa bot"
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise SpinebotError.at(url, 0, f"is no address: {error}") from None
    if parts.scheme not in ("http", "https", "rasa+http", "rasa+https") or not parts.hostname:
        raise SpinebotError.at(url, 0, f"is no address of a bot: {wanted}")
    if not (url.isascii() and url.isprintable()) or " " in url:
        raise SpinebotError.at(url, 0, "has a blank or a letter that no address has: write %20 for a blank, a host's name in ASCII")
    if parts.query or parts.fragment or parts.username is not None:
        raise SpinebotError.at(url, 0, f"has more than a host, a port and a path: {wanted}")
    return parts


class ServerSpeaker:
    """A conversation with a spinebot server."""

    def __init__(self, line: _Line) -> None:
        self._line = line
        self._conversation = self._dialogue = ""

    def say(self, text: str) -> Reply:
        """The reply to a message. Raises SpeakerError."""
        sent = {"text": text, "conversation": self._conversation, "dialogue": self._dialogue}
        reply, headers = self._line.post({key: value for key, value in sent.items() if value or key == "text"})
        fault = fault_of(reply)
        if fault:
            raise SpeakerError(f"{self._line.url} answered with something that is no reply of spinebot: {fault}")
        self._conversation = reply["conversation"]
        self._dialogue = headers.get("Dialogue", "")
        found: Reply = reply
        return found


class RasaSpeaker:
    """A conversation with a bot that speaks Rasa's REST channel: replies of text alone, and what its buttons say."""

    def __init__(self, line: _Line) -> None:
        self._line = line
        self._sender = f"test-{os.urandom(8).hex()}"

    def say(self, text: str) -> Reply:
        """The reply to a message: its texts a line each. Raises SpeakerError."""
        messages, _ = self._line.post({"sender": self._sender, "message": text})
        if not isinstance(messages, list) or not all(isinstance(one, dict) and isinstance(one.get("buttons"), list | None) for one in messages):
            raise SpeakerError(f"{self._line.url} answered with something that is no list of Rasa's messages")
        texts = [one["text"] for one in messages if one.get("text") is not None]
        buttons = [button for one in messages for button in one.get("buttons") or ()]
        titles = [button.get("title") if isinstance(button, dict) else None for button in buttons]
        if not all(isinstance(one, str) for one in [*texts, *titles]):
            raise SpeakerError(f"{self._line.url} answered with a message whose 'text', or the 'title' of a button, is no text")
        return {"text": "\n".join(texts), "suggestions": titles}


class _Line:
    """Sends messages to one address and reads what comes back; a connection each, so that none is found closed."""

    def __init__(self, address: Address, timeout: float, retries: int) -> None:
        self.url = address.url
        self._address = address
        self._timeout = timeout
        self._retries = retries

    def post(self, values: dict[str, str]) -> tuple[Any, http.client.HTTPMessage]:
        """The JSON values that are answered, and the answer's headers. Raises SpeakerError."""
        body = json.dumps(values).encode()
        for left in range(self._retries, -1, -1):
            try:
                data, headers = self._send(body)
                break
            except _NotHeardError:
                if not left:
                    raise
                time.sleep(PAUSE)
        try:
            return json.loads(data), headers
        except (ValueError, RecursionError):
            raise SpeakerError(f"{self.url} answered with something that is not JSON: {_shown(data)}") from None

    def _send(self, body: bytes) -> tuple[bytes, http.client.HTTPMessage]:
        address = self._address
        make = http.client.HTTPSConnection if address.secure else http.client.HTTPConnection
        connection = make(address.host, address.port, timeout=self._timeout)
        try:
            self._connect(connection)
            with _Deadline(connection.sock, self._timeout) as deadline:
                try:
                    answer = self._exchange(connection, body)
                except (OSError, http.client.HTTPException, ValueError) as error:
                    raise SpeakerError(self._told(error, deadline.is_over)) from None
            if deadline.is_over:  # What was cut off in its headers looks like an answer without a body.
                raise SpeakerError(self._told(TimeoutError(), True))
            return answer
        finally:
            connection.close()

    def _connect(self, connection: http.client.HTTPConnection) -> None:
        try:
            connection.connect()
        except TimeoutError:
            raise _NotHeardError(f"{self.url} can't be reached: no connection in {self._timeout:g} s") from None
        except (OSError, UnicodeError, http.client.HTTPException) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise _NotHeardError(f"{self.url} can't be reached: {why}; is the server running, and the address right?") from None

    def _exchange(self, connection: http.client.HTTPConnection, body: bytes) -> tuple[bytes, http.client.HTTPMessage]:
        headers = {"Content-Type": "application/json", "Accept": "application/json", "Connection": "close"}
        connection.request("POST", self._address.path, body, headers)
        answer = connection.getresponse()
        data = answer.read(MOST_BODY + 1)
        if len(data) > MOST_BODY:
            raise SpeakerError(f"{self.url} answered with more than {MOST_BODY:,} bytes")
        if answer.length:
            raise http.client.IncompleteRead(data, answer.length)
        if answer.status != 200:
            kind = _NotHeardError if answer.status in _NOT_HEARD else SpeakerError
            raise kind(self._refused(answer, data))
        return data, answer.headers

    def _refused(self, answer: http.client.HTTPResponse, data: bytes) -> str:
        """What a status that is not 200 means."""
        status = f"{self.url} answered {answer.status} {answer.reason}".rstrip()
        if 300 <= answer.status < 400:
            return f"{status}: use the address that it points to, {answer.headers.get('Location', 'which it does not name')}"
        hint = f"; {_HINTS[answer.status]}" if answer.status in _HINTS else ""
        return f"{status}: {_shown(data)}{hint}" if data.strip() else status + hint

    def _told(self, error: Exception, is_over: bool) -> str:
        if is_over or isinstance(error, TimeoutError):
            return f"{self.url} did not answer in {self._timeout:g} s"
        if isinstance(error, http.client.RemoteDisconnected | http.client.IncompleteRead | ConnectionError):
            return f"{self.url} closed the connection before its answer was whole"
        return f"{self.url} answered with something that is not HTTP: {str(error) or type(error).__name__}"


class _Deadline:
    """Ends a connection when its time is over: a socket's own timeout begins anew with every byte that drips in."""

    def __init__(self, sock: socket.socket, seconds: float) -> None:
        self.is_over = False
        self._sock = sock
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> _Deadline:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def _end(self) -> None:
        self.is_over = True
        with contextlib.suppress(OSError):
            # Not SSLSocket's own, which would let go of the encryption while another thread reads.
            socket.socket.shutdown(self._sock, socket.SHUT_RDWR)


def _shown(data: bytes) -> str:
    """The beginning of an answer, on one line."""
    text = " ".join(data[:400].decode("utf-8", "replace").split())
    return text if len(text) <= 160 else text[:159] + "…"
