"""The bot is loaded once, behind the prompt; a broken one is known to be so."""

from __future__ import annotations

import threading

import pytest

from spinebot import Bot, SpinebotError
from spinebot.errors import Fault
from spinebot.terminal.loading import Loading


def test_the_bot_is_loaded_once_and_behind_the_prompt(bot: Bot) -> None:
    threads = []

    def load() -> Bot:
        threads.append(threading.current_thread())
        return bot

    loading = Loading(load)
    assert not loading.done and loading.loaded is None
    loading.start()
    loading.start()
    assert loading.bot() is bot and loading.done and loading.loaded is bot
    assert len(threads) == 1 and threads[0] is not threading.main_thread()


def test_a_broken_folder_is_raised_to_who_asks_for_the_bot() -> None:
    def broken() -> Bot:
        raise SpinebotError(Fault("intents.yaml", 3, "is broken"))

    loading = Loading(broken)
    with pytest.raises(SpinebotError, match="is broken"):
        loading.bot()
    assert loading.done and loading.loaded is None
