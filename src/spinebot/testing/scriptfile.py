"""The file of a script: its nodes read with every fault, the files that it includes, the steps that its conversations share."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from ..errors import Fault, SpinebotError
from ..yamlfile import Node, load_text, parse_yaml

#: The keys of a file, and what each is.
FILE_KEYS = {
    "conversations": "the conversations",
    "shared": "steps that several conversations use: name → steps",
    "include": "files whose shared steps can be used here too",
}
#: How many steps a conversation has at most, and how often shared steps and included files nest.
MOST_STEPS, DEEPEST = 10_000, 40
#: A variable in a text.
BLANK = re.compile(r"\{(\w+)\}")


@dataclass(slots=True)
class Reader:
    """Reads one file, and those that it includes, collecting every fault.

    `shared` are steps by their name, each of the file in `homes`; `broken` those of them that can't be used, which was said.
    """

    path: str
    faults: list[Fault] = field(default_factory=list)
    shared: dict[str, Node] = field(default_factory=dict)
    homes: dict[str, str] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)

    def at(self, path: str) -> Reader:
        """The same for another file."""
        return Reader(path, self.faults, self.shared, self.homes, self.broken)

    def fault(self, line: int, message: str) -> None:
        """Something is wrong on a line of this file."""
        self.faults.append(Fault(self.path, line, message))


def is_script(root: Node, reader: Reader) -> bool:
    """Whether this can be a script at all."""
    if root.value is None:
        reader.fault(1, "is empty: begin with 'conversations:'")
        return False
    if not isinstance(root.value, dict):
        reader.fault(root.line, "must be a mapping that begins with 'conversations:'")
        return False
    check_keys(root, tuple(FILE_KEYS), reader)
    return True


def share(root: Node, reader: Reader) -> None:
    """Take the shared steps of a file."""
    for name, node in entries_of(root, "shared", reader):
        if name in reader.shared and reader.homes[name] == reader.path:
            reader.fault(node.line, f"shared steps {name!r} stand here a second time")
        reader.shared[name], reader.homes[name] = node, reader.path


def include(root: Node, reader: Reader, open_files: list[Path], done: set[Path]) -> None:
    """Bring in the shared steps of other files, each once."""
    included = root.get("include")
    if included is None:
        return
    for node in included.sequence() or (included,):
        if not isinstance(node.value, str):
            reader.fault(node.line, "'include' must name files")
            continue
        try:
            path = (Path(reader.path).parent / node.value).resolve()
        except (OSError, ValueError, RuntimeError) as error:
            reader.fault(node.line, f"{node.value!r} can't be a file: {error}")
            continue
        if path in open_files:
            reader.fault(node.line, f"includes {node.value!r}, which includes this file: nothing would ever end")
        elif len(open_files) > DEEPEST:
            reader.fault(node.line, "files that include files nest too deeply here")
        elif path not in done:
            done.add(path)
            inner = reader.at(str(path))
            try:
                other = parse_yaml(load_text(path), str(path))
            except SpinebotError as error:
                reader.fault(node.line, f"includes {node.value!r}, which can't be read")
                reader.faults += error.faults
                continue
            if is_script(other, inner):
                include(other, inner, [*open_files, path], done)
                share(other, inner)


def check_shared(reader: Reader) -> None:
    """Shared steps that use themselves, nest too deeply or stand for too many are said here and are `broken` from then on."""
    sizes: dict[str, tuple[int, int]] = {}

    def size_of(name: str, within: tuple[str, ...]) -> tuple[int, int]:
        """How many steps these stand for, and how deep they nest."""
        if name in sizes:
            return sizes[name]
        home, node = reader.at(reader.homes[name]), reader.shared[name]
        size = depth = 0
        if not node.sequence():
            home.fault(node.line, f"shared steps {name!r} must be a list of steps")
            reader.broken.add(name)
        for step in node.sequence():
            size += 1
            used = step.get("use")
            if used is None or used.value not in reader.shared:
                continue
            if used.value in (*within, name):
                home.fault(used.line, f"the shared steps {used.value!r} use themselves: nothing would ever end")
            elif len(within) < DEEPEST and (inner := size_of(str(used.value), (*within, name)))[1] < DEEPEST:
                size, depth = size + inner[0], max(depth, inner[1] + 1)
                if used.value not in reader.broken:
                    continue
            else:
                home.fault(used.line, f"shared steps that use shared steps nest too deeply here: more than {DEEPEST} times")
            reader.broken.add(name)
        if size > MOST_STEPS and name not in reader.broken:
            home.fault(node.line, f"shared steps {name!r} stand for more than {MOST_STEPS} steps")
            reader.broken.add(name)
        sizes[name] = size, depth
        return size, depth

    for name in list(reader.shared):
        size_of(name, ())


def check_keys(node: Node, keys: Sequence[str], reader: Reader) -> None:
    """Fault every key that is not among `keys`."""
    for key, value in node.items():
        if key not in keys:
            reader.fault(value.line, f"unknown key {key!r}: known here are {', '.join(keys)}")


def entries_of(node: Node, key: str, reader: Reader) -> Iterator[tuple[str, Node]]:
    """The entries of a mapping under a key, where there is one."""
    value = node.get(key)
    if value is not None and not isinstance(value.value, dict):
        return reader.fault(value.line, f"{key!r} must be a mapping: names, each with what it stands for")
    yield from value.items() if value is not None else ()
    return None


def text_of(node: Node, key: str, reader: Reader, *, required: bool = False) -> str:
    """The text under a key, "" where there is none."""
    value = node.get(key)
    if required and (value is None or value.value in (None, "")):
        reader.fault(node.line, f"lacks {key!r}")
    if value is None:
        return ""
    return scalar(value, repr(key), reader)


def scalar(node: Node, what: str, reader: Reader) -> str:
    """A text; numbers and words that YAML takes for something else are read as they are."""
    if isinstance(node.value, str):
        return node.value
    if isinstance(node.value, bool):
        reader.fault(node.line, f"{what} is read as {str(node.value).lower()}: put it in quotes")
    elif isinstance(node.value, int | float | date):
        return node.raw
    else:
        reader.fault(node.line, f"{what} must be text")
    return ""


def texts_of(node: Node | None, key: str, reader: Reader) -> list[str]:
    """One text or a list of them."""
    if node is None:
        return []
    return [scalar(item, repr(key), reader) for item in (node.sequence() if isinstance(node.value, tuple) else (node,))]


def rows_of(node: Node, reader: Reader) -> Iterator[Mapping[str, str]]:
    """The variables of each of the conversations that one stands for."""
    common = {}
    for name, value in entries_of(node, "variables", reader):
        common[name] = scalar(value, f"variable {name!r}", reader)
    table = node.get("table")
    if table is None:
        yield common
        return
    rows = table.sequence()
    if not rows:
        return reader.fault(table.line, "'table' must be a list of rows, such as - {question: ..., caveat: ...}")
    columns = dict(rows[0].items()).keys()
    for row in rows:
        cells = dict(row.items())
        if not cells or cells.keys() != columns:
            reader.fault(row.line, f"this row has {', '.join(cells) or 'no cells'}, the first one {', '.join(columns)}: all rows need the same")
            continue
        yield {**common, **{name: scalar(value, f"cell {name!r}", reader) for name, value in cells.items()}}
    return None


def filled(text: str, row: Mapping[str, str], line: int, reader: Reader) -> str:
    """`text` with the variables in it replaced; braces around anything else stay."""
    for name in BLANK.findall(text):
        if row and name not in row:
            reader.fault(line, f"there is no variable {name!r}: known are {', '.join(row)}")
    return BLANK.sub(lambda found: row.get(found[1], found[0]), text) if row else text
