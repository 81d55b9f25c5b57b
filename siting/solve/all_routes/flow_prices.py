"""Prices of links over every route that bound best what is required, in whole or in part.

The continuous relaxation of the flows of a configuration's links
(:mod:`~siting.solve.all_routes.flow_model`), each scaled by how much of the link is required. Its
least cost is convex and scales with the links, so its duals give a price of each link: together no
more than the cost of any set of them, and all of the relaxation where they were made (Benders,
Numerische Mathematik 4, 1962). Links that are not required there get what is left of the shares, as
if a little of them were (Magnanti and Wong, Operations Research 29, 1981).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import highspy
import numpy as np

from siting.solve.all_routes.flow_model import MILLION, FlowModel
from siting.solve.all_routes.links import LinkProblem
from siting.solve.all_routes.multipliers import Items
from siting.solve.all_routes.priced_links import PricedLink
from siting.solve.highs_model import pass_rows, silent_highs
from siting.solve.link_bounds import CapacityShare
from siting.solve.turns import elsewhere

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Link = tuple[str, str]
LITTLE = 1e-3
"""How much is required at least of every link, for its price."""
ROUNDING = 1e-6
"""Share taken off prices for what the solver takes for satisfied."""


class FlowPrices:
    """Makes prices of the links of one configuration, from the last basis."""

    def __init__(self, links: Sequence[PricedLink], items: Items, costs_usd: Floats) -> None:
        """Build the relaxation.

        Args:
            links: those that may be required, at the least that is asked of them; those without
                two ways get no price.
            items: numbers of what links share.
            costs_usd: yearly cost of each shared item.
        """
        self._links = [
            known for known in links if all(_is_joined(x) for x in known.steps[0].problems)
        ]
        self._model = FlowModel(items, costs_usd)
        self._flows = [
            [self._model.add(problem) for problem in known.steps[0].problems]
            for known in self._links
        ]
        """Of each link, one for each of its sides."""
        self._lower, self._upper = self._model.bounds()
        self._highs = silent_highs()
        if self._links:
            pass_rows(self._highs, self._model.problem(highspy.kHighsInf, whole=False))

    @property
    def links(self) -> int:
        """Return how many links have prices."""
        return len(self._links)

    def at(self, required: Mapping[Link, float]) -> dict[Link, CapacityShare]:
        """Return the prices that bound best what is required; none where none were found.

        Args:
            required: how much of each link is required, 0 to 1.
        """
        if not self._links:
            return {}
        amounts = [max(required.get(known.link, 0.0), LITTLE) for known in self._links]
        lower, upper = self._lower.copy(), self._upper.copy()
        for amount, flows in zip(amounts, self._flows, strict=True):
            for flow in flows:
                lower[slice(*flow.rows)] *= amount
                upper[slice(*flow.rows)] *= amount
        rows = np.arange(len(lower), dtype=np.int32)
        self._highs.changeRowsBounds(len(rows), rows, lower, upper)  # type: ignore[attr-defined]
        with elsewhere():
            self._highs.run()
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return {}
        duals = np.array(self._highs.getSolution().row_dual)
        # At full demand the bound of a row is finite above.
        worth = duals * np.where(np.isfinite(self._upper), self._upper, 0.0)
        prices = {}
        for known, flows in zip(self._links, self._flows, strict=True):
            usd = sum(float(worth[slice(*flow.rows)].sum()) for flow in flows) * MILLION
            usd = usd * (1 - ROUNDING) + sum(flow.fixed_usd for flow in flows)
            prices[known.link] = CapacityShare(max(usd, 0.0), known.channel_usd_per_gbps)
        return prices


def _is_joined(link: LinkProblem) -> bool:
    """Return whether a flow of the link exists."""
    usd = np.where(np.isfinite(link.pair_usd).any(axis=0), 1.0, math.inf)
    if link.least_flow <= 1:
        return math.isfinite(link.graph.shortest(usd))
    return link.graph.pair(usd) is not None
