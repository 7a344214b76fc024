"""Playing again whenever a script or the bot folder changes. Changes are polled: every file system tells its times."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

from ..errors import ScriptError, SpinebotError
from ..render import visible
from .runner import forget
from .script import find_scripts
from .suite import Settings, run_suite

#: Seconds between two looks.
EVERY = 0.5
#: Seconds in which nothing more may change before it is played.
SETTLED = 0.2

#: File → when it was changed, in nanoseconds, and its size in bytes.
Seen = dict[str, tuple[int, int]]


def watch(settings: Settings, every: float = EVERY) -> int:
    """Play, and again after each change, until Ctrl-C; the exit code of the last run."""
    code = 2
    try:
        while True:
            seen = look(settings)
            code = _run(settings)
            print("watching for changes; Ctrl-C ends", file=sys.stderr, flush=True)
            now = _changed(settings, seen, every)
            changed = sorted(path for path in {*now, *seen} if now.get(path) != seen.get(path))
            print(f"\n{visible(changed[0]) if changed else 'a file'} changed", file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        return code


def _changed(settings: Settings, seen: Seen, every: float) -> Seen:
    """What is there when something has changed, and all that was being written is: an editor empties a file before it fills it."""
    while (now := look(settings)) == seen:
        time.sleep(every)
    while True:
        time.sleep(min(every, SETTLED))
        if (later := look(settings)) == now:
            return now
        now = later


def _run(settings: Settings) -> int:
    """One run; what can't be loaded is told, and may be mended while this waits."""
    forget()
    try:
        return run_suite(settings)
    except SpinebotError as error:
        for fault in error.faults:
            print(visible(str(fault).replace("\n", " ")), file=sys.stderr)
        return error.exit_code


def look(settings: Settings) -> Seen:
    """When each of the files was changed that a run reads: scripts, what lies beside them in YAML, the bot's folder."""
    seen: Seen = {}
    for path in _files(settings):
        try:
            state = path.stat()
        except OSError:
            continue
        seen[str(path)] = (state.st_mtime_ns, state.st_size)
    return seen


def _files(settings: Settings) -> Iterator[Path]:
    for name in settings.paths:
        try:
            scripts = find_scripts([name])
        except ScriptError:
            continue
        yield from scripts
        # Shared steps are included from files of any name, mostly from beside the scripts.
        for folder in {script.parent for script in scripts}:
            yield from (path for path in folder.iterdir() if path.suffix in (".yaml", ".yml"))
    if not settings.source.url:
        yield from _bot_files(settings.source.bot)


def _bot_files(folder: str) -> Iterator[Path]:
    from ..bot import default_folder

    home = Path(folder) if folder else default_folder()
    yield from (home / name for name in ("intents.yaml", "weights.tsv", "alarms.tsv"))
    yield from (path for path in (home / "corpus").rglob("*") if path.is_file())
