"""`spinebot test` as a tester runs it: what is played, printed, written, and with which exit code."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar
from xml.etree import ElementTree

import pytest

import spinebot
from spinebot.cli import main

GOOD = """\
conversations:
  - name: lupus
    tags: [safety]
    steps:
      - user: Does lupus need treatment?
        expect: {kind: answer, says: medically treated, caveats: [lupus, general]}
  - name: greeting
    tags: [talk]
    steps:
      - user: hello
        expect: {kind: chat}
"""
BAD = """\
conversations:
  - name: lupus is no small talk
    steps:
      - user: hello
      - user: Does lupus need treatment?
        expect: {kind: chat}
  - name: greeting again
    steps:
      - user: hello
        expect: {kind: answer}
"""
FAULTY = "conversations:\n  - name: a\n    steps:\n      - user: hi\n        expect: {kin: chat}\n      - usr: hi\n"

#: The exit code, the output, the errors.
Ran = tuple[int, str, str]
Run = Callable[..., Ran]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `spinebot test` in a folder with a suite that passes, one that fails and a faulty one."""
    for name, text in {"good": GOOD, "bad": BAD, "faulty": FAULTY}.items():
        (tmp_path / f"{name}.chat.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    def once(*arguments: str) -> Ran:
        try:
            code = main(["test", *arguments])
        except SystemExit as leaving:
            code = int(leaving.code or 0)
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return once


def test_what_passes_is_one_line_and_exit_0(run: Run) -> None:
    code, out, err = run("good.chat.yaml")
    assert (code, err) == (0, "")
    assert re.fullmatch(r"2 passed \(2 steps in \d+\.\d\d s\)\n", out)


def test_what_fails_is_shown_with_its_place_and_exit_1(run: Run) -> None:
    code, out, err = run("good.chat.yaml", "bad.chat.yaml")
    assert (code, err) == (1, "")
    assert "FAILED bad.chat.yaml:2: lupus is no small talk\n" in out
    assert "bad.chat.yaml:6: kind\n" in out
    assert "reason    the intent taken was answers.lupus-treat" in out
    assert "2 failed, 2 passed (5 steps" in out.splitlines()[-1]


def test_a_faulty_file_is_listed_with_all_its_faults_and_the_others_still_run(run: Run) -> None:
    code, out, err = run(".")
    assert code == 2
    assert "faulty.chat.yaml:5: unknown key 'kin'" in err and "faulty.chat.yaml:6: unknown key 'usr'" in err
    assert out.splitlines()[-1].startswith("1 faulty file, 2 failed, 2 passed (5 steps")


def test_a_path_that_is_not_there_is_a_fault_and_the_others_still_run(run: Run) -> None:
    code, out, err = run("nowhere", "good.chat.yaml")
    assert code == 2 and "nowhere: no such file" in err and "2 passed" in out


@pytest.mark.parametrize(
    ("arguments", "why"),
    [(["empty"], "no conversation in any"), (["good.chat.yaml", "-k", "nothing"], "none of 2 conversations"), (["good.chat.yaml", "--tag", "none"], "none of 2")],
)
def test_no_test_found_is_exit_2_and_says_why(run: Run, arguments: list[str], why: str) -> None:
    Path("empty").mkdir()
    code, out, err = run(*arguments)
    assert code == 2 and "no test found" in err and why in err
    assert out.startswith("nothing was played")


def test_a_script_named_twice_is_played_once(run: Run) -> None:
    assert "2 passed (2 steps" in run("good.chat.yaml", "./good.chat.yaml", "good.chat.yaml")[1]


@pytest.mark.parametrize(
    ("arguments", "summary"),
    [(["-k", "lupus and not small"], "1 passed"), (["--tag", "talk"], "1 passed"), (["--tag", "talk", "--tag", "safety"], "2 passed"), (["--fail-fast", "-j", "2", "-k", "bad"], "1 failed")],
)
def test_options_choose(run: Run, arguments: list[str], summary: str) -> None:
    assert run("good.chat.yaml", "bad.chat.yaml", *arguments)[1].splitlines()[-1].startswith(f"{summary} (")


@pytest.mark.parametrize("jobs", ["0", "-1", "two", ""])
def test_a_wrong_number_of_processes_is_refused(run: Run, jobs: str) -> None:
    code, _, err = run("good.chat.yaml", f"-j{jobs}" if jobs else "-j=")
    assert code == 2 and "-j" in err


def timeless(text: str) -> str:
    return re.sub(r'("seconds": |time=")[\d.e-]+|in \d+\.\d\d s', r"\1", text)


def test_every_output_is_the_same_twice_and_in_any_number_of_processes(run: Run) -> None:
    def everything(*more: str) -> list[str]:
        out = run(".", "--junit", "r.xml", "--json", "r.json", "--tap", "r.tap", "--html", "r.html", *more)
        return [timeless(text) for text in [*map(str, out), *(Path(f"r.{kind}").read_text(encoding="utf-8") for kind in ("xml", "json", "tap", "html"))]]

    first = everything()
    assert everything() == first
    assert everything("-j", "3") == first
    assert all(first)


def test_json_alone_goes_to_standard_output_and_the_rest_elsewhere(run: Run) -> None:
    code, out, err = run("bad.chat.yaml", "--json")
    assert code == 1 and json.loads(out)["summary"]["failed"] == 2
    assert "FAILED bad.chat.yaml:2" in err and "2 failed" in err


def test_tap_goes_to_standard_output(run: Run) -> None:
    assert run("good.chat.yaml", "--tap")[1] == "TAP version 14\n1..2\nok 1 - good.chat.yaml: lupus\nok 2 - good.chat.yaml: greeting\n"


def test_junit_is_written_when_scripts_are_faulty_too(run: Run) -> None:
    assert run("faulty.chat.yaml", "--junit", "r.xml")[0] == 2
    assert ElementTree.parse("r.xml").getroot().get("errors") == "3"


def test_an_output_never_takes_a_scripts_place(run: Run) -> None:
    code, _, err = run("good.chat.yaml", "--json", "bad.chat.yaml")
    assert code == 2 and "would write over bad.chat.yaml" in err
    assert "would write over ." in run("good.chat.yaml", "--tap", ".")[2]
    assert Path("bad.chat.yaml").read_text(encoding="utf-8") == BAD


def test_two_outputs_to_one_place_are_refused(run: Run) -> None:
    code, _, err = run("good.chat.yaml", "--json", "-", "--tap")
    assert code == 2 and "both write to -" in err


def test_a_file_that_cant_be_written_is_named(run: Run) -> None:
    code, _, err = run("good.chat.yaml", "--html", "nowhere/r.html")
    assert code == 2 and "nowhere/r.html: --html can't be written" in err


def test_a_bot_folder_that_is_not_there_is_named(run: Run) -> None:
    code, _, err = run("good.chat.yaml", "--bot", "nobot")
    assert code == 2 and "nobot: no such folder" in err


class Half:
    """Stands in for the coverage of a run: a half of the passages."""

    percent = 50.0
    added: ClassVar[list[Any]] = []

    def __init__(self, bot: spinebot.Bot) -> None:
        self.added.clear()

    def add(self, played: Any) -> None:
        self.added.append(played)

    def rows(self) -> list[tuple[str, list[str], list[str]]]:
        return [("passages", ["lupus"], ["traction"])]


@pytest.mark.parametrize(("arguments", "code"), [(["--cover"], 0), (["--fail-under", "50"], 0), (["--fail-under", "50.5"], 1)])
def test_coverage_is_counted_told_and_can_fail_a_run(run: Run, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int) -> None:
    module = ModuleType("spinebot.testing.coverage")
    module.Coverage = Half  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "spinebot.testing.coverage", module)
    got, out, err = run("good.chat.yaml", "--html", "r.html", "--json", "r.json", *arguments)
    assert got == code and ("under the 50.5 %" in err) == bool(code)
    assert "passages     1 of 2" in out and "not reached: traction" in out
    assert "Coverage: 50.0 %" in Path("r.html").read_text(encoding="utf-8")
    assert json.loads(Path("r.json").read_text(encoding="utf-8"))["coverage"]["percent"] == 50.0
    assert len(Half.added) == 2


def start(*arguments: str) -> subprocess.Popen[str]:
    source = str(Path(spinebot.__file__).parents[1])
    command = [sys.executable, "-m", "spinebot.cli", "test", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1, env={**os.environ, "PYTHONPATH": source, "PYTHONUNBUFFERED": "1"}, start_new_session=True)


def end(process: subprocess.Popen[str]) -> None:
    """Whatever a test found, nothing of it stays."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def until(process: subprocess.Popen[str], wanted: str) -> str:
    """What it prints up to a line that holds this."""
    assert process.stdout is not None
    read = []
    for line in process.stdout:
        read.append(line)
        if wanted in line:
            return "".join(read)
    raise AssertionError(f"{wanted!r} is not in {read}")


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_watch_plays_again_after_a_change_and_ctrl_c_ends_it(run: Run, jobs: str) -> None:
    process = start("good.chat.yaml", "--watch", "-j", jobs)
    try:
        assert "2 passed" in until(process, "watching")
        Path("good.chat.yaml").write_text(GOOD.replace("kind: chat", "kind: answer"), encoding="utf-8")
        assert "1 failed, 1 passed" in (seen := until(process, "watching")) and "good.chat.yaml changed" in seen
        Path("good.chat.yaml").write_text(FAULTY, encoding="utf-8")
        assert "unknown key 'kin'" in until(process, "watching")
        Path("good.chat.yaml").write_text(GOOD, encoding="utf-8")
        assert "2 passed" in until(process, "watching")
        os.killpg(process.pid, signal.SIGINT)
        rest = process.communicate(timeout=20)[0]
        assert process.returncode == 0 and "Traceback" not in rest
    finally:
        end(process)


def test_watch_sees_a_change_of_the_bot_folder(run: Run, tmp_path: Path, small_rules: str, small_article: str) -> None:
    bot = tmp_path / "bot"
    (bot / "corpus").mkdir(parents=True)
    (bot / "corpus" / "small.md").write_text(small_article, encoding="utf-8")
    (bot / "intents.yaml").write_text(small_rules, encoding="utf-8")
    Path("tiny.chat.yaml").write_text("conversations:\n- name: a\n  steps: [{user: hello, expect: {says: Hello.}}]\n", encoding="utf-8")
    process = start("tiny.chat.yaml", "--bot", "bot", "--watch")
    try:
        assert "1 passed" in until(process, "watching")
        (bot / "intents.yaml").write_text(small_rules.replace("reply: Hello.", "reply: Good day."), encoding="utf-8")
        assert "1 failed" in until(process, "watching")
        (bot / "intents.yaml").write_text("nonsense", encoding="utf-8")
        assert "intents.yaml" in until(process, "watching")
        (bot / "intents.yaml").write_text(small_rules, encoding="utf-8")
        assert "1 passed" in until(process, "watching")
    finally:
        end(process)


@pytest.mark.parametrize(("jobs", "ending"), [("1", signal.SIGINT), ("2", signal.SIGINT), ("3", signal.SIGKILL), ("3", signal.SIGTERM)])
def test_a_run_that_is_ended_ends_at_once_and_leaves_no_process_behind(run: Run, jobs: str, ending: signal.Signals) -> None:
    """Ctrl-C goes to all its processes; a build server that has waited too long ends the first one alone."""
    steps = "      - user: Does lupus need treatment?\n" * 9_000
    long = "".join(f"  - name: {name}\n    steps:\n{steps}" for name in "abcdef")
    Path("long.chat.yaml").write_text(f"conversations:\n{long}", encoding="utf-8")
    process = start("bad.chat.yaml", "long.chat.yaml", "-j", jobs)
    try:
        until(process, "FAILED")
        (os.killpg if ending == signal.SIGINT else os.kill)(process.pid, ending)
        began = time.monotonic()
        rest = process.communicate(timeout=60)[0]
        assert process.returncode == (130 if ending == signal.SIGINT else -ending) and "Traceback" not in rest
        assert not left(process.pid)
        assert time.monotonic() - began < 30
    finally:
        end(process)


def left(group: int) -> bool:
    """Whether anything of a group of processes is still there after a moment."""
    for _ in range(50):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.1)
    return True
