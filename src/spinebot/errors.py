"""Errors that say where the fault is and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong in a file: `line` counts from 1, 0 where no line is meant."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" if self.line else self.path
        return f"{where}: {self.message}"


class SpinebotError(Exception):
    """The base of all errors that spinebot raises on purpose.

    `faults` holds every fault that was found, not only the first; `str()` is one line a fault.
    """

    exit_code = 2

    def __init__(self, *faults: Fault) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))

    @classmethod
    def at(cls, path: Path | str, line: int, message: str) -> SpinebotError:
        """The error for a single fault."""
        return cls(Fault(str(path), line, message))


class CorpusError(SpinebotError):
    """The articles of a bot folder can't be read."""


class RulesError(SpinebotError):
    """`intents.yaml` is missing, doesn't parse, or says something that can't hold."""


class ScriptError(SpinebotError):
    """A scripted conversation is faulty."""
