"""What README.md shows is what the bot says."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_conversations_are_in_step() -> None:
    done = subprocess.run([sys.executable, str(ROOT / "scripts" / "picture.py"), "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_python_examples() -> None:
    failed, tried = doctest.testfile(str(ROOT / "README.md"), module_relative=False)
    assert tried and not failed


def test_links_lead_somewhere() -> None:
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
            assert target.startswith("https://") or (path.parent / target).is_file(), f"{path.name}: {target}"


def test_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for name in ("README.md", "CONTRIBUTING.md", "docs/understanding.md", "docs/red-flags.md"):
        named = set(re.findall(r"\bmake ([a-z-]+)\b(?=`|  | ARGS)", (ROOT / name).read_text(encoding="utf-8")))
        assert named <= targets, name


def test_the_table_of_modules_is_in_step() -> None:
    """Whoever looks for something finds where it is."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = [row.split("|")[2] for row in text[text.index("| layer |") : text.index("## Why each")].splitlines() if row.startswith("| ")]
    named = [package + name for row in rows for package in re.findall(r"`([a-z]+/)`", row) or [""] for name in re.findall(r"`([a-z_]+)`", row)]
    package = ROOT / "src" / "spinebot"
    assert sorted(named) == sorted(path.relative_to(package).with_suffix("").as_posix() for path in package.rglob("[!_]*.py"))
