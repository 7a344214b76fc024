"""spinebot mutate: survivors are listed with their line, and the exit code says whether there are any."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from spinebot.cli import main
from spinebot.testing.survivors import mutate

HOLDS = """\
conversations:
  - name: lupus
    steps:
      - user: why can lupus hurt my back
        expect: {kind: answer, caveats: [lupus, general]}
"""


@pytest.fixture
def folder(tmp_path: Path, small_rules: str, small_article: str) -> Path:
    """A small bot folder with one script beside it."""
    (tmp_path / "bot" / "corpus").mkdir(parents=True)
    (tmp_path / "bot" / "corpus" / "small.md").write_text(small_article, encoding="utf-8")
    (tmp_path / "bot" / "intents.yaml").write_text(small_rules, encoding="utf-8")
    (tmp_path / "one.chat.yaml").write_text(HOLDS, encoding="utf-8")
    return tmp_path


def run(folder: Path, *arguments: str) -> int:
    return main(["mutate", str(folder / "one.chat.yaml"), "--bot", str(folder / "bot"), *arguments])


def test_survivors_are_listed_with_file_and_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "--only", "outside") == 1
    shown = capsys.readouterr().out.splitlines()
    line = (folder / "bot" / "intents.yaml").read_text(encoding="utf-8").split("\n").index("  price:") + 1
    assert shown[0] == f"{folder / 'bot' / 'intents.yaml'}:{line}: survives: outside.price: no wordings"
    assert shown[-1].startswith("1 mutants, 1 conversations: 1 survive, 0 are of a needless line")


def test_nothing_survives_where_all_is_held(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "one.chat.yaml").write_text("conversations: [{name: price, steps: [{user: what is the price, expect: {intent: outside.price}}]}]")
    assert run(folder, "--only", "outside") == 0
    assert "0 survive" in capsys.readouterr().out


def test_what_notices_a_mutant_is_told_as_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "--only", "caveats", "--json") == 1
    values = json.loads(capsys.readouterr().out)
    noticed = {one["name"]: one["noticed"] for one in values["mutants"]}
    assert noticed["caveats.lupus: dropped"] == "lupus" and noticed["caveats.surgery: dropped"] is None
    assert values["conversations"] == 1 and values["failing"] == []


def test_a_conversation_that_fails_anyway_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Or a suite that is red already would seem to hold everything in place."""
    (folder / "one.chat.yaml").write_text(HOLDS.replace("kind: answer", "kind: chat"), encoding="utf-8")
    assert run(folder, "--only", "outside") == 1
    assert f"{folder / 'one.chat.yaml'}:2: fails with nothing changed" in capsys.readouterr().out


def test_the_rules_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "--only", "caveats", "--rules-alone") == 1
    assert "survives: caveats.surgery: dropped" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("script", "arguments", "message"),
    [
        ("conversations:\n  - name: one\n    stepps: []\n", [], "one.chat.yaml:3: unknown key 'stepps'"),
        (HOLDS, ["--only", "sins"], "there is no section 'sins': known are red_flags, signs"),
        (HOLDS.replace("    steps:", "    skip: not now\n    steps:"), [], "no test found"),
    ],
)
def test_a_fault_is_exit_2(script: str, arguments: list[str], message: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "one.chat.yaml").write_text(script, encoding="utf-8")
    assert run(folder, *arguments) == 2
    assert message in capsys.readouterr().err


def test_progress_is_shown_on_a_terminal_and_taken_away(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    from spinebot import Bot

    shown = Terminal()
    monkeypatch.setattr("sys.stderr", shown)
    mutate(Bot.load(folder / "bot"), [str(folder / "one.chat.yaml")], ["outside"])
    assert "1 of 1 mutants, 1 unnoticed" in shown.getvalue() and shown.getvalue().endswith("\r\x1b[K")
