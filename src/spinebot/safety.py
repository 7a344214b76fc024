"""Red flags: which signs, alone or together, need help now or soon; and behind the rules what was learned of how people tell of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from .alarms import Alarms
from .conditions import Condition, holds
from .conversation import Dialogue, Standing, Urgent, Warned
from .persons import OTHER, mentions, told_of
from .reading import Reading, without
from .rules import LEVELS, Rule, Rules
from .signs import COUNTS, GENERAL, WHEN, WHERE, Sign, weigh_signs
from .taking_back import takes_back
from .weights import Weights

#: From which chance on the words raise an alarm that no rule raised.
ALARM_FROM = 0.3
#: The same where no sign counts, or those only that say when ("I don't want to bother anybody"), or little is said, and how many words and
#: marks are little.
ALARM_BY_WORDS, LITTLE = 0.45, 12
#: The same where no sign counts, and one of the likeliest flag was taken back: denied, long over, in a film.
ALARM_DESPITE = 0.7
#: Under which chance what the rules take for an alarm is none, where the message says that it speaks of other things: an overdose of box
#: sets, legs like jelly after the gym. The reply then says what to do if it is happening.
CALM_BELOW = 0.25
#: The same where it doesn't: "I can't stand Mondays", "the signal arm drops when the wire breaks".
SURELY_CALM_BELOW = 0.16
#: Under which chance the clauses with the signs must be then by themselves, for no question beside a sign makes it less.
CALM_ALONE_BELOW = 0.4
#: Under which chance both must be in a message of few words and marks, and how many are few.
CALM_IN_FEW_BELOW, FEW = 0.05, 18
#: From which chance on the words make an emergency of what the rules take for less.
WORSE_FROM = 0.5
#: How many words a message has at most that is a yes.
LONGEST_YES = 12
#: How many words of a message are shown as the reason for an alarm that no single word gave.
MOST_BECAUSE = 8
#: For how many messages a sign that was not taken back still counts.
SIGN_STANDS = 3
#: For how many messages urgent advice is kept in mind, by its level.
ADVICE_STANDS = {"emergency": 8, "crisis": 8, "soon": 3}

#: Contexts in which people speak of what is not happening to them, or name a harmless cause.
_SPOKEN_OF = frozenset(("idiom", "fiction", "study", "past", "resolved", "harmless"))
#: Contexts of questions on emergencies that nobody says to have: what a stroke is, whether a disc can paralyse.
_ASKED_OF = frozenset(("named", "feared"))
#: Aims of someone who would rather not believe a warning, or asks whether it is one.
_DOUBTS = frozenset(("doubt", "see-doctor"))

class Assessment(NamedTuple):
    """What was found of warning signs: the red flag that was raised, and those asked about in general only.

    `dropped`: the red flag that the rules raised and the words of the message took off; `warned`: the last one that was raised and not taken back;
    `taken_back`: why it was; `of`: of whom the message tells.
    """

    urgent: Urgent | None
    standing: tuple[Standing, ...]
    conditional: bool = False
    dropped: str = ""
    warned: Warned | None = None
    taken_back: str = ""
    of: str = ""


class _Flag(NamedTuple):
    """A red flag: its conditions, and all signs that any of them has."""

    rule: Rule
    level: str
    conditions: tuple[Condition, ...]
    names: frozenset[str]

    @classmethod
    def of(cls, rule: Rule) -> _Flag:
        """The flag of a rule."""
        conditions = tuple(Condition.parse(line) for line, _ in rule.values["when"])  # type: ignore[attr-defined]
        return cls(rule, rule.text("level"), conditions, frozenset().union(*(condition.names for condition in conditions)))


class RedFlags:
    """The red flags of the rules, compiled, and behind them what was learned from labelled messages as a second net."""

    def __init__(self, rules: Rules, weights: Weights | None = None, country: str = "default") -> None:
        self._rules = rules
        self._country = country
        #: The most pressing first: the first that holds is the one to tell.
        self._flags = sorted([_Flag.of(rule) for rule in rules["red_flags"].values()], key=lambda flag: LEVELS.index(flag.level))
        self._signs_of = {flag.rule.id: flag.names for flag in self._flags}
        self.alarms = Alarms(weights, {flag.rule.id: flag.level for flag in self._flags}) if weights is not None else None

    def assess(self, reading: Reading, dialogue: Dialogue) -> Assessment:
        """The most pressing red flag that the message, with what still stands from earlier ones, raises."""
        named = mentions(reading, dialogue.of)
        of = told_of(reading, named, dialogue.of)
        signs = weigh_signs(reading, dialogue.of, named)
        contexts = {match.name.id for match in reading.of("context")}
        taken_back = takes_back(reading, signs, dialogue)
        warned_before = dialogue.warned is not None
        if taken_back or "resolved" in contexts:
            # What is over adds up to nothing new; but a stroke that has gone is still one.
            dialogue = dialogue._replace(standing=(), warned=None if taken_back else dialogue.warned)
        if _affirms(reading):
            # "Can a disc cause incontinence?" – "Yes, I have that."
            signs += [Sign(old.sign, 0, len(reading.stems), 0, COUNTS, True) for old in dialogue.standing if old.asked]
        counting = [sign for sign in signs if sign.counts]
        by_rules = self._by_rules(reading, counting, dialogue) if counting else {}
        raised = self._judge(reading, signs, dialogue, by_rules)
        other = _other(signs, of)
        best = self._urgent(*raised, other) if raised else None
        warned = Warned(best.id, 0, other) if best else self._older(dialogue.warned)
        if not by_rules and dialogue.warned is not None and (again := self._again(reading, dialogue.warned)):
            best, warned = again, dialogue.warned._replace(age=0)
        fresh = dict.fromkeys([sign.name for sign in counting])
        kept = [Standing(name, 0) for name in fresh]
        conditional = False
        if len(counting) < len(signs):
            kept += [Standing(name, 0, True) for name in dict.fromkeys([sign.name for sign in signs if sign.verdict in GENERAL]) if name not in fresh]
            conditional = best is None and self._would_hold(signs, reading)
        kept += [old for old in _age(dialogue.standing) if old.sign not in fresh]
        dropped = next(iter(by_rules), "") if best is None else ""
        if best is None:
            conditional |= bool(contexts & _ASKED_OF) or bool(dropped and not _spoken_of(reading, signs))
        return Assessment(best, tuple(kept), conditional, dropped, warned, taken_back if warned_before and best is None else "", of)

    def _again(self, reading: Reading, warned: Warned) -> Urgent | None:
        """The red flag of the last messages for someone who doubts it: "it's probably nothing", "can it wait?"."""
        doubt = next((match for match in reading.of("aim") if match.name.id in _DOUBTS), None)
        if doubt is None:
            return None
        return self._urgent(warned.flag, reading.said(doubt.start, doubt.end), warned.other)

    def _level(self, warned: Warned) -> str:
        return self._rules["red_flags"][warned.flag].text("level")

    def _older(self, warned: Warned | None) -> Warned | None:
        """Urgent advice of earlier messages, one message later; None where that is long enough ago."""
        return warned._replace(age=warned.age + 1) if warned and warned.age + 1 < ADVICE_STANDS[self._level(warned)] else None

    def _by_rules(self, reading: Reading, counting: Sequence[Sign], dialogue: Dialogue) -> dict[str, str]:
        """The red flags of the most pressing level that hold, in their order: each with the user's words for it."""
        now = {sign.name for sign in counting}
        # "Which conditions affect the neck?", asked after advice, tells of nothing new.
        adds_nothing = dialogue.warned is not None and now <= WHERE and _asks_alone(reading)
        standing = set() if adds_nothing else {old.sign for old in dialogue.standing if not old.asked}
        there = now | standing
        raised: dict[str, str] = {}
        pressing = ""
        for rule, level, conditions, names in self._flags:
            if raised and level != pressing:
                break
            if names.isdisjoint(now):
                continue
            lines = [line for line in conditions if line.names <= there]
            if not lines:
                continue
            # "My boy has a fever, and my back aches from carrying him": what is no emergency must be one person's.
            told = [counting] if level != "soon" else _of_each(counting)
            here = [(signs, {sign.name for sign in signs}) for signs in told]
            said = (holds(line, signs, own, reading) for signs, own in here for line in lines if line.names <= own | standing)
            because = next((words for words in said if words is not None), None)
            if because is not None:
                raised[rule.id] = because
                pressing = level
        return raised

    def _judge(self, reading: Reading, signs: Sequence[Sign], dialogue: Dialogue, by_rules: Mapping[str, str]) -> tuple[str, str] | None:
        """The red flag of the rules in the light of the words, and why: people find words that no list has, and use those of the lists for other
        things. An alarm that needs what was told in earlier messages no word of this one takes off.
        """
        first = next(iter(by_rules.items()), None)
        level = self._rules["red_flags"][first[0]].text("level") if first else ""
        if self.alarms is None or not reading.words:
            return first
        # Signs that advice was given on already are no reason to give it again.
        verdicts = verdicts_of(signs, dialogue if dialogue.warned is None else Dialogue())
        heard = self.alarms.hear(reading, verdicts)
        if first is None:
            if heard.chance < _needed(reading, signs, self._signs_of.get(heard.flag, ())):
                return None
        elif self._is_calm(reading, signs, heard.chance, verdicts, level) and self._by_rules(reading, [sign for sign in signs if sign.counts], Dialogue()):
            return None
        elif level != "soon" or not heard.worse or heard.chance < WORSE_FROM:
            # Of several that hold the words say which: a dive and numb legs are first of all an injury.
            return max(by_rules.items(), key=lambda flag: heard.scores.get(flag[0], 0.0))
        told = ", ".join([reading.said(sign.start, sign.end) for sign in signs if sign.counts])
        return heard.flag, self.alarms.because(reading, verdicts, heard.flag) or told or reading.said(0, MOST_BECAUSE)

    def _is_calm(self, reading: Reading, signs: Sequence[Sign], chance: float, verdicts: Mapping[str, bool], level: str) -> bool:
        """Whether the words all but rule out what the rules take for an alarm of a level. Where nothing says that they speak of something
        else, the clauses with the signs must speak for calm by themselves. Words of despair that nothing says to be a figure of speech stand.
        """
        if _spoken_of(reading, signs):
            return chance < CALM_BELOW
        few = len(reading.words) < FEW
        if chance >= (CALM_IN_FEW_BELOW if few else SURELY_CALM_BELOW) or level == "crisis":
            return False
        assert self.alarms is not None
        counting = [sign.start for sign in signs if sign.counts]
        beside = [(part.start, part.end) for part in reading.parts if not any(part.start <= at < part.end for at in counting)]
        return self.alarms.hear(without(reading, beside, None), verdicts).chance < (CALM_IN_FEW_BELOW if few else CALM_ALONE_BELOW)

    def _would_hold(self, signs: Sequence[Sign], reading: Reading) -> bool:
        """Whether a flag would be raised if what is asked in general were happening: the reply then says what to do if it is."""
        general = [sign for sign in signs if sign.counts or sign.verdict in GENERAL]
        if all(sign.counts for sign in general):
            return False
        names = {sign.name for sign in general}
        return any(
            condition.names <= names and holds(condition, general, names, reading) is not None
            for flag in self._flags if not flag.names.isdisjoint(names) for condition in flag.conditions
        )

    def _urgent(self, flag: str, because: str, other: bool) -> Urgent:
        """The advice of a red flag, worded for another person where it is one's."""
        rule = self._rules["red_flags"][flag]
        level = rule.text("level")
        key = {"emergency": "emergency", "crisis": "crisis", "soon": "urgent"}[level]
        call = self._rules["numbers"][self._country].text(key) or self._rules["numbers"]["default"].text(key)
        advice = f"{rule.text('advice')} {call}"
        return Urgent(flag, level, f"{self._rules.phrase('other_person')} {advice}" if other and level != "crisis" else advice, because)


def _needed(reading: Reading, signs: Sequence[Sign], of_flag: Collection[str]) -> float:
    """The chance from which on the words raise an alarm that no rule raised. `of_flag`: the signs of the likeliest flag."""
    if any(sign.counts and sign.name not in WHEN for sign in signs):
        return ALARM_FROM if len(reading.words) >= LITTLE else ALARM_BY_WORDS
    # A pain that is no one's takes nothing back from a farewell.
    taken_back = any(not sign.counts and sign.name in of_flag and sign.name not in WHERE for sign in signs)
    return ALARM_DESPITE if taken_back else ALARM_BY_WORDS


def _spoken_of(reading: Reading, signs: Sequence[Sign]) -> bool:
    """Whether the message says, beside its signs, that it tells a story, of times past, or of a harmless cause."""
    return any(
        match.name.id in _SPOKEN_OF and not any(sign.counts and sign.start <= match.start and match.end <= sign.end for sign in signs)
        for match in reading.of("context")
    )


def _affirms(reading: Reading) -> bool:
    """Whether a message says yes to what was asked about before."""
    return len(reading.stems) <= LONGEST_YES and any(match.name.id == "yes" and match.start <= 1 for match in reading.of("aim"))


def _of_each(counting: Sequence[Sign]) -> list[list[Sign]]:
    """The signs of the user and those of another, each with what says when."""
    return [[sign for sign in counting if sign.other == other or sign.name in WHEN] for other in (False, True)]


def _asks_alone(reading: Reading) -> bool:
    """Whether a message asks, tells nothing, and points back to nothing."""
    return all(part.asks for part in reading.parts) and not any(match.name.id == "leaning" for match in reading.of("aim"))


def _other(signs: Sequence[Sign], of: str) -> bool:
    """Whether the signs that count are told of another person, not of the user; where none counts, whether the message is (`of`)."""
    counting = [sign.other for sign in signs if sign.counts]
    return 2 * sum(counting) > len(counting) if counting else of == OTHER


def verdicts_of(signs: Sequence[Sign], dialogue: Dialogue) -> dict[str, bool]:
    """Sign → whether it counts, those that stand from earlier messages too."""
    verdicts = {old.sign: True for old in dialogue.standing if not old.asked} if any([sign.counts for sign in signs]) else {}
    for sign in signs:
        verdicts[sign.name] = sign.counts or verdicts.get(sign.name, False)
    return verdicts


def verdicts(reading: Reading, dialogue: Dialogue) -> dict[str, bool]:
    """Sign → whether it counts, of a reading and what stands before it."""
    return verdicts_of(weigh_signs(reading, dialogue.of), dialogue)


def _age(standing: Iterable[Standing]) -> tuple[Standing, ...]:
    return tuple([Standing(old.sign, old.age + 1, old.asked) for old in standing if old.age + 1 < SIGN_STANDS])


def most_pressing(assessments: Sequence[Assessment]) -> Assessment:
    """One assessment of a message that was read in pieces: the most pressing red flag of all, and every sign that stands."""
    raised = [found.urgent for found in assessments if found.urgent is not None]
    standing: dict[str, Standing] = {}
    for old in (old for found in assessments for old in found.standing):
        if old.sign not in standing or old.age < standing[old.sign].age:
            standing[old.sign] = old
    urgent = min(raised, key=lambda flag: LEVELS.index(flag.level), default=None)
    conditional = urgent is None and any(found.conditional for found in assessments)
    return Assessment(urgent, tuple(standing.values()), conditional, warned=_newest(assessments), of=assessments[-1].of)


def _newest(assessments: Sequence[Assessment]) -> Warned | None:
    """The red flag that was raised last, in any piece of a message."""
    return min((found.warned for found in assessments if found.warned), key=lambda warned: warned.age, default=None)
