"""All that can be chosen about the web server: one value, which travels to every worker process."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """How to serve. Times are seconds, sizes bytes, `most_text` characters."""

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    #: The bot folder, "" for the spine bot, and whose telephone numbers urgent advice gives.
    bot: str = ""
    country: str = "default"
    #: Where conversations are kept: "memory", or a URL of Redis.
    store: str = "memory"
    #: Whether what was typed is kept with a conversation.
    keep_messages: bool = False
    #: How long a conversation is kept after its last message, and how many are kept in memory.
    time_to_live: int = 24 * 3600
    most_conversations: int = 10_000
    #: The origins of the web pages that may use the API; "*" is all.
    origins: tuple[str, ...] = ()
    #: The proxies whose X-Forwarded-For is believed: addresses or networks.
    proxies: tuple[str, ...] = ()
    #: Requests that one client may send, as "60/minute"; "" is any number.
    rate: str = "60/minute"
    most_body: int = 64 * 1024
    most_text: int = 4_000
    #: How long a client may take to send one request, and requests in flight may take when the server stops.
    patience: float = 10.0
    grace: float = 10.0

    def to_json(self) -> str:
        """The settings as text, for the environment of a worker."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Settings:
        """The settings of `to_json`."""
        values = json.loads(text)
        return cls(**{**values, "origins": tuple(values["origins"]), "proxies": tuple(values["proxies"])})
