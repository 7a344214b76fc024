"""What many tests share: the spine bot, loaded once, and a whole small bot folder to break."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from spinebot import Bot, Reply
from spinebot.conversation import Dialogue
from spinebot.render import Line, Marks
from spinebot.rules import PHRASES, REQUIRED_CAVEATS, Rules, load_rules
from spinebot.terminal.chat import KEYS, PROMPT, Chat
from spinebot.terminal.loading import Loading
from spinebot.terminal.session import hold

_KEEP = {"deadline": None, "database": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]}
settings.register_profile("fixed", derandomize=True, max_examples=200, **_KEEP)
settings.register_profile("explore", max_examples=2000, **_KEEP)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))

SMALL_RULES = (
    """\
bot:
  name: tiny
  subject: backs
topics:
  back-pain:
    label: back pain
    general: true
    words: back, back pain
  lupus:
    label: lupus
    caveats: [lupus]
    words: |
      lupus
      sle, butterfly/wolf disease
aspects:
  cause:
    words: why, cause
answers:
  lupus-back:
    ask: Can lupus hurt my back?
    quote: |
      Lupus can
      It has to be
    about: [lupus, back-pain]
    asks: [cause]
    clues: hurt ... back
outside:
  price:
    label: prices
    words: price
chat:
  greeting:
    reply: Hello.
    words: hello
aims:
  diagnosis:
    caveats: [diagnosis]
    words: do I have
signs:
  numb-saddle:
    words: numb saddle
  no-bladder:
    words: can not pee
red_flags:
  cauda-equina:
    name: Cauda equina
    level: emergency
    when: |
      numb-saddle + no-bladder
      no-bladder & numb-saddle
    not_alone: a numb toe
    advice: Go now.
    source: NHS
    read: 2026-11-22
contexts:
  idiom:
    words: bored stiff
numbers:
  default:
    emergency: Call 112.
    urgent: Call your doctor.
    crisis: Call a crisis line.
"""
    + "phrases:\n"
    + "".join(f'  {name}: "said {{{blank}}}"\n' if blank else f"  {name}: said\n" for name, blank in PHRASES.items())
    + "caveats:\n"
    + "".join(f"  {name}:\n    text: Beware of {name}.\n" for name in REQUIRED_CAVEATS)
)

SMALL_ARTICLE = """\
---
id: small
title: A small article
source: nowhere
---

# Backs

Lupus can hurt.  It has to be treated.
"""


@pytest.fixture(scope="session")
def unlearned() -> Bot:
    """The spine bot by its hand-set scores alone."""
    return Bot.load(weights=False)


@pytest.fixture(scope="session")
def bot() -> Bot:
    """The spine bot."""
    return Bot.load()


@pytest.fixture(scope="session", params=["by hand", "learned"])
def either(request: pytest.FixtureRequest, bot: Bot, unlearned: Bot) -> Bot:
    """The spine bot by its hand-set scores alone, then with what was learned."""
    return unlearned if request.param == "by hand" else bot


@pytest.fixture
def small_rules() -> str:
    """The text of a small `intents.yaml` without a fault."""
    return SMALL_RULES


@pytest.fixture
def small_article() -> str:
    """The text of a small article without a fault, which the small rules answer from."""
    return SMALL_ARTICLE


@pytest.fixture
def read_rules(tmp_path: Path) -> Callable[[str], Rules]:
    """Loads rules from text, by way of a file `intents.yaml`."""

    def read(text: str) -> Rules:
        path = tmp_path / "intents.yaml"
        path.write_text(text, encoding="utf-8")
        return load_rules(path)

    return read


class Script:
    """A screen that types the lines of a script, and keeps what was shown."""

    def __init__(self, lines: Iterable[str | BaseException], width: int) -> None:
        self.marks = Marks()
        self.keys = KEYS
        self.history = ""
        self.shown: list[str] = []
        self.clipboard = ""
        self._lines = iter(lines)
        self._width = width

    def ask(self, chat: Chat) -> str:
        line = next(self._lines, EOFError())
        if isinstance(line, BaseException):
            raise line
        self.shown.append(PROMPT + line)
        return line

    def show(self, lines: list[Line]) -> None:
        self.shown += [str(line) for line in lines]

    def width(self) -> int:
        return self._width

    def clear(self) -> None:
        self.shown.clear()

    def copy(self, text: str) -> str:
        self.clipboard = text
        return "Copied."

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        yield


class Shown(list[str]):
    """The lines on the screen after a conversation, and the chat that it was."""

    chat: Chat
    clipboard: str

    def after(self, line: str) -> list[str]:
        """What was shown between a line of the user's and the next."""
        at = self.index(PROMPT + line) + 1
        return self[at : next((n for n, text in enumerate(self[at:], at) if text.startswith(PROMPT)), len(self))]


Talk = Callable[..., Shown]


@pytest.fixture
def talk() -> Talk:
    """Holds a conversation with a bot: `talk(bot, "hello", "/quit", width=60)`."""

    def hold_it(bot: Bot, *lines: str | BaseException, width: int = 60, explain: bool = False) -> Shown:
        screen = Script(lines, width)
        chat = Chat(Loading(lambda: bot), screen, explain=explain)
        hold(chat)
        shown = Shown(screen.shown)
        shown.chat, shown.clipboard = chat, screen.clipboard
        return shown

    return hold_it


class Suggesting:
    """Stands in for a bot and its conversation: repeats what it hears, and suggests."""

    dialogue = Dialogue()
    answers = ()
    rules = {"topics": {}}  # noqa: RUF012

    def conversation(self, _: str) -> Suggesting:
        return self

    def say(self, text: str) -> Reply:
        return Reply("chat", f"heard: {text}", suggestions=("What is lupus?", "Does traction help?"))


@pytest.fixture
def suggesting() -> Suggesting:
    return Suggesting()
