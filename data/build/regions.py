"""The regions for which rights of way are bundled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

BORDER_MARGIN_DEG = 0.01
"""Bridges and causeways leave the outline of the land by so much."""


@dataclass(frozen=True)
class Region:
    """A box and the land in it whose rights of way are kept."""

    name: str
    box: tuple[float, float, float, float]
    """West, south, east, north, degrees."""
    epsg: int
    """Equal-area projection in which distances are measured."""
    land: shapely.Geometry
    """Outline of the countries, lon/lat; nodes off it count as water or abroad."""
    keep_water: tuple[float, float] | None = None
    """Nodes off the land are abroad only west or south of it, else over a bay; None: all abroad."""

    def contains(self, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        """Return which nodes are kept."""
        west, south, east, north = self.box
        inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
        candidates = np.flatnonzero(inside)
        land = self.land.intersection(shapely.box(*self.box).buffer(1)).buffer(BORDER_MARGIN_DEG)
        shapely.prepare(land)
        foreign = ~shapely.contains_xy(land, lon[candidates], lat[candidates])
        if self.keep_water is not None:
            foreign &= (lon[candidates] < self.keep_water[0]) | (
                lat[candidates] < self.keep_water[1]
            )
        inside[candidates[foreign]] = False
        return inside


BOXES = {
    "us_tx": ((-106.8, 25.7, -93.4, 36.6), 5070, (-97.45, 26.5)),
    "us": ((-125.0, 24.4, -66.8, 49.5), 5070, None),
    "europe": ((-10.7, 35.9, 20.0, 59.5), 3035, None),
}
"""Box, equal-area projection and ``keep_water`` of every region."""


def region(name: str, land: shapely.Geometry) -> Region:
    """Return a region on the land given for it."""
    box, epsg, keep_water = BOXES[name]
    return Region(name, box, epsg, land, keep_water)
