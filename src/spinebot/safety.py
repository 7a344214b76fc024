"""Warning signs in a message, and the caveats that a reply must carry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .conversation import Caveat, Dialogue, Standing, Urgent
from .english import NEGATION_ENDS, NEGATORS
from .lexicon import Term
from .matcher import Match
from .rules import LEVELS, Rule, Rules
from .text import MARKS, stem
from .understand import Reading

#: How far back a negator reaches, in words.
NEGATION_REACH = 5
#: For how many messages a sign that was not taken back still counts.
SIGN_STANDS = 3

_NEGATORS = frozenset(stem(word) for word in NEGATORS)
_ENDS = frozenset(stem(word) for word in NEGATION_ENDS)


@dataclass(frozen=True, slots=True)
class Sign:
    """A warning sign found: where, and whether it counts for the person now."""

    name: str
    start: int
    end: int
    sentence: int
    counts: bool


@dataclass(frozen=True, slots=True)
class Assessment:
    """What was found of warning signs: the red flag that was raised, and those asked about in general only."""

    urgent: Urgent | None
    standing: tuple[Standing, ...]
    conditional: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """One line of a red flag's `when`: groups that must each be found, a group's signs in one sentence."""

    groups: tuple[tuple[str, ...], ...]
    unless: tuple[str, ...]

    @classmethod
    def parse(cls, line: str) -> Condition:
        """`numb + saddle & !old` → groups (("numb", "saddle"),), unless ("old",)."""
        groups, unless = [], []
        for group in line.split("&"):
            signs = [sign.strip() for sign in group.split("+")]
            unless += [sign[1:].strip() for sign in signs if sign.startswith("!")]
            wanted = tuple(sign for sign in signs if not sign.startswith("!"))
            if wanted:
                groups.append(wanted)
        return cls(tuple(groups), tuple(unless))


class RedFlags:
    """The red flags of the rules, compiled."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._flags: list[tuple[Rule, tuple[Condition, ...]]] = [
            (rule, tuple(Condition.parse(line) for line, _ in rule.values["when"]))  # type: ignore[attr-defined]
            for rule in rules["red_flags"].values()
        ]

    def assess(self, reading: Reading, dialogue: Dialogue) -> Assessment:
        """The most pressing red flag that the message, with what still stands from earlier ones, raises."""
        found = reading.of("sign")
        if not found:
            return Assessment(None, _age(dialogue.standing))
        signs = _weigh(reading, found)
        counting = [sign for sign in signs if sign.counts]
        now = {sign.name for sign in counting}
        standing = {old.sign for old in dialogue.standing}
        best: Urgent | None = None
        for rule, conditions in self._flags:
            level = rule.text("level")
            if best is not None and LEVELS.index(best.level) <= LEVELS.index(level):
                continue
            for condition in conditions:
                because = _holds(condition, counting, now, standing, reading)
                if because is not None:
                    best = Urgent(rule.id, level, self._advice(rule, level), because)
                    break
        kept = tuple(Standing(sign.name, reading.said(sign.start, sign.end), 0) for sign in counting)
        fresh = {sign.sign for sign in kept}
        older = tuple(old for old in _age(dialogue.standing) if old.sign not in fresh)
        return Assessment(best, (*kept, *older), conditional=best is None and bool(signs))

    def _advice(self, rule: Rule, level: str) -> str:
        numbers = self._rules["numbers"]["default"]
        call = {"emergency": numbers.text("emergency"), "crisis": numbers.text("crisis"), "soon": numbers.text("urgent")}[level]
        return f"{rule.text('advice')} {call}"


def _age(standing: Iterable[Standing]) -> tuple[Standing, ...]:
    return tuple(Standing(old.sign, old.because, old.age + 1) for old in standing if old.age + 1 < SIGN_STANDS)


def _holds(condition: Condition, counting: Sequence[Sign], now: set[str], standing: set[str], reading: Reading) -> str | None:
    """The user's words that fulfil a condition; None where it does not hold. At least one sign must be of this message."""
    if any(sign in now for sign in condition.unless):
        return None
    used: list[Sign] = []
    for group in condition.groups:
        if len(group) == 1:
            sign = next((sign for sign in counting if sign.name == group[0]), None)
            if sign is not None:
                used.append(sign)
            elif group[0] not in standing:
                return None
            continue
        together = _together(group, counting)
        if together is None:
            return None
        used += together
    if not used:
        return None
    return ", ".join(dict.fromkeys(reading.said(sign.start, sign.end) for sign in used))


def _together(group: Sequence[str], counting: Sequence[Sign]) -> list[Sign] | None:
    """One sign of each name, all of one sentence."""
    for sentence in dict.fromkeys(sign.sentence for sign in counting):
        here = [sign for sign in counting if sign.sentence == sentence]
        chosen = [next((sign for sign in here if sign.name == name), None) for name in group]
        if all(chosen):
            return [sign for sign in chosen if sign is not None]
    return None


def _weigh(reading: Reading, found: Sequence[Match[Term]]) -> list[Sign]:
    stems = reading.stems
    sentence_of = [0] * (len(stems) + 1)
    for part in reading.parts:
        for at in range(part.start, part.end):
            sentence_of[at] = part.sentence
    idioms = [(match.start, match.end) for match in reading.of("context") if match.name.id == "idiom"]
    signs = []
    for match in found:
        masked = any(start < match.end and match.start < end for start, end in idioms)
        counts = not masked and not _negated(stems, match.start)
        signs.append(Sign(match.name.id, match.start, match.end, sentence_of[match.start], counts))
    return signs


def _negated(stems: Sequence[str], start: int) -> bool:
    """Whether a negator reaches the sign that begins at `start`."""
    for at in range(start - 1, max(-1, start - 1 - NEGATION_REACH), -1):
        word = stems[at]
        if word in _NEGATORS:
            return True
        if word in _ENDS or (word in MARKS and word != ","):
            return False
    return False


def caveats_for(rules: Rules, wanted: dict[str, str]) -> tuple[Caveat, ...]:
    """The caveats of `wanted` (id → the words that called for it), most important first, `general` last."""
    return tuple(Caveat(rule.id, rule.text("text"), wanted[rule.id]) for rule in rules["caveats"].values() if rule.id in wanted)
