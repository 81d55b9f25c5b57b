"""Where strands cross rivers of the bundled map."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
import shapely

from siting.geography.hazards.groups import Group, stars_of_points
from siting.geography.hazards.strands import Strands
from siting.geography.rivers import River, rivers_in
from siting.geography.tracks import Track

if TYPE_CHECKING:
    from numpy.typing import NDArray

MARGIN_DEG = 0.1
"""Rivers are read so far around the strands."""


def river_crossings(strands: Strands, reach_m: float) -> list[tuple[str, Group]]:
    """Return the groups of strands that cross one river within reach of each other.

    Pieces of one name are one river; a piece without a name stands for itself.

    Args:
        strands: the corridors.
        reach_m: crossings this close are one risk.

    Returns:
        What the river is called, and the group.
    """
    lons, lats = np.concatenate([np.asarray(item.line) for item in strands.items]).T
    box = (
        float(lons.min()) - MARGIN_DEG,
        float(lats.min()) - MARGIN_DEG,
        float(lons.max()) + MARGIN_DEG,
        float(lats.max()) + MARGIN_DEG,
    )
    pieces: dict[str, list[River]] = defaultdict(list)
    for number, river in enumerate(rivers_in(box)):
        pieces[river.name or f"#{number}"].append(river)
    tree = shapely.STRtree(strands.planar)
    found = []
    for _, rivers in sorted(pieces.items()):
        owners, xy = _points(rivers, strands, tree)
        found += [(rivers[0].label, group) for group in stars_of_points(owners, xy, reach_m)]
    return found


def _points(
    rivers: list[River], strands: Strands, tree: shapely.STRtree
) -> tuple[list[frozenset[int]], NDArray[np.float64]]:
    """Return the strands that cross a river, and where."""
    owners: list[frozenset[int]] = []
    xy = [np.empty((0, 2))]
    for river in rivers:
        water = Track.of(river.line, strands.plane).planar
        for k in sorted(int(k) for k in tree.query(water, predicate="intersects")):
            parts = shapely.get_parts(shapely.intersection(strands.planar[k], water))
            marks = shapely.get_coordinates(shapely.point_on_surface(parts))
            owners += [frozenset((k,))] * len(marks)
            xy.append(marks)
    return owners, np.vstack(xy)
