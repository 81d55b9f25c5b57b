"""Cutting a region to the box of a study."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from siting.errors import GeographyError
from siting.geography.ways import Way

if TYPE_CHECKING:
    from siting.study import Geography


def in_box(ways: Sequence[Way], geography: Geography) -> tuple[list[Way], dict[str, str]]:
    """Return the ways that lie in the box of the study, and what that adds to the definition.

    A way that leaves the box is left out as a whole: no new ends are made.

    Raises:
        GeographyError: no way is left.
    """
    if geography.box is None:
        return list(ways), {}
    west, south, east, north = geography.box
    inside = [
        way
        for way in ways
        if all(west <= lon <= east and south <= lat <= north for lon, lat in way.line)
    ]
    sides = ", ".join(f"{side:g}" for side in geography.box)
    if not inside:
        msg = f"geography.box: no way of {geography.source!r} lies in {sides}"
        raise GeographyError(msg)
    return inside, {"box": sides, "ways_outside_box": str(len(ways) - len(inside))}
