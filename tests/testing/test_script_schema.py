"""The JSON Schema for editors is in step with the reader, and says of a file what the reader says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from spinebot.errors import ScriptError
from spinebot.testing.script import EXPECTATIONS, parse_script
from spinebot.testing.script_schema import build_schema, schema_text

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    Draft202012Validator.check_schema(build_schema())
    return Draft202012Validator(build_schema())


def test_the_file_is_in_step() -> None:
    assert (ROOT / "chat.schema.json").read_text(encoding="utf-8") == schema_text(), "out of step: run `make schema`"


def test_the_module_prints_it() -> None:
    assert subprocess.run([sys.executable, "-m", "spinebot.testing.script_schema"], capture_output=True, text=True, check=True).stdout == schema_text()


def test_it_names_all_that_can_be_expected() -> None:
    assert list(build_schema()["$defs"]["expect"]["properties"]) == list(EXPECTATIONS)


def step(text: str) -> str:
    return f"conversations: [{{name: a, steps: [{text}]}}]"


def whole(text: str) -> str:
    return f"conversations: [{{name: a, steps: [{{user: b}}], {text}}}]"


GOOD = [
    step("{user: a}"), step("{user: 112}"), step("{user: a, expect: {}}"), step("{user: a, expect: {kind: answer, says: [a, /b/], urgent: none, words_at_most: 7}}"),
    step("{user: a, expect: {suggests: 7, exactly: a}}"), step("{use: s}") + "\nshared: {s: [{user: a}]}", "shared: {s: [{user: a}]}",
    whole("tags: safety"), whole("tags: [a, b_1]"), whole("variables: {a: b, c: 1}"), whole("table: [{a: b}, {a: c}]").replace("name: a", "name: 'x {a}'"), whole("skip: why"), whole("xfail: why"),
]  # fmt: skip
BAD = [
    "{}", "[]", "conversations: [{name: '', steps: [{user: a}]}]", "conversations: []", "conversations: a", "conversation: []", step(""), step("a"), step("{}"), step("{users: a}"), step("{user: [a]}"), step("{user: true}"),
    step("{user: a, use: b}"), step("{user: a, expect: a}"), step("{user: a, expect: {say: a}}"), step("{user: a, expect: {kind: b}}"), step("{user: a, expect: {urgent: high}}"),
    step("{user: a, expect: {words_at_most: a}}"), step("{user: a, expect: {words_at_most: -1}}"), step("{user: a, expect: {says: []}}"), step("{user: a, expect: {says: {a: b}}}"),
    "conversations: [{name: a}]", "conversations: [{steps: [{user: a}]}]", whole("tags: [red flag]"), whole("variables: [a]"), whole("table: []"), whole("table: [{}]"), whole("skip: true"),
    whole("tag: a"), "shared: {s: a}", "shared: a", step("{user: a, expect: {says: ''}}"), whole("skip: ''"),
]  # fmt: skip


@pytest.mark.parametrize("text", GOOD)
def test_both_accept(text: str, validator: Draft202012Validator) -> None:
    assert [error.message for error in validator.iter_errors(yaml.safe_load(text))] == []
    parse_script(text, "a.chat.yaml")


@pytest.mark.parametrize("text", BAD)
def test_both_refuse(text: str, validator: Draft202012Validator) -> None:
    assert not validator.is_valid(yaml.safe_load(text))
    with pytest.raises(ScriptError):
        parse_script(text, "a.chat.yaml")


def test_what_is_recorded_and_converted_is_valid(validator: Draft202012Validator, tmp_path: Path) -> None:
    from spinebot.testing.convert import convert

    done = convert([str(ROOT / "tests" / "clients" / "convos")], folder=tmp_path)
    assert len(done.written) == 5
    assert all(validator.is_valid(yaml.safe_load(path.read_text(encoding="utf-8"))) for path in done.written)
