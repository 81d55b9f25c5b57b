"""A second thread that looks for better designs and bounds while HiGHS closes the model.

It waits a moment first: a small network is closed before it has begun.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SWITCH_S = 5e-4
"""Longest time that one thread keeps the interpreter from the other, who calls solvers for less."""

IsOver = Callable[[], bool]


@contextmanager
def beside(work: Callable[[IsOver], None], wait_s: float) -> Iterator[None]:
    """Have ``work`` done in a second thread, unless the caller is done after ``wait_s`` seconds.

    Args:
        work: takes a question whether it is over, and returns soon after that says yes.
        wait_s: how long the caller has the processor for itself.
    """
    over = threading.Event()
    errors: list[BaseException] = []

    def run() -> None:
        if over.wait(wait_s):
            return
        try:
            work(over.is_set)
        except BaseException as error:  # noqa: BLE001  # raised in the caller's thread
            errors.append(error)

    thread = threading.Thread(target=run, name="designs", daemon=True)
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_S)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        sys.setswitchinterval(before)
    if errors:
        raise errors[0]
