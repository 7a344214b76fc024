"""A turn taken apart, for tests of single steps: a message read, scores made up, what is decided by them.

Where a rule is about scores, they are made up: what is learned may change, the rule may not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from spinebot import Bot
from spinebot.conversation import Dialogue
from spinebot.index import LEARNED_AIMS, Found, Hit
from spinebot.plan import Plan, decide
from spinebot.reading import Reading
from spinebot.understand import understand

#: A score that nothing comes near.
LOW, HIGH = -99.0, 99.0
#: After an answer on what lupus comes from.
ABOUT_LUPUS = Dialogue(topics=("lupus",), aspects=("cause",), earlier=(("lupus",),), last=("lupus-what", "lupus-treat"), turns=1)


def read(bot: Bot, message: str, dialogue: Dialogue | None = None) -> Reading:
    return understand(message, dialogue or Dialogue(), bot.rules, bot.lexicon)


def scored(
    bot: Bot,
    answers: Mapping[str, float] | None = None,
    refusal: float = 0.0,
    talk: tuple[str, float] = ("greeting", LOW),
    aims: Sequence[str] | Mapping[str, float] = (),
) -> Found:
    """What a search would find with these scores: of answers (all others are low), of the refusal, of one kind of small talk, and of the aims."""
    scores = np.full(len(bot.answers) + len(bot.rules["chat"]) + 1 + len(LEARNED_AIMS), LOW, np.float32)
    for answer in bot.answers:
        scores[answer.position] = (answers or {}).get(answer.id, LOW)
    spoken = dict(aims) if isinstance(aims, Mapping) else dict.fromkeys(aims, HIGH)
    for at, aim in enumerate(LEARNED_AIMS, len(scores) - len(LEARNED_AIMS)):
        scores[at] = spoken.get(aim, LOW)
    hits = sorted((Hit(answer, float(scores[answer.position])) for answer in bot.answers), key=lambda hit: -hit.score)
    return Found(tuple(hits[:4]), refusal, *talk, spoken, frozenset(), scores)


def plan(bot: Bot, message: str, found: Found | None = None, dialogue: Dialogue | None = None) -> Plan:
    """The plan for one message, with the scores given or those that a search finds."""
    dialogue = dialogue or Dialogue()
    reading = read(bot, message, dialogue)
    return decide(reading, found or bot.index.search(reading), bot.index, bot.rules, dialogue, bot.composer.named)


def ids(found: Plan | Sequence[object]) -> list[str]:
    return [answer.id for answer in (found.answers if isinstance(found, Plan) else found)]  # type: ignore[attr-defined]
