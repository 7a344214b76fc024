"""Load a bot folder once, talk many conversations."""

from __future__ import annotations

import sys
import uuid
from importlib import resources
from pathlib import Path

from .answers import bind_answers
from .article import Place
from .compose import Plan, decide
from .conversation import Caveat, Dialogue, Quote, Reply
from .corpus import load_corpus
from .errors import Fault, SpinebotError
from .index import Index
from .lexicon import Lexicon
from .rules import Rules, load_rules
from .safety import Assessment, RedFlags, caveats_for
from .text import clean
from .understand import Reading, understand
from .weights import load_weights


class Bot:
    """A bot folder, loaded: its articles, its rules, and all that is computed from them once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.corpus = load_corpus(folder / "corpus")
        self.rules = load_rules(folder / "intents.yaml")
        self.answers = bind_answers(self.rules, self.corpus)
        self.lexicon = Lexicon(self.rules, self.corpus)
        weights = load_weights(folder / "weights.tsv", [answer.id for answer in self.answers])
        self.index = Index(self.corpus, self.answers, self.rules, weights)
        self.red_flags = RedFlags(self.rules)

    @classmethod
    def load(cls, folder: str | Path | None = None) -> Bot:
        """The bot of a folder with `corpus/` and `intents.yaml`; without one, the spine bot that travels with the package.

        Raises SpinebotError with every fault of the folder.
        """
        return cls(Path(folder) if folder is not None else default_folder())

    def conversation(self, conversation_id: str | None = None) -> Conversation:
        """A new conversation; `conversation_id` names it in its replies."""
        return Conversation(self, conversation_id or "")

    def respond(self, text: str, dialogue: Dialogue, conversation_id: str = "") -> tuple[Reply, Dialogue]:
        """The reply to one message and the dialogue after it: a pure function of its arguments."""
        reading = understand(clean(text), dialogue, self.rules, self.lexicon)
        assessment = self.red_flags.assess(reading, dialogue)
        plan = decide(reading, self.index.search(reading), self.rules, dialogue)
        return self._reply(reading, plan, assessment, dialogue, conversation_id)

    def _reply(self, reading: Reading, plan: Plan, assessment: Assessment, dialogue: Dialogue, conversation_id: str) -> tuple[Reply, Dialogue]:
        places: dict[int, Place] = {}
        for answer in plan.answers:
            for place in answer.places:
                places[place.sentence.start] = place
        quotes = tuple(Quote.of(place) for place in places.values())
        is_list = any(answer.is_list for answer in plan.answers)
        body = ("\n" if is_list else " ").join(quote.text for quote in quotes)
        urgent = assessment.urgent
        kind = "urgent" if urgent else plan.kind
        caveats = self._caveats(reading, body, kind)
        parts = [urgent.text if urgent else "", plan.opening, body, *(caveat.text for caveat in caveats)]
        reply = Reply(
            kind, "\n\n".join(part for part in parts if part), body, quotes, caveats, urgent, plan.intent, reading.corrections, (), conversation_id
        )
        topics = tuple(topic for topic, weight in reading.topics.items() if weight >= 0.8) or dialogue.topics
        after = Dialogue(
            topics, tuple(reading.aspects), (*dialogue.earlier, topics), dialogue.shown | {a.id for a in plan.answers}, tuple(a.id for a in plan.answers), (),
            assessment.standing, dialogue.turns + 1,
        )
        return reply, after

    def _caveats(self, reading: Reading, body: str, kind: str) -> tuple[Caveat, ...]:
        if kind == "chat":
            return ()
        wanted: dict[str, str] = {"general": ""}
        for match in reading.of("caveat"):
            wanted.setdefault(match.name.id, reading.said(match.start, match.end))
        for topic in reading.topics:
            for caveat in self.rules["topics"][topic].ids("caveats"):
                wanted.setdefault(caveat, self.rules["topics"][topic].text("label"))
        for match in reading.of("aim"):
            for caveat in self.rules["aims"][match.name.id].ids("caveats"):
                wanted.setdefault(caveat, reading.said(match.start, match.end))
        from .understand import read_words

        words, stems = read_words(body, self.lexicon)
        for match in self.lexicon.matcher.find(stems):
            if match.name.kind == "caveat":
                wanted.setdefault(match.name.id, " ".join(word.typed for word in words[match.start : match.end]))
        return caveats_for(self.rules, wanted)


class Conversation:
    """One conversation: remembers what follow-up messages lean on."""

    def __init__(self, bot: Bot, conversation_id: str) -> None:
        self.bot = bot
        self.id = conversation_id or uuid.uuid4().hex
        self.dialogue = Dialogue()

    def say(self, text: str) -> Reply:
        """The reply to `text`, any text at all."""
        reply, self.dialogue = self.bot.respond(text, self.dialogue, self.id)
        return reply


def default_folder() -> Path:
    """The spine bot: beside the package in a wheel, at the repository's top level in a checkout."""
    packaged = Path(str(resources.files(__package__))) / "bot"
    if packaged.is_dir():
        return packaged
    checkout = Path(__file__).resolve().parents[2]
    if (checkout / "intents.yaml").is_file():
        return checkout
    raise SpinebotError(Fault(str(packaged), 0, "the spine bot's own folder is missing: install spinebot anew or name a folder with --bot"))
