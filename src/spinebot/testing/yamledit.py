"""Changes to the text of a YAML file that leave every other byte of it as it is: comments, order, quoting, indentation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import yaml

_BLOCK = ("|", ">")


class Scalar(NamedTuple):
    """A text in a file: under which key, on which line (as `yamlfile.Node` counts), its value, and where it stands."""

    key: str
    line: int
    value: str
    node: yaml.ScalarNode
    in_flow: bool


def scalars(text: str) -> list[Scalar]:
    """Every text of a mapping, in the file's order. The text must be YAML."""
    root = yaml.compose(text, yaml.SafeLoader)
    return [] if root is None else list(_walk(root, "", False))


def _walk(node: yaml.Node, key: str, in_flow: bool) -> Iterator[Scalar]:
    if isinstance(node, yaml.ScalarNode):
        line = node.start_mark.line + 1 + (node.style in _BLOCK)
        yield Scalar(key, line, node.value, node, in_flow)
    elif isinstance(node, yaml.MappingNode):
        for name, child in node.value:
            yield from _walk(child, str(name.value), in_flow or bool(node.flow_style))
    elif isinstance(node, yaml.SequenceNode):
        for child in node.value:
            yield from _walk(child, key, in_flow or bool(node.flow_style))


def replaced(text: str, changes: Mapping[int, str]) -> str:
    """`text` with the values of some of its scalars, by their place in `scalars(text)`, changed. Raises ValueError where that can't be done."""
    found = scalars(text)
    after = text
    for at in sorted(changes, reverse=True):
        after = _put(after, found[at], changes[at])
    want = [changes[at].strip() if at in changes else one.value for at, one in enumerate(found)]
    got = [one.value.strip() if at in changes else one.value for at, one in enumerate(scalars(after))]
    if want != got:
        raise ValueError("it would not be read as it was written")
    return after


def _put(text: str, scalar: Scalar, value: str) -> str:
    node, value = scalar.node, value.strip()
    start, end = node.start_mark.index, node.end_mark.index
    if node.style in _BLOCK and (block := _block(text[start:end], node.style, value)):
        return text[:start] + block + text[end:]
    if node.style in _BLOCK:
        rest = re.search(r"\s*\Z", text[start:end])
        return text[:start] + _quoted(value) + (rest[0] if rest else "") + text[end:]
    if "\n" not in value and node.style == "'":
        return text[:start] + "'" + value.replace("'", "''") + "'" + text[end:]
    if "\n" not in value and node.style is None:
        return text[:start] + _plain(value) + text[end:]
    if "\n" in value and node.style is None and not scalar.in_flow:
        indent = len(re.match(r"[ -]*", text[text.rfind("\n", 0, start) + 1 :])[0])  # type: ignore[index]
        lines = value.split("\n")
        if not any(line[:1].isspace() for line in lines):
            return text[:start] + "\n".join(["|", *(" " * (indent + 2) + line if line else "" for line in lines)]) + text[end:]
    return text[:start] + _quoted(value) + text[end:]


def _block(old: str, style: str, value: str) -> str:
    """A block scalar with its header and the blank lines after it as they were; "" where its indentation says more."""
    header, _, body = old.partition("\n")
    indent = re.match(r" *", body.lstrip("\n"))
    lines = value.split("\n")
    if re.search(r"\d", header.partition("#")[0]) or not indent or any(line[:1].isspace() for line in lines):
        return ""
    kept = re.search(r"\s*\Z", body)
    between = "\n" if style == "|" else "\n\n"
    return header + "\n" + between.join(indent[0] + line if line else "" for line in lines) + (kept[0] if kept else "")


def _plain(value: str) -> str:
    """A text in as few quotes as it can be in a list in brackets, which is as few as anywhere."""
    return str(yaml.safe_dump([value], default_flow_style=True, allow_unicode=True, width=float("inf")))[1:].rstrip("\n")[:-1]


def _quoted(value: str) -> str:
    return str(yaml.safe_dump(value, default_style='"', allow_unicode=True, width=float("inf"))).rstrip("\n")


def appended(text: str, key: str, item: str) -> str:
    """`text` with one more item at the end of the list `key` of its top mapping; `item` is YAML that begins with "- ".

    Raises ValueError where that list is no list with dashes.
    """
    root = yaml.compose(text, yaml.SafeLoader)
    if root is not None and (not isinstance(root, yaml.MappingNode) or root.flow_style):
        raise ValueError(f"begin the file with '{key}:'")
    found = next((child for name, child in (root.value if root else ()) if name.value == key), None)
    if found is None:
        return _ended(text) + f"{key}:\n{_indented(item, 2)}"
    if not isinstance(found, yaml.SequenceNode) or found.flow_style:
        raise ValueError(f"write '{key}' as a list with dashes, one below the other")
    at = found.end_mark.index
    if at < len(text):
        at = text.rfind("\n", 0, at) + 1
        # Blank lines and comments at the margin just above what comes next belong to that.
        while at and (line := text[text.rfind("\n", 0, at - 1) + 1 : at]) and (not line.strip() or line.startswith("#")):
            at -= len(line)
    return _ended(text[:at]) + _indented(item, found.start_mark.column) + text[at:]


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


def _indented(item: str, columns: int) -> str:
    return "".join(" " * columns + line if line.strip() else line for line in item.splitlines(keepends=True))
