"""Text into words, stems and sentences. The only module that uses nltk.

Importing nltk takes longer than all the rest of a start. So the stems of the common English words and of those of the
rules stand ready in stems.txt (made by `make stems`, held in step by a test), and nltk's Snowball stemmer is only
imported when a word is met that is not among them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib import resources

from .english import FORMS, MODERN, SHORTHAND, UNSTEMMED

#: What is read of one message at most, in characters: its beginning and its end.
READ_AT_MOST = 12_000
#: In pieces of how many characters the rest is searched for warning signs.
PIECE = 4_000

_QUOTES = str.maketrans({
    "’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'", "“": '"', "”": '"', "–": ",", "—": ",", "…": ".", "、": ",", "。": ".",
    "？": "?", "！": "!", "\u00a0": " ", "\u200b": "", "\u200d": "", "\ufe0f": "", "\ufeff": "",
})
_TOKEN = re.compile(
    r"\d+[.,]\d+|\d+(?=(?:[cCfF]|mg|ml|kg|lbs?|yrs?|yo|mm|cm|ft)?\b)"
    r"|[A-Za-z0-9]+(?:'[A-Za-z]+)*|[.?!;:,()\n]|[\U0001F300-\U0001FAFF\u2600-\u27BF]"
)
#: The tokens that end or divide a sentence.
MARKS = frozenset(".?!;:,()\n")

_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
_POSSESSIVE = re.compile(r"(?:'s)+$")
_WITH_IS = frozenset("what that it he she there where how who when why let here".split())
_STRETCHED = re.compile(r"(.)\1{2,}")

#: A sentence ends at its mark where a blank and then no small letter follow.
_SENTENCE_END = re.compile(r"(?<=[.?!])[\"')\]]*\s+(?![a-z\s])")
_ABBREVIATION = re.compile(r"\b(?:[Dd]r|[Mm]rs?|[Mm]s|[Pp]rof|e\.g|i\.e|vs|approx|[Ff]ig|[A-Z])\.[\"')\]]*\s*$")


def clean(text: str) -> str:
    """`text` without what a terminal or a file could trip over: control characters, lone surrogates, direction marks."""
    return text if text.isascii() and text.isprintable() else _UNSAFE.sub(" ", text)


def tokens(text: str) -> list[str]:
    """The words, numbers, sentence marks and emoji of `text`, as typed, in order.

    Of a text longer than `READ_AT_MOST` the beginning and the end are read.
    """
    if len(text) > READ_AT_MOST:
        text = text[: READ_AT_MOST // 2] + "\n" + text[-READ_AT_MOST // 2 :]
    if not text.isascii():
        folded = unicodedata.normalize("NFKD", text.translate(_QUOTES))
        text = "".join(mark for mark in folded if not unicodedata.combining(mark))
    return _TOKEN.findall(text)


def middle(text: str) -> Iterator[str]:
    """What `tokens` leaves out of a text longer than `READ_AT_MOST`, in pieces that end with a sentence, or else at a blank."""
    at, stop = READ_AT_MOST // 2, len(text) - READ_AT_MOST // 2
    if at >= stop:
        return
    at = _cut(text, at)
    while at < stop:
        end = _cut(text, at + PIECE)
        yield text[at:end]
        at = end


def _cut(text: str, at: int) -> int:
    """Where to cut `text`, near before `at` and not within a word where that can be helped."""
    near = max(0, at - PIECE // 4)
    ends = [found + len(mark) for mark in (". ", "! ", "? ", "\n") if (found := text.rfind(mark, near, at)) >= 0]
    return max(ends, default=0) or text.rfind(" ", near, at) + 1 or at


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """The stem of one lower-case word: "radiating" → "radiat", "fell" → "fall", "39.4" → "#39.4"."""
    word = FORMS.get(word, word)
    if word[:1].isdigit() and word.replace(".", "", 1).replace(",", "", 1).isdigit():
        whole, comma, part = word.partition(",")
        return "#" + (whole + part if len(part) == 3 else whole + "." + part if comma else word)
    if word in UNSTEMMED:
        return word
    ready = _stems().get(word)
    if ready is None:
        ready = word if word in english_words() else rare_words().get(word) or _snowball()(word)
    return ready


@lru_cache(maxsize=1)
def english_words() -> frozenset[str]:
    """The common English words of both spellings (from SCOWL, see words.LICENSE): words that are not misspelt."""
    return MODERN.union(_file("words.txt").split())


@lru_cache(maxsize=1)
def rare_words() -> dict[str, str]:
    """The less common English words, each with its stem; read at the first word that is not a common one, for many conversations have none."""
    return {line.split(" ")[0]: line.split(" ")[-1] for line in _file("rare.txt").splitlines()}


@lru_cache(maxsize=1)
def _stems() -> dict[str, str]:
    """Word → stem, of the words that stems.txt has ready; an English word that it doesn't have is its own stem."""
    return dict([line.split(" ") for line in _file("stems.txt").splitlines()])


@lru_cache(maxsize=1)
def _snowball() -> Callable[[str], str]:
    from nltk.stem.snowball import EnglishStemmer

    stemmed: Callable[[str], str] = EnglishStemmer().stem
    return stemmed


def _file(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="ascii")


@lru_cache(maxsize=20_000)
def expand(token: str) -> tuple[str, ...]:
    """The plain words that a token stands for: "can't" → ("can", "not"), "ur" → ("your",), "sooo" → ("so",)."""
    word = token.lower()
    if token in SHORTHAND:
        return tuple(SHORTHAND[token].split())  # As typed: "ER" is no "er, ...".
    if "'" in word:
        bare = _POSSESSIVE.sub("", word)
        if bare != word and bare not in _WITH_IS:
            return expand(bare)
        if word in {"i'll", "we'll", "we're", "she'll", "he'll", "she'd", "we'd", "i'd", "he'd"}:
            return (word.split("'")[0], "will")
        word = word.replace("'", "")
    if word in SHORTHAND:
        return tuple(SHORTHAND[word].split())
    if _STRETCHED.search(word) and len(set(word)) > 1 and not word.isdigit():
        return expand(_STRETCHED.sub(r"\1\1" if _STRETCHED.sub(r"\1\1", word) in _DOUBLED else r"\1", word))
    return (word,)


#: Words with a double letter of their own, which "feeeel" is read as.
_DOUBLED = frozenset(
    """
    too feel need off all well really wee pee poo still will full ill cell soon been see good week sleep feet look knee fall tell deep keep cool food
    foot book
    """.split()
)


def stems(text: str) -> tuple[str, ...]:
    """The stems of every word of `text`, in order; sentence marks are left out."""
    return tuple([stem(word) for token in tokens(text) if token not in MARKS for word in expand(token)])


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Where each sentence of one paragraph starts and ends, in code points."""
    spans, start = [], len(text) - len(text.lstrip())
    for end in _SENTENCE_END.finditer(text):
        if not _ABBREVIATION.search(text[start : end.end()]):
            spans.append((start, end.start() + len(end[0].rstrip())))
            start = end.end()
    stop = len(text.rstrip())
    if stop > start:
        spans.append((start, stop))
    return spans
