"""Golden texts written anew: the reply stands there now, and every other byte of the file is as its author left it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinebot.errors import ScriptError
from spinebot.testing.expect import Reply
from spinebot.testing.golden import plan_update, scripts_to_update, update_scripts, write_update
from spinebot.testing.play import Played, play
from spinebot.testing.script import load_script, parse_script
from spinebot.testing.yamledit import appended, replaced, scalars


class Says:
    """A bot that says one thing."""

    def __init__(self, text: str) -> None:
        self._text = text

    def say(self, _: str) -> Reply:
        return {"text": self._text, "kind": "chat"}


def played(path: Path, reply: str) -> list[Played]:
    return [play(one, lambda: Says(reply)) for one in load_script(path)]


SCRIPT = """\
# Kept: who wrote this.
conversations:
- name: 'quoted'   # a comment
  steps:
    -   user: "hi"
        expect: {exactly: OLD, kind: chat}  # beside

  - {user: never}
"""


@pytest.mark.parametrize(("old", "new", "now"), [
    ("Hello.", "Hello there.", "Hello there."),
    ("Hello.", "Hello, [you]: #1", "'Hello, [you]: #1'"),
    ("'Hello.'", "It's you", "'It''s you'"),
    ('"Hello."', 'Say "it"', '"Say \\"it\\""'),
    ("'Hello.'", "two\nlines", '"two\\nlines"'),
    ("Hello.", "yes", "'yes'"),
    ("Hello.", "12", "'12'"),
])  # fmt: skip
def test_a_text_in_a_line_keeps_its_quotes_where_they_can_hold_it(tmp_path: Path, old: str, new: str, now: str) -> None:
    text = SCRIPT.replace("  - {user: never}\n", "")
    path = tmp_path / "a.chat.yaml"
    path.write_text(text.replace("OLD", old), encoding="utf-8")
    write_update(path, played(path, new))
    assert path.read_text(encoding="utf-8") == text.replace("OLD", now)
    assert [one.outcome for one in played(path, new)] == ["passed"]


@pytest.mark.parametrize(("old", "new", "now"), [
    ("|\n  Hello.", "one\n\ntwo", "|\n  one\n\n  two"),
    ("|-  # golden\n  Hello.", "one\ntwo", "|-  # golden\n  one\n  two"),
    (">\n    Hello\n    you.", "one\ntwo", ">\n    one\n\n    two"),
    ("|\n  Hello.\n\n", "new", "|\n  new\n\n"),
    ("Hello.", "one\ntwo: 3", "|\n  one\n  two: 3"),
    ("Hello\n  you.", "one", "one"),
    ("|\n  Hello.", "a\n  b", '"a\\n  b"'),
    ("|2\n  Hello.", "a\nb", '"a\\nb"'),
])  # fmt: skip
def test_a_text_of_several_lines_keeps_its_shape(tmp_path: Path, old: str, new: str, now: str) -> None:
    text = "conversations:\n  - name: a\n    steps:\n      - user: hi\n        expect:\n          exactly: OLD\n      # after\n      - user: bye\n"
    path = tmp_path / "a.chat.yaml"
    path.write_text(text.replace("OLD", old.replace("\n ", "\n" + " " * 11)), encoding="utf-8")
    write_update(path, played(path, new))
    assert path.read_text(encoding="utf-8") == text.replace("OLD", now.replace("\n ", "\n" + " " * 11))
    assert [one.outcome for one in played(path, new)] == ["passed"]


def test_the_difference_is_shown_and_nothing_written(tmp_path: Path) -> None:
    path = tmp_path / "a.chat.yaml"
    text = "conversations:\n  - name: a\n    steps:\n      - user: hi\n        expect: {exactly: old}\n"
    path.write_text(text, encoding="utf-8")
    diff = plan_update(path, played(path, "new")).diff
    assert "-        expect: {exactly: old}\n+        expect: {exactly: new}\n" in diff
    assert path.read_text(encoding="utf-8") == text
    assert plan_update(path, played(path, "old")).diff == ""
    assert scripts_to_update(played(path, "new")) == [path]
    assert scripts_to_update(played(path, "old")) == []


def test_each_script_is_shown_and_written_where_it_is_wanted(tmp_path: Path) -> None:
    texts = {}
    for name in "abc":
        path = tmp_path / f"{name}.chat.yaml"
        path.write_text(f"conversations:\n  - name: {name}\n    steps:\n      - user: hi\n        expect: {{exactly: {'new' if name == 'c' else 'old'}}}\n", encoding="utf-8")
        texts[path] = path.read_text(encoding="utf-8")
    shown: list[str] = []
    left = update_scripts([one for path in texts for one in played(path, "new")], shown.append, lambda path: path.name.startswith("a"))
    assert left == ()
    assert ["a.chat.yaml" in shown[0], "b.chat.yaml" in shown[1], len(shown)] == [True, True, 2]
    assert [path.name[0] for path, text in texts.items() if path.read_text(encoding="utf-8") != text] == ["a"]


def test_windows_line_ends_and_a_byte_order_mark_stay(tmp_path: Path) -> None:
    path = tmp_path / "a.chat.yaml"
    text = "\ufeffconversations:\r\n  - name: a\r\n    steps:\r\n      - user: hi\r\n        expect:\r\n          exactly: |\r\n            OLD\r\n      - user: bye\r\n"
    path.write_bytes(text.encode())
    write_update(path, played(path, "one\ntwo"))
    assert path.read_bytes() == text.replace("OLD", "one\r\n            two").encode()


def test_what_a_program_can_not_rewrite_is_said(tmp_path: Path) -> None:
    """A golden text with a variable in it is many texts."""
    path = tmp_path / "a.chat.yaml"
    text = "conversations:\n  - name: a {n}\n    table: [{n: x}, {n: y}]\n    steps:\n      - user: hi\n        expect: {exactly: 'old {n}'}\n"
    path.write_text(text, encoding="utf-8")
    update = plan_update(path, played(path, "new"))
    assert update.diff == ""
    assert [(fault.line, fault.message) for fault in update.left] == [(6, "this golden text holds variables: write it by hand")]


def test_one_golden_text_with_two_replies_is_left(tmp_path: Path) -> None:
    path = tmp_path / "a.chat.yaml"
    path.write_text("conversations:\n  - name: a {n}\n    table: [{n: x}, {n: y}]\n    steps:\n      - user: '{n}'\n        expect: {exactly: old}\n", encoding="utf-8")
    first, second = load_script(path)
    update = plan_update(path, [play(first, lambda: Says("x")), play(second, lambda: Says("y"))])
    assert update.diff == "" and "several replies" in update.left[0].message


def test_shared_steps_are_rewritten_where_they_stand(tmp_path: Path) -> None:
    other, path = tmp_path / "b.chat.yaml", tmp_path / "a.chat.yaml"
    other.write_text("shared:\n  greet:\n    - user: hi\n      expect: {exactly: old}\n", encoding="utf-8")
    path.write_text("include: b.chat.yaml\nconversations:\n  - name: a\n    steps: [{use: greet}]\n", encoding="utf-8")
    done = played(path, "new")
    assert scripts_to_update(done) == [other]
    write_update(other, done)
    assert "exactly: new" in other.read_text(encoding="utf-8")


def test_what_is_known_to_fail_is_not_rewritten(tmp_path: Path) -> None:
    path = tmp_path / "a.chat.yaml"
    path.write_text("conversations:\n  - name: a\n    xfail: why\n    steps: [{user: hi, expect: {exactly: old}}]\n", encoding="utf-8")
    assert plan_update(path, played(path, "new")).diff == ""


def test_a_file_that_changed_meanwhile_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "a.chat.yaml"
    path.write_text("conversations:\n  - name: a\n    steps: [{user: hi, expect: {exactly: old}}]\n", encoding="utf-8")
    update = plan_update(path, played(path, "new"))
    path.write_text("# mine\n", encoding="utf-8")
    with pytest.raises(ScriptError, match="was changed"):
        update.write()


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\n :#'\"{}[],&*!|>%@`-?"), max_size=30)


@given(st.sampled_from(["OLD", "'OLD'", '"OLD"', "|\n            OLD", ">-\n            OLD", "|2\n            OLD"]), TEXTS, st.booleans())
def test_whatever_was_replied_is_read_as_it_was_replied(old: str, new: str, flow: bool) -> None:
    text = f"a:\n  - x: 1 # c\n    exactly: {old}\n    y: 2\n" if not flow or "\n" in old else f"a: [{{x: 1, exactly: {old}, y: 2}}]  # c\n"
    at = next(n for n, one in enumerate(scalars(text)) if one.key == "exactly")
    try:
        after = replaced(text, {at: new})
    except ValueError:
        assert not new.isprintable() or not new.strip()
        return
    assert scalars(after)[at].value.strip() == new.strip()
    assert "# c" in after


def test_a_conversation_is_added_at_the_end() -> None:
    item = "- name: b\n  steps:\n    - user: x\n"
    for text in (
        "conversations:\n  - name: a  # it\n    steps:\n      - user: |\n          y\n\n# end\n",
        "conversations:\n- name: a\n  steps: [{user: y}]\n# end\n\n# about shared\nshared:\n  s: [{user: z}]\n",
        "shared:\n  s: [{user: z}]\nconversations:\n    - name: a\n      steps: [{user: y}]",
        "# just begun\n",
        "",
    ):
        after = appended(text, "conversations", item)
        assert [one.name for one in parse_script(after, "a.chat.yaml")][-1] == "b", after
        rest = iter(after.splitlines())
        assert all(line in rest for line in text.splitlines()), after
    with pytest.raises(ValueError, match="with dashes"):
        appended("conversations: [{name: a}]", "conversations", item)
