"""A chat that becomes a script: what was said is in the file at once, and holds when it is played."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from spinebot import Bot
from spinebot.cli import main
from spinebot.errors import ScriptError
from spinebot.terminal.chat import Chat
from spinebot.terminal.loading import Loading
from spinebot.terminal.session import hold
from spinebot.testing.play import BotSpeaker, play
from spinebot.testing.recording import Recorder
from spinebot.testing.script import load_script

from ..conftest import Script

Record = Callable[..., int]


@pytest.fixture
def record(monkeypatch: pytest.MonkeyPatch) -> Record:
    """`printf LINES | spinebot record ARGUMENTS`."""

    def run(lines: str, *arguments: object) -> int:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines.encode())))
        return main(["record", *map(str, arguments)])

    return run


@pytest.mark.parametrize("options", [(), ("--exactly",)])
def test_what_is_recorded_holds(bot: Bot, record: Record, tmp_path: Path, options: tuple[str, ...]) -> None:
    path = tmp_path / "lupus.chat.yaml"
    assert record("What is lupsu?\nIs it treated?\n\nI can't pee and my groin is numb.\nyes\n", path, *options) == 0
    found = load_script(path)
    assert [(one.name, [step.says for step in one.steps]) for one in found] == [
        ("lupus", ["What is lupsu?", "Is it treated?"]), ("lupus 2", ["I can't pee and my groin is numb.", "yes"]),
    ]  # fmt: skip
    assert [play(one, lambda: BotSpeaker(bot)).outcome for one in found] == ["passed", "passed"]
    assert all(("exactly" in [each.key for each in step.expectations]) == bool(options) for one in found for step in one.steps)


def test_a_file_keeps_what_it_has(record: Record, tmp_path: Path) -> None:
    path = tmp_path / "a.chat.yaml"
    text = "# Mine.\nconversations:\n  - name: a   # the first\n    steps: [{user: 'hi', expect: {kind: chat}}]\n"
    path.write_text(text, encoding="utf-8")
    assert record("hello\n", path) == 0
    assert path.read_text(encoding="utf-8").startswith(text)
    assert [one.name for one in load_script(path)] == ["a", "a 2"]


def test_each_step_is_there_as_soon_as_it_was_said(bot: Bot, tmp_path: Path) -> None:
    """A terminal that dies takes nothing with it."""
    path = tmp_path / "a.chat.yaml"
    recorder = Recorder(path)
    steps: list[int] = []

    class Watched(Script):
        def ask(self, chat: Chat) -> str:
            steps.append(sum(len(one.steps) for one in load_script(path)) if path.exists() else 0)
            return super().ask(chat)

    chat = Chat(Loading(lambda: bot), Watched(["hello", "/why", "What is lupus?", "/new", "hello", "/quit"], 60))
    chat.keep = recorder.keep
    hold(chat)
    assert steps == [0, 1, 1, 2, 2, 3]
    assert [len(one.steps) for one in load_script(path)] == [2, 1]


def test_nothing_said_is_nothing_written(record: Record, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.chat.yaml"
    assert record("", path) == 0
    assert not path.exists()
    assert "nothing was said" in capsys.readouterr().err


@pytest.mark.parametrize(("name", "text", "fault"), [
    ("a.yaml", None, "end it in .chat.yaml"),
    ("none/a.chat.yaml", None, "no such folder"),
    ("a.chat.yaml", "conversations: [\n", "a.chat.yaml:2: is not YAML"),
    ("a.chat.yaml", "conversations: [{name: b, steps: [{user: c}]}]\n", "with dashes"),
])  # fmt: skip
def test_a_file_that_can_not_take_it_is_said_before_anything_is(record: Record, tmp_path: Path, name: str, text: str | None, fault: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / name
    if text is not None:
        path.write_text(text, encoding="utf-8")
    assert record("hello\n", path) == 2
    said = capsys.readouterr()
    assert fault in said.err and said.out == ""
    assert text is None or path.read_text(encoding="utf-8") == text


def test_what_can_not_be_kept_does_not_end_the_chat(bot: Bot, tmp_path: Path) -> None:
    screen = Script(["hello", "hello", "/quit"], 60)
    chat = Chat(Loading(lambda: bot), screen)

    def keep(_: object) -> None:
        raise OSError(28, "No space left on device")

    chat.keep = keep
    hold(chat)
    assert len(chat.turns) == 2
    assert sum("No space left" in line for line in screen.shown) == 2


def test_the_recorder_says_of_which_file_it_speaks(tmp_path: Path) -> None:
    with pytest.raises(ScriptError, match=r"a\.md: is no name of a script"):
        Recorder(tmp_path / "a.md")
