"""The rules' wordings and the corpus's words, compiled: what a word of a message can mean."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from .article import Corpus
from .english import EMPTY, FORMS, LIGHT, NEGATORS, SHORTHAND, STOP
from .matcher import Matcher
from .rules import Rules
from .spelling import Speller, distance, sound
from .text import MARKS, english_words, expand, rare_words, stem, tokens

#: Section of intents.yaml → the kind of term that its wordings become.
_KINDS = {
    "topics": "topic", "aspects": "aspect", "answers": "clue", "outside": "outside", "chat": "chat", "aims": "aim",
    "caveats": "caveat", "signs": "sign", "risks": "risk", "contexts": "context",
}


class Term(NamedTuple):
    """What a wording stands for: an entry of intents.yaml. `share` is how many entries of its kind have this wording."""

    kind: str
    id: str
    share: int


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a message, or a mark: as typed, as read, its stem, and whether its spelling was repaired.

    `evidence` names what it says about the message by its stem, `spelled` by all its letters; "" for marks and words that say nothing.
    """

    typed: str
    read: str
    stem: str
    repaired: bool
    evidence: str
    spelled: str

    @classmethod
    def of(cls, typed: str, read: str, repaired: bool = False) -> Word:
        """The word that `typed` is read as."""
        stemmed = stem(read)
        telling = stemmed not in _EMPTY
        return cls(typed, read, stemmed, repaired, f"word {stemmed}" if telling else "", f"spelled {read}" if telling else "")


_EMPTY = frozenset(map(stem, EMPTY))
MARK_WORDS = {mark: Word(mark, mark, mark, False, "", "") for mark in MARKS}


class Lexicon:
    """All wordings of the rules in one matcher, and the vocabulary that spelling is repaired against."""

    def __init__(self, rules: Rules, corpus: Corpus) -> None:
        owners: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        for section, kind in _KINDS.items():
            for rule in rules[section].values():
                for wording in rule.words:
                    ids = owners.setdefault((kind, wording.stems), [])
                    if rule.id not in ids:
                        ids.append(rule.id)
        terms = [(Term(kind, owner, len(ids)), sequence) for (kind, sequence), ids in owners.items() for owner in ids]
        self.matcher: Matcher[Term] = Matcher(terms)
        said = {token.lower(): None for place in corpus.places() for token in tokens(place.sentence.text) if token not in MARKS}
        self.corpus_stems = frozenset([stem(word) for token in said for word in expand(token)])
        self.known_stems = self.corpus_stems.union(*(sequence for _, sequence in owners))
        self._rules = rules
        self._said = said
        self._speller: Speller | None = None
        self.read = lru_cache(maxsize=20_000)(self._read)

    @property
    def speller(self) -> Speller:
        """Repairs words to those of the corpus first, then of topics and answers, then of everything else in the rules."""
        if self._speller is None:
            words = dict(self._said)
            for section in sorted(_KINDS, key=lambda name: name not in ("topics", "answers")):
                for rule in self._rules[section].values():
                    for wording in rule.words:
                        for part in wording.text.replace("/", " ").replace("-", " ").lower().split():
                            words[part] = None
            known = english_words() | words.keys() | SHORTHAND.keys() | FORMS.keys() | LIGHT | NEGATORS
            self._speller = Speller([word for word in words if (word not in STOP or len(word) > 3) and word not in NEGATORS], known)
        return self._speller

    def _read(self, token: str, opens: bool = True) -> tuple[Word, ...]:
        """The words that one token of a message stands for, spelling repaired; a mark stands for itself. `opens`: whether it opens a sentence."""
        if token in MARK_WORDS:
            return (MARK_WORDS[token],)
        words = []
        for word in expand(token):
            stemmed = stem(word)
            repaired = () if word in english_words() or word in self._said or word in rare_words() else self.speller.repair(word)
            if len(repaired) == 1 and stem(repaired[0]) == stemmed:
                repaired = ()  # A form that no list has, but no other word: "weekness" is, though it has the stem of "week".
            if repaired and self._is_name(token, repaired[0], opens):
                repaired = ()
            if repaired:
                words += [Word.of(token, better, True) for better in repaired]
            else:
                words.append(Word.of(token, word))
        return tuple(words)

    def _is_name(self, token: str, repaired: str, opens: bool) -> bool:
        """Whether a token that would be repaired is more likely a name: Leeds, or Soweto, which only sounds like "sweat"; or an acronym: MIG."""
        if token.isupper():
            return len(token) == len(repaired) == 3
        if not token.istitle():
            return False
        word = token.lower()
        slips = len(word) // 4 if len(word) > 4 else int(len(repaired) > len(word) > 3)  # "Fevr" lacks a letter, Pune has its own.
        return sound(repaired) != sound(word) or (not opens and distance(word, repaired, slips) > slips)
