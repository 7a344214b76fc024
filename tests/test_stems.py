"""stems.txt: the stems that stand ready are those that nltk's Snowball stemmer gives."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from nltk.stem.snowball import EnglishStemmer

from spinebot import Bot
from spinebot.english import FORMS, UNSTEMMED
from spinebot.text import MARKS, expand, stem, tokens

ROOT = Path(__file__).resolve().parents[1]


def test_the_file_is_in_step() -> None:
    done = subprocess.run([sys.executable, str(ROOT / "scripts" / "stems.py"), "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("word", ["treatment", "herniated", "arthritis", "lupus", "flumoxitating", "operation", "generously", "the"])
def test_a_stem_is_snowball_s(word: str) -> None:
    assert stem(word) == EnglishStemmer().stem(word)


def test_every_word_of_the_article_has_snowball_s_stem(bot: Bot) -> None:
    stemmer = EnglishStemmer()
    said = {word for place in bot.corpus.places() for token in tokens(place.sentence.text) if token not in MARKS for word in expand(token)}
    plain = {word for word in said if word.isalpha()} - UNSTEMMED - FORMS.keys()
    assert len(plain) > 300
    assert {word: stem(word) for word in plain} == {word: stemmer.stem(word) for word in plain}
