"""The JSON Schema is in step with the loader's tables, and says of a file what the loader says."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from spinebot.errors import RulesError
from spinebot.rules import PHRASES, REQUIRED_CAVEATS, SECTIONS, load_rules
from spinebot.schema import build_schema, schema_text

ROOT = Path(__file__).resolve().parents[1]


_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _EditorLoader(_Loader):
    """YAML as editors read it: a date is text."""


_EditorLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in _Loader.yaml_implicit_resolvers.items()
}


@pytest.fixture(scope="module")
def intents() -> dict:
    return yaml.load((ROOT / "intents.yaml").read_text(encoding="utf-8"), _EditorLoader)


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    return Draft202012Validator(build_schema())


def test_the_file_is_in_step() -> None:
    assert (ROOT / "intents.schema.json").read_text(encoding="utf-8") == schema_text(), "out of step: run `make schema`"


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(build_schema())


def test_the_module_prints_it() -> None:
    printed = subprocess.run([sys.executable, "-m", "spinebot.schema"], capture_output=True, check=True).stdout
    assert json.loads(printed) == build_schema()


def test_it_names_all_that_the_loader_knows() -> None:
    sections = build_schema()["properties"]
    assert list(sections) == list(SECTIONS)
    assert list(sections["phrases"]["properties"]) == list(PHRASES)
    assert sections["caveats"]["required"] == list(REQUIRED_CAVEATS)
    for name, section in SECTIONS.items():
        if name != "phrases":
            entry = sections[name] if section.single else sections[name]["additionalProperties"]
            assert list(entry["properties"]) == list(section.fields), name


def test_the_spine_bot_validates(intents: dict, validator: Draft202012Validator) -> None:
    assert [f"{'.'.join(map(str, error.absolute_path))}: {error.message}" for error in validator.iter_errors(intents)] == []


def _first(section: dict) -> dict:
    return next(iter(section.values()))


FAULTS = {
    "an unknown section": lambda it: it.update(topcis={}),
    "a missing section": lambda it: it.pop("signs"),
    "an empty section": lambda it: it.update(chat={}),
    "an unknown key": lambda it: _first(it["topics"]).update(wrods="a"),
    "a missing key": lambda it: _first(it["answers"]).pop("ask"),
    "a missing caveat": lambda it: it["caveats"].pop("general"),
    "a faulty caveat that every bot has": lambda it: it["caveats"]["general"].update(txt="a"),
    "no numbers to call": lambda it: it["numbers"].pop("default"),
    "an unknown level": lambda it: _first(it["red_flags"]).update(level="later"),
    "a flag that is text": lambda it: _first(it["topics"]).update(general="yes please"),
    "ids that are text": lambda it: _first(it["topics"]).update(caveats="lupus"),
    "text that is a list": lambda it: it["bot"].update(name=["a"]),
    "text that is a flag": lambda it: it["bot"].update(name=True),
    "text that is blank": lambda it: it["bot"].update(name="  "),
    "an entry that is text": lambda it: it["chat"].update(joke="Ha"),
    "a missing phrase": lambda it: it["phrases"].pop("no_answer"),
    "an unknown phrase": lambda it: it["phrases"].update(bye="Bye"),
    "a phrase with braces that nothing fills": lambda it: it["phrases"].update(outside="No {topic}"),
    "a phrase with a brace left open": lambda it: it["phrases"].update(no_answer="No {"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_schema_and_loader_refuse(fault: str, intents: dict, validator: Draft202012Validator, tmp_path: Path) -> None:
    changed = copy.deepcopy(intents)
    FAULTS[fault](changed)
    assert not validator.is_valid(changed)
    path = tmp_path / "intents.yaml"
    path.write_text(yaml.dump(changed, Dumper=_Dumper, allow_unicode=True, sort_keys=False), encoding="utf-8")
    with pytest.raises(RulesError):
        load_rules(path)


GOOD = {
    "text that is a number": lambda it: it["numbers"]["default"].update(emergency=112),
    "a phrase with its word filled in": lambda it: it["phrases"].update(outside="Nothing on {subject}, {{really}}."),
    "no flag": lambda it: _first(it["topics"]).pop("general", None),
}


@pytest.mark.parametrize("change", GOOD)
def test_schema_and_loader_accept(change: str, intents: dict, validator: Draft202012Validator, tmp_path: Path) -> None:
    changed = copy.deepcopy(intents)
    GOOD[change](changed)
    assert validator.is_valid(changed)
    path = tmp_path / "intents.yaml"
    path.write_text(yaml.dump(changed, Dumper=_Dumper, allow_unicode=True, sort_keys=False), encoding="utf-8")
    load_rules(path)
