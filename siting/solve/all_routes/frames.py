"""A link in its surroundings: what its problem is made of, whatever its demand."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.instance import Instance
from siting.instance.records_graph import RouteGraph
from siting.solve.all_routes.disjoint import SplitGraph
from siting.solve.all_routes.hut_routes import WaySearch
from siting.solve.all_routes.links import LinkProblem
from siting.solve.all_routes.needs import Carried, Menu, Need, line_under_all
from siting.solve.all_routes.neighborhoods import Fields, Place
from siting.solve.all_routes.ways import HutPrices

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MOST_PROTECTED = 2
"""Corridors at the ends of a protected link that make it two sides."""


@dataclass(frozen=True)
class Frame:
    """The corridors and huts around a link, and what a pair costs on them."""

    place: Place
    graph: SplitGraph
    search: WaySearch
    lengths_km: Floats
    pair_usd: Floats
    """One pair on each edge, shape (2, edges): IRU and own cable."""
    missing: HutPrices
    least_usd: float
    """Of a pair on the cheapest way."""
    most_usd_per_km: float
    """Of a pair on the dearest edge, by its cheaper supply."""
    spacing_km: float

    @classmethod
    def of(
        cls, instance: Instance, graph: RouteGraph, fields: Fields, place: Place, per_pair: Floats
    ) -> Frame:
        """Return the frame of a link.

        Args:
            instance: its rule on spacing counts.
            graph: every corridor.
            fields: the same as arrays.
            place: the corridors around the link.
            per_pair: cost of a pair on each edge of the graph, shape (2, edges).
        """
        lengths = fields.lengths_km[place.edges]
        pair_usd = per_pair[:, place.edges]
        cheapest = pair_usd.min(axis=0)
        spacing_km = instance.max_spacing_km
        if graph.regenerates:  # a section without amplifiers may be longer
            spacing_km = max(spacing_km, graph.single_span_max_km)
        split = SplitGraph(place.ends, 0, 1)
        return cls(
            place,
            split,
            WaySearch(
                place.ends,
                lengths,
                place.to_ends_km[1],
                spacing_km,
                fields.pieces.on(place.edges),
            ),
            lengths,
            pair_usd,
            HutPrices(
                np.where(np.isfinite(fields.at_node_usd[place.nodes]), 0.0, math.inf),
                np.where(np.isfinite(fields.inside_usd[place.edges]), 0.0, math.inf),
            ),
            split.shortest(cheapest),
            float((cheapest / np.maximum(lengths, 1e-9)).max()),
            spacing_km,
        )

    @functools.cached_property
    def supplied_usd(self) -> tuple[float, ...]:
        """What a pair costs on the mean of the two disjoint ways that cost least.

        On IRU where it is on offer, and on the cheaper supply.
        """
        iru, own = self.pair_usd
        on_iru = np.where(np.isfinite(iru), iru, own)
        pairs = [self.graph.pair(usd) for usd in (on_iru, np.minimum(iru, own))]
        return tuple(two.weight / 2 for two in pairs if two is not None)

    @property
    def usual_usd(self) -> float:
        """Return what the fiber of a pair costs on a usual way."""
        return min(self.supplied_usd, default=self.least_usd)

    @property
    def on_iru_usd(self) -> float:
        """Return the same on IRU where that is on offer."""
        if self.supplied_usd:
            return self.supplied_usd[0]
        iru, own = self.pair_usd
        return self.graph.shortest(np.where(np.isfinite(iru), iru, own))

    def problem(self, menu: Menu, need: Need) -> LinkProblem:
        """Return the problem of the link with a menu."""
        place, corridors = self.place, self.place.corridors
        # Where every kind carries all with one pair, the flow comes in whole units.
        two = menu.least_excess == 1 or corridors == MOST_PROTECTED
        above = None if menu.above is None else self.problem(menu.above, need)
        most = self.most_usd_per_km * need.longest_km
        return LinkProblem(
            graph=self.graph,
            search=self.search,
            edges=place.edges,
            nodes=place.nodes,
            ends=place.ends,
            lengths_km=self.lengths_km,
            through_km=place.through_km,
            pair_usd=self.pair_usd,
            missing=self.missing,
            lines=menu.lines,
            under_all=line_under_all(menu.plain, self.least_usd, most),
            channels_usd=menu.channels_usd,
            least_flow=1.0 if need.kept_gbps <= 0 else 2.0 if two else corridors / (corridors - 1),
            least_excess=menu.least_excess,
            spacing_km=self.spacing_km,
            above=above,
            scarcity=1.0 / max(menu.most_times, 1.0),
        )


def carried_by(need: Need, corridors: int) -> Carried:
    """Return what the channels carry: all, and, whatever corridor of an end fails, what is kept.

    With two corridors at an end no channel is on both: each side carries what is kept. A route that
    carries all needs no more channels.
    """
    if need.kept_gbps <= 0:
        return Carried(need.gbps, 1.0, need.gbps)
    if corridors == MOST_PROTECTED and 2 * need.kept_gbps >= need.gbps:
        return Carried(need.kept_gbps, 2.0, need.gbps)
    kept_gbps = need.kept_gbps * corridors / (corridors - 1)
    return Carried(max(kept_gbps, need.gbps), 1.0, need.gbps)
