"""A run of HiGHS that is left behind when the time is over.

HiGHS looks at its time limit between its steps only. A round of cuts at the root of a model with
many whole flows, or its presolve, may take many times as long as is left. Such a run ends when it
next looks up, in a thread of its own; until then it takes a processor, and the interpreter waits
for it at its own end.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace

from siting.solve.capacity_design.beside import IsOver
from siting.solve.highs import Outcome
from siting.solve.highs_talk import Talk

GRACE_S = 0.3
"""Time that a run has to end by itself once its limit is reached."""


def outcome_until(run: Callable[[Talk], Outcome], talk: Talk, until: float) -> Outcome | None:
    """Return the outcome of a run; None where it has to be left behind.

    Args:
        run: runs with what it hears and says; has a time limit of its own that ends at ``until``.
        talk: of the run; it says nothing any more once it is left behind.
        until: end of its time, by the monotonic clock.
    """
    over = threading.Event()
    found: list[Outcome] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            found.append(run(_until(talk, over.is_set)))
        except BaseException as error:  # noqa: BLE001  # raised in the caller's thread
            errors.append(error)

    thread = threading.Thread(target=work, name="highs")
    thread.start()
    try:
        thread.join(max(until + GRACE_S - time.monotonic(), 0.0))
    finally:
        over.set()
    if errors:
        raise errors[0]
    return found[0] if found else None


def _until(talk: Talk, is_over: IsOver) -> Talk:
    """Return what stops when it is over."""
    return replace(talk, is_over=lambda: is_over() or talk.is_over())
