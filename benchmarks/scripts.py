"""How long 10,000 steps of scripted conversations take, played by one process and by several.

    make bench                          # or: python benchmarks/scripts.py [--steps N] [--jobs N] [--repeats N]

The conversations hold the questions that the bot suggests, four steps each, every step with four expectations that hold.

- Playing: from the first conversation to the last result, as `spinebot test` plays them, with the bot loaded and the scripts read; several
  processes are started, and ended, within their time.
- The command: `spinebot test` as a user waits for it, with its start, the scripts read and the bot loaded, which one process does alone.

One process and several by turns, the best of each: a busy machine can only slow them.
"""

from __future__ import annotations

import argparse
import gc
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path

from spinebot import Bot
from spinebot.testing.runner import Source, play_each, speaker_of
from spinebot.testing.script import Conversation
from spinebot.testing.suite import load_scripts

COMMAND = [sys.executable, "-m", "spinebot.cli", "test"]
STEPS_EACH, A_FILE = 4, 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=10_000, help="how many are played (default: 10,000)")
    parser.add_argument("--jobs", type=int, default=2, help="how many processes are compared with one (default: 2)")
    parser.add_argument("--repeats", type=int, default=5, help="how often each is timed (default: 5)")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        write_scripts(Path(folder), args.steps)
        conversations, _ = load_scripts([folder])
        report("script steps", lambda jobs: play(conversations, jobs), args)
        report("spinebot test", lambda jobs: run(folder, jobs), args)


def report(what: str, timed: Callable[[int], float], args: argparse.Namespace) -> None:
    """A line: the time of one process and of several."""
    timed(1)  # fills the file cache and the bot's own
    one, several = map(min, zip(*((timed(1), timed(args.jobs)) for _ in range(args.repeats)), strict=True))
    print(f"{what:<13} 1 process    {one:8.3f} s    {args.jobs} processes {several:8.3f} s    ratio {one / several:5.2f}", end="")
    print(f"   ({args.steps} steps, best of {args.repeats}, {len(os.sched_getaffinity(0))} cores)", flush=True)


def play(conversations: Sequence[Conversation], jobs: int) -> float:
    """Seconds in which they are all played; ends this process where one of them fails."""
    speaker_of(Source())
    gc.set_threshold(50_000)  # as the command does
    started = time.perf_counter()
    results = list(play_each(conversations, Source(), jobs))
    seconds = time.perf_counter() - started
    if any(played.is_bad for played in results):
        sys.exit("a conversation fails that holds what the bot said")
    return seconds


def write_scripts(folder: Path, steps: int) -> None:
    """Scripts of so many steps in all; the expectations are what the bot replies."""
    bot = Bot.load()
    asked = cycle([answer.ask for answer in bot.answers if answer.ask])
    conversations = steps // STEPS_EACH
    for first in range(0, conversations, A_FILE):
        lines = ["conversations:"]
        for number in range(first, min(first + A_FILE, conversations)):
            lines += [f"  - name: conversation {number}", "    steps:"]
            talk = bot.conversation(str(number))
            for question in islice(asked, STEPS_EACH):
                reply = talk.say(question).to_dict()
                lines += [f"      - user: {quoted(question)}", "        expect:", *expected(reply)]
        (folder / f"{first:06}.chat.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def expected(reply: dict[str, object]) -> Iterator[str]:
    yield f"          kind: {reply['kind']}"
    yield f"          says: {quoted(str(reply['text']).split(chr(10))[0])}"
    yield "          says_not: /no such words (here|there)/"
    yield "          caveats: general"


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def run(folder: str, jobs: int) -> float:
    """Seconds of one process that plays them all; ends this one where one of them fails."""
    started = time.perf_counter()
    done = subprocess.run([*COMMAND, folder, "-j", str(jobs)], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode:
        sys.exit(f"spinebot test exited {done.returncode}: {(done.stderr or done.stdout)[-2000:]}")
    return seconds


if __name__ == "__main__":
    main()
