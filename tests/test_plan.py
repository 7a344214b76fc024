"""What is replied to a reading: invented things, more of the same, doses, small talk, comparisons, two questions, refusals.

Where a rule is about scores, they are made up: what is learned may change, the rule may not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pytest

from spinebot import Bot
from spinebot.conversation import Dialogue, Reply, Standing, Urgent, Warned
from spinebot.index import LEARNED_AIMS, Found, Hit, Index
from spinebot.plan import (
    AGAIN,
    BESIDE,
    DIAGNOSIS_MARGIN,
    EARLIER,
    LEANING_MARGIN,
    MARGIN,
    MOST_QUESTIONS,
    MOST_SENTENCES,
    MOST_WORDS,
    SURE,
    SURELY_AIMED,
    TALK,
    TELLING_MARGIN,
    Plan,
    answer_each,
    beside_advice,
    choose,
    compare,
    decide,
    question_alone,
    refuse,
    refuses,
    remember,
    tell_more,
)
from spinebot.safety import Assessment
from spinebot.understand import Reading, understand

#: A score that nothing comes near.
LOW, HIGH = -99.0, 99.0
ABOUT_LUPUS = Dialogue(topics=("lupus",), turns=1)


@pytest.fixture(scope="module", params=["by hand", "learned"])
def either(request: pytest.FixtureRequest, bot: Bot, unlearned: Bot) -> Bot:
    return unlearned if request.param == "by hand" else bot


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
    hits = sorted((Hit(answer, float(scores[answer.position])) for answer in bot.answers), key=lambda hit: -hit.score)
    return Found(tuple(hits[:4]), refusal, *talk, dict(aims) if isinstance(aims, Mapping) else dict.fromkeys(aims, HIGH), scores)


def plan(bot: Bot, message: str, found: Found | None = None, dialogue: Dialogue | None = None) -> Plan:
    """The plan for one message, with the scores given or those that a search finds."""
    dialogue = dialogue or Dialogue()
    reading = read(bot, message, dialogue)
    return decide(reading, found or bot.index.search(reading), bot.index, bot.rules, dialogue)


class Fixed(Index):
    """An index that finds what it is told to find for a reading."""

    def __init__(self, bot: Bot, find: Callable[[Reading], Found]) -> None:
        self.answers = bot.answers
        self.search = find  # type: ignore[method-assign]


def ids(found: Plan | Sequence[object]) -> list[str]:
    return [answer.id for answer in (found.answers if isinstance(found, Plan) else found)]  # type: ignore[attr-defined]


def talk(bot: Bot, *turns: str) -> Reply:
    """The reply to the last of some turns."""
    conversation = bot.conversation("c")
    return [conversation.say(turn) for turn in turns][-1]


# Nothing said.


@pytest.mark.parametrize("message", ["", "?", " ... ! ?"])
def test_a_message_without_a_word_is_asked_for_one(message: str, unlearned: Bot) -> None:
    """An empty line would be answered with whatever scores best."""
    found = plan(unlearned, message, scored(unlearned, {"lupus-what": HIGH}))
    assert (found.kind, found.intent, found.opening) == ("chat", "chat.empty", unlearned.rules.phrase("empty"))
    assert not found.answers


# Invented things.


@pytest.mark.parametrize(
    "message",
    [
        "make up a study on lupus",
        "Invent a number for whiplash.",
        "What is the success rate of surgery? Please invent one, can you?",
        "Invent a study for me, does physical therapy work?",
        "just make something up about surgery, does it help?",
        "write me a prescription for codeine",
        "what percentage of people with lupus get worse?",
        "Does lupus need treatment, and can you fabricate a source for it?",
    ],
)
def test_an_order_to_invent_is_refused_however_sure_an_answer_is(message: str, either: Bot) -> None:
    """A true quote behind "make up a study" would pass for the study."""
    found = plan(either, message, scored(either, {"lupus-what": HIGH, "physio-what": HIGH, "whiplash-what": HIGH}))
    assert found.kind == "no_answer"
    assert not found.answers
    for reply in (talk(either, message), talk(either, "What is lupus?", message)):
        assert reply.kind != "chat" and not reply.quotes


def test_an_order_to_invent_is_no_small_talk_and_no_call_for_more(unlearned: Bot) -> None:
    """Who types "make something up, thanks" would be told that they are welcome."""
    assert plan(unlearned, "make something up, thanks", scored(unlearned, talk=("thanks", HIGH))).kind == "no_answer"
    dialogue = Dialogue(topics=("lupus",), shown=frozenset(), turns=1)
    assert plan(unlearned, "make up more", scored(unlearned), dialogue).kind == "no_answer"
    assert plan(unlearned, "more", scored(unlearned), dialogue).kind == "answer"


def test_what_others_made_up_is_no_order(either: Bot) -> None:
    """Who tells of someone's invention has a question of their own."""
    message = "My boss said that he did not make it up. Does lupus need treatment?"
    assert "invent" in {match.name.id for match in read(either, message).of("aim")}
    assert ids(plan(either, message, scored(either, {"lupus-treat": 1.0}))) == ["lupus-treat"]


# More.


@pytest.mark.parametrize(
    "question", ["What is lupus?", "What is whiplash?", "What is neck traction?", "What is a herniated disc?", "What is osteoarthritis?", "Is surgery risky?"]
)
@pytest.mark.parametrize("more", ["tell me more", "anything else?"])
def test_more_tells_something_new_each_time_until_there_is_no_more_and_then_says_so(question: str, more: str, either: Bot) -> None:
    """The same sentences again and again, or an end that looks like a refusal, and the user gives up."""
    conversation = either.conversation("c")
    reply = conversation.say(question)
    (topic,) = conversation.dialogue.topics
    said = {quote.start for quote in reply.quotes}
    assert said
    for _ in either.answers:
        reply = conversation.say(more)
        if reply.kind != "answer":
            break
        new = {quote.start for quote in reply.quotes}
        assert new - said, f"{reply.answer!r} was said before"
        said |= new
    for again in (reply, conversation.say(more)):
        assert (again.kind, again.intent, again.quotes) == ("no_answer", "no-more", ())
        assert either.rules.phrase("no_more", subject=either.rules["topics"][topic].text("label")) in again.text
    left = [answer.id for answer in either.answers if topic in answer.about and not answer.is_list and not {start for _, start in answer.said} <= said]
    assert not left, "not told"


@pytest.mark.parametrize("topic", ["exercise", "neck-injury", "osteoarthritis", "traction", "whiplash"])
def test_more_tells_what_is_mainly_about_the_topic_first(topic: str, unlearned: Bot) -> None:
    """More on whiplash would begin with a sentence on collars; of two alike, the first of the file comes first."""
    by_id = {answer.id: answer for answer in unlearned.answers}
    told: list[str] = []
    while found := ids(tell_more(unlearned.index, unlearned.rules, Dialogue(topics=(topic,), shown=frozenset(told)))):
        told += found
    ranks = [(by_id[name].about.index(topic), by_id[name].position) for name in told]
    assert ranks == sorted(ranks)
    assert ranks[0][0] == 0 < ranks[-1][0] or topic == "traction"


def test_more_is_about_the_special_topic_of_several(unlearned: Bot) -> None:
    """After "does lupus hurt the neck?", more is more on lupus."""
    dialogue = Dialogue(topics=("neck-pain", "lupus"), turns=1)
    assert ids(tell_more(unlearned.index, unlearned.rules, dialogue)) == ["lupus-what"]
    only_general = tell_more(unlearned.index, unlearned.rules, Dialogue(topics=("back-pain",), turns=1))
    assert "back-pain" in only_general.answers[0].about


def test_more_gives_no_list_and_nothing_of_which_all_was_said(unlearned: Bot) -> None:
    """A list repeats what was said; "lupus-muscles" is a part of "lupus-what"."""
    by_id = {answer.id: answer for answer in unlearned.answers}
    assert by_id["lupus-muscles"].said < by_id["lupus-what"].said
    assert by_id["neck-causes"].is_list and "neck-pain" in by_id["neck-causes"].about
    shown = frozenset({"lupus-what"})
    assert ids(tell_more(unlearned.index, unlearned.rules, Dialogue(topics=("lupus",), shown=shown))) == ["lupus-cord"]
    assert [answer.is_list for answer in unlearned.answers if "pain-sources" in answer.about] == [True]
    assert tell_more(unlearned.index, unlearned.rules, Dialogue(topics=("pain-sources",))).intent == "no-more"
    others = frozenset(answer.id for answer in unlearned.answers if not answer.is_list)
    assert tell_more(unlearned.index, unlearned.rules, Dialogue(topics=("neck-pain",), shown=others)).intent == "no-more"


def test_more_of_nothing_is_a_refusal(unlearned: Bot) -> None:
    """A first message has nothing to go on from, and may not crash."""
    found = plan(unlearned, "tell me more")
    assert (found.kind, found.intent) == ("no_answer", "far")


def test_more_about_another_topic_is_a_question_about_that(unlearned: Bot) -> None:
    """Who is told of lupus and wants to hear more about whiplash would hear more about lupus."""
    assert plan(unlearned, "tell me more about whiplash", dialogue=Dialogue(topics=("lupus",), turns=1)).answers[0].about[0] == "whiplash"


# Doses.


@pytest.mark.parametrize(
    "message",
    [
        "How many ibuprofen can I take?",
        "what dose of ibuprofen is safe",
        "how much paracetamol should I take for a stiff neck",
        "maximum dose of naproxen?",
        "My neck hurts. How often can I take codeine?",
        "What is whiplash? And how many tablets may I take?",
    ],
)
def test_a_question_for_a_dose_gets_none_however_sure_an_answer_is(message: str, either: Bot) -> None:
    """A quote behind it would be read as leave to take some."""
    found = plan(either, message, scored(either, {"otc-help": HIGH, "whiplash-what": HIGH}))
    assert (found.kind, found.intent, found.opening, found.answers) == ("no_answer", "dosage", either.rules.phrase("dosage"), ())
    reply = talk(either, message)
    assert not reply.quotes
    assert "dosage" in {caveat.id for caveat in reply.caveats}


def test_a_dose_that_only_the_words_ask_for_is_refused_as_one(unlearned: Bot) -> None:
    """Where no wording says so but the learned aim does, "the article doesn't say" would be a poor reason."""
    message = "my grandmother swallows handfuls of ibuprofen"
    found = plan(unlearned, message, scored(unlearned, {"otc-help": -50.0}, aims=["dosage"]))
    assert (found.intent, found.opening, found.aims) == ("dosage", unlearned.rules.phrase("dosage"), ("dosage",))
    assert plan(unlearned, message, scored(unlearned, {"otc-help": -50.0})).intent == "no-question"
    answered = plan(unlearned, message, scored(unlearned, {"otc-help": 5.0}, aims=["dosage"]))
    assert (ids(answered), answered.opening, answered.aims) == (["otc-help"], unlearned.rules.phrase("dosage"), ("dosage",))


@pytest.mark.parametrize("message", ["which painkiller should I take for my neck?", "Can I take ibuprofen for neck pain?"])
def test_which_medicine_is_answered_with_the_word_that_none_is_chosen(message: str, unlearned: Bot) -> None:
    """What the article says of painkillers would be taken for advice to take one."""
    found = plan(unlearned, message, scored(unlearned, {"otc-help": 5.0}))
    assert (ids(found), found.opening) == (["otc-help"], unlearned.rules.phrase("dosage"))
    assert plan(unlearned, "What is lupus?", scored(unlearned, {"lupus-what": 5.0})).opening == ""


# Whether to see a doctor.


@pytest.mark.parametrize("message", ["should I see a doctor?", "Do I need to see a GP?", "It aches. When should I worry?", "is it an emergency"])
def test_who_asks_whether_to_see_a_doctor_is_told_when_to(message: str, unlearned: Bot) -> None:
    """Of all questions, this one would get whatever sentence scores best, or "the article doesn't say"."""
    found = plan(unlearned, message, scored(unlearned, {"surgery-when": HIGH}))
    assert (found.kind, found.intent, found.opening, found.answers) == ("no_answer", "see-doctor", unlearned.rules.phrase("see_doctor"), ())


def test_whether_a_named_condition_needs_a_doctor_is_answered_from_the_article(unlearned: Bot) -> None:
    """It says that lupus has to be treated: general advice would hide it."""
    for message in ("should I see a doctor for lupus?", "My cousin has lupus. Should she see a doctor?"):
        assert ids(plan(unlearned, message, scored(unlearned, {"lupus-treat": 1.0}))) == ["lupus-treat"], message
    assert plan(unlearned, "my neck hurts, should I see a doctor?", scored(unlearned, {"neck-common": HIGH})).intent == "see-doctor", "the neck is no condition"


# Small talk.


def test_small_talk_is_answered_as_such_where_it_is_likelier_than_any_answer(unlearned: Bot) -> None:
    """Thanks would be answered with a quote, or a question with "you're welcome"."""
    reply = unlearned.rules["chat"]["thanks"].text("reply")
    found = plan(unlearned, "thanks, and bone spurs", scored(unlearned, {"spurs-what": 2.0}, talk=("thanks", 2.1)))
    assert found == Plan("chat", "chat.thanks", reply)
    assert plan(unlearned, "thanks, and bone spurs", scored(unlearned, {"spurs-what": 2.0}, talk=("thanks", 1.9))).kind == "answer"


def test_small_talk_may_score_a_little_below_the_refusal(unlearned: Bot) -> None:
    """A chatty message that is hard to tell from a strange one is better greeted than refused."""
    assert plan(unlearned, "well hello xyzzy", scored(unlearned, refusal=1.0, talk=("greeting", 1.1 - TALK))).kind == "chat"
    assert plan(unlearned, "well hello xyzzy", scored(unlearned, refusal=1.0, talk=("greeting", 0.9 - TALK))).kind == "no_answer"


@pytest.mark.parametrize(
    "message", ["thanks, is surgery dangerous?", "hello, does lupus hurt?", "cheers mate, what do they inject", "thank you! Do I need surgery?"]
)
def test_greetings_around_a_question_on_what_needs_a_caveat_make_no_small_talk_of_it(message: str, unlearned: Bot) -> None:
    """With "you're welcome" to "thanks, is surgery dangerous?", the warning is left unsaid."""
    found = plan(unlearned, message, scored(unlearned, {"surgery-risks": 1.0}, talk=("thanks", 5.0)))
    assert ids(found) == ["surgery-risks"]


@pytest.mark.parametrize(
    "message",
    ["thanks, the operation went well, bye", "thanks, the operation went well. Can you hear me?", "my lupus nurse says hello", "thanks, can you hear me?"],
)
def test_a_caveat_s_subject_that_nothing_asks_about_leaves_small_talk_alone(message: str, unlearned: Bot) -> None:
    """Who says goodbye would get a quote on surgery."""
    assert plan(unlearned, message, scored(unlearned, {"surgery-risks": 1.0}, talk=("thanks", 5.0))).intent == "chat.thanks"


@pytest.mark.parametrize("aim", LEARNED_AIMS)
def test_an_aim_that_speaks_out_of_the_words_is_no_small_talk(aim: str, unlearned: Bot) -> None:
    """Who asks politely what they have would be greeted."""
    assert ids(plan(unlearned, "hello, it aches", scored(unlearned, {"lupus-muscles": 1.0}, talk=("greeting", 5.0), aims=[aim]))) == ["lupus-muscles"]


# Comparisons.


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        ("compare lupus and whiplash", ["lupus-what", "whiplash-what"]),
        ("What is the difference between osteoarthritis and rheumatoid arthritis?", ["oa-what", "ra-what"]),
        ("difference between arthritis, osteoarthritis and rheumatoid arthritis", ["oa-what", "ra-what"]),
        ("whiplash or a herniated disc, what is the difference?", ["whiplash-what", "disc-what"]),
        ("How does spinal stenosis differ from a strain and from bone spurs?", ["stenosis-what", "strain-what", "spurs-what"]),
        ("surgery versus traction: which has side effects?", ["surgery-risks", "traction-risks"]),
        ("surgery versus lupus: which has side effects?", ["surgery-risks", "lupus-what"]),
        ("compare prescription medication and injections", ["prescription-list", "injections-what"]),
        ("compare surgery with numbing medication", ["surgery-when", "numbing-site"]),
        ("compare lupus and whiplash in the neck", ["lupus-what", "whiplash-what"]),
        ("Is a herniated disc the same as degenerative disc disease?", ["disc-what", "ddd-what"]),
    ],
)
def test_a_comparison_gets_an_answer_for_each_side(message: str, wanted: list[str], unlearned: Bot) -> None:
    """One side alone is no comparison, and reads as if the other were the same or nothing."""
    found = plan(unlearned, message)
    assert (found.kind, sorted(ids(found))) == ("answer", sorted(wanted))


def test_sides_are_compared_in_the_order_named(unlearned: Bot) -> None:
    """The answer would not be read against the question."""
    assert ids(plan(unlearned, "compare whiplash with lupus")) == ["whiplash-what", "lupus-what"]
    assert ids(plan(unlearned, "compare lupus with whiplash")) == ["lupus-what", "whiplash-what"]


@pytest.mark.parametrize(
    "message", ["What is lupus and whiplash?", "compare", "compare lupus", "Does lupus need treatment?", "compare neck pain and back pain"]
)
def test_where_no_two_things_are_compared_none_is_forced(message: str, unlearned: Bot) -> None:
    """A plain question would be answered with something else beside it."""
    reading = read(unlearned, message)
    assert compare(reading, unlearned.index.search(reading), unlearned.index, unlearned.rules) == ()


def test_each_side_is_looked_up_by_itself_and_told_as_what_was_asked(unlearned: Bot) -> None:
    """The words on one side would choose the answer on the other, and what lupus is would be set against how common whiplash is."""
    heard: list[Reading] = []
    scores = {"lupus-cord": 5.0, "lupus-what": 1.0, "whiplash-common": 5.0, "whiplash-what": 1.0}
    index = Fixed(unlearned, lambda reading: heard.append(reading) or scored(unlearned, scores))
    assert ids(compare(read(unlearned, "compare lupus and whiplash"), scored(unlearned, scores), index, unlearned.rules)) == ["lupus-what", "whiplash-what"]
    assert [dict(reading.topics) for reading in heard] == [{"lupus": 1.0}, {"whiplash": 1.0}]
    assert [[word.typed for word in reading.words if word.evidence] for reading in heard] == [["compare", "lupus"], ["compare", "whiplash"]]


def test_the_whole_message_has_a_say_in_the_answer_to_each_side(unlearned: Bot) -> None:
    """What stands outside both sides ("... for me at home") belongs to both."""
    alone = {"traction-popular": 1.0, "traction-benefits": 1.1, "surgery-when": 1.0}
    whole = scored(unlearned, {"traction-popular": 5.0, "traction-benefits": 4.0, "surgery-when": 4.0})
    found = compare(read(unlearned, "compare traction and surgery"), whole, Fixed(unlearned, lambda _: scored(unlearned, alone)), unlearned.rules)
    assert ids(found) == ["traction-popular", "surgery-when"]


def test_a_comparison_by_its_words_only_gets_the_two_likeliest_that_say_different_things(unlearned: Bot) -> None:
    """Who asks "which is nastier?" names no two things; two answers that say the same compare nothing."""
    by_id = {answer.id: answer for answer in unlearned.answers}
    assert by_id["lupus-what"].said & by_id["lupus-muscles"].said and by_id["neck-causes"].is_list
    scores = {"neck-causes": 4.0, "lupus-what": 3.0, "lupus-muscles": 2.5, "whiplash-what": 2.0}
    reading = read(unlearned, "tell me which is nastier")
    assert ids(compare(reading, scored(unlearned, scores, aims=["comparison"]), unlearned.index, unlearned.rules)) == ["lupus-what", "whiplash-what"]
    assert compare(reading, scored(unlearned, scores), unlearned.index, unlearned.rules) == (), "nothing says that it compares"
    three = scored(unlearned, {"lupus-what": 3.0, "whiplash-what": 2.5, "surgery-risks": 2.0}, aims=["comparison"])
    assert ids(compare(reading, three, unlearned.index, unlearned.rules)) == ["lupus-what", "whiplash-what"], "two sides"
    unsure = scored(unlearned, scores, refusal=2.1 + LEANING_MARGIN, aims=["comparison"])
    assert compare(reading, unsure, unlearned.index, unlearned.rules) == (), "one side is no comparison"


# Two questions.


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        ("What is lupus? What is whiplash?", ["lupus-what", "whiplash-what"]),
        ("What is lupus, and what is whiplash?", ["lupus-what", "whiplash-what"]),
        ("What is whiplash? Does lupus need treatment?", ["whiplash-what", "lupus-treat"]),
        ("Does lupus need treatment, and what is whiplash?", ["lupus-treat", "whiplash-what"]),
        ("What is lupus, and is surgery risky?", ["lupus-what", "surgery-risks"]),
        ("what is whiplash\nis surgery risky", ["whiplash-what", "surgery-risks"]),
        ("what is whiplash can you tell me is surgery risky", ["whiplash-what", "surgery-risks"]),
        ("I fell off a chair. What is whiplash? Is surgery risky? My wife asks.", ["whiplash-what", "surgery-risks"]),
        ("What is lupus? What is whiplash? Is surgery risky?", ["lupus-what", "whiplash-what", "surgery-risks"]),
    ],
)
def test_two_questions_in_one_message_are_both_answered_in_their_order(message: str, wanted: list[str], unlearned: Bot) -> None:
    """The second question would be lost, and few ask again."""
    found = plan(unlearned, message)
    assert (found.kind, ids(found)) == ("answer", wanted)
    assert ids(answer_each(read(unlearned, message), unlearned.index)) == wanted


@pytest.mark.parametrize(
    "message",
    [
        "What is lupus?",
        "Does lupus hurt, in the neck above all?",
        "I have lupus. I wear a collar. What is whiplash?",
        "What is whiplash? Are you sure?",
        "What is whiplash? What is the capital of France?",
        "What is lupus? What does lupus do?",
        "lupus, whiplash",
        "",
    ],
)
def test_one_question_is_not_taken_for_two(message: str, unlearned: Bot) -> None:
    """Half a question answered by itself is a wrong answer, as is one to a question that the article doesn't answer."""
    assert answer_each(read(unlearned, message), unlearned.index) == ()


def asked_about(reading: Reading, finds: Mapping[str, Found]) -> Found:
    """What is found by the one topic that a reading is about."""
    (topic,) = reading.topics
    return finds[topic]


@pytest.mark.parametrize(
    ("finds", "wanted"),
    [
        ({"lupus": ("lupus-what", SURE + 0.1), "whiplash": ("whiplash-what", SURE + 0.1)}, ["lupus-what", "whiplash-what"]),
        ({"lupus": ("lupus-what", SURE + 0.1), "whiplash": ("whiplash-what", SURE - 0.1)}, []),
        ({"lupus": ("lupus-what", SURE + 0.1), "whiplash": ("neck-causes", SURE + 0.1)}, []),
        ({"lupus": ("lupus-what", SURE + 0.1), "whiplash": ("lupus-what", SURE + 0.1)}, []),
        ({"lupus": ("lupus-what", SURE + 0.1), "whiplash": ("lupus-muscles", SURE + 0.1)}, []),
        ({"lupus": ("lupus-muscles", SURE + 0.1), "whiplash": ("lupus-what", SURE + 0.1)}, []),
    ],
    ids=["both", "one unsure", "a list", "the same", "a part of the first", "a part of the second"],
)
def test_two_answers_are_given_only_where_both_are_sure_and_say_different_things(
    finds: Mapping[str, tuple[str, float]], wanted: list[str], unlearned: Bot
) -> None:
    """The same sentence twice, a list in between, or a guess beside a true answer."""
    by_id = {answer.id: answer for answer in unlearned.answers}
    assert by_id["lupus-muscles"].said < by_id["lupus-what"].said and by_id["neck-causes"].is_list
    index = Fixed(unlearned, lambda reading: asked_about(reading, {topic: scored(unlearned, dict([found])) for topic, found in finds.items()}))
    assert ids(answer_each(read(unlearned, "What is lupus? What is whiplash?"), index)) == wanted


@pytest.mark.parametrize(
    ("message", "other"), [("What is whiplash? Are you sure?", "surgery-risks"), ("Does lupus hurt, and cause pain in the neck?", "wear-how")]
)
def test_half_a_question_is_not_answered_by_itself(message: str, other: str, unlearned: Bot) -> None:
    """A part that asks for nothing, or belongs to the question before it, would bring an answer to something else."""
    reading = read(unlearned, message)
    main = {"whiplash": "whiplash-what", "lupus": "lupus-muscles"}

    def find(alone: Reading) -> Found:
        name = next((main[topic] for topic in alone.topics if topic in main and alone.aspects), other)
        return scored(unlearned, {name: HIGH})

    assert answer_each(reading, Fixed(unlearned, find)) == ()


def test_no_more_questions_are_answered_than_anyone_reads(unlearned: Bot) -> None:
    """A message of many questions would be answered with half the article."""
    message = "What is lupus? What is whiplash? Is surgery risky? What is stenosis?"
    short = {"lupus": "lupus-treat", "whiplash": "collar-pressure", "surgery": "surgery-risks", "stenosis": "stenosis-what"}
    finds = {topic: scored(unlearned, {name: HIGH}) for topic, name in short.items()}
    assert ids(answer_each(read(unlearned, message), Fixed(unlearned, lambda reading: asked_about(reading, finds)))) == list(short.values())[:MOST_QUESTIONS]
    by_words = sorted((answer for answer in unlearned.answers if not answer.is_list), key=lambda answer: -answer.words)
    longest, other = by_words[0], next(answer for answer in by_words[1:] if answer.said.isdisjoint(by_words[0].said))
    assert longest.words + other.words > MOST_WORDS
    finds = {"lupus": scored(unlearned, {longest.id: HIGH}), "whiplash": scored(unlearned, {other.id: HIGH})}
    assert answer_each(read(unlearned, "What is lupus? What is whiplash?"), Fixed(unlearned, lambda reading: asked_about(reading, finds))) == ()


# Refusals.


@pytest.mark.parametrize(
    ("message", "intent", "subject", "nearby"),
    [
        ("How much does a soft collar cost?", "outside.price", "prices and insurance", "the soft collar"),
        ("Is acupuncture good for whiplash?", "outside.other-therapy", "other therapies", "whiplash"),
        ("Does lupus run in families?", "outside.genetics", "inheritance", "lupus"),
        ("Is lupus or whiplash hereditary?", "outside.genetics", "inheritance", "lupus and whiplash"),
        ("Is it hereditary?", "outside.genetics", "inheritance", None),
        ("Is neck pain hereditary?", "outside.genetics", "inheritance", None),
        ("I have lupus. What does acupuncture for whiplash do?", "outside.other-therapy", "other therapies", "whiplash"),
        ("I had acupuncture. Is whiplash hereditary?", "outside.genetics", "inheritance", "whiplash"),
        ("Do lupus patients wear hats?", "not-said", None, "lupus"),
        ("my neck plays hide and seek", "no-question", None, None),
        ("Who painted it, and when?", "far", None, None),
    ],
)
def test_a_refusal_names_what_was_asked_for_and_what_the_article_does_cover(
    message: str, intent: str, subject: str | None, nearby: str | None, unlearned: Bot
) -> None:
    """A bare "no" sends away someone whom the article has something for."""
    rules = unlearned.rules
    reading = read(unlearned, message)
    found = refuse(reading, rules)
    phrase = {"far": "far", "no-question": "no_question"}.get(intent, "no_answer")
    opening = rules.phrase("outside", subject=subject) if subject else rules.phrase(phrase)
    assert (found.kind, found.intent, found.answers) == ("no_answer", intent, ())
    assert found.opening == opening + (f" {rules.phrase('nearby', subject=nearby)}" if nearby else "")


def test_a_refusal_names_two_subjects_at_most_and_the_longest_name_of_what_was_asked(unlearned: Bot) -> None:
    """A list of all that a message named is no help, and half a name the wrong one."""
    opening = refuse(read(unlearned, "Are lupus, whiplash, osteoarthritis and bone spurs hereditary?"), unlearned.rules).opening
    assert opening.endswith("lupus and whiplash.")
    assert refuse(read(unlearned, "does a vitamin cost more than life expectancy"), unlearned.rules).intent == "outside.prognosis"


def test_what_scores_below_the_refusal_by_more_than_a_margin_is_refused(unlearned: Bot) -> None:
    """A wrong answer would be given for every question that the article leaves open."""
    message = "Why do people in cold countries suffer from lupus so badly in winter?"
    assert ids(plan(unlearned, message, scored(unlearned, {"lupus-what": 0.1 - MARGIN}))) == ["lupus-what"]
    found = plan(unlearned, message, scored(unlearned, {"lupus-what": -0.1 - MARGIN}))
    assert (found.kind, found.intent, found.answers) == ("no_answer", "not-said", ())


@pytest.mark.parametrize(
    ("message", "dialogue", "aims", "margin"),
    [
        ("and how is it treated?", ABOUT_LUPUS, (), LEANING_MARGIN),
        ("lupus in the cold countries of the north", Dialogue(), (), LEANING_MARGIN),
        ("it is so strange in the morning, every morning", Dialogue(), ("diagnosis",), LEANING_MARGIN),
        ("it is so strange in the morning, every morning", Dialogue(), (), MARGIN),
        ("how is lupus treated in the cold north", Dialogue(), (), MARGIN),
        ("I had my old grey hat on again this morning", Dialogue(), (), TELLING_MARGIN),
        ("lupus and acupuncture in the cold north", Dialogue(), (), 0.0),
        ("and is acupuncture good for it?", ABOUT_LUPUS, (), 0.0),
        ("is acupuncture good for it every morning?", Dialogue(), ("diagnosis",), 0.0),
    ],
)
def test_a_message_that_says_little_by_itself_is_refused_less_readily(
    message: str, dialogue: Dialogue, aims: Sequence[str], margin: float, unlearned: Bot
) -> None:
    """A follow-up has few words to score by; what the article surely leaves out, and who asks nothing, is refused all the same."""
    reading = read(unlearned, message, dialogue)
    assert not refuses(reading, scored(unlearned, {"lupus-what": 0.1 - margin}, aims=aims), (), unlearned.rules)
    assert refuses(reading, scored(unlearned, {"lupus-what": -0.1 - margin}, aims=aims), (), unlearned.rules)


def test_who_asks_which_medicine_to_take_is_refused_less_readily(unlearned: Bot) -> None:
    """What the article says of medicines is said with a warning: that helps more than a refusal."""
    reading = read(unlearned, "how is lupus treated in the cold north")
    found = scored(unlearned, {"lupus-what": 0.1 - LEANING_MARGIN})
    assert refuses(reading, found, (), unlearned.rules) and not refuses(reading, found, {"which-medicine"}, unlearned.rules)


def test_a_question_that_stands_alone_is_answered_though_the_story_around_it_is_strange(unlearned: Bot) -> None:
    """A long story on something else would have its plain question refused."""
    message = "My cousin paints boats in Genoa and sings at weddings. Does lupus need treatment?"
    reading = read(unlearned, message)
    alone = question_alone(reading, unlearned.index)
    assert alone is not None and alone.hits[0].answer.id == "lupus-treat"
    assert alone.hits[0].score > alone.refusal + SURE
    assert "lupus-treat" in ids(plan(unlearned, message, scored(unlearned, refusal=HIGH)))


@pytest.mark.parametrize(
    ("message", "alone"),
    [
        ("My cousin sings. Does lupus need treatment?", True),
        ("Does lupus need treatment? My cousin sings.", True),
        ("Does lupus need treatment?", False),
        ("Does lupus need treatment? Is whiplash common?", False),
        ("My cousin has lupus, and sings.", False),
        ("My cousin has lupus. Does it need treatment?", False),
        ("My cousin sings. She has lupus. Does it need treatment?", True),
        ("My cousin sings. She has gout. Does it need treatment?", False),
        ("My cousin sings. She has gout. Does lupus need treatment?", True),
    ],
)
def test_a_question_is_cut_out_of_its_story_where_there_is_one_and_with_what_it_is_about(message: str, alone: bool, unlearned: Bot) -> None:
    """Without its story, "does it need treatment?" would be answered about something else."""
    sure = Fixed(unlearned, lambda _: scored(unlearned, {"lupus-treat": SURE + 0.1}))
    assert (question_alone(read(unlearned, message), sure) is not None) is alone


def test_a_question_is_cut_out_of_its_story_where_it_is_surely_answered_and_the_whole_is_not(unlearned: Bot) -> None:
    """A guess at a part of the message would take the place of an honest refusal."""
    reading = read(unlearned, "My cousin sings. Does lupus need treatment?")
    assert question_alone(reading, Fixed(unlearned, lambda _: scored(unlearned, {"lupus-treat": SURE - 0.1}))) is None
    heard: list[Reading] = []
    question_alone(reading, Fixed(unlearned, lambda alone: heard.append(alone) or scored(unlearned)))
    assert [word.typed for word in heard[0].words if word.evidence] == ["Does", "lupus", "need", "treatment"]
    leaning = read(unlearned, "My cousin sings. She has lupus. Does it need treatment?")
    question_alone(leaning, Fixed(unlearned, lambda alone: heard.append(alone) or scored(unlearned)))
    assert [word.typed for word in heard[1].words if word.evidence] == ["has", "lupus", "Does", "need", "treatment"], '"it" is said in the clause before'
    whole = scored(unlearned, {"whiplash-what": 1.0})
    assert ids(decide(reading, whole, unlearned.index, unlearned.rules, Dialogue())) == ["whiplash-what"]


# A bare topic.


@pytest.mark.parametrize(
    ("message", "topic"),
    [
        ("lupus", "lupus"),
        ("bone spurs", "bone-spurs"),
        ("Bone spurs spine", "bone-spurs"),
        ("neck traction?", "traction"),
        ("soft collar please", "collar"),
        ("and what about muscle relaxers then?", "relaxers"),
    ],
)
def test_a_bare_topic_gets_what_there_is_on_it(message: str, topic: str, unlearned: Bot) -> None:
    """Who types as into a search box would be told that the article doesn't say."""
    found = plan(unlearned, message, scored(unlearned, {"help-both": 5.0}, refusal=HIGH))
    assert found.kind == "answer" and len(found.answers) == 1
    assert topic in found.answers[0].about and not found.answers[0].is_list


def test_a_bare_topic_gets_the_best_answer_about_it(unlearned: Bot) -> None:
    """The first of the file would be given, however unlikely."""
    scores = {"help-both": 5.0, "lupus-what": 1.0, "lupus-cord": 2.0}
    assert ids(plan(unlearned, "lupus cord", scored(unlearned, scores))) == ["lupus-cord"]
    assert ids(plan(unlearned, "lupus cord", scored(unlearned, scores | {"lupus-cord": 5.1, "help-both": -5.0}))) == ["lupus-cord"]
    assert ids(plan(unlearned, "is the lupus cord bad there", scored(unlearned, scores))) == ["help-both"], "it says more than a topic"
    assert ids(plan(unlearned, "lupus", scored(unlearned, {"lupus-what": 5.0, "lupus-cord": 4.9}))) == ["lupus-what", "lupus-cord"], "as any other message"
    assert ids(plan(unlearned, "pinched nerve", scored(unlearned, {"help-both": 5.0, "compress-list": 4.0, "nerve-feel": 3.0}))) == ["nerve-feel"], "no list"


@pytest.mark.parametrize("message", ["lupus acupuncture", "lupus treatment", "neck", "lupus lives in a cold house", "hats"])
def test_what_is_more_or_less_than_a_bare_topic_may_be_refused(message: str, unlearned: Bot) -> None:
    """A search for "lupus acupuncture" would be answered as if the article spoke of it."""
    assert plan(unlearned, message, scored(unlearned, {"lupus-what": 5.0}, refusal=HIGH)).kind == "no_answer"


# What someone has.


@pytest.mark.parametrize(
    "message",
    [
        "Do I have lupus?",
        "sore neck, stiff in the morning, arthritis?",
        "My arm hurts and my neck is stiff. What do I have?",
        "what is wrong with my neck?",
        "it burns and tingles, could it be a pinched nerve?",
    ],
)
def test_who_asks_what_they_have_is_told_first_that_it_can_t_be_told(message: str, unlearned: Bot) -> None:
    """A quote on lupus behind "do I have lupus?" would be read as a yes."""
    found = plan(unlearned, message)
    assert (found.kind, found.opening) == ("answer", unlearned.rules.phrase("diagnosis"))
    reply = talk(unlearned, message)
    assert reply.text.startswith(unlearned.rules.phrase("diagnosis"))
    assert "diagnosis" in {caveat.id for caveat in reply.caveats}
    assert plan(unlearned, "What is lupus?").opening == ""


def test_an_aim_of_the_words_alone_opens_and_warns_as_one_of_a_wording_does(unlearned: Bot) -> None:
    """People ask what they have in endless ways: no caveat may depend on the wording."""
    message = "the tingling moved on to my elbow, your verdict please"
    assert not read(unlearned, message).of("aim")
    found = plan(unlearned, message, scored(unlearned, {"nerve-feel": 1.0}, aims=["diagnosis"]))
    assert (ids(found), found.opening, found.aims) == (["nerve-feel"], unlearned.rules.phrase("diagnosis"), ("diagnosis",))


def test_an_aim_that_is_not_sure_calls_for_its_caveat_but_opens_nothing(unlearned: Bot) -> None:
    """To someone who did not ask, "I can't tell what you have" is odd; to leave the caveat out may do harm."""
    message = "the tingling moved on to my elbow, your verdict please"
    unsure, sure = (plan(unlearned, message, scored(unlearned, {"nerve-feel": 1.0}, aims={"diagnosis": SURELY_AIMED + more})) for more in (-0.1, 0.1))
    assert (ids(unsure), unsure.opening, unsure.aims) == (["nerve-feel"], "", ("diagnosis",))
    assert (ids(sure), sure.opening, sure.aims) == (["nerve-feel"], unlearned.rules.phrase("diagnosis"), ("diagnosis",))


def test_who_asks_what_they_have_gets_symptoms_where_nothing_else_is_sure(unlearned: Bot) -> None:
    """A refusal to someone in pain, or what an illness is instead of how it feels."""
    message = "it burns and it tingles and it throbs, what do I have?"
    by_id = {answer.id: answer for answer in unlearned.answers}
    assert {"symptom", "spread"} & set(by_id["nerve-feel"].asks) and not {"symptom", "spread"} & set(by_id["spurs-where"].asks)
    scores = {"spurs-where": 0.5 - LEANING_MARGIN * 2, "nerve-feel": 0.4 - LEANING_MARGIN * 2, "lupus-what": 0.3 - LEANING_MARGIN * 2}
    assert DIAGNOSIS_MARGIN == LEANING_MARGIN * 2
    found = plan(unlearned, message, scored(unlearned, scores))
    assert (ids(found), found.opening) == (["nerve-feel"], unlearned.rules.phrase("diagnosis"))
    two = plan(unlearned, message, scored(unlearned, scores | {"oa-symptom": 0.2 - DIAGNOSIS_MARGIN, "ra-symptom": 0.1 - DIAGNOSIS_MARGIN}))
    assert ids(two) == ["nerve-feel", "oa-symptom"]
    assert plan(unlearned, message, scored(unlearned, {name: score - 1.0 for name, score in scores.items()})).kind == "no_answer", "too far off"
    assert plan(unlearned, "it burns and it tingles and it throbs, what is that?", scored(unlearned, scores)).kind == "no_answer", "no diagnosis asked"


def test_symptoms_of_two_kinds_are_given_only_where_there_is_room(unlearned: Bot) -> None:
    """Two long answers are more than someone in pain reads."""
    by_id = {answer.id: answer for answer in unlearned.answers}
    assert by_id["strain-spread"].words + by_id["whiplash-spread"].words > MOST_WORDS
    scores = {"strain-spread": 0.2 - DIAGNOSIS_MARGIN, "whiplash-spread": 0.1 - DIAGNOSIS_MARGIN}
    assert ids(plan(unlearned, "it burns and it tingles and it throbs, what do I have?", scored(unlearned, scores))) == ["strain-spread"]


def test_symptoms_that_score_far_below_the_best_are_not_given(unlearned: Bot) -> None:
    """Symptoms of some other illness would be worse than a refusal."""
    message = "it burns and it tingles and it throbs, what do I have?"
    scores = {"spurs-where": -LEANING_MARGIN - 0.5, "nerve-feel": -LEANING_MARGIN - 0.6 - DIAGNOSIS_MARGIN}
    assert plan(unlearned, message, scored(unlearned, scores)).kind == "no_answer"


# The answers chosen.


def test_the_best_answer_is_given_with_the_next_where_it_is_nearly_as_good(unlearned: Bot) -> None:
    """Half an answer, or one with something beside the point behind it."""
    assert ids(choose(scored(unlearned, {"lupus-what": 5.0, "lupus-cord": 5.1 - BESIDE}))) == ["lupus-what", "lupus-cord"]
    assert ids(choose(scored(unlearned, {"lupus-what": 5.0, "lupus-cord": 4.9 - BESIDE}))) == ["lupus-what"]
    assert ids(choose(scored(unlearned, {"lupus-what": 1.0, "lupus-cord": 0.1}))) == ["lupus-what", "lupus-cord"]
    assert ids(choose(scored(unlearned, {"lupus-what": 1.0, "lupus-cord": -0.1}))) == ["lupus-what"], "below the refusal"
    assert ids(choose(scored(unlearned, {"lupus-what": -1.0}))) == ["lupus-what"]


def test_who_leans_on_the_last_answer_gets_another_one_where_there_is_one(unlearned: Bot) -> None:
    """The same sentences again in reply to "and is it bad?" look as if nobody listens."""
    near = scored(unlearned, {"lupus-what": 5.0, "lupus-cord": 5.1 - AGAIN})
    far = scored(unlearned, {"lupus-what": 5.0, "lupus-cord": 4.9 - AGAIN})
    assert ids(choose(near, {"lupus-what"})) == ["lupus-cord"]
    assert ids(choose(far, {"lupus-what"}))[0] == "lupus-what", "nothing comes near it"
    assert ids(choose(scored(unlearned, {"lupus-what": AGAIN / 2, "lupus-cord": -0.1}), {"lupus-what"})) == ["lupus-what"], "nothing else is good enough"
    assert ids(choose(scored(unlearned, {"lupus-what": 5.0, "lupus-cord": 4.9}), {"lupus-cord"})) == ["lupus-what", "lupus-cord"], "the best is new"
    last = Dialogue(topics=("lupus",), last=("lupus-what",), turns=1)
    assert ids(plan(unlearned, "and does it do much harm?", near, last)) == ["lupus-cord"]
    assert ids(plan(unlearned, "What is lupus?", near, last))[0] == "lupus-what", "asked for again"


def test_a_list_stands_alone(unlearned: Bot) -> None:
    """A list with more behind it, or behind an answer, can't be read."""
    assert ids(choose(scored(unlearned, {"neck-causes": 5.0, "lupus-what": 4.9}))) == ["neck-causes"]
    assert ids(choose(scored(unlearned, {"lupus-what": 5.0, "neck-causes": 4.9, "lupus-cord": 4.8}))) == ["lupus-what"]
    assert ids(choose(scored(unlearned, {"non-drug": 5.0, "lupus-treat": 4.9}))) == ["non-drug"], "a short one too"


def test_no_answer_gets_longer_than_anyone_reads(unlearned: Bot) -> None:
    """On a telephone a quarter of the article is no answer."""
    by_id = {answer.id: answer for answer in unlearned.answers}
    sentences = ["disc-pain", "connected"]  # three sentences each
    assert all(len(by_id[name].said) == 3 for name in sentences)
    assert ids(choose(scored(unlearned, {"disc-pain": 5.0, "connected": 4.9, "lupus-cord": 4.8}))) == ["disc-pain", "lupus-cord"]
    four = {"lupus-treat": 5.0, "lupus-cord": 4.9, "surgery-risks": 4.8, "traction-look": 4.7}
    assert ids(choose(scored(unlearned, four))) == list(four)[:3], "three answers at most"
    for first in unlearned.answers:
        for second in unlearned.answers:
            if first is not second and not first.is_list and not second.is_list:
                chosen = choose(scored(unlearned, {first.id: 5.0, second.id: 4.9}))
                together = len(first.said | second.said) <= MOST_SENTENCES and first.words + second.words <= MOST_WORDS
                assert ids(chosen) == ([first.id, second.id] if together else [first.id])


# What is remembered.


STANDING, WARNED = Standing("fever", 0), Warned("meningitis", 0)


def turn(bot: Bot, message: str, dialogue: Dialogue, found: Plan) -> Dialogue:
    reading = read(bot, message, dialogue)
    reply = Reply("answer", "", suggestions=("What is whiplash?",))
    return remember(dialogue, reading, found, reply, Assessment(None, (STANDING,), warned=WARNED), bot.rules, bot.composer.quoted(found.answers).topics)


def test_after_a_turn_its_topics_answers_and_suggestions_are_remembered(unlearned: Bot) -> None:
    """Follow-up questions, "tell me more" and "2" would find nothing to go by."""
    by_id = {answer.id: answer for answer in unlearned.answers}
    first = turn(unlearned, "What is lupus?", Dialogue(), Plan("answer", "", "", (by_id["lupus-what"],)))
    assert first == Dialogue(
        topics=("lupus",),
        aspects=("definition",),
        earlier=(("lupus",),),
        shown=frozenset({"lupus-what"}),
        last=("lupus-what",),
        suggestions=("What is whiplash?",),
        standing=(STANDING,),
        warned=WARNED,
        turns=1,
    )
    second = turn(unlearned, "I have lupus. Is surgery risky?", first, Plan("answer", "", "", (by_id["surgery-risks"],)))
    assert second.topics == ("surgery",), "what the story named is not what the talk is about"
    assert second.shown == {"lupus-what", "surgery-risks"} and second.last == ("surgery-risks",)
    assert second.earlier == (("lupus",), ("surgery",)) and second.turns == 2
    assert second.aspects == ("side-effects",)


def test_a_turn_that_names_nothing_is_about_what_it_was_answered_with_or_what_came_before(unlearned: Bot) -> None:
    """After an answer to a question without a subject, "and how long?" would find none."""
    by_id = {answer.id: answer for answer in unlearned.answers}
    answered = turn(unlearned, "xyzzy", Dialogue(), Plan("answer", "", "", (by_id["surgery-risks"], by_id["collar-who"])))
    assert answered.topics == ("surgery", "collar")
    before = Dialogue(topics=("lupus",), aspects=("cause",), turns=3)
    refused = turn(unlearned, "thanks for all of this, friendly chatbot out there", before, Plan("no_answer", ""))
    assert (refused.topics, refused.aspects, refused.last) == (("lupus",), ("cause",), ())


def test_the_way_back_is_not_endless(unlearned: Bot) -> None:
    """A conversation of a day would grow without end."""
    dialogue = Dialogue()
    for message in ["What is lupus?"] * 3 + ["What is whiplash?"] * EARLIER:
        dialogue = turn(unlearned, message, dialogue, Plan("no_answer", ""))
    assert dialogue.earlier == (("whiplash",),) * EARLIER
    assert dialogue.turns == EARLIER + 3


def test_who_leans_on_an_answer_gets_another_that_is_nearly_as_good(unlearned: Bot) -> None:
    """ "Can it hurt elsewhere?" "And the legs?": the same sentence three times over says that nobody listens."""
    by_id = {answer.id: answer for answer in unlearned.answers}
    first, second = by_id["stenosis-where"], by_id["stenosis-pain"]
    near = Found((Hit(first, 5.0), Hit(second, 5.0 - AGAIN / 2)), 0.0, "greeting", LOW, {}, np.zeros(1, np.float32))
    assert choose(near)[0] is first
    assert choose(near, last=(first.id,))[0] is second
    assert choose(near, last=(first.id, second.id))[0] is first
    far = Found((Hit(first, 5.0), Hit(second, 5.0 - 2 * AGAIN)), 0.0, "greeting", LOW, {}, np.zeros(1, np.float32))
    assert choose(far, last=(first.id,))[0] is first


@pytest.mark.parametrize(("message", "talk"), [("yooo whats up \N{WAVING HAND SIGN}", "greeting"), ("Thanks!!", "thanks"), ("hi, hello there", "greeting")])
def test_a_message_of_nothing_but_small_talk_is_small_talk_whatever_scores_best(message: str, talk: str, either: Bot) -> None:
    """Who says hello and is told of muscles and ligaments leaves."""
    assert plan(either, message, scored(either, {"lupus-what": HIGH})).intent == f"chat.{talk}"


def test_small_talk_around_a_question_is_none(either: Bot) -> None:
    """ "Hi, what is lupus? Thanks" is a question."""
    assert plan(either, "Hi, what is lupus? Thanks").kind == "answer"


def test_more_about_the_topic_in_hand_is_more_though_it_is_named(unlearned: Bot) -> None:
    """ "Tell me more about lupus", right after what lupus is, would say the same again."""
    conversation = unlearned.conversation("c")
    first, second = conversation.say("What is lupus?"), conversation.say("tell me more about lupus")
    assert second.kind == "answer" and not {quote.start for quote in second.quotes} <= {quote.start for quote in first.quotes}


@pytest.mark.parametrize("message", ["Is lupus or whiplash hereditary?", "Which costs more, surgery or injections?"])
def test_a_comparison_by_what_the_article_leaves_out_is_refused(message: str, bot: Bot) -> None:
    """Two definitions are no answer to what costs more."""
    assert plan(bot, message).kind == "no_answer"


@pytest.mark.parametrize(("typed", "talk"), [("help", "help"), ("Help!", "help"), ("helpful", "thanks"), ("that helped", "thanks")])
def test_who_calls_for_help_is_not_thanked(bot: Bot, typed: str, talk: str) -> None:
    assert bot.conversation().say(typed).intent == f"chat.{talk}"


# Beside urgent advice, and what could do harm.

EMERGENCY, STILL = Urgent("cauda-equina", "emergency", "Go now.", "numb"), Warned("cauda-equina", 1)


def beside(bot: Bot, message: str, answer: str, assessment: Assessment) -> Plan:
    (chosen,) = [one for one in bot.answers if one.id == answer]
    plan = Plan("answer", f"answers.{answer}", "", (chosen,))
    return beside_advice(plan, read(bot, message), scored(bot, {answer: HIGH}), assessment, bot.rules)


@pytest.mark.parametrize("answer", ["traction-effective", "collar-what", "physio-what", "treatments-list"])
def test_no_treatment_that_can_harm_is_spoken_of_while_urgent_advice_holds(bot: Bot, answer: str) -> None:
    """Someone who was told to keep the neck still would read on how easy the device is."""
    message = "does neck traction help my neck?"
    assert not beside(bot, message, answer, Assessment(EMERGENCY, ())).answers
    refused = beside(bot, message, answer, Assessment(None, (), warned=STILL))
    assert (refused.kind, refused.intent, refused.answers) == ("no_answer", "warned", ())
    assert beside(bot, message, answer, Assessment(None, ())).answers, "of someone with no such sign it may be"


def test_what_is_told_after_urgent_advice_gets_no_quote_on_something_else(bot: Bot) -> None:
    """ "It's only because I had coffee", and the reply would tell of stress: as if that were it."""
    standing = Assessment(None, (), warned=STILL)
    assert beside(bot, "I only had a lot of coffee", "stress-neck", standing).kind == "no_answer"
    assert beside(bot, "what is a bone spur?", "spurs-what", standing).kind == "answer", "a question is answered, after the reminder"


@pytest.mark.parametrize(
    ("turns", "intent"),
    [
        (["I have osteoporosis, can I use the traction device?"], "unsuited"),
        (["What is rheumatoid arthritis?", "Is it ok for me to use the traction device?"], "unsuited"),
        (["can I use the traction device at the office?"], "answers.traction-where"),
    ],
)
def test_nobody_at_risk_is_told_how_easy_traction_is(bot: Bot, turns: list[str], intent: str) -> None:
    """ "You can do this at home" reads as a yes, to someone whose bones may break."""
    conversation = bot.conversation()
    reply = [conversation.say(message) for message in turns][-1]
    assert reply.intent == intent
    assert "traction" in {caveat.id for caveat in reply.caveats}


# What leans on things named together.


@pytest.mark.parametrize(
    ("turns", "says"),
    [
        (["What is the difference between a herniated disc and whiplash?", "how does the second one happen?"], "violently jerked"),
        (["What is the difference between a herniated disc and whiplash?", "and where does the first usually occur?"], "lower lumbar"),
        (["What can compress a nerve?", "what causes the second one?"], "dry out"),
        (["What can compress a nerve?", "what causes the second one?", "and what is the third?"], "bony growths"),
    ],
)
def test_the_first_and_the_second_are_the_things_that_were_named(bot: Bot, turns: list[str], says: str) -> None:
    """People count what they have just read; the bot that doesn't answers of the wrong thing."""
    conversation = bot.conversation()
    assert says in [conversation.say(message) for message in turns][-1].answer


def test_a_list_is_given_again_without_what_is_not_wanted(bot: Bot) -> None:
    """Who wants no pills would get the same list for ever, pills first."""
    conversation = bot.conversation()
    whole = conversation.say("What are the treatments for neck pain?")
    no_pills = conversation.say("and without drugs?")
    no_needles = conversation.say("without injections as well")
    assert {quote.text for quote in whole.quotes} > {quote.text for quote in no_pills.quotes} > {quote.text for quote in no_needles.quotes}
    assert "medications" not in no_pills.answer and "njections" not in no_needles.answer
    assert "medications" not in no_needles.answer, "what was left out before stays out"


def test_a_list_of_which_nothing_would_be_left_is_given_whole(bot: Bot) -> None:
    """An answer without a word would be no answer."""
    (answer,) = [answer for answer in bot.answers if answer.id == "treatments-list"]
    everything = bot.composer.quoted((answer,)).topics
    assert bot.composer.quoted((answer,), everything).quotes


def test_what_tells_and_asks_nothing_is_asked_for_its_question(bot: Bot) -> None:
    """ "On friday my back went" is no question that the article fails to answer."""
    reply = bot.conversation().say("so on friday my back went")
    assert (reply.kind, reply.intent) == ("no_answer", "no-question")
    assert bot.rules.phrase("no_question") in reply.text
