"""The hub of a hub fabric, the same in all periods or another in each, and the links it requires.

| symbol | component | unit | meaning |
|---|---|---|---|
| hub_wc | is_hub | - | hub campus in all periods |
| hub_wct | is_hub_now | - | hub campus of the period, where the hub may move |
"""

from __future__ import annotations

from collections.abc import Callable

import pyomo.environ as pyo

from siting.instance import Instance

Required = Callable[[str, int, tuple[str, str], str], pyo.Expression]
"""Whether a link is required under the modes of a fabric: workload, period, link, fabric."""


def declare_hubs(b: pyo.Block, instance: Instance) -> None:
    """Add the sets and variables of hubs."""
    periods = range(len(instance.periods))
    with_hub = [
        (w, job)
        for w, job in instance.workloads.items()
        if any(mode.fabric == "hub" for mode in job.modes)
    ]
    b.HUBS = pyo.Set(
        initialize=[(w, c) for w, job in with_hub if not job.hub_may_move for c in job.hubs],
        dimen=2,
    )
    b.MOVING_HUBS = pyo.Set(
        initialize=[
            (w, c, t) for w, job in with_hub if job.hub_may_move for c in job.hubs for t in periods
        ],
        dimen=3,
    )
    b.is_hub = pyo.Var(b.HUBS, domain=pyo.Binary)
    b.is_hub_now = pyo.Var(b.MOVING_HUBS, domain=pyo.Binary)


def hub_rows(b: pyo.Block, instance: Instance, placement: pyo.Block, required: Required) -> None:
    """Add the rows that choose one hub, a peer, and require its links."""
    jobs = instance.workloads
    b.HUB_JOBS = pyo.Set(initialize=sorted({w for w, _ in b.HUBS}))
    b.HUB_PERIODS = pyo.Set(
        initialize=[(w, c, t) for w, c in b.HUBS for t in range(len(instance.periods))], dimen=3
    )
    b.MOVING_PERIODS = pyo.Set(initialize=sorted({(w, t) for w, _, t in b.MOVING_HUBS}), dimen=2)
    all_hubs = [*b.HUB_PERIODS, *b.MOVING_HUBS]
    b.HUB_PAIRS = pyo.Set(
        initialize=[(w, t, h, o) for w, h, t in all_hubs for o in jobs[w].campuses if o != h],
        dimen=4,
    )

    def modes(b: pyo.Block, w: str, t: int) -> pyo.Expression:
        used = (m for m, mode in enumerate(jobs[w].modes) if mode.fabric == "hub")
        return sum(b.uses_mode[w, t, m] for m in used)

    @b.Constraint(b.HUB_JOBS)
    def one_hub(b: pyo.Block, w: str) -> pyo.Expression:
        hub_families = sum(b.uses_family[k] for k in b.FAMILIES if k[0] == w and k[2] == "hub")
        return sum(b.is_hub[k] for k in b.HUBS if k[0] == w) == hub_families

    @b.Constraint(b.MOVING_PERIODS)
    def one_hub_now(b: pyo.Block, w: str, t: int) -> pyo.Expression:
        return sum(b.is_hub_now[w, c, t] for c in jobs[w].hubs) == modes(b, w, t)

    @b.Constraint(b.HUB_PERIODS)
    def hub_is_peer(b: pyo.Block, w: str, c: str, t: int) -> pyo.Expression:
        return modes(b, w, t) + b.is_hub[w, c] <= 1 + placement.is_peer[c, w, t]

    @b.Constraint(b.MOVING_HUBS)
    def hub_is_peer_now(b: pyo.Block, w: str, c: str, t: int) -> pyo.Expression:
        return b.is_hub_now[w, c, t] <= placement.is_peer[c, w, t]

    @b.Constraint(b.HUB_PAIRS)
    def link_required_hub(b: pyo.Block, w: str, t: int, h: str, o: str) -> pyo.Expression:
        both = placement.is_peer[h, w, t] + placement.is_peer[o, w, t]
        hub = b.is_hub_now[w, h, t] if jobs[w].hub_may_move else b.is_hub[w, h]
        return both + hub <= 2 + required(w, t, (min(h, o), max(h, o)), "hub")
