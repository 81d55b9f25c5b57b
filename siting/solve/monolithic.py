"""The whole model handed to HiGHS: the reference method, exact on small studies."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from siting.formulation import build_model
from siting.instance import Instance
from siting.solve.configurations import Configuration
from siting.solve.highs import CompiledModel, Status
from siting.solve.network_choice import NetworkChoice, read_network
from siting.solve.network_whole import NetworkOutcome
from siting.solve.siting_choice import SitingChoice, read_siting
from siting.solve.start_choice import mode_values, network_values, role_values, site_values
from siting.solve.starting import START_GAP, START_SHARE, Start

if TYPE_CHECKING:
    import numpy as np
    import pyomo.environ as pyo
    from numpy.typing import NDArray

MILLION = 1e6
LEAST_USD = 1.0
"""What is found must be dearer by more for the incumbent of the start to stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """Choices with the bounds that a method proved, USD."""

    status: Status
    siting: SitingChoice | None
    network: NetworkChoice | None
    bound_usd: float
    network_bound_usd: float = -math.inf
    network_outcome: NetworkOutcome | None = None
    """What a network phase knows of ``network``, to go on from."""
    with_routes_found_usd: float = math.inf
    """Cost of the same siting with routes that are no candidates, where that is known."""
    times_s: dict[str, float]
    configuration_bounds_usd: dict[Configuration, float] = field(default_factory=dict)
    """By configuration, where a method has such bounds."""
    all_routes_bound_usd: float = -math.inf
    """Bound of the whole problem over every route of the map."""
    instance: Instance | None = None
    """The instance that the numbers are of, where routes were found on the way."""


def solve_monolithic(
    instance: Instance,
    *,
    time_limit_s: float,
    relative_gap: float,
    seed: int,
    start: Start | None = None,
) -> Solution:
    """Solve the whole model; building it counts, HiGHS gets at least a tenth of the time.

    Args:
        instance: the presolved instance.
        time_limit_s: wall time, s.
        relative_gap: stop at this gap.
        seed: random seed of the solver.
        start: an incumbent, completed to a solution of the model to start from.
    """
    started = time.perf_counter()
    model = build_model(instance)
    compiled = CompiledModel(model, seed=seed)
    built = time.perf_counter()
    left_s = max(time_limit_s - (built - started), 0.1 * time_limit_s)
    columns = None if start is None else _columns(instance, model, compiled, start, left_s)
    left_s = max(time_limit_s - (time.perf_counter() - started), 0.1 * time_limit_s)
    outcome = compiled.run(time_limit_s=left_s, relative_gap=relative_gap, start=columns)
    times = {"build": built - started, "solve": time.perf_counter() - built}
    bound = outcome.bound * MILLION
    if start is not None and start.objective_usd < outcome.objective * MILLION - LEAST_USD:
        return Solution(
            status=outcome.status,
            siting=start.siting,
            network=start.network,
            bound_usd=min(bound, start.objective_usd),
            times_s=times,
        )
    if outcome.values is None:
        return Solution(
            status=outcome.status,
            siting=None,
            network=None,
            bound_usd=bound,
            times_s=times,
        )
    values = compiled.polish(outcome.values)
    return Solution(
        status=outcome.status,
        siting=read_siting(instance, model, lambda var: compiled.value(var, values)),
        network=read_network(instance, model, lambda var: compiled.value(var, values)),
        bound_usd=bound,
        times_s={**times, "solve": time.perf_counter() - built},
    )


def _columns(
    instance: Instance,
    model: pyo.ConcreteModel,
    compiled: CompiledModel,
    start: Start,
    time_limit_s: float,
) -> NDArray[np.float64] | None:
    """Return an incumbent as values of all columns: its choices fixed, the rest solved."""
    siting, network = start.siting, start.network
    if siting is None or network is None:
        return None
    values = [
        *role_values(model, siting),
        *mode_values(model, instance, siting),
        *site_values(model, instance, siting),
        *network_values(model, network),
    ]
    with compiled.fixed(values):
        limit_s = START_SHARE * time_limit_s
        return compiled.run(time_limit_s=limit_s, relative_gap=START_GAP).values
