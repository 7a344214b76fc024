"""Stopping a prompt as a job of a shell, and going on: the terminal is given back first, and drawn anew after."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prompt_toolkit.application import Application


async def stop_and_go_on(app: Application[str]) -> None:
    """While the prompt is there: a stop from outside gives the terminal back first, and whoever goes on sees the prompt."""
    from prompt_toolkit.application import run_in_terminal

    loop = asyncio.get_running_loop()
    if not hasattr(signal, "SIGTSTP"):
        return
    try:
        loop.add_signal_handler(signal.SIGTSTP, lambda: suspend(app))
        loop.add_signal_handler(signal.SIGCONT, lambda: run_in_terminal(lambda: None))
        await asyncio.Event().wait()
    except (NotImplementedError, RuntimeError, ValueError):
        return  # Not the main thread.
    finally:
        for number in (signal.SIGTSTP, signal.SIGCONT):
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                loop.remove_signal_handler(number)


def suspend(app: Application[str]) -> None:
    """Give the terminal back and stop, with all of the job; draw the prompt anew when it goes on."""
    from prompt_toolkit.application import run_in_terminal

    if not hasattr(signal, "SIGTSTP"):
        return
    loop = asyncio.get_running_loop()

    def stop() -> None:
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        continued = signal.signal(signal.SIGCONT, signal.SIG_IGN)
        os.kill(0, signal.SIGTSTP)
        signal.signal(signal.SIGCONT, continued)
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(signal.SIGTSTP, lambda: suspend(app))

    run_in_terminal(stop)
