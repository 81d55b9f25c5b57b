"""From places to a candidate network: corridors, entrances, hut sites, tie lines.

::

    build       what build_network does, step by step
    tabled      corridors from the tables of a study
    bundled     corridors from the ways of a region, bundled or made by the planner
      ways        the working multigraph: contraction, pruning
      tracks      positions along a line, found in the plane and measured on the ground
      transfers   where ways of two kinds meet
      entrances   how a campus joins the corridors
    huts        candidate amplifier sites
    tie_lines   candidate power lines
    checks      what a planner may have got wrong
    storage     writing, reading and hashing a network
    geodesy     lengths and positions on the WGS84 ellipsoid
    plane       where lines of a region are compared, m

A region of the planner's own::

    osm         layers fetched from OpenStreetMap
    intake      the planner's own layers and tables
    region      ways made of those layers, and how studies read them
"""

from __future__ import annotations

from siting.geography.build import build_network
from siting.geography.storage import load_network, network_sha256, save_network

__all__ = ["build_network", "load_network", "network_sha256", "save_network"]
