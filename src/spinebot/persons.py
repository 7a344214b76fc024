"""Of whom a sign is told: the user, someone else, people met at work, or an animal or a thing.

Told from the nearest word that names one, as people read it: "I think my dad can't feel his legs" is the dad's, "my wife says I slur" the user's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .lexicon import Term
from .matcher import Match
from .reading import Reading
from .text import MARKS, stem

PERSONS = SELF, OTHER, THING, PEOPLE = "self", "other", "thing", "people"
#: Within how many words after it a sign is an animal's or a thing's: "the pump's bladder", "our old mare has gone weak".
THING_REACHES = 3
#: How many words may stand between "my" and whom it names: "my poor old dad".
_NAMED_WITHIN = 3

_I = frozenset(stem(word) for word in ("i", "me", "we", "us", "mine", "myself"))
_MY = frozenset(stem(word) for word in ("my", "our"))
_HE = frozenset(stem(word) for word in ("he", "she", "him", "her", "his", "hers", "himself", "herself"))
#: Spoken to, not spoken of, unless one stands before them: "mate, my legs".
_DETERMINERS = frozenset(stem(word) for word in ("my", "our", "the", "a", "an", "his", "her", "this", "that", "your"))
_SPOKEN_TO = frozenset(stem(word) for word in ("mate", "bro", "buddy", "friend", "man", "lady", "baby", "boss", "coach", "teacher"))
#: No one in particular: "like someone sitting on my chest", "they said".
_NOBODY = frozenset(stem(word) for word in ("someone", "somebody", "stranger", "they", "partner"))
#: After these a person or a thing is what something is done to or with: "lifting my mum", "fell off the horse".
_DONE_TO = frozenset(
    stem(word) for word in "lift carry help hug pick move by from off over onto on in into with under through ride drive walk kick after to near like".split()
)


class Mention(NamedTuple):
    """A word that names whom the talk is of, where it stands."""

    start: int
    end: int
    whose: str


def mentions(reading: Reading, before: str = "") -> list[Mention]:
    """Everyone and everything that a message names, in its order. `before`: of whom the last message told."""
    stems = reading.stems
    others = {match.start: match for match in reading.of("context") if match.name.id == "other" and _is_somebody(match, stems)}
    things = {match.start: match for match in reading.of("context") if match.name.id == "not-a-person" and _is_subject(match, reading)}
    people = {match.start for match in reading.of("context") if match.name.id == "met-people"} if _works(reading) else set()
    found: list[Mention] = []
    third = before if before == THING else OTHER
    for at, word in enumerate(stems):
        if word in _HE:
            found.append(Mention(at, at + 1, third))
        elif at in people and reading.words[at].typed.lower().endswith(("s", "people", "folk")):
            found.append(Mention(at, at + 1, PEOPLE))
        elif at in things:
            third = THING
            found.append(Mention(at, things[at].end, THING))
        elif at in others:
            third = OTHER
            found.append(Mention(at, others[at].end, OTHER))
        elif word in _I or (word in _MY and not any(named in others or named in things for named in range(at, at + _NAMED_WITHIN + 1))):
            found.append(Mention(at, at + 1, SELF))
    return found


def told_of(reading: Reading, named: Sequence[Mention], before: str = "") -> str:
    """Of whom a message tells last, beside what it asks; `before` where it names nobody."""
    asked = [part for part in reading.parts if part.asks]
    told = [mention.whose for mention in named if not any(part.start <= mention.start < part.end for part in asked)]
    return (told or [mention.whose for mention in named] or [before])[-1]


def whose(start: int, end: int, reading: Reading, named: Sequence[Mention], before: str = "") -> str:
    """Whose a sign at `[start:end]` is."""
    inside = [mention.whose for mention in named if start <= mention.start < end]
    if inside:
        return SELF if SELF in inside else inside[-1]
    clause = next((part for part in reading.parts if part.start <= start < part.end), None)
    if clause is None:
        return SELF
    # A dog or a car of the message before is only meant where "he" or "its" says so.
    return next(_nearest(start, end, clause.start, clause.end, reading, named), OTHER if before == OTHER else SELF)


def _nearest(start: int, end: int, opens: int, ends: int, reading: Reading, named: Sequence[Mention]) -> Iterator[str]:
    """Who is named nearest before a sign in its clause, nearest after it there, and last before its clause."""
    stems = reading.stems
    for mention in reversed(named):
        if opens <= mention.start < start and (mention.whose != THING or stems[mention.start] in _HE or start - mention.end <= THING_REACHES):
            yield mention.whose
    for mention in named:
        if end <= mention.start < ends and mention.whose in (SELF, OTHER) and stems[mention.start] not in _I:
            yield mention.whose
    asked = [part for part in reading.parts if part.asks]
    for mention in reversed(named):
        if mention.start < opens and mention.whose in (SELF, OTHER) and not any(part.start <= mention.start < part.end for part in asked):
            yield mention.whose


def _works(reading: Reading) -> bool:
    """Whether the user names a job with people who have signs: "I'm a paramedic and see people with chest pain all day"."""
    return any(match.name.id == "at-work" for match in reading.of("context"))


def _is_somebody(match: Match[Term], stems: Sequence[str]) -> bool:
    """Whether a wording names a person of whom something may be told."""
    word = stems[match.start]
    if match.size > 1:
        return not _done_to(match.start, stems)
    if word in _NOBODY or word in _HE:
        return False
    named = match.start > 0 and stems[match.start - 1] in _DETERMINERS
    if named and match.start > 1 and stems[match.start - 2] == "be":
        return False  # "Since I was a child."
    return (named or word not in _SPOKEN_TO) and not _done_to(match.start - named, stems)


def _is_subject(match: Match[Term], reading: Reading) -> bool:
    """Whether an animal or a thing does something, or has something, rather than something being done with it; "pumped" is no pump."""
    stems = reading.stems
    named = match.start > 0 and stems[match.start - 1] in _DETERMINERS
    return not _done_to(match.start - named, stems) and not reading.words[match.start].typed.lower().endswith(("ed", "ing"))


def _done_to(at: int, stems: Sequence[str]) -> bool:
    return at > 0 and stems[at - 1] not in MARKS and stems[at - 1] in _DONE_TO
