"""Which of the conversations are played: by words of their names, as `-k` has them, and by their tags."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from .script import Conversation

#: Whether a conversation is wanted, by the text that it is looked for in.
_Test = Callable[[str], bool]
_TOKEN = re.compile(r'"[^"]*"|[()]|[^\s()"]+|"')
_SIGNS = frozenset(("(", ")", "and", "or", "not"))


def choose(conversations: Iterable[Conversation], words: str = "", tags: Sequence[str] = ()) -> list[Conversation]:
    """Those that `words` hold of and that have one of the tags; without words or tags, all of them.

    `words` is a text that stands in a conversation's name, its tags or its file's name, in any case, or several such
    texts with `and`, `or`, `not` and brackets between them.
    """
    wanted = _parse(words)
    return [one for one in conversations if (not tags or set(tags) & set(one.tags)) and wanted(_text_of(one))]


def _text_of(conversation: Conversation) -> str:
    return "\n".join((" ".join(conversation.name.split()), *conversation.tags, Path(conversation.path).name)).lower()


def _parse(words: str) -> _Test:
    """What is read as an expression where it is one, as a plain text where it is none: "do not lift (much)"."""
    plain = " ".join(words.lower().split())
    tokens = _TOKEN.findall(plain)
    if not tokens:
        return lambda text: True
    try:
        found = _any(tokens)
        if not tokens:
            return found
    except IndexError:
        pass
    return lambda text: plain in text


def _any(tokens: list[str]) -> _Test:
    """One or several with `or` between them. Takes its tokens off the front; raises IndexError where it is none."""
    tests = [_all(tokens)]
    while tokens and tokens[0] == "or":
        tokens.pop(0)
        tests.append(_all(tokens))
    return lambda text: any(test(text) for test in tests)


def _all(tokens: list[str]) -> _Test:
    tests = [_one(tokens)]
    while tokens and tokens[0] == "and":
        tokens.pop(0)
        tests.append(_one(tokens))
    return lambda text: all(test(text) for test in tests)


def _one(tokens: list[str]) -> _Test:
    token = tokens[0]
    if token == "not":
        tokens.pop(0)
        test = _one(tokens)
        return lambda text: not test(text)
    if token == "(":
        tokens.pop(0)
        test = _any(tokens)
        if tokens.pop(0) != ")":
            raise IndexError("a bracket is not closed")
        return test
    phrase: list[str] = []
    while tokens and tokens[0] not in _SIGNS:
        phrase.append(tokens.pop(0).strip('"'))
    if not phrase:
        raise IndexError("a text is missing")
    wanted = " ".join(phrase)
    return lambda text: wanted in text
