"""The least cost of own cable in a corridor for so many pairs."""

from __future__ import annotations

import math

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
