"""Rivers from the bundled map of the world, for what crosses them.

The map is Natural Earth at 1:10 million: rivers that a person knows by name, drawn to a kilometer
or two. Creeks are not on it, nor are many rivers.
"""

from __future__ import annotations

from dataclasses import dataclass

import shapely

from siting._paths import DATA
from siting.geography.geodesy import Line

PATH = DATA / "geography" / "rivers.parquet"
ATTRIBUTION = "Natural Earth (public domain)"
ACCURACY_KM = 3.5
"""How far from the real river a line of the map may lie: of 18 bridges in cities 17 lie within 2 km
of it, the worst (Waco) 3.1 km."""
COMPLETE = (
    *("Arroyo", "Bayou", "Bratul", "Canal", "Creek", "Duna", "Lake", "Oued", "R.", "Rio", "Río"),
    *("Rivière", "ström", "älv"),
)
"""A name with one of these words says already that it is a water."""

Box = tuple[float, float, float, float]
"""West, south, east, north, degrees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class River:
    """A piece of a river, or of its way through a lake."""

    name: str
    """Empty where the map gives none."""
    kind: str
    """``river`` or ``lake``."""
    rank: int
    """Importance on the map: 1 is a river that shows on a globe, 10 the least."""
    line: Line

    @property
    def label(self) -> str:
        """What a person calls it.

        >>> River(name="Brazos", kind="river", rank=6, line=()).label
        'Brazos river'
        >>> River(name="Rio Grande", kind="lake", rank=4, line=()).label
        'Rio Grande'
        """
        if not self.name:
            return f"unnamed {self.kind}"
        if any(word in COMPLETE for word in self.name.split()):
            return self.name
        return f"{self.name} river"


def rivers_in(box: Box) -> list[River]:
    """Return the rivers inside a box, cut at its edge, in the order of the map.

    Args:
        box: west, south, east, north, degrees.
    """
    import geopandas as gpd

    table = gpd.read_parquet(PATH)
    found = []
    for row in table.iloc[table.sindex.query(shapely.box(*box))].sort_index().itertuples():
        for part in shapely.get_parts(shapely.clip_by_rect(row.geometry, *box)):
            line = tuple((float(x), float(y)) for x, y in shapely.get_coordinates(part))
            if len(line) > 1:
                found.append(River(name=row.name, kind=row.kind, rank=int(row.rank), line=line))
    return found
