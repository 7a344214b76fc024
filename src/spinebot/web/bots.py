"""The bot that answers now, and how a changed folder takes its place."""

from __future__ import annotations

import logging
import threading

from ..bot import Bot
from ..conversation import Dialogue
from ..errors import SpinebotError

log = logging.getLogger("spinebot.web")


class Bots:
    """Holds one bot. Raises SpinebotError for a broken folder."""

    def __init__(self, folder: str, country: str) -> None:
        self._folder = folder or None
        self._country = country
        self._loading = threading.Lock()
        self.current = self._load()

    def reload(self) -> threading.Thread:
        """Load the folder anew, on a thread of its own that is returned; a faulty one changes nothing."""
        thread = threading.Thread(target=self._reload, name="reload", daemon=True)
        thread.start()
        return thread

    def _load(self) -> Bot:
        """The bot, with all that a first misspelt message makes it compute: no user waits for that."""
        bot = Bot.load(self._folder, country=self._country)
        bot.respond("flumoxitating", Dialogue())
        return bot

    def _reload(self) -> None:
        with self._loading:
            try:
                self.current = self._load()
            except SpinebotError as error:
                for fault in error.faults:
                    log.error("%s", fault)
                log.error("the bot folder is faulty: the last good one goes on answering")
            else:
                log.warning("the bot folder was loaded anew")
