"""The least cost of own cable in a corridor for so many pairs."""

from __future__ import annotations

import math

import numpy as np

from siting.instance import Instance
from siting.solve.route_tracks import Asset

PAIR = 2


class CableCosts:
    """Least costs of cables, by corridor and fiber type."""

    def __init__(self, instance: Instance) -> None:
        """Take the cables on offer.

        Args:
            instance: the instance; nothing stands yet where these costs are asked for.
        """
        self._corridors = instance.corridors
        self._known: dict[tuple[Asset, int], float] = {}
        self._known_larger: dict[tuple[Asset, tuple[int, ...], tuple[float, ...]], float] = {}

    def least_usd(self, asset: Asset, pairs: int) -> float:
        """Return the least cost of cables that hold so many pairs, USD a year.

        Args:
            asset: the cable of a corridor, of a fiber type.
            pairs: how many; 1 asks for the cheapest cable.
        """
        if pairs <= 0:
            return 0.0
        key = asset, pairs
        if key not in self._known:
            _, e, fiber_type = asset
            self._known[key] = min(
                (
                    usd + self.least_usd(asset, pairs - fibers // PAIR)
                    for (kind, fibers), usd in self._corridors[e].cable_usd_per_year.items()
                    if kind == fiber_type
                ),
                default=math.inf,
            )
        return self._known[key]

    def larger_usd(self, asset: Asset, pairs: tuple[int, ...], weights: tuple[float, ...]) -> float:
        """Return what cables that stay cost beside the cheapest one, present value, USD.

        Args:
            asset: the cable of a corridor, of a fiber type.
            pairs: what they hold in each period, never fewer than before.
            weights: what a dollar a year is worth in each period.
        """
        key = asset, pairs, weights
        if key not in self._known_larger:
            used = sum(w for w, n in zip(weights, pairs, strict=True) if n > 0)
            usd = self._over_time_usd(asset, pairs, weights) - used * self.least_usd(asset, 1)
            self._known_larger[key] = max(usd, 0.0)
        return self._known_larger[key]

    def _over_time_usd(
        self, asset: Asset, pairs: tuple[int, ...], weights: tuple[float, ...]
    ) -> float:
        """Return the least cost of cables bought one after the other."""
        most = pairs[-1]
        menu = np.array([self.least_usd(asset, n) for n in range(most + 1)])
        cost = np.full(most + 1, math.inf)
        cost[0] = 0.0
        for t, needed in enumerate(pairs):
            years = sum(weights[t:])
            bought = np.full(most + 1, math.inf)
            for held in np.flatnonzero(np.isfinite(cost)).tolist():
                more = cost[held] + years * menu[: most + 1 - held]
                bought[held:] = np.minimum(bought[held:], more)
            bought[:needed] = math.inf
            cost = bought
        return float(cost[most])
