"""The bot, loaded on a thread of its own while its user reads and types."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..bot import Bot


class Loading:
    """A bot that is there now, or soon, or is known to be broken."""

    def __init__(self, load: Callable[[], Bot]) -> None:
        self._load = load
        self._started = False
        self.future: Future[Bot] = Future()

    def start(self) -> None:
        """Begin; a second call does nothing."""
        if not self._started:
            self._started = True
            threading.Thread(target=self._run, name="load", daemon=True).start()

    def _run(self) -> None:
        try:
            self.future.set_result(self._load())
        except BaseException as error:
            self.future.set_exception(error)

    @property
    def done(self) -> bool:
        """Whether the bot is there, or known to be broken."""
        return self.future.done()

    @property
    def loaded(self) -> Bot | None:
        """The bot where it is there already."""
        return self.future.result() if self.done and not self.future.exception() else None

    def bot(self) -> Bot:
        """The bot, waited for. Raises SpinebotError for a broken folder."""
        self.start()
        return self.future.result()
