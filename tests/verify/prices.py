"""The price of the plan of :mod:`tests.verify.world`, added up by hand line by line."""

from __future__ import annotations

import math
from typing import Any

from siting.catalog import Catalog
from siting.network import CandidateNetwork
from siting.plan import COST_LINES

RATE = 0.08
WEIGHTS = [1.08**-1, 1.08**-2, 1.08**-3]
ALL = sum(WEIGHTS)
LATER = sum(WEIGHTS[1:])
"""Present value of 1 USD a year in the second and third year."""

NO_CASH = {line: [0.0] * 3 for line in ("network_upgrades", "bridging", "regenerators")}


def crf(years: float) -> float:
    """Capital recovery factor."""
    return RATE / (1 - math.exp(-years * math.log(1 + RATE)))


def cash(first: float, second: float = 0.0) -> list[float]:
    return [first, second, 0.0]


def priced(network: CandidateNetwork, catalog: Catalog) -> dict[str, Any]:
    sites, site_cash = site_lines()
    fiber, fiber_cash = fiber_lines(network.corridors["ab1"].length_km, catalog)
    optics, optics_cash = optics_lines(catalog)
    costs = dict.fromkeys(COST_LINES, 0.0) | sites | fiber | optics
    objective = sum(costs.values())
    network_cost = sum(fiber.values()) + sum(optics.values())
    bounds = {
        "bound_usd": objective - 1e6,
        "gap_usd": 1e6,
        "relative_gap": 1e6 / objective,
        "bound_scope": "all_routes",
        "network_bound_usd": network_cost,
        "network_gap_usd": 0.0,
        "network_relative_gap": 0.0,
        "network_bound_scope": "all_routes",
    }
    return {
        "costs_usd": costs,
        "upfront_cash_usd": NO_CASH | site_cash | fiber_cash | optics_cash,
        "objective_usd": objective,
        "bounds": bounds,
    }


def site_lines() -> tuple[dict[str, float], dict[str, list[float]]]:
    """Base column: 130 M USD a substation of 345 kV, 300 k USD/MW, 2.2 M USD/km of tie line."""
    power = crf(30)
    costs = {
        "substations": power * (130e6 * ALL + 7e6 * LATER)
        + power * 3e5 * (82.85 * WEIGHTS[0] + 96.15 * LATER)
        + power * 1e5 * 39.9 * LATER,
        "tie_lines": power * 2.2e6 * (25 + 35) * ALL + power * 1e6 * 10 * LATER,
        "campuses": power * ((5e6 + 4e6) * ALL + 3e6 * LATER)
        + power * 10e6 * 45 * ALL
        + power * 11.8e6 * (20 * WEIGHTS[0] + (30 + 30) * LATER),
        "energy": 8760 * 1.1 * 50 * 45 * ALL
        + 8760 * 1.2 * 66 * (20 * WEIGHTS[0] + 60 * LATER),
        "unserved_demand": 10.4e6 * 10 * LATER,
        "goodput_loss": 0.05 * 10.4e6 * (60 * WEIGHTS[0] + 100 * LATER),
    }  # fmt: skip
    spent = {
        "substations": cash(130e6 + 3e5 * 82.85, 7e6 + 3e5 * 13.3 + 1e5 * 39.9),
        "tie_lines": cash(2.2e6 * 60, 1e6 * 10),
        "campuses": cash(9e6 + 10e6 * 45 + 11.8e6 * 20, 3e6 + 11.8e6 * 40),
    }
    return costs, spent


def fiber_lines(ab1_km: float, catalog: Catalog) -> tuple[dict[str, float], dict[str, list[float]]]:
    v = catalog.value
    civil = (110_000 + 10_000) * (ab1_km + 90) + (v("build.plow") + 10_000) * 90
    km = ab1_km + 180
    cable = (5_000 + 16_000) * km  # G.652.D: price multiple 1
    hut = 700_000 + 200_000
    costs = {
        "corridors": crf(20) * civil * ALL,
        "cables": crf(20) * cable * ALL,
        "irus": crf(20) * 2_000 * 70 * LATER,
        "huts": 2 * (crf(20) * hut + crf(10) * 15_000) * ALL,
        "maintenance": (500 + v("row.fee")) * km * ALL
        + v("om.iru") * 70 * LATER
        + 2 * v("hut.om") * ALL,
    }
    spent = {
        "corridors": cash(civil),
        "cables": cash(cable),
        "irus": cash(0, 2_000 * 70),
        "huts": cash(2 * (hut + 15_000)),
    }
    return costs, spent


def optics_lines(catalog: Catalog) -> tuple[dict[str, float], dict[str, list[float]]]:
    v = catalog.value
    zrp = v("zrp800_131e.price")
    modules = 10 * (4_500 + zrp)
    more = 5 * (4_500 + zrp) + 15 * 4_500
    watts_2029 = (
        2 * 10 * (26 + v("zrp800_131e.power"))
        + 2 * (v("omd32.power") + v("rd66.power"))
        + 2 * 280 * v("hut.pue")
    )
    watts_2030 = (
        2 * 15 * (26 + 26 + v("zrp800_131e.power"))
        + 2 * (2 * v("omd32.power") + v("rd66.power"))
        + 2 * 280 * v("hut.pue")
        + 2 * 15 * 180 * 800 / 400
    )
    costs = {
        "amplifiers": crf(10) * 2 * 60_000 * ALL,
        "terminals": crf(5) * 2 * ((28_000 + 110_000) * ALL + 28_000 * LATER),
        "transponders": crf(5) * 2 * (modules * ALL + more * LATER),
        "leases": 15 * (12 * 20_000 + 60_000 * crf(3)) * LATER,
        "transport_energy": 8760 * 66 / 1e6 * (watts_2029 * WEIGHTS[0] + watts_2030 * LATER),
    }
    spent = {
        "amplifiers": cash(2 * 60_000),
        "terminals": cash(2 * 138_000, 2 * 28_000),
        "transponders": cash(2 * modules, 2 * more),
        "leases": cash(0, 15 * 60_000),
    }
    return costs, spent
