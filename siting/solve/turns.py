"""Two threads of one solve take turns: one at a time is outside HiGHS.

Pyomo is not made for several threads. What solves gives its turn away while HiGHS works, which is
nearly all of the time, and has it back before it goes on.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

MOST_THREADS = 2

Item = TypeVar("Item")
Found = TypeVar("Found")


class Turns:
    """The turn of the threads of one solve."""

    def __init__(self) -> None:
        """Nobody has the turn."""
        self._lock = threading.Lock()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Have the turn, once the other thread gives it away."""
        with self._lock:
            _THREAD.turns = self
            try:
                yield
            finally:
                _THREAD.turns = None

    @contextmanager
    def given_away(self) -> Iterator[None]:
        """Let the other thread have the turn."""
        _THREAD.turns = None
        self._lock.release()
        try:
            yield
        finally:
            self._lock.acquire()
            _THREAD.turns = self


class _Thread(threading.local):
    """What a thread takes turns in, if it does."""

    turns: Turns | None = None


_THREAD = _Thread()


@contextmanager
def elsewhere() -> Iterator[None]:
    """Work without Pyomo: the other thread may have the turn, where there is one."""
    turns = _THREAD.turns
    if turns is None:
        yield
        return
    with turns.given_away():
        yield


def threads_here() -> int:
    """Return how many threads a solve may use: one in a process that is one of many."""
    if multiprocessing.parent_process() is not None:
        return 1
    return min(os.cpu_count() or 1, MOST_THREADS)


def in_threads(
    work: Callable[[Item], Found], items: Iterable[Item], threads: int | None
) -> list[Found]:
    """Return what some work brings for each item.

    Args:
        work: is done for each.
        items: in this order.
        threads: how many do it; as many as there may be when None.
    """
    with ThreadPoolExecutor(threads or threads_here()) as pool:
        return list(pool.map(work, items))


@contextmanager
def beside(work: Callable[..., object], *about: object) -> Iterator[None]:
    """Have some work without Pyomo done in a further thread meanwhile; wait for it at the end."""
    with ThreadPoolExecutor(1) as pool:
        going = pool.submit(work, *about)
        yield
        with elsewhere():
            going.result()
