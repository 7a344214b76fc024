"""When it is said that the article doesn't say, and what is said then.

Where a rule is about scores, they are made up: what is learned may change, the rule may not.
"""

from __future__ import annotations

import pytest

from spinebot import Bot
from spinebot.conversation import Dialogue
from spinebot.refusal import IN_HAND_MARGIN, MARGIN, TELLING_MARGIN, refuse, refuses

from .turns import ABOUT_LUPUS, ids, plan, read, scored


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
    assert found.intent == intent
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
    ("message", "dialogue", "margin"),
    [
        ("and how is it treated?", ABOUT_LUPUS, IN_HAND_MARGIN),
        ("lupus in the cold countries of the north", Dialogue(), MARGIN),
        ("how is lupus treated in the cold north", Dialogue(), MARGIN),
        ("I had my old grey neck pain again this morning", Dialogue(), TELLING_MARGIN),
        ("I had my old grey hat on again this morning", Dialogue(), 0.0),
        ("which hat do people wear in the cold north?", Dialogue(), 0.0),
        ("lupus and acupuncture in the cold north", Dialogue(), 0.0),
        ("and is acupuncture good for it?", ABOUT_LUPUS, 0.0),
    ],
)
def test_what_the_article_surely_leaves_out_and_who_asks_nothing_is_refused_more_readily(
    message: str, dialogue: Dialogue, margin: float, unlearned: Bot
) -> None:
    """A question on lupus may be answered in doubt; what acupuncture does for it, or what someone tells of their morning, is not."""
    reading = read(unlearned, message, dialogue)
    assert not refuses(reading, scored(unlearned, {"lupus-what": 0.1 - margin}), unlearned.rules)
    assert refuses(reading, scored(unlearned, {"lupus-what": -0.1 - margin}), unlearned.rules)


def test_what_is_on_another_subject_than_the_talk_needs_what_any_question_needs(unlearned: Bot) -> None:
    """ "And the autoimmune sort?", after osteoarthritis, would be refused, or answered with anything."""
    reading = read(unlearned, "and how is it treated?", ABOUT_LUPUS)
    assert not refuses(reading, scored(unlearned, {"surgery-risks": 0.1 - MARGIN}), unlearned.rules)
    assert refuses(reading, scored(unlearned, {"surgery-risks": -0.1 - MARGIN}), unlearned.rules)


def test_what_tells_and_asks_nothing_is_asked_for_its_question(bot: Bot) -> None:
    """ "On friday my back went" is no question that the article fails to answer."""
    reply = bot.conversation().say("so on friday my back went")
    assert (reply.kind, reply.intent) == ("no_answer", "no-question")
    assert bot.rules.phrase("no_question") in reply.text


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
