"""The huts that serve a route: rule ``hut_service``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.instance.paths import Path
from siting.instance.records_network import RouteHut
from siting.network import OWN, CandidateNetwork, Hut

if TYPE_CHECKING:
    from numpy.typing import NDArray

POSITION_DECIMALS = 9
SCALE = 10.0**POSITION_DECIMALS
NEAR_HALF = 1e-2
"""So near to half a step, rounding in two steps may go the other way."""

Stretch = tuple[list[str], "NDArray[np.float64]"]
"""Huts of a corridor in order, and their distances from the end where the route enters."""


@dataclass(frozen=True, slots=True)
class Places:
    """Huts along a route, in order."""

    huts: list[str]
    positions_km: NDArray[np.float64]

    def records(self) -> tuple[RouteHut, ...]:
        """Return the records of the instance."""
        at = self.positions_km.tolist()
        return tuple(RouteHut(hut=h, position_km=km) for h, km in zip(self.huts, at, strict=True))

    def without(self, taken_km: Iterable[float]) -> Places:
        """Return the places at no position that is taken."""
        keep = ~np.isin(self.positions_km, list(taken_km))
        kept = [hut for hut, stays in zip(self.huts, keep.tolist(), strict=True) if stays]
        return Places(kept, self.positions_km[keep])


class HutFinder:
    """Finds the huts along routes; those of a corridor are put in order once."""

    def __init__(self, network: CandidateNetwork) -> None:
        """Index the huts of ``network``."""
        self._network = network
        self._inside: dict[tuple[str, str], list[Hut]] = {}
        self._at_node: dict[str, list[tuple[str, str]]] = {}
        self._stretches: dict[tuple[str, str, str], Stretch] = {}
        self._regenerate = set()
        for hut in network.huts.values():
            if hut.corridor:
                self._inside.setdefault((hut.corridor, hut.operator), []).append(hut)
            else:
                self._at_node.setdefault(str(hut.node), []).append((hut.id, hut.operator))
            if hut.can_regenerate and hut.operator == OWN:
                self._regenerate.add(hut.id)
        for found in self._at_node.values():
            found.sort()

    def along(self, start: str, path: Path, supply: tuple[str, ...]) -> Places:
        """Return the huts that serve a route, in order from its ``start`` node.

        Inside a corridor with the operator of its supply, or at an intermediate node with the
        operator of one of the two corridors that meet there.
        """
        offset_km, node, before = 0.0, start, ""
        huts: list[str] = []
        parts: list[NDArray[np.float64]] = [np.empty(0)]
        for edge, operator in zip(path, supply, strict=True):
            if before:
                here = [
                    h for h, owner in self._at_node.get(node, ()) if owner in (before, operator)
                ]
                huts += here
                parts.append(np.full(len(here), offset_km))
            names, inside_km = self._stretch(edge, operator, node)
            huts += names
            parts.append(inside_km + offset_km)
            offset_km += self._network.corridors[edge].length_km
            node, before = self._network.other_end(edge, node), operator
        return Places(huts, _rounded(np.concatenate(parts)))

    def regenerators(self, places: Places) -> list[RouteHut]:
        """Return the places where every channel may be received and sent again."""
        if not self._regenerate:
            return []
        at = zip(places.huts, places.positions_km.tolist(), strict=True)
        return [RouteHut(hut=h, position_km=km) for h, km in at if h in self._regenerate]

    def _stretch(self, edge: str, operator: str, node: str) -> Stretch:
        key = (edge, operator, node)
        if key not in self._stretches:
            corridor = self._network.corridors[edge]
            forward = corridor.node_a == node
            found = sorted(
                (h.position_km if forward else corridor.length_km - h.position_km, h.id)
                for h in self._inside.get((edge, operator), ())
            )
            self._stretches[key] = [h for _, h in found], np.array([km for km, _ in found])
        return self._stretches[key]


def _rounded(positions_km: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return positions as ``round`` gives them one by one."""
    scaled = positions_km * SCALE
    whole = np.rint(scaled)
    result: NDArray[np.float64] = whole / SCALE
    for i in np.flatnonzero(np.abs(np.abs(scaled - whole) - 0.5) < NEAR_HALF).tolist():
        result[i] = round(float(positions_km[i]), POSITION_DECIMALS)
    return result
