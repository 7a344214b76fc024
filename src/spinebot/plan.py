"""What to reply: which answers, a refusal, or small talk."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from .answers import Answer
from .conversation import Dialogue, Reply
from .index import Found, Index
from .rules import Rules
from .safety import Assessment
from .text import MARKS, stem
from .understand import EMPTY_STEMS, Reading, without

#: How far below the best an answer may score to be given beside it.
BESIDE = 2.5
#: How much more than the next one an answer must score to be given twice in a row to someone who leans on it.
AGAIN = 1.0
MOST_SENTENCES = 4
MOST_WORDS = 95
#: How far below the refusal the answer may score to a message that says little by itself: it leans on the one before, or only names a topic.
LEANING_MARGIN = 2.0
#: The same for any other message that asks something.
MARGIN = 1.0
#: The same for one that asks nothing: what someone tells of their life is no reason to speak of lupus.
TELLING_MARGIN = 0.5
#: How far below the refusal small talk may score.
TALK = 0.5
#: Within how many words of the beginning an order is taken at its word.
OPENING = 2
#: How many words and marks a message has at most that may do no more than name a topic.
BARE = 4
#: How many questions of a message are answered.
MOST_QUESTIONS = 3
#: How far above the refusal each of two questions' answers must be.
SURE = 1.0
#: How far below the best answer, or below a refusal, one that tells symptoms is still given to someone who asks what they have.
DIAGNOSIS_MARGIN = 4.0
_SYMPTOMS = frozenset(("symptom", "spread"))
#: How many turns back a return to a topic reaches.
EARLIER = 20
#: What two things are compared by where the message says so; by what they are where it doesn't.
_COMPARED_BY = frozenset(("site", "recovery", "cause", "where", "most", "spread", "side-effects", "duration", "contents", "prevention", "after-pain"))
#: Words by which a message tells of someone.
_TOLD_OF = frozenset(map(stem, "i my we our he his she her they their".split()))
#: From which score on an aim is answered to; below it, it only calls for its caveat.
SURELY_AIMED = -0.5
#: How much the score of an answer to the whole message counts beside that to one side of a comparison.
WHOLE_COUNTS = 0.5


class Plan(NamedTuple):
    """What a reply will say, before its caveats. `aims`: those that spoke out of the message's words only, by what was learned;
    `without`: the topics whose lines are left out of a list.
    """

    kind: str
    intent: str
    opening: str = ""
    answers: tuple[Answer, ...] = ()
    aims: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


def decide(reading: Reading, found: Found, index: Index, rules: Rules, dialogue: Dialogue) -> Plan:
    """What to reply to a reading."""
    if MARKS.issuperset(reading.stems):
        return Plan("chat", "chat.empty", rules.phrase("empty"))
    # An order that begins the message is meant, whatever is asked after it: "invent a study for me, does physio work?"
    aims = {match.name.id for match in reading.of("aim") if reading.weights[match.start] >= 0.8 or match.start <= OPENING}
    best = found.hits[0]
    # Greetings around a question on what needs a caveat make no small talk of it.
    cautious = found.aims or any(part.asks and part.start <= match.start < part.end for match in reading.of("caveat") for part in reading.parts)
    if "invent" in aims:
        return refuse(reading, rules)
    # "How many more can I take?" wants no more told.
    if "more" in aims and "dosage" not in aims and _on_the_same(reading, dialogue):
        return tell_more(index, rules, dialogue)
    talk = only_talk(reading, rules)
    if not talk and found.small_talk_score > max(best.score, found.refusal - TALK) and not cautious:
        talk = found.small_talk
    if talk:
        return Plan("chat", f"chat.{talk}", rules["chat"][talk].text("reply"))
    if "dosage" in aims:
        return Plan("no_answer", "dosage", rules.phrase("dosage"))
    if "see-doctor" in aims and not any(rules["topics"][match.name.id].flag("condition") for match in reading.of("topic")):
        return Plan("no_answer", "see-doctor", rules.phrase("see_doctor"))
    if "suited" in aims and _at_risk(reading, dialogue, rules) and any(rules["topics"][topic].flag("withheld") for topic in reading.topics):
        return Plan("no_answer", "unsuited", rules.phrase("unsuited"), aims=tuple(found.aims))
    if shortened := leave_out(reading, found, index, dialogue):
        return shortened._replace(aims=tuple(found.aims))
    asked = aims | {aim for aim, score in found.aims.items() if score > SURELY_AIMED}
    aims.update(found.aims)
    answers = compare(reading, found, index, rules) or answer_each(reading, index)
    if not answers:
        alone = question_alone(reading, index) if refuses(reading, found, aims, rules) else found
        if alone is not None:
            answers = about_topic(reading, alone, index, rules) or choose(alone, dialogue.last if reading.leans else ())
        else:
            if "diagnosis" in aims:
                answers = nearest_symptoms(found, index)
            if not answers:
                refusal = Plan("no_answer", "dosage", rules.phrase("dosage")) if "dosage" in aims else refuse(reading, rules)
                return refusal._replace(aims=tuple(found.aims))
    opening = rules.phrase("diagnosis") if "diagnosis" in asked else rules.phrase("dosage") if aims & {"which-medicine", "dosage"} else ""
    return Plan("answer", f"answers.{answers[0].id}", opening, answers, tuple(found.aims))


def beside_advice(plan: Plan, reading: Reading, found: Found, assessment: Assessment, rules: Rules) -> Plan:
    """What may be said beside urgent advice, given now or a few messages ago.

    The article's answer follows new advice only where it was asked for by name and is sure, and nobody is in despair. Treatments that could do
    harm wait until a doctor has looked, and a message that asks nothing is no reason to speak of something else.
    """
    withheld = any(rules["topics"][topic].flag("withheld") for answer in plan.answers for topic in answer.about) or any(
        answer.is_list and "treatment" in answer.asks for answer in plan.answers
    )
    if urgent := assessment.urgent:
        sure = urgent.level != "crisis" and reading.names_topic and found.hits[0].score > found.refusal + SURE
        return plan if sure and not withheld else plan._replace(answers=(), opening="")
    if assessment.warned and plan.kind == "answer" and (withheld or _tells(reading)):
        return Plan("no_answer", "warned", aims=plan.aims)
    return plan


def _on_the_same(reading: Reading, dialogue: Dialogue) -> bool:
    """Whether a message is on what the talk was on, or names nothing else."""
    return bool(reading.carried) or any(match.name.id == dialogue.topics[0] for match in reading.of("topic") if dialogue.topics)


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


def _at_risk(reading: Reading, dialogue: Dialogue, rules: Rules) -> bool:
    """Whether the user has something with which a treatment may do harm, by this message or by what was talked of."""
    if any(match.name.id == "at-risk" for match in reading.of("context")):
        return True
    return any(rules["topics"][topic].flag("at_risk") for topics in (dialogue.topics, *dialogue.earlier) for topic in topics)


def leave_out(reading: Reading, found: Found, index: Index, dialogue: Dialogue) -> Plan | None:
    """A list without what the message wants left out of it: the one that was given last ("and without drugs?"), or the one that it asks for."""
    wanted = [topic for topic, weight in reading.topics.items() if weight >= 0.8 and topic not in (*reading.excluded, *reading.carried)]
    if not reading.excluded or (wanted and reading.names_topic):
        return None
    given = next((answer for answer in index.answers if answer.is_list and answer.id in dialogue.last), None)
    best = found.hits[0]
    answer = given or best.answer
    if not answer.is_list or (given is None and best.score < found.refusal):
        return None
    without = dict.fromkeys((*(dialogue.without if given else ()), *reading.excluded))
    return Plan("answer", f"answers.{answer.id}", "", (answer,), without=tuple(without))


def refuses(reading: Reading, found: Found, aims: Collection[str], rules: Rules) -> bool:
    """Whether what was found is not good enough to be said."""
    if _is_bare(reading):
        return False  # "Bone spurs spine": whatever there is on it.
    conditions = [topic for topic in reading.carried if rules["topics"][topic].flag("condition")]
    if conditions and not reading.names_topic and set(reading.carried).isdisjoint(found.hits[0].answer.about):
        margin = -SURE  # "Are they dangerous?", asked of bone spurs, is not answered by what surgery is, unless that is surely meant.
    elif any(reading.weights[match.start] >= 1.0 for match in reading.of("outside")):
        margin = 0.0
    elif _tells(reading):
        margin = TELLING_MARGIN
    else:
        says_little = reading.leans or (reading.names_topic and not reading.aspects) or "which-medicine" in aims or found.aims
        margin = LEANING_MARGIN if says_little else MARGIN
    return found.hits[0].score < found.refusal - margin


def _tells(reading: Reading) -> bool:
    """Whether a message tells of someone and asks nothing: "so on friday my back went"."""
    return not any(part.asks for part in reading.parts) and not _TOLD_OF.isdisjoint(reading.stems)


def about_topic(reading: Reading, found: Found, index: Index, rules: Rules) -> tuple[Answer, ...]:
    """For a message that does no more than name a topic: the best of the answers about that, whatever its other words are of."""
    if not _is_bare(reading):
        return ()
    named = {topic for topic, weight in reading.topics.items() if weight >= 0.8 and not rules["topics"][topic].flag("general")}
    if named & set(found.hits[0].answer.about):
        return ()
    about = [answer for answer in index.answers if named & set(answer.about) and not answer.is_list]
    return (max(about, key=lambda answer: float(found.scores[answer.position])),) if about else ()


def _is_bare(reading: Reading) -> bool:
    """Whether a message does no more than name a topic: "Bone spurs spine", "what about muscle relaxers then"."""
    if not reading.names_topic or reading.aspects or reading.of("outside"):
        return False
    named = {at for match in reading.of("topic") for at in range(match.start, match.end)}
    return len(reading.words) <= BARE or all(at in named or word in EMPTY_STEMS or word in MARKS for at, word in enumerate(reading.stems))


def question_alone(reading: Reading, index: Index) -> Found | None:
    """What is found for the question of a message without the story around it, where it is surely answered. A question that names no
    topic ("does that reach the neck?") needs the clause before it, and may well be about a close subject told there.
    """
    parts = reading.parts
    kept = {number for number, part in enumerate(parts) if part.asks}
    if kept and not reading.names_topic:
        kept.add(max(min(kept) - 1, 0))
    story = [(part.start, part.end) for number, part in enumerate(parts) if number not in kept]
    if not story or not kept or (reading.of("outside") and not reading.names_topic):
        return None
    alone = index.search(without(reading, story, None))
    return alone if alone.hits[0].score > alone.refusal + SURE else None


def nearest_symptoms(found: Found, index: Index) -> tuple[Answer, ...]:
    """For someone who asks what they have: what the article says of such symptoms, not what the illness is."""
    if found.hits[0].score < found.refusal - DIAGNOSIS_MARGIN:
        return ()
    ranked = sorted(
        (answer for answer in index.answers if _SYMPTOMS & set(answer.asks) and not answer.is_list), key=lambda answer: -float(found.scores[answer.position])
    )
    chosen = [answer for answer in ranked[:2] if float(found.scores[answer.position]) > found.hits[0].score - DIAGNOSIS_MARGIN]
    return tuple(chosen) if sum(answer.words for answer in chosen) <= MOST_WORDS else tuple(chosen[:1])


def remember(
    dialogue: Dialogue, reading: Reading, plan: Plan, reply: Reply, assessment: Assessment, rules: Rules, quoted: Collection[str] = ()
) -> Dialogue:
    """The dialogue after a turn. `quoted`: the topics that the reply's quotes name, in their order."""
    answered = {topic for answer in plan.answers for topic in answer.about}
    named = tuple([topic for topic, weight in reading.topics.items() if weight >= 0.8])
    # Of what a story named, only that was spoken of which was answered about: "I drive a lot and fear a whiplash. What is it?"
    named = tuple([topic for topic in named if topic in answered or reading.topics[topic] >= 0.9]) or named
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


def refuse(reading: Reading, rules: Rules) -> Plan:
    """The refusal that says most: the close subject that was asked for, a far one, or just that the article doesn't say; and
    which subjects of the message it does cover.
    """
    outside = [match for match in reading.of("outside") if reading.weights[match.start] >= 1.0]
    topics = rules["topics"]
    named = [topic for topic, weight in reading.topics.items() if weight >= 0.8 and topic not in reading.carried]
    covered = [topics[topic].text("label") for topic in named if not topics[topic].flag("general")]
    nearby = f" {rules.phrase('nearby', subject=' and '.join(covered[:2]))}" if covered else ""
    if outside:
        name = max(outside, key=lambda match: match.size).name.id
        return Plan("no_answer", f"outside.{name}", rules.phrase("outside", subject=rules["outside"][name].text("label")) + nearby)
    if not reading.topics:
        return Plan("no_answer", "far", rules.phrase("far"))
    if _tells(reading):
        return Plan("no_answer", "no-question", rules.phrase("no_question") + nearby)
    return Plan("no_answer", "not-said", rules.phrase("no_answer") + nearby)


def tell_more(index: Index, rules: Rules, dialogue: Dialogue) -> Plan:
    """The next answer about the topic in hand that was not shown yet; when there is none, that there is no more."""
    topic = next((topic for topic in dialogue.topics if not rules["topics"][topic].flag("general")), dialogue.topics[0])
    fresh = [answer for answer in index.answers if topic in answer.about and answer.id not in dialogue.shown and not answer.is_list]
    fresh.sort(key=lambda answer: (answer.about.index(topic), answer.position))
    said = {place for answer in index.answers if answer.id in dialogue.shown for place in answer.said}
    for answer in fresh:
        if not answer.said <= said:
            return Plan("answer", f"answers.{answer.id}", "", (answer,))
    return Plan("no_answer", "no-more", rules.phrase("no_more", subject=rules["topics"][topic].text("label")))


def compare(reading: Reading, found: Found, index: Index, rules: Rules) -> tuple[Answer, ...]:
    """An answer for each side of a comparison: the likeliest about each thing that is named, or the two likeliest of all; () where
    nothing is compared.
    """
    if "comparison" not in found.aims and reading.aspects.get("comparison", 0.0) < 1.0 and "versus" not in reading.aspects:
        return ()
    if found.refusal > found.hits[0].score and any(reading.weights[match.start] >= 1.0 for match in reading.of("outside")):
        return ()  # "Is lupus or whiplash hereditary?": neither side says.
    named = [topic for topic, weight in reading.topics.items() if weight >= 0.4 and rules["topics"][topic].flag("side")]
    wider = {kind for topic in named for kind in rules["topics"][topic].ids("kind_of")}
    sides = [topic for topic in named if topic not in wider]
    chosen: list[Answer] = []
    if len(sides) > 1:
        about = {topic: [answer for answer in index.answers if answer.about[0] == topic and not answer.is_list] for topic in sides[:3]}
        # What they are compared by may stand anywhere: "recovery-wise, how do they compare?". It counts where there is something to say on it of two.
        wanted = {match.name.id for match in reading.of("aspect")} & _COMPARED_BY
        if sum(any(wanted & set(answer.asks) for answer in answers) for answers in about.values()) < 2:
            wanted = {"definition"}
        for topic, answers in about.items():
            # Sought as if the other sides had not been named.
            others = [(match.start, match.end) for match in reading.of("topic") if match.name.id in sides and match.name.id != topic]
            own = [(match.start, match.end) for match in reading.of("topic") if match.name.id == topic]
            spans = [span for span in others if not any(start < span[1] and span[0] < end for start, end in own)]
            scores = index.search(without(reading, spans, {topic: 1.0})).scores + WHOLE_COUNTS * found.scores
            fitting = [answer for answer in answers if wanted & set(answer.asks)] or answers
            best = max(fitting, key=lambda answer: float(scores[answer.position]), default=None)
            if best is not None and best not in chosen:
                chosen.append(best)
    elif "comparison" in found.aims:
        for hit in found.hits:
            if not hit.answer.is_list and hit.score > found.refusal - LEANING_MARGIN and all(hit.answer.said.isdisjoint(other.said) for other in chosen):
                chosen.append(hit.answer)
        chosen = chosen[:2]
    return tuple(chosen) if len(chosen) > 1 else ()


def answer_each(reading: Reading, index: Index) -> tuple[Answer, ...]:
    """An answer for each question of a message that asks two; () where it asks one, or one of them is not answered."""
    questions = _questions(reading)
    if len(questions) < 2:
        return ()
    chosen: list[Answer] = []
    for question in questions[:MOST_QUESTIONS]:
        others = [span for other in questions if other is not question for span in other]
        alone = without(reading, others, None)
        if not alone.topics or not alone.aspects:
            continue
        found = index.search(alone)
        if found.hits[0].score > found.refusal + SURE and not found.hits[0].answer.is_list:
            chosen.append(found.hits[0].answer)
    chosen = list(dict.fromkeys(chosen))
    quoted = [answer.said for answer in chosen]
    if len(chosen) < 2 or any(one <= other for one in quoted for other in quoted if one is not other) or sum(answer.words for answer in chosen) > MOST_WORDS:
        return ()
    return tuple(chosen)


def _questions(reading: Reading) -> list[list[tuple[int, int]]]:
    """The questions of a message, each as the stretches that ask it: a new one begins with a sentence that asks, or where a clause
    opens one of its own.
    """
    questions: list[list[tuple[int, int]]] = []
    sentence = -1
    for part in reading.parts:
        if part.asks:
            if part.opens or part.sentence != sentence:
                questions.append([])
            questions[-1].append((part.start, part.end))
            sentence = part.sentence
    return questions


def choose(found: Found, last: Collection[str] = ()) -> tuple[Answer, ...]:
    """The best answer, and the next where it is nearly as good and there is room. Who leans on the `last` answers wants others, where
    there are.
    """
    hits = list(found.hits)
    if hits[0].answer.id in last:
        enough = max(found.refusal, hits[0].score - AGAIN)
        hits = [hit for hit in hits if hit.answer.id not in last and hit.score > enough] or hits
    best = hits[0]
    chosen = [best.answer]
    if best.answer.is_list:
        return tuple(chosen)
    for hit in hits[1:3]:
        if hit.answer.is_list or hit.score < max(best.score - BESIDE, found.refusal):
            break
        places = {place for answer in chosen for place in answer.said}
        extra = hit.answer.said - places
        if len(places) + len(extra) <= MOST_SENTENCES and sum(answer.words for answer in chosen) + hit.answer.words <= MOST_WORDS:
            chosen.append(hit.answer)
    return tuple(chosen)
