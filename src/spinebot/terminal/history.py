"""What was asked before: kept in memory, or in a file where its user wants that, for these are questions on health."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import SpinebotError

if TYPE_CHECKING:
    from prompt_toolkit.history import History

#: What stands in a line for a long paste begins so.
STAND_IN = "[pasted text"


def check_history(file: str) -> None:
    """Make a history file of the user's alone. Raises SpinebotError where it can't be used."""
    if not file:
        return
    path = Path(file)
    try:
        if path.exists() and not path.is_file():
            raise SpinebotError.at(path, 0, "can't be the history: it is no file")
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600))
    except OSError as error:
        raise SpinebotError.at(path, 0, f"can't be the history: {error.strerror}") from None


def open_history(file: str) -> History:
    """What was asked before: in memory, or in a file where its user wants that. Raises SpinebotError for one that can't be used."""
    from prompt_toolkit.history import FileHistory, InMemoryHistory

    if not file:
        return InMemoryHistory()
    check_history(file)

    class Kept(FileHistory):
        def store_string(self, string: str) -> None:
            if STAND_IN not in string:  # What it stands for is gone with this chat.
                with contextlib.suppress(OSError):  # A full disk: the chat goes on, and remembers in memory.
                    super().store_string(string)

    return Kept(file)
