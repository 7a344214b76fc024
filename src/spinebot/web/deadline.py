"""HTTP with a time limit on requests, which uvicorn has none of: a client that dribbles would hold its connection for ever."""

from __future__ import annotations

import asyncio
from typing import ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

LATE = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class DeadlineProtocol(H11Protocol):
    """One deadline, from the connection or the first byte of a later request, to the last byte of that request.

    What else takes time is left alone: an answer may be slow, and uvicorn itself closes connections idle between requests.
    """

    #: Seconds for one request, head and body.
    patience: ClassVar[float] = 10.0

    _deadline: asyncio.TimerHandle | None = None
    #: Whether the client ever sent a byte. Browsers connect in advance: a 408 on such a connection would answer their next request.
    _spoken = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._arm()

    def data_received(self, data: bytes) -> None:
        self._spoken = True
        if self.conn.their_state is h11.IDLE:
            self._arm()
        super().data_received(data)

    def handle_events(self) -> None:
        before = self.conn.their_state
        super().handle_events()
        after = self.conn.their_state
        if after not in (h11.IDLE, h11.SEND_BODY):
            self._disarm()
        elif before is h11.SEND_BODY and after is h11.IDLE:
            # The rest of a body that was answered early: uvicorn goes on with the next request and sets no timer.
            self._disarm()
            self._arm()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.conn.their_state is h11.IDLE and not self.conn.trailing_data[0]:
            self._disarm()

    def connection_lost(self, exc: Exception | None) -> None:
        self._disarm()
        super().connection_lost(exc)

    def _arm(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(self.patience, self._expire)

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _expire(self) -> None:
        self._deadline = None
        if self.transport.is_closing():
            return
        if self._spoken and self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            self.transport.write(LATE)
        if self.cycle is not None:
            # The application is told that the client has gone, and what it still says isn't sent after the 408.
            self.cycle.disconnected = True
        self.transport.close()


def with_patience(seconds: float) -> type[DeadlineProtocol]:
    """The protocol with a limit of its own."""
    return type("DeadlineProtocol", (DeadlineProtocol,), {"patience": seconds})
