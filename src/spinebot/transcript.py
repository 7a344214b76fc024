"""What was said in one conversation, kept in memory until its user saves it: as Markdown, as JSON, as a script."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from .render import Block, blocks, heading_of, visible
from .yamlfile import dump_yaml

if TYPE_CHECKING:
    from .article import Article
    from .conversation import Dialogue, Reply

#: The name and version that a saved transcript says of its own shape.
FORMAT = "spinebot-transcript/1"

_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~])")
#: What at the beginning of a line makes it a heading's underline, a list item or a numbered one.
_LINE_START = re.compile(r"^(\s*)([-+=]|\d+(?=[.)]))", re.MULTILINE)


class Turn(NamedTuple):
    """One message, the reply to it, and the dialogue before both."""

    text: str
    reply: Reply
    before: Dialogue


def to_markdown(turns: Iterable[Turn], name: str) -> str:
    """The conversation for people to read; `name` is the bot's."""
    lines = [f"# A conversation with {name}", "", f"*{name} is a program that quotes an article. It is no doctor.*", ""]
    for turn in turns:
        lines += ["**You:**", "", _escaped(turn.text), "", f"**{name}:**", ""]
        before = ""
        for block in blocks(turn.reply):
            if block.role == "suggestion":
                continue
            if before and not before == block.role in ("item", "caveat"):
                lines.append("")
            if block.role == "urgent" and turn.reply.urgent:
                lines += [f"**{heading_of(turn.reply.urgent)}**", ""]
            lines.append(_marked(block))
            before = block.role
        lines.append("")
    return "\n".join(lines)


def _marked(block: Block) -> str:
    text = _escaped(block.text)
    match block.role:
        case "quote":
            return "\n".join(f"> {line}" for line in text.split("\n"))
        case "item":
            return f"> - {text}"
        case "caveat":
            return f"- {text}"
        case "source" | "correction":
            return f"*{text}*"
        case _:
            return text


def _escaped(text: str) -> str:
    """`text` as Markdown that shows it as it is: whoever opens the file runs nothing that was typed."""
    return _LINE_START.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\1", visible(text)).replace("&", "&amp;")).strip()


def to_json(turns: Iterable[Turn], articles: Iterable[Article]) -> str:
    """The conversation with every reply whole, and the SHA-256 of each article's text, so that its quotes can be checked."""
    values = {
        "format": FORMAT,
        "articles": {article.id: hashlib.sha256(article.text.encode()).hexdigest() for article in articles},
        "messages": [{"user": turn.text, "reply": turn.reply.to_dict()} for turn in turns],
    }
    return json.dumps(values, indent=2) + "\n"


def to_script(turns: Iterable[Turn], name: str) -> str:
    """The conversation as a script: what must hold of each reply is what held."""
    return dump_yaml({"conversations": [scripted(turns, name)]})


def scripted(turns: Iterable[Turn], name: str, *, exactly: bool = False) -> dict[str, object]:
    """The conversation as it stands in a script under `conversations`; `exactly` holds replies to their whole text."""
    steps = []
    for turn in turns:
        expected = _expected(turn.reply)
        if exactly:
            expected["exactly"] = turn.reply.text
        steps.append({"user": turn.text.encode("utf-8", "replace").decode(), "expect": expected})
    return {"name": name, "steps": steps}


def _expected(reply: Reply) -> dict[str, object]:
    expected: dict[str, object] = {"kind": reply.kind, "intent": reply.intent}
    if reply.urgent:
        expected["urgent"] = reply.urgent.level
    if reply.quotes:
        expected["cites"] = list(dict.fromkeys(quote.passage for quote in reply.quotes))
    if reply.caveats:
        expected["caveats"] = [caveat.id for caveat in reply.caveats]
    if reply.corrections:
        expected["corrects"] = list(dict.fromkeys(correction.read for correction in reply.corrections))
    return expected
