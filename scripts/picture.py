"""Write what README.md shows of the bot: real replies, laid out as the terminal lays them out.

    make picture                        # or: python scripts/picture.py
    python scripts/picture.py --check   # exit 1 where README.md or docs/chat.svg is not what the bot says now

The first conversation goes into README.md, between its two `conversation` comments; the longer one becomes docs/chat.svg.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from spinebot import Bot
from spinebot.render import Line, Marks, columns
from spinebot.terminal import PROMPT, Chat, Loading

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
PICTURE = ROOT / "docs" / "chat.svg"

SMALLEST = ["Can lupus hurt my back?"]
LONGER = ["whats a slipped disk", "do i need an operation for it", "Does acupuncture help?"]

BLOCK = re.compile(r"(?<=<!-- conversation -->\n).*?(?=<!-- /conversation -->)", re.DOTALL)

# The picture's measures, in pixels: a monospaced letter of 14 is 8.4 wide.
SIZE, ADVANCE, LINE, MARGIN, BAR = 14, 8.4, 20, 20, 42
WIDTH = 80
STYLE = """
  .window { fill: #ffffff; stroke: #d0d7de }
  text { fill: #1f2328; font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre }
  .dot { fill: #c4cbd3 }
  .prompt { font-weight: 700 }
  .mark { fill: #0a6c74 }
  .caveat { font-style: italic }
  .urgent { fill: #b3261e; font-weight: 700 }
  .source, .correction, .name { fill: #59636e }
  @media (prefers-color-scheme: dark) {
    .window { fill: #0d1117; stroke: #3d444d }
    text { fill: #e6edf3 }
    .dot { fill: #3d444d }
    .mark { fill: #56d4dd }
    .urgent { fill: #ff8a80 }
    .source, .correction, .name { fill: #9aa4af }
  }
"""


class Recorder:
    """A screen that types the messages itself and keeps all that is shown."""

    def __init__(self, messages: Iterable[str], width: int) -> None:
        self.marks = Marks()
        self.lines: list[Line] = []
        self._messages = iter(messages)
        self._width = width

    def ask(self) -> str:
        """The next message, as it stands after the prompt."""
        message = next(self._messages, None)
        if message is None:
            raise EOFError
        self.lines.append(Line("say", PROMPT, message))
        return message

    def show(self, lines: list[Line]) -> None:
        """Keep lines."""
        self.lines += lines

    def width(self) -> int:
        """The columns that a line may take."""
        return self._width


def hold(bot: Bot, messages: Sequence[str], width: int = WIDTH) -> list[Line]:
    """The lines of a conversation from its first prompt on."""
    loading = Loading(lambda: bot)
    loading.bot()
    recorder = Recorder(messages, width)
    Chat(loading, recorder).run()
    lines = recorder.lines
    first = next(at for at, line in enumerate(lines) if line.mark == PROMPT)
    lines = lines[first:]
    while lines[-1].role == "blank":
        lines.pop()
    return lines


def block(lines: Iterable[Line]) -> str:
    """The lines as a block of Markdown."""
    return "```text\n" + "".join(f"{line}\n" for line in lines) + "```\n"


def picture(lines: Sequence[Line], name: str = "make chat") -> str:
    """The lines as a terminal window in SVG, readable in light and in dark."""
    width = round(2 * MARGIN + WIDTH * ADVANCE)
    height = BAR + len(lines) * LINE + MARGIN
    transcript = "\n".join(str(line) for line in lines)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" aria-labelledby="title text">',
        '<title id="title">A conversation with spinebot in a terminal</title>',
        f'<desc id="text">{escape(transcript)}</desc>',
        f"<style>{STYLE}</style>",
        f'<rect class="window" x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="8"/>',
        *(f'<circle class="dot" cx="{MARGIN + 16 * at}" cy="{BAR // 2 - 2}" r="5"/>' for at in range(3)),
        f'<text class="name" x="{width // 2}" y="{BAR // 2 + 3}" text-anchor="middle">{escape(name)}</text>',
    ]
    for row, line in enumerate(lines):
        y = BAR + row * LINE + SIZE
        typed = line.mark == PROMPT
        role = "prompt" if typed else line.role
        out += [*_run("mark" if role not in ("prompt", "urgent", "say") else role, line.mark, 0, y), *_run(role, line.text, columns(line.mark), y)]
    return "\n".join([*out, "</svg>", ""])


def _run(role: str, text: str, column: int, y: int) -> list[str]:
    column += len(text) - len(text.lstrip())
    text = text.strip()
    if not text:
        return []
    x, length = MARGIN + column * ADVANCE, columns(text) * ADVANCE
    # textLength holds the columns together whatever font the reader has.
    return [f'<text class="{role}" x="{x:.1f}" y="{y}" textLength="{length:.1f}">{escape(text)}</text>']


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where a file is out of date")
    checking = parser.parse_args().check
    bot = Bot.load()
    smallest = block(hold(bot, SMALLEST))
    readme = README.read_text(encoding="utf-8")
    if not BLOCK.search(readme):
        sys.exit(f"{README}: has no <!-- conversation --> ... <!-- /conversation -->")
    wanted = {README: BLOCK.sub(lambda _: smallest, readme), PICTURE: picture(hold(bot, LONGER))}
    old = [path for path, text in wanted.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    for path in old:
        if checking:
            print(f"{path.relative_to(ROOT)} is not what the bot says now: run `make picture`")
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(wanted[path], encoding="utf-8")
            print(f"{path.relative_to(ROOT)} written")
    return 1 if checking and old else 0


if __name__ == "__main__":
    sys.exit(main())
