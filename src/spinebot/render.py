"""A reply as lines of text: what it is made of, wrapped to a width, each part with a mark that needs no colour.

The text of a reply says everything in the order in which it should be read. Here its paragraphs are told apart again,
so that a terminal can set the quotes apart from the caveats.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from .conversation import Reply, Urgent

Role = Literal["urgent", "say", "quote", "item", "caveat", "source", "correction", "suggestion", "blank"]

#: What stands above urgent advice, by its level.
HEADINGS = {"emergency": "GET HELP NOW", "crisis": "PLEASE TALK TO SOMEONE NOW", "soon": "SEE A DOCTOR SOON"}
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

    @classmethod
    def ascii(cls) -> Marks:
        """The marks for terminals that can't show more."""
        return cls(quote=("  | ", "  | "), item=("  | - ", "  |   "))

    @classmethod
    def spoken(cls) -> Marks:
        """Words in the place of signs, for what is read out or read without any drawing."""
        return cls(("", ""), ("", ""), ("- ", "  "), ("Note: ", ""), ("", ""))

    def of(self, role: Role) -> tuple[str, str]:
        """The marks of a role, ("", "") for one that has none."""
        marks: tuple[str, str] = getattr(self, role, ("", ""))
        return marks


def blocks(reply: Reply) -> tuple[Block, ...]:
    """The parts of a reply's text in their order, and before and after them what the text leaves to the channel."""
    known: list[tuple[str, Role]] = [(caveat.text, "caveat") for caveat in reply.caveats]
    if reply.urgent:
        known.insert(0, (reply.urgent.text, "urgent"))
    known.sort(key=lambda pair: -len(pair[0]))
    parts: list[Block] = []
    rest = reply.text.strip()
    while rest:
        text, role = next(((text, role) for text, role in known if _begins(rest, text)), ("", "say"))
        if not text:
            text = rest.split("\n\n", 1)[0]
        parts += [Block(role, text)] if role != "say" else _told_apart(text, reply)
        rest = rest[len(text) :].strip()
    roles = {part.role for part in parts}
    if reply.corrections and "correction" not in roles:
        read = ", ".join(f"{correction.typed} as {correction.read}" for correction in reply.corrections)
        first = 1 if parts and parts[0].role == "urgent" else 0
        parts.insert(first, Block("correction", f"(Reading {read}.)"))
    if reply.quotes and "source" not in roles:
        parts.append(Block("source", f"From: {source_of(reply)}"))
    parts += [Block("suggestion", suggestion) for suggestion in reply.suggestions]
    return tuple(parts)


def source_of(reply: Reply) -> str:
    """Where the quotes stand: the article's title and the headings below it."""
    titles: dict[str, dict[str, None]] = {}
    for quote in reply.quotes:
        title, *below = quote.heading or (quote.article,)
        titles.setdefault(title, {}).update(dict.fromkeys(below[-1:]))
    return "; ".join(" > ".join([title, ", ".join(below)]) if below else title for title, below in titles.items())


def _begins(text: str, part: str) -> bool:
    return bool(part) and text.startswith(part) and text[len(part) :][:1] in ("", "\n")


def _told_apart(paragraph: str, reply: Reply) -> list[Block]:
    """A paragraph that is neither advice nor caveat: quotes (of a list, one an item), their source, or the bot's own words."""
    if paragraph == reply.answer or _is_quoted(paragraph, reply):
        lines = paragraph.split("\n")
        if len(lines) == 1:
            return [Block("quote", paragraph)]
        return [Block("quote" if line.rstrip().endswith(":") else "item", line) for line in lines if line.strip()]
    if any(quote.heading and quote.heading[0] in paragraph for quote in reply.quotes):
        return [Block("source", paragraph)]
    if reply.corrections and all(correction.read in paragraph for correction in reply.corrections) and "\n" not in paragraph:
        return [Block("correction", paragraph)]
    return [Block("say", paragraph)]


def _is_quoted(paragraph: str, reply: Reply) -> bool:
    rest = paragraph
    for quote in sorted(reply.quotes, key=lambda quote: -len(quote.text)):
        rest = rest.replace(quote.text, "")
    return rest != paragraph and not rest.strip(" \n-•")


def lay_out(reply: Reply, width: int, marks: Marks) -> list[Line]:
    """The lines of a reply, none wider than `width` columns, a blank one between parts of different kinds."""
    lines: list[Line] = []
    before: Role = "blank"
    number = 0
    for block in blocks(reply):
        apart = before != "blank" and (block.role != before or block.role in ("say", "urgent"))
        if apart and not (before == "quote" and block.role == "item"):
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
    """The reply as plain text wrapped to `width` columns; 0: its own text as it stands, a paragraph a line, for pipes."""
    if width <= 0:
        return visible(reply.text)
    return "\n".join(str(line) for line in lay_out(reply, width, marks or Marks()))


def wrap(text: str, width: int, first: int = 0, further: int = 0) -> list[str]:
    """`text` in lines broken between words, `first` and `further` columns left free for what stands before them.

    A word wider than a line is cut. The text's own line breaks stay.
    """
    lines: list[str] = []
    for paragraph in visible(text).split("\n"):
        line, used = "", 0
        for word in _pieces(paragraph.split(), max(2, width - max(first, further))):
            room = max(2, width - (further if lines else first))
            size = columns(word)
            if line and used + 1 + size > room:
                lines.append(line)
                line, used = word, size
            else:
                used += size + bool(line)
                line = f"{line} {word}" if line else word
        lines.append(line)
    return lines


def _pieces(words: Sequence[str], room: int) -> Iterator[str]:
    """The words, those wider than `room` in pieces that fit."""
    for word in words:
        while columns(word) > room:
            fits = 1
            while columns(word[: fits + 1]) <= room:
                fits += 1
            yield word[:fits]
            word = word[fits:]
        yield word


def columns(text: str) -> int:
    """How many columns a terminal gives `text`: two to East Asian wide letters and emoji, none to combining marks."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(mark) or unicodedata.category(mark) == "Cf" else 2 if unicodedata.east_asian_width(mark) in "WF" else 1 for mark in text)


def visible(text: str) -> str:
    """`text` with nothing in it that a terminal would obey: control characters, lone surrogates and direction marks become "?"."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(mark if mark == "\n" or _is_visible(mark) else " " if mark == "\t" else "?" for mark in text)


def _is_visible(mark: str) -> bool:
    return unicodedata.category(mark) not in ("Cc", "Cs") and mark not in _DIRECTION_MARKS
