"""Shared risks found in geometry: what lies together though the graph keeps it apart.

::

    strands    corridors as lines in the plane, and their junctions
    nearness   which run beside each other, which cross
    groups     what one event at one place takes out; bounded, never a chain
    water      which cross one river close together
    gates      which enter a campus by one side
    naming     names that a person recognizes, ids
    finding    all of it for some rules
    layout     the hazards of a study's corridors
"""

from __future__ import annotations

from siting.geography.hazards.finding import find_hazards
from siting.geography.hazards.layout import with_hazards
from siting.geography.hazards.strands import Strand

__all__ = ["Strand", "find_hazards", "with_hazards"]
