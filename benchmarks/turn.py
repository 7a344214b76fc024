"""What a turn costs beside the search it stands on, what starting up costs beside the imports it needs, and peak memory.

    make bench                          # or: python benchmarks/turn.py [--repeats N] [--starts N]

The two sides of a ratio are always measured in this one run, by turns, so that a busy machine slows both.

- A turn: `Conversation.say` of one message in a new conversation, from the typed text to the finished reply.
- The bare search: `rank_bm25.BM25Okapi.get_scores` on the same stemmed passages, given the message's stems: stemming
  is not in its time.
- "first": every message new to the bot, which was loaded just before and has no word of it in its caches.
  "again": the same messages once more, as to a bot that has been talking for a while.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spinebot import Bot

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT.parent / "shared" / "eval"
QUESTION = "Does lupus need treatment?"
ASK = [str(Path(sys.executable).with_name("spinebot")), "ask", QUESTION]
BARE = [sys.executable, "-c", "import rank_bm25, nltk, yaml"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=9, help="how often every message is measured (default: 9)")
    parser.add_argument("--starts", type=int, default=15, help="how often each command is started (default: 15)")
    args = parser.parse_args()
    # First: a process inherits the peak memory of the one that starts it, and this one has loaded nothing yet.
    report_starts(args.starts)
    report_turns(args.repeats)


def report_starts(times: int) -> None:
    """Time and peak memory of `spinebot ask` beside the bare imports."""
    ask: list[tuple[float, float]] = []
    bare: list[tuple[float, float]] = []
    for at in range(times + 1):
        started, imported = run(ASK), run(BARE)
        if at:  # the first round fills the file cache
            ask.append(started)
            bare.append(imported)
    ask_time, bare_time = (statistics.median(seconds for seconds, _ in side) for side in (ask, bare))
    ask_peak, bare_peak = (max(peak for _, peak in side) for side in (ask, bare))
    print(f"start-up      spinebot ask {ask_time:8.3f} s    imports     {bare_time:8.3f} s    ratio {ask_time / bare_time:5.2f}   (median of {times})")
    print(f"peak memory   spinebot ask {ask_peak:8.1f} MB   imports     {bare_peak:8.1f} MB   ratio {ask_peak / bare_peak:5.2f}")


def run(command: Sequence[str]) -> tuple[float, float]:
    """Seconds and peak megabytes of one process."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)} exited {process.returncode}")
    return seconds, usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def report_turns(repeats: int) -> None:
    """Time of a whole turn beside the bare search."""
    from rank_bm25 import BM25Okapi

    from spinebot import Bot
    from spinebot.text import stem, stems

    first: list[tuple[list[float], list[float]]] = []
    again: list[tuple[list[float], list[float]]] = []
    messages: list[str] = []
    for _ in range(repeats):
        stem.cache_clear()
        bot = Bot.load()
        if not messages:
            messages = read_messages(bot)
        queries = [list(stems(message)) for message in messages]
        stem.cache_clear()
        bare = BM25Okapi(bot.index.passage_stems)
        first.append(measure(bot, bare, messages, queries))
        again.append(measure(bot, bare, messages, queries))
    words = statistics.median(len(query) for query in queries)
    print(f"turn          {len(messages)} messages, {words:.0f} words in the median; {len(bot.index.passage_stems)} passages; median of {repeats}")
    for name, rounds in (("first", first), ("again", again)):
        turns, searches = (sorted(map(statistics.median, zip(*side, strict=True))) for side in zip(*rounds, strict=True))
        for which, at in (("median", len(turns) // 2), ("95 %", len(turns) * 95 // 100)):
            turn, search = turns[at] * 1e3, searches[at] * 1e3
            print(f"  {name} {which:6}  whole turn {turn:8.3f} ms   bare search {search:8.3f} ms   ratio {turn / search:5.2f}")
        turn, search = sum(turns) / len(turns) * 1e3, sum(searches) / len(searches) * 1e3
        print(f"  {name} mean    whole turn {turn:8.3f} ms   bare search {search:8.3f} ms   ratio {turn / search:5.2f}")


def measure(bot: Bot, bare: object, messages: Sequence[str], queries: Sequence[list[str]]) -> tuple[list[float], list[float]]:
    """Seconds of every message's turn and of its bare search, by turns: the search goes first every other time."""
    get_scores = bare.get_scores  # type: ignore[attr-defined]
    clock = time.perf_counter
    turns, searches = [], []
    gc.collect()
    gc.disable()
    for at, (message, query) in enumerate(zip(messages, queries, strict=True)):
        conversation = bot.conversation("bench")
        if at % 2:
            t0 = clock()
            conversation.say(message)
            t1 = clock()
            get_scores(query)
            t2 = clock()
            turns.append(t1 - t0)
            searches.append(t2 - t1)
        else:
            t0 = clock()
            get_scores(query)
            t1 = clock()
            conversation.say(message)
            t2 = clock()
            searches.append(t1 - t0)
            turns.append(t2 - t1)
    gc.enable()
    return turns, searches


def read_messages(bot: Bot) -> list[str]:
    """The bot's own model questions, and the messages of the question files where they are there."""
    messages = [answer.ask for answer in bot.answers]
    for path in sorted(SAMPLES.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                messages += json.loads(line)["turns"]
    return list(dict.fromkeys(messages))


if __name__ == "__main__":
    main()
