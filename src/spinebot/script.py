"""Scripted conversations: what a user says, and what must hold of each reply. Read from `*.chat.yaml`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from .errors import Fault, ScriptError, SpinebotError
from .yamlfile import Node, load_text, parse_yaml

SUFFIXES = (".chat.yaml", ".chat.yml")
#: Key of `expect` → the kind of its value and what it says of a reply. Kinds: text, texts (one or a list; `/regex/` where it is said), number.
EXPECTATIONS: dict[str, tuple[str, str]] = {
    "kind": ("text", "the kind of the reply: answer, no_answer, urgent or chat"),
    "says": ("patterns", "what the reply's text holds, in any case: a text, /a regular expression/, or a list of them"),
    "says_not": ("patterns", "what it does not hold"),
    "cites": ("texts", "what it quotes: the id of a passage, or words of a quoted sentence"),
    "caveats": ("texts", "ids of caveats that it carries, others beside them"),
    "no_caveats": ("texts", "ids of caveats that it does not carry"),
    "urgent": ("text", "the level of its urgent advice: emergency, crisis, soon, or none"),
    "intent": ("text", "the intent that was taken"),
    "corrects": ("texts", "what misspelt words were read as"),
    "suggests": ("texts", "words of a suggestion"),
    "words_at_most": ("number", "how many words its text has at most"),
    "exactly": ("text", "its whole text, word for word"),
}
KINDS = ("answer", "no_answer", "urgent", "chat")
LEVELS = ("emergency", "crisis", "soon", "none")
#: The keys of a file, a conversation, a step and a step that stands for others, and what each is.
FILE_KEYS = {
    "conversations": "the conversations",
    "shared": "steps that several conversations use: name → steps",
    "include": "files whose shared steps can be used here too",
}
CONVERSATION_KEYS = {
    "name": "what it is called; no other in the file is",
    "tags": "words to choose it by",
    "steps": "what is said, and what must hold",
    "variables": "name → text; {name} in a step stands for the text",
    "table": "rows of variables: the conversation is held once for each",
    "skip": "why it is not held",
    "xfail": "why it is known to fail",
}
STEP_KEYS = {"user": "what the user says", "expect": "what must hold of the reply"}
USE_KEYS = {"use": "the name of shared steps that stand here"}
#: How many steps a conversation has at most, and how often shared steps and included files nest.
MOST_STEPS, DEEPEST = 10_000, 40
#: How long one regular expression may take on one reply, in seconds.
PATIENCE = 2.0
_BLANK = re.compile(r"\{(\w+)\}")
_REGEX = re.compile(r"/(.+)/", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Expectation:
    """One thing that must hold of a reply; `wanted` is a text, several, or a number."""

    key: str
    wanted: tuple[str, ...] | int
    line: int


@dataclass(frozen=True, slots=True)
class Step:
    """What the user says, on line `line` of `path`, and what must hold of the reply."""

    says: str
    expectations: tuple[Expectation, ...]
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Conversation:
    """One scripted conversation; `skip` and `fails` are the reasons why it is not played, or is known to fail."""

    name: str
    path: str
    line: int
    steps: tuple[Step, ...]
    tags: tuple[str, ...] = ()
    skip: str = ""
    fails: str = ""


@dataclass(slots=True)
class _Reader:
    """Reads one file, and those that it includes, collecting every fault.

    `shared` are steps by their name, each of the file in `homes`; `broken` those of them that can't be used, which was said.
    """

    path: str
    faults: list[Fault] = field(default_factory=list)
    shared: dict[str, Node] = field(default_factory=dict)
    homes: dict[str, str] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)

    def at(self, path: str) -> _Reader:
        """The same for another file."""
        return _Reader(path, self.faults, self.shared, self.homes, self.broken)

    def fault(self, line: int, message: str) -> None:
        self.faults.append(Fault(self.path, line, message))


def find_scripts(paths: Sequence[str]) -> list[Path]:
    """The scripts among paths: files as they are, folders with all below. Raises ScriptError for a path that isn't there."""
    found: list[Path] = []
    for name in paths:
        path = Path(name)
        if path.is_dir():
            found += sorted(below for below in path.rglob("*") if below.name.endswith(SUFFIXES) and below.is_file())
        elif path.exists():
            found.append(path)
        else:
            raise ScriptError(Fault(name, 0, "no such file or folder"))
    return list(dict.fromkeys(found))


def load_script(path: Path) -> list[Conversation]:
    """The conversations of a file, each row of a table one of its own. Raises ScriptError with every fault of it."""
    try:
        text = load_text(path)
    except SpinebotError as error:
        raise ScriptError(*error.faults) from None
    return parse_script(text, str(path))


def parse_script(text: str, path: str) -> list[Conversation]:
    """The conversations of a script's text. Raises ScriptError with every fault of it."""
    tab = next((number for number, line in enumerate(text.split("\n"), 1) if line.lstrip(" ").startswith("\t")), 0)
    if tab:
        raise ScriptError(Fault(path, tab, "begins with a tab: YAML is indented with blanks"))
    try:
        root = parse_yaml(text, path)
    except SpinebotError as error:
        raise ScriptError(*error.faults) from None
    reader = _Reader(path)
    conversations = list(_read_file(root, reader))
    if reader.faults:
        raise ScriptError(*dict.fromkeys(reader.faults))
    return conversations


def _read_file(root: Node, reader: _Reader) -> Iterator[Conversation]:
    if not _is_file(root, reader):
        return None
    _include(root, reader, [Path(reader.path).resolve()], set())
    _share(root, reader)
    _check_shared(reader)
    conversations = root.get("conversations")
    if conversations is None:
        if root.get("shared") is None:
            reader.fault(root.line, "lacks 'conversations'")
        return None
    if not conversations.sequence():
        return reader.fault(conversations.line, "'conversations' must be a list of conversations")
    names: dict[str, int] = {}
    for node in conversations.sequence():
        for conversation in _read_conversation(node, reader):
            if conversation.name in names:
                reader.fault(conversation.line, f"a second conversation is named {conversation.name!r}, as on line {names[conversation.name]}")
            names[conversation.name] = conversation.line
            yield conversation
    return None


def _is_file(root: Node, reader: _Reader) -> bool:
    """Whether this can be a script at all."""
    if root.value is None:
        reader.fault(1, "is empty: begin with 'conversations:'")
        return False
    if not isinstance(root.value, dict):
        reader.fault(root.line, "must be a mapping that begins with 'conversations:'")
        return False
    _known(root, tuple(FILE_KEYS), reader)
    return True


def _share(root: Node, reader: _Reader) -> None:
    for name, node in _entries(root, "shared", reader):
        if name in reader.shared and reader.homes[name] == reader.path:
            reader.fault(node.line, f"shared steps {name!r} stand here a second time")
        reader.shared[name], reader.homes[name] = node, reader.path


def _include(root: Node, reader: _Reader, open_files: list[Path], done: set[Path]) -> None:
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
            if _is_file(other, inner):
                _include(other, inner, [*open_files, path], done)
                _share(other, inner)


def _check_shared(reader: _Reader) -> None:
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
    for name in reader.shared:
        list(_read_steps(reader.shared[name], {}, reader.at(reader.homes[name])))


def _read_conversation(node: Node, reader: _Reader) -> Iterator[Conversation]:
    if not isinstance(node.value, dict):
        return reader.fault(node.line, "a conversation must be a mapping with 'name' and 'steps'")
    _known(node, tuple(CONVERSATION_KEYS), reader)
    name = _text(node, "name", reader, required=True)
    tags = tuple(_texts(node.get("tags"), "tags", reader))
    for tag in tags:
        if not tag.isidentifier():
            reader.fault(node.line, f"the tag {tag!r} is no name: write it with letters, digits and _")
    steps = node.get("steps")
    if steps is None or not steps.sequence():
        return reader.fault(node.line, f"conversation {name!r} has no steps: give it a list of them")
    skip, fails = _text(node, "skip", reader), _text(node, "xfail", reader)
    for key, why in (("skip", skip), ("xfail", fails)):
        value = node.get(key)
        if value is not None and isinstance(value.value, str) and not why.strip():
            reader.fault(value.line, f"{key!r} is empty: say why")
    rows = list(_rows(node, reader))
    for row in rows:
        taken = set(_BLANK.findall(name)) & set(row)
        called = _filled(name, row, node.line, reader) if taken or len(rows) == 1 else f"{name} [{', '.join(row.values())}]"
        read = tuple(islice(_read_steps(steps, row, reader), MOST_STEPS + 1))
        if len(read) > MOST_STEPS:
            reader.fault(steps.line, f"conversation {called!r} has more than {MOST_STEPS} steps")
        yield Conversation(called, reader.path, node.line, read, tags, skip, fails)
    return None


def _rows(node: Node, reader: _Reader) -> Iterator[Mapping[str, str]]:
    """The variables of each of the conversations that one stands for."""
    common = {}
    for name, value in _entries(node, "variables", reader):
        common[name] = _scalar(value, f"variable {name!r}", reader)
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
        yield {**common, **{name: _scalar(value, f"cell {name!r}", reader) for name, value in cells.items()}}
    return None


def _read_steps(steps: Node, row: Mapping[str, str], reader: _Reader) -> Iterator[Step]:
    for node in steps.sequence():
        if not isinstance(node.value, dict):
            reader.fault(node.line, "a step must be a mapping with 'user', or 'use'")
            continue
        if node.get("use") is not None:
            _known(node, tuple(USE_KEYS), reader)
            yield from _read_shared(node, row, reader)
            continue
        _known(node, tuple(STEP_KEYS), reader)
        said = node.get("user")
        if said is None:
            reader.fault(node.line, "a step needs 'user': what the user says")
            continue
        text = _filled(_scalar(said, "'user'", reader), row, said.line, reader)
        yield Step(text, tuple(_read_expectations(node.get("expect"), row, reader)), reader.path, said.line)


def _read_shared(node: Node, row: Mapping[str, str], reader: _Reader) -> Iterator[Step]:
    name = _text(node, "use", reader)
    shared = reader.shared.get(name)
    if shared is None:
        known = ", ".join(reader.shared) or "none"
        return reader.fault(node.line, f"no shared steps are named {name!r}: known are {known}")
    if name not in reader.broken:
        yield from _read_steps(shared, row, reader.at(reader.homes[name]))
    return None


def _read_expectations(node: Node | None, row: Mapping[str, str], reader: _Reader) -> Iterator[Expectation]:
    if node is None:
        return None
    if not isinstance(node.value, dict):
        return reader.fault(node.line, f"'expect' must be a mapping; its keys are {', '.join(EXPECTATIONS)}")
    _known(node, tuple(EXPECTATIONS), reader)
    for key, value in node.items():
        kind = EXPECTATIONS.get(key, ("", ""))[0]
        if kind == "number":
            if isinstance(value.value, bool) or not isinstance(value.value, int) or value.value < 0:
                reader.fault(value.line, f"{key!r} must be a whole number, such as 40")
            else:
                yield Expectation(key, value.value, value.line)
        elif kind:
            texts = _texts(value, key, reader) if kind != "text" else [_scalar(value, repr(key), reader)]
            wanted = tuple(_filled(text, row, value.line, reader) for text in texts)
            if not wanted or not all(text.strip() for text in wanted):
                reader.fault(value.line, f"{key!r} is empty: say what is expected, or leave it out")
            _check(key, kind, wanted, value.line, reader)
            yield Expectation(key, wanted, value.line)
    return None


def _check(key: str, kind: str, wanted: tuple[str, ...], line: int, reader: _Reader) -> None:
    """What can be known to be wrong before anything is played."""
    choices = {"kind": KINDS, "urgent": LEVELS}.get(key)
    for text in wanted:
        if choices and text not in choices:
            reader.fault(line, f"{key} {text!r} is none of {', '.join(choices)}")
        if kind == "patterns" and _REGEX.fullmatch(text):
            try:
                pattern_of(text)
            except ValueError as error:
                reader.fault(line, str(error))


class Pattern(NamedTuple):
    """What a text of `says` looks for in a reply."""

    find: Callable[[str], str | None]


def pattern_of(text: str) -> Pattern:
    """What a text of `says` looks for: itself, with any blanks between its words, or a regular expression; in any case.

    `find` gives what it found in a reply, None for nothing. An expression gives up with TimeoutError after `PATIENCE` seconds: one such
    as /(a+)+b/ takes longer than the world on a long reply. Raises ValueError for an expression that doesn't compile.
    """
    found = _REGEX.fullmatch(text)
    if not found:
        plain = re.compile(r"\s+".join(map(re.escape, text.split())), re.IGNORECASE)
        return Pattern(lambda reply: match[0] if (match := plain.search(reply)) else None)
    import regex

    try:
        sought = regex.compile(found[1], regex.IGNORECASE | regex.V0)
    except (regex.error, OverflowError, RecursionError, ValueError) as error:
        raise ValueError(f"{text} is no regular expression: {error}") from None
    return Pattern(lambda reply: match[0] if (match := sought.search(reply, timeout=PATIENCE)) else None)


def _known(node: Node, keys: Sequence[str], reader: _Reader) -> None:
    for key, value in node.items():
        if key not in keys:
            reader.fault(value.line, f"unknown key {key!r}: known here are {', '.join(keys)}")


def _filled(text: str, row: Mapping[str, str], line: int, reader: _Reader) -> str:
    """`text` with the variables in it replaced; braces around anything else stay."""
    for name in _BLANK.findall(text):
        if row and name not in row:
            reader.fault(line, f"there is no variable {name!r}: known are {', '.join(row)}")
    return _BLANK.sub(lambda found: row.get(found[1], found[0]), text) if row else text


def _entries(node: Node, key: str, reader: _Reader) -> Iterator[tuple[str, Node]]:
    """The entries of a mapping under a key, where there is one."""
    value = node.get(key)
    if value is not None and not isinstance(value.value, dict):
        return reader.fault(value.line, f"{key!r} must be a mapping: names, each with what it stands for")
    yield from value.items() if value is not None else ()
    return None


def _text(node: Node, key: str, reader: _Reader, *, required: bool = False) -> str:
    value = node.get(key)
    if required and (value is None or value.value in (None, "")):
        reader.fault(node.line, f"lacks {key!r}")
    if value is None:
        return ""
    return _scalar(value, repr(key), reader)


def _scalar(node: Node, what: str, reader: _Reader) -> str:
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


def _texts(node: Node | None, key: str, reader: _Reader) -> list[str]:
    """One text or a list of them."""
    if node is None:
        return []
    return [_scalar(item, repr(key), reader) for item in (node.sequence() if isinstance(node.value, tuple) else (node,))]
