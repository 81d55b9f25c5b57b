"""The network for a fixed siting: least-cost routes, fiber and huts, with a bound.

Small problems go to HiGHS whole. Large ones in two stages:

1. *Periods apart.* What is in service in a period must carry that period, so the sum over periods
   of weight times the least yearly cost of the period alone bounds the cost of the network.
2. *Routes chosen.* The routes that the periods light are kept, and the whole problem over time is
   solved on them: the incumbent.
"""

from __future__ import annotations

import dataclasses
import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from siting.formulation import build_network_model
from siting.formulation.requirements import Requirements
from siting.instance import Instance
from siting.instance.records import NO_CAPS, Period
from siting.solve.highs import CompiledModel, Outcome, Status
from siting.solve.lazy_huts import add_hut_cuts
from siting.solve.network_choice import NO_NETWORK, NetworkChoice, read_network

if TYPE_CHECKING:
    import pyomo.environ as pyo

MILLION = 1e6
ROUNDS = 40
WHOLE_USES = 4000
"""Most (route, hut, period) triples of a problem that is solved whole."""
EXACT_TIME_S = 20.0
FIRST_SHARE = 0.4
SECOND_SHARE = 0.3
"""Shares of the time limit for the fullest period alone, and for the routes it lights over time."""


@dataclass(frozen=True, slots=True)
class NetworkOutcome:
    """The best network found, USD, and a valid lower bound for the same requirements."""

    choice: NetworkChoice | None
    cost_usd: float
    bound_usd: float
    is_infeasible: bool = False


def solve_network(
    instance: Instance,
    requirements: Requirements,
    *,
    relative_gap: float,
    time_limit_s: float,
    seed: int,
    with_bound: bool = True,
) -> NetworkOutcome:
    """Return the network for ``requirements``.

    Args:
        instance: the instance.
        requirements: what each link must carry in each period.
        relative_gap: stop at this gap.
        time_limit_s: wall time, s.
        seed: random seed of the solver.
        with_bound: also bound every period of a large problem; without it the bound is weaker.
    """
    if not requirements:
        return NetworkOutcome(NO_NETWORK, 0.0, 0.0)
    deadline = time.monotonic() + time_limit_s
    part = restrict(instance, requirements)
    uses = sum(len(route.huts) for route in part.fiber_routes.values()) * len(part.periods)
    if uses <= WHOLE_USES or len(part.periods) == 1:
        return _whole(part, requirements, relative_gap, deadline, seed)
    return _staged(part, requirements, relative_gap, deadline, seed, with_bound=with_bound)


def restrict(instance: Instance, requirements: Requirements) -> Instance:
    """Return the instance with the routes of required links and designs in their RTT limits."""
    limits: dict[tuple[str, str], float] = {}
    for (link, _), items in requirements.items():
        limits[link] = max(limits.get(link, 0.0), *(item.rtt_limit_ms for item in items))
    fiber = {}
    for r, route in instance.fiber_routes.items():
        if route.link not in limits:
            continue
        designs = tuple(d for d in route.designs if d.rtt_ms <= limits[route.link] + 1e-9)
        if designs:
            fiber[r] = dataclasses.replace(route, designs=designs)
    return dataclasses.replace(
        instance,
        fiber_routes=fiber,
        wave_routes={v: w for v, w in instance.wave_routes.items() if w.link in limits},
    )


def _whole(
    part: Instance, requirements: Requirements, relative_gap: float, deadline: float, seed: int
) -> NetworkOutcome:
    """Solve the problem whole, with hut rules added where a solution breaks them."""
    model = build_network_model(part, requirements, exact=False)
    compiled = CompiledModel(model, seed=seed)
    bound = 0.0
    kept = part
    for _ in range(ROUNDS):
        outcome = compiled.run(time_limit_s=deadline - time.monotonic(), relative_gap=relative_gap)
        if outcome.status is Status.INFEASIBLE:
            return NetworkOutcome(None, math.inf, math.inf, is_infeasible=True)
        bound = max(bound, outcome.bound)
        if outcome.values is None:
            break
        choice = _read(part, model, compiled, outcome)
        if not add_hut_cuts(part, requirements, model, compiled, choice):
            return NetworkOutcome(choice, outcome.objective * MILLION, bound * MILLION)
        kept = _only(part, {r for r, _ in choice.pairs})
        if time.monotonic() > deadline:
            break
    return _exact(kept, requirements, bound, relative_gap, seed)


def _exact(
    kept: Instance, requirements: Requirements, bound: float, relative_gap: float, seed: int
) -> NetworkOutcome:
    """Solve with every hut rule on the routes last lit: the cuts did not settle in time."""
    model = build_network_model(kept, requirements, exact=True)
    compiled = CompiledModel(model, seed=seed)
    outcome = compiled.run(time_limit_s=EXACT_TIME_S, relative_gap=relative_gap)
    if outcome.values is None:
        return NetworkOutcome(None, math.inf, bound * MILLION)
    choice = _read(kept, model, compiled, outcome)
    return NetworkOutcome(choice, outcome.objective * MILLION, bound * MILLION)


def _only(part: Instance, routes: set[str]) -> Instance:
    return dataclasses.replace(
        part, fiber_routes={r: x for r, x in part.fiber_routes.items() if r in routes}
    )


def _read(
    part: Instance, model: pyo.ConcreteModel, compiled: CompiledModel, outcome: Outcome
) -> NetworkChoice:
    values = outcome.values
    if values is None:
        return NO_NETWORK
    return read_network(part, model, lambda var: compiled.value(var, values))


def _staged(
    part: Instance,
    requirements: Requirements,
    relative_gap: float,
    deadline: float,
    seed: int,
    *,
    with_bound: bool,
) -> NetworkOutcome:
    """Incumbent on the routes that the fullest periods light; bound by the periods apart."""
    started = time.monotonic()
    periods = sorted({t for _, t in requirements})
    alone = {
        t: {(link, 0): items for (link, s), items in requirements.items() if s == t}
        for t in periods
    }
    bounds: dict[int, float] = {}
    lit: set[str] = set()
    covered: set[tuple[str, str]] = set()
    first_stop = started + FIRST_SHARE * (deadline - started)
    for t in sorted(periods, key=lambda t: (-len(alone[t]), -t)):
        if {link for link, _ in alone[t]} <= covered:
            continue
        outcome = _whole(period_alone(part, t), alone[t], relative_gap, first_stop, seed)
        if outcome.is_infeasible:
            return outcome
        bounds[t] = outcome.bound_usd
        if outcome.choice is not None:
            lit |= {r for r, _ in outcome.choice.pairs}
        covered |= {link for link, _ in alone[t]}
    second_stop = time.monotonic() + SECOND_SHARE * (deadline - started)
    whole = _whole(_only(part, lit), requirements, relative_gap, second_stop, seed)
    if with_bound:
        known: list[tuple[Requirements, int]] = [(alone[t], t) for t in bounds]
        left = [t for t in reversed(periods) if t not in bounds]
        for done, t in enumerate(left):
            share = (deadline - time.monotonic()) / (len(left) - done)
            same = next(
                (
                    s
                    for items, s in known
                    if items == alone[t] and s > t and still_there(part, t, s)
                ),
                None,
            )
            bounds[t] = (
                bounds[same]
                if same is not None
                else _period_bound(period_alone(part, t), alone[t], relative_gap, share, seed)
            )
            known.append((alone[t], t))
    bound = sum(part.periods[t].weight * usd for t, usd in bounds.items())
    if whole.choice is None:
        return NetworkOutcome(None, math.inf, bound)
    return NetworkOutcome(whole.choice, whole.cost_usd, min(bound, whole.cost_usd))


def still_there(instance: Instance, period: int, later: int) -> bool:
    """Return whether nothing that stands in a period has retired by a later one."""
    stands = [
        *(c.stands for c in instance.corridors.values()),
        *(h.stands for h in instance.huts.values()),
    ]
    return not any(up[period] and not up[later] for up in stands)


def _period_bound(
    slice_: Instance,
    requirements: Requirements,
    relative_gap: float,
    time_limit_s: float,
    seed: int,
) -> float:
    """Return a lower bound of the yearly cost of one period, USD."""
    compiled = CompiledModel(build_network_model(slice_, requirements, exact=False), seed=seed)
    outcome = compiled.run(time_limit_s=max(time_limit_s, 3.0), relative_gap=relative_gap)
    return max(outcome.bound, 0.0) * MILLION


def period_alone(instance: Instance, period: int) -> Instance:
    """Return the problem of one period alone: yearly costs, and what can be in service by then."""

    def by_then(first: int) -> int:
        return 0 if first <= period else 1

    return dataclasses.replace(
        instance,
        periods=(Period(index=0, label=instance.periods[period].label, weight=1.0),),
        caps=NO_CAPS,
        corridors={
            e: dataclasses.replace(
                c,
                build_first_period=by_then(c.build_first_period),
                iru_first_period=by_then(c.iru_first_period),
                existing_pairs={f: (n[period],) for f, n in c.existing_pairs.items()},
                stands=(c.stands[period],),
            )
            for e, c in instance.corridors.items()
        },
        huts={
            h: dataclasses.replace(
                x,
                classes={
                    k: dataclasses.replace(kind, first_period=by_then(kind.first_period))
                    for k, kind in x.classes.items()
                },
                existing_racks={a: (n[period],) for a, n in x.existing_racks.items()},
                stands=(x.stands[period],),
            )
            for h, x in instance.huts.items()
        },
        fiber_routes={
            r: dataclasses.replace(
                route,
                designs=tuple(
                    dataclasses.replace(d, first_period=by_then(d.first_period))
                    for d in route.designs
                ),
            )
            for r, route in instance.fiber_routes.items()
        },
        wave_routes={
            v: dataclasses.replace(w, first_period=by_then(w.first_period))
            for v, w in instance.wave_routes.items()
        },
    )
