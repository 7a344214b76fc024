"""The conditions of red flags: which warning signs must come together, and which of them in one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .reading import Reading
from .signs import Sign


@dataclass(frozen=True, slots=True)
class Condition:
    """One line of a red flag's `when`: groups that must each be found, a group's signs in one sentence."""

    groups: tuple[tuple[str, ...], ...]
    unless: frozenset[str]
    names: frozenset[str]

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
        return cls(tuple(groups), frozenset(unless), frozenset(name for group in groups for name in group))


def holds(condition: Condition, counting: Sequence[Sign], now: set[str], reading: Reading) -> str | None:
    """The user's words that fulfil a condition whose signs are all there; None where it does not hold.

    At least one of its signs must be of this message.
    """
    if not condition.unless.isdisjoint(now):
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
            if set(group) <= now:
                return None
            # Some of it stands from an earlier message: "my leg is numb" – "both".
            together = [sign for sign in counting if sign.name in group]
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
