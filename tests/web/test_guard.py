"""Safe by default: who may use the API and how often, what every answer forbids, and that nothing leaks."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from spinebot.errors import SpinebotError
from spinebot.web.settings import Settings

Make = Callable[..., Any]
HERE, ELSEWHERE = "https://my.site", "https://evil.example"


def preflight(client: TestClient, origin: str, path: str = "/api/messages", method: str = "POST") -> Any:
    return client.options(path, headers={"origin": origin, "access-control-request-method": method, "access-control-request-headers": "content-type"})


def hello(client: TestClient, **headers: str) -> Any:
    return client.post("/api/messages", json={"text": "hello"}, headers=headers)


@pytest.mark.parametrize("origin", [ELSEWHERE, "https://my.site.evil.example", "http://my.site", "https://my.site:8443", "null", "https://sub.my.site"])
@pytest.mark.parametrize("path", ["/api/messages", "/api/feedback", "/webhooks/rest/webhook", "/v1/chat/completions", "/deep-chat"])
def test_a_page_elsewhere_may_not_use_the_api(path: str, origin: str, make_client: Make) -> None:
    client = make_client(origins=(HERE,))
    refused = preflight(client, origin, path)
    assert refused.status_code == 400 and "access-control-allow-origin" not in refused.headers
    assert "access-control-allow-origin" not in hello(client, origin=origin).headers


def test_no_page_elsewhere_may_use_the_api_unless_it_is_named(client: TestClient) -> None:
    assert preflight(client, HERE).status_code == 400
    assert "access-control-allow-origin" not in hello(client, origin=HERE).headers


def test_a_page_that_is_named_may_use_the_api_and_read_the_dialogue(make_client: Make) -> None:
    client = make_client(origins=(HERE, "https://other.site"), rate="1/hour")
    allowed = preflight(client, HERE)
    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-origin"] == HERE and "POST" in allowed.headers["access-control-allow-methods"]
    assert "content-type" in allowed.headers["access-control-allow-headers"].lower()
    assert preflight(client, HERE, "/api/conversations/x", "DELETE").status_code == 200
    answer = hello(client, origin=HERE)
    assert answer.headers["access-control-allow-origin"] == HERE and "origin" in answer.headers["vary"].lower()
    assert {"Dialogue", "Retry-After"} <= set(answer.headers["access-control-expose-headers"].replace(" ", "").split(","))
    assert "access-control-allow-credentials" not in answer.headers
    limited = hello(client, origin=HERE)
    assert limited.status_code == 429 and limited.headers["access-control-allow-origin"] == HERE, "the widget has to read how long to wait"


def test_a_page_that_is_named_can_read_that_something_went_wrong(make_client: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    client = make_client(origins=(HERE,))
    monkeypatch.setattr(client.app.state.conversations, "say", lambda *_: 1 / 0)
    answer = hello(client, origin=HERE)
    assert answer.status_code == 500 and answer.headers["access-control-allow-origin"] == HERE


def test_all_pages_may_use_the_api_where_that_is_chosen(make_client: Make) -> None:
    client = make_client(origins=("*",))
    assert preflight(client, ELSEWHERE).status_code == 200
    assert hello(client, origin=ELSEWHERE).headers["access-control-allow-origin"] == "*"


EVERYTHING = [
    ("GET", "/"), ("GET", "/docs"), ("GET", "/openapi.json"), ("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/metrics"), ("GET", "/nothing"), ("GET", "/a/b"), ("GET", "/healthz/"),
    ("PUT", "/api/messages"), ("POST", "/api/messages"), ("POST", "/webhooks/rest/webhook"), ("POST", "/v1/chat/completions"), ("POST", "/deep-chat"), ("POST", "/api/feedback"),
    ("GET", "/v1/models"), ("GET", "/api/conversations/x"), ("DELETE", "/api/conversations/" + "0" * 32), ("OPTIONS", "/api/messages"), ("HEAD", "/healthz"),
]  # fmt: skip


def hold_headers(answer: Any) -> None:
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    (policy,) = answer.headers.get_list("content-security-policy")
    assert "frame-ancestors" in policy and "default-src" in policy
    assert "set-cookie" not in answer.headers and "server" not in answer.headers


@pytest.mark.parametrize(("method", "path"), EVERYTHING)
def test_every_answer_has_the_headers_that_protect_and_no_cookie(method: str, path: str, client: TestClient) -> None:
    hold_headers(client.request(method, path, follow_redirects=False))
    hold_headers(client.request(method, path, json={"text": "hello", "message": "hello", "messages": [{"role": "user", "content": "hello", "text": "hello"}], "helpful": True}, follow_redirects=False))
    assert not client.cookies


def test_refusals_and_failures_have_them_too(make_client: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    client = make_client(rate="1/hour", origins=(HERE,))
    answers = [hello(client), hello(client), preflight(client, ELSEWHERE), preflight(client, HERE)]
    failing = make_client()
    monkeypatch.setattr(failing.app.state.conversations, "say", lambda *_: 1 / 0)
    answers.append(hello(failing))
    assert [answer.status_code for answer in answers] == [200, 429, 400, 200, 500]
    for answer in answers:
        hold_headers(answer)


def test_a_failure_tells_nobody_what_was_typed_nor_how_the_server_is_made(make_client: Make, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = make_client()

    def fail(text: str, *_: object) -> None:
        raise ValueError(f"can't read {text}")

    monkeypatch.setattr(client.app.state.conversations.bot, "respond", fail)
    for path, body in [
        ("/api/messages", {"text": "zebulon"}), ("/webhooks/rest/webhook", {"message": "zebulon"}), ("/deep-chat", {"messages": [{"text": "zebulon"}]}),
        ("/v1/chat/completions", {"messages": [{"role": "user", "content": "zebulon"}]}),
    ]:  # fmt: skip
        answer = client.post(path, json=body)
        assert answer.status_code == 500 and answer.json()["error"]
        assert not [word for word in ("zebulon", "ValueError", "Traceback", ".py") if word in answer.text]
    assert "zebulon" not in caplog.text and "Traceback" not in caplog.text
    assert caplog.text.count("ValueError") == 4, "the operator has to learn of it"


def test_who_asks_too_often_is_told_how_long_to_wait_and_others_are_answered(make_client: Make) -> None:
    client = make_client(rate="3/hour")  # a window that no minute ends in the middle of the test
    assert [hello(client).status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = hello(client)
    assert refused.headers["content-type"] == "application/json" and refused.headers["retry-after"] in refused.json()["error"]
    assert 1 <= int(refused.headers["retry-after"]) <= 3601
    other = TestClient(client.app, client=("other", 1))
    other.portal = client.portal
    assert other.post("/api/messages", json={"text": "hello"}).status_code == 200


def test_the_limit_counts_all_protocols_and_lets_pages_and_health_through(make_client: Make) -> None:
    client = make_client(rate="4/hour")
    bodies = {"/webhooks/rest/webhook": {"message": "hi"}, "/deep-chat": {"messages": [{"text": "hi"}]}, "/v1/chat/completions": {"messages": [{"role": "user", "content": "hi"}]}, "/api/feedback": {"helpful": True}}
    assert [client.post(path, json=body).status_code for path, body in bodies.items()] == [200, 200, 200, 204]
    assert all(client.post(path, json=body).status_code == 429 for path, body in bodies.items())
    assert [client.get(path).status_code for path in ("/healthz", "/readyz", "/metrics", "/docs")] == [200] * 4


def test_a_forwarded_address_that_no_proxy_vouches_for_counts_for_nothing(make_client: Make) -> None:
    client = make_client(rate="2/hour")
    codes = [hello(client, **{"x-forwarded-for": f"10.0.0.{number}", "forwarded": f"for=10.0.0.{number}"}).status_code for number in range(4)]
    assert codes == [200, 200, 429, 429]


@pytest.mark.parametrize("rate", ["1/second", "3/2 second"])
def test_who_waited_as_long_as_was_said_is_answered(rate: str, make_client: Make) -> None:
    client = make_client(rate=rate)
    codes, wait = [], 0
    for _ in range(5):
        answer = hello(client)
        codes.append(answer.status_code)
        wait = int(answer.headers.get("retry-after", 0))
    assert 429 in codes
    time.sleep(wait)
    assert hello(client).status_code == 200


@pytest.mark.parametrize("rate", ["banana", "60", "/minute", "60/fortnight", "-1/minute", "a/minute"])
def test_a_rate_that_can_not_be_read_is_refused_before_the_server_starts(rate: str, make_app: Make) -> None:
    with pytest.raises(SpinebotError) as error:
        make_app(rate=rate)
    assert rate in str(error.value.faults[0]) and "60/minute" in str(error.value.faults[0])


def test_the_rate_of_the_settings_is_one_that_can_be_read(make_app: Make) -> None:
    assert Settings().rate and make_app(rate=Settings().rate)


def test_two_servers_count_together_through_redis(redis: Any, make_client: Make) -> None:
    one, two = make_client(store=redis.url, rate="4/minute"), make_client(store=redis.unix_url, rate="4/minute")
    assert [hello(client).status_code for client in (one, two, one, two)] == [200] * 4
    for client in (one, two):
        refused = hello(client)
        assert refused.status_code == 429 and 1 <= int(refused.headers["retry-after"]) <= 61
    assert hello(make_client(store=redis.url, rate="4/minute", address="other")).status_code == 200


def test_the_limit_holds_while_redis_is_away_and_is_shared_again_after(redis: Any, make_client: Make) -> None:
    one, two = make_client(store=redis.url, rate="3/minute"), make_client(store=redis.url, rate="3/minute")
    assert hello(one).status_code == 200
    redis.kill()
    assert [hello(one).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert hello(two).status_code == 200, "each counts for itself meanwhile"
    redis.start()
    for client in (one, two):
        assert client.get("/readyz").status_code == 200
    assert [hello(client).status_code for client in (one, two, one, two)] == [200, 200, 200, 429]


def test_counts_in_redis_go_away_by_themselves(redis: Any, make_client: Make) -> None:
    hello(make_client(store=redis.url, rate="3/minute"))
    assert all(0 < int(redis.ask("TTL", key).strip(":\r\n")) <= 24 * 3600 for key in redis.everything())
    assert len(redis.everything()) == 2, "the conversation and the count"
