"""What makes routes of one path differ: supply, fiber type, regenerator sites."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from siting.instance.paths import Path
from siting.instance.records_network import RouteHut
from siting.network import OWN, CandidateNetwork, Corridor

REGENERATOR_SETS = 3
"""Sets of regenerator sites of each size that a route gets on generated paths."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A way to supply a path with fiber: one contract, one fiber type."""

    supply: tuple[str, ...]
    """For each corridor ``own`` or the IRU provider."""
    fiber_type: str

    @property
    def name(self) -> str:
        """Return ``own``, or ``iru`` when some corridor is leased."""
        return OWN if all(s == OWN for s in self.supply) else "iru"


def variants(network: CandidateNetwork, path: Path, fiber_types: tuple[str, ...]) -> list[Variant]:
    """Return the supplies of a path: IRU wherever offered, or own cable everywhere, by fiber type.

    IRU on a route is all of one type. Own cable of a type is new, where it is buildable and the
    study lists the type, or lies there already.
    """
    corridors = [network.corridors[edge] for edge in path]
    leased = {c.iru_fiber_type for c in corridors if _offers_iru(c)}
    found: list[Variant] = []
    if len(leased) == 1:
        supply = tuple(str(c.iru_provider) if _offers_iru(c) else OWN for c in corridors)
        found.append(Variant(supply, *leased))
    found += [
        Variant((OWN,) * len(path), fiber_type)
        for fiber_type in usable_types(corridors, fiber_types)
    ]
    return [
        variant
        for variant in found
        if all(
            s != OWN or _own_possible(c, variant.fiber_type, fiber_types)
            for s, c in zip(variant.supply, corridors, strict=True)
        )
    ]


def usable_types(corridors: Iterable[Corridor], fiber_types: tuple[str, ...]) -> tuple[str, ...]:
    """Return the fiber types of the study, then those that lie in some corridor already."""
    standing = {c.existing_fiber_type for c in corridors if c.existing_fibers}
    return (*fiber_types, *sorted(standing - set(fiber_types)))


def all_types(network: CandidateNetwork, fiber_types: tuple[str, ...]) -> tuple[str, ...]:
    """Return every fiber type that some route may take: own, existing, IRU."""
    corridors = network.corridors.values()
    known = usable_types(corridors, fiber_types)
    leased = {c.iru_fiber_type for c in corridors if _offers_iru(c)}
    return (*known, *sorted(leased - set(known)))


def _offers_iru(corridor: Corridor) -> bool:
    return corridor.iru_provider is not None and corridor.iru_pairs > 0


def _own_possible(corridor: Corridor, fiber_type: str, fiber_types: tuple[str, ...]) -> bool:
    lies = corridor.existing_fibers > 0 and corridor.existing_fiber_type == fiber_type
    return lies or (corridor.buildable and fiber_type in fiber_types)


def regenerator_sets(
    length_km: float, sites: Sequence[RouteHut], most: int, *, every: bool
) -> list[tuple[RouteHut, ...]]:
    """Return the sets of regenerator sites of a route, first the one without any.

    Args:
        length_km: length of the route.
        sites: huts where it may be regenerated, in order along it.
        most: most regenerators on a route.
        every: all sets; else of each number the :data:`REGENERATOR_SETS` with the shortest longest
            section.
    """
    inside = [x for x in sites if 0 < x.position_km < length_km]
    found: list[tuple[RouteHut, ...]] = [()]
    for number in range(1, most + 1):
        sets = [
            chosen
            for chosen in itertools.combinations(inside, number)
            if all(a.position_km < b.position_km for a, b in itertools.pairwise(chosen))
        ]
        if not every:
            sets.sort(key=lambda chosen: (_longest_km(length_km, chosen), [x.hut for x in chosen]))
            sets = sets[:REGENERATOR_SETS]
        found += sets
    return found


def _longest_km(length_km: float, sites: tuple[RouteHut, ...]) -> float:
    """Return the longest section between ends and regenerators."""
    ends = [0.0, *(x.position_km for x in sites), length_km]
    return max(b - a for a, b in itertools.pairwise(ends))
