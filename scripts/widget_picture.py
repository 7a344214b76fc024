"""Write docs/widget.png and docs/widget-phone.png: the widget on the pretend clinic's page, in a real Chromium.

    python scripts/widget_picture.py

The first shows an answer, with the sentence that it quotes marked in the page's own copy of the article; the second, on a
phone, urgent advice.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

DOCS = Path(__file__).resolve().parents[1] / "docs"
CHROMIUM = "/usr/bin/chromium"
#: A picture that is larger makes the README slow to load.
MOST_BYTES = 150_000


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """A server of `app` on a free port; its address."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", ws="none", timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    socket = config.bind_socket()
    thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]}, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            sys.exit("widget_picture.py: the server did not start")
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{socket.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(5)
        socket.close()


def ask(page: Page, text: str) -> None:
    """Type a message, and wait until its reply is there."""
    bot = page.locator("spine-bot")
    replies = bot.locator('[part="reply"]')
    before = replies.count()
    bot.locator('[part="input"]').fill(text)
    bot.locator('[part="input"]').press("Enter")
    replies.nth(before).wait_for()


def on_a_desk(browser: Browser, url: str, path: Path) -> None:
    """An answer whose source is marked in the page."""
    page = browser.new_page(viewport={"width": 800, "height": 610}, color_scheme="light", reduced_motion="reduce")
    page.goto(f"{url}/clinic.html")
    page.locator('spine-bot [part="launcher"]').click()
    ask(page, "Can lupsu hurt my back?")
    page.locator('spine-bot [part="show"]').first.click()
    page.locator('spine-bot [part="heading"]').hover()
    page.screenshot(path=path)
    page.close()


def on_a_phone(browser: Browser, url: str, path: Path) -> None:
    """Urgent advice."""
    page = browser.new_page(viewport={"width": 390, "height": 700}, is_mobile=True, has_touch=True, color_scheme="light", reduced_motion="reduce")
    page.goto(f"{url}/clinic.html")
    page.locator('spine-bot [part="launcher"]').click()
    ask(page, "ive lost controll of my bladder and my legs are going numb")
    page.locator("spine-bot").evaluate("bot => bot.shadowRoot.activeElement.blur()")
    page.screenshot(path=path)
    page.close()


def draw(app: Any) -> None:
    """Write both pictures of what `app` serves. Exits where one has grown too large."""
    with serving(app) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--disable-gpu", "--disable-quic"])
        for name, take in (("widget.png", on_a_desk), ("widget-phone.png", on_a_phone)):
            take(browser, url, DOCS / name)
            size = (DOCS / name).stat().st_size
            print(f"docs/{name}: {size:,} bytes")
            if size > MOST_BYTES:
                sys.exit(f"widget_picture.py: docs/{name} has more than {MOST_BYTES:,} bytes")
        browser.close()


def main() -> None:
    """Draw what the real server serves."""
    from spinebot.web import app, settings

    draw(app.create_app(settings.Settings()))


if __name__ == "__main__":
    main()
