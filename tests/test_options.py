"""The command line: every command is there, helps, and is run by something."""

from __future__ import annotations

import argparse

import pytest

from spinebot import cli
from spinebot.options import make_parser, parse_arguments


def commands() -> list[str]:
    (choices,) = [action for action in make_parser()._actions if isinstance(action, argparse._SubParsersAction)]
    return list(choices.choices)


def test_every_command_is_run_by_something_and_nothing_else_is() -> None:
    assert set(commands()) == set(cli._COMMANDS)


@pytest.mark.parametrize("command", commands())
def test_every_command_helps(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as leaving:
        parse_arguments([command, "--help"])
    assert leaving.value.code == 0 and f"spinebot {command}" in capsys.readouterr().out


def test_without_a_command_it_is_a_chat_with_its_options() -> None:
    asked = parse_arguments(["--country", "uk"])
    assert (asked.command, asked.country, asked.bot, asked.linear) == ("chat", "uk", None, False)
