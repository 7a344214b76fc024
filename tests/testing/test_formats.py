"""What other programs read of a run: a build server that is told "passed" of a failure lets it through."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

import pytest

from spinebot.errors import Fault
from spinebot.testing.expect import Failure
from spinebot.testing.formats import to_json, to_junit, to_tap
from spinebot.testing.play import Outcome, Played, PlayedStep
from spinebot.testing.script import Conversation, Step

ODD = 'a "b" <c> & é # \\ \x00\x1b\ud800'
FAULTS = [Fault("bad.chat.yaml", 3, "unknown key 'kin' <&>"), Fault("bad.chat.yaml", 7, "lacks 'name'")]


def played(outcome: Outcome, name: str, path: str = "a.chat.yaml", skip: str = "", fails: str = "", trouble: str = "", failures: tuple[Failure, ...] = ()) -> Played:
    step = Step("hello", (), path, 4)
    steps = () if outcome == "skipped" else (PlayedStep(step, {"kind": "chat", "text": "Hello. ]]> " + ODD}, failures),)
    return Played(Conversation(name, path, 2, (step,), ("talk",), skip, fails), outcome, steps, 0.25, trouble)


RESULTS = [
    played("passed", "fine"),
    played("failed", ODD, failures=(Failure("says", "bye", "Hello.\x1b", "the reply lacks the words bye", 5),)),
    played("skipped", "later", skip="not yet"),
    played("xfailed", "known", "b.chat.yaml", fails="issue 12 # todo", failures=(Failure("says", "x", "y", "", 6),)),
    played("xpassed", "mended", "b.chat.yaml", fails="issue 13"),
    played("broken", "silent", "b.chat.yaml", trouble="no answer\nin 10 s"),
]


def test_junit_has_a_case_for_each_conversation_and_fault() -> None:
    root = ElementTree.fromstring(to_junit(RESULTS, FAULTS))
    assert {name: root.get(name) for name in ("tests", "failures", "errors", "skipped", "time")} == {
        "tests": "8", "failures": "2", "errors": "3", "skipped": "2", "time": "1.500",
    }  # fmt: skip
    assert [(suite.get("name"), suite.get("tests"), suite.get("failures"), suite.get("errors"), suite.get("skipped")) for suite in root] == [
        ("a.chat.yaml", "3", "1", "0", "1"),
        ("b.chat.yaml", "3", "1", "1", "1"),
        ("bad.chat.yaml", "2", "0", "2", "0"),
    ]
    kinds = [(case.get("name"), [child.tag for child in case]) for case in root.iter("testcase")]
    assert kinds[0] == ("fine", [])
    assert [found for _, found in kinds[1:]] == [["failure"], ["skipped"], ["skipped"], ["failure"], ["error"], ["error"], ["error"]]
    failure = next(root.iter("failure"))
    assert failure.get("message") == "a.chat.yaml:5: says: expected bye; got Hello.?"
    assert "a.chat.yaml:5: says" in (failure.text or "") and "\x1b" not in (failure.text or "")


def test_json_holds_everything() -> None:
    values = json.loads(to_json(RESULTS, FAULTS, {"passages": (["a"], ["a", "b"])}, 50.0))
    assert values["summary"] == {"failed": 1, "broken": 1, "xpassed": 1, "passed": 1, "skipped": 1, "xfailed": 1}
    assert values["faults"][1] == {"path": "bad.chat.yaml", "line": 7, "message": "lacks 'name'"}
    assert values["coverage"] == {"percent": 50.0, "sections": {"passages": {"reached": ["a"], "missed": ["b"]}}}
    failed: dict[str, Any] = values["conversations"][1]
    assert (failed["name"], failed["outcome"], failed["line"], failed["tags"], failed["seconds"]) == (ODD, "failed", 2, ["talk"], 0.25)
    assert failed["steps"][0]["reply"] == dict(RESULTS[1].steps[0].reply)
    assert failed["steps"][0]["failures"][0]["why"] == "the reply lacks the words bye"
    assert [one["reason"] for one in values["conversations"][2:]] == ["not yet", "issue 12 # todo", "issue 13", "no answer in 10 s"]
    assert "coverage" not in json.loads(to_json(RESULTS))


def test_tap_has_a_line_for_each_and_nothing_of_a_name_is_a_directive() -> None:
    lines = to_tap(RESULTS, FAULTS).splitlines()
    assert lines[:2] == ["TAP version 14", "1..8"]
    tests = [line for line in lines if line.startswith(("ok", "not ok"))]
    assert tests[0] == "ok 1 - a.chat.yaml: fine"
    assert tests[1].startswith('not ok 2 - a.chat.yaml: a "b" <c> & é \\# \\\\')
    assert tests[2] == "ok 3 - a.chat.yaml: later # SKIP not yet"
    assert tests[3] == "not ok 4 - b.chat.yaml: known # TODO issue 12 \\# todo"
    assert tests[4] == "not ok 5 - b.chat.yaml: mended"
    assert tests[7] == "not ok 8 - bad.chat.yaml:7: lacks 'name'"
    assert len(tests) == 8


@pytest.mark.parametrize("write", [to_junit, to_json, to_tap])
def test_nothing_at_all_is_still_a_whole_document(write: Any) -> None:
    assert write([], []).endswith("\n")


@pytest.mark.parametrize("write", [to_junit, to_json, to_tap])
def test_what_is_written_can_be_encoded(write: Any) -> None:
    """Half a character in a name, or in what a strange bot replies, must not cost the report."""
    write(RESULTS, FAULTS).encode("utf-8")
