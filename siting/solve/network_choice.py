"""Fiber, optics and huts of a solution as plain numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from siting.formulation.sites import rack_groups
from siting.instance import Instance
from siting.instance.records_network import REGENERATOR_TYPE
from siting.solve.training_choice import BINARY_ON, Value

if TYPE_CHECKING:
    import pyomo.environ as pyo

OWN = "own"
EXISTING = "existing"
"""Class of a hut of which only what stands already is used."""

Series = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkChoice:
    """Fiber, optics and huts: counts in service by period."""

    pairs: dict[tuple[str, int], Series]
    """By (route, design)."""
    channels: dict[tuple[str, int], Series]
    waves: dict[str, Series]
    built_from: dict[str, int]
    """By corridor where own cable is built anew."""
    cables: dict[tuple[str, str, int], Series]
    """New ones, by (corridor, fiber type, fibers)."""
    iru_pairs: dict[str, Series]
    huts_used: dict[str, tuple[str, ...]]
    """Where a route is amplified, in order; its regenerators not."""
    hut_class: dict[str, str]
    """By hut in use; ``existing`` when nothing new is taken."""
    hut_from: dict[str, int]
    """By hut built, leased or taken."""
    racks: dict[tuple[str, str], Series]
    """New ones, by (hut, amplifier type)."""

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
    hut_class={},
    hut_from={},
    racks={},
)


def read_network(instance: Instance, m: pyo.ConcreteModel, value: Value) -> NetworkChoice:
    """Return the network of a solved model, without what carries nothing.

    With caps on what comes into service the model's own dates and counts stay: it may build early
    so that spending is spread.
    """
    reader = _Reader(instance, m, value)
    pairs, channels = reader.lit()
    used = reader.huts_used(pairs)
    cables = reader.cables()
    amplified = amplified_pairs(instance, pairs, used)
    kinds = reader.hut_classes(amplified)
    return NetworkChoice(
        pairs=pairs,
        channels=channels,
        waves={v: n for v in m.routes.WAVES if any(n := reader.counts(m.routes.waves, v))},
        built_from=reader.built_from(cables),
        cables=cables,
        iru_pairs=reader.iru_pairs(pairs),
        huts_used=used,
        hut_class=kinds,
        hut_from=reader.hut_from(kinds, amplified),
        racks=reader.racks(amplified),
    )


def amplified_pairs(
    instance: Instance,
    pairs: dict[tuple[str, int], Series],
    used: dict[str, tuple[str, ...]],
) -> dict[tuple[str, str], Series]:
    """Return the pairs amplified or regenerated in each hut, by amplifier type."""
    found: dict[tuple[str, str], Series] = {}
    for (r, d), lit in pairs.items():
        route = instance.fiber_routes[r]
        places = [(h, route.designs[d].amplifier) for h in used[r]]
        places += [(x.hut, REGENERATOR_TYPE) for x in route.regenerators]
        for place in places:
            found[place] = _sum(found.get(place, (0,) * len(lit)), lit)
    return found


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads counts of a solved model."""

    instance: Instance
    model: pyo.ConcreteModel
    value: Value

    @property
    def periods(self) -> range:
        return range(len(self.instance.periods))

    def counts(self, var: pyo.Var, *key: object) -> Series:
        """Return a series of counts."""
        return tuple(max(0, round(self.value(var[(*key, t)]))) for t in self.periods)

    def first_on(self, var: pyo.Var, *key: object) -> int | None:
        """Return the first period in which a binary is 1."""
        return next((t for t in self.periods if self.value(var[(*key, t)]) > BINARY_ON), None)

    def lit(self) -> tuple[dict[tuple[str, int], Series], dict[tuple[str, int], Series]]:
        """Return pairs and channels of every design that is lit."""
        routes = self.model.routes
        pairs, channels = {}, {}
        for r in routes.ROUTES:
            for d in range(len(self.instance.fiber_routes[r].designs)):
                lit = self.counts(routes.pairs, r, d)
                if any(lit):
                    pairs[r, d] = lit
                    channels[r, d] = self.counts(routes.channels, r, d)
        return pairs, channels

    def huts_used(self, pairs: dict[tuple[str, int], Series]) -> dict[str, tuple[str, ...]]:
        """Return the huts where each lit route is amplified."""
        is_used, last = self.model.amplifiers.is_used, self.periods[-1]
        amplified = {r for r, d in pairs if self.instance.fiber_routes[r].designs[d].amplifiers}
        return {
            r: tuple(
                x.hut
                for x in self.instance.fiber_routes[r].huts
                if r in amplified
                and (r, x.hut, last) in is_used
                and self.value(is_used[r, x.hut, last]) > BINARY_ON
            )
            for r in sorted({r for r, _ in pairs})
        }

    def cables(self) -> dict[tuple[str, str, int], Series]:
        """Return the new cables."""
        fiber = self.model.fiber
        keys = dict.fromkeys((e, f, s) for e, f, s, _ in fiber.CABLES)
        found = {key: self.counts(fiber.cables, *key) for key in keys}
        return {key: laid for key, laid in found.items() if any(laid)}

    def built_from(self, cables: dict[tuple[str, str, int], Series]) -> dict[str, int]:
        """Return when corridors are built: from when new cable lies where none stands."""
        found: dict[str, int] = {}
        for (e, _, _), laid in cables.items():
            stands = self.instance.corridors[e].stands
            needed = next((t for t in self.periods if laid[t] and not stands[t]), None)
            if needed is None:
                continue
            if self.instance.caps.given:
                built = self.first_on(self.model.fiber.is_built, e)
                needed = needed if built is None else min(built, needed)
            found[e] = min(needed, found.get(e, needed))
        return found

    def iru_pairs(self, pairs: dict[tuple[str, int], Series]) -> dict[str, Series]:
        """Return the IRU pairs held on each corridor."""
        held: dict[str, Series] = {}
        for (r, _), lit in pairs.items():
            route = self.instance.fiber_routes[r]
            for e, supply in zip(route.corridors, route.supply, strict=True):
                if supply != OWN:
                    held[e] = _sum(held.get(e, (0,) * len(lit)), lit)
        if self.instance.caps.given:
            return {e: self.counts(self.model.fiber.iru_pairs, e) for e in held}
        return held

    def hut_classes(self, amplified: dict[tuple[str, str], Series]) -> dict[str, str]:
        """Return what each hut in use is taken into service as."""
        is_open, last = self.model.amplifiers.is_open, self.periods[-1]
        return {
            h: next(
                (
                    k
                    for k in self.instance.huts[h].classes
                    if self.value(is_open[h, k, last]) > BINARY_ON
                ),
                EXISTING,
            )
            for h in sorted({h for h, _ in amplified})
        }

    def hut_from(
        self, kinds: dict[str, str], amplified: dict[tuple[str, str], Series]
    ) -> dict[str, int]:
        """Return when new huts come into service: not before they are used."""
        found = {}
        for h, kind in kinds.items():
            if kind == EXISTING:
                continue
            opened = self.first_on(self.model.amplifiers.is_open, h, kind) or 0
            used = min(
                next(t for t in self.periods if lit[t])
                for (k, _), lit in amplified.items()
                if k == h
            )
            found[h] = opened if self.instance.caps.given else max(opened, used)
        return found

    def racks(self, amplified: dict[tuple[str, str], Series]) -> dict[tuple[str, str], Series]:
        """Return the new racks that the pairs need besides those that stand."""
        found: dict[tuple[str, str], Series] = {}
        for (h, a), lit in amplified.items():
            if self.instance.caps.given:
                new: Series = (0,) * len(lit)
                for c in rack_groups(self.instance.huts[h]):
                    new = _sum(new, self.counts(self.model.amplifiers.racks, h, a, c))
            else:
                hut, most = self.instance.huts[h], self.instance.pairs_per_rack[a]
                new = tuple(
                    max(0, -(-n // most) - hut.racks_standing(a, t)) for t, n in enumerate(lit)
                )
            if any(new):
                found[h, a] = new
        return found


def _sum(first: Series, second: Series) -> Series:
    return tuple(a + b for a, b in zip(first, second, strict=True))
