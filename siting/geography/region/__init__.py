"""From drawn lines to a region: the ways on which studies plan.

::

    noding       lines cut where they meet, loose ends tied, duplicates dropped
    contraction  chains joined, parallels thinned, nodes merged on a grid
    quality      what a planner should know before trusting the map
    make         make_region: the steps in order
    folder       the files of a region
"""

from __future__ import annotations

from siting.geography.region.folder import RegionFolder, read_region_folder
from siting.geography.region.make import RegionRules, make_region
from siting.geography.region.quality import QualityReport

__all__ = ["QualityReport", "RegionFolder", "RegionRules", "make_region", "read_region_folder"]
