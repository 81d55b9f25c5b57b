"""Operating modes over time: bandwidth levels, front-end traffic, a hub that moves."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.analytic.test_closed_forms import CHANNEL, PAIR
from tests.analytic.tiny import PER_KM, free_sites, solved
from tests.analytic.training_cases import GBPS, bandwidth, job, moving_hub

pytestmark = pytest.mark.solver

LINK = 40 * PER_KM + PAIR + CHANNEL


# Bandwidth level: a second channel, or 1 % of 200 MW


@pytest.mark.parametrize(("above_usd", "level"), [(-1.0, 0.5), (1.0, 1.0)])
def test_break_even_of_a_bandwidth_level(above_usd: float, level: float, tmp_path: Path) -> None:
    value = CHANNEL / (0.01 * 200) + above_usd
    _, plan = solved(bandwidth(value), tmp_path)
    (mode,) = plan.workloads[0].modes
    assert mode is not None
    assert mode.bandwidth_level == level
    assert mode.goodput_loss_fraction == pytest.approx(0.01 if level == 0.5 else 0.0)
    assert plan.objective_usd == pytest.approx(LINK + min(CHANNEL, 2 * value), abs=0.01)


# Front-end traffic


@pytest.mark.parametrize(("gbps_per_mw", "channels"), [(0.99, 1), (1.01, 2)])
def test_frontend_traffic_adds_to_the_exchange(
    gbps_per_mw: float, channels: int, tmp_path: Path
) -> None:
    # 700 Gb/s, and 100 MW at the smaller end: 800 Gb/s at 1 Gb/s per MW.
    draft = free_sites([("a", "b", 40.0)], GBPS)
    job(draft)["traffic"]["frontend_gbps_per_it_mw"] = gbps_per_mw
    _, plan = solved(draft, tmp_path)
    (demand,) = plan.links[0].demands
    assert demand.gbps == (pytest.approx(GBPS + 100 * gbps_per_mw),)
    assert plan.objective_usd == pytest.approx(LINK + (channels - 1) * CHANNEL, abs=0.01)


def test_frontend_traffic_adds_to_the_fabric(tmp_path: Path) -> None:
    draft = free_sites([("a", "b", 40.0)], 1.0)
    job(draft)["traffic"] |= {
        "view": "fabric_extension",
        "it_kw_per_accelerator": 2.0,
        "nic_gbps": 400.0,
        "fabric_ratio": 0.0001,
        "frontend_gbps_per_it_mw": 3.0,
    }
    _, plan = solved(draft, tmp_path)
    # 500 x 400 x 0.0001 = 20 Gb/s per MW and 3 of front-end.
    (demand,) = plan.links[0].demands
    assert demand.gbps == (pytest.approx(2300.0),)


# The hub


def test_a_hub_that_may_move_saves_a_road(tmp_path: Path) -> None:
    # At first a is the middle of three; then only b and c serve. Both years b-c is needed by a hub
    # that stays; one that moves builds it for the second year only.
    both = 2 * (PAIR + CHANNEL)
    _, moves = solved(moving_hub(may_move=True), tmp_path / "moves")
    hubs = [mode.hub for mode in moves.workloads[0].modes if mode is not None]
    assert hubs[0] == "a"
    assert hubs[1] in {"b", "c"}
    assert moves.workloads[0].hub is None
    energy = 100 * 8760 * 1000.0
    moving = 2 * (40 * PER_KM + both) + 100 * PER_KM + PAIR + CHANNEL
    assert moves.objective_usd == pytest.approx(energy + moving, abs=0.01)

    _, stays = solved(moving_hub(may_move=False), tmp_path / "stays")
    assert stays.workloads[0].hub in {"b", "c"}
    assert stays.objective_usd == pytest.approx(energy + 2 * (120 * PER_KM + both), abs=0.01)
