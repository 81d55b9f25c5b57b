"""Kinds of own cable, written ``<fiber type>/<fibers>`` in a plan."""

from __future__ import annotations

from typing import NamedTuple, get_args

from siting.tables import FiberType

FIBER_TYPES: tuple[str, ...] = get_args(FiberType)


class Cable(NamedTuple):
    """A kind of cable."""

    fiber_type: str
    fibers: int


def cable_of(key: str) -> Cable | None:
    """Return what ``key`` names; None when it names no cable.

    >>> cable_of("G652D/144")
    Cable(fiber_type='G652D', fibers=144)
    >>> cable_of("144") is None
    True
    """
    fiber_type, _, fibers = key.partition("/")
    if fiber_type not in FIBER_TYPES or not (fibers.isascii() and fibers.isdigit()):
        return None
    return Cable(fiber_type, int(fibers))
