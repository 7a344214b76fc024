"""The project's own suite of scripted conversations: what people say, and what is right by the article and the safety rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from spinebot import Bot
from spinebot.coverage import COUNTED, Coverage
from spinebot.play import BotSpeaker, Played, play
from spinebot.script import Conversation, find_scripts, load_script

HERE = Path(__file__).parent / "conversations"
SUITE = [conversation for path in find_scripts([str(HERE)]) for conversation in load_script(path)]


def told(played: Played) -> str:
    """The conversation as far as it matters: what was said, and what doesn't hold."""
    lines = []
    for step in played.steps:
        lines += [f"{Path(step.step.path).name}:{step.step.line}: {step.step.says}", f"    {step.reply['text']}"]
        lines += [f"    FAILS {failure.key}: expected {failure.expected}; got {failure.got}; {failure.why}" for failure in step.failures]
    return "\n".join(lines)


@pytest.mark.parametrize("conversation", [pytest.param(one, id=f"{Path(one.path).name}: {one.name}") for one in SUITE])
def test_a_conversation_goes_as_is_right(conversation: Conversation, bot: Bot) -> None:
    played = play(conversation, lambda: BotSpeaker(bot))
    if played.outcome == "xfailed":
        pytest.xfail(conversation.fails)
    if played.outcome == "skipped":
        pytest.skip(conversation.skip)
    assert not played.is_bad, f"{played.outcome}\n{told(played)}"


def test_there_are_enough_conversations() -> None:
    """Counted as they are written: a table's rows are one."""
    assert len({(one.path, one.line) for one in SUITE}) >= 120
    assert len(SUITE) >= 200


def test_no_two_conversations_are_the_same() -> None:
    talks = [tuple(step.says for step in one.steps) for one in SUITE if not one.fails]
    assert len(talks) == len(set(talks))


def test_every_conversation_expects_something() -> None:
    assert not [one.name for one in SUITE if not any(step.expectations for step in one.steps)]


@pytest.fixture(scope="module")
def reached(bot: Bot) -> Coverage:
    """What those that pass reach; one that is known to fail holds nothing in place."""
    coverage = Coverage(bot)
    for conversation in SUITE:
        if (played := play(conversation, lambda: BotSpeaker(bot))).outcome == "passed":
            coverage.add(played)
    return coverage


def test_every_passage_caveat_and_red_flag_is_reached(reached: Coverage) -> None:
    missed = {row.section: row.missed for row in reached.rows() if row.section in COUNTED and row.missed}
    assert reached.percent == 100.0 and not missed, missed


@pytest.mark.parametrize("section", ["sentences", "refusals", "small talk", "topics", "phrases"])
def test_every_other_part_is_reached(section: str, reached: Coverage) -> None:
    assert not next(row.missed for row in reached.rows() if row.section == section)
