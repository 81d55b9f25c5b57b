"""Capacity design from a demand matrix: modules on links, and the routing of every demand.

| symbol | component | unit | meaning |
|---|---|---|---|
| n_em | modules | - | modules of type m on link e |
| b_em | is_chosen | - | module type m is the one of link e (single-modular) |
| l_e | linear | capacity | capacity bought by the unit (linear) |
| w_e | is_used | - | link e carries traffic (fixed charge) |
| f_ka | flow | traffic | flow of commodity k on arc a |
| F_k | carried | traffic | what the routes of demand k carry together (survivable) |

Demands of one source are one commodity where their routes can be told apart afterwards at no loss:
splittable routing without survivability.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass

import pyomo.environ as pyo

from siting.formulation.menus import Block, Menu, literal_menu
from siting.instance.capacity_design import CapacityDesign, DesignLink

Arc = tuple[int, int]
"""A link by its position, and 0 from source to target or 1 back."""


@dataclass(frozen=True, slots=True)
class Commodity:
    """What is routed as one."""

    source: str
    sinks: dict[str, float]
    """Traffic by the node where it leaves."""
    unit: float
    """Capacity that one unit of traffic takes."""

    @property
    def total(self) -> float:
        """All its traffic."""
        return sum(self.sinks.values())


def commodities(design: CapacityDesign) -> tuple[Commodity, ...]:
    """Return what is routed as one: the demands of a source, or every demand for itself.

    Traffic is counted in capacity where it splits freely, in units of the demand where these stay
    whole, and in whole demands where each keeps to one path.
    """
    asked = [d for d in design.demands if d.value > 0 and d.source != d.target]
    if design.code.routing == "S":
        return tuple(Commodity(d.source, {d.target: 1.0}, d.load) for d in asked)
    whole = design.code.routing == "I"
    if not design.is_aggregated:
        return tuple(
            Commodity(d.source, {d.target: d.value if whole else d.load}, d.unit if whole else 1.0)
            for d in asked
        )
    unit = asked[0].unit if whole and asked else 1.0
    by_source: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    ends = [(d.source, d.target, d.value if whole else d.load) for d in asked]
    for source, target, amount in _few_sources(ends) if design.code.link == "U" else ends:
        by_source[source][target] += amount
    return tuple(Commodity(s, dict(sinks), unit) for s, sinks in by_source.items())


def _few_sources(ends: list[tuple[str, str, float]]) -> list[tuple[str, str, float]]:
    """Turn undirected demands so that few nodes are sources: the node with most is next."""
    at: dict[str, list[int]] = defaultdict(list)
    for i, (a, b, _) in enumerate(ends):
        at[a].append(i)
        at[b].append(i)
    count = {node: len(items) for node, items in at.items()}
    names, is_left = sorted(at), [True] * len(ends)
    turned: list[tuple[str, str, float]] = []
    while len(turned) < len(ends):
        source = max(names, key=lambda n: count[n])
        for i in at[source]:
            if is_left[i]:
                a, b, value = ends[i]
                turned.append((source, b if a == source else a, value))
                is_left[i] = False
                count[a] -= 1
                count[b] -= 1
    return turned


def capacity_design_model(
    design: CapacityDesign, menus: tuple[Menu, ...] | None = None, *, is_routed: bool = True
) -> pyo.ConcreteModel:
    """Return the model of a design.

    Args:
        design: the problem.
        menus: how the capacity of each link is written; as the code says when not given.
        is_routed: with the routing; else modules alone, a relaxation to be cut.
    """
    m = pyo.ConcreteModel(name=design.name)
    m.commodities = commodities(design) if is_routed else ()
    m.menus = menus or tuple(literal_menu(link, design.code.capacity) for link in design.links)
    _declare_capacity(m, design)
    _declare_flow(m, design)
    _menu_rows(m)
    _conservation(m, design)
    if is_routed:
        _link_capacity(m, design)
    if is_routed and (design.code.survivability == "P" or design.survival_fraction > 0):
        _survivability(m, design)
    if design.code.fixed_charge == "Y":
        _fixed_charge(m, design)
    m.total_cost = pyo.Objective(expr=_cost(m, design))
    return m


def _declare_capacity(m: pyo.ConcreteModel, design: CapacityDesign) -> None:
    m.LINKS = pyo.RangeSet(0, len(design.links) - 1)
    blocks = [(e, i) for e, menu in enumerate(m.menus) for i in range(len(menu.blocks))]
    m.BLOCKS = pyo.Set(initialize=blocks, dimen=2)
    m.modules = pyo.Var(m.BLOCKS)
    load = largest_load(design)
    for e, i in m.BLOCKS:
        block: Block = m.menus[e].blocks[i]
        m.modules[e, i].domain = pyo.NonNegativeIntegers if block.is_whole else pyo.NonNegativeReals
        m.modules[e, i].setub(most_of_block(block, load))


def largest_load(design: CapacityDesign) -> float:
    """Return the most that any link can be asked to carry."""
    share = 2.0 if design.code.survivability == "P" else 1.0 + design.survival_fraction
    return sum(math.ceil(d.value * share) * d.unit for d in design.demands)


def most_of_block(block: Block, load: float) -> float:
    """Return the most of a block that can be of use."""
    enough = load / block.capacity
    return min(block.most, math.ceil(enough - 1e-9) if block.is_whole else enough)


def _menu_rows(m: pyo.ConcreteModel) -> None:
    m.menu = pyo.ConstraintList()
    m.CHOICES = pyo.Set(initialize=[(e, i) for e, i in m.BLOCKS if m.menus[e].one_type], dimen=2)
    m.is_chosen = pyo.Var(m.CHOICES, domain=pyo.Binary)
    for e, i in m.CHOICES:
        m.menu.add(m.modules[e, i] <= m.modules[e, i].ub * m.is_chosen[e, i])
    for e in m.LINKS:
        menu: Menu = m.menus[e]
        size = range(len(menu.blocks))
        if menu.one_type and len(size) > 1:
            m.menu.add(sum(m.is_chosen[e, i] for i in size) <= 1)
        for weights, most in menu.rows:
            m.menu.add(sum(w * m.modules[e, i] for i, w in weights) <= most)


def _declare_flow(m: pyo.ConcreteModel, design: CapacityDesign) -> None:
    ways = (0,) if design.code.link == "D" else (0, 1)
    arcs = [(e, way) for e in m.LINKS for way in ways]
    m.COMMODITIES = pyo.RangeSet(0, len(m.commodities) - 1)
    # No flow back into the source: it would only circle.
    heads = {(e, w): head(design.links[e], w) for e, w in arcs}
    m.FLOWS = pyo.Set(
        initialize=[
            (k, *a) for k in m.COMMODITIES for a in arcs if heads[a] != m.commodities[k].source
        ],
        dimen=3,
    )
    domain = pyo.NonNegativeReals if design.code.routing == "C" else pyo.NonNegativeIntegers
    m.flow = pyo.Var(m.FLOWS, domain=domain)
    for k, e, way in m.FLOWS:
        m.flow[k, e, way].setub(most_over_link(design, m.commodities[k]))
    m.survives = design.survival_fraction > 0 and design.code.survivability == "N"
    m.carried = pyo.Var(m.COMMODITIES if m.survives else [], domain=domain)


def most_over_link(design: CapacityDesign, item: Commodity) -> float:
    """Return the most that a commodity puts on one link: never more than it is."""
    if design.code.routing == "C":
        return item.total
    return math.ceil(item.total)


def head(link: DesignLink, way: int) -> str:
    """Return the node where an arc ends."""
    return link.source if way else link.target


def tail(link: DesignLink, way: int) -> str:
    """Return the node where an arc begins."""
    return link.target if way else link.source


def _conservation(m: pyo.ConcreteModel, design: CapacityDesign) -> None:
    """What enters a node leaves it; every demand leaves at its target."""
    into: dict[str, list[tuple[int, int]]] = {node: [] for node in design.nodes}
    out: dict[str, list[tuple[int, int]]] = {node: [] for node in design.nodes}
    for e, link in enumerate(design.links):
        for way in (0,) if design.code.link == "D" else (0, 1):
            into[head(link, way)].append((e, way))
            out[tail(link, way)].append((e, way))
    share = 2 if design.code.survivability == "P" else 1
    m.conservation = pyo.ConstraintList()
    for k in m.COMMODITIES:
        item: Commodity = m.commodities[k]
        for node in design.nodes:
            if node == item.source:
                continue
            inflow = pyo.quicksum(m.flow[k, e, w] for e, w in into[node])
            outflow = pyo.quicksum(m.flow[k, e, w] for e, w in out[node] if (k, e, w) in m.FLOWS)
            wanted = share * item.sinks.get(node, 0.0)
            if m.survives and wanted:
                wanted = m.carried[k]
            if into[node] or out[node]:
                m.conservation.add(inflow - outflow == wanted)


def _link_capacity(m: pyo.ConcreteModel, design: CapacityDesign) -> None:
    """Load of a link at most its capacity: each way by itself, or both together."""
    m.link_capacity = pyo.ConstraintList()
    for e, link in enumerate(design.links):
        blocks = m.menus[e].blocks
        capacity = link.existing_capacity + sum(
            block.capacity * m.modules[e, i] for i, block in enumerate(blocks)
        )
        ways = {"D": ((0,),), "B": ((0,), (1,)), "U": ((0, 1),)}[design.code.link]
        for together in ways:
            m.link_capacity.add(_load(m, e, together) <= capacity)


def _load(m: pyo.ConcreteModel, e: int, ways: tuple[int, ...]) -> pyo.Expression:
    return pyo.quicksum(
        m.commodities[k].unit * m.flow[k, e, w]
        for k in m.COMMODITIES
        for w in ways
        if (k, e, w) in m.FLOWS
    )


def _survivability(m: pyo.ConcreteModel, design: CapacityDesign) -> None:
    """After the loss of any link the other routes of every demand still carry its share.

    With 1+1 protection a demand travels twice, at most once over any link.
    """
    m.survivability = pyo.ConstraintList()
    for k in m.COMMODITIES:
        item: Commodity = m.commodities[k]
        whole = item.total
        share = design.survival_fraction
        if m.survives:
            m.carried[k].setlb(whole)
            m.carried[k].setub(math.ceil((1 + share) * whole))
        for e in m.LINKS:
            over = sum(m.flow[k, e, w] for w in (0, 1) if (k, e, w) in m.FLOWS)
            if m.survives:
                m.survivability.add(m.carried[k] - over >= share * whole)
            else:
                m.survivability.add(over <= whole)


def _fixed_charge(m: pyo.ConcreteModel, design: CapacityDesign) -> None:
    """A link that carries anything is paid for; each commodity by itself, which is stronger."""
    charged = [e for e in m.LINKS if design.links[e].setup_cost > 0]
    m.CHARGED = pyo.Set(initialize=charged)
    m.is_used = pyo.Var(m.CHARGED, domain=pyo.Binary)
    m.fixed_charge = pyo.ConstraintList()
    for k, e, w in m.FLOWS:
        if e in m.CHARGED:
            m.fixed_charge.add(m.flow[k, e, w] <= m.flow[k, e, w].ub * m.is_used[e])


def _cost(m: pyo.ConcreteModel, design: CapacityDesign) -> pyo.Expression:
    bought = sum(m.menus[e].blocks[i].cost * m.modules[e, i] for e, i in m.BLOCKS)
    routed = pyo.quicksum(
        design.links[e].routing_cost * m.commodities[k].unit * m.flow[k, e, w]
        for k, e, w in m.FLOWS
        if design.links[e].routing_cost
    )
    cost = bought + routed + design.constant_cost
    if design.code.fixed_charge == "Y":
        cost += sum(design.links[e].setup_cost * m.is_used[e] for e in m.CHARGED)
    return cost
