"""docs/red-flags.md is what intents.yaml and alarms.tsv say, and holds all that a clinician signs off."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from spinebot import Bot

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "red-flags.md"


def test_the_page_is_in_step() -> None:
    done = subprocess.run([sys.executable, ROOT / "scripts" / "red_flags.py", "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_flag_has_its_row_with_all_that_is_said_of_it(bot: Bot) -> None:
    rows = {match[1]: match[0] for match in re.finditer(r"^\| \*\*.*?`([a-z-]+)` .*$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)}
    assert list(rows) == list(bot.rules["red_flags"])
    for flag in bot.rules["red_flags"].values():
        row = rows[flag.id]
        for key in ("name", "level", "not_alone", "advice", "source", "read"):
            assert re.sub(r"\s+", " ", flag.text(key)) in row, (flag.id, key)
        assert row.count("•") == len(flag.values["when"]), flag.id  # type: ignore[arg-type]
        assert len(re.findall(r"(?<!\\)\|", row)) == 8, f"{flag.id}: a cell breaks the table"


def test_every_sign_stands_there_with_all_its_wordings(bot: Bot) -> None:
    signs = PAGE.read_text(encoding="utf-8").partition("## The signs")[2]
    for sign in bot.rules["signs"].values():
        line = re.search(rf"^- \*\*{sign.id.replace('-', ' ')}\*\* .*$", signs, re.MULTILINE)
        assert line, sign.id
        for wording in sign.words:
            assert wording.text in line[0], (sign.id, wording.text)


def test_every_flag_has_its_loudest_words(bot: Bot) -> None:
    net = PAGE.read_text(encoding="utf-8").partition("## The second net")[2]
    for flag in bot.rules["red_flags"].values():
        row = re.search(rf"^\| {re.escape(flag.text('name'))} \| (\S.*) \|$", net, re.MULTILINE)
        assert row, flag.id
