"""Prices of the rows of one flow above two units, and a network of one in fractions."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.solve.all_routes.ways import HutPrices

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.solve.all_routes.multipliers import LinkPrices

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RowPrices:
    """Prices of the rows, no less than zero."""

    open_usd: Floats
    """That y is at most what is open, shape (2, edges)."""
    lit_usd: Floats
    """That y is at most f, shape (2, edges)."""
    spread_usd: Floats
    """That f is at most F - 1 times what is open, shape (2, edges)."""
    apart_usd: Floats
    """That f is at most F - 1, shape (edges)."""
    huts: HutPrices
    """That f is at most F - 1 times what is open of a hut."""

    def follow(self, before: LinkPrices, after: LinkPrices) -> RowPrices:
        """Return the prices changed in proportion to what a link pays for what they stand for."""
        supply = _grown(before.supply_usd, after.supply_usd)
        mine, old, new = self.huts, before.huts, after.huts
        huts = HutPrices(
            _times(mine.at_node_usd, _grown(old.at_node_usd, new.at_node_usd)),
            _times(mine.inside_usd, _grown(old.inside_usd, new.inside_usd)),
        )
        return dataclasses.replace(
            self, open_usd=self.open_usd * supply, spread_usd=self.spread_usd * supply, huts=huts
        )


def _grown(before: Floats, after: Floats) -> Floats:
    """Return what amounts have grown to, as a part of what they were; 1 where there were none."""
    there = np.isfinite(before) & np.isfinite(after) & (before > 0)
    grown: Floats = np.ones(before.shape)
    grown[there] = after[there] / before[there]
    return grown


def _times(usd: Floats, parts: Floats) -> Floats:
    """Return amounts in parts, the infinite ones as they are."""
    found: Floats = np.where(np.isfinite(usd), usd * parts, usd)
    return found


@dataclass(frozen=True, slots=True)
class Design:
    """A network of a link in fractions, whatever the prices of what is shared."""

    own_usd: float
    """What belongs to the link alone."""
    supplies: Floats
    """Part of IRU and own cable that is open, shape (2, edges)."""
    huts: dict[tuple[bool, int], float]
    """The same of huts at nodes (true), and inside edges."""
