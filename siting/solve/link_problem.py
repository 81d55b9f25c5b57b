"""The network of one link alone, at prices of its own: what it costs at least, by its demand.

A relaxation of the network problem of one link in one period: pairs and channels on its candidate
routes, capacity left after every shared risk of a route, corridors in use and a hut in every window
of the largest spacing. Noise, minimum spacing, power and failures of huts are left out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pyomo.environ as pyo

from siting.formulation.requirements import Requirement
from siting.instance import Instance
from siting.instance.records_network import FiberRoute
from siting.instance.route_graph import least_hut_usd
from siting.instance.spans import sections_of
from siting.solve.highs import CompiledModel, Status
from siting.solve.link_bounds import OWN, Link, iru_usd, own_parts_usd

MILLION = 1e6
GBPS = 1e-3
"""Capacity in Tb/s keeps coefficients near 1."""
WINDOW_STEPS = 4
"""Windows of the largest spacing start at this many places in each."""
GAP = 1e-2
TIME_S = 2.0


@dataclass(frozen=True, slots=True)
class Shares:
    """What part of the cost of corridors and huts a link pays; nothing of those not named."""

    corridors: Mapping[str, float]
    huts: Mapping[str, float]


NOTHING_SHARED = Shares({}, {})


class LinkProblem:
    """The problem of one link, built once; solved for several slopes."""

    def __init__(
        self,
        instance: Instance,
        link: Link,
        asked: Requirement,
        shares: Shares,
        demand_gbps: tuple[float, float],
        *,
        seed: int,
    ) -> None:
        """Build the model.

        Args:
            instance: an instance; only what does not change over time counts.
            link: the link.
            asked: its RTT limit and survival fraction; its demand is not used.
            shares: what it pays of shared assets.
            demand_gbps: least and largest demand.
            seed: random seed of the solver.
        """
        self._instance, self._shares = instance, shares
        limit = asked.rtt_limit_ms + 1e-9
        self._routes = [
            r
            for r in instance.fiber_routes.values()
            if r.link == link and any(d.rtt_ms <= limit for d in r.designs)
        ]
        self._waves = [
            v for v in instance.wave_routes.values() if v.link == link and v.rtt_ms <= limit
        ]
        self._limit = limit
        self._most = demand_gbps[1] * GBPS
        m = pyo.ConcreteModel(name="link")
        m.demand = pyo.Var(bounds=(demand_gbps[0] * GBPS, demand_gbps[1] * GBPS))
        terms = self._equipment(m)
        terms += self._shared(m)
        self._capacity(m, link, asked.survival_fraction)
        m.objective = pyo.Objective(expr=sum(terms))
        self._model = m
        self._compiled = CompiledModel(m, seed=seed)

    def least_usd(self, usd_per_gbps: float) -> float:
        """Return a lower bound of cost less ``usd_per_gbps`` times demand, over all demands."""
        price = usd_per_gbps / GBPS / MILLION
        fixed = not self._compiled.has(self._model.demand)
        if not fixed:
            self._compiled.set_cost(self._model.demand, -price)
        outcome = self._compiled.run(time_limit_s=TIME_S, relative_gap=GAP)
        if outcome.status is Status.INFEASIBLE:
            return math.inf
        less = price * self._most if fixed else 0.0
        return (outcome.bound - less) * MILLION

    def _equipment(self, m: pyo.ConcreteModel) -> list[pyo.Expression]:
        """Add routes in use, pairs, channels and waves; return their costs, M USD a year."""
        designs = [
            (i, k)
            for i, route in enumerate(self._routes)
            for k, d in enumerate(route.designs)
            if d.rtt_ms <= self._limit
        ]
        m.DESIGNS = pyo.Set(initialize=designs, dimen=2)
        m.WAVES = pyo.Set(initialize=range(len(self._waves)))
        m.lit = pyo.Var(range(len(self._routes)), domain=pyo.Binary)
        m.pairs = pyo.Var(m.DESIGNS, domain=pyo.NonNegativeIntegers)
        m.channels = pyo.Var(m.DESIGNS, domain=pyo.NonNegativeReals)
        m.waves = pyo.Var(m.WAVES, domain=pyo.NonNegativeIntegers)
        m.rows = pyo.ConstraintList()
        terms: list[pyo.Expression] = []
        for i, k in designs:
            route, d = self._routes[i], self._routes[i].designs[k]
            most = math.ceil(self._most / (d.rate_gbps * GBPS) - 1e-9)
            pairs = -(-most // d.channels_per_pair)
            m.pairs[i, k].setub(pairs)
            m.channels[i, k].setub(most)
            m.rows.add(m.channels[i, k] <= d.channels_per_pair * m.pairs[i, k])
            m.rows.add(m.pairs[i, k] <= pairs * m.lit[i])
            m.rows.add(m.channels[i, k] <= most * m.lit[i])
            pair_usd = d.pair_usd_per_year + iru_usd(self._instance, route)
            terms.append(pair_usd / MILLION * m.pairs[i, k])
            terms.append(d.channel_usd_per_year / MILLION * m.channels[i, k])
        for v, wave in enumerate(self._waves):
            m.waves[v].setub(math.ceil(self._most / (wave.rate_gbps * GBPS) - 1e-9))
            yearly = wave.lease_usd_per_year + wave.energy_usd_per_year
            terms.append(yearly / MILLION * m.waves[v])
        return terms

    def _shared(self, m: pyo.ConcreteModel) -> list[pyo.Expression]:
        """Add corridors, cables and huts in use; return the link's share of their costs."""
        costs: dict[tuple[str, ...], float] = {}
        users: list[tuple[tuple[str, ...], int]] = []
        windows: list[tuple[list[tuple[str, ...]], int]] = []
        for i, route in enumerate(self._routes):
            for e, supply in zip(route.corridors, route.supply, strict=True):
                share = self._shares.corridors.get(e, 0.0)
                corridor = self._instance.corridors[e]
                if supply == OWN:
                    civil, cable = own_parts_usd(corridor, route.fiber_type)
                    parts = {("civil", e): civil, ("cable", e, route.fiber_type): cable}
                else:
                    parts = {("iru", e): corridor.iru_maintenance_usd_per_year}
                for key, usd in parts.items():
                    if usd > 0:
                        costs[key] = share * usd
                        users.append((key, i))
            for x in (*route.regenerators, *route.huts):
                share = self._shares.huts.get(x.hut, 0.0)
                costs["hut", x.hut] = share * least_hut_usd(self._instance.huts[x.hut])
            users += [(("hut", x.hut), i) for x in route.regenerators]
            windows += [(huts, i) for huts in self._windows(route)]
        number = {key: n for n, key in enumerate(costs)}
        m.used = pyo.Var(range(len(costs)), bounds=(0, 1))
        for key, i in users:
            m.rows.add(m.used[number[key]] >= m.lit[i])
        for huts, i in windows:
            m.rows.add(sum(m.used[number[key]] for key in huts) >= m.lit[i])
        return [usd / MILLION * m.used[number[key]] for key, usd in costs.items()]

    def _windows(self, route: FiberRoute) -> list[list[tuple[str, ...]]]:
        """Return windows of a route that hold a used hut, whatever legal design it carries."""
        designs = [d for d in route.designs if d.rtt_ms <= self._limit]
        width = self._instance.max_spacing_km
        found: list[list[tuple[str, ...]]] = []
        for s, section in enumerate(sections_of(route)):
            if any(d.by_section[s] == 0 for d in designs):
                continue
            start = 0.0
            while start + width <= section.length_km:
                inside: list[tuple[str, ...]] = [
                    ("hut", x.hut)
                    for x in section.huts
                    if start - 1e-6 <= x.position_km <= start + width + 1e-6
                ]
                found.append(inside)
                start += width / WINDOW_STEPS
            if start == 0.0:
                found.append([("hut", x.hut) for x in section.huts])
        return found

    def _capacity(self, m: pyo.ConcreteModel, link: Link, survival_fraction: float) -> None:
        """Add the demand, and what must be left of it when a shared risk fails."""

        def gbps(without: str) -> pyo.Expression:
            fiber = sum(
                self._routes[i].designs[k].rate_gbps * GBPS * m.channels[i, k]
                for i, k in m.DESIGNS
                if without not in self._routes[i].srlgs
            )
            leased = (
                wave.rate_gbps * GBPS * m.waves[v]
                for v, wave in enumerate(self._waves)
                if without not in wave.srlgs
            )
            return fiber + sum(leased)

        m.rows.add(gbps("") >= m.demand)
        if survival_fraction <= 0:
            return
        risks = [route.srlgs for route in self._routes] + [wave.srlgs for wave in self._waves]
        waived = {f"campus:{c}" for c in link}
        touched: dict[frozenset[int], str] = {}
        for name in sorted({name for names in risks for name in names} - waived):
            hit = frozenset(i for i, names in enumerate(risks) if name in names)
            touched.setdefault(hit, name)
        for hit, name in touched.items():
            if not any(hit < other for other in touched):
                m.rows.add(gbps(name) >= survival_fraction * m.demand)
