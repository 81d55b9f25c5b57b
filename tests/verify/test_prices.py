"""Cost lines of power, sites and training, added up by hand for the plans made by hand.

Base column: gas engines 2,000 USD/kW, fuel and upkeep 60 USD/MWh, power 66 USD/MWh in Texas and
89.2 in Virginia, 10.4 M USD for an idle IT MW and year.
"""

from __future__ import annotations

import pytest

from siting.plan import Plan
from siting.verify import Verification
from tests.verify.prices import ALL, LATER, WEIGHTS, crf
from tests.verify.repricing import check
from tests.verify.variants import make_variant

POWER = crf(30)
W0, W1, W2 = WEIGHTS
IDLE = 10.4e6


def recomputed(name: str, folder) -> Verification:
    world = make_variant(name, folder)
    return check(world, Plan.model_validate(world.plan))


def test_brownfield(tmp_path):
    found = recomputed("brownfield", tmp_path)
    engines, rent = 2_000 * 1000 * 10, 12 * 30 * 1000
    shell = 10e6 * (25 * (W0 + W1) + 45 * W2) + 11.8e6 * (20 * W0 + 60 * LATER)
    saved = 8760 * 1.1 / 1.25 * (60 - 50) * 10 * (W0 + W1)
    costs = {
        "substations": POWER * (7e6 * LATER + 3e5 * (69.45 * W0 + 96.05 * W1 + 106.05 * W2))
        + POWER * 1e5 * (29.9 * W1 + 39.9 * W2),
        "network_upgrades": POWER * 20e6 * LATER,
        "tie_lines": POWER * (2.2e6 * (35 + 20) * ALL + 1e6 * 10 * LATER),
        "bridging": POWER * engines * ALL + rent * (40 * W1 + 39.9 * W2),
        "campuses": POWER * (5e6 * W2 + 4e6 * ALL + 3e6 * LATER + shell),
        "energy": 8760 * (1.1 * 50 * 45 * ALL + 1.2 * 66 * (20 * W0 + 30 * LATER))
        + 8760 * 1.2 * (89.2 * 30 * LATER + (90 - 89.2) / 1.33 * 10 * W1)
        + saved,
        "unserved_demand": IDLE * 10 * LATER,
        "goodput_loss": 0.05 * IDLE * (60 * W0 + 100 * LATER),
    }
    assert {line: found.recomputed_costs_usd[line] for line in costs} == pytest.approx(costs)
    cash = {
        "substations": (3e5 * 69.45, 7e6 + 3e5 * 26.6 + 1e5 * 29.9, 4e5 * 10),
        "network_upgrades": (0, 20e6, 0),
        "tie_lines": (2.2e6 * 55, 1e6 * 10, 0),
        "bridging": (engines, 0, 0),  # rent is no capital
        "campuses": (4e6 + 10e6 * 25 + 11.8e6 * 20, 3e6 + 11.8e6 * 40, 5e6 + 10e6 * 20),
    }
    for line, amounts in cash.items():
        assert found.recomputed_upfront_cash_usd[line] == pytest.approx(amounts), line


def test_replicas(tmp_path):
    costs = recomputed("replicas", tmp_path).recomputed_costs_usd
    at_peers = (0.05 + 0.15) * 60 * W0 + 0.05 * 70 * LATER
    assert costs["goodput_loss"] == pytest.approx(IDLE * (at_peers + 0.02 * 30 * LATER))
    energy = 8760 * (1.1 * 50 * 45 * ALL + 1.2 * 66 * (20 * W0 + 60 * LATER))
    assert costs["energy"] == pytest.approx(energy)


@pytest.mark.parametrize("name", ["ring", "mesh"])
def test_local_steps(name, tmp_path):
    costs = recomputed(name, tmp_path).recomputed_costs_usd
    lost = (0.01 + 0.0005) * 60 * W0 + (0.01 + 0.0025) * 100 * LATER
    assert costs["goodput_loss"] == pytest.approx(IDLE * lost)


def test_defaults_of_bridging_and_replicas(tmp_path):
    rows = {"gA": {"technology": "fc"}, "gC": {"cost_usd_per_kw": "", "energy_usd_per_mwh": ""}}
    world = make_variant("brownfield", tmp_path, cells={"bridging": rows})
    costs = check(world, Plan.model_validate(world.plan)).recomputed_costs_usd
    fuel_cells = POWER * 4_500 * 1000 * 10 * ALL
    rented = 12 * 35 * 1000 * (40 * W1 + 39.9 * W2)
    assert costs["bridging"] == pytest.approx(fuel_cells + rented)
    world = make_variant(
        "replicas",
        tmp_path,
        {"workloads.0.replica": {"max_share": 0.5}, "catalog.overrides": {"ckpt.token_penalty": 3}},
    )
    costs = check(world, Plan.model_validate(world.plan)).recomputed_costs_usd
    at_peers = (0.05 + 0.15) * 60 * W0 + 0.05 * 70 * LATER
    assert costs["goodput_loss"] == pytest.approx(IDLE * (at_peers + 0.03 * 30 * LATER))
