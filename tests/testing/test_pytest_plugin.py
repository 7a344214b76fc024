"""Scripts under pytest: collected, chosen, failed and excused like any test, in small projects of their own."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

import spinebot

pytest_plugins = ["pytester"]

SOURCE = Path(spinebot.__file__).parents[1]
#: A bot in two lines, so that no project waits for the spine bot to load; scripts need no more of it.
CONFTEST = """
import pytest

class Reply(dict):
    def to_dict(self):
        return self

class Talk:
    said = 0
    def say(self, text):
        self.said += 1
        return Reply(kind="chat", text=f"{self.said}: {text}", quotes=[], caveats=[], urgent=None, intent="echo", corrections=[], suggestions=[])

class Bot:
    def conversation(self, name):
        return Talk()

@pytest.fixture(scope="session")
def bot():
    return Bot()
"""
SCRIPT = """\
conversations:
  - name: it counts
    tags: [safety, smoke]
    steps:
      - user: hello
        expect: {says: "1: hello"}
      - user: again
        expect: {says: "2: again"}
  - name: it fails
    tags: [safety]
    steps:
      - user: hello
        expect:
          says: good bye
  - name: it is not played
    skip: too slow
    steps:
      - user: hello
  - name: it is known to fail
    xfail: not yet
    steps:
      - user: hello
        expect: {kind: answer}
"""
Project = pytest.Pytester
Run = pytest.RunResult


@pytest.fixture
def project(pytester: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project with a bot and a script of its own."""
    alone(monkeypatch)
    pytester.makeconftest(CONFTEST)
    script(pytester, SCRIPT)
    return pytester


def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(SOURCE))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


def script(project: Project, text: str, name: str = "a.chat.yaml") -> Path:
    path = project.path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def run(project: Project, *arguments: str) -> Run:
    """Runs pytest with this plugin and no other: what else is installed here takes seconds to load."""
    strict = ("-p", "no:cacheprovider", "-W", "error", "--strict-markers", "--strict-config")
    return project.runpytest_subprocess("-p", "spinebot.testing.pytest_plugin", *strict, *arguments, timeout=60)


def test_the_package_says_that_it_is_a_plugin() -> None:
    """On by installing: no conftest has to name it."""
    import tomllib

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {"spinebot": "spinebot.testing.pytest_plugin"}


def test_every_conversation_is_an_item_that_passes_fails_or_is_excused(project: Project) -> None:
    done = run(project, "-v")
    done.assert_outcomes(passed=1, failed=1, skipped=1, xfailed=1)
    done.stdout.fnmatch_lines(["a.chat.yaml::it counts PASSED*", "a.chat.yaml::it fails FAILED*", "*::it is not played SKIPPED (too slow)*", "*::it is known to fail XFAIL (not yet)*"])
    assert done.ret == 1


def test_a_failure_is_told_by_file_and_line_without_a_traceback(project: Project) -> None:
    text = run(project, "-k", "fails").stdout.str()
    assert "a.chat.yaml:14" in text and "hello" in text and "good bye" in text and "1: hello" in text
    assert "Traceback" not in text and ".py" not in text
    assert "FAILED a.chat.yaml::it fails - a.chat.yaml:14: says" in text, "the summary says where"


def test_the_failure_text_is_that_of_the_command(project: Project) -> None:
    """One failure, one text, whoever plays it."""
    from spinebot.testing.play import play
    from spinebot.testing.report import failure_text
    from spinebot.testing.script import parse_script

    class Echo:
        def say(self, text: str) -> dict[str, object]:
            return {"kind": "chat", "text": f"1: {text}", "intent": "echo", "urgent": None}

    failing = parse_script(SCRIPT, "a.chat.yaml")[1]
    assert failure_text(play(failing, Echo), 80) in run(project, "-k", "fails").stdout.str()


@pytest.mark.parametrize(("arguments", "names"), [
    (("-m", "smoke"), ["it counts"]),
    (("-m", "safety and not smoke"), ["it fails"]),
    (("-k", "counts"), ["it counts"]),
    (("-k", "smoke or known"), ["it counts", "it is known to fail"]),
    (("a.chat.yaml::it counts",), ["it counts"]),
    (("a.chat.yaml",), ["it counts", "it fails", "it is not played", "it is known to fail"]),
])  # fmt: skip
def test_conversations_are_chosen_as_tests_are(project: Project, arguments: tuple[str, ...], names: list[str]) -> None:
    lines = run(project, "--collect-only", "-q", *arguments).outlines
    assert [line.removeprefix("a.chat.yaml::") for line in lines if "::" in line] == names


def test_a_row_of_a_table_is_an_item_that_can_be_named(project: Project) -> None:
    script(project, "conversations:\n- name: rows\n  table: [{q: one two, n: 1}, {q: 'b::c [d]', n: 2}]\n  steps:\n  - user: '{q}'\n    expect: {says: '{q}'}\n", "b.chat.yml")
    run(project, "b.chat.yml").assert_outcomes(passed=2)
    run(project, "b.chat.yml::rows [one two, 1]").assert_outcomes(passed=1)
    run(project, "b.chat.yml::rows [b:c [d], 2]").assert_outcomes(passed=1)


def test_xdist_shares_them_out(project: Project) -> None:
    pytest.importorskip("xdist")
    script(project, SCRIPT, "b.chat.yaml")
    run(project, "-p", "xdist.plugin", "-n", "2").assert_outcomes(passed=2, failed=2, skipped=2, xfailed=2)


def test_what_is_marked_as_failing_and_passes_is_a_failure(project: Project) -> None:
    script(project, SCRIPT.replace("{kind: answer}", "{kind: chat}"))
    done = run(project, "-k", "known")
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(["*XPASS(strict)*not yet*"])
    run(project, "-k", "known", "--runxfail").assert_outcomes(passed=1)


def test_a_faulty_script_is_an_error_by_file_and_line_and_the_others_run(project: Project) -> None:
    script(project, SCRIPT.replace("steps:", "stesp:", 1).replace("good bye", "/(/"), "b.chat.yaml")
    done = run(project, "--continue-on-collection-errors")
    done.assert_outcomes(errors=1, passed=1, failed=1, skipped=1, xfailed=1)
    done.stdout.fnmatch_lines(["b.chat.yaml:4: unknown key 'stesp'*", "b.chat.yaml:14: /(/ is no regular expression*"])
    assert "Traceback" not in done.stdout.str() and "script.py" not in done.stdout.str()
    assert run(project).ret == pytest.ExitCode.INTERRUPTED


@pytest.mark.parametrize("text", ["", "\t- a\n", "conversations: 3\n", "\ufeffconversations: []\n", "- a\n", "a: [\n", "conversations:\n- {name: a, name: b}\n"])
def test_whatever_is_in_a_script_is_no_crash(project: Project, text: str) -> None:
    script(project, text)
    done = run(project)
    done.assert_outcomes(errors=1)
    assert "a.chat.yaml:" in done.stdout.str() and "INTERNALERROR" not in done.stdout.str() + done.stderr.str()


def test_a_file_of_shared_steps_is_no_test(project: Project) -> None:
    script(project, "shared:\n  hello:\n  - user: hello\n", "shared.chat.yaml")
    run(project, "shared.chat.yaml").assert_outcomes()


def test_other_yaml_is_left_alone(project: Project) -> None:
    script(project, "{", "config.yaml")
    script(project, "{", "chat.yml")
    run(project, "-k", "counts").assert_outcomes(passed=1, deselected=3)


def test_a_tag_of_pytests_own_names_chooses_and_does_nothing_else(project: Project) -> None:
    script(project, SCRIPT.replace("[safety, smoke]", "[skip, parametrize]"))
    run(project, "-k", "parametrize").assert_outcomes(passed=1, deselected=3)


def test_fixtures_of_every_scope_come_with_a_conversation(project: Project) -> None:
    """A project that starts a server for all its tests starts it for its scripts."""
    with (project.path / "conftest.py").open("a") as conftest:
        for scope in ("session", "package", "module", "class", "function"):
            conftest.write(f"\n@pytest.fixture(scope={scope!r}, autouse=True)\ndef of_{scope}():\n    print('begun', {scope!r})\n    yield\n    print('ended', {scope!r})\n")
    done = run(project, "-s", "-k", "counts or known")
    done.assert_outcomes(passed=1, xfailed=1, deselected=2)
    text = done.stdout.str()
    assert [text.count(f"begun {scope}") for scope in ("session", "package", "module", "class", "function")] == [1, 1, 1, 2, 2]
    assert [text.count(f"ended {scope}") for scope in ("session", "package", "module", "class", "function")] == [1, 1, 1, 2, 2]


def test_the_nearest_fixture_bot_is_spoken_with(project: Project) -> None:
    script(project, SCRIPT, "sub/a.chat.yaml")
    (project.path / "sub" / "conftest.py").write_text("import pytest\n@pytest.fixture\ndef bot(bot):\n    return type('B', (), {'conversation': lambda self, name: Talk(bot)})()\nclass Talk:\n    def __init__(self, bot):\n        self.talk = bot.conversation('')\n    def say(self, text):\n        reply = self.talk.say(text)\n        reply['text'] += ' good bye'\n        return reply\n")
    run(project, "-k", "it_fails or fails").assert_outcomes(passed=1, failed=1, deselected=6)


def test_a_conversation_and_a_way_to_say_things_for_tests_of_ones_own(project: Project) -> None:
    project.makepyfile("""
        def test_one(say, conversation):
            assert say("a")["text"] == "1: a"
            assert conversation.say("b")["text"] == "2: b"

        def test_another_begins_anew(say):
            assert say("a")["text"] == "1: a"
    """)
    run(project, "test_a_conversation_and_a_way_to_say_things_for_tests_of_ones_own.py").assert_outcomes(passed=2)


TINY = """\
conversations:
  - name: hello
    steps:
      - user: hello
        expect: {kind: chat, exactly: Hello.}
"""


@pytest.fixture
def tiny(pytester: Project, small_rules: str, small_article: str, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project with a small bot folder, and a script that only its bot passes."""
    alone(monkeypatch)
    script(pytester, TINY)
    corpus = pytester.mkdir("own") / "corpus"
    corpus.mkdir()
    (corpus / "small.md").write_text(small_article, encoding="utf-8")
    (corpus.parent / "intents.yaml").write_text(small_rules, encoding="utf-8")
    return pytester


def test_the_bot_folder_is_chosen_by_option_or_configuration(tiny: Project) -> None:
    run(tiny).assert_outcomes(failed=1)
    run(tiny, "--spinebot-bot", "own").assert_outcomes(passed=1)
    tiny.makeini("[pytest]\nspinebot_bot = own\n")
    run(tiny).assert_outcomes(passed=1)
    run(tiny, "--rootdir", "/", "-c", str(tiny.path / "tox.ini"), str(tiny.path)).assert_outcomes(passed=1)


def test_a_bot_folder_that_is_not_there_or_broken_is_said_without_a_traceback(tiny: Project) -> None:
    done = run(tiny, "--spinebot-bot", "none")
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines(["*none: no such folder*"])
    (tiny.path / "own" / "intents.yaml").write_text("bott: 3\n")
    done = run(tiny, "--spinebot-bot", "own")
    done.stdout.fnmatch_lines(["*intents.yaml:1: *bott*"])
    assert "Traceback" not in done.stdout.str() and "bot.py" not in done.stdout.str()


def test_scripts_are_played_against_a_server_that_is_named(project: Project) -> None:
    done = run(project, "--spinebot-url", "http://127.0.0.1:9")
    done.assert_outcomes(failed=3, skipped=1)
    done.stdout.fnmatch_lines(["*can't be reached*", "FAILED a.chat.yaml::it counts - a.chat.yaml:5: no reply"])
    done = run(project, "--spinebot-url", "nowhere")
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines(["*nowhere: is no address of a bot*"])


def test_the_plugin_costs_a_project_without_scripts_nothing(pytester: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    alone(monkeypatch)
    heavy = ("nltk", "numpy", "yaml", "rank_bm25", "prompt_toolkit", "http.client", "spinebot.testing.script", "spinebot.bot", "spinebot.errors")
    pytester.makepyfile(f"import sys\ndef test_light():\n    assert 'spinebot.testing.pytest_plugin' in sys.modules\n    assert not set(sys.modules) & set({heavy!r})\n")
    pytester.runpytest_subprocess("-p", "spinebot.testing.pytest_plugin").assert_outcomes(passed=1)


def test_coverage_sees_what_scripts_run(project: Project) -> None:
    """The plugin is loaded before any test, and still counted."""
    if importlib.util.find_spec("coverage") is None:
        pytest.skip("coverage is not installed")
    command = ["coverage", "run", "--source", "spinebot", "-m", "pytest", "-q", "-p", "spinebot.testing.pytest_plugin"]
    subprocess.run([sys.executable, "-m", *command], cwd=project.path, capture_output=True, check=False, timeout=60)
    told = subprocess.run([sys.executable, "-m", "coverage", "report"], cwd=project.path, capture_output=True, text=True, check=True, timeout=60).stdout
    percent = {Path(name).stem: int(cells[-1].rstrip("%")) for name, *cells in map(str.split, told.splitlines()) if cells and cells[-1].endswith("%")}
    assert percent["pytest_plugin"] > 60 and percent["play"] > 60 and percent["script"] > 40
