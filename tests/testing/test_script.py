"""Scripts: what a file means, and that each fault of it is said with its file and line. A fault that goes unseen is a test that holds nothing."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from spinebot.errors import ScriptError
from spinebot.testing.script import EXPECTATIONS, Conversation, find_scripts, load_script, parse_script

ISSUE = """\
conversations:
  - name: lupus carries its caveat
    tags: [safety]
    steps:
      - user: Does lupus need treatment?
        expect: {kind: answer, says: medically treated, caveats: [lupus, general]}
      - user: and is it common?
        expect: {says_not: /common condition/}
"""
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def it(text: str, name: str = "a.chat.yaml") -> Path:
        path = tmp_path / name
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    return it


def parsed(text: str) -> list[Conversation]:
    return parse_script(textwrap.dedent(text), "a.chat.yaml")


def faults(text: str) -> list[str]:
    """The faults of a text, `LINE: message`; there is one at least, and no other exception."""
    with pytest.raises(ScriptError) as raised:
        parsed(text)
    assert all(fault.path == "a.chat.yaml" for fault in raised.value.faults)
    return [f"{fault.line}: {fault.message}" for fault in raised.value.faults]


def test_the_example_that_is_all_there_is_to_learn() -> None:
    [found] = parsed(ISSUE)
    assert (found.name, found.tags, found.line) == ("lupus carries its caveat", ("safety",), 2)
    assert [(step.says, step.line) for step in found.steps] == [("Does lupus need treatment?", 5), ("and is it common?", 7)]
    assert [(one.key, one.wanted, one.line) for one in found.steps[0].expectations] == [
        ("kind", ("answer",), 6), ("says", ("medically treated",), 6), ("caveats", ("lupus", "general"), 6),
    ]  # fmt: skip


def one(expect: str) -> str:
    return f"conversations:\n  - name: a\n    steps:\n      - user: hi\n        expect: {expect}\n"


FAULTS = {
    "nothing": ("", "1: is empty"),
    "comments alone": ("# later\n", "1: is empty"),
    "a list": ("- a\n", "1: must be a mapping"),
    "text": ("hello\n", "1: must be a mapping"),
    "no conversations": ("include: []\n", "1: lacks 'conversations'"),
    "conversations that are text": ("conversations: a\n", "1: 'conversations' must be a list"),
    "no conversation": ("conversations: []\n", "1: 'conversations' must be a list"),
    "conversations that are nothing": ("conversations:\n", "1: 'conversations' must be a list"),
    "an unknown key of the file": ("conversation: []\n", "1: unknown key 'conversation': known here are conversations, shared, include"),
    "a conversation that is text": ("conversations:\n  - a\n", "2: a conversation must be a mapping"),
    "no name": ("conversations:\n  - steps:\n      - user: a\n", "2: lacks 'name'"),
    "no steps": ("conversations:\n  - name: a\n", "2: conversation 'a' has no steps"),
    "an empty list of steps": ("conversations:\n  - name: a\n    steps: []\n", "2: conversation 'a' has no steps"),
    "an unknown key of a conversation": ("conversations:\n  - name: a\n    step: 1\n    steps: [{user: a}]\n", "3: unknown key 'step'"),
    "the same name twice": ("conversations:\n  - name: a\n    steps: [{user: a}]\n  - name: a\n    steps: [{user: a}]\n", "4: a second conversation is named 'a', as on line 2"),
    "a tag with a blank": ("conversations:\n  - name: a\n    tags: [red flag]\n    steps: [{user: a}]\n", "2: the tag 'red flag' is no name"),
    "a step that is text": ("conversations:\n  - name: a\n    steps:\n      - hi\n", "4: a step must be a mapping"),
    "a step of nobody": ("conversations:\n  - name: a\n    steps:\n      - expect: {kind: chat}\n", "4: a step needs 'user'"),
    "an unknown key of a step": ("conversations:\n  - name: a\n    steps:\n      - user: hi\n        expects: {}\n", "5: unknown key 'expects'"),
    "a user who says yes": ("conversations:\n  - name: a\n    steps:\n      - user: yes\n", "4: 'user' is read as true: put it in quotes"),
    "a user who says a list": ("conversations:\n  - name: a\n    steps:\n      - user: [a]\n", "4: 'user' must be text"),
    "expectations that are text": (one("hello"), "5: 'expect' must be a mapping"),
    "an unknown expectation": (one("{say: hello}"), "5: unknown key 'say': known here are kind, says"),
    "an unknown kind": (one("{kind: reply}"), "5: kind 'reply' is none of answer, no_answer, urgent, chat"),
    "an unknown level": (one("{urgent: high}"), "5: urgent 'high' is none of emergency"),
    "words that are text": (one("{words_at_most: many}"), "5: 'words_at_most' must be a whole number"),
    "words that are true": (one("{words_at_most: true}"), "5: 'words_at_most' must be a whole number"),
    "fewer words than none": (one("{words_at_most: -1}"), "5: 'words_at_most' must be a whole number"),
    "an expression that doesn't compile": (one("{says: /(a/}"), "5: /(a/ is no regular expression"),
    "the same in a list": (one("{says_not: [a, '/[/']}"), "5: /[/ is no regular expression"),
    "an expectation of nothing": (one("{says: }"), "5: 'says' must be text"),
    "an expectation of no text": (one("{says: ''}"), "5: 'says' is empty"),
    "an expectation of an empty list": (one("{says: []}"), "5: 'says' is empty"),
    "a key that stands twice": (one("{says: a, says: b}"), "5: the key 'says' stands here a second time"),
    "a tab": ("conversations:\n\t- name: a\n", "2: begins with a tab"),
    "a tab after blanks": ("conversations:\n  \t- name: a\n", "2: begins with a tab"),
    "brackets left open": ("conversations: [\n", "2: is not YAML"),
    "two documents": ("a: b\n---\na: b\n", "2: is not YAML"),
    "an alias": ("conversations:\n  - &a\n    name: a\n    steps: [{user: a}]\n  - *a\n", "2: stands for another part of the file"),
    "an alias of itself": ("conversations: &a\n  - *a\n", "1: stands for another part of the file"),
    "nests without end": ("[" * 500 + "]" * 500, "0: is not YAML: nested too deeply"),
    "a control character": ("conversations: \x07\n", "0: is not YAML"),
    "an unknown tag of YAML": ("conversations: !!python/object/apply:os.system [ls]\n", "1: a conversation must be a mapping"),
    "a date": ("conversations:\n  - name: 2026-13-45\n    steps: [{user: a}]\n", "2: is not YAML: '2026-13-45' looks like a number, a date"),
    "ragged rows": ("conversations:\n  - name: a\n    table:\n      - {q: a, c: b}\n      - {q: a}\n    steps: [{user: '{q}'}]\n", "5: this row has q, the first one q, c"),
    "a row that is text": ("conversations:\n  - name: a\n    table: [a]\n    steps: [{user: a}]\n", "3: this row has no cells"),
    "a table that is text": ("conversations:\n  - name: a\n    table: a\n    steps: [{user: a}]\n", "3: 'table' must be a list of rows"),
    "variables that are a list": ("conversations:\n  - name: a\n    variables: [a]\n    steps: [{user: a}]\n", "3: 'variables' must be a mapping"),
    "an unknown variable": ("conversations:\n  - name: a\n    variables: {q: a}\n    steps:\n      - user: '{r}'\n", "5: there is no variable 'r': known are q"),
    "two rows that are the same": ("conversations:\n  - name: a\n    table: [{q: a}, {q: a}]\n    steps: [{user: '{q}'}]\n", "2: a second conversation is named 'a [a]'"),
    "unknown shared steps": ("conversations:\n  - name: a\n    steps:\n      - use: greet\n", "4: no shared steps are named 'greet': known are none"),
    "a use beside a user": ("conversations:\n  - name: a\n    steps:\n      - use: b\n        user: c\nshared: {b: [{user: a}]}\n", "5: unknown key 'user'"),
    "shared steps that use themselves": ("shared:\n  a:\n    - use: b\n  b:\n    - use: a\nconversations:\n  - name: a\n    steps:\n      - use: a\n", "5: the shared steps 'a' use themselves"),
    "shared steps that are text": ("shared: {a: b}\nconversations:\n  - name: a\n    steps:\n      - use: a\n", "1: shared steps 'a' must be a list of steps"),
    "shared that is text": ("shared: a\nconversations:\n  - name: a\n    steps: [{user: a}]\n", "1: 'shared' must be a mapping"),
    "a file that isn't there": ("include: b.chat.yaml\nconversations:\n  - name: a\n    steps: [{user: a}]\n", ""),
    "an include that is a number": ("include: 7\nconversations:\n  - name: a\n    steps: [{user: a}]\n", "1: 'include' must name files"),
    "a skip without a reason": ("conversations:\n  - name: a\n    skip: true\n    steps: [{user: a}]\n", "3: 'skip' is read as true"),
    "a skip that says nothing": ("conversations:\n  - name: a\n    skip: ''\n    steps: [{user: a}]\n", "3: 'skip' is empty"),
}  # fmt: skip


@pytest.mark.parametrize("fault", [name for name, (_, message) in FAULTS.items() if message])
def test_a_fault_is_said_with_its_line(fault: str) -> None:
    text, message = FAULTS[fault]
    assert any(found.startswith(message) for found in faults(text)), faults(text)


def test_every_fault_of_a_file_is_said() -> None:
    """Not the first alone: whoever mends a file wants to do it once."""
    assert len(faults(one("{say: a, kind: b, urgent: c}"))) == 3


def test_shared_steps_by_the_thousands_are_no_end_either(write: Write) -> None:
    """Ten lines that stand for 10 to the 10th steps would take all memory."""
    text = "shared:\n  s0:\n    - user: a\n" + "".join(f"  s{n}:\n" + f"    - use: s{n - 1}\n" * 10 for n in range(1, 11))
    started = time.monotonic()
    found = faults(text + "conversations:\n  - name: a\n    steps:\n      - use: s10\n")
    assert any("more than 10000 steps" in one for one in found)
    assert time.monotonic() - started < 10


def test_shared_steps_nest_as_deep_as_one_writes_them(write: Write) -> None:
    text = "shared:\n  s0:\n    - user: a\n" + "".join(f"  s{n}:\n    - use: s{n - 1}\n" for n in range(1, 2000))
    assert "too deep" in faults(text + "conversations:\n  - name: a\n    steps:\n      - use: s1999\n")[0]


def test_included_files(write: Write, tmp_path: Path) -> None:
    write("shared:\n  greet:\n    - user: hello\n", "b.chat.yaml")
    path = write("include: b.chat.yaml\nconversations:\n  - name: a\n    steps:\n      - use: greet\n      - user: bye\n")
    [found] = load_script(path)
    assert [(Path(step.path).name, step.line, step.says) for step in found.steps] == [("b.chat.yaml", 3, "hello"), ("a.chat.yaml", 6, "bye")]


@pytest.mark.parametrize(("other", "message"), [
    (None, "b.chat.yaml: no such file"),
    ("shared: [\n", "b.chat.yaml:2: is not YAML"),
    ("include: a.chat.yaml\n", "b.chat.yaml:1: includes 'a.chat.yaml', which includes this file"),
    ("", "b.chat.yaml:1: is empty"),
    ("- a\n", "b.chat.yaml:1: must be a mapping"),
    ("shared:\n  greet:\n    - user: hello\n      expect: {say: a}\n", "b.chat.yaml:4: unknown key 'say'"),
    ("shraed: {}\n", "b.chat.yaml:1: unknown key 'shraed'"),
])  # fmt: skip
def test_the_faults_of_included_files_are_theirs(write: Write, other: str | None, message: str) -> None:
    if other is not None:
        write(other, "b.chat.yaml")
    path = write("include: b.chat.yaml\nconversations:\n  - name: a\n    steps:\n      - use: greet\n")
    with pytest.raises(ScriptError) as raised:
        load_script(path)
    assert any(message in str(fault) for fault in raised.value.faults), raised.value


@pytest.mark.parametrize(("data", "message"), [
    (b"conversations:\n  - name: \xff\n", "a.chat.yaml:2: is not UTF-8"),
    (None, "a.chat.yaml: no such file"),
    (b"\xef\xbb\xbfconversations: 1\r\n", "a.chat.yaml:1: 'conversations' must be"),
])  # fmt: skip
def test_a_file_that_can_not_be_read_is_a_fault(tmp_path: Path, data: bytes | None, message: str) -> None:
    path = tmp_path / "a.chat.yaml"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(ScriptError, match=message):
        load_script(path)


def test_a_folder_that_is_named_like_a_script_is_no_crash(tmp_path: Path) -> None:
    (tmp_path / "a.chat.yaml").mkdir()
    assert find_scripts([str(tmp_path)]) == []


def test_tables_and_variables() -> None:
    """One conversation, many wordings: each row is one of its own, by a name that says which."""
    found = parsed("""\
        conversations:
          - name: what is {topic}
            variables: {verb: is}
            table:
              - {topic: lupus, caveat: lupus}
              - {topic: a slipped disc, caveat: general}
            steps:
              - user: What {verb} {topic}?
                expect: {caveats: ["{caveat}"], says_not: "{topic} kills"}
          - name: unnamed
            table: [{n: 1}, {n: 2}]
            steps: [{user: "{n}"}]
    """)
    assert [one.name for one in found] == ["what is lupus", "what is a slipped disc", "unnamed [1]", "unnamed [2]"]
    assert [one.steps[0].says for one in found] == ["What is lupus?", "What is a slipped disc?", "1", "2"]
    assert found[1].steps[0].expectations[0].wanted == ("general",)


def test_braces_without_variables_stay() -> None:
    assert parsed("conversations:\n  - name: a\n    steps:\n      - user: '{q}'\n")[0].steps[0].says == "{q}"


def test_a_name_of_the_table_alone_may_stand_in_the_name() -> None:
    found = parsed("conversations:\n  - name: a {q}\n    variables: {q: b}\n    steps:\n      - user: hi\n")
    assert found[0].name == "a b"


def test_numbers_are_read_as_they_were_written() -> None:
    """`user: 112` is a message too, and 1.50 is not 1.5."""
    [found] = parsed("conversations:\n  - name: 7\n    steps:\n      - user: 112\n      - user: 1.50\n      - user: 010\n      - user: 2026-11-29\n      - user: 12:30:45\n")
    assert [step.says for step in found.steps] == ["112", "1.50", "010", "2026-11-29", "12:30:45"]


def test_skip_and_xfail_have_reasons() -> None:
    found = parsed("conversations:\n  - name: a\n    skip: not yet\n    steps: [{user: a}]\n  - name: b\n    xfail: issue 7\n    steps: [{user: a}]\n")
    assert [(one.skip, one.fails) for one in found] == [("not yet", ""), ("", "issue 7")]


def test_the_files_of_a_folder_in_their_order(tmp_path: Path) -> None:
    for name in ("b.chat.yaml", "a.chat.yml", "c.yaml", "sub/d.chat.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert [path.name for path in find_scripts([str(tmp_path), str(tmp_path / "a.chat.yml")])] == ["a.chat.yml", "b.chat.yaml", "d.chat.yaml"]
    with pytest.raises(ScriptError, match="no such file or folder"):
        find_scripts([str(tmp_path / "none")])


def test_a_big_file_is_read_in_its_time() -> None:
    """5,000 conversations, in less than what a tester waits for."""
    text = "conversations:\n" + "".join(f"  - name: c{n}\n    steps:\n      - user: hi\n        expect: {{says: a, kind: chat}}\n" for n in range(5000))
    started = time.monotonic()
    assert len(parsed(text)) == 5000
    assert time.monotonic() - started < 20


KEYS = st.sampled_from(["conversations", "name", "steps", "user", "expect", "use", "shared", "include", "table", "variables", "tags", "skip", "xfail", *EXPECTATIONS])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["/(/", "{q}", "a", "answer", "/a*/"]) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS | st.text(max_size=3), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


def reads_or_says_why(text: str) -> None:
    try:
        parse_script(text, "a.chat.yaml")
    except ScriptError as error:
        assert error.faults


@given(st.fixed_dictionaries({"conversations": st.lists(st.fixed_dictionaries({"name": VALUES, "steps": st.lists(VALUES, max_size=2)}, optional={"table": VALUES, "variables": VALUES, "tags": VALUES, "skip": VALUES}), max_size=2)}, optional={"shared": VALUES}) | VALUES)
def test_whatever_values_stand_there_it_is_read_or_a_fault(values: object) -> None:
    import yaml

    reads_or_says_why(yaml.safe_dump(values, allow_unicode=True))


@given(st.text(alphabet="conversatiums: -{}[]&*!|>'\"\n\t#%@`,?/\\0aé\x00\u2028", max_size=60))
@example("? a\n: b")
@example("? [a]\n: b")
@example("!!binary a: b")
@example("a: !!timestamp x")
@example("a: !!int x")
@example("a: !!float ''")
@example("conversations: !!set {a, b}")
@example("<<: 1")
@example("\ud800")
def test_whatever_text_stands_there_it_is_read_or_a_fault(text: str) -> None:
    reads_or_says_why(text)


@given(st.lists(st.sampled_from(ISSUE.splitlines()), max_size=10), st.integers(0, 300), st.text(alphabet=":-{}[]'\"\t\n &*", max_size=3))
def test_a_script_with_lines_lost_and_letters_added_is_read_or_a_fault(lines: list[str], at: int, added: str) -> None:
    text = "\n".join(lines)
    reads_or_says_why(text[:at] + added + text[at:])


def test_a_script_is_read_without_the_bot() -> None:
    """pytest reads scripts at every collection."""
    done = subprocess.run([sys.executable, "-c", "import sys, spinebot.testing.script; print(*sys.modules)"], capture_output=True, text=True, check=True)
    assert not {"numpy", "nltk", "spinebot.bot", "regex"} & set(done.stdout.split())
