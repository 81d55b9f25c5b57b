"""What the planner pins in the network: corridors, routes and huts in use in the last period.

A pin is satisfied by a route that carries a channel in the last period, of a link that is required
in some period. Substations and campuses are pinned in the blocks that open them.

| symbol | component | unit | meaning |
|---|---|---|---|
| sigma_r | serves | - | at most 1 when route r can satisfy pins, else 0 |
| sigma_hr | serves_hut | - | the same in hut h, which it uses |
"""

from __future__ import annotations

import pyomo.environ as pyo

from siting.formulation.requirements import Requirements, variable_requirements
from siting.formulation.training import Link
from siting.instance import Instance
from siting.instance.records_network import FiberRoute


def pins_block(
    instance: Instance, requirements: Requirements, routes: pyo.Block, amplifiers: pyo.Block
) -> pyo.Block:
    """Return the block of what is pinned in the network."""
    b = pyo.Block(concrete=True)
    pins, last = instance.pins, len(instance.periods) - 1
    part = {r: instance.fiber_routes[r] for r in routes.ROUTES} if pins.given else {}
    b.SERVING = pyo.Set(initialize=sorted(pins.satisfiers(part)))
    b.serves = pyo.Var(b.SERVING, bounds=(0, 1))
    b.nothing = pyo.Var(bounds=(0, 0))
    is_required = _required(requirements)

    @b.Constraint(b.SERVING)
    def pin_lit(b: pyo.Block, r: str) -> pyo.Expression:
        designs = range(len(part[r].designs))
        return b.serves[r] <= sum(routes.channels[r, d, last] for d in designs)

    @b.Constraint(b.SERVING)
    def pin_required(b: pyo.Block, r: str) -> pyo.Expression:
        required = is_required[part[r].link]
        if isinstance(required, int | float):
            return pyo.Constraint.Skip
        return b.serves[r] <= required

    by_corridor, by_path = pins.by_corridor(part), pins.by_path(part)

    @b.Constraint(list(by_corridor))
    def pinned_corridor(b: pyo.Block, e: str) -> pyo.Expression:
        return sum((b.serves[r] for r in by_corridor[e]), b.nothing) >= 1

    @b.Constraint(range(len(by_path)))
    def pinned_route(b: pyo.Block, k: int) -> pyo.Expression:
        return sum((b.serves[r] for r in by_path[k]), b.nothing) >= 1

    _huts(b, pins.by_hut(part), part, amplifiers, last)
    return b


def _huts(
    b: pyo.Block,
    by_hut: dict[str, tuple[str, ...]],
    part: dict[str, FiberRoute],
    amplifiers: pyo.Block,
    last: int,
) -> None:
    """What is amplified or regenerated in pinned huts."""
    b.SERVING_HUTS = pyo.Set(initialize=[(h, r) for h, rs in by_hut.items() for r in rs], dimen=2)
    b.serves_hut = pyo.Var(b.SERVING_HUTS, bounds=(0, 1))

    @b.Constraint(b.SERVING_HUTS)
    def pin_served(b: pyo.Block, h: str, r: str) -> pyo.Expression:
        return b.serves_hut[h, r] <= b.serves[r]

    @b.Constraint(b.SERVING_HUTS)
    def pin_used(b: pyo.Block, h: str, r: str) -> pyo.Expression:
        if any(x.hut == h for x in part[r].regenerators):
            return pyo.Constraint.Skip
        if (r, h, last) not in amplifiers.is_used:
            return b.serves_hut[h, r] <= b.nothing
        return b.serves_hut[h, r] <= amplifiers.is_used[r, h, last]

    @b.Constraint(list(by_hut))
    def pinned_hut(b: pyo.Block, h: str) -> pyo.Expression:
        return sum((b.serves_hut[h, r] for r in by_hut[h]), b.nothing) >= 1


def pin_links_block(instance: Instance, placement: pyo.Block, training: pyo.Block) -> pyo.Block:
    """Return the block that requires a link for each pin, and no link that is not required.

    Elsewhere a link may count as required in vain, because that only costs.
    """
    b = pyo.Block(concrete=True)
    given = instance.pins.given
    b.ENDS = pyo.Set(
        initialize=[(*k, c) for k in training.REQUIRED if given for c in k[2:4]], dimen=6
    )

    @b.Constraint(b.ENDS)
    def pin_peer(_: pyo.Block, w: str, t: int, i: str, j: str, m: int, c: str) -> pyo.Expression:
        return training.is_required[w, t, i, j, m] <= placement.is_peer[c, w, t]

    modes = {w: job.modes for w, job in instance.workloads.items()}
    b.SPOKES = pyo.Set(
        initialize=[k for k in training.REQUIRED if given and modes[k[0]][k[4]].fabric == "hub"],
        dimen=5,
    )

    @b.Constraint(b.SPOKES)
    def pin_hub(_: pyo.Block, w: str, t: int, i: str, j: str, m: int) -> pyo.Expression:
        fixed = sum(training.is_hub[w, c] for c in (i, j) if (w, c) in training.HUBS)
        moving = ((w, c, t) for c in (i, j))
        now = sum(training.is_hub_now[k] for k in moving if k in training.MOVING_HUBS)
        return training.is_required[w, t, i, j, m] <= fixed + now

    holders = list(instance.pins.holders(instance.fiber_routes))
    links = [{instance.fiber_routes[r].link for r in found} for _, found in holders]
    is_required = _required(variable_requirements(instance, training)) if holders else {}
    b.nothing = pyo.Var(bounds=(0, 0))

    @b.Constraint(range(len(holders)))
    def pin_linked(b: pyo.Block, k: int) -> pyo.Expression:
        known = sorted(link for link in links[k] if link in is_required)
        return sum((is_required[link] for link in known), b.nothing) >= 1

    return b


def _required(requirements: Requirements) -> dict[Link, pyo.Expression | float]:
    """Return by link an expression that is 1 or more when it is required in some period."""
    found: dict[Link, pyo.Expression | float] = {}
    for (link, _), items in requirements.items():
        found[link] = sum((item.is_required for item in items), found.get(link, 0.0))
    return found
