"""What a line can become: slash commands and what they take, topics of the article, questions that were suggested or asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from prompt_toolkit.auto_suggest import AutoSuggest, AutoSuggestFromHistory, Suggestion
from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document

from .commands import COMMANDS, commands_like

if TYPE_CHECKING:
    from prompt_toolkit.buffer import Buffer

    from .chat import Chat

#: A topic is offered from this many of its letters on: fewer stand in too many words.
LETTERS = 3
#: Longer lines are no questions that anything could complete.
LONGEST = 200


class ChatCompleter(Completer):
    """Completes a line of a chat: in a menu, by Tab, or while it is typed."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat
        self._paths = PathCompleter(expanduser=True)

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        """What the text before the cursor can become; of an empty line only where the user asks."""
        text = document.text_before_cursor
        if len(text) > LONGEST or document.text_after_cursor.strip():
            return
        if text.startswith("/"):
            yield from self._of_command(text, complete_event)
        elif text.strip() or complete_event.completion_requested:
            yield from self._of_question(text)

    def _of_command(self, text: str, event: CompleteEvent) -> Iterator[Completion]:
        name, space, rest = text.partition(" ")
        if not space:
            for known in COMMANDS.values():
                if known.name.startswith(text.lower()):
                    yield Completion(known.name + " " * bool(known.takes), -len(text), display=known.name, display_meta=known.help)
        elif (meant := commands_like(name)) == ["/save"]:
            yield from self._paths.get_completions(Document(rest), event)
        elif meant == ["/topics"]:
            yield from _beginning(rest, self._chat.labels)
        elif meant == ["/copy"]:
            yield from _beginning(rest, ["all"])

    def _of_question(self, text: str) -> Iterator[Completion]:
        line = text.strip()
        for at, question in enumerate(self._chat.offered, 1):
            if question.casefold().startswith(line.casefold()) and question != line:
                yield Completion(question, -len(text), display_meta=f"{at}")
        yield from _topics(text, self._chat.labels)


def _beginning(typed: str, words: Iterable[str]) -> Iterator[Completion]:
    for word in words:
        if word.casefold().startswith(typed.casefold()):
            yield Completion(word, -len(typed))


def _topics(text: str, labels: Iterable[str]) -> Iterator[Completion]:
    """The topics that the last words of `text` may be the beginning of: "what is a herniated d" → "herniated disc"."""
    starts = [at for at in range(len(text)) if not text[at].isspace() and (at == 0 or not text[at - 1].isalnum())]
    for label in labels:
        for at in starts:
            typed = text[at:].casefold()
            if len(typed) >= LETTERS and label.casefold().startswith(typed) and label.casefold() != typed:
                yield Completion(label, -len(typed), display_meta="topic")
                break


class ChatSuggest(AutoSuggest):
    """The rest of the line in grey: what was asked before, was just suggested, or can be asked."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat
        self._history = AutoSuggestFromHistory()

    def get_suggestion(self, buffer: Buffer, document: Document) -> Suggestion | None:
        """The rest of one line that begins with `document`'s text."""
        text = document.text
        if not text.strip() or len(text) > LONGEST or "\n" in text:
            return None
        before = self._history.get_suggestion(buffer, document)
        if before is not None or text.startswith("/"):
            return before
        bot = self._chat.loading.loaded
        for question in (*self._chat.offered, *(answer.ask for answer in (bot.answers if bot else ()))):
            if len(text) >= LETTERS and question.casefold().startswith(text.casefold()):
                return Suggestion(question[len(text) :])
        return None
