"""What a message takes over from the dialogue: topics, what was asked of them, a suggestion."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from spinebot import Bot
from spinebot.conversation import Dialogue
from spinebot.evidence import evidence
from spinebot.leaning import BEFORE, FEW, LONG_BEFORE, LONGEST_CHOICE, TOLD_BEFORE, taken
from spinebot.reading import Reading

from .turns import ABOUT_LUPUS, read

SUGGESTIONS = ("What is whiplash?", "Is neck surgery risky?", "Does lupus need treatment?")


def after(bot: Bot, *turns: str) -> Reading:
    """The reading of the last of some turns."""
    dialogue = Dialogue()
    for turn in turns[:-1]:
        _, dialogue = bot.respond(turn, dialogue)
    return read(bot, turns[-1], dialogue)


# Topics and aspects.


@pytest.mark.parametrize(
    "message",
    [
        "and its cause?",
        "Is it dangerous?",
        "why?",
        "dangerous?",
        "does it hurt the neck?",
        "and in the neck?",
        "Do they swell up in the cold months before summer, spring and autumn weather?",
        "Do they make the neck swell up in the cold months before summer, spring and autumn?",
        "what happens in summer, autumn, winter and spring to everybody old or young?",
    ],
)
def test_a_message_that_leans_on_the_last_one_is_about_its_topic(message: str, unlearned: Bot) -> None:
    """Else "and its cause?" is a question about nothing."""
    assert "lupus" not in read(unlearned, message).topics
    reading = read(unlearned, message, ABOUT_LUPUS)
    assert reading.carried == ("lupus",) and reading.leans
    assert reading.topics["lupus"] == 0.9
    assert not reading.names_topic, "it was not named"


@pytest.mark.parametrize(
    "message",
    [
        "What is whiplash?",
        "and whiplash?",
        "Is it dangerous to have surgery?",
        "Terrible neck stiffness plagues my whole family every single cold winter morning",
        "It rained and they danced. Do stiff necks plague many families in cold winter mornings?",
    ],
)
def test_a_message_with_a_topic_of_its_own_is_not_about_the_last_one(message: str, unlearned: Bot) -> None:
    """A new subject would be answered with the old one."""
    reading = read(unlearned, message, ABOUT_LUPUS)
    assert reading.carried == () and not reading.leans
    assert reading.topics.get("lupus", 0.0) < 0.8


def test_nothing_is_carried_where_nothing_was_said_or_nothing_named(unlearned: Bot) -> None:
    """The first message has nothing to lean on."""
    for dialogue in (Dialogue(), Dialogue(turns=1), Dialogue(topics=("lupus",))):
        reading = read(unlearned, "and its cause?", dialogue)
        assert (reading.carried, dict(reading.topics), dict(reading.before), reading.leans) == ((), {}, {}, False), dialogue


def test_all_topics_of_the_last_message_are_carried_and_its_own_ones_kept(unlearned: Bot) -> None:
    """After "lupus or whiplash?", "which hurts more?" is about both."""
    reading = read(unlearned, "which one hurts the neck?", Dialogue(topics=("lupus", "neck-pain"), turns=1))
    assert reading.carried == ("lupus", "neck-pain")
    assert reading.topics == {"neck-pain": 1.0, "lupus": 0.9}


def test_a_bare_new_topic_takes_over_what_was_asked(unlearned: Bot) -> None:
    """After "What causes lupus?", "and whiplash?" would ask nothing of whiplash."""
    assert read(unlearned, "and whiplash?", ABOUT_LUPUS).aspects == {"cause": 0.8}
    assert "cause" not in read(unlearned, "and how common is whiplash?", ABOUT_LUPUS).aspects, "it says what it asks"
    assert "cause" not in read(unlearned, "whiplash frightens my cold grumpy family house", ABOUT_LUPUS).aspects, "it stands alone"
    assert "cause" not in read(unlearned, "is it bad?", ABOUT_LUPUS).aspects, "it leans by its topic"


def test_a_new_topic_with_a_word_that_points_back_keeps_the_old_one_in_mind(unlearned: Bot) -> None:
    """After "What is a collar for?", "Would it be any use for whiplash?" would have nothing to do with collars."""
    dialogue = Dialogue(topics=("collar",), turns=1)
    reading = read(unlearned, "Would it be any use for whiplash?", dialogue)
    assert reading.topics == {"whiplash": 1.0, "collar": TOLD_BEFORE}
    assert reading.carried == ()
    assert "collar" not in read(unlearned, "What use is surgery for whiplash?", dialogue).topics, "nothing points back"
    assert "collar" not in read(unlearned, "Would it be any use in cold grumpy winter weather for whiplash?", dialogue).topics, "it stands alone"
    assert read(unlearned, "Would it be any use, a collar for whiplash?", dialogue).topics["collar"] == 1.0, "named again"


@pytest.mark.parametrize("message", ["going back to my first question, how is it treated?", "you said something earlier", "what was the first question"])
def test_a_return_is_to_the_first_special_topic(message: str, unlearned: Bot) -> None:
    """Who goes back to the first question would get an answer on the last subject."""
    reading = after(unlearned, "why does my neck hurt?", "What is lupus?", "Does it hurt?", "What is whiplash?", "Is it painful?", message)
    assert reading.carried == ("lupus",)
    assert reading.topics["lupus"] == 0.9 and "whiplash" not in reading.topics
    assert after(unlearned, "What is lupus?", "What is whiplash?", "how is it treated?").carried == ("whiplash",), "no return"


def test_a_return_that_names_its_topic_goes_there(unlearned: Bot) -> None:
    """Who goes back to whiplash would be sent to what came first."""
    reading = after(unlearned, "What is lupus?", "What is whiplash?", "Is surgery risky?", "back to whiplash")
    assert reading.carried == () and reading.topics["whiplash"] == 1.0
    assert "lupus" not in reading.topics and "surgery" not in reading.topics


def test_a_return_without_any_special_topic_stays_where_it_is(unlearned: Bot) -> None:
    """There is nothing to return to: the talk goes on about what it was about."""
    dialogue = Dialogue(topics=("neck-pain",), earlier=(("back-pain",), ("neck-pain",)), turns=2)
    assert read(unlearned, "going back to my first question", dialogue).carried == ("neck-pain",)


def test_going_back_to_normal_returns_to_no_topic(unlearned: Bot) -> None:
    """ "When can I get back to work?", asked of whiplash, is no question about lupus."""
    assert "lupus" not in after(unlearned, "What is lupus?", "What is whiplash?", "when can I get back to work?").topics
    assert "lupus" in after(unlearned, "What is lupus?", "What is whiplash?", "back to the first one, is it common?").topics


def test_before_holds_the_topics_and_answers_of_the_turn_before_as_evidence(unlearned: Bot) -> None:
    """How a message leans on the last one is learned from these; without them "and how long?" says nothing."""
    names = {"before lupus", "after lupus-what", "after lupus-treat"}
    reading = read(unlearned, "and how long?", ABOUT_LUPUS)
    assert reading.before == dict.fromkeys(names, BEFORE)
    found = evidence(reading)
    assert {name: found[name] for name in names} == dict.fromkeys(names, BEFORE)
    assert read(unlearned, "What is whiplash?", ABOUT_LUPUS).before == dict.fromkeys(names, BEFORE), "whatever it names itself"
    assert read(unlearned, "and how long?").before == {}


def test_before_counts_less_in_a_message_that_may_stand_alone(unlearned: Bot) -> None:
    """A long message would be dragged to the subject of the last one."""
    told = "surgery scares grandmother cold winter nights".split()
    assert len(told) == FEW
    few, many = " ".join(told), " ".join([*told, "badly"])
    assert set(read(unlearned, few, ABOUT_LUPUS).before.values()) == {BEFORE}
    assert set(read(unlearned, f"what is it that {few}, and who are they?", ABOUT_LUPUS).before.values()) == {BEFORE}, "small words don't count"
    assert set(read(unlearned, many, ABOUT_LUPUS).before.values()) == {LONG_BEFORE}
    assert LONG_BEFORE < BEFORE


# A suggestion taken.


@pytest.mark.parametrize(
    ("message", "number"),
    [
        ("1", 1), ("2", 2), ("3", 3), (" 2. ", 2), ("2!", 2), ("#3", 3), ("number 2", 2), ("Option 1", 1), ("no. 3", 3), ("No 3", 3),
        ("first", 1), ("The first one", 1), ("the second question", 2), ("that third suggestion", 3), ("the 1st one", 1), ("2nd", 2), ("the 3rd, please", 3),
        ("last", 3), ("the last one please", 3), ("THE LAST QUESTION.", 3),
    ],
)  # fmt: skip
def test_a_suggestion_is_taken_by_its_number_or_place(message: str, number: int) -> None:
    """Who types "2" would be told that the article doesn't say."""
    assert taken(message, Dialogue(suggestions=SUGGESTIONS)) == SUGGESTIONS[number - 1]


@pytest.mark.parametrize("message", ["two", "number two", "option 2 please", "2, please", "the second one"])
def test_a_suggestion_is_taken_by_its_word_too(message: str) -> None:
    """Who types "two" under three numbered questions means the second."""
    assert taken(message, Dialogue(suggestions=SUGGESTIONS)) == SUGGESTIONS[1]


def test_the_last_is_the_last_that_there_is() -> None:
    """Of two suggestions, the last is the second."""
    assert taken("the last one", Dialogue(suggestions=SUGGESTIONS[:2])) == SUGGESTIONS[1]
    assert taken("the last one", Dialogue(suggestions=SUGGESTIONS[:1])) == SUGGESTIONS[0]


@pytest.mark.parametrize(
    "message",
    [
        "", "0", "4", "12", "-1", "1 2", "2 weeks", "the first thing", "first, what is lupus?", "at last", "what is lupus", "the first one hurts", "option", "3 or 2",
        "1" + " " * LONGEST_CHOICE,
    ],
)  # fmt: skip
def test_what_takes_no_suggestion_is_left_as_it_is(message: str) -> None:
    """A number in an answer to oneself ("2 weeks") would bring up something that nobody asked."""
    assert taken(message, Dialogue(suggestions=SUGGESTIONS)) == message


@pytest.mark.parametrize(
    ("message", "suggestions"), [("3", SUGGESTIONS[:2]), ("the second one", SUGGESTIONS[:1]), ("1", ()), ("last", ()), ("the first one", ())]
)
def test_a_number_out_of_range_takes_nothing(message: str, suggestions: Sequence[str]) -> None:
    """It would crash, or lead to something that was not suggested."""
    assert taken(message, Dialogue(suggestions=tuple(suggestions))) == message


def test_a_suggestion_that_is_taken_is_answered_as_if_typed(unlearned: Bot) -> None:
    """Who types the number must get what who types the question gets."""
    first, dialogue = unlearned.respond("What is lupus?", Dialogue())
    assert len(first.suggestions) == 3
    for number, suggestion in enumerate(first.suggestions, 1):
        assert unlearned.respond(str(number), dialogue) == unlearned.respond(suggestion, dialogue)
    assert unlearned.respond("the last one", dialogue) == unlearned.respond(first.suggestions[-1], dialogue)
