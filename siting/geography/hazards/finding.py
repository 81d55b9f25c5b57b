"""Finding hazards: what shares a place without sharing an edge of the graph."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np
import shapely

from siting.geography.geodesy import Line, Point, cut, length_km, points_at
from siting.geography.hazards.gates import shared_entrances
from siting.geography.hazards.groups import Group, bundles, stars_of_points
from siting.geography.hazards.naming import Unnamed, across, numbered, together
from siting.geography.hazards.nearness import Stretch, beside, crossings, near_pairs
from siting.geography.hazards.strands import Strand, Strands
from siting.geography.hazards.water import river_crossings
from siting.geography.towns import Towns
from siting.geography.tracks import Track
from siting.network import Hazard
from siting.study_sites import HazardRules

CROSSING_REACH_KM = 0.1
"""Crossings this close are one: bundled maps have positions to about 100 m."""


def find_hazards(
    strands: Sequence[Strand],
    rules: HazardRules,
    parcels_km: Mapping[str, float],
    entrance_separation_km: float,
    taken: Collection[str] = (),
) -> dict[str, Hazard]:
    """Return the hazards of corridors by id, a function of geometry and rules.

    Distances are measured in the equal-area plane of the region, true to 2 %.

    Args:
        strands: the corridors.
        rules: what counts as a hazard.
        parcels_km: radius of the parcel by node of a campus.
        entrance_separation_km: entrances farther apart are diverse.
        taken: ids that are in use already.
    """
    usable = [strand for strand in strands if len(strand.line) > 1]
    if len(usable) < 2:
        return {}
    laid = Strands.of(usable, rules.junction_km, parcels_km)
    finder = _Finder(laid)
    found: list[Unnamed] = []
    if {"parallel", "crossing"} & set(rules.kinds):
        found += finder.near(rules)
    if "river" in rules.kinds:
        for label, group in river_crossings(laid, 1000.0 * rules.river_reach_km):
            found.append(finder.named("river", f"{label} crossing", group))
    if "entrance" in rules.kinds:
        for node, group in shared_entrances(laid, parcels_km, entrance_separation_km):
            found.append(finder.named("entrance", f"shared entrance of {node}", group))
    return {hazard.id: hazard for hazard in numbered(found, taken)}


class _Finder:
    """Turns groups of strands into hazards."""

    def __init__(self, strands: Strands) -> None:
        self._strands = strands
        self._tracks: dict[int, Track] = {}
        self._towns = Towns()

    def near(self, rules: HazardRules) -> Iterator[Unnamed]:
        """Yield what runs beside each other, and what crosses elsewhere."""
        reach_m = 1000.0 * rules.distance_km
        pairs = near_pairs(self._strands, reach_m)
        stretches = beside(self._strands, pairs, reach_m, 1000.0 * rules.min_shared_km)
        if "parallel" in rules.kinds:
            lines, least_m = list(self._strands.planar), 1000.0 * rules.min_shared_km
            for group in bundles(stretches, lines, least_m):
                words = together([self._strands.items[k] for k in sorted(group.members)])
                yield self.named("parallel", words, group)
        if "crossing" in rules.kinds:
            counted = {frozenset((s.on, s.other)) for s in stretches}
            counted = counted if "parallel" in rules.kinds else set()
            marks = [c for c in crossings(pairs) if frozenset((c.one, c.other)) not in counted]
            owners = [frozenset((mark.one, mark.other)) for mark in marks]
            xy = np.asarray([(mark.x, mark.y) for mark in marks]).reshape(-1, 2)
            for group in stars_of_points(owners, xy, 1000.0 * CROSSING_REACH_KM):
                words = across([self._strands.items[k] for k in sorted(group.members)])
                yield self.named("crossing", words, group)

    def named(self, kind: str, words: str, group: Group) -> Unnamed:
        """Return the hazard of a group, with its place in words."""
        lon, lat = self._place(group)
        town, where = self._towns.about(lon, lat)
        line = self._line(group.stretch) if group.stretch.length > 0 else ()
        members = sorted(self._strands.items[k].id for k in group.members)
        hazard = Hazard(
            id="",
            kind=kind,
            name=words if kind == "entrance" else f"{words} {where}",
            lon=lon,
            lat=lat,
            corridors=tuple(members),
            shared_km=length_km(line) if line else 0.0,
            geometry=line,
        )
        return Unnamed(hazard, town)

    def _track(self, k: int) -> Track:
        if k not in self._tracks:
            self._tracks[k] = Track.of(self._strands.items[k].line, self._strands.plane)
        return self._tracks[k]

    def _place(self, group: Group) -> Point:
        """Return the place of a group on the ground: on the strand of its stretch."""
        at = shapely.Point(group.x, group.y)
        members = sorted(group.members)
        k = members[int(np.argmin(shapely.distance(self._strands.planar[members], at)))]
        fraction = self._track(k).fraction(group.x, group.y)
        return points_at(self._strands.items[k].line, [fraction])[0]

    def _line(self, stretch: Stretch) -> Line:
        """Return a stretch on the ground."""
        track, line = self._track(stretch.on), self._strands.items[stretch.on].line
        along = np.interp([stretch.start, stretch.end], track.planar_m, track.ground_km)
        low, high = (float(share) for share in along / track.ground_km[-1])
        inner = [share for share in (low, high) if 0.0 < share < 1.0]
        if not inner:
            return line
        return cut(line, inner)[1 if low > 0.0 else 0]
