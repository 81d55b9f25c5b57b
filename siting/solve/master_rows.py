"""Rows of a master that several of its cuts are made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pyomo.environ as pyo
from pyomo.repn import generate_standard_repn

from siting.formulation.requirements import Requirement, variable_requirements
from siting.formulation.sides import survives_alone
from siting.instance import Instance
from siting.solve.demand_steps import DemandSteps
from siting.solve.link_bounds import CapacityShare
from siting.solve.set_cuts import Link

MILLION = 1e6
LEAST_MUSD = 2e-7
"""What a Gb/s costs in all must be as much, M USD, to count.

HiGHS takes costs below its dual feasibility tolerance, 1e-7, for nothing in presolve. A demand is
bounded from below alone: it may then be fixed at its largest value, 1e9 Gb/s, and that is paid.
"""


def linear(expression: pyo.Expression) -> Iterable[tuple[pyo.Var, float]]:
    """Return the variables of a linear expression with their coefficients."""
    parts = generate_standard_repn(expression)
    return zip(parts.linear_vars, parts.linear_coefs, strict=True)


def slope_musd(price: CapacityShare, weight: float) -> float:
    """Return what a Gb/s of a link adds, M USD a year; nothing where a solver may not see it.

    Less than what it adds is a bound as well.

    Args:
        price: of the link.
        weight: present value of 1 USD a year in the period.
    """
    slope = price.usd_per_gbps / MILLION
    return slope if slope * weight >= LEAST_MUSD else 0.0


def required_terms(
    asked: Iterable[tuple[tuple[Link, int], tuple[Requirement, ...]]],
) -> list[tuple[pyo.Var, float]]:
    """Return the terms of what is 1 or more when some of these links is required."""
    return [term for _, items in asked for item in items for term in linear(item.is_required)]


def protected_links(model: pyo.ConcreteModel, instance: Instance, *, asked: bool) -> None:
    """Add variables that are 1 when a link must survive failures on its own routes."""
    items = [
        (link, t, item)
        for (link, t), items in variable_requirements(instance, model.training).items()
        for item in items
        if asked and survives_alone(instance, item)
    ]
    model.SAFE = pyo.Set(initialize=sorted({(*link, t) for link, t, _ in items}), dimen=3)
    model.safe = pyo.Var(model.SAFE, bounds=(0, 1))
    model.proxy_safe = pyo.ConstraintList()
    for link, t, item in items:
        model.proxy_safe.add(model.safe[(*link, t)] >= item.is_required)


def share_rows(
    model: pyo.ConcreteModel,
    shares_usd: Mapping[Link, float],
    protected_usd: Mapping[Link, float],
) -> None:
    """Add C1 rows of what links are sure to cause, and what they add where they must survive."""
    terms: dict[int, list[pyo.Expression]] = {}
    for i, j, t in model.RHO:
        usd = shares_usd.get((i, j), 0.0)
        terms.setdefault(t, []).append(usd / MILLION * model.rho[i, j, t])
    for i, j, t in model.SAFE:
        usd = protected_usd.get((i, j), 0.0)
        terms.setdefault(t, []).append(usd / MILLION * model.safe[i, j, t])
    model.shares = pyo.ConstraintList()
    for t, parts in sorted(terms.items()):
        model.shares.add(model.theta[t] >= sum(parts))


def links_once(model: pyo.ConcreteModel) -> Iterator[list[tuple[pyo.Var, float]]]:
    """Yield the terms of rows, not negative: a link is required as much as under all modes.

    No workload has two modes in a period, so in whole numbers that is what one mode asks for.
    """
    under: dict[tuple[str, int, str, str], list[pyo.Var]] = {}
    for w, t, i, j, m in model.training.REQUIRED:
        under.setdefault((w, t, i, j), []).append(model.training.is_required[w, t, i, j, m])
    for (_, t, i, j), variables in under.items():
        if len(variables) > 1:
            yield [(model.rho[i, j, t], 1.0), *((var, -1.0) for var in variables)]


def capacity_rows(
    model: pyo.ConcreteModel,
    instance: Instance,
    shares: Mapping[Link, CapacityShare],
    steps: DemandSteps,
) -> None:
    """Add C3 rows: what links cause apart from their capacity, and what their demand adds."""
    terms: dict[int, list[pyo.Expression]] = {}
    for i, j, t in model.RHO:
        if (i, j) in shares:
            fixed = shares[i, j].fixed_usd / MILLION
            terms.setdefault(t, []).append(fixed * model.rho[i, j, t])
            more = steps.terms((i, j), t, shares[i, j])
            terms[t] += [usd * var for var, usd in more]
    for (link, t), items in variable_requirements(instance, model.training).items():
        if link not in shares:
            continue
        price = slope_musd(shares[link], instance.periods[t].weight)
        if price > 0:
            terms.setdefault(t, []).extend(price * item.gbps for item in items)
    for within in tighter_terms(model, instance, shares):
        for t, parts in sorted(terms.items()):
            more = [usd * var for var, usd in within.get(t, ())]
            model.capacity.add(model.theta[t] >= sum([*parts, *more]))


def tighter_terms(
    model: pyo.ConcreteModel, instance: Instance, shares: Mapping[Link, CapacityShare]
) -> list[dict[int, list[tuple[pyo.Var, float]]]]:
    """Return what links cause beyond their fixed part by the modes that require them, M USD.

    By period, for each workload apart, whose modes exclude each other: any one of them holds beside
    what links cause under every mode. One of nothing where no mode of any makes a difference.
    """
    found: dict[str, dict[int, list[tuple[pyo.Var, float]]]] = {}
    for w, t, i, j, m in model.training.REQUIRED:
        if (i, j) not in shares:
            continue
        usd = shares[i, j].more_usd(instance.workloads[w].modes[m].link_rtt_limit_ms)
        if usd > 0:
            var = model.training.is_required[w, t, i, j, m]
            found.setdefault(w, {}).setdefault(t, []).append((var, usd / MILLION))
    return list(found.values()) or [{}]
