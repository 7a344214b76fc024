"""A run of mutants against a suite: progress, the list of those that no conversation noticed, and what came of it."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from ..errors import Fault, ScriptError, SpinebotError
from ..render import visible
from .mutation import SECTIONS, Mutant, Suite, Trial, leave_rules_alone, mutants
from .script import Conversation, find_scripts, load_script

if TYPE_CHECKING:
    from ..bot import Bot

#: Exit codes: every mutant was noticed; one survived, or a conversation fails with nothing changed; there is nothing to play.
NOTICED, SURVIVED, NOTHING = 0, 1, 2


def mutate(bot: Bot, paths: Sequence[str], only: Sequence[str] = (), *, alone: bool = False, as_json: bool = False) -> int:
    """Try every mutant of a bot, or those of some sections, and print the survivors; the exit code.

    `alone`: without what was learned, which makes up for some rules that are missing. The bot is changed by that.
    Raises SpinebotError for a faulty script and an unknown section.
    """
    for section in only:
        if section not in SECTIONS:
            raise SpinebotError(Fault("spinebot mutate --only", 0, f"there is no section {section!r}: known are {', '.join(SECTIONS)}"))
    conversations = _load(paths)
    if not conversations:
        print("spinebot mutate: no test found: no conversation in any *.chat.yaml there", file=sys.stderr)
        return NOTHING
    if alone:
        leave_rules_alone(bot)
    started = time.perf_counter()
    suite = Suite(bot, conversations)
    trials = list(_try_all(suite, list(mutants(bot, only or SECTIONS)), sys.stderr))
    alive = [trial for trial in trials if trial.noticed is None]
    if as_json:
        print(json.dumps(_values(suite, trials), indent=2))
    else:
        for line in _lines(suite, alive, len(trials), _near(bot.rules.path), time.perf_counter() - started):
            print(visible(line))
    return SURVIVED if suite.failing or any(not trial.needless for trial in alive) else NOTICED


def _load(paths: Sequence[str]) -> list[Conversation]:
    """The conversations of all files among paths that are meant to pass. Raises ScriptError with the faults of every file."""
    found: list[Conversation] = []
    faults: list[Fault] = []
    for path in find_scripts(paths):
        try:
            found += [conversation for conversation in load_script(path) if not conversation.fails and not conversation.skip]
        except ScriptError as error:
            faults += error.faults
    if faults:
        raise ScriptError(*set(faults))
    return found


def _try_all(suite: Suite, mutated: Sequence[Mutant], out: TextIO) -> Iterator[Trial]:
    """Every trial; how far they are is shown on a terminal."""
    shown = out.isatty()
    alive = 0
    for number, mutant in enumerate(mutated, 1):
        trial = suite.attempt(mutant)
        alive += trial.noticed is None
        if shown:
            print(f"\r\x1b[K{number} of {len(mutated)} mutants, {alive} unnoticed", end="", file=out, flush=True)
        yield trial
    if shown:
        print("\r\x1b[K", end="", file=out, flush=True)


def _near(path: str) -> str:
    """`path` as an editor started here can open it: relative where it is below the working directory."""
    inside = Path(path).is_relative_to(Path.cwd())
    return str(Path(path).relative_to(Path.cwd())) if inside else path


def _lines(suite: Suite, alive: Sequence[Trial], count: int, path: str, seconds: float) -> Iterator[str]:
    for conversation in suite.failing:
        yield f"{conversation.path}:{conversation.line}: fails with nothing changed, so it notices nothing: {conversation.name}"
    for trial in alive:
        where = f"{path}:{trial.mutant.line}" if trial.mutant.line else path
        why = " (needless: another line, as pressing, holds wherever it does)" if trial.needless else ""
        yield f"{where}: survives: {trial.mutant.name}{why}"
    needless = sum(trial.needless for trial in alive)
    yield f"{count} mutants, {suite.size} conversations: {len(alive) - needless} survive, {needless} are of a needless line; {seconds:.0f} s"


def _values(suite: Suite, trials: Sequence[Trial]) -> dict[str, object]:
    """The same as JSON values; `noticed` is the conversation that a mutant turned red, null where it survived."""
    return {
        "conversations": suite.size,
        "failing": [conversation.name for conversation in suite.failing],
        "mutants": [
            {"name": one.mutant.name, "line": one.mutant.line, "noticed": one.noticed.name if one.noticed else None, "needless": one.needless} for one in trials
        ],
    }
