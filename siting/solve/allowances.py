"""When a solve stops, how long its steps may take, and how often they are tried."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

CLOSING_SHARE = 0.3
"""Share of the time limit kept for closing the network of the plan's siting."""
LEAST_MASTER_S = 8.0
MASTER_TIME_S = 40.0
"""Time for a master, s; of many an equal share of what is left for each, within these."""
PARTS_TIME_S = 60.0
"""Time for a search of a master in parts, s; it goes on where it stopped."""
PART_S = 60.0
"""Time for a part with all modes fixed where few masters are solved, s: HiGHS ends it mostly."""
FAR_PARTS_S = 30.0
"""The same where it is far from closed: then others most likely are, too."""
MANY = 100
"""Above so many configurations a plan comes before proofs, and time is shared."""
NETWORK_TIME_S = 90.0
NETWORK_SHARE = 0.25
"""Time for a network, s, or this share of the time limit if that is more."""
LEAST_NETWORK_S = 5.0
"""Time for a network, s, however little is left."""
LEAST_PLAN_S = 30.0
"""Time to find a first plan, s, when the time limit passed without any."""
PRICES_TIME_S = 6.0
"""Time for the best prices of a set of links over every route, s."""
LIMIT_TIME_S = 60.0
"""Time to find what links can carry at most, s."""
SPARE_TRIES = 4
"""Sitings tried that leave the network more of the caps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goals:
    """When a solve is good enough, and when time is up."""

    relative_gap: float
    """Stop at this gap on the total."""
    network_relative_gap: float
    """Stop a network phase at this gap on the network's own cost."""
    time_limit_s: float
    """Wall time, s."""
    max_rounds: int
    """Network phases at most: the deterministic work limit."""
    seed: int
    """Random seed of the solver."""
    started: float
    """Clock (``time.perf_counter``) at which the solve began."""
    threads: int | None = None
    """Most threads; as many as there may be when None."""

    @classmethod
    def of(cls, options: Mapping[str, object], started: float, threads: int | None = None) -> Goals:
        """Read the options of a solve."""
        return cls(
            relative_gap=float(str(options["relative_gap"])),
            network_relative_gap=float(str(options["network_relative_gap"])),
            time_limit_s=float(str(options["time_limit_s"])),
            max_rounds=int(str(options["max_rounds"])),
            seed=int(str(options["seed"])),
            started=started,
            threads=threads,
        )

    def left_s(self) -> float:
        """Return the wall time left, s."""
        return self.time_limit_s - (time.perf_counter() - self.started)

    def share_s(self, share: float, least_s: float) -> float:
        """Return a share of the time limit, at most what is left, s."""
        least_s = min(least_s, CLOSING_SHARE * self.time_limit_s)
        return max(min(self.left_s(), share * self.time_limit_s), least_s)


def network_s(time_limit_s: float, left_s: float) -> float:
    """Return the time for a network, s."""
    most_s = max(NETWORK_TIME_S, NETWORK_SHARE * time_limit_s)
    return min(most_s, max(left_s, LEAST_NETWORK_S))


def master_s(left_s: float, waiting: int) -> float:
    """Return the time for each of so many masters, s."""
    return min(max(left_s / max(waiting, 1), LEAST_MASTER_S), MASTER_TIME_S)


def first_master_s(*, priced: bool) -> float:
    """Return the most time for a master, s; without prices of links it is short.

    And where those that go on are searched in parts at once: most end in a few seconds, or not.
    """
    return MASTER_TIME_S if priced else LEAST_MASTER_S
