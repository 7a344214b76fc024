"""docs/testing.md: a tester who copies an example gets a script that is read and does what is said of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from spinebot import Bot
from spinebot.mutation import SECTIONS
from spinebot.play import BotSpeaker, play
from spinebot.script import EXPECTATIONS, parse_script

TEXT = (Path(__file__).resolve().parents[1] / "docs" / "testing.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_holds(example: str, bot: Bot) -> None:
    for conversation in parse_script(example, "example.chat.yaml"):
        played = play(conversation, lambda: BotSpeaker(bot))
        assert not played.is_bad, [step.failures for step in played.steps]


def test_there_are_examples_and_every_expectation_is_told() -> None:
    assert len(EXAMPLES) >= 4
    told = set(re.findall(r"`(\w+)`", "\n".join(line.split("|")[1] for line in TEXT.splitlines() if line.startswith("| `"))))
    assert told == set(EXPECTATIONS)


def test_the_section_in_the_example_is_there() -> None:
    assert set(re.findall(r"--only (\w+)", TEXT)) <= set(SECTIONS)
