"""What is remembered of a turn, for the messages that lean on it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from spinebot import Bot
from spinebot.conversation import Dialogue, Reply, Standing, Warned
from spinebot.memory import EARLIER, HURT_STANDS, remember
from spinebot.plan import Plan
from spinebot.safety import Assessment

from .turns import read, scored

STANDING, WARNED = Standing("fever", 0), Warned("meningitis", 0)


def turn(bot: Bot, message: str, dialogue: Dialogue, plan: Plan, aims: Sequence[str] = ()) -> Dialogue:
    reading = read(bot, message, dialogue)
    reply = Reply("answer", "", suggestions=("What is whiplash?",))
    assessment = Assessment(None, (STANDING,), warned=WARNED)
    return remember(dialogue, reading, scored(bot, aims=aims), plan, reply, assessment, bot.rules, bot.composer.quoted(plan.answers).topics)


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


@pytest.mark.parametrize(("message", "aims"), [("I wrenched my neck at judo", []), ("the ladder went and so did I", ["hurt"])])
def test_that_somebody_was_hurt_is_kept_in_mind_for_a_few_messages(message: str, aims: list[str], unlearned: Bot) -> None:
    """ "How long do I wear a collar?", asked two messages after a crash, would be answered as if nothing had happened; for ever would be a bore."""
    dialogue = turn(unlearned, message, Dialogue(), Plan("no_answer", ""), aims)
    left = [dialogue.hurt]
    while dialogue.hurt:
        dialogue = turn(unlearned, "What is lupus?", dialogue, Plan("no_answer", ""))
        left.append(dialogue.hurt)
    assert left == [*range(HURT_STANDS, -1, -1)]
    assert turn(unlearned, "What is lupus?", dialogue, Plan("no_answer", "")).hurt == 0


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


def test_what_was_left_out_is_kept_until_it_is_asked_for_or_another_thing_is_talked_of(bot: Bot) -> None:
    """Who wants no surgery would be offered it with the next question, or never hear of it again."""
    conversation = bot.conversation()
    for message, kept in (
        ("what can I do for neck pain without surgery", ("surgery",)), ("thanks", ("surgery",)), ("anything else?", ("surgery",)),
        ("what is surgery for?", ()), ("treatments for neck pain, not surgery", ("surgery",)), ("what is lupus", ()),
    ):
        conversation.say(message)
        assert conversation.dialogue.without == kept, message


def test_what_an_answer_says_is_the_one_is_talked_of_next(bot: Bot) -> None:
    """ "What does it do there?" after "it is rheumatoid arthritis" is on that."""
    conversation = bot.conversation()
    conversation.say("What chronic disease is most often behind neck pain?")
    assert conversation.dialogue.topics[0] == "rheumatoid"
