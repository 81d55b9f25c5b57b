"""The first siting: a poor one is not taken while there is time for a better one."""

from __future__ import annotations

import dataclasses
import math

import pytest

from siting.formulation.admissibility import Admissibility
from siting.formulation.training import possible_links, possible_peers
from siting.solve.first_siting import first_siting
from siting.solve.highs import Status
from siting.solve.master_outcome import MasterOutcome
from tests.solve.cases import tiny


class FakeMaster:
    """Finds a siting of one cost after the other."""

    def __init__(self, *costs: float) -> None:
        self.costs, self.asked = list(costs), 0

    def relax(self) -> float:
        return 100.0

    def solve(self, **_options: object) -> MasterOutcome:
        cost = self.costs[self.asked]
        self.asked += 1
        return MasterOutcome(100.0, None, Status.TIME_LIMIT, cost)


@pytest.mark.parametrize(
    ("costs", "asked"), [((104.0, 101.0), 1), ((150.0, 101.0), 2), ((math.inf, 101.0), 2)]
)
def test_a_first_siting_far_from_the_relaxation_is_not_enough(costs: tuple[float, ...], asked: int):
    master = FakeMaster(*costs)
    outcome = first_siting(master, time_limit_s=40.0, relative_gap=0.0, cutoff_usd=math.inf)  # type: ignore[arg-type]
    assert master.asked == asked
    assert outcome.cost_usd == costs[asked - 1]


def test_campuses_too_small_for_a_peer_have_no_links():
    instance = tiny(24)
    job = next(job for job in instance.workloads.values() if job.modes)
    last = len(instance.periods) - 1
    every = possible_peers(instance, job, last)
    assert len(every) > 1
    small = every[0]
    limits = dict(instance.campuses)
    least = job.min_peer_mw * limits[small].pue_peak
    limits[small] = dataclasses.replace(limits[small], limit_mw=least / 2)
    part = dataclasses.replace(instance, campuses=limits)
    peers = possible_peers(part, job, last)
    assert peers == every[1:]
    admissible = Admissibility(part)
    links = [x for m in job.modes for x in possible_links(part, admissible, job, m, last, peers)]
    assert not any(small in link for link in links)
