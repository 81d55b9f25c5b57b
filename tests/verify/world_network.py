"""Worlds of fiber, optics, huts and faults beside that of :mod:`tests.verify.world`."""

from __future__ import annotations

from tests.verify.world_sites import Variant

NETWORK_VARIANTS: dict[str, Variant] = {}
