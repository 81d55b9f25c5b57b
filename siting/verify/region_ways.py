"""What the region folder of a study says of its ways, read from its table alone."""

from __future__ import annotations

import math
from dataclasses import dataclass

from siting.network import Corridor
from siting.study import Study
from siting.study_region import region_of
from siting.verify.zone_shape import has_zones

Offer = tuple[str, int, str] | None
"""Provider, pairs and fiber type of an IRU."""


@dataclass(frozen=True, slots=True)
class WayFacts:
    """What ways of a region have in common."""

    kind: str
    is_buildable: bool
    srlgs: tuple[str, ...]
    offer: Offer
    method: str = ""
    """Catalog row ``build.<method>``; empty: none of its own."""
    usd_per_km: float | None = None
    """Build cost of its own."""


def region_ways(study: Study) -> frozenset[WayFacts] | None:
    """Return the facts of the ways of the region folder of ``study``; None without such a folder.

    Where the region has exclusion zones every way may have a part that is not buildable.
    """
    folder = region_of(study)
    if folder is None:
        return None
    import pyarrow.parquet as pq

    columns = ["kind", "buildable", "srlgs", "iru_provider", "iru_pairs"]
    columns += ["method", "build_cost_usd_per_km"]
    found = set()
    zoned = has_zones(study)
    for row in pq.read_table(folder / "ways.parquet", columns=columns).to_pylist():
        offer = (row["iru_provider"], row["iru_pairs"], "G652D") if row["iru_pairs"] else None
        srlgs = tuple(sorted(part.strip() for part in row["srlgs"].split(";") if part.strip()))
        for is_buildable in {row["buildable"], row["buildable"] and not zoned}:
            offered = offer if row["iru_provider"] else None
            terms = (row["method"], _number(row["build_cost_usd_per_km"]))
            found.add(WayFacts(row["kind"], is_buildable, srlgs, offered, *terms))
    return frozenset(found)


def is_of_region(
    corridor: Corridor, offer: Offer, by_rule: Offer, ways: frozenset[WayFacts]
) -> bool:
    """Return whether a corridor is what some way of the region says, or a link made by rule.

    Args:
        corridor: the corridor.
        offer: the IRU that it has.
        by_rule: the IRU that the study offers on its kind.
        ways: what the region says.
    """
    if corridor.kind in {"transfer", "lateral"}:
        return corridor.buildable and not corridor.srlgs and offer == by_rule
    return any((way.offer or by_rule) == offer for way in matching(corridor, ways))


def matching(corridor: Corridor, ways: frozenset[WayFacts]) -> list[WayFacts]:
    """Return what the region says of ways of this kind and these shared risks."""
    srlgs = tuple(sorted(corridor.srlgs))
    return [
        way
        for way in ways
        if way.kind == corridor.kind
        and way.is_buildable == corridor.buildable
        and way.srlgs == srlgs
    ]


def _number(cell: float | None) -> float | None:
    """Return a cell of numbers, None where it holds nothing."""
    return None if cell is None or math.isnan(cell) else cell
