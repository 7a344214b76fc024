"""Scripts written as Botium's conversations, `*.convo.txt`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ..errors import Fault
from .botium import HOOKS, TAG
from .script import Conversation, Expectation


def to_convo(conversation: Conversation, notes: list[Fault]) -> str:
    """A conversation as Botium's text; what it can't check is added to `notes`."""

    def note(path: str, line: int, message: str) -> None:
        notes.append(Fault(path, line, message))

    for what, told in (("tags", ", ".join(conversation.tags)), ("skip", conversation.skip), ("xfail", conversation.fails)):
        if told:
            note(conversation.path, conversation.line, f"{what} ({told}) of {conversation.name!r} left out: a .convo.txt has none")
    lines = [" ".join(conversation.name.lstrip("#").split()), ""]
    for step in conversation.steps:
        said = step.says.strip()
        for line in said.split("\n"):
            if TAG.match(line) or line.split(" ")[0] in HOOKS:
                note(step.path, step.line, f"{line[:40]!r} means something else to Botium: say it in other words")
        lines += ["#me", said, "", "#bot"]
        for expectation in step.expectations:
            checks = list(_asserters(expectation))
            if not checks:
                note(step.path, expectation.line, f"{expectation.key} is left out: Botium hears what is said alone")
            lines += checks
        lines.append("")
    return "\n".join(lines)


def _asserters(expectation: Expectation) -> Iterator[str]:
    """The lines that check one expectation; none where Botium can't."""
    wanted = () if isinstance(expectation.wanted, int) else expectation.wanted
    match expectation.key:
        case "says":
            yield from _patterns("", "ALL", wanted)
        case "says_not":
            yield from _patterns("!", "ANY", wanted)
        case "suggests":
            yield f"BUTTONS {_joined(wanted)}"
        case "exactly":
            yield f"TEXT_EQUALS {_joined(wanted)}"
        case "cites" if all(" " in text.strip() for text in wanted):
            yield f"TEXT_CONTAINS_ALL_IC {_joined(wanted)}"


def _patterns(mark: str, many: str, wanted: Iterable[str]) -> Iterator[str]:
    every = list(wanted)
    plain = [text for text in every if not re.fullmatch("/.+/", text, re.DOTALL)]
    if plain:
        yield f"{mark}TEXT_CONTAINS_{many}_IC {_joined(plain)}"
    for text in every:
        if text not in plain:
            yield f"{mark}TEXT_REGEXP_{many}_IC {_joined([text[1:-1]])}"


def _joined(texts: Iterable[str]) -> str:
    return "|".join(" ".join(text.split()).replace("|", "\\|") for text in texts)
