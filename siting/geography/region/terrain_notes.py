"""What the ways of a region cross and on which land they lie, in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from siting.catalog import load_catalog
from siting.geography.region.contraction import Edge
from siting.geography.region.folder import Attributes
from siting.study_terrain import LANDS


def terrain_notes(edges: Sequence[Edge], attributes: Sequence[Attributes]) -> list[str]:
    """Return length by land and crossings of ways, at the rules and figures of the catalog.

    Args:
        edges: the ways of the region.
        attributes: what is known of them, by their tag.
    """
    from siting.geography.terrain.pricing import land_facts
    from siting.geography.ways import Way
    from siting.study_terrain import Terrain

    if not edges:
        return []
    ways = [
        Way(
            a=str(edge.u),
            b=str(edge.v),
            kind=attributes[edge.tag].kind,
            length_km=edge.length_km(),
            line=edge.line,
        )
        for edge in edges
    ]
    lines, kinds = [way.line for way in ways], [way.kind for way in ways]
    facts = land_facts(lines, kinds, ways, load_catalog(), Terrain().crossing_merge_km)
    km = np.asarray([way.length_km for way in ways])
    urban, suburban = (float(part) for part in km @ facts.shares)
    length = dict(zip(LANDS, (float(km.sum()) - urban - suburban, suburban, urban), strict=True))
    river, rail, road = facts.crossings.sum(axis=0)
    by_land = ", ".join(f"{part:,.0f} km {land}" for land, part in length.items())
    crossed = f"{river:,.0f} of rivers, {rail:,.0f} of railways, {road:,.0f} of roads"
    return [
        f"{by_land} (towns drawn as discs around places)",
        f"crossings along the ways: {crossed}",
    ]
