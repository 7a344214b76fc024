"""The values that a corpus is made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence or list item: `text` is `[start:end]` (code points) of its article's file."""

    text: str
    start: int
    end: int
    item: bool = False
    promotional: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph or list under its headings; `id` is unique in the article and stays when text moves."""

    id: str
    headings: tuple[str, ...]
    sentences: tuple[Sentence, ...]
    line: int


@dataclass(frozen=True, slots=True, eq=False)
class Article:
    """One file of `corpus/`: `text` is the whole of it, front matter included."""

    id: str
    title: str
    source: str
    path: str
    text: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sentence stands: all that a quote of it needs."""

    article: Article
    passage: Passage
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Corpus:
    """All articles of a bot, in the order of their file names."""

    articles: tuple[Article, ...]

    def places(self) -> Iterator[Place]:
        """Every sentence of every article, in reading order."""
        for article in self.articles:
            for passage in article.passages:
                for sentence in passage.sentences:
                    yield Place(article, passage, sentence)
