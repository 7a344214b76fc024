"""Does a suite of conversations notice when a rule is missing? Each rule is taken away or blunted in turn, in memory only.

A mutant that turns no conversation red survives: a rule that nothing holds in place, or that another rule makes needless.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from ..compose import Composer, Sentence
from ..conditions import Condition
from ..index import LEARNED_AIMS, NEVER
from ..lexicon import Lexicon
from ..rules import LEVELS, Rule
from ..safety import RedFlags
from .play import BotSpeaker, play
from .script import Conversation

if TYPE_CHECKING:
    from ..answers import Answer
    from ..bot import Bot

#: Contexts that only what was learned of warning signs looks at, as evidence: the rules alone can't miss them.
FOR_THE_NET = frozenset(("field", "had", "minimise", "harmless"))
#: The sections that mutants are made of, and those whose every entry's wordings are dropped in turn.
SECTIONS = ("red_flags", "signs", "contexts", "caveats", "answers", "topics", "aspects", "outside", "chat", "aims")
WORDED = ("signs", "contexts", "caveats", "topics", "aspects", "outside", "chat", "aims")


class Mutant(NamedTuple):
    """A bot with one rule less, and what must hold while it speaks. `line` is that of the rule in `intents.yaml`."""

    name: str
    bot: Callable[[], Bot]
    line: int = 0
    during: Callable[[], AbstractContextManager[object]] = nullcontext
    #: Of a red flag: its id, the condition that was dropped or blunted, and what it was made.
    flag: str = ""
    when: str = ""
    blunt: str = ""


class Trial(NamedTuple):
    """A mutant that was tried: the first conversation that it turns red, or None; and whether none could be, another rule holding where it does."""

    mutant: Mutant
    noticed: Conversation | None
    needless: bool = False


def changed(bot: Bot, section: str, entries: Mapping[str, Rule], words: bool = True) -> Bot:
    """The bot with other entries in one section of its rules; `words` says whether any wording is another."""
    new = copy.copy(bot)
    new.rules = replace(bot.rules, sections={**bot.rules.sections, section: entries})
    if words:
        new.lexicon = Lexicon(new.rules, bot.corpus)
    if section == "red_flags":
        new.red_flags = RedFlags(new.rules, bot.red_flags.alarms.weights if bot.red_flags.alarms else None)
    new.composer = Composer(new.rules, new.lexicon, bot.answers)
    return new


def leave_rules_alone(bot: Bot) -> None:
    """Take from a bot what was learned of warning signs and aims, which makes up for some rules that are missing."""
    bot.red_flags = RedFlags(bot.rules)
    bot.index.rows.bias[-len(LEARNED_AIMS) :] = NEVER


def with_values(rule: Rule, **values: object) -> Rule:
    """The rule with other values in some fields."""
    return replace(rule, values={**rule.values, **values})


def mutants(bot: Bot, sections: Sequence[str] = SECTIONS) -> Iterator[Mutant]:
    """Every mutant of a bot's rules in some sections."""
    for section in sections:
        if section == "red_flags":
            yield from flag_mutants(bot)
        if section in WORDED:
            yield from word_mutants(bot, section)
        if section == "caveats":
            yield from caveat_mutants(bot)
        if section == "answers":
            yield from answer_mutants(bot)


def flag_mutants(bot: Bot) -> Iterator[Mutant]:
    """Every line dropped, every sign of a line no longer asked for, every "in one sentence" made "anywhere", every level another."""
    flags = bot.rules["red_flags"]

    def less(flag: Rule, key: str, value: object) -> Callable[[], Bot]:
        return lambda: changed(bot, "red_flags", {**flags, flag.id: with_values(flag, **{key: value})}, words=False)

    for flag in flags.values():
        lines: tuple[tuple[str, int], ...] = flag.values["when"]  # type: ignore[assignment]
        for level in ("emergency", "soon"):
            if level != flag.text("level"):
                yield Mutant(f"{flag.id}: level {level}", less(flag, "level", level), flag.line, flag=flag.id)
        for at, (line, number) in enumerate(lines):
            before, after = lines[:at], lines[at + 1 :]
            yield Mutant(f"{flag.id}: without {line!r}", less(flag, "when", (*before, *after)), number, flag=flag.id, when=line)
            for blunt in blunted(line):
                bots = less(flag, "when", (*before, (blunt, number), *after))
                yield Mutant(f"{flag.id}: {line!r} as {blunt!r}", bots, number, flag=flag.id, when=line, blunt=blunt)


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
                if other != mutant.when and loose and condition.names <= line.names and order.index(flag.id) <= order.index(mutant.flag):
                    return True
        return False

    order = sorted(bot.rules["red_flags"], key=lambda name: LEVELS.index(bot.rules["red_flags"][name].text("level")))
    return bool(mutant.when) and covered(mutant.when) and (not mutant.blunt or covered(mutant.blunt))


def word_mutants(bot: Bot, section: str) -> Iterator[Mutant]:
    """Every entry of a section without its wordings."""
    entries = bot.rules[section]
    for rule in entries.values():
        if rule.words and not (section == "contexts" and rule.id in FOR_THE_NET):
            new = {**entries, rule.id: replace(rule, words=())}
            yield Mutant(f"{section}.{rule.id}: no wordings", lambda new=new: changed(bot, section, new), rule.line)  # type: ignore[misc]


class _Deaf(Composer):
    """Doesn't look at what the answer speaks of."""

    def _prepare(self, *args: object) -> Sentence:
        return replace(super()._prepare(*args), caveats={})  # type: ignore[arg-type]


def caveat_mutants(bot: Bot) -> Iterator[Mutant]:
    """Every caveat dropped, every link to one, and those that an answer calls for."""
    caveats = bot.rules["caveats"]
    for name, rule in caveats.items():
        left = {other: kept for other, kept in caveats.items() if other != name}
        yield Mutant(f"caveats.{name}: dropped", lambda left=left: changed(bot, "caveats", left, words=False), rule.line)  # type: ignore[misc]
    for section in ("topics", "aims", "red_flags"):
        entries = bot.rules[section]
        for rule in entries.values():
            for caveat in rule.ids("caveats"):
                less = {**entries, rule.id: with_values(rule, caveats=tuple(other for other in rule.ids("caveats") if other != caveat))}
                bots = lambda section=section, less=less: changed(bot, section, less, words=False)  # noqa: E731
                yield Mutant(f"{section}.{rule.id}: no {caveat}", bots, rule.line)

    def deaf() -> Bot:
        new = copy.copy(bot)
        new.composer = _Deaf(bot.rules, bot.lexicon, bot.answers)
        return new

    yield Mutant("caveats: none for what the answer speaks of", deaf)


def answer_mutants(bot: Bot) -> Iterator[Mutant]:
    """Every answer never found, and without its last sentence where it has several."""
    for answer in bot.answers:
        line = bot.rules["answers"][answer.id].line
        yield Mutant(f"answers.{answer.id}: never found", lambda: bot, line, lambda at=answer.position: _never_found(bot, at))  # type: ignore[misc]
        if len(answer.places) > 1:
            shorter = replace(answer, places=answer.places[:-1])
            yield Mutant(f"answers.{answer.id}: without its last sentence", lambda shorter=shorter: _answering(bot, shorter), line)  # type: ignore[misc]


@contextmanager
def _never_found(bot: Bot, position: int) -> Iterator[None]:
    bias = bot.index.rows.bias
    before = bias[position]
    bias[position] = NEVER
    try:
        yield
    finally:
        bias[position] = before


def _answering(bot: Bot, answer: Answer) -> Bot:
    """The bot with another answer in the place of one."""
    new = copy.copy(bot)
    new.answers = tuple(answer if other.id == answer.id else other for other in bot.answers)
    new.index = copy.copy(bot.index)
    new.index.answers = new.answers
    new.composer = Composer(bot.rules, bot.lexicon, new.answers)
    return new


class Suite:
    """The conversations that pass with nothing changed: those that can notice something. `failing` are the others."""

    def __init__(self, bot: Bot, conversations: Sequence[Conversation]) -> None:
        self._bot = bot
        self.failing: list[Conversation] = []
        self._sound: list[Conversation] = []
        for conversation in conversations:
            passed = play(conversation, lambda: BotSpeaker(bot)).outcome == "passed"
            (self._sound if passed else self.failing).append(conversation)

    @property
    def size(self) -> int:
        """How many conversations pass."""
        return len(self._sound)

    def attempt(self, mutant: Mutant) -> Trial:
        """Play the suite until a conversation is red. That one is played first next time: mutants of one rule follow each other."""
        with mutant.during():
            bot = mutant.bot()
            for conversation in self._sound:
                if play(conversation, lambda: BotSpeaker(bot)).is_bad:
                    self._sound.remove(conversation)
                    self._sound.insert(0, conversation)
                    return Trial(mutant, conversation)
        return Trial(mutant, None, needless(self._bot, mutant))
