"""Checks a capacity design by arithmetic: what is bought, what flows, and what it costs.

Written from the meaning of the model code, not from the model that was solved: demands are counted
from the file, flows followed node by node, loads added up link by link, and after the loss of each
single link what is left of every demand.
"""

from __future__ import annotations

import math
from collections import defaultdict

from siting.instance.capacity_design import CapacityDesign, DesignLink
from siting.instance.design_solution import DesignSolution

RELATIVE = 1e-6
CENT = 0.01


def check_design(design: CapacityDesign, solution: DesignSolution) -> list[str]:
    """Return what is wrong with a solution; nothing when it is right."""
    scale = max((d.load for d in design.demands), default=1.0)
    tolerance = RELATIVE * max(scale, 1.0)
    problems = [
        *_demands_are_all(design, solution, tolerance),
        *_flows_conserve(design, solution, tolerance),
        *_modules_are_of_the_list(design, solution),
        *_capacities_hold(design, solution, tolerance),
    ]
    if design.code.survivability == "P" or design.survival_fraction > 0:
        problems += _failures_are_survived(design, solution, tolerance)
    cost = design_cost(design, solution)
    if not math.isclose(cost, solution.cost, rel_tol=1e-7, abs_tol=CENT):
        problems.append(f"cost: counted {cost:,.2f}, stated {solution.cost:,.2f}")
    return problems


def design_cost(design: CapacityDesign, solution: DesignSolution) -> float:
    """Return the cost of a solution, counted again from the file."""
    links = {link.id: link for link in design.links}
    cost = sum(link.existing_cost for link in design.links)
    cost += sum(links[b.link].modules[b.module].cost * b.count for b in solution.bought)
    for flow in solution.flows:
        unit = solution.commodities[flow.commodity][2]
        cost += links[flow.link].routing_cost * flow.amount * unit
    if design.code.fixed_charge == "Y":
        cost += sum(links[name].setup_cost for name in {flow.link for flow in solution.flows})
    return cost


def _demands_are_all(
    design: CapacityDesign, solution: DesignSolution, tolerance: float
) -> list[str]:
    """The commodities carry every demand of the file, each way by itself where ways matter."""
    wanted: dict[tuple[str, str], float] = defaultdict(float)
    is_directed = design.code.link != "U"

    def key(a: str, b: str) -> tuple[str, str]:
        return (a, b) if is_directed or a < b else (b, a)

    for demand in design.demands:
        if demand.source != demand.target:
            wanted[key(demand.source, demand.target)] += demand.value * demand.unit
    given: dict[tuple[str, str], float] = defaultdict(float)
    for source, sinks, unit in solution.commodities:
        for sink, amount in sinks:
            given[key(source, sink)] += amount * unit
    return [
        f"demand {a} - {b}: {wanted[a, b]:g} asked for, {given[a, b]:g} routed"
        for a, b in sorted(set(wanted) | set(given))
        if abs(wanted[a, b] - given[a, b]) > tolerance
    ]


def _ends(link: DesignLink, way: int) -> tuple[str, str]:
    return (link.target, link.source) if way else (link.source, link.target)


def _flows_conserve(
    design: CapacityDesign, solution: DesignSolution, tolerance: float
) -> list[str]:
    links = {link.id: link for link in design.links}
    times = 2 if design.code.survivability == "P" else 1
    balance: list[dict[str, float]] = [defaultdict(float) for _ in solution.commodities]
    problems = []
    for flow in solution.flows:
        tail, head = _ends(links[flow.link], flow.way)
        balance[flow.commodity][tail] -= flow.amount
        balance[flow.commodity][head] += flow.amount
        if flow.way and design.code.link == "D":
            problems.append(f"link {flow.link}: flow against its direction")
        if design.code.routing != "C" and abs(flow.amount - round(flow.amount)) > RELATIVE:
            problems.append(f"link {flow.link}: flow {flow.amount:g} must be whole")
    single = design.code.routing == "S"
    for k, (source, sinks, _) in enumerate(solution.commodities):
        asked = dict(sinks)
        for node, amount in balance[k].items():
            if node == source:
                continue
            wanted = times * asked.get(node, 0.0)
            more_allowed = design.survival_fraction > 0 and node in asked
            short, over = wanted - amount, amount - wanted
            if short > tolerance or (over > tolerance and not more_allowed):
                problems.append(
                    f"commodity {k} from {source}: {amount:g} at {node}, not {wanted:g}"
                )
        problems += [
            f"commodity {k} from {source}: nothing reaches {node}"
            for node, amount in sinks
            if amount > 0 and node not in balance[k]
        ]
        if single:
            problems += _one_path(solution, k, sum(asked.values()))
    return problems


def _one_path(solution: DesignSolution, k: int, whole: float) -> list[str]:
    return [
        f"commodity {k}: {flow.amount:g} of {whole:g} on link {flow.link}, not one path"
        for flow in solution.flows
        if flow.commodity == k and abs(flow.amount - whole) > RELATIVE * max(1.0, whole)
    ]


def _modules_are_of_the_list(design: CapacityDesign, solution: DesignSolution) -> list[str]:
    problems = []
    types: dict[str, set[int]] = defaultdict(set)
    letter = design.code.capacity
    for item in solution.bought:
        whole = abs(item.count - round(item.count)) < RELATIVE
        if item.count < 0 or (letter != "L" and not whole):
            problems.append(f"link {item.link}: {item.count:g} modules")
        if letter == "E" and (item.count > 1 or types[item.link]):
            problems.append(f"link {item.link}: more than one module of the list")
        types[item.link].add(item.module)
    if letter == "S":
        problems += [f"link {e}: modules of {len(t)} types" for e, t in types.items() if len(t) > 1]
    return problems


def _capacities_hold(
    design: CapacityDesign, solution: DesignSolution, tolerance: float
) -> list[str]:
    capacity = {link.id: link.existing_capacity for link in design.links}
    links = {link.id: link for link in design.links}
    for item in solution.bought:
        capacity[item.link] += links[item.link].modules[item.module].capacity * item.count
    load: dict[tuple[str, int], float] = defaultdict(float)
    for flow in solution.flows:
        way = 0 if design.code.link == "U" else flow.way
        load[flow.link, way] += flow.amount * solution.commodities[flow.commodity][2]
    return [
        f"link {name}: load {amount:,.6g} above capacity {capacity[name]:,.6g}"
        for (name, _), amount in sorted(load.items())
        if amount > capacity[name] + tolerance
    ]


def _failures_are_survived(
    design: CapacityDesign, solution: DesignSolution, tolerance: float
) -> list[str]:
    """Without any one link, routes that avoid it still carry the share of every demand."""
    times = 2 if design.code.survivability == "P" else 1
    share = 1.0 if design.code.survivability == "P" else design.survival_fraction
    links = {link.id: link for link in design.links}
    arriving: list[float] = [0.0] * len(solution.commodities)
    over: dict[tuple[int, str], float] = defaultdict(float)
    for flow in solution.flows:
        tail, head = _ends(links[flow.link], flow.way)
        sinks = dict(solution.commodities[flow.commodity][1])
        arriving[flow.commodity] += flow.amount * ((head in sinks) - (tail in sinks))
        over[flow.commodity, flow.link] += flow.amount
    problems = []
    for (k, name), amount in over.items():
        asked = sum(value for _, value in solution.commodities[k][1])
        if arriving[k] - amount < share * asked - tolerance:
            problems.append(
                f"commodity {k}: without link {name} {arriving[k] - amount:g} of {asked:g} arrive"
            )
        if arriving[k] < times * asked - tolerance:
            problems.append(f"commodity {k}: {arriving[k]:g} arrive, not {times * asked:g}")
    return problems
