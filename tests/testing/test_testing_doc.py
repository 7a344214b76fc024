"""The tutorial for testers: its scripts are read and hold, its commands are there. A reader can't tell a slip of ours from one of their own."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from spinebot import Bot
from spinebot.cli import make_parser
from spinebot.testing.play import BotSpeaker, play
from spinebot.testing.script import EXPECTATIONS, parse_script

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "testing.md").read_text(encoding="utf-8")
SCRIPTS = [block for block in re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL) if "conversations:" in block]
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL) for line in block.splitlines() if line.startswith("spinebot ")]


@pytest.mark.parametrize("script", SCRIPTS)
def test_its_scripts_hold(bot: Bot, script: str) -> None:
    for conversation in parse_script(script, "docs/testing.md"):
        played = play(conversation, lambda: BotSpeaker(bot))
        assert played.outcome == "passed", [failure for step in played.steps for failure in step.failures]


@pytest.mark.parametrize("command", COMMANDS)
def test_its_commands_are_there(command: str) -> None:
    make_parser().parse_args(shlex.split(command, comments=True)[1:])


def test_it_tells_of_every_expectation() -> None:
    assert [key for key in EXPECTATIONS if f"`{key}`" not in TEXT] == []
