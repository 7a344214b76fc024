"""The conversation in a terminal: a prompt, wrapped replies, slash commands."""

from __future__ import annotations

import asyncio
import difflib
import os
import shutil
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from .render import WIDEST, Line, Marks, Role, lay_out, lines_of, marks_for, visible

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.input import Input
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
    from prompt_toolkit.output import Output

    from .bot import Bot, Conversation
    from .conversation import Reply

PROMPT = "> "
WELCOME = "Ask in your own words; I answer by quoting. I am a program, not a doctor. /help shows the commands, Ctrl-D leaves."

#: Keys and what /help says of them.
KEYS = (("Ctrl-C", "clear the line"), ("Ctrl-D", "leave"), ("up, down", "what you asked before"))

#: Role of a line → class of prompt-toolkit's style. Marks say the same without colour.
STYLE: dict[str, str] = {
    "prompt": "bold",
    "urgent": "bold fg:ansired",
    "mark": "fg:ansicyan",
    "caveat": "italic",
    "source": "dim",
    "correction": "dim",
}


class Screen(Protocol):
    """Where a chat reads and writes: prompt-toolkit's window, or plain lines for a terminal without cursor control."""

    marks: Marks

    def ask(self) -> str:
        """The next message. Raises EOFError when the user leaves, KeyboardInterrupt for Ctrl-C with nothing to clear."""

    def show(self, lines: list[Line]) -> None:
        """Write lines."""

    def width(self) -> int:
        """The columns that a line may take."""


class Loading:
    """The bot, loaded on a thread of its own while the user reads and types."""

    def __init__(self, load: Callable[[], Bot]) -> None:
        self._load = load
        self._future: Future[Bot] = Future()
        self._started = False

    def start(self) -> None:
        """Begin; a second call does nothing."""
        if not self._started:
            self._started = True
            threading.Thread(target=self._run, name="load", daemon=True).start()

    def _run(self) -> None:
        try:
            self._future.set_result(self._load())
        except BaseException as error:
            self._future.set_exception(error)

    @property
    def done(self) -> bool:
        """Whether the bot is there, or known to be broken."""
        return self._future.done()

    @property
    def future(self) -> Future[Bot]:
        """The future that holds the bot."""
        return self._future

    def bot(self) -> Bot:
        """The bot, waited for. Raises SpinebotError for a broken folder."""
        self.start()
        return self._future.result()


class Chat:
    """One conversation on a screen."""

    def __init__(self, loading: Loading, screen: Screen, *, explain: bool = False) -> None:
        self.loading = loading
        self.screen = screen
        self.explain = explain
        self.leaving = False
        self._conversation: Conversation | None = None
        self._last: Reply | None = None
        self._started = 0

    def run(self) -> None:
        """Talk until the user leaves. Raises SpinebotError for a broken bot folder."""
        self.note(WELCOME)
        self.screen.show([Line("blank")])
        while not self.leaving:
            try:
                text = self.screen.ask()
                self.take(text)
            except KeyboardInterrupt:
                self.note("(Ctrl-D or /quit leaves.)")
            except EOFError:
                return

    def take(self, text: str) -> None:
        """One line of the user's: a command, the number of a suggestion, or a message."""
        line = text.strip()
        if line.startswith("/"):
            self._command(line)
        elif line:
            self._say(self._suggested(line) or text)

    def note(self, text: str) -> None:
        """Write a remark of the program itself."""
        self.screen.show(lines_of("correction", text, self.screen.width()))

    def new(self) -> None:
        """Begin a new conversation: nothing said so far is remembered."""
        self._conversation, self._last = None, None

    def _suggested(self, line: str) -> str:
        suggestions = self._last.suggestions if self._last else ()
        if not (line.isascii() and line.isdigit() and 1 <= int(line[:4]) <= len(suggestions)):
            return ""
        chosen = suggestions[int(line) - 1]
        self.screen.show(lines_of("say", chosen, self.screen.width(), (PROMPT, " " * len(PROMPT))))
        return chosen

    def _say(self, text: str) -> None:
        if not self.loading.done:
            self.note("One moment: still reading the article.")
        bot = self.loading.bot()
        if self._conversation is None:
            self._started += 1
            self._conversation = bot.conversation(str(self._started))
        before = self._conversation.dialogue
        reply = self._conversation.say(text)
        self._last = reply
        width = self.screen.width()
        lines = [Line("blank"), *lay_out(reply, width, self.screen.marks), Line("blank")]
        self.screen.show(lines)
        if self.explain:
            from .explain import explain, render_explanation

            why = render_explanation(explain(bot, text, before), width)
            self.screen.show([*(Line("source", "", visible(line)) for line in why.split("\n")), Line("blank")])

    def _command(self, line: str) -> None:
        name, _, rest = line.partition(" ")
        command = COMMANDS.get(name.lower())
        if command is not None:
            command.run(self, rest.strip())
            return
        close = difflib.get_close_matches(name.lower(), COMMANDS, n=1, cutoff=0.5)
        hint = f"did you mean {close[0]}?" if close else "/help shows the commands."
        self.note(f"There is no command {visible(name)[:40]}: {hint}")
        self.screen.show([Line("blank")])


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command and what /help says of it."""

    name: str
    help: str
    run: Callable[[Chat, str], None]


COMMANDS: dict[str, Command] = {}
_Run = Callable[[Chat, str], None]


def command(name: str, help_text: str) -> Callable[[_Run], _Run]:
    """Register a slash command beside its help."""

    def register(run: _Run) -> _Run:
        COMMANDS[name] = Command(name, help_text, run)
        return run

    return register


@command("/help", "show this")
def _help(chat: Chat, _: str) -> None:
    width = chat.screen.width()
    rows = [(known.name, known.help) for known in COMMANDS.values()] + list(KEYS)
    lines = [Line("blank")]
    for name, text in rows:
        lines += lines_of("say", text, width, (f"  {name:<10}", " " * 12))
    lines += [Line("blank"), *lines_of("say", "Say help to hear what I can answer. What you type is kept in memory only.", width), Line("blank")]
    chat.screen.show(lines)


@command("/new", "begin a new conversation")
def _new(chat: Chat, _: str) -> None:
    chat.new()
    chat.note("A new conversation.")
    chat.screen.show([Line("blank")])


@command("/quit", "leave")
def _quit(chat: Chat, _: str) -> None:
    chat.leaving = True


class PlainScreen:
    """Lines in, lines out, without cursor control: `TERM=dumb`."""

    def __init__(self, marks: Marks | None = None) -> None:
        self.marks = marks or marks_for(sys.stdout.encoding)

    def ask(self) -> str:
        """The next line."""
        return input(PROMPT)

    def show(self, lines: list[Line]) -> None:
        """Print lines."""
        print("\n".join(str(line) for line in lines), flush=True)

    def width(self) -> int:
        """The terminal's columns, at most `WIDEST`."""
        return _width(shutil.get_terminal_size().columns)


class Window:
    """A prompt-toolkit prompt."""

    def __init__(self, loading: Loading, source: Input | None = None, output: Output | None = None) -> None:
        from prompt_toolkit import PromptSession
        from prompt_toolkit.output import create_output
        from prompt_toolkit.styles import Style

        self._loading = loading
        self._output = output or create_output()
        self._style = Style.from_dict(STYLE)
        self._session: PromptSession[str] = PromptSession(
            [("class:prompt", PROMPT)], style=self._style, input=source, output=self._output, key_bindings=_keys(), enable_suspend=True
        )
        self.marks = marks_for(self._output.encoding())

    def ask(self) -> str:
        """The next line; a bot that turns out to be broken while the user types ends it. Raises SpinebotError."""
        return self._session.prompt(pre_run=self._watch)

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

    def _watch(self) -> None:
        """Load behind the prompt, and leave it when that fails."""
        if self._loading.done:
            return
        self._loading.start()
        app = self._session.app

        async def wait() -> None:
            future = asyncio.wrap_future(self._loading.future)
            try:
                await asyncio.shield(future)
            except asyncio.CancelledError:
                future.add_done_callback(lambda done: done.cancelled() or done.exception())
                raise
            except BaseException as error:
                if app.is_running:
                    app.exit(exception=error)

        app.create_background_task(wait())


def _keys() -> KeyBindings:
    from prompt_toolkit.key_binding import KeyBindings

    keys = KeyBindings()

    @keys.add("c-c")
    @keys.add("<sigint>")
    def _(event: KeyPressEvent) -> None:
        if event.current_buffer.text:
            event.current_buffer.reset()
        else:
            event.app.exit(exception=KeyboardInterrupt)

    return keys


def _style_of(role: Role, *, mark: bool = False) -> str:
    if mark and role not in ("urgent", "say"):
        return "class:mark"
    return f"class:{role}" if role in STYLE else ""


def _width(columns: int) -> int:
    return max(10, min(columns or 80, WIDEST))


def is_dumb() -> bool:
    """Whether the terminal can't move its cursor."""
    return os.environ.get("TERM", "").lower() in ("dumb", "unknown")


def run_chat(load: Callable[[], Bot], *, explain: bool = False, source: Input | None = None, output: Output | None = None) -> None:
    """Hold a conversation in the terminal until the user leaves. Raises SpinebotError for a broken bot folder."""
    loading = Loading(load)
    if is_dumb() and source is None:
        loading.bot()
        Chat(loading, PlainScreen(), explain=explain).run()
    else:
        Chat(loading, Window(loading, source, output), explain=explain).run()
