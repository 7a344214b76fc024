"""A reply as lines of text: what it is made of, wrapped to a width, each part with a mark that needs no colour.

The text of a reply says everything in the order in which it should be read, a line a paragraph. Here the paragraphs are
told apart again, so that a terminal can set the quotes apart from the caveats.
"""

from __future__ import annotations

import os
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from .conversation import Reply, Urgent

Role = Literal["urgent", "say", "quote", "item", "caveat", "source", "correction", "suggestion", "blank"]

#: What stands above urgent advice, by its level.
HEADINGS = {"emergency": "GET HELP NOW", "crisis": "PLEASE TALK TO SOMEONE NOW", "soon": "SEE A DOCTOR SOON"}
#: Lines longer than this are hard to read, however wide the window.
WIDEST = 100
#: Under this width marks and indents cost more than they tell.
NARROW = 16

_DIRECTION_MARKS = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph or list item of a reply, and what it is."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line for the screen: `mark` is what its role puts before it, on a paragraph's further lines the indent."""

    role: Role
    mark: str = ""
    text: str = ""

    def __str__(self) -> str:
        return (self.mark + self.text).rstrip()


@dataclass(frozen=True, slots=True)
class Marks:
    """What stands before the first and before the further lines of a block, by its role."""

    urgent: tuple[str, str] = ("!! ", "!! ")
    quote: tuple[str, str] = ("  │ ", "  │ ")
    item: tuple[str, str] = ("  │ • ", "  │   ")
    caveat: tuple[str, str] = ("  * ", "    ")
    source: tuple[str, str] = ("  ", "  ")
    #: What stands before the sentences around a quote, where its passage is shown.
    beside: tuple[str, str] = ("    ", "    ")

    @classmethod
    def ascii(cls) -> Marks:
        """The marks for terminals that can't show more."""
        return cls(quote=("  | ", "  | "), item=("  | - ", "  |   "))

    @classmethod
    def spoken(cls) -> Marks:
        """The marks as words, for who hears the lines."""
        return cls(("Warning: ", ""), ("The article says: ", ""), ("- ", ""), ("Note: ", ""), ("", ""), ("Beside it: ", ""))

    def of(self, role: Role) -> tuple[str, str]:
        """The marks of a role, ("", "") for one that has none."""
        marks: tuple[str, str] = getattr(self, role, ("", ""))
        return marks


def marks_for(encoding: str | None) -> Marks:
    """Line-drawing marks where the encoding of the output has them and the user's locale is not a plain one, else ASCII."""
    if os.environ.get("LC_ALL") in ("C", "POSIX"):
        return Marks.ascii()
    try:
        "│•".encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return Marks.ascii()
    return Marks()


def blocks(reply: Reply) -> tuple[Block, ...]:
    """The paragraphs of a reply's text, in their order, and its suggestions."""
    known: list[tuple[str, Role]] = [(caveat.text, "caveat") for caveat in reply.caveats]
    if reply.urgent:
        known.append((reply.urgent.text, "urgent"))
    known.sort(key=lambda pair: -len(pair[0]))
    parts: list[Block] = []
    rest = reply.text.strip()
    while rest:
        text, role = next(((text, role) for text, role in known if _begins(rest, text)), ("", "say"))
        if text:
            parts.append(Block(role, text))
        else:
            text = rest.split("\n", 1)[0]
            parts.append(_told_apart(text, reply, {part.role for part in parts}))
        rest = rest[len(text) :].strip()
    return (*parts, *(Block("suggestion", suggestion) for suggestion in reply.suggestions))


def _begins(text: str, part: str) -> bool:
    return bool(part) and text.startswith(part) and text[len(part) :][:1] in ("", "\n")


def _told_apart(line: str, reply: Reply, before: set[Role]) -> Block:
    """A line that is neither advice nor caveat: quotes, an item of a list, where they are from, or the bot's own words."""
    item = line.removeprefix("- ")
    if _is_quoted(item, reply):
        return Block("item" if item != line else "quote", item)
    if "caveat" in before and reply.quotes:
        return Block("source", line)
    if reply.corrections and not before & {"quote", "item", "say"} and all(correction.read in line for correction in reply.corrections):
        return Block("correction", line)
    return Block("say", line)


def _is_quoted(line: str, reply: Reply) -> bool:
    """Whether a line is made of quotes and nothing else."""
    rest = line
    for quote in sorted(reply.quotes, key=lambda quote: -len(quote.text)):
        rest = rest.replace(quote.text, "")
    return rest != line and not rest.strip()


def lay_out(reply: Reply, width: int, marks: Marks) -> list[Line]:
    """The lines of a reply, none wider than `width` columns, a blank one between parts of different kinds."""
    lines: list[Line] = []
    before: Role = "blank"
    number = 0
    for block in blocks(reply):
        if before not in ("blank", block.role):
            lines.append(Line("blank"))
        if block.role == "urgent" and reply.urgent:
            lines += lines_of("urgent", heading_of(reply.urgent), width, marks.urgent)
        if block.role == "suggestion":
            number += 1
            lines += lines_of("suggestion", block.text, width, (f"  {number}  ", "     "))
        else:
            lines += lines_of(block.role, block.text, width, marks.of(block.role))
        before = block.role
    return lines


def heading_of(urgent: Urgent) -> str:
    """What stands above urgent advice."""
    return HEADINGS.get(urgent.level, HEADINGS["emergency"])


def lines_of(role: Role, text: str, width: int, marks: tuple[str, str] = ("", "")) -> list[Line]:
    """One paragraph as lines of a role."""
    first, further = marks if width > NARROW else (marks[0].strip() + " " if marks[0].strip() else "", "")
    lines = wrap(text, width, columns(first), columns(further))
    return [Line(role, further if at else first, line) for at, line in enumerate(lines)]


def render(reply: Reply, width: int = 0, marks: Marks | None = None) -> str:
    """The reply as plain text wrapped to `width` columns; 0: its own text as it stands, a line a paragraph, for pipes."""
    if width <= 0:
        return visible(reply.text)
    return "\n".join(str(line) for line in lay_out(reply, width, marks or Marks()))


def wrap(text: str, width: int, first: int = 0, further: int = 0) -> list[str]:
    """`text` in lines broken between words, `first` and `further` columns left free for what stands before them.

    A word wider than a line is cut. The text's own line breaks stay.
    """
    lines: list[str] = []

    def room() -> int:
        return max(2, width - (further if lines else first))

    for paragraph in visible(text).split("\n"):
        line, used = "", 0
        for word in paragraph.split():
            size = columns(word)
            if line and used + 1 + size > room():
                lines.append(line)
                line, used = "", 0
            while not line and columns(word) > room():
                fits = _fitting(word, room())
                lines.append(word[:fits])
                word = word[fits:]
            used += columns(word) + bool(line)
            line = f"{line} {word}" if line else word
        lines.append(line)
    return lines


def _fitting(word: str, room: int) -> int:
    """How many letters of a word fit in `room` columns: at least one."""
    fits = 1
    while columns(word[: fits + 1]) <= room:
        fits += 1
    return fits


def columns(text: str) -> int:
    """How many columns a terminal gives `text`: two to East Asian wide letters and emoji, none to combining marks."""
    if text.isascii():
        return len(text)
    return sum(map(_columns_of, text))


def _columns_of(mark: str) -> int:
    if unicodedata.combining(mark) or unicodedata.category(mark) == "Cf":
        return 0
    return 2 if unicodedata.east_asian_width(mark) in "WF" else 1


def visible(text: str) -> str:
    """`text` with nothing in it that a terminal would obey: control characters, lone surrogates and direction marks become "?"."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(mark if mark == "\n" or _is_visible(mark) else " " if mark == "\t" else "?" for mark in text)


def _is_visible(mark: str) -> bool:
    return unicodedata.category(mark) not in ("Cc", "Cs") and mark not in _DIRECTION_MARKS
