"""A conversational chatbot over an article: it quotes, it never invents.

    from spinebot import Bot
    reply = Bot.load().conversation().say("Can lupus hurt my back?")

Importing the package loads nothing heavy; the engine comes with the first use of a name below.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .bot import Bot, Conversation
    from .conversation import Caveat, Correction, Quote, Reply, Urgent
    from .errors import CorpusError, RulesError, ScriptError, SpinebotError

__version__ = "0.1.0"

_HOMES = {
    "Bot": "bot", "Conversation": "bot",
    "Caveat": "conversation", "Correction": "conversation", "Quote": "conversation", "Reply": "conversation", "Urgent": "conversation",
    "CorpusError": "errors", "RulesError": "errors", "ScriptError": "errors", "SpinebotError": "errors",
}
__all__ = [
    "Bot",
    "Caveat",
    "Conversation",
    "CorpusError",
    "Correction",
    "Quote",
    "Reply",
    "RulesError",
    "ScriptError",
    "SpinebotError",
    "Urgent",
    "__version__",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{home}", __name__), name)
