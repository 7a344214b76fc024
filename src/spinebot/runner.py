"""Playing many conversations: one after the other, or in several processes that each load the bot once."""

from __future__ import annotations

import multiprocessing
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

from .errors import Fault, SpinebotError
from .play import BotSpeaker, Played, Speaker, play
from .script import Conversation

#: Steps that a process is given at a time: enough that handing over costs little, few enough that all end together.
CHUNK = 64
#: Chunks that wait for a process; more would only be thrown away by `fail_fast`.
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
    from .bot import Bot

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
    chunks = _chunks(conversations, jobs)
    pool = ProcessPoolExecutor(min(jobs, len(conversations)), _context(), _begin, (source,))
    waiting: deque[Future[list[Played]]] = deque()
    try:
        waiting.extend(pool.submit(_play_chunk, chunk, source) for chunk in islice(chunks, jobs * WAITING))
        while waiting:
            results = waiting.popleft().result()
            waiting.extend(pool.submit(_play_chunk, chunk, source) for chunk in islice(chunks, 1))
            yield from results
    except BrokenProcessPool:
        raise SpinebotError(Fault("spinebot test", 0, "a process that played conversations was ended from outside: try fewer with -j")) from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _chunks(conversations: Sequence[Conversation], jobs: int) -> Iterator[list[Conversation]]:
    """Conversations in parts of about as many steps, so many parts that every process has several."""
    most = min(CHUNK, max(1, sum(len(one.steps) for one in conversations) // (jobs * WAITING)))
    chunk: list[Conversation] = []
    steps = 0
    for conversation in conversations:
        chunk.append(conversation)
        steps += len(conversation.steps)
        if steps >= most:
            yield chunk
            chunk, steps = [], 0
    if chunk:
        yield chunk


def _context() -> BaseContext:
    """Forked, where that is safe, a process has the bot that is loaded already; else it starts anew and loads it."""
    forks = sys.platform == "linux" and threading.active_count() == 1
    return multiprocessing.get_context("fork" if forks else "spawn")


def _begin(source: Source) -> None:
    """Make a process ready: Ctrl-C is the first process's to handle."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    speaker_of(source)


def _play_chunk(conversations: Sequence[Conversation], source: Source) -> list[Played]:
    speaker = speaker_of(source)
    return [_play(conversation, speaker) for conversation in conversations]
