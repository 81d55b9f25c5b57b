"""Starting from an earlier plan: what of it still stands is the first incumbent.

The earlier siting is tried as it is, then with other MW, then with other dates and modes, last the
same campuses in other roles, each time by fixing what is kept in the model of sites, power and
modes and solving the rest. Its network is sized anew on the routes and in the huts that the plan
uses; where these cannot carry what the siting asks now, a network is designed for it. So the
incumbent obeys every rule of the present instance and is paid at its prices, whatever has changed.
"""

from __future__ import annotations

import functools
import logging
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from siting.formulation import build_siting_model
from siting.formulation.requirements import Requirements
from siting.instance import Instance
from siting.instance.records_graph import Proposal
from siting.plan import NETWORK_COST_LINES, Plan
from siting.solve.costing import ledger
from siting.solve.highs import CompiledModel, Status
from siting.solve.network_choice import NO_NETWORK, NetworkChoice
from siting.solve.network_parts import renumbered
from siting.solve.network_phase import solve_network
from siting.solve.residual_caps import network_part
from siting.solve.result import Progress, ProgressCallback
from siting.solve.siting_choice import SitingChoice, fixed_requirements, read_siting
from siting.solve.start_choice import (
    Values,
    idle_values,
    mode_values,
    role_values,
    routes_of,
    served_values,
    site_values,
    siting_of,
    strangers,
)

if TYPE_CHECKING:
    import numpy as np
    import pyomo.environ as pyo
    from numpy.typing import NDArray

_LOG = logging.getLogger(__name__)

SITING_TIME_S = 20.0
START_SHARE = 0.2
"""Share of the time limit for the network of the earlier siting."""
START_GAP = 1e-6
SHOWN = 3
"""Names shown of a list of what does not stand."""
FROM_SCRATCH = "solving from scratch"


@dataclass(frozen=True, slots=True)
class Start:
    """What stands of an earlier plan, and one sentence about it."""

    words: str
    is_warning: bool
    siting: SitingChoice | None = None
    network: NetworkChoice | None = None
    objective_usd: float = math.inf
    """At the present prices."""
    network_usd: float = math.inf
    """Of it, the network's own cost."""


def start_from(
    instance: Instance, plan: Plan, *, time_limit_s: float, relative_gap: float, seed: int
) -> Start:
    """Return the first incumbent that an earlier plan gives.

    Args:
        instance: the presolved instance.
        plan: a plan of this study, or of another scenario of it.
        time_limit_s: wall time of the whole solve, s.
        relative_gap: stop the network at this gap.
        seed: random seed of the solver.
    """
    periods = tuple(period.label for period in instance.periods)
    if plan.study != instance.study:
        return _useless(f"it is of study {plan.study!r}, this is {instance.study!r}")
    if plan.periods != periods:
        return _useless(f"its periods are {_span(plan.periods)}, here {_span(periods)}")
    siting, how = _siting(instance, plan, seed)
    if gone := strangers(instance, plan):
        how += f" (not in this study: {_listed(gone)})"
    if siting is None:
        return _useless(f"no plan has its campuses alone{how}")
    requirements = fixed_requirements(instance, siting)
    network, changed = _network(
        instance, plan, siting, requirements, START_SHARE * time_limit_s, relative_gap, seed
    )
    if network is None:
        return _useless(f"{how}, but no network for them was found")
    costs = ledger(instance, siting, network).costs_usd
    usd = sum(costs.values())
    words = f"{how}; {changed}: {usd / 1e6:,.3f} M USD at the present prices"
    stands = how == AS_THEY_ARE and changed in {NETWORK_STANDS, NO_LINKS}
    network_usd = sum(costs[line] for line in NETWORK_COST_LINES)
    return Start(words, not stands, siting, network, usd, network_usd)


def with_routes_of(instance: Instance, plan: Plan | None) -> Instance:
    """Return the instance with the routes of a plan as candidates, where they are possible."""
    if plan is None or instance.more_routes is None:
        return instance
    proposals: dict[tuple[str, str], list[Proposal]] = {}
    for link in plan.links:
        for route in link.routes:
            if route.leased_wave is None:
                proposal = Proposal.of(route.corridors, route.supply)
                proposals.setdefault(link.campuses, []).append(proposal)
    return instance.more_routes.extended(instance, proposals)


def begin(
    instance: Instance,
    plan: Plan | None,
    options: Mapping[str, object],
    progress: ProgressCallback | None,
) -> Start | None:
    """Return what stands of an earlier plan, if there is one, and say so."""
    if plan is None:
        return None
    start = start_from(
        instance,
        plan,
        time_limit_s=float(str(options["time_limit_s"])),
        relative_gap=float(str(options["network_relative_gap"])),
        seed=int(str(options["seed"])),
    )
    _LOG.log(logging.WARNING if start.is_warning else logging.INFO, "start: %s", start.words)
    if progress is not None:
        mark = "warning: " if start.is_warning else ""
        progress(Progress(elapsed_s=0.0, phase="start", message=f"{mark}{start.words}"))
    return start


AS_THEY_ARE = "the sites of the earlier plan stand"
NETWORK_STANDS = "so do its routes"
NO_LINKS = "no network is needed"


def _siting(instance: Instance, plan: Plan, seed: int) -> tuple[SitingChoice | None, str]:
    """Return the siting of a plan with as little changed as possible, and what was."""
    model = build_siting_model(instance)
    wanted = siting_of(instance, plan)
    roles, modes = role_values(model, wanted), mode_values(model, instance, wanted)
    sites = site_values(model, instance, wanted)
    tries: tuple[tuple[str, Values], ...] = (
        (AS_THEY_ARE, [*roles, *modes, *sites, *served_values(model, wanted)]),
        (f"{AS_THEY_ARE} with other MW", [*roles, *modes, *sites]),
        (f"{AS_THEY_ARE} with other dates or feeds", [*roles, *modes]),
        ("who trains where stands, with other modes or dates", roles),
        ("the same campuses serve, with other roles and dates", idle_values(model, wanted)),
    )
    compiled = CompiledModel(model, seed=seed)
    for words, values in tries:
        if not all(compiled.may_be(var, value) for var, value in values):
            continue
        with compiled.fixed(values):
            outcome = compiled.run(time_limit_s=SITING_TIME_S, relative_gap=START_GAP)
            if outcome.status is not Status.INFEASIBLE and outcome.values is not None:
                found = functools.partial(_value, compiled, compiled.polish(outcome.values))
                return read_siting(instance, model, found), words
    return None, ""


def _value(compiled: CompiledModel, values: NDArray[np.float64], var: pyo.Var) -> float:
    return compiled.value(var, values)


def _network(
    instance: Instance,
    plan: Plan,
    siting: SitingChoice,
    requirements: Requirements,
    time_limit_s: float,
    relative_gap: float,
    seed: int,
) -> tuple[NetworkChoice | None, str]:
    """Return a network on the routes of a plan, else a new one, and which."""
    if not requirements:
        return NO_NETWORK, NO_LINKS
    part = network_part(instance, siting)
    narrow, gone = routes_of(part, plan)
    for some, words in (
        (narrow, NETWORK_STANDS if not gone else f"{_listed(gone)} can be no route now"),
        (part, "a network is designed anew, its routes do not carry what is asked now"),
    ):
        outcome = solve_network(
            some,
            requirements,
            relative_gap=relative_gap,
            time_limit_s=time_limit_s,
            seed=seed,
            with_bound=False,
        )
        if outcome.choice is not None:
            return renumbered(outcome.choice, some, instance), words
    return None, ""


def _useless(why: str) -> Start:
    return Start(f"the earlier plan cannot be used: {why}; {FROM_SCRATCH}", is_warning=True)


def _listed(names: Iterable[str]) -> str:
    every = list(names)
    more = f" and {len(every) - SHOWN} more" if len(every) > SHOWN else ""
    return f"{', '.join(every[:SHOWN])}{more}"


def _span(labels: tuple[str, ...]) -> str:
    return f"{labels[0]} to {labels[-1]}" if labels else "none"
