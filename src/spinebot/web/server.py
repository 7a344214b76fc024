"""One process that serves: uvicorn, with our limits, signals and words."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import cast

import uvicorn
from starlette.applications import Starlette

from ..errors import SpinebotError
from .deadline import with_patience
from .settings import Settings

log = logging.getLogger("spinebot.web.server")

#: Exit codes: stopped as asked; could not start; a second Ctrl-C.
STOPPED, FAILED, INTERRUPTED = 0, 1, 130


class Terminal:
    """Tells the SIGHUP that means "load anew" from the one that a closed terminal sends."""

    def __init__(self) -> None:
        # Under nohup it is ignored: there it never means that the terminal has gone.
        kept = hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN
        self._attached = kept and _has_terminal()

    def has_gone(self) -> bool:
        """Whether there was a terminal when the program started, and is none now."""
        return self._attached and not _has_terminal()


def _has_terminal() -> bool:
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY))
    except OSError:
        return False
    return True


class Server(uvicorn.Server):
    """uvicorn's server, but it says when it accepts, loads anew at SIGHUP, and returns when a signal has stopped it."""

    def __init__(self, app: Starlette, settings: Settings, started: Callable[[Server], None], terminal: Terminal | None = None) -> None:
        super().__init__(_configuration(app, settings))
        self._app = app
        self._settings = settings
        self._tell = started
        self._terminal = terminal

    def reload(self) -> None:
        """Load the bot folder anew, in a thread; a faulty one changes nothing. Where the terminal was closed: stop."""
        if self._terminal is not None and self._terminal.has_gone():
            self.should_exit = True
            return
        self._app.state.bots.reload()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._tell(self)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        log.info(stopping(self._settings))
        await super().shutdown(sockets=sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals while it runs. uvicorn's own raises them again in the end: the exit code would not be 0."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        ours = {signal.SIGINT: self.handle_exit, signal.SIGTERM: self.handle_exit}
        if hasattr(signal, "SIGHUP"):
            ours[signal.SIGHUP] = self._hang_up
        before = {number: signal.signal(number, handler) for number, handler in ours.items()}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop once what is in flight is done; a second Ctrl-C ends the process, whatever its threads and connections wait for."""
        if self.should_exit and sig == signal.SIGINT:
            os._exit(INTERRUPTED)
        self.should_exit = True

    def _hang_up(self, sig: int, frame: FrameType | None) -> None:
        self.reload()


def _configuration(app: Starlette, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="asyncio",
        http=with_patience(settings.patience),
        ws="none",
        lifespan="on",
        interface="asgi3",
        log_config=None,
        access_log=False,
        server_header=False,
        # Else whoever is on this machine could say to be any other.
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=list(settings.proxies),
        workers=1,
        # It waits with asyncio.wait_for, which takes fractions.
        timeout_graceful_shutdown=cast(int, settings.grace),
    )


def stopping(settings: Settings) -> str:
    """The line for the beginning of the end."""
    return f"spinebot stops; requests in flight have {settings.grace:g} s"


def run(server: Server, listener: socket.socket) -> int:
    """Serve until a signal; the exit code. Raises SpinebotError where nothing can listen there."""
    try:
        server.run(sockets=[listener])
    except SystemExit:
        # uvicorn has logged why the application's start failed.
        return FAILED
    except OSError as error:
        raise SpinebotError.at("spinebot serve", 0, f"nothing can be served: {error.strerror or error}") from None
    return STOPPED if server.started else FAILED
