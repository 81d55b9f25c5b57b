"""Both methods agree on every rule of the training side; what a configuration leaves free."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from siting import build_instance, build_network, solve, verify
from siting.instance import Instance
from siting.instance.records import Workload
from siting.network import CandidateNetwork
from siting.solve.configurations import configurations, most_links
from siting.solve.set_cuts import least_demands, protection
from siting.study import Study
from tests.analytic.training_cases import FEATURES, job, moving_hub, replica, ring
from tests.oracle.draft import write

Draft = dict[str, Any]
GAP = 1e-4
USD = 0.5
CLOSED = (
    "ring_two",
    "ring_three",
    "ring_four",
    "ring_six",
    "replica",
    "replica_dear",
    "blast_radius",
    "checkpoint_copies",
)
"""Studies whose gap the cuts close; the others differ by period, or by parts of a channel."""


def built(draft: Draft, folder: Path) -> tuple[Study, CandidateNetwork, Instance]:
    study = write(copy.deepcopy(draft), folder)
    network = build_network(study)
    return study, network, build_instance(study, network)


def workload(draft: Draft, folder: Path) -> Workload:
    return built(draft, folder)[2].workloads["train"]


@pytest.mark.solver
@pytest.mark.parametrize("name", FEATURES)
def test_methods_agree(name: str, tmp_path: Path) -> None:
    study, network, instance = built(FEATURES[name], tmp_path)
    best = solve(instance, method="monolithic", relative_gap=0)
    apart = solve(instance, method="decomposition", relative_gap=GAP)
    assert best.plan is not None
    assert apart.plan is not None
    assert apart.bound_usd <= best.objective_usd + USD
    assert apart.objective_usd == pytest.approx(best.objective_usd, rel=GAP)
    for plan in (best.plan, apart.plan):
        verification = verify(plan, study, network)
        assert verification.accepted, verification.violations
    if name in CLOSED:
        assert apart.gap_usd <= GAP * apart.objective_usd + 1.0


# Configurations


def names(draft: Draft, folder: Path) -> list[str]:
    return [c.name for c in configurations(built(draft, folder)[2])]


def test_order_of_a_ring_stays_free(tmp_path: Path) -> None:
    assert names(FEATURES["ring_four"], tmp_path) == ["single-site", "diloco/ring"]


def test_a_hub_that_may_move_is_one_configuration(tmp_path: Path) -> None:
    found = names(moving_hub(may_move=False), tmp_path / "stays")
    assert found == ["single-site", "diloco/hub/a", "diloco/hub/b", "diloco/hub/c"]
    moving = configurations(built(moving_hub(may_move=True), tmp_path / "moves")[2])
    assert [c.name for c in moving] == ["single-site", "diloco/hub"]
    _, _, instance = built(moving_hub(may_move=True), tmp_path / "applied")
    assert moving[1].apply(instance).workloads["train"].hubs == ("a", "b", "c")


@pytest.mark.parametrize(
    ("fabric", "with_replicas", "links"),
    [
        ("mesh", False, 6),
        ("mesh", True, 7),
        ("hub", False, 3),
        ("hub", True, 4),
        ("ring", False, 4),
        ("ring", True, 5),
    ],
)
def test_most_links_at_once(fabric: str, with_replicas: bool, links: int, tmp_path: Path) -> None:
    # Four peers of five campuses; the fifth may be a replica, with a link of its own.
    draft = ring("abcde", {}, 40.0, fabrics=[fabric], max_peers=4)
    if with_replicas:
        job(draft)["replica"] = {"max_share": 0.5}
    assert most_links(workload(draft, tmp_path)) == links


def test_a_campus_alone_may_have_replicas(tmp_path: Path) -> None:
    draft = ring("abcde", {}, 40.0)
    job(draft)["replica"] = {"max_share": 0.5}
    _, _, instance = built(draft, tmp_path)
    alone = configurations(instance)[0].apply(instance).workloads["train"]
    assert alone.modes == ()
    assert most_links(alone) == 4


@pytest.mark.parametrize(
    ("phi", "replica_phi", "every", "some"),
    [(1.0, 0.0, False, True), (1.0, 0.5, True, True), (0.0, 0.0, False, False)],
)
def test_which_links_must_survive(
    phi: float, replica_phi: float, every: bool, some: bool, tmp_path: Path
) -> None:
    draft = replica(0.0, survival_fraction=replica_phi)
    job(draft)["survival_fraction"] = phi
    assert protection(built(draft, tmp_path)[2]) == (every, some)


@pytest.mark.parametrize(("names_", "every"), [("ab", True), ("abc", False)])
def test_a_ring_may_carry_round_what_a_link_lacks(names_: str, every: bool, tmp_path: Path) -> None:
    draft = ring(names_, {}, 40.0, survival_fraction=1.0)
    assert protection(built(draft, tmp_path / "plain")[2]) == (True, True)
    draft["file"]["survivability"] = {"ring_transit": True}
    # Of three peers two may train alone: that link has no way round.
    assert protection(built(draft, tmp_path / "transit")[2]) == (every, True)


def test_least_demand_of_a_link_may_be_a_checkpoint(tmp_path: Path) -> None:
    _, _, instance = built(replica(0.0, rtt_limit_ms=500.0), tmp_path)
    (floor,) = least_demands(instance).values()
    # 700 x 3.75e8 parameters x 14 bytes in 30 minutes, against 700 Gb/s of the exchange.
    assert floor.gbps == pytest.approx(8 * 700 * 3.75e8 * 14 / 1800 / 1e9)
    assert (floor.rtt_limit_ms, floor.survival_fraction) == (500.0, 0.0)
