"""Why what the planner pins in the network has no plan, and the fewest pins to lift."""

from __future__ import annotations

from collections.abc import Iterator

import pyomo.environ as pyo

from siting.formulation import build_model
from siting.instance import Instance
from siting.solve.highs import CompiledModel, Status
from siting.solve.size import size

TIME_LIMIT_S = 30.0
MOST_CHOICES = 6000
"""Largest size, in choices on routes over time, of which the fewest pins to lift are looked for."""
LIFTED = 0.5


def hopeless_pins(instance: Instance) -> Iterator[str]:
    """Yield one sentence for each pin that no route can satisfy by the last period."""
    horizon, last = len(instance.periods), instance.periods[-1].label
    for name, found in instance.pins.holders(instance.fiber_routes):
        if not found:
            yield (
                f"{name} is pinned, but no candidate route between two campuses that a workload "
                f"may link takes it: unpin it, or allow more campuses, peers or RTT"
            )
            continue
        designs = [d for r in found for d in instance.fiber_routes[r].designs]
        if all(design.first_period >= horizon for design in designs):
            yield (
                f"{name} is pinned, but no module can be lit on it before the end of the last "
                f"period {last!r}: set earlier module dates, add periods, or unpin it"
            )


def fewest_pins(instance: Instance) -> Iterator[str]:
    """Yield which pins to lift, as few as possible, so that a plan exists."""
    lifted = _lifted(instance) if size(instance) <= MOST_CHOICES else []
    if not lifted:
        yield (
            "what is pinned does not go together, or not within the caps on spending and building: "
            "raise a cap, or unpin one by one to find the conflict"
        )
        return
    yield (
        f"what is pinned does not go together, or not within the caps on spending and building: "
        f"unpin {', '.join(lifted)} (no smaller set of pins to lift leaves a plan), or raise a cap"
    )


def _lifted(instance: Instance) -> list[str]:
    """Return the pins that are lifted when as few as possible are; none when it is not known."""
    model = build_model(instance)
    paths = [" - ".join(path) for path in instance.pins.routes]
    pins = [(f"campus {c!r}", row) for c, row in model.placement.pinned_campus.items()]
    rows = model.interconnection.pinned_substation
    pins += [(f"substation {s!r}", row) for s, row in rows.items()]
    pins += [(f"corridor {e!r}", row) for e, row in model.pins.pinned_corridor.items()]
    pins += [(f"route {paths[k]}", row) for k, row in model.pins.pinned_route.items()]
    pins += [(f"hut {h!r}", row) for h, row in model.pins.pinned_hut.items()]
    model.is_lifted = pyo.Var(range(len(pins)), domain=pyo.Binary)
    model.kept = pyo.ConstraintList()
    for k, (_, row) in enumerate(pins):
        row.deactivate()
        model.kept.add(row.body + model.is_lifted[k] >= 1)
    model.pin_links.pin_linked.deactivate()
    model.objective.set_value(sum(model.is_lifted[k] for k in range(len(pins))))
    compiled = CompiledModel(model)
    outcome = compiled.run(time_limit_s=TIME_LIMIT_S)
    values = outcome.values
    if outcome.status is not Status.OPTIMAL or values is None:
        return []
    return [
        name
        for k, (name, _) in enumerate(pins)
        if compiled.value(model.is_lifted[k], values) > LIFTED
    ]
