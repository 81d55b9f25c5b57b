"""Fiber, optics and huts of a solution as plain numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from siting.instance import Instance
from siting.solve.training_choice import BINARY_ON, Value

if TYPE_CHECKING:
    import pyomo.environ as pyo

OWN = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkChoice:
    """Fiber, optics and huts: counts in service by period."""

    pairs: dict[tuple[str, int], tuple[int, ...]]
    """By (route, design)."""
    channels: dict[tuple[str, int], tuple[int, ...]]
    waves: dict[str, tuple[int, ...]]
    built_from: dict[str, int]
    cables: dict[tuple[str, int], tuple[int, ...]]
    """By (corridor, fibers)."""
    iru_pairs: dict[str, tuple[int, ...]]
    huts_used: dict[str, tuple[str, ...]]
    """By route, in order."""
    hut_from: dict[str, int]
    racks: dict[str, tuple[int, ...]]

    def lit_from(self, instance: Instance, route: str) -> int:
        """Return the first period in which a route carries pairs; number of periods when never."""
        series = [n for (r, _), n in self.pairs.items() if r == route]
        periods = range(len(instance.periods))
        return next((t for t in periods if any(n[t] for n in series)), len(instance.periods))


NO_NETWORK = NetworkChoice(
    pairs={},
    channels={},
    waves={},
    built_from={},
    cables={},
    iru_pairs={},
    huts_used={},
    hut_from={},
    racks={},
)


def read_network(instance: Instance, m: pyo.ConcreteModel, value: Value) -> NetworkChoice:
    """Return the network of a solved model, without what carries nothing."""
    periods = range(len(instance.periods))
    routes, fiber = m.routes, m.fiber

    def counts(var: pyo.Var, *key: object) -> tuple[int, ...]:
        return tuple(max(0, round(value(var[(*key, t)]))) for t in periods)

    pairs, channels = {}, {}
    for r in routes.ROUTES:
        for d in range(len(instance.fiber_routes[r].designs)):
            lit = counts(routes.pairs, r, d)
            if any(lit):
                pairs[r, d] = lit
                channels[r, d] = counts(routes.channels, r, d)
    lit_routes = sorted({r for r, _ in pairs})
    used = {}
    for r in lit_routes:
        amplified = any(instance.fiber_routes[q].designs[d].amplifiers for q, d in pairs if q == r)
        last = len(instance.periods) - 1
        used[r] = tuple(
            x.hut
            for x in instance.fiber_routes[r].huts
            if amplified and value(m.amplifiers.is_used[r, x.hut, last]) > BINARY_ON
        )
    cables = {}
    built_from: dict[str, int] = {}
    for e in sorted({e for e, _ in fiber.OWN}):
        for s in instance.corridors[e].cable_usd_per_year:
            laid = counts(fiber.cables, e, s)
            if any(laid):
                cables[e, s] = laid
                first = next(t for t in periods if laid[t])
                built_from[e] = min(first, built_from.get(e, len(periods)))
    iru = _iru_pairs(instance, pairs)
    racks = _racks(instance, pairs, used)
    return NetworkChoice(
        pairs=pairs,
        channels=channels,
        waves={v: n for v in routes.WAVES if any(n := counts(routes.waves, v))},
        built_from=built_from,
        cables=cables,
        iru_pairs=iru,
        huts_used=used,
        hut_from={h: next(t for t in periods if n[t]) for h, n in racks.items()},
        racks=racks,
    )


def _iru_pairs(
    instance: Instance, pairs: dict[tuple[str, int], tuple[int, ...]]
) -> dict[str, tuple[int, ...]]:
    """Return the IRU pairs that the lit routes hold on each corridor."""
    held: dict[str, tuple[int, ...]] = {}
    for (r, _), lit in pairs.items():
        route = instance.fiber_routes[r]
        for e, supply in zip(route.corridors, route.supply, strict=True):
            if supply != OWN:
                before = held.get(e, (0,) * len(lit))
                held[e] = tuple(a + b for a, b in zip(before, lit, strict=True))
    return held


def _racks(
    instance: Instance,
    pairs: dict[tuple[str, int], tuple[int, ...]],
    used: dict[str, tuple[str, ...]],
) -> dict[str, tuple[int, ...]]:
    """Return the racks that the amplified pairs need in each hut."""
    amplified: dict[str, tuple[int, ...]] = {}
    for (r, _), lit in pairs.items():
        for h in used[r]:
            before = amplified.get(h, (0,) * len(lit))
            amplified[h] = tuple(a + b for a, b in zip(before, lit, strict=True))
    return {h: tuple(-(-n // instance.pairs_per_rack) for n in lit) for h, lit in amplified.items()}
