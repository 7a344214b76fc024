"""How long `spinebot test` takes for 10,000 steps, in one process and in several.

    make bench                          # or: python benchmarks/scripts.py [--steps N] [--jobs N] [--repeats N]

The conversations hold the questions that the bot suggests, four steps each, every step with four expectations that hold. All is timed as a
user waits for it: the process from its start to its end, with the scripts read and the bot loaded. One process and several by turns, the best
of each: a busy machine can only slow them.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

COMMAND = [sys.executable, "-m", "spinebot.cli", "test"]
STEPS_EACH, A_FILE = 4, 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=10_000, help="how many are played (default: 10,000)")
    parser.add_argument("--jobs", type=int, default=2, help="how many processes are compared with one (default: 2)")
    parser.add_argument("--repeats", type=int, default=3, help="how often each is timed (default: 3)")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        write_scripts(Path(folder), args.steps)
        one, several = [], []
        for _ in range(args.repeats):
            one.append(run(folder, 1))
            several.append(run(folder, args.jobs))
    cores = len(os.sched_getaffinity(0))
    print(f"{args.steps} script steps   1 process {min(one):6.2f} s   {args.jobs} processes {min(several):6.2f} s", end="")
    print(f"   ratio {min(one) / min(several):5.2f}   (best of {args.repeats}, {cores} cores)")


def write_scripts(folder: Path, steps: int) -> None:
    """Scripts of so many steps in all; the expectations are what the bot replies."""
    from spinebot import Bot

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
