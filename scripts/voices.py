"""Pass rates on the project's own question files, those that it learns from beside those that it doesn't.

    make voices                         # or: python scripts/voices.py [--held-styles]

Of the held-back files only totals are shown; what fails in them is not looked at. `--held-styles` adds their pass
rates by style: for a report, not for tuning. Prints Markdown.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from spinebot import Bot

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "voices"))
scoring: Any = importlib.import_module("scoring")

HALVES = ("tune", "held", "samples")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--held-styles", action="store_true", help="also the held-back pass rates by style")
    args = parser.parse_args()
    bot = Bot.load()
    start, texts = scoring.start_with(bot), scoring.texts_of(bot)
    found = {half: {path.stem: scoring.run(scoring.read_items(path), start, texts) for path in scoring.question_files(half)} for half in HALVES}
    halves = [half for half in HALVES if found[half]]
    all_of = {half: [result for results in found[half].values() for result in results] for half in halves}

    print_row([cell for half in halves for cell in (half, "passed", "%")])
    print_rule(len(halves), "---|--:|--:|")
    columns = [[[name, *cells(results)] for name, results in found[half].items()] for half in halves]
    for row in zip_longest(*columns, fillvalue=["", "", ""]):
        print_row([cell for part in row for cell in part])
    print_row([cell for half in halves for cell in ("**all**", *cells(all_of[half]))])

    shown = [half for half in halves if half != "held" or args.held_styles]
    styles = {half: scoring.by_style(all_of[half]) for half in shown}
    print()
    print_row(["style", *(cell for half in shown for cell in (half, "%"))])
    print_rule(1, "---|" + "--:|--:|" * len(shown))
    for style in dict.fromkeys(style for half in shown for style in styles[half]):
        print_row([style, *(cell for half in shown for cell in cells(styles[half].get(style, [])))])

    broken = sum(len(result.broken) for half in halves for result in all_of[half])
    print(f"\nInvariants broken: {broken}. Held is {scoring.rate(all_of['tune']) - scoring.rate(all_of['held']):.1f} points below tune.")
    sys.exit(bool(broken))


def cells(results: Sequence[Any]) -> list[str]:
    return [f"{scoring.passed(results)} / {len(results)}", f"{scoring.rate(results):.1f}"] if results else ["", ""]


def print_row(row: Sequence[str]) -> None:
    print("| " + " | ".join(row) + " |")


def print_rule(times: int, columns: str) -> None:
    print("|" + columns * times)


if __name__ == "__main__":
    main()
