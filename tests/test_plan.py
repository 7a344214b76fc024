"""What is replied to a reading: invented things, more of the same, doses, small talk, what someone has, what is said beside urgent advice.

Where a rule is about scores, they are made up: what is learned may change, the rule may not.
"""

from __future__ import annotations

import pytest

from spinebot import Bot
from spinebot.conversation import Dialogue, Reply, Urgent, Warned
from spinebot.index import LEARNED_AIMS, SURELY
from spinebot.plan import SURELY_AIMED, TALK, Plan, beside_advice
from spinebot.safety import Assessment

from .turns import ABOUT_LUPUS, HIGH, ids, plan, read, scored


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


@pytest.mark.parametrize("message", ["What is the back made up of?", "Name the tissues that make up the back, please."])
def test_what_something_is_made_up_of_is_no_order_to_invent(message: str, either: Bot) -> None:
    """Who asks what the back is made up of would be told that the article doesn't say."""
    assert ids(plan(either, message, scored(either, {"anatomy-what": HIGH})))[0] == "anatomy-what"


@pytest.mark.parametrize(
    ("message", "more"),
    [
        ("tell me more", True),
        ("could you tell me a little more about that?", True),
        ("go on, please", True),
        ("one more thing: will I need to rest afterwards?", False),
        ("do women have it more than men?", False),
        ("two more weeks of it, can that harm?", False),
    ],
)
def test_who_asks_for_something_else_wants_no_more_of_the_same(message: str, more: bool, unlearned: Bot) -> None:
    """ "One more thing: ..." would be answered with the next best sentence on the subject, whatever was asked."""
    dialogue = Dialogue(topics=("traction",), shown=frozenset(("traction-after",)), turns=1)
    known = ids(plan(unlearned, message, scored(unlearned, {"traction-after": HIGH}), dialogue))
    unknown = ids(plan(unlearned, message, scored(unlearned, {"traction-after": -HIGH}), dialogue))
    if more:
        assert known == unknown and known and known != ["traction-after"], "the next that was not shown yet"
    else:
        assert known == ["traction-after"] and not unknown


def test_more_is_what_is_surely_meant_before_what_comes_next_in_the_article(unlearned: Bot) -> None:
    """ "What else?", on what presses on nerves, would bring the next sentence on discs."""
    dialogue = Dialogue(topics=("traction",), shown=frozenset(), turns=1)
    assert ids(plan(unlearned, "what else?", scored(unlearned, {"traction-after": SURELY + 0.1}), dialogue)) == ["traction-after"]
    assert ids(plan(unlearned, "what else?", scored(unlearned, {"traction-after": SURELY - 0.1}), dialogue)) != ["traction-after"]


def test_what_others_made_up_is_no_order(either: Bot) -> None:
    """Who tells of someone's invention has a question of their own."""
    message = "My boss said that he did not make it up. Does lupus need treatment?"
    assert "invent" in {match.name.id for match in read(either, message).of("aim")}
    assert ids(plan(either, message, scored(either, {"lupus-treat": 1.0}))) == ["lupus-treat"]


# More.


def test_more_of_nothing_is_a_refusal(unlearned: Bot) -> None:
    """A first message has nothing to go on from, and may not crash."""
    found = plan(unlearned, "tell me more")
    assert (found.kind, found.intent) == ("no_answer", "far")


def test_more_about_another_topic_is_a_question_about_that(unlearned: Bot) -> None:
    """Who is told of lupus and wants to hear more about whiplash would hear more about lupus."""
    assert plan(unlearned, "tell me more about whiplash", dialogue=Dialogue(topics=("lupus",), turns=1)).answers[0].about[0] == "whiplash"


def test_more_about_the_topic_in_hand_is_more_though_it_is_named(unlearned: Bot) -> None:
    """ "Tell me more about lupus", right after what lupus is, would say the same again."""
    conversation = unlearned.conversation("c")
    first, second = conversation.say("What is lupus?"), conversation.say("tell me more about lupus")
    assert second.kind == "answer" and not {quote.start for quote in second.quotes} <= {quote.start for quote in first.quotes}


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
    assert (found.intent, found.opening) == ("dosage", unlearned.rules.phrase("dosage"))
    assert plan(unlearned, message, scored(unlearned, {"otc-help": -50.0})).intent == "no-question"
    answered = plan(unlearned, message, scored(unlearned, {"otc-help": 5.0}, aims=["dosage"]))
    assert (ids(answered), answered.opening) == (["otc-help"], unlearned.rules.phrase("dosage"))


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
    assert ids(plan(unlearned, "hello, it aches", scored(unlearned, {"nerve-feel": 1.0}, talk=("greeting", 5.0), aims=[aim]))) == ["nerve-feel"]


@pytest.mark.parametrize(("message", "talk"), [("yooo whats up \N{WAVING HAND SIGN}", "greeting"), ("Thanks!!", "thanks"), ("hi, hello there", "greeting")])
def test_a_message_of_nothing_but_small_talk_is_small_talk_whatever_scores_best(message: str, talk: str, either: Bot) -> None:
    """Who says hello and is told of muscles and ligaments leaves."""
    assert plan(either, message, scored(either, {"lupus-what": HIGH})).intent == f"chat.{talk}"


def test_small_talk_around_a_question_is_none(either: Bot) -> None:
    """ "Hi, what is lupus? Thanks" is a question."""
    assert plan(either, "Hi, what is lupus? Thanks").kind == "answer"


@pytest.mark.parametrize(("typed", "talk"), [("help", "help"), ("Help!", "help"), ("helpful", "thanks"), ("that helped", "thanks")])
def test_who_calls_for_help_is_not_thanked(bot: Bot, typed: str, talk: str) -> None:
    assert bot.conversation().say(typed).intent == f"chat.{talk}"


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
    assert (ids(found), found.opening) == (["nerve-feel"], unlearned.rules.phrase("diagnosis"))


def test_an_aim_that_is_not_sure_calls_for_its_caveat_but_opens_nothing(unlearned: Bot) -> None:
    """To someone who did not ask, "I can't tell what you have" is odd; to leave the caveat out may do harm."""
    message = "the tingling moved on to my elbow, your verdict please"
    unsure, sure = (plan(unlearned, message, scored(unlearned, {"nerve-feel": 1.0}, aims={"diagnosis": SURELY_AIMED + more})) for more in (-0.1, 0.1))
    assert (ids(unsure), unsure.opening) == (["nerve-feel"], "")
    assert (ids(sure), sure.opening) == (["nerve-feel"], unlearned.rules.phrase("diagnosis"))


# Beside urgent advice.


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


@pytest.mark.parametrize("message", ["ty. is it treatable", "cheers, does it spread?", "Thank you kindly. Recovery?", "hello, is it painful"])
def test_a_courtesy_before_a_question_makes_no_small_talk_of_it(message: str, bot: Bot) -> None:
    """ "You're welcome" is no answer to "thanks, is it treatable?"."""
    assert plan(bot, message, scored(bot, {"lupus-what": 1.0}, talk=("thanks", HIGH)), ABOUT_LUPUS).kind != "chat"


@pytest.mark.parametrize("message", ["thanks, that's all", "Good morning, with whom do I speak?", "ta very much, bye"])
def test_a_courtesy_that_asks_nothing_of_the_subject_is_small_talk(message: str, bot: Bot) -> None:
    assert plan(bot, message, scored(bot, {"lupus-what": 1.0}, talk=("thanks", HIGH)), ABOUT_LUPUS).kind == "chat"
