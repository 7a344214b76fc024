"""Scripted conversations as tests of pytest: every `*.chat.yaml` is collected, one item a conversation.

Loaded at the start of every pytest where spinebot is installed, so nothing but pytest is imported before a script is met.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ..bot import Bot
    from ..bot import Conversation as Talk
    from ..conversation import Reply
    from .play import Played, Speaker
    from .script import Conversation

#: Marks that pytest acts on: a tag of such a name chooses with -k, and does nothing else.
_PYTESTS_OWN = frozenset({"skip", "skipif", "xfail", "parametrize", "usefixtures", "filterwarnings", "tryfirst", "trylast", "no_cover"})
_FOLDER, _URL = "spinebot_bot", "spinebot_url"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of scripted conversations."""
    group = parser.getgroup("spinebot", "scripted conversations (*.chat.yaml)")
    group.addoption("--spinebot-bot", metavar="DIR", default=None, help="the bot folder that scripts and the fixture 'bot' speak with")
    group.addoption("--spinebot-url", metavar="URL", default=None, help="play scripts against a server: http://HOST or rasa+http://HOST")
    parser.addini(_FOLDER, "the bot folder, from where this file is (default: the spine bot)", default="")
    parser.addini(_URL, "the server that scripts are played against (default: none, the bot in this process)", default="")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a folder that isn't there, and an address that is none, before anything is collected."""
    folder = _folder_of(config)
    if folder is not None and not folder.is_dir():
        raise pytest.UsageError(f"{folder}: no such folder: --spinebot-bot and {_FOLDER} name one with corpus/ and intents.yaml")
    if _url_of(config):
        from ..errors import SpinebotError
        from .speakers import speaker_for

        try:
            speaker_for(_url_of(config))
        except SpinebotError as error:
            raise pytest.UsageError(str(error)) from None


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """The collector of a script."""
    return _collector_of(file_path, parent)


@pytest.fixture(scope="session")
def bot(pytestconfig: pytest.Config) -> Bot:
    """The bot of `--spinebot-bot` or the ini option `spinebot_bot`, else the spine bot; loaded once."""
    from ..bot import Bot
    from ..errors import SpinebotError

    try:
        return Bot.load(_folder_of(pytestconfig))
    except SpinebotError as error:
        return pytest.fail(f"the bot folder is broken:\n{error}", pytrace=False)


@pytest.fixture
def conversation(bot: Bot) -> Talk:
    """A new conversation with the bot."""
    return bot.conversation("test")


@pytest.fixture
def say(conversation: Talk) -> Callable[[str], Reply]:
    """Says a message of one conversation: `say("Does lupus need treatment?").kind == "answer"`."""
    return conversation.say


class ConversationFailed(Exception):
    """What a script expects does not hold."""


class ConversationBroken(Exception):
    """A conversation could not be held to its end: no xfail excuses that."""


class ScriptFile(pytest.Module):
    """One script. A module to pytest, so that fixtures of a module's scope have something to belong to."""

    obj = None

    def collect(self) -> Iterator[pytest.Item]:
        """Its conversations. A faulty script is an error of the collection, told by file and line."""
        from ..errors import SpinebotError
        from .script import load_script

        try:
            conversations = load_script(_near(self.path))
        except SpinebotError as error:
            raise self.CollectError("\n".join(map(str, error.faults))) from None
        for conversation in conversations:
            item: ConversationItem = ConversationItem.from_parent(self, name=_name_of(conversation), callobj=_converse)
            item.script = conversation
            item.mark()
            yield item


class ConversationItem(pytest.Function):
    """One conversation. A function to pytest, so that whichever fixture `bot` is nearest to the script is the one it speaks with."""

    script: Conversation

    def mark(self) -> None:
        """Tags as markers, which are registered for that; `skip` and `xfail` as pytest's own."""
        for tag in self.script.tags:
            if tag in _PYTESTS_OWN:
                self.extra_keyword_matches.add(tag)
                continue
            self.config.addinivalue_line("markers", f"{tag}: a tag of scripted conversations")
            self.add_marker(tag)
        if self.script.skip:
            self.add_marker(pytest.mark.skip(reason=self.script.skip))
        if self.script.fails:
            self.add_marker(pytest.mark.xfail(reason=self.script.fails, strict=True, raises=ConversationFailed))

    def reportinfo(self) -> tuple[os.PathLike[str] | str, int | None, str]:
        """Where the conversation begins."""
        return self.path, self.script.line - 1, self.name

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *args: Any, **options: Any) -> Any:
        """The failure as `spinebot test` tells it: a traceback would only show the inside of this file."""
        if isinstance(excinfo.value, ConversationFailed | ConversationBroken):
            return str(excinfo.value)
        return super().repr_failure(excinfo, *args, **options)


def _collector_of(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if ".chat." not in path.name:
        return None
    from .script import SUFFIXES

    return ScriptFile.from_parent(parent, path=path) if path.name.endswith(SUFFIXES) else None


def _converse(request: pytest.FixtureRequest) -> None:
    """What an item runs: its conversation, to the end."""
    from .play import play

    item = request.node
    played = play(item.script, _speaker(request))
    if played.trouble:
        raise ConversationBroken(_told(played, item.config))
    if any(step.failures for step in played.steps):
        raise ConversationFailed(_told(played, item.config))


def _speaker(request: pytest.FixtureRequest) -> Callable[[], Speaker]:
    url = _url_of(request.config)
    if url:
        from .speakers import speaker_for

        return speaker_for(url)
    from .play import BotSpeaker

    bot = request.getfixturevalue("bot")
    return lambda: BotSpeaker(bot)


def _told(played: Played, config: pytest.Config) -> str:
    from .report import failure_text

    return f"{_where(played)}\n{failure_text(played, config.get_terminal_writer().fullwidth)}"


def _where(played: Played) -> str:
    """What fails first, for the line that pytest's summary has of a test."""
    for step in played.steps:
        for failure in step.failures:
            return f"{step.step.path}:{failure.line}: {failure.key}"
    silent = played.conversation.steps[len(played.steps)]
    return f"{silent.path}:{silent.line}: no reply"


def _url_of(config: pytest.Config) -> str:
    """The address of the server that was chosen, "" for none."""
    return str(config.getoption("--spinebot-url") or config.getini(_URL))


def _folder_of(config: pytest.Config) -> Path | None:
    """The bot folder that was chosen, None for the spine bot."""
    asked = config.getoption("--spinebot-bot")
    if asked:
        return config.invocation_params.dir / str(asked)
    set_there = config.getini(_FOLDER)
    if not set_there:
        return None
    return (config.inipath.parent if config.inipath else config.rootpath) / str(set_there)


def _name_of(conversation: Conversation) -> str:
    """The name on one line; "::" is what pytest takes a node's address apart by."""
    return " ".join(conversation.name.replace("::", ":").split())


def _near(path: Path) -> Path:
    """`path` as an editor started here can open it."""
    try:
        return path.relative_to(Path.cwd())
    except (OSError, ValueError):
        return path
