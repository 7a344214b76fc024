"""Warning signs in a message, and the caveats that a reply must carry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .conversation import Dialogue, Standing, Urgent
from .english import NEGATION_ENDS, NEGATORS
from .evidence import alarm_evidence
from .lexicon import Term
from .matcher import Match
from .rules import LEVELS, Rule, Rules
from .text import MARKS, stem
from .understand import Reading
from .weights import Evidence, Weights

#: How far back a negator reaches, in words.
NEGATION_REACH = 5
#: From which chance on the learned weights raise an alarm that no rule raised.
ALARM_FROM = 0.2
#: For how many messages a sign that was not taken back still counts.
SIGN_STANDS = 3

COUNTS = "counts"
#: The verdicts on signs that are asked about, not had.
GENERAL = frozenset(("asked in general", "asked for a class or out of curiosity", "fiction or hearsay"))

_FIRST_PERSON = frozenset(stem(word) for word in ("i", "me", "my", "mine", "myself", "we", "us", "our"))
_HISTORIES = frozenset(("cancer", "infection-source", "fragile"))
_NEGATORS = frozenset(stem(word) for word in NEGATORS)
_ENDS = frozenset(stem(word) for word in NEGATION_ENDS)


@dataclass(frozen=True, slots=True)
class Sign:
    """A warning sign found: where, and whether it counts for the person now."""

    name: str
    start: int
    end: int
    sentence: int
    verdict: str

    @property
    def counts(self) -> bool:
        """Whether it is taken as happening now, to the user or to someone with them."""
        return self.verdict == COUNTS


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
    names: tuple[str, ...]

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
        return cls(tuple(groups), tuple(unless), tuple(name for group in groups for name in group))


class RedFlags:
    """The red flags of the rules, compiled, and behind them what was learned from labelled messages as a second net."""

    def __init__(self, rules: Rules, weights: Weights | None = None) -> None:
        self._rules = rules
        self._weights = weights
        self._flags: list[tuple[Rule, tuple[Condition, ...]]] = [
            (rule, tuple(Condition.parse(line) for line, _ in rule.values["when"]))  # type: ignore[attr-defined]
            for rule in rules["red_flags"].values()
        ]

    def assess(self, reading: Reading, dialogue: Dialogue) -> Assessment:
        """The most pressing red flag that the message, with what still stands from earlier ones, raises."""
        signs = weigh_signs(reading)
        counting = [sign for sign in signs if sign.counts]
        best = self._by_rules(reading, counting, dialogue) if counting else None
        learned = self._by_weights(reading, signs, dialogue)
        if learned is not None and (best is None or (best.level == "soon" and learned.level != "soon")):
            best = learned
        kept = tuple([Standing(sign.name, reading.said(sign.start, sign.end), 0) for sign in counting])
        fresh = {sign.sign for sign in kept}
        older = tuple([old for old in _age(dialogue.standing) if old.sign not in fresh])
        conditional = best is None and len(counting) < len(signs) and self._would_hold(signs, reading)
        return Assessment(best, (*kept, *older), conditional)

    def _by_rules(self, reading: Reading, counting: Sequence[Sign], dialogue: Dialogue) -> Urgent | None:
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
        return best

    def _by_weights(self, reading: Reading, signs: Sequence[Sign], dialogue: Dialogue) -> Urgent | None:
        """The red flag that the words speak for, though no rule holds: people find words that no list has."""
        if self._weights is None:
            return None
        found = alarm_evidence(reading, verdicts_of(signs, dialogue))
        scores = self._weights.score(found)
        chances = np.exp(scores - scores.max())
        if 1.0 - chances[-1] / chances.sum() < ALARM_FROM:
            return None
        at = int(np.argmax(scores[:-1]))
        rule = self._rules["red_flags"][self._weights.classes[at]]
        return Urgent(rule.id, rule.text("level"), self._advice(rule, rule.text("level")), self._telling(reading, found, at))

    def _telling(self, reading: Reading, found: Mapping[Evidence, float], at: int) -> str:
        """The user's words that spoke loudest for a flag."""
        assert self._weights is not None
        said = {word.stem: word.typed for word in reading.words}
        loud = []
        for key, value in found.items():
            row = self._weights.row(key) if key[0] in ("word", "pair", "gap") else None
            if row is not None and row[at] - row[-1] > 0.3:
                loud.append((float(row[at] - row[-1]) * value, key[1:]))
        words = [stem for _, stems in sorted(loud, reverse=True)[:3] for stem in stems]
        return " ".join(dict.fromkeys(said[stem] for stem in words if stem in said))

    def _would_hold(self, signs: Sequence[Sign], reading: Reading) -> bool:
        """Whether a flag would be raised if what is asked in general were happening: the reply then says what to do if it is."""
        general = [sign for sign in signs if sign.counts or sign.verdict in GENERAL]
        if all(sign.counts for sign in general):
            return False
        names = {sign.name for sign in general}
        return any(_holds(condition, general, names, set(), reading) is not None for _, conditions in self._flags for condition in conditions)

    def _advice(self, rule: Rule, level: str) -> str:
        numbers = self._rules["numbers"]["default"]
        call = {"emergency": numbers.text("emergency"), "crisis": numbers.text("crisis"), "soon": numbers.text("urgent")}[level]
        return f"{rule.text('advice')} {call}"


def verdicts_of(signs: Sequence[Sign], dialogue: Dialogue) -> dict[str, bool]:
    """Sign → whether it counts, those that stand from earlier messages too."""
    verdicts = {old.sign: True for old in dialogue.standing}
    for sign in signs:
        verdicts[sign.name] = sign.counts or verdicts.get(sign.name, False)
    return verdicts


def verdicts(reading: Reading, dialogue: Dialogue) -> dict[str, bool]:
    """Sign → whether it counts, of a reading and what stands before it."""
    return verdicts_of(weigh_signs(reading), dialogue)


def _age(standing: Iterable[Standing]) -> tuple[Standing, ...]:
    return tuple(Standing(old.sign, old.because, old.age + 1) for old in standing if old.age + 1 < SIGN_STANDS)


def _holds(condition: Condition, counting: Sequence[Sign], now: set[str], standing: set[str], reading: Reading) -> str | None:
    """The user's words that fulfil a condition; None where it does not hold. At least one sign must be of this message."""
    if not all(name in now or name in standing for name in condition.names) or any(name in now for name in condition.unless):
        return None
    used: list[Sign] = []
    for group in condition.groups:
        if len(group) == 1:
            sign = next((sign for sign in counting if sign.name == group[0]), None)
            if sign is not None:
                used.append(sign)
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


def weigh_signs(reading: Reading) -> list[Sign]:
    """Each sign with its verdict: what stands in its clause and sentence decides whether it is happening, and to whom."""
    stems = reading.stems
    contexts: dict[str, list[Match[Term]]] = {}
    for match in reading.of("context"):
        contexts.setdefault(match.name.id, []).append(match)
    clauses = _clauses(reading)
    signs = []
    for match in reading.of("sign"):
        clause = clauses[match.start]
        signs.append(Sign(match.name.id, match.start, match.end, clause.sentence, _verdict(match, clause, stems, contexts, clauses)))
    return signs


class _Clause(NamedTuple):
    start: int
    end: int
    sentence: int
    first_person: bool


def _clauses(reading: Reading) -> list[_Clause]:
    """The clause of every word."""
    clauses: list[_Clause] = [_Clause(0, len(reading.stems), 0, False)] * (len(reading.stems) + 1)
    for part in reading.parts:
        words = reading.stems[part.start : part.end]
        clause = _Clause(part.start, part.end, part.sentence, any(word in _FIRST_PERSON for word in words))
        for at in range(part.start, part.end):
            clauses[at] = clause
    return clauses


def _verdict(
    match: Match[Term], clause: _Clause, stems: Sequence[str], contexts: dict[str, list[Match[Term]]], clauses: Sequence[_Clause]
) -> str:
    """COUNTS, or why a sign does not."""

    def in_clause(name: str) -> bool:
        return any(clause.start <= found.start < clause.end for found in contexts.get(name, ()))

    def in_sentence(name: str) -> bool:
        return any(clauses[found.start].sentence == clause.sentence for found in contexts.get(name, ()))

    if any(found.start < match.end and match.start < found.end for found in contexts.get("idiom", ())):
        return "a figure of speech"
    if _negated(stems, match.start):
        return "denied"
    present = in_sentence("present")
    if in_sentence("fiction") and not clause.first_person:
        return "fiction or hearsay"
    if any(found.start < match.start for found in contexts.get("fiction", ()) if clauses[found.start].sentence == clause.sentence):
        return "fiction or hearsay"
    if "study" in contexts and not clause.first_person and not in_clause("other"):
        return "asked for a class or out of curiosity"
    if in_clause("about") and not clause.first_person and not _someone(clause, contexts):
        return "asked in general"
    if in_sentence("past") and not in_clause("present"):
        return "long ago"
    if "resolved" in contexts and not present and (in_sentence("resolved") or "past" in contexts):
        return "over"
    if in_sentence("ruled-out") and not present:
        return "ruled out by a doctor"
    if in_sentence("died") and not clause.first_person:
        return "someone who has died"
    if match.name.id in _HISTORIES and in_sentence("other") and not clause.first_person:
        return "someone else's history"
    return COUNTS


def _someone(clause: _Clause, contexts: dict[str, list[Match[Term]]]) -> bool:
    """Whether the clause names a person of the user's: "my wife", "mum", not "someone" or "they"."""
    return any(clause.start <= found.start < clause.end and found.size > 1 for found in contexts.get("other", ()))


def _negated(stems: Sequence[str], start: int) -> bool:
    """Whether a negator reaches the sign that begins at `start`."""
    for at in range(start - 1, max(-1, start - 1 - NEGATION_REACH), -1):
        word = stems[at]
        if word in _NEGATORS:
            return True
        if word in _ENDS or (word in MARKS and word != ","):
            return False
    return False
