"""How well warning signs are told from calm talk: the figures of docs/safety.md.

    python scripts/safety_figures.py                  # a Markdown table
    python scripts/safety_figures.py --write          # put it into docs/safety.md
    python scripts/safety_figures.py --failures       # and each message that fails, but for those kept apart

It reads the question files of tests/voices/ on safety and on calm messages and, where they are there, those beside the repository.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from spinebot import Bot
from spinebot.conversation import Reply
from spinebot.safety import RedFlags

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "safety.md"
BLOCK = re.compile(r"(?<=<!-- figures -->\n).*?(?=<!-- /figures -->)", re.DOTALL)
OUTSIDE = ROOT.parent / "shared" / "eval" / "safety.jsonl"

#: Messages whose failures nobody looks at, so that they stay unseen.
KEPT_APART = "kept apart"
#: Sets of question files: what they are, and where.
GROUPS = (
    ("at hand while the rules were written", sorted((ROOT / "tests" / "voices" / "tune").glob("*.jsonl"))),
    (KEPT_APART, sorted((ROOT / "tests" / "voices" / "held").glob("*.jsonl"))),
    ("the sample beside the repository", [OUTSIDE]),
)


@dataclass
class Figures:
    """Counts over some question files."""

    urgent: int = 0
    found: int = 0
    level: int = 0
    first: int = 0
    calm: int = 0
    alarms: int = 0
    replies: int = 0
    caveats: int = 0
    failures: list[str] = field(default_factory=list)

    def count(self, item: dict[str, list[str] | dict[str, list[str]]], reply: Reply) -> None:
        """Adds one reply."""
        expect, turns = item["expect"], item["turns"]
        assert isinstance(expect, dict)
        said = " | ".join(turns)
        self.replies += 1
        wanted = {*expect.get("caveats", ())} | ({"general"} if reply.kind != "chat" else set())
        missing = wanted - {caveat.id for caveat in reply.caveats}
        self.caveats += not missing
        if missing:
            self.failures.append(f"lacks {', '.join(sorted(missing))}: {said}")
        if expect["kind"] == ["urgent"]:
            self.urgent += 1
            if reply.urgent is None:
                self.failures.append(f"missed: {said}")
                return
            self.found += 1
            self.level += reply.urgent.level in expect["level"]
            self.first += reply.text.startswith(reply.urgent.text)
            if reply.urgent.level not in expect["level"]:
                self.failures.append(f"{reply.urgent.level}, not {'/'.join(expect['level'])}: {said}")
        elif "urgent" not in expect["kind"]:
            self.calm += 1
            if reply.urgent is not None:
                self.alarms += 1
                self.failures.append(f"alarm ({reply.urgent.id}): {said}")


def measured(bot: Bot, paths: Sequence[Path]) -> Figures:
    """The figures of a bot on some question files."""
    figures = Figures()
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                item = json.loads(line)
                conversation = bot.conversation("figures")
                for turn in item["turns"]:
                    reply = conversation.say(turn)
                figures.count(item, reply)
    return figures


def share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({100 * part / whole:.1f} %)" if whole else "none asked"


def on_safety(paths: Sequence[Path]) -> list[Path]:
    return [path for path in paths if ("safety" in path.name or "calm" in path.name) and path.is_file()]


def table(figures: Sequence[tuple[str, Figures]]) -> Iterator[str]:
    """The rows of a Markdown table."""
    yield "| Messages | Warning signs recognised | at an accepted level | advice first | Calm messages alarmed | Replies with all their caveats |"
    yield "|---|---|---|---|---|---|"
    for name, found in figures:
        cells = (share(found.found, found.urgent), share(found.level, found.urgent), share(found.first, found.found), share(found.alarms, found.calm),
                 share(found.caveats, found.replies))
        yield f"| {name} | " + " | ".join(cells) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="put the table into docs/safety.md")
    parser.add_argument("--failures", action="store_true", help="print each message that fails, and why; none of those kept apart")
    args = parser.parse_args()
    bot, rules_alone = Bot.load(), Bot.load()
    rules_alone.red_flags = RedFlags(rules_alone.rules)
    rows = []
    for name, paths in GROUPS:
        if chosen := on_safety(paths):
            rows += [(name, measured(bot, chosen)), (f"{name}, the rules alone", measured(rules_alone, chosen))]
    text = "\n".join(table(rows)) + "\n"
    print(text)
    if args.failures:
        for name, found in rows:
            for failure in found.failures if not name.startswith(KEPT_APART) else ():
                print(f"{name}: {failure}")
    if args.write:
        PAGE.write_text(BLOCK.sub(lambda _: "\n" + text + "\n", PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
