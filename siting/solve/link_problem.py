"""The network of one link alone, at prices of its own: what it costs at least, by its demand.

A relaxation of the network problem of one link in one period: pairs and channels on its candidate
routes, capacity left after every shared risk of a route, corridors in use and a hut in every window
of the largest spacing. Noise, minimum spacing, power and failures of huts are left out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

import highspy
import numpy as np

from siting.formulation.requirements import Requirement
from siting.instance import Instance
from siting.instance.records_network import FiberRoute
from siting.instance.route_graph import least_hut_usd
from siting.instance.spans import sections_of
from siting.solve.highs_model import Rows, pass_rows, silent_highs
from siting.solve.link_bounds import OWN, Link, iru_usd, own_parts_usd

MILLION = 1e6
GBPS = 1e-3
"""Capacity in Tb/s keeps coefficients near 1."""
WINDOW_STEPS = 4
"""Windows of the largest spacing start at this many places in each."""
GAP = 1e-2
TIME_S = 2.0
HUT = "hut"


@dataclass(frozen=True, slots=True)
class Shares:
    """What part of the cost of corridors and huts a link pays; nothing of those not named."""

    corridors: Mapping[str, float]
    huts: Mapping[str, float]


@dataclass(slots=True)
class _Draft:
    """Columns and rows so far."""

    costs: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    integer: list[bool] = field(default_factory=list)
    rows: list[tuple[dict[int, float], float]] = field(default_factory=list)
    """Coefficients by column, and the lower bound of the row."""

    def column(
        self, usd: float = 0.0, *, upper: float = 1.0, lower: float = 0.0, integer: bool = False
    ) -> int:
        """Add a column; return its number."""
        self.costs.append(usd / MILLION)
        self.lower.append(lower)
        self.upper.append(upper)
        self.integer.append(integer)
        return len(self.costs) - 1

    def at_least(self, terms: dict[int, float], least: float = 0.0) -> None:
        self.rows.append((terms, least))

    def passed_to(self, highs: highspy.Highs) -> None:
        ends = list(accumulate(len(terms) for terms, _ in self.rows))
        count = len(self.rows)
        rows = Rows(
            costs=np.array(self.costs),
            columns=(np.array(self.lower), np.array(self.upper)),
            bounds=(np.array([least for _, least in self.rows]), np.full(count, math.inf)),
            start=np.array([0, *ends], dtype=np.int32),
            index=np.array([i for terms, _ in self.rows for i in terms], dtype=np.int32),
            value=np.array([x for terms, _ in self.rows for x in terms.values()]),
            integer=np.array(self.integer, dtype=bool),
        )
        pass_rows(highs, rows)


class LinkProblem:
    """The problem of one link, built once; solved for several shares and slopes."""

    def __init__(
        self,
        instance: Instance,
        link: Link,
        routes: Sequence[FiberRoute],
        asked: Requirement,
        demand_gbps: tuple[float, float],
        *,
        seed: int,
    ) -> None:
        """Build the problem.

        Args:
            instance: an instance; only what does not change over time counts.
            link: the link.
            routes: its candidate routes.
            asked: its RTT limit and survival fraction; its demand is not used.
            demand_gbps: least and largest demand.
            seed: random seed of the solver.
        """
        self._instance = instance
        self._limit = asked.rtt_limit_ms + 1e-9
        self._routes = [r for r in routes if any(d.rtt_ms <= self._limit for d in r.designs)]
        self._waves = [
            v for v in instance.wave_routes.values() if v.link == link and v.rtt_ms <= self._limit
        ]
        self._most = demand_gbps[1] * GBPS
        self._assets: dict[tuple[str, ...], tuple[float, int]] = {}
        """What links share of the cost of corridors, cables and huts, USD a year, and columns."""
        draft = _Draft()
        self._demand = draft.column(upper=self._most, lower=demand_gbps[0] * GBPS)
        lit = [draft.column(integer=True) for _ in self._routes]
        self._equipment(draft, lit)
        self._shared(draft, lit)
        self._capacity(draft, link, asked.survival_fraction)
        self._highs = silent_highs(
            random_seed=seed,
            time_limit=TIME_S,
            mip_rel_gap=GAP,
            mip_abs_gap=1e-9,
            mip_feasibility_tolerance=1e-7,
        )
        draft.passed_to(self._highs)

    def least_usd(self, shares: Shares, usd_per_gbps: float) -> float:
        """Return a lower bound of cost less ``usd_per_gbps`` times demand, over all demands.

        Args:
            shares: what the link pays of shared assets.
            usd_per_gbps: what a Gb/s is worth.
        """
        highs = self._highs
        highs.changeColCost(self._demand, -usd_per_gbps / GBPS / MILLION)
        for (kind, name, *_), (usd, column) in self._assets.items():
            share = (shares.huts if kind == HUT else shares.corridors).get(name, 0.0)
            highs.changeColCost(column, share * usd / MILLION)
        highs.run()  # too short to give the turn to the other thread
        statuses = highspy.HighsModelStatus
        status = highs.getModelStatus()
        if status in {statuses.kInfeasible, statuses.kUnboundedOrInfeasible}:
            return math.inf
        if status not in {statuses.kOptimal, statuses.kTimeLimit}:
            return -math.inf
        info = highs.getInfo()
        return min(float(info.mip_dual_bound), float(info.objective_function_value)) * MILLION

    def _equipment(self, draft: _Draft, lit: Sequence[int]) -> None:
        """Add pairs, channels and waves, with their costs."""
        self._channels: list[tuple[int, float, int]] = []
        """Route, Tb/s of a channel, column."""
        for i, route in enumerate(self._routes):
            iru = iru_usd(self._instance, route)
            for d in route.designs:
                if d.rtt_ms > self._limit:
                    continue
                tbps = d.rate_gbps * GBPS
                most = math.ceil(self._most / tbps - 1e-9)
                most_pairs = -(-most // d.channels_per_pair)
                pairs = draft.column(d.pair_usd_per_year + iru, upper=most_pairs, integer=True)
                channels = draft.column(d.channel_usd_per_year, upper=most)
                draft.at_least({pairs: d.channels_per_pair, channels: -1.0})
                draft.at_least({lit[i]: most_pairs, pairs: -1.0})
                draft.at_least({lit[i]: most, channels: -1.0})
                self._channels.append((i, tbps, channels))
        self._wave_columns: list[int] = []
        for wave in self._waves:
            most = math.ceil(self._most / (wave.rate_gbps * GBPS) - 1e-9)
            yearly = wave.lease_usd_per_year + wave.energy_usd_per_year
            self._wave_columns.append(draft.column(yearly, upper=most, integer=True))

    def _shared(self, draft: _Draft, lit: Sequence[int]) -> None:
        """Add corridors, cables and huts in use; what the link pays of them comes later."""
        for i, route in enumerate(self._routes):
            for e, supply in zip(route.corridors, route.supply, strict=True):
                corridor = self._instance.corridors[e]
                if supply == OWN:
                    civil, cable = own_parts_usd(corridor, route.fiber_type)
                    parts = {("civil", e): civil, ("cable", e, route.fiber_type): cable}
                else:
                    parts = {("iru", e): corridor.iru_maintenance_usd_per_year}
                for key, usd in parts.items():
                    if usd > 0:
                        draft.at_least({self._asset(draft, key, usd): 1.0, lit[i]: -1.0})
            for x in route.regenerators:
                draft.at_least({self._hut(draft, x.hut): 1.0, lit[i]: -1.0})
            for huts in self._windows(route):
                draft.at_least({self._hut(draft, h): 1.0 for h in huts} | {lit[i]: -1.0})

    def _hut(self, draft: _Draft, h: str) -> int:
        return self._asset(draft, (HUT, h), least_hut_usd(self._instance.huts[h]))

    def _asset(self, draft: _Draft, key: tuple[str, ...], usd: float) -> int:
        if key not in self._assets:
            self._assets[key] = usd, draft.column()
        return self._assets[key][1]

    def _windows(self, route: FiberRoute) -> list[list[str]]:
        """Return windows of a route that hold a used hut, whatever legal design it carries."""
        designs = [d for d in route.designs if d.rtt_ms <= self._limit]
        width = self._instance.max_spacing_km
        found: list[list[str]] = []
        for s, section in enumerate(sections_of(route)):
            if any(d.by_section[s] == 0 for d in designs):
                continue
            start = 0.0
            while start + width <= section.length_km:
                found.append(
                    [
                        x.hut
                        for x in section.huts
                        if start - 1e-6 <= x.position_km <= start + width + 1e-6
                    ]
                )
                start += width / WINDOW_STEPS
            if start == 0.0:
                found.append([x.hut for x in section.huts])
        return found

    def _capacity(self, draft: _Draft, link: Link, survival_fraction: float) -> None:
        """Add the demand, and what must be left of it when a shared risk fails."""
        risks = [route.srlgs for route in self._routes] + [wave.srlgs for wave in self._waves]

        def carried(hit: frozenset[int], fraction: float) -> None:
            row = {column: tbps for i, tbps, column in self._channels if i not in hit}
            for v, column in enumerate(self._wave_columns):
                if len(self._routes) + v not in hit:
                    row[column] = self._waves[v].rate_gbps * GBPS
            draft.at_least({**row, self._demand: -fraction})

        carried(frozenset(), 1.0)
        if survival_fraction <= 0:
            return
        waived = {f"campus:{c}" for c in link}
        touched = {
            frozenset(i for i, names in enumerate(risks) if name in names)
            for name in {name for names in risks for name in names} - waived
        }
        for hit in sorted(touched, key=sorted):
            if not any(hit < other for other in touched):
                carried(hit, survival_fraction)
