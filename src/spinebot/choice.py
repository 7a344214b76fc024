"""Which answers are given: the best, one for each side or question, more of the same, a list without what is not wanted."""

from __future__ import annotations

from collections.abc import Collection

from .answers import Answer
from .conversation import Dialogue
from .index import Found, Index
from .reading import Reading, without
from .refusal import MARGIN, SURE, is_bare
from .rules import Rules

#: How far below the best an answer may score to be given beside it.
BESIDE = 3.0
#: How much less an answer may score than the best to be said before that, where the best was given just now.
AGAIN = 1.0
MOST_SENTENCES = 4
MOST_WORDS = 95
#: How many questions of a message are answered.
MOST_QUESTIONS = 3
#: How far below the best answer, or below a refusal, one that tells symptoms is still given to someone who asks what they have.
DIAGNOSIS_MARGIN = 3.0
#: From which weight on a condition that is named is what someone may mean by "have I got it?".
SUSPECTED = 0.8
#: What tells someone how a thing is felt, and who gets it from what; how much it counts that an answer does.
_FELT = frozenset(("symptom", "spread", "cause", "age"))
FELT = 1.5
#: What two things are compared by where the message says so; by what they are where it doesn't.
_COMPARED_BY = frozenset(("site", "recovery", "cause", "where", "most", "spread", "side-effects", "duration", "contents", "prevention", "after-pain"))
#: What may be asked for besides what is not wanted, with the list given before at hand.
_OTHERS = frozenset(("treatment", "list", "definition", "works"))
#: How many words a message has at most that asks for others by saying what it does not want, and no more.
FEW_WORDS = 10
#: How far below the refusal an answer may score to be a side of a comparison.
COMPARED_MARGIN = 2.0
#: How much it counts that an answer says what a thing is, where two are compared.
DEFINES = 3.0
#: How much the score of an answer to the whole message counts beside that to one side of a comparison.
WHOLE_COUNTS = 0.5


def choose(found: Found, last: Collection[str] = ()) -> tuple[Answer, ...]:
    """The best answer, and the next where it is nearly as good and there is room. Who leans on the `last` answers gets first what was not said
    yet, where there is such.
    """
    hits = list(found.hits)
    if hits[0].answer.id in last:
        enough = max(found.refusal, hits[0].score - AGAIN)
        new = [hit for hit in hits if hit.answer.id not in last and hit.score > enough][:1]
        hits = [*new, *(hit for hit in hits if hit not in new)]
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


def about_topic(reading: Reading, found: Found, index: Index, rules: Rules) -> tuple[Answer, ...]:
    """For a message that does no more than name a topic: the best of the answers about that, whatever its other words are of."""
    if not is_bare(reading):
        return ()
    named = {topic for topic, weight in reading.topics.items() if weight >= 0.8 and not rules["topics"][topic].flag("general")}
    if named & set(found.hits[0].answer.about):
        return ()
    about = [answer for answer in index.answers if named & set(answer.about) and not answer.is_list]
    return (max(about, key=lambda answer: float(found.scores[answer.position])),) if about else ()


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


def what_it_may_be(reading: Reading, found: Found, index: Index, rules: Rules) -> tuple[Answer, ...]:
    """For someone who asks what they have: what fits best, and beside it the likeliest of the condition that they suspect, or that says how
    such a thing is felt or comes about; () where nothing is near. Who suspects no illness is not told of one that nobody guesses from an ache.
    """
    topics = rules["topics"]
    suspected = {topic for topic, weight in reading.topics.items() if weight >= SUSPECTED and topics[topic].flag("condition")}

    def likelihood(answer: Answer) -> float:
        return float(found.scores[answer.position])

    fitting = [answer for answer in index.answers if not any(topics[topic].flag("unguessed") for topic in answer.about if topic not in reading.topics)]
    best = max(fitting, key=likelihood)
    if likelihood(best) < found.refusal - (DIAGNOSIS_MARGIN if reading.topics else MARGIN):
        return ()
    near = [
        answer for answer in fitting
        if likelihood(answer) > likelihood(best) - DIAGNOSIS_MARGIN and not answer.is_list and answer.said.isdisjoint(best.said)
        and best.words + answer.words <= MOST_WORDS
    ]
    of_it = [answer for answer in near if not suspected.isdisjoint(answer.about)]
    beside = max(of_it or near, key=lambda answer: likelihood(answer) + FELT * (not _FELT.isdisjoint(answer.asks)), default=None)
    return (best,) if best.is_list or beside is None else (best, beside)


def compare(reading: Reading, found: Found, index: Index, rules: Rules) -> tuple[Answer, ...]:
    """An answer for each side of a comparison: the likeliest about each thing that is named, or the two likeliest of all; () where
    nothing is compared.
    """
    says = reading.aspects.get("comparison", 0.0) >= 1.0 or "versus" in reading.aspects
    doubted = "comparison" in found.ruled_out and not _of_both(reading, rules)
    if "comparison" not in found.aims and (not says or doubted):
        return ()  # "Is it worn for weeks or months?"
    if found.refusal > found.hits[0].score and any(reading.weights[match.start] >= 1.0 for match in reading.of("outside")):
        return ()  # "Is lupus or whiplash hereditary?": neither side says.
    named = [topic for topic, weight in reading.topics.items() if weight >= 0.4 and rules["topics"][topic].flag("side")]
    wider = {kind for topic in named for kind in rules["topics"][topic].ids("kind_of")}
    sides = [topic for topic in named if topic not in wider]
    chosen: list[Answer] = []
    if len(sides) > 1:
        about = {topic: [answer for answer in index.answers if answer.about[0] == topic and not answer.is_list] for topic in sides[:3]}
        # What they are compared by may stand anywhere: "recovery-wise, how do they compare?".
        wanted = {match.name.id for match in reading.of("aspect")} & _COMPARED_BY
        for topic, answers in about.items():
            # Sought as if the other sides had not been named.
            others = [(match.start, match.end) for match in reading.of("topic") if match.name.id in sides and match.name.id != topic]
            own = [(match.start, match.end) for match in reading.of("topic") if match.name.id == topic]
            spans = [span for span in others if not any(start < span[1] and span[0] < end for start, end in own)]
            scores = index.search(without(reading, spans, {topic: 1.0})).scores + WHOLE_COUNTS * found.scores
            compared = [answer for answer in answers if wanted & set(answer.asks)] or answers
            best = max(compared, key=lambda answer: float(scores[answer.position]) + DEFINES * ("definition" in answer.asks), default=None)
            if best is not None and best not in chosen:
                chosen.append(best)
    elif "comparison" in found.aims:
        for hit in found.hits:
            if not hit.answer.is_list and hit.score > found.refusal - COMPARED_MARGIN and all(hit.answer.said.isdisjoint(other.said) for other in chosen):
                chosen.append(hit.answer)
        chosen = chosen[:2]
    return tuple(chosen) if len(chosen) > 1 else ()


def _of_both(reading: Reading, rules: Rules) -> bool:
    """Whether a message asks something of two illnesses that it names: "lupus and whiplash, can both of them hurt the back?"."""
    conditions = {match.name.id for match in reading.of("topic") if rules["topics"][match.name.id].flag("condition")}
    return "both" in reading.stems and len(conditions) > 1


def answer_each(reading: Reading, found: Found, index: Index) -> tuple[Answer, ...]:
    """An answer for each question of a message that asks two; () where it asks one, one of them is not answered, or another answer surely
    is to the whole.
    """
    questions = _questions(reading)
    asked = questions[:MOST_QUESTIONS]
    chosen: list[Answer] = []
    for at, question in enumerate(asked):
        if len(chosen) + len(asked) - at < 2:
            return ()  # No two of them are answered.
        others = [span for other in questions if other is not question for span in other]
        alone = without(reading, others, None)
        if not alone.topics or not alone.aspects:
            continue
        own = index.search(alone)
        if own.hits[0].score > own.refusal + SURE and not own.hits[0].answer.is_list:
            chosen.append(own.hits[0].answer)
    chosen = list(dict.fromkeys(chosen))
    quoted = [answer.said for answer in chosen]
    if len(chosen) < 2 or any(one <= other for one in quoted for other in quoted if one is not other) or sum(answer.words for answer in chosen) > MOST_WORDS:
        return ()
    # "Would a herniated disc explain why my leg hurts?" is one question, and the whole of it is answered.
    return () if found.sure and found.hits[0].answer not in chosen else tuple(chosen)


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


def tell_more(index: Index, rules: Rules, dialogue: Dialogue, unwanted: Collection[str] = ()) -> tuple[Answer, ...]:
    """The next answer about the topic in hand that was not shown yet, or after a list that left something out about what it named; nothing
    of what is `unwanted`. () where there is none.
    """
    listed = dialogue.sides if unwanted and dialogue.sides else ()
    topics = listed or (in_hand(rules, dialogue),)
    shown = [answer for answer in index.answers if answer.id in dialogue.shown]
    said = {place for answer in shown for place in answer.said}
    fresh = [
        (bool(listed) and "definition" not in answer.asks, topics.index(topic), answer.about.index(topic), answer.position, answer)
        for topic in topics for answer in index.answers
        if topic in answer.about and answer not in shown and not answer.is_list and set(unwanted).isdisjoint(answer.about) and not answer.said <= said
    ]
    return (min(fresh, key=lambda found: found[:4])[4],) if fresh else ()


def in_hand(rules: Rules, dialogue: Dialogue) -> str:
    """The topic that the talk is on: of several, the first that is not a general one."""
    return next((topic for topic in dialogue.topics if not rules["topics"][topic].flag("general")), dialogue.topics[0])


def leave_out(reading: Reading, index: Index, rules: Rules, dialogue: Dialogue) -> tuple[Answer, ...]:
    """The list that a message which leaves something out of it means: the one that was given last ("and without drugs?"), or the one that is
    found where what it does not want had not been named ("anything but surgery"); () where it is on something else.
    """
    others = any(match.name.id == "alternative" for match in reading.of("aim"))
    if not (reading.excluded or (others and dialogue.without)) or reading.of("outside"):
        return ()
    wanted = [topic for topic, weight in reading.topics.items() if weight >= 0.8 and topic not in (*reading.excluded, *reading.carried)]
    if any(not rules["topics"][topic].flag("general") for topic in wanted):
        return ()
    lists = [answer for answer in index.answers if answer.is_list and "treatment" in answer.asks]
    given = tuple([answer for answer in lists if answer.id in dialogue.last])
    if given and (others or _OTHERS.issuperset(reading.aspects)):
        return given
    spans = [(match.start, match.end) for match in reading.of("topic") if match.name.id in reading.excluded]
    found = index.search(without(reading, spans, {topic: weight for topic, weight in reading.topics.items() if topic not in reading.excluded}))
    tells = not any(part.asks for part in reading.parts)
    if found.hits[0].answer in lists and (found.hits[0].score > found.refusal or tells):
        return (found.hits[0].answer,)
    if others or "treatment" in reading.aspects or (tells and len(reading.words) <= FEW_WORDS):
        return (max(lists, key=lambda answer: float(found.scores[answer.position])),) if lists else ()
    return ()
