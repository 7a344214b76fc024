"""Repair of misspelt words against the bot's vocabulary, by edit distance and by sound."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from string import ascii_lowercase

from .english import STOP

_SOUNDS = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"(?:ti|si|ci|sh)on|shun", "Xn"), (r"ph|gh(?=$|t)", "f"), (r"sch|sh|ch(?=r)", "S"), (r"ch|tch", "C"), (r"dge|dg|g(?=[eiy])", "j"),
        (r"ck|q|c(?![eiy])|k", "k"),
        (r"c(?=[eiy])|z|ss", "s"), (r"x", "ks"), (r"^kn|^gn|^pn", "n"), (r"^wr", "r"), (r"wh", "w"), (r"th", "t"), (r"h", ""),
        (r"(?<=[aeo])w(?![aeiouy])", ""), (r"[aeiouy]+", "a"),
    )
]
#: Endings of medical words, which are names of their own and not two words run together.
_ONE_WORD = ("itis", "osis", "pathy", "oma", "algia", "plasty", "ectomy", "emia", "lysis")
_DOUBLE = re.compile(r"(.)\1+")


#: How many words that share most letter pairs are looked at.
LIKELY = 32
#: How many edits a like sound makes up for; where hardly a consonant is there to be alike, next to nothing.
ALIKE, LITTLE_ALIKE = 0.8, 0.2
#: From which cost on another English word that is one edit away is taken instead.
FAR = 1.5


def sound(word: str) -> str:
    """A key that words of like sound share: "rumatoyd" and "rheumatoid" have the same."""
    for pattern, replacement in _SOUNDS:
        word = pattern.sub(replacement, word)
    word = _DOUBLE.sub(r"\1", word)
    return word[:1] + word[1:].replace("a", "")


def distance(a: str, b: str, limit: int) -> int:
    """Edits (insert, drop, replace, swap of neighbours) that turn `a` into `b`; `limit + 1` where it takes more."""
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        before, last, row = row, before, [i]
        for j, right in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == b[j - 2] and a[i - 2] == right:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return min(row[-1], limit + 1)


class Speller:
    """Finds the vocabulary's word that a misspelt one was meant to be.

    `words` are in order of importance: of two words equally near, the first is taken. Words of `known` are left alone.
    """

    def __init__(self, words: Iterable[str], known: Collection[str]) -> None:
        self._known = known
        self._words = [word for word in dict.fromkeys(words) if len(word) > 2 and word.isalpha()]
        self._rank = {word: rank for rank, word in enumerate(self._words)}
        self._pairs: dict[str, list[str]] | None = None
        self._sounds: dict[str, list[str]] = {}

    def _index(self) -> dict[str, list[str]]:
        """Letter pair → words; built at the first misspelling, for most conversations have none."""
        pairs: defaultdict[str, list[str]] = defaultdict(list)
        sounds: defaultdict[str, list[str]] = defaultdict(list)
        for word in self._words:
            for pair in _pairs(word):
                pairs[pair].append(word)
            sounds[sound(word)].append(word)
        self._sounds = dict(sounds)
        return dict(pairs)

    def repair(self, word: str) -> tuple[str, ...]:
        """The word, or the two run-together words, that `word` was meant to be; () where none is near enough."""
        if word in self._known or len(word) < 3 or len(word) > 25 or not word.isalpha():
            return ()
        if self._pairs is None:
            self._pairs = self._index()
        best, cost = self._nearest(word)
        if cost > FAR and len(word) > 4:
            # Not two letters changed for a word of ours where one makes another: "confned" is "confined", not "confused".
            nearer = [other for other in _one_edit_from(word) if other in self._known]
            if nearer:
                return (nearer[0],)
        return (best,) if best else self._split(word)

    def _nearest(self, word: str) -> tuple[str, float]:
        """The nearest word of the vocabulary and how far it is, "" where all are too far."""
        key = sound(word)
        overlap: Counter[str] = Counter()
        assert self._pairs is not None
        for pair in _pairs(word):
            overlap.update(self._pairs.get(pair, ()))
        most = sorted(overlap.items(), key=lambda pair: (-pair[1], self._rank[pair[0]]))[:LIKELY]
        likely = dict.fromkeys([*(candidate for candidate, _ in most), *self._sounds.get(key, ())])
        limit = 1 if len(word) < 5 else 2 if len(word) < 8 else 3
        best, best_cost = "", math.inf
        for candidate in likely:
            edits = distance(word, candidate, limit + 1)
            alike = sound(candidate) == key and (len(key) > 2 or len(word) < 5)
            if edits > limit + (alike and len(word) > 4):
                continue
            if len(word) < 5 and not alike and sorted(word) != sorted(candidate) and edits + abs(len(word) - len(candidate)) > 1:
                continue
            if edits >= 2 and not alike and (word[0] != candidate[0] or edits > len(word) // 3):
                continue
            if (len(candidate) < 4 or candidate in STOP) and not alike:
                continue
            cost = edits - (ALIKE if len(key) > 2 else LITTLE_ALIKE) * alike + 0.4 * (word[0] != candidate[0]) + 0.00003 * self._rank[candidate]
            if cost < best_cost:
                best, best_cost = candidate, cost
        return best, best_cost

    def _split(self, word: str) -> tuple[str, ...]:
        if word.endswith(_ONE_WORD):
            return ()
        for at in range(4, len(word) - 3):
            left, right = word[:at], word[at:]
            if (left in self._rank and right in self._known) or (right in self._rank and left in self._known):
                return (left, right)
        return ()


def _one_edit_from(word: str) -> Iterator[str]:
    """All strings one edit away: first those with a letter put in, for letters are mostly dropped."""
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    yield from (left + letter + right for left, right in cuts for letter in ascii_lowercase)
    yield from (left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1)
    yield from (left + right[1:] for left, right in cuts if right)
    yield from (left + letter + right[1:] for left, right in cuts if right for letter in ascii_lowercase)


def _pairs(word: str) -> set[str]:
    framed = f"^{word}$"
    return {framed[at : at + 2] for at in range(len(framed) - 1)}
