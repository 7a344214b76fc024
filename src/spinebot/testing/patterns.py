"""What the texts of a script look for in a reply: words, or a regular expression that gives up in time."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

#: How long one regular expression may take on one reply, in seconds.
PATIENCE = 2.0
_REGEX = re.compile(r"/(.+)/", re.DOTALL)


class Pattern(NamedTuple):
    """What a text of `says` looks for in a reply."""

    find: Callable[[str], str | None]


@lru_cache(maxsize=10_000)
def pattern_of(text: str) -> Pattern:
    """What a text of `says` looks for: itself, with any blanks between its words, or a regular expression; in any case.

    `find` gives what it found in a reply, None for nothing. An expression gives up with TimeoutError after `PATIENCE` seconds: one such
    as /(a+)+b/ takes longer than the world on a long reply. Raises ValueError for an expression that doesn't compile.
    """
    found = _REGEX.fullmatch(text)
    if not found:
        plain = re.compile(r"\s+".join(map(re.escape, text.split())), re.IGNORECASE)
        return Pattern(lambda reply: match[0] if (match := plain.search(reply)) else None)
    import regex

    try:
        sought = regex.compile(found[1], regex.IGNORECASE | regex.V0)
    except (regex.error, OverflowError, RecursionError, ValueError) as error:
        raise ValueError(f"{text} is no regular expression: {error}") from None
    return Pattern(lambda reply: match[0] if (match := sought.search(reply, timeout=PATIENCE)) else None)
