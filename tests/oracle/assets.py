"""Least cost of what the pairs of all routes share: cables, IRU pairs, huts with their racks.

What a load asks of an asset is given by *use*: pairs by fiber type in a corridor; pairs by
amplifier type and watts in a hut.

Timing. Every annual amount is non-negative and paid from in-service to the end of the horizon, so
an asset put in service before the first period that needs it can be delayed to that period: nothing
else changes and the cost does not rise. Counts that a need determines (IRU pairs, racks) are least
in every period. Only where spending or building is capped (:mod:`tests.oracle.caps`) may something
come earlier: then every date and count up to the last need is enumerated. Dates of civil works,
cables and the class of a hut are enumerated in any case.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

from siting.network import OWN, Corridor, Hut
from tests.oracle.caps import Bill, Purse, bought, once
from tests.oracle.raw import Raw
from tests.oracle.ways import TINY, Asset

Counts = tuple[float, ...]
Uses = tuple[tuple[str, Counts], ...]
"""What is asked of an asset by use, sorted."""
WATTS = "watts"


class Assets:
    """Bills of shared assets by what is asked of them in each period."""

    def __init__(self, raw: Raw) -> None:
        self.raw = raw
        self.purse = Purse(raw)
        self._bills: dict[tuple[Asset, Uses], list[Bill]] = {}

    def cost(self, asset: Asset, uses: Uses) -> float:
        """Return the least present value of serving ``uses``; infinite if impossible."""
        bills = self.bills(asset, uses)
        return bills[0][0] if bills else math.inf

    def bills(self, asset: Asset, uses: Uses) -> list[Bill]:
        """Return the bills of serving ``uses`` (non-decreasing), cheapest first."""
        key = (asset, uses)
        if key not in self._bills:
            kind, name = asset
            found = {"own": self._own, "iru": self._iru, "hut": self._hut}[kind](name, uses)
            self._bills[key] = self.purse.front(found)
        return self._bills[key]

    # Own corridors

    def _own(self, name: str, uses: Uses) -> Iterator[Bill]:
        raw = self.raw
        edge = raw.network.corridors[name]
        lies = raw.stands(edge.existing_fibers > 0, edge.existing_until)
        lead = raw.first_after(edge.build_lead_time_years)
        capital = (edge.build_cost_usd_per_km + raw.v("row.oneoff")) * edge.length_km
        yearly = raw.annuity(capital, raw.v("life.fiber"))
        yearly += (raw.v("om.owned") + raw.v("row.fee")) * edge.length_km
        for built in range(raw.periods + 1):
            if built < raw.periods and (built < lead or not edge.buildable):
                continue
            open_ = [
                edge.buildable and t >= lead and (t >= built or lies[t]) for t in raw.all_periods
            ]
            per_use = [self._cables(edge, fiber, pairs, lies, open_) for fiber, pairs in uses]
            bills = [
                self.purse.bill(
                    yearly * raw.tail(built),
                    upfront=once(raw.periods, built, capital),
                    km=once(raw.periods, built, edge.length_km),
                )
            ]
            for cables in per_use:
                bills = self.purse.sums(bills, cables)
            yield from bills

    def _cables(
        self,
        edge: Corridor,
        fiber: str,
        pairs: Counts,
        lies: tuple[bool, ...],
        open_: list[bool],
    ) -> list[Bill]:
        """Return the bills of cables of one fiber type: sets that only grow."""
        raw, transport = self.raw, self.raw.study.file.transport
        there = [edge.existing_fibers // 2 * e * (edge.existing_fiber_type == fiber) for e in lies]
        sizes = sorted(set(transport.cable_fibers)) if fiber in transport.fiber_types else []
        factor = 1 + raw.v("cable.fiber_share") * (raw.v(f"{fiber}.price_mult") - 1)
        price = [
            (raw.v(f"cable.{n}") * factor + raw.v("build.pull")) * edge.length_km for n in sizes
        ]
        counts = range(transport.max_cables_per_size + 1)
        sets = list(itertools.product(counts, repeat=len(sizes)))
        # labels[i]: bills of what came so far when set i is in service; none before the start.
        labels: dict[tuple[int, ...], list[Bill]] = {(0,) * len(sizes): [self.purse.bill(0.0)]}
        for t, need in enumerate(pairs):
            after: dict[tuple[int, ...], list[Bill]] = {}
            for now in sets:
                capacity = there[t] + sum(k * n // 2 for k, n in zip(now, sizes, strict=True))
                if capacity < need or (any(now) and not open_[t]):
                    continue
                total = sum(k * p for k, p in zip(now, price, strict=True))
                found: list[Bill] = []
                for was, bills in labels.items():
                    if all(x <= y for x, y in zip(was, now, strict=True)):
                        new = total - sum(k * p for k, p in zip(was, price, strict=True))
                        annual = raw.annuity(total, raw.v("life.fiber")) * raw.weights[t]
                        bill = self.purse.bill(annual, upfront=once(raw.periods, t, new))
                        found += self.purse.sums(bills, [bill])
                after[now] = self.purse.front(found)
            labels = after
        return self.purse.front(bill for bills in labels.values() for bill in bills)

    # IRU

    def _iru(self, name: str, uses: Uses) -> Iterator[Bill]:
        raw = self.raw
        edge = raw.network.corridors[name]
        ((_, pairs),) = uses
        if pairs[-1] > edge.iru_pairs:
            return
        capital = raw.v("iru.lh") * edge.length_km
        per_pair = raw.annuity(capital, raw.catalog.life_years("iru.lh"))
        for held in self._early(pairs, raw.first_lead("iru.lh")):
            first = next(t for t, n in enumerate(held) if n)
            usd = raw.worth(held) * per_pair + raw.v("om.iru") * edge.length_km * raw.tail(first)
            yield self.purse.bill(usd, upfront=bought(held, capital))

    def _early(self, need: Counts, lead: int) -> Iterator[Counts]:
        """Yield counts that cover ``need`` and come early only where that may pay."""
        if any(need[: min(lead, len(need))]):
            return
        if not self.purse.network_early:
            yield need
            return
        last = int(need[-1])
        ranges = [
            range(int(n), last + 1) if t >= lead else range(1) for t, n in enumerate(need[:-1])
        ]
        for counts in itertools.product(*ranges, [last]):
            if all(a <= b for a, b in itertools.pairwise(counts)):
                yield counts

    # Huts

    def _hut(self, name: str, uses: Uses) -> Iterator[Bill]:
        raw, transport = self.raw, self.raw.study.file.transport
        hut = raw.network.huts[name]
        if hut.operator != OWN:
            classes = ["provider"]
        else:
            classes = [*transport.hut_classes, *(["leased"] if hut.leasable else [])]
        lasts = all(raw.stands(hut.existing_racks > 0, hut.existing_until))
        if lasts:
            yield from self._racked(hut, None, raw.periods, uses)
        for kind, start in itertools.product(classes, raw.all_periods):
            yield from self._racked(hut, kind, start, uses)

    def _racked(self, hut: Hut, kind: str | None, start: int, uses: Uses) -> Iterator[Bill]:
        """Yield bills with a hut of one class from ``start`` on, and what stands already."""
        raw = self.raw
        stands = raw.stands(hut.existing_racks > 0, hut.existing_until)
        in_service = [t >= start for t in raw.all_periods]
        row = "hut.lease.rack" if kind in ("leased", "provider") else "hut.cost.legacy"
        lead = raw.first_lead("hut.cost.new" if kind == "large" else row)
        if kind is not None and start < lead:
            return
        racks: list[tuple[str, Counts]] = []
        for use, amounts in uses:
            if use != WATTS:
                racks.append((use, self._rack_need(hut, use, amounts, stands)))
        used = [any(amounts[t] > TINY for _, amounts in uses) for t in raw.all_periods]
        if any(u and not (i or e) for u, i, e in zip(used, in_service, stands, strict=True)):
            return
        room, power = _room(raw, hut, None), _room_kw(raw, hut, None)
        new_room = _room(raw, hut, kind) if kind else 0
        new_power = _room_kw(raw, hut, kind) if kind else 0.0
        watts = dict(uses).get(WATTS, (0.0,) * raw.periods)
        for t in raw.all_periods:
            limit_kw = stands[t] * power + in_service[t] * new_power
            if watts[t] / 1000 > limit_kw + TINY:
                return
        choices = [list(self._early(need, 0)) for _, need in racks]
        for counts in itertools.product(*choices):
            total = [sum(c[t] for c in counts) for t in raw.all_periods]
            fits = all(
                total[t] + stands[t] * hut.existing_racks
                <= stands[t] * room + in_service[t] * new_room
                for t in raw.all_periods
            )
            if fits:
                yield self._hut_bill(kind, start, tuple(total))

    def _rack_need(self, hut: Hut, use: str, pairs: Counts, stands: tuple[bool, ...]) -> Counts:
        per_rack = self.raw.v(RACK_ROW[use])
        there = [hut.existing_racks * e * (hut.existing_amplifier_type == use) for e in stands]
        need = [
            max(0, math.ceil(n / per_rack - TINY) - x) for n, x in zip(pairs, there, strict=True)
        ]
        return tuple(itertools.accumulate(need, max))

    def _hut_bill(self, kind: str | None, start: int, racks: Counts) -> Bill:
        raw = self.raw
        if kind in ("leased", "provider"):
            return self.purse.bill(raw.worth(racks) * raw.v("hut.lease.rack"))
        usd = raw.worth(racks) * raw.yearly("hut.rack.own")
        upfront = bought(racks, raw.v("hut.rack.own"))
        if kind is None:
            return self.purse.bill(usd, upfront=upfront)
        row = "hut.cost.new" if kind == "large" else "hut.cost.legacy"
        capital = raw.v(row) + raw.v("hut.land")
        yearly = raw.annuity(capital, raw.catalog.life_years(row)) + raw.v("hut.om")
        built = once(raw.periods, start, capital)
        return self.purse.bill(
            usd + yearly * raw.tail(start),
            upfront=tuple(a + b for a, b in zip(upfront, built, strict=True)),
            huts=once(raw.periods, start, 1.0),
        )


RACK_ROW = {"legacy": "rack.legacy", "conventional": "rack.conv", "multi_rail": "rack.multi"}
"""Catalog row of the pairs per rack by amplifier type."""


def _room(raw: Raw, hut: Hut, kind: str | None) -> int:
    """Return the racks that fit; ``None``: what stands already."""
    if hut.space_racks is not None:
        return hut.space_racks
    if kind is None:
        return hut.existing_racks
    if kind in ("leased", "provider"):
        return raw.study.file.transport.max_racks_provider
    return int(raw.v("hut.racks.new" if kind == "large" else "hut.racks.legacy"))


def _room_kw(raw: Raw, hut: Hut, kind: str | None) -> float:
    """Return the power of a hut, kW; ``None``: what stands already."""
    if hut.power_kw is not None:
        return hut.power_kw
    if kind in ("leased", "provider"):
        return raw.study.file.transport.provider_hut_power_kw
    return raw.v("hut.power.new" if kind == "large" else "hut.power.legacy")
