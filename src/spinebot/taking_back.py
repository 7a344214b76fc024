"""What takes an alarm back: a later message that says of the sign, credibly, that it is none.

A doctor has ruled it out; it was years ago and is over; it has been so for years; it was a dog, a car or a film; a limb was lain on. That someone
is sure it is nothing, or that it has gone by now, takes nothing back.
"""

from __future__ import annotations

from collections.abc import Collection

from .conversation import Dialogue
from .reading import Reading
from .signs import LIMB_SIGNS, WHEN, WHERE, Sign

#: How many words a message has at most that only makes the last one clear, besides what it asks.
LONGEST = 20
#: How many words may stand between "I meant" and what was meant.
_EXPLAINED_WITHIN = 4
#: Red flags whose signs someone can have had for years.
_LASTING = frozenset(("cauda-equina", "cord", "cord-now", "weakness", "stroke", "artery", "cancer-cord", "inflammatory"))
#: Red flags whose signs a limb has that was lain on.
_LAIN_ON = frozenset(("weakness", "cauda-equina", "cord", "cord-now", "stroke", "cancer-cord"))
#: Red flags that people play down once they have said it: "only a figure of speech" takes none of these back.
_MEANT = frozenset(("suicide", "abuse", "overdose"))
#: Signs by which something has changed after all.
_CHANGED = frozenset(("worsening", "new-change"))


def takes_back(reading: Reading, signs: Collection[Sign], dialogue: Dialogue) -> str:
    """Why a message takes back the signs of those before it; "" where it doesn't."""
    contexts = {match.name.id for match in reading.of("context")}
    if "ruled-out" in contexts:
        return "ruled out by a doctor"
    if dialogue.warned is None or _said(reading) > LONGEST:
        return ""
    flag = dialogue.warned.flag
    told = {sign.name for sign in signs if sign.counts}
    if _explained(reading, "fiction") or (flag not in _MEANT and _explained(reading, "figure")):
        return "fiction or a figure of speech"
    if _explained_thing(reading):
        return "not a person"
    if "past" in contexts and ("resolved" in contexts or _explained(reading, "past")) and not told & LIMB_SIGNS:
        return "long ago"
    if flag in _LASTING and "lasting" in contexts and not _of_the_pain(reading) and not told & (_CHANGED | LIMB_SIGNS):
        return "for years"
    limb_alone = all(old.sign in LIMB_SIGNS | _AT_HAND for old in dialogue.standing)
    if flag in _LAIN_ON and "lain-on" in contexts and limb_alone:
        return "from lying on it"
    return ""


#: Signs that say when and where, beside those of a limb.
_AT_HAND = WHERE | (WHEN - {"worsening", "small-knock"}) | {"injury-danger", "night-pain"}


def _said(reading: Reading) -> int:
    """How many words a message says beside what it asks."""
    return sum(part.end - part.start for part in reading.parts if not part.asks)


def _explained(reading: Reading, *what: str) -> bool:
    """Whether a message explains what was meant: "that was about a film", "I meant it as a joke"."""
    spans = [(match.start, match.end) for match in reading.of("context") if match.name.id == "explains"]
    return any(
        match.name.id in what and start - _EXPLAINED_WITHIN <= match.start <= end + _EXPLAINED_WITHIN for match in reading.of("context") for start, end in spans
    )


def _explained_thing(reading: Reading) -> bool:
    spans = [(match.start, match.end) for match in reading.of("context") if match.name.id == "explains"]
    things = [match.start for match in reading.of("context") if match.name.id == "not-a-person"]
    return any(start - _EXPLAINED_WITHIN <= thing <= end + _EXPLAINED_WITHIN for thing in things for start, end in spans)


def _of_the_pain(reading: Reading) -> bool:
    """Whether what has lasted is the pain, or something else that has a name: "my back has hurt for years"."""
    for lasting in (match for match in reading.of("context") if match.name.id == "lasting"):
        part = next((part for part in reading.parts if part.start <= lasting.start < part.end), None)
        if part and any(match.name.id == "back-trouble" and part.start <= match.start < part.end for match in reading.of("sign")):
            return True
    return False
