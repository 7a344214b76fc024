"""The website's widget in a real Chromium: each test says what somebody with a sore back, or the owner of a page, would lose."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Route

import spinebot
from spinebot import Bot

WEB = Path(spinebot.__file__).parent / "web"
CHROMIUM = "/usr/bin/chromium"
ARGS = ["--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update"]
#: What the server sends with its own pages.
OWN_POLICY = "default-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors *"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE = {"viewport": {"width": 360, "height": 640}, "is_mobile": True, "has_touch": True}

LUPUS = "Can lupus hurt my back?"
URGENT = "I can't feel my legs and wet myself"


# The server.


@dataclass
class Wire:
    """What happens to requests on their way: the next ones fail with these statuses, or take so long."""

    fail: list[int] = field(default_factory=list)
    delay: float = 0.0
    seen: list[tuple[str, str, Any]] = field(default_factory=list)

    def clear(self) -> None:
        self.fail.clear()
        self.seen.clear()
        self.delay = 0.0

    def sent(self, method: str, path: str) -> list[Any]:
        return [body for verb, where, body in self.seen if verb == method and where.startswith(path)]


def stub(bot: Bot) -> Starlette:
    """The server's API in little, in front of the real bot."""
    talks: dict[str, Any] = {}
    passages = {(article.id, passage.id): (article, passage) for article in bot.corpus.articles for passage in article.passages}

    async def messages(request: Request) -> Response:
        body = await request.json()
        if len(body["text"]) > 4000:
            return JSONResponse({"error": "The text has more than 4000 characters."}, 422)
        talk = talks.get(body.get("conversation"))
        if talk is None:
            talk = bot.conversation()
            talks[talk.id] = talk
        return JSONResponse(talk.say(body["text"]).to_dict(), headers={"Dialogue": f"token-{talk.dialogue.turns}"})

    async def conversation(request: Request) -> Response:
        if talks.pop(request.path_params["id"], None) is None:
            return JSONResponse({"error": "No such conversation."}, 404)
        return Response(status_code=204)

    async def feedback(_: Request) -> Response:
        return Response(status_code=204)

    async def passage(request: Request) -> Response:
        article, found = passages[request.path_params["article"], request.path_params["passage"]]
        sentences = [{"text": one.text, "start": one.start, "end": one.end} for one in found.sentences]
        return JSONResponse(
            {"article": article.id, "title": article.title, "source": article.source, "passage": found.id, "heading": list(found.headings), "sentences": sentences}
        )

    async def page(request: Request) -> Response:
        name = request.path_params.get("name") or "index.html"
        if not (WEB / name).is_file():
            return Response(status_code=404)
        return FileResponse(WEB / name, headers={"Content-Security-Policy": OWN_POLICY})

    return Starlette(
        routes=[
            Route("/api/messages", messages, methods=["POST"]),
            Route("/api/conversations/{id}", conversation, methods=["DELETE"]),
            Route("/api/feedback", feedback, methods=["POST"]),
            Route("/api/passages/{article}/{passage}", passage),
            Route("/", page),
            Route("/{name}", page),
        ],
        middleware=[Middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["content-type"], expose_headers=["Dialogue", "Retry-After"])],
    )


def wired(app: Any, wire: Wire) -> Any:
    """`app` behind a wire that can fail: nothing of the app itself has to be prepared for the tests."""

    async def through(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/api/") or scope["method"] == "OPTIONS":
            await app(scope, receive, send)
            return
        request = Request(scope, receive)
        body = await request.body()
        wire.seen.append((scope["method"], scope["path"], json.loads(body) if body else None))
        await asyncio.sleep(wire.delay)
        if wire.fail:
            status = wire.fail.pop(0)
            headers = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After", "Retry-After": "7"}
            await JSONResponse({"error": "Something is wrong."}, status, headers)(scope, receive, send)
            return
        given = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def again() -> Any:
            return next(given, {"type": "http.disconnect"})

        await app(scope, again, send)

    return through


def serving(app: Any) -> Iterator[str]:
    """A real server on a free port; yields its address."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", ws="none", timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    socket = config.bind_socket()
    thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started:
        assert thread.is_alive() and time.monotonic() < deadline, "the server did not start"
        time.sleep(0.01)
    yield f"http://127.0.0.1:{socket.getsockname()[1]}"
    server.should_exit = True
    thread.join(5)
    socket.close()


@pytest.fixture(scope="module")
def wire() -> Wire:
    return Wire()


@pytest.fixture(scope="module")
def server(bot: Bot, wire: Wire) -> Iterator[str]:
    yield from serving(wired(stub(bot), wire))


@dataclass
class Host:
    """A website of somebody else's, on an origin of its own: its pages are whatever a test puts there."""

    url: str = ""
    body: str = ""
    policy: str = ""


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    site = Host()

    async def page(_: Request) -> Response:
        html = f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Host</title></head><body><main><h1>Host</h1>{site.body}</main></body></html>'
        return HTMLResponse(html, headers={"Content-Security-Policy": site.policy} if site.policy else {})

    for url in serving(Starlette(routes=[Route("/{path:path}", page)])):
        site.url = url.replace("127.0.0.1", "localhost")
        yield site


# The browser.


@pytest.fixture(scope="module")  # not for the session: an open Playwright keeps later tests from running loops of their own
def browser() -> Iterator[Browser]:
    assert Path(CHROMIUM).exists(), f"{CHROMIUM} is missing, and with it every test of the widget: apt install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield browser
        browser.close()


class Tab:
    """One tab with the widget, as a person sees it."""

    def __init__(self, page: Page, origins: list[str]) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.foreign: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.foreign.append(request.url) if not request.url.startswith((*origins, "about:", "blob:")) else None)
        page.set_default_timeout(5000)

    @property
    def bot(self) -> Locator:
        return self.page.locator("spine-bot").last

    def part(self, name: str) -> Locator:
        return self.bot.locator(f'[part="{name}"]')

    def button(self, name: str | re.Pattern[str]) -> Locator:
        return self.bot.get_by_role("button", name=name)

    def open(self) -> Tab:
        self.part("launcher").click()
        expect(self.part("panel")).to_be_visible()
        return self

    def type(self, text: str) -> Tab:
        self.part("input").fill(text)
        return self

    def say(self, text: str) -> Locator:
        """Sends a message by Enter; its reply, when that is there."""
        before = self.part("reply").count()
        self.type(text)
        self.part("input").press("Enter")
        expect(self.part("reply")).to_have_count(before + 1)
        return self.part("reply").last

    def axe(self) -> list[str]:
        self.page.evaluate(AXE_SCRIPT + "\n;undefined")
        result = self.page.evaluate("rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES)
        return [f"{fault['id']}: {node['target']} {node.get('failureSummary')}" for fault in result["violations"] for node in fault["nodes"]]

    def events(self) -> Callable[[], list[list[Any]]]:
        self.page.evaluate(
            """() => { window.heard = []; for (const kind of ["open", "close", "reply", "error", "feedback"])
              document.addEventListener("spinebot-" + kind, (event) => heard.push([kind, event.detail])); }"""
        )
        return lambda: self.page.evaluate("heard")


Opening = Callable[..., Tab]


@pytest.fixture
def tab(browser: Browser, server: str, host: Host, wire: Wire) -> Iterator[Opening]:
    """Opens tabs: `tab("/clinic.html", viewport=...)`. Nothing in them may complain or ask a third party."""
    wire.clear()
    host.body, host.policy = "", ""
    contexts: list[BrowserContext] = []
    tabs: list[Tab] = []

    def opening(path: str = "/clinic.html", context: BrowserContext | None = None, **options: Any) -> Tab:
        if context is None:
            context = browser.new_context(base_url=server, **options)
            contexts.append(context)
        opened = Tab(context.new_page(), [server, host.url])
        tabs.append(opened)
        opened.page.goto(path)
        return opened

    yield opening
    for context in contexts:
        context.close()
    for one in tabs:
        assert one.foreign == []
        # What a test made fail on purpose, the browser reports too.
        assert [text for text in one.complaints if "Failed to load resource" not in text] == []


def embedded(server: str, attributes: str = "", more: str = "") -> str:
    return f'<script src="{server}/widget.js" defer></script><spine-bot {attributes}>No script here.</spine-bot>{more}'


# The size.


def test_the_whole_widget_is_15_kilobytes_so_that_nobody_takes_it_out_for_its_weight() -> None:
    assert len(gzip.compress((WEB / "widget.js").read_bytes(), 9)) <= 15_000


# Talking.


def test_a_question_is_answered_with_every_line_of_the_reply_in_its_order(tab: Opening, bot: Bot) -> None:
    chat = tab("/").page
    widget = Tab(chat, [])
    widget.part("launcher").click()
    for question in [LUPUS, "Can lupsu hurt my back?", "what are treatments?", "what is the price of gold", URGENT, "thanks"]:
        shown = widget.say(question).evaluate("reply => [...reply.querySelectorAll('button, .spoken, .feedback')].forEach((e) => e.remove()) || reply.innerText")
        assert shown.strip()
