"""Pairs and channels in whole numbers: the least cost is that of an integer program."""

import importlib
import random

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from siting.solve.whole_pairs import Offer, least_usd

whole_pairs = importlib.import_module("siting.solve.whole_pairs")


def _offers(rng: random.Random, rates: tuple[float, ...]) -> list[Offer]:
    return [
        Offer(rng.uniform(0.0, 20.0), rng.uniform(0.1, 4.0), rng.choice(rates), rng.randint(1, 6))
        for _ in range(rng.randint(1, 4))
    ]


def _exact_usd(offers: list[Offer], gbps: float) -> float:
    """Return the least cost by an integer program: pairs, then channels."""
    n = len(offers)
    usd = [*(x.pair_usd for x in offers), *(x.channel_usd for x in offers)]
    full = np.hstack([np.diag([-float(x.channels) for x in offers]), np.eye(n)])
    carried = np.array([*([0.0] * n), *(x.rate_gbps for x in offers)])
    found = milp(
        usd,
        constraints=[
            LinearConstraint(full, -np.inf, 0.0),
            LinearConstraint(carried[None, :], gbps, np.inf),
        ],
        integrality=np.ones(2 * n),
        bounds=Bounds(0.0, np.inf),
        options={"mip_rel_gap": 0.0},
    )
    return float(found.fun)


@pytest.mark.parametrize("seed", range(60))
def test_the_least_cost_is_that_of_the_integer_program(seed: int):
    rng = random.Random(seed)
    offers = _offers(rng, (100.0, 200.0, 300.0, 400.0))
    gbps = rng.uniform(1.0, 9000.0)
    assert least_usd(offers, gbps) == pytest.approx(_exact_usd(offers, gbps), rel=1e-6)


@pytest.mark.parametrize("seed", range(30))
def test_where_units_do_not_divide_the_rates_it_is_a_bound(
    seed: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(whole_pairs, "MOST_UNITS", 700)
    rng = random.Random(seed)
    offers = _offers(rng, (100.0, 133.3, 250.5, 777.0))
    gbps = rng.uniform(1.0, 9000.0)
    exact_usd = _exact_usd(offers, gbps)
    assert 0.9 * exact_usd <= least_usd(offers, gbps) <= exact_usd * (1 + 1e-6)


def test_nothing_costs_nothing():
    assert least_usd([Offer(1.0, 1.0, 100.0, 4)], 0.0) == 0.0
