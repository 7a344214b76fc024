"""What was learned of how people tell of warning signs: how likely a message is to tell of one, and of which."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from .evidence import alarm_evidence
from .reading import Reading
from .weights import Rows, Weights

#: From which share of an alarm the emergencies together make it one, though another flag may be likelier than each of them.
MOSTLY = 0.6
#: So far below calm, no flag's score nor all of theirs together come near an alarm.
SURELY_CALM = 8.0
#: How much louder for a flag than for calm a word is that is shown as a reason, and how many of them are.
TELLING, MOST_TELLING = 0.3, 3


class Heard(NamedTuple):
    """What the words of a message say: the chance that it tells of any warning sign, the likeliest red flag, and whether that is an emergency
    whatever else was found. `scores`: red flag → how loudly the words speak for it; none where they are surely calm.
    """

    chance: float
    flag: str = ""
    worse: bool = False
    scores: Mapping[str, float] = MappingProxyType({})


class Alarms:
    """The second net: it knows no rule, only labelled messages."""

    def __init__(self, weights: Weights, levels: Mapping[str, str]) -> None:
        """`levels`: red flag → its level."""
        self.weights = weights
        self.rows = Rows(weights.bias, weights.row)
        self._flags = weights.classes[:-1]
        self._emergencies = [at for at, flag in enumerate(self._flags) if levels[flag] == "emergency"]

    def hear(self, reading: Reading, verdicts: Mapping[str, bool]) -> Heard:
        """What a message says of warning signs. `verdicts`: sign → whether it counts."""
        found = alarm_evidence(reading, verdicts)
        *flags, calm = self.rows.score(found).tolist()
        loudest = max(flags)
        if loudest < calm - SURELY_CALM:
            return Heard(0.0)
        chances = [math.exp(score - loudest) for score in flags]
        alarm = sum(chances)
        chance = alarm / (alarm + math.exp(calm - loudest))
        worse = sum([chances[at] for at in self._emergencies]) > MOSTLY * alarm
        at = max(self._emergencies, key=flags.__getitem__) if worse else flags.index(loudest)
        return Heard(chance, self._flags[at], worse, dict(zip(self._flags, flags, strict=True)))

    def because(self, reading: Reading, verdicts: Mapping[str, bool], flag: str) -> str:
        """The user's words that spoke loudest for a flag; "" where no word did."""
        at = self._flags.index(flag)
        said = {form: word.typed for word in reading.words for form in (word.stem, word.read)}
        loud = []
        for key, value in alarm_evidence(reading, verdicts).items():
            kind, *words = key.split(" ")
            row = self.rows[key] if kind in ("spelled", "pair") else None
            if row is not None and row[at] - row[-1] > TELLING:
                loud.append((float(row[at] - row[-1]) * value, words))
        loudest = [word for _, words in sorted(loud, reverse=True)[:MOST_TELLING] for word in words]
        return " ".join(dict.fromkeys(said[word] for word in loudest if word in said))
