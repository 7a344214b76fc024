"""Scripts from other tools' files, and other tools' files from scripts; what can't be carried over is said with file and line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from ..errors import Fault, ScriptError, SpinebotError
from ..yamlfile import Node, dump_yaml, load_text, parse_yaml
from .botium import read_convo
from .convos import to_convo
from .script import SUFFIXES, load_script
from .stories import is_rasa, read_stories, responses_of

CONVO = ".convo.txt"
_FOREIGN = (CONVO, ".yaml", ".yml")


class Converted(NamedTuple):
    """The files that were written, and what could not be carried over."""

    written: list[Path]
    notes: list[Fault]


def convert(sources: Sequence[str], to: str = "", folder: Path | None = None) -> Converted:
    """Write each source beside itself, or into `folder`: as a script, or a script as Botium's files.

    `to` is "script", "botium" or "" for whichever a source is not yet. Nothing is written over. Raises SpinebotError with all faults.
    """
    notes: list[Fault] = []
    ready: dict[Path, str] = {}
    faults: list[Fault] = []
    responses: dict[str, list[str]] = {}
    roots: dict[Path, Node] = {}
    chosen = list(_chosen(sources, to))
    for path in chosen:
        try:
            if not path.name.endswith((CONVO, *SUFFIXES)):
                roots[path] = parse_yaml(load_text(path), str(path))
                responses.update(responses_of(roots[path]))
        except SpinebotError as error:
            faults += error.faults
    for path in chosen:
        try:
            for name, text in _one(path, roots.get(path), responses, notes):
                target = _free(folder if folder is not None else path.parent, name, ready)
                if target.exists():
                    raise ScriptError(Fault(str(target), 0, "is there already: remove it, or name another folder with -o"))
                ready[target] = text
        except SpinebotError as error:
            faults += error.faults
    if faults:
        raise ScriptError(*dict.fromkeys(faults))
    for target, text in ready.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return Converted(list(ready), sorted(dict.fromkeys(notes)))


def _chosen(sources: Sequence[str], to: str) -> Iterator[Path]:
    """The files of the sources; of a folder the foreign ones, or the scripts where there are none, or where Botium's are wanted."""
    for source in sources:
        path = Path(source)
        if path.is_dir():
            below = sorted(one for one in path.rglob("*") if one.is_file())
            scripts = [one for one in below if one.name.endswith(SUFFIXES)]
            foreign = [one for one in below if one.name.endswith(_FOREIGN) and one not in scripts]
            found = scripts if to == "botium" or not (foreign or to) else foreign
            if not found:
                raise ScriptError(Fault(source, 0, "holds nothing to convert: *.convo.txt, Rasa's *.yml, or *.chat.yaml"))
            yield from found
        elif not path.exists():
            raise ScriptError(Fault(source, 0, "no such file or folder"))
        elif not path.name.endswith(_FOREIGN):
            raise ScriptError(Fault(source, 0, "is none of *.convo.txt, a Rasa *.yml, *.chat.yaml"))
        elif (to == "script") == path.name.endswith(SUFFIXES) and to:
            raise ScriptError(Fault(source, 0, f"can't become --to {to}: " + ("it is a script" if to == "script" else "only a *.chat.yaml can")))
        else:
            yield path


def _one(path: Path, root: Node | None, responses: dict[str, list[str]], notes: list[Fault]) -> Iterator[tuple[str, str]]:
    """What one file becomes: name, text."""
    if path.name.endswith(SUFFIXES):
        for conversation in load_script(path):
            yield f"{_slug(conversation.name)}{CONVO}", to_convo(conversation, notes)
        return
    if path.name.endswith(CONVO):
        drafts = [read_convo(load_text(path), str(path), notes)]
    elif root is None:
        return
    elif not is_rasa(root):
        raise ScriptError(Fault(str(path), 1, "is no file of Rasa's: it has no 'stories'"))
    else:
        drafts = read_stories(root, str(path), responses, notes)
    drafts = [draft for draft in drafts if draft.steps]
    names: dict[str, int] = {}
    for draft in drafts:
        names[draft.name] = names.get(draft.name, 0) + 1
        if names[draft.name] > 1:
            draft.name = f"{draft.name} ({names[draft.name]})"
    if drafts:
        stem = path.name.removesuffix(CONVO) if path.name.endswith(CONVO) else path.stem
        yield f"{stem}.chat.yaml", dump_yaml({"conversations": [draft.values() for draft in drafts]})


def _slug(name: str) -> str:
    return re.sub(r"[^\w]+", "-", name.lower()).strip("-")[:80] or "conversation"


def _free(folder: Path, name: str, taken: dict[Path, str]) -> Path:
    """A path in the folder that no other file of this run has."""
    stem, dot, suffix = name.partition(".")
    target, number = folder / name, 1
    while target in taken:
        number += 1
        target = folder / f"{stem}-{number}{dot}{suffix}"
    return target
