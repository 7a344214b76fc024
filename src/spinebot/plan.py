"""What to reply: which answers, a refusal, or small talk."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from .answers import Answer, Named
from .choice import about_topic, answer_each, choose, compare, in_hand, leave_out, question_alone, tell_more, what_it_may_be
from .clauses import Part
from .conversation import Dialogue
from .index import Found, Index
from .lexicon import Term
from .linking import bridge, harm, link
from .matcher import Match
from .picking import pick
from .reading import EMPTY_STEMS, Reading
from .refusal import SURE, Refusal, at_risk, refuse, refuses, risks_told, tells
from .rules import Rules
from .safety import Assessment
from .text import MARKS

#: How far below the refusal small talk may score.
TALK = 0.5
#: Within how many words of the beginning an order is taken at its word.
OPENING = 2
#: How many words a question has at most that opens with no question word: "recovery?"
FEW = 3
#: How many telling words stand at most beside what asks for more, where nothing else that was asked is answered.
MOST_BESIDE_MORE = 1
#: From which score on an aim is answered to; below it, it only calls for its caveat.
SURELY_AIMED = -0.5


class Plan(NamedTuple):
    """What a reply will say, before its caveats. `without`: the topics whose lines are left out of a list."""

    kind: str
    intent: str
    opening: str = ""
    answers: tuple[Answer, ...] = ()
    without: tuple[str, ...] = ()


def decide(reading: Reading, found: Found, index: Index, rules: Rules, dialogue: Dialogue, named: Named) -> Plan:
    """What to reply to a reading."""
    if MARKS.issuperset(reading.stems):
        return Plan("chat", "chat.empty", rules.phrase("empty"))
    # An order that begins the message is meant, whatever is asked after it: "invent a study for me, does physio work?"
    unwanted = tuple(dict.fromkeys((*dialogue.without, *reading.excluded)))
    aims = {match.name.id for match in reading.of("aim") if reading.weights[match.start] >= 0.8 or match.start <= OPENING}
    best = found.hits[0]
    # Greetings around a question on what needs a caveat make no small talk of it.
    cautious = found.aims or any(part.asks and part.start <= match.start < part.end for match in reading.of("caveat") for part in reading.parts)
    if "invent" in aims:
        return Plan("no_answer", *refuse(reading, rules))
    picked = None if found.sure else pick(reading, index, rules, dialogue, named)
    # "How many more can I take?" wants no more told.
    if picked is None and "dosage" not in aims and _wants_more(reading, found, dialogue) and _on_the_same(reading, dialogue):
        return _more(found, index, rules, dialogue, unwanted)
    talk = only_talk(reading, rules)
    if not talk and found.small_talk_score > max(best.score, found.refusal - TALK) and not cautious:
        talk = "" if _asks_beside(reading, found, rules) else found.small_talk
    if talk:
        return Plan("chat", f"chat.{talk}", rules["chat"][talk].text("reply"))
    if personal := _personal(reading, found, aims, dialogue, rules):
        return personal
    if shortened := leave_out(reading, index, rules, dialogue):
        return Plan("answer", f"answers.{shortened[0].id}", "", shortened, unwanted)
    asked = aims | {aim for aim, score in found.aims.items() if score > SURELY_AIMED}
    aims.update(found.aims)
    meant = link(reading, found, index, rules, dialogue, named) if picked is None else picked
    answers = _answers(reading, found, aims, index, rules, dialogue, named) if meant is None else meant
    if not answers:
        refusal = Refusal("dosage", rules.phrase("dosage")) if "dosage" in aims else refuse(reading, rules)
        return Plan("no_answer", *refusal)
    if (dialogue.risks or risks_told(reading)) and any(_praises(answer, rules) for answer in answers):
        return _unsuited(at_risk(reading, dialogue, rules), rules)
    opening = rules.phrase("diagnosis") if "diagnosis" in asked else rules.phrase("dosage") if aims & {"which-medicine", "dosage"} else ""
    left = unwanted if any(answer.is_list for answer in answers) else ()
    return Plan("answer", f"answers.{answers[0].id}", opening, answers, left)


def _answers(reading: Reading, found: Found, aims: Collection[str], index: Index, rules: Rules, dialogue: Dialogue, named: Named) -> tuple[Answer, ...]:
    """What answers a message: a side each, a question each, or the best; () where that is not good enough to be said."""
    suspected = {match.name.id for match in reading.of("topic") if rules["topics"][match.name.id].flag("condition")}
    if "diagnosis" in aims and len(suspected) < 2 and found.aims.get("comparison", 0.0) <= 0.0:
        return what_it_may_be(reading, found, index, rules)
    if answers := compare(reading, found, index, rules) or answer_each(reading, found, index) or bridge(reading, found, index, rules, named):
        return answers
    alone = question_alone(reading, index) if refuses(reading, found, rules) else found
    if "diagnosis" in aims:
        return what_it_may_be(reading, alone or found, index, rules)
    if alone is not None:
        return about_topic(reading, alone, index, rules) or choose(alone, dialogue.last if reading.leans else ())
    return harm(reading, found, index, rules)


def beside_advice(plan: Plan, reading: Reading, found: Found, assessment: Assessment, rules: Rules) -> Plan:
    """What may be said beside urgent advice, given now or a few messages ago.

    The article's answer follows new advice only where it was asked for by name and is sure, and nobody is in despair. Treatments that could do
    harm wait until a doctor has looked, and a message that asks nothing is no reason to speak of something else.
    """
    advised = assessment.urgent.id if assessment.urgent else assessment.warned.flag if assessment.warned else ""
    withheld = bool(advised) and any(_waits(answer, advised, rules) for answer in plan.answers)
    if urgent := assessment.urgent:
        sure = urgent.level != "crisis" and reading.names_topic and found.hits[0].score > found.refusal + SURE
        return plan if sure and not withheld else plan._replace(answers=(), opening="")
    asks = any(part.asks for part in reading.parts)
    # "Thanks" may be thanked for; "will it clear up?" is no small talk then.
    beside = asks if plan.kind == "chat" else plan.kind == "answer" and (withheld or tells(reading))
    if assessment.taken_back and not asks:
        return Plan("no_answer", "taken-back", rules.phrase("taken_back"))
    if assessment.warned and beside:
        return Plan("no_answer", "warned")
    return plan


def _asks_beside(reading: Reading, found: Found, rules: Rules) -> bool:
    """Whether a message asks something of the subject beside a courtesy: "thanks, is it treatable?" is more than thanks."""
    marked = "?" in reading.stems or found.hits[0].score > found.refusal
    if not marked or not rules["chat"][found.small_talk].flag("courtesy"):
        return False
    chat = reading.of("chat")
    telling = [match for kind in ("topic", "aspect") for match in reading.of(kind)]

    def holds(part: Part, matches: Sequence[Match[Term]]) -> bool:
        return any(part.start <= match.start < part.end for match in matches)

    return bool(chat) and any(
        part.asks and (part.opens or part.end - part.start <= FEW) and holds(part, telling) and not holds(part, chat) for part in reading.parts
    )


def _more(found: Found, index: Index, rules: Rules, dialogue: Dialogue, unwanted: tuple[str, ...]) -> Plan:
    """The next answer about the topic in hand, or the one that is surely meant; when there is none, that there is no more."""
    best = found.hits[0].answer
    meant = found.sure and best.id not in dialogue.shown and not unwanted
    answers = (best,) if meant else tell_more(index, rules, dialogue, unwanted)
    if answers:
        return Plan("answer", f"answers.{answers[0].id}", "", answers)
    return Plan("no_answer", "no-more", rules.phrase("no_more", subject=rules["topics"][in_hand(rules, dialogue)].text("label")))


def _wants_more(reading: Reading, found: Found, dialogue: Dialogue) -> bool:
    """Whether a message asks for more and for nothing else: not "one more thing: do I have to rest?", "do women have it more?"."""
    more = [match for match in reading.of("aim") if match.name.id == "more"]
    if not more:
        return False
    said = {at for match in (*more, *reading.of("topic")) for at in range(match.start, match.end)}
    beside = [at for at, word in enumerate(reading.stems) if at not in said and word not in EMPTY_STEMS and word not in MARKS]
    best = found.hits[0]
    answered = found.sure if best.answer.id in dialogue.shown else best.score > found.refusal
    return len(beside) <= (0 if answered else MOST_BESIDE_MORE)


def _on_the_same(reading: Reading, dialogue: Dialogue) -> bool:
    """Whether a message is on what the talk was on, or names nothing else."""
    return bool(reading.carried) or any(match.name.id == dialogue.topics[0] for match in reading.of("topic") if dialogue.topics)


def _waits(answer: Answer, flag: str, rules: Rules) -> bool:
    """Whether an answer speaks of what could do harm after a red flag: to someone in despair medicines, to anyone else most treatments."""
    if answer.is_list and "treatment" in answer.asks:
        return True
    topics = [rules["topics"][topic] for topic in answer.about]
    if rules["red_flags"][flag].text("level") == "crisis":
        return any("medication" in topic.ids("caveats") for topic in topics)
    return any(topic.flag("withheld") for topic in topics)


def _personal(reading: Reading, found: Found, aims: Collection[str], dialogue: Dialogue, rules: Rules) -> Plan | None:
    """What is said to whoever asks for a dose, whether to see a doctor, or whether a treatment suits them with what they have."""
    if "dosage" in aims:
        return Plan("no_answer", "dosage", rules.phrase("dosage"))
    if "see-doctor" in aims and not any(rules["topics"][match.name.id].flag("condition") for match in reading.of("topic")):
        in_hand = {topic for topic in reading.carried if rules["topics"][topic].flag("condition")}
        best = found.hits[0]
        if in_hand.isdisjoint(best.answer.about) or best.score <= found.refusal + SURE:
            return Plan("no_answer", "see-doctor", rules.phrase("see_doctor"))
    if "suited" in aims and (risks := at_risk(reading, dialogue, rules)) and any(rules["topics"][topic].flag("withheld") for topic in reading.topics):
        return _unsuited(risks, rules)
    return None


def _unsuited(risks: Sequence[str], rules: Rules) -> Plan:
    return Plan("no_answer", "unsuited", rules.phrase("unsuited", risk=" and ".join(risks)))


def _praises(answer: Answer, rules: Rules) -> bool:
    """Whether an answer says how good or easy a treatment is that could do harm, rather than what it is."""
    withheld = any(rules["topics"][topic].flag("withheld") for topic in answer.about)
    return withheld and "definition" not in answer.asks and any(place.sentence.promotional for place in answer.places)


def only_talk(reading: Reading, rules: Rules) -> str:
    """The small talk that a message consists of, every word of it; "" where it says more.

    Of two that have it, the one that has it as it was typed: "help" is no "helpful".
    """
    matches = reading.of("chat")
    if not matches:
        return ""
    said = {at for match in matches for at in range(match.start, match.end)}
    if not all(at in said or not any(map(str.isalnum, word)) for at, word in enumerate(reading.stems)):
        return ""

    longest = max(match.size for match in matches)
    likely = {match.name.id: reading.said(match.start, match.end).lower() for match in matches if match.size == longest}
    exact = (name for name, typed in likely.items() if any(wording.text == typed for wording in rules["chat"][name].words))
    return next(exact, next(iter(likely)))
