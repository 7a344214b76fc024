"""Several processes that serve one port, and the parent that keeps their number up."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..errors import Fault, SpinebotError
from .settings import Settings

if TYPE_CHECKING:
    from .server import Server

log = logging.getLogger("spinebot.web.workers")

#: The environment variables by which a worker knows its settings and where figures of all workers meet.
SETTINGS = "SPINEBOT_SETTINGS"
FIGURES = "PROMETHEUS_MULTIPROC_DIR"

#: What the parent writes to a worker; and a worker to its parent, but for faults as JSON.
RELOAD = b"reload\n"
READY = b"ready\n"

#: -P: modules are not looked for in the working directory, which may hold anything.
PROGRAM = ("-P", "-c", "import sys; from spinebot.web.workers import work; sys.exit(work(*map(int, sys.argv[1:])))")

#: Seconds: a worker that lived that long was well; the longest wait before the next try; beyond the grace before it is killed.
WELL, LONGEST_WAIT, MARGIN = 10.0, 30.0, 3.0


def work(place: int, listening: int, line: int) -> int:
    """A worker: serves what listens on one descriptor and talks with its parent on the other; the exit code."""
    # Both come from the parent, on its line; a worker that is still loading must not die of them.
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    from .app import create_app
    from .logs import log_to_stderr
    from .server import FAILED, Server, run

    log_to_stderr(place)
    settings = Settings.from_json(os.environ[SETTINGS])
    parent = _Parent(socket.socket(fileno=line))
    try:
        server = Server(create_app(settings), settings, parent.attend)
        return run(server, socket.socket(fileno=listening))
    except SpinebotError as error:
        parent.tell(json.dumps([[fault.path, fault.line, fault.message] for fault in error.faults]).encode() + b"\n")
        return FAILED
    finally:
        parent.bury()


class _Parent:
    """The parent, as a worker sees it: the line to it breaks when it dies, however it dies."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._gone = False

    def attend(self, server: Server) -> None:
        """Tell that the worker serves, and from now on do as it is told. Called in the running loop."""
        self.tell(READY)
        asyncio.get_running_loop().add_reader(self._line, self._hear, server)

    def tell(self, words: bytes) -> None:
        """Send words; where nobody listens any more, the reader finds out."""
        with contextlib.suppress(OSError):
            self._line.sendall(words)

    def bury(self) -> None:
        """Remove what a parent that was killed could not."""
        if self._gone:
            shutil.rmtree(os.environ.get(FIGURES, ""), ignore_errors=True)

    def _hear(self, server: Server) -> None:
        try:
            heard = self._line.recv(4096)
        except OSError:
            heard = b""
        if RELOAD in heard:
            server.reload()
        if not heard:
            asyncio.get_running_loop().remove_reader(self._line)
            self._gone = server.should_exit = True


@dataclass(eq=False)
class _Worker:
    """A worker, as its parent sees it. `place` numbers from 0: who takes a dead one's place has its number."""

    place: int
    process: subprocess.Popen[bytes]
    line: socket.socket
    born: float
    failures: int
    heard: bytes = b""

    @property
    def is_ready(self) -> bool:
        return READY in self.heard

    @property
    def faults(self) -> list[Fault]:
        """What it found wrong with the bot folder or the settings."""
        return [Fault(*fault) for line in self.heard.splitlines() if line.startswith(b"[") for fault in json.loads(line)]

    @property
    def end(self) -> str:
        """How it ended."""
        code = self.process.returncode
        return signal.Signals(-code).name if code < 0 else f"exit code {code}"


@dataclass(eq=False)
class Workers:
    """The parent. `figures` is the directory of the workers' figures, `started` is called when all of them serve."""

    settings: Settings
    listener: socket.socket
    figures: str
    started: Callable[[], None]
    has_hung_up: Callable[[], bool]
    _workers: list[_Worker] = field(default_factory=list)
    #: Time, place, failures: who is to be started later.
    _due: list[tuple[float, int, int]] = field(default_factory=list)
    _selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    _serving: bool = False
    #: When those that are still there are killed.
    _last_moment: float | None = None
    _killed: bool = False

    def run(self) -> bool:
        """Serve until a signal; whether all went as asked, without a second Ctrl-C. Raises SpinebotError when they can't start."""
        with _caught_signals() as bell, self._selector:
            self._selector.register(bell, selectors.EVENT_READ)
            try:
                for place in range(self.settings.workers):
                    self._start(place)
                while self._workers or self._last_moment is None:
                    self._attend(bell)
            finally:
                self._kill()
                for worker in self._workers:
                    worker.process.wait()
        return not self._killed

    def _attend(self, bell: socket.socket) -> None:
        """Wait for the next thing to do, and do it."""
        moments = [moment for moment, _, _ in self._due] + ([] if self._last_moment is None else [self._last_moment])
        wait = max(0.0, min(moments) - time.monotonic()) if moments else None
        for key, _ in self._selector.select(wait):
            if key.fileobj is bell:
                for number in bell.recv(4096):
                    self._obey(number)
            else:
                self._hear(key.data)
        now = time.monotonic()
        if self._last_moment is not None and now >= self._last_moment:
            log.warning("spinebot ends %d workers that would not stop", len(self._workers))
            self._kill()
            self._last_moment = now + MARGIN
        for due in [due for due in self._due if due[0] <= now]:
            self._due.remove(due)
            try:
                self._start(*due[1:])
            except OSError as error:
                # No memory or no descriptor now: the others go on, and it is tried again.
                log.error("spinebot can't start a worker: %s", error.strerror)
                self._due.append((now + LONGEST_WAIT, *due[1:]))

    def _start(self, place: int, failures: int = 0) -> None:
        ours, theirs = socket.socketpair()
        with contextlib.ExitStack() as failed, theirs:
            failed.callback(ours.close)
            # Of a group of its own, so that Ctrl-C in the terminal reaches the parent alone.
            process = subprocess.Popen(
                [sys.executable, *PROGRAM, str(place), str(self.listener.fileno()), str(theirs.fileno())],
                pass_fds=(self.listener.fileno(), theirs.fileno()), stdin=subprocess.DEVNULL, process_group=0, env=self._environment(),
            )  # fmt: skip
            failed.pop_all()
        worker = _Worker(place, process, ours, time.monotonic(), failures)
        self._workers.append(worker)
        self._selector.register(ours, selectors.EVENT_READ, worker)

    def _environment(self) -> dict[str, str]:
        path = os.pathsep.join(entry or os.getcwd() for entry in sys.path)
        return {**os.environ, SETTINGS: self.settings.to_json(), FIGURES: self.figures, "PYTHONPATH": path}

    def _obey(self, number: int) -> None:
        if number == signal.SIGHUP and not self.has_hung_up():
            for worker in self._workers:
                with contextlib.suppress(OSError):
                    worker.line.sendall(RELOAD)
        elif number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if self._last_moment is None:
                self._stop()
            elif number == signal.SIGINT:
                self._killed = True
                self._kill()

    def _stop(self) -> None:
        from .server import stopping

        log.info(stopping(self.settings))
        self._last_moment = time.monotonic() + self.settings.grace + MARGIN
        self._due.clear()
        # Or new connections would wait for workers that are never to come.
        self.listener.close()
        for worker in self._workers:
            worker.process.terminate()

    def _kill(self) -> None:
        for worker in self._workers:
            worker.process.kill()

    def _hear(self, worker: _Worker) -> None:
        try:
            heard = worker.line.recv(65536)
        except OSError:
            heard = b""
        worker.heard += heard
        if not heard:
            self._bury(worker)
        elif not self._serving and len(self._workers) == self.settings.workers and all(worker.is_ready for worker in self._workers):
            self._serving = True
            self.started()

    def _bury(self, worker: _Worker) -> None:
        """A worker has ended. Raises SpinebotError where none has served yet: the next one would fare no better."""
        from prometheus_client.multiprocess import mark_process_dead

        self._selector.unregister(worker.line)
        worker.line.close()
        worker.process.wait()
        self._workers.remove(worker)
        mark_process_dead(worker.process.pid, self.figures)  # type: ignore[no-untyped-call]
        if self._last_moment is None:
            if not self._serving:
                raise SpinebotError(*(worker.faults or [Fault("spinebot serve", 0, f"a worker ended before it served ({worker.end})")]))
            self._replace(worker)

    def _replace(self, dead: _Worker) -> None:
        """Have another started: at once, or later and later while it keeps failing."""
        failures = 0 if time.monotonic() - dead.born >= WELL else dead.failures
        wait = 0.0 if dead.is_ready and not failures else min(LONGEST_WAIT, 2.0**failures / 2)
        for fault in dead.faults:
            log.error("%s", fault)
        when = f"is tried in {wait:g} s" if wait else "takes its place"
        log.warning("spinebot worker %d ended (%s): another %s", dead.process.pid, dead.end, when)
        self._due.append((time.monotonic() + wait, dead.place, failures + 1))


@contextlib.contextmanager
def _caught_signals() -> Iterator[socket.socket]:
    """A socket on which the numbers of signals arrive, one byte each."""
    bell, rope = socket.socketpair()
    with bell, rope:
        rope.setblocking(False)
        before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        waker = signal.set_wakeup_fd(rope.fileno())
        try:
            yield bell
        finally:
            signal.set_wakeup_fd(waker)
            for number, handler in before.items():
                signal.signal(number, handler)
