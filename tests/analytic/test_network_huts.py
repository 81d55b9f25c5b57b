"""Hut classes, racks by amplifier type, space and power, what stands already: by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from siting import Plan
from tests.analytic.tiny import PER_KM, WATT, Draft, free_sites, solved

pytestmark = pytest.mark.solver

KM = 151.0
SMALL = 900_000 / 20 + 40_000
LARGE = 5_200_000 / 20 + 40_000
RACK = 15_000 / 10
FIXED_PAIR = 12_800.0
ROADM_PAIR = 25_600.0
"""32 and 64 channels of 400G to a pair, Gb/s."""


def amplified(gbps: float, terminal: str = "fixed_c", **transport: object) -> Draft:
    """Return a road of 151 km: only the site in the middle is within 75.6 km of both ends."""
    draft = free_sites([("a", "b", KM)], gbps)
    draft["file"]["transport"] |= {
        "modules": ["zrp400_124"],
        "terminals": [terminal],
        "margin_db": 0.0,
        "amplifiers": {"min_spacing_km": 75.6, "max_spacing_km": 75.6},
        **transport,
    }
    draft["file"]["geography"] = {"huts": "huts.csv"}
    draft["tables"]["huts"] = [{"id": "middle", "corridor_id": "a-b", "position_km": 75.5}]
    return draft


def lines(pairs: int, amplifier_usd: float = 22_000, watt: float = 140) -> float:
    """Return what pairs full of 400G channels cost a year, huts and fiber apart.

    Amplifiers of 140 W stand between fixed filters, others between ROADMs.
    """
    terminal_usd, terminal_w, channels = 28_000, 110, 32
    if watt != 140:
        terminal_usd, terminal_w, channels = 110_000, 400, 64
    pair = amplifier_usd / 10 + 2 * terminal_usd / 5 + (watt * 1.7 + 2 * terminal_w) * WATT
    return pairs * (pair + channels * (2 * 6_000 / 5 + 2 * 27 * WATT))


def fiber(cables: int) -> float:
    return KM * (PER_KM + (cables - 1) * (5_000 + 16_000) / 20)


def only_hut(plan: Plan) -> Any:
    (hut,) = plan.huts
    return hut


# Lease or build


@pytest.mark.parametrize(("above", "kind"), [(-1.0, "leased"), (1.0, "small")])
def test_break_even_of_lease_and_hut(above: float, kind: str, tmp_path: Path) -> None:
    draft = amplified(FIXED_PAIR)
    draft["tables"]["huts"][0]["leasable"] = True
    draft["file"]["catalog"]["overrides"]["hut.lease.rack"] = SMALL + RACK + above
    _, plan = solved(draft, tmp_path)
    assert only_hut(plan).hut_class == kind
    usd = fiber(1) + lines(1) + SMALL + RACK + min(above, 0.0)
    assert plan.objective_usd == pytest.approx(usd, abs=0.01)


def test_a_lessor_has_few_racks(tmp_path: Path) -> None:
    # 21 pairs need two racks; the lessor has one.
    draft = amplified(21 * FIXED_PAIR, max_racks_provider=1)
    draft["tables"]["huts"][0]["leasable"] = True
    _, plan = solved(draft, tmp_path)
    assert only_hut(plan).hut_class == "small"
    draft["file"]["transport"]["max_racks_provider"] = 2
    _, plan = solved(draft, tmp_path)
    assert only_hut(plan).hut_class == "leased"
    usd = fiber(1) + lines(21) + 2 * 24_000
    assert plan.objective_usd == pytest.approx(usd, abs=0.01)


# Power and space


@pytest.mark.parametrize(("pairs", "kind", "hut"), [(85, "small", SMALL), (86, "large", LARGE)])
def test_a_small_hut_powers_85_pairs(pairs: int, kind: str, hut: float, tmp_path: Path) -> None:
    # 12 kW at 140 W a pair are 85 pairs, in five racks of 20.
    draft = amplified(pairs * FIXED_PAIR, hut_classes=["small", "large"])
    _, plan = solved(draft, tmp_path)
    assert only_hut(plan).hut_class == kind
    usd = fiber(2) + lines(pairs) + hut + 5 * RACK
    assert plan.objective_usd == pytest.approx(usd, abs=0.01)


def test_without_a_large_hut_power_is_the_end(tmp_path: Path) -> None:
    _, plan = solved(amplified(86 * FIXED_PAIR), tmp_path)
    assert plan.links == ()


def test_space_binds_before_power(tmp_path: Path) -> None:
    # Legacy racks hold 4 pairs: 8 racks are 32 pairs, though power would do for 85.
    for pairs, links in ((32, 1), (33, 0)):
        draft = amplified(pairs * FIXED_PAIR, amplifier_types=["legacy"])
        _, plan = solved(draft, tmp_path / str(pairs))
        assert len(plan.links) == links
        if links:
            assert only_hut(plan).racks == {"legacy": (8,)}
            usd = fiber(1) + lines(32) + SMALL + 8 * RACK
            assert plan.objective_usd == pytest.approx(usd, abs=0.01)


def test_multi_rail_only_for_the_pairs_that_power_does_not_reach(tmp_path: Path) -> None:
    # A multi-rail amplifier at 70,000 USD costs 1,000 - 170 x 1.7 W more a year than a
    # conventional one. 42 pairs of 280 W are 11.76 kW; the 43rd must be multi-rail (110 W).
    multi = {"price.multi": 70_000.0}
    for pairs, racks in ((42, {"conventional": 3}), (43, {"conventional": 3, "multi_rail": 1})):
        draft = amplified(
            pairs * ROADM_PAIR, "roadm_cl", amplifier_types=["conventional", "multi_rail"]
        )
        draft["file"]["catalog"]["overrides"] |= multi
        _, plan = solved(draft, tmp_path / str(pairs))
        assert only_hut(plan).racks == {k: (n,) for k, n in racks.items()}
        usd = fiber(1) + lines(42, 60_000, 280)
        usd += lines(pairs - 42, 70_000, 110) + SMALL + sum(racks.values()) * RACK
        assert plan.objective_usd == pytest.approx(usd, abs=0.01)


def test_multi_rail_at_its_price_takes_one_rack(tmp_path: Path) -> None:
    draft = amplified(43 * ROADM_PAIR, "roadm_cl", amplifier_types=["conventional", "multi_rail"])
    _, plan = solved(draft, tmp_path)
    assert only_hut(plan).racks == {"multi_rail": (1,)}
    usd = fiber(1) + lines(43, 28_000, 110) + SMALL + RACK
    assert plan.objective_usd == pytest.approx(usd, abs=0.01)


def test_a_row_beats_its_class(tmp_path: Path) -> None:
    draft = amplified(21 * FIXED_PAIR)
    draft["tables"]["huts"][0] |= {"space_racks": 1}
    _, plan = solved(draft, tmp_path)
    assert plan.links == ()
    draft = amplified(21 * FIXED_PAIR)
    draft["tables"]["huts"][0] |= {"power_kw": 2.939}
    _, plan = solved(draft, tmp_path)
    assert plan.links == ()
    draft["tables"]["huts"][0]["power_kw"] = 2.94
    _, plan = solved(draft, tmp_path)
    assert len(plan.links) == 1


# What stands already


def test_existing_racks_are_free_until_they_retire(tmp_path: Path) -> None:
    draft = amplified(FIXED_PAIR)
    draft["file"]["workloads"][0]["it_demand_mw"] = [200.0, 200.0]
    draft["file"]["horizon"]["periods"] = 2
    draft["tables"]["huts"][0] |= {"existing_racks": 1}
    _, plan = solved(draft, tmp_path / "stays")
    assert (only_hut(plan).hut_class, only_hut(plan).in_service_from) == ("existing", None)
    usd = 2 * (fiber(1) + lines(1))
    assert plan.objective_usd == pytest.approx(usd, abs=0.01)
    draft["tables"]["huts"][0]["existing_until"] = "2028-06-01"
    _, plan = solved(draft, tmp_path / "retires")
    assert (only_hut(plan).hut_class, only_hut(plan).in_service_from) == ("small", 1)
    assert only_hut(plan).racks == {"conventional": (0, 1)}
    assert plan.objective_usd == pytest.approx(usd + SMALL + RACK, abs=0.01)


def test_racks_added_in_an_existing_hut(tmp_path: Path) -> None:
    # 21 pairs: one rack stands, room for three, one more is bought; no hut, no upkeep.
    draft = amplified(21 * FIXED_PAIR)
    draft["tables"]["huts"][0] |= {"existing_racks": 1, "space_racks": 3}
    _, plan = solved(draft, tmp_path)
    assert only_hut(plan).racks == {"conventional": (1,)}
    usd = fiber(1) + lines(21) + RACK
    assert plan.objective_usd == pytest.approx(usd, abs=0.01)


def test_a_new_hut_beside_a_full_one(tmp_path: Path) -> None:
    draft = amplified(21 * FIXED_PAIR)
    draft["tables"]["huts"][0] |= {"existing_racks": 1}
    _, plan = solved(draft, tmp_path)
    assert only_hut(plan).hut_class == "small"
    usd = fiber(1) + lines(21) + SMALL + RACK
    assert plan.objective_usd == pytest.approx(usd, abs=0.01)
