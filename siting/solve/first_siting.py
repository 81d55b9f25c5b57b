"""The first siting of a configuration: soon, but not at any cost."""

from __future__ import annotations

from siting.solve.highs import Status
from siting.solve.master import Master
from siting.solve.master_outcome import MasterOutcome

SOON_S = 8.0
"""Time for a siting that need not be the best, s."""
GOOD_GAP = 0.05
"""A siting within this gap of the relaxation is good enough to begin with."""


def first_siting(
    master: Master, *, time_limit_s: float, relative_gap: float, cutoff_usd: float
) -> MasterOutcome:
    """Solve from the relaxation, and only for a while if that gives a good siting.

    A poor one, that leaves most of the demand unserved for years, is found at once and helps
    nobody: configurations cannot be closed against it. Then the search goes on from there.

    Args:
        master: the master of the configuration.
        time_limit_s: wall time, s.
        relative_gap: stop at this gap.
        cutoff_usd: largest cost of interest.
    """
    relaxed_usd = master.relax()
    outcome = master.solve(
        time_limit_s=min(SOON_S, time_limit_s), relative_gap=relative_gap, cutoff_usd=cutoff_usd
    )
    is_good = relaxed_usd >= (1 - GOOD_GAP) * outcome.cost_usd
    if outcome.status is Status.INFEASIBLE or is_good:
        return outcome
    return master.solve(
        time_limit_s=time_limit_s,
        relative_gap=relative_gap,
        cutoff_usd=cutoff_usd,
        start=outcome.values,
    )
