"""How the web app is served: `serve` binds the port, and one process or several answer on it."""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import logging
import os
import signal
import socket
import tempfile
import threading
from collections.abc import Iterator

from ..errors import Fault, SpinebotError
from .logs import log_to_stderr
from .server import INTERRUPTED, STOPPED, Server, Terminal, run
from .settings import Settings
from .workers import Workers

log = logging.getLogger("spinebot.web.serving")

WHY = {
    errno.EADDRINUSE: "the port is in use: name another with --port, or 0 for any that is free",
    errno.EACCES: "this user may not use that port: name one of 1024 and above with --port",
    errno.EADDRNOTAVAIL: "this machine does not have that address: name one of its own with --host",
}


def serve(settings: Settings) -> int:
    """Serve until a signal; the exit code. Raises SpinebotError before anything is served: for settings, port or bot folder."""
    _check(settings)
    with _bound(settings) as listener, _held_hang_up() as terminal:
        log_to_stderr()
        line = f"spinebot serves on {_url(listener)} (Ctrl-C stops it)"
        if settings.workers > 1:
            with tempfile.TemporaryDirectory(prefix="spinebot-figures-", ignore_cleanup_errors=True) as figures:
                return STOPPED if Workers(settings, listener, figures, lambda: _tell(line, settings), terminal.has_gone).run() else INTERRUPTED
        from .app import create_app

        return run(Server(create_app(settings), settings, lambda _: log.info(line), terminal), listener)


def _tell(line: str, settings: Settings) -> None:
    """That it serves, and what its owner should know of that."""
    log.info(line)
    if settings.workers > 1 and settings.store == "memory":
        log.warning("each worker remembers its own conversations: --store redis://HOST lets them share all")


def _check(settings: Settings) -> None:
    """Raises SpinebotError with all that is wrong with the settings."""
    faults = []
    if not 0 <= settings.port <= 65535:
        faults.append(Fault("--port", 0, f"{settings.port} is no port: name one from 0 to 65535"))
    if settings.workers < 1:
        faults.append(Fault("--workers", 0, f"{settings.workers} workers can't serve: name 1 or more"))
    if settings.workers > 1 and os.name != "posix":
        faults.append(Fault("--workers", 0, "this system can't share a port among workers: leave it at 1"))
    if settings.patience <= 0 or settings.grace < 0:
        faults.append(Fault("settings", 0, "patience must be more than 0 seconds and grace not less"))
    faults += [Fault("--proxy", 0, f"{proxy!r} is no address or network") for proxy in settings.proxies if not _is_network(proxy)]
    if faults:
        raise SpinebotError(*faults)


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True


@contextlib.contextmanager
def _bound(settings: Settings) -> Iterator[socket.socket]:
    """The socket to listen on; nobody can connect before a server listens. Raises SpinebotError where it can't be had."""
    try:
        (family, kind, protocol, _, address), *_ = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise SpinebotError.at(settings.host, 0, f"no address to serve on: {error.strerror or error}") from None
    with listener:
        try:
            if os.name == "posix":
                # Else a server that has just stopped would keep its port from the next one for a minute.
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
        except OSError as error:
            raise SpinebotError.at(f"{settings.host}:{settings.port}", 0, WHY.get(error.errno or 0, f"{error.strerror}")) from None
        yield listener


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextlib.contextmanager
def _held_hang_up() -> Iterator[Terminal]:
    """The terminal; a SIGHUP that comes while the bot is loaded is ignored instead of ending the program."""
    if not hasattr(signal, "SIGHUP") or threading.current_thread() is not threading.main_thread():
        yield Terminal()
        return
    terminal = Terminal()
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        yield terminal
    finally:
        signal.signal(signal.SIGHUP, before)
