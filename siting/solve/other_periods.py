"""Bounds of the periods that the first network of a siting is not made of, by several threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from siting.solve.network_stages import Claim
from siting.solve.network_whole import Alone
from siting.solve.turns import elsewhere


class OtherPeriods:
    """What is known of them: threads claim what they solve, and who is done first helps."""

    def __init__(self) -> None:
        """Nothing is known."""
        self._shared = threading.Condition()
        self._claimed: set[tuple[str, int]] = set()
        self._at_work = 0
        """Threads that bound periods."""
        self.known: dict[int, Alone] = {}

    def bound(self, bound: Callable[[Claim], Mapping[int, Alone]]) -> None:
        """Bound what nobody else does, then wait for the others.

        Args:
            bound: returns bounds of the periods that it could claim.
        """
        with self._shared:
            self._at_work += 1
        found: Mapping[int, Alone] = {}
        try:
            found = bound(self._claim)
        finally:
            with self._shared:
                self._at_work -= 1
                for t, alone in found.items():
                    known = self.known.get(t, alone)
                    self.known[t] = max(known, alone, key=lambda x: x.bound_usd)
                self._shared.notify_all()
        with elsewhere(), self._shared:
            self._shared.wait_for(lambda: self._at_work == 0)

    def _claim(self, problem: tuple[str, int]) -> bool:
        with self._shared:
            is_free = problem not in self._claimed
            self._claimed.add(problem)
        return is_free
