"""What of a bot scripted conversations reach: passages, sentences, caveats, red flags, answers, refusals, the lexicon, suggestions."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from ..conversation import Dialogue
from ..memory import remember
from .expect import Reply
from .play import Played

if TYPE_CHECKING:
    from ..bot import Bot, Considered

#: The sections that `percent` is of: what is quoted, and what keeps people safe.
COUNTED = ("passages", "caveats", "red flags")
#: The refusals beside those of close subjects, which intents.yaml lists as `outside`.
REFUSALS = ("not-said", "no-question", "far", "no-more", "dosage", "see-doctor", "warned", "taken-back", "unsuited")
#: Small talk that has no entry in intents.yaml.
EMPTY = "empty"
_BLANK = re.compile(r"\\{\w+\\}")


class Row(NamedTuple):
    """One section of the bot, and the names in it that the conversations reached and missed, each in the bot's own order."""

    section: str
    reached: list[str]
    missed: list[str]


class Coverage:
    """Collects what played conversations reach of a bot, wherever that bot answered from.

    Replies say most of it; what was read in a message, the bot is asked for again. A bot that says no more than its text reaches nothing.
    """

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._passages = _passage_names(bot)
        self._sentences = {
            (place.article.id, place.sentence.start): f"{self._passages[place.article.id, place.passage.id]}: {' '.join(place.sentence.text.split())}"
            for place in bot.corpus.places()
        }
        self._phrases = {name: _pattern(rule) for name, rule in bot.rules["phrases"]["phrases"].values.items() if isinstance(rule, str)}
        self._asks = {answer.ask for answer in bot.answers}
        self._names = dict(self._list_names())
        #: Section → the names in it that were reached; sets of two runs join with `join`.
        self.reached: dict[str, set[str]] = {section: set() for section in self._names}

    def _list_names(self) -> Iterator[tuple[str, list[str]]]:
        rules = self._bot.rules
        yield "passages", list(dict.fromkeys(self._passages.values()))
        yield "sentences", list(dict.fromkeys(self._sentences.values()))
        yield "caveats", list(rules["caveats"])
        yield "red flags", list(rules["red_flags"])
        yield "answers", list(rules["answers"])
        yield "refusals", [*REFUSALS, *(f"outside.{name}" for name in rules["outside"])]
        yield "small talk", [*rules["chat"], EMPTY]
        yield "topics", list(rules["topics"])
        yield "aspects", list(rules["aspects"])
        yield "phrases", list(self._phrases)
        yield "suggestions", list(dict.fromkeys(answer.ask for answer in self._bot.answers))

    def add(self, played: Played) -> None:
        """Count what one conversation reached; one that is known to fail holds nothing in place, and reaches nothing."""
        if played.outcome == "xfailed":
            return
        dialogue = Dialogue()
        for step in played.steps:
            if "kind" not in step.reply:
                return
            considered = self._bot.consider(step.step.says, dialogue)
            dialogue = self._remembered(considered, dialogue)
            self._read(considered, step.reply)
            self._said(step.reply)

    def _remembered(self, considered: Considered, dialogue: Dialogue) -> Dialogue:
        """The dialogue after a message, as the bot itself keeps it."""
        reading, assessment, found, plan = considered
        reply = self._bot.composer.compose(reading, plan, found, assessment, dialogue, "")
        return remember(dialogue, reading, found, plan, reply, assessment, self._bot.rules, self._bot.composer.quoted(plan.answers, plan.without).topics)

    def _read(self, considered: Considered, reply: Reply) -> None:
        """What was read in a message, and the answers that were given beside the one that the reply names."""
        for kind, section in (("topic", "topics"), ("aspect", "aspects")):
            self._reach(section, {match.name.id for match in considered.reading.of(kind)})
        if considered.plan.intent == reply["intent"]:
            self._reach("answers", [answer.id for answer in considered.plan.answers])

    def _said(self, reply: Reply) -> None:
        """What the reply itself shows."""
        self._reach("passages", [self._passages.get((quote["article"], quote["passage"]), "") for quote in reply["quotes"]])
        self._reach("sentences", [self._sentences.get((quote["article"], quote["start"]), "") for quote in reply["quotes"]])
        self._reach("caveats", [caveat["id"] for caveat in reply["caveats"]])
        self._reach("red flags", [reply["urgent"]["id"]] if reply["urgent"] else [])
        kind, _, name = reply["intent"].partition(".")
        self._reach("answers", [name] if kind == "answers" else [])
        self._reach("small talk", [name] if kind == "chat" else [])
        self._reach("refusals", [reply["intent"]])
        self._reach("phrases", [name for name, pattern in self._phrases.items() if pattern.search(reply["text"])])
        self._reach("suggestions", self._asks.intersection(reply["suggestions"]))

    def _reach(self, section: str, names: Collection[str]) -> None:
        self.reached[section].update(names)

    def join(self, reached: Mapping[str, Collection[str]]) -> None:
        """Count what another run reached: the `reached` of its coverage of the same bot."""
        for section, names in reached.items():
            self._reach(section, names)

    def rows(self) -> list[Row]:
        """Every section with what was reached and missed in it."""
        return [
            Row(section, [name for name in names if name in self.reached[section]], [name for name in names if name not in self.reached[section]])
            for section, names in self._names.items()
        ]

    @property
    def percent(self) -> float:
        """How much was reached of all passages, caveats and red flags together (`COUNTED`), from 0 to 100."""
        rows = [row for row in self.rows() if row.section in COUNTED]
        return percent_of(sum(len(row.reached) for row in rows), sum(len(row.missed) for row in rows))

    def to_dict(self) -> dict[str, Any]:
        """The coverage as JSON values."""
        return {
            "percent": round(self.percent, 2),
            "counted": list(COUNTED),
            "sections": {
                row.section: {"percent": round(percent_of(len(row.reached), len(row.missed)), 2), "reached": row.reached, "missed": row.missed}
                for row in self.rows()
            },
        }


def percent_of(reached: int, missed: int) -> float:
    """How much was reached, from 0 to 100; 100 where there is nothing to reach."""
    return 100.0 * reached / (reached + missed) if reached + missed else 100.0


def _passage_names(bot: Bot) -> dict[tuple[str, str], str]:
    """The name of each passage by article and id: its id, and with several articles the article's before it."""
    articles = bot.corpus.articles
    alone = len(articles) == 1
    return {
        (article.id, passage.id): passage.id if alone else f"{article.id}/{passage.id}"
        for article in articles
        for passage in article.passages
    }


def _pattern(phrase: str) -> re.Pattern[str]:
    """What shows that a fixed sentence was said, whatever its blanks were filled with."""
    return re.compile(_BLANK.sub(".+", re.escape(phrase)))
