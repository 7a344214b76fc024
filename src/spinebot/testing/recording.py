"""A chat that becomes a script: every step is in the file as soon as its reply is there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from ..errors import Fault, ScriptError, SpinebotError
from ..transcript import Turn, scripted
from ..yamlfile import dump_yaml, load_text
from .script import SUFFIXES, parse_script
from .yamledit import appended


class Recorder:
    """Writes conversations to the end of a script; what stands there already stays as it is."""

    def __init__(self, path: Path, *, exactly: bool = False) -> None:
        """Raises ScriptError for a file that can't take a conversation: of another kind, faulty, in no folder."""
        self.path = path
        self.steps = 0
        self._exactly = exactly
        self._before = 0
        if not path.name.endswith(SUFFIXES) or path.name in SUFFIXES:
            raise ScriptError(Fault(str(path), 0, "is no name of a script: end it in .chat.yaml"))
        if not path.parent.is_dir():
            raise ScriptError(Fault(str(path.parent), 0, "no such folder"))
        self._base = self._text = _known(path)
        self._names = {one.name for one in parse_script(self._base, str(path))} if self._base.strip() else set()
        self._name = ""
        self._appended([])

    def keep(self, turns: Sequence[Turn]) -> None:
        """Write the conversation as far as it is; a first turn begins a new one. Raises OSError."""
        if len(turns) == 1:
            self._base, self._before = self._text, self.steps
            self._name = self._free_name()
            self._names.add(self._name)
        self._text = self._appended(turns)
        self.steps = self._before + len(turns)
        home = self.path.resolve()
        beside = home.with_name(f".{home.name}.new")
        beside.write_text(self._text, encoding="utf-8")
        if home.exists():
            shutil.copymode(home, beside)
        os.replace(beside, home)

    def _appended(self, turns: Sequence[Turn]) -> str:
        try:
            return appended(self._base, "conversations", dump_yaml([scripted(turns, self._name, exactly=self._exactly)]))
        except ValueError as error:
            raise ScriptError(Fault(str(self.path), 1, f"can't take another conversation: {error}")) from None

    def _free_name(self) -> str:
        stem = self.path.name
        for suffix in SUFFIXES:
            stem = stem.removesuffix(suffix)
        number = 1
        while (name := stem if number == 1 else f"{stem} {number}") in self._names:
            number += 1
        return name


def _known(path: Path) -> str:
    """The text of the file, "" where there is none yet."""
    if not path.exists():
        return ""
    try:
        return load_text(path)
    except SpinebotError as error:
        raise ScriptError(*error.faults) from None
