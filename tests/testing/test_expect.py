"""Every kind of expectation: what it lets pass, what it fails, and the reason that it gives. One that can't fail is no test."""

from __future__ import annotations

import time

import pytest

from spinebot.testing.expect import Failure, check
from spinebot.testing.script import EXPECTATIONS, parse_script

QUOTE = {"text": "Lupus has to be\nmedically treated.", "passage": "lupus", "article": "a", "start": 0, "end": 34, "heading": []}
REPLY = {
    "kind": "answer", "text": "Lupus has to be\nmedically treated.\nGeneral information.", "quotes": [QUOTE],
    "caveats": [{"id": "lupus", "text": "x", "because": "lupus"}, {"id": "general", "text": "y", "because": ""}], "urgent": None,
    "intent": "answers.lupus-treat", "corrections": [{"from": "lupsu", "to": "lupus"}], "suggestions": ["What does lupus do?"],
}  # fmt: skip
URGENT = {**REPLY, "kind": "urgent", "urgent": {"id": "cauda-equina", "level": "emergency", "text": "Go.", "because": "numb"}, "quotes": [], "caveats": [], "corrections": [], "suggestions": []}


def failures(expect: str, reply: dict = REPLY) -> list[Failure]:
    [conversation] = parse_script(f"conversations:\n  - name: a\n    steps:\n      - user: hi\n        expect: {expect}\n", "a.chat.yaml")
    return check(conversation.steps[0], reply)


HOLD = [
    "{kind: answer}", "{says: MEDICALLY treated}", "{says: has to be medically}", "{says: [lupus, general]}", "{says: /treat(ed|ment)/}",
    "{says_not: unicorn}", "{says_not: [unicorn, /rare/]}", "{cites: lupus}", "{cites: to be medically}", "{cites: [lupus, treated]}",
    "{caveats: lupus}", "{caveats: [general, lupus]}", "{no_caveats: diagnosis}", "{urgent: none}", "{intent: answers.lupus-treat}",
    "{corrects: lupus}", "{suggests: what does}", "{words_at_most: 8}", "{exactly: \"Lupus has to be\\nmedically treated.\\nGeneral information.\\n\"}", "{}",
]  # fmt: skip


@pytest.mark.parametrize("expect", HOLD)
def test_what_holds_passes(expect: str) -> None:
    assert failures(expect) == []


#: What fails, and what is said of it: expected, got, why.
FAIL = [
    ("{kind: chat}", "chat", "answer", "the intent taken was answers.lupus-treat"),
    ("{says: medical unicorn}", "medical unicorn", REPLY["text"], "the reply lacks the words medical, unicorn"),
    ("{says: treated medically}", "treated medically", REPLY["text"], "the intent taken was answers.lupus-treat"),
    ("{says: [lupus, rare, odd]}", "rare, odd", REPLY["text"], "the reply lacks the words rare"),
    ("{says: /rare|odd/}", "/rare|odd/", REPLY["text"], "the intent taken was answers.lupus-treat"),
    ("{says_not: Medically treated}", "Medically treated", REPLY["text"], "the reply says 'medically treated'"),
    ("{says_not: [rare, /gen\\w+/]}", "/gen\\w+/", REPLY["text"], "the reply says 'General'"),
    ("{cites: traction}", "traction", "lupus", "the intent taken was answers.lupus-treat"),
    ("{caveats: [lupus, diagnosis]}", "diagnosis", "lupus, general", "its subject was neither in the message nor in the answer; passage: lupus"),
    ("{no_caveats: lupus}", "lupus", "lupus, general", "'lupus' called for it"),
    ("{no_caveats: [diagnosis, general]}", "general", "lupus, general", "every such reply carries it"),
    ("{urgent: emergency}", "emergency", "none", "the intent taken was answers.lupus-treat"),
    ("{intent: chat.greeting}", "chat.greeting", "answers.lupus-treat", "the intent taken was answers.lupus-treat"),
    ("{corrects: sle}", "sle", "lupus", ""),
    ("{suggests: How rare}", "How rare", "What does lupus do?", ""),
    ("{words_at_most: 7}", "7", "8 words", ""),
    ("{exactly: Lupus has gone.}", "Lupus has gone.", REPLY["text"], "they part after 'Lupus has '"),
    ("{exactly: Hello}", "Hello", REPLY["text"], ""),
]  # fmt: skip


@pytest.mark.parametrize(("expect", "expected", "got", "why"), FAIL)
def test_what_does_not_hold_fails_with_its_reason(expect: str, expected: str, got: str, why: str) -> None:
    [failure] = failures(expect)
    assert (failure.expected, failure.got, failure.why, failure.line) == (expected, got, why, 5)
    assert failure.key == expect[1:].partition(":")[0]


@pytest.mark.parametrize(("expect", "got", "why"), [
    ("{urgent: none}", "emergency", "the red flag cauda-equina was raised by 'numb'"),
    ("{kind: answer}", "urgent", "the red flag cauda-equina was raised by 'numb'"),
    ("{cites: lupus}", "no quote", "the red flag cauda-equina was raised by 'numb'"),
    ("{caveats: lupus}", "no caveat", "its subject was neither in the message nor in the answer; passage: none"),
    ("{corrects: lupus}", "no correction", ""),
    ("{suggests: lupus}", "no suggestion", ""),
])  # fmt: skip
def test_what_an_urgent_reply_lacks(expect: str, got: str, why: str) -> None:
    [failure] = failures(expect, URGENT)
    assert (failure.got, failure.why) == (got, why)


def test_every_expectation_is_tried_here() -> None:
    for name, tried in (("pass", HOLD), ("fail", [expect for expect, *_ in FAIL])):
        assert {expect[1:].partition(":")[0] for expect in tried} - {"}", ""} == set(EXPECTATIONS), name


def test_every_failure_of_a_step_is_said() -> None:
    assert [failure.key for failure in failures("{kind: chat, says: unicorn, words_at_most: 1}")] == ["kind", "says", "words_at_most"]


@pytest.mark.parametrize("key", [key for key in EXPECTATIONS if key not in ("says", "says_not", "suggests", "words_at_most", "exactly")])
def test_a_bot_that_says_text_alone_can_not_pass_for_one_that_says_more(key: str) -> None:
    value = {"kind": "chat", "urgent": "none"}.get(key, "a")
    [failure] = failures(f"{{{key}: {value}}}", {"text": "hello", "suggestions": []})
    assert "no more than its text" in failure.why


@pytest.mark.parametrize("key", ["says", "says_not"])
def test_an_expression_that_would_never_end_fails_in_its_time(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would hang the whole run."""
    monkeypatch.setattr("spinebot.testing.patterns.PATIENCE", 0.2)
    started = time.monotonic()
    [failure] = failures(f"{{{key}: '/(x+x+)+(?<!x)y(?=z)/'}}", {**REPLY, "text": "x" * 5000})
    assert time.monotonic() - started < 10
    assert (failure.got, "takes too long" in failure.why) == ("no verdict", True)
