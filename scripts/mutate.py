"""Does the suite notice when a safety rule is missing? Each rule is taken away or blunted in turn, in memory only.

    make mutate                              # or: python scripts/mutate.py [--net] [--baseline]

The suite is tests/safety-suite.jsonl: short messages, each with the level of alarm that is right (null for calm), and where it matters
the red flag, the caveats, and whether the reply must say what to do if it is happening. A mutant that no message notices survives, and
is listed: a rule that nothing holds in place, or that another rule makes needless. `--net` puts the second net behind the rules, which
then makes up for some that are missing; `--baseline` only lists the messages that fail with nothing changed.
"""

from __future__ import annotations

import argparse
import copy
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from spinebot import Bot, compose, matcher, safety, signs
from spinebot.compose import Composer
from spinebot.conversation import Dialogue, Reply
from spinebot.index import LEARNED_AIMS, NEVER
from spinebot.lexicon import Lexicon
from spinebot.rules import LEVELS, Rule
from spinebot.safety import Condition, RedFlags

ROOT = Path(__file__).resolve().parents[1]
SUITE = ROOT / "tests" / "safety-suite.jsonl"

#: Contexts that only the second net looks at, as evidence: the rules alone can't miss them.
FOR_THE_NET = frozenset(("field", "had", "minimise"))


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


class Mutant(NamedTuple):
    """A bot with one rule less, and what must hold while it speaks."""

    name: str
    bot: Callable[[], Bot]
    during: Callable[[], AbstractContextManager[object]] = nullcontext
    #: The line of `when` that was dropped or blunted, and what it was made.
    flag: str = ""
    line: str = ""
    blunt: str = ""


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


def changed(bot: Bot, section: str, entries: Mapping[str, Rule], words: bool = True) -> Bot:
    """The bot with other entries in one section of its rules; `words` says whether any wording is another."""
    new = copy.copy(bot)
    new.rules = replace(bot.rules, sections={**bot.rules.sections, section: entries})
    if words:
        new.lexicon = Lexicon(new.rules, bot.corpus)
    if section == "red_flags":
        new.red_flags = RedFlags(new.rules, bot.red_flags.weights)
    new.composer = Composer(new.rules, new.lexicon, bot.answers)
    return new


def with_values(rule: Rule, **values: object) -> Rule:
    return replace(rule, values={**rule.values, **values})


def flag_mutants(bot: Bot) -> Iterator[Mutant]:
    """Every line dropped, every sign of a line no longer asked for, every "in one sentence" made "anywhere", every level another."""
    flags = bot.rules["red_flags"]

    def mutant(name: str, flag: Rule, line: str = "", blunt: str = "", **values: object) -> Mutant:
        bots = lambda: changed(bot, "red_flags", {**flags, flag.id: with_values(flag, **values)}, words=False)  # noqa: E731
        return Mutant(f"{flag.id}: {name}", bots, flag=flag.id, line=line, blunt=blunt)

    for flag in flags.values():
        lines: tuple[tuple[str, int], ...] = flag.values["when"]  # type: ignore[assignment]
        for level in ("emergency", "soon"):
            if level != flag.text("level"):
                yield mutant(f"level {level}", flag, level=level)
        for at, (line, number) in enumerate(lines):
            others = (*lines[:at], *lines[at + 1 :])
            yield mutant(f"without {line!r}", flag, line, when=others)
            for blunt in blunted(line):
                yield mutant(f"{line!r} as {blunt!r}", flag, line, blunt, when=(*lines[:at], (blunt, number), *lines[at + 1 :]))


def blunted(line: str) -> Iterator[str]:
    """A line with one of its signs no longer asked for; and with its signs anywhere instead of in one sentence."""
    groups = [[part.strip() for part in group.split("+")] for group in line.split("&")]
    for at, group in enumerate(groups):
        for part in group:
            left = [*groups[:at], [other for other in group if other != part], *groups[at + 1 :]]
            if any(not other.startswith("!") for rest in left for other in rest):
                yield " & ".join(" + ".join(rest) for rest in left if rest)
        if len(group) > 1:
            yield " & ".join([*(" + ".join(rest) for rest in groups[:at]), *group, *(" + ".join(rest) for rest in groups[at + 1 :])])


def needless(bot: Bot, mutant: Mutant) -> bool:
    """Whether a mutant differs in a line that asks for more than another line that is at least as pressing: nothing could tell the two apart."""

    def covered(text: str) -> bool:
        line = Condition.parse(text)
        for flag in bot.rules["red_flags"].values():
            for other, _ in flag.values["when"]:  # type: ignore[attr-defined]
                condition = Condition.parse(other)
                loose = not condition.unless and all(len(group) == 1 for group in condition.groups)
                if other != mutant.line and loose and condition.names <= line.names and order.index(flag.id) <= order.index(mutant.flag):
                    return True
        return False

    order = sorted(bot.rules["red_flags"], key=lambda name: LEVELS.index(bot.rules["red_flags"][name].text("level")))
    return bool(mutant.line) and covered(mutant.line) and (not mutant.blunt or covered(mutant.blunt))


def word_mutants(bot: Bot) -> Iterator[Mutant]:
    """Every context without its wordings."""
    for section in ("contexts", "caveats"):
        entries = bot.rules[section]
        for rule in entries.values():
            if rule.words and not (section == "contexts" and rule.id in FOR_THE_NET):
                new = {**entries, rule.id: replace(rule, words=())}
                yield Mutant(f"{section}.{rule.id}: no wordings", lambda section=section, new=new: changed(bot, section, new))  # type: ignore[misc]


def caveat_mutants(bot: Bot) -> Iterator[Mutant]:
    """Every caveat dropped, every link to one, and those that an answer calls for."""
    caveats = bot.rules["caveats"]
    for name in caveats:
        left = {other: rule for other, rule in caveats.items() if other != name}
        yield Mutant(f"caveats.{name}: dropped", lambda left=left: changed(bot, "caveats", left, words=False))  # type: ignore[misc]
    for section in ("topics", "aims"):
        entries = bot.rules[section]
        for rule in entries.values():
            for caveat in rule.ids("caveats"):
                less = {**entries, rule.id: with_values(rule, caveats=tuple(other for other in rule.ids("caveats") if other != caveat))}
                yield Mutant(f"{section}.{rule.id}: no {caveat}", lambda section=section, less=less: changed(bot, section, less, words=False))  # type: ignore[misc]

    class Deaf(Composer):
        """Doesn't look at what the answer speaks of."""

        def _prepare(self, *args: object) -> compose.Sentence:
            return replace(super()._prepare(*args), caveats={})  # type: ignore[arg-type]

    def deaf() -> Bot:
        new = copy.copy(bot)
        new.composer = Deaf(bot.rules, bot.lexicon, bot.answers)
        return new

    yield Mutant("caveats: none for what the answer speaks of", deaf)


def constant_mutants(bot: Bot) -> Iterator[Mutant]:
    """Every negator and every end of a negation missing, each set of words empty, each reach another."""

    def patched(name: str, *values: tuple[object, str, object]) -> Mutant:
        def during() -> AbstractContextManager[object]:
            stack = ExitStack()
            for module, attribute, value in values:
                stack.enter_context(patch.object(module, attribute, value))
            return stack

        return Mutant(name, lambda: bot, during)

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
    """Every mutant of a bot."""
    yield from flag_mutants(bot)
    yield from word_mutants(bot)
    yield from caveat_mutants(bot)
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
            (equal if needless(bot, mutant) else alive).append(mutant.name)
    return alive, equal, count


def load_bot(net: bool) -> Bot:
    """The spine bot, its warning signs and aims by the rules alone or with what was learned behind them."""
    bot = Bot.load()
    if not net:
        bot.red_flags = RedFlags(bot.rules)
        bot.index.rows.bias[-len(LEARNED_AIMS) :] = NEVER
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
