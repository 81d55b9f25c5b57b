"""Every way to join two campuses: simple paths, supplies, fiber types, used huts, legal options."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from siting.network import OWN, Corridor, Hut
from siting.tables import LeasedWaveRow
from tests.oracle.light import Option, amplifiers, is_legal, options
from tests.oracle.raw import Raw
from tests.oracle.units import Unit, option_unit, wave_unit

TINY = 1e-9
Link = tuple[str, str]
Asset = tuple[str, str]
"""``("own", corridor)``, ``("iru", corridor)`` or ``("hut", hut)``: what pairs of routes share."""


@dataclass(frozen=True)
class Variant:
    """A way with its used huts and regenerators (or a leased wave)."""

    name: str
    assets: tuple[Asset, ...]
    fiber: str
    regens: frozenset[str]
    touched_by: frozenset[str]
    units: tuple[Unit, ...]
    pins: frozenset[str] = frozenset()
    """What a planner may pin of it: corridors, path, huts."""


@dataclass(frozen=True)
class Way:
    """One path with one supply and fiber type, or one leased wave: at most one variant is used.

    The same path with the same supply, type and regenerators is one route, so ways of several
    regenerator sets on one path are ways of their own.
    """

    name: str
    length_km: float
    variants: tuple[Variant, ...]


@dataclass(frozen=True)
class Course:
    """A path with supplies and a fiber type."""

    link: Link
    path: tuple[Corridor, ...]
    supply: tuple[str, ...]
    fiber: str

    @property
    def length_km(self) -> float:
        """Length of the path."""
        return sum(e.length_km for e in self.path)


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
    rules = raw.study.file.rules
    forbidden = set(rules.forbid_corridors)
    barred_paths = {way for path in rules.forbid_routes for way in (path, path[::-1])}

    def extend(node: str, seen: frozenset[str], path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        if node == goal:
            if path not in barred_paths:
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
    edges = tuple(raw.network.corridors[e] for e in path)
    supplies = {tuple(OWN for _ in edges), tuple(e.iru_provider or OWN for e in edges)}
    for supply in sorted(supplies):
        for fiber in _fiber_types(raw, edges, supply):
            course = Course(link, edges, supply, fiber)
            name = "/".join(f"{e.id}:{s}" for e, s in zip(edges, supply, strict=True))
            by_regens: dict[frozenset[str], list[Variant]] = {}
            for variant in _variants(raw, course):
                by_regens.setdefault(variant.regens, []).append(variant)
            for regens, variants in by_regens.items():
                title = f"{name}:{fiber}:{'+'.join(sorted(regens))}"
                yield Way(title, course.length_km, tuple(variants))


def _fiber_types(raw: Raw, edges: tuple[Corridor, ...], supply: tuple[str, ...]) -> Iterator[str]:
    """Yield the fiber types that a route may take throughout.

    Own cable of a type is built where the study offers the type, or lies there already; the IRU
    corridors of a route must agree on the type.
    """
    built = raw.study.file.transport.fiber_types
    own = [e for e, s in zip(edges, supply, strict=True) if s == OWN]
    leased = {e.iru_fiber_type for e, s in zip(edges, supply, strict=True) if s != OWN}
    candidates = leased or {*built, *(e.existing_fiber_type for e in own if e.existing_fibers)}
    for fiber in sorted(candidates) if len(leased) <= 1 else ():
        if all(
            (e.buildable and fiber in built)
            or (e.existing_fibers > 0 and e.existing_fiber_type == fiber)
            for e in own
        ):
            yield fiber


@dataclass(frozen=True)
class Site:
    """A used hut at its position on a course."""

    at_km: float
    hut: Hut
    regenerates: bool


def _variants(raw: Raw, course: Course) -> list[Variant]:
    legal: list[tuple[frozenset[str], frozenset[str], Variant]] = []
    for used in sorted(_hut_sets(raw, course), key=len):
        sections = _sections(used, course.length_km)
        regens = frozenset(s.hut.id for s in used if s.regenerates)
        lit = [
            o
            for o in options(raw)
            if (o.kind != "grey" or not regens)
            and all(is_legal(raw, o, spans, course.fiber) for spans in sections)
        ]
        if not lit:
            continue
        huts, names = frozenset(s.hut.id for s in used), frozenset(map(str, lit))
        # Dominance: fewer huts with the same options is never worse. Dropping the other huts of
        # the route lowers its cost, its RTT and the pairs in huts, and fewer failures touch it.
        # A pinned hut is kept.
        pinned = huts & set(raw.study.file.rules.pin_huts)
        if any(
            pinned <= other <= huts and names <= more and kept.regens == regens
            for other, more, kept in legal
        ):
            continue
        legal.append((huts, names, _variant(raw, course, used, lit)))
    return [variant for _, _, variant in legal]


def _sections(used: tuple[Site, ...], length: float) -> list[list[float]]:
    """Return the spans of each section between terminals and regenerators."""
    sections: list[list[float]] = [[]]
    last = 0.0
    for site in used:
        sections[-1].append(site.at_km - last)
        last = site.at_km
        if site.regenerates:
            sections.append([])
    sections[-1].append(length - last)
    return sections


def _hut_sets(raw: Raw, course: Course) -> Iterator[tuple[Site, ...]]:
    transport = raw.study.file.transport
    rules, length = transport.amplifiers, course.length_km
    candidates = _serving_huts(raw, course)

    def closes(used: tuple[Site, ...], at_km: float) -> bool:
        """Whether the section that is open may end here."""
        if used and not used[-1].regenerates:
            return at_km - used[-1].at_km <= rules.max_spacing_km + TINY
        start = used[-1].at_km if used else 0.0
        return at_km - start <= rules.single_span_max_km + TINY

    def extend(used: tuple[Site, ...]) -> Iterator[tuple[Site, ...]]:
        if closes(used, length):
            yield used
        last = used[-1].at_km if used else 0.0
        in_section = bool(used) and not used[-1].regenerates
        for position, hut in candidates:
            gap = position - last
            if gap <= TINY:
                continue
            least = rules.min_spacing_km if in_section else 0.0
            if least - TINY <= gap <= rules.max_spacing_km + TINY:
                yield from extend((*used, Site(position, hut, regenerates=False)))
            may = hut.can_regenerate and hut.operator == OWN
            may = may and sum(s.regenerates for s in used) < transport.max_regenerators
            if may and closes(used, position):
                yield from extend((*used, Site(position, hut, regenerates=True)))

    yield from extend(())


def _serving_huts(raw: Raw, course: Course) -> list[tuple[float, Hut]]:
    network = raw.network
    node, at = network.campus_node(course.link[0]), 0.0
    found: list[tuple[float, Hut]] = []
    for index, (edge, operator) in enumerate(zip(course.path, course.supply, strict=True)):
        for hut in network.huts.values():
            if hut.corridor == edge.id and hut.operator == operator:
                ahead = hut.position_km if node == edge.node_a else edge.length_km - hut.position_km
                found.append((at + ahead, hut))
        node, at = network.other_end(edge.id, node), at + edge.length_km
        if index + 1 < len(course.path):
            meets = {operator, course.supply[index + 1]}
            found += [
                (at, hut)
                for hut in network.huts.values()
                if hut.node == node and hut.corridor is None and hut.operator in meets
            ]
    return sorted(found, key=lambda item: (item[0], item[1].id))


def _variant(raw: Raw, course: Course, used: tuple[Site, ...], lit: list[Option]) -> Variant:
    assets: list[Asset] = []
    touched: set[str] = set()
    for edge, operator in zip(course.path, course.supply, strict=True):
        touched |= {f"corridor:{edge.id}", *(f"srlg:{g}" for g in edge.srlgs)}
        assets.append(("own" if operator == OWN else "iru", edge.id))
        if operator != OWN and raw.study.file.survivability.provider_failures:
            touched.add(f"provider:{operator}")
    assets += [("hut", s.hut.id) for s in used]
    touched |= {f"hut:{s.hut.id}" for s in used}
    regens = frozenset(s.hut.id for s in used if s.regenerates)
    amps = len(used) - len(regens)
    units = [
        option_unit(raw, option, kind, course.length_km, course.fiber, amps, len(regens))
        for option in lit
        for kind in (amplifiers(raw, option) if amps else [""])
    ]
    name = "+".join(s.hut.id + "!" * s.regenerates for s in used)
    path = tuple(e.id for e in course.path)
    pins = {f"path:{min(path, path[::-1])}", *(f"corridor:{e}" for e in path)}
    pins |= {f"hut:{s.hut.id}" for s in used}
    return Variant(
        name,
        tuple(assets),
        course.fiber,
        regens,
        frozenset(touched),
        tuple(units),
        frozenset(pins),
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
    variant = Variant("", (), "", frozenset(), frozenset(touched), (wave_unit(raw, wave),))
    return Way(f"wave:{wave.id}", wave.length_km, (variant,))
