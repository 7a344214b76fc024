"""The widget and the pages that show it: files as they are, compressed once, each with its ETag."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from importlib import resources
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.routing import Route

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

    from ..article import Article
    from ..bot import Bot
    from .bots import Bots

TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".html": "text/html; charset=utf-8"}
#: What a page of ours may do, which is what the widget needs: nothing inline, nothing from elsewhere.
PAGE_POLICY = "default-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'self'"
#: How long a browser may use a file before it asks whether there is a newer one: seconds.
FRESH = 600


@dataclass(frozen=True, slots=True)
class File:
    """One file: `bodies` are its bytes by content coding, "" for none."""

    kind: str
    tag: str
    bodies: Mapping[str, bytes] = field(repr=False)

    @classmethod
    def of(cls, name: str, body: bytes) -> File:
        """A file, ready to be sent."""
        suffix = name[name.rindex(".") :]
        return cls(TYPES[suffix], f'W/"{hashlib.sha256(body).hexdigest()[:20]}"', {"": body, "gzip": gzip.compress(body, 9, mtime=0)})


def load_files(articles: Mapping[str, str]) -> dict[str, File]:
    """Every file of the package by its path; in pages, `<!-- article: ID -->` becomes the article, as HTML."""
    files = {}
    for path in resources.files(__package__).iterdir():
        name = path.name
        if name.endswith(tuple(TYPES)):
            text = path.read_text(encoding="utf-8")
            if name.endswith(".html"):
                for article, html in articles.items():
                    text = text.replace(f"<!-- article: {article} -->", html)
            files["/" if name == "index.html" else f"/{name}"] = File.of(name, text.encode())
    return files


def html_of(article: Article) -> str:
    """An article as HTML."""
    parts: list[str] = []
    open_headings: tuple[str, ...] = ()
    for passage in article.passages:
        for depth, heading in enumerate(passage.headings):
            if open_headings[: depth + 1] != passage.headings[: depth + 1]:
                parts.append(f"<h{depth + 1}>{escape(heading)}</h{depth + 1}>")
        open_headings = passage.headings
        texts = [escape(sentence.text) for sentence in passage.sentences]
        if any(sentence.item for sentence in passage.sentences):
            parts.append("<ul>" + "".join(f"<li>{text}</li>" for text in texts) + "</ul>")
        else:
            parts.append(f"<p>{' '.join(texts)}</p>")
    return "\n".join(parts)


class Files:
    """The files as they are with the articles of the bot that answers now."""

    def __init__(self, bots: Bots) -> None:
        self._bots = bots
        self._made_for: Bot | None = None
        self._files: dict[str, File] = {}

    def now(self) -> dict[str, File]:
        """Every file by its path."""
        bot = self._bots.current
        if bot is not self._made_for:
            self._files = load_files({article.id: html_of(article) for article in bot.corpus.articles})
            self._made_for = bot
        return self._files


def takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding asks for gzip: "gzip;q=0" refuses it."""
    for coding in accepted.lower().split(","):
        name, _, quality = coding.replace(" ", "").partition(";q=")
        if name == "gzip":
            return quality.strip("0.") != "" or not quality
    return False


class Gzip(GZipMiddleware):
    """Starlette's, that "gzip;q=0" refuses too, and that leaves plain answers to a POST alone: no cache keeps those, so none has to vary."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        accepted = b",".join(value for name, value in scope.get("headers", ()) if name == b"accept-encoding").decode("latin-1")
        if not takes_gzip(accepted) and ("gzip" in accepted or scope.get("method") == "POST"):
            return await self.app(scope, receive, send)
        await super().__call__(scope, receive, send)


async def get_file(request: Request) -> Response:
    """A file, or that the browser's copy is the newest."""
    files: Files = request.app.state.files
    file = files.now().get(request.url.path)
    if file is None:
        raise HTTPException(404, "no such page")
    headers = {
        "ETag": file.tag, "Vary": "Accept-Encoding", "Cache-Control": f"public, max-age={FRESH}", "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if file.kind.startswith("text/html"):
        headers["Content-Security-Policy"] = PAGE_POLICY
    has = request.headers.get("if-none-match", "")
    if has.strip() == "*" or file.tag.removeprefix("W/") in has:
        return Response(status_code=304, headers=headers)
    coding = "gzip" if takes_gzip(request.headers.get("accept-encoding", "")) else ""
    if coding:
        headers["Content-Encoding"] = coding
    return Response(file.bodies[coding], media_type=file.kind, headers=headers)


ROUTES = [Route("/", get_file), Route("/{name}.{kind}", get_file)]
