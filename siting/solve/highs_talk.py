"""What is said to HiGHS, and by it, while it solves in whole numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import highspy
    from numpy.typing import NDArray

BETTER = 1e-9
"""A solution is handed over when it is better by this share."""


def _never() -> bool:
    return False


def _goes_on(bound: float) -> bool:
    del bound
    return False


def _nothing() -> tuple[float, NDArray[np.float64] | None]:
    return math.inf, None


def _unheard(values: NDArray[np.float64]) -> None:
    del values


@dataclass(frozen=True, slots=True)
class Talk:
    """Called from within a run, often: each must be quick, and safe beside other threads."""

    is_over: Callable[[], bool] = _never
    """Whether to stop now."""
    gives_up: Callable[[float], bool] = _goes_on
    """Whether to stop with such a bound, here and now."""
    known: Callable[[], tuple[float, NDArray[np.float64] | None]] = _nothing
    """The best solution known elsewhere: objective, and values of all columns."""
    hear: Callable[[NDArray[np.float64]], None] = _unheard
    """Takes every better solution that the run finds."""


@contextmanager
def talking(highs: highspy.Highs, talk: Talk | None) -> Iterator[None]:
    """Let a run talk; without ``talk`` it is silent."""
    if talk is None:
        yield
        return

    def ask(event: Any) -> None:  # noqa: ANN401  # an event of highspy has no public type
        if talk.is_over() or talk.gives_up(float(event.data_out.mip_dual_bound)):
            event.interrupt()

    def tell(event: Any) -> None:  # noqa: ANN401
        objective, values = talk.known()
        least = event.data_out.mip_primal_bound
        if values is not None and (
            math.isinf(least) or objective < least - BETTER * max(abs(least), 1.0)
        ):
            event.data_in.setSolution(values)

    def listen(event: Any) -> None:  # noqa: ANN401
        talk.hear(np.array(event.data_out.mip_solution, dtype=float))

    callbacks = (
        (highs.cbMipInterrupt, ask),
        (highs.cbMipUserSolution, tell),
        (highs.cbMipImprovingSolution, listen),
    )
    for callback, function in callbacks:
        callback.subscribe(function)
    try:
        yield
    finally:
        for callback, function in callbacks:
            callback.unsubscribe(function)
