"""A run of scripted conversations for other programs: JUnit's XML, JSON, TAP. Byte-identical, apart from times."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any
from xml.etree import ElementTree

from ..errors import Fault
from ..render import visible
from .play import Played
from .report import OUTCOMES, Covered, failure_text

_WIDTH = 100
#: What XML 1.0 can't hold, however it is written.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def reason_of(played: Played) -> str:
    """What happened, in one line: the first thing that does not hold, the trouble, or why it was skipped or is known to fail."""
    conversation = played.conversation
    if played.trouble or conversation.skip:
        return " ".join((played.trouble or conversation.skip).split())
    if conversation.fails:
        return " ".join(conversation.fails.split())
    for step in played.steps:
        for failure in step.failures:
            return " ".join(f"{step.step.path}:{failure.line}: {failure.key}: expected {failure.expected}; got {failure.got}".split())
    return ""


def to_junit(results: Sequence[Played], faults: Sequence[Fault] = ()) -> str:
    """The XML that build servers read: a suite a file, a case a conversation, an error a fault. Times are seconds."""
    root = ElementTree.Element("testsuites", name="spinebot")
    for path, group in groupby(results, key=lambda played: played.conversation.path):
        played = list(group)
        suite = _suite(root, path, len(played), sum(one.seconds for one in played))
        counts = Counter(_JUNIT.get(one.outcome, "") for one in played)
        suite.attrib.update(failures=str(counts["failure"]), errors=str(counts["error"]), skipped=str(counts["skipped"]))
        for one in played:
            _case(suite, one)
    for path, found in groupby(faults, key=lambda fault: fault.path):
        listed = list(found)
        suite = _suite(root, path, len(listed), 0)
        suite.attrib.update(failures="0", errors=str(len(listed)), skipped="0")
        for fault in listed:
            case = ElementTree.SubElement(suite, "testcase", classname=_xml(path), name=_xml(f"line {fault.line}"), time="0.000")
            ElementTree.SubElement(case, "error", message=_xml(str(fault)), type="faulty script")
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    root.set("time", f"{sum(one.seconds for one in results):.3f}")
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


_JUNIT = {"failed": "failure", "xpassed": "failure", "broken": "error", "skipped": "skipped", "xfailed": "skipped"}


def _suite(root: ElementTree.Element, path: str, tests: int, seconds: float) -> ElementTree.Element:
    return ElementTree.SubElement(root, "testsuite", name=_xml(path), tests=str(tests), time=f"{seconds:.3f}")


def _case(suite: ElementTree.Element, played: Played) -> None:
    conversation = played.conversation
    case = ElementTree.SubElement(
        suite, "testcase", classname=_xml(conversation.path), name=_xml(conversation.name),
        file=_xml(conversation.path), line=str(conversation.line), time=f"{played.seconds:.3f}",
    )  # fmt: skip
    kind = _JUNIT.get(played.outcome)
    if kind is None:
        return
    told = ElementTree.SubElement(case, kind, message=_xml(reason_of(played)))
    if kind != "skipped":
        told.set("type", OUTCOMES[played.outcome])
        told.text = _xml(failure_text(played, _WIDTH))


def _xml(text: str) -> str:
    return _NOT_XML.sub("?", text)


def to_json(results: Sequence[Played], faults: Sequence[Fault] = (), covered: Covered | None = None, percent: float = 0.0) -> str:
    """One object: `summary` (outcome → number), `faults`, `conversations` with their steps and replies, and `coverage` where there is one."""
    counts = Counter(played.outcome for played in results)
    values: dict[str, Any] = {
        "format": 1,
        "summary": {outcome: counts[outcome] for outcome in OUTCOMES},
        "faults": [{"path": fault.path, "line": fault.line, "message": fault.message} for fault in faults],
        "conversations": [_values(played) for played in results],
    }
    if covered is not None:
        sections = {
            section: {"reached": list(reached), "missed": [one for one in everything if one not in set(reached)]}
            for section, (reached, everything) in covered.items()
        }  # fmt: skip
        values["coverage"] = {"percent": round(percent, 2), "sections": sections}
    return json.dumps(values, indent=1) + "\n"


def _values(played: Played) -> dict[str, Any]:
    conversation = played.conversation
    return {
        "name": conversation.name, "path": conversation.path, "line": conversation.line, "tags": list(conversation.tags),
        "outcome": played.outcome, "reason": reason_of(played), "seconds": round(played.seconds, 6),
        "steps": [
            {
                "user": step.step.says, "path": step.step.path, "line": step.step.line, "reply": dict(step.reply),
                "failures": [failure._asdict() for failure in step.failures],
            }
            for step in played.steps
        ],
    }  # fmt: skip


def to_tap(results: Sequence[Played], faults: Sequence[Fault] = ()) -> str:
    """The Test Anything Protocol, version 14: a line a conversation, a faulty file's faults as tests that failed."""
    lines = ["TAP version 14", f"1..{len(results) + len(faults)}"]
    for number, played in enumerate(results, 1):
        lines += _tap_lines(number, played)
    for number, fault in enumerate(faults, len(results) + 1):
        lines.append(f"not ok {number} - {_tap(str(fault))}")
    return "\n".join(lines) + "\n"


def _tap_lines(number: int, played: Played) -> Iterator[str]:
    conversation = played.conversation
    # A TODO that passes does not fail a TAP run; here it does, so that such a one has no directive.
    directive = {"skipped": " # SKIP ", "xfailed": " # TODO "}.get(played.outcome, "")
    bad = "not ok" if played.is_bad or played.outcome == "xfailed" else "ok"
    why = f"{directive}{_tap(reason_of(played))}" if directive else ""
    yield f"{bad} {number} - {_tap(f'{conversation.path}: {conversation.name}')}{why}"
    if played.is_bad:
        yield "  ---"
        yield f"  message: {json.dumps(reason_of(played))}"
        yield f"  at: {json.dumps(f'{conversation.path}:{conversation.line}')}"
        yield f"  outcome: {json.dumps(OUTCOMES[played.outcome])}"
        yield "  ..."


def _tap(text: str) -> str:
    """A text on one line, with nothing in it that reads as a directive."""
    return " ".join(visible(text).split()).replace("\\", "\\\\").replace("#", "\\#")
