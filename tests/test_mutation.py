"""No safety rule without a message that holds it in place: every one is taken away or blunted in turn (scripts/mutate.py)."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]

#: What may survive, and why.
MAY_SURVIVE = {
    "caveats.lupus: no wordings": "whatever names lupus is about the topic lupus too",
    "cauda-equina: 'tingling + saddle & leg' as 'tingling + saddle'": "tingling in the saddle alone is a sign too: no message may say that it is calm",
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
