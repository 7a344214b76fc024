"""The conversation in a terminal: a window, or plain lines where nothing may be drawn twice."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from ..render import Line, Marks, marks_for
from .chat import KEYS, PROMPT, Chat, width_of
from .clipboard import copied
from .commands import is_command, run_command
from .history import check_history
from .loading import Loading

if TYPE_CHECKING:
    from prompt_toolkit.input import Input
    from prompt_toolkit.output import Output

    from ..bot import Bot
    from ..transcript import Turn
    from .chat import Screen

WELCOME = "Ask in your own words; I answer by quoting. I am a program, not a doctor. /help shows the commands, Ctrl-D leaves."



def hold(chat: Chat) -> None:
    """Talk until the user leaves. Raises SpinebotError for a broken bot folder."""
    with chat.screen.held():
        chat.note(WELCOME)
        chat.show([Line("blank")])
        while not chat.leaving:
            try:
                take(chat, chat.screen.ask(chat))
            except KeyboardInterrupt:
                chat.note("(Ctrl-D or /quit leaves.)")
            except EOFError:
                return


def take(chat: Chat, text: str) -> None:
    """One line of the user's: a command, or something that is said."""
    line = text.strip()
    if is_command(line):
        run_command(chat, line)
    elif line:
        chat.say(text)


class PlainScreen:
    """Lines in, lines out, nothing drawn twice: for `TERM=dumb` and for screen readers, to which `marks` are spoken words.

    Lines are edited and brought back as in a shell (readline), where Python has that.
    """

    keys: tuple[tuple[str, str], ...] = (KEYS[0], ("1, 2, 3", KEYS[2][1]), ("up, Ctrl-R", KEYS[3][1]), ("Ctrl-C", KEYS[5][1]), ("Ctrl-D", KEYS[7][1]))

    def __init__(self, marks: Marks, history: str = "", vi: bool = False) -> None:
        self.marks = marks
        self.history = history
        self._vi = vi

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """While a chat is held: lines are edited as in a shell."""
        try:
            import readline
        except ImportError:
            yield
            return
        # What would be drawn beside the line itself.
        for choice in ("enable-bracketed-paste off", "enable-meta-key off", f"editing-mode {'vi' if self._vi else 'emacs'}"):
            readline.parse_and_bind(f"set {choice}")
        if self.history:
            with contextlib.suppress(OSError):
                readline.read_history_file(self.history)
        yield
        if self.history:
            with contextlib.suppress(OSError):
                readline.write_history_file(self.history)

    def ask(self, chat: Chat) -> str:
        """The next line."""
        try:
            return input(PROMPT)
        except (EOFError, KeyboardInterrupt):
            print(flush=True)
            raise

    def show(self, lines: list[Line]) -> None:
        """Print lines."""
        print("\n".join(str(line) for line in lines), flush=True)

    def width(self) -> int:
        """The terminal's columns, at most `WIDEST`."""
        return width_of(shutil.get_terminal_size().columns)

    def clear(self) -> None:
        """Nothing: what was printed stays."""
        print("Nothing is cleared here: this screen only ever adds lines.", flush=True)

    def copy(self, text: str) -> str:
        """Put `text` on the clipboard of the desktop."""
        return copied(text) or "There is no clipboard here: /save FILE keeps the conversation."


def is_dumb() -> bool:
    """Whether the terminal can't move its cursor."""
    return os.environ.get("TERM", "").lower() in ("dumb", "unknown")


def run_chat(  # noqa: PLR0913
    load: Callable[[], Bot], *, explain: bool = False, linear: bool = False, ascii: bool = False, vi: bool = False, history: str = "",
    source: Input | None = None, output: Output | None = None, keep: Callable[[Sequence[Turn]], None] | None = None,
) -> None:
    """Hold a conversation in the terminal until the user leaves. Raises SpinebotError for a broken bot folder.

    `linear`: nothing is drawn twice and marks are words, for screen readers. `ascii`: no other letters. `vi`: its keys.
    `history`: a file that keeps what is asked. `keep` is called with the turns so far after each one.
    """
    loading = Loading(load)
    vi = vi or os.environ.get("EDITING_MODE", "").lower() == "vi"
    screen: Screen
    if linear or (is_dumb() and source is None):
        check_history(history)
        loading.bot()
        screen = PlainScreen(Marks.spoken() if linear else Marks.ascii() if ascii else marks_for(sys.stdout.encoding), history, vi)
    else:
        from .window import Window

        screen = Window(loading, Marks.ascii() if ascii else None, history, vi, source, output)
    chat = Chat(loading, screen, explain=explain)
    chat.keep = keep or chat.keep
    hold(chat)
