"""Land classes: towns as discs around places, and the share of each line inside them.

A town of P people covers P times the built-up land of a person, a disc around its place; its core
covers P times the land of a person in cores. Discs overlap; what lies in any core is urban, what
lies in any other part of a town is suburban, the rest is rural.

Lines are cut into pieces so short that the distance d from a place obeys, at the share t of a piece
of length s, Stewart's theorem: d(t)^2 = (1 - t) d(0)^2 + t d(1)^2 - t (1 - t) s^2. Where d is less
than the radius follows from a quadratic equation.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Geod

from siting._paths import DATA
from siting.catalog import Catalog

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Indices = NDArray[np.intp]

PLACES = DATA / "geography" / "places.parquet"
PIECE_DEG = 0.05
"""Longest piece of a line."""
M2_PER_KM2 = 1e6
DEGREE_KM = 110.0
"""A degree of latitude is at least so long."""
EQUATOR_KM, SQUARED_ECCENTRICITY = 6378.137, 0.00669437999014
"""The WGS84 ellipsoid."""

_WGS84 = Geod(ellps="WGS84")


@dataclass(frozen=True, slots=True, eq=False)
class Towns:
    """Discs around places."""

    places: Floats
    """(lon, lat) degrees, a row a town."""
    core_km: Floats
    """Radius of the core."""
    built_up_km: Floats
    """Radius of the whole town, at least that of the core."""


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Lines cut into short pieces."""

    line: Indices
    """The line of each piece."""
    start: Floats
    end: Floats
    """(lon, lat) degrees, a row a piece."""
    length_km: Floats
    """Geodesic."""


def read_towns(catalog: Catalog) -> Towns:
    """Return the towns of the bundled places, with the land for each person of the catalog."""
    import geopandas as gpd

    frame = gpd.read_parquet(PLACES)
    places = shapely.get_coordinates(np.asarray(frame.geometry))
    people = np.asarray(frame.population, dtype=float)
    core, whole = (catalog.value(f"land.{land}.area") for land in ("urban", "suburban"))
    return Towns(places, radius_km(people, core), radius_km(people, max(core, whole)))


def radius_km(people: Floats, m2: float) -> Floats:
    """Return the radius of a disc with so much land for each of ``people``.

    >>> round(float(radius_km(np.array([1e6]), 1000.0)[0]), 3)  # 1,000 km2
    17.841
    """
    return np.asarray(np.sqrt(people * m2 / M2_PER_KM2 / math.pi), dtype=float)


def land_shares(lines: Sequence[Sequence[tuple[float, float]]], towns: Towns) -> Floats:
    """Return the urban and the suburban share of the geodesic length of each line, a row a line."""
    pieces = pieces_of(lines)
    whole = np.bincount(pieces.line, pieces.length_km, len(lines))
    inside = [
        np.bincount(pieces.line, pieces.length_km * share, len(lines))
        for share in _covered(pieces, towns)
    ]
    safe = np.where(whole > 0, whole, 1.0)
    urban, built_up = (np.clip(km / safe, 0.0, 1.0) for km in inside)
    return np.column_stack((urban, np.maximum(built_up - urban, 0.0)))


def pieces_of(lines: Sequence[Sequence[tuple[float, float]]]) -> Pieces:
    """Cut lines into pieces of at most ``PIECE_DEG``."""
    counts = [len(line) for line in lines]
    flat = np.asarray([point for line in lines for point in line], dtype=float).reshape(-1, 2)
    owner = np.repeat(np.arange(len(lines)), counts)
    joined = np.flatnonzero(owner[1:] == owner[:-1])
    start, step = flat[joined], flat[joined + 1] - flat[joined]
    parts = np.maximum(1, np.ceil(np.hypot(*step.T) / PIECE_DEG)).astype(np.intp)
    piece = np.repeat(np.arange(len(joined)), parts)
    number = np.arange(len(piece)) - np.repeat(np.cumsum(parts) - parts, parts)
    each = (step / parts[:, None])[piece]
    first = start[piece] + number[:, None] * each
    last = first + each
    meters = _WGS84.inv(*first.T, *last.T)[2] if len(first) else np.empty(0)
    return Pieces(owner[joined][piece], first, last, np.asarray(meters) / 1000.0)


def _covered(pieces: Pieces, towns: Towns) -> tuple[Floats, Floats]:
    """Return the share of each piece in cores, and in towns."""
    boxes = shapely.linestrings(np.stack((pieces.start, pieces.end), axis=1))
    lat = towns.places[:, 1]
    high = towns.built_up_km / DEGREE_KM
    wide = high / np.cos(np.radians(np.minimum(np.abs(lat) + high, 89.0)))
    low, up = (towns.places + sign * np.column_stack((wide, high)) for sign in (-1, 1))
    town, piece = shapely.STRtree(boxes).query(shapely.box(*low.T, *up.T))
    center = towns.places[town]
    before = distance_km(center, pieces.start[piece])
    after = distance_km(center, pieces.end[piece])
    length = pieces.length_km[piece]
    found = (
        _union(piece, *_chord(before, after, length, radius[town]), len(boxes))
        for radius in (towns.core_km, towns.built_up_km)
    )
    core, built_up = found
    return core, built_up


def _chord(before: Floats, after: Floats, length: Floats, radius: Floats) -> tuple[Floats, Floats]:
    """Return from which to which share of a piece it lies in a disc; nothing: 1 to 0."""
    a = length**2
    b = after**2 - before**2 - a
    c = before**2 - radius**2
    root = b**2 - 4.0 * a * c
    crosses = (root > 0) & (a > 0)
    half = np.sqrt(np.where(crosses, root, 0.0))
    twice = np.where(crosses, 2.0 * a, 1.0)
    start = np.where(crosses, np.clip((-b - half) / twice, 0.0, 1.0), 1.0)
    return start, np.where(crosses, np.clip((-b + half) / twice, 0.0, 1.0), 0.0)


def _union(piece: Indices, start: Floats, end: Floats, count: int) -> Floats:
    """Return how much of each piece the intervals cover together."""
    some = end > start
    piece, start, end = piece[some], start[some], end[some]
    order = np.lexsort((start, piece))
    piece, start, end = piece[order], start[order], end[order]
    reached = np.maximum.accumulate(end + 2.0 * piece)  # intervals of two pieces never meet
    before = np.concatenate(([-1.0], reached[:-1])) - 2.0 * piece
    length = np.maximum(end - np.maximum(start, before), 0.0)
    return np.asarray(np.bincount(piece, length, count), dtype=float)


def distance_km(center: Floats, point: Floats) -> Floats:
    """Return short geodesic distances, by the curvature of the ellipsoid halfway.

    >>> here, there = np.array([[10.0, 50.0]]), np.array([[10.5, 50.3]])
    >>> round(float(distance_km(here, there)[0]), 3)
    48.894
    """
    dlon, dlat = np.radians(point - center).T
    middle = np.radians((point[:, 1] + center[:, 1]) / 2.0)
    w2 = 1.0 - SQUARED_ECCENTRICITY * np.sin(middle) ** 2
    north = dlat * EQUATOR_KM * (1.0 - SQUARED_ECCENTRICITY) / w2**1.5
    east = dlon * EQUATOR_KM * np.cos(middle) / np.sqrt(w2)
    return np.asarray(np.hypot(north, east), dtype=float)
