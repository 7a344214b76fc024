"""Scripted conversations: what a user says, and what must hold of each reply. Read from `*.chat.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

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
    """Reads one file, and those that it includes, collecting every fault."""

    path: str
    faults: list[Fault] = field(default_factory=list)
    shared: dict[str, Node] = field(default_factory=dict)
    homes: dict[str, str] = field(default_factory=dict)

    def fault(self, line: int, message: str) -> None:
        self.faults.append(Fault(self.path, line, message))


def find_scripts(paths: Sequence[str]) -> list[Path]:
    """The scripts among paths: files as they are, folders with all below. Raises ScriptError for a path that isn't there."""
    found: list[Path] = []
    for name in paths:
        path = Path(name)
        if path.is_dir():
            found += sorted(below for below in path.rglob("*") if below.name.endswith(SUFFIXES))
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
        raise ScriptError(*reader.faults)
    return conversations


def _read_file(root: Node, reader: _Reader) -> Iterator[Conversation]:
    if root.value is None:
        return reader.fault(1, "is empty: begin with 'conversations:'")
    if not isinstance(root.value, dict):
        return reader.fault(root.line, "must be a mapping that begins with 'conversations:'")
    _known(root, tuple(FILE_KEYS), reader)
    _include(root, reader, (Path(reader.path).resolve(),))
    _share(root, reader)
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


def _share(root: Node, reader: _Reader) -> None:
    for name, node in (root.get("shared") or Node(None, 0)).items():
        if name in reader.shared and reader.homes[name] == reader.path:
            reader.fault(node.line, f"shared steps {name!r} stand here a second time")
        reader.shared[name], reader.homes[name] = node, reader.path


def _include(root: Node, reader: _Reader, open_files: tuple[Path, ...]) -> None:
    """Bring in the shared steps of other files."""
    included = root.get("include")
    if included is None:
        return
    nodes = included.sequence() or (included,)
    for node in nodes:
        if not isinstance(node.value, str):
            reader.fault(node.line, "'include' must name files")
            continue
        path = (Path(reader.path).parent / node.value).resolve()
        if path in open_files:
            reader.fault(node.line, f"includes {node.value!r}, which includes this file: nothing would ever end")
            continue
        inner = _Reader(str(path), shared=reader.shared, homes=reader.homes)
        try:
            other = parse_yaml(load_text(path), str(path))
        except SpinebotError as error:
            reader.faults += error.faults
            continue
        _include(other, inner, (*open_files, path))
        _share(other, inner)
        reader.faults += inner.faults


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
    rows = list(_rows(node, reader))
    for row in rows:
        taken = set(_BLANK.findall(name)) & set(row)
        called = _filled(name, row, node.line, reader) if taken or len(rows) == 1 else f"{name} [{', '.join(row.values())}]"
        yield Conversation(called, reader.path, node.line, tuple(_read_steps(steps, row, reader, ())), tags, skip, fails)
    return None


def _rows(node: Node, reader: _Reader) -> Iterator[Mapping[str, str]]:
    """The variables of each of the conversations that one stands for."""
    common = {}
    for name, value in (node.get("variables") or Node(None, 0)).items():
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


def _read_steps(steps: Node, row: Mapping[str, str], reader: _Reader, within: tuple[str, ...]) -> Iterator[Step]:
    for node in steps.sequence():
        if not isinstance(node.value, dict):
            reader.fault(node.line, "a step must be a mapping with 'user', or 'use'")
            continue
        if node.get("use") is not None:
            _known(node, tuple(USE_KEYS), reader)
            yield from _read_shared(node, row, reader, within)
            continue
        _known(node, tuple(STEP_KEYS), reader)
        said = node.get("user")
        if said is None:
            reader.fault(node.line, "a step needs 'user': what the user says")
            continue
        text = _filled(_scalar(said, "'user'", reader), row, said.line, reader)
        yield Step(text, tuple(_read_expectations(node.get("expect"), row, reader)), reader.path, said.line)


def _read_shared(node: Node, row: Mapping[str, str], reader: _Reader, within: tuple[str, ...]) -> Iterator[Step]:
    name = _text(node, "use", reader)
    shared = reader.shared.get(name)
    if shared is None:
        known = ", ".join(reader.shared) or "none"
        return reader.fault(node.line, f"no shared steps are named {name!r}: known are {known}")
    if name in within:
        return reader.fault(node.line, f"the shared steps {name!r} use themselves: nothing would ever end")
    home = _Reader(reader.homes[name], reader.faults, reader.shared, reader.homes)
    yield from _read_steps(shared, row, home, (*within, name))
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
            if isinstance(value.value, bool) or not isinstance(value.value, int):
                reader.fault(value.line, f"{key!r} must be a whole number")
            else:
                yield Expectation(key, value.value, value.line)
        elif kind:
            texts = _texts(value, key, reader) if kind != "text" else [_scalar(value, repr(key), reader)]
            wanted = tuple(_filled(text, row, value.line, reader) for text in texts)
            _check(key, kind, wanted, value.line, reader)
            yield Expectation(key, wanted, value.line)
    return None


def _check(key: str, kind: str, wanted: tuple[str, ...], line: int, reader: _Reader) -> None:
    """What can be known to be wrong before anything is played."""
    choices = {"kind": KINDS, "urgent": LEVELS}.get(key)
    for text in wanted:
        if choices and text not in choices:
            reader.fault(line, f"{key} {text!r} is none of {', '.join(choices)}")
        if kind == "patterns" and (found := _REGEX.fullmatch(text)):
            try:
                re.compile(found[1])
            except re.error as error:
                reader.fault(line, f"{text} is no regular expression: {error}")


def pattern_of(text: str) -> re.Pattern[str]:
    """What a text of `says` looks for in a reply: itself, with any blanks between its words, or a regular expression."""
    found = _REGEX.fullmatch(text)
    return re.compile(found[1] if found else r"\s+".join(map(re.escape, text.split())), re.IGNORECASE)


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


def _text(node: Node, key: str, reader: _Reader, *, required: bool = False) -> str:
    value = node.get(key)
    if value is None:
        if required:
            reader.fault(node.line, f"lacks {key!r}")
        return ""
    return _scalar(value, repr(key), reader)


def _scalar(node: Node, what: str, reader: _Reader) -> str:
    """A text; numbers and words that YAML takes for something else are read as they are."""
    if isinstance(node.value, str):
        return node.value
    if isinstance(node.value, bool):
        reader.fault(node.line, f"{what} is read as {str(node.value).lower()}: put it in quotes")
    elif isinstance(node.value, int | float):
        return str(node.value)
    else:
        reader.fault(node.line, f"{what} must be text")
    return ""


def _texts(node: Node | None, key: str, reader: _Reader) -> list[str]:
    """One text or a list of them."""
    if node is None:
        return []
    return [_scalar(item, repr(key), reader) for item in (node.sequence() or (node,))]
