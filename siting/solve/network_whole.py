"""A network problem solved as one, and what a network solve returns."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from siting.formulation import build_network_model
from siting.formulation.requirements import Requirements
from siting.instance import Instance
from siting.solve.highs import CompiledModel, Outcome, Status
from siting.solve.lazy_huts import add_hut_cuts
from siting.solve.network_choice import NO_NETWORK, NetworkChoice, read_network
from siting.solve.network_parts import only, renumbered
from siting.solve.series import contracted
from siting.solve.start_choice import network_values
from siting.solve.support import run_from_relaxation

if TYPE_CHECKING:
    import pyomo.environ as pyo

MILLION = 1e6
ROUNDS = 40
LIT_PAIRS = 0.5
ROUTES_SHARE = 0.7
"""Most time for routes where huts come second."""
COMPLETION_SHARE = 0.2
"""Most time for what a known network leaves open."""
EXACT_TIME_S = 20.0
EXACT_SHARE = 0.5
"""Most time for the exact model of the routes last lit: beyond the limit, and as a share of it."""


@dataclass(frozen=True, slots=True)
class NetworkOutcome:
    """The best network found, USD, and a valid lower bound for the same requirements."""

    choice: NetworkChoice | None
    cost_usd: float
    bound_usd: float
    is_infeasible: bool = False
    alone: Mapping[int, Alone] = field(default_factory=dict)
    """By period solved alone, where the problem was taken apart."""

    @property
    def lit(self) -> set[str]:
        """The routes of the network."""
        return set() if self.choice is None else {r for r, _ in self.choice.pairs}

    @property
    def known_usd(self) -> float:
        """Return the bound; zero where it only says that there is no network."""
        return self.bound_usd if math.isfinite(self.bound_usd) else 0.0

    def within(self, relative_gap: float, bound_usd: float) -> bool:
        """Return whether there is a network, and a bound is that near to its cost."""
        gap_usd = self.cost_usd - bound_usd
        return self.choice is not None and gap_usd <= relative_gap * self.cost_usd


@dataclass(frozen=True, slots=True)
class Alone:
    """A period solved alone: the routes and huts that it takes, and a bound, USD a year."""

    choice: NetworkChoice | None
    bound_usd: float


NOTHING = NetworkOutcome(NO_NETWORK, 0.0, 0.0)
"""What no required link asks for."""
NOT_FOUND = NetworkOutcome(None, math.inf, 0.0)
IMPOSSIBLE = NetworkOutcome(None, math.inf, math.inf, is_infeasible=True)


def solve_whole(
    part: Instance,
    requirements: Requirements,
    relative_gap: float,
    deadline: float,
    seed: int,
    known: NetworkChoice | None = None,
) -> NetworkOutcome:
    """Solve the problem whole, with hut rules added where a solution breaks them.

    What breaks them is repaired on the routes that it lights, with every rule: often the repaired
    network is within the gap already, and the problem need not be solved again.

    Args:
        part: the problem.
        requirements: what each link must carry in each period.
        relative_gap: stop at this gap.
        deadline: clock time (``time.monotonic``) to end at.
        seed: random seed of the solver.
        known: a network to start from; designs are numbered as in ``part``.
    """
    series = contracted(part)
    part = series.instance
    repair_s = min(EXACT_TIME_S, max(EXACT_SHARE * (deadline - time.monotonic()), 1.0))
    model = build_network_model(part, requirements, exact=False)
    compiled = CompiledModel(model, seed=seed)
    bound = 0.0
    best = NOT_FOUND
    start = None if known is None else completed(model, compiled, known, deadline)
    for _ in range(ROUNDS):
        left_s = deadline - time.monotonic()
        outcome = run_model(model, compiled, left_s, relative_gap, start)
        if outcome.status is Status.INFEASIBLE:
            return IMPOSSIBLE
        bound = max(bound, outcome.bound)
        if outcome.values is None:
            break
        choice = _read(part, model, compiled, outcome)
        if not add_hut_cuts(part, requirements, model, compiled, choice):
            best = better(best, NetworkOutcome(choice, outcome.objective * MILLION, 0.0))
            break
        kept = only(part, {r for r, _ in choice.pairs})
        best = better(best, solve_exact(kept, requirements, relative_gap, repair_s, seed, [choice]))
        if best.within(relative_gap, bound * MILLION) or time.monotonic() > deadline:
            break
    whole = None if best.choice is None else series.expanded(best.choice)
    bound_usd = min(bound * MILLION, best.cost_usd)
    return dataclasses.replace(best, choice=whole, bound_usd=bound_usd)


def solve_routes_first(
    part: Instance, requirements: Requirements, relative_gap: float, deadline: float, seed: int
) -> NetworkOutcome:
    """Choose routes with huts in fractions, then place the huts of these routes: no bound."""
    series = contracted(part)
    model = build_network_model(series.instance, requirements, exact=False)
    compiled = CompiledModel(model, seed=seed)
    huts = model.amplifiers
    compiled.loosen(v for many in (huts.is_used, huts.racks, huts.is_open) for v in many.values())
    left_s = deadline - time.monotonic()
    outcome = compiled.run(time_limit_s=ROUTES_SHARE * left_s, relative_gap=relative_gap)
    if outcome.values is None:
        return NOT_FOUND
    lit = {
        r
        for (r, _, _), pairs in model.routes.pairs.items()
        if compiled.value(pairs, outcome.values) > LIT_PAIRS
    }
    left_s = deadline - time.monotonic()
    return solve_exact(only(part, lit), requirements, relative_gap, left_s, seed)


def run_model(
    model: pyo.ConcreteModel,
    compiled: CompiledModel,
    time_limit_s: float,
    relative_gap: float,
    known: Outcome | None = None,
) -> Outcome:
    """Solve, starting from the best network on the designs and huts of the relaxation."""
    choices = [*model.routes.pairs.values(), *model.amplifiers.is_used.values()]
    return run_from_relaxation(
        compiled, choices, time_limit_s=time_limit_s, relative_gap=relative_gap, known=known
    )


def completed(
    model: pyo.ConcreteModel, compiled: CompiledModel, known: NetworkChoice, deadline: float
) -> Outcome | None:
    """Return the best solution with the pairs, channels and waves of a known network, if any."""
    left_s = COMPLETION_SHARE * (deadline - time.monotonic())
    with compiled.fixed(network_values(model, known)):
        found = compiled.run(time_limit_s=left_s)
    return None if found.values is None else found


def better(first: NetworkOutcome, second: NetworkOutcome) -> NetworkOutcome:
    """Return the cheaper network, the first of equals."""
    return second if second.cost_usd < first.cost_usd else first


def solve_exact(
    part: Instance,
    requirements: Requirements,
    relative_gap: float,
    time_limit_s: float,
    seed: int,
    known: Sequence[NetworkChoice] = (),
) -> NetworkOutcome:
    """Solve with every hut rule on a few routes: an incumbent, no bound of a larger problem.

    Args:
        part: the problem.
        requirements: what each link must carry in each period.
        relative_gap: stop at this gap.
        time_limit_s: wall time, s.
        seed: random seed of the solver.
        known: networks to start from, of which the best counts.
    """
    deadline = time.monotonic() + time_limit_s
    series = contracted(part)
    model = build_network_model(series.instance, requirements, exact=True)
    compiled = CompiledModel(model, seed=seed)
    start = None
    for choice in known:
        found = completed(model, compiled, choice, deadline)
        if found is not None and (start is None or found.objective < start.objective):
            start = found
    left_s = deadline - time.monotonic()
    outcome = run_model(model, compiled, left_s, relative_gap, start)
    if start is not None and not outcome.objective <= start.objective:
        outcome = start
    if outcome.values is None:
        return NOT_FOUND
    choice = series.expanded(_read(series.instance, model, compiled, outcome))
    return NetworkOutcome(choice, outcome.objective * MILLION, 0.0)


def _read(
    part: Instance, model: pyo.ConcreteModel, compiled: CompiledModel, outcome: Outcome
) -> NetworkChoice:
    values = outcome.values
    if values is None:
        return NO_NETWORK
    return read_network(part, model, lambda var: compiled.value(var, values))


def renumbered_outcome(found: NetworkOutcome, part: Instance, whole: Instance) -> NetworkOutcome:
    """Return an outcome for a part with the numbers that designs have in the whole."""

    def counted(choice: NetworkChoice | None) -> NetworkChoice | None:
        return None if choice is None else renumbered(choice, part, whole)

    alone = {t: dataclasses.replace(x, choice=counted(x.choice)) for t, x in found.alone.items()}
    return dataclasses.replace(found, choice=counted(found.choice), alone=alone)
