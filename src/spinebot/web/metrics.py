"""Figures for Prometheus: counts and times, never a word of a message."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

if TYPE_CHECKING:
    from ..conversation import Reply

#: Seconds.
BUCKETS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0)
CONTENT_TYPE = CONTENT_TYPE_LATEST


class Metrics:
    """The figures of one app; of all its workers where they share a folder (PROMETHEUS_MULTIPROC_DIR)."""

    def __init__(self) -> None:
        registry = self._registry = CollectorRegistry()
        self._requests = Counter("spinebot_requests", "Requests by route and status", ["route", "status"], registry=registry)
        self._replies = Counter("spinebot_replies", "Replies by kind", ["kind"], registry=registry)
        self._urgent = Counter("spinebot_urgent", "Urgent replies by red flag and level", ["flag", "level"], registry=registry)
        self._seconds = Histogram("spinebot_reply_seconds", "Time to work out a reply", buckets=BUCKETS, registry=registry)
        self._away = Counter("spinebot_store_away", "Times that the store could not be reached", registry=registry)
        self._feedback = Counter("spinebot_feedback", "Thumbs up and down", ["helpful"], registry=registry)

    def replied(self, reply: Reply, seconds: float) -> None:
        """Count a reply."""
        self._replies.labels(reply.kind).inc()
        self._seconds.observe(seconds)
        if reply.urgent:
            self._urgent.labels(reply.urgent.id, reply.urgent.level).inc()

    def requested(self, route: str, status: int) -> None:
        """Count a request."""
        self._requests.labels(route, str(status)).inc()

    def store_away(self) -> None:
        """Count a failure of the store."""
        self._away.inc()

    def rated(self, helpful: bool) -> None:
        """Count a thumb."""
        self._feedback.labels("yes" if helpful else "no").inc()

    def text(self) -> bytes:
        """All figures in Prometheus' text format."""
        registry = self._registry
        if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
