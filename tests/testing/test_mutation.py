"""Rules taken away: no safety rule without a message that holds it in place (scripts/mutate.py), and conversations that notice a loss."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from spinebot import Bot
from spinebot.testing.mutation import SECTIONS, Mutant, Suite, blunted, mutants
from spinebot.testing.script import Conversation, parse_script

ROOT = Path(__file__).resolve().parents[2]

#: What may survive, and why.
MAY_SURVIVE = {
    "caveats.lupus: no wordings": "whatever names lupus is about the topic lupus too",
    "cauda-equina: 'tingling + saddle & leg' as 'tingling + saddle'": "tingling in the saddle alone is a sign too: no message may say that it is calm",
    "injury: 'big-injury & injury-danger & injury-now' as 'big-injury & injury-danger'": "to take a fall with agony for one of today does no harm",
    "fracture: 'small-knock + spine-collapse & fragile' as 'small-knock & spine-collapse & fragile'": "told in two sentences it is as urgent",
}


@pytest.fixture(scope="module")
def mutate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("mutate", ROOT / "scripts" / "mutate.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["mutate"] = module
    spec.loader.exec_module(module)
    return module


def test_the_suite_passes_with_nothing_changed(mutate: ModuleType) -> None:
    failing = mutate.failures(mutate.load_bot(net=False), mutate.load_suite())
    assert not failing, "; ".join(f"{' | '.join(item.turns)!r}: {why}" for item, why in failing)


def test_no_rule_can_go_unnoticed(mutate: ModuleType) -> None:
    alive, needless, count = mutate.survivors(mutate.load_bot(net=False), mutate.load_suite())
    assert count > 300
    assert not set(alive) - set(MAY_SURVIVE), "no message notices: " + "; ".join(sorted(set(alive) - set(MAY_SURVIVE)))
    assert len(needless) <= 10, needless


def test_a_mutant_survives_where_no_message_is_asked(mutate: ModuleType) -> None:
    bot = mutate.load_bot(net=False)
    first = next(mutate.mutants(bot))
    assert mutate.survives(first, [])
    assert not mutate.survives(first, mutate.load_suite())


def suite_of(bot: Bot, says: str, expect: str) -> Suite:
    return Suite(bot, scripted(says, expect))


def scripted(says: str, expect: str) -> list[Conversation]:
    return parse_script(f"conversations:\n  - name: one\n    steps:\n      - user: {says}\n        expect: {{{expect}}}\n", "one.chat.yaml")


def mutant(bot: Bot, section: str, name: str) -> Mutant:
    return next(one for one in mutants(bot, [section]) if one.name == name)


@pytest.mark.parametrize(
    ("section", "name", "says", "expect"),
    [
        ("caveats", "caveats.lupus: dropped", "Does lupus need treatment?", "caveats: lupus"),
        ("answers", "answers.collar-how-long: never found", "How long can a soft collar be worn?", "intent: answers.collar-how-long"),
        ("answers", "answers.surgery-when: without its last sentence", "When may surgery be suggested for neck pain?", "says: greatly damaged"),
        ("outside", "outside.genetics: no wordings", "Is osteoarthritis hereditary?", "says: inheritance"),
    ],
)
def test_a_conversation_that_expects_the_rule_notices_its_loss(section: str, name: str, says: str, expect: str, bot: Bot) -> None:
    trial = suite_of(bot, says, expect).attempt(mutant(bot, section, name))
    assert trial.noticed is not None and trial.noticed.name == "one"


def test_a_red_flag_whose_line_is_gone_is_noticed_by_the_rules_alone(unlearned: Bot) -> None:
    suite = suite_of(unlearned, "I can't feel it when I wipe", "urgent: emergency")
    assert suite.attempt(mutant(unlearned, "red_flags", "cauda-equina: without 'saddle-numb'")).noticed
    assert suite.attempt(mutant(unlearned, "signs", "signs.saddle-numb: no wordings")).noticed
    assert suite.attempt(mutant(unlearned, "signs", "signs.fever: no wordings")).noticed is None


def test_a_conversation_that_expects_nothing_of_it_lets_it_survive(bot: Bot) -> None:
    assert suite_of(bot, "Does lupus need treatment?", "kind: answer").attempt(mutant(bot, "caveats", "caveats.lupus: dropped")).noticed is None


def test_what_fails_with_nothing_changed_notices_nothing(bot: Bot) -> None:
    suite = suite_of(bot, "Does lupus need treatment?", "kind: chat")
    assert suite.size == 0 and [one.name for one in suite.failing] == ["one"]
    assert suite.attempt(mutant(bot, "caveats", "caveats.lupus: dropped")).noticed is None


@pytest.mark.parametrize("section", SECTIONS)
def test_mutants_of_every_section_leave_the_bot_as_it_was(section: str, bot: Bot) -> None:
    """Or what comes after them would be tried on a bot that is broken already."""
    asked = ["Does lupus need treatment?", "I can't pee and my back hurts", "How long can a soft collar be worn?", "hello"]
    before = [bot.conversation("1").say(text) for text in asked]
    made = list(mutants(bot, [section]))
    assert made and len({one.name for one in made}) == len(made)
    for one in (made[0], made[-1]):
        with one.during():
            one.bot().conversation("1").say(asked[0])
    assert [bot.conversation("1").say(text) for text in asked] == before


def test_every_mutant_says_the_line_of_its_rule(bot: Bot) -> None:
    lines = Path(bot.rules.path).read_text(encoding="utf-8").split("\n")
    made = mutant(bot, "red_flags", "cauda-equina: without 'saddle-numb'")
    assert lines[made.line - 1].strip() == "saddle-numb"
    assert lines[mutant(bot, "outside", "outside.genetics: no wordings").line - 1].strip() == "genetics:"


@pytest.mark.parametrize(
    ("line", "blunt"),
    [
        ("a", []),
        ("a & b", ["b", "a"]),
        ("a + b", ["b", "a", "a & b"]),
        ("a & !b", ["a"]),
        ("a + b & c", ["b & c", "a & c", "a & b & c", "a + b"]),
    ],
)
def test_a_line_is_blunted_in_every_way(line: str, blunt: list[str]) -> None:
    assert list(blunted(line)) == blunt
