"""Golden texts, `exactly`, written anew from what the bot replies now; all else of a script stays byte for byte."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import Fault, ScriptError
from .expect import Failure
from .play import Played
from .script import parse_script
from .yamledit import replaced, scalars


@dataclass(frozen=True, slots=True)
class Update:
    """What would become of a script. `left`: golden texts that can't be rewritten by a program, and why."""

    path: Path
    before: str
    after: str
    left: tuple[Fault, ...] = ()

    @property
    def diff(self) -> str:
        """The difference, unified, "" where there is none."""
        lines = difflib.unified_diff(self.before.splitlines(True), self.after.splitlines(True), str(self.path), f"{self.path} (as replied)")
        return "".join(line if line.endswith("\n") else line + "\n\\ No newline at end of file\n" for line in lines)

    def write(self) -> None:
        """Write the file. Raises ScriptError where it was changed since it was read, OSError."""
        if _read(self.path) != self.before:
            raise ScriptError(Fault(str(self.path), 0, "was changed while its tests ran: run them again"))
        self.path.write_bytes(self.after.encode("utf-8"))


def scripts_to_update(played: Iterable[Played]) -> list[Path]:
    """The files in which golden texts of failed steps stand: shared steps stand in files of their own."""
    paths = [Path(path) for one in played for path, _, _ in _stale(one)]
    return list(dict.fromkeys(paths))


def plan_update(path: Path, played: Iterable[Played]) -> Update:
    """What becomes of a file when the golden texts of its failed steps are those of the replies. Raises OSError."""
    before = _read(path)
    text = before.removeprefix("\ufeff")
    found = scalars(text)
    wanted: dict[int, str] = {}
    left: list[Fault] = []
    for home, failure, reply in (one for each in played for one in _stale(each)):
        if Path(home) != path:
            continue
        sought = ("exactly", failure.line, failure.expected.strip())
        at = next((n for n, one in enumerate(found) if (one.key, one.line, one.value.strip()) == sought), None)
        if at is None:
            left.append(Fault(home, failure.line, "this golden text holds variables: write it by hand"))
        elif wanted.setdefault(at, reply) != reply:
            left.append(Fault(home, failure.line, "this golden text stands for several replies (a table, or shared steps): write it by hand"))
    changes = {at: reply for at, reply in wanted.items() if not any(fault.line == found[at].line for fault in left)}
    after = text
    for at, reply in changes.items():
        try:
            changed = replaced(after, {at: reply})
            parse_script(changed, str(path))
            after = changed
        except (ValueError, ScriptError) as error:
            left.append(Fault(str(path), found[at].line, f"this golden text could not be rewritten: {error}"))
    if "\r\n" in text:
        after = after.replace("\r\n", "\n").replace("\n", "\r\n")
    return Update(path, before, before[: len(before) - len(text)] + after, tuple(dict.fromkeys(left)))


def write_update(path: Path, played: Sequence[Played]) -> None:
    """Rewrite the golden texts of a file's failed steps. Raises OSError."""
    update = plan_update(path, played)
    if update.diff:
        update.write()


def update_scripts(played: Sequence[Played], show: Callable[[str], None], confirm: Callable[[Path], bool] = lambda _: True) -> tuple[Fault, ...]:
    """What `spinebot test --update` does: `show` the difference of each script, write it where `confirm` says so; what was left to do by hand.

    Raises ScriptError, OSError.
    """
    left: list[Fault] = []
    for path in scripts_to_update(played):
        update = plan_update(path, played)
        left += update.left
        if update.diff:
            show(update.diff)
            if confirm(path):
                update.write()
    return tuple(left)


def _stale(played: Played) -> Iterable[tuple[str, Failure, str]]:
    """The golden texts that failed where nothing is known to fail: file, failure, what was replied."""
    if played.outcome == "failed":
        for step in played.steps:
            for failure in step.failures:
                if failure.key == "exactly":
                    yield step.step.path, failure, str(step.reply["text"])


def _read(path: Path) -> str:
    return path.read_bytes().decode("utf-8")
