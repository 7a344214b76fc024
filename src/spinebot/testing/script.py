"""Scripted conversations: what a user says, and what must hold of each reply. Read from `*.chat.yaml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ..errors import Fault, ScriptError, SpinebotError
from ..yamlfile import Node, load_text, parse_yaml
from .patterns import pattern_of
from .scriptfile import BLANK, MOST_STEPS, Reader, check_keys, check_shared, filled, include, is_script, rows_of, scalar, share, text_of, texts_of

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
#: The keys of a conversation, a step and a step that stands for others, and what each is; those of a file are `FILE_KEYS`.
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
    reader = Reader(path)
    conversations = list(_read_file(root, reader))
    if reader.faults:
        raise ScriptError(*dict.fromkeys(reader.faults))
    return conversations


def _read_file(root: Node, reader: Reader) -> Iterator[Conversation]:
    if not is_script(root, reader):
        return None
    include(root, reader, [Path(reader.path).resolve()], set())
    share(root, reader)
    check_shared(reader)
    for name, shared in reader.shared.items():
        # Also those that nobody uses yet.
        list(_read_steps(shared, {}, reader.at(reader.homes[name])))
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


def _read_conversation(node: Node, reader: Reader) -> Iterator[Conversation]:
    if not isinstance(node.value, dict):
        return reader.fault(node.line, "a conversation must be a mapping with 'name' and 'steps'")
    check_keys(node, tuple(CONVERSATION_KEYS), reader)
    name = text_of(node, "name", reader, required=True)
    tags = tuple(texts_of(node.get("tags"), "tags", reader))
    for tag in tags:
        if not tag.isidentifier():
            reader.fault(node.line, f"the tag {tag!r} is no name: write it with letters, digits and _")
    steps = node.get("steps")
    if steps is None or not steps.sequence():
        return reader.fault(node.line, f"conversation {name!r} has no steps: give it a list of them")
    skip, fails = text_of(node, "skip", reader), text_of(node, "xfail", reader)
    for key, why in (("skip", skip), ("xfail", fails)):
        value = node.get(key)
        if value is not None and isinstance(value.value, str) and not why.strip():
            reader.fault(value.line, f"{key!r} is empty: say why")
    rows = list(rows_of(node, reader))
    for row in rows:
        taken = set(BLANK.findall(name)) & set(row)
        called = filled(name, row, node.line, reader) if taken or len(rows) == 1 else f"{name} [{', '.join(row.values())}]"
        read = tuple(islice(_read_steps(steps, row, reader), MOST_STEPS + 1))
        if len(read) > MOST_STEPS:
            reader.fault(steps.line, f"conversation {called!r} has more than {MOST_STEPS} steps")
        yield Conversation(called, reader.path, node.line, read, tags, skip, fails)
    return None


def _read_steps(steps: Node, row: Mapping[str, str], reader: Reader) -> Iterator[Step]:
    for node in steps.sequence():
        if not isinstance(node.value, dict):
            reader.fault(node.line, "a step must be a mapping with 'user', or 'use'")
            continue
        if node.get("use") is not None:
            check_keys(node, tuple(USE_KEYS), reader)
            yield from _read_shared(node, row, reader)
            continue
        check_keys(node, tuple(STEP_KEYS), reader)
        said = node.get("user")
        if said is None:
            reader.fault(node.line, "a step needs 'user': what the user says")
            continue
        text = filled(scalar(said, "'user'", reader), row, said.line, reader)
        yield Step(text, tuple(_read_expectations(node.get("expect"), row, reader)), reader.path, said.line)


def _read_shared(node: Node, row: Mapping[str, str], reader: Reader) -> Iterator[Step]:
    name = text_of(node, "use", reader)
    shared = reader.shared.get(name)
    if shared is None:
        known = ", ".join(reader.shared) or "none"
        return reader.fault(node.line, f"no shared steps are named {name!r}: known are {known}")
    if name not in reader.broken:
        yield from _read_steps(shared, row, reader.at(reader.homes[name]))
    return None


def _read_expectations(node: Node | None, row: Mapping[str, str], reader: Reader) -> Iterator[Expectation]:
    if node is None:
        return None
    if not isinstance(node.value, dict):
        return reader.fault(node.line, f"'expect' must be a mapping; its keys are {', '.join(EXPECTATIONS)}")
    check_keys(node, tuple(EXPECTATIONS), reader)
    for key, value in node.items():
        kind = EXPECTATIONS.get(key, ("", ""))[0]
        if kind == "number":
            if isinstance(value.value, bool) or not isinstance(value.value, int) or value.value < 0:
                reader.fault(value.line, f"{key!r} must be a whole number, such as 40")
            else:
                yield Expectation(key, value.value, value.line)
        elif kind:
            texts = texts_of(value, key, reader) if kind != "text" else [scalar(value, repr(key), reader)]
            wanted = tuple(filled(text, row, value.line, reader) for text in texts)
            if not wanted or not all(text.strip() for text in wanted):
                reader.fault(value.line, f"{key!r} is empty: say what is expected, or leave it out")
            _check(key, kind, wanted, value.line, reader)
            yield Expectation(key, wanted, value.line)
    return None


def _check(key: str, kind: str, wanted: tuple[str, ...], line: int, reader: Reader) -> None:
    """What can be known to be wrong before anything is played."""
    choices = {"kind": KINDS, "urgent": LEVELS}.get(key)
    for text in wanted:
        if choices and text not in choices:
            reader.fault(line, f"{key} {text!r} is none of {', '.join(choices)}")
        if kind == "patterns":
            try:
                pattern_of(text)
            except ValueError as error:
                reader.fault(line, str(error))
