"""YAML that remembers the line of everything it read, and YAML written for people to read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from .errors import Fault, SpinebotError

_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MAX_DEPTH = 40


@dataclass(frozen=True, slots=True)
class Node:
    """A YAML value with its line (from 1): `value` is str, int, float, bool, None, a date, a tuple of nodes, or a dict of nodes.

    `raw` is a number or a date as it was written.
    """

    value: object
    line: int
    raw: str = ""

    def items(self) -> Iterator[tuple[str, Node]]:
        """The entries of a mapping; nothing for any other value."""
        if isinstance(self.value, dict):
            yield from self.value.items()

    def sequence(self) -> tuple[Node, ...]:
        """The members of a sequence; nothing for any other value."""
        return self.value if isinstance(self.value, tuple) else ()

    def get(self, key: str) -> Node | None:
        """The entry `key` of a mapping, or None."""
        return self.value.get(key) if isinstance(self.value, dict) else None


def load_text(path: Path) -> str:
    """The text of a UTF-8 file.

    Raises SpinebotError (path, line) when it is missing, unreadable or not UTF-8.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise SpinebotError.at(path, 0, "no such file") from None
    except OSError as error:
        raise SpinebotError.at(path, 0, f"can't be read: {error.strerror}") from None
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SpinebotError.at(path, line, "is not UTF-8: save the file as UTF-8") from None


def parse_yaml(text: str, path: Path | str, first_line: int = 1) -> Node:
    """The document in `text`; `first_line` is the line of `path` on which `text` begins.

    Raises SpinebotError for a syntax fault, a duplicate key, an alias loop or more than one document.
    """
    offset = first_line
    faults: list[Fault] = []
    loader = None
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
        if root is None:
            return Node(None, first_line)
        node = _convert(loader, root, offset, str(path), faults, set(), 0)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise SpinebotError.at(path, (mark.line if mark else 0) + offset, f"is not YAML: {error.problem}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise SpinebotError.at(path, 0, f"is not YAML: {(str(error) or type(error).__name__).splitlines()[0]}") from None
    finally:
        if loader is not None:
            loader.dispose()
    if faults:
        raise SpinebotError(*faults)
    return node


def _convert(loader: yaml.SafeLoader, node: yaml.Node, offset: int, path: str, faults: list[Fault], seen: set[int], depth: int) -> Node:
    line = node.start_mark.line + offset
    if depth > _MAX_DEPTH:
        raise ValueError("nested too deeply")
    if id(node) in seen:
        faults.append(Fault(path, line, "stands for another part of the file (an alias, *): write it out"))
        return Node(None, line)
    seen.add(id(node))
    if isinstance(node, yaml.ScalarNode):
        if node.tag == "tag:yaml.org,2002:str":
            return Node(node.value, line + 1 if node.style in ("|", ">") else line)
        try:
            return Node(loader.construct_object(node), line, node.value)
        except (ValueError, TypeError, AttributeError, LookupError, OverflowError, yaml.YAMLError):
            faults.append(Fault(path, line, f"is not YAML: {node.value[:40]!r} looks like a number, a date or a tag, and is none: put it in quotes"))
            return Node(None, line)
    if isinstance(node, yaml.SequenceNode):
        return Node(tuple(_convert(loader, child, offset, path, faults, seen, depth + 1) for child in node.value), line)
    entries: dict[str, Node] = {}
    for key, child in node.value:
        name = str(key.value)
        if name in entries:
            faults.append(Fault(path, key.start_mark.line + offset, f"the key {name!r} stands here a second time"))
        converted = _convert(loader, child, offset, path, faults, seen, depth + 1)
        # A nested block is named by the line of its key: that is where an editor looks.
        entries[name] = converted if isinstance(child, yaml.ScalarNode) else Node(converted.value, key.start_mark.line + offset)
    return Node(entries, line)


class _Dumper(yaml.SafeDumper):
    """Writes for people: a text of several lines as it stands below a bar, a few words in brackets, items further in than their key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _as_it_stands(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text.strip() else None)


def _in_brackets(dumper: yaml.SafeDumper, items: list[object]) -> yaml.SequenceNode:
    few = all(isinstance(item, str) and "\n" not in item for item in items) and sum(len(str(item)) + 2 for item in items) < 80
    return dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=few)


_Dumper.add_representer(str, _as_it_stands)
_Dumper.add_representer(list, _in_brackets)


def dump_yaml(values: object) -> str:
    """`values` (str, int, bool, lists and dicts of them) as YAML, keys in their order."""
    text: str = yaml.dump(values, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
    return text
