"""Two workers before one Redis, while people talk: whatever dies, nobody's conversation is lost and every reply is whole."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import spinebot

TALK = ["what is lupus", "does it need treatment", "is it rare", "what is whiplash"]
PEOPLE = 6
SECONDS = 3.0


class Person:
    """Talks on and on in one conversation, and tries again where a connection breaks."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.conversation = ""
        self.token = ""
        self.answered = 0
        self.faults: list[str] = []

    def talk(self, until: float) -> None:
        while time.monotonic() < until:
            for text in TALK:
                self.say(text)

    def say(self, text: str) -> None:
        for _ in range(40):
            with contextlib.suppress(OSError, http.client.HTTPException):
                return self._say(text)
            time.sleep(0.05)
        self.faults.append("nobody answered for two seconds")

    def _say(self, text: str) -> None:
        body: dict[str, Any] = {"text": text}
        if self.conversation:
            body |= {"conversation": self.conversation, "dialogue": self.token}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("POST", "/api/messages", json.dumps(body), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            reply = json.loads(answer.read())
        finally:
            connection.close()
        if answer.status != 200 or "general" not in [caveat["id"] for caveat in reply["caveats"]]:
            self.faults.append(f"{answer.status}: {reply}")
        elif self.conversation and reply["conversation"] != self.conversation:
            self.faults.append("another conversation")
        self.conversation, self.token = reply["conversation"], answer.getheader("Dialogue", "")
        self.answered += 1


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Any]:
    """Starts `spinebot serve --workers 2` with a store; yields its process and port."""
    started: list[tuple[subprocess.Popen[str], threading.Thread]] = []

    def start(store: str) -> tuple[subprocess.Popen[str], int]:
        environment = {**os.environ, "PYTHONPATH": str(Path(spinebot.__file__).parents[1])}
        command = [sys.executable, "-m", "spinebot", "serve", "--port", "0", "--workers", "2", "--rate", "", "--store", store]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment, cwd=tmp_path)
        assert process.stderr is not None
        found = re.search(r"http://127\.0\.0\.1:(\d+)", process.stderr.readline())
        reading = threading.Thread(target=process.stderr.read)
        reading.start()
        started.append((process, reading))
        assert found
        return process, int(found[1])

    yield start
    for process, reading in started:
        process.terminate()
        process.wait(20)
        reading.join()
        process.communicate()


def people_talk(port: int, meanwhile: Any) -> list[Person]:
    """The people, after they have talked while something happened."""
    people = [Person(port) for _ in range(PEOPLE)]
    until = time.monotonic() + SECONDS
    threads = [threading.Thread(target=person.talk, args=(until,)) for person in people]
    for thread in threads:
        thread.start()
    time.sleep(SECONDS / 3)
    meanwhile()
    for thread in threads:
        thread.join()
    return people


def known_of(port: int, conversation: str) -> dict[str, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", f"/api/conversations/{conversation}")
    found: dict[str, Any] = json.loads(connection.getresponse().read())
    connection.close()
    return found


def test_a_worker_killed_under_load_takes_no_conversation_with_it(serve: Any, redis: Any) -> None:
    process, port = serve(redis.url)
    workers = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    people = people_talk(port, lambda: os.kill(int(workers[0]), signal.SIGKILL))
    assert [person.faults for person in people] == [[]] * PEOPLE
    for person in people:
        # A message whose reply was lost on its way was sent again: the store may know of one more.
        assert person.answered <= known_of(port, person.conversation)["turns"] <= person.answered + 2


def test_redis_killed_and_back_under_load_leaves_every_reply_whole(serve: Any, redis: Any) -> None:
    _, port = serve(redis.url)

    def away_for_a_while() -> None:
        redis.kill()
        time.sleep(0.5)
        redis.start()

    people = people_talk(port, away_for_a_while)
    for person in people:
        # This Redis comes back empty: the talk goes on by its token, under a new id.
        assert set(person.faults) <= {"another conversation"}
    deadline = time.monotonic() + 10
    for person in people:
        while True:
            person.say("what is lupus")
            if "turns" in known_of(port, person.conversation):
                break
            assert time.monotonic() < deadline, "it never healed"
            time.sleep(0.1)
        assert known_of(port, person.conversation)["turns"] >= person.answered
        assert set(person.faults) <= {"another conversation"}
