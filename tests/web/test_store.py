"""Where conversations are kept: in memory for so many and so long, in Redis whatever happens to it."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import pytest
from starlette.testclient import TestClient

from spinebot.errors import SpinebotError
from spinebot.web.store import ANSWERS_IN, LEFT_ALONE, SCHEMES, MemoryStore, RedisStore, Store, StoreAway

T = TypeVar("T")
Make = Callable[..., Any]


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def with_store(store: Store, use: Callable[[Store], Awaitable[T]]) -> T:
    async def run() -> T:
        try:
            return await use(store)
        finally:
            await store.close()

    return asyncio.run(run())


def memory(most: int = 3, time_to_live: float = 60) -> tuple[MemoryStore, Clock]:
    clock = Clock()
    return MemoryStore(most, time_to_live, clock), clock


def test_what_is_kept_in_memory_is_found_until_its_time_is_over() -> None:
    store, clock = memory()

    async def use(store: Store) -> None:
        await store.put("a", "one")
        clock.now += 59
        assert await store.get("a") == "one"
        await store.put("a", "two")
        clock.now += 59
        assert await store.get("a") == "two", "each message gives it a new time"
        clock.now += 1
        assert await store.get("a") is None
        assert await store.get("b") is None

    with_store(store, use)


def test_who_is_silent_longest_goes_first_where_memory_is_full() -> None:
    store, _ = memory(most=3)

    async def use(store: Store) -> list[str | None]:
        for name in "abc":
            await store.put(name, name)
        await store.put("a", "a again")
        await store.put("d", "d")
        return [await store.get(name) for name in "abcd"]

    assert with_store(store, use) == ["a again", None, "c", "d"]


def test_what_is_over_takes_no_memory() -> None:
    store, clock = memory(most=1000)

    async def use(store: Store) -> None:
        for number in range(100):
            await store.put(str(number), "x")
        clock.now += 61
        await store.put("new", "x")

    with_store(store, use)
    assert list(store._kept) == ["new"]


@pytest.mark.parametrize(("most", "time_to_live"), [(0, 60), (3, 0)])
def test_a_store_that_keeps_nothing_loses_no_message(most: int, time_to_live: float) -> None:
    store, _ = memory(most, time_to_live)

    async def use(store: Store) -> str | None:
        await store.put("a", "x")
        return await store.get("a")

    assert with_store(store, use) is None


def test_what_is_forgotten_is_gone_and_forgetting_it_again_is_no_fault(redis: Any) -> None:
    async def use(store: Store) -> None:
        await store.put("a", "one")
        assert await store.get("a") == "one"
        await store.drop("a")
        await store.drop("a")
        assert await store.get("a") is None
        await store.ping()

    with_store(memory()[0], use)
    with_store(RedisStore(redis.url, 60), use)
    with_store(RedisStore(redis.unix_url, 60), use)


def test_redis_forgets_by_itself_after_the_time_to_live(redis: Any) -> None:
    async def use(store: Store) -> None:
        await store.put("a", "one")

    with_store(RedisStore(redis.url, 77), use)
    (key,) = redis.everything()
    assert 70 <= int(redis.ask("TTL", key).strip(":\r\n")) <= 77


@pytest.mark.parametrize(
    "url",
    [
        "", "memcached://x", "redis", "redis:/x", "http://localhost:6379", "mem", "memory://", "redis+sentinel://h:1", "redis+sentinel://h:1/", "redis+sentinel:///name",
        "redis+cluster://", "redis+cluster://h:port", "redis+cluster://h:1,", "redis://h:port", "redis://h:99999999", "redis+cluster://h:99999", "redis+sentinel://[::1/name",
        "redis://h?socket_timeout=soon",
    ],
)  # fmt: skip
def test_a_store_that_can_not_be_read_is_refused_with_a_sentence(url: str, make_app: Make) -> None:
    with pytest.raises(SpinebotError) as error:
        make_app(store=url)
    (fault,) = error.value.faults
    assert "--store" in str(fault) and (url in str(fault))
    assert len(str(fault)) > len(url) + 20


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_scheme_that_the_refusal_names_is_taken(scheme: str, make_app: Make) -> None:
    make_app(store=f"{scheme}://" + ("/tmp/none" if scheme == "unix" else "localhost/name"), rate="5/minute")


@pytest.mark.parametrize(("hosts", "places"), [("h", [("h", 6379)]), ("h:1,[::1]:2", [("h", 1), ("::1", 2)]), ("u:p%40ss@h,i:3", [("h", 6379), ("i", 3)])])
def test_the_servers_of_a_cluster_are_read(hosts: str, places: list[tuple[str, int]]) -> None:
    async def run() -> list[tuple[str, int]]:
        store = RedisStore(f"redis+cluster://{hosts}", 60)
        try:
            return [(node.host, node.port) for node in store.client.nodes_manager.startup_nodes.values()]
        finally:
            await store.close()

    assert asyncio.run(run()) == [(host.replace("localhost", "127.0.0.1"), port) for host, port in places]


@contextmanager
def takes_at_most(seconds: float) -> Iterator[None]:
    started = time.perf_counter()
    yield
    assert time.perf_counter() - started <= seconds


def test_a_redis_that_hangs_costs_one_wait_and_is_then_left_alone(redis: Any) -> None:
    clock = Clock()

    async def use(store: Store) -> None:
        await store.put("a", "one")
        redis.hang()
        with takes_at_most(ANSWERS_IN + 0.2), pytest.raises(StoreAway):
            await store.get("a")
        with takes_at_most(0.1):
            for _ in range(20):
                with pytest.raises(StoreAway):
                    await store.get("a")
                with pytest.raises(StoreAway):
                    await store.put("a", "x")
        with takes_at_most(ANSWERS_IN + 0.2), pytest.raises(StoreAway):
            await store.ping()
        with takes_at_most(0.1), pytest.raises(StoreAway):
            await store.get("a")
        redis.go_on()
        with pytest.raises(StoreAway):
            await store.get("a")
        clock.now += LEFT_ALONE
        assert await store.get("a") == "one"

    with_store(RedisStore(redis.url, 60, clock), use)


def test_many_who_ask_a_redis_that_hangs_wait_together_and_not_one_after_another(redis: Any) -> None:
    async def use(store: Store) -> None:
        await store.put("a", "one")
        redis.hang()
        with takes_at_most(ANSWERS_IN + 0.4):
            found = await asyncio.gather(*(store.get("a") for _ in range(50)), return_exceptions=True)
        assert {type(one) for one in found} == {StoreAway}
        redis.go_on()
        await store.ping()
        assert await asyncio.gather(*(store.get("a") for _ in range(50))) == ["one"] * 50

    with_store(RedisStore(redis.url, 60), use)


def test_a_redis_that_is_back_is_used_at_once_after_it_was_asked_for(redis: Any) -> None:
    async def use(store: Store) -> None:
        redis.kill()
        with pytest.raises(StoreAway):
            await store.get("a")
        redis.start()
        with pytest.raises(StoreAway):
            await store.get("a")
        await store.ping()
        await store.put("a", "one")
        assert await store.get("a") == "one"

    with_store(RedisStore(redis.url, 60), use)


def test_a_restart_of_redis_between_two_messages_is_not_noticed(redis: Any) -> None:
    async def use(store: Store) -> None:
        await store.put("a", "one")
        redis.kill()
        redis.start()
        await store.put("a", "two")
        assert await store.get("a") == "two"

    with_store(RedisStore(redis.url, 60), use)


@pytest.mark.parametrize("extra", [("--requirepass", "x"), ("--maxmemory", "1", "--maxmemory-policy", "noeviction")])
def test_a_redis_that_refuses_is_away(extra: tuple[str, ...], make_redis: Make) -> None:
    async def use(store: Store) -> None:
        with pytest.raises(StoreAway):
            await store.put("a", "x" * 1000)

    with_store(RedisStore(make_redis(*extra).url, 60), use)


def test_a_password_opens_redis(make_redis: Make) -> None:
    server = make_redis("--requirepass", "p@ss")

    async def use(store: Store) -> str | None:
        await store.put("a", "one")
        return await store.get("a")

    assert with_store(RedisStore(f"redis://:p%40ss@127.0.0.1:{server.port}/0", 60), use) == "one"


def until(holds: Callable[[], bool], seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"in {seconds} s: not {what}"
        time.sleep(0.05)


def hold_talk(client: TestClient, *, turns: int, during: Callable[[int], None] = lambda _: None) -> list[dict[str, Any]]:
    """A talk whose client sends back what it was given; each of its replies has to be whole."""
    said: list[dict[str, Any]] = []
    conversation = dialogue = None
    for turn in range(turns):
        during(turn)
        text = ("Can lupus hurt my back?", "I have numbness between my legs and can't control my bladder", "Does traction help?")[turn % 3]
        with takes_at_most(ANSWERS_IN + 0.5):
            answer = client.post("/api/messages", json={"text": text, "conversation": conversation, "dialogue": dialogue})
        assert answer.status_code == 200
        reply = answer.json()
        conversation, dialogue = reply["conversation"], answer.headers["Dialogue"]
        assert {"general", ("lupus", "general", "traction")[turn % 3]} <= {caveat["id"] for caveat in reply["caveats"]}
        assert all(caveat["text"] in reply["text"] for caveat in reply["caveats"])
        assert bool(reply["urgent"]) == (turn % 3 == 1)
        assert not reply["urgent"] or reply["text"].startswith(reply["urgent"]["text"])
        said.append(reply)
    return said


def offset(master: Any) -> str:
    """How far a master's changes go."""
    return re.findall(r"master_repl_offset:(\d+)", master.ask("INFO", "replication"))[0]


def test_sentinel_s_new_master_takes_over_and_every_reply_is_whole(make_redis: Make, make_client: Make) -> None:
    master = make_redis()
    replica = make_redis("--replicaof", "127.0.0.1", str(master.port))
    config = (
        f"sentinel monitor spine 127.0.0.1 {master.port} 2\nsentinel down-after-milliseconds spine 400\nsentinel failover-timeout spine 1500\n"
    )
    sentinels = [make_redis(config=config) for _ in range(3)]
    until(lambda: all("num-other-sentinels\r\n$1\r\n2" in one.ask("SENTINEL", "MASTER", "spine") for one in sentinels), 10, "the sentinels know each other")
    until(lambda: all("num-slaves\r\n$1\r\n1" in one.ask("SENTINEL", "MASTER", "spine") for one in sentinels), 15, "the sentinels know the replica")
    client = make_client(store="redis+sentinel://" + ",".join(f"127.0.0.1:{one.port}" for one in sentinels) + "/spine", rate="1000/minute")
    first = client.post("/api/messages", json={"text": "Can lupus hurt my back?"})
    assert client.get("/readyz").status_code == 200
    until(lambda: f"\nslave_repl_offset:{offset(master)}" in replica.ask("INFO", "replication"), 5, "the replica has it")
    hold_talk(client, turns=9, during=lambda turn: master.kill() if turn == 3 else None)
    until(lambda: client.get("/readyz").status_code == 200, 15, "a new master")
    kept = client.get(f"/api/conversations/{first.json()['conversation']}")
    assert kept.status_code == 200 and kept.json()["turns"] == 1, "the replica had it"


def test_a_cluster_shares_conversations_and_one_that_falls_apart_loses_no_reply(make_redis: Make, make_client: Make, make_port: Callable[[], int]) -> None:
    nodes = [make_redis("--cluster-enabled", "yes", "--cluster-node-timeout", "800", port=make_port()) for _ in range(3)]
    places = [f"127.0.0.1:{node.port}" for node in nodes]
    for number, node in enumerate(nodes):
        slots = range(16384 * number // 3, 16384 * (number + 1) // 3)
        assert node.ask("CLUSTER", "ADDSLOTSRANGE", str(slots[0]), str(slots[-1])).startswith("+OK")
        assert node.ask("CLUSTER", "SET-CONFIG-EPOCH", str(number + 1)).startswith("+OK")
    for node in nodes[1:]:
        assert nodes[0].ask("CLUSTER", "MEET", "127.0.0.1", str(node.port)).startswith("+OK")
    until(lambda: all("cluster_state:ok" in node.ask("CLUSTER", "INFO") for node in nodes), 15, "a cluster")
    one, two = (make_client(store=f"redis+cluster://{','.join(places)}", rate="1000/minute") for _ in range(2))
    assert one.get("/readyz").status_code == 200
    spread = [one.post("/api/messages", json={"text": "Can lupus hurt my back?"}).json()["conversation"] for _ in range(12)]
    assert [two.get(f"/api/conversations/{name}").json()["turns"] for name in spread] == [1] * 12
    assert sum(len(node.everything()) > 0 for node in nodes) > 1, "that keys are on more than one server"

    def fall_apart(turn: int) -> None:
        if turn in (3, 6):
            nodes[turn // 3].kill()
        if turn == 8:
            nodes[0].kill()

    hold_talk(one, turns=12, during=fall_apart)
    assert one.get("/readyz").status_code == 503


def test_the_server_starts_where_no_redis_is_there_yet(redis: Any, make_client: Make, make_port: Callable[[], int]) -> None:
    redis.kill()
    client = make_client(store=redis.url, rate="1000/minute")
    elsewhere = make_client(store=f"redis+cluster://127.0.0.1:{make_port()}", rate="1000/minute")
    nobody = make_client(store=f"redis+sentinel://127.0.0.1:{make_port()}/spine", rate="1000/minute")
    for one in (client, elsewhere, nobody):
        hold_talk(one, turns=3)
        assert one.get("/readyz").status_code == 503
    redis.start()
    assert client.get("/readyz").status_code == 200


def test_these_tests_fail_where_no_redis_is_to_be_found(make_redis: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that skipped them would be green and have tested nothing."""
    monkeypatch.setenv("PATH", "")
    with pytest.raises(pytest.fail.Exception, match="redis-server"):
        make_redis()
