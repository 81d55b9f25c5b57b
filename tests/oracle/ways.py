"""Every way to join two campuses: simple paths, supplies, sets of used huts, legal options."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from siting.network import Hut
from siting.tables import LeasedWaveRow
from tests.oracle.light import Option, is_legal, options, rtt_ms
from tests.oracle.raw import Raw

TINY = 1e-9
Link = tuple[str, str]
Asset = tuple[str, str]
"""``("own", corridor)``, ``("iru", corridor)`` or ``("hut", hut)``: what pairs of routes share."""


@dataclass(frozen=True)
class Unit:
    """Something that comes in whole channels: an option on a route, or a leased wave."""

    name: str
    rate_gbps: float
    channels_per_pair: int
    rtt_ms: float
    first: int
    usd_per_channel: float
    """A year."""
    usd_per_pair: float
    """A year."""
    limit: int | None = None


@dataclass(frozen=True)
class Variant:
    """A way with its used huts (or a leased wave)."""

    name: str
    assets: tuple[Asset, ...]
    touched_by: frozenset[str]
    units: tuple[Unit, ...]


@dataclass(frozen=True)
class Way:
    """One path with one supply, or one leased wave: at most one variant of it is used."""

    name: str
    length_km: float
    variants: tuple[Variant, ...]


def ways(raw: Raw, link: Link) -> list[Way]:
    """Return every way between the campuses of ``link``."""
    found = [way for path in _paths(raw, link) for way in _fiber_ways(raw, link, path)]
    found += [
        _wave_way(raw, wave)
        for wave in raw.study.leased_waves.values()
        if {wave.campus_a, wave.campus_b} == set(link)
    ]
    return [way for way in found if way.variants]


def _paths(raw: Raw, link: Link) -> Iterator[tuple[str, ...]]:
    network = raw.network
    start, goal = (network.campus_node(c) for c in link)
    barred = {n.id for n in network.nodes.values() if n.campus is not None} - {start, goal}
    forbidden = set(raw.study.file.rules.forbid_corridors)

    def extend(node: str, seen: frozenset[str], path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        if node == goal:
            yield path
            return
        for edge in network.corridors.values():
            if edge.id in forbidden or node not in (edge.node_a, edge.node_b):
                continue
            after = network.other_end(edge.id, node)
            if after not in seen and after not in barred:
                yield from extend(after, seen | {after}, (*path, edge.id))

    yield from extend(start, frozenset({start}), ())


def _fiber_ways(raw: Raw, link: Link, path: tuple[str, ...]) -> Iterator[Way]:
    edges = [raw.network.corridors[e] for e in path]
    supplies = {tuple("own" for _ in edges), tuple(e.iru_provider or "own" for e in edges)}
    for supply in sorted(supplies):
        pairs = list(zip(edges, supply, strict=True))
        if all(e.buildable for e, s in pairs if s == "own"):
            length = sum(e.length_km for e in edges)
            name = "/".join(f"{e.id}:{s}" for e, s in pairs)
            yield Way(name, length, _variants(raw, link, path, supply))


def _variants(
    raw: Raw, link: Link, path: tuple[str, ...], supply: tuple[str, ...]
) -> tuple[Variant, ...]:
    length = sum(raw.network.corridors[e].length_km for e in path)
    legal: list[tuple[frozenset[str], frozenset[str], Variant]] = []
    for used in sorted(_hut_sets(raw, link, path, supply, length), key=len):
        spans = _spans([p for p, _ in used], length)
        lit = [o for o in options(raw) if is_legal(raw, o, spans)]
        if not lit:
            continue
        huts, names = frozenset(h.id for _, h in used), frozenset(map(str, lit))
        # Dominance: fewer huts with the same options is never worse. Dropping the other huts of
        # the route lowers its cost, its RTT and the pairs in huts, and fewer failures touch it.
        if any(other <= huts and names <= more for other, more, _ in legal):
            continue
        variant = _variant(raw, path, supply, length, [h for _, h in used], lit)
        legal.append((huts, names, variant))
    return tuple(variant for _, _, variant in legal)


def _spans(positions: list[float], length: float) -> list[float]:
    marks = [0.0, *positions, length]
    return [b - a for a, b in itertools.pairwise(marks)]


def _hut_sets(
    raw: Raw, link: Link, path: tuple[str, ...], supply: tuple[str, ...], length: float
) -> Iterator[tuple[tuple[float, Hut], ...]]:
    rules = raw.study.file.transport.amplifiers
    candidates = _serving_huts(raw, link, path, supply)
    if length <= rules.single_span_max_km + TINY:
        yield ()

    def extend(used: tuple[tuple[float, Hut], ...]) -> Iterator[tuple[tuple[float, Hut], ...]]:
        last = used[-1][0] if used else 0.0
        if used and length - last <= rules.max_spacing_km + TINY:
            yield used
        for position, hut in candidates:
            gap = position - last
            least = rules.min_spacing_km if used else 0.0
            if gap > TINY and least - TINY <= gap <= rules.max_spacing_km + TINY:
                yield from extend((*used, (position, hut)))

    yield from extend(())


def _serving_huts(
    raw: Raw, link: Link, path: tuple[str, ...], supply: tuple[str, ...]
) -> list[tuple[float, Hut]]:
    network = raw.network
    node, at = network.campus_node(link[0]), 0.0
    found: list[tuple[float, Hut]] = []
    for index, (edge_id, operator) in enumerate(zip(path, supply, strict=True)):
        edge = network.corridors[edge_id]
        for hut in network.huts.values():
            if hut.corridor == edge_id and hut.operator == operator:
                ahead = hut.position_km if node == edge.node_a else edge.length_km - hut.position_km
                found.append((at + ahead, hut))
        node, at = network.other_end(edge_id, node), at + edge.length_km
        if index + 1 < len(path):
            meets = {operator, supply[index + 1]}
            found += [
                (at, hut)
                for hut in network.huts.values()
                if hut.node == node and hut.corridor is None and hut.operator in meets
            ]
    return sorted(found, key=lambda item: (item[0], item[1].id))


def _variant(
    raw: Raw,
    path: tuple[str, ...],
    supply: tuple[str, ...],
    length: float,
    huts: list[Hut],
    lit: list[Option],
) -> Variant:
    assets: list[Asset] = []
    touched: set[str] = set()
    first = 0
    for edge_id, operator in zip(path, supply, strict=True):
        edge = raw.network.corridors[edge_id]
        touched |= {f"corridor:{edge_id}", *(f"srlg:{g}" for g in edge.srlgs)}
        if operator == "own":
            assets.append(("own", edge_id))
            first = max(first, raw.first_after(edge.build_lead_time_years))
        else:
            assets.append(("iru", edge_id))
            first = max(first, raw.first_lead("iru.lh"))
            if raw.study.file.survivability.provider_failures:
                touched.add(f"provider:{operator}")
    for hut in huts:
        assets.append(("hut", hut.id))
        touched.add(f"hut:{hut.id}")
        row = "hut.cost.legacy" if hut.operator == "own" else "hut.lease.rack"
        first = max(first, raw.first_lead(row))
    units = tuple(_unit(raw, option, length, len(huts), first) for option in lit)
    name = "+".join(h.id for h in huts)
    return Variant(name, tuple(assets), frozenset(touched), units)


def _unit(raw: Raw, option: Option, length: float, huts: int, first: int) -> Unit:
    usd_per_w = 8760 * raw.v("elec.TX") * 10 / 1e6
    first = max(first, raw.first_lead(f"{option.module}.price"))
    channel = 2 * raw.yearly(f"{option.module}.price")
    channel += 2 * raw.v(f"{option.module}.power") * usd_per_w
    pair = 0.0
    if option.terminal != "none":
        prefix = "rd66" if option.terminal == "roadm_cl" else "omd32"
        pair = 2 * (raw.yearly(f"{prefix}.price") + raw.v(f"{prefix}.power") * usd_per_w)
        first = max(first, raw.first_lead(f"{prefix}.price"))
        name = "conv" if option.terminal == "roadm_cl" else "conly"
        if huts:
            watts = raw.v(f"pw.{name}") * raw.v("hut.pue")
            pair += huts * (raw.yearly(f"price.{name}") + watts * usd_per_w)
            first = max(first, raw.first_lead(f"price.{name}"))
    return Unit(
        f"{option.module}@{option.terminal}",
        option.rate_gbps,
        option.channels_per_pair,
        rtt_ms(raw, option, length, huts),
        first,
        channel,
        pair,
    )


def _wave_way(raw: Raw, wave: LeasedWaveRow) -> Way:
    touched: set[str] = set()
    for edge_id in wave.corridors:
        srlgs = raw.network.corridors[edge_id].srlgs
        touched |= {f"corridor:{edge_id}", *(f"srlg:{g}" for g in srlgs)}
    if not wave.corridors:
        touched.add(f"carrier:{wave.carrier}")
    if raw.study.file.survivability.provider_failures:
        touched.add(f"provider:{wave.carrier}")
    watts = wave.power_w if wave.power_w is not None else raw.v("otn.power") * wave.rate_gbps / 400
    yearly = 12 * wave.usd_per_month + raw.annuity(wave.one_off_usd, wave.term_years)
    yearly += 2 * watts * 8760 * raw.v("elec.TX") * 10 / 1e6
    rtt = 2 * (wave.length_km * raw.v("lat.fiber") + raw.v("otn.latency")) / 1000
    first = raw.first_after(wave.lead_time_years)
    unit = Unit(wave.id, wave.rate_gbps, 1, rtt, first, yearly, 0.0, wave.max_waves)
    variant = Variant("", (), frozenset(touched), (unit,))
    return Way(f"wave:{wave.id}", wave.length_km, (variant,))
