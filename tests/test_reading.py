"""What was understood of a message: its own words given back, and the reading as if something had not been said."""

from __future__ import annotations

from spinebot import Bot
from spinebot.conversation import Dialogue
from spinebot.reading import Reading, without

from .turns import ABOUT_LUPUS, read


def _span(reading: Reading, first: str, last: str) -> tuple[int, int]:
    typed = [word.typed for word in reading.words]
    return typed.index(first), typed.index(last) + 1


def test_the_user_s_own_words_are_given_back_as_typed(unlearned: Bot) -> None:
    """A reason that is not in the user's own words can't be recognised by the user."""
    reading = read(unlearned, "I can't sleep with this NEK pain")
    assert reading.said(0, len(reading.words)) == "I can't sleep with this NEK pain"
    assert reading.said(*_span(reading, "sleep", "NEK")) == "sleep with this NEK"
    assert reading.said(0, 0) == ""


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
