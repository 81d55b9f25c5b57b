"""Rights of way, power and telecom from live OpenStreetMap, fetched politely.

::

    fetch    what fetch_osm does: tiles x layers, resumable
    area     the area asked for: box, polygon file or place
    tiles    cutting the area into queries of bounded size
    layers   what is asked for: tags and columns
    overpass one query through osmnx: retries, back-off, what counts as a failure
    store    the folder that a fetch fills
"""

from __future__ import annotations

from siting.geography.osm.area import area_of_box, area_of_file, area_of_place
from siting.geography.osm.fetch import FetchReport, fetch_osm
from siting.geography.osm.layers import LAYERS
from siting.geography.osm.overpass import Politeness

__all__ = [
    "LAYERS",
    "FetchReport",
    "Politeness",
    "area_of_box",
    "area_of_file",
    "area_of_place",
    "fetch_osm",
]
