"""The whole model handed to HiGHS: the reference method, exact on small studies."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from siting.formulation import build_model
from siting.instance import Instance
from siting.solve.highs import CompiledModel, Status
from siting.solve.network_choice import NetworkChoice, read_network
from siting.solve.network_whole import NetworkOutcome
from siting.solve.siting_choice import SitingChoice, read_siting

MILLION = 1e6


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
    times_s: dict[str, float]


def solve_monolithic(
    instance: Instance, *, time_limit_s: float, relative_gap: float, seed: int
) -> Solution:
    """Solve the whole model; building it counts, HiGHS gets at least a tenth of the time."""
    started = time.perf_counter()
    model = build_model(instance)
    compiled = CompiledModel(model, seed=seed)
    built = time.perf_counter()
    left_s = max(time_limit_s - (built - started), 0.1 * time_limit_s)
    outcome = compiled.run(time_limit_s=left_s, relative_gap=relative_gap)
    times = {"build": built - started, "solve": time.perf_counter() - built}
    bound = outcome.bound * MILLION
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
