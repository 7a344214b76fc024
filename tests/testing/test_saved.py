"""Saved conversations, read back: each channel's, and a sentence for whatever is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from spinebot import Bot, SpinebotError
from spinebot.testing.saved import read_saved
from spinebot.transcript import Turn, to_json

SAID = ["is lupsu treated", "and surgery?", "thanks"]


def replies(bot: Bot, *names: str) -> list[dict[str, object]]:
    """Replies of conversations of these names, one each."""
    return [bot.conversation(name).say(text).to_dict() for name, text in zip(names, SAID, strict=False)]


def saved(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_a_transcript_of_the_terminal_has_users_replies_and_articles(bot: Bot, tmp_path: Path) -> None:
    talk = bot.conversation("1")
    turns = [Turn(text, talk.say(text), talk.dialogue) for text in SAID]
    read = read_saved(saved(tmp_path / "a.json", to_json(turns, bot.corpus.articles)))
    assert [message.user for message in read.messages] == SAID and read.has_user
    assert [message.reply for message in read.messages] == [turn.reply.to_dict() for turn in turns]
    assert [message.begins for message in read.messages] == [True, False, False]
    assert read.articles is not None and list(read.articles) == [article.id for article in bot.corpus.articles]
    assert read.missing == 0


def test_what_a_server_kept_says_how_much_came_before(bot: Bot, tmp_path: Path) -> None:
    (reply,) = replies(bot, "1")
    values = {"conversation": "1", "turns": 4, "topics": [], "suggestions": [], "messages": [{"user": SAID[0], "reply": reply}]}
    read = read_saved(saved(tmp_path / "a.json", json.dumps(values)))
    assert (read.missing, read.articles, read.messages[0].user) == (3, None, SAID[0])


def test_lines_of_replies_begin_anew_with_each_conversation(bot: Bot, tmp_path: Path) -> None:
    path = saved(tmp_path / "a.jsonl", "\n".join(map(json.dumps, replies(bot, "1", "1", "2"))) + "\n")
    read = read_saved(path)
    assert [message.begins for message in read.messages] == [True, False, True] and not read.has_user
    assert [message.user for message in read_saved(path, [*SAID[:2], "", SAID[2]]).messages] == SAID
    with pytest.raises(SpinebotError, match="holds 3 replies, the messages are 2"):
        read_saved(path, SAID[:2])


@pytest.mark.parametrize(("text", "line", "said"), [
    ("", 0, "is empty"),
    ("{", 1, "is not JSON"),
    ('{"a": 1,\n"b" 2}', 2, "is not JSON"),
    ("[]", 0, "is no saved conversation"),
    ('{"format": "spinebot-transcript/1", "articles": {}}', 0, "is no saved conversation"),
    ('{"format": "spinebot-transcript/1", "format": "", "articles": {}, "messages": []}', 0, "twice"),
    ('{"format": "spinebot-transcript/9", "articles": {}, "messages": []}', 0, "another version of spinebot"),
    ('{"format": "spinebot-transcript/1", "articles": [], "messages": []}', 0, "'articles' must be"),
    ('{"format": "spinebot-transcript/1", "articles": {}, "messages": []}', 0, "holds no message"),
    ('{"format": "spinebot-transcript/1", "articles": {}, "messages": [{"user": "hi"}]}', 0, "message 1 must have 'user'"),
    ('{"format": "spinebot-transcript/1", "articles": {}, "messages": [{"user": "hi", "reply": {}}]}', 0, "message 1: the reply lacks 'kind'"),
    ('{"conversation": "x", "turns": 2, "topics": [], "suggestions": [], "messages": []}', 0, "--keep-messages"),
    ('{"conversation": "x", "turns": true, "topics": [], "suggestions": [], "messages": []}', 0, "'turns' must be"),
    ("[" * 100_000, 0, "nested too deeply|not JSON"),
    ("1" * 5000, 0, "not JSON"),
], ids=range(15))  # fmt: skip
def test_a_file_of_another_kind_is_no_failed_proof(tmp_path: Path, text: str, line: int, said: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(SpinebotError) as caught:
        read_saved(path)
    (fault,) = caught.value.faults
    assert fault.line == line and any(one in fault.message for one in said.split("|")), fault


def test_a_broken_line_of_replies_is_named(bot: Bot, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(bot.conversation().say("thanks").to_dict()) + "\n\n{]\n{}\n")
    with pytest.raises(SpinebotError) as caught:
        read_saved(path)
    assert [(fault.line, fault.message[:21]) for fault in caught.value.faults] == [(3, "is not JSON: Expectin"), (4, "message 3: the reply ")]
