"""A run of scripted conversations as text for a terminal: each failure with what led to it, the coverage, a summary."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TextIO

from ..render import columns, visible, wrap
from .expect import Failure
from .play import Outcome, Played, PlayedStep

#: Section → what of it was reached, and all that it has: ids, in the order in which they are shown.
Covered = Mapping[str, tuple[Sequence[str], Sequence[str]]]

#: Outcome → what it is called, in the order of a summary.
OUTCOMES: dict[Outcome, str] = {
    "failed": "failed", "broken": "broken", "xpassed": "passed but marked xfail", "passed": "passed", "skipped": "skipped", "xfailed": "failed as expected",
}  # fmt: skip
#: Under this width expected and got stand one below the other.
SIDE_BY_SIDE = 72
_BETWEEN = " | "


def failure_text(played: Played, width: int = 80) -> str:
    """What a conversation that makes a run fail looks like, in lines of at most `width` columns: where, the conversation, the reasons.

    It is the same for the same conversation and replies; nothing of it needs colour.
    """
    return "\n".join(_failure_lines(played, max(width, 20)))


def _failure_lines(played: Played, width: int) -> Iterable[str]:
    conversation = played.conversation
    if played.outcome == "xpassed":
        yield from _labelled("", f"every expectation holds, but it is marked xfail: {conversation.fails}; take the mark away", width)
        return
    bad = [at for at, step in enumerate(played.steps) if step.failures]
    shown = len(played.steps) if played.trouble else (bad[-1] + 1 if bad else 0)
    for step in played.steps[:shown]:
        yield from _step_lines(step, width)
    if played.trouble:
        if len(played.steps) < len(conversation.steps):
            silent = conversation.steps[len(played.steps)]
            yield from _labelled("user", silent.says, width)
            yield ""
            yield f"{visible(silent.path)}:{silent.line}: no reply"
        yield from _labelled("", played.trouble, width)


def _step_lines(played: PlayedStep, width: int) -> Iterable[str]:
    yield from _labelled("user", played.step.says, width)
    yield from _labelled("bot", str(played.reply.get("text", "")), width)
    for failure in played.failures:
        yield ""
        yield f"{visible(played.step.path)}:{failure.line}: {failure.key}"
        yield from _compared(failure, width)
        if failure.why:
            yield from _labelled("reason", failure.why, width)
    if played.failures:
        yield ""


def _compared(failure: Failure, width: int) -> Iterable[str]:
    """Expected and got, side by side where both have room."""
    if width < SIDE_BY_SIDE:
        yield from _labelled("expected", failure.expected, width)
        yield from _labelled("got", failure.got, width)
        return
    room = (width - 2 - len(_BETWEEN)) // 2
    left = ["expected", "-" * room, *wrap(failure.expected, room)]
    right = ["got", "-" * room, *wrap(failure.got, room)]
    for at in range(max(len(left), len(right))):
        one, other = (side[at] if at < len(side) else "" for side in (left, right))
        yield f"  {one}{' ' * (room - columns(one))}{_BETWEEN}{other}".rstrip()


def _labelled(label: str, text: str, width: int) -> Iterable[str]:
    """A text with its label before the first line, the further ones below it."""
    head = f"  {label:<10}" if label else "  "
    for at, line in enumerate(wrap(text, width, len(head), len(head))):
        yield ((" " * len(head) if at else head) + line).rstrip()


def heading_of(played: Played) -> str:
    """The line above a failure: what happened, where, and the conversation's name."""
    conversation = played.conversation
    name = visible(" ".join(conversation.name.split()))
    return f"{OUTCOMES[played.outcome].upper()} {visible(conversation.path)}:{conversation.line}: {name}"


def summary(results: Sequence[Played], faulty: int = 0, seconds: float | None = None) -> str:
    """One line: how many of each outcome, and of how many steps; `faulty` is how many files could not be read."""
    counts = Counter(played.outcome for played in results)
    parts = [f"{counts[outcome]} {called}" for outcome, called in OUTCOMES.items() if counts[outcome]]
    if faulty:
        parts.insert(0, f"{faulty} faulty file{'s' * (faulty != 1)}")
    steps = sum(len(played.steps) for played in results)
    took = "" if seconds is None else f" in {seconds:.2f} s"
    return f"{', '.join(parts) or 'nothing was played'} ({steps} step{'s' * (steps != 1)}{took})"


def coverage_lines(covered: Covered, percent: float, width: int = 80) -> Iterable[str]:
    """How much of each section was reached, and what was not."""
    yield f"coverage: {percent:.1f} %"
    widest = max(map(len, covered), default=0)
    for section, (reached, everything) in covered.items():
        yield f"  {section:<{widest}}  {len(reached):>4} of {len(everything)}"
        missed = [one for one in everything if one not in set(reached)]
        if missed:
            yield from (" " * 4 + line for line in wrap("not reached: " + ", ".join(missed), width, 4, 4))


class Progress:
    """A bar on a line of its own, drawn again and again, on a terminal only."""

    EVERY = 0.1
    WIDTH = 30

    def __init__(self, stream: TextIO | None, total: int) -> None:
        self._stream = stream if stream is not None and stream.isatty() else None
        self._total = total
        self._done = self._bad = 0
        self._next = 0.0

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def step(self, played: Played) -> None:
        """One more is done."""
        self._done += 1
        self._bad += played.is_bad
        if self._stream is not None and (time.monotonic() >= self._next or self._done == self._total):
            self._next = time.monotonic() + self.EVERY
            full = self.WIDTH * self._done // max(1, self._total)
            bad = f", {self._bad} bad" if self._bad else ""
            self._stream.write(f"\r\x1b[K[{'#' * full}{'.' * (self.WIDTH - full)}] {self._done}/{self._total}{bad}")
            self._stream.flush()

    def clear(self) -> None:
        """Take the bar away, so that lines can be printed."""
        if self._stream is not None and self._done:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
