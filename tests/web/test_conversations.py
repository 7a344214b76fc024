"""Conversations: each is carried over, none is mixed with another, and nothing that was typed is kept unless it was asked for."""

from __future__ import annotations

import asyncio
import json
import logging
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from spinebot import Bot
from spinebot.conversation import Dialogue
from spinebot.web.conversations import MOST_KEPT, MOST_REPLAYED, MOST_REPLAYED_TEXT, Conversations
from spinebot.web.metrics import Metrics
from spinebot.web.remembered import text_of, unpack
from spinebot.web.store import MemoryStore

Make = Callable[..., Any]
ASKED = "Can lupus hurt my back?"


class Talk:
    """A client of the API: sends what it is told to, remembers what it was given."""

    def __init__(self, client: TestClient, token: bool = True) -> None:
        self.client = client
        self.id: str | None = None
        self.token: str | None = None
        self.uses_token = token

    def say(self, text: str) -> dict[str, Any]:
        answer = self.client.post("/api/messages", json={"text": text, "conversation": self.id, "dialogue": self.token})
        assert answer.status_code == 200
        reply: dict[str, Any] = answer.json()
        self.id = reply["conversation"]
        if self.uses_token:
            self.token = answer.headers["Dialogue"]
        return reply


def without_id(reply: dict[str, Any]) -> dict[str, Any]:
    return {**reply, "conversation": ""}


def as_the_bot(bot: Bot, *messages: str) -> list[dict[str, Any]]:
    conversation = bot.conversation("x")
    return [without_id(conversation.say(message).to_dict()) for message in messages]


MESSAGES = [ASKED, "why?", "tell me more", "my leg is numb", "both legs, and I can't pee", "it's probably nothing", "thanks"]


@pytest.mark.parametrize("token", [False, True])
def test_a_conversation_is_carried_over_by_its_id(token: bool, client: TestClient, bot: Bot) -> None:
    talk = Talk(client, token)
    replies = [talk.say(message) for message in MESSAGES]
    assert len({reply["conversation"] for reply in replies}) == 1
    assert [without_id(reply) for reply in replies] == as_the_bot(bot, *MESSAGES)


def test_conversations_do_not_hear_each_other(client: TestClient, bot: Bot) -> None:
    one, two = Talk(client, False), Talk(client, False)
    said: list[tuple[dict[str, Any], dict[str, Any]]] = [(one.say(ASKED), two.say("Does traction help?")) for _ in range(1)]
    said += [(one.say("why?"), two.say("tell me more"))]
    assert one.id != two.id
    assert [without_id(first) for first, _ in said] == as_the_bot(bot, ASKED, "why?")
    assert [without_id(second) for _, second in said] == as_the_bot(bot, "Does traction help?", "tell me more")


@pytest.mark.parametrize("sent", ["0" * 32, "sender:default", "default", "A" * 32, "../" * 10, "*", "spinebot:conversation:x", "\x00" * 32, "é" * 32, "", "ff" * 100, "a" * 32 + "\n"])
def test_an_id_that_was_never_given_starts_a_conversation_of_its_own(sent: str, client: TestClient, bot: Bot) -> None:
    client.post("/webhooks/rest/webhook", json={"message": ASKED})
    reply = client.post("/api/messages", json={"text": "why?", "conversation": sent}).json()
    assert reply["conversation"] != sent
    assert [without_id(reply)] == as_the_bot(bot, "why?")


def test_an_id_that_is_over_gets_a_new_one_and_nobody_s_talk(make_client: Make, bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    client = make_client(time_to_live=60)
    talk = Talk(client, False)
    talk.say(ASKED)
    old, now = talk.id, time.monotonic()
    monkeypatch.setattr(client.app.state.conversations._store, "_clock", lambda: now + 61)
    assert client.get(f"/api/conversations/{old}").status_code == 404
    assert [without_id(talk.say("why?"))] == as_the_bot(bot, "why?")
    assert talk.id != old


def test_an_id_that_was_forgotten_and_is_sent_again_gets_a_new_one(client: TestClient, bot: Bot) -> None:
    talk = Talk(client, False)
    talk.say(ASKED)
    old = talk.id
    assert client.delete(f"/api/conversations/{old}").status_code == 204
    assert client.get(f"/api/conversations/{old}").status_code == 404
    assert client.delete(f"/api/conversations/{old}").status_code == 204
    assert [without_id(talk.say("why?"))] == as_the_bot(bot, "why?")
    assert talk.id != old


def test_who_is_pushed_out_of_memory_goes_on_by_the_token_alone(make_client: Make, bot: Bot) -> None:
    client = make_client(most_conversations=1)
    talk = Talk(client)
    first = talk.say(ASKED)
    Talk(client).say("hello")
    assert client.get(f"/api/conversations/{first['conversation']}").status_code == 404
    assert without_id(talk.say("why?")) == as_the_bot(bot, ASKED, "why?")[1]


def test_a_server_that_was_started_anew_goes_on_by_the_token(make_client: Make, bot: Bot) -> None:
    talk = Talk(make_client())
    said = []
    for message in MESSAGES:
        said.append(without_id(talk.say(message)))
        talk.client = make_client()
    assert said == as_the_bot(bot, *MESSAGES)


def test_an_old_token_does_not_take_a_conversation_back(client: TestClient, bot: Bot) -> None:
    """A signal of an urgent message has to stand, though a tab that was left open sends what it knew."""
    talk = Talk(client)
    talk.say("hello")
    early = talk.token
    talk.say("my leg is numb")
    talk.say("both legs, and I can't pee")
    talk.token = early
    assert without_id(talk.say("it's probably nothing")) == as_the_bot(bot, "hello", "my leg is numb", "both legs, and I can't pee", "it's probably nothing")[3]


@pytest.mark.parametrize("token", ["", "garbage", "eJw", "é", "A" * 8000, "\x00", "=" * 50])
def test_a_forged_token_costs_its_sender_nothing_but_the_memory(token: str, client: TestClient, bot: Bot) -> None:
    answer = client.post("/api/messages", json={"text": ASKED, "dialogue": token})
    assert answer.status_code == 200
    assert [without_id(answer.json())] == as_the_bot(bot, ASKED)


def test_ids_can_not_be_guessed(client: TestClient) -> None:
    ids = [Talk(client).say("hello")["conversation"] for _ in range(300)]
    assert len(set(ids)) == len(ids)
    assert all(len(name) == 32 and set(name) <= set("0123456789abcdef") for name in ids)
    for bit in range(128):
        ones = sum(int(name, 16) >> bit & 1 for name in ids)
        assert 90 < ones < 210, f"bit {bit} of ids is not left to chance"


def test_what_is_told_of_a_conversation_is_what_it_leans_on(client: TestClient) -> None:
    talk = Talk(client)
    reply = talk.say(ASKED)
    told = client.get(f"/api/conversations/{talk.id}").json()
    assert told == {"conversation": talk.id, "turns": 1, "topics": told["topics"], "suggestions": reply["suggestions"], "messages": []}
    assert "lupus" in told["topics"]


SECRET = ("Zebulon Quagmire", "quagmire@example.org", "flumoxitis")
TYPED = ["My name is Zebulon Quagmire and lupus hurts my back", "quagmire@example.org asks: is flumoxitis dangerous? I can't pee and my saddle is numb", "Zebulon Quagmire"]


def hold_secret(text: str) -> None:
    assert text
    assert not [secret for secret in (*SECRET, "Zebulon", "zebulon", "Quagmire", "quagmire") if secret in text]


def speak_in_every_protocol(client: TestClient) -> str:
    talk = Talk(client)
    for text in TYPED:
        talk.say(text)
        client.post("/webhooks/rest/webhook", json={"sender": "s1", "message": text})
        client.post("/deep-chat", json={"messages": [{"role": "user", "text": text}]})
        client.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": text}]})
        client.post("/api/messages", content=f'{{"text": "{text}', headers={"content-type": "application/json"})
        client.post("/api/messages", json={"text": [text]})
    assert talk.id
    return talk.id


def test_nothing_that_was_typed_is_kept_in_memory_logs_or_figures(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    name = speak_in_every_protocol(client)
    store = client.app.state.conversations._store  # type: ignore[attr-defined]
    assert set(store._kept) == {name, "sender:s1"}
    hold_secret(repr(store._kept))
    hold_secret(client.get("/metrics").text)
    hold_secret(client.get(f"/api/conversations/{name}").text)
    hold_secret("log:" + caplog.text)


def test_nothing_that_was_typed_is_kept_in_redis(redis: Any, make_client: Make, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = make_client(store=redis.url, rate="1000/minute")
    name = speak_in_every_protocol(client)
    kept = redis.everything()
    assert {f"spinebot:conversation:{name}", "spinebot:conversation:sender:s1"} < set(kept)
    hold_secret(repr(kept))
    hold_secret("log:" + caplog.text)


@pytest.mark.parametrize("where", ["memory", "redis"])
def test_where_messages_are_kept_on_request_all_come_back_as_they_were_said(where: str, make_client: Make, request: pytest.FixtureRequest) -> None:
    url = "memory" if where == "memory" else request.getfixturevalue("redis").url
    client = make_client(store=url, keep_messages=True)
    talk = Talk(client)
    replies = [talk.say(text) for text in MESSAGES]
    told = client.get(f"/api/conversations/{talk.id}").json()
    assert told["messages"] == [{"user": text, "reply": reply} for text, reply in zip(MESSAGES, replies, strict=True)]
    assert told["turns"] == len(MESSAGES)
    assert client.delete(f"/api/conversations/{talk.id}").status_code == 204
    assert client.get(f"/api/conversations/{talk.id}").status_code == 404


def test_kept_messages_are_the_last_ones_and_can_always_be_sent_back(make_client: Make) -> None:
    client = make_client(keep_messages=True)
    talk = Talk(client)
    talk.say("first")
    for number in range(MOST_KEPT):
        talk.say(f"hello {number}")
    half = client.post("/api/messages", content=json.dumps({"text": "hello \ud83d", "conversation": talk.id}), headers={"content-type": "application/json"})
    assert half.status_code == 200
    answer = client.get(f"/api/conversations/{talk.id}")
    assert answer.status_code == 200
    told = [message["user"] for message in answer.json()["messages"]]
    assert len(told) == MOST_KEPT and told[:-1] == [f"hello {number}" for number in range(1, MOST_KEPT)]


def test_ten_thousand_open_conversations_fit_and_each_goes_on(bot: Bot) -> None:
    """All are open at once; each is asked once more, and answers from its own talk."""
    holder = type("Holder", (), {"current": bot})()
    store = MemoryStore(10_000, 3600)
    conversations = Conversations(holder, store, Metrics(), False)  # type: ignore[arg-type]
    asked = [ASKED, "Does traction help?", "Is surgery dangerous?"]
    dialogues = [bot.respond(text, Dialogue())[1] for text in asked]
    kept: dict[str, int] = {}

    async def fill() -> None:
        for number in range(10_000):
            name = f"{number:032x}"
            await conversations._save(name, text_of(dialogues[number % 3]))
            kept[name] = number % 3

    tracemalloc.start()
    asyncio.run(fill())
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(store._kept) == 10_000
    assert used < 50e6, "5 kB a conversation would be too much"

    async def go_on() -> None:
        for name, which in kept.items():
            found = await conversations.kept(name)
            assert found and found.dialogue == dialogues[which]
        for name, which in list(kept.items())[::500]:
            reply, _ = await conversations.say("why?", name, None)
            assert reply.conversation == name
            assert reply.text == bot.respond("why?", dialogues[which], name)[0].text

    asyncio.run(go_on())


def test_two_servers_share_conversations_through_redis(redis: Any, make_client: Make, bot: Bot) -> None:
    servers = [make_client(store=redis.url), make_client(store=redis.unix_url)]
    talk = Talk(servers[0], token=False)
    said = []
    for number, message in enumerate(MESSAGES):
        talk.client = servers[number % 2]
        said.append(without_id(talk.say(message)))
    assert said == as_the_bot(bot, *MESSAGES)
    assert servers[0].delete(f"/api/conversations/{talk.id}").status_code == 204
    assert servers[1].get(f"/api/conversations/{talk.id}").status_code == 404


def test_a_conversation_in_redis_outlives_the_server(redis: Any, make_app: Make, bot: Bot) -> None:
    with TestClient(make_app(store=redis.url)) as client:
        talk = Talk(client, token=False)
        said = [without_id(talk.say(ASKED))]
        old = talk.id
    with TestClient(make_app(store=redis.url)) as client:
        talk.client = client
        said.append(without_id(talk.say("why?")))
    assert talk.id == old
    assert said == as_the_bot(bot, ASKED, "why?")


def test_redis_is_killed_and_comes_back_and_no_word_of_the_talk_is_lost(redis: Any, make_client: Make, bot: Bot) -> None:
    """Every reply is byte for byte what it would have been: caveats, urgent advice and what the talk leans on are whole."""
    client = make_client(store=redis.url, rate="10000/minute")
    talk = Talk(client)
    messages = MESSAGES * 3
    said, ready = [], []
    for number, message in enumerate(messages):
        if number in (4, 12):
            redis.kill()
        if number in (9, 16):
            redis.start()
        if number in (6, 10, 14, 18):
            ready.append(client.get("/readyz").status_code)
        said.append(without_id(talk.say(message)))
    assert ready == [503, 200, 503, 200]
    assert said == as_the_bot(bot, *messages)
    assert client.get(f"/api/conversations/{talk.id}").json()["turns"] == len(messages), "it is kept again"


def test_what_redis_held_before_it_was_away_is_not_overwritten_by_less(redis: Any, make_client: Make, bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client without a token talks on while Redis hangs; when it is back, the talk from before is still there."""
    client = make_client(store=redis.url)
    talk = Talk(client, token=False)
    talk.say(ASKED)
    store = client.app.state.conversations._store
    redis.hang()
    put, calls = store.put, []

    async def back_in_between(name: str, text: str) -> None:
        redis.go_on()
        store._left_alone_until = 0.0
        calls.append(name)
        await put(name, text)

    monkeypatch.setattr(store, "put", back_in_between)
    talk.say("hello")
    redis.go_on()
    store._left_alone_until = 0.0
    assert client.get(f"/api/conversations/{talk.id}").json()["topics"]
    assert without_id(talk.say("why?")) == as_the_bot(bot, ASKED, "why?")[1]


def test_a_redis_that_hangs_costs_a_message_half_a_second_once(redis: Any, make_client: Make) -> None:
    """The limit of requests and the conversation ask it both: not one wait each."""
    client = make_client(store=redis.url, rate="10000/minute")
    talk = Talk(client)
    talk.say(ASKED)
    redis.hang()
    took = []
    for _ in range(5):
        started = time.perf_counter()
        talk.say("why?")
        took.append(time.perf_counter() - started)
    assert took[0] < 0.8 and max(took[1:]) < 0.2
    redis.go_on()
    assert client.get("/readyz").status_code == 200
    talk.say("why?")
    assert client.get(f"/api/conversations/{talk.id}").json()["turns"] == 7


def test_a_conversation_can_not_be_looked_up_or_forgotten_while_redis_is_away_and_that_is_said(redis: Any, make_client: Make) -> None:
    client = make_client(store=redis.url)
    talk = Talk(client)
    talk.say(ASKED)
    redis.kill()
    for answer in (client.get(f"/api/conversations/{talk.id}"), client.delete(f"/api/conversations/{talk.id}")):
        assert answer.status_code == 503 and "try again" in answer.json()["error"]
    assert client.get("/healthz").status_code == 200, "the process itself is well"


@pytest.mark.parametrize("kept", ["", "{", "[]", "null", '{"dialogue": 3, "messages": []}', '{"dialogue": {}, "messages": 5}', '{"dialogue": {"topics": 7}}', "\x00", "[" * 100_000])
def test_what_another_version_left_in_redis_breaks_no_reply(kept: str, redis: Any, make_client: Make, bot: Bot) -> None:
    client = make_client(store=redis.url)
    name = "ab" * 16
    redis.ask("SET", f"spinebot:conversation:{name}", kept)
    reply = client.post("/api/messages", json={"text": ASKED, "conversation": name}).json()
    assert [without_id(reply)] == as_the_bot(bot, ASKED)


def test_of_a_long_history_sent_again_the_last_messages_count(bot: Bot) -> None:
    holder = type("Holder", (), {"current": bot})()
    conversations = Conversations(holder, MemoryStore(9, 60), Metrics(), False)  # type: ignore[arg-type]
    texts = ["hello"] * 50 + MESSAGES
    assert len(MESSAGES) < MOST_REPLAYED
    assert conversations.replay(texts, "x").text == bot_says(bot, texts[-MOST_REPLAYED:])


def test_a_history_of_long_messages_does_not_keep_all_others_waiting(client: TestClient, bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty messages of words that are none take as long as a whole minute of everybody's questions."""
    read: list[str] = []
    respond = bot.respond

    def count(text: str, dialogue: Dialogue, conversation_id: str = "") -> Any:
        read.append(text)
        return respond("hello", dialogue, conversation_id)

    monkeypatch.setattr(bot, "respond", count)
    long = [f"{number} ".ljust(1500, "x") for number in range(30)]
    client.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": text} for text in long]})
    assert read == long[-3:], "the newest, and of those before it the last that fit"
    read.clear()
    client.post("/deep-chat", json={"messages": [{"role": "user", "text": text} for text in ["a" * MOST_REPLAYED_TEXT, "b" * 3000]]})
    assert [len(text) for text in read] == [MOST_REPLAYED_TEXT, 3000], "one before it always fits"


def bot_says(bot: Bot, texts: list[str]) -> str:
    conversation = bot.conversation("x")
    return [conversation.say(text).text for text in texts][-1]


def test_the_token_of_a_reply_is_the_dialogue_after_it(client: TestClient, bot: Bot) -> None:
    dialogue = Dialogue()
    talk = Talk(client)
    for message in MESSAGES:
        _, dialogue = bot.respond(message, dialogue)
        talk.say(message)
        assert talk.token and unpack(talk.token, bot) == dialogue
