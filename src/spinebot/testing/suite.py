"""A run of a suite of scripted conversations: found, chosen, played, reported, written to files, and what came of it."""

from __future__ import annotations

import gc
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from ..errors import Fault, ScriptError, SpinebotError
from ..render import WIDEST, visible
from .choosing import choose
from .formats import to_json, to_junit, to_tap
from .html_report import to_html
from .play import Played
from .report import Covered, Progress, coverage_lines, failure_text, heading_of, summary
from .runner import Source, play_each
from .script import Conversation, find_scripts, load_script

if TYPE_CHECKING:
    from .coverage import Coverage

#: Exit codes, as the command has them: all passed; a test failed; a script is faulty, or there is nothing to play.
PASSED, FAILED, FAULTY = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Settings:
    """What is played and how. An output's name is a file, "-" standard output, "" none; `fail_under` is in percent, `jobs` a number of processes."""

    paths: tuple[str, ...]
    source: Source = field(default_factory=Source)
    jobs: int = 1
    words: str = ""
    tags: tuple[str, ...] = ()
    fail_fast: bool = False
    junit: str = ""
    json: str = ""
    tap: str = ""
    html: str = ""
    cover: bool = False
    fail_under: float | None = None
    update: bool = False


@dataclass(slots=True)
class Run:
    """What came of a run; `faults` are those of scripts, `percent` is what was covered of `covered`."""

    results: list[Played] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    chosen: int = 0
    found: int = 0
    seconds: float = 0.0
    covered: Covered | None = None
    percent: float = 0.0

    @property
    def faulty_files(self) -> int:
        """How many files have a fault."""
        return len({fault.path for fault in self.faults})


def load_scripts(paths: Sequence[str]) -> tuple[list[Conversation], list[Fault]]:
    """The conversations of all files among paths, and every fault of those that are faulty."""
    conversations: list[Conversation] = []
    faults: list[Fault] = []
    scripts: list[Path] = []
    for path in paths:
        try:
            scripts += find_scripts([path])
        except ScriptError as error:
            faults += error.faults
    for script in dict.fromkeys(scripts):
        try:
            conversations += load_script(script)
        except ScriptError as error:
            faults += error.faults
    return conversations, sorted(set(faults))


def run_suite(settings: Settings) -> int:
    """Play a suite and tell what came of it; the exit code. Raises SpinebotError where the bot can't be loaded or a file not written."""
    _check_outputs(settings)
    out = sys.stderr if "-" in (settings.junit, settings.json, settings.tap, settings.html) else sys.stdout
    width = min(shutil.get_terminal_size().columns, WIDEST) if out.isatty() else WIDEST
    run = _play(settings, out, width)
    for fault in run.faults:
        print(visible(str(fault).replace("\n", " ")), file=sys.stderr)
    if run.covered is not None:
        print(*coverage_lines(run.covered, run.percent, width), sep="\n", file=out)
    _write(settings, run)
    if settings.update and _update(run, out):
        print("golden texts were written anew: play again to see that all passes", file=out)
    print(summary(run.results, run.faulty_files, run.seconds), file=out, flush=True)
    return _code(settings, run)


def _play(settings: Settings, out: TextIO, width: int) -> Run:
    # All that a run makes it keeps to its end: to search it ever again for what could be freed takes a tenth of the time.
    gc.set_threshold(50_000)
    started = time.perf_counter()
    conversations, faults = load_scripts(settings.paths)
    chosen = choose(conversations, settings.words, settings.tags)
    run = Run(faults=faults, chosen=len(chosen), found=len(conversations))
    coverage = _coverage(settings.source) if settings.cover or settings.fail_under is not None else None
    with Progress(sys.stderr, len(chosen)) as progress:
        for played in play_each(chosen, settings.source, settings.jobs, fail_fast=settings.fail_fast) if chosen else ():
            run.results.append(played)
            progress.step(played)
            if coverage is not None:
                coverage.add(played)
            if played.is_bad:
                progress.clear()
                print(heading_of(played), "", failure_text(played, width), "", sep="\n", file=out, flush=True)
    if coverage is not None:
        run.covered = {section: (reached, sorted({*reached, *missed})) for section, reached, missed in coverage.rows()}
        run.percent = coverage.percent
    run.seconds = time.perf_counter() - started
    return run


def _coverage(source: Source) -> Coverage:
    """What counts what was reached, by the rules of the bot's folder, wherever the bot itself runs."""
    from ..bot import Bot
    from .coverage import Coverage

    return Coverage(Bot.load(source.bot or None, country=source.country))


def _update(run: Run, out: TextIO) -> bool:
    """Write the golden texts of failed steps anew, each difference shown before; whether there was any."""
    from .golden import update_scripts

    shown: list[str] = []

    def show(diff: str) -> None:
        shown.append(diff)
        print(visible(diff), file=out)

    for fault in update_scripts(run.results, show):
        print(visible(str(fault).replace("\n", " ")), file=sys.stderr)
    return bool(shown)


def _code(settings: Settings, run: Run) -> int:
    if not run.chosen and not run.faults:
        some = f"none of {run.found} conversations is chosen by -k or --tag" if run.found else "no conversation in any *.chat.yaml there"
        print(f"spinebot test: no test found: {some}", file=sys.stderr)
    if run.faults or not run.chosen:
        return FAULTY
    if any(played.is_bad for played in run.results):
        return FAILED
    if settings.fail_under is not None and run.percent < settings.fail_under:
        print(f"spinebot test: coverage is {run.percent:.1f} %, under the {settings.fail_under:g} % of --fail-under", file=sys.stderr)
        return FAILED
    return PASSED


def _outputs(settings: Settings) -> Iterator[tuple[str, str, Callable[[Run], str]]]:
    """Each output that is asked for: its option, its file, what makes its text."""
    yield "--junit", settings.junit, lambda run: to_junit(run.results, run.faults)
    yield "--json", settings.json, lambda run: to_json(run.results, run.faults, run.covered, run.percent)
    yield "--tap", settings.tap, lambda run: to_tap(run.results, run.faults)
    yield "--html", settings.html, lambda run: to_html(run.results, run.faults, run.covered, run.percent)


def _check_outputs(settings: Settings) -> None:
    """That no output takes another's place, or a script's: `--json my.chat.yaml` means the script, not the file to write."""
    asked = [(option, name) for option, name, _ in _outputs(settings) if name]
    for option, name in asked:
        if name.endswith((".yaml", ".yml")) or Path(name).is_dir():
            raise SpinebotError.at("spinebot test", 0, f"{option} would write over {name}: put the scripts first, or write {option} -")
        if [other for _, other in asked].count(name) > 1:
            raise SpinebotError.at("spinebot test", 0, f"{option} and another option both write to {name}")


def _write(settings: Settings, run: Run) -> None:
    for option, name, make in _outputs(settings):
        if name == "-":
            sys.stdout.write(make(run))
        elif name:
            try:
                with open(name, "w", encoding="utf-8", newline="\n") as file:
                    file.write(make(run))
            except OSError as error:
                raise SpinebotError.at(name, 0, f"{option} can't be written: {error.strerror}") from None
