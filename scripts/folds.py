"""Pass rates on the tune voices, each answered by weights that were learned without it: `make folds`.

    python scripts/folds.py [--folds N] [--failures]

The voices are dealt into N groups; for each, both files of weights are learned anew from `questions/` and all other groups,
and the bot that has them answers it. So every message is new to the bot that answers it, and what fails may be looked
at. Takes about half an hour. Prints Markdown.
"""

from __future__ import annotations

import argparse
import importlib
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import learn

from spinebot import Bot

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "voices"))
scoring: Any = importlib.import_module("scoring")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folds", type=int, default=4)
    parser.add_argument("--failures", action="store_true", help="also every item that fails, and why")
    args = parser.parse_args()
    by_rules = Bot.load(weights=False)
    print("Reading the labelled messages ...", file=sys.stderr, flush=True)
    questions, voices = learn.question_examples(by_rules), learn.voice_examples(by_rules)
    results: dict[str, list[Any]] = {}
    for fold in range(args.folds):
        asked = [path for number, path in enumerate(voices) if number % args.folds == fold]
        print(f"Fold {fold + 1} of {args.folds}: {', '.join(path.stem for path in asked)}", file=sys.stderr, flush=True)
        bot = learned_bot(sum((found for path, found in voices.items() if path not in asked), questions), by_rules)
        for path in asked:
            results[path.stem] = run(path, bot, args.failures)
    report(results)


def learned_bot(found: learn.Examples, by_rules: Bot) -> Bot:
    """The bot with weights learned from no more than this."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(by_rules.folder / "intents.yaml", folder)
        shutil.copytree(by_rules.folder / "corpus", folder / "corpus")
        learn.learn_into(folder, found, by_rules)
        return Bot.load(folder)


def run(path: Path, bot: Bot, failures: bool) -> list[Any]:
    texts = {article.id: article.text for article in bot.corpus.articles}
    results = scoring.run(scoring.read_items(path), scoring.start_with(bot), texts)
    for result in results if failures else ():
        if not result.passed:
            item, conversation = result.item, bot.conversation()
            reply = [conversation.say(turn) for turn in item.turns][-1]
            alarm = f", alarm {reply.urgent.id}" if reply.urgent else ""
            print(f"{item.id} [{item.style}] {' | '.join(item.turns)}\n    {', '.join(result.faults)}: {reply.intent}{alarm}")
            print(f"    wanted {'/'.join(sorted(item.kinds))}: {'; '.join(' / '.join(group) for group in item.groups)}")
    return list(results)


def report(results: dict[str, list[Any]]) -> None:
    every = [result for found in results.values() for result in found]
    for title, rows in (("voice", results), ("style", scoring.by_style(every))):
        print(f"\n| {title} | passed | % |\n|---|--:|--:|")
        for name, found in [*rows.items(), ("**all**", every)]:
            print(f"| {name} | {scoring.passed(found)} / {len(found)} | {scoring.rate(found):.1f} |")
    signs = [result for result in every if "urgent" in result.item.kinds]
    calm = [result for result in every if "urgent" not in result.item.kinds]
    missed, alarmed = scoring.count_faults(signs)["no alarm"], scoring.count_faults(calm)["alarm"]
    print(f"\nWarning signs missed: {missed} of {len(signs)}. Calm messages alarmed: {alarmed} of {len(calm)}. Faults: {dict(scoring.count_faults(every))}")


if __name__ == "__main__":
    main()
