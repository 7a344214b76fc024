"""A run of scripted conversations as one HTML file: transcripts with marks, what was covered, filters. It asks nothing of any network."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from ..errors import Fault
from .formats import reason_of
from .play import BAD, Outcome, Played, PlayedStep
from .report import OUTCOMES, Covered, summary

_HERE = Path(__file__).parent
_BLANK = re.compile(r"\{\{([a-z-]+)\}\}")
#: What stands before a conversation, so that its outcome needs no colour.
_MARKS: dict[Outcome, str] = {"passed": "✓", "failed": "✗", "broken": "✗", "xpassed": "✗", "skipped": "○", "xfailed": "○"}
#: Not text: control characters that HTML forbids, and halves of characters that UTF-8 can't hold.
_NOT_TEXT = re.compile("[^\t\n\r\u0020-\u007e\u00a0-\ud7ff\ue000-\U0010ffff]")


def to_html(results: Sequence[Played], faults: Sequence[Fault] = (), covered: Covered | None = None, percent: float = 0.0) -> str:
    """The file's text. `covered` is section → (ids reached, all ids), `percent` what that comes to; without it the section is left out.

    Its policy lets run its own script and nothing else, whatever a reply holds.
    """
    style, script = (_read(f"report.{kind}") for kind in ("css", "js"))
    counts = Counter(played.outcome for played in results)
    tags = sorted({tag for played in results for tag in played.conversation.tags})
    faulty = len({fault.path for fault in faults})
    told = summary(results, faulty)
    filled = {
        "style": style, "style-hash": _hash(style), "script": script, "script-hash": _hash(script),
        "title": _text(f"Scripted conversations: {told}"), "summary": _text(told),
        "verdict": "bad" if faults or any(played.is_bad for played in results) else "good",
        "faults": "\n".join(_faults(faults)), "coverage": "\n".join(_coverage(covered, percent)),
        "outcomes": "".join(_box(outcome, counts[outcome]) for outcome in OUTCOMES if counts[outcome]),
        "tags": "".join(f'<option value="{_text(tag)}">{_text(tag)}</option>' for tag in tags),
        "conversations": "\n".join(part for played in results for part in _conversation(played)),
    }  # fmt: skip
    return _BLANK.sub(lambda found: filled[found[1]], _read("report.html"))


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """As a policy names the text of an element."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _text(text: str) -> str:
    """A text inside an element or an attribute."""
    return escape(_NOT_TEXT.sub("�", text))


def _box(outcome: Outcome, count: int) -> str:
    return f'<label><input type="checkbox" value="{outcome}" checked> {_text(OUTCOMES[outcome])} ({count})</label>'


def _faults(faults: Sequence[Fault]) -> Iterator[str]:
    if not faults:
        return
    yield '<section aria-labelledby="faults"><h2 id="faults">Faulty files</h2><ul class="bad">'
    for fault in faults:
        yield f"<li>{_text(str(fault))}</li>"
    yield "</ul></section>"


def _coverage(covered: Covered | None, percent: float) -> Iterator[str]:
    if covered is None:
        return
    yield f'<section aria-labelledby="coverage"><h2 id="coverage">Coverage: {percent:.1f} %</h2>'
    yield '<table><thead><tr><th scope="col">What</th><th scope="col">Reached</th><th scope="col">Not reached</th></tr></thead><tbody>'
    for section, (reached, everything) in covered.items():
        missed = [one for one in everything if one not in set(reached)]
        listed = f"<details><summary>{len(missed)}</summary>{_text(', '.join(missed))}</details>" if missed else "none"
        yield f'<tr><th scope="row">{_text(section)}</th><td>{len(reached)} of {len(everything)}</td><td>{listed}</td></tr>'
    yield "</tbody></table></section>"


def _conversation(played: Played) -> Iterator[str]:
    conversation = played.conversation
    opened = " open" if played.is_bad else ""
    tags = " ".join(conversation.tags)
    yield f'<details class="conversation {played.outcome}" data-outcome="{played.outcome}" data-tags="{_text(tags)}"{opened}>'
    yield (
        f'<summary><span class="mark">{_MARKS[played.outcome]} {_text(OUTCOMES[played.outcome])}</span> {_text(conversation.name)} '
        f'<span class="where">{_text(conversation.path)}:{conversation.line}</span></summary>'
    )
    if tags:
        yield f'<p class="tags">Tags: {_text(tags)}</p>'
    if played.outcome in ("skipped", "xfailed", "xpassed", "broken"):
        yield f'<p class="{"bad" if played.outcome in BAD else "why"}">{_text(reason_of(played))}</p>'
    yield '<ol class="steps">'
    for step in played.steps:
        yield from _step(step)
    for unplayed in conversation.steps[len(played.steps) :]:
        yield f'<li><p class="said user"><span class="who">User, not played</span>{_text(unplayed.says)}</p></li>'
    yield "</ol></details>"


def _step(played: PlayedStep) -> Iterator[str]:
    step = played.step
    mark = ('<span class="bad">✗</span> ' if played.failures else "✓ ") if step.expectations else ""
    yield f'<li><p class="said user"><span class="who">User</span>{_text(step.says)}</p>'
    yield f'<p class="said bot"><span class="who">{mark}Bot</span>{_text(str(played.reply.get("text", "")))}</p>'
    if played.failures:
        head = "".join(f'<th scope="col">{name}</th>' for name in ("What", "Expected", "Got", "Reason"))
        yield f'<div class="scroll" tabindex="0" role="group" aria-label="What does not hold"><table><thead><tr>{head}</tr></thead><tbody>'
        for failure in played.failures:
            where = f'{_text(failure.key)}<br><span class="where">{_text(step.path)}:{failure.line}</span>'
            cells = "".join(f"<td>{_text(cell)}</td>" for cell in (failure.expected, failure.got, failure.why))
            yield f'<tr><th scope="row">{where}</th>{cells}</tr>'
        yield "</tbody></table></div>"
    yield "</li>"
