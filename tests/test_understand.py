"""A message into a reading: which clauses ask, and how much each word counts."""

from __future__ import annotations

import pytest

from spinebot import Bot
from spinebot.conversation import Correction
from spinebot.evidence import evidence
from spinebot.reading import Reading
from spinebot.understand import EMPTY_QUESTION, STORY, read_words

from .turns import read


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


def test_a_repaired_word_is_told_once(unlearned: Bot) -> None:
    """A user who is misread must see what the bot took a word for."""
    reading = read(unlearned, "whiplsh, is whiplsh bad?")
    assert reading.corrections == (Correction("whiplsh", "whiplash"),)
    assert reading.topics == {"whiplash": 1.0}
    assert read(unlearned, "Is whiplash bad?").corrections == ()


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
        ("sore neck, stiff in the morning, arthritis me?", True),
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


@pytest.mark.parametrize(("message", "studies"), [
    ("please no more lectures, my back hurts", False), ("don't give me a lecture", False), ("it is for a lecture", True), ("I do not know. For a quiz: what is a stroke?", True),
])
def test_a_lecture_that_nobody_wants_is_none(message: str, studies: bool, unlearned: Bot) -> None:
    """What is told beside it would be taken for homework."""
    assert any(match.name.id == "study" for match in read(unlearned, message).of("context")) is studies
