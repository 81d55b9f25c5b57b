"""Small studies that feel what the trio does not: huts, dates, caps, roles, rings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.analytic.powered import powered
from tests.analytic.tiny import free_sites
from tests.analytic.training_cases import FEATURES

Draft = dict[str, Any]


def retiring() -> Draft:
    """Return a road of 151 km whose cable and hut stand for one of two years."""
    draft = _hut_road(390.0)
    draft["file"]["workloads"][0]["it_demand_mw"] = [200.0, 200.0]
    draft["file"]["horizon"]["periods"] = 2
    draft["tables"]["corridors"][0] |= {"existing_fibers": 2, "existing_until": "2029-01-01"}
    draft["tables"]["huts"][0] |= {"existing_racks": 1, "existing_until": "2029-01-01"}
    return draft


def beside() -> Draft:
    """Return a road whose existing cable and hut need more: cable in its duct, racks in the hut."""
    draft = _hut_road(3 * 12_800.0)
    draft["file"]["catalog"]["overrides"]["rack.conv"] = 1.0
    draft["tables"]["corridors"][0] |= {"existing_fibers": 2}
    draft["tables"]["huts"][0] |= {"existing_racks": 1, "space_racks": 3, "power_kw": 0.42}
    return draft


def classes() -> Draft:
    """Return three pairs that are too many for the power of a small hut."""
    draft = _hut_road(3 * 12_800.0)
    draft["file"]["transport"]["hut_classes"] = ["small", "large"]
    draft["file"]["catalog"]["overrides"] |= {"hut.power.legacy": 0.3, "hut.power.new": 0.42}
    return draft


def regenerated() -> Draft:
    """Return a module that no amplifier serves, on a road of 150 km with a regenerator site."""
    draft = free_sites([("a", "b", 150.0)], 700.0)
    draft["file"]["transport"] |= {"modules": ["zr800"], "margin_db": 0.0, "max_regenerators": 1}
    draft["file"]["transport"]["hut_classes"] = ["small", "large"]
    draft["file"]["catalog"]["overrides"] |= {"zr800.osnr": 20.0, "hut.power.legacy": 0.27}
    draft["file"]["geography"] = {"huts": "huts.csv"}
    draft["tables"]["huts"] = [
        {"id": "regen", "corridor_id": "a-b", "position_km": 70.0, "can_regenerate": True}
    ]
    return draft


def dated() -> Draft:
    """Return a link from the second year on, and a cheap module that comes in the third."""
    draft = free_sites([("a", "b", 40.0)], 1_400.0, it_demand_mw=[100.0, 200.0, 200.0])
    draft["file"]["horizon"]["periods"] = 3
    draft["file"]["transport"] |= {
        "modules": ["zrp800_131e", "emb1600"],
        "module_dates": {"emb1600": "2030-01-01"},
    }
    draft["file"]["catalog"]["overrides"] |= {"emb1600.price": 5_000.0, "emb1600.osnr": 20.0}
    return draft


def capped() -> Draft:
    """Return three campuses and their roads under caps of every kind."""
    draft = powered("ab", [100.0, 100.0], 500_000.0)
    for cells in draft["tables"]["campuses"]:
        cells["fixed_cost_usd"] = 3e7
    draft["file"]["rules"] = {
        "caps": {"upfront_usd": 7e7, "campus_openings": 1, "substation_connections": 2}
    }
    return draft


def built_late() -> Draft:
    """Return a link whose road and hut may not both be built in its first year."""
    draft = _hut_road(390.0)
    draft["file"]["workloads"][0]["it_demand_mw"] = [100.0, 200.0]
    draft["file"]["horizon"]["periods"] = 2
    draft["file"]["rules"] = {"caps": {"corridor_build_km": [151.0, 0.0], "hut_builds": [1, 0]}}
    return draft


def replica() -> Draft:
    """Return two campuses of which one is a replica: its loss is less than a peer's."""
    return FEATURES["replica"]


def narrow() -> Draft:
    """Return a link that is cheaper at half the bandwidth, with traffic of a front end."""
    draft = FEATURES["bandwidth_narrow"]
    draft["file"]["workloads"][0]["traffic"]["frontend_gbps_per_it_mw"] = 6.0
    return draft


def transit(*, allowed: bool = True) -> Draft:
    """Return a ring that survives by its other way round, when that is allowed, or by bypasses."""
    sides = [("a", "b"), ("b", "c"), ("a", "c")]
    roads = [(a, b, 40.0) for a, b in sides]
    roads += [(end, f"by-{a}{b}", 25.0) for a, b in sides for end in (a, b)]
    draft = free_sites(roads, 525.0, fabrics=["ring"], max_peers=3, survival_fraction=1.0)
    draft["file"]["survivability"] = {"ring_transit": allowed}
    draft["file"]["geography"] = {"entrance_separation_km": 0.0}
    return draft


def far_lessor() -> Draft:
    """Return a road whose only cheap site is too far from one end."""
    draft = _hut_road(390.0)
    draft["tables"]["huts"].append(
        {"id": "far", "corridor_id": "a-b", "position_km": 40.1, "leasable": True}
    )
    return draft


def lessors(first_km: float, second_km: float, **rules: float) -> Draft:
    """Return a road of 220 km with two cheap sites that break a spacing rule together."""
    draft = free_sites([("a", "b", 220.0)], 390.0)
    draft["file"]["transport"] |= {
        "modules": ["zrp400_124"], "margin_db": 0.0, "amplifiers": rules,
    }  # fmt: skip
    draft["file"]["geography"] = {"huts": "huts.csv"}
    draft["tables"]["huts"] = [
        {"id": name, "corridor_id": "a-b", "position_km": at, "leasable": True}
        for name, at in (("first", first_km), ("second", second_km))
    ]
    return draft


def cramped() -> Draft:
    """Return a hut for two racks, one of which stands; three pairs need three."""
    draft = beside()
    draft["tables"]["huts"][0] |= {"space_racks": 2, "power_kw": 12}
    return draft


def few_iru_pairs() -> Draft:
    """Return two pairs where the provider has one."""
    draft = free_sites([("a", "b", 40.0)], 30 * 800.0)
    draft["tables"]["corridors"][0] |= {"iru_provider": "telco", "iru_pairs": 1}
    return draft


def full_pair() -> Draft:
    """Return one channel more than a pair holds."""
    return free_sites([("a", "b", 40.0)], 29 * 800.0 + 1)


def small_campus() -> Draft:
    """Return a campus of 5 MW beside one of 100 MW; peers have 10 MW at least."""
    draft = free_sites([("a", "b", 40.0)], 700.0, it_demand_mw=[105.0], min_peer_mw=10.0)
    draft["tables"]["campuses"][1]["limit_mw"] = 5
    return draft


def _hut_road(gbps: float) -> Draft:
    """Return a road of 151 km: only the site in the middle is within 75.6 km of both ends."""
    draft = free_sites([("a", "b", 151.0)], gbps)
    draft["file"]["transport"] |= {
        "modules": ["zrp400_124"],
        "margin_db": 0.0,
        "amplifiers": {"min_spacing_km": 75.6, "max_spacing_km": 75.6},
    }
    draft["file"]["geography"] = {"huts": "huts.csv"}
    draft["tables"]["huts"] = [{"id": "middle", "corridor_id": "a-b", "position_km": 75.5}]
    return draft


STUDIES: dict[str, Callable[[], Draft]] = {
    "retiring": retiring,
    "beside": beside,
    "classes": classes,
    "regenerated": regenerated,
    "dated": dated,
    "capped": capped,
    "built_late": built_late,
    "replica": replica,
    "copies": lambda: FEATURES["checkpoint_copies"],
    "blast": lambda: FEATURES["blast_radius"],
    "hub_stays": lambda: FEATURES["hub_stays"],
    "narrow": narrow,
    "transit": transit,
    "bypass": lambda: transit(allowed=False),
    "far_lessor": far_lessor,
    "far_apart": lambda: lessors(70.0, 150.0, max_spacing_km=75.6, min_spacing_km=10.0),
    "too_close": lambda: lessors(70.0, 130.0, max_spacing_km=100.0, min_spacing_km=90.0),
    "cramped": cramped,
    "few_iru_pairs": few_iru_pairs,
    "full_pair": full_pair,
    "small_campus": small_campus,
}
"""By name."""
