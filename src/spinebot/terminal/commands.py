"""The slash commands of a chat, each registered beside what /help says of it."""

from __future__ import annotations

import difflib
import os
import stat
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..render import Line, lines_of, visible
from ..transcript import to_json, to_markdown, to_script
from .chat import Chat

#: Whole lines that mean a command: what people type into other programs.
SYNONYMS = {"?": "/help", "exit": "/quit", "quit": "/quit", "/exit": "/quit", ":q": "/quit", ":wq": "/quit", "q": "/quit", "clear": "/clear"}


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command: what it takes and what /help says of it."""

    name: str
    takes: str
    help: str
    run: Callable[[Chat, str], None]


COMMANDS: dict[str, Command] = {}
_Run = Callable[[Chat, str], None]


def command(name: str, help_text: str, takes: str = "") -> Callable[[_Run], _Run]:
    """Register a slash command beside its help."""

    def register(run: _Run) -> _Run:
        COMMANDS[name] = Command(name, takes, help_text, run)
        return run

    return register


def is_command(line: str) -> bool:
    """Whether a line is for the program and not a message; what has more lines than one was pasted, and is said."""
    return "\n" not in line and (line.startswith("/") or line.lower() in SYNONYMS)


def commands_like(name: str) -> list[str]:
    """The commands that a name or the beginning of one can stand for."""
    name = name.lower()
    return [name] if name in COMMANDS else [known for known in COMMANDS if known.startswith(name)]


def run_command(chat: Chat, line: str) -> None:
    """Do what a line says, or say which command may be meant. The beginning of a name that no other has is enough."""
    line = SYNONYMS.get(line.lower(), line)
    name, rest = (*line.split(None, 1), "")[:2]
    meant = commands_like(name)
    if len(meant) == 1:
        known = COMMANDS[meant[0]]
        if rest and not known.takes:
            return _tell(chat, f"{known.name} takes nothing after its name: {known.name} alone is to {known.help}.")
        return known.run(chat, rest.strip())
    close = meant or difflib.get_close_matches(name.lower(), COMMANDS, n=1, cutoff=0.6)
    hint = f"did you mean {' or '.join(close)}?" if 0 < len(close) < 4 else "/help shows the commands."
    _tell(chat, f"There is no command {visible(name)[:40]}: {hint}")


def _tell(chat: Chat, text: str) -> None:
    chat.note(text)
    chat.show([Line("blank")])


@command("/help", "see this")
def _help(chat: Chat, _: str) -> None:
    width = chat.screen.width()
    rows = [(f"{known.name} {known.takes}".strip(), known.help) for known in COMMANDS.values()] + [("", ""), *chat.screen.keys]
    room = max(len(name) for name, _ in rows) + 2
    lines = [Line("blank")]
    for name, text in rows:
        lines += lines_of("say", text, width, (f"  {name:<{room}}", " " * (room + 2))) if name else [Line("blank")]
    kept = f"What you type is kept in {visible(chat.screen.history)}." if chat.screen.history else "What you type is kept in memory only."
    lines += [Line("blank"), *lines_of("say", f"Say help to hear what I can answer. {kept}", width), Line("blank")]
    chat.show(lines)


@command("/topics", "see what the article covers; with a topic, what to ask about it", "[TOPIC]")
def _topics(chat: Chat, topic: str) -> None:
    bot = chat.bot()
    labels = chat.labels
    if not topic:
        lines = [line for label in labels for line in lines_of("item", label, chat.screen.width(), ("  - ", "    "))]
        chat.show([Line("blank"), *lines, Line("blank")])
        return _tell(chat, "/topics and one of these shows what you can ask about it.")
    wanted = topic.casefold()
    near = [label for label in labels if label.casefold() == wanted] or [label for label in labels if wanted in label.casefold()]
    near = near or difflib.get_close_matches(wanted, labels, n=1, cutoff=0.6)
    if len(near) > 1:
        return _tell(chat, f"Which of them: {', '.join(near)}?")
    if not near:
        return _tell(chat, f"The article has no topic {visible(topic)[:40]!r}: /topics lists those that it has.")
    chat.note(f"On {near[0]} you can ask, by number:")
    chat.offer([answer.ask for answer in bot.answers if labels[near[0]] in answer.about])
    chat.show([Line("blank")])


@command("/sources", "see the last quotes in the passage that they are from")
def _sources(chat: Chat, _: str) -> None:
    quotes = chat.turns[-1].reply.quotes if chat.turns else ()
    if not quotes:
        return _tell(chat, "There is nothing quoted to show the source of." if not chat.turns else "The last reply quotes nothing.")
    bot, width = chat.bot(), chat.screen.width()
    quoted = {(quote.article, quote.start) for quote in quotes}
    lines: list[Line] = []
    for article in bot.corpus.articles:
        for passage in article.passages:
            if quoted.isdisjoint((article.id, sentence.start) for sentence in passage.sentences):
                continue
            lines += [Line("blank"), *lines_of("source", " > ".join(passage.headings or (article.title,)), width)]
            for sentence in passage.sentences:
                if (article.id, sentence.start) in quoted:
                    lines += lines_of("quote", sentence.text, width, chat.screen.marks.quote)
                else:
                    lines += lines_of("say", sentence.text, width, chat.screen.marks.beside)
    named = {quote.article for quote in quotes}
    lines += [Line("blank")]
    for article in bot.corpus.articles:
        if article.id in named:
            lines += lines_of("source", article.source, width)
    chat.show([*lines, Line("blank")])


@command("/why", "see why the last reply is as it is")
def _why(chat: Chat, _: str) -> None:
    if not chat.turns:
        return _tell(chat, "Nothing was said yet.")
    chat.show([Line("blank")])
    chat.tell_why()


@command("/more", "hear more on the same")
def _more(chat: Chat, _: str) -> None:
    if not chat.turns:
        return _tell(chat, "Nothing was said yet.")
    chat.say("Tell me more")


@command("/save", "keep the conversation: .md, .json, or .chat.yaml as a test", "FILE")
def _save(chat: Chat, name: str) -> None:
    if not chat.turns:
        return _tell(chat, "Nothing was said yet: there is nothing to save.")
    if name[:1] == name[-1:] and name[:1] in ("'", '"'):
        name = name[1:-1]
    path = Path(os.path.expandvars(os.path.expanduser(name)))
    if not path.name.strip(".") or path.name.startswith((".md", ".json", ".chat", "-")):
        return _tell(chat, "Where to? For example /save chat.md, /save chat.json or /save chat.chat.yaml")
    suffix = "".join(path.suffixes[-2:]) if path.name.lower().endswith((".chat.yaml", ".chat.yml")) else path.suffix
    match suffix.lower():
        case ".chat.yaml" | ".chat.yml":
            text = to_script(chat.turns, path.name.removesuffix(suffix))
        case ".json":
            text = to_json(chat.turns, chat.bot().corpus.articles)
        case ".md" | ".markdown" | ".txt" | "":
            text = to_markdown(chat.turns, chat.bot().rules["bot"]["bot"].text("name"))
        case ".yaml" | ".yml":
            return _tell(chat, f"A conversation as a test ends in .chat.yaml: /save {visible(path.stem)}.chat.yaml")
        case other:
            return _tell(chat, f"I can't write {visible(other)}: end the name in .md, .json or .chat.yaml")
    try:
        _write(path, text, chat.saved)
    except FileExistsError:
        return _tell(chat, f"{visible(str(path))} is there already, and not from this chat: choose another name.")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        return _tell(chat, f"{visible(str(path))} was not written: {why}. The conversation is still here: try another place.")
    chat.saved.add(path.absolute())
    _tell(chat, f"Saved as {visible(str(path))}.")


def _write(path: Path, text: str, own: set[Path]) -> None:
    """Write a file of the user's alone, whole or not at all. Raises FileExistsError for one that isn't ours, OSError."""
    try:
        is_file = stat.S_ISREG(path.stat().st_mode)
    except FileNotFoundError:
        is_file = True
    else:
        if is_file and path.absolute() not in own:
            raise FileExistsError
    if not is_file:
        path.write_text(text, encoding="utf-8")
        return
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


@command("/copy", "put the last reply, or all of the conversation, on the clipboard", "[all]")
def _copy(chat: Chat, what: str) -> None:
    if not chat.turns:
        return _tell(chat, "Nothing was said yet: there is nothing to copy.")
    if what.lower() not in ("", "all"):
        return _tell(chat, "/copy takes the last reply, /copy all the whole conversation.")
    whole = bool(what)
    text = to_markdown(chat.turns, chat.bot().rules["bot"]["bot"].text("name")) if whole else chat.turns[-1].reply.text
    _tell(chat, chat.screen.copy(visible(text)))


@command("/new", "begin a new conversation")
def _new(chat: Chat, _: str) -> None:
    chat.new()
    _tell(chat, "A new conversation.")


@command("/clear", "empty the screen; the conversation goes on")
def _clear(chat: Chat, _: str) -> None:
    chat.screen.clear()


@command("/quit", "leave")
def _quit(chat: Chat, _: str) -> None:
    chat.leaving = True
