"""Learn from labelled questions what each piece of evidence says for each answer: writes weights.tsv.

    python scripts/learn.py questions/*.tsv [--voices tests/voices/*.jsonl] [--out weights.tsv]

Softmax regression on top of the hand-set scores of the index, in plain numpy, deterministic. A question counts as
answered by every answer that quotes all that its label quotes.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from pathlib import Path

import numpy as np

from spinebot.bot import Bot
from spinebot.conversation import Dialogue
from spinebot.evidence import evidence
from spinebot.understand import understand
from spinebot.weights import NONE

SEEN_AT_LEAST = 2
KEEP_ABOVE = 0.08


def norm(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("’", "'").replace("“", '"').replace("”", '"')).strip().lower()


def load_tsv(paths, bot):
    """(turns, ids of the answers that are right) of each line `answer-id<TAB>message`; messages of one line are split at ` | `."""
    quotes = {a.id: {p.sentence.start for p in a.places} for a in bot.answers}
    right = {a: {b for b in quotes if quotes[a] <= quotes[b]} for a in quotes}
    unknown = Counter()
    for path in paths:
        for line in Path(path).read_text(encoding="utf-8").splitlines():
            if "\t" not in line:
                continue
            label, message = line.split("\t", 1)
            label = label.strip()
            if label == NONE or label.removeprefix("chat.") in bot.rules["chat"]:
                yield [t.strip() for t in message.split(" | ")], {label}
            elif label in right:
                yield [t.strip() for t in message.split(" | ")], right[label]
            else:
                unknown[f"{path}: {label}"] += 1
    for label, count in unknown.items():
        print(f"left out, no such answer: {label} ({count})", file=sys.stderr)


def load_voices(paths, bot):
    bodies = {a.id: norm(" ".join(p.sentence.text for p in a.places)) for a in bot.answers}
    for path in paths:
        for line in Path(path).read_text(encoding="utf-8").splitlines():
            if not line.strip():
                continue
            item = json.loads(line)
            kinds, right = item["expect"]["kind"], set()
            if "answer" in kinds:
                groups = item["expect"].get("groups", [])
                right |= {a for a, body in bodies.items() if all(any(norm(p) in body for p in g) for g in groups)}
            if "no_answer" in kinds:
                right.add(NONE)
            if "chat" in kinds:
                right |= {f"chat.{name}" for name in bot.rules["chat"]}
            if right and "urgent" not in kinds:
                yield item["turns"], right


def read_all(questions, bot):
    rows = []
    for turns, right in questions:
        dialogue = Dialogue()
        for turn in turns[:-1]:
            _, dialogue = bot.respond(turn, dialogue)
        reading = understand(turns[-1], dialogue, bot.rules, bot.lexicon)
        rows.append((evidence(reading), bot.index.prior(reading), right, turns))
    return rows


def learn(rows, names, features, *, steps=250, decay=2e-4, rate=0.05):
    index = {f: i for i, f in enumerate(features)}
    n, k = len(rows), len(names)
    x = np.zeros((n, len(features)), np.float32)
    prior = np.zeros((n, k), np.float32)
    target = np.zeros((n, k), np.float32)
    at = {name: i for i, name in enumerate(names)}
    for r, (found, scores, right, _) in enumerate(rows):
        for name, weight in found.items():
            if name in index:
                x[r, index[name]] = weight
        prior[r, : len(scores)] = scores
        for name in right:
            target[r, at[name]] = 1
    w = np.zeros((len(features), k), np.float32)
    b = np.zeros(k, np.float32)
    m, v, mb, vb = np.zeros_like(w), np.zeros_like(w), np.zeros_like(b), np.zeros_like(b)
    for step in range(1, steps + 1):
        z = x @ w + b + prior
        z -= z.max(1, keepdims=True)
        p = np.exp(z)
        p /= p.sum(1, keepdims=True)
        q = p * target
        mass = q.sum(1, keepdims=True)
        q /= np.maximum(mass, 1e-9)
        g = (p - q) / n
        gw, gb = x.T @ g + decay * w, g.sum(0)
        m = 0.9 * m + 0.1 * gw; v = 0.999 * v + 0.001 * gw * gw
        mb = 0.9 * mb + 0.1 * gb; vb = 0.999 * vb + 0.001 * gb * gb
        c1, c2 = 1 - 0.9**step, 1 - 0.999**step
        w -= rate * (m / c1) / (np.sqrt(v / c2) + 1e-8)
        b -= rate * (mb / c1) / (np.sqrt(vb / c2) + 1e-8)
    return w, b, float(-np.log(np.maximum(mass, 1e-9)).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("questions", nargs="*")
    parser.add_argument("--voices", nargs="*", default=[])
    parser.add_argument("--test", nargs="*", default=[])
    parser.add_argument("--out")
    parser.add_argument("--decay", type=float, default=2e-4)
    parser.add_argument("--steps", type=int, default=250)
    args = parser.parse_args()
    bot = Bot.load()
    rows = read_all([*load_tsv(args.questions, bot), *load_voices(args.voices, bot)], bot)
    names = [*(a.id for a in bot.answers), *(f"chat.{name}" for name in bot.rules["chat"]), NONE]
    counts = Counter(name for found, *_ in rows for name in found)
    features = sorted(name for name, count in counts.items() if count >= SEEN_AT_LEAST)
    print(len(rows), "questions", len(features), "features", Counter(len(r[2]) for r in rows).most_common(4))
    w, b, loss = learn(rows, names, features, decay=args.decay, steps=args.steps)
    print("loss", loss)
    if args.test:
        test = read_all(load_voices(args.test, bot), bot)
        index = {f: i for i, f in enumerate(features)}
        hit = base = 0
        for found, scores, right, turns in test:
            z = np.concatenate([scores, np.zeros(len(names) - len(scores))])
            base += names[int(np.argmax(z))] in right
            z = z + b
            for name, weight in found.items():
                if name in index:
                    z = z + weight * w[index[name]]
            hit += names[int(np.argmax(z))] in right
        print(f"test {len(test)}: prior alone {base/len(test):.3f}, learned {hit/len(test):.3f}")
    if args.out:
        with open(args.out, "w", encoding="utf-8") as out:
            rows_out = [("bias", b), *zip(features, w)]
            for name, row in rows_out:
                kept = [f"{names[i]}:{row[i]:.2f}" for i in np.argsort(-np.abs(row)) if abs(row[i]) >= KEEP_ABOVE]
                if kept:
                    out.write(name + "\t" + " ".join(kept) + "\n")


if __name__ == "__main__":
    main()
