"""What the article says of two things together: whether one comes from the other ("is lupus caused by whiplash?"), what one does to the other."""

from __future__ import annotations

from collections.abc import Collection
from itertools import combinations

from .answers import Answer, Named
from .clauses import VERB_STEMS
from .conversation import Dialogue
from .index import Found, Index
from .lexicon import Term
from .matcher import Match
from .reading import Reading
from .rules import Rules
from .text import stem

#: Within how many words of each other two things and what links them stand.
NEAR = 5
#: How many words "is it" has, which says less than "is it from".
PLAIN = 2
#: Words between two things that set them side by side.
_BESIDE = frozenset(map(stem, "or and versus vs than nor with like".split()))
#: The article's own subject, which says nothing of one thing's effect on another.
SUBJECT = frozenset(("neck-pain", "back-pain", "both"))
#: What asks how a thing comes to do what it does.
_HOW = frozenset(("cause", "mechanism", "symptom"))
_HARM = frozenset(("symptom", "mechanism", "spread"))


def link(reading: Reading, found: Found, index: Index, rules: Rules, dialogue: Dialogue, named: Named) -> tuple[Answer, ...] | None:
    """What is said of two things that a message links; () where nothing is; None where it links none."""
    if "comparison" in found.aims or "versus" in reading.aspects:
        return None
    conditions = [
        match for match in reading.of("topic") if rules["topics"][match.name.id].flag("condition") and reading.topics.get(match.name.id, 0.0) >= 0.8
    ]
    for one, other in combinations(conditions, 2):
        between = reading.stems[one.end : other.start]
        if one.end <= other.start and not _kin(one.name.id, other.name.id, rules) and len(between) <= NEAR and _BESIDE.isdisjoint(between):
            together = _best({one.name.id, other.name.id}, found, index, rules, named)
            links = _links(reading, one.end, other.start)
            if links or (together and any(part.opens and reading.stems[part.start] in VERB_STEMS for part in reading.parts)):
                return together
    blamed = _blamed(reading, rules)
    subject = next((topic for topic in dialogue.topics if rules["topics"][topic].flag("condition")), "")
    if blamed and subject and blamed != subject and not _kin(blamed, subject, rules):
        return _best({blamed, subject}, found, index, rules, named) or _best({subject}, found, index, rules, named, asks=frozenset(("cause", "definition")))
    return None


def bridge(reading: Reading, found: Found, index: Index, rules: Rules, named: Named) -> tuple[Answer, ...]:
    """What a thing does to another that a message names ("and what do they do to nerves?"); () where the best answer says it
    of itself, or none does.
    """
    in_hand = [topic for topic in reading.carried or reading.topics if rules["topics"][topic].flag("condition") and reading.topics[topic] >= 0.8]
    own = {topic for topic, weight in reading.topics.items() if weight >= 1.0 and topic not in reading.carried}.difference(SUBJECT, in_hand[:1])
    best = found.hits[0].answer
    if not reading.carried and "do to" not in " ".join(reading.stems):
        return ()
    if not in_hand or not own or any(rules["topics"][topic].flag("side") for topic in own) or (best.about[0] in in_hand and own <= {*best.about, *named(best)}):
        return ()
    return _best({in_hand[0], *own}, found, index, rules, named)


def harm(reading: Reading, found: Found, index: Index, rules: Rules) -> tuple[Answer, ...]:
    """How the condition in hand comes to hurt, for a message that only asks that ("and why does that hurt?")."""
    in_hand = [topic for topic in reading.carried if rules["topics"][topic].flag("condition")]
    if not in_hand or reading.of("outside") or _HOW.isdisjoint(reading.aspects) or "symptom" not in reading.aspects:
        return ()
    about = [answer for answer in index.answers if answer.about[0] == in_hand[0] and not _HARM.isdisjoint(answer.asks) and not answer.is_list]
    return (max(about, key=lambda answer: float(found.scores[answer.position])),) if about else ()


def _best(topics: Collection[str], found: Found, index: Index, rules: Rules, named: Named, asks: frozenset[str] = frozenset()) -> tuple[Answer, ...]:
    """The best answer that is on all of some topics, and answers one of `asks` where there are any."""
    fitting = [
        answer for answer in index.answers
        if rules["topics"][answer.about[0]].flag("condition") and set(topics) <= {*answer.about, *named(answer)}
        and not answer.is_list and (not asks or not asks.isdisjoint(answer.asks))
    ]
    return (max(fitting, key=lambda answer: float(found.scores[answer.position])),) if fitting else ()


def _links(reading: Reading, start: int, end: int) -> bool:
    """Whether a wording that makes one thing the cause of another stands between two places."""
    return any(match.name.id == "causing" and start <= match.start and match.end <= end for match in reading.of("aim"))


def _blamed(reading: Reading, rules: Rules) -> str:
    """What a message takes for the cause of "it": wear and tear of "so it's from wear and tear?", or of "is it just wear and tear?"."""
    for aim in reading.of("aim"):
        if aim.name.id == "blaming":
            reach = NEAR if aim.size > PLAIN else 1
            near: list[Match[Term]] = [match for match in reading.of("topic") if aim.end <= match.start <= aim.end + reach]
            named = min(near, key=lambda match: (match.start, -match.end)).name.id if near else ""
            if named and (aim.size > PLAIN or _is_cause(named, rules)):
                return named
    return ""


def _is_cause(topic: str, rules: Rules) -> bool:
    """Whether a topic is what things come from, and no illness or treatment itself: stress, age."""
    rule = rules["topics"][topic]
    return topic not in SUBJECT and not (rule.flag("condition") or rule.flag("withheld") or rule.ids("caveats"))


def _kin(one: str, other: str, rules: Rules) -> bool:
    """Whether one is a kind of the other, or the other."""
    topics = rules["topics"]
    return one == other or one in topics[other].ids("kind_of") or other in topics[one].ids("kind_of")

