"""Least cost of what the pairs of all routes share: cables, IRU pairs, huts with their racks.

Timing. Every annual amount is non-negative and paid from in-service to the end of the horizon, so
an asset put in service before the first period that needs it can be delayed to that period: nothing
else changes and the cost does not rise. Counts that a need determines (pairs from channels, IRU
pairs, racks) are least in every period, and non-decreasing because the need is. Cables of several
sizes are not determined by the need: they are enumerated.
"""

from __future__ import annotations

import itertools
import math
from functools import cached_property

from tests.oracle.raw import Raw
from tests.oracle.ways import Asset

Counts = tuple[int, ...]


class Assets:
    """Prices of shared assets by the pairs that use them in each period; infinite if impossible."""

    def __init__(self, raw: Raw) -> None:
        self.raw = raw
        self._cost: dict[tuple[Asset, Counts], float] = {}

    def cost(self, asset: Asset, pairs: Counts) -> float:
        """Return the present value of serving ``pairs`` (non-decreasing) on ``asset``."""
        key = (asset, pairs)
        if key not in self._cost:
            kind, name = asset
            price = {"own": self._own, "iru": self._iru, "hut": self._hut}[kind]
            self._cost[key] = price(name, pairs) if pairs[-1] else 0.0
        return self._cost[key]

    @cached_property
    def cable_sets(self) -> list[tuple[Counts, int, float]]:
        """Every set of cables: counts by size, pairs, USD a year per km."""
        raw, transport = self.raw, self.raw.study.file.transport
        fiber = raw.v("cable.fiber_share") * (raw.v(f"{transport.fiber_type}.price_mult") - 1)
        sizes = sorted(set(transport.cable_fibers))
        price = {
            n: raw.annuity(
                raw.v(f"cable.{n}") * (1 + fiber) + raw.v("build.pull"), raw.v("life.fiber")
            )
            for n in sizes
        }
        found = []
        for counts in itertools.product(
            range(transport.max_cables_per_size + 1), repeat=len(sizes)
        ):
            pairs = sum(k * n // 2 for k, n in zip(counts, sizes, strict=True))
            usd = sum(k * price[n] for k, n in zip(counts, sizes, strict=True))
            found.append((counts, pairs, usd))
        return found

    def _own(self, corridor: str, pairs: Counts) -> float:
        raw = self.raw
        edge = raw.network.corridors[corridor]
        first = next(t for t, n in enumerate(pairs) if n)
        capital = (edge.build_cost_usd_per_km + raw.v("row.oneoff")) * edge.length_km
        yearly = raw.annuity(capital, raw.v("life.fiber"))
        yearly += (raw.v("om.owned") + raw.v("row.fee")) * edge.length_km
        # best[i]: least cost so far with cable set i in service; sets only grow.
        best = [0.0 if not any(c) else math.inf for c, _, _ in self.cable_sets]
        for t, need in enumerate(pairs):
            after = []
            for counts, capacity, usd in self.cable_sets:
                before = min(
                    b
                    for b, (c, _, _) in zip(best, self.cable_sets, strict=True)
                    if all(x <= y for x, y in zip(c, counts, strict=True))
                )
                cost = before + usd * edge.length_km * raw.weights[t]
                after.append(cost if capacity >= need else math.inf)
            # No cable before the first pair: it would only cost (timing, above).
            best = after if t >= first else best
        return yearly * raw.tail(first) + min(best)

    def _iru(self, corridor: str, pairs: Counts) -> float:
        raw = self.raw
        edge = raw.network.corridors[corridor]
        if pairs[-1] > edge.iru_pairs:
            return math.inf
        per_pair = raw.annuity(raw.v("iru.lh") * edge.length_km, raw.catalog.life_years("iru.lh"))
        first = next(t for t, n in enumerate(pairs) if n)
        return raw.worth(pairs) * per_pair + raw.v("om.iru") * edge.length_km * raw.tail(first)

    def _hut(self, hut: str, pairs: Counts) -> float:
        raw, transport = self.raw, self.raw.study.file.transport
        racks = tuple(math.ceil(n / transport.pairs_per_rack) for n in pairs)
        own = raw.network.huts[hut].operator == "own"
        if racks[-1] > (transport.max_racks_own if own else transport.max_racks_provider):
            return math.inf
        if not own:
            return raw.worth(racks) * raw.v("hut.lease.rack")
        capital = raw.v("hut.cost.legacy") + raw.v("hut.land")
        yearly = raw.annuity(capital, raw.catalog.life_years("hut.cost.legacy")) + raw.v("hut.om")
        first = next(t for t, n in enumerate(racks) if n)
        return yearly * raw.tail(first) + raw.worth(racks) * raw.yearly("hut.rack.own")
