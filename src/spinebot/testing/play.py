"""Playing scripted conversations with a bot: here, or behind an address."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from .expect import Failure, Reply, check
from .script import Conversation, Step

if TYPE_CHECKING:
    from ..bot import Bot

Outcome = Literal["passed", "failed", "skipped", "xfailed", "xpassed", "broken"]
#: Outcomes that make a run fail.
BAD: tuple[Outcome, ...] = ("failed", "xpassed", "broken")


class SpeakerError(Exception):
    """The bot can't be spoken with: what is wrong, and what to do."""


class Speaker(Protocol):
    """Someone to hold a conversation with."""

    def say(self, text: str) -> Reply:
        """The reply to a message. Raises SpeakerError."""


class BotSpeaker:
    """A bot in this process."""

    def __init__(self, bot: Bot) -> None:
        self._conversation = bot.conversation("script")

    def say(self, text: str) -> Reply:
        """The reply to a message."""
        return self._conversation.say(text).to_dict()


@dataclass(frozen=True, slots=True)
class PlayedStep:
    """A step with the reply that it got and what does not hold of it."""

    step: Step
    reply: Reply
    failures: tuple[Failure, ...]


@dataclass(frozen=True, slots=True)
class Played:
    """A conversation that was played; `seconds` is how long it took, `trouble` why it could not be played to its end."""

    conversation: Conversation
    outcome: Outcome
    steps: tuple[PlayedStep, ...] = field(default=())
    seconds: float = 0.0
    trouble: str = ""

    @property
    def is_bad(self) -> bool:
        """Whether it makes a run fail."""
        return self.outcome in BAD


def play(conversation: Conversation, speaker: Callable[[], Speaker]) -> Played:
    """Play one conversation to its end, whatever fails on the way."""
    if conversation.skip:
        return Played(conversation, "skipped")
    started = time.perf_counter()
    steps: list[PlayedStep] = []
    trouble = ""
    try:
        partner = speaker()
        for step in conversation.steps:
            reply = partner.say(step.says)
            steps.append(PlayedStep(step, reply, tuple(check(step, reply))))
    except SpeakerError as error:
        trouble = str(error)
    return Played(conversation, _outcome(conversation, steps, trouble), tuple(steps), time.perf_counter() - started, trouble)


def _outcome(conversation: Conversation, steps: Iterable[PlayedStep], trouble: str) -> Outcome:
    if trouble:
        return "broken"
    failed = any(step.failures for step in steps)
    if conversation.fails:
        return "xfailed" if failed else "xpassed"
    return "failed" if failed else "passed"
