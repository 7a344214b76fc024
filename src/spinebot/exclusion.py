"""What a message wants left out: "without drugs", "anything but surgery", "needles scare me", "non-invasive"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from .clauses import HARD, QUESTION_STEMS
from .english import STOP
from .lexicon import Term
from .matcher import Match
from .rules import Rules
from .text import MARKS, stem

#: Within how many words before or after what it leaves out a wording stands.
REACH = 3
_BETWEEN = frozenset(map(stem, STOP)) | MARKS - HARD
#: The aims whose wordings stand before what they leave out, or after it.
_LEAVING = frozenset(("leaving-out", "left-out"))


def left_out(stems: Sequence[str], matches: Mapping[str, Sequence[Match[Term]]], rules: Rules) -> tuple[str, ...]:
    """The topics that a message wants left out, in their order. Only what is no illness can be: nobody chooses those."""
    leaving = [aim for aim in matches.get("aim", ()) if aim.name.id in _LEAVING or rules["aims"][aim.name.id].ids("leaves_out")]
    if not leaving:
        return ()
    named = [match for match in matches.get("topic", ()) if is_choice(match.name.id, rules)]
    named = [match for match in named if not any(_holds(other, match) for other in named)]
    unwanted: dict[str, None] = {}
    for aim in leaving:
        unwanted.update(dict.fromkeys(rules["aims"][aim.name.id].ids("leaves_out")))
        if aim.name.id == "leaving-out":
            unwanted.update(dict.fromkeys(_after(aim, named, stems)))
        elif aim.name.id == "left-out":
            unwanted.update(dict.fromkeys(match.name.id for match in named if match.end <= aim.start and _near(stems[match.end : aim.start])))
    return tuple(unwanted)


def is_choice(topic: str, rules: Rules) -> bool:
    """Whether a topic is a treatment, which people can choose or leave."""
    rule = rules["topics"][topic]
    return rule.flag("side") and not rule.flag("condition") and (rule.flag("withheld") or bool(rule.ids("caveats")))


def _holds(longer: Match[Term], match: Match[Term]) -> bool:
    """Whether `match` is part of a longer name: "prescription" of "non-prescription"."""
    return longer.start <= match.start and match.end <= longer.end and longer.end - longer.start > match.end - match.start


def _after(aim: Match[Term], named: Sequence[Match[Term]], stems: Sequence[str]) -> list[str]:
    """What is named soon after a wording that leaves out, and what is listed with it: "no pills, needles or surgery"."""
    if any(match.start <= aim.start and aim.end < match.end for match in named):
        return []  # "A non-prescription painkiller": the wording is part of the name.
    following = sorted((match for match in named if match.start >= aim.end), key=lambda match: match.start)
    found = [match for match in following if _near(stems[aim.end : match.start])][:1]
    if found:
        for before, match in pairwise(following[following.index(found[0]) :]):
            between = stems[before.end : match.start]
            if match.start >= before.end and not (len(between) <= 2 and _BETWEEN.issuperset(between)):
                break
            found.append(match)
    return [match.name.id for match in found]


def _near(between: Sequence[str]) -> bool:
    return len(between) <= REACH and HARD.isdisjoint(between) and QUESTION_STEMS.isdisjoint(between)
