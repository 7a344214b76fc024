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
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

import spinebot
from spinebot import Bot
from spinebot.testing.play import BotSpeaker, play
from spinebot.testing.script import load_script
from spinebot.web.app import create_app
from spinebot.web.settings import Settings

WEB = Path(spinebot.__file__).parent / "web"
VOICES = Path(__file__).parents[1] / "voices" / "tune"
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
def server(wire: Wire) -> Iterator[str]:
    yield from serving(wired(create_app(Settings(rate="", origins=("*",))), wire))


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


@pytest.fixture(scope="module")
def context(browser: Browser, server: str) -> Iterator[BrowserContext]:
    """What tabs without wishes share; the widget keeps everything by tab."""
    context = browser.new_context(base_url=server)
    yield context
    context.close()


@pytest.fixture
def tab(browser: Browser, context: BrowserContext, server: str, host: Host, wire: Wire) -> Iterator[Opening]:
    """Opens tabs: `tab("/clinic.html", viewport=...)`. Nothing in them may complain or ask a third party."""
    wire.clear()
    host.body, host.policy = "", ""
    contexts: list[BrowserContext] = []
    usual = context
    tabs: list[Tab] = []

    def opening(path: str = "/clinic.html", context: BrowserContext | None = None, **options: Any) -> Tab:
        if context is None and options:
            context = browser.new_context(base_url=server, **options)
            contexts.append(context)
        context = context or usual
        opened = Tab(context.new_page(), [server, host.url])
        tabs.append(opened)
        opened.page.goto(path)
        return opened

    yield opening
    for one in (*usual.pages, *contexts):
        one.close()
    for one in tabs:
        assert one.foreign == []
        # What a test made fail on purpose, the browser reports too.
        assert [text for text in one.complaints if "Failed to load resource" not in text] == []


def embedded(server: str, attributes: str = "", more: str = "") -> str:
    return f'<script src="{server}/widget.js" defer></script><spine-bot {attributes}>No script here.</spine-bot>{more}'


# What it weighs, and what it asks of a page.


def test_the_whole_widget_is_15_kilobytes_so_that_nobody_takes_it_out_for_its_weight() -> None:
    assert len(gzip.compress((WEB / "widget.js").read_bytes(), 9)) <= 15_000


def test_a_page_with_a_strict_policy_has_a_chat_that_works_and_is_styled(tab: Opening, server: str, host: Host) -> None:
    host.policy = f"default-src 'self'; script-src 'self' {server}; connect-src 'self' {server}; base-uri 'none'; object-src 'none'"
    host.body = embedded(server)
    chat = tab(host.url).open()
    assert "no doctor" in chat.say("hello").inner_text() or "not a doctor" in chat.part("notice").inner_text()
    assert chat.say(LUPUS).locator("blockquote").count() == 1
    chat.part("show").first.click()
    expect(chat.part("passage").locator("mark")).to_have_text("Lupus can cause muscle inflammation.")
    assert chat.part("launcher").evaluate("e => getComputedStyle(e).borderRadius") == "50%"
    chat.part("menu").click()
    chat.button("Print").click()
    chat.button("Copy").click()
    assert chat.complaints == []


def test_a_page_gets_no_global_names_no_cookies_and_no_lasting_storage(tab: Opening, server: str, host: Host) -> None:
    names = "() => Object.getOwnPropertyNames(window).filter((name) => isNaN(name)).sort()"
    before = tab(host.url).page.evaluate(names)
    host.body = embedded(server)
    chat = tab(host.url).open()
    chat.say(LUPUS)
    assert set(chat.page.evaluate(names)) - set(before) == set()
    assert chat.page.evaluate("[document.cookie, localStorage.length]") == ["", 0]


def test_the_script_on_a_page_twice_does_no_harm(tab: Opening, server: str, host: Host) -> None:
    host.body = embedded(server, 'id="one"') + embedded(server, 'id="two" inline')
    chat = tab(host.url)
    assert chat.say(LUPUS).locator("blockquote").count() == 1
    chat.page.evaluate("url => { const s = document.createElement('script'); s.src = url; document.head.append(s); return new Promise((done) => s.onload = done); }", f"{server}/widget.js")
    assert chat.part("reply").count() == 1
    assert chat.page.locator("#one").locator('[part="launcher"]').count() == 1


def test_without_javascript_the_pages_own_words_are_shown(tab: Opening, server: str, host: Host) -> None:
    host.body = embedded(server)
    expect(tab(host.url, java_script_enabled=False).page.get_by_text("No script here.")).to_be_visible()


def test_the_pages_styles_stay_out_and_parts_and_properties_let_the_owners_in(tab: Opening, server: str, host: Host) -> None:
    style = "<style>* { letter-spacing: 9px; color: red !important } button { display: none } spine-bot { --spine-accent: rgb(1, 2, 3) } spine-bot::part(send) { border-radius: 1px }</style>"
    host.body = style + embedded(server, 'heading="Backs" greeting="Ask away." questions="What is lupus?|Hello" privacy="/privacy"')
    chat = tab(host.url).open()
    css = "(e, name) => getComputedStyle(e)[name]"
    assert chat.part("launcher").evaluate(css, "backgroundColor") == "rgb(1, 2, 3)"
    assert chat.part("send").evaluate(css, "borderRadius") == "1px"
    assert chat.part("input").evaluate(css, "letterSpacing") == "normal"
    assert chat.part("heading").inner_text() == "Backs"
    assert chat.part("greeting").inner_text() == "Ask away."
    assert chat.part("suggestion").all_inner_texts() == ["What is lupus?", "Hello"]
    assert chat.bot.get_by_role("link", name="Privacy").get_attribute("href") == "/privacy"


# What a reply shows.


def out_of_place(text: str, screen: str) -> str:
    """The first line of a reply that is not on the screen, or not below the line before it; "" when all are."""
    shown, at = " ".join(screen.split()), 0
    for line in text.split("\n"):
        words = " ".join(line.removeprefix("- ").split())
        if words not in shown[at:]:
            return words
        at = shown.index(words, at) + len(words)
    return ""


@pytest.mark.parametrize(
    "messages",
    [
        ["hello", LUPUS, "Can lupsu hurt my back?", "what are treatments?", "is traction safe", "thanks"],
        [URGENT, "what is the capital of peru", "how many ibuprofen should i take", "whats a slipped disk"],
        ["I want to kill myself", "which treatments for neck pain are there?", "what parts of the back can hurt"],
    ],
    ids=["calm", "urgent", "crisis"],
)
def test_every_line_of_a_reply_is_on_the_screen_in_its_order(tab: Opening, bot: Bot, messages: list[str]) -> None:
    chat, talk = tab("/").open(), bot.conversation()
    for message in messages:
        reply = talk.say(message)
        assert not out_of_place(reply.text, chat.say(message).inner_text()), message


def test_no_line_of_hundreds_of_replies_is_lost_or_moved(tab: Opening, bot: Bot) -> None:
    talks = [json.loads(line)["turns"] for path in sorted(VOICES.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines()[::12]]
    turns = []
    for talk in talks:
        conversation = bot.conversation()
        turns += [{"user": text, "reply": conversation.say(text).to_dict()} for text in talk]
    assert len(turns) > 200
    chat = tab("/").open()
    # As if all of it had been said before a page change.
    key = chat.page.evaluate("Object.keys(sessionStorage).find((key) => key.includes('corner chat'))")
    chat.page.evaluate("([key, chat]) => sessionStorage.setItem(key, chat)", [key, json.dumps({"turns": [*turns, {"user": "no reply yet"}], "opened": True})])
    chat.page.reload()
    expect(chat.part("reply")).to_have_count(len(turns))
    expect(chat.button("Try again")).to_be_visible()
    for turn, text in zip(turns, chat.part("reply").all_inner_texts(), strict=True):
        missing = out_of_place(turn["reply"]["text"], text)
        assert not missing, (turn["user"], missing)
    roles = chat.bot.evaluate("e => [...new Set([...e.shadowRoot.querySelectorAll('.reply [part]')].map((part) => part.getAttribute('part')))]")
    assert set(roles) >= {"urgent", "say", "quote", "item", "caveat", "source", "correction", "show"}


def test_the_parts_of_a_reply_are_told_apart(bot: Bot, tab: Opening) -> None:
    chat = tab("/").open()
    reply = chat.say("Can lupsu hurt my back?")
    assert reply.locator('[part="correction"]').inner_text() == "Understood as: lupus"
    assert reply.locator("blockquote p").count() == 1
    assert reply.locator('[part="caveats"] li').count() == 2
    assert reply.locator('[part="source"]').inner_text().startswith("From: ")
    assert reply.locator('[part="show"]').count() == len(bot.conversation().say("Can lupsu hurt my back?").quotes)
    listed = chat.say("which treatments for neck pain are there?")
    assert listed.locator("blockquote ul > li").count() > 3
    assert "- " not in listed.locator("blockquote").inner_text()


@pytest.mark.parametrize(
    ("message", "heading"),
    [(URGENT, "GET HELP NOW"), ("I want to kill myself", "PLEASE TALK TO SOMEONE NOW"), ("my back pain is worse at night and I have a fever", "SEE A DOCTOR SOON")],
)
def test_urgent_advice_comes_first_is_announced_at_once_and_says_so_in_words(tab: Opening, message: str, heading: str) -> None:
    chat = tab("/").open()
    reply = chat.say(message)
    urgent = reply.get_by_role("alert")
    assert urgent.inner_text().strip().startswith(heading)
    assert reply.locator("> :not(.spoken)").first.get_attribute("part") == "urgent"
    expect(urgent).to_be_in_viewport(ratio=1)
    chat.page.reload()
    expect(chat.part("urgent")).to_be_visible()
    assert chat.bot.get_by_role("alert").count() == 0, "old advice is not announced again on every page"


def test_urgent_advice_opens_a_closed_window(tab: Opening, wire: Wire) -> None:
    chat = tab().open()
    wire.delay = 0.4
    chat.type(URGENT).part("input").press("Enter")
    chat.page.keyboard.press("Escape")
    expect(chat.part("panel")).to_be_hidden()
    expect(chat.bot.get_by_role("alert")).to_be_visible()


def test_a_reply_behind_a_closed_window_is_told_by_the_launcher(tab: Opening, wire: Wire) -> None:
    chat = tab().open()
    wire.delay = 0.4
    chat.type("hello").part("input").press("Enter")
    chat.page.keyboard.press("Escape")
    expect(chat.button("Open the chat: new reply")).to_be_visible()
    chat.part("launcher").click()
    expect(chat.part("reply")).to_be_visible()
    assert chat.part("launcher").get_attribute("aria-label") == "Open the chat"


def test_script_in_messages_and_replies_is_shown_as_text(tab: Opening, server: str) -> None:
    chat = tab("/").open()
    evil = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    chat.say(evil)
    assert evil in chat.part("message").inner_text()
    said = {
        "kind": "answer", "text": f"{evil}\n- {evil}\nFrom: {evil}", "answer": evil, "caveats": [], "urgent": {"level": "soon", "text": evil}, "corrections": [],
        "quotes": [{"text": evil, "article": evil, "heading": [evil], "passage": evil, "start": 0, "end": 3}], "suggestions": [evil], "conversation": evil,
    }  # fmt: skip
    chat.page.route("**/api/messages", lambda route: route.fulfill(json=said))
    reply = chat.say("again")
    assert reply.inner_text().count(evil) == 3
    chat.page.reload()
    expect(chat.part("suggestion")).to_have_text(evil)
    assert chat.bot.locator("img, script").count() == 0


def test_a_conversation_goes_on_where_the_server_lost_it(tab: Opening, wire: Wire) -> None:
    chat = tab().open()
    chat.say(LUPUS)
    first = chat.page.evaluate("document.querySelector('spine-bot').conversation")
    chat.say("does it need treatment")
    first_sent, then_sent = wire.sent("POST", "/api/messages")
    token = then_sent.pop("dialogue")
    assert first_sent == {"text": LUPUS} and then_sent == {"text": "does it need treatment", "conversation": first}
    assert re.fullmatch(r"1\.[\w-]{20,}", token)


# Sources.


def test_a_quotes_button_opens_its_passage_with_the_sentence_marked_and_closes_it(tab: Opening) -> None:
    chat = tab("/").open()
    chat.say(LUPUS)
    show = chat.button("Show in the article: Lupus has to be medically treated.")
    show.click()
    expect(chat.part("passage").locator("mark")).to_have_text("Lupus has to be medically treated.")
    assert "Conditions and Injuries" in chat.part("passage").inner_text()
    assert show.get_attribute("aria-expanded") == "true"
    show.click()
    expect(chat.part("passage")).to_have_count(0)


MARKED = "() => [...CSS.highlights.get('spine-bot')].map((range) => range.toString().replace(/\\s+/g, ' '))"


def test_where_the_page_holds_the_article_the_sentence_is_marked_in_it_and_scrolled_to(tab: Opening, wire: Wire) -> None:
    chat = tab("/clinic.html").open()
    quotes = [*chat.say(LUPUS).locator('[part="show"]').all(), *chat.say("which treatments for neck pain are there?").locator('[part="show"]').all()]
    assert len(quotes) > 8
    for show in quotes:
        show.click()
        sentence = (show.get_attribute("aria-label") or "").removeprefix("Show in the article: ")
        assert chat.page.evaluate(MARKED) == [sentence]
        chat.page.wait_for_function("() => { const b = [...CSS.highlights.get('spine-bot')][0].getBoundingClientRect(); return b.top > 0 && b.bottom < innerHeight; }")
    assert wire.sent("GET", "/api/passages") == []
    assert chat.part("status").inner_text() == "The sentence is marked in the page."


def test_a_sentence_that_stands_twice_is_marked_below_its_own_heading(tab: Opening, server: str, host: Host) -> None:
    sentence = "<p>Lupus can <em>cause</em>\n muscle inflammation.</p>"
    heading = "<h2>Conditions and Injuries that Affect Both the Neck and the Back</h2>"
    host.body = embedded(server) + f'<div data-article="back-and-neck-pain">{sentence}{heading}<details><summary>More</summary><div id="right">{sentence}</div></details></div>'
    chat = tab(host.url).open()
    chat.say(LUPUS)
    chat.part("show").first.click()
    assert chat.page.evaluate("[...CSS.highlights.get('spine-bot')][0].startContainer.parentElement.closest('#right') !== null")
    expect(chat.page.locator("#right")).to_be_visible()


def test_on_a_phone_the_window_makes_way_for_the_marked_sentence(tab: Opening) -> None:
    chat = tab("/clinic.html", **PHONE).open()
    chat.say(LUPUS)
    chat.part("show").last.click()
    expect(chat.part("panel")).to_be_hidden()
    assert "Lupus" in chat.page.evaluate("document.activeElement.textContent")


def test_browsers_without_highlights_select_the_sentence(tab: Opening, browser: Browser, server: str) -> None:
    context = browser.new_context(base_url=server)
    context.add_init_script("delete window.Highlight")
    chat = tab("/clinic.html", context).open()
    chat.say(LUPUS)
    chat.part("show").first.click()
    assert " ".join(chat.page.evaluate("getSelection().toString()").split()) == "Lupus can cause muscle inflammation."
    context.close()


def test_a_page_with_another_text_of_the_article_shows_the_passage_in_the_chat(tab: Opening, server: str, host: Host) -> None:
    host.body = embedded(server) + '<article data-article="back-and-neck-pain"><h2>Something</h2><p>else</p></article>'
    chat = tab(host.url).open()
    chat.say(LUPUS)
    chat.part("show").first.click()
    expect(chat.part("passage").locator("mark")).to_be_visible()


# Keyboard, screen readers, eyes.


def test_all_can_be_done_by_keyboard_and_the_focus_comes_back(tab: Opening) -> None:
    chat = tab()
    keys = chat.page.keyboard
    focused = "() => document.activeElement?.shadowRoot?.activeElement?.getAttribute('part')"

    def tab_to(part: str, key: str = "Tab") -> None:
        for _ in range(40):
            if chat.page.evaluate(focused) == part:
                return
            keys.press(key)
        pytest.fail(f"Tab never comes to {part}")

    tab_to("launcher")
    keys.press("Enter")
    assert chat.page.evaluate(focused) == "input"
    keys.type("Can lupus")
    keys.press("Shift+Enter")
    keys.type("hurt my back?")
    keys.press("Enter")
    expect(chat.part("reply")).to_have_count(1)
    assert chat.part("message").inner_text().endswith("Can lupus\nhurt my back?")
    tab_to("suggestion", "Shift+Tab")
    keys.press("Enter")
    expect(chat.part("reply")).to_have_count(2)
    assert chat.page.evaluate(focused) == "input"
    tab_to("show", "Shift+Tab")
    keys.press("Enter")
    tab_to("menu", "Shift+Tab")
    keys.press("Space")
    tab_to("tool")
    keys.press("Escape")
    expect(chat.part("panel")).to_be_hidden()
    assert chat.page.evaluate(focused) == "launcher"


def test_escape_closes_from_the_launcher_too_and_focus_returns_to_the_pages_own_button(tab: Opening) -> None:
    chat = tab("/")
    chat.open()
    chat.part("launcher").focus()
    chat.page.keyboard.press("Escape")
    expect(chat.part("panel")).to_be_hidden()
    chat.page.get_by_role("button", name="Ask “Can lupus").click()
    expect(chat.part("reply")).to_have_count(1)
    chat.button("Close the chat").click()
    assert chat.page.evaluate("document.activeElement.textContent").startswith("Ask “Can lupus")


def test_enter_that_ends_a_composed_word_sends_nothing(tab: Opening, wire: Wire) -> None:
    chat = tab().open().type("にほん")
    chat.part("input").evaluate("e => e.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))")
    assert chat.part("message").count() == 0
    assert chat.part("input").input_value() == "にほん"
    assert wire.seen == []


def test_screen_readers_are_told_what_arrives_and_what_each_button_does(tab: Opening) -> None:
    chat = tab().open()
    log = chat.bot.get_by_role("log", name="Conversation")
    assert log.get_attribute("aria-live") == "polite"
    reply = chat.say(LUPUS)
    assert log.locator('[part="reply"]').count() == 1
    assert reply.get_attribute("lang") == "en"
    for name in ["Open the chat", "Options", "Close the chat", "Send", "Show in the article: Lupus can cause muscle inflammation."]:
        assert chat.button(name).count() == 1, name
    expect(chat.bot.get_by_role("dialog", name="Ask about this article")).to_be_visible()
    expect(chat.bot.get_by_role("textbox", name="Your question")).to_be_visible()


@pytest.mark.parametrize("options", [{"color_scheme": "light"}, {"color_scheme": "dark"}, PHONE], ids=["light", "dark", "phone"])
def test_axe_finds_nothing_in_any_state(tab: Opening, wire: Wire, options: dict[str, Any]) -> None:
    chat = tab("/", **options)
    faults = {"closed": chat.axe()}
    chat.open()
    faults["open"] = chat.axe()
    chat.say("Can lupsu hurt my back?")
    chat.part("show").first.click()
    expect(chat.part("passage")).to_be_visible()
    chat.part("menu").click()
    faults["passage"] = chat.axe()
    chat.say(URGENT)
    faults["urgent"] = chat.axe()
    wire.fail = [503]
    chat.type("hello").part("input").press("Enter")
    expect(chat.button("Try again")).to_be_visible()
    faults["error"] = chat.axe()
    clinic = tab("/clinic.html", **options)
    faults["clinic"] = clinic.axe()
    assert {state: found for state, found in faults.items() if found} == {}


def test_the_typing_dots_come_only_when_a_reply_takes_over_300_milliseconds(tab: Opening, wire: Wire) -> None:
    chat = tab().open()
    chat.part("typing").evaluate(
        """(dots) => { window.dots = []; new MutationObserver(() => window.dots.push([dots.hidden, performance.now()])).observe(dots, {attributes: true, attributeFilter: ["hidden"]});
           document.querySelector("spine-bot").shadowRoot.querySelector("form").addEventListener("submit", () => (window.began = performance.now())); }"""
    )
    chat.say("hello")
    assert all(hidden for hidden, _ in chat.page.evaluate("dots"))
    chat.page.evaluate("dots.length = 0")
    wire.delay = 0.8
    chat.type(LUPUS).part("send").click()
    expect(chat.part("typing")).to_be_visible()
    expect(chat.part("reply")).to_have_count(2)
    expect(chat.part("typing")).to_be_hidden()
    shown, began = chat.page.evaluate("[dots.find(([hidden]) => !hidden)[1], began]")
    assert 295 <= shown - began < 700


def test_reduced_motion_is_respected_and_forced_colours_leave_edges(tab: Opening, wire: Wire) -> None:
    wire.delay = 0.6
    chat = tab("/clinic.html", reduced_motion="reduce", forced_colors="active").open()
    chat.type(URGENT).part("input").press("Enter")
    expect(chat.part("typing")).to_be_visible()
    assert chat.part("typing").locator("i").first.evaluate("e => getComputedStyle(e).animationName") == "none"
    expect(chat.part("urgent")).to_be_visible()
    for part in ["launcher", "urgent", "send", "input", "message"]:
        style = chat.part(part).evaluate("e => { const s = getComputedStyle(e); return [s.borderTopStyle, s.borderTopColor, s.backgroundColor]; }")
        assert style[0] == "solid" and style[1] != style[2], (part, style)


def test_motion_is_there_where_nobody_minds(tab: Opening, wire: Wire) -> None:
    wire.delay = 0.5
    chat = tab(reduced_motion="no-preference").open()
    chat.type("hello").part("input").press("Enter")
    expect(chat.part("typing")).to_be_visible()
    assert chat.part("typing").locator("i").first.evaluate("e => getComputedStyle(e).animationName") != "none"
    expect(chat.part("reply")).to_have_count(1)


@pytest.mark.parametrize(("theme", "scheme", "dark"), [("light", "dark", False), ("dark", "light", True), ("auto", "dark", True)])
def test_the_owner_chooses_light_or_dark_or_leaves_it_to_the_device(tab: Opening, server: str, host: Host, theme: str, scheme: str, dark: bool) -> None:
    host.body = embedded(server, f'theme="{theme}"')
    chat = tab(host.url, color_scheme=scheme).open()
    ground = chat.part("panel").evaluate("e => getComputedStyle(e).backgroundColor")
    assert (ground != "rgb(255, 255, 255)") is dark


def test_on_a_phone_it_fills_the_screen_without_zooming_and_without_a_keyboard_jumping_up(tab: Opening) -> None:
    chat = tab("/clinic.html", **PHONE).open()
    assert chat.part("panel").bounding_box() == {"x": 0, "y": 0, "width": 360, "height": 640}
    assert chat.part("panel").evaluate("e => e.matches(':modal')"), "what it covers can't be tabbed or swiped into"
    assert chat.part("input").evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= 16
    assert chat.bot.evaluate("e => e.shadowRoot.activeElement.getAttribute('part')") == "scroller"
    chat.page.set_viewport_size({"width": 360, "height": 330})  # a keyboard
    expect(chat.part("send")).to_be_in_viewport(ratio=1)
    assert chat.page.evaluate("document.documentElement.scrollWidth") <= 360
    chat.part("close").click()
    assert chat.bot.evaluate("e => e.shadowRoot.activeElement.getAttribute('part')") == "launcher"


def test_at_200_percent_zoom_and_when_a_tablet_turns_nothing_is_cut_off(tab: Opening) -> None:
    chat = tab("/clinic.html", viewport={"width": 640, "height": 400}, device_scale_factor=2).open()
    for part in ["close", "send", "input"]:
        expect(chat.part(part)).to_be_in_viewport(ratio=1)
    chat.type("half a mess")
    for size in [(320, 640), (1024, 500), (700, 900)]:
        chat.page.set_viewport_size({"width": size[0], "height": size[1]})
        for part in ["close", "send", "input"]:
            expect(chat.part(part)).to_be_in_viewport(ratio=1)
    assert chat.part("input").input_value() == "half a mess"


# Languages.


def test_german_chrome(tab: Opening, server: str, host: Host) -> None:
    host.body = f'<div lang="de-AT">{embedded(server)}</div>'
    chat = tab(host.url)
    chat.button("Chat öffnen").click()
    expect(chat.button("Chat schließen")).to_be_visible()
    assert "kein Arzt" in chat.part("notice").inner_text()
    urgent = chat.say(URGENT).locator('[part="urgent"]')
    assert urgent.inner_text().strip().startswith("HOLEN SIE SOFORT HILFE")


def test_arabic_chrome_runs_from_right_to_left_and_quotes_from_left_to_right(tab: Opening, server: str, host: Host) -> None:
    host.body = embedded(server, 'lang="ar"')
    chat = tab(host.url, viewport={"width": 1000, "height": 800}).open()
    assert (chat.part("launcher").bounding_box() or {})["x"] < 100
    assert (chat.part("send").bounding_box() or {})["x"] < (chat.part("input").bounding_box() or {})["x"]
    reply = chat.say(LUPUS)
    assert reply.evaluate("e => getComputedStyle(e).direction") == "ltr"
    assert chat.axe() == []


def test_position_start_puts_it_at_the_other_corner(tab: Opening, server: str, host: Host) -> None:
    host.body = embedded(server, 'position="start"')
    chat = tab(host.url, viewport={"width": 1000, "height": 800}).open()
    assert (chat.part("launcher").bounding_box() or {})["x"] == 20
    assert (chat.part("panel").bounding_box() or {})["x"] == 20


def test_anyone_can_add_a_language_and_what_it_lacks_is_english(tab: Opening) -> None:
    chat = tab()
    chat.bot.evaluate("e => { customElements.get('spine-bot').languages.fr = {open: 'Ouvrir', send: 'Envoyer'}; e.lang = 'fr'; }")
    chat.button("Ouvrir").click()
    expect(chat.button("Envoyer")).to_be_visible()
    expect(chat.button("Close the chat")).to_be_visible()


def test_every_language_says_everything(tab: Opening) -> None:
    tables = tab().page.evaluate("customElements.get('spine-bot').languages")
    assert {name: sorted(set(tables["en"]) ^ set(table)) for name, table in tables.items()} == {"en": [], "de": ["dir"], "ar": []}
    for table in tables.values():
        assert "{host}" in table["stored"] and "{seconds}" in table["wait"]


# Nothing is lost.


def test_a_conversation_and_a_draft_survive_reload_and_page_change(tab: Opening, wire: Wire) -> None:
    chat = tab("/clinic.html").open()
    chat.say(LUPUS)
    chat.type("and is it da").part("close").click()
    chat.page.reload()
    chat.open()
    assert chat.part("input").input_value() == "and is it da"
    assert chat.part("message").inner_text().endswith(LUPUS)
    expect(chat.part("reply")).to_have_count(1)
    chat.page.goto("/clinic.html?another=page")
    expect(chat.part("panel")).to_be_visible()
    chat.say("does it need treatment")
    first, second = wire.sent("POST", "/api/messages")
    assert "conversation" not in first and second["conversation"]
    chat.page.goto("/")
    chat.page.go_back()
    expect(chat.part("reply")).to_have_count(2)


def test_a_page_change_takes_no_focus(tab: Opening) -> None:
    chat = tab().open()
    chat.page.reload()
    expect(chat.part("panel")).to_be_visible()
    assert chat.page.evaluate("document.activeElement === document.body")


def test_two_tabs_have_two_conversations_also_where_one_was_opened_from_the_other(tab: Opening, wire: Wire) -> None:
    one = tab().open()
    one.say(LUPUS)
    two = tab(context=one.page.context).open()
    assert two.part("reply").count() == 0
    two.say("hello")
    with one.page.context.expect_page() as opened:
        one.page.evaluate("() => void window.open(location.href)")
    three = Tab(opened.value, [])
    expect(three.part("reply")).to_have_count(1)
    three.say("does it need treatment")
    one.say("is it rare")
    ids = [chat.bot.evaluate("e => e.conversation") for chat in (one, two, three)]
    assert len(set(ids)) == 3
    third = wire.sent("POST", "/api/messages")[2]
    assert "conversation" not in third and third["dialogue"], "the copy goes on from what was talked about, under a name of its own"


def test_without_storage_it_works_and_only_forgets_on_reload(tab: Opening, browser: Browser, server: str) -> None:
    context = browser.new_context(base_url=server)
    context.add_init_script("Object.defineProperty(window, 'sessionStorage', {get() { throw new DOMException('no', 'SecurityError'); }})")
    chat = tab("/clinic.html", context).open()
    chat.say(LUPUS)
    chat.say("does it need treatment")
    chat.page.reload()
    assert chat.part("reply").count() == 0
    context.close()


def test_offline_a_message_is_kept_and_can_be_sent_again(tab: Opening) -> None:
    chat = tab(locale="en-GB").open()
    chat.say("hello")
    chat.page.context.set_offline(True)
    chat.type(LUPUS).part("input").press("Enter")
    expect(chat.bot.get_by_role("alert")).to_have_text("You are offline. Your message is kept.")
    chat.page.context.set_offline(False)
    chat.page.reload()
    chat.button("Try again").click()
    expect(chat.part("reply")).to_have_count(2)
    assert chat.part("message").last.inner_text().endswith(LUPUS)
    assert chat.part("error").count() == 0


@pytest.mark.parametrize(("status", "said"), [(500, "can't answer just now"), (503, "can't answer just now"), (429, "in 7 seconds"), (400, "Something is wrong.")])
def test_when_the_server_fails_it_is_said_and_the_message_can_be_sent_again_or_edited(tab: Opening, wire: Wire, status: int, said: str) -> None:
    chat = tab().open()
    wire.fail = [status, status]
    chat.type(LUPUS).part("input").press("Enter")
    expect(chat.part("error")).to_contain_text(said)
    chat.type("a draft")
    chat.button("Edit").click()
    assert chat.part("input").input_value() == f"{LUPUS}\na draft"
    assert chat.part("message").count() == 0
    chat.type(LUPUS).part("input").press("Enter")
    expect(chat.part("error")).to_be_visible()
    chat.button("Try again").click()
    expect(chat.part("reply")).to_have_count(1)


def test_a_text_that_is_too_long_comes_back_with_the_servers_own_words(tab: Opening) -> None:
    chat = tab().open()
    chat.type("x" * 4001).part("input").press("Enter")
    expect(chat.part("error")).to_contain_text("longer than 4,000 characters")
    chat.button("Edit").click()
    assert len(chat.part("input").input_value()) == 4001


def test_an_answer_that_is_no_json_counts_as_a_failure(tab: Opening) -> None:
    chat = tab().open()
    chat.page.route("**/api/messages", lambda route: route.fulfill(body="<html>Please log in to the hotel's network</html>", content_type="text/html"))
    chat.type(LUPUS).part("input").press("Enter")
    expect(chat.button("Try again")).to_be_visible()
    chat.page.unroute("**/api/messages")
    chat.button("Try again").click()
    expect(chat.part("reply")).to_have_count(1)


def test_leaving_the_page_before_the_reply_came_loses_no_message(tab: Opening, wire: Wire) -> None:
    chat = tab().open()
    wire.delay = 1.0
    with chat.page.expect_request("**/api/messages"):
        chat.type(LUPUS).part("input").press("Enter")
    chat.page.reload()
    wire.delay = 0
    chat.button("Try again").click()
    expect(chat.part("reply")).to_have_count(1)


def test_messages_sent_in_a_hurry_are_answered_in_their_order(tab: Opening, wire: Wire) -> None:
    chat = tab().open()
    wire.delay = 0.2
    for message in [LUPUS, "does it need treatment", "thanks"]:
        chat.type(message).part("input").press("Enter")
    expect(chat.part("reply")).to_have_count(3)
    sent = wire.sent("POST", "/api/messages")
    assert [one["text"] for one in sent] == [LUPUS, "does it need treatment", "thanks"]
    assert len({one.get("conversation") for one in sent}) == 2, "the first has none, the others the same"
    turns = chat.part("turn").all_inner_texts()
    assert "muscle inflammation" in turns[0] and "You're welcome" not in turns[1]


# New, forget, copy, print, feedback.


def test_new_chat_begins_anew_and_forget_deletes_all_of_it_here_and_on_the_server(tab: Opening, wire: Wire) -> None:
    chat = tab().open()
    chat.say(LUPUS)
    first = chat.bot.evaluate("e => e.conversation")
    chat.part("menu").click()
    chat.button("New chat").click()
    expect(chat.part("status")).to_contain_text("Press again")
    chat.button("New chat").click()
    expect(chat.part("reply")).to_have_count(0)
    chat.say("hello")
    second = chat.bot.evaluate("e => e.conversation")
    assert "dialogue" not in wire.sent("POST", "/api/messages")[1]
    chat.type("secret")
    chat.button("Forget").click()
    assert chat.part("reply").count() == 1, "one press loses nothing"
    chat.button("Forget").click()
    expect(chat.part("status")).to_have_text("Forgotten, here and on the server.")
    assert [path.rsplit("/", 1)[1] for method, path, _ in wire.seen if method == "DELETE"] == [first, second]
    kept = chat.page.evaluate("JSON.stringify({...sessionStorage})")
    assert all(word not in kept for word in (first, second, "lupus", "secret", "hello"))
    chat.page.reload()
    assert chat.part("reply").count() == 0
    assert chat.part("input").input_value() == ""


def test_forget_without_the_server_says_so_and_can_be_done_later(tab: Opening, wire: Wire) -> None:
    chat = tab().open()
    chat.say(LUPUS)
    first = chat.bot.evaluate("e => e.conversation")
    wire.fail = [503]
    chat.part("menu").click()
    chat.button("Forget").click()
    chat.button("Forget").click()
    expect(chat.part("status")).to_contain_text("can't be reached")
    expect(chat.part("reply")).to_have_count(0)
    chat.page.reload()
    chat.part("menu").click()
    chat.button("Forget").click()
    expect(chat.part("status")).to_have_text("Forgotten, here and on the server.")
    assert wire.sent("DELETE", f"/api/conversations/{first}") == [None, None]


def test_forget_while_a_reply_is_on_its_way_forgets_that_too(tab: Opening, wire: Wire) -> None:
    chat = tab().open()
    wire.delay = 0.5
    with chat.page.expect_request("**/api/messages"):
        chat.type(LUPUS).part("input").press("Enter")
    chat.part("menu").click()
    chat.button("Forget").click()
    chat.button("Forget").click()
    expect(chat.part("status")).to_have_text("Forgotten, here and on the server.")
    assert len(wire.sent("DELETE", "/api/conversations/")) == 1
    assert chat.part("reply").count() == 0


def test_it_says_first_that_it_is_a_bot_and_what_is_kept_where(tab: Opening, server: str) -> None:
    notice = tab().open().part("notice").inner_text()
    for words in ["a bot", "not a doctor", "emergency", server.removeprefix("http://"), "tab", "Forget"]:
        assert words in notice, words


def test_a_transcript_can_be_copied_and_printed(tab: Opening, browser: Browser, server: str) -> None:
    context = browser.new_context(base_url=server, permissions=["clipboard-read", "clipboard-write"])
    context.add_init_script("window.print = () => { top.printed = document.body.innerText; }")
    chat = tab("/clinic.html", context).open()
    chat.say(URGENT)
    chat.say(LUPUS)
    chat.part("menu").click()
    chat.button("Copy").click()
    expect(chat.part("status")).to_have_text("Copied.")
    chat.button("Print").click()
    for text in [chat.page.evaluate("navigator.clipboard.readText()"), chat.page.evaluate("window.printed || document.querySelector('spine-bot').shadowRoot.querySelector('iframe').contentDocument.body.innerText")]:
        at = [text.index(words) for words in ["not a doctor", f"You: {URGENT}", "GET HELP NOW", f"You: {LUPUS}", "Lupus can cause", "General information", "From: "]]
        assert at == sorted(at) or text.count("General information") == 2
    context.close()


def test_thumbs_are_there_only_where_the_owner_wants_them_and_tell_the_server(tab: Opening, server: str, host: Host, wire: Wire) -> None:
    host.body = embedded(server, "feedback inline")
    chat = tab(host.url)
    heard = chat.events()
    chat.say("hello")
    assert chat.part("thumb").count() == 0, "nobody rates a greeting"
    chat.say(LUPUS)
    wire.fail = [503]
    chat.button("Yes").click()
    expect(chat.part("status")).to_contain_text("can't answer just now")
    chat.button("Yes").click()
    expect(chat.button("Yes")).to_have_attribute("aria-pressed", "true")
    told = {"conversation": chat.bot.evaluate("e => e.conversation"), "turn": 2, "helpful": True}
    assert wire.sent("POST", "/api/feedback") == [told, told]
    assert heard()[-1] == ["feedback", told]
    chat.page.reload()
    expect(chat.button("Yes")).to_have_attribute("aria-pressed", "true")
    assert tab().open().say(LUPUS).locator('[part="feedback"]').count() == 0


# For the page's own scripts.


def test_a_page_can_open_ask_and_close_and_hears_of_it(tab: Opening, wire: Wire) -> None:
    chat = tab()
    heard = chat.events()
    reply = chat.bot.evaluate("(e, text) => e.ask(text)", LUPUS)
    assert reply["kind"] == "answer" and reply["quotes"]
    expect(chat.part("panel")).to_be_visible()
    chat.bot.evaluate("e => e.close()")
    wire.fail = [429]
    failed = chat.bot.evaluate("e => e.ask('hello').then(() => '', (error) => error.message)")
    assert "7 seconds" in failed
    assert chat.bot.evaluate("e => e.ask('  ').then(() => '', (error) => error.name)") == "TypeError"
    kinds = [kind for kind, _ in heard()]
    assert kinds == ["open", "reply", "close", "open", "error"]
    assert heard()[1][1] == reply
    assert heard()[-1][1] == {"message": failed, "status": 429, "retryAfter": 7}


def test_an_owner_may_name_another_server_and_change_attributes_at_any_time(tab: Opening, server: str, host: Host) -> None:
    host.body = embedded(server, 'server="https://nowhere.invalid/bot"')
    chat = tab(host.url)
    assert chat.bot.evaluate("e => e.server") == "https://nowhere.invalid/bot/"
    chat.bot.evaluate("(e, url) => e.setAttribute('server', url)", server)
    chat.open().say(LUPUS)
    chat.bot.evaluate("e => e.setAttribute('heading', 'Other')")
    assert chat.part("heading").inner_text() == "Other"
    expect(chat.part("reply")).to_be_visible()
    chat.bot.evaluate("e => { e.remove(); document.body.append(e); }")
    expect(chat.part("reply")).to_have_count(1)
    phone = tab("/clinic.html", **PHONE).open()
    phone.bot.evaluate("e => e.setAttribute('heading', 'Other')")
    expect(phone.part("panel")).to_be_visible()


# The pages that show it.


def test_the_demo_shows_inline_and_corner_themes_languages_and_the_lines_to_paste(tab: Opening, server: str) -> None:
    demo = tab("/", permissions=["clipboard-read", "clipboard-write"])
    page = demo.page
    assert f'<script src="{server}/widget.js" defer></script>' in page.locator("[data-snippet]").inner_text()
    page.get_by_role("button", name="Copy the lines").click()
    assert "<spine-bot>" in page.evaluate("navigator.clipboard.readText()")
    page.get_by_label("Language").select_option("de")
    page.get_by_label("Theme").select_option("dark")
    demo.button("Chat öffnen").click()
    expect(demo.part("panel")).to_have_css("background-color", "rgb(21, 25, 29)")
    inline = page.locator("#inline")
    inline.get_by_role("button", name="Can lupus hurt my back?").click()
    expect(inline.locator('[part="reply"]')).to_have_count(1)
    assert demo.part("reply").count() == 0, "two on a page are two conversations"


def test_what_was_said_on_the_demo_page_is_saved_as_a_test_that_passes(bot: Bot, tab: Opening, tmp_path: Path) -> None:
    demo = tab("/", accept_downloads=True)
    page, inline = demo.page, demo.page.locator("#inline")
    page.get_by_role("button", name="Save as test").click()
    expect(page.locator("[data-saved]")).to_have_text("Ask something first.")
    talk = ['What is lupsu? "\\ {a}: #\u2028', "Is it treated?", URGENT]
    for number, text in enumerate(talk, 1):
        inline.locator('[part="input"]').fill(text)
        inline.locator('[part="input"]').press("Enter")
        expect(inline.locator('[part="reply"]')).to_have_count(number, timeout=20_000)
    page.reload()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as test").click()
    assert download.value.suggested_filename == "demo.chat.yaml"
    download.value.save_as(tmp_path / "demo.chat.yaml")
    [conversation] = load_script(tmp_path / "demo.chat.yaml")
    assert len(conversation.steps) == 3
    assert play(conversation, lambda: BotSpeaker(bot)).outcome == "passed"
    assert {one.key for step in conversation.steps for one in step.expectations} == {"kind", "intent", "cites", "caveats", "corrects", "urgent"}
    expect(page.locator("[data-saved]")).to_contain_text("3 steps")


def test_the_clinics_page_holds_every_sentence_of_the_article(bot: Bot, tab: Opening) -> None:
    text = " ".join(tab("/clinic.html").page.locator("[data-article]").inner_text().split())
    assert [place.sentence.text for place in bot.corpus.places() if " ".join(place.sentence.text.split()) not in text] == []
