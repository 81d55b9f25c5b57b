"""Distances between lines on the Mercator map, and the gates of a campus.

The Mercator map is conformal: near a point its distances are those on the ground over the cosine of
the latitude, in every direction. On the sphere, that is: the ellipsoid adds up to 0.7 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

from siting.network import CandidateNetwork
from siting.study import Study
from siting.verify.entrances import on_circle, parcel_radius_km
from siting.verify.geodesic import Point, geodesic_km

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

EARTH_KM = 6371.0
DENSE_DEG = 0.05
"""Lines get a vertex at least so often: straight in degrees is then straight on the map."""


def mercator(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (lon, lat) degrees on the map, km at the equator."""
    import numpy as np

    lon, lat = np.radians(degrees).T
    flat: NDArray[np.float64] = EARTH_KM * np.column_stack((lon, np.arcsinh(np.tan(lat))))
    return flat


def dense(line: Sequence[Point]) -> NDArray[np.float64]:
    """Return the vertices of a line, and more between them."""
    import shapely

    points: NDArray[np.float64] = shapely.get_coordinates(
        shapely.segmentize(shapely.LineString(line), DENSE_DEG)
    )
    return points


def gap_km(one: Sequence[Point], other: Sequence[Point]) -> float:
    """Return the distance between two lines, or a line and a point, on the ground, km."""
    import shapely

    shapes, places = [], []
    for line in (one, other):
        degrees = dense(line) if len(line) > 1 else shapely.get_coordinates(shapely.Point(line[0]))
        flat = mercator(degrees)
        shapes.append((_shape(flat), flat, degrees))
    link = shapely.get_coordinates(shapely.shortest_line(shapes[0][0], shapes[1][0]))
    for at, (shape, flat, degrees) in zip(link, shapes, strict=True):
        places.append(_on_ground(shape, flat, degrees, shapely.Point(at)))
    return geodesic_km(places)


def _shape(points: NDArray[np.float64]) -> Any:  # noqa: ANN401
    import shapely

    return shapely.LineString(points) if len(points) > 1 else shapely.Point(points[0])


def _on_ground(
    shape: Any,  # noqa: ANN401
    flat: NDArray[np.float64],
    degrees: NDArray[np.float64],
    at: Any,  # noqa: ANN401
) -> Point:
    """Return the place in degrees of a point of a line on the map."""
    import numpy as np

    if len(flat) == 1:
        return float(degrees[0, 0]), float(degrees[0, 1])
    along = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(flat, axis=0).T))))
    where = shape.project(at)
    return (
        float(np.interp(where, along, degrees[:, 0])),
        float(np.interp(where, along, degrees[:, 1])),
    )


def gate_pairs(network: CandidateNetwork, study: Study, apart_km: float) -> set[tuple[str, str]]:
    """Return the corridors at a campus that meet its parcel closer than ``apart_km``."""
    found = set()
    for node in network.nodes.values():
        row = study.campuses.get(node.campus or "")
        if row is None:
            continue
        radius = parcel_radius_km(row)
        gates = {}
        for edge in network.corridors.values():
            if node.id in {edge.node_a, edge.node_b} and len(edge.geometry) > 1:
                outward = edge.geometry if edge.node_a == node.id else edge.geometry[::-1]
                gates[edge.id] = on_circle((node.lon, node.lat), outward, radius)
        for one, other in combinations(sorted(gates), 2):
            if geodesic_km((gates[one], gates[other])) < apart_km:
                found.add((one, other))
    return found
