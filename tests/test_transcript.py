"""A saved conversation: nothing of it lost, nothing in it that a reader's program would run."""

from __future__ import annotations

import hashlib
import json

import yaml

from spinebot import Bot
from spinebot.transcript import FORMAT, Turn, to_json, to_markdown, to_script

TALK = ["is lupsu treated", "what are the treatments for neck pain", "i cant feel my legs and i wet myself", "thanks"]


def held(bot: Bot, *messages: str) -> list[Turn]:
    conversation = bot.conversation("1")
    turns = []
    for message in messages or TALK:
        before = conversation.dialogue
        turns.append(Turn(message, conversation.say(message), before))
    return turns


def test_markdown_says_all_that_was_said_in_its_order(bot: Bot) -> None:
    turns = held(bot)
    text = to_markdown(turns, "spinebot")
    at = 0
    for turn in turns:
        for said in (turn.text, *turn.reply.text.split("\n")):
            plain = said.removeprefix("- ").replace('"', "")[:30]
            found = text.replace('"', "").replace("\\", "").find(plain, at)
            assert found >= 0, said
            at = found


def test_markdown_sets_quotes_caveats_and_urgent_advice_apart(bot: Bot) -> None:
    lines = to_markdown(held(bot), "spinebot").splitlines()
    assert "**GET HELP NOW**" in lines
    assert any(line.startswith("> - ") for line in lines), "the list"
    assert any(line.startswith("- General information") for line in lines)


def test_markdown_shows_what_was_typed_and_obeys_none_of_it(bot: Bot) -> None:
    typed = "# no heading\n- no list <script>alert(1)</script> *no* [link](javascript:x) `code` \x1b[2J\n1. no number\n---"
    text = to_markdown(held(bot, typed), "spinebot")
    assert "\x1b" not in text
    for raw in ("<script>", "\n# no", "\n- no", "\n1. no", "\n---", "[link]", "*no*", "`code`"):
        assert raw not in text, raw


def test_json_names_its_shape_and_the_articles_that_it_quotes(bot: Bot) -> None:
    turns = held(bot)
    saved = json.loads(to_json(turns, bot.corpus.articles))
    assert saved["format"] == FORMAT
    (article,) = bot.corpus.articles
    assert saved["articles"] == {article.id: hashlib.sha256(article.text.encode()).hexdigest()}
    for message in saved["messages"]:
        for quote in message["reply"]["quotes"]:
            assert article.text[quote["start"] : quote["end"]] == quote["text"]


def test_a_script_expects_of_every_reply_what_held(bot: Bot) -> None:
    turns = held(bot)
    (conversation,) = yaml.safe_load(to_script(turns, "a talk"))["conversations"]
    assert conversation["name"] == "a talk"
    assert [step["user"] for step in conversation["steps"]] == TALK
    corrected, listed, urgent, thanks = (step["expect"] for step in conversation["steps"])
    assert corrected["corrects"] == ["lupus"] and "lupus" in corrected["caveats"]
    assert urgent["urgent"] == "emergency" and urgent["kind"] == "urgent"
    assert set(listed["cites"]) == {quote.passage for quote in turns[1].reply.quotes}
    assert thanks == {"kind": "chat", "intent": turns[3].reply.intent}


def test_any_text_can_be_scripted(bot: Bot) -> None:
    typed = ["yes", "1", "null", "a: b # c", "\x1b[2J\x07", "\ud800", "背中 😀 \u202e", "two\nlines", " "]
    (conversation,) = yaml.safe_load(to_script(held(bot, *typed), "odd"))["conversations"]
    assert [step["user"] for step in conversation["steps"]] == [text.replace("\ud800", "?") for text in typed]
