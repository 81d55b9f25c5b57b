"""Entrances of a campus that lie side by side: one dig at the gate takes out both."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import shapely

from siting.geography.hazards.groups import Group, stars_of_points
from siting.geography.hazards.strands import CIRCLE_SEGMENTS, Strands


def shared_entrances(
    strands: Strands, parcels_km: Mapping[str, float], apart_km: float
) -> list[tuple[str, Group]]:
    """Return the groups of strands that enter a parcel less than ``apart_km`` from each other.

    Args:
        strands: the corridors.
        parcels_km: radius of the parcel by node of a campus.
        apart_km: entrances farther apart are diverse.

    Returns:
        The node, and the group.
    """
    touching: dict[str, list[tuple[int, int]]] = {node: [] for node in parcels_km}
    for k, item in enumerate(strands.items):
        for end, node in enumerate((item.a, item.b)):
            if node in touching:
                touching[node].append((k, end))
    found = []
    for node, ends in sorted(touching.items()):
        gates = [_gate(strands.planar[k], end, 1000.0 * parcels_km[node]) for k, end in ends]
        xy = np.asarray(gates).reshape(-1, 2)
        owners = [frozenset((k,)) for k, _ in ends]
        reach_m = float(np.nextafter(1000.0 * apart_km, 0.0))
        found += [(node, group) for group in stars_of_points(owners, xy, reach_m)]
    return found


def _gate(line: shapely.LineString, end: int, radius_m: float) -> tuple[float, float]:
    """Return where a line that starts at a site leaves its parcel; else its far end."""
    outward = shapely.reverse(line) if end else line
    circle = shapely.get_point(outward, 0).buffer(radius_m, quad_segs=4 * CIRCLE_SEGMENTS)
    marks = shapely.get_coordinates(outward.intersection(circle.exterior))
    if not len(marks):
        marks = shapely.get_coordinates(shapely.get_point(outward, -1))
    first = int(np.argmin([outward.project(shapely.Point(mark)) for mark in marks]))
    return float(marks[first][0]), float(marks[first][1])
