"""Load a bot folder once, talk many conversations."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from .answers import bind_answers
from .compose import Composer
from .conversation import Dialogue, Reply
from .corpus import load_corpus
from .errors import Fault, SpinebotError
from .index import Found, Index, classes
from .leaning import taken
from .lexicon import Lexicon
from .memory import remember
from .plan import Plan, beside_advice, decide
from .reading import Reading
from .rules import load_rules
from .safety import Assessment, RedFlags, most_pressing
from .text import READ_AT_MOST, clean, middle
from .understand import understand
from .weights import NONE, load_weights


class Considered(NamedTuple):
    """What was made of one message: what was read in it, its warning signs, the answers found, and what to reply."""

    reading: Reading
    assessment: Assessment
    found: Found
    plan: Plan


class Bot:
    """A bot folder, loaded: its articles, its rules, and all that is computed from them once."""

    def __init__(self, folder: Path, weights: bool = True, country: str = "default") -> None:
        self.folder = folder
        with _no_collection():
            self._load(folder, weights, country)

    def _load(self, folder: Path, weights: bool, country: str) -> None:
        faults: list[Fault] = []
        try:
            self.corpus = load_corpus(folder / "corpus")
        except SpinebotError as error:
            faults += error.faults
        try:
            self.rules = load_rules(folder / "intents.yaml")
        except SpinebotError as error:
            faults += error.faults
        if not faults and country not in self.rules["numbers"]:
            known = ", ".join(self.rules["numbers"])
            faults.append(Fault(str(folder / "intents.yaml"), 0, f"numbers has no country {country!r}: known are {known}"))
        if faults:
            raise SpinebotError(*faults)
        self.answers = bind_answers(self.rules, self.corpus)
        self.lexicon = Lexicon(self.rules, self.corpus)
        learned = load_weights(folder / "weights.tsv", classes(self.answers, self.rules)) if weights else None
        self.index = Index(self.corpus, self.answers, self.rules, learned)
        alarms = load_weights(folder / "alarms.tsv", [*self.rules["red_flags"], NONE]) if weights else None
        self.red_flags = RedFlags(self.rules, alarms, country)
        self.composer = Composer(self.rules, self.lexicon, self.answers)

    @classmethod
    def load(cls, folder: str | Path | None = None, *, weights: bool = True, country: str = "default") -> Bot:
        """The bot of a folder with `corpus/` and `intents.yaml`; without one, the spine bot that travels with the package.

        `weights=False` leaves out what was learned, and goes by the hand-set scores and rules alone. `country` (an id of
        `numbers` in intents.yaml, such as "uk") says whose telephone numbers urgent advice gives.

        Raises SpinebotError with every fault of the folder.
        """
        return cls(Path(folder) if folder is not None else default_folder(), weights, country)

    def conversation(self, conversation_id: str | None = None) -> Conversation:
        """A new conversation; `conversation_id` names it in its replies."""
        return Conversation(self, conversation_id or "")

    def respond(self, text: str, dialogue: Dialogue, conversation_id: str = "") -> tuple[Reply, Dialogue]:
        """The reply to one message and the dialogue after it: a pure function of its arguments."""
        reading, assessment, found, plan = self.consider(text, dialogue)
        reply = self.composer.compose(reading, plan, found, assessment, dialogue, conversation_id)
        return reply, remember(dialogue, reading, found, plan, reply, assessment, self.rules, self.composer.quoted(plan.answers, plan.without).topics)

    def consider(self, text: str, dialogue: Dialogue) -> Considered:
        """All that a reply to one message is made from."""
        text = taken(clean(text), dialogue)
        reading = understand(text, dialogue, self.rules, self.lexicon)
        assessment = self.red_flags.assess(reading, dialogue)
        if len(text) > READ_AT_MOST:
            rest = [understand(piece, dialogue, self.rules, self.lexicon) for piece in middle(text)]
            assessment = most_pressing([assessment, *(self.red_flags.assess(piece, dialogue) for piece in rest)])
        found = self.index.search(reading)
        plan = beside_advice(decide(reading, found, self.index, self.rules, dialogue, self.composer.named), reading, found, assessment, self.rules)
        return Considered(reading, assessment, found, plan)


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
