"""Learn the bot's weights from labelled messages: `make weights`.

    python scripts/learn.py [--out FOLDER]        # writes weights.tsv and alarms.tsv there

Learned from are `questions/*.tsv` and the question files of `tests/voices/tune`. A line of a .tsv file is `label<TAB>message`;
the turns of a conversation are joined by ` | `. Labels are the ids of answers (two joined by `+` for a comparison, by `/` where any is right), `chat.<id>`,
`none`, the ids of red flags, `calm`; after it may stand what the message wants to be told, `@diagnosis`, `@dosage` or `@neither`
(two answers with `@neither` are two questions), and whether it tells of an accident, `@hurt` or `@unhurt`; where only these were labelled,
they stand alone.

Four softmax regressions, by Adam on numpy and scipy: which answer a message asks for, on top of the hand-set scores of the
index; what it wants to be told; whether somebody was hurt; which red flag it raises. The same input gives the same files.
"""

from __future__ import annotations

import argparse
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from spinebot import index
from spinebot.bot import Bot
from spinebot.conditions import Condition
from spinebot.conversation import Dialogue
from spinebot.evidence import PAIR_SHARE, SIGN, alarm_evidence, evidence
from spinebot.index import HURT, LEARNED_AIMS
from spinebot.reading import Reading
from spinebot.safety import verdicts
from spinebot.text import english_words, stem
from spinebot.understand import understand
from spinebot.weights import BIAS, LETTERS, NEW_WORD, NONE, SPELLED, WORD, Evidence, features, sealed

ROOT = Path(__file__).resolve().parents[1]

#: Evidence that fewer messages have is left out, as are weights that add less to a score.
SEEN_AT_LEAST = 2
ADDS = {"answers": 0.07, "alarms": 0.08}
#: How much an urgent message counts beside a calm one: missing one is the worse mistake.
ALARM_COUNTS = 2.0
#: How much a wording of a sign counts beside a message, each time that it is said: it has no one who says it.
WORDING_COUNTS = 0.15
#: How it is said: alone, beside a question of the bot's, beside what is denied, in a question, of another; and so that it raises nothing.
SAID = (
    "{sign}", "{ask} {sign}", "{sign}. {ask}", "no cough and no cold, but {sign}", "{sign}, is that normal?", "my sister has {sign}",
    "{sign} many years ago, and it went away for good. {ask}", "in a series that I watch someone has {sign}. {ask}",
)
#: The rate of learning falls from this to nothing.
RATE = 0.15
STEPS = 150
#: How strongly weights are drawn to zero, and which share of the evidence is hidden in each step, so that no piece relies on the others.
DECAY = {"answers": 0.4e-4, "alarms": 0.5e-4}
HIDDEN = {"answers": 0.5, "alarms": 0.8}

#: Of how many runs, each with other evidence hidden, the weights are the mean: one run gets a message in a hundred right or wrong by its chance.
RUNS = {"answers": 3, "alarms": 3}

#: What marks a word that may be met too seldom to be known.
RARE = "rare "
#: How often a sign that alone is not enough is learned as calm: people mostly tell of one.
ALONE = 4
#: How much a word in a plain complaint counts beside a message.
PLAIN_COUNTS = 0.6
#: What people say who only have an ache: how they put it, where it is, since when, and what they ask. The numbers of each have no common factor.
ACHES = (
    "Got a sore {place} {when}, after the {word}. {ask}", "I was busy with the {word} and {when} my {place} hurts. {ask}",
    "my {place} is stiff {when}, probably the {word} {ask}", "{word}, and my {place} aches {when}. {ask}", "The {word} did my {place} in {when}. {ask}",
    "{ask} My {place} hurts {when} since the {word}", "my mum has a bad {place} {when}, she blames the {word}. {ask}",
)
PLACES = "back, neck, lower back, neck and shoulder, neck and arm, upper back, hip and back, shoulder blade, side of my neck".split(", ")
TIMES = "since yesterday, today, now, this morning, last night, for a week, for months, again, since the weekend,".split(",")
ASKS = (
    "what helps?, what can I do?, is it a strain?, will it go away?, any exercises?, is that normal?, heat or ice?, what should I do?, does a collar help?,"
    "should I rest?,"
).split(",")
#: How often the question that is the model of an answer is learned: every suggestion must lead where it says.
MODEL = 4
#: What an answer shares with the others about a topic that is not its first.
SIDE_TOPIC = 0.5
#: How much a message whose aim nobody labelled counts as one of neither aim, and of no accident.
UNLABELLED_COUNTS = 0.3
NEITHER, UNHURT = "aim.neither", "aim.unhurt"
#: What is typed for the parts of a wording that stand for many words.
_TYPED = {"...": "", "#": "9", "#many": "twelve", "#fever": "39", "#year": "1998"}
#: Aims that exclude one another, the last of each none of the others; in the order of `LEARNED_AIMS`.
AIMS = [*(f"aim.{aim}" for aim in LEARNED_AIMS if aim != HURT), NEITHER]
ACCIDENTS = [f"aim.{HURT}", UNHURT]

Matrix = NDArray[np.float32]


class Labelled(NamedTuple):
    """A conversation, and the labels of which any is right for its last turn; `exact`: none but these; `hurt`: whether it tells of an accident,
    None where nobody says.
    """

    turns: Sequence[str]
    right: set[str]
    exact: bool = False
    aim: str = ""
    hurt: bool | None = None


class Row(NamedTuple):
    """A message as the learner sees it: its evidence, the right classes, how much it counts, the hand-set scores of the first classes."""

    found: dict[Evidence, float]
    right: set[str]
    counts: float = 1.0
    prior: Sequence[float] = ()


@dataclass
class Examples:
    """What there is to learn from, by what is learned of it."""

    answers: list[Row] = field(default_factory=list)
    aims: list[Row] = field(default_factory=list)
    accidents: list[Row] = field(default_factory=list)
    alarms: list[Row] = field(default_factory=list)

    def __add__(self, other: Examples) -> Examples:
        return Examples(self.answers + other.answers, self.aims + other.aims, self.accidents + other.accidents, self.alarms + other.alarms)


class Table(NamedTuple):
    """What was learned: of each piece of evidence (rows) for each class (columns), and each class's bias."""

    classes: list[str]
    evidence: list[Evidence]
    weights: Matrix
    bias: Matrix


def norm(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("’", "'").replace("“", '"').replace("”", '"')).strip().lower()


def read_tsv(path: Path) -> Iterator[Labelled]:
    """The lines of a file of labelled messages."""
    for line in path.read_text(encoding="utf-8").splitlines():
        label, tab, message = line.partition("\t")
        if not tab:
            continue
        turns = [turn.strip() for turn in message.split(" | ")]
        label, *told = label.split("@")
        sides = label.split("+")
        aim = next((f"aim.{name}" for name in told if f"aim.{name}" in AIMS), "")
        hurt = True if label == "injury" or HURT in told else False if "unhurt" in told else None
        if len(sides) > 1:
            # Every side is asked for, and each by itself is a right answer.
            yield from (Labelled(turns, {side}, aim=aim or "aim.comparison", hurt=hurt) for side in sides)
        else:
            yield Labelled(turns, set(label.split("/")) if label else set(), aim=aim, hurt=hurt)


def read_voice(path: Path, bot: Bot) -> Iterator[Labelled]:
    """The items of a question file: every answer whose sentences hold a phrase of each group is right."""
    bodies = {answer.id: norm(" ".join(place.sentence.text for place in answer.places)) for answer in bot.answers}
    flags = bot.rules["red_flags"]
    for line in path.read_text(encoding="utf-8").splitlines():
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
        yield Labelled(item["turns"], right, aim=aims[0] if aims else NEITHER, hurt=True if "injury" in expect.get("caveats", ()) else None)


def examples_of(items: Iterable[Labelled], bot: Bot) -> Examples:
    """What labelled messages say on answers, aims and alarms; `bot` has no weights."""
    found = Examples()
    flags, known = {*bot.rules["red_flags"]}, {*answer_classes(bot)}
    quotes = {answer.id: answer.said for answer in bot.answers}
    # An answer that quotes all that the label's does is as right.
    alike = {name: {other for other in quotes if quotes[name] <= quotes[other]} for name in quotes}
    for number, item in enumerate(items):
        turns, right, exact, aim, hurt = item
        dialogue = Dialogue()
        for turn in turns[:-1]:
            _, dialogue = bot.respond(turn, dialogue)
        reading = understand(turns[-1], dialogue, bot.rules, bot.lexicon)
        said = learnable(evidence(reading))
        labels = right if exact else {other for label in right for other in alike.get(label, {label})} & known
        if labels:
            found.answers.append(Row(said, labels, prior=prior(reading, bot)))
        if right:
            found.alarms.append(alarm_row(reading, dialogue, {label if label in flags else NONE for label in right}))
        if len(turns) == 1 and right and right <= {*flags, "calm"}:
            found.alarms += beside_a_question(item, number, bot)
        # Of warning signs nobody labelled what else is asked, and much is.
        if aim or (not exact and not (right and right <= flags) and not any(match.name.id in {*LEARNED_AIMS, "which-medicine"} for match in reading.of("aim"))):
            # Those whose wordings speak of an aim that nobody labelled may well have it.
            found.aims.append(Row(said, {aim or NEITHER}, 1.0 if aim else UNLABELLED_COUNTS))
        if hurt is not None or not any(match.name.id in (HURT, "injury") for kind in ("aim", "caveat") for match in reading.of(kind)):
            found.accidents.append(Row(said, {ACCIDENTS[not hurt]}, UNLABELLED_COUNTS if hurt is None else 1.0))
    return found


def prior(reading: Reading, bot: Bot) -> list[float]:
    """The hand-set scores of answers and small talk."""
    rows = bot.index.rows
    scores: list[float] = (rows.score(evidence(reading)) - rows.bias)[: len(bot.answers) + len(bot.rules["chat"])].tolist()
    return scores


def learnable(found: dict[Evidence, float]) -> dict[Evidence, float]:
    """The evidence by what is learned of it; `RARE` words of what is asked are marked, for those not met often enough to be known."""
    parts: dict[Evidence, float] = {}
    for key, value in found.items():
        for feature, share in features(key):
            parts[feature] = parts.get(feature, 0.0) + share * value
            if key.startswith(SPELLED) and feature.startswith(WORD):
                parts[RARE + feature] = value
    return parts


def alarm_row(reading: Reading, dialogue: Dialogue, right: set[str]) -> Row:
    found = learnable(alarm_evidence(reading, verdicts(reading, dialogue)))
    return Row(found, right, 1.0 if NONE in right else ALARM_COUNTS)


def beside_a_question(item: Labelled, number: int, bot: Bot) -> list[Row]:
    """A message on warning signs or none, with one of the bot's model questions before or after: a question takes no sign back, and
    makes none. So the question stands alone as often, and counts as much, or its words would be taken for signs.
    """
    ask = bot.answers[number % len(bot.answers)].ask
    text = f"{ask} {item.turns[0]}" if number % 2 else f"{item.turns[0].rstrip('.')}. {ask}"
    right = {NONE if label == "calm" else label for label in item.right}
    said = [(text, right)] if NONE in right else [(text, right), (ask, {NONE})]
    rows = [alarm_row(understand(message, Dialogue(), bot.rules, bot.lexicon), Dialogue(), labels) for message, labels in said]
    return [row._replace(counts=rows[0].counts) for row in rows]


def rules_as_examples(bot: Bot) -> Examples:
    """What intents.yaml itself says: the model question of each answer; of red flags, as if they were messages of nothing but signs, those
    that are enough, and each that alone is not; and every wording of a sign, with what the rules make of it.
    """
    found = examples_of((Labelled([answer.ask], {answer.id}, exact=True) for answer in bot.answers for _ in range(MODEL)), bot)
    enough = [(flag.id, Condition.parse(line).names) for flag in bot.rules["red_flags"].values() for line, _ in flag.values["when"]]  # type: ignore[attr-defined]
    alone = {name for _, names in enough if len(names) == 1 for name in names}
    found.alarms += [Row({f"sign {sign}": SIGN for sign in names}, {flag}, ALARM_COUNTS) for flag, names in enough]
    found.alarms += [Row({f"sign {sign}": SIGN}, {NONE}) for sign in bot.rules["signs"] if sign not in alone for _ in range(ALONE)]
    found.alarms += wordings_as_examples(bot)
    found.alarms += plain_aches(bot)
    return found


def wordings_as_examples(bot: Bot) -> Iterator[Row]:
    """Each wording of a sign, with the first of its alternatives, as a message, in each of the ways of `SAID`: the second net knows by its
    words what the rules make of it.
    """
    wordings = (wording for sign in bot.rules["signs"].values() for wording in sign.words)
    for number, wording in enumerate(wordings):
        sign = " ".join(_TYPED.get(part, part.split("/")[0]) for part in wording.text.split())
        for said in SAID:
            reading = understand(said.format(sign=sign, ask=bot.answers[number % len(bot.answers)].ask), Dialogue(), bot.rules, bot.lexicon)
            urgent = bot.red_flags.assess(reading, Dialogue()).urgent
            yield alarm_row(reading, Dialogue(), {urgent.id if urgent else NONE})._replace(counts=WORDING_COUNTS)


def plain_aches(bot: Bot) -> Iterator[Row]:
    """Each common English word that is in no sign, in a plain complaint: what people were busy with makes no alarm of an ache. Of the words with
    one stem the shortest.
    """
    telling = {part for sign in bot.rules["signs"].values() for wording in sign.words for part in wording.stems}
    words: dict[str, str] = {}
    for word in sorted(english_words(), key=lambda word: (len(word), word)):
        words.setdefault(stem(word), word)
    for number, word in enumerate(sorted(word for stemmed, word in words.items() if stemmed not in telling)):
        put, place, when, ask = (parts[number % len(parts)].strip() for parts in (ACHES, PLACES, TIMES, ASKS))
        reading = understand(put.format(word=word, place=place, when=when, ask=ask), Dialogue(), bot.rules, bot.lexicon)
        yield alarm_row(reading, Dialogue(), {NONE})._replace(counts=PLAIN_COUNTS)


def answer_classes(bot: Bot) -> list[str]:
    return [name for name in index.classes(bot.answers, bot.rules) if name not in (*AIMS, *ACCIDENTS)]


def kin(names: Sequence[str], families: Iterable[dict[str, float]]) -> Matrix:
    """Whose weights add up to a class's (columns): its own, and those of each family (rows) by its share in that. What one member
    teaches of a word, the others of its family know too.
    """
    rows = [[float(name == other) for other in names] for name in names]
    return np.array(rows + [[family.get(name, 0.0) for name in names] for family in families], np.float32)


def answer_families(bot: Bot) -> Iterator[dict[str, float]]:
    """Answers are kin by topic, by aspect, and as answers; small talk as such."""
    for topic in bot.rules["topics"]:
        yield {answer.id: 1.0 if answer.about[0] == topic else SIDE_TOPIC for answer in bot.answers if topic in answer.about}
    for aspect in bot.rules["aspects"]:
        yield {answer.id: 1.0 for answer in bot.answers if aspect in answer.asks}
    yield {answer.id: 1.0 for answer in bot.answers}
    yield {f"chat.{name}": 1.0 for name in bot.rules["chat"]}


def learn_answers(found: Examples, bot: Bot) -> Table:
    """Which answer, small talk or refusal, and which aims beside it."""
    names = answer_classes(bot)
    answers = fit(found.answers, names, kin(names, filter(None, answer_families(bot))), "answers")
    others = [fit(rows, classes, kin(classes, ()), "answers") for rows, classes in ((found.aims, AIMS), (found.accidents, ACCIDENTS))]
    pieces = sorted({*answers.evidence, *(feature for table in others for feature in table.evidence)})
    at = {feature: place for place, feature in enumerate(pieces)}
    # What an aim's own score says beyond that of none.
    tables = [answers, *(Table(one.classes[:-1], one.evidence, one.weights[:, :-1] - one.weights[:, -1:], one.bias[:-1] - one.bias[-1]) for one in others)]
    spread = [np.zeros((len(pieces), len(table.classes)), np.float32) for table in tables]
    for weights, table in zip(spread, tables, strict=True):
        weights[[at[feature] for feature in table.evidence]] = table.weights
    weights = np.hstack(spread)
    shares = np.array([LETTERS if feature.startswith("letters ") else PAIR_SHARE if feature.startswith("pair ") else 1.0 for feature in pieces])
    weights[np.abs(weights) * shares[:, None] < ADDS["answers"]] = 0.0
    return Table([name for table in tables for name in table.classes], pieces, weights, np.concatenate([table.bias for table in tables]))


def learn_alarms(found: Examples, bot: Bot) -> Table:
    """Which red flag, or none."""
    names = [*bot.rules["red_flags"], NONE]
    table = fit(found.alarms, names, kin(names, [{flag: 1.0 for flag in bot.rules["red_flags"]}]), "alarms")
    table.weights[np.abs(table.weights) < ADDS["alarms"]] = 0.0
    return table


def fit(rows: Sequence[Row], names: list[str], shares: Matrix, task: str) -> Table:
    """The weights and biases that make the right classes likely, of the evidence that is met often enough. `shares`: see `kin`."""
    seen = Counter(feature for row in rows for feature in row.found if not feature.startswith(RARE))
    known = sorted(feature for feature, count in seen.items() if count >= SEEN_AT_LEAST)
    print(f"{len(rows)} messages, {len(known)} pieces of evidence, {len(names)} classes", flush=True)
    known.append(NEW_WORD)
    column = {feature: at for at, feature in enumerate(known)}
    at = {name: number for number, name in enumerate(names)}
    # What a word says that was never met before: as much as those do that only one message has. Its cells add up.
    column |= {RARE + feature: column[NEW_WORD] for feature in seen if feature.startswith(WORD) and feature not in column}
    cells = [(number, column[feature], value) for number, row in enumerate(rows) for feature, value in row.found.items() if feature in column]
    numbers, columns, values = zip(*cells, strict=True)
    x = csr_array((np.array(values, np.float32), (numbers, columns)), shape=(len(rows), len(known)))
    prior = np.zeros((len(rows), len(names)), np.float32)
    right = np.zeros((len(rows), len(names)), np.float32)
    for number, row in enumerate(rows):
        prior[number, : len(row.prior)] = row.prior
        for name in row.right:
            right[number, at[name]] = 1
    counts = np.array([[row.counts] for row in rows], np.float32)
    runs = [descend(x, prior, right, counts, shares, DECAY[task], HIDDEN[task], seed) for seed in range(RUNS[task])]
    weights, bias = (sum(parts[1:], parts[0]) / np.float32(len(runs)) for parts in zip(*runs, strict=True))
    return Table(names, known, weights, bias)


def descend(
    x: csr_array, prior: Matrix, right: Matrix, counts: Matrix, shares: Matrix, decay: float, hidden: float, seed: int
) -> tuple[Matrix, Matrix]:
    """The weights and biases of the classes, by Adam: those of the kin, shared out. In each step another part of the evidence is `hidden`,
    by chance, from `seed` on.
    """
    random = np.random.default_rng(seed)
    seen = x.copy()
    values = [np.zeros((x.shape[1], len(shares)), np.float32), np.zeros(right.shape[1], np.float32)]
    means = [np.zeros_like(value) for value in values]
    squares = [np.zeros_like(value) for value in values]
    for step in range(1, STEPS + 1):
        seen.data = np.where(random.random(x.nnz, np.float32) < hidden, np.float32(0), x.data / np.float32(1 - hidden))
        chance = seen @ (values[0] @ shares) + values[1] + prior
        likeliest = chance.argmax(1)
        chance -= chance.max(1, keepdims=True)
        np.exp(chance, out=chance)
        chance /= chance.sum(1, keepdims=True)
        wanted = chance * right
        wanted /= np.maximum(wanted.sum(1, keepdims=True), 1e-9)
        error = counts * (chance - wanted) / x.shape[0]
        slopes = [(seen.T @ error) @ shares.T + decay * values[0], error.sum(0)]
        rate = RATE * (1.0 + math.cos(math.pi * step / STEPS)) / 2.0
        for value, mean, square, slope in zip(values, means, squares, slopes, strict=True):
            mean += 0.1 * (slope - mean)
            square += 0.001 * (slope * slope - square)
            value -= rate * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
        if step % 50 == 0:
            right_ones = 100 * float((right[np.arange(x.shape[0]), likeliest] > 0).mean())
            print(f"  step {step}/{STEPS}: {right_ones:.1f} % of the messages right", flush=True)
    return values[0] @ shares, values[1]


def write(path: Path, table: Table) -> None:
    """The file: the classes in their order, then of each piece of evidence `number of class:weight` pairs."""
    lines = ["classes\t" + " ".join(table.classes)]
    for feature, row in [(BIAS, table.bias), *zip(table.evidence, table.weights, strict=True)]:
        kept = [f"{at}:{short(row[at])}" for at in np.flatnonzero(np.abs(row) >= 0.005)]
        if kept or feature.startswith(WORD):  # A word that says nothing is still no new one.
            lines.append(feature + "\t" + " ".join(kept))
    path.write_text(sealed("\n".join(lines) + "\n"), encoding="utf-8")


def short(weight: float) -> str:
    return f"{weight:.2f}".replace("0.", ".", 1) if abs(weight) < 1 else f"{weight:.2f}"


def learn_into(folder: Path, found: Examples, bot: Bot) -> None:
    """Learn, and write both files."""
    write(folder / "weights.tsv", learn_answers(found, bot))
    write(folder / "alarms.tsv", learn_alarms(found, bot))


def question_examples(bot: Bot) -> Examples:
    """What `questions/` and the rules themselves say."""
    items = (item for path in sorted(ROOT.glob("questions/*.tsv")) for item in read_tsv(path))
    return examples_of(items, bot) + rules_as_examples(bot)


def voice_examples(bot: Bot) -> dict[Path, Examples]:
    """What each question file to tune on says."""
    return {path: examples_of(read_voice(path, bot), bot) for path in sorted(ROOT.glob("tests/voices/tune/*.jsonl"))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT, help="the folder to write to (default: the repository's)")
    args = parser.parse_args()
    bot = Bot.load(weights=False)
    print("Reading the labelled messages ...", flush=True)
    learn_into(args.out, sum(voice_examples(bot).values(), question_examples(bot)), bot)


if __name__ == "__main__":
    main()
