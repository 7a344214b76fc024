"""Programs that people have already, against a real server: what they send is understood, what they show is whole.

`make test` brings what they need. A program that is missing fails its tests: a client that was not tried is no client that works.
"""

from __future__ import annotations

import contextlib
import http.server
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import openai
import pytest
import uvicorn

from spinebot import Bot
from spinebot.web.app import create_app
from spinebot.web.settings import Settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
URGENT = "I can't pee and my groin is numb. What is lupus?"
#: The second means nothing by itself.
TURNS = ("What is lupus?", "Is it treated?")


def needed(found: object, what: str) -> None:
    """Fails with how to get a program that is missing."""
    if not found:
        pytest.fail(f"{what}; `make test` does it by itself, where it may", pytrace=False)


@contextlib.contextmanager
def served(settings: Settings) -> Iterator[str]:
    """A real server on a port of its own."""
    config = uvicorn.Config(create_app(settings), port=0, http="h11", ws="none", log_level="warning", proxy_headers=False)
    server = uvicorn.Server(config)
    listener = config.bind_socket()
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        until = time.monotonic() + 10
        while not server.started:
            assert time.monotonic() < until, "the server did not start"
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


class Pages(http.server.SimpleHTTPRequestHandler):
    """A website with deep-chat on it, of another origin than the bot's; the query holds what the page gives the element."""

    bundle = MODULES / "deep-chat" / "dist" / "deepChat.bundle.js"

    def do_GET(self) -> None:
        """The page, or deep-chat."""
        if self.path.startswith("/page.html"):
            body, kind = b"<!doctype html><html lang=en><title>A website</title><script type=module src=/deep-chat.js></script><main></main>", "text/html"
        else:
            body, kind = self.bundle.read_bytes(), "text/javascript"
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def website() -> Iterator[str]:
    """The origin of somebody's website."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join(10)


@pytest.fixture(scope="module")
def url(website: str) -> Iterator[str]:
    """The bot's server, which the website may use."""
    with served(Settings(rate="", origins=(website,))) as found:
        yield found


@pytest.fixture(scope="module")
def replies() -> Callable[..., list[str]]:
    """What the bot replies to the messages of one conversation."""
    bot = Bot.load()

    def say(*texts: str) -> list[str]:
        conversation = bot.conversation("expected")
        return [conversation.say(text).text for text in texts]

    return say


def test_the_second_turn_leans_on_the_first(replies: Callable[..., list[str]]) -> None:
    assert replies(*TURNS)[1] != replies(TURNS[1])[0]
    assert "Lupus has to be medically treated." in replies(*TURNS)[1]


# OpenAI's own library.


@pytest.fixture
def client(url: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0, timeout=10) as client:
        yield client


def test_openai_lists_the_model(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["spinebot"]
    assert client.models.retrieve("spinebot").owned_by == "spinebot"
    with pytest.raises(openai.NotFoundError, match="one model here"):
        client.models.retrieve("another")


def test_openai_gets_the_whole_reply(client: openai.OpenAI, replies: Callable[..., list[str]]) -> None:
    completion = client.chat.completions.create(model="spinebot", messages=[{"role": "user", "content": URGENT}])
    [choice] = completion.choices
    assert choice.message.role == "assistant"
    assert choice.finish_reason == "stop"
    assert choice.message.content == replies(URGENT)[0]
    assert completion.usage
    assert completion.usage.total_tokens == completion.usage.prompt_tokens + completion.usage.completion_tokens > 0


def test_openai_sends_the_conversation_again(client: openai.OpenAI, replies: Callable[..., list[str]]) -> None:
    first, second = replies(*TURNS)
    completion = client.chat.completions.create(model="spinebot", messages=[
        {"role": "system", "content": "You are a pirate."}, {"role": "user", "content": TURNS[0]},
        {"role": "assistant", "content": first}, {"role": "user", "content": [{"type": "text", "text": TURNS[1]}]},
    ])  # fmt: skip
    assert completion.choices[0].message.content == second


@pytest.mark.parametrize("usage", [True, False])
def test_openai_streams(client: openai.OpenAI, replies: Callable[..., list[str]], usage: bool) -> None:
    options = {"stream_options": {"include_usage": True}} if usage else {}
    with client.chat.completions.create(model="spinebot", messages=[{"role": "user", "content": URGENT}], stream=True, **options) as stream:
        chunks = list(stream)
    deltas = [chunk.choices[0] for chunk in chunks if chunk.choices]
    assert "".join(delta.delta.content or "" for delta in deltas) == replies(URGENT)[0]
    assert [delta.finish_reason for delta in deltas] == [None] * (len(deltas) - 1) + ["stop"]
    assert len({chunk.id for chunk in chunks}) == 1
    assert bool(chunks[-1].usage) == usage


@pytest.mark.parametrize(("messages", "why"), [
    ([], "must hold a message with the role 'user'"),
    ([{"role": "user", "content": "x" * 4001}], "longer than 4,000 characters"),
    ([{"role": "user", "content": None}], "must be the message, as text"),
])  # fmt: skip
def test_openai_is_told_what_is_wrong(client: openai.OpenAI, messages: list[dict[str, object]], why: str) -> None:
    with pytest.raises(openai.UnprocessableEntityError, match=why) as caught:
        client.chat.completions.create(model="spinebot", messages=messages)
    assert caught.value.type == "invalid_request_error"


# llm, the command line program.


@pytest.fixture
def llm(url: str, tmp_path: Path) -> Callable[..., str]:
    """Runs llm, which keeps all of its own in a new folder and knows one model: ours."""
    program = Path(sys.executable).with_name("llm")
    needed(program.exists(), f"install llm into this environment: {sys.executable} -m pip install llm")
    models = [{"model_id": "spinebot", "model_name": "spinebot", "api_base": f"{url}/v1"}]
    (tmp_path / "extra-openai-models.yaml").write_text(json.dumps(models), encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("LLM_", "OPENAI_"))} | {"LLM_USER_PATH": str(tmp_path)}

    def run(*arguments: str, typed: str = "") -> str:
        done = subprocess.run([program, *arguments], input=typed, capture_output=True, text=True, env=environment, timeout=30, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    return run


def test_llm_prompts(llm: Callable[..., str], replies: Callable[..., list[str]]) -> None:
    assert llm("prompt", "--no-log", "--model", "spinebot", URGENT).strip() == replies(URGENT)[0]


def test_llm_prompts_without_streaming(llm: Callable[..., str], replies: Callable[..., list[str]]) -> None:
    assert llm("prompt", "--no-log", "--no-stream", "--model", "spinebot", typed=f"{URGENT}\n").strip() == replies(URGENT)[0]


def test_llm_chats(llm: Callable[..., str], replies: Callable[..., list[str]]) -> None:
    shown = llm("chat", "--model", "spinebot", typed="\n".join([*TURNS, "exit", ""]))
    first, second = replies(*TURNS)
    assert first in shown
    assert second in shown.partition(first)[2]


# Botium, which tests chatbots, by way of Rasa's REST channel.


def converse(url: str, folder: str, temporary: Path) -> dict[str, str | None]:
    """What Botium finds wrong with each conversation of a folder."""
    node = shutil.which("node")
    needed(node, "install Node.js 18 or newer: apt install nodejs npm")
    needed((MODULES / "botium-core").exists(), f"install the clients: npm ci --ignore-scripts, in {HERE}")
    done = subprocess.run(
        [str(node), HERE / "converse.js", f"{url}/webhooks/rest/webhook", HERE / "convos" / folder],
        capture_output=True, text=True, cwd=temporary, env={**os.environ, "TMPDIR": str(temporary)}, timeout=40, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = map(json.loads, done.stdout.splitlines())
    return {one["name"]: one["fault"] for one in found}


def test_botium_passes_what_the_bot_keeps_to(url: str, tmp_path: Path) -> None:
    faults = converse(url, "kept", tmp_path)
    assert len(faults) == len(list((HERE / "convos" / "kept").iterdir()))
    assert set(faults.values()) == {None}


def test_botium_fails_what_it_does_not(url: str, tmp_path: Path) -> None:
    faults = converse(url, "broken", tmp_path)
    assert "unicorn" in str(faults["words that the bot does not say"])
    assert "error waiting for bot" in str(faults["caveats in a message of their own"])
    assert len(faults) == 2


# deep-chat, in a browser, on a website of another origin.


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Not for the whole session: as long as Playwright is there, its event loop counts as running in this thread.
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    needed(program, "install Chromium: apt install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--disable-gpu", "--disable-quic"])
        yield browser
        browser.close()


class DeepChat:
    """deep-chat on a page, and what its page says goes wrong."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []

    @property
    def bubbles(self) -> Locator:
        """The bot's replies; a streamed one is there before its words are."""
        return self.page.locator("deep-chat .ai-message-text").filter(has_text=re.compile(r"\S"))

    def say(self, text: str) -> str:
        """What a reply shows."""
        before = self.bubbles.count()
        box = self.page.locator("deep-chat #text-input")
        box.fill(text)
        box.press("Enter")
        self.bubbles.nth(before).wait_for(timeout=20_000)
        return self.bubbles.nth(before).inner_text()


@pytest.fixture
def deep_chat(browser: Browser, website: str, url: str) -> Iterator[Callable[..., DeepChat]]:
    """Opens a page with deep-chat; nothing is asked of a third party."""
    needed(Pages.bundle.exists(), f"install the clients: npm ci --ignore-scripts, in {HERE}")
    context = browser.new_context(base_url=website)
    context.route(lambda asked: not asked.startswith((website, url)), lambda route: route.abort())
    page = context.new_page()
    chat = DeepChat(page)
    page.on("pageerror", lambda error: chat.faults.append(str(error)))

    def show(stream: bool = False, most: int = 1) -> DeepChat:
        page.goto("/page.html")
        page.evaluate("""([url, stream, most]) => {
            const element = document.createElement("deep-chat")
            element.connect = {url, stream}
            element.requestBodyLimits = {maxMessages: most}
            document.querySelector("main").append(element)
        }""", [f"{url}/deep-chat", stream, most])  # fmt: skip
        page.locator("deep-chat #text-input").wait_for(timeout=20_000)
        return chat

    yield show
    assert chat.faults == []
    context.close()


def lines(text: str) -> list[str]:
    """The lines that a reader sees, whatever stands before an item of a list."""
    return [line.strip().removeprefix("- ") for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("text", [URGENT, "How is neck pain treated?", "How can neck pain be prevented?"])
def test_deep_chat_shows_a_reply_in_one_bubble(deep_chat: Callable[..., DeepChat], replies: Callable[..., list[str]], text: str, stream: bool) -> None:
    chat = deep_chat(stream=stream)
    [reply] = replies(text)
    assert len(lines(reply)) > 2
    assert lines(chat.say(text)) == lines(reply)
    assert chat.bubbles.count() == 1
    assert chat.page.locator("deep-chat .error-message-text").count() == 0


def test_deep_chat_sends_the_conversation_again_where_the_page_wants_it(deep_chat: Callable[..., DeepChat], replies: Callable[..., list[str]]) -> None:
    chat = deep_chat(most=0)
    assert [lines(chat.say(text)) for text in TURNS] == [lines(reply) for reply in replies(*TURNS)]


@pytest.mark.parametrize("text", [
    "What is lupus? <script>document.title='run'</script>",
    "What is lupus? <img src=x onerror=\"document.title='run'\">",
    "What is lupsu [click](javascript:document.title='run')?",
])  # fmt: skip
def test_deep_chat_shows_a_script_as_text(deep_chat: Callable[..., DeepChat], replies: Callable[..., list[str]], text: str) -> None:
    chat = deep_chat()
    assert lines(chat.say(text)) == lines(replies(text)[0])
    assert chat.page.locator("deep-chat .message-bubble :is(script, img)").count() == 0
    assert chat.bubbles.locator("a").count() == 0
    assert chat.page.title() == "A website"


def test_the_server_stays_up(url: str) -> None:
    """After all that, it answers still."""
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
        assert connection.makefile("rb").readline() == b"HTTP/1.1 200 OK\r\n"
