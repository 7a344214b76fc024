"""Which answers are given: more of the same, one for each side of a comparison, one for each question, the best, with the next.

Where a rule is about scores, they are made up: what is learned may change, the rule may not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from spinebot import Bot
from spinebot.choice import (
    AGAIN,
    BESIDE,
    COMPARED_MARGIN,
    DEFINES,
    DIAGNOSIS_MARGIN,
    FELT,
    MOST_QUESTIONS,
    MOST_SENTENCES,
    MOST_WORDS,
    answer_each,
    choose,
    compare,
    question_alone,
    tell_more,
)
from spinebot.conversation import Dialogue
from spinebot.index import SURELY, Found, Hit, Index
from spinebot.plan import decide
from spinebot.reading import Reading
from spinebot.refusal import MARGIN, SURE

from .turns import HIGH, LOW, ids, plan, read, scored


class Fixed(Index):
    """An index that finds what it is told to find for a reading."""

    def __init__(self, bot: Bot, find: Callable[[Reading], Found]) -> None:
        self.answers = bot.answers
        self.search = find  # type: ignore[method-assign]


# The answers chosen.


def test_the_best_answer_is_given_with_the_next_where_it_is_nearly_as_good(unlearned: Bot) -> None:
    """Half an answer, or one with something beside the point behind it."""
    assert ids(choose(scored(unlearned, {"lupus-what": 5.0, "lupus-cord": 5.1 - BESIDE}))) == ["lupus-what", "lupus-cord"]
    assert ids(choose(scored(unlearned, {"lupus-what": 5.0, "lupus-cord": 4.9 - BESIDE}))) == ["lupus-what"]
    assert ids(choose(scored(unlearned, {"lupus-what": 1.0, "lupus-cord": 0.1}))) == ["lupus-what", "lupus-cord"]
    assert ids(choose(scored(unlearned, {"lupus-what": 1.0, "lupus-cord": -0.1}))) == ["lupus-what"], "below the refusal"
    assert ids(choose(scored(unlearned, {"lupus-what": -1.0}))) == ["lupus-what"]


def test_who_leans_on_the_last_answer_gets_first_another_one_where_there_is_one(unlearned: Bot) -> None:
    """The same sentences again in reply to "and is it bad?" look as if nobody listens; without them the answer may be missing."""
    near = scored(unlearned, {"lupus-what": 5.0, "lupus-cord": 5.1 - AGAIN})
    far = scored(unlearned, {"lupus-what": 5.0, "lupus-cord": 4.9 - AGAIN})
    assert ids(choose(near, {"lupus-what"})) == ["lupus-cord", "lupus-what"]
    assert ids(choose(far, {"lupus-what"}))[0] == "lupus-what", "nothing comes near it"
    assert ids(choose(scored(unlearned, {"lupus-what": AGAIN / 2, "lupus-cord": -0.1}), {"lupus-what"})) == ["lupus-what"], "nothing else is good enough"
    assert ids(choose(scored(unlearned, {"lupus-what": 5.0, "lupus-cord": 4.9}), {"lupus-cord"})) == ["lupus-what", "lupus-cord"], "the best is new"
    last = Dialogue(topics=("lupus",), last=("lupus-what",), turns=1)
    assert ids(plan(unlearned, "and does it do much harm?", near, last)) == ["lupus-cord", "lupus-what"]
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


def test_who_leans_on_an_answer_gets_another_that_is_nearly_as_good(unlearned: Bot) -> None:
    """ "Can it hurt elsewhere?" "And the legs?": the same sentence three times over says that nobody listens."""
    by_id = {answer.id: answer for answer in unlearned.answers}
    first, second = by_id["stenosis-where"], by_id["stenosis-pain"]
    near = Found((Hit(first, 5.0), Hit(second, 5.0 - AGAIN / 2)), 0.0, "greeting", LOW, {}, frozenset(), np.zeros(1, np.float32))
    assert choose(near)[0] is first
    assert choose(near, last=(first.id,))[0] is second
    assert choose(near, last=(first.id, second.id))[0] is first
    far = Found((Hit(first, 5.0), Hit(second, 5.0 - 2 * AGAIN)), 0.0, "greeting", LOW, {}, frozenset(), np.zeros(1, np.float32))
    assert choose(far, last=(first.id,))[0] is first


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
    assert ids(plan(unlearned, "is the lupus cord bad there", scored(unlearned, scores))) == ["help-both", "lupus-cord"], "it says more than a topic"
    assert ids(plan(unlearned, "lupus", scored(unlearned, {"lupus-what": 5.0, "lupus-cord": 4.9}))) == ["lupus-what", "lupus-cord"], "as any other message"
    assert ids(plan(unlearned, "pinched nerve", scored(unlearned, {"help-both": 5.0, "compress-list": 4.0, "nerve-feel": 3.0}))) == ["nerve-feel"], "no list"


@pytest.mark.parametrize("message", ["lupus acupuncture", "lupus treatment", "neck", "lupus lives in a cold house", "hats"])
def test_what_is_more_or_less_than_a_bare_topic_may_be_refused(message: str, unlearned: Bot) -> None:
    """A search for "lupus acupuncture" would be answered as if the article spoke of it."""
    assert plan(unlearned, message, scored(unlearned, {"lupus-what": 5.0}, refusal=HIGH)).kind == "no_answer"


# A question in a story.


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
    assert ids(decide(reading, whole, unlearned.index, unlearned.rules, Dialogue(), unlearned.composer.named)) == ["whiplash-what"]


# Symptoms.


HAVE = "my neck burns and it tingles and it throbs, what do I have?"


def test_who_asks_what_they_have_gets_what_fits_best_and_how_such_a_thing_is_felt(unlearned: Bot) -> None:
    """A refusal to someone in pain, or what an illness is without how it feels."""
    by_id = {answer.id: answer for answer in unlearned.answers}
    assert {"symptom", "spread"} & set(by_id["nerve-feel"].asks) and not {"symptom", "spread", "cause"} & set(by_id["disc-site"].asks)
    scores = {"spurs-where": 0.5 - DIAGNOSIS_MARGIN, "disc-site": 0.4 - DIAGNOSIS_MARGIN, "nerve-feel": 0.4 - DIAGNOSIS_MARGIN - FELT / 2}
    found = plan(unlearned, HAVE, scored(unlearned, scores))
    assert (ids(found), found.opening) == (["spurs-where", "nerve-feel"], unlearned.rules.phrase("diagnosis"))
    assert plan(unlearned, HAVE, scored(unlearned, {name: score - 1.0 for name, score in scores.items()})).kind == "no_answer", "too far off"
    assert plan(unlearned, "my neck burns and it tingles and it throbs, what is that?", scored(unlearned, scores)).kind == "no_answer", "no diagnosis asked"
    far = plan(unlearned, HAVE, scored(unlearned, {"spurs-where": 1.0, "nerve-feel": 0.9 - DIAGNOSIS_MARGIN}))
    assert ids(far) == ["spurs-where"], "the symptoms of something else"


def test_who_suspects_an_illness_is_told_of_that_beside_what_fits_best(unlearned: Bot) -> None:
    """ "Is it osteoarthritis?" would be answered by nothing but what else hurts."""
    scores = {"nerve-feel": 3.0, "disc-pain": 2.5, "oa-what": 1.0, "oa-symptom": 0.5}
    assert ids(plan(unlearned, "my knuckles ache at breakfast, have I got osteoarthritis?", scored(unlearned, scores))) == ["nerve-feel", "oa-symptom"]


def test_nobody_who_names_no_illness_is_told_of_one_that_nobody_guesses(unlearned: Bot) -> None:
    """A back that seizes up at night would be told of lupus."""
    scores = {"lupus-muscles": 3.0, "strain-spread": 1.0}
    assert ids(plan(unlearned, HAVE, scored(unlearned, scores))) == ["strain-spread"]
    assert ids(plan(unlearned, "it throbs, do I have lupus?", scored(unlearned, scores)))[0] == "lupus-muscles"


def test_who_asks_what_something_far_off_is_gets_no_symptoms(unlearned: Bot) -> None:
    """ "Would that be the usual way to check a property line?" would be answered with whiplash."""
    scores = {"nerve-feel": -0.5 - MARGIN}
    assert ids(plan(unlearned, "my neck burns and throbs, what do I have?", scored(unlearned, scores))) == ["nerve-feel"]
    assert plan(unlearned, "a red kite and a blue kite, what do I have?", scored(unlearned, scores)).kind == "no_answer"


def test_symptoms_of_two_kinds_are_given_only_where_there_is_room(unlearned: Bot) -> None:
    """Two long answers are more than someone in pain reads."""
    by_id = {answer.id: answer for answer in unlearned.answers}
    assert by_id["strain-spread"].words + by_id["whiplash-spread"].words > MOST_WORDS
    scores = {"strain-spread": 0.2, "whiplash-spread": 0.1}
    assert ids(plan(unlearned, HAVE, scored(unlearned, scores))) == ["strain-spread"]


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
    scores = {"lupus-cord": DEFINES, "lupus-what": 1.0, "whiplash-common": DEFINES, "whiplash-what": 1.0}
    index = Fixed(unlearned, lambda reading: heard.append(reading) or scored(unlearned, scores))
    assert ids(compare(read(unlearned, "compare lupus and whiplash"), scored(unlearned, scores), index, unlearned.rules)) == ["lupus-what", "whiplash-what"]
    assert [dict(reading.topics) for reading in heard] == [{"lupus": 1.0}, {"whiplash": 1.0}]
    assert [[word.typed for word in reading.words if word.evidence] for reading in heard] == [["compare", "lupus"], ["compare", "whiplash"]]


def test_the_whole_message_has_a_say_in_the_answer_to_each_side(unlearned: Bot) -> None:
    """What stands outside both sides ("... for me at home") belongs to both."""
    alone = {"traction-tasks": 1.0, "traction-after": 1.1, "surgery-when": 1.0}
    whole = scored(unlearned, {"traction-tasks": 5.0, "traction-after": 4.0, "surgery-when": 4.0})
    found = compare(read(unlearned, "compare traction and surgery"), whole, Fixed(unlearned, lambda _: scored(unlearned, alone)), unlearned.rules)
    assert ids(found) == ["traction-tasks", "surgery-when"]


def test_an_or_makes_no_comparison_of_what_the_words_speak_against(unlearned: Bot) -> None:
    """ "Is traction for the office, or for home only?" would be answered with traction on one side and office work on the other."""
    reading = read(unlearned, "whiplash or a herniated disc, what is the difference?")
    found = scored(unlearned, {"whiplash-what": 5.0, "disc-what": 4.0})
    assert ids(compare(reading, found, unlearned.index, unlearned.rules)) == ["whiplash-what", "disc-what"]
    against = found._replace(ruled_out=frozenset(["comparison"]))
    assert compare(reading, against, unlearned.index, unlearned.rules) == ()
    both = read(unlearned, "whiplash and a herniated disc, do both of them differ?")
    assert ids(compare(both, against, unlearned.index, unlearned.rules)) == ["whiplash-what", "disc-what"], "both are asked about"


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
    unsure = scored(unlearned, scores, refusal=2.1 + COMPARED_MARGIN, aims=["comparison"])
    assert compare(reading, unsure, unlearned.index, unlearned.rules) == (), "one side is no comparison"


@pytest.mark.parametrize("message", ["Is lupus or whiplash hereditary?", "Which costs more, surgery or injections?"])
def test_a_comparison_by_what_the_article_leaves_out_is_refused(message: str, bot: Bot) -> None:
    """Two definitions are no answer to what costs more."""
    assert plan(bot, message).kind == "no_answer"


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
    assert ids(answer_each(read(unlearned, message), scored(unlearned), unlearned.index)) == wanted


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
    assert answer_each(read(unlearned, message), scored(unlearned), unlearned.index) == ()


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
    assert ids(answer_each(read(unlearned, "What is lupus? What is whiplash?"), scored(unlearned), index)) == wanted


def test_what_surely_answers_the_whole_of_a_message_is_not_given_up_for_its_parts(unlearned: Bot) -> None:
    """ "Would a herniated disc explain why my leg hurts?" would be answered with what a disc is, and why a leg hurts the back."""
    index = Fixed(unlearned, lambda reading: asked_about(reading, {one: scored(unlearned, {f"{one}-what": HIGH}) for one in ("lupus", "whiplash")}))
    reading = read(unlearned, "What is lupus? What is whiplash?")
    assert answer_each(reading, scored(unlearned, {"disc-pain": SURELY + 0.1}), index) == ()
    assert len(answer_each(reading, scored(unlearned, {"disc-pain": SURELY - 0.1}), index)) == 2
    assert len(answer_each(reading, scored(unlearned, {"lupus-what": SURELY + 0.1}), index)) == 2, "one of the two"


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

    assert answer_each(reading, scored(unlearned), Fixed(unlearned, find)) == ()


def test_no_more_questions_are_answered_than_anyone_reads(unlearned: Bot) -> None:
    """A message of many questions would be answered with half the article."""
    message = "What is lupus? What is whiplash? Is surgery risky? What is stenosis?"
    short = {"lupus": "lupus-treat", "whiplash": "collar-pressure", "surgery": "surgery-risks", "stenosis": "stenosis-what"}
    finds = {topic: scored(unlearned, {name: HIGH}) for topic, name in short.items()}
    assert ids(answer_each(read(unlearned, message), scored(unlearned), Fixed(unlearned, lambda reading: asked_about(reading, finds)))) == list(short.values())[:MOST_QUESTIONS]
    by_words = sorted((answer for answer in unlearned.answers if not answer.is_list), key=lambda answer: -answer.words)
    longest, other = by_words[0], next(answer for answer in by_words[1:] if answer.said.isdisjoint(by_words[0].said))
    assert longest.words + other.words > MOST_WORDS
    finds = {"lupus": scored(unlearned, {longest.id: HIGH}), "whiplash": scored(unlearned, {other.id: HIGH})}
    assert answer_each(read(unlearned, "What is lupus? What is whiplash?"), scored(unlearned), Fixed(unlearned, lambda reading: asked_about(reading, finds))) == ()


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
    assert "back-pain" in only_general[0].about


def test_more_gives_no_list_and_nothing_of_which_all_was_said(unlearned: Bot) -> None:
    """A list repeats what was said; "lupus-muscles" is a part of "lupus-what"."""
    by_id = {answer.id: answer for answer in unlearned.answers}
    assert by_id["lupus-muscles"].said < by_id["lupus-what"].said
    assert by_id["neck-causes"].is_list and "neck-pain" in by_id["neck-causes"].about
    shown = frozenset({"lupus-what"})
    assert ids(tell_more(unlearned.index, unlearned.rules, Dialogue(topics=("lupus",), shown=shown))) == ["lupus-cord"]
    assert [answer.is_list for answer in unlearned.answers if "pain-sources" in answer.about] == [True]
    assert tell_more(unlearned.index, unlearned.rules, Dialogue(topics=("pain-sources",))) == ()
    others = frozenset(answer.id for answer in unlearned.answers if not answer.is_list)
    assert tell_more(unlearned.index, unlearned.rules, Dialogue(topics=("neck-pain",), shown=others)) == ()


# A list without something.


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
