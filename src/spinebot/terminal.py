"""The screens of a chat: a window with prompt-toolkit's prompt, and plain lines without any redraw."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from .chat import PROMPT, Chat
from .commands import is_command, run_command
from .errors import SpinebotError
from .loading import Loading
from .render import WIDEST, Line, Marks, Role, marks_for

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.application import Application
    from prompt_toolkit.history import History
    from prompt_toolkit.input import Input
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
    from prompt_toolkit.output import Output

    from .bot import Bot
    from .chat import Screen

WELCOME = "Ask in your own words; I answer by quoting. I am a program, not a doctor. /help shows the commands, Ctrl-D leaves."

#: Role of a line → class of prompt-toolkit's style: the terminal's own colours, which fit its background. Marks say the same without colour.
STYLE: dict[str, str] = {
    "prompt": "bold",
    "urgent": "bold fg:ansired",
    "mark": "fg:ansicyan",
    "caveat": "italic",
    "source": "dim",
    "correction": "dim",
    "bottom-toolbar": "noreverse dim",
    "auto-suggestion": "dim",
}
#: A longer paste is shown as a short note in the line: nobody reads it there, and drawing it anew at every key takes long.
LONG_PASTE = 2_000


def hold(chat: Chat) -> None:
    """Talk until the user leaves. Raises SpinebotError for a broken bot folder."""
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
    """Lines in, lines out, nothing drawn twice: for `TERM=dumb` and for screen readers, to which `marks` are spoken words."""

    def __init__(self, marks: Marks) -> None:
        self.marks = marks

    def ask(self, chat: Chat) -> str:
        """The next line."""
        return input(PROMPT)

    def show(self, lines: list[Line]) -> None:
        """Print lines."""
        print("\n".join(str(line) for line in lines), flush=True)

    def width(self) -> int:
        """The terminal's columns, at most `WIDEST`."""
        return _width(shutil.get_terminal_size().columns)

    def clear(self) -> None:
        """Nothing: what was printed stays."""
        print("Nothing is cleared here: this screen only ever adds lines.", flush=True)

    def copy(self, text: str) -> str:
        """Put `text` on the clipboard of the desktop."""
        return _copied(text) or "There is no clipboard here: /save FILE keeps the conversation."

    @contextlib.contextmanager
    def waiting(self) -> Iterator[None]:
        """The terminal itself keeps what is typed."""
        yield


class Window:
    """A prompt-toolkit prompt."""

    def __init__(self, loading: Loading, marks: Marks | None, history: History, vi: bool, source: Input | None = None, output: Output | None = None) -> None:
        from prompt_toolkit import PromptSession
        from prompt_toolkit.enums import EditingMode
        from prompt_toolkit.input import create_input
        from prompt_toolkit.output import create_output
        from prompt_toolkit.styles import Style

        self._loading = loading
        self._output = output or create_output()
        self._input = source or create_input()
        self._style = Style.from_dict(STYLE)
        self._pasted: dict[str, str] = {}
        self.marks = marks or marks_for(self._output.encoding())
        self._session: PromptSession[str] = PromptSession(
            [("class:prompt", PROMPT)], style=self._style, input=self._input, output=self._output, history=history, key_bindings=self._keys(),
            editing_mode=EditingMode.VI if vi else EditingMode.EMACS, prompt_continuation=" " * len(PROMPT), reserve_space_for_menu=5,
            complete_while_typing=True, complete_in_thread=False,
        )

    def ask(self, chat: Chat) -> str:
        """The next message; a bot that turns out to be broken while the user types ends it. Raises SpinebotError."""
        from .completion import ChatCompleter, ChatSuggest

        typed = self._session.prompt(
            pre_run=self._begin, completer=ChatCompleter(chat), auto_suggest=ChatSuggest(chat), bottom_toolbar=lambda: self._toolbar(chat)
        )
        for stand_in, text in self._pasted.items():
            typed = typed.replace(stand_in, text)
        return typed

    def show(self, lines: list[Line]) -> None:
        """Print lines in their styles."""
        from prompt_toolkit.formatted_text import FormattedText
        from prompt_toolkit.shortcuts import print_formatted_text

        fragments: list[tuple[str, str]] = []
        for line in lines:
            fragments += [(_style_of(line.role, mark=True), line.mark), (_style_of(line.role), line.text), ("", "\n")]
        print_formatted_text(FormattedText(fragments), style=self._style, output=self._output, end="")

    def width(self) -> int:
        """The window's columns, at most `WIDEST`."""
        return _width(self._output.get_size().columns)

    def clear(self) -> None:
        """Empty the window."""
        self._output.erase_screen()
        self._output.cursor_goto(0, 0)
        self._output.flush()

    def copy(self, text: str) -> str:
        """Put `text` on the clipboard of the desktop, or ask the terminal to, which may be on another machine."""
        import base64

        if said := _copied(text):
            return said
        self._output.write_raw(f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\x07")
        self._output.flush()
        return "Sent to your terminal's clipboard. Where nothing arrives, the terminal does not allow it: /save FILE keeps the conversation."

    @contextlib.contextmanager
    def waiting(self) -> Iterator[None]:
        """What is typed meanwhile is not shown yet: the next prompt reads it. Ctrl-C still interrupts."""
        try:
            import termios

            before = termios.tcgetattr(self._input.fileno())
        except (ImportError, OSError, termios.error):
            yield
            return
        quiet = [*before]
        quiet[0] &= ~termios.ICRNL
        quiet[3] = quiet[3] & ~(termios.ECHO | termios.ICANON) | termios.NOFLSH
        termios.tcsetattr(self._input.fileno(), termios.TCSANOW, quiet)
        try:
            yield
        finally:
            termios.tcsetattr(self._input.fileno(), termios.TCSANOW, before)

    def _toolbar(self, chat: Chat) -> str:
        """What is in hand and the keys, as much of it as the window is wide."""
        columns = self._output.get_size().columns
        state = "reading the article ..." if not self._loading.done else chat.topic
        mode = "vi" if self._is_vi() else ""
        parts = [part for part in (mode, state, "Tab: what to ask" if chat.offered else "", "/help", "Ctrl-D: leave") if part]
        while parts and len(_SEPARATOR.join(parts)) + 1 > columns:
            parts.pop()
        return " " + _SEPARATOR.join(parts)

    def _is_vi(self) -> bool:
        from prompt_toolkit.enums import EditingMode

        return self._session.editing_mode == EditingMode.VI

    def _begin(self) -> None:
        """What runs beside the prompt: the loading of the bot, and an ear for signals."""
        app = self._session.app
        app.create_background_task(_obey_signals(app))
        if not self._loading.done:
            self._loading.start()
            app.create_background_task(self._watch(app))

    async def _watch(self, app: Application[str]) -> None:
        """Leave the prompt where the bot turns out to be broken."""
        future = asyncio.wrap_future(self._loading.future)
        try:
            await asyncio.shield(future)
            app.invalidate()
        except asyncio.CancelledError:
            future.add_done_callback(lambda done: done.cancelled() or done.exception())
            raise
        except BaseException as error:
            if app.is_running:
                app.exit(exception=error)

    def _keys(self) -> KeyBindings:
        from prompt_toolkit.filters import Condition
        from prompt_toolkit.key_binding import KeyBindings
        from prompt_toolkit.keys import Keys

        keys = KeyBindings()

        @Condition
        def is_empty() -> bool:
            buffer = self._session.default_buffer
            return not buffer.text and buffer.complete_state is None

        @keys.add("c-c")
        @keys.add("<sigint>")
        def _(event: KeyPressEvent) -> None:
            if event.current_buffer.text:
                event.current_buffer.reset()
            else:
                event.app.exit(exception=KeyboardInterrupt)

        @keys.add("c-z")
        def _(event: KeyPressEvent) -> None:
            _suspend(event.app)

        @keys.add("down", filter=is_empty)
        def _(event: KeyPressEvent) -> None:
            buffer = event.current_buffer
            before = buffer.working_index
            buffer.history_forward()
            if buffer.working_index == before:
                buffer.start_completion(select_first=True)

        @keys.add("escape", "enter")
        def _(event: KeyPressEvent) -> None:
            event.current_buffer.insert_text("\n")

        @keys.add(Keys.BracketedPaste)
        def _(event: KeyPressEvent) -> None:
            text = event.data.replace("\r\n", "\n").replace("\r", "\n")
            if len(text) > LONG_PASTE:
                stand_in = f"[pasted text {len(self._pasted) + 1}: {len(text):,} characters]"
                self._pasted[stand_in] = text
                text = stand_in
            event.current_buffer.insert_text(text)

        return keys


_SEPARATOR = "  ·  "


async def _obey_signals(app: Application[str]) -> None:
    """While the prompt is there: a hang-up or a request to end leaves it, a stop from outside gives the terminal back first."""
    loop = asyncio.get_running_loop()
    answers: dict[str, Callable[[], object]] = {
        "SIGHUP": lambda: app.exit(exception=EOFError), "SIGTERM": lambda: app.exit(exception=EOFError), "SIGTSTP": lambda: _suspend(app),
    }
    known = {getattr(signal, name): answer for name, answer in answers.items() if hasattr(signal, name)}
    try:
        for number, answer in known.items():
            loop.add_signal_handler(number, answer)
        await asyncio.Event().wait()
    except (NotImplementedError, RuntimeError, ValueError):
        return  # Windows, or not the main thread.
    finally:
        for number in known:
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                loop.remove_signal_handler(number)


def _suspend(app: Application[str]) -> None:
    """Give the terminal back and stop, with all of the job; draw the prompt anew when it goes on."""
    from prompt_toolkit.application import run_in_terminal

    if not hasattr(signal, "SIGTSTP"):
        return
    loop = asyncio.get_running_loop()

    def stop() -> None:
        loop.remove_signal_handler(signal.SIGTSTP)
        os.kill(0, signal.SIGTSTP)
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(signal.SIGTSTP, lambda: _suspend(app))

    run_in_terminal(stop)


def _copied(text: str) -> str:
    """What to say where the desktop took `text`, else ""."""
    import pyperclip

    try:
        pyperclip.copy(text)
    except (pyperclip.PyperclipException, OSError):
        return ""
    return "Copied."


def _style_of(role: Role, *, mark: bool = False) -> str:
    if mark and role not in ("urgent", "say"):
        return "class:mark"
    return f"class:{role}" if role in STYLE else ""


def _width(columns: int) -> int:
    return max(10, min(columns or 80, WIDEST))


def is_dumb() -> bool:
    """Whether the terminal can't move its cursor."""
    return os.environ.get("TERM", "").lower() in ("dumb", "unknown")


def _history(file: str) -> History:
    """What was asked before: in memory, or in a file where its user wants that. Raises SpinebotError for one that can't be used."""
    from prompt_toolkit.history import FileHistory, InMemoryHistory

    if not file:
        return InMemoryHistory()
    path = Path(file).expanduser()
    try:
        if path.exists() and not path.is_file():
            raise SpinebotError.at(path, 0, "can't be the history: it is no file")
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600))
    except OSError as error:
        raise SpinebotError.at(path, 0, f"can't be the history: {error.strerror}") from None

    class Kept(FileHistory):
        def store_string(self, string: str) -> None:
            with contextlib.suppress(OSError):  # A full disk: the chat goes on, and remembers in memory.
                super().store_string(string)

    return Kept(str(path))


def run_chat(
    load: Callable[[], Bot], *, explain: bool = False, linear: bool = False, ascii: bool = False, vi: bool = False, history: str = "",
    source: Input | None = None, output: Output | None = None,
) -> None:
    """Hold a conversation in the terminal until the user leaves. Raises SpinebotError for a broken bot folder.

    `linear`: nothing is drawn twice and marks are words, for screen readers. `ascii`: no other letters. `vi`: its keys.
    `history`: a file that keeps what is asked.
    """
    loading = Loading(load)
    screen: Screen
    if linear or (is_dumb() and source is None):
        loading.bot()
        screen = PlainScreen(Marks.spoken() if linear else Marks.ascii() if ascii else marks_for(sys.stdout.encoding))
    else:
        vi = vi or os.environ.get("EDITING_MODE", "").lower() == "vi"
        screen = Window(loading, Marks.ascii() if ascii else None, _history(history), vi, source, output)
    hold(Chat(loading, screen, explain=explain))
