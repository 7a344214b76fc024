"""The widget's files and the pages that show it."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from spinebot import Bot
from spinebot.web import files
from spinebot.web.app import create_app
from spinebot.web.settings import Settings

SCRIPT = b"export const widget = 1;\n" * 200
STYLE = b"main { color: black }\n" * 50
PAGE = "<!doctype html><title>ä</title><!-- article: back-neck --><p>&amp;</p>"


@pytest.fixture
def pages(app: Starlette, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A client of an app with files of these tests."""
    made = {
        "/widget.js": files.File.of("widget.js", SCRIPT), "/pages.css": files.File.of("pages.css", STYLE), "/": files.File.of("index.html", PAGE.encode()),
    }  # fmt: skip
    monkeypatch.setattr(files, "load_files", lambda _: made)
    with TestClient(app) as client:
        yield client


@pytest.mark.parametrize(("path", "kind"), [("/widget.js", "text/javascript"), ("/pages.css", "text/css"), ("/", "text/html")])
def test_a_file_comes_as_what_it_is_and_may_be_kept(path: str, kind: str, pages: TestClient) -> None:
    answer = pages.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == f"{kind}; charset=utf-8"
    assert answer.headers["vary"].lower().count("accept-encoding") == 1
    assert "max-age=" in answer.headers["cache-control"] and answer.headers["etag"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.content == {"/widget.js": SCRIPT, "/pages.css": STYLE, "/": PAGE.encode()}[path]


@pytest.mark.parametrize(("accepted", "coding"), [("gzip, br", "gzip"), ("GZIP", "gzip"), ("gzip;q=0.5", "gzip"), ("identity", ""), ("", ""), ("gzip;q=0", ""), ("br, gzip; q=0.000", "")])
def test_a_file_is_compressed_where_the_browser_asks_for_it_and_only_there(accepted: str, coding: str, pages: TestClient) -> None:
    with pages.stream("GET", "/widget.js", headers={"accept-encoding": accepted}) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers.get("content-encoding", "") == coding
    assert (gzip.decompress(raw) if coding else raw) == SCRIPT
    assert len(raw) == int(answer.headers["content-length"])
    assert not coding or len(raw) < len(SCRIPT)


def test_a_browser_that_has_the_file_is_not_sent_it_again(pages: TestClient) -> None:
    tag = pages.get("/widget.js").headers["etag"]
    for sent in (tag, f'"other", {tag}', "*", tag.removeprefix("W/")):
        answer = pages.get("/widget.js", headers={"if-none-match": sent})
        assert answer.status_code == 304 and answer.content == b""
        assert answer.headers["etag"] == tag and "accept-encoding" in answer.headers["vary"].lower() and "cache-control" in answer.headers
    assert pages.get("/widget.js", headers={"if-none-match": '"older"'}).content == SCRIPT
    assert pages.get("/pages.css").headers["etag"] != tag


def test_a_changed_file_has_another_tag() -> None:
    assert files.File.of("a.js", b"1").tag != files.File.of("a.js", b"2").tag
    assert files.File.of("a.js", b"1").tag == files.File.of("a.js", b"1").tag


def test_a_head_request_sends_no_body(pages: TestClient) -> None:
    answer = pages.head("/widget.js")
    assert answer.status_code == 200 and answer.content == b"" and int(answer.headers["content-length"]) > 0


def test_a_page_of_ours_may_load_nothing_from_elsewhere_and_run_nothing_inline(pages: TestClient) -> None:
    for path in ("/", "/docs"):
        answer = pages.get(path)
        (policy,) = answer.headers.get_list("content-security-policy")
        rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";"))
        assert rules["default-src"] == "'self'" and "unsafe" not in policy and "*" not in policy
        assert "frame-ancestors" in rules and rules["object-src"] == "'none'"
        assert "<script>" not in answer.text and "style=" not in answer.text and "//" not in answer.text.replace("//www.", "//").split("<body>")[0]


def test_the_widget_may_be_loaded_by_pages_elsewhere(pages: TestClient) -> None:
    assert pages.get("/widget.js").headers["cross-origin-resource-policy"] == "cross-origin"


@pytest.mark.parametrize("path", [
    "/app.py", "/settings.py", "/__init__.py", "/../app.py", "/..%2fapp.py", "/%2e%2e/%2e%2e/pyproject.toml", "/etc/passwd", "//etc/passwd", "/..", "/...", "/.", "/widget.js/",
    "/%00", "/widget.js%00", "/..\\app.py", "/index.html/..", "/é", "/" + "a" * 3000,
])  # fmt: skip
def test_no_path_leads_out_of_the_widget_s_files(path: str, pages: TestClient) -> None:
    status, body = asyncio.run(ask_as_it_is(pages.app, path))
    assert status in (404, 307)
    assert b"import" not in body and b"root:" not in body
    if status == 404:
        assert set(json.loads(body)) == {"error"}


async def ask_as_it_is(app: Any, path: str) -> tuple[int, bytes]:
    """What a path gets that no client has tidied up."""
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"", "headers": [(b"host", b"here")], "scheme": "http",
        "server": ("here", 80), "client": ("there", 1), "root_path": "", "http_version": "1.1", "asgi": {"version": "3.0"},
    }  # fmt: skip
    await app(scope, receive, send)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)


class Folder:
    def __init__(self, path: Path) -> None:
        self.path = path

    def files(self, _: object) -> Path:
        return self.path


def test_pages_show_the_article_and_other_files_stay_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bot: Bot) -> None:
    (article,) = bot.corpus.articles
    mark = f"<!-- article: {article.id} -->"
    (tmp_path / "index.html").write_text(f"<main>{mark}</main>", encoding="utf-8")
    (tmp_path / "help.html").write_text("<p>none</p>", encoding="utf-8")
    (tmp_path / "widget.js").write_text(f"// {mark}", encoding="utf-8")
    (tmp_path / "app.py").write_text("secret = 1", encoding="utf-8")
    monkeypatch.setattr(files, "resources", Folder(tmp_path))
    loaded = files.load_files({article.id: files.html_of(article)})
    assert set(loaded) == {"/", "/help.html", "/widget.js"}
    page = loaded["/"].bodies[""].decode()
    assert mark not in page and page.startswith("<main>")
    assert loaded["/widget.js"].bodies[""].decode() == f"// {mark}"


def test_every_sentence_of_the_article_is_in_its_page(bot: Bot) -> None:
    from html import unescape

    for article in bot.corpus.articles:
        html = files.html_of(article)
        said = unescape(html)
        for passage in article.passages:
            assert all(sentence.text in said for sentence in passage.sentences)
            assert all(heading in said for heading in passage.headings)
        headings = {heading for passage in article.passages for heading in passage.headings}
        assert all(html.count(f">{heading}</h") >= 1 for heading in headings if "&" not in heading)


def test_an_article_s_own_markup_is_text(tmp_path: Path, small_rules: str, small_article: str) -> None:
    from spinebot.corpus import load_corpus

    (tmp_path / "small.md").write_text(small_article.replace("It has to be treated.", "It has to be <script>alert(1)</script> treated."), encoding="utf-8")
    (article,) = load_corpus(tmp_path).articles
    html = files.html_of(article)
    assert "<script" not in html and "alert(1)" in html


def test_the_package_s_own_files_are_all_of_a_known_kind(make_client: Callable[..., Any]) -> None:
    client = make_client()
    for path in client.app.state.files.now():
        answer = client.get(path)
        assert answer.status_code == 200 and answer.content
        assert "<!-- article:" not in answer.text


def test_after_a_reload_the_pages_hold_the_new_article(tmp_path: Path, small_rules: str, small_article: str) -> None:
    article = small_article.replace("id: small", "id: back-and-neck-pain")
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "small.md").write_text(article, encoding="utf-8")
    (tmp_path / "intents.yaml").write_text(small_rules, encoding="utf-8")
    with TestClient(create_app(Settings(bot=str(tmp_path)))) as client:
        assert "It has to be treated." in client.get("/clinic.html").text
        (tmp_path / "corpus" / "small.md").write_text(article.replace("treated.", "treated soon."), encoding="utf-8")
        client.app.state.bots.reload().join()  # type: ignore[attr-defined]
        assert "It has to be treated soon." in client.get("/clinic.html").text
