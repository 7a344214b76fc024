"""Runs question files through a bot, in this process, and judges every reply by the contract. Knows nothing of `src/`.

A question file holds one JSON object a line: `id`, `style`, `turns` (the last one is judged), and `expect` with `kind`,
`groups` (phrases of which each group needs one in the answer), `caveats` and `level`.

`tune/` may be read and learned from. Of `held/` only totals are looked at: nothing here puts a message into a `repr`,
a reason or an exception, so no failing test shows one.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

VOICES = Path(__file__).resolve().parent
ROOT = VOICES.parents[1]
#: The question files beside the repository, where they are there.
SAMPLES = ROOT.parent / "shared" / "eval"

#: Words that an answer may have; where several things are told, more.
MOST_WORDS = 130
MOST_WORDS_OF_SEVERAL = 320
SEVERAL = frozenset(("list", "comparison"))

#: Caveat → what an answer speaks of when it must come with it.
CALLED_FOR_BY = {
    "lupus": re.compile(r"\blupus\b"),
    "surgery": re.compile(r"\bsurger"),
    "traction": re.compile(r"\btraction\b"),
    "injections": re.compile(r"\binject"),
    "medication": re.compile(r"\bmedication|\banalgesic|\bnonsteroidal|\bnarcotic|\bmuscle relaxer|\bdrugs?\b"),
    "immobilization": re.compile(r"\bsoft collar|\bimmobiliz"),
}

#: What can be wrong with a reply, in the order of a table's columns.
FAULTS = ("refused", "answered", "alarm", "no alarm", "small talk", "wrong quote", "too long", "caveat", "level")

#: A reply as JSON values; a way of starting a conversation: it gives what takes a message and returns its reply.
Reply = Mapping[str, Any]
Start = Callable[[], Callable[[str], Reply]]


@dataclass(frozen=True)
class Item:
    """One question: what is said, and what the reply to the last of it must be."""

    id: str
    style: str
    turns: tuple[str, ...] = field(repr=False)
    kinds: frozenset[str]
    groups: tuple[tuple[str, ...], ...] = field(repr=False)
    caveats: frozenset[str]
    levels: frozenset[str]


@dataclass(frozen=True)
class Result:
    """What became of an item: the faults of its last reply, and the invariants that any of its replies broke."""

    item: Item
    faults: tuple[str, ...]
    broken: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return not self.faults


def question_files(half: str) -> list[Path]:
    """The files of `tune` or `held`; of `samples`, those beside the repository."""
    return sorted((SAMPLES if half == "samples" else VOICES / half).glob("*.jsonl"))


def read_items(path: Path) -> list[Item]:
    """The items of a question file."""
    items = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            entry = json.loads(line)
            expect = entry["expect"]
            items.append(
                Item(
                    entry["id"],
                    entry["style"],
                    tuple(" ".join(turn.split()) for turn in entry["turns"]),
                    frozenset(expect["kind"]),
                    tuple(tuple(plain(phrase) for phrase in group) for group in expect.get("groups", ())),
                    frozenset(expect.get("caveats", ())),
                    frozenset(expect.get("level", ())),
                )
            )
    return items


def plain(text: str) -> str:
    """`text` in small letters, with straight quotation marks and single blanks."""
    return " ".join(text.replace("’", "'").replace("“", '"').replace("”", '"').lower().split())


def holds(item: Item, answer: str) -> bool:
    """Whether an answer says what it must: a phrase of every group."""
    said = plain(answer)
    return all(any(phrase in said for phrase in group) for group in item.groups)


def run(items: Iterable[Item], start: Start, articles: Mapping[str, str]) -> list[Result]:
    """Every item in a conversation of its own. `articles`: id → the text of its file."""
    return [_run_one(item, start, articles) for item in items]


def _run_one(item: Item, start: Start, articles: Mapping[str, str]) -> Result:
    say = start()
    try:
        replies = [say(turn) for turn in item.turns]
    except Exception as error:
        # Without its traceback, which would show the message.
        raise RuntimeError(f"{item.id}: {type(error).__name__} instead of a reply") from None
    broken = [fault for reply in replies for fault in broken_invariants(reply, articles)]
    return Result(item, tuple(judge(item, replies[-1])), tuple(dict.fromkeys(broken)))


def judge(item: Item, reply: Reply) -> list[str]:
    """What is wrong with the reply to an item's last message: some of `FAULTS`."""
    kind, answer = reply["kind"], reply["answer"]
    faults = []
    if kind not in item.kinds:
        if "urgent" in item.kinds and kind != "urgent" and "answer" not in item.kinds:
            faults.append("no alarm")
        else:
            faults.append({"no_answer": "refused", "answer": "answered", "urgent": "alarm", "chat": "small talk"}[kind])
    elif kind == "urgent" and reply["urgent"]["level"] not in item.levels:
        faults.append("level")
    if kind == "answer":
        if "answer" in item.kinds and not holds(item, answer):
            faults.append("wrong quote")
        if "answer" in item.kinds and len(answer.split()) > (MOST_WORDS_OF_SEVERAL if item.style in SEVERAL else MOST_WORDS):
            faults.append("too long")
    if not item.caveats <= caveat_ids(reply):
        faults.append("caveat")
    return faults


def broken_invariants(reply: Reply, articles: Mapping[str, str]) -> list[str]:
    """What the contract says of every reply and this one doesn't keep."""
    broken = []
    kind, ids = reply["kind"], caveat_ids(reply)
    if kind not in ("answer", "no_answer", "urgent", "chat"):
        broken.append("a kind that there isn't")
    if kind != "chat" and "general" not in ids:
        broken.append("no general caveat")
    said = plain(reply["answer"])
    broken += [f"speaks of {caveat} without its caveat" for caveat, words in CALLED_FOR_BY.items() if caveat not in ids and words.search(said)]
    for quote in reply["quotes"]:
        text = quote["text"]
        if not text or articles[quote["article"]][quote["start"] : quote["end"]] != text:
            broken.append("a quote that is not verbatim")
        elif text not in reply["answer"]:
            broken.append("a quote that the answer lacks")
    if (kind == "urgent") != bool(reply["urgent"]):
        broken.append("urgent and its advice apart")
    elif kind == "urgent" and not reply["text"].startswith(reply["urgent"]["text"]):
        broken.append("urgent advice that doesn't come first")
    if kind == "answer" and not reply["quotes"]:
        broken.append("an answer without a quote")
    if not reply["text"].strip():
        broken.append("an empty reply")
    return broken


def caveat_ids(reply: Reply) -> set[str]:
    return {caveat["id"] for caveat in reply["caveats"]}


def start_with(bot: Any) -> Start:
    """Conversations with a loaded bot."""

    def start() -> Callable[[str], Reply]:
        conversation = bot.conversation("voices")
        return lambda message: conversation.say(message).to_dict()

    return start


def texts_of(bot: Any) -> dict[str, str]:
    """Article id → the text of its file, read anew."""
    return {article.id: Path(article.path).read_text(encoding="utf-8") for article in bot.corpus.articles}


def passed(results: Sequence[Result]) -> int:
    return sum(result.passed for result in results)


def percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0


def rate(results: Sequence[Result]) -> float:
    """The pass rate, in percent."""
    return percent(passed(results), len(results))


def by_style(results: Iterable[Result]) -> dict[str, list[Result]]:
    """The results of every style, the styles in the order in which they are first met."""
    styles: dict[str, list[Result]] = {}
    for result in results:
        styles.setdefault(result.item.style, []).append(result)
    return styles


def count_faults(results: Iterable[Result]) -> Counter[str]:
    return Counter(fault for result in results for fault in result.faults)
