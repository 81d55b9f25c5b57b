"""First shares by the flows of links over a map, huts counted by length: one linear problem.

Routes are found one after another, and what no route uses yet has any price: shares made of them
are slow to be good on a map of tens of thousands of corridors. Here every link sends its flow over
all corridors around it at once: on each it pays its own pairs and amplifiers, a part of what is
open there, and of the huts of each zone in proportion to the length of its flow. The duals are
shares of every corridor, used or not (dual ascent for network design by flows: Balakrishnan,
Magnanti and Wong, Operations Research 37, 1989, finds such ones approximately), and parts of huts.
An interior point method gives duals in the middle of all that are best.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from siting.solve.all_routes.beyond_two import TWO
from siting.solve.all_routes.hut_zones import HutZones
from siting.solve.all_routes.multipliers import Multipliers
from siting.solve.all_routes.needs import Line
from siting.solve.all_routes.opened import FlowProblem, Opened
from siting.solve.all_routes.routes_apart import apart, huts_guess_usd
from siting.solve.all_routes.ways import LEAST_USD, SOURCE, TARGET

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.solve.all_routes.links import LinkProblem
    from siting.solve.all_routes.network_problem import NetworkProblem

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

MOST_EDGES, TOO_MANY = 35_000, 2.0
"""Corridors of all links together; those on the cheapest ways at the first shares are taken. Where
there are so many times as many, what is left out leads past all that is paid."""
LONG_S = 60.0
"""In so much time, s, all are taken where they are not too many: 62,000 take 50 s, 35,000 take 23.
A link pays next to nothing for a corridor that it has no flow on and others have."""
EACH = 0.8
"""Part of these that links have in even parts."""
FEW = 0.05
"""What nobody needs of an item is split by shares in it, and this part of the first weights."""


@dataclass(frozen=True, slots=True)
class _Flow:
    """What one link may use."""

    number: int
    line: Line
    huts_per_km: float
    edges: Ints
    """By their number in the link."""
    items: Ints
    """What is shared on each: contract or own cable, by its number."""
    own_usd: Floats
    """What each costs the link alone."""
    huts: Floats
    """About how many huts stand on each."""
    dearer: Floats
    """Cost of the cheapest way by each, in parts of the cheapest one of all."""

    def at(self, kept: NDArray[np.bool_]) -> _Flow:
        """Return the same with some of its edges."""
        return _Flow(
            self.number,
            self.line,
            self.huts_per_km,
            self.edges[kept],
            self.items[kept],
            self.own_usd[kept],
            self.huts[kept],
            self.dearer[kept],
        )


def flow_shares(
    problem: NetworkProblem, seconds: float, most_edges: int | None = None
) -> Multipliers | None:
    """Return shares and tolls at which links bound a network well; None when not in time.

    Any shares are a bound: nothing here has to be exact.

    Args:
        problem: the links.
        seconds: wall time, s.
        most_edges: corridors of all links together; what there is time for when None.
    """
    first = problem.first()
    found = [_flow(problem, first, number) for number in range(len(problem.links))]
    flows = [flow for flow in found if flow is not None]
    if not flows:
        return None
    total = sum(len(flow.edges) for flow in flows)
    if most_edges is None and total > TOO_MANY * MOST_EDGES:
        return None
    usual = MOST_EDGES if seconds < LONG_S else int(TOO_MANY * MOST_EDGES)
    model = _Model(problem, _cheapest(flows, min(most_edges or usual, total)))
    duals = model.linear.duals(seconds)
    return None if duals is None else model.multipliers(duals)


def _cheapest(flows: list[_Flow], most: int) -> list[_Flow]:
    """Return flows with so many edges together: a fair part of each, then on the cheapest ways."""
    each = int(EACH * most / len(flows))
    rank = [np.argsort(np.argsort(flow.dearer, kind="stable")) for flow in flows]
    order = np.concatenate(
        [np.where(k < each, 0.0, flow.dearer) for k, flow in zip(rank, flows, strict=True)]
    )
    dearest = float(np.sort(order)[:most][-1])
    return [
        flow.at((k < each) | (flow.dearer <= dearest)) for k, flow in zip(rank, flows, strict=True)
    ]


class _Model:
    """The flows of links, and what they share."""

    def __init__(self, problem: NetworkProblem, flows: list[_Flow]) -> None:
        self._problem, self._flows = problem, flows
        self.linear = model = FlowProblem()
        shared = problem.shared
        self._starts = starts = [int(shared.since[flow.number]) for flow in flows]
        columns = [_add_flow(model, problem.links[flow.number], flow) for flow in flows]
        self._corridors = Opened(model, shared.usd, starts, [flow.items for flow in flows])
        for both, rows in zip(columns, self._corridors.rows, strict=True):
            model.add(rows, both[0], 1.0)
            model.add(rows, both[1], 1.0)
        self._corridors.limit_to_one(model)
        self._zones = zones = _zones(problem)
        self._hut_usd = np.stack([zones.prices(usd, problem.items) for usd in shared.usd])
        """Shape (starts, zones)."""
        used = [zones.entries(problem.links[flow.number].edges[flow.edges]) for flow in flows]
        taken = [np.unique(zone) for _, zone, _ in used]
        self._huts = Opened(model, self._hut_usd, starts, taken)
        for n, (edge, zone, part) in enumerate(used):
            rows = self._huts.rows[n][np.searchsorted(taken[n], zone)]
            for arcs in columns[n]:
                model.add(rows, arcs[edge], part * flows[n].huts[edge])

    def multipliers(self, duals: Floats) -> Multipliers:
        """Return the shares that duals are, and the tolls of two ways of each link at these."""
        problem, shared = self._problem, self._problem.shared
        shares, paid = np.zeros_like(problem.weights), self._paid_for_huts(duals)
        for n, flow in enumerate(self._flows):
            mine = shares[flow.number]
            mine[flow.items] = self._corridors.shares(duals, n)
            self._share_huts(mine, n, paid[n])
        costs = shared.usd[shared.since]
        parts = shares / np.where(costs > 0, costs, 1.0)
        shares = shared.filled(shares, parts + FEW * problem.weights)
        links, edges = len(problem.links), problem.items.edges
        found = Multipliers(shares, np.zeros((links, edges)), np.zeros(edges))
        for n, flow in enumerate(self._flows):
            self._keep_apart(found, flow, paid[n])
        return found

    def _paid_for_huts(self, duals: Floats) -> Floats:
        """Return what each link pays for a hut of each zone, shape (links, zones)."""
        paid = np.zeros((len(self._flows), self._hut_usd.shape[1]))
        for n, zones in enumerate(self._huts.items):
            paid[n, zones] = self._huts.shares(duals, n)
        return paid

    def _share_huts(self, mine: Floats, n: int, paid: Floats) -> None:
        """Let a link pay the same part of every hut in a zone."""
        problem, start = self._problem, self._starts[n]
        link = problem.links[self._flows[n].number]
        price = self._hut_usd[start]
        part = paid / np.where(price > 0, price, 1.0)
        for items, of_zones in (
            (problem.items.inside(link.edges), self._zones.of_edges[link.edges]),
            (problem.items.at(link.nodes), self._zones.of_nodes[link.nodes]),
        ):
            mine[items] = problem.shared.usd[start, items] * (of_zones @ part)

    def _keep_apart(self, found: Multipliers, flow: _Flow, paid: Floats) -> None:
        """Set the tolls of a link: those of two disjoint ways, with huts by their length."""
        link = self._problem.links[flow.number]
        if link.least_flow <= 1:
            return
        cost, _ = link.cost(self._problem.prices(found, flow.number), flow.line)
        each = self._zones.of_edges[link.edges] @ paid + flow.line.hut_usd
        pair = link.graph.pair(cost + flow.huts_per_km * link.lengths_km * each)
        if pair is not None:
            found.tolls_usd[flow.number, link.edges] = pair.toll


def _zones(problem: NetworkProblem) -> HutZones:
    """Return the zones of the corridors around all links."""
    items = problem.items
    ends, lengths_km = np.zeros((items.edges, 2), dtype=np.int64), np.full(items.edges, -1.0)
    for link in problem.links:
        ends[link.edges] = link.nodes[link.ends]
        lengths_km[link.edges] = link.lengths_km
    spacing_km = max(link.spacing_km for link in problem.links)
    return HutZones.of(ends, lengths_km, items.nodes, spacing_km)


def _flow(problem: NetworkProblem, first: Multipliers, number: int) -> _Flow | None:
    """Return what a link may use on the line that is cheapest at first; None where it has none."""
    link, prices = problem.links[number], problem.prices(first, number)
    usual = apart(link, prices)
    if usual is None:
        return None
    line = link.lines[usual[0]]
    usd, _ = link.cost(prices, line)
    per_km = 0.0
    if line.is_amplified:
        usd = usd + huts_guess_usd(link, prices.huts, 1.0, line.hut_usd)
        km = float(link.through_km.min())
        per_km = max(km / link.spacing_km - 0.5, 0.0) / km
    huts = per_km * link.lengths_km
    numbers = problem.items.supplies(link.edges)
    shared_usd = problem.shared.usd[problem.shared.since[number], numbers]
    alone_usd = line.pairs * link.pair_usd
    own = np.argmin(shared_usd + alone_usd, axis=0)
    every = np.arange(len(link.edges))
    own_usd = alone_usd[own, every] + line.hut_usd * huts
    kept = np.isfinite(usd) & np.isfinite(own_usd)
    through = _through(link, np.where(kept, usd + prices.tolls_usd, np.inf))
    kept &= np.isfinite(through)
    dearer = through / max(float(through.min()), LEAST_USD)
    return _Flow(number, line, per_km, every, numbers[own, every], own_usd, huts, dearer).at(kept)


def _through(link: LinkProblem, usd: Floats) -> Floats:
    """Return the cost of the cheapest walk between the ends by each edge."""
    nodes = len(link.nodes)
    low, high = link.ends.min(axis=1), link.ends.max(axis=1)
    keys, group = np.unique(low * nodes + high, return_inverse=True)
    least = np.full(len(keys), np.inf)
    np.minimum.at(least, group, np.maximum(usd, LEAST_USD))
    there = np.isfinite(least)
    keys, least = keys[there], least[there]
    graph = csr_array((least, (keys // nodes, keys % nodes)), shape=(nodes, nodes))
    away, left = dijkstra(graph, directed=False, indices=[SOURCE, TARGET])
    a, b = link.ends.T
    through: Floats = np.minimum(away[a] + left[b], away[b] + left[a]) + usd
    return through


def _add_flow(model: FlowProblem, link: LinkProblem, flow: _Flow) -> tuple[Ints, Ints]:
    """Add the arcs of a link; return their columns, along its edges and against them."""
    units = 1.0 if link.least_flow <= 1 else TWO
    wanted = np.zeros(len(link.nodes))
    wanted[[SOURCE, TARGET]] = units, -units
    rows = model.add_rows(wanted, wanted)
    along, against = model.add_columns(flow.own_usd), model.add_columns(flow.own_usd)
    a, b = link.ends[flow.edges].T
    for begin, end, columns in ((a, b, along), (b, a, against)):
        model.add(rows[begin], columns, 1.0)
        model.add(rows[end], columns, -1.0)
    return along, against
