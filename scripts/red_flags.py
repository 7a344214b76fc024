"""Write docs/red-flags.md: what raises an alarm, laid out for a clinician to read and sign off.

    python scripts/red_flags.py            # write docs/red-flags.md anew
    python scripts/red_flags.py --check    # exit 1 where it is not what intents.yaml and alarms.tsv say now
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from spinebot.alarms import MOSTLY
from spinebot.rules import Rule, Rules, load_rules
from spinebot.safety import ALARM_BY_WORDS, ALARM_DESPITE, ALARM_FROM, CALM_ALONE_BELOW, CALM_BELOW, CALM_IN_FEW_BELOW, FEW, SIGN_STANDS, SURELY_CALM_BELOW
from spinebot.signs import NEGATION_REACH
from spinebot.weights import NONE, Weights, load_weights

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "docs" / "red-flags.md"

LEVELS = {"emergency": "**emergency**: call now", "crisis": "**crisis**: talk to someone now", "soon": "**soon**: see a doctor promptly"}
#: How many of a sign's wordings stand beside it in the table.
SHOWN = 3
LOUDEST = 15

HEAD = """\
# The red flags

<!-- Written by scripts/red_flags.py from intents.yaml and alarms.tsv; `make flags` writes it anew. Change those, not this file. -->

This is all that makes the bot put urgent advice first. It was compiled from public guidelines and leaflets, not by clinicians:
**have a clinician read it and sign it off before real people use the bot.** What the bot does and does not do, and how well, is in
[safety.md](safety.md).

"""

HOW = """\
## How to read it

A red flag is raised where any one of its lines holds, by at least one sign of the message at hand. A line names *signs*; each sign is a
list of wordings, of which the first stand beside it here and all of them [below](#the-signs). **and** joins signs that may stand anywhere
in the message or in the {stands} messages before it; **with** joins signs that must stand in one sentence; **unless** names what keeps the
line from holding. Where several flags are raised, the most pressing level is shown (emergency, crisis, soon), and of one level the flag
that stands higher in the table.

Wordings are matched by the stems of their words: "be" stands for is, was, are and been; small words such as "my" or "really" may stand in
between; "a/b" is either word; "..." lets up to four others in; "#" is any number, "#many" one of eight or more, "#fever" a temperature of
a fever. Misspelt words are repaired before.

"""

CONTEXTS = {
    "idiom": "A figure of speech covers the sign",
    "fiction": "It is of a book, a film or the news, in the same sentence and before the sign, or nobody says I or my in that clause",
    "study": "It is for a class or out of curiosity, and the clause has no I or my and names no other person",
    "about": "It is asked in general, and the clause has no I or my and no phrase such as \"my husband\"",
    "past": "It was long ago, and the clause names no time of now",
    "resolved": "It is over: said in the same sentence, or anywhere where it was also long ago; not where the sentence names a time of now",
    "ruled-out": "A doctor has ruled it out, in the same sentence, which names no time of now",
    "died": "It is told of someone who has died, without an I or my in the clause",
    "other": "It is someone else's history of cancer, infection or brittle bones; their signs of today do count",
    "present": "Names a time of now, which keeps what was long ago or is over from being taken off",
}


def cell(text: str) -> str:
    """Text as it may stand in a cell of a table."""
    return re.sub(r"\s+", " ", text).replace("|", "\\|").strip()


def wordings(rule: Rule) -> list[str]:
    """The wordings of an entry as they were written, each once."""
    return list(dict.fromkeys(wording.text for wording in rule.words))


def quoted(words: Iterable[str]) -> str:
    return ", ".join(f"“{word}”" for word in words)


def in_words(line: str, signs: dict[str, Rule], explained: set[str]) -> str:
    """A line of `when` as a sentence; a sign's wordings stand beside it where a flag first names it."""

    def sign(name: str) -> str:
        shown = f"*{name.replace('-', ' ')}*"
        if name not in explained:
            explained.add(name)
            known = wordings(signs[name])
            shown += f" ({quoted(known[:SHOWN])}{', …' if len(known) > SHOWN else ''})"
        return shown

    groups, unless = [], []
    for group in line.split("&"):
        names = [part.strip() for part in group.split("+")]
        unless += [sign(name.removeprefix("!").strip()) for name in names if name.startswith("!")]
        wanted = [sign(name) for name in names if not name.startswith("!")]
        if wanted:
            groups.append(" **with** ".join(wanted))
    return " **and** ".join(groups) + "".join(f" **unless** {name}" for name in unless)


def table(rules: Rules) -> Iterator[str]:
    """One row for each red flag."""
    signs = dict(rules["signs"])
    yield "| Red flag | Level | Raised by | Not by itself | Advice | Source | Read |"
    yield "|---|---|---|---|---|---|---|"
    for flag in rules["red_flags"].values():
        explained: set[str] = set()
        lines = [in_words(line, signs, explained) for line, _ in flag.values["when"]]  # type: ignore[attr-defined]
        raised = cell("<br>".join(f"• {line}" for line in lines))
        texts = [cell(flag.text(key)) for key in ("not_alone", "advice", "source", "read")]
        yield f"| **{cell(flag.text('name'))}**<br>`{flag.id}` | {LEVELS[flag.text('level')]} | {raised} | " + " | ".join(texts) + " |"


def calls(rules: Rules) -> Iterator[str]:
    """What each level's advice ends with."""
    numbers = rules["numbers"]["default"]
    yield "The advice of each level ends with whom to call:"
    yield ""
    for level, key in (("emergency", "emergency"), ("crisis", "crisis"), ("soon", "urgent")):
        yield f"- **{level}**: {cell(numbers.text(key))}"


def contexts(rules: Rules) -> Iterator[str]:
    """What takes a sign off, with the wordings of each."""
    yield f'A sign that is denied does not count: "no", "not", "without" and their like, up to {NEGATION_REACH} words before it, over a list but not over'
    yield '"but", "now" or "since". A "not" that is part of the sign itself ("can\'t feel") denies nothing. That someone says it is nothing never takes'
    yield "a sign off. Otherwise a sign does not count where:"
    for name, meaning in CONTEXTS.items():
        if name in rules["contexts"]:
            yield ""
            yield f"- **{meaning}.** {cell(quoted(wordings(rules['contexts'][name])))}"


def users(rules: Rules) -> dict[str, list[str]]:
    """Sign → the red flags that name it."""
    named: dict[str, list[str]] = {name: [] for name in rules["signs"]}
    for flag in rules["red_flags"].values():
        for line, _ in flag.values["when"]:  # type: ignore[attr-defined]
            for name in re.split(r"[&+]", line):
                flags = named[name.strip().removeprefix("!").strip()]
                if flag.id not in flags:
                    flags.append(flag.id)
    return named


def signs(rules: Rules) -> Iterator[str]:
    """Each sign with all its wordings."""
    named = users(rules)
    for name, rule in rules["signs"].items():
        of = ", ".join(f"`{flag}`" for flag in named[name]) or "no red flag yet"
        yield f"- **{name.replace('-', ' ')}** (in {of}): {cell(', '.join(wordings(rule)))}"


def loudest(weights: Weights, flag: str) -> list[str]:
    """The words that speak loudest for a flag, and more for it than for no alarm."""
    at = weights.classes.index(flag)
    rows = ((key.removeprefix("word "), weights.row(key)) for key in weights.evidence if key.startswith("word "))
    gains = sorted((-float(row[at]), word) for word, row in rows if row is not None and row[at] > max(row[-1], 0.0))
    return [word for _, word in gains[:LOUDEST]]


def second_net(rules: Rules, weights: Weights | None) -> Iterator[str]:
    """What was learned from labelled messages, in words."""
    if weights is None:
        yield "This bot folder has no `alarms.tsv`: the rules above are all there is."
        return
    yield "People find words that no list has. Behind the rules stands a second net, `alarms.tsv`: how much each word, its runs of letters,"
    yield "denied word, pair of words, sign and context speaks for each red flag, learned from labelled messages (`questions/` and"
    yield "`tests/voices/tune/`). Where no rule holds, or one of level *soon* only, it raises the flag that the words speak for once an alarm of"
    yield f"any kind is more likely than {ALARM_FROM:.0%}; than {ALARM_BY_WORDS:.0%} where no sign counts but those that say when, or where little is"
    yield f"said; than {ALARM_DESPITE:.0%} where no sign counts and one of that flag is taken back."
    yield f"It raises an emergency where those together make up more than {MOSTLY:.0%}"
    yield f"of that. It takes an alarm of the rules off where the words make one less likely than {CALM_BELOW:.0%} and the message says that it"
    yield "tells a story, a figure of speech, of times past or a harmless cause; without that, where they make one less likely than"
    yield f"{SURELY_CALM_BELOW:.0%} (\"I can't stand Mondays\") and the clauses with the signs by themselves less likely than {CALM_ALONE_BELOW:.0%}"
    yield f"(both less likely than {CALM_IN_FEW_BELOW:.0%} in a message of fewer than {FEW} words and marks), and then the reply says what to do if it"
    yield "is happening all the same. Despair is only taken off as a figure of speech, a story or the like. The advice is the"
    yield f"flag's own. Of each flag the {LOUDEST} words (as stems) that speak"
    yield "loudest for it; no one of them is enough:"
    yield ""
    yield "| Red flag | Loudest words |"
    yield "|---|---|"
    for flag in rules["red_flags"].values():
        yield f"| {cell(flag.text('name'))} | {cell(', '.join(loudest(weights, flag.id))) or 'none yet'} |"


def page(rules: Rules, weights: Weights | None) -> str:
    """The whole of docs/red-flags.md."""
    sections: Sequence[tuple[str, Iterable[str]]] = (
        ("The table", table(rules)),
        ("Whom to call", calls(rules)),
        ("What takes a sign off", contexts(rules)),
        ("The signs", signs(rules)),
        ("The second net", second_net(rules, weights)),
    )
    text = HEAD + HOW.format(stands=SIGN_STANDS)
    return text + "\n".join(f"## {title}\n\n" + "\n".join(lines) + "\n" for title, lines in sections)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where docs/red-flags.md is out of step")
    args = parser.parse_args()
    rules = load_rules(ROOT / "intents.yaml")
    text = page(rules, load_weights(ROOT / "alarms.tsv", [*rules["red_flags"], NONE]))
    if args.check:
        current = FILE.read_text(encoding="utf-8") if FILE.exists() else ""
        sys.exit(0 if current == text else f"{FILE.relative_to(ROOT)}: out of step with intents.yaml or alarms.tsv: run 'make flags'")
    FILE.write_text(text, encoding="utf-8")
    print(f"{FILE.relative_to(ROOT)}: {len(rules['red_flags'])} red flags, {len(rules['signs'])} signs")


if __name__ == "__main__":
    main()
