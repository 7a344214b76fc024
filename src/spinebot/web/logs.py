"""The lines on standard error: one for each event, and never a word that a user typed."""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
import traceback
from types import TracebackType

from starlette.requests import ClientDisconnect

from ..errors import SpinebotError

#: Logger → the least level that is worth a line. uvicorn's warnings are of what any client can provoke.
LEVELS = {"spinebot": logging.INFO, "uvicorn.error": logging.ERROR, "asyncio": logging.ERROR}

#: The client went away, or the time to stop is up: no fault of the program.
EXPECTED = (asyncio.CancelledError, ClientDisconnect)


class _OneLine(logging.Formatter):
    """A record as one line. An exception is its kind and place: its message and a traceback could repeat what was typed."""

    def format(self, record: logging.LogRecord) -> str:
        lines = record.getMessage().strip().splitlines() or [""]
        # asyncio's further lines show values; Starlette gives a failed start as a traceback, whose last line says why.
        text = lines[-1] if lines[0].startswith("Traceback") else lines[0]
        if record.name.startswith("spinebot"):
            text = " ".join(lines)
        if record.exc_info and record.exc_info[1]:
            text += f": {describe(record.exc_info[1], record.exc_info[2])}"
        return text


def describe(error: BaseException, trace: TracebackType | None) -> str:
    """What kind of error it was and where; of ours also what it says, which is about files and settings."""
    if isinstance(error, SpinebotError):
        return " ".join(str(error).splitlines())
    frames = traceback.extract_tb(trace)
    return f"{type(error).__name__} at {frames[-1].filename}:{frames[-1].lineno}" if frames else type(error).__name__


def _is_fault(record: logging.LogRecord) -> bool:
    return not (record.exc_info and isinstance(record.exc_info[1], EXPECTED))


def _is_no_reload(record: logging.LogRecord) -> bool:
    return record.threadName != "reload"


def log_to_stderr(worker: int | None = None) -> None:
    """Set up the log of this process; of several workers the first alone tells of a reload, which all of them do."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_OneLine())
    handler.addFilter(_is_fault)
    if worker:
        handler.addFilter(_is_no_reload)
    for name, level in LEVELS.items():
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.propagate = False
        # What a worker does when it starts and stops is told by its parent.
        logger.setLevel(level if worker is None else max(level, logging.WARNING))
    threading.excepthook = _log_thread


def _log_thread(lost: threading.ExceptHookArgs) -> None:
    if lost.exc_value is not None:
        where = describe(lost.exc_value, lost.exc_traceback)
        logging.getLogger("spinebot.web").error("spinebot failed in the thread %s: %s", lost.thread.name if lost.thread else "?", where)
