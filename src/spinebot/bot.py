"""Load a bot folder once, talk many conversations."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

from .answers import bind_answers
from .compose import Composer
from .conversation import Dialogue, Reply
from .corpus import load_corpus
from .errors import Fault, SpinebotError
from .index import Index
from .lexicon import Lexicon
from .plan import decide, remember
from .rules import load_rules
from .safety import RedFlags
from .text import clean
from .understand import taken, understand
from .weights import load_weights


class Bot:
    """A bot folder, loaded: its articles, its rules, and all that is computed from them once."""

    def __init__(self, folder: Path, weights: bool = True) -> None:
        self.folder = folder
        with _no_collection():
            self._load(folder, weights)

    def _load(self, folder: Path, weights: bool) -> None:
        faults: list[Fault] = []
        try:
            self.corpus = load_corpus(folder / "corpus")
        except SpinebotError as error:
            faults += error.faults
        try:
            self.rules = load_rules(folder / "intents.yaml")
        except SpinebotError as error:
            faults += error.faults
        if faults:
            raise SpinebotError(*faults)
        self.answers = bind_answers(self.rules, self.corpus)
        self.lexicon = Lexicon(self.rules, self.corpus)
        answers = [*(answer.id for answer in self.answers), *(f"chat.{name}" for name in self.rules["chat"])]
        self.index = Index(self.corpus, self.answers, self.rules, load_weights(folder / "weights.tsv", answers) if weights else None)
        self.red_flags = RedFlags(self.rules, load_weights(folder / "alarms.tsv", list(self.rules["red_flags"])) if weights else None)
        self.composer = Composer(self.rules, self.lexicon, self.answers)

    @classmethod
    def load(cls, folder: str | Path | None = None, *, weights: bool = True) -> Bot:
        """The bot of a folder with `corpus/` and `intents.yaml`; without one, the spine bot that travels with the package.

        `weights=False` leaves out what was learned, and goes by the hand-set scores and rules alone.

        Raises SpinebotError with every fault of the folder.
        """
        return cls(Path(folder) if folder is not None else default_folder(), weights)

    def conversation(self, conversation_id: str | None = None) -> Conversation:
        """A new conversation; `conversation_id` names it in its replies."""
        return Conversation(self, conversation_id or "")

    def respond(self, text: str, dialogue: Dialogue, conversation_id: str = "") -> tuple[Reply, Dialogue]:
        """The reply to one message and the dialogue after it: a pure function of its arguments."""
        reading = understand(taken(clean(text), dialogue), dialogue, self.rules, self.lexicon)
        assessment = self.red_flags.assess(reading, dialogue)
        found = self.index.search(reading)
        plan = decide(reading, found, self.index, self.rules, dialogue)
        reply = self.composer.compose(reading, plan, found, assessment, dialogue, conversation_id)
        return reply, remember(dialogue, reading, plan, reply, assessment)


class Conversation:
    """One conversation: remembers what follow-up messages lean on."""

    def __init__(self, bot: Bot, conversation_id: str) -> None:
        self.bot = bot
        self.id = conversation_id or os.urandom(16).hex()
        self.dialogue = Dialogue()

    def say(self, text: str) -> Reply:
        """The reply to `text`, any text at all."""
        reply, self.dialogue = self.bot.respond(text, self.dialogue, self.id)
        return reply


@contextmanager
def _no_collection() -> Iterator[None]:
    """Loading makes a hundred thousand small objects and no garbage: to look for some among them doubles its time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def default_folder() -> Path:
    """The spine bot: beside the package in a wheel, at the repository's top level in a checkout."""
    packaged = Path(str(resources.files(__package__))) / "bot"
    if packaged.is_dir():
        return packaged
    checkout = Path(__file__).resolve().parents[2]
    if (checkout / "intents.yaml").is_file():
        return checkout
    raise SpinebotError(Fault(str(packaged), 0, "the spine bot's own folder is missing: install spinebot anew or name a folder with --bot"))
