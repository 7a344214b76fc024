"""What is remembered of a turn."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from .conversation import Dialogue, Reply
from .plan import Plan
from .reading import Reading
from .refusal import risks_told
from .rules import Rules
from .safety import Assessment

#: How many turns back a return to a topic reaches.
EARLIER = 20


def remember(
    dialogue: Dialogue, reading: Reading, plan: Plan, reply: Reply, assessment: Assessment, rules: Rules, quoted: Collection[str] = ()
) -> Dialogue:
    """The dialogue after a turn. `quoted`: the topics that the reply's quotes name, in their order."""
    answered = {topic for answer in plan.answers for topic in answer.about}
    named = tuple([topic for topic, weight in reading.topics.items() if weight >= 0.8])
    # Of what a story named, only that was spoken of which was answered about: "I drive a lot and fear a whiplash. What is it?"
    told = [topic for topic in named if topic not in answered and reading.topics[topic] < 0.9]
    if any(topic in answered and not rules["topics"][topic].flag("general") for topic in named):
        named = tuple([topic for topic in named if topic not in told])
    last = tuple([answer.id for answer in plan.answers])
    topics = named or tuple(dict.fromkeys(topic for answer in plan.answers for topic in answer.about[:1])) or dialogue.topics
    return Dialogue(
        topics=topics,
        sides=_sides(dialogue, reading, plan, rules, quoted),
        without=plan.without,
        aspects=tuple(reading.aspects) or dialogue.aspects,
        earlier=(*dialogue.earlier, topics)[-EARLIER:],
        shown=dialogue.shown.union(last),
        last=last,
        suggestions=reply.suggestions,
        standing=assessment.standing,
        warned=assessment.warned,
        of=assessment.of,
        risks=tuple(dict.fromkeys((*dialogue.risks, *risks_told(reading)))),
        turns=dialogue.turns + 1,
    )


def _sides(dialogue: Dialogue, reading: Reading, plan: Plan, rules: Rules, quoted: Collection[str]) -> tuple[str, ...]:
    """What "the first" and "the second" are from now on: two things or more that the message names; else those that the reply does, besides
    what it is on; else what they were, while nothing else is spoken of.
    """
    def specific(topics: Iterable[str]) -> tuple[str, ...]:
        return tuple([topic for topic in topics if not rules["topics"][topic].flag("general")])

    named = specific(topic for topic, weight in reading.topics.items() if weight >= 0.8 and topic not in reading.carried)
    if len(named) > 1:
        return named
    if reading.carried and set(reading.carried) <= set(dialogue.sides):
        return dialogue.sides
    listed = specific(topic for topic in quoted if not plan.answers or topic not in plan.answers[0].about[:1])
    if len(listed) > 1:
        return listed
    return dialogue.sides if set(named) <= set(dialogue.sides) else ()
