"""Write src/spinebot/stems.txt: the stems, by nltk's Snowball stemmer, of the English words and of those of the rules; and those in rare.txt.

    python scripts/stems.py [--check]
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from nltk.stem.snowball import EnglishStemmer

from spinebot.english import UNSTEMMED

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "src" / "spinebot" / "stems.txt"
RARE = ROOT / "src" / "spinebot" / "rare.txt"
#: A word that is made of another one, which it says as much as.
MADE_OF = re.compile(r"(\w{3,})(?:ly|ness|nesses)$")


def english() -> list[str]:
    """The common English words."""
    return (ROOT / "src" / "spinebot" / "words.txt").read_text(encoding="ascii").split()


def ours() -> list[str]:
    """The words of the rules, of the corpus and of english.py."""
    files = [ROOT / "intents.yaml", *sorted((ROOT / "corpus").glob("*.md")), ROOT / "src" / "spinebot" / "english.py"]
    text = " ".join(path.read_text(encoding="utf-8").lower() for path in files)
    return re.findall(r"[a-z0-9]+", text.replace("'", "") + " " + text)


def stems() -> str:
    """The file's text: `word stem` lines, sorted; an English word that is its own stem is left out, and what is not stemmed."""
    stemmer, known = EnglishStemmer(), frozenset(english())
    pairs = {word: stemmer.stem(word) for word in {*known, *ours()} - UNSTEMMED if not word.isdigit() and word.isascii()}
    return "".join(f"{word} {stem}\n" for word, stem in sorted(pairs.items()) if word not in known or stem != word)


def rare() -> str:
    """The text of rare.txt: its words, sorted, each with its stem where that is another. What is made of a word of the rules ("unsteadily") is
    left out: it is to be read as that.
    """
    stemmer = EnglishStemmer()
    known = frozenset(ours())
    words = (line.split()[0] for line in RARE.read_text(encoding="ascii").splitlines())
    pairs = {word: stemmer.stem(word) for word in words if not MADE_OF.match(word) or known.isdisjoint(bases(word))}
    return "".join(f"{word} {stem}\n" if stem != word else f"{word}\n" for word, stem in sorted(pairs.items()))


def bases(word: str) -> tuple[str, ...]:
    """What a word that ends in -ly or -ness may be made of: "unsteadily" → "unsteadi", "unsteady"."""
    base = MADE_OF.sub(r"\1", word)
    return base, base[:-1] + "y"


def main() -> None:
    for file, text in ((FILE, stems()), (RARE, rare())):
        if "--check" not in sys.argv:
            file.write_text(text, encoding="ascii")
            print(f"{file.name}: {text.count(chr(10))} lines")
        elif file.read_text(encoding="ascii") != text:
            sys.exit(f"{file}: out of step: run 'make stems'")


if __name__ == "__main__":
    main()
