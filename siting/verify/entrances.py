"""``plan_shape`` of entrances: which campuses of a saved network have two diverse ones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations, pairwise

from siting.network import CandidateNetwork, Corridor, Node
from siting.study import Study
from siting.tables import CampusRow
from siting.verify import tolerances
from siting.verify.findings import Rule
from siting.verify.geodesic import Point, geodesic_km, point_at

KM2_PER_MW = 0.004
"""Area of a parcel per facility MW of its limit where the study gives none."""


def entrances_shape(study: Study, network: CandidateNetwork, rule: Rule) -> None:
    """Check that two corridors reach every campus that counts as diverse.

    In a tabled network the corridors at a campus are what the planner says they are. In a bundled
    region laterals are made by rule: two of them must meet the parcel, a circle around the site,
    as far apart as the study asks.
    """
    tabled = study.file.geography.source == "tables"
    apart_km = study.file.geography.entrance_separation_km
    for campus in sorted(network.diverse_campuses):
        site = next((node for node in network.nodes.values() if node.campus == campus), None)
        row = study.campuses.get(campus)
        where = f"campus {campus}"
        ends = {site.id} if site else set()
        touching = [
            edge for edge in network.corridors.values() if ends & {edge.node_a, edge.node_b}
        ]
        what = "corridors at a campus with diverse entrances"
        rule.at_least(where, what, len(touching), 2, "corridors")
        if site and row and not tabled:
            widest = _widest_km(row, site, touching)
            what = "distance of its entrances where they meet the parcel"
            slack = tolerances.LENGTH_FRACTION * apart_km
            rule.at_least(where, what, widest, apart_km, "km", slack)


def parcel_radius_km(row: CampusRow) -> float:
    """Return the radius of the parcel of a campus, a circle, km."""
    return math.sqrt((row.area_km2 or KM2_PER_MW * row.limit_mw) / math.pi)


def _widest_km(row: CampusRow, site: Node, touching: Sequence[Corridor]) -> float:
    """Return the largest distance between two entrances, km."""
    radius = parcel_radius_km(row)
    found = []
    for edge in touching:
        outward = edge.geometry if edge.node_a == site.id else tuple(reversed(edge.geometry))
        if len(outward) > 1:
            found.append(on_circle((site.lon, site.lat), outward, radius))
    return max((geodesic_km(pair) for pair in combinations(found, 2)), default=0.0)


def on_circle(center: Point, line: Sequence[Point], radius_km: float) -> Point:
    """Return where a line first is ``radius_km`` away from the center; else its end."""
    for before, after in pairwise(line):
        if geodesic_km((center, after)) < radius_km:
            continue
        low, high = 0.0, 1.0
        for _ in range(50):
            middle = (low + high) / 2.0
            if geodesic_km((center, point_at((before, after), middle))) < radius_km:
                low = middle
            else:
                high = middle
        return point_at((before, after), high)
    return line[-1]
