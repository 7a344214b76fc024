"""A message into a reading: which clauses ask, how much each word counts, and what is taken over from the messages before."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from spinebot import Bot
from spinebot.conversation import Correction, Dialogue
from spinebot.evidence import evidence
from spinebot.understand import (
    BEFORE,
    EMPTY_QUESTION,
    FEW,
    LONG_BEFORE,
    LONGEST_CHOICE,
    STORY,
    TOLD_BEFORE,
    Reading,
    read_words,
    taken,
    understand,
    without,
)

ABOUT_LUPUS = Dialogue(topics=("lupus",), aspects=("cause",), earlier=(("lupus",),), last=("lupus-what", "lupus-treat"), turns=1)
SUGGESTIONS = ("What is whiplash?", "Is neck surgery risky?", "Does lupus need treatment?")


def read(bot: Bot, message: str, dialogue: Dialogue | None = None) -> Reading:
    return understand(message, dialogue or Dialogue(), bot.rules, bot.lexicon)


def after(bot: Bot, *turns: str) -> Reading:
    """The reading of the last of some turns."""
    dialogue = Dialogue()
    for turn in turns[:-1]:
        _, dialogue = bot.respond(turn, dialogue)
    return read(bot, turns[-1], dialogue)


def weight_of(reading: Reading, word: str) -> float:
    """How much a word counts, of which the message has one."""
    (at,) = [at for at, found in enumerate(reading.words) if found.typed == word]
    return reading.weights[at]


# Words and marks.


@pytest.mark.parametrize(
    ("message", "read_as"),
    [
        ("lupus", "lupus"),
        ("My  neck hurts ... Why?!", "my neck hurt . whi ?"),
        ("?! lupus", "lupus"),
        ("lupus, ? neck", "lupus ? neck"),
        ("lupus ?, neck", "lupus ? neck"),
        ("I can't sleep", "i can not sleep"),
    ],
)
def test_marks_are_words_and_a_row_of_them_is_one(message: str, read_as: str, unlearned: Bot) -> None:
    """A question mark that got lost in a row of marks would leave a question read as a story."""
    words, stems = read_words(message, unlearned.lexicon)
    assert " ".join(stems) == read_as
    assert [word.stem for word in words] == stems


@pytest.mark.parametrize(
    ("message", "is_dose"),
    [
        ("dose it hurt?", False), ("My neck is stiff, dose lupus do that?", False), ("dose of ibuprofen", True), ("dose for ibuprofen", True),
        ("what dose is safe?", True), ("which dose can I take?", True), ("My neck. dose", True),
    ],
)  # fmt: skip
def test_dose_for_does_is_no_word_of_medicine(message: str, is_dose: bool, unlearned: Bot) -> None:
    """Who mistypes "does" would be told that the bot gives no doses; who asks for one, not."""
    words, stems = read_words(message, unlearned.lexicon)
    assert ("dose" in stems) is is_dose
    assert ("dose" in {word.stem for word in words}) is is_dose


def test_the_user_s_own_words_are_given_back_as_typed(unlearned: Bot) -> None:
    """A reason that is not in the user's own words can't be recognised by the user."""
    reading = read(unlearned, "I can't sleep with this NEK pain")
    assert reading.said(0, len(reading.words)) == "I can't sleep with this NEK pain"
    assert reading.said(*_span(reading, "sleep", "NEK")) == "sleep with this NEK"
    assert reading.said(0, 0) == ""


def test_a_repaired_word_is_told_once(unlearned: Bot) -> None:
    """A user who is misread must see what the bot took a word for."""
    reading = read(unlearned, "whiplsh, is whiplsh bad?")
    assert reading.corrections == (Correction("whiplsh", "whiplash"),)
    assert reading.topics == {"whiplash": 1.0}
    assert read(unlearned, "Is whiplash bad?").corrections == ()


def _span(reading: Reading, first: str, last: str) -> tuple[int, int]:
    typed = [word.typed for word in reading.words]
    return typed.index(first), typed.index(last) + 1


# How much a word counts.


def test_story_words_weigh_less_than_the_words_of_the_question(unlearned: Bot) -> None:
    """A long story on lupus would drown the short question on a collar behind it."""
    reading = read(unlearned, "My aunt takes care of lupus every day, what does a collar do?")
    assert {weight_of(reading, word) for word in ("My", "aunt", "lupus", "day")} == {STORY}
    assert {weight_of(reading, word) for word in ("what", "does", "collar", "do")} == {1.0}
    assert reading.topics["collar"] == 1.0
    assert reading.topics["lupus"] == STORY < 0.8
    found = evidence(reading)
    told, asked = (max(found.get(name, 0.0) for name in (word.evidence, word.spelled)) for word in reading.words if word.typed in ("aunt", "collar"))
    assert 0.0 < told == pytest.approx(STORY * asked)
    assert found["topic lupus"] < found["topic collar"]
    assert unlearned.index.search(reading).hits[0].answer.about[0] == "collar"


def test_every_word_weighs_the_same_where_nothing_asks_or_all_does(unlearned: Bot) -> None:
    """People who only tell would otherwise not be heard."""
    for message in ("my neck is stiff, my arm aches", "Is my neck stiff?", "Does lupus hurt? Is it common?"):
        assert set(read(unlearned, message).weights) == {1.0}, message


@pytest.mark.parametrize("question", ["Is that possible?", "Can that happen to me?", "What do you think?"])
def test_a_question_that_says_nothing_takes_its_subject_from_the_story(question: str, unlearned: Bot) -> None:
    """Else "I wear a collar for my lupus. Is that possible?" is a question about nothing."""
    reading = read(unlearned, f"I wear a collar for my lupus. {question}")
    assert weight_of(reading, "collar") == weight_of(reading, "lupus") == EMPTY_QUESTION
    assert reading.topics["lupus"] >= 0.8 and reading.topics["collar"] >= 0.8
    assert not reading.names_topic


@pytest.mark.parametrize("question", ["What does surgery do?", "What does acupuncture do?"])
def test_a_question_that_names_something_leaves_the_story_light(question: str, unlearned: Bot) -> None:
    """Something that the article doesn't cover is named too: the story's subject is not what was asked about."""
    reading = read(unlearned, f"I wear a collar for my lupus. {question}")
    assert weight_of(reading, "collar") == weight_of(reading, "lupus") == STORY


def test_who_asks_what_they_have_asks_about_what_they_tell(unlearned: Bot) -> None:
    """The signs before "what have I got?" are the question."""
    told = "My arm aches, my shoulder tingles."
    assert weight_of(read(unlearned, f"{told} What have I got?"), "tingles") == 1.0
    assert weight_of(read(unlearned, f"{told} What does surgery do?"), "tingles") == STORY


@pytest.mark.parametrize(
    ("message", "asks"),
    [
        ("sore neck, stiff in the morning, arthritis?", True),
        ("my arm aches, I fell, whiplash?", True),
        ("arthritis?", False),
        ("sore neck, stiff in the morning, arthritis", False),
        ("sore neck, stiff in the morning, arthritis.", False),
        ("what helps a sore neck, arthritis?", False),
        ("sore neck, stiff in the morning, surgery?", False),
        ("sore neck, arthritis in the morning?", False),
    ],
)
def test_signs_that_end_on_a_condition_with_a_question_mark_ask_for_a_diagnosis(message: str, asks: bool, unlearned: Bot) -> None:
    """The caveat that only someone who examines them can tell would be missing, or stand where nobody asked."""
    reading = read(unlearned, message)
    assert any(match.name.id == "diagnosis" for match in reading.of("aim")) is asks
    if asks:
        assert set(reading.weights) == {1.0}


def test_a_topic_named_in_the_story_counts_nearly_in_full_where_the_question_names_none(unlearned: Bot) -> None:
    """Who says "My aunt has lupus. Why do collars hurt?" asks about collars; "... Why does it hurt?" is about lupus."""
    assert read(unlearned, "My aunt has lupus. Why does it hurt?").topics["lupus"] == EMPTY_QUESTION
    assert read(unlearned, "My aunt has lupus. Why does the neck hurt?").topics["lupus"] >= 0.8, "the neck is a general topic"
    assert read(unlearned, "My aunt has lupus. Why do collars hurt?").topics["lupus"] == STORY


def test_a_topic_counts_as_much_as_where_it_is_named_best(unlearned: Bot) -> None:
    """A second mention in the story behind the question would belittle what was asked about."""
    for message in ("What is lupus? I had it, my lupus.", "I have lupus, what is lupus?"):
        assert read(unlearned, message).topics["lupus"] == 1.0, message


@pytest.mark.parametrize(
    ("message", "whole", "inside"),
    [
        ("what is neck traction", "traction", "neck-pain"),
        ("what is disc degeneration", "degenerative-disc", "disc"),
        ("what is rheumatoid arthritis", "rheumatoid", "arthritis"),
    ],
)
def test_a_topic_inside_the_name_of_another_counts_little(message: str, whole: str, inside: str, unlearned: Bot) -> None:
    """A question on rheumatoid arthritis would be one on any arthritis."""
    topics = read(unlearned, message).topics
    assert topics[whole] == 1.0
    assert topics[inside] == pytest.approx(0.3)
    alone = read(unlearned, f"{message} and what is {inside.replace('-', ' ')}").topics
    assert alone[inside] == 1.0, "named by itself as well"


def test_an_aspect_counts_in_the_question_only_and_more_the_more_words_name_it(unlearned: Bot) -> None:
    """What was asked is not what the story happens to mention."""
    aspects = read(unlearned, "I fell and I know the cause of it. Is lupus common?").aspects
    assert "cause" not in aspects and "common" in aspects
    one, two, three = (read(unlearned, message).aspects for message in ("Whiplash: prevent", "Whiplash: how common", "Whiplash: how many people"))
    assert (one["prevention"], two["common"], three["common"]) == (1.0, 1.25, 1.4)


def test_a_comparison_told_before_the_question_counts(unlearned: Bot) -> None:
    """Else "Injections versus surgery. Which one?" compares nothing."""
    assert "versus" in read(unlearned, "Injections versus surgery. Which one is it?").aspects


@pytest.mark.parametrize(
    ("message", "names"),
    [
        ("What is lupus?", True),
        ("my lupus", True),
        ("Does the neck hurt?", False),
        ("What is it?", False),
        ("I have lupus. Does the neck hurt?", False),
        ("", False),
    ],
)
def test_only_the_question_s_own_special_topics_are_what_it_names(message: str, names: bool, unlearned: Bot) -> None:
    """Where the question names none, the talk is still about what it was about, with its caveats."""
    assert read(unlearned, message).names_topic is names


# What is taken over from the messages before.


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


# As if something had not been said.


def parted(bot: Bot, message: str, dialogue: Dialogue | None = None) -> tuple[Reading, list[tuple[int, int]]]:
    """A reading and the spans of its clauses."""
    reading = read(bot, message, dialogue)
    return reading, [(part.start, part.end) for part in reading.parts]


def test_without_takes_the_words_away_and_what_was_found_in_them(unlearned: Bot) -> None:
    """The answer to one of two questions would be drawn to the subject of the other."""
    reading, (first, second) = parted(unlearned, "Does lupus need treatment? Is surgery risky?")
    alone = without(reading, [first], None)
    assert len(alone.stems) == len(reading.stems) == len(alone.words) == len(alone.weights)
    assert [word for word in alone.stems if word != ","] == ["?", "be", "surgeri", "riski", "?"]
    assert [word.typed for word in alone.words if word.evidence] == ["surgery", "risky"]
    assert dict(alone.topics) == {"surgery": 1.0}
    assert dict(alone.aspects) == {"side-effects": 1.0}
    assert {match.name.id for match in alone.of("topic")} == {"surgery"}
    assert not alone.of("clue") or all(match.start >= second[0] for match in alone.of("clue"))
    other = without(reading, [second], None)
    assert dict(other.topics) == {"lupus": 1.0} and dict(other.aspects) == {"treatment": 1.0}
    assert dict(reading.topics) == {"lupus": 1.0, "surgery": 1.0}, "the reading itself is as it was"


def test_without_leaves_nothing_of_a_pair_that_it_cuts(unlearned: Bot) -> None:
    """A wording of which only half is left was not said."""
    reading = read(unlearned, "is a pinched nerve bad")
    start, end = _span(reading, "pinched", "pinched")
    assert "pinched-nerve" in reading.topics
    assert "pinched-nerve" not in {match.name.id for match in without(reading, [(start, end)], None).of("topic")}
    assert without(reading, [], None).matches == reading.matches


def test_without_keeps_an_aspect_that_is_said_twice(unlearned: Bot) -> None:
    """Of "Is lupus common? Is whiplash common?" the second would ask nothing."""
    reading, (first, _) = parted(unlearned, "Is lupus common? Is whiplash common?")
    alone = without(reading, [first], None)
    assert dict(alone.topics) == {"whiplash": 1.0}
    assert "common" in alone.aspects


def test_without_the_question_that_names_the_topic_the_other_is_still_about_it(unlearned: Bot) -> None:
    """Of "What is lupus? Is it common?" the second would be about nothing."""
    reading, (first, _) = parted(unlearned, "What is lupus? Is it common?")
    alone = without(reading, [first], None)
    assert dict(alone.topics) == {"lupus": 1.0}
    assert "common" in alone.aspects and "definition" not in alone.aspects


def test_without_keeps_what_was_carried_over(unlearned: Bot) -> None:
    """Of "Is it common? Does it hurt?" both ask about the subject of the message before."""
    reading, (first, _) = parted(unlearned, "Is it common? Does it hurt?", ABOUT_LUPUS)
    alone = without(reading, [first], None)
    assert dict(alone.topics) == {"lupus": 0.9}
    assert "symptom" in alone.aspects and "common" not in alone.aspects
    reading, (first, second) = parted(unlearned, "Does it hurt the neck? Is it common?", ABOUT_LUPUS)
    assert dict(without(reading, [first], None).topics) == {"lupus": 0.9}, "not the neck, which the other question names"
    assert dict(without(reading, [second], None).topics) == {"neck-pain": 1.0, "lupus": 0.9}


def test_without_makes_of_a_comparison_a_question_on_one_side(unlearned: Bot) -> None:
    """Each side is looked up as if it had been asked about alone; what it is, where nothing else is asked."""
    reading = read(unlearned, "What compares to lupus versus whiplash?")
    assert "versus" in reading.aspects
    alone = without(reading, [_span(reading, "lupus", "lupus")], {"whiplash": 1.0})
    assert dict(alone.topics) == {"whiplash": 1.0}
    assert not {"versus", "comparison"} & set(alone.aspects)
    bare = read(unlearned, "lupus vs whiplash")
    assert dict(bare.aspects) == {"versus": 1.0}
    assert dict(without(bare, [_span(bare, "lupus", "lupus")], {"whiplash": 1.0}).aspects) == {"definition": 1.0}
    assert dict(without(bare, [_span(bare, "lupus", "lupus")], None).aspects) == {}, "only a side that is given is asked what it is"
    asked = read(unlearned, "cause of lupus vs whiplash")
    assert dict(without(asked, [_span(asked, "lupus", "lupus")], {"whiplash": 1.0}).aspects) == {"cause": 1.0}


@pytest.mark.parametrize("message", ["two", "number two", "option 2 please", "2, please", "the second one"])
def test_a_suggestion_is_taken_by_its_word_too(message: str) -> None:
    """Who types "two" under three numbered questions means the second."""
    assert taken(message, Dialogue(suggestions=SUGGESTIONS)) == SUGGESTIONS[1]


def test_going_back_to_normal_returns_to_no_topic(unlearned: Bot) -> None:
    """ "When can I get back to work?", asked of whiplash, is no question about lupus."""
    assert "lupus" not in after(unlearned, "What is lupus?", "What is whiplash?", "when can I get back to work?").topics
    assert "lupus" in after(unlearned, "What is lupus?", "What is whiplash?", "back to the first one, is it common?").topics
