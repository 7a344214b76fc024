"""The server as whoever runs it sees it: real processes, sockets and signals, with a small app in the place of the bot's."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import spinebot
from spinebot.errors import SpinebotError
from spinebot.web.serving import serve
from spinebot.web.settings import Settings

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and shared sockets")

#: Reads its answer from a file, in which "!" is a fault; /slow answers when a file `go` is there.
APP = """
import asyncio, logging, os, threading
from pathlib import Path
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route
from spinebot.errors import SpinebotError

log = logging.getLogger("spinebot.web")

class Bots:
    def __init__(self, folder):
        self.path = Path(folder, "answer.txt")
        self.current = self.load()
    def load(self):
        text = self.path.read_text()
        if text.startswith("!"):
            raise SpinebotError.at(self.path, 1, "a fault")
        return text
    def reload(self):
        threading.Thread(target=self.again, name="reload", daemon=True).start()
    def again(self):
        try:
            self.current = self.load()
            log.warning("loaded anew")
        except SpinebotError as error:
            log.error("%s", error)

def create_app(settings):
    bots = Bots(settings.bot)
    async def home(request):
        return PlainTextResponse(f"{os.getpid()} {bots.current}")
    async def slow(request):
        async def parts():
            yield "begun "
            while not Path(settings.bot, "go").exists():
                await asyncio.sleep(0.01)
            yield "done"
        return StreamingResponse(parts())
    async def echo(request):
        return PlainTextResponse(str(len(await request.body())))
    async def sender(request):
        return PlainTextResponse(request.client.host)
    async def boom(request):
        raise KeyError(request.query_params["text"])
    async def figures(request):
        return PlainTextResponse(os.environ.get("PROMETHEUS_MULTIPROC_DIR", "none"))
    routes = [Route("/", home), Route("/slow", slow), Route("/echo", echo, methods=["POST"]), Route("/sender", sender)]
    app = Starlette(routes=[*routes, Route("/boom", boom), Route("/figures", figures)])
    app.state.bots = bots
    return app
"""

#: Python runs this first, in workers too: it puts the small app in the place of the bot's.
SITE = """
import importlib.util, sys

class Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == "spinebot.web.app":
            return importlib.util.spec_from_file_location(name, {app!r})

sys.meta_path.insert(0, Finder)
"""

PROGRAM = """
import sys
from spinebot.errors import SpinebotError
from spinebot.web.serving import serve
from spinebot.web.settings import Settings
try:
    sys.exit(serve(Settings.from_json(sys.argv[1])))
except SpinebotError as error:
    print("refused", error, file=sys.stderr)
    sys.exit(error.exit_code)
"""


def wait_for(what: Callable[[], Any], seconds: float = 10.0) -> Any:
    """What it returns, as soon as that is true."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)
    return found


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits for its parent does not."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z" if Path("/proc/self").exists() else True
    except (ProcessLookupError, FileNotFoundError):
        return False


@dataclass
class Served:
    """A server that runs, its bot folder and what it has said."""

    process: subprocess.Popen[bytes]
    folder: Path
    said: Path
    port: int = 0

    def lines(self) -> list[str]:
        return self.said.read_text(encoding="utf-8").splitlines()

    def wait_to_say(self, text: str) -> str:
        return wait_for(lambda: next((line for line in self.lines() if text in line), ""))

    def open(self, timeout: float = 10.0) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def get(self, path: str, **headers: str) -> str:
        connection = self.open()
        try:
            connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    @contextlib.contextmanager
    def slow(self) -> Iterator[http.client.HTTPResponse]:
        """A request that is being answered, and ends when the folder holds `go`."""
        with contextlib.closing(self.open()) as connection:
            connection.request("GET", "/slow")
            with contextlib.closing(connection.getresponse()) as answer:
                assert answer.read(6) == b"begun "
                yield answer

    def workers(self, number: int) -> set[int]:
        """The process ids that answer, once there are that many."""
        found: set[int] = set()

        def seen() -> bool:
            found.add(int(self.get("/").split()[0]))
            return len(found) >= number

        wait_for(seen)
        return found

    def answer(self) -> str:
        return self.get("/").partition(" ")[2]

    def write(self, text: str) -> None:
        """Put another answer in the folder, and have it loaded."""
        (self.folder / "answer.txt").write_text(text)
        self.process.send_signal(signal.SIGHUP)

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(10)


Start = Callable[..., Served]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a server, waits until it serves (unless `wait=False`), and leaves none behind."""
    running: list[subprocess.Popen[bytes]] = []
    (tmp_path / "answer.txt").write_text("old")
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "sitecustomize.py").write_text(SITE.format(app=str(tmp_path / "app.py")))
    (tmp_path / "tmp").mkdir()
    path = os.pathsep.join([str(tmp_path), str(Path(spinebot.__file__).parents[1])])

    def begin(*, wait: bool = True, port: int = 0, **choices: Any) -> Served:
        said = tmp_path / f"said-{len(running)}"
        settings = Settings(port=port, bot=str(tmp_path), **choices)
        with said.open("wb") as stderr:
            process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, settings.to_json()], stderr=stderr, env={**os.environ, "PYTHONPATH": path, "TMPDIR": str(tmp_path / "tmp")}
            )
        running.append(process)
        served = Served(process, tmp_path, said)
        if wait:
            line = served.wait_to_say("spinebot serves on")
            served.port = int(line.partition("127.0.0.1:")[2].split()[0])
        return served

    yield begin
    for process in running:
        process.kill()
        process.wait()


@pytest.mark.parametrize("workers", [1, 2])
def test_it_says_where_it_serves_and_leaves_nothing_behind(start: Start, workers: int) -> None:
    served = start(workers=workers)
    said = served.lines()
    assert said[0] == f"spinebot serves on http://127.0.0.1:{served.port} (Ctrl-C stops it)"
    assert ["--store redis://" in line for line in said[1:]] == [True] * (workers > 1), "who runs several is told what they do not share"
    connection = served.open()
    connection.request("GET", "/")
    answer = connection.getresponse()
    assert answer.status == 200
    assert answer.getheader("server") is None
    answer.read()
    figures = served.get("/figures")
    assert Path(figures).is_dir() == (workers > 1)
    assert served.stop() == 0
    assert len(served.lines()) == len(said) + 1, served.lines()
    assert not list((served.folder / "tmp").iterdir())
    connection.close()
    with pytest.raises(ConnectionRefusedError):
        served.get("/")


@pytest.mark.parametrize("workers, number", [(1, signal.SIGTERM), (1, signal.SIGINT), (2, signal.SIGTERM)])
def test_what_is_in_flight_is_answered_before_it_stops(start: Start, workers: int, number: int) -> None:
    served = start(workers=workers)
    with served.slow() as answer:
        served.process.send_signal(number)
        served.wait_to_say("spinebot stops")
        (served.folder / "go").touch()
        assert answer.read() == b"done"
        assert served.process.wait(10) == 0


@pytest.mark.parametrize("workers", [1, 2])
def test_the_grace_is_not_for_ever(start: Start, workers: int) -> None:
    served = start(workers=workers, grace=0.3)
    with served.slow() as answer:
        begun = time.monotonic()
        assert served.stop() == 0
        assert 0.3 <= time.monotonic() - begun < 8
        assert "Traceback" not in served.said.read_text()
        with pytest.raises((http.client.IncompleteRead, ConnectionError)):
            answer.read()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_second_ctrl_c_stops_at_once(start: Start, workers: int) -> None:
    served = start(workers=workers, grace=60)
    with served.slow():
        served.process.send_signal(signal.SIGINT)
        served.wait_to_say("spinebot stops")
        begun = time.monotonic()
        assert served.stop(signal.SIGINT) == 130
        assert time.monotonic() - begun < 10


@pytest.mark.parametrize("workers", [1, 2])
def test_a_changed_folder_is_loaded_at_sighup(start: Start, workers: int) -> None:
    served = start(workers=workers)
    with served.slow() as slow:
        before = served.workers(workers)
        served.write("new")
        wait_for(lambda: {served.answer() for _ in range(8)} == {"new"})
        served.write("!")
        assert served.wait_to_say("a fault") == f"{served.folder / 'answer.txt'}:1: a fault"
        assert {served.answer() for _ in range(8)} == {"new"}
        assert served.workers(workers) == before
        (served.folder / "go").touch()
        assert slow.read() == b"done"
        served.write("newest")
        wait_for(lambda: {served.answer() for _ in range(8)} == {"newest"})
        # Each worker loads it; one tells.
        assert [line for line in served.lines() if "loaded anew" in line or "fault" in line] == [
            "loaded anew", f"{served.folder / 'answer.txt'}:1: a fault", "loaded anew",
        ]  # fmt: skip


def test_a_killed_worker_is_replaced_while_others_answer(start: Start) -> None:
    served = start(workers=2)
    before = served.workers(2)
    victim = min(before)
    os.kill(victim, signal.SIGKILL)
    lost, answered = [], set()

    def replaced() -> bool:
        try:
            answered.add(int(served.get("/").split()[0]))
        except OSError as error:
            lost.append(error)
        return bool(answered - before)

    wait_for(replaced)
    # At most what the dead one had accepted is lost.
    assert len(lost) <= 1
    assert served.wait_to_say("takes its place") == f"spinebot worker {victim} ended (SIGKILL): another takes its place"
    assert served.stop() == 0


def test_a_worker_that_cannot_load_leaves_the_others_alone(start: Start) -> None:
    served = start(workers=2)
    before = served.workers(2)
    (served.folder / "answer.txt").write_text("!")
    os.kill(min(before), signal.SIGKILL)
    served.wait_to_say("another is tried in 1 s")
    assert served.wait_to_say("a fault")
    assert {served.get("/") for _ in range(8)} == {f"{max(before)} old"}
    (served.folder / "answer.txt").write_text("old")
    assert served.workers(2) > {max(before)}
    assert served.stop() == 0
    assert "Traceback" not in served.said.read_text()


def test_a_killed_parent_takes_its_workers_with_it(start: Start) -> None:
    served = start(workers=2)
    before = served.workers(2)
    assert list((served.folder / "tmp").iterdir())
    served.process.kill()
    served.process.wait()
    wait_for(lambda: not any(map(is_alive, before)))
    with pytest.raises(ConnectionRefusedError):
        served.get("/")
    assert not list((served.folder / "tmp").iterdir())


@pytest.mark.parametrize("workers", [1, 2])
def test_a_faulty_folder_is_refused(start: Start, workers: int, tmp_path: Path) -> None:
    (tmp_path / "answer.txt").write_text("!")
    served = start(wait=False, workers=workers)
    assert served.process.wait(10) == 2
    assert served.lines() == [f"refused {tmp_path / 'answer.txt'}:1: a fault"]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_port_in_use_is_refused(workers: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(SpinebotError, match=f"127.0.0.1:{port}: the port is in use: name another with --port"):
            serve(Settings(port=port, workers=workers))


@pytest.mark.parametrize(
    "choices, fault",
    [
        ({"port": 70000}, "--port: 70000 is no port"),
        ({"workers": 0}, "--workers: 0 workers can't serve"),
        ({"proxies": ("nonsense",)}, "--proxy: 'nonsense' is no address or network"),
        ({"host": "no.such.host.invalid"}, "no.such.host.invalid: no address to serve on"),
        ({"host": "192.0.2.1"}, "192.0.2.1:8000: this machine does not have that address"),
    ],
)
def test_settings_that_cannot_be_are_refused(choices: dict[str, Any], fault: str) -> None:
    with pytest.raises(SpinebotError) as refused:
        serve(Settings(**choices))
    assert str(refused.value).startswith(fault)


@pytest.mark.parametrize(
    "proxies, sender",
    [((), "127.0.0.1"), (("192.0.2.0/24",), "127.0.0.1"), (("127.0.0.1",), "198.51.100.2"), (("127.0.0.0/8", "198.51.100.2"), "198.51.100.1")],
)
def test_forwarded_for_is_believed_of_named_proxies_only(start: Start, proxies: tuple[str, ...], sender: str) -> None:
    served = start(proxies=proxies)
    assert served.get("/sender", X_Forwarded_For="198.51.100.1, 198.51.100.2") == sender


def test_an_error_is_one_line_without_what_was_typed(start: Start) -> None:
    served = start()
    assert served.get("/boom?text=secret") == "Internal Server Error"
    line = served.wait_to_say("KeyError")
    assert "app.py:" in line
    with socket.create_connection(("127.0.0.1", served.port)) as client:
        client.sendall(b"secret\r\n\r\n")
        assert client.recv(100).startswith(b"HTTP/1.1 400")
    assert served.stop() == 0
    assert len(served.lines()) == 3
    assert "secret" not in served.said.read_text()


def test_settings_reach_a_worker_whole() -> None:
    settings = Settings(proxies=("10.0.0.0/8",), origins=("*",), grace=0.5, bot="a b")
    assert Settings.from_json(json.dumps(json.loads(settings.to_json()))) == settings


@pytest.mark.parametrize("workers", [1, 2])
def test_the_bot_itself_is_served(tmp_path: Path, small_rules: str, small_article: str, workers: int) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "small.md").write_text(small_article)
    (tmp_path / "intents.yaml").write_text(small_rules)
    settings = Settings(port=0, bot=str(tmp_path), workers=workers)
    environment = {**os.environ, "PYTHONPATH": str(Path(spinebot.__file__).parents[1])}
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, settings.to_json()], stderr=subprocess.PIPE, text=True, env=environment)
    try:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("spinebot serves on http://127.0.0.1:")
        if workers > 1:
            assert "--store redis://" in process.stderr.readline()
        process.send_signal(signal.SIGHUP)
        assert process.stderr.readline().strip() == "the bot folder was loaded anew"
        (tmp_path / "intents.yaml").write_text(small_rules.replace("name: tiny", "nam: tiny"))
        process.send_signal(signal.SIGHUP)
        assert "intents.yaml:" in process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 0
