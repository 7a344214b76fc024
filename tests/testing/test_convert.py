"""Files of other tools become scripts, and scripts become theirs: what holds there holds here, what is lost is said with its line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from spinebot import Bot
from spinebot.cli import main
from spinebot.errors import ScriptError
from spinebot.testing.botium import read_convo
from spinebot.testing.convert import convert
from spinebot.testing.play import BotSpeaker, play
from spinebot.testing.script import load_script, parse_script
from spinebot.yamlfile import dump_yaml

CLIENTS = Path(__file__).parents[1] / "clients"
Read = Callable[..., tuple[dict, list[str]]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Converts a text: the first conversation of the script, and the notes, `LINE: message`."""

    def convert_it(text: str, name: str = "a.convo.txt") -> tuple[dict, list[str]]:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        done = convert([str(path)])
        for written in done.written:
            load_script(written)
        found = yaml.safe_load(done.written[0].read_text(encoding="utf-8"))["conversations"] if done.written else [{}]
        return found[0], [f"{note.line}: {note.message}" for note in done.notes]

    return convert_it


def step(read: Read, *bot: str) -> dict:
    """What a script expects of a reply of which Botium expects these lines, all of which were carried over."""
    found, notes = read("\n".join(["name", "", "#me", "hello", "", "#bot", *bot, ""]))
    assert notes == []
    return found["steps"][0].get("expect", {})


def lost(read: Read, *bot: str) -> list[str]:
    found, notes = read("\n".join(["name", "", "#me", "hello", "", "#bot", *bot, ""]))
    assert "expect" not in found["steps"][0]
    return notes


@pytest.mark.parametrize(("line", "expected"), [
    ("Hello", {"says": "Hello"}),
    ("!Hello", {"says_not": "Hello"}),
    ("Hello * you", {"says": r"/Hello.*you/"}),
    ("NHS advice", {"says": "NHS advice"}),
    ("TEXT_CONTAINS_ALL one|two", {"says": ["one", "two"]}),
    ("TEXT_CONTAINS_ALL_IC one\\|two", {"says": "one|two"}),
    ("TEXT_CONTAINS_ANY one|t.o", {"says": r"/(?:one)|(?:t\.o)/"}),
    ("!TEXT_CONTAINS_ANY one|two", {"says_not": ["one", "two"]}),
    ("!TEXT_CONTAINS_ALL one|two", {"says_not": r"/\A(?=[\s\S]*?(?:one))(?=[\s\S]*?(?:two))/"}),
    ("TEXT_REGEXP_ALL_IC ^a+$", {"says": "/^a+$/"}),
    ("TEXT_EQUALS Go now.", {"says": r"/\A\s*Go\s+now\.\s*\Z/"}),
    ("BUTTONS What is lupus?|Is it rare?", {"suggests": ["What is lupus?", "Is it rare?"]}),
    ("INTENT chat.greeting", {"intent": "chat.greeting"}),
    ("", {}),
])  # fmt: skip
def test_a_check_of_botium_is_carried_over(read: Read, line: str, expected: dict) -> None:
    assert step(read, line) == expected


@pytest.mark.parametrize("line", ["!BUTTONS a", "BUTTONS", "CARDS a", "INTENT_CONFIDENCE 80", "JSON_PATH $.a|b", "PAUSE 100", "?maybe", "!INTENT a", "TEXT_WER a|10", "TEXT_REGEXP_ALL (a"])
def test_a_check_that_a_script_has_not_is_said_with_its_line(read: Read, line: str) -> None:
    """A check that is lost in silence is one that its owner believes in."""
    [note] = lost(read, line)
    assert note.startswith("7: ")
    assert "left out" in note


def test_a_text_of_several_lines_is_one_text(read: Read) -> None:
    assert step(read, "Hello", "there") == {"says": "Hello there"}


@pytest.mark.parametrize(("text", "note"), [
    ("name\n\n#me\nhi\n\n#bot\na\n\n#bot\nb\n", "9: a second #bot"),
    ("name\nabout\n\n#me\nhi\n", "2: the description"),
    ("name\n\n#bot\nWelcome\n\n#me\nhi\n", "3: what the bot says before #me"),
    ("name\n\n#include LOGIN\n\n#me\nhi\n", "3: #include is left out"),
    ("name\n\n#me\nMEDIA a.png\n\n#me\nhi\n", "4: MEDIA is left out"),
    ("name\n\n#me\nhi $name\n", "4: $name stays"),
])  # fmt: skip
def test_what_else_is_lost_is_said_with_its_line(read: Read, text: str, note: str) -> None:
    assert any(one.startswith(note) for one in read(text)[1])


STORIES = """\
version: "3.1"
stories:
  - story: greet and ask
    steps:
      - user: |
          hello [there](place)
        intent: greet
      - action: utter_greet
      - slot_was_set:
          - a: b
      - user: "where is {city}?"
        intent: ask
      - action: utter_unknown
      - bot: It is in the north.
  - story: nothing
    steps:
      - intent: greet
"""
DOMAIN = """\
responses:
  utter_greet:
    - text: Hello {name}, how are you?
    - text: Hi.
"""


def test_a_story_of_rasa_is_carried_over(read: Read) -> None:
    found, notes = read(STORIES, "test_stories.yml")
    assert found["name"] == "greet and ask"
    assert found["steps"] == [
        {"user": "hello there", "expect": {"intent": "greet"}},
        {"user": "where is {city}?", "expect": {"intent": "ask", "says": ["It is in the north."]}},
    ]
    assert [note.split(":")[0] for note in notes] == ["6", "8", "9", "13", "15", "17"]


def test_what_rasas_actions_say_is_read_from_the_domain(tmp_path: Path) -> None:
    (tmp_path / "stories.yml").write_text(STORIES, encoding="utf-8")
    (tmp_path / "domain.yml").write_text(DOMAIN, encoding="utf-8")
    done = convert([str(tmp_path)])
    [first, _] = load_script(done.written[0])[0].steps
    assert [one.wanted for one in first.expectations if one.key == "says"] == [(r"/(?:Hello.*,\s+how\s+are\s+you\?)|(?:Hi\.)/",)]


SCRIPT = """\
conversations:
  - name: lupus, all of it
    tags: [safety]
    steps:
      - user: Does lupus need treatment?
        expect: {kind: answer, says: [medically treated, "/lupus|SLE/", a|b], says_not: [common, /rare/], suggests: "What does lupus do?"}
      - user: and is it common?
        expect: {cites: it is rare, caveats: lupus}
      - user: thanks
        expect:
          exactly: |
            You are
            welcome.
"""


def test_a_script_becomes_botiums(tmp_path: Path) -> None:
    path = tmp_path / "a.chat.yaml"
    path.write_text(SCRIPT, encoding="utf-8")
    done = convert([str(path)], "botium", tmp_path / "out")
    assert done.written == [tmp_path / "out" / "lupus-all-of-it.convo.txt"]
    assert done.written[0].read_text(encoding="utf-8") == """\
lupus, all of it

#me
Does lupus need treatment?

#bot
TEXT_CONTAINS_ALL_IC medically treated|a\\|b
TEXT_REGEXP_ALL_IC lupus\\|SLE
!TEXT_CONTAINS_ANY_IC common
!TEXT_REGEXP_ANY_IC rare
BUTTONS What does lupus do?

#me
and is it common?

#bot
TEXT_CONTAINS_ALL_IC it is rare

#me
thanks

#bot
TEXT_EQUALS You are welcome.
"""
    assert [(note.line, note.message.split()[0]) for note in done.notes] == [(2, "tags"), (6, "kind"), (8, "caveats")]


def test_there_and_back_again_is_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.chat.yaml").write_text(SCRIPT, encoding="utf-8")
    once = convert([str(tmp_path / "a.chat.yaml")], "botium", tmp_path / "1").written
    back = convert([str(tmp_path / "1")], "script", tmp_path / "2").written
    again = convert([str(tmp_path / "2")], "botium", tmp_path / "3").written
    third = convert([str(tmp_path / "3")], "script", tmp_path / "4").written
    assert [path.read_text(encoding="utf-8") for path in back] == [path.read_text(encoding="utf-8") for path in third]
    assert [path.name for path in once] == [path.name for path in again]
    [conversation] = load_script(back[0])
    assert [step.says for step in conversation.steps] == ["Does lupus need treatment?", "and is it common?", "thanks"]


def test_nothing_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "a.chat.yaml"
    path.write_text(SCRIPT, encoding="utf-8")
    convert([str(path)])
    kept = tmp_path / "lupus-all-of-it.convo.txt"
    kept.write_text("mine", encoding="utf-8")
    with pytest.raises(ScriptError, match="is there already"):
        convert([str(path)])
    assert kept.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(("name", "text", "to", "fault"), [
    ("a.txt", "", "", "is none of"),
    ("a.yml", "a: b", "", "no file of Rasa's"),
    ("a.yml", "a: [", "", "a.yml:2: is not YAML"),
    ("a.chat.yaml", "conversations: 1", "", "a.chat.yaml:1: 'conversations' must be a list"),
    ("a.chat.yaml", SCRIPT, "script", "it is a script"),
    ("a.convo.txt", "a", "botium", r"only a \*.chat.yaml"),
])  # fmt: skip
def test_a_file_that_can_not_be_converted_is_a_fault(tmp_path: Path, name: str, text: str, to: str, fault: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ScriptError, match=fault):
        convert([str(tmp_path / name)], to)


def test_a_missing_file_and_an_empty_folder_are_faults(tmp_path: Path) -> None:
    with pytest.raises(ScriptError, match="no such file"):
        convert([str(tmp_path / "none.convo.txt")])
    with pytest.raises(ScriptError, match="holds nothing to convert"):
        convert([str(tmp_path)])


def test_the_command_says_what_it_wrote_and_what_it_lost(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.convo.txt").write_text("name\n\n#me\nhi\n\n#bot\nCARDS x\n", encoding="utf-8")
    assert main(["convert", "a.convo.txt", "-o", "out"]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines() == [str(Path("out") / "a.chat.yaml")]
    assert said.err == "a.convo.txt:7: CARDS is left out: a script has no such check\n"
    assert main(["convert", "b.convo.txt"]) == 2


@given(st.lists(st.sampled_from(["#me", "#bot", "#begin", "!", "?", "TEXT_CONTAINS_ANY a|b", "TEXT_REGEXP_ALL_IC (a", "BUTTONS x", "/a/", "*"]) | st.text(max_size=12), max_size=12))
def test_whatever_a_file_holds_its_script_can_be_read(lines: list[str]) -> None:
    draft = read_convo("\n".join(lines), "a.convo.txt", [])
    if draft.steps:
        parse_script(dump_yaml({"conversations": [draft.values()]}), "a.chat.yaml")


VERDICTS = """\
conversations:
  - name: holds
    steps:
      - user: What is lupus?
        expect: {says: [lupus can cause, /muscle\\s+inflammation/], says_not: [unicorn, /dragons?/], suggests: How common are neck pain and back pain?}
      - user: Is it treated?
        expect: {cites: has to be medically treated}
  - name: holds word for word
    steps:
      - user: hello
        expect:
          exactly: HELLO
  - name: a word is missing
    steps:
      - user: What is lupus?
        expect: {says: [lupus, unicorn]}
  - name: a word is too much
    steps:
      - user: What is lupus?
        expect: {says_not: [unicorn, inflammation]}
  - name: an expression is not found
    steps:
      - user: What is lupus?
        expect: {says: /uni(corn|cycle)/}
  - name: an expression is found
    steps:
      - user: What is lupus?
        expect: {says_not: /muscle|unicorn/}
  - name: a suggestion is missing
    steps:
      - user: What is lupus?
        expect: {suggests: Where do unicorns live?}
  - name: the second turn fails
    steps:
      - user: What is lupus?
      - user: Is it treated?
        expect: {says: never}
  - name: not word for word
    steps:
      - user: hello
        expect: {exactly: Hello.}
"""


def test_botium_comes_to_the_same_verdicts(bot: Bot, tmp_path: Path) -> None:
    """A converted file that passes where the script fails would be believed."""
    from spinebot.web.settings import Settings

    from ..clients.test_clients import served

    node = shutil.which("node")
    assert node and (CLIENTS / "node_modules" / "botium-core").exists(), "install the clients: make tests/clients/node_modules/.installed"
    path = tmp_path / "a.chat.yaml"
    hello = bot.conversation("1").say("hello").text
    path.write_text(VERDICTS.replace("HELLO", json.dumps(hello)), encoding="utf-8")
    played = {one.conversation.name: one.outcome == "passed" for one in (play(each, lambda: BotSpeaker(bot)) for each in load_script(path))}
    convert([str(path)], "botium", tmp_path / "convos")
    with served(Settings(rate="")) as url:
        done = subprocess.run(
            [node, CLIENTS / "converse.js", f"{url}/webhooks/rest/webhook", tmp_path / "convos"],
            capture_output=True, text=True, cwd=tmp_path, env={**os.environ, "TMPDIR": str(tmp_path)}, timeout=90, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = {one["name"]: one["fault"] is None for one in map(json.loads, done.stdout.splitlines())}
    assert found == played
    assert sorted(played.values()) == [False] * 7 + [True] * 2
