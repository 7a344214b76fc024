"""What was learned, read: words never met before, the limit on what is kept, files that don't fit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spinebot import weights
from spinebot.errors import RulesError
from spinebot.weights import LETTERS, Rows, Weights, features, load_weights, sealed

LINES = {"bias": b"0:1.00", "word limp": b"0:2.00 1:-1.00", "letters limp": b"1:4.00", "topic lupus": b"0:.50"}
CLASSES = ["a", "b", "none"]


@pytest.fixture
def learned() -> Weights:
    return Weights(LINES, CLASSES)


def rows(learned: Weights) -> Rows:
    return Rows(learned.bias, learned.row)


def test_a_word_is_known_by_its_stem_and_its_letters(learned: Weights) -> None:
    """Without its letters a word that nobody labelled, or a slip of spelling, would say nothing."""
    met, new = learned.row("spelled limping"), learned.row("spelled blimpy")
    assert met is not None and new is not None
    np.testing.assert_allclose(met, [2.0, -1.0 + LETTERS * 4.0, 0.0], rtol=1e-6)
    np.testing.assert_allclose(new, [0.0, LETTERS * 4.0, 0.0], rtol=1e-6)
    assert learned.row("spelled xyzzy") is None
    assert list(features("topic lupus")) == [("topic lupus", 1.0)]


def test_what_is_not_known_says_nothing(learned: Weights) -> None:
    kept = rows(learned)
    np.testing.assert_allclose(kept.score({"pair never met": 3.0, "topic lupus": 2.0}), [2.0, 0.0, 0.0])
    np.testing.assert_allclose(kept.score({}), learned.bias)
    assert kept["topic nothing"] is None


def test_forgetting_changes_no_score(learned: Weights, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that talks for a year meets endlessly many words: it must not keep them all, nor answer otherwise for it."""
    monkeypatch.setattr(weights, "MOST_ROWS", 50)
    kept, message = rows(learned), {"spelled limping": 1.0, "topic lupus": 1.0}
    before = kept.score(message).tolist()
    for number in range(500):
        kept.score({f"spelled word{number}": 1.0})
        assert len(kept._places) <= 50 + 1
    assert kept.score(message).tolist() == before


def test_words_never_met_say_what_new_words_do(learned: Weights) -> None:
    """A message of words that no labelled one has is mostly off the subject: without this, whatever else it holds decides."""
    new = Weights({**LINES, "new-word": b"2:1.5"}, CLASSES)
    unmet = new.row("spelled xyzzy")
    assert unmet is not None
    np.testing.assert_allclose(unmet, [0.0, 0.0, 1.5])
    np.testing.assert_allclose(new.row("spelled limping"), learned.row("spelled limping"))


TEXT = "classes\ta b none\nword limp\t0:.5\n"


@pytest.mark.parametrize(("text", "fault"), [
    (sealed("classes\ta b none c\n"), "learned for other entries"),
    (sealed("classes\tb a none\n"), "in another order"),
    (sealed(TEXT).replace(".5", ".6"), "is not as it was written"),
    (sealed(TEXT)[:-3], "is not as it was written"),
    (TEXT, "is not as it was written"),
])  # fmt: skip
def test_a_file_that_does_not_fit_is_refused(text: str, fault: str, tmp_path: Path) -> None:
    """Weights that were edited or cut short would answer at random, and alarm at random."""
    path = tmp_path / "weights.tsv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RulesError, match=fault):
        load_weights(path, CLASSES)
    assert load_weights(tmp_path / "none.tsv", CLASSES) is None
    path.write_text(sealed(TEXT), encoding="utf-8")
    assert load_weights(path, CLASSES) is not None
