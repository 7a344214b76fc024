"""Clauses, and which of them ask."""

from __future__ import annotations

import pytest

from spinebot import Bot
from spinebot.clauses import split_parts
from spinebot.understand import read_words


def clauses(bot: Bot, message: str) -> list[str]:
    """The clauses of a message as typed, a question mark before those that ask."""
    words, stems = read_words(message, bot.lexicon)
    return ["?" * part.asks + " ".join(word.typed for word in words[part.start : part.end]) for part in split_parts(stems)]


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        ("", []),
        ("?!", []),
        ("What is lupus?", ["?What is lupus"]),
        ("what is lupus", ["?what is lupus"]),
        ("lupus", ["lupus"]),
        ("Neck pain?", ["?Neck pain"]),
        ("Tell me about lupus.", ["?Tell me about lupus"]),
        ("List the treatments. Explain whiplash.", ["?List the treatments", "?Explain whiplash"]),
        ("ok so what is lupus", ["ok so", "?what is lupus"]),
        ("and lupus, please tell me", ["and lupus", "?please tell me"]),
        ("Have I lupus", ["?Have I lupus"]),
        ("was it bad", ["?was it bad"]),
        ("does lupus hurt", ["?does lupus hurt"]),
        ("can i", ["?can i"]),
        ("have had pain for years", ["have had pain for years"]),
        ("do not move", ["do not move"]),
        ("could be lupus", ["could be lupus"]),
        ("it can be lupus", ["it can be lupus"]),
        ("When is surgery needed", ["?When is surgery needed"]),
        ("I wonder if lupus hurts", ["?I wonder if lupus hurts"]),
        ("My wife wonders about lupus", ["?My wife wonders about lupus"]),
        ("I want to know more", ["?I want to know more"]),
        ("I know all of this", ["I know all of this"]),
        ("I do not know the cause", ["?I do not know the cause"]),
    ],
)
def test_what_opens_as_a_question_or_an_order_does_asks_with_or_without_a_mark(message: str, wanted: list[str], unlearned: Bot) -> None:
    """Many put no question marks: their questions would count no more than their stories."""
    assert clauses(unlearned, message) == wanted


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        ("What is lupus? Is it common?", ["?What is lupus", "?Is it common"]),
        ("What is lupus, and does it need treatment?", ["?What is lupus", "?and does it need treatment"]),
        (
            "I fell. My neck is stiff, and my arm aches. Is that whiplash, or is it a disc?",
            ["I fell", "My neck is stiff", "and my arm aches", "?Is that whiplash", "?or is it a disc"],
        ),
        ("I sit all day, is that bad?", ["I sit all day", "?is that bad"]),
        ("What does it do, my neck hurts", ["?What does it do", "my neck hurts"]),
        ("Does lupus hurt, in the neck above all?", ["?Does lupus hurt", "?in the neck above all"]),
        ("I sit all day, my neck is stiff?", ["?I sit all day", "?my neck is stiff"]),
        ("My neck hurts.?", ["?My neck hurts"]),
        ("He asked, from his armchair, whether lupus hurts.", ["?He asked", "from his armchair", "?whether lupus hurts"]),
        ("My neck hurts! What helps!", ["My neck hurts", "?What helps"]),
        ("My back; is it lupus: yes or no", ["My back", "?is it lupus", "yes or no"]),
        ("My neck hurts (is it lupus)", ["My neck hurts", "?is it lupus"]),
        ("my neck hurts\nwhat helps", ["my neck hurts", "?what helps"]),
    ],
)
def test_a_message_is_split_into_clauses_and_only_the_questions_ask(message: str, wanted: list[str], unlearned: Bot) -> None:
    """The story before a question would weigh as much as the question, or the second of two questions nothing."""
    assert clauses(unlearned, message) == wanted


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        ("i have a stiff neck what can i do", ["i have a stiff neck", "?what can i do"]),
        ("my neck is stiff can it be lupus should i see a doctor", ["my neck is stiff", "?can it be lupus", "?should i see a doctor"]),
        ("my neck hurts where does it come from", ["my neck hurts", "?where does it come from"]),
        ("my back hurts when do i need surgery", ["my back hurts", "?when do i need surgery"]),
        ("i think it is the disc how does it heal", ["i think it is the disc", "?how does it heal"]),
        ("i know that what he said and what i do is what it is", ["i know that what he said and what i do is what it is"]),
        ("it hurts if it is cold and as it is late", ["it hurts if it is cold and as it is late"]),
        ("every day he does it again", ["every day he does it again"]),
        ("i know someone who is old", ["i know someone who is old"]),
        ("the collar which i wear and the one which helps", ["the collar which i wear and the one which helps"]),
        ("the exercises which have helped", ["the exercises which have helped"]),
        ("my gran had a fall and her back is the same is it lupus", ["my gran had a fall and her back is the same", "?is it lupus"]),
        ("my neck hurts does the collar help", ["my neck hurts", "?does the collar help"]),
    ],
)
def test_running_text_without_marks_is_split_before_a_question(message: str, wanted: list[str], unlearned: Bot) -> None:
    """Who types on a phone or speaks puts no marks: the whole story would be the question."""
    assert clauses(unlearned, message) == wanted


@pytest.mark.parametrize(
    "message",
    [
        "My disc, which is gone, hurts.",
        "My doctor, who is nice, treated me.",
        "My disc, where it hurts, is worn.",
        "It hurts when I sit.",
        "when I sit my back hurts",
        "I know someone who is old.",
        "People who are old get arthritis.",
        "the exercise which we have done",
        "That is what he said.",
        "My wife knows what lupus is.",
        "He does it all day.",
    ],
)
def test_relative_clauses_and_plain_statements_ask_nothing(message: str, unlearned: Bot) -> None:
    """Of "my disc, which is gone, hurts" a question would be made, and the real one be the second of two."""
    assert not [clause for clause in clauses(unlearned, message) if clause.startswith("?")]
    assert clauses(unlearned, f"{message}\nWhat helps?")[-1] == "?What helps"
    assert len([clause for clause in clauses(unlearned, f"{message}\nWhat helps?") if clause.startswith("?")]) == 1


def test_a_question_mark_after_another_mark_still_asks() -> None:
    """People who end a sentence and then see that it was a question have asked one."""
    (part,) = split_parts(["my", "neck", "hurt", ".", "?"])
    assert part.asks
    assert not split_parts(["my", "neck", "hurt", "."])[0].asks
    assert split_parts(["?"]) == []


@pytest.mark.parametrize("message", ["it hurts, and who gets it", "it hurts, where does it come from", "who gets it", "it hurts, and which helps"])
def test_the_same_words_ask_where_a_question_opens_with_them(message: str, unlearned: Bot) -> None:
    """A question such as "and who gets it" would be taken for a part of the story."""
    assert clauses(unlearned, message)[-1].startswith("?")


def test_a_clause_knows_its_sentence_and_whether_it_opens_a_question(unlearned: Bot) -> None:
    """Two questions are told from one question in two clauses by this: "Does it hurt, in the neck?" would get two answers."""
    _, stems = read_words("I fell. Does it hurt, in the neck, or is it the back? And lupus?", unlearned.lexicon)
    parts = split_parts(stems)
    assert [part.sentence for part in parts] == [0, 1, 1, 1, 2]
    assert [part.opens for part in parts] == [False, True, False, True, False]
    assert [part.asks for part in parts] == [False, True, True, True, True]


@pytest.mark.parametrize(
    "message", ["", ",", "a", "? ?", "what", "is", "my neck, , hurts: why (is it) \n", "and so ok", "who when where which", "is is is it it it what what what"]
)
def test_clauses_hold_every_word_once_and_in_order(message: str, unlearned: Bot) -> None:
    """A word that no clause has would weigh nothing or break the reading."""
    words, stems = read_words(message, unlearned.lexicon)
    inside = [at for part in split_parts(stems) for at in range(part.start, part.end)]
    assert inside == [at for at, word in enumerate(words) if word.evidence or word.read.isalnum()]


@pytest.mark.parametrize(
    ("message", "questions"),
    [
        ("How long can a soft collar be worn? Is surgery risky?", 2),
        ("For how long can I wear it", 1),
        ("What is lupus and what is whiplash", 2),
        ("what is whiplash can you tell me is surgery risky", 2),
        ("At what age does disc degeneration start, and is it still a disease after 60?", 2),
    ],
)
def test_a_question_begins_once(message: str, questions: int, unlearned: Bot) -> None:
    """Where "how long" and "can I" count as two, the third question of a message is never answered."""
    assert sum(part.opens for part in split_parts(read_words(message, unlearned.lexicon)[1])) == questions
