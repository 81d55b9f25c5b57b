"""Demands of links above which they cost more at once: what a master knows of them.

A binary ``above`` is 1 where a link is asked for more than a demand g. With d_m the demand under
mode m of a workload, D_m > g the most that it can be in the period and lambda_m whether the link
is required under it, ``sum of (d_m - g lambda_m) / (D_m - g) <= above`` over its modes, of which it
has one in a period. Of several workloads together ``d - g rho <= (D - g) above``, too. Where the
link is not required both sides are 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pyomo.environ as pyo

from siting.formulation.placement import peer_limit_mw
from siting.formulation.replicas import checkpoint_required
from siting.instance import Instance
from siting.solve.link_bounds import CapacityShare
from siting.solve.set_cuts import Link

MILLION = 1e6
NEARLY = 1e-6
"""Share of a demand by which another is no larger."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a workload asks of a link in a period under one mode, or for a replica."""

    workload: str
    gbps: pyo.Expression
    is_required: pyo.Expression
    most_gbps: float
    """The most that it can be."""


class DemandSteps:
    """The binaries of one master."""

    def __init__(
        self,
        model: pyo.ConcreteModel,
        instance: Instance,
        prices: Iterable[Mapping[Link, CapacityShare]],
    ) -> None:
        """Add them for every demand at which one of some prices rises, where more may be asked.

        Args:
            model: the master, with what is required of links.
            instance: the instance of the configuration.
            prices: known prices of links.
        """
        known: dict[Link, set[float]] = {}
        for row in prices:
            for link, price in row.items():
                known.setdefault(link, set()).update(price.steps_usd)
        self._numbers = {
            link: {gbps: number for number, gbps in enumerate(sorted(some))}
            for link, some in known.items()
        }
        self._model = model
        asked = _asked(model, instance)
        steps = [
            (link, t, number, gbps)
            for link, t in asked
            for gbps, number in self._numbers.get(link, {}).items()
            if _most_gbps(asked[link, t]) > gbps * (1 + NEARLY)
        ]
        keys = [(*link, t, number) for link, t, number, _ in steps]
        model.DEMAND_STEPS = pyo.Set(initialize=keys, dimen=4)
        model.above = pyo.Var(model.DEMAND_STEPS, domain=pyo.Binary)
        model.demand_steps = pyo.ConstraintList()
        for link, t, number, gbps in steps:
            above = model.above[(*link, t, number)]
            for part in _parts(asked[link, t], gbps, model.rho[(*link, t)]):
                model.demand_steps.add(above >= part)

    def terms(self, link: Link, period: int, price: CapacityShare) -> list[tuple[pyo.Var, float]]:
        """Return what a link causes at the steps of its price, M USD a year; known ones count."""
        numbers = self._numbers.get(link, {})
        keys = (
            ((*link, period, numbers[gbps]), usd)
            for gbps, usd in price.steps_usd.items()
            if gbps in numbers
        )
        above = self._model.above
        return [(above[key], usd / MILLION) for key, usd in keys if key in above]


def _asked(model: pyo.ConcreteModel, instance: Instance) -> dict[tuple[Link, int], list[_Asked]]:
    """Return what may be asked of each link in each period."""
    training, jobs = model.training, instance.workloads
    found: dict[tuple[Link, int], list[_Asked]] = {}
    for w, t, i, j, m in training.REQUIRED:
        half_mw = jobs[w].demand_mw[t] / 2  # the smaller of two ends serves no more
        smaller_mw = min(half_mw, *(peer_limit_mw(instance, c, w, t) for c in (i, j)))
        gbps, is_required = training.demand_gbps[w, t, i, j, m], training.is_required[w, t, i, j, m]
        most_gbps = jobs[w].modes[m].demand_gbps(smaller_mw)
        found.setdefault(((i, j), t), []).append(_Asked(w, gbps, is_required, most_gbps))
    for w, t, i, j in training.CHECKPOINT_LINKS:
        rule = jobs[w].replica
        if rule is not None:
            is_required = checkpoint_required(training, w, t, (i, j))
            item = _Asked(w, rule.checkpoint_gbps * is_required, is_required, rule.checkpoint_gbps)
            found.setdefault(((i, j), t), []).append(item)
    return dict(sorted(found.items()))


def _most_gbps(items: Iterable[_Asked]) -> float:
    """Return the most that can be asked of a link at once."""
    return sum(_most_by_workload(items).values())


def _most_by_workload(items: Iterable[_Asked]) -> dict[str, float]:
    most: dict[str, float] = {}
    for item in items:
        most[item.workload] = max(item.most_gbps, most.get(item.workload, 0.0))
    return most


def _parts(items: list[_Asked], gbps: float, rho: pyo.Var) -> Iterator[pyo.Expression]:
    """Yield what is at most 1 where a link is asked for more than a demand, else at most 0."""
    over: dict[str, list[pyo.Expression]] = {}
    for item in items:
        if item.most_gbps > gbps * (1 + NEARLY):
            part = (item.gbps - gbps * item.is_required) / (item.most_gbps - gbps)
            over.setdefault(item.workload, []).append(part)
    yield from (sum(parts) for parts in over.values())
    most = _most_by_workload(items)
    if len(most) > 1:
        asked = sum(item.gbps for item in items)
        yield (asked - gbps * rho) / (sum(most.values()) - gbps)
