"""The naive model: arc flow for every pair of campuses, in one Pyomo model.

Sites, power and operating modes are the engine's own blocks, so both state one problem. For every
pair of campuses that may be linked, every period and both of its routes there is a binary for each
direction of each corridor; routes conserve flow, share no corridor and keep the limit of length
that the RTT allows. A corridor in use is built and holds a cable. Latency pruning is the engine's:
pairs that no mode can link are out, and so is a corridor that no route within the limit can take.

What it can state: full protection, own fiber of one type, light that needs no amplifier, one limit
of length, two routes a link that each carry all its demand. More routes with less on each can be
cheaper, by a few channels where corridors are shared anyway; then the optima differ by that.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import networkx as nx
import pyomo.environ as pyo

from siting.formulation import build_model, build_siting_model
from siting.formulation.cost_lines import period_weights, total
from siting.formulation.requirements import largest_demand_gbps, variable_requirements
from siting.solve.all_routes.admissible import WideAdmissibility

if TYPE_CHECKING:
    from siting.formulation.requirements import Requirement, Requirements
    from siting.instance.records import Corridor, Design, Instance
    from siting.network import CandidateNetwork

STRENGTHENING = (
    *("routes.kept_route", "routes.kept_pairs", "routes.kept_channels"),
    *("fiber.lit_corridor", "fiber.lit_iru", "fiber.lit_cable", "fiber.built_cable"),
    *("connectivity", "amplifiers.rack_if_used"),
)
"""Rows of the engine's model that change no optimum."""

Link = tuple[str, str]
Arc = tuple[str, str, str]
"""Corridor, node where it begins, node where it ends."""


def path_model(instance: Instance) -> pyo.ConcreteModel:
    """Return the model over the candidate routes in one piece, without rows that strengthen it."""
    model = build_model(instance)
    for name in STRENGTHENING:
        component = model.find_component(name)
        if component is not None:
            component.deactivate()
    return model


def naive_model(instance: Instance, network: CandidateNetwork) -> pyo.ConcreteModel:
    """Return the arc-flow model of an instance, objective in M USD."""
    graph = instance.graph
    admissible = None if graph is None else WideAdmissibility(instance, graph)
    m = build_siting_model(instance, admissible)
    m.network = pyo.Block(concrete=True)
    _arc_flow(
        m.network,
        instance,
        _Graph.of(instance, network),
        variable_requirements(instance, m.training),
    )
    m.objective.set_value(total(m.site_cost) + m.network.cost)
    return m


@dataclass(frozen=True, slots=True)
class _Graph:
    """Corridors that some route within the limit of a link can take."""

    arcs: dict[Link, list[Arc]]
    length_km: dict[str, float]
    most_km: float
    design: Design
    most_channels: dict[Link, int]
    campus_node: dict[str, str]

    @classmethod
    def of(cls, instance: Instance, network: CandidateNetwork) -> _Graph:
        """Prune by length; raise :class:`ValueError` where the model cannot state the problem."""
        designs = [d for route in instance.fiber_routes.values() for d in route.designs]
        limits = {m.link_rtt_limit_ms for job in instance.workloads.values() for m in job.modes}
        kinds = {(d.option, d.amplifiers, d.rate_gbps, d.channel_usd_per_year) for d in designs}
        phi = {job.survival_fraction for job in instance.workloads.values()}
        route = max(instance.fiber_routes.values(), key=lambda r: r.length_km)
        if len(kinds) != 1 or len(limits) != 1 or phi != {1.0} or designs[0].amplifiers:
            msg = "arc flow needs one transport option without amplifiers, one RTT limit and phi 1"
            raise ValueError(msg)
        # The RTT of a design is linear in the length of its route.
        shorter = min(instance.fiber_routes.values(), key=lambda r: r.length_km)
        per_km = (route.designs[0].rtt_ms - shorter.designs[0].rtt_ms) / (
            route.length_km - shorter.length_km
        )
        fixed = route.designs[0].rtt_ms - per_km * route.length_km
        most_km = (min(limits) - fixed) / per_km
        links = {route.link for route in instance.fiber_routes.values()}
        rate_gbps = designs[0].rate_gbps
        channels = {
            link: math.ceil(largest_demand_gbps(instance, link) / rate_gbps - 1e-9)
            for link in links
        }
        places = {n.campus: n.id for n in network.nodes.values() if n.campus is not None}
        lengths = {e: c.length_km for e, c in network.corridors.items()}
        known = _corridors(instance)
        arcs = {
            link: [arc for arc in _ellipse(network, link, places, most_km) if arc[0] in known]
            for link in sorted(links)
        }
        return cls(arcs, lengths, most_km, designs[0], channels, places)


def _corridors(instance: Instance) -> dict[str, Corridor]:
    """Return what the instance knows of corridors: those on no simple path are left out."""
    known = dict(instance.corridors)
    if instance.graph is not None:
        known |= {edge.corridor.id: edge.corridor for edge in instance.graph.edges}
    return known


def _ellipse(
    network: CandidateNetwork, link: Link, places: dict[str, str], most_km: float
) -> list[Arc]:
    """Return the arcs on walks between the ends of a link that are short enough."""
    third = {node for campus, node in places.items() if campus not in link}
    graph = nx.Graph()
    for c in network.corridors.values():
        if not {c.node_a, c.node_b} & third:
            km = min(
                c.length_km, graph.get_edge_data(c.node_a, c.node_b, {}).get("km", c.length_km)
            )
            graph.add_edge(c.node_a, c.node_b, km=km)
    near, far = (
        nx.single_source_dijkstra_path_length(graph, places[end], weight="km") for end in link
    )
    return [
        (e, u, v)
        for e, c in sorted(network.corridors.items())
        for u, v in ((c.node_a, c.node_b), (c.node_b, c.node_a))
        if u in near and v in far and near[u] + c.length_km + far[v] <= most_km + 1e-9
        if v != places[link[0]] and u != places[link[1]]
    ]


def _arc_flow(b: pyo.Block, instance: Instance, graph: _Graph, requirements: Requirements) -> None:
    """Corridors built for the routes of the links that sites and modes require."""
    periods = range(len(instance.periods))
    links = sorted({link for link, _ in requirements if link in graph.arcs})
    edges = sorted({e for link in links for e, _, _ in graph.arcs[link]})
    b.LINKS = pyo.Set(initialize=[(*link, t) for link in links for t in periods], dimen=3)
    b.ARCS = pyo.Set(
        initialize=[
            (*link, t, k, *arc)
            for link in links
            for t in periods
            for k in (0, 1)
            for arc in graph.arcs[link]
        ],
        dimen=7,
    )
    b.EDGES = pyo.Set(initialize=[(e, t) for e in edges for t in periods], dimen=2)
    b.is_lit = pyo.Var(b.LINKS, domain=pyo.Binary)
    b.takes = pyo.Var(b.ARCS, domain=pyo.Binary)
    b.channels = pyo.Var(b.LINKS, domain=pyo.NonNegativeIntegers)
    b.carried = pyo.Var(b.ARCS, domain=pyo.NonNegativeReals)
    b.is_built = pyo.Var(b.EDGES, domain=pyo.Binary)
    most = instance.max_cables_per_size
    b.cables = pyo.Var(b.EDGES, domain=pyo.NonNegativeIntegers, bounds=(0, most))
    b.rows = pyo.ConstraintList()
    over: dict[tuple[str, int], list[pyo.Var]] = {key: [] for key in b.EDGES}
    for i, j, t in b.LINKS:
        _link(b, graph, (i, j), t, requirements.get(((i, j), t), ()), over)
    corridors = _corridors(instance)
    (fiber, fibers), *_ = next(iter(corridors.values())).cable_usd_per_year
    for e, t in b.EDGES:
        if t < corridors[e].build_first_period:
            b.is_built[e, t].fix(0)
        b.rows.add(b.cables[e, t] <= most * b.is_built[e, t])
        b.rows.add(sum(over[e, t]) <= fibers // 2 * b.cables[e, t])
    _persistence(b)
    weight = period_weights(instance)
    usd = {
        e: corridors[e].build_usd_per_year + corridors[e].own_maintenance_usd_per_year
        for e in edges
    }
    cable = {e: corridors[e].cable_usd_per_year[fiber, fibers] for e in edges}
    route = 2 * (graph.design.pair_usd_per_year + graph.design.channel_usd_per_year)
    b.cost = pyo.Expression(
        expr=sum(weight(t) * usd[e] * b.is_built[e, t] for e, t in b.EDGES)
        + sum(weight(t) * cable[e] * b.cables[e, t] for e, t in b.EDGES)
        + sum(weight(key[2]) * route * b.channels[key] for key in b.LINKS)
    )


def _link(
    b: pyo.Block,
    graph: _Graph,
    link: Link,
    t: int,
    items: tuple[Requirement, ...],
    over: dict[tuple[str, int], list[pyo.Var]],
) -> None:
    """Both routes of a link in a period; ``over`` takes what runs over each corridor."""
    most, channels = graph.most_channels[link], b.channels[(*link, t)]
    b.rows.add(channels <= most * b.is_lit[(*link, t)])
    for item in items:
        b.rows.add(b.is_lit[(*link, t)] >= item.is_required)
        b.rows.add(graph.design.rate_gbps * channels >= item.gbps)
    if t < graph.design.first_period:
        b.is_lit[(*link, t)].fix(0)
    for k in (0, 1):
        _route(b, graph, link, t, k)
    for e in sorted({e for e, _, _ in graph.arcs[link]}):
        keys = _over(graph, link, t, e)
        b.rows.add(sum(b.takes[key] for key in keys) <= b.is_built[e, t])
        if most > 1:
            # A route carries all channels on each of its corridors, a pair for each.
            for key in keys:
                b.rows.add(b.carried[key] >= channels - most * (1 - b.takes[key]))
        over[e, t] += [(b.takes if most == 1 else b.carried)[key] for key in keys]


def _persistence(b: pyo.Block) -> None:
    """What is in service stays, and a route stays where it is."""
    for var in (b.is_lit, b.is_built, b.cables, b.channels):
        for *key, t in var:
            if t > 0:
                b.rows.add(var[(*key, t)] >= var[(*key, t - 1)])
    for i, j, t, *rest in b.ARCS:
        if t > 0:
            b.rows.add(b.takes[(i, j, t, *rest)] >= b.takes[(i, j, t - 1, *rest)])


def _over(graph: _Graph, link: Link, t: int, e: str) -> list[tuple[object, ...]]:
    """Return the keys of both routes of a link over a corridor, in both directions."""
    return [(*link, t, k, *arc) for k in (0, 1) for arc in graph.arcs[link] if arc[0] == e]


def _route(b: pyo.Block, graph: _Graph, link: Link, t: int, k: int) -> None:
    """One route of a link: a flow of one, when the link is lit, no longer than the limit."""
    balance: dict[str, list[tuple[int, pyo.Var]]] = {}
    for e, u, v in graph.arcs[link]:
        var = b.takes[(*link, t, k, e, u, v)]
        balance.setdefault(u, []).append((1, var))
        balance.setdefault(v, []).append((-1, var))
    source, target = (graph.campus_node[end] for end in link)
    lit = b.is_lit[(*link, t)]
    for node, terms in sorted(balance.items()):
        wanted = {source: lit, target: -lit}.get(node, 0)
        b.rows.add(sum(sign * var for sign, var in terms) == wanted)
    length = sum(
        graph.length_km[e] * b.takes[(*link, t, k, e, u, v)] for e, u, v in graph.arcs[link]
    )
    b.rows.add(length <= graph.most_km * lit)
