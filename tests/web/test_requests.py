"""What clients send: anything that is no message is refused with a sentence, and nothing of it is said back or logged."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

Make = Callable[..., Any]
JSON = {"content-type": "application/json"}
#: Path → a body that is answered.
GOOD: dict[str, dict[str, Any]] = {
    "/api/messages": {"text": "hello"},
    "/api/feedback": {"helpful": True},
    "/webhooks/rest/webhook": {"sender": "a", "message": "hello"},
    "/v1/chat/completions": {"messages": [{"role": "user", "content": "hello"}]},
    "/deep-chat": {"messages": [{"role": "user", "text": "hello"}]},
}
#: Path → a body with the message `text`.
WITH_TEXT: dict[str, Callable[[Any], dict[str, Any]]] = {
    "/api/messages": lambda text: {"text": text},
    "/webhooks/rest/webhook": lambda text: {"message": text},
    "/v1/chat/completions": lambda text: {"messages": [{"role": "user", "content": text}]},
    "/deep-chat": lambda text: {"messages": [{"role": "user", "text": text}]},
}


def sentence(answer: Any) -> str:
    """What is wrong, as the protocol of the path says it."""
    error = answer.json()["error"]
    if answer.request.url.path.startswith("/v1/"):
        assert set(error) == {"message", "type", "param", "code"}
        error = error["message"]
    assert isinstance(error, str) and len(error) > 10 and "Traceback" not in error
    return error


@pytest.mark.parametrize("path", GOOD)
def test_what_is_right_is_answered(path: str, client: TestClient) -> None:
    """That the tests below refuse for what they say."""
    assert client.post(path, json=GOOD[path]).status_code in (200, 204)
    assert client.post(path, content=json.dumps(GOOD[path]), headers={"content-type": "Application/JSON; charset=UTF-8"}).status_code in (200, 204)
    assert client.post(path, content=b"\xef\xbb\xbf" + json.dumps(GOOD[path]).encode(), headers=JSON).status_code in (200, 204)


BAD = {
    "no JSON": (b'{"text": "zebulon', 400), "empty": (b"", 400), "malformed UTF-8": (b'{"text": "zebulon \xff\xfe"}', 400), "UTF-16": ('{"text": "zebulon"}'.encode("utf-16"), 400),
    "deep nesting": (b"[" * 60_000, 400), "deep nesting in a field": (b'{"text": "zebulon", "x": ' + b'{"a":' * 9_000 + b"1" + b"}" * 9_000 + b"}", 400),
    "a huge number": (b'{"text": ' + b"1" * 20_000 + b"}", 400), "a list": (b'["zebulon"]', 422), "a text": (b'"zebulon"', 422), "null": (b"null", 422), "a number": (b"1e999", 422),
    "an overlong encoding": (b'{"text": "\xc0\xaf"}', 400), "two values": (b'{"text": "zebulon"} {}', 400), "a control character": (b'{"text": "zebulon\x01"}', 400),
}  # fmt: skip


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("path", GOOD)
def test_a_body_that_can_not_be_read_is_refused(path: str, bad: str, client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    body, status = BAD[bad]
    answer = client.post(path, content=body, headers=JSON)
    assert answer.status_code == status
    assert "zebulon" not in sentence(answer) + caplog.text
    assert "sys.set" not in answer.text, "advice for programmers of Python"


@pytest.mark.parametrize("kind", [None, "", "text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "application/jsonp", "json"])
@pytest.mark.parametrize("path", GOOD)
def test_what_is_not_called_json_is_refused(path: str, kind: str | None, client: TestClient) -> None:
    """A form of a page elsewhere is sent without asking: it must not count."""
    answer = client.post(path, content=json.dumps(GOOD[path]).encode(), headers={} if kind is None else {"content-type": kind})
    assert answer.status_code == 415
    assert "application/json" in sentence(answer)


@pytest.mark.parametrize("path", GOOD)
def test_a_body_of_too_many_bytes_is_refused_however_it_comes(path: str, make_client: Make) -> None:
    client = make_client(most_body=1000)

    def pieces() -> Iterator[bytes]:
        yield b'{"text": "'
        for _ in range(100):
            yield b"a" * 100

    for body in (b" " * 1001, pieces()):
        answer = client.post(path, content=body, headers=JSON)
        assert answer.status_code == 413
        assert "1,000 bytes" in sentence(answer)
    exactly = json.dumps(GOOD[path]).encode().ljust(1000)
    assert client.post(path, content=exactly, headers=JSON).status_code in (200, 204)


def test_an_endless_body_is_not_read_to_its_end(make_client: Make) -> None:
    """What is over the limit stays unread: it would fill the memory."""
    client = make_client(most_body=1000)
    sent: list[Any] = []
    taken = 0

    async def receive() -> dict[str, Any]:
        nonlocal taken
        taken += 1
        assert taken < 20, "the body is read on"
        return {"type": "http.request", "body": b"a" * 100, "more_body": True}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "POST", "path": "/api/messages", "raw_path": b"/api/messages", "query_string": b"", "headers": [(b"content-type", b"application/json")],
        "scheme": "http", "server": ("here", 80), "client": ("there", 1), "root_path": "", "http_version": "1.1", "asgi": {"version": "3.0"},
    }  # fmt: skip
    client.portal.call(client.app, scope, receive, send)
    assert sent[0]["status"] == 413


@pytest.mark.parametrize("path", WITH_TEXT)
def test_a_message_of_too_many_characters_is_refused(path: str, make_client: Make) -> None:
    client = make_client(most_text=100)
    assert client.post(path, json=WITH_TEXT[path]("ä🙂" * 50)).status_code == 200, "characters, not bytes"
    answer = client.post(path, json=WITH_TEXT[path]("ä" * 101))
    assert answer.status_code == 422
    assert "100 characters" in sentence(answer)


@pytest.mark.parametrize("text", [None, 3, 1.5, True, {"a": "zebulon"}, 10**400, ["zebulon"], [{"type": "text", "text": 3}], [{"type": "text"}], [None], [{}]])
@pytest.mark.parametrize("path", WITH_TEXT)
def test_a_message_that_is_no_text_is_refused(path: str, text: object, client: TestClient) -> None:
    answer = client.post(path, json=WITH_TEXT[path](text))
    assert answer.status_code == 422
    assert "zebulon" not in sentence(answer)


WRONG: list[tuple[str, dict[str, Any]]] = [
    ("/api/messages", {}), ("/api/messages", {"Text": "hello"}), ("/api/messages", {"text": "hello", "conversation": 5}),
    ("/api/messages", {"text": "hello", "conversation": "a" * 201}), ("/api/messages", {"text": "hello", "conversation": "\ud800"}),
    ("/api/messages", {"text": "hello", "dialogue": {}}), ("/api/messages", {"text": "hello", "dialogue": "a" * 8001}), ("/api/messages", {"text": "hello", "dialogue": ["a"]}),
    ("/api/feedback", {}), ("/api/feedback", {"helpful": "yes"}), ("/api/feedback", {"helpful": 1}), ("/api/feedback", {"helpful": None}),
    ("/api/feedback", {"helpful": True, "conversation": 7}), ("/api/feedback", {"helpful": True, "turn": "7"}), ("/api/feedback", {"helpful": True, "turn": -1}),
    ("/api/feedback", {"helpful": True, "turn": True}), ("/api/feedback", {"helpful": True, "turn": 0.5}),
    ("/webhooks/rest/webhook", {}), ("/webhooks/rest/webhook", {"sender": "a"}), ("/webhooks/rest/webhook", {"message": "hello", "sender": 5}),
    ("/webhooks/rest/webhook", {"message": "hello", "sender": "a" * 201}), ("/webhooks/rest/webhook", {"message": "hello", "sender": "\udfff"}),
    ("/v1/chat/completions", {}), ("/v1/chat/completions", {"messages": []}), ("/v1/chat/completions", {"messages": {}}), ("/v1/chat/completions", {"messages": ["hello"]}),
    ("/v1/chat/completions", {"messages": [{"role": "assistant", "content": "hello"}]}), ("/v1/chat/completions", {"messages": [{"content": "hello"}]}),
    ("/v1/chat/completions", {**GOOD["/v1/chat/completions"], "stream": "yes"}), ("/v1/chat/completions", {**GOOD["/v1/chat/completions"], "stream": 1}),
    ("/v1/chat/completions", {**GOOD["/v1/chat/completions"], "stream": True, "stream_options": []}), ("/v1/chat/completions", {**GOOD["/v1/chat/completions"], "model": 7}),
    ("/deep-chat", {}), ("/deep-chat", {"messages": []}), ("/deep-chat", {"messages": "hello"}), ("/deep-chat", {"messages": [{"role": "ai", "text": "hello"}]}),
    ("/deep-chat", {"messages": [{"role": "user"}]}), ("/deep-chat", {"messages": [{"role": 3, "text": "hello"}]}), ("/deep-chat", {"messages": [{"role": "user", "files": ["x"]}]}),
]  # fmt: skip


@pytest.mark.parametrize(("path", "body"), WRONG, ids=[f"{path} {str(body)[:40]}" for path, body in WRONG])
def test_a_request_of_another_shape_is_refused(path: str, body: dict[str, Any], client: TestClient) -> None:
    answer = client.post(path, content=json.dumps(body), headers=JSON)
    assert answer.status_code == 422
    sentence(answer)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
KEYS = ["text", "conversation", "dialogue", "sender", "message", "messages", "stream", "stream_options", "model", "helpful", "turn", "role", "content"]


@settings(max_examples=60)
@given(
    path=st.sampled_from(sorted(GOOD)),
    body=st.dictionaries(st.sampled_from(KEYS), VALUES | st.lists(st.dictionaries(st.sampled_from(["role", "content", "text", "type"]), VALUES | st.just("user"), max_size=3), max_size=3), max_size=5),
)
def test_no_values_at_all_make_the_server_fail(path: str, body: dict[str, Any], client: TestClient) -> None:
    answer = client.post(path, content=json.dumps({**GOOD[path], **body}), headers=JSON)
    assert answer.status_code in (200, 204, 400, 422)
    if answer.status_code >= 400:
        sentence(answer)


@settings(max_examples=60)
@given(path=st.sampled_from(sorted(WITH_TEXT)), text=st.text(st.characters(), max_size=80))
def test_any_text_at_all_gets_a_reply(path: str, text: str, client: TestClient) -> None:
    """Half surrogate pairs, control characters, other scripts: whatever a keyboard or a program sends."""
    answer = client.post(path, content=json.dumps(WITH_TEXT[path](text)), headers=JSON)
    assert answer.status_code == 200
    assert answer.json()


@settings(max_examples=60)
@given(path=st.sampled_from(sorted(GOOD)), body=st.binary(max_size=60))
def test_no_bytes_at_all_make_the_server_fail(path: str, body: bytes, client: TestClient) -> None:
    answer = client.post(path, content=body, headers=JSON)
    assert answer.status_code in (400, 422)
    sentence(answer)
