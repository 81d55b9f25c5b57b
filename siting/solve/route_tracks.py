"""What a candidate route costs on its own, what it may share, and where it may be amplified.

All amounts are for one period, USD a year. Routes of a link with what it asks of them: the common
ground of the search for cheap networks and of the bound by links.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from siting.formulation.requirements import Requirement
from siting.formulation.sides import survives_alone, waives
from siting.formulation.sites import W_PER_KW
from siting.instance import Instance
from siting.instance.records_network import Design, FiberRoute, Hut, HutClass
from siting.instance.route_graph import least_hut_usd
from siting.instance.spans import Section, sections_of, span_graph
from siting.solve.link_bounds import OWN, Link, iru_usd, own_parts_usd
from siting.solve.route_kinds import Kind, kinds_of
from siting.solve.whole_pairs import Offer

Asset = tuple[str, ...]
"""Civil works, cable or IRU of a corridor, or a hut."""
TOLERANCE = 1e-9
MOST_WAYS = 2000


@dataclass(frozen=True, slots=True)
class AmplifiedSection:
    """A section that every design amplifies: its huts, and the places before each place.

    Place 0 is the start, huts follow in order, the last place is the end.
    """

    huts: tuple[str, ...]
    before: tuple[tuple[int, ...], ...]
    positions_km: tuple[float, ...] = ()
    """Of all places, where spans matter."""


@dataclass(frozen=True, slots=True)
class Load:
    """A Gb/s of an option, pairs full: its cost, USD a year, and its power in a hut, kW."""

    usd: float
    kw: float
    counts: tuple[int, ...]
    """Amplifiers in each section of the track."""


@dataclass(frozen=True, slots=True)
class Track:
    """A route, fiber or leased wave, as one that a link may use."""

    id: str
    risks: frozenset[str]
    """Shared risks but those that its link waives."""
    light_usd: float
    """What it costs on its own at least when lit."""
    carrying_usd: float
    """The same when it carries all that must be left after a failure."""
    unit_usd: float
    """A Gb/s on it at least."""
    pair_gbps: float
    """A pair of it at most."""
    loads: tuple[Load, ...]
    """What a Gb/s costs and draws in each of its huts, by option."""
    kinds: tuple[Kind, ...]
    """How that may be carried."""
    shared: dict[Asset, float]
    """What it uses and other routes may use too, with its full cost."""
    sections: tuple[AmplifiedSection, ...]
    numbers: tuple[int, ...] = ()
    """Which sections of the route those above are."""
    offers: tuple[Offer, ...] = ()
    """Its options, on their own."""


@dataclass(frozen=True, slots=True)
class LinkTracks:
    """The routes of a link in a period, and what must be left of its demand."""

    link: Link
    tracks: tuple[Track, ...]
    protected: bool
    gbps: float
    """Demand in the normal state."""
    left_gbps: float = 0.0
    """What must be left after a failure, where protected."""

    def ways(self) -> list[tuple[int, ...]] | None:
        """Return the least sets of routes that serve the link; None when they are too many.

        Single routes, or for a protected link the sets that no shared risk touches as a whole, none
        inside another. Every set of routes that serves the link holds one of them.
        """
        if not self.protected:
            return [(i,) for i in range(len(self.tracks))]
        touched: dict[str, int] = {}
        for i, track in enumerate(self.tracks):
            for risk in track.risks:
                touched[risk] = touched.get(risk, 0) | 1 << i
        every = (1 << len(self.tracks)) - 1
        found = _hitting_sets({every & ~routes for routes in touched.values()}, every)
        if found is None:
            return None
        return [tuple(i for i in range(len(self.tracks)) if s >> i & 1) for s in found]


def _hitting_sets(groups: set[int], every: int) -> list[int] | None:
    """Return the least sets, as bits, that meet every group; at least one element."""
    found = [1 << i for i in range(every.bit_length())]
    for group in sorted(groups, key=lambda g: (g.bit_count(), g)):
        kept = [s for s in found if s & group]
        grown = {
            s | 1 << i
            for s in found
            if not s & group
            for i in range(group.bit_length())
            if group >> i & 1
        }
        least: list[int] = []
        for s in sorted(grown, key=lambda s: (s.bit_count(), s)):
            if not any(k & s == k for k in kept) and not any(k & s == k for k in least):
                least.append(s)
        found = kept + least
        if len(found) > MOST_WAYS:
            return None
    return sorted(found)


def link_tracks(instance: Instance, link: Link, asked: Sequence[Requirement]) -> LinkTracks:
    """Return the routes of a link that are within the widest RTT limit asked."""
    limit_ms = max(item.rtt_limit_ms for item in asked) + TOLERANCE
    gbps = sum(float(item.gbps) for item in asked)
    safe = [item for item in asked if survives_alone(instance, item)]
    left = sum(item.survival_fraction * float(item.gbps) for item in safe) if safe else gbps
    waived = waives(link)
    tracks = []
    for route in instance.fiber_routes.values():
        designs = [d for d in route.designs if d.rtt_ms <= limit_ms]
        if route.link == link and designs:
            track = _fiber(instance, route, designs, left, waived)
            if all(map(math.isfinite, track.shared.values())):
                tracks.append(track)
    for wave in instance.wave_routes.values():
        if wave.link == link and wave.rtt_ms <= limit_ms:
            usd = wave.lease_usd_per_year + wave.energy_usd_per_year
            unit = usd / wave.rate_gbps
            full = math.ceil(left / wave.rate_gbps - TOLERANCE) * usd
            risks = wave.srlgs - waived
            kinds = (Kind("", full),)
            carrying = max(usd, unit * left)
            track = Track(wave.id, risks, usd, carrying, unit, math.inf, (), kinds, {}, ())
            tracks.append(track)
    return LinkTracks(link, tuple(tracks), bool(safe), gbps, left if safe else 0.0)


def _fiber(
    instance: Instance,
    route: FiberRoute,
    designs: Sequence[Design],
    gbps: float,
    waived: set[str],
) -> Track:
    rented = iru_usd(instance, route)
    pairs_usd = [d.pair_usd_per_year + rented for d in designs]
    light = min(u + d.channel_usd_per_year for d, u in zip(designs, pairs_usd, strict=True))
    numbers = [
        s for s in range(len(designs[0].by_section)) if all(d.by_section[s] for d in designs)
    ]
    loads = tuple(
        Load(
            (d.channel_usd_per_year + u / d.channels_per_pair) / d.rate_gbps,
            d.amplifier_w_per_pair / W_PER_KW / d.gbps_per_pair,
            tuple(d.by_section[s] for s in numbers),
        )
        for d, u in zip(designs, pairs_usd, strict=True)
    )
    unit = min(load.usd for load in loads)
    return Track(
        id=route.id,
        risks=route.srlgs - waived,
        light_usd=light,
        carrying_usd=max(light, unit * gbps),
        unit_usd=unit,
        pair_gbps=max(d.gbps_per_pair for d in designs),
        loads=loads,
        kinds=kinds_of(designs, rented, gbps),
        shared=_shared(instance, route),
        sections=tuple(_section(instance, sections_of(route)[s]) for s in numbers),
        numbers=tuple(numbers),
        offers=tuple(
            Offer(u, d.channel_usd_per_year, d.rate_gbps, d.channels_per_pair)
            for d, u in zip(designs, pairs_usd, strict=True)
        ),
    )


def hut_steps(hut: Hut) -> tuple[tuple[float, float], ...]:
    """Return what a hut costs a year with one rack, by the power up to which that holds, kW."""
    if any(hut.stands):
        return ((math.inf, 0.0),)
    least: list[tuple[float, float]] = []
    for kind in sorted(hut.classes.values(), key=lambda x: (_class_usd(x), -x.power_kw)):
        if not least or kind.power_kw > least[-1][0]:
            least.append((kind.power_kw, _class_usd(kind)))
    return tuple(least)


def _class_usd(kind: HutClass) -> float:
    return kind.usd_per_year + kind.maintenance_usd_per_year + kind.rack_usd_per_year


def _shared(instance: Instance, route: FiberRoute) -> dict[Asset, float]:
    shared: dict[Asset, float] = {}
    for e, supply in zip(route.corridors, route.supply, strict=True):
        corridor = instance.corridors[e]
        if supply == OWN:
            civil, cable = own_parts_usd(corridor, route.fiber_type)
            shared["civil", e] = civil
            shared["cable", e, route.fiber_type] = cable
        else:
            shared["iru", e] = corridor.iru_maintenance_usd_per_year
    for x in route.regenerators:
        shared["hut", x.hut] = least_hut_usd(instance.huts[x.hut])
    return shared


def _section(instance: Instance, section: Section) -> AmplifiedSection:
    huts = instance.huts
    usable = [x for x in section.huts if huts[x.hut].classes or any(huts[x.hut].stands)]
    least_km, most_km = instance.min_spacing_km, instance.max_spacing_km
    graph = span_graph(section.length_km, usable, least_km, most_km)
    before: list[list[int]] = [[] for _ in graph.positions_km]
    for start, end in zip(graph.starts.tolist(), graph.ends.tolist(), strict=True):
        before[end].append(start)
    places = tuple(map(tuple, before))
    return AmplifiedSection(
        tuple(x.hut for x in usable), places, tuple(graph.positions_km.tolist())
    )
