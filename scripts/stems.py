"""Write src/spinebot/stems.txt: the stems, by nltk's Snowball stemmer, of the English words and of those of the rules.

    python scripts/stems.py [--check]
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from nltk.stem.snowball import EnglishStemmer

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "src" / "spinebot" / "stems.txt"


def stems() -> str:
    """The file's text: `word stem` lines, sorted; an English word that is its own stem is left out."""
    english = (ROOT / "src" / "spinebot" / "words.txt").read_text(encoding="ascii").split()
    files = [ROOT / "intents.yaml", *sorted((ROOT / "corpus").glob("*.md")), ROOT / "src" / "spinebot" / "english.py"]
    text = " ".join(path.read_text(encoding="utf-8").lower() for path in files)
    ours = re.findall(r"[a-z0-9]+", text.replace("'", "") + " " + text)
    stemmer, known = EnglishStemmer(), frozenset(english)
    pairs = {word: stemmer.stem(word) for word in {*english, *ours} if not word.isdigit() and word.isascii()}
    return "".join(f"{word} {stem}\n" for word, stem in sorted(pairs.items()) if word not in known or stem != word)


def main() -> None:
    text = stems()
    if "--check" in sys.argv:
        sys.exit(0 if FILE.read_text(encoding="ascii") == text else f"{FILE}: out of step: run 'make stems'")
    FILE.write_text(text, encoding="ascii")
    print(f"{FILE.name}: {text.count(chr(10))} stems")


if __name__ == "__main__":
    main()
