"""The answers of `intents.yaml` bound to the sentences of the corpus that they quote."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass

from .article import Corpus, Place
from .errors import Fault, RulesError
from .rules import Rules


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What the article answers to one kind of question: `places` are the sentences, in the order in which they are said.

    `said`: the same sentences, as the article and the start of each; `words`: how many they have together.
    """

    id: str
    ask: str
    places: tuple[Place, ...]
    about: tuple[str, ...]
    asks: tuple[str, ...]
    is_list: bool
    position: int
    said: frozenset[tuple[str, int]]
    words: int


#: What tells the topics that the sentences of an answer name.
Named = Callable[[Answer], Collection[str]]


def bind_answers(rules: Rules, corpus: Corpus) -> tuple[Answer, ...]:
    """Every answer with its sentences.

    Raises RulesError for a beginning that no sentence or more than one has, and for a sentence that no answer quotes.
    """
    places = list(corpus.places())
    answers, faults, quoted = [], [], set()
    beginnings: defaultdict[str, list[Place]] = defaultdict(list)
    for place in places:
        beginnings[_plain(place.sentence.text)[:8]].append(place)
    for position, rule in enumerate(rules["answers"].values()):
        bound = []
        for beginning, line in rule.values.get("quote", ()):  # type: ignore[attr-defined]
            plain = _plain(beginning)
            likely = beginnings.get(plain[:8], []) if len(plain) >= 8 else places
            found = [place for place in likely if _plain(place.sentence.text).startswith(plain)]
            if len(found) == 1:
                bound.append(found[0])
                quoted.add((found[0].article.id, found[0].sentence.start))
            else:
                how_many = f"{len(found)} sentences begin" if found else "no sentence of the corpus begins"
                faults.append(Fault(rules.path, line, f"answers.{rule.id}: {how_many} with {beginning!r}"))
        said = frozenset([(place.article.id, place.sentence.start) for place in bound])
        words = sum(len(place.sentence.text.split()) for place in bound)
        answers.append(Answer(rule.id, rule.text("ask"), tuple(bound), rule.ids("about"), rule.ids("asks"), rule.flag("list"), position, said, words))
    for place in places:
        if (place.article.id, place.sentence.start) not in quoted:
            line = place.article.text.count("\n", 0, place.sentence.start) + 1
            faults.append(Fault(place.article.path, line, f"no answer of intents.yaml quotes the sentence {place.sentence.text[:60]!r}"))
    if faults:
        raise RulesError(*faults)
    return tuple(answers)


def _plain(text: str) -> str:
    return " ".join(text.split())
