"""Does the suite notice when a safety rule is missing? Each rule is taken away or blunted in turn, in memory only.

    make mutate                              # or: python scripts/mutate.py [--net] [--baseline]

The suite is tests/safety-suite.jsonl: short messages, each with the level of alarm that is right (null for calm), and where it matters
the red flag, the caveats, and whether the reply must say what to do if it is happening. A mutant that no message notices survives, and
is listed: a rule that nothing holds in place, or that another rule makes needless. `--net` puts the second net behind the rules, which
then makes up for some that are missing; `--baseline` only lists the messages that fail with nothing changed.
`spinebot mutate` does the same with scripted conversations, to the rules of any bot; here are the code's own constants too.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from spinebot import Bot, matcher, safety, signs
from spinebot.conversation import Dialogue, Reply
from spinebot.testing import mutation
from spinebot.testing.mutation import Mutant

ROOT = Path(__file__).resolve().parents[1]
SUITE = ROOT / "tests" / "safety-suite.jsonl"


class Item(NamedTuple):
    """A conversation, and what its last reply must be."""

    turns: list[str]
    urgent: str | None
    flag: str
    caveats: frozenset[str]
    if_now: bool

    def wrong(self, bot: Bot) -> str:
        """What is wrong with the bot's reply; "" where nothing is."""
        reply = last_reply(bot, self.turns)
        level = reply.urgent.level if reply.urgent else None
        if level != self.urgent:
            return f"{level or 'calm'}, not {self.urgent or 'calm'}" + (f" ({reply.urgent.id}: {reply.urgent.because})" if reply.urgent else "")
        if reply.urgent and self.flag and reply.urgent.id != self.flag:
            return f"{reply.urgent.id}, not {self.flag}"
        if missing := self.caveats - {caveat.id for caveat in reply.caveats}:
            return f"lacks {', '.join(sorted(missing))}"
        if self.if_now and bot.rules.phrase("if_now") not in reply.text:
            return "does not say what to do if it is happening"
        return ""


def last_reply(bot: Bot, turns: Sequence[str]) -> Reply:
    dialogue = Dialogue()
    for turn in turns[:-1]:
        _, dialogue = bot.respond(turn, dialogue)
    return bot.respond(turns[-1], dialogue)[0]


def load_suite(path: Path = SUITE) -> list[Item]:
    entries = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [Item(e["turns"], e["urgent"], e.get("flag", ""), frozenset(e.get("caveats", ())), e.get("if_now", False)) for e in entries]


def failures(bot: Bot, items: Sequence[Item]) -> list[tuple[Item, str]]:
    """The items that fail, and why."""
    return [(item, why) for item in items if (why := item.wrong(bot))]


def constant_mutants(bot: Bot) -> Iterator[Mutant]:
    """Every negator and every end of a negation missing, each set of words empty, each reach another."""

    def patched(name: str, *values: tuple[object, str, object]) -> Mutant:
        def during() -> AbstractContextManager[object]:
            stack = ExitStack()
            for module, attribute, value in values:
                stack.enter_context(patch.object(module, attribute, value))
            return stack

        return Mutant(name, lambda: bot, during=during)

    for word in sorted(signs._NEGATORS):
        yield patched(f"negators: without {word!r}", (signs, "_NEGATORS", signs._NEGATORS - {word}), (matcher, "_NEGATORS", matcher._NEGATORS - {word}))
    for word in sorted(signs._ENDS):
        yield patched(f"ends of a negation: without {word!r}", (signs, "_ENDS", signs._ENDS - {word}))
    yield patched("negators: none", (signs, "_NEGATORS", frozenset()))
    yield patched("negators: wordings reach over them", (matcher, "_NEGATORS", frozenset()))
    yield patched("ends of a negation: none", (signs, "_ENDS", frozenset()))
    yield patched("marks end no negation", (signs, "MARKS", frozenset()))
    yield patched("negation reaches one word", (signs, "NEGATION_REACH", 1))
    yield patched("negation reaches 50 words", (signs, "NEGATION_REACH", 50))
    yield patched("no first person", (signs, "_FIRST_PERSON", frozenset()))
    yield patched("no histories", (signs, "_HISTORIES", frozenset()))
    yield patched("nothing is asked in general", (safety, "GENERAL", frozenset()))
    yield patched("a sign stands for no message", (safety, "SIGN_STANDS", 0))
    yield patched("a sign stands for one message", (safety, "SIGN_STANDS", 1))
    yield patched("a sign stands for 50 messages", (safety, "SIGN_STANDS", 50))


def mutants(bot: Bot) -> Iterator[Mutant]:
    """Every mutant of a bot's safety rules, and of the code that weighs its signs."""
    yield from mutation.flag_mutants(bot)
    yield from mutation.word_mutants(bot, "contexts")
    yield from mutation.caveat_mutants(bot)
    yield from mutation.word_mutants(bot, "caveats")
    yield from constant_mutants(bot)


def survives(mutant: Mutant, items: Sequence[Item]) -> bool:
    """Whether no item notices it."""
    with mutant.during():
        bot = mutant.bot()
        return not any(item.wrong(bot) for item in items)


def survivors(bot: Bot, items: Sequence[Item]) -> tuple[list[str], list[str], int]:
    """The mutants that no item notices: those that one could, those that none could, and how many mutants there were."""
    sound = [item for item in items if not item.wrong(bot)]
    alive: list[str] = []
    equal: list[str] = []
    count = 0
    for mutant in mutants(bot):
        count += 1
        if survives(mutant, sound):
            (equal if mutation.needless(bot, mutant) else alive).append(mutant.name)
    return alive, equal, count


def load_bot(net: bool) -> Bot:
    """The spine bot, its warning signs and aims by the rules alone or with what was learned behind them."""
    bot = Bot.load()
    if not net:
        mutation.leave_rules_alone(bot)
    return bot


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--net", action="store_true", help="with the second net behind the rules")
    parser.add_argument("--baseline", action="store_true", help="only list what fails with nothing changed")
    args = parser.parse_args()
    bot, items = load_bot(args.net), load_suite()
    failing = failures(bot, items)
    for item, why in failing:
        print(f"fails with nothing changed: {' | '.join(item.turns)!r}: {why}")
    if args.baseline:
        sys.exit(bool(failing))
    started = time.perf_counter()
    alive, equal, count = survivors(bot, items)
    for name in alive:
        print(f"survives: {name}")
    for name in equal:
        print(f"needless: {name} (another line, as pressing, holds wherever it does)")
    print(f"{count} mutants, {len(items)} messages, {'with the second net' if args.net else 'the rules alone'}: "
          f"{len(alive)} survive, {len(equal)} are of a needless line; {time.perf_counter() - started:.0f} s")
    sys.exit(bool(alive or failing))


if __name__ == "__main__":
    main()
