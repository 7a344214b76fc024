"""deep-chat's default connection."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from spinebot import Bot

PATH = "/deep-chat"


def said(*texts: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "text": text} for text in texts]}


def as_read(markdown: str) -> str:
    """The reply as deep-chat renders it: two blanks at the end of a line break it."""
    return markdown.replace("  \n", "\n")


@pytest.mark.parametrize("text", ["Can lupus hurt my back?", "What exercises help?", "hello", "I want to kill myself"])
def test_a_reply_is_one_bubble_whose_lines_stay_apart(text: str, client: TestClient, bot: Bot) -> None:
    answer = client.post(PATH, json=said(text))
    assert answer.status_code == 200
    found = answer.json()
    assert set(found) == {"text"}, "a list would be several bubbles"
    reply = bot.conversation().say(text).text
    assert as_read(found["text"]) == reply
    assert [line for line in found["text"].split("\n")[:-1] if not line.endswith("  ")] == []


def test_a_stream_brings_the_whole_reply(client: TestClient) -> None:
    answer = client.post(PATH, json=said("Does traction help?"), headers={"accept": "text/event-stream"})
    assert answer.headers["content-type"].startswith("text/event-stream")
    *events, rest = answer.text.split("\n\n")
    assert rest == "" and all(event.startswith("data: ") and "\n" not in event for event in events)
    frames = [json.loads(event.removeprefix("data: ")) for event in events]
    assert {frozenset(frame) for frame in frames} == {frozenset({"text"})}
    assert "".join(frame["text"] for frame in frames) == client.post(PATH, json=said("Does traction help?")).json()["text"]


def test_a_page_that_sends_all_messages_gets_the_reply_of_the_conversation(client: TestClient, bot: Bot) -> None:
    conversation = bot.conversation()
    history: list[dict[str, str]] = []
    for text in ("Can lupus hurt my back?", "why?", "my leg is numb", "both legs, and I can't pee", "it's probably nothing"):
        history.append({"role": "user", "text": text})
        reply = client.post(PATH, json={"messages": history}).json()["text"]
        assert as_read(reply) == conversation.say(text).text
        history.append({"role": "ai", "text": reply})


def test_a_page_that_sends_the_newest_message_alone_is_answered_by_it_alone(client: TestClient, bot: Bot) -> None:
    client.post(PATH, json=said("Can lupus hurt my back?"))
    assert as_read(client.post(PATH, json=said("why?")).json()["text"]) == bot.conversation().say("why?").text


def test_a_message_without_a_role_is_the_user_s(client: TestClient, bot: Bot) -> None:
    assert as_read(client.post(PATH, json={"messages": [{"text": "hello"}]}).json()["text"]) == bot.conversation().say("hello").text


def test_a_reply_of_the_bot_as_long_as_it_likes_is_no_fault(make_client: Any) -> None:
    """The limit of a message is for what the user types, not for what comes back with it."""
    client = make_client(most_text=50)
    messages = [{"role": "user", "text": "hello"}, {"role": "ai", "text": "x" * 500}, {"role": "user", "text": "why?"}]
    assert client.post(PATH, json={"messages": messages}).status_code == 200


def test_urgent_advice_answer_and_caveats_are_one_bubble_in_this_order(client: TestClient, bot: Bot) -> None:
    for text in ("I have numbness between my legs and can't control my bladder", "Does traction help?"):
        reply = bot.conversation().say(text)
        bubble = as_read(client.post(PATH, json=said(text)).json()["text"])
        at = 0
        for part in [*([reply.urgent.text] if reply.urgent else []), *reply.answer.splitlines(), *(caveat.text for caveat in reply.caveats)]:
            at = bubble.index(part, at) + len(part)
        assert reply.caveats
