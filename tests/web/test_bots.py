"""The bot folder may be changed while people talk: a good one takes its place, a broken one changes nothing."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import pytest

from spinebot import Bot
from spinebot.conversation import Dialogue
from spinebot.errors import SpinebotError
from spinebot.web.app import create_app
from spinebot.web.bots import Bots
from spinebot.web.conversations import Conversations
from spinebot.web.metrics import Metrics
from spinebot.web.settings import Settings
from spinebot.web.store import MemoryStore


@pytest.fixture
def folder(tmp_path: Path, small_rules: str, small_article: str) -> Path:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "small.md").write_text(small_article, encoding="utf-8")
    (tmp_path / "intents.yaml").write_text(small_rules, encoding="utf-8")
    return tmp_path


def change(folder: Path, old: str, new: str) -> None:
    path = folder / "intents.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_changed_folder_answers_after_a_reload(folder: Path) -> None:
    bots = Bots(str(folder), "default")
    assert bots.current.conversation().say("hello").text.startswith("Hello.")
    change(folder, "reply: Hello.", "reply: Good day.")
    assert bots.current.conversation().say("hello").text.startswith("Hello."), "nothing changes by itself"
    bots.reload().join(20)
    assert bots.current.conversation().say("hello").text.startswith("Good day.")


@pytest.mark.parametrize("broken", ["intents.yaml", "corpus/small.md"])
def test_a_broken_folder_is_told_of_and_the_last_good_one_answers_on(folder: Path, broken: str, caplog: pytest.LogCaptureFixture) -> None:
    bots = Bots(str(folder), "default")
    before = bots.current
    (folder / broken).write_text("topics: [", encoding="utf-8")
    bots.reload().join(20)
    assert bots.current is before
    logged = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    assert any(Path(broken).name in line for line in logged) and any("last good one" in line for line in logged)


def test_a_folder_that_is_gone_changes_nothing(folder: Path) -> None:
    bots = Bots(str(folder), "default")
    before = bots.current
    shutil.rmtree(folder)
    bots.reload().join(20)
    assert bots.current is before
    assert bots.current.conversation().say("hello").text


def test_two_reloads_at_once_both_end(folder: Path) -> None:
    bots = Bots(str(folder), "default")
    threads = [bots.reload() for _ in range(3)]
    for thread in threads:
        thread.join(20)
    assert not any(thread.is_alive() for thread in threads)


def test_a_server_does_not_start_with_a_broken_folder_and_says_what_is_wrong(folder: Path) -> None:
    (folder / "intents.yaml").write_text("topics: [", encoding="utf-8")
    with pytest.raises(SpinebotError) as error:
        create_app(Settings(bot=str(folder)))
    assert "intents.yaml" in str(error.value.faults[0])


def test_a_server_does_not_start_for_a_country_without_telephone_numbers(folder: Path) -> None:
    with pytest.raises(SpinebotError) as error:
        create_app(Settings(bot=str(folder), country="atlantis"))
    assert "atlantis" in str(error.value.faults[0])


class Changing:
    """A bot that is another one each time it is looked at, as where a reload falls into a reply."""

    def __init__(self, *bots: Bot) -> None:
        self._bots = list(bots)

    @property
    def current(self) -> Bot:
        self._bots.append(self._bots.pop(0))
        return self._bots[0]


def test_a_reload_in_the_middle_of_a_replay_breaks_no_reply(bot: Bot, folder: Path) -> None:
    """Each bot knows its own topics only; a dialogue of the one is none of the other."""
    small = Bot.load(folder)
    conversations = Conversations(Changing(bot, small), MemoryStore(9, 60), Metrics(), False)  # type: ignore[arg-type]
    texts = ["Does traction help my neck?", "Is surgery dangerous?", "tell me more"]
    dialogue = Dialogue()
    for text in texts[:-1]:
        _, dialogue = bot.respond(text, dialogue)
    wanted = {bot.respond(texts[-1], dialogue)[0].text, small.conversation().say(texts[-1]).text}
    for _ in range(4):
        assert conversations.replay(texts, "x").text in wanted


def test_the_articles_of_a_conversation_from_before_the_reload_are_forgotten_where_they_are_gone(bot: Bot, folder: Path) -> None:
    """Nobody's conversation ends because the maintainers removed what it was about."""
    import asyncio

    bots = type("Holder", (), {"current": bot})()
    conversations = Conversations(bots, MemoryStore(9, 60), Metrics(), False)  # type: ignore[arg-type]

    async def talk() -> tuple[str, str, str]:
        first, token = await conversations.say("Does traction help my neck?", None, None)
        bots.current = Bot.load(folder)
        again, _ = await conversations.say("tell me more", first.conversation, token)
        return first.conversation, again.conversation, again.text

    first, again, text = asyncio.run(talk())
    assert first == again and text
