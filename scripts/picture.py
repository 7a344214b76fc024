"""Write what README.md shows of the bot: real sessions in a terminal, driven by keys.

    make picture                        # or: python scripts/picture.py
    python scripts/picture.py --check   # exit 1 where README.md or a picture is not what the terminal shows now

Each session runs in tmux, in a window of its own width, and is kept as tmux shows it: the smallest as text in README.md,
between its two `conversation` comments, the others as docs/chat.svg (120 columns) and docs/chat-narrow.svg (40 columns).
"""

from __future__ import annotations

import argparse
import itertools
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

from spinebot.render import columns

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
BLOCK = re.compile(r"(?<=<!-- conversation -->\n).*?(?=<!-- /conversation -->)", re.DOTALL)

#: The height of the windows, in lines: more than any session fills, so that none of it scrolls away.
HEIGHT = 120
#: A session is over when the screen has not changed for so many seconds; one that still changes after `LONGEST` is broken.
QUIET, LONGEST = 0.25, 30.0


class Session(NamedTuple):
    """Keys for a window of `width` columns, as tmux names them; what has no name is typed."""

    width: int
    keys: Sequence[str]


SMALLEST = Session(80, ["Can lupus hurt my back?", "Enter"])
PICTURES = {
    ROOT / "docs" / "chat.svg": Session(
        120,
        ["whats a slipped disk", "Enter", "do i need an operation for it", "Enter", "Does acupuncture help?", "Enter", "Tab"],
    ),
    ROOT / "docs" / "chat-narrow.svg": Session(
        40, ["ive lost controll of my bladder and my legs are going numb", "Enter", "/top"]
    ),
}

# The pictures' measures, in pixels: a monospaced letter of 14 is 8.4 wide.
SIZE, ADVANCE, LINE, MARGIN, BAR = 14, 8.4, 20, 20, 42
STYLE = """
  .window { fill: #ffffff; stroke: #d0d7de }
  text { fill: #1f2328; font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre }
  .dot { fill: #c4cbd3 }
  .bold { font-weight: 700 }
  .italic { font-style: italic }
  .dim, .name { fill: #59636e }
  .cyan { fill: #0a6c74 }
  .red { fill: #b3261e }
  rect.reverse, rect.menu { fill: #d8dee4 }
  rect.chosen { fill: #9aa4af }
  @media (prefers-color-scheme: dark) {
    .window { fill: #0d1117; stroke: #3d444d }
    text { fill: #e6edf3 }
    .dot { fill: #3d444d }
    .dim, .name { fill: #9aa4af }
    .cyan { fill: #56d4dd }
    .red { fill: #ff8a80 }
    rect.reverse, rect.menu { fill: #2d333b }
    rect.chosen { fill: #57606a }
  }
"""
#: Orders of the terminal for a style → the class of the picture that shows it.
CLASSES = {"1": "bold", "2": "dim", "3": "italic", "7": "reverse", "31": "red", "36": "cyan"}

#: A server of tmux takes a moment to go: each session has one of its own.
_NUMBERS = itertools.count()
_ORDERS = re.compile(r"\x1b\[([0-9;:]*)m")


def play(session: Session) -> list[str]:
    """The lines of the window after a session, the terminal's orders for colour among them.

    Exits where tmux is missing, or where the screen never comes to rest.
    """
    if not shutil.which("tmux"):
        sys.exit("picture.py needs tmux: on Debian and Ubuntu, apt install tmux")
    server = ["tmux", "-L", f"spinebot-{os.getpid()}-{next(_NUMBERS)}", "-f", os.devnull]
    command = f"{sys.executable} -m spinebot"
    plain = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "EDITING_MODE", "TMUX", "PROMPT_TOOLKIT_COLOR_DEPTH")}
    plain |= {"LC_ALL": "C.UTF-8", "PROMPT_TOOLKIT_COLOR_DEPTH": "DEPTH_4_BIT"}
    size = ["-x", str(session.width), "-y", str(HEIGHT)]
    subprocess.run([*server, "new-session", "-d", *size, command], check=True, env=plain)
    try:
        lines = _at_rest(server, "")
        for key in session.keys:
            before = "\n".join(lines)
            subprocess.run([*server, "send-keys", *([key] if key in ("Enter", "Tab") else ["-l", key])], check=True)
            lines = _at_rest(server, before)
    finally:
        subprocess.run([*server, "kill-server"], check=False)
    return lines


def _at_rest(server: Sequence[str], before: str) -> list[str]:
    """The screen, once it is another than `before` and has stopped changing."""
    started = changed = time.monotonic()
    seen = before
    while time.monotonic() - started < LONGEST:
        shown = subprocess.run([*server, "capture-pane", "-e", "-p"], check=True, capture_output=True, text=True).stdout
        if shown != seen:
            seen, changed = shown, time.monotonic()
        elif seen != before and _waits(seen) and time.monotonic() - changed > QUIET:
            return seen.rstrip("\n").split("\n")
        time.sleep(0.02)
    sys.exit(f"the terminal did not come to rest; it shows:\n{seen}")


def _waits(screen: str) -> bool:
    """Whether the prompt waits for the user: its line of keys is there, and the bot."""
    lines = screen.split("\n")
    return len(lines) > HEIGHT and bool(plain(lines[HEIGHT - 1])) and "reading" not in lines[HEIGHT - 1]


def plain(line: str) -> str:
    """A line without the terminal's orders."""
    return _ORDERS.sub("", line).rstrip()


def without_gap(lines: Sequence[str]) -> list[str]:
    """The window as it is, but for the empty lines between what is said and the line of keys at its bottom."""
    *said, keys = lines
    while said and not plain(said[-1]):
        said.pop()
    return [*said, "", keys]


def talk_of(lines: Sequence[str]) -> list[str]:
    """What was said: from the first prompt to before the last, without orders."""
    texts = [plain(line) for line in lines]
    prompts = [at for at, text in enumerate(texts) if text.startswith(">")]
    said = texts[prompts[0] : prompts[-1]]
    while not said[-1]:
        said.pop()
    return said


class Run(NamedTuple):
    """A piece of a line with one style."""

    text: str
    classes: frozenset[str]


def runs(lines: Sequence[str]) -> Iterator[list[Run]]:
    """Each line as pieces of one style."""
    style: dict[str, str] = {}
    for line in lines:
        pieces = []
        for at, part in enumerate(_ORDERS.split(line)):
            if at % 2:
                _follow(part, style)
            elif part:
                pieces.append(Run(part, frozenset(style.values())))
        yield pieces


def _follow(orders: str, style: dict[str, str]) -> None:
    """Change the style in hand as an order of the terminal says."""
    for order in (orders or "0").split(";"):
        if order == "0":
            style.clear()
        elif order in ("39", "49"):
            style.pop({"39": "ink", "49": "paper"}[order], None)
        elif order in ("31", "36"):
            style["ink"] = CLASSES[order]
        elif order in CLASSES:
            style[order] = CLASSES[order]
        elif order in ("100", "47", "107"):
            style["paper"] = "menu" if order != "100" else "chosen"


def picture(lines: Sequence[str], width: int) -> str:
    """The window in SVG, readable in light and in dark."""
    wide, high = round(2 * MARGIN + width * ADVANCE), BAR + len(lines) * LINE + MARGIN
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" viewBox="0 0 {wide} {high}" role="img" aria-labelledby="title text">',
        f'<title id="title">A conversation with spinebot in a terminal of {width} columns</title>',
        f'<desc id="text">{escape(chr(10).join(map(plain, lines)))}</desc>',
        f"<style>{STYLE}</style>",
        f'<rect class="window" x="0.5" y="0.5" width="{wide - 1}" height="{high - 1}" rx="8"/>',
        *(f'<circle class="dot" cx="{MARGIN + 16 * at}" cy="{BAR // 2 - 2}" r="5"/>' for at in range(3)),
        f'<text class="name" x="{wide // 2}" y="{BAR // 2 + 3}" text-anchor="middle">spinebot</text>',
    ]
    for row, pieces in enumerate(runs(lines)):
        column = 0
        for text, classes in pieces:
            out += _drawn(text, classes, column, BAR + row * LINE)
            column += columns(text)
    return "\n".join([*out, "</svg>", ""])


def _drawn(text: str, classes: frozenset[str], column: int, top: int) -> list[str]:
    drawn = []
    behind = sorted(classes & {"reverse", "menu", "chosen"})
    if behind:
        drawn.append(f'<rect class="{behind[0]}" x="{MARGIN + column * ADVANCE:.1f}" y="{top}" width="{columns(text) * ADVANCE:.1f}" height="{LINE}"/>')
    indent = len(text) - len(text.lstrip())
    shown = text.strip()
    if shown:
        kind = " ".join(sorted(classes - set(behind)))
        x, length = MARGIN + (column + indent) * ADVANCE, columns(shown) * ADVANCE
        # textLength holds the columns together whatever font the reader has.
        attributes = f'{f"class={chr(34)}{kind}{chr(34)} " if kind else ""}x="{x:.1f}" y="{top + SIZE}" textLength="{length:.1f}"'
        drawn.append(f"<text {attributes}>{escape(shown)}</text>")
    return drawn


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where a file is out of date")
    checking = parser.parse_args().check
    readme = README.read_text(encoding="utf-8")
    if not BLOCK.search(readme):
        sys.exit(f"{README}: has no <!-- conversation --> ... <!-- /conversation -->")
    smallest = "```text\n" + "".join(f"{line}\n" for line in talk_of(play(SMALLEST))) + "```\n"
    wanted = {README: BLOCK.sub(lambda _: smallest, readme)}
    wanted |= {path: picture(without_gap(play(session)), session.width) for path, session in PICTURES.items()}
    old = [path for path, text in wanted.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    for path in old:
        if checking:
            print(f"{path.relative_to(ROOT)} is not what the terminal shows now: run `make picture`")
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(wanted[path], encoding="utf-8")
            print(f"{path.relative_to(ROOT)} written")
    return 1 if checking and old else 0


if __name__ == "__main__":
    sys.exit(main())
