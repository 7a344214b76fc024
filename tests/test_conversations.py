"""What the project's own suite of scripted conversations covers; the conversations themselves are played by the plugin, as any tester's are."""

from __future__ import annotations

from pathlib import Path

import pytest

from spinebot import Bot
from spinebot.testing.coverage import COUNTED, Coverage
from spinebot.testing.play import BotSpeaker, play
from spinebot.testing.script import find_scripts, load_script

HERE = Path(__file__).parent / "conversations"
SUITE = [conversation for path in find_scripts([str(HERE)]) for conversation in load_script(path)]


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
