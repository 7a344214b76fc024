"""One conversation on a screen: what is said, what can be taken up, and what is remembered of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ..render import WIDEST, Line, Marks, lay_out, lines_of, visible
from ..transcript import Turn

if TYPE_CHECKING:
    from ..bot import Bot, Conversation
    from .loading import Loading

PROMPT = "> "
#: Keys and what /help says of them.
KEYS = (
    ("Enter", "send; a pasted text of many lines is one message"),
    ("Tab", "complete, or choose from what is suggested"),
    ("1, 2, 3", "ask what is suggested under that number"),
    ("up, Ctrl-R", "bring back what you asked before"),
    ("right", "take over the grey text"),
    ("Ctrl-C", "clear the line"),
    ("Ctrl-L", "clear the screen"),
    ("Ctrl-D", "leave"),
)
_NUMBER = re.compile(r"#?([0-9]{1,2})[.)]?")
#: A text of more characters takes its time to read.
LONG = 100_000


class Screen(Protocol):
    """Where a chat reads and writes: a window with a prompt, or plain lines."""

    marks: Marks
    #: Keys and what /help says of them.
    keys: tuple[tuple[str, str], ...]
    #: The file that keeps what is asked, "" for memory only.
    history: str

    def held(self) -> AbstractContextManager[None]:
        """While a chat is held here: what is typed between two prompts is shown by the next, and the terminal is given back after."""

    def ask(self, chat: Chat) -> str:
        """The next message. Raises EOFError when the user leaves, KeyboardInterrupt for Ctrl-C with nothing to clear."""

    def show(self, lines: list[Line]) -> None:
        """Write lines."""

    def width(self) -> int:
        """The columns that a line may take."""

    def clear(self) -> None:
        """Empty the screen."""

    def copy(self, text: str) -> str:
        """Put `text` on the clipboard; what to tell the user."""


class Chat:
    """One conversation on a screen. `offered` can be taken by its numbers; `saved` are the files written from this chat."""

    def __init__(self, loading: Loading, screen: Screen, *, explain: bool = False) -> None:
        self.loading = loading
        self.screen = screen
        self.explain = explain
        self.leaving = False
        self.turns: list[Turn] = []
        self.offered: tuple[str, ...] = ()
        self.saved: set[Path] = set()
        #: Called with the turns so far after each one.
        self.keep: Callable[[Sequence[Turn]], None] = lambda _: None
        self._conversation: Conversation | None = None
        self._started = 0

    def say(self, typed: str) -> None:
        """A message, or the number of what was offered: show the reply. Raises SpinebotError for a broken bot folder."""
        text = self._taken(typed)
        if not text:
            return
        bot = self.bot()
        if self._conversation is None:
            self._started += 1
            self._conversation = bot.conversation(str(self._started))
        before = self._conversation.dialogue
        try:
            if len(text) > LONG:
                self.note("One moment: that is a long text. Ctrl-C gives it up.")
            reply = self._conversation.say(text)
        except KeyboardInterrupt:
            return self.note("Given up: that message has no reply.")
        self.turns.append(Turn(text, reply, before))
        self.offered = reply.suggestions
        self.show([Line("blank"), *lay_out(reply, self.screen.width(), self.screen.marks), Line("blank")])
        if self.explain:
            self.tell_why()
        try:
            self.keep(self.turns)
        except OSError as error:
            self.note(f"That turn was not kept: {error.strerror or error}.")

    def _taken(self, typed: str) -> str:
        """What was typed; under a number what is offered, shown as if it had been typed, and "" where nothing is."""
        number = _NUMBER.fullmatch(typed.strip()) if self.offered else None
        if number is None:
            return typed
        if not 1 <= int(number[1]) <= len(self.offered):
            self.note(f"There is no number {number[1]}: choose from 1 to {len(self.offered)}, or ask in words.")
            return ""
        chosen = self.offered[int(number[1]) - 1]
        self.show(lines_of("say", chosen, self.screen.width(), (PROMPT, " " * len(PROMPT))))
        return chosen

    def bot(self) -> Bot:
        """The bot; says so where it has to be waited for."""
        if not self.loading.done:
            self.note("One moment: still reading the article.")
        return self.loading.bot()

    def offer(self, questions: Sequence[str]) -> None:
        """Show questions that can be taken by their numbers."""
        self.offered = tuple(questions)
        width = self.screen.width()
        self.show([line for at, question in enumerate(self.offered, 1) for line in lines_of("suggestion", question, width, (f"{at:>3}  ", "     "))])

    def tell_why(self) -> None:
        """Show what was understood, found and decided for the last message."""
        from ..explain import explain, render_explanation

        turn = self.turns[-1]
        why = render_explanation(explain(self.bot(), turn.text, turn.before), self.screen.width())
        self.show([*(Line("source", "", visible(line)) for line in why.split("\n")), Line("blank")])

    def new(self) -> None:
        """Begin a new conversation: nothing said so far is remembered."""
        self._conversation = None
        self.turns, self.offered = [], ()

    def note(self, text: str) -> None:
        """Write a remark of the program itself."""
        self.show(lines_of("correction", text, self.screen.width()))

    def show(self, lines: list[Line]) -> None:
        """Write lines."""
        self.screen.show(lines)

    @property
    def topic(self) -> str:
        """What is talked about, "" before the first topic."""
        bot = self.loading.loaded
        topics = self._conversation.dialogue.topics if self._conversation else ()
        return ", ".join(bot.rules["topics"][name].text("label") for name in topics) if bot else ""

    @property
    def labels(self) -> dict[str, str]:
        """The topics that answers are about: label → id; none while the bot is loading."""
        bot = self.loading.loaded
        if bot is None:
            return {}
        answered = {topic for answer in bot.answers for topic in answer.about}
        return {rule.text("label"): name for name, rule in bot.rules["topics"].items() if name in answered}


def width_of(columns: int) -> int:
    """The columns that a line takes in a window of `columns`, 0 for one that doesn't say."""
    return max(10, min(columns or 80, WIDEST))
