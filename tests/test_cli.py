"""The commands, as someone types them or pipes into them: what comes out, on which stream, with which exit code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

import spinebot
from spinebot.cli import main

SOURCE = Path(spinebot.__file__).resolve().parents[1]
COMMAND = [sys.executable, "-m", "spinebot.cli"]


def environment(**variables: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(SOURCE), "PYTHONUTF8": "1", **variables}


def run(*arguments: str, given: bytes = b"", folder: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
    """One command, in `folder`, with `given` on its standard input."""
    done = subprocess.run([*COMMAND, *arguments], input=given, capture_output=True, cwd=folder, env=environment(**variables), check=False, timeout=60)
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


class Here:
    """Runs commands within this process, in the folder of the test."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys = capsys
        self._monkeypatch = monkeypatch

    def __call__(self, *arguments: str, folder: Path) -> tuple[int, str, str]:
        """The exit code, the output, the errors."""
        self._monkeypatch.chdir(folder)
        try:
            code = main(arguments)
        except SystemExit as leaving:
            code = int(leaving.code or 0)
        shown = self._capsys.readouterr()
        return code, shown.out, shown.err


@pytest.fixture
def here(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Here:
    return Here(capsys, monkeypatch)


@pytest.fixture
def folder(tmp_path: Path, small_rules: str, small_article: str) -> Path:
    """A whole small bot folder, in a folder of its own below the working directory."""
    made = tmp_path / "my-bot"
    (made / "corpus").mkdir(parents=True)
    (made / "corpus" / "small.md").write_text(small_article, encoding="utf-8")
    (made / "intents.yaml").write_text(small_rules, encoding="utf-8")
    return made


def change(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def replies(output: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in output.splitlines()]


# --- one message ---------------------------------------------------------------------------------------------------


def test_ask_answers_in_any_directory_with_its_caveats(tmp_path: Path) -> None:
    done = run("ask", "Does lupus need treatment?", "--json", folder=tmp_path)
    (reply,) = replies(done.stdout)
    assert (done.returncode, done.stderr, reply["kind"]) == (0, "", "answer")
    assert {"lupus", "general"} <= {caveat["id"] for caveat in reply["caveats"]}  # type: ignore[attr-defined]


def test_ask_prints_the_text_of_the_reply_and_no_escape_codes() -> None:
    message = "Does lupus need treatment?"
    (reply,) = replies(run("ask", message, "--json").stdout)
    assert run("ask", message).stdout == f"{reply['text']}\n"
    assert run("ask", *message.split()).stdout == f"{reply['text']}\n"


def test_options_stand_before_or_after_the_command(folder: Path) -> None:
    after = run("ask", "lupus", "--bot", str(folder), "--json").stdout
    assert run("--json", "--bot", str(folder), "ask", "lupus").stdout == after
    assert run("--json", "--bot", str(folder), given=b"lupus\n").stdout == after


def test_a_message_that_begins_with_a_dash_can_be_asked() -> None:
    assert run("ask", "--json", "--", "-5 pain in the back").returncode == 0


def test_explain_follows_the_reply_or_travels_in_its_json() -> None:
    shown = run("ask", "is lupsu treated", "--explain").stdout
    assert "lupsu -> lupus" in shown and "\nanswers " in shown and "\nwhy " in shown
    (reply,) = replies(run("ask", "is lupsu treated", "--explain", "--json").stdout)
    (plain,) = replies(run("ask", "is lupsu treated", "--json").stdout)
    assert reply.pop("explanation")["intent"] == plain["intent"]  # type: ignore[index]
    assert reply == plain


# --- pipes ---------------------------------------------------------------------------------------------------------


def test_a_pipe_gets_one_reply_a_message_and_an_empty_line_forgets_the_conversation() -> None:
    messages = b"What is lupus?\nDoes it need treatment?\n\nDoes it need treatment?\r\n\r\nhello"
    done = run("chat", "--json", given=messages)
    first, follow_up, alone, last = replies(done.stdout)
    assert done.returncode == 0 and done.stderr == ""
    assert first["conversation"] == follow_up["conversation"] != alone["conversation"] != last["conversation"]
    assert "treated" in str(follow_up["answer"]) and follow_up["answer"] != alone["answer"]
    assert run("chat", "--json", given=messages).stdout == done.stdout


def test_plain_replies_are_apart_by_one_blank_line() -> None:
    done = run(given=b"What is lupus?\n\nhello\n")
    texts = [str(reply["text"]) for reply in replies(run("chat", "--json", given=b"What is lupus?\n\nhello\n").stdout)]
    assert done.stdout == "\n\n".join(texts) + "\n"


@pytest.mark.parametrize("given", [b"", b"\n\n\n"])
def test_nothing_said_gets_no_reply(given: bytes) -> None:
    done = run("chat", given=given)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


HOSTILE = [
    b" ", b"\xff\xfe\x80", b"\xed\xa0\x80", b"\x00\x01\x1b[2J\x07", "背中が痛い 😀 \u202e\u2028 \x85".encode(), b"a\rb\x0cc", b"?!.", b"back " * 20_000, b"\x1b]0;x\x07lupus\x9b2J",
]


def test_any_line_gets_one_reply() -> None:
    given = b"\xef\xbb\xbflupus\n" + b"\n".join(HOSTILE)
    done = run("chat", "--json", given=given)
    assert (done.returncode, done.stderr, len(replies(done.stdout))) == (0, "", 1 + len(HOSTILE))
    assert done.stdout.isascii()
    plain = run("chat", given=given, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (plain.returncode, plain.stderr) == (0, "")
    assert not any(mark in plain.stdout for mark in "\x1b\x9b\x07\x00")


def test_undecodable_arguments_and_narrow_encodings_get_replies() -> None:
    done = subprocess.run([*COMMAND, "ask", b"lupus \xff\xfe"], capture_output=True, env=environment(), check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert run("ask", "lupus “treatment” 😀", PYTHONUTF8="0", PYTHONIOENCODING="ascii").returncode == 0


def test_a_reply_comes_before_the_next_message_is_sent() -> None:
    with subprocess.Popen([*COMMAND, "chat", "--json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment()) as process:
        assert process.stdin and process.stdout
        for message in ("hello", "What is lupus?"):
            process.stdin.write(message + "\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["text"]
        process.stdin.close()
        assert process.wait(30) == 0


def test_thousands_of_lines_take_seconds() -> None:
    began = time.perf_counter()
    done = run("chat", "--json", given=b"Does lupus need treatment?\n" * 3000)
    assert len(done.stdout.splitlines()) == 3000
    assert time.perf_counter() - began < 20


def test_a_reader_that_leaves_early_ends_it_quietly() -> None:
    with subprocess.Popen([*COMMAND, "chat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()) as process:
        assert process.stdin and process.stdout and process.stderr
        process.stdin.write(b"hello\n")
        process.stdin.flush()
        process.stdout.readline()
        process.stdout.close()
        try:
            process.stdin.write(b"hello\n" * 1000)
            process.stdin.close()
        except BrokenPipeError:
            pass
        assert process.stderr.read() == b""
        assert process.wait(30) == 0


def test_interrupting_it_ends_it_quietly() -> None:
    with subprocess.Popen([*COMMAND, "chat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()) as process:
        assert process.stdin and process.stdout and process.stderr
        process.stdin.write(b"hello\n")
        process.stdin.flush()
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.stderr.read() == b""
        assert process.wait(30) == 130


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("arguments", [("ask", "hello"), ("chat",), ("ask", "hello", "--json"), ("check",)])
def test_a_full_disk_is_one_line(arguments: tuple[str, ...], folder: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        command = [*COMMAND, *arguments, "--bot", str(folder)]
        done = subprocess.run(command, input=b"hello\n", stdout=full, stderr=subprocess.PIPE, env=environment(), check=False)
    assert done.returncode == 1
    assert done.stderr.decode().splitlines() == ["spinebot: No space left on device"]


# --- wrong usage, broken folders -----------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [["chta"], ["ask"], ["--no-such-option"], ["check", "--json"], ["chat", "--bot"], ["ask", "x", "--ex"]])
def test_wrong_usage_is_two_and_points_to_help(arguments: Sequence[str], here: Here, tmp_path: Path) -> None:
    code, output, errors = here(*arguments, folder=tmp_path)
    assert (code, output) == (2, "")
    assert "--help" in errors


def test_help_has_examples_and_every_command(here: Here, tmp_path: Path) -> None:
    code, output, _ = here("--help", folder=tmp_path)
    assert code == 0
    assert all(f"\n    {name} " in output for name in ("chat", "ask", "check"))
    assert 'spinebot ask "' in output


def test_version(here: Here, tmp_path: Path) -> None:
    assert here("--version", folder=tmp_path) == (0, f"spinebot {spinebot.__version__}\n", "")


def test_check_counts_what_is_there(folder: Path, here: Here) -> None:
    code, output, errors = here("check", "--bot", "my-bot", folder=folder.parent)
    assert (code, errors) == (0, "")
    assert output.startswith("my-bot: no fault in 1 article, 1 passage, 2 sentences, 1 answer, 2 topics, ")
    assert len(output.splitlines()) == 1


def test_check_finds_no_fault_in_the_spine_bot() -> None:
    done = run("check")
    assert (done.returncode, done.stderr) == (0, "")


def test_check_lists_the_faults_of_corpus_and_rules_together(folder: Path, here: Here) -> None:
    change(folder / "intents.yaml", "caveats: [lupus]", "caveats: [lupsu]")
    change(folder / "intents.yaml", "    reply: Hello.", "    rply: Hello.")
    change(folder / "corpus" / "small.md", "source: nowhere\n", "")
    code, output, errors = here("check", "--bot", "my-bot", folder=folder.parent)
    lines = errors.splitlines()
    assert (code, output) == (2, "")
    assert lines[0] == "my-bot/corpus/small.md:1: the front matter lacks 'source'"
    assert any(line.startswith("my-bot/intents.yaml:") and "caveat 'lupsu' is not defined (did you mean 'lupus'?)" in line for line in lines)
    reply = (folder / "intents.yaml").read_text(encoding="utf-8").splitlines().index("    rply: Hello.") + 1
    assert any(line.startswith(f"my-bot/intents.yaml:{reply}: ") and "(did you mean 'reply'?)" in line for line in lines)


def test_faults_are_named_as_an_editor_started_here_opens_them(folder: Path, here: Here) -> None:
    change(folder / "intents.yaml", "caveats: [lupus]", "caveats: [lupsu]")
    for where, named, shown in ((folder, ".", "intents.yaml:"), (folder, str(folder), "intents.yaml:"), (folder.parent, str(folder), "my-bot/intents.yaml:")):
        assert here("check", "--bot", named, folder=where)[2].startswith(shown)


@pytest.mark.parametrize("arguments", [("check",), ("ask", "hello"), ("chat",), ("chat", "--json")])
def test_a_broken_folder_is_two_everywhere(folder: Path, arguments: tuple[str, ...], here: Here) -> None:
    change(folder / "intents.yaml", "caveats: [lupus]", "caveats: [lupsu]")
    for broken in (folder, folder / "nowhere"):
        code, output, errors = here(*arguments, "--bot", str(broken), folder=folder)
        assert (code, output, len(errors.splitlines())) == (2, "", 1)


BREAKING = {
    "no corpus": ("corpus/small.md", None),
    "no rules": ("intents.yaml", None),
    "not UTF-8": ("intents.yaml", b"bot: \xff\xfe"),
    "article not UTF-8": ("corpus/small.md", b"---\nid: a\xff"),
    "not YAML": ("intents.yaml", b"bot: [1, 2\n"),
    "a list": ("intents.yaml", b"- 1\n- 2\n"),
    "empty": ("intents.yaml", b""),
    "empty article": ("corpus/small.md", b""),
    "only front matter": ("corpus/small.md", b"---\nid: a\ntitle: a\nsource: a\n---\n"),
    "NUL": ("intents.yaml", b"bot: \x00\n"),
    "escape codes": ("intents.yaml", "bot:\n  \x9b31mname: x\n".encode()),
    "an alias loop": ("intents.yaml", b"a: &a\n  b: *a\n"),
    "deep": ("intents.yaml", b"[" * 5000),
    "weights of another bot": ("weights.tsv", b"bias\tno-such-answer:1.0\nclasses\tno-such-answer none\n"),
}


@pytest.mark.parametrize("breaking", BREAKING)
def test_what_is_wrong_is_said_without_a_traceback(folder: Path, breaking: str, here: Here) -> None:
    name, content = BREAKING[breaking]
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(content)
    code, output, errors = here("check", "--bot", "my-bot", folder=folder.parent)
    assert (code, output) == (2, "")
    assert errors and all(line.startswith("my-bot") for line in errors.splitlines())
    assert not any(mark in errors for mark in "\x1b\x9b\x00")


def test_an_answer_that_its_own_question_does_not_get_is_one(folder: Path, here: Here) -> None:
    change(folder / "intents.yaml", "ask: Can lupus hurt my back?", "ask: Is the weather nice?")
    code, output, errors = here("check", "--bot", "my-bot", folder=folder.parent)
    line = (folder / "intents.yaml").read_text(encoding="utf-8").splitlines().index("  lupus-back:") + 1
    assert (code, output) == (1, "")
    assert errors.startswith(f"my-bot/intents.yaml:{line}: answers.lupus-back: its own question 'Is the weather nice?' ")


# --- start-up ------------------------------------------------------------------------------------------------------


def imported(statement: str) -> set[str]:
    """The modules that a statement imports in a fresh Python, by their first name."""
    program = f"import sys; {statement}; print('\\n'.join(name.split('.')[0] for name in sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment(), check=True)
    return set(done.stderr.split())


def test_the_command_line_itself_is_light() -> None:
    assert not imported("import spinebot.cli, spinebot.render") & {"nltk", "numpy", "yaml", "prompt_toolkit", "rank_bm25"}
    assert "prompt_toolkit" not in imported("import spinebot.cli; spinebot.cli.main(['ask', 'hello'])")
    assert not imported("import spinebot.terminal.session") & {"nltk", "numpy", "prompt_toolkit"}


def test_the_country_says_whom_to_call() -> None:
    """A person in the UK who can't pee is told to call 999, not to find out the number."""
    from spinebot import Bot, SpinebotError

    assert "Call 999 now." in Bot.load(country="uk").conversation().say("I can't pee").text
    with pytest.raises(SpinebotError, match="numbers has no country 'mars'"):
        Bot.load(country="mars")


# --- shells --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("shell", "mark"), [("bash", "complete -"), ("zsh", "#compdef spinebot"), ("fish", "complete -c spinebot")])
def test_a_shell_is_told_how_to_complete_the_command(shell: str, mark: str) -> None:
    done = run("completion", shell)
    assert (done.returncode, done.stderr) == (0, "") and mark in done.stdout
    assert all(word in done.stdout for word in ("ask", "check", "completion", "country", "linear"))


def test_bash_takes_the_completion(tmp_path: Path) -> None:
    (tmp_path / "spinebot.bash").write_text(run("completion", "bash").stdout, encoding="utf-8")
    asked = """
        source ./spinebot.bash
        COMP_WORDS=(spinebot chat --l); COMP_CWORD=2; COMP_LINE="spinebot chat --l"; COMP_POINT=17
        _shtab_spinebot; echo "${COMPREPLY[@]}"
    """
    done = subprocess.run(["bash", "--norc", "-c", asked], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["--linear"], done.stderr


def test_help_shows_examples_and_the_version_is_the_packages() -> None:
    shown = run("--help").stdout
    assert "examples:" in shown and all(f"spinebot {command}" in shown for command in ("ask", "chat", "check", "completion"))
    assert run("--version").stdout == f"spinebot {spinebot.__version__}\n"
