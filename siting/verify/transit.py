"""Rings that carry the traffic of a failed link the other way round."""

from __future__ import annotations

from collections.abc import Sequence

from siting.verify import tolerances
from siting.verify.case import Case
from siting.verify.needs import known_mode, peers, required_links
from siting.verify.services import Service, is_waived, services

LEAST_PEERS = 3
"""With two peers there is no other way round."""


def transit_rings(case: Case) -> tuple[tuple[Service, ...], ...]:
    """Return the rings with transit, each as the duties of its links; none unless asked for."""
    if not case.study.file.survivability.ring_transit:
        return ()
    duties = {(duty.campuses, duty.period): duty for duty in services(case)}
    rings = []
    for planned in case.plan.workloads:
        for period in range(case.periods):
            mode = known_mode(planned, period)
            if mode is None or mode.fabric != "ring":
                continue
            if len(peers(planned, period)) >= LEAST_PEERS:
                pairs = required_links(case, planned, period)
                rings.append(tuple(duties[pair, period] for pair in pairs))
    return tuple(rings)


def ring_failures(ring: Sequence[Service]) -> tuple[str, ...]:
    """Return the failures after which a ring does not carry what must survive."""
    groups = sorted({group for duty in ring for group in duty.surviving_gbps})
    return tuple(group for group in groups if not _carries(ring, group))


def _carries(ring: Sequence[Service], failure: str) -> bool:
    """Whether shortfalls of some links fit into what the others have to spare.

    Link l has spare capacity d_l (negative: it lacks as much). Wanted are shortfalls sigma_l >= 0
    with d_l + sigma_l >= S - sigma_l for S, the sum of all: sigma_l >= (S - d_l) / 2. They exist
    for S when these least shortfalls add up to no more than S; the sum less S is convex and
    piecewise linear in S, so it is enough to try S = 0 and the breaks S = d_l. A ring that a
    failure cuts at a campus carries nothing round.
    """
    cut = any(is_waived(duty.campuses, failure) for duty in ring)
    spare = [
        duty.left_gbps(failure)
        - duty.required_surviving_gbps
        + tolerances.gbps_slack(duty.required_surviving_gbps)
        for duty in ring
        if not is_waived(duty.campuses, failure)
    ]
    tries = (0.0,) if cut else (0.0, *(d for d in spare if d > 0))
    return any(sum(max(total - d, 0.0) for d in spare) / 2.0 <= total for total in tries)
