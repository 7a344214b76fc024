"""YAML that remembers the line of everything it read."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import yaml

from spinebot import yamlfile
from spinebot.errors import SpinebotError
from spinebot.yamlfile import Node, load_text, parse_yaml


def at(node: Node | None, *keys: str) -> Node:
    for key in keys:
        assert node is not None
        node = node.get(key)
    assert node is not None
    return node


TEXT = """\
# a comment
first: one
nested:
  flag: true
  list: [a, b]
  words: |
    line six begins here
    and goes on

  folded: >
    folded text
"""


@pytest.mark.parametrize(
    ("keys", "line"),
    [(("first",), 2), (("nested",), 3), (("nested", "flag"), 4), (("nested", "list"), 5), (("nested", "words"), 7), (("nested", "folded"), 11)],
)
def test_every_value_knows_the_line_an_editor_shows(keys: tuple[str, ...], line: int) -> None:
    assert at(parse_yaml(TEXT, "f.yaml"), *keys).line == line


def test_lines_count_from_where_the_text_stands_in_its_file() -> None:
    """Front matter begins on line 2 of the article: its faults must not be one line off."""
    root = parse_yaml("id: x\ntitle: y\n", "a.md", first_line=2)
    assert [node.line for _, node in root.items()] == [2, 3]
    with pytest.raises(SpinebotError) as caught:
        parse_yaml("id: x\ntitle: [\n", "a.md", first_line=2)
    assert caught.value.faults[0].line in (3, 4)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: text", "text"), ("a: 12", 12), ("a: 1.5", 1.5), ("a: true", True), ("a:", None), ("a: 'no'", "no"), ("a: \"12\"", "12"), ("a: |\n  x\n  y\n", "x\ny\n"),
    ],
)
def test_values_are_what_yaml_says(text: str, value: object) -> None:
    assert at(parse_yaml(text, "f.yaml"), "a").value == value


def test_keys_are_the_words_that_were_written() -> None:
    """`no:` and `yes:` are names of entries; YAML alone would make False and True of them."""
    assert [key for key, _ in parse_yaml("yes: 1\nno: 2\n12: 3\non: 4\n", "f.yaml").items()] == ["yes", "no", "12", "on"]


def test_a_node_of_another_kind_has_no_entries() -> None:
    root = parse_yaml("a: [x, y]\nb: text\n", "f.yaml")
    assert [node.value for node in at(root, "a").sequence()] == ["x", "y"]
    assert at(root, "b").sequence() == ()
    assert list(at(root, "b").items()) == []
    assert at(root, "a").get("x") is None


def test_an_empty_document_is_nothing() -> None:
    assert parse_yaml("# only a comment\n", "f.yaml") == Node(None, 1)


def test_every_duplicate_key_is_reported() -> None:
    """YAML keeps the last of two: the first rule would silently be gone."""
    with pytest.raises(SpinebotError) as caught:
        parse_yaml("a: 1\nb:\n  c: 1\n  c: 2\na: 2\n", "f.yaml")
    assert [(fault.path, fault.line) for fault in caught.value.faults] == [("f.yaml", 4), ("f.yaml", 5)]
    assert "'c'" in caught.value.faults[0].message


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: [1\n", 2),
        ("a: 1\n\tb: 2\n", 2),
        ("a: 1\n b: 2\n", 2),
        ("a: *nowhere\n", 1),
        ("a: 'open\n", 2),
        ("a: 1\n---\nb: 2\n", 2),
        ("a: !python/object x\n", 1),
        ("x: 1\na: !!python/name:os.system ''\n", 2),
    ],
)
def test_a_syntax_fault_is_one_line_with_its_place(text: str, line: int) -> None:
    with pytest.raises(SpinebotError) as caught:
        parse_yaml(text, "f.yaml")
    (fault,) = caught.value.faults
    assert fault.path == "f.yaml"
    assert fault.line == line
    assert "not YAML" in fault.message
    assert "\n" not in str(fault)


@pytest.mark.parametrize("loader", ["CSafeLoader", "SafeLoader"])
@pytest.mark.parametrize(
    "text", ["a: \x00b\n", "a: \x07b\n", "a: \ud800\n", "a: &x [*x]\n", "[" * 5000 + "]" * 5000, "a: 2026-13-45\n", "a: " + "9" * 5000 + "\n"]
)
def test_whatever_stands_in_the_file_is_a_fault_and_no_traceback(text: str, loader: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With and without the C library: which of the two is there depends on how PyYAML was installed."""
    if not hasattr(yaml, loader):
        pytest.skip(f"PyYAML has no {loader} here")
    monkeypatch.setattr(yamlfile, "_Loader", getattr(yaml, loader))
    with pytest.raises(SpinebotError) as caught:
        parse_yaml(text, "f.yaml")
    assert len(str(caught.value).splitlines()) == 1


def test_a_few_lines_that_unfold_to_a_million_values_are_refused() -> None:
    text = "a0: &a0 [" + ", ".join("x" * 10) + "]\n"
    text += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 6))
    with pytest.raises(SpinebotError):
        parse_yaml(text, "f.yaml")


def test_text_is_read_without_byte_order_mark_and_with_plain_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: \xc3\xa9\r\n")
    assert load_text(path) == "a: 1\nb: é\n"


def test_a_missing_file_a_folder_and_bytes_that_are_no_text_are_named(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_bytes(b"a: 1\nb: 2\nc: caf\xe9\n")
    for path, line, words in [(tmp_path / "none.yaml", 0, "no such file"), (tmp_path, 0, "can't be read"), (bad, 3, "not UTF-8")]:
        with pytest.raises(SpinebotError) as caught:
            load_text(path)
        (fault,) = caught.value.faults
        assert (fault.path, fault.line) == (str(path), line)
        assert words in fault.message


@pytest.mark.skipif(sys.platform == "win32", reason="file modes")
def test_a_file_that_may_not_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.yaml"
    path.write_text("a: 1\n", encoding="utf-8")

    def refuse(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(SpinebotError, match="Permission denied"):
        load_text(path)
