"""Load the articles of `corpus/`: Markdown with front matter, one passage a paragraph or list."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from .article import Article, Corpus, Passage, Sentence
from .errors import CorpusError, Fault, SpinebotError
from .text import sentence_spans
from .yamlfile import load_text, parse_yaml

_HEADING = re.compile(r"(#{1,6}) +(.+?)\s*$")
_MARK = re.compile(r"<!-- *passage: *([a-z0-9][a-z0-9-]*) *-->\s*$")
_ITEM = re.compile(r"(?:[-*+]|\d+[.)]) +")
_KEYS = {"id", "title", "source", "promotional"}


def load_corpus(folder: Path) -> Corpus:
    """The articles of a folder, in the order of their file names.

    Raises CorpusError with every fault of every file, with file and line.
    """
    paths = sorted(folder.glob("*.md")) if folder.is_dir() else []
    if not paths:
        raise CorpusError(Fault(str(folder), 0, "holds no article: put at least one Markdown file (.md) there"))
    articles: list[Article] = []
    faults: list[Fault] = []
    for path in paths:
        try:
            articles.append(parse_article(load_text(path), str(path)))
        except SpinebotError as error:
            faults += error.faults
    for article_id, count in Counter(article.id for article in articles).items():
        if count > 1:
            faults.append(Fault(str(folder), 0, f"{count} articles have the id {article_id!r}: give each its own"))
    if faults:
        raise CorpusError(*faults)
    return Corpus(tuple(articles))


def parse_article(text: str, path: str) -> Article:
    """One article: front matter (id, title, source; promotional: sentences that advertise), then its text.

    A paragraph or a list is a passage. `<!-- passage: name -->` on the line above names it for good; without it
    the passage is named after its heading and its place below that. Raises CorpusError.
    """
    lines = text.splitlines(keepends=True)
    if not lines or lines[0].strip() != "---":
        raise CorpusError(Fault(path, 1, "has no front matter: begin with '---', 'id: ...', 'title: ...', 'source: ...', '---'"))
    try:
        close = next(number for number, line in enumerate(lines[1:], 1) if line.strip() == "---")
    except StopIteration:
        raise CorpusError(Fault(path, 1, "the front matter has no end: close it with a line '---'")) from None
    try:
        front = parse_yaml("".join(lines[1:close]), path, first_line=2)
    except SpinebotError as error:
        raise CorpusError(*error.faults) from None
    values = {key: node for key, node in front.items()}
    faults = [Fault(path, values[key].line, f"unknown key {key!r}: known are {', '.join(sorted(_KEYS))}") for key in values.keys() - _KEYS]
    faults += [Fault(path, 1, f"the front matter lacks {key!r}") for key in ("id", "title", "source") if key not in values]
    faults += [
        Fault(path, values[key].line, f"{key!r} must be text") for key in ("id", "title", "source") if key in values and not isinstance(values[key].value, str)
    ]
    said = values.get("promotional")
    if said is not None and not (isinstance(said.value, tuple) and all(isinstance(node.value, str) for node in said.sequence())):
        faults.append(Fault(path, said.line, "'promotional' must be a list of sentences"))
    if faults:
        raise CorpusError(*faults)
    promotional = {str(node.value): node.line for node in said.sequence()} if said is not None else {}
    comments = _find_comments(lines, close + 1, path, faults)
    passages = _parse_passages(lines, close + 1, str(values["id"].value), set(promotional), comments)
    quotable = {sentence.text for passage in passages for sentence in passage.sentences}
    faults += [Fault(path, line, f"no sentence of the article is {words!r}") for words, line in promotional.items() if words not in quotable]
    named: set[str] = set()
    for passage in passages:
        if passage.id in named:
            faults.append(Fault(path, passage.line, f"a second passage is named {passage.id!r}"))
        named.add(passage.id)
    for number, line in enumerate(lines[close + 1 :], close + 2):
        if line.startswith("<!--") and "passage" in line.lower() and not _MARK.match(line):
            faults.append(Fault(path, number, "is no passage mark: write <!-- passage: some-name --> in lower case"))
    if not passages:
        faults.append(Fault(path, close + 1, "has front matter but no text"))
    if faults:
        raise CorpusError(*faults)
    return Article(str(values["id"].value), str(values["title"].value), str(values["source"].value), path, text, passages)


def _find_comments(lines: list[str], first: int, path: str, faults: list[Fault]) -> set[int]:
    """The numbers of the lines that are comments, which no quote may hold: a comment has one or more lines of its own."""
    found: set[int] = set()
    opened = 0
    for number, line in enumerate(lines[first:], first + 1):
        words = line.strip()
        if opened or words.startswith("<!--"):
            found.add(number)
            opened = 0 if "-->" in words else opened or number
            if "-->" in words and not words.endswith("-->"):
                faults.append(Fault(path, number, "text stands behind a comment: give each its own line"))
        elif "<!--" in words:
            faults.append(Fault(path, number, "a comment stands behind text: give each its own line"))
    if opened:
        faults.append(Fault(path, opened, "the comment that begins here has no end: close it with -->"))
    return found


def _parse_passages(lines: list[str], first: int, article_id: str, promotional: set[str], comments: set[int]) -> tuple[Passage, ...]:
    headings: list[str] = []
    passages: list[Passage] = []
    unnamed: Counter[str] = Counter()
    at = sum(len(line) for line in lines[:first])
    name, block, block_at, block_line = "", "", 0, 0

    def close_block() -> None:
        nonlocal name, block
        if block.strip():
            slug = re.sub(r"[^a-z0-9]+", "-", (headings[-1] if headings else article_id).lower()).strip("-")
            unnamed[slug] += not name
            sentences = tuple(_parse_sentences(block, block_at, promotional))
            passages.append(Passage(name or f"{slug}-{unnamed[slug]}", tuple(headings), sentences, block_line))
            name = ""
        block = ""

    for number, line in enumerate(lines[first:], first + 1):
        heading, mark, comment = _HEADING.match(line), _MARK.match(line), number in comments
        if heading or comment or not line.strip():
            close_block()
        if heading and not comment:
            depth = len(heading[1])
            headings[:] = [*headings[: depth - 1], heading[2]]
        elif mark:
            name = mark[1]
        elif line.strip() and not comment:
            if not block:
                block_at, block_line = at, number
            block += line
        at += len(line)
    close_block()
    return tuple(passages)


def _parse_sentences(block: str, at: int, promotional: set[str]) -> list[Sentence]:
    sentences = []
    offset = 0
    for line in block.splitlines(keepends=True) if _ITEM.match(block) else [block]:
        item = _ITEM.match(line)
        spans = [(item.end(), len(line))] if item else sentence_spans(line)
        for start, end in spans:
            text = line[start:end]
            start += len(text) - len(text.lstrip())
            text = text.strip()
            if text:
                begin = at + offset + start
                sentences.append(Sentence(text, begin, begin + len(text), bool(item), text in promotional))
        offset += len(line)
    return sentences
