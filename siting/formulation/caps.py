"""Limits on what comes into service in one period: spending, and builds by kind.

Upfront cash is capital times the units that a period adds to those in service.

| symbol | component | unit | meaning |
|---|---|---|---|
| A_t | allowance_musd | M USD | what sites and power may spend; at most the cap |
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pyomo.environ as pyo

from siting.formulation.cost_lines import MILLION
from siting.formulation.sites import rack_price
from siting.instance import Instance

BUILT_CLASSES = ("small", "large")
"""Classes of a hut that is built, not leased."""


@dataclass(frozen=True, slots=True)
class Units:
    """A count or MW in service by period, with the size of one unit: USD, km, pieces."""

    size: float
    series: pyo.Var
    key: tuple[Any, ...]

    def added(self, t: int) -> pyo.Expression:
        """Return what a period adds."""
        now = self.series[(*self.key, t)]
        return self.size * (now - self.series[(*self.key, t - 1)] if t else now)


def site_caps_block(
    instance: Instance, placement: pyo.Block, interconnection: pyo.Block
) -> pyo.Block:
    """Return the block with the caps of sites and power; of the spending only their own part."""
    b = pyo.Block(concrete=True)
    capital = list(site_capital(instance, placement, interconnection))
    spend = _limits(instance, "upfront_usd")
    b.SPEND = pyo.Set(initialize=list(spend))
    b.allowance_musd = pyo.Var(b.SPEND, bounds=lambda _, t: (0, spend[t] / MILLION))

    @b.Constraint(b.SPEND)
    def spend_cap(b: pyo.Block, t: int) -> pyo.Expression:
        return _added(capital, t) <= b.allowance_musd[t]

    connections = _keys(interconnection.SUBSTATION_PERIODS)
    _build_cap(
        b,
        instance,
        {
            "campus_openings": [Units(1.0, placement.is_open, (c,)) for c in instance.campuses],
            "substation_connections": [
                Units(1.0, interconnection.is_connected, key) for key in connections
            ],
        },
    )
    return b


def network_caps_block(
    instance: Instance,
    routes: pyo.Block,
    fiber: pyo.Block,
    amplifiers: pyo.Block,
    sites: Iterable[Units] = (),
) -> pyo.Block:
    """Return the block with the caps of the network.

    Args:
        instance: the instance; its cap on spending is what is left for the network and ``sites``.
        routes: the routes block.
        fiber: the fiber block.
        amplifiers: the block of huts.
        sites: capital of sites and power that the spending includes.
    """
    b = pyo.Block(concrete=True)
    spend = _limits(instance, "upfront_usd")
    capital = [*network_capital(instance, routes, fiber, amplifiers), *sites] if spend else []
    b.SPEND = pyo.Set(initialize=list(spend) if capital else [])

    @b.Constraint(b.SPEND)
    def spend_cap(_: pyo.Block, t: int) -> pyo.Expression:
        added = _added(capital, t)
        if isinstance(added, int | float) and added <= spend[t] / MILLION:
            return pyo.Constraint.Feasible  # nothing can be bought then
        return added <= spend[t] / MILLION

    corridors = instance.corridors
    built = _keys(amplifiers.CLASSES)
    _build_cap(
        b,
        instance,
        {
            "corridor_build_km": [
                Units(corridors[e].length_km, fiber.is_built, (e,)) for (e,) in _keys(fiber.OWN)
            ],
            "hut_builds": [
                Units(1.0, amplifiers.is_open, (h, k)) for h, k in built if k in BUILT_CLASSES
            ],
        },
    )
    return b


def site_capital(
    instance: Instance, placement: pyo.Block, interconnection: pyo.Block
) -> Iterator[Units]:
    """Yield everything of sites and power that takes upfront capital, M USD a unit."""
    for c, campus in instance.campuses.items():
        yield Units(campus.fixed_capital_usd / MILLION, placement.is_open, (c,))
        yield Units(campus.shell_capital_usd_per_it_mw / MILLION, placement.built_mw, (c,))
    for s in dict.fromkeys(s for s, _ in interconnection.SUBSTATION_PERIODS):
        substation = instance.substations[s]
        yield Units(substation.fixed_capital_usd / MILLION, interconnection.is_connected, (s,))
        yield Units(substation.capital_usd_per_mw / MILLION, interconnection.reserved_mw, (s,))
    for u, upgrade in instance.upgrades.items():
        yield Units(upgrade.capital_usd / MILLION, interconnection.is_upgraded, (u,))
    for a, line in instance.tie_lines.items():
        yield Units(line.capital_usd / MILLION, interconnection.is_built, (a,))
    for u, unit in instance.bridging.items():
        if unit.owned:
            yield Units(unit.capital_usd_per_mw / MILLION, interconnection.bridging_mw, (u,))


def network_capital(
    instance: Instance, routes: pyo.Block, fiber: pyo.Block, amplifiers: pyo.Block
) -> Iterator[Units]:
    """Yield everything of the network that takes upfront capital, M USD a unit."""
    corridors, huts = instance.corridors, instance.huts
    for (e,) in _keys(fiber.OWN):
        yield Units(corridors[e].build_capital_usd / MILLION, fiber.is_built, (e,))
    for e, f, s in _keys(fiber.CABLES):
        yield Units(corridors[e].cable_capital_usd[f, s] / MILLION, fiber.cables, (e, f, s))
    for (e,) in _keys(fiber.IRU):
        yield Units(corridors[e].iru_capital_usd_per_pair / MILLION, fiber.iru_pairs, (e,))
    for h, k in _keys(amplifiers.CLASSES):
        yield Units(huts[h].classes[k].capital_usd / MILLION, amplifiers.is_open, (h, k))
    for h, a, c in _keys(amplifiers.RACKS):
        yield Units(rack_price(huts[h], c)[1] / MILLION, amplifiers.racks, (h, a, c))
    for r, d in _keys(routes.DESIGNS):
        design = instance.fiber_routes[r].designs[d]
        by_pair = design.terminal_capital_usd_per_pair + design.amplifier_capital_usd_per_pair
        by_channel = (
            design.transponder_capital_usd_per_channel + design.regenerator_capital_usd_per_channel
        )
        yield Units(by_pair / MILLION, routes.pairs, (r, d))
        yield Units(by_channel / MILLION, routes.channels, (r, d))
    for (v,) in _keys(routes.WAVE_PERIODS):
        yield Units(instance.wave_routes[v].capital_usd / MILLION, routes.waves, (v,))


def _keys(indices: pyo.Set) -> list[tuple[Any, ...]]:
    """Return the indices of a set over time without their period."""
    return list(dict.fromkeys(key[:-1] for key in indices))


def _limits(instance: Instance, name: str) -> dict[int, float]:
    """Return the finite limits of one kind, by period of the instance."""
    limits = instance.caps.limits(name)
    return {t: limit for t, limit in limits.items() if t < len(instance.periods)}


def _added(units: Iterable[Units], t: int) -> pyo.Expression:
    return sum(unit.added(t) for unit in units if unit.size)


def _build_cap(b: pyo.Block, instance: Instance, units: dict[str, list[Units]]) -> None:
    """Add the rows that what a period builds of each kind is within its limit."""
    limits = {kind: _limits(instance, kind) for kind, built in units.items() if built}
    b.BUILDS = pyo.Set(
        initialize=[(kind, t) for kind, limit in limits.items() for t in limit], dimen=2
    )

    @b.Constraint(b.BUILDS)
    def build_cap(_: pyo.Block, kind: str, t: int) -> pyo.Expression:
        return _added(units[kind], t) <= limits[kind][t]
