"""The conversation on a screen, by whole transcripts: what is said, taken up and remembered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from spinebot import Bot, SpinebotError
from spinebot.errors import Fault
from spinebot.render import columns
from spinebot.terminal.chat import PROMPT

Talk = Callable[..., Any]


def test_a_reply_reads_from_its_quote_to_its_caveats_to_its_source(bot: Bot, talk: Talk) -> None:
    shown = talk(bot, "Does lupus need treatment?", width=40).after("Does lupus need treatment?")
    reply = bot.conversation().say("Does lupus need treatment?")
    kinds = [line[:4].strip() for line in shown if line.strip()]
    assert "│" in kinds and "*" in kinds and kinds.index("│") < kinds.index("*")
    quoted = " ".join(line[4:] for line in shown if line.startswith("  │ "))
    assert quoted == " ".join(reply.answer.split())
    assert all(columns(line) <= 40 for line in shown)


def test_urgent_advice_is_the_first_thing_on_the_screen(bot: Bot, talk: Talk) -> None:
    message = "I lost control of my bladder and can't feel between my legs"
    shown = [line for line in talk(bot, message).after(message) if line]
    assert shown[0] == "One moment: still reading the article." or shown[0].startswith("!! ")
    marked = [line for line in shown if line.startswith("!! ")]
    assert marked[0] == "!! GET HELP NOW" and len(marked) > 2


def test_the_conversation_is_remembered_until_a_new_one_is_begun(bot: Bot, talk: Talk) -> None:
    shown = talk(bot, "What is lupus?", "Does it need treatment?", "/new", "Does it need treatment? ")
    assert "treated" in " ".join(shown.after("Does it need treatment?"))
    assert shown.after("Does it need treatment? ") != shown.after("Does it need treatment?")


@pytest.mark.parametrize("number", ["2", "2.", "#2", " 2) "])
def test_a_suggestion_is_taken_by_its_number(suggesting: Any, talk: Talk, number: str) -> None:
    shown = talk(suggesting, "hello", number)
    assert "  2  Does traction help?" in shown
    assert PROMPT + "Does traction help?" in shown and "heard: Does traction help?" in shown


@pytest.mark.parametrize("number", ["0", "4", "99"])
def test_a_number_that_is_not_offered_asks_nothing(suggesting: Any, talk: Talk, number: str) -> None:
    shown = talk(suggesting, "hello", number)
    assert f"There is no number {number}: choose from 1 to 2" in " ".join(shown.after(number)) and len(shown.chat.turns) == 1


@pytest.mark.parametrize("number", ["9" * 5000, "²", "-1", "1.5"])
def test_other_numbers_are_messages(suggesting: Any, talk: Talk, number: str) -> None:
    assert len(talk(suggesting, "hello", number).chat.turns) == 2


def test_a_number_is_a_message_where_nothing_is_offered(suggesting: Any, talk: Talk) -> None:
    assert "heard: 2" in talk(suggesting, "2")


def test_a_reply_that_is_given_up_leaves_the_conversation_as_it_was(suggesting: Any, talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(suggesting, "say", interrupted)
    shown = talk(suggesting, "hello")
    assert "Given up: that message has no reply." in shown and not shown.chat.turns


def test_an_empty_line_is_nothing(bot: Bot, talk: Talk) -> None:
    assert talk(bot, "", "   ", "/quit").after("   ") == []


def test_the_explanation_follows_where_it_was_asked_for(bot: Bot, talk: Talk) -> None:
    shown = talk(bot, "is lupsu treated", explain=True).after("is lupsu treated")
    assert any("lupsu -> lupus" in line for line in shown)
    assert all(columns(line) <= 60 for line in shown)


def test_what_a_correction_was_read_as_is_said(bot: Bot, talk: Talk) -> None:
    assert "Understood as: lupus" in talk(bot, "is lupsu treated").after("is lupsu treated")


def test_ctrl_c_gives_up_the_line_and_not_the_chat(bot: Bot, talk: Talk) -> None:
    shown = talk(bot, KeyboardInterrupt(), "hello")
    assert "(Ctrl-D or /quit leaves.)" in shown and shown.after("hello")


def test_the_topic_in_hand_is_what_the_talk_is_about(bot: Bot, talk: Talk) -> None:
    assert talk(bot).chat.topic == ""
    assert talk(bot, "is lupus rare").chat.topic == "lupus"
    assert talk(bot, "is lupus rare", "/new").chat.topic == ""


def broken() -> Bot:
    raise SpinebotError(Fault("intents.yaml", 3, "is broken"))


def test_a_broken_folder_ends_the_chat(talk: Talk) -> None:
    class Broken:
        def conversation(self, _: str) -> None:
            broken()

    with pytest.raises(SpinebotError):
        talk(Broken(), "hello")


@pytest.mark.parametrize("width", [10, 20, 40, 80, 100])
def test_no_line_is_wider_than_the_window_and_no_word_is_cut_that_would_fit(bot: Bot, talk: Talk, width: int) -> None:
    message = "what are the treatments for neck pain"
    shown = talk(bot, message, width=width).after(message)
    assert all(columns(line) <= width for line in shown)
    reply = bot.conversation().say(message)
    said = " ".join([reply.text, *reply.suggestions]).split()
    on_screen = {word for line in shown for word in line.split()}
    assert {word for word in said if len(word) <= width - 6} <= on_screen | {"-"}


def test_a_long_text_is_said_to_take_its_time(suggesting: Any, talk: Talk) -> None:
    assert any("a long text" in line for line in talk(suggesting, "back " * 30_000))
