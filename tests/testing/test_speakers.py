"""Bots behind an address: the same script says the same there, and a server's fault is a sentence, in time."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import uvicorn

from spinebot import Bot, SpinebotError
from spinebot.testing.play import BotSpeaker, Played, SpeakerError, play
from spinebot.testing.script import parse_script
from spinebot.testing.speakers import speaker_for
from spinebot.web import app as web_app
from spinebot.web.settings import Settings

Handler = Callable[[socket.socket, bytes], None]

SCRIPT = """\
conversations:
  - name: holds
    steps:
      - user: Does lupus need treatment?
        expect: {kind: answer, says: medically treated, caveats: [lupus, general], cites: lupus}
      - user: and is it common?
        expect: {says_not: /common condition/, caveats: lupus}
  - name: fails here as there
    steps:
      - user: is lupsu treated
        expect: {caveats: traction, says: no such words, corrects: lupus}
      - user: i cant feel my legs and i wet myself
        expect: {urgent: soon}
      - user: thanks
        expect: {kind: chat, words_at_most: 1}
  - name: is known to fail
    xfail: not yet
    steps:
      - user: what is traction
        expect: {kind: chat}
"""


@contextlib.contextmanager
def serving(handle: Handler) -> Iterator[str]:
    """A server whose answer to each request is what `handle` writes; its host and port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)
        over = threading.Event()

        def serve() -> None:
            while not over.is_set():
                with contextlib.suppress(TimeoutError):
                    one, _ = listener.accept()
                    with one, contextlib.suppress(OSError):
                        one.settimeout(5)
                        handle(one, read_request(one))

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield "127.0.0.1:%d" % listener.getsockname()[1]  # noqa: UP031
        finally:
            over.set()
            thread.join(10)


def read_request(one: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += one.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    size = int(next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")).split(b":")[1])
    while len(body) < size:
        body += one.recv(65536)
    return head + b"\r\n\r\n" + body


def answer(body: str | bytes, status: str = "200 OK", headers: str = "") -> Handler:
    data = body.encode() if isinstance(body, str) else body
    return lambda one, _: one.sendall(f"HTTP/1.1 {status}\r\nContent-Length: {len(data)}\r\n{headers}\r\n".encode() + data)


def raw(data: bytes) -> Handler:
    return lambda one, _: one.sendall(data)


@pytest.fixture(scope="module")
def address(bot: Bot) -> Iterator[str]:
    """The real server with the bot of all tests, on a port of its own."""

    class OneBot:
        current = bot

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(web_app, "Bots", lambda *_: OneBot())
        app = web_app.create_app(Settings(rate=""))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none"))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            yield f"127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)


def verdicts(played: list[Played]) -> list[object]:
    return [(one.conversation.name, one.outcome, [(step.failures, step.reply["text"]) for step in one.steps], one.trouble) for one in played]


def test_the_same_script_gets_the_same_verdicts_here_and_over_http(bot: Bot, address: str) -> None:
    script = parse_script(SCRIPT, "a.chat.yaml")
    here = [play(one, lambda: BotSpeaker(bot)) for one in script]
    there = [play(one, speaker_for(f"http://{address}/")) for one in script]
    assert [one.outcome for one in here] == ["passed", "failed", "xfailed"]
    assert verdicts(there) == verdicts(here)


def test_a_server_that_forgot_the_conversation_gets_it_sent_again(bot: Bot, address: str) -> None:
    """What is deployed may be several workers, none of which has to have heard the message before."""
    here, there = BotSpeaker(bot), speaker_for(f"http://{address}")()
    assert here.say("Does lupus need treatment?")["text"] == there.say("Does lupus need treatment?")["text"]
    there._conversation = "0" * 32  # type: ignore[attr-defined]
    assert here.say("and is it common?")["text"] == there.say("and is it common?")["text"]


def test_rasas_channel_is_spoken_one_sender_a_conversation(bot: Bot, address: str) -> None:
    make = speaker_for(f"rasa+http://{address}")
    here, there, other = BotSpeaker(bot), make(), make()
    for text in ("Does lupus need treatment?", "and is it common?"):
        expected, got = here.say(text), there.say(text)
        assert (got["text"], got["suggestions"]) == (expected["text"], expected["suggestions"])
    assert other.say("and is it common?")["text"] != got["text"], "another conversation leans on nothing"


def test_a_rasa_bot_has_text_alone_and_the_script_is_told_so(address: str) -> None:
    (conversation, *_) = parse_script(SCRIPT, "a.chat.yaml")
    played = play(conversation, speaker_for(f"rasa+http://{address}/webhooks/rest/webhook"))
    assert [failure.key for failure in played.steps[0].failures] == ["kind", "caveats", "cites"]


def test_several_messages_of_rasa_are_one_reply() -> None:
    messages = [{"recipient_id": "x", "text": "One."}, {"image": "http://x/y.png"}, {"text": "Two.", "buttons": [{"title": "Yes", "payload": "/yes"}]}]
    with serving(answer(json.dumps(messages))) as host:
        assert speaker_for(f"rasa+http://{host}")().say("hi") == {"text": "One.\nTwo.", "suggestions": ["Yes"]}
    with serving(answer("[]")) as host:
        assert speaker_for(f"rasa+http://{host}")().say("hi") == {"text": "", "suggestions": []}


@pytest.mark.parametrize(("handle", "said"), [
    (answer('{"error": "the bot is ill"}', "500 Internal Server Error"), "answered 500 Internal Server Error: {\"error\": \"the bot is ill\"}"),
    (answer("", "404 Not Found"), "404 Not Found; is it the address of a bot?"),
    (answer("slow down", "429 Too Many Requests"), "--rate ''"),
    (answer("", "301 Moved Permanently", "Location: https://there/\r\n"), "use the address that it points to, https://there/"),
    (answer("<html>hello</html>"), "not JSON: <html>hello</html>"),
    (answer(b"\xff\xfe"), "not JSON"),
    (answer("[" * 100_000), "not JSON"),
    (answer("[]"), "no reply of spinebot: the reply must be an object"),
    (answer('{"kind": "answer"}'), "lacks 'text'"),
    (raw(b""), "closed the connection"),
    (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"), "closed the connection before its answer was whole"),
    (raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n{"), "closed the connection before its answer was whole"),
    (raw(b"HTTP/1.1 200"), "closed the connection|not HTTP|not JSON"),
    (raw(b"SSH-2.0-OpenSSH_9.2\r\n"), "not HTTP"),
    (answer("x" * 4_000_001), "more than 4,000,000 bytes"),
], ids=lambda value: value.replace(" ", "_")[:30] if isinstance(value, str) else "")  # fmt: skip
def test_a_servers_fault_is_a_sentence(handle: Handler, said: str) -> None:
    with serving(handle) as host, pytest.raises(SpeakerError) as caught:
        speaker_for(f"http://{host}")().say("hi")
    assert any(one in str(caught.value) for one in said.split("|")), caught.value
    assert host in str(caught.value)


@pytest.mark.parametrize("body", ['{"text": "hi"}', "[1]", '[{"text": 1}]', '[{"text": "a", "buttons": [{"title": null}]}]', '[{"buttons": ["x"]}]', '[{"text": "a", "buttons": 3}]'])
def test_what_is_no_list_of_rasas_messages_is_a_sentence(body: str) -> None:
    with serving(answer(body)) as host, pytest.raises(SpeakerError, match="answered with"):
        speaker_for(f"rasa+http://{host}")().say("hi")


def silent(one: socket.socket, _: bytes) -> None:
    with contextlib.suppress(OSError):
        one.recv(1)


def dripping(one: socket.socket, _: bytes) -> None:
    one.sendall(b"HTTP/1.1 200 OK\r\n")
    for _ in range(40):
        one.sendall(b"X: y\r\n")
        time.sleep(0.1)


@pytest.mark.parametrize("handle", [silent, dripping])
def test_a_server_that_hangs_or_drips_is_given_up_in_time(handle: Handler) -> None:
    with serving(handle) as host:
        started = time.monotonic()
        with pytest.raises(SpeakerError, match=r"did not answer in 0.4 s"):
            speaker_for(f"http://{host}", timeout=0.4)().say("hi")
        assert time.monotonic() - started < 3


def test_a_server_that_is_not_there_is_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(SpeakerError, match="can't be reached: Connection refused; is the server running"):
        speaker_for(f"http://127.0.0.1:{port}")().say("hi")
    with pytest.raises(SpeakerError, match="can't be reached"):
        speaker_for("http://no-such-host.invalid")().say("hi")


def test_nothing_is_sent_twice_unless_asked_for() -> None:
    """A message that is sent twice may be heard twice: the conversation would be another."""
    heard: list[bytes] = []

    def refuse(one: socket.socket, request: bytes) -> None:
        heard.append(request)
        answer("", "503 Service Unavailable")(one, request)

    with serving(refuse) as host:
        with pytest.raises(SpeakerError, match="503"):
            speaker_for(f"http://{host}")().say("hi")
        assert len(heard) == 1
        with pytest.raises(SpeakerError, match="503"):
            speaker_for(f"http://{host}", retries=2)().say("hi")
        assert len(heard) == 4


def test_what_may_have_been_heard_is_not_sent_again() -> None:
    heard: list[bytes] = []
    with serving(lambda _, request: heard.append(request)) as host, pytest.raises(SpeakerError, match="closed"):
        speaker_for(f"http://{host}", retries=3)().say("hi")
    assert len(heard) == 1


@pytest.mark.parametrize("url", ["", "localhost:8000", "ftp://host", "http://", "http://host:port", "http://host:99999", "http://host/?x=1", "http://me:secret@host", "rasa://host", "http://[::1", "http://host/a b", "http://hóst/"])
def test_what_is_no_address_is_said_before_anything_is_played(url: str) -> None:
    with pytest.raises(SpinebotError, match=r"address|host, a port|a blank"):
        speaker_for(url)


def test_a_server_that_breaks_is_no_verdict_of_a_script() -> None:
    with serving(answer("", "500 Internal Server Error")) as host:
        played = [play(one, speaker_for(f"http://{host}")) for one in parse_script(SCRIPT, "a.chat.yaml")]
    assert {one.outcome for one in played} == {"broken"}, "an xfail doesn't excuse a server that breaks"
    assert all("500" in one.trouble for one in played)
