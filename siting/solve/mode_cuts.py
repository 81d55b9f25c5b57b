"""C4 cuts: what the network of a siting costs at least, for every siting that asks as much.

Where a siting comes again and the cuts of its link sets, with the least that anyone asks, do not
tell what its own modes ask.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from siting.instance import Instance
from siting.solve.network_parts import without_pins
from siting.solve.network_phase import solve_network
from siting.solve.no_goods import CUT_TIME_S, Asked, asked_by, least_of_modes
from siting.solve.set_cuts import STATIC_GAP
from siting.solve.training_choice import TrainingChoice


@dataclass(frozen=True, slots=True)
class ModeCut:
    """Present value of any network that carries these links under modes that ask as much, USD."""

    asked: frozenset[Asked]
    cost_usd: float


class ModeCuts:
    """Makes the cuts; remembers what it was asked for."""

    def __init__(self, instance: Instance, *, seed: int) -> None:
        """Remember the problem; nothing is built before the first cut."""
        self._instance, self._seed = instance, seed
        self._made: set[frozenset[Asked]] = set()

    def of(self, siting: TrainingChoice, left_s: float) -> list[ModeCut]:
        """Return the cut of what a siting requires under its modes, when it is new.

        Args:
            siting: links, modes and homes of replicas.
            left_s: wall time left, s.
        """
        asked = asked_by(siting)
        if asked in self._made or left_s <= 0:
            return []
        self._made.add(asked)
        outcome = solve_network(
            without_pins(self._instance),
            least_of_modes(self._instance, asked),
            relative_gap=STATIC_GAP / 10,
            time_limit_s=min(CUT_TIME_S, left_s),
            seed=self._seed,
        )
        usd = outcome.bound_usd
        return [ModeCut(asked, usd)] if 0 < usd < math.inf else []
