"""Coverage: a part that no conversation reaches is named, and none is counted that wasn't there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from spinebot import Bot
from spinebot.testing.coverage import Coverage
from spinebot.testing.play import BotSpeaker, Played, play
from spinebot.testing.script import parse_script


def played(bot: Bot, *says: str) -> Played:
    steps = "".join(f"      - user: {json.dumps(text)}\n" for text in says)
    (conversation,) = parse_script(f"conversations:\n  - name: one\n    steps:\n{steps}", "one.chat.yaml")
    return play(conversation, lambda: BotSpeaker(bot))


def covered(bot: Bot, *says: str) -> Mapping[str, list[str]]:
    coverage = Coverage(bot)
    coverage.add(played(bot, *says))
    return {row.section: row.reached for row in coverage.rows()}


def test_an_answer_reaches_what_it_shows(bot: Bot) -> None:
    reached = covered(bot, "Does lupus need treatment?")
    assert reached["passages"] == ["lupus"]
    assert reached["sentences"] == ["lupus: Lupus has to be medically treated."]
    assert reached["caveats"] == ["lupus", "general"]
    assert reached["answers"] == ["lupus-treat"]
    assert "lupus" in reached["topics"] and "treatment" in reached["aspects"]
    assert reached["suggestions"] and not reached["red flags"] and not reached["refusals"] and not reached["small talk"]


@pytest.mark.parametrize(
    ("says", "section", "name"),
    [
        ("I can't feel it when I wipe", "red flags", "cauda-equina"),
        ("How many ibuprofen can I take?", "refusals", "dosage"),
        ("What is fibromyalgia?", "refusals", "outside.other-conditions"),
        ("the quick brown fox", "refusals", "far"),
        ("hello", "small talk", "greeting"),
        ("", "small talk", "empty"),
        ("How is lupus different from whiplash?", "answers", "whiplash-what"),
        ("wot is spinel stenosis", "phrases", "corrected"),
    ],
)
def test_each_kind_of_reply_is_told_apart(says: str, section: str, name: str, bot: Bot) -> None:
    assert name in covered(bot, says)[section]


def test_what_is_read_in_a_message_may_lean_on_the_one_before(bot: Bot) -> None:
    coverage = Coverage(bot)
    coverage.add(played(bot, "What is a soft collar used for?", "how long can it be worn?"))
    assert "collar-how-long" in coverage.reached["answers"] and "duration" in coverage.reached["aspects"]


def test_nothing_played_is_nothing_reached(bot: Bot) -> None:
    coverage = Coverage(bot)
    assert coverage.percent == 0.0
    assert not any(row.reached for row in coverage.rows())
    assert all(row.missed for row in coverage.rows())


def test_the_percentage_is_of_passages_caveats_and_red_flags(bot: Bot) -> None:
    coverage = Coverage(bot)
    coverage.add(played(bot, "Does lupus need treatment?"))
    all_of_it = sum(len(passage.sentences) > 0 for article in bot.corpus.articles for passage in article.passages)
    all_of_it += len(bot.rules["caveats"]) + len(bot.rules["red_flags"])
    assert coverage.percent == pytest.approx(100 * 3 / all_of_it)


def test_reached_and_missed_are_the_whole_in_the_bots_order(bot: Bot) -> None:
    coverage = Coverage(bot)
    coverage.add(played(bot, "What is lupus?"))
    rows = {row.section: row for row in coverage.rows()}
    flags = rows["red flags"]
    assert flags.missed == list(bot.rules["red_flags"]) and not flags.reached
    assert {*rows["caveats"].reached, *rows["caveats"].missed} == set(bot.rules["caveats"])


def test_a_reply_of_text_alone_reaches_nothing(bot: Bot) -> None:
    """A server that says no more than its text can't be measured, and is not credited with what this bot would have said."""
    one = played(bot, "What is lupus?")
    coverage = Coverage(bot)
    coverage.add(replace(one, steps=(one.steps[0].__class__(one.steps[0].step, {"text": "Lupus."}, ()),)))
    assert not any(coverage.reached.values())


def test_a_server_with_other_passages_adds_no_name_that_is_not_here(bot: Bot) -> None:
    one = played(bot, "What is lupus?")
    reply = {**one.steps[0].reply, "intent": "answers.other", "caveats": [{"id": "other", "text": "", "because": ""}]}
    reply["quotes"] = [{**quote, "article": "another", "passage": "other"} for quote in reply["quotes"]]
    coverage = Coverage(bot)
    coverage.add(replace(one, steps=(one.steps[0].__class__(one.steps[0].step, reply, ()),)))
    rows = {row.section: row.reached for row in coverage.rows()}
    assert not rows["passages"] and not rows["caveats"] and not rows["answers"]


def test_runs_side_by_side_are_joined(bot: Bot) -> None:
    one, other, both = Coverage(bot), Coverage(bot), Coverage(bot)
    for coverage, says in ((one, "What is lupus?"), (other, "hello")):
        coverage.add(played(bot, says))
        both.add(played(bot, says))
    one.join({section: sorted(names) for section, names in other.reached.items()})
    assert one.to_dict() == both.to_dict()


def test_the_values_are_json(bot: Bot) -> None:
    coverage = Coverage(bot)
    coverage.add(played(bot, "What is lupus?"))
    values = json.loads(json.dumps(coverage.to_dict()))
    assert values["counted"] == ["passages", "caveats", "red flags"]
    assert 0 < values["percent"] < 100
    assert values["sections"]["passages"]["reached"] == ["lupus"]
    assert values["sections"]["red flags"]["percent"] == 0
