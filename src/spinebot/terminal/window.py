"""The window of a chat: prompt-toolkit's prompt, with what it completes and suggests, its keys and its line of keys."""

from __future__ import annotations

import asyncio
import contextlib
import re
import signal
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..render import Line, Marks, Role, marks_for
from .chat import KEYS, PROMPT, Chat, width_of
from .clipboard import copied
from .history import STAND_IN, open_history
from .suspending import stop_and_go_on, suspend

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.application import Application
    from prompt_toolkit.buffer import Buffer
    from prompt_toolkit.input import Input
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
    from prompt_toolkit.output import Output

    from .loading import Loading

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


#: Signals that end the chat.
ENDING = tuple(getattr(signal, name) for name in ("SIGHUP", "SIGTERM") if hasattr(signal, name))
#: What stands for a long paste, or is left of it.
_PASTED = re.compile(re.escape(STAND_IN) + r" \d*[^\[\]]*\]?")


class Window:
    """A prompt-toolkit prompt."""

    keys: tuple[tuple[str, str], ...] = KEYS

    def __init__(self, loading: Loading, marks: Marks | None, history: str, vi: bool, source: Input | None = None, output: Output | None = None) -> None:
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
        self.history = history
        self.marks = marks or marks_for(self._output.encoding())
        self._session: PromptSession[str] = PromptSession(
            [("class:prompt", PROMPT)], style=self._style, input=self._input, output=self._output, history=open_history(history), key_bindings=self._keys(),
            reserve_space_for_menu=min(5, self._output.get_size().rows // 6),
            editing_mode=EditingMode.VI if vi else EditingMode.EMACS, prompt_continuation=" " * len(PROMPT),
            complete_while_typing=True, complete_in_thread=False,
        )
        self._session.default_buffer.on_text_changed += self._drop_broken

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
        return width_of(self._output.get_size().columns)

    def clear(self) -> None:
        """Empty the window."""
        self._output.erase_screen()
        self._output.cursor_goto(0, 0)
        self._output.flush()

    def copy(self, text: str) -> str:
        """Put `text` on the clipboard of the desktop, or ask the terminal to, which may be on another machine."""
        import base64

        if said := copied(text):
            return said
        self._output.write_raw(f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\x07")
        self._output.flush()
        return "Sent to your terminal's clipboard. Where nothing arrives, the terminal does not allow it: /save FILE keeps the conversation."

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """While a chat is held: what is typed between two prompts is not shown yet, and a signal to end gives the terminal back."""
        with self._quiet(), self._ended_by_signals():
            yield

    @contextlib.contextmanager
    def _quiet(self) -> Iterator[None]:
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
            with contextlib.suppress(termios.error):  # It may be gone.
                termios.tcsetattr(self._input.fileno(), termios.TCSANOW, before)

    @contextlib.contextmanager
    def _ended_by_signals(self) -> Iterator[None]:
        def end(number: int, _: object) -> None:
            app = self._session.app
            leaving = SystemExit(128 + number)
            if not app.is_running or app.loop is None:
                raise leaving
            app.loop.call_soon_threadsafe(lambda: app.is_done or app.exit(exception=leaving))

        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, end) for number in ENDING}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _toolbar(self, chat: Chat) -> str:
        """What is in hand and the keys, as much of it as the window is wide."""
        columns = self._output.get_size().columns
        state = "reading the article ..." if not self._loading.done else chat.topic
        mode = self._mode()
        parts = [part for part in (mode, state, "Tab: what to ask" if chat.offered else "", "/help", "Ctrl-D: leave") if part]
        between = "  |  " if self.marks == Marks.ascii() else "  ·  "
        while parts and len(between.join(parts)) + 1 > columns:
            parts.pop()
        return " " + between.join(parts)

    def _mode(self) -> str:
        """What Vi's keys do now, "" where they are Emacs'."""
        from prompt_toolkit.enums import EditingMode
        from prompt_toolkit.key_binding.vi_state import InputMode

        if self._session.editing_mode != EditingMode.VI:
            return ""
        return {InputMode.INSERT: "insert", InputMode.NAVIGATION: "normal"}.get(self._session.app.vi_state.input_mode, "vi")

    def _begin(self) -> None:
        """What runs beside the prompt: the loading of the bot, and an ear for signals."""
        app = self._session.app
        app.layout.focus(self._session.default_buffer)
        app.create_background_task(stop_and_go_on(app))
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
        from prompt_toolkit.filters import Condition, emacs_mode, has_completions, is_searching
        from prompt_toolkit.key_binding import KeyBindings
        from prompt_toolkit.keys import Keys
        from prompt_toolkit.search import stop_search

        keys = KeyBindings()
        is_empty = Condition(lambda: not self._session.default_buffer.text and self._session.default_buffer.complete_state is None)

        @keys.add("c-c")
        @keys.add("<sigint>")
        def _(event: KeyPressEvent) -> None:
            buffer = self._session.default_buffer
            if is_searching():
                stop_search()
            elif buffer.complete_state is not None and not buffer.text:
                buffer.cancel_completion()
            elif buffer.text:
                buffer.reset()
            else:
                event.app.exit(exception=KeyboardInterrupt)

        @keys.add("c-z")
        def _(event: KeyPressEvent) -> None:
            suspend(event.app)

        @keys.add("escape", filter=has_completions, eager=True)
        def _(event: KeyPressEvent) -> None:
            event.current_buffer.cancel_completion()

        @keys.add("down", filter=is_empty)
        def _(event: KeyPressEvent) -> None:
            buffer = event.current_buffer
            before = buffer.working_index
            buffer.history_forward()
            if buffer.working_index == before:
                buffer.start_completion(select_first=True)

        @keys.add("escape", "enter", filter=emacs_mode & ~is_searching)
        def _(event: KeyPressEvent) -> None:
            event.current_buffer.insert_text("\n")

        @keys.add(Keys.BracketedPaste, filter=~is_searching)
        def _(event: KeyPressEvent) -> None:
            text = event.data.replace("\r\n", "\n").replace("\r", "\n")
            if len(text) > LONG_PASTE:
                stand_in = f"{STAND_IN} {len(self._pasted) + 1}: {len(text):,} characters]"
                self._pasted[stand_in] = text
                text = stand_in
            event.current_buffer.insert_text(text)

        return keys

    def _drop_broken(self, buffer: Buffer) -> None:
        """What stands for a long paste goes as one piece: a part of it would be sent as words that nobody wrote."""
        from prompt_toolkit.document import Document

        text = buffer.text
        if STAND_IN not in text:
            return
        for found in reversed(list(_PASTED.finditer(text))):
            if found[0] not in self._pasted:
                text = text[: found.start()] + text[found.end() :]
        if text != buffer.text:
            buffer.document = Document(text, min(buffer.cursor_position, len(text)))


def _style_of(role: Role, *, mark: bool = False) -> str:
    if mark and role not in ("urgent", "say"):
        return "class:mark"
    return f"class:{role}" if role in STYLE else ""
