"""Whether a reply is as a script expects it, and where it isn't, what was got instead and the likeliest reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from .patterns import pattern_of
from .script import Expectation, Step

#: A reply as the contract's JSON values; a bot that speaks another protocol has "text" alone.
Reply = Mapping[str, Any]


class Failure(NamedTuple):
    """An expectation that does not hold; `line` is where it stands, `why` the nearest reason, "" where none is known."""

    key: str
    expected: str
    got: str
    why: str
    line: int


def check(step: Step, reply: Reply) -> list[Failure]:
    """Every expectation of a step that does not hold of a reply."""
    return [failure for expectation in step.expectations if (failure := _check(expectation, reply)) is not None]


def _check(expectation: Expectation, reply: Reply) -> Failure | None:
    key, wanted = expectation.key, expectation.wanted
    if key not in _TEXT_ALONE and "kind" not in reply:
        return Failure(key, _told(wanted), "a reply of text alone", "the bot behind this address says no more than its text", expectation.line)
    try:
        found = _CHECKS[key](wanted, reply)
    except TimeoutError:
        found = wanted, "no verdict", "a regular expression takes too long on this reply: write it without a repetition inside a repetition"
    if found is None:
        return None
    return Failure(key, _told(found[0]), found[1], found[2], expectation.line)


def _told(wanted: object) -> str:
    return ", ".join(wanted) if isinstance(wanted, tuple | list) else str(wanted)


#: What a check found: what was missing or too much, what was got, the reason. None: it holds.
_Found = tuple[object, str, str] | None


def _same(key: str) -> Callable[[Any, Reply], _Found]:
    def compare(wanted: Sequence[str], reply: Reply) -> _Found:
        if reply[key] == wanted[0]:
            return None
        return wanted[0], str(reply[key]), _decided(reply)

    return compare


def _decided(reply: Reply) -> str:
    urgent = reply.get("urgent")
    if urgent:
        return f"the red flag {urgent['id']} was raised by {urgent['because']!r}"
    return f"the intent taken was {reply['intent']}"


def _says(wanted: Sequence[str], reply: Reply) -> _Found:
    missing = [text for text in wanted if pattern_of(text).find(reply["text"]) is None]
    if not missing:
        return None
    return missing, reply["text"], _nearest(missing[0], reply)


def _says_not(wanted: Sequence[str], reply: Reply) -> _Found:
    said = [(text, found) for text in wanted if (found := pattern_of(text).find(reply["text"])) is not None]
    if not said:
        return None
    return [text for text, _ in said], reply["text"], f"the reply says {said[0][1]!r}"


def _nearest(text: str, reply: Reply) -> str:
    """Which of the wanted words the reply lacks."""
    said = set(re.findall(r"\w+", reply["text"].lower()))
    lacking = [word for word in re.findall(r"\w+", text.lower()) if word not in said]
    if text.startswith("/") or not lacking:
        return _decided(reply) if "kind" in reply else ""
    return f"the reply lacks the words {', '.join(dict.fromkeys(lacking))}"


def _cites(wanted: Sequence[str], reply: Reply) -> _Found:
    quotes = reply["quotes"]
    passages = {quote["passage"] for quote in quotes}
    texts = [" ".join(quote["text"].lower().split()) for quote in quotes]
    missing = [one for one in wanted if one not in passages and not any(" ".join(one.lower().split()) in text for text in texts)]
    if not missing:
        return None
    return missing, ", ".join(sorted(passages)) or "no quote", _decided(reply)


def _caveats(wanted: Sequence[str], reply: Reply) -> _Found:
    carried = [caveat["id"] for caveat in reply["caveats"]]
    missing = [one for one in wanted if one not in carried]
    if not missing:
        return None
    passages = ", ".join(dict.fromkeys(quote["passage"] for quote in reply["quotes"])) or "none"
    return missing, ", ".join(carried) or "no caveat", f"its subject was neither in the message nor in the answer; passage: {passages}"


def _no_caveats(wanted: Sequence[str], reply: Reply) -> _Found:
    for caveat in reply["caveats"]:
        if caveat["id"] in wanted:
            called = f"{caveat['because']!r} called for it" if caveat["because"] else "every such reply carries it"
            return caveat["id"], ", ".join(one["id"] for one in reply["caveats"]), called
    return None


def _urgent(wanted: Sequence[str], reply: Reply) -> _Found:
    level = reply["urgent"]["level"] if reply["urgent"] else "none"
    if level == wanted[0]:
        return None
    return wanted[0], level, _decided(reply)


def _corrects(wanted: Sequence[str], reply: Reply) -> _Found:
    read = [correction["to"] for correction in reply["corrections"]]
    missing = [one for one in wanted if one not in read]
    return (missing, ", ".join(read) or "no correction", "") if missing else None


def _suggests(wanted: Sequence[str], reply: Reply) -> _Found:
    missing = [one for one in wanted if not any(one.lower() in suggestion.lower() for suggestion in reply["suggestions"])]
    return (missing, "; ".join(reply["suggestions"]) or "no suggestion", "") if missing else None


def _words_at_most(most: int, reply: Reply) -> _Found:
    words = len(reply["text"].split())
    return (most, f"{words} words", "") if words > most else None


def _exactly(wanted: Sequence[str], reply: Reply) -> _Found:
    text, said = wanted[0].strip(), reply["text"].strip()
    if text == said:
        return None
    at = next((at for at, (one, other) in enumerate(zip(text, said, strict=False)) if one != other), min(len(text), len(said)))
    return text, said, f"they part after {said[:at][-30:]!r}" if at else ""


_TEXT_ALONE = frozenset({"says", "says_not", "suggests", "words_at_most", "exactly"})
_CHECKS: dict[str, Callable[[Any, Reply], _Found]] = {
    "kind": _same("kind"),
    "says": _says,
    "says_not": _says_not,
    "cites": _cites,
    "caveats": _caveats,
    "no_caveats": _no_caveats,
    "urgent": _urgent,
    "intent": _same("intent"),
    "corrects": _corrects,
    "suggests": _suggests,
    "words_at_most": _words_at_most,
    "exactly": _exactly,
}
