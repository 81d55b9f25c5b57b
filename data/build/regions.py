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

    grid_m: float = 5000.0
    """Cell of the grid on which the planning network is reduced."""
    least_share: float = 0.05
    """Connected components with a smaller share of the nodes are left out."""
    as_drawn: bool = False
    """Lengths are those of the lines, and all nodes of a cell merge; else the source states them,
    and only nodes merge that edges inside the cell join."""

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
    "us_tx": (-106.8, 25.7, -93.4, 36.6),
    "us": (-125.0, 24.4, -66.8, 49.5),
    "europe": (-10.7, 35.9, 20.0, 59.5),
}
"""Box of every region."""
ABROAD = ("Algeria", "Morocco", "Tunisia")
"""Countries in the box of Europe that are none of its."""


def region(name: str, land: shapely.Geometry) -> Region:
    """Return a region on the land given for it.

    Texas was derived first and keeps its rules, and with them the network of its study.
    """
    box = BOXES[name]
    if name == "us_tx":
        return Region(name, box, 5070, land, keep_water=(-97.45, 26.5), as_drawn=True)
    if name == "us":
        return Region(name, box, 5070, land)
    return Region(name, box, 3035, land, grid_m=3000.0, least_share=0.001)
