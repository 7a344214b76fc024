"""What is remembered of a turn."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from .conversation import Dialogue, Reply
from .index import HURT, Found
from .plan import Plan
from .reading import Reading
from .refusal import risks_told
from .rules import Rules
from .safety import Assessment

#: How many turns back a return to a topic reaches.
EARLIER = 20
#: For how many messages it is kept in mind that somebody was hurt in an accident: "can I wear a collar?", asked two messages later.
HURT_STANDS = 3


def remember(
    dialogue: Dialogue, reading: Reading, found: Found, plan: Plan, reply: Reply, assessment: Assessment, rules: Rules, quoted: Collection[str] = ()
) -> Dialogue:
    """The dialogue after a turn. `quoted`: the topics that the reply's quotes name, in their order."""
    answered = {topic for answer in plan.answers for topic in answer.about}
    named = [topic for topic, weight in reading.topics.items() if weight >= 0.8 and topic not in reading.excluded]
    if any(topic in answered and not rules["topics"][topic].flag("general") for topic in named):
        # Of what a story named, only that was spoken of which was answered about: "I drive a lot and fear a whiplash. What is it?"
        named = [topic for topic in named if topic in answered or reading.topics[topic] >= 0.9]
    named = [*_told_which(named, plan, rules), *named]
    last = tuple([answer.id for answer in plan.answers])
    topics = tuple(named or dict.fromkeys([topic for answer in plan.answers for topic in answer.about[:1]])) or dialogue.topics
    return Dialogue(
        topics=topics,
        sides=_sides(dialogue, reading, plan, rules, quoted),
        without=_without(dialogue, reading, plan),
        aspects=tuple(reading.aspects) or dialogue.aspects,
        earlier=(*dialogue.earlier, topics)[-EARLIER:],
        shown=dialogue.shown.union(last),
        last=dialogue.last if plan.kind == "chat" else last,
        suggestions=reply.suggestions,
        standing=assessment.standing,
        warned=assessment.warned,
        of=assessment.of,
        risks=tuple(dict.fromkeys((*dialogue.risks, *risks_told(reading)))),
        hurt=HURT_STANDS if _tells_of_hurt(reading, found) else max(dialogue.hurt - 1, 0),
        turns=dialogue.turns + 1,
    )


def _tells_of_hurt(reading: Reading, found: Found) -> bool:
    """Whether a message tells that somebody was hurt in an accident, by its wordings or by what was learned."""
    return HURT in found.aims or any(match.name.id == HURT for match in reading.of("aim"))


def _told_which(named: Collection[str], plan: Plan, rules: Rules) -> tuple[str, ...]:
    """The condition that an answer says is the one that was asked for: "which chronic disease is most often behind it?"."""
    conditions = [topic for answer in plan.answers[:1] if "most" in answer.asks for topic in answer.about if rules["topics"][topic].flag("condition")]
    asked = any(rules["topics"][topic].flag("side") for topic in named)
    return tuple(conditions) if len(conditions) == 1 and not asked else ()


def _without(dialogue: Dialogue, reading: Reading, plan: Plan) -> tuple[str, ...]:
    """What is left out of lists from now on: for as long as the talk is of that, and nothing of it is asked for."""
    unwanted = plan.without or reading.excluded or dialogue.without
    if unwanted == dialogue.without and plan.kind == "answer" and not plan.without and not reading.leans:
        return ()
    return tuple([topic for topic in unwanted if topic in reading.excluded or topic in reading.carried or reading.topics.get(topic, 0.0) < 0.8])


def _sides(dialogue: Dialogue, reading: Reading, plan: Plan, rules: Rules, quoted: Collection[str]) -> tuple[str, ...]:
    """What "the first" and "the second" are from now on: two things or more that the message names; else those that the reply does, besides
    what it is on; else what they were, while nothing else is spoken of.
    """
    def specific(topics: Iterable[str]) -> tuple[str, ...]:
        return tuple([topic for topic in topics if not rules["topics"][topic].flag("general")])

    named = specific(topic for topic, weight in reading.topics.items() if weight >= 0.8 and topic not in (*reading.carried, *reading.excluded))
    if len(named) > 1:
        return named
    if reading.carried and set(reading.carried) <= set(dialogue.sides):
        return dialogue.sides
    picks = any(match.name.id == "picking" for match in reading.of("aim"))
    if picks and any(topic in dialogue.sides for answer in plan.answers for topic in answer.about):
        return dialogue.sides  # "Which of them is autoimmune?" – "And which is just age?"
    listed = specific(topic for topic in quoted if not plan.answers or topic not in plan.answers[0].about[:1])
    if len(listed) > 1:
        return listed
    return dialogue.sides if set(named) <= set(dialogue.sides) else ()
