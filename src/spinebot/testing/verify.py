"""Proof of a saved conversation: every quote and every caveat in it worked out anew, and one wrong byte said.

A transcript comes from the terminal (`/save FILE.json`), from the server (`GET /api/conversations/{id}` with kept messages), or
from `spinebot chat --json` (one reply a line). Where the user's words stand in it, the talk is held again with the bot, which
says the same to the same words: each reply has to be that one, whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..article import Article, Place

if TYPE_CHECKING:
    from ..bot import Bot
    from .saved import Saved


@dataclass(slots=True)
class Proof:
    """What was checked of a transcript; `faults` are what is wrong, in the order of the messages, `notes` what could not be checked."""

    messages: int = 0
    quotes: int = 0
    caveats: int = 0
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        counts = {"message": self.messages, "quote": self.quotes, "caveat": self.caveats}
        return ", ".join(f"{count} {noun}{'s' * (count != 1)}" for noun, count in counts.items())


def verify(saved: Saved, bot: Bot) -> Proof:
    """Check every message of a transcript against the bot: its articles, its caveats, and what it replies to the same words."""
    proof = Proof(len(saved.messages))
    articles = {article.id: article for article in bot.corpus.articles}
    places = {(place.article.id, place.sentence.start): place for place in bot.corpus.places()}
    proof.faults += _articles(saved, articles)
    same = not proof.faults
    for message in saved.messages:
        proof.quotes += len(message.reply["quotes"])
        proof.caveats += len(message.reply["caveats"])
        faults = [*_quotes(message.reply, articles, places), *_duties(message.reply, bot, places)]
        proof.faults += [f"message {message.number}: {fault}" for fault in faults]
    if any("explanation" in message.reply for message in saved.messages):
        proof.notes.append("explanations were not checked: they are no part of a reply")
    if saved.missing:
        proof.faults.append(f"the first {saved.missing} messages are not in the file: what the others lean on can't be worked out anew")
    elif not saved.has_user:
        proof.notes.append("the user's words are not in the file: caveats and warnings that they alone call for were not checked")
    elif same:
        proof.faults += _replayed(saved, bot, proof.faults)
    return proof


def _articles(saved: Saved, articles: Mapping[str, Article]) -> Iterator[str]:
    """The articles that were quoted are those of the bot, byte for byte."""
    if saved.articles is None:
        return
    for name, digest in saved.articles.items():
        if name not in articles:
            yield f"article {name!r} is none of the bot's: name the bot's folder with --bot"
        elif digest != digest_of(articles[name]):
            yield f"article {name!r} is not the one that was quoted: its SHA-256 is {digest_of(articles[name])}, in the transcript {digest}"
    for name in articles:
        if name not in saved.articles:
            yield f"article {name!r} of the bot is not in the transcript"


def digest_of(article: Article) -> str:
    """The SHA-256 of an article's whole text, front matter included, as a transcript has it."""
    return hashlib.sha256(article.text.encode()).hexdigest()


def _quotes(reply: Mapping[str, Any], articles: Mapping[str, Article], places: Mapping[tuple[str, int], Place]) -> Iterator[str]:
    """Every quote stands in its article where it says, under its headings, and the answer is made of quotes alone."""
    for number, quote in enumerate(reply["quotes"], 1):
        what = f"quote {number}"
        article = articles.get(quote["article"])
        if article is None:
            yield f"{what}: there is no article {quote['article']!r}"
            continue
        there = article.text[max(0, quote["start"]) : max(0, quote["end"])]
        if there != quote["text"]:
            where = f"{quote['start']}-{quote['end']} of {article.id!r}"
            yield f"{what}: at {where} stands {_cut(there)}, in the transcript {_cut(quote['text'])}{_parting(there, quote['text'])}"
            continue
        place = places.get((article.id, quote["start"]))
        if place is None or place.sentence.end != quote["end"]:
            yield f"{what}: {quote['start']}-{quote['end']} of {article.id!r} is no whole sentence"
        elif place.passage.id != quote["passage"]:
            yield f"{what}: stands in passage {place.passage.id!r}, not {quote['passage']!r}"
        elif list(place.passage.headings) != quote["heading"]:
            yield f"{what}: stands under {' > '.join(place.passage.headings)!r}, not {' > '.join(quote['heading'])!r}"
    texts = [quote["text"] for quote in reply["quotes"]]
    if reply["answer"] not in (" ".join(texts), "\n".join(texts)):
        yield f"'answer' is not what is quoted{_parting(' '.join(texts), reply['answer'])}"
    lines = reply["text"].split("\n")
    if reply["answer"] and reply["answer"] not in lines and not all(f"- {text}" in lines for text in texts):
        yield "'text' does not hold the answer, word for word"


def _duties(reply: Mapping[str, Any], bot: Bot, places: Mapping[tuple[str, int], Place]) -> Iterator[str]:
    """Every caveat is word for word the bot's and is in the text, none is missing that the kind or the quotes call for; urgent advice is first."""
    rules = bot.rules["caveats"]
    lines = reply["text"].split("\n")
    carried = [caveat["id"] for caveat in reply["caveats"]]
    for caveat in reply["caveats"]:
        name = caveat["id"]
        if name not in rules:
            yield f"there is no caveat {name!r}"
        elif caveat["text"] != rules[name].text("text"):
            yield f"caveat {name!r} is not word for word the bot's{_parting(rules[name].text('text'), caveat['text'])}"
        elif caveat["text"] not in lines:
            yield f"caveat {name!r} is not in the text"
    if reply["kind"] != "chat" and "general" not in carried:
        yield f"a reply of kind {reply['kind']!r} lacks the caveat 'general'"
    quoted = [place for quote in reply["quotes"] if (place := places.get((quote["article"], quote["start"]))) is not None]
    for name in dict.fromkeys(name for place in quoted for name in bot.composer.called_for(place)):
        if name not in carried:
            yield f"lacks the caveat {name!r}, which a sentence that it quotes calls for"
    urgent = reply["urgent"]
    if (urgent is not None) != (reply["kind"] == "urgent"):
        yield f"is of kind {reply['kind']!r}, but {'has' if urgent else 'lacks'} urgent advice"
    if urgent and not reply["text"].startswith(urgent["text"]):
        yield f"urgent advice is not first{_parting(urgent['text'], reply['text'])}"


def _replayed(saved: Saved, bot: Bot, before: list[str]) -> Iterator[str]:
    """What differs from what the bot says to the same words."""
    known = {fault.partition(":")[0] for fault in before}
    talk = bot.conversation("1")
    for message in saved.messages:
        if message.begins:
            talk = bot.conversation("1")
        expected, got = talk.say(message.user or "").to_dict(), message.reply
        lacking = _lacking(expected["caveats"], got["caveats"])
        if lacking:
            yield f"message {message.number}: lacks the caveats {', '.join(lacking)}, which the bot attaches to the same words"
            continue
        if f"message {message.number}" in known:
            continue
        for key, value in expected.items():
            if key != "conversation" and value != got[key]:
                yield f"message {message.number}: the bot says something else to the same words: {_difference(key, value, got[key])}"
                break


def _lacking(expected: Any, got: Any) -> list[str]:
    carried = {caveat["id"] for caveat in got}
    return [caveat["id"] for caveat in expected if caveat["id"] not in carried]


def _difference(key: str, expected: object, got: object) -> str:
    if isinstance(expected, str) and isinstance(got, str):
        return f"{key!r} is {_cut(expected)}, in the transcript {_cut(got)}{_parting(expected, got)}"
    return f"{key!r} is {_cut(str(expected))}, in the transcript {_cut(str(got))}{_parting(str(expected), str(got))}"


def _parting(expected: str, got: str) -> str:
    """Where two texts part, for long ones."""
    at = next((at for at, (one, other) in enumerate(zip(expected, got, strict=False)) if one != other), min(len(expected), len(got)))
    if expected == got:
        return ""
    return f"; they part at character {at}: {expected[at : at + 20]!r}, in the transcript {got[at : at + 20]!r}"


def _cut(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:59] + "…")
