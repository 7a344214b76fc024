"""Learn the bot's weights from labelled messages: `make weights`.

    python scripts/learn.py answers questions/*.tsv --voices tests/voices/tune/*.jsonl --out weights.tsv
    python scripts/learn.py alarms  questions/*.tsv --voices tests/voices/tune/*.jsonl --out alarms.tsv

A line of a .tsv file is `label<TAB>message`; the turns of a conversation are joined by ` | `. Labels are the ids of
answers (two joined by `+` for a comparison), `chat.<id>`, `none`, the ids of red flags, `calm`, and `aim.diagnosis`,
`aim.dosage`, `aim.neither` for what a message wants to be told. `answers` learns which answer a message asks for, on top of the hand-set scores of the index,
and its aim; `alarms` which red flag it raises. Softmax regression by Adam, on numpy and scipy;
the same input gives the same file.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from spinebot import index
from spinebot.bot import Bot
from spinebot.conversation import Dialogue
from spinebot.evidence import SIGN, alarm_evidence, evidence
from spinebot.index import LEARNED_AIMS
from spinebot.safety import Condition, verdicts
from spinebot.understand import understand
from spinebot.weights import NONE, Evidence, features

#: Evidence that fewer messages have is left out, as are weights nearer to zero.
SEEN_AT_LEAST = 2
KEEP_ABOVE = 0.1
#: How much an urgent message counts beside a calm one: missing one is the worse mistake.
ALARM_COUNTS = 2.0
RATE = 0.05
#: How strongly weights are drawn to zero.
DECAY = {"answers": 0.8e-4, "alarms": 1e-4}

#: How often a sign that alone is not enough is learned as calm: people mostly tell of one.
ALONE = 4
#: How much a message whose aim nobody labelled counts as one of neither aim.
UNLABELLED_COUNTS = 0.3
NEITHER = "aim.neither"
AIMS = [*(f"aim.{aim}" for aim in LEARNED_AIMS), NEITHER]

Matrix = NDArray[np.float32]


class Labelled(NamedTuple):
    """A conversation, and the labels of which any is right for its last turn; `exact`: none but these."""

    turns: list[str]
    right: set[str]
    exact: bool = False
    aim: str = ""


class Row(NamedTuple):
    """A message as the learner sees it: its evidence, the hand-set scores of the first classes, the right classes."""

    found: dict[Evidence, float]
    prior: list[float]
    right: set[str]


def norm(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("’", "'").replace("“", '"').replace("”", '"')).strip().lower()


def read_tsv(paths: Iterable[str]) -> Iterator[Labelled]:
    for path in paths:
        for line in Path(path).read_text(encoding="utf-8").splitlines():
            label, tab, message = line.partition("\t")
            if tab:
                turns = [turn.strip() for turn in message.split(" | ")]
                if label.startswith("aim."):
                    yield Labelled(turns, set(), aim=label)
                elif "+" in label:
                    # Every side of a comparison is asked for, and each by itself is a right answer.
                    yield from (Labelled(turns, {side}, aim="aim.comparison") for side in label.split("+"))
                else:
                    yield Labelled(turns, {label})


def read_voices(paths: Iterable[str], bot: Bot) -> Iterator[Labelled]:
    """Question files: every answer whose sentences hold a phrase of each group is right."""
    bodies = {answer.id: norm(" ".join(place.sentence.text for place in answer.places)) for answer in bot.answers}
    flags = bot.rules["red_flags"]
    for path in paths:
        for line in Path(path).read_text(encoding="utf-8").splitlines():
            if not line.strip():
                continue
            item = json.loads(line)
            expect: dict[str, Any] = item["expect"]
            right: set[str] = set()
            if "answer" in expect["kind"]:
                groups = [[norm(phrase) for phrase in group] for group in expect.get("groups", [])]
                right |= {name for name, body in bodies.items() if all(any(phrase in body for phrase in group) for group in groups)}
            if "no_answer" in expect["kind"]:
                right.add(NONE)
            if "chat" in expect["kind"]:
                right |= {f"chat.{name}" for name in bot.rules["chat"]}
            if expect["kind"] == ["urgent"]:
                right = {flag for flag, rule in flags.items() if rule.text("level") in expect["level"]}
            elif "urgent" in expect["kind"]:
                right = set()
            aims = [f"aim.{aim}" for aim in LEARNED_AIMS if aim in expect.get("caveats", ()) or item["style"] == aim]
            yield Labelled(item["turns"], right, aim=aims[0] if aims else NEITHER)


def rows_of(items: Iterable[Labelled], task: str, bot: Bot) -> list[Row]:
    quotes = {answer.id: answer.said for answer in bot.answers}
    # An answer that quotes all that the label's does is as right.
    alike = {name: {other for other in quotes if quotes[name] <= quotes[other]} for name in quotes}
    flags = set(bot.rules["red_flags"])
    known = classes(task, bot)
    rows, left_out = [], Counter[str]()
    for turns, right, exact, _ in items:
        if task == "alarms":
            labels = {label if label in flags else NONE for label in right}
        elif exact:
            labels = right
        else:
            labels = {other for label in right for other in alike.get(label, {label})} & set(known)
        if not labels:
            left_out.update(right)
            continue
        dialogue = Dialogue()
        for turn in turns[:-1]:
            _, dialogue = bot.respond(turn, dialogue)
        reading = understand(turns[-1], dialogue, bot.rules, bot.lexicon)
        if task == "alarms":
            rows.append(Row(alarm_evidence(reading, verdicts(reading, dialogue)), [], labels))
        else:
            found = evidence(reading)
            bot.index.rows.meet(reading.spelled)
            rows.append(Row(learnable(found), (bot.index.rows.score(found) - bot.index.rows.bias)[: len(known) - 1].tolist(), labels))
    if left_out:
        print("left out:", ", ".join(f"{label} ({count})" for label, count in left_out.most_common(6)))
    return rows


def learnable(found: dict[Evidence, float]) -> dict[Evidence, float]:
    """The evidence by what is learned of it. How topic and aspect go together is known from intents.yaml, and left at that."""
    parts: dict[Evidence, float] = {}
    for key, value in found.items():
        if not key.startswith("asks "):
            for feature, share in features(key):
                parts[feature] = parts.get(feature, 0.0) + share * value
    return parts


def joined(items: Iterable[Labelled], bot: Bot) -> Iterator[Labelled]:
    """The messages of one turn on warning signs or none, with one of the bot's model questions before or after: a question takes
    no sign back, and makes none.
    """
    known = {*bot.rules["red_flags"], "calm"}
    at = 0
    for turns, right, *_ in items:
        if len(turns) == 1 and right <= known and right:
            ask = bot.answers[at % len(bot.answers)].ask
            yield Labelled([f"{ask} {turns[0]}" if at % 2 else f"{turns[0].rstrip('.')}. {ask}"], right)
            at += 1


def conditions(bot: Bot) -> list[Row]:
    """What intents.yaml says of red flags, as if it were messages of nothing but signs: those that are enough, and each that alone is not."""
    enough = [(flag.id, Condition.parse(line).names) for flag in bot.rules["red_flags"].values() for line, _ in flag.values["when"]]  # type: ignore[attr-defined]
    alone = {name for _, names in enough if len(names) == 1 for name in names}
    rows = [Row({f"sign {sign}": SIGN for sign in names}, [], {flag}) for flag, names in enough]
    return rows + [Row({f"sign {sign}": SIGN}, [], {NONE}) for sign in bot.rules["signs"] if sign not in alone for _ in range(ALONE)]


def aim_rows_of(items: Iterable[Labelled], bot: Bot) -> tuple[list[Row], Matrix]:
    """The messages by their aim, and how much each counts."""
    rows, counts = [], []
    for turns, _, exact, aim in items:
        if exact or (len(turns) > 1 and not aim):
            continue
        dialogue = Dialogue()
        for turn in turns[:-1]:
            _, dialogue = bot.respond(turn, dialogue)
        reading = understand(turns[-1], dialogue, bot.rules, bot.lexicon)
        if not aim and any(match.name.id in {*LEARNED_AIMS, "which-medicine"} for match in reading.of("aim")):
            continue  # May well have it: nobody said.
        rows.append(Row(learnable(evidence(reading)), [], {aim or NEITHER}))
        counts.append([1.0 if aim else UNLABELLED_COUNTS])
    return rows, np.array(counts, np.float32)


def classes(task: str, bot: Bot) -> list[str]:
    if task == "alarms":
        return [*bot.rules["red_flags"], NONE]
    return [name for name in index.classes(bot.answers, bot.rules) if name not in AIMS]


def matrices(rows: list[Row], names: list[str], features: list[Evidence]) -> tuple[csr_array, Matrix, Matrix]:
    column = {feature: at for at, feature in enumerate(features)}
    at = {name: number for number, name in enumerate(names)}
    cells = [(number, column[feature], value) for number, row in enumerate(rows) for feature, value in row.found.items() if feature in column]
    numbers, columns, values = zip(*cells, strict=True)
    x = csr_array((np.array(values, np.float32), (numbers, columns)), shape=(len(rows), len(features)))
    prior = np.zeros((len(rows), len(names)), np.float32)
    right = np.zeros((len(rows), len(names)), np.float32)
    for number, row in enumerate(rows):
        prior[number, : len(row.prior)] = row.prior
        for name in row.right:
            right[number, at[name]] = 1
    return x, prior, right


def learn(x: csr_array, prior: Matrix, right: Matrix, counts: Matrix, steps: int, decay: float) -> tuple[Matrix, Matrix]:
    """The weights and biases that make the right classes likely."""
    values = [np.zeros((x.shape[1], right.shape[1]), np.float32), np.zeros(right.shape[1], np.float32)]
    means = [np.zeros_like(value) for value in values]
    squares = [np.zeros_like(value) for value in values]
    for step in range(1, steps + 1):
        scores = x @ values[0] + values[1] + prior
        chance = np.exp(scores - scores.max(1, keepdims=True))
        chance /= chance.sum(1, keepdims=True)
        wanted = chance * right
        wanted /= np.maximum(wanted.sum(1, keepdims=True), 1e-9)
        error = counts * (chance - wanted) / x.shape[0]
        slopes = [x.T @ error + decay * values[0], error.sum(0)]
        for value, mean, square, slope in zip(values, means, squares, slopes, strict=True):
            mean += 0.1 * (slope - mean)
            square += 0.001 * (slope * slope - square)
            value -= RATE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
        if step % 50 == 0:
            print(f"  step {step}/{steps}: {100 * float((right[np.arange(x.shape[0]), scores.argmax(1)] > 0).mean()):.1f} % of the messages right", flush=True)
    return values[0], values[1]


def write(path: str, names: list[str], features: list[Evidence], weights: Matrix, bias: Matrix) -> None:
    with open(path, "w", encoding="utf-8") as out:
        out.write("classes\t" + " ".join(names) + "\n")
        for feature, row in [("bias", bias), *zip(features, weights, strict=True)]:
            kept = [f"{names[at]}:{row[at]:.2f}" for at in np.argsort(-np.abs(row), kind="stable") if abs(row[at]) >= KEEP_ABOVE]
            if kept:
                out.write(feature + "\t" + " ".join(kept) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", choices=["answers", "alarms"])
    parser.add_argument("questions", nargs="*")
    parser.add_argument("--voices", nargs="*", default=[])
    parser.add_argument("--out", required=True)
    parser.add_argument("--steps", type=int, default=250)
    parser.add_argument("--decay", type=float)
    args = parser.parse_args()
    bot = Bot.load(weights=False)
    names = classes(args.task, bot)
    items = [*read_tsv(args.questions), *read_voices(args.voices, bot)]
    if args.task == "answers":
        # The bot's own model questions: every suggestion must lead where it says.
        items += [Labelled([answer.ask], {answer.id}, exact=True) for answer in bot.answers for _ in range(4)]
    rows = rows_of(items, args.task, bot)
    if args.task == "alarms":
        rows += [*rows_of(joined(items, bot), args.task, bot), *conditions(bot)]
    counts = np.array([[1.0 if args.task == "answers" or NONE in row.right else ALARM_COUNTS] for row in rows], np.float32)
    known, weights, bias = fit(rows, names, counts, args.steps, args.decay or DECAY[args.task])
    if args.task == "answers":
        aim_rows, aim_counts = aim_rows_of(items, bot)
        aim_known, aim_weights, aim_bias = fit(aim_rows, AIMS, aim_counts, args.steps, args.decay or DECAY[args.task])
        # What an aim's own score says beyond that of neither.
        both = sorted({*known, *aim_known})
        at = {feature: place for place, feature in enumerate(both)}
        whole = np.zeros((len(both), len(names) + len(LEARNED_AIMS)), np.float32)
        whole[[at[feature] for feature in known], : len(names)] = weights
        whole[[at[feature] for feature in aim_known], len(names) :] = aim_weights[:, :-1] - aim_weights[:, -1:]
        known, weights, bias, names = both, whole, np.concatenate([bias, aim_bias[:-1] - aim_bias[-1]]), [*names, *AIMS[:-1]]
    write(args.out, names, known, weights, bias)


def fit(rows: list[Row], names: list[str], counts: Matrix, steps: int, decay: float) -> tuple[list[Evidence], Matrix, Matrix]:
    """The pieces of evidence that are met often enough, their weights, and the biases."""
    seen = Counter(feature for row in rows for feature in row.found)
    known = sorted(feature for feature, count in seen.items() if count >= SEEN_AT_LEAST)
    print(f"{len(rows)} messages, {len(known)} pieces of evidence, {len(names)} classes")
    x, prior, right = matrices(rows, names, known)
    return known, *learn(x, prior, right, counts, steps, decay)


if __name__ == "__main__":
    main()
