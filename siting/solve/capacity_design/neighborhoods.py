"""Better designs of large networks: the links of one part freed, the rest kept, solved exactly.

The modules of the links nearest to a node are free, those of all others stay as they are, and
every demand may be routed anew. The problem is small, because only the free links ask for whole
numbers. A part that brings nothing makes the next one larger, one that is not solved in its time
smaller (large-neighborhood search).
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from siting.instance.capacity_design import CapacityDesign
from siting.solve.capacity_design.best import Best
from siting.solve.highs import CompiledModel, Status
from siting.solve.highs_talk import Talk

if TYPE_CHECKING:
    import pyomo.environ as pyo

FREE_LINKS, LEAST_FREE = 12, 6
"""Links of the first part, and of the smallest."""
PART_SHARE, PART_S = 0.15, 2.0
"""Time for a part: this share of all, at least so many seconds."""
PART_GAP = 1e-3
BETTER = 1e-9


def improve_parts(  # what one search is about
    model: pyo.ConcreteModel,
    compiled: CompiledModel,
    design: CapacityDesign,
    best: Best,
    until: float,
    seed: int,
    is_over: Callable[[], bool],
) -> None:
    """Make the best design better until a time.

    Args:
        model: the design with its routing.
        compiled: the same for the solver; its bounds are as before at the end.
        design: the problem.
        best: the design to improve, which others may improve meanwhile.
        until: when to stop, on the monotonic clock.
        seed: of the choice of parts.
        is_over: whether to stop now.
    """
    rng = random.Random(seed)  # noqa: S311  # a seed, not a secret
    count = min(FREE_LINKS, len(design.links))
    limit_s = max(PART_SHARE * (until - time.monotonic()), PART_S)
    waiting: list[str] = []
    idle = 0
    talk = Talk(is_over=is_over, hear=best.take)
    while time.monotonic() < until and idle < 2 * len(design.nodes) and not is_over():
        cost, values = best.known()
        if values is None:
            return
        waiting = waiting or rng.sample(design.nodes, len(design.nodes))
        free = nearest_links(design, waiting.pop(), count)
        kept = [(var, compiled.value(var, values)) for var in _choices(model, free)]
        with compiled.fixed((var, float(round(value))) for var, value in kept):
            found = compiled.run(
                time_limit_s=min(limit_s, max(until - time.monotonic(), 0.1)),
                relative_gap=PART_GAP,
                start=values,
                talk=talk,
            )
        idle = idle + 1 if best.cost >= cost * (1 - BETTER) else 0
        if found.status is not Status.OPTIMAL:
            count = max(LEAST_FREE, count - 2)
        elif idle:
            count = min(count + 1, len(design.links))


def nearest_links(design: CapacityDesign, node: str, count: int) -> set[int]:
    """Return the links nearest to a node, counted in links on the way."""
    steps = {node: 0}
    layer = {node}
    while layer:
        ends = [
            end
            for link in design.links
            if layer & {link.source, link.target}
            for end in (link.source, link.target)
        ]
        layer = {end for end in ends if end not in steps}
        steps |= dict.fromkeys(layer, 1 + max(steps.values()))
    far = 1 + len(design.nodes)
    order = sorted(
        range(len(design.links)),
        key=lambda e: (
            steps.get(design.links[e].source, far) + steps.get(design.links[e].target, far),
            e,
        ),
    )
    return set(order[:count])


def _choices(model: pyo.ConcreteModel, free: set[int]) -> list[pyo.Var]:
    """Return the whole-number variables of the links that are not free."""
    kept = [model.modules[e, i] for e, i in model.BLOCKS if e not in free]
    kept = [var for var in kept if var.is_integer()]
    kept += [model.is_chosen[e, i] for e, i in model.CHOICES if e not in free]
    charged = getattr(model, "CHARGED", ())
    return kept + [model.is_used[e] for e in charged if e not in free]
