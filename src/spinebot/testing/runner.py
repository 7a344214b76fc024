"""Playing many conversations: one after the other, or in several processes that each load the bot once."""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess

from ..errors import Fault, SpinebotError
from .expect import Failure, Reply
from .play import BotSpeaker, Outcome, Played, PlayedStep, Speaker, play
from .script import Conversation

#: Steps that a process is given at a time: enough that handing over costs little, few enough that all end together.
PART = 256
#: Parts that wait for each process; more would only be thrown away by `fail_fast`.
WAITING = 4


@dataclass(frozen=True, slots=True)
class Source:
    """Whom the conversations are held with: the bot of a folder ("": the spine bot), or whoever answers at `url`."""

    bot: str = ""
    country: str = "default"
    url: str = ""


@lru_cache(maxsize=1)
def speaker_of(source: Source) -> Callable[[], Speaker]:
    """What begins a conversation with it; loads the bot once a process. Raises SpinebotError with every fault of its folder."""
    if source.url:
        from .speakers import speaker_for

        make: Callable[[], Speaker] = speaker_for(source.url)
        return make
    from ..bot import Bot

    bot = Bot.load(source.bot or None, country=source.country)
    return lambda: BotSpeaker(bot)


def forget() -> None:
    """Load the bot anew the next time that it is needed."""
    speaker_of.cache_clear()


def play_each(conversations: Sequence[Conversation], source: Source, jobs: int = 1, *, fail_fast: bool = False) -> Iterator[Played]:
    """Play all, in `jobs` processes; what comes is in the order of `conversations`, whichever is done first.

    With `fail_fast`, up to the first in that order that makes the run fail. Raises SpinebotError where the bot can't be loaded.
    """
    speaker = speaker_of(source)
    results = _here(conversations, speaker) if jobs == 1 or len(conversations) < 2 else _in_processes(conversations, source, jobs)
    try:
        for played in results:
            yield played
            if fail_fast and played.is_bad:
                return
    finally:
        results.close()


def _here(conversations: Sequence[Conversation], speaker: Callable[[], Speaker]) -> Generator[Played, None, None]:
    for conversation in conversations:
        yield _play(conversation, speaker)


def _play(conversation: Conversation, speaker: Callable[[], Speaker]) -> Played:
    """Play one; a fault of the bot's own program ends this conversation, not the run."""
    try:
        return play(conversation, speaker)
    except Exception as error:
        return Played(conversation, "broken", trouble=f"the bot's program failed: {type(error).__name__}: {error}")


def _in_processes(conversations: Sequence[Conversation], source: Source, jobs: int) -> Generator[Played, None, None]:
    parts = _parts(conversations, jobs)
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(min(jobs, len(conversations)), _context(), _begin, (conversations, source))
    waiting: deque[tuple[range, Future[list[_Sent]]]] = deque()
    ended = False
    try:
        with _undisturbed():
            waiting.extend((part, pool.submit(_play_part, part)) for part in islice(parts, jobs * WAITING))
        while waiting:
            part, results = waiting.popleft()
            sent = results.result()
            waiting.extend((part, pool.submit(_play_part, part)) for part in islice(parts, 1))
            yield from (_received(conversations[at], one) for at, one in zip(part, sent, strict=True))
        ended = True
    except BrokenProcessPool:
        raise SpinebotError(Fault("spinebot test", 0, "a process that played conversations was ended from outside: try fewer with -j")) from None
    finally:
        if not ended:
            _abandon(pool, set(multiprocessing.active_children()) - others)
        pool.shutdown(wait=True, cancel_futures=True)


def _abandon(pool: ProcessPoolExecutor, children: set[BaseProcess]) -> None:
    """End a pool's processes: what is being played may take long, and nobody waits for it."""
    results = getattr(pool, "_result_queue", None)
    for child in children:
        child.terminate()
    for child in children:
        child.join()
    # One may have ended half-way through a result. While this process could still write, too, the pool would wait for the other half.
    if results is not None:
        results._writer.close()


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """What is started meanwhile takes no notice of Ctrl-C, not even before it is ready to leave it to this process."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _parts(conversations: Sequence[Conversation], jobs: int) -> Iterator[range]:
    """Conversations in parts of about as many steps, so many parts that every process has several."""
    most = min(PART, max(1, sum(len(one.steps) for one in conversations) // (jobs * WAITING)))
    first = steps = 0
    for at, conversation in enumerate(conversations):
        steps += len(conversation.steps)
        if steps >= most or at == len(conversations) - 1:
            yield range(first, at + 1)
            first, steps = at + 1, 0


def _context() -> BaseContext:
    """Forked, where that is safe, a process has the bot that is loaded already; else it starts anew and loads it."""
    forks = sys.platform == "linux" and threading.active_count() == 1
    return multiprocessing.get_context("fork" if forks else "spawn")


#: What a process plays, and with whom.
_mine: tuple[Sequence[Conversation], Callable[[], Speaker]]
#: A conversation as it was played, in values that are quickly handed over: outcome, replies with their failures, seconds, trouble.
_Sent = tuple[Outcome, list[tuple[Reply, tuple[Failure, ...]]], float, str]


def _begin(conversations: Sequence[Conversation], source: Source) -> None:
    """Make a process ready. Ctrl-C is the first process's to handle; what is here already need not be searched for what could be freed."""
    global _mine  # noqa: PLW0603
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_first, daemon=True).start()
    _mine = conversations, speaker_of(source)
    gc.freeze()


def _end_with_the_first() -> None:
    """Where the first process was killed nobody will ever ask for more."""
    first = multiprocessing.parent_process()
    if first is not None:
        first.join()
        os._exit(1)


def _play_part(part: range) -> list[_Sent]:
    conversations, speaker = _mine
    return [_sent(_play(conversations[at], speaker)) for at in part]


def _sent(played: Played) -> _Sent:
    steps = [(step.reply, step.failures) for step in played.steps]
    return played.outcome, steps, played.seconds, played.trouble


def _received(conversation: Conversation, sent: _Sent) -> Played:
    outcome, replies, seconds, trouble = sent
    steps = zip(conversation.steps, replies, strict=False)
    played = tuple(PlayedStep(step, *reply) for step, reply in steps)
    return Played(conversation, outcome, played, seconds, trouble)
