"""Rasa's REST channel: what its clients and testers send and expect."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from spinebot import Bot

PATH = "/webhooks/rest/webhook"


def say(client: TestClient, message: str, **more: Any) -> list[dict[str, Any]]:
    answer = client.post(PATH, json={"message": message, **more})
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.json()
    return found


def test_a_reply_is_one_message_with_its_buttons(client: TestClient, bot: Bot) -> None:
    reply = bot.conversation().say("Can lupus hurt my back?")
    assert reply.suggestions
    assert say(client, "Can lupus hurt my back?", sender="u1") == [
        {"recipient_id": "u1", "text": reply.text, "buttons": [{"title": title, "payload": title} for title in reply.suggestions]}
    ]


def test_a_reply_without_suggestions_has_no_buttons_at_all(client: TestClient) -> None:
    (message,) = say(client, "I want to kill myself")
    assert set(message) == {"recipient_id", "text"}, "Rasa leaves out what is empty"


@pytest.mark.parametrize("sender", [{}, {"sender": None}, {"sender": ""}, {"sender": "default"}])
def test_who_gives_no_name_is_default(sender: dict[str, Any], client: TestClient) -> None:
    (message,) = say(client, "hello", **sender)
    assert message["recipient_id"] == "default"


def test_what_rasa_s_clients_send_besides_is_no_fault(client: TestClient) -> None:
    (message,) = say(client, "hello", sender="u1", input_channel="rest", metadata={"a": [1]})
    assert message["text"]
    assert client.post(f"{PATH}?stream=true", json={"message": "hello"}).status_code == 200


def test_the_channel_says_that_it_is_there(client: TestClient) -> None:
    assert client.get("/webhooks/rest/").json() == {"status": "ok"}


def test_each_sender_has_a_talk_of_their_own(client: TestClient, bot: Bot) -> None:
    ann, bob = bot.conversation(), bot.conversation()
    for one, other in (("Can lupus hurt my back?", "Does traction help?"), ("why?", "tell me more"), ("2", "1")):
        assert say(client, one, sender="ann")[0]["text"] == ann.say(one).text
        assert say(client, other, sender="bob")[0]["text"] == bob.say(other).text


def test_a_button_s_payload_is_answered(client: TestClient) -> None:
    (first,) = say(client, "Can lupus hurt my back?", sender="u1")
    for button in first["buttons"]:
        (message,) = say(client, button["payload"], sender="u2")
        assert message["text"] and message["text"] != first["text"]


@pytest.mark.parametrize("sender", ["ä", "🙂", "a b", "a\nb", "\x00", "../x", "*", "a" * 200, "{}", "0" * 32])
def test_any_name_is_a_sender(sender: str, client: TestClient) -> None:
    assert say(client, "Can lupus hurt my back?", sender=sender)[0]["recipient_id"] == sender
    assert client.get(f"/api/conversations/{'0' * 32}").status_code == 404, "a sender's talk is no other protocol's"


@settings(max_examples=80)
@given(messages=st.lists(st.text(st.characters(), max_size=60) | st.sampled_from(["Can lupus\n\nhurt?", "what exercises help?", "my leg is numb", "lupsu\n\n\n\nzz"]), min_size=1, max_size=3))
def test_a_reply_is_one_message_without_a_blank_line(client: TestClient, messages: list[str]) -> None:
    """Rasa's clients and testers split at blank lines: an answer would stand without its caveats."""
    for message in messages:
        answer = client.post(PATH, content=json.dumps({"message": message}), headers={"content-type": "application/json"})
        (found,) = answer.json()
        assert found["text"].strip() and "" not in [line.strip() for line in found["text"].splitlines()]


def test_urgent_advice_answer_and_caveats_are_in_the_one_message_in_this_order(client: TestClient, bot: Bot) -> None:
    for text in ("I have numbness between my legs and can't control my bladder", "Does traction help?", "I can't feel my legs. Does lupus cause back pain?"):
        reply = bot.conversation().say(text)
        (message,) = say(client, text, sender=text)
        at = 0
        for part in [*([reply.urgent.text] if reply.urgent else []), *reply.answer.splitlines(), *(caveat.text for caveat in reply.caveats)]:
            at = message["text"].index(part, at) + len(part)
        assert reply.caveats
