"""The warning signs of a message: each with its verdict, whether it is happening now, to the user or to someone with them.

Rules that a clinician can read: what stands in a sign's clause and sentence (a denial, "years ago", "my uncle had", a
figure of speech) decides. Which signs together raise which red flag is `safety`'s business.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .english import NEGATION_ENDS, NEGATORS
from .lexicon import Term
from .matcher import Match
from .persons import OTHER, PEOPLE, THING, Mention, mentions, whose
from .reading import Reading
from .text import MARKS, stem

#: How far back a negator reaches, in words.
NEGATION_REACH = 6

COUNTS = "counts"
#: The verdicts on signs that are asked about, not had.
GENERAL = frozenset(("asked in general", "asked for a class or out of curiosity", "fiction or hearsay"))

_FIRST_PERSON = frozenset(stem(word) for word in ("i", "me", "my", "mine", "myself", "we", "us", "our"))
#: "They'd all be better off", "what is the point of living?": no word of recovery and no general question makes these calm.
_CRISES = frozenset(("suicide", "self-harm", "abuse"))
#: Contexts that by themselves calm nothing.
_NEUTRAL = frozenset(("present",))
#: Where a new subject begins, a negation has ended: "if it doesn't work I've ...".
_NEW_SUBJECT = frozenset(stem(word) for word in ("i", "he", "she", "we", "they"))
_THIRD_PERSON = frozenset(stem(word) for word in ("he", "she", "him", "her"))
#: Contexts that take in a sign which nobody has yet, and what is then said of it.
_NOT_YET = {"feared": "feared, not had", "asked-for": "asked for, not done"}
_HISTORIES = frozenset(("cancer", "infection-source"))
_NEGATORS = frozenset(stem(word) for word in NEGATORS)
_ENDS = frozenset(stem(word) for word in NEGATION_ENDS)
#: Where another thing is told, "for years" is not said of what stands before: "a bad back for years and now ...".
_JOINS = _ENDS | frozenset(stem(word) for word in "and plus so after then".split())
_YEARS = frozenset(("year", "decad"))
#: How many words "always been" reaches over: "always been a bit clumsy".
_ALWAYS_REACHES = 3
#: Signs that someone can have had all their life, or for decades.
_OLD = frozenset(
    """
    numb tingling saddle saddle-numb retention incontinence leg-loss legs-gone both-legs leg arm-loss foot-drop clumsy-hands unsteady lhermitte face-droop
    speech-loss sight-loss eye-sign hard-swallow spinning one-sided gone-numb-side headache light-hurts lump
    """.split()
)
#: Signs that a limb has which was lain on, until it wakes.
LIMB_SIGNS = frozenset("numb tingling leg-loss both-legs leg arm-loss one-sided heart-arm-jaw".split())
#: Signs beside which no limb is only asleep.
_HEAVY = frozenset("saddle saddle-numb retention incontinence face-droop speech-loss chest-pain fever unsteady clumsy-hands".split())
#: Signs that only say when and how something came: nobody's.
WHEN = frozenset("new-change injury-now months sudden worsening small-knock".split())
#: Signs that only say where: to someone who has been advised already, they make no new flag of what was told before.
WHERE = frozenset("neck-or-arm back-trouble back-or-neck flank leg".split())
#: Signs of a fall or a crash: what is hurt then is not the horse or the car.
_INJURIES = frozenset(("big-injury", "great-force"))


class Sign(NamedTuple):
    """A warning sign found: where; whether it counts, as happening now to the user or to someone with them, or why it doesn't."""

    name: str
    start: int
    end: int
    sentence: int
    verdict: str
    counts: bool
    other: bool = False


def weigh_signs(reading: Reading, before: str = "", named: Sequence[Mention] | None = None) -> list[Sign]:
    """Each sign with its verdict: what stands in its clause and sentence decides whether it is happening, and to whom.

    `before`: of whom the message before told; `named`: whom this one names, where that was looked for already.
    """
    found = reading.of("sign")
    if not found:
        return []
    stems, parts = reading.stems, reading.parts
    clause_at, sentence_at = [0] * (len(stems) + 1), [0] * (len(stems) + 1)
    for number, part in enumerate(parts):
        size = part.end - part.start
        clause_at[part.start : part.end] = [number] * size
        sentence_at[part.start : part.end] = [part.sentence] * size
    # The "not" of "can't pee" belongs to that sign and denies no other.
    deniers: list[int] = []
    if not _NEGATORS.isdisjoint(stems):
        own = {at for match in found for at in range(match.start, match.end)}
        deniers = [at for at, word in enumerate(stems) if word in _NEGATORS and at not in own]
    contexts = reading.of("context")
    if not before and not deniers and all([match.name.id in _NEUTRAL for match in contexts]):
        return [Sign(match.name.id, match.start, match.end, sentence_at[match.start], COUNTS, True) for match in found]
    first_person = {clause_at[at] for at, word in enumerate(stems) if word in _FIRST_PERSON}
    surroundings = _surroundings(contexts, clause_at, sentence_at, stems)
    if "wakes" in surroundings.anywhere:
        heavy = any(match.name.id in _HEAVY and not any(_swallows(idiom, match) for idiom in surroundings.idioms) for match in found)
        surroundings = surroundings._replace(heavy=heavy)
    named = mentions(reading, before) if named is None else named
    hurt = any(match.name.id in _INJURIES for match in found)
    signs = []
    for match in found:
        clause, sentence = clause_at[match.start], sentence_at[match.start]
        verdict = _verdict(match, clause, sentence, clause in first_person, stems, deniers, surroundings)
        person = whose(match.start, match.end, reading, named, before)
        if verdict == COUNTS and match.name.id not in _CRISES | WHEN:
            if person in (THING, PEOPLE) and not hurt:
                verdict = "not a person" if person == THING else "met at work"
            elif surroundings.lasting and match.name.id in _OLD and _has_lasted(match, clause, clause_at, found, stems, surroundings.lasting):
                verdict = "for years"
        signs.append(Sign(match.name.id, match.start, match.end, sentence, verdict, verdict == COUNTS, person == OTHER))
    return signs


class _Surroundings(NamedTuple):
    """The contexts of a message: their names, by clause and by sentence; where fiction begins; the figures of speech; what is feared or
    asked for; where it says "for years"; whether there are signs beside which no limb is only asleep.
    """

    anywhere: set[str]
    clauses: Mapping[int, set[str]]
    sentences: Mapping[int, set[str]]
    fiction_from: dict[int, int]
    idioms: list[tuple[int, int]]
    not_yet: list[tuple[int, int, str]]
    lasting: list[tuple[int, int]]
    heavy: bool = False


def _surroundings(contexts: Sequence[Match[Term]], clause_at: Sequence[int], sentence_at: Sequence[int], stems: Sequence[str]) -> _Surroundings:
    """The contexts of a message, by where they stand."""
    around = _Surroundings(set(), defaultdict(set), defaultdict(set), {}, [], [], [])
    for match in contexts:
        name = match.name.id
        around.anywhere.add(name)
        around.clauses[clause_at[match.start]].add(name)
        around.sentences[sentence_at[match.start]].add(name)
        if name == "fiction":
            around.fiction_from.setdefault(sentence_at[match.start], match.start)
        elif name in ("idiom", "other-sense"):
            around.idioms.append((match.start, match.end))
        elif name in _NOT_YET:
            around.not_yet.append((match.start, match.end, _NOT_YET[name]))
        elif name == "lasting":
            around.lasting.append((match.start, match.end))
        elif name == "other" and (match.size > 1 or stems[match.start] in _THIRD_PERSON):
            around.clauses[clause_at[match.start]].add("someone")
    return around


def _verdict(
    match: Match[Term], clause: int, sentence: int, first_person: bool, stems: Sequence[str], deniers: Sequence[int], around: _Surroundings
) -> str:
    """COUNTS, or why a sign does not. The order is that of the reasons: what was said is looked at before what it is about."""
    if around.idioms and any(_swallows(idiom, match) for idiom in around.idioms):
        return "a figure of speech"
    if around.not_yet and (why := next((why for start, end, why in around.not_yet if start < match.end and match.start < end), "")):
        return why
    if deniers and _negated(stems, match.start, deniers):
        return "denied"
    # "Can a disc make your legs weak? Mine are.": nothing is general then.
    if "mine" not in around.anywhere and (general := _in_general(match, clause, sentence, first_person, around)):
        return general
    anywhere, here, near = around.anywhere, around.clauses[clause], around.sentences[sentence]
    other, present = "other" in here, "present" in near
    history, crisis = match.name.id in _HISTORIES, match.name.id in _CRISES
    if not history or other:  # One's own past cancer stays a risk.
        if "past" in near and "present" not in here:
            return "long ago"
        if "resolved" in anywhere and not crisis and not present and ("resolved" in near or "past" in anywhere):
            return "over"
    if match.name.id in LIMB_SIGNS and "lain-on" in near and "wakes" in anywhere and not around.heavy:
        return "from lying on it"
    if "ruled-out" in here or ("ruled-out" in near and not present):
        return "ruled out by a doctor"
    died = "died" in near and not first_person
    return "someone who has died" if died else "someone else's history" if history and other and not present else COUNTS


def _in_general(match: Match[Term], clause: int, sentence: int, first_person: bool, around: _Surroundings) -> str:
    """Why a sign is spoken of in general only; "" where it isn't."""
    here = around.clauses[clause]
    if "fiction" in around.sentences[sentence] and (not first_person or around.fiction_from[sentence] < match.start):
        return "fiction or hearsay"
    if first_person:
        return ""
    if "study" in around.anywhere and "other" not in here:
        return "asked for a class or out of curiosity"
    return "asked in general" if "about" in here and "someone" not in here and not (match.name.id in _CRISES and match.size > 1) else ""


def _has_lasted(
    sign: Match[Term], clause: int, clause_at: Sequence[int], found: Sequence[Match[Term]], stems: Sequence[str], lasting: Sequence[tuple[int, int]]
) -> bool:
    """Whether "for years" or "always" is said of a sign: in its clause, with nothing else told between them."""
    for start, end in lasting:
        first, last = (sign.end, start) if sign.start < start else (end, sign.start)
        reaches = sign.start < start or (last - first <= _ALWAYS_REACHES and _YEARS.isdisjoint(stems[start:end]))
        told = any(match.name.id == "back-trouble" and first <= match.start < last for match in found)
        if reaches and clause_at[start] == clause and not told and _JOINS.isdisjoint(stems[first:last]):
            return True
    return False


def _swallows(idiom: tuple[int, int], sign: Match[Term]) -> bool:
    """Whether a figure of speech takes in a sign: not if it is only a part of that ("fed up" of "fed up of living")."""
    start, end = idiom
    return start < sign.end and sign.start < end and not (sign.start <= start and end <= sign.end and sign.end - sign.start > end - start)


def _negated(stems: Sequence[str], start: int, deniers: Sequence[int]) -> bool:
    """Whether a negator reaches the sign that begins at `start`: over a list ("no numbness, weakness or fever"), not over a "but"."""
    left = NEGATION_REACH
    for at in range(start - 1, -1, -1):
        if at in deniers:
            return True
        word = stems[at]
        if word == ",":
            continue
        left -= 1
        if not left or word in _ENDS or word in MARKS or word in _NEW_SUBJECT:
            return False
    return False
