"""Where something lies, in words that a person recognizes: near which town."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from pyproj import Geod

from siting._paths import DATA

if TYPE_CHECKING:
    from numpy.typing import NDArray

PATH = DATA / "geography" / "places.parquet"
ATTRIBUTION = "GeoNames (CC BY 4.0)"
NEAR_KM = 15.0
"""Up to here a place is near a town, beyond it lies so far from it."""
SMALLEST = 500.0
"""A town counts by the logarithm of its people over this: large ones are known farther away."""
TOWN_KM = 3.0
"""A town is no point: its quarters, which the table has too, are not preferred to it."""
_WINDOW_DEG = 1.5
_WINDS = ("north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest")
_WGS84 = Geod(ellps="WGS84")


class Towns:
    """The bundled towns, searched by place."""

    @cached_property
    def _table(self) -> tuple[list[str], NDArray[np.float64], NDArray[np.float64]]:
        """Return names, weights and places."""
        import pyarrow.parquet as pq
        import shapely

        table = pq.read_table(PATH)
        areas = [
            state or country
            for state, country in zip(
                table["state"].to_pylist(), table["country"].to_pylist(), strict=True
            )
        ]
        names = [
            f"{name}, {area}" for name, area in zip(table["name"].to_pylist(), areas, strict=True)
        ]
        people = table["population"].to_numpy().astype(float)
        places = shapely.get_coordinates(
            shapely.from_wkb(table["geometry"].to_numpy(zero_copy_only=False))
        )
        return names, np.log10(np.maximum(people, 2 * SMALLEST) / SMALLEST), places

    def center_within(self, lon: float, lat: float, reach_km: float) -> str | None:
        """Return the town whose center lies within reach of a place, None when none does."""
        names, _, places = self._table
        east_km = (places[:, 0] - lon) * math.cos(math.radians(lat)) * 111.2
        away = np.hypot(east_km, (places[:, 1] - lat) * 111.2)
        best = int(away.argmin())
        return names[best] if away[best] <= reach_km else None

    def about(self, lon: float, lat: float) -> tuple[str, str]:
        """Return the town by which a place is known, and where it lies from there.

        Args:
            lon: longitude, degrees.
            lat: latitude, degrees.

        Returns:
            ``("Waco, TX", "near Waco, TX")``, ``("Pecos, TX", "31 km north of Pecos, TX")``, or the
            coordinates twice where no town is within some 150 km.
        """
        names, weights, places = self._table
        east = (places[:, 0] - lon + 180.0) % 360.0 - 180.0
        east_km = east * math.cos(math.radians(lat)) * 111.2
        north_km = (places[:, 1] - lat) * 111.2
        away = np.hypot(east_km, north_km)
        score = (away + TOWN_KM) / weights
        score[away > _WINDOW_DEG * 111.2] = np.inf
        best = int(score.argmin())
        if not np.isfinite(score[best]):
            words = f"{abs(lat):.2f} {'N' if lat >= 0 else 'S'} {abs(lon):.2f} "
            words += "E" if lon >= 0 else "W"
            return words, f"at {words}"
        azimuth, _, meters = _WGS84.inv(float(places[best, 0]), float(places[best, 1]), lon, lat)
        if meters <= 1000.0 * NEAR_KM:
            return names[best], f"near {names[best]}"
        wind = _WINDS[round(azimuth / 45.0) % 8]
        return names[best], f"{meters / 1000.0:.0f} km {wind} of {names[best]}"
