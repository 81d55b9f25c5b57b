"""Modules with dates, regenerators, switch ports and media converters: by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.analytic.tiny import PER_KM, WATT, Draft, free_sites, solved

pytestmark = pytest.mark.solver

PAIR = 2 * 28_000 / 5 + 2 * 110 * WATT
CHANNEL = 2 * 6_500 / 5 + 2 * 30 * WATT
"""One 800G channel on a pair with fixed filters, USD a year."""


def faster_module(gbps: float, date: str | None) -> Draft:
    """Return two periods, a link from the second on, and a cheap 1.6T module from ``date`` on."""
    draft = free_sites([("a", "b", 40.0)], gbps, it_demand_mw=[100.0, 200.0])
    draft["file"]["horizon"]["periods"] = 2
    draft["file"]["transport"]["modules"] = ["zrp800_131e", "emb1600"]
    draft["file"]["catalog"]["overrides"] |= {"emb1600.price": 5_000.0, "emb1600.osnr": 20.0}
    if date is not None:
        draft["file"]["transport"]["module_dates"] = {"emb1600": date}
    return draft


@pytest.mark.parametrize(
    ("date", "module"),
    [
        (None, "emb1600"),
        ("2029-01-01", "emb1600"),
        ("2029-01-02", "zrp800_131e"),
        ("2035-01-01", "zrp800_131e"),
    ],
)
def test_a_module_serves_from_its_date(date: str | None, module: str, tmp_path: Path) -> None:
    _, plan = solved(faster_module(1_400.0, date), tmp_path)
    (route,) = plan.links[0].routes
    assert [m.module for m in route.modes] == [module]
    one = 2 * 5_000 / 5 + 2 * 120 * WATT
    channels = one if module == "emb1600" else 2 * CHANNEL
    assert plan.objective_usd == pytest.approx(40 * PER_KM + PAIR + channels, abs=0.01)


def test_the_catalog_dates_a_module(tmp_path: Path) -> None:
    draft = faster_module(1_400.0, None)
    draft["file"]["catalog"]["overrides"]["emb1600.available"] = 2030.0
    _, plan = solved(draft, tmp_path)
    assert [m.module for m in plan.links[0].routes[0].modes] == ["zrp800_131e"]


# Regenerators


def regenerated(km: float, at_km: float, most: int = 1) -> Draft:
    """Return a road with one site that may regenerate, and a module that no amplifier serves."""
    draft = free_sites([("a", "b", km)], 700.0)
    draft["file"]["transport"] |= {"modules": ["zr800"], "margin_db": 0.0, "max_regenerators": most}
    draft["file"]["catalog"]["overrides"]["zr800.osnr"] = 20.0
    draft["file"]["geography"] = {"huts": "huts.csv"}
    draft["tables"]["huts"] = [
        {"id": "regen", "corridor_id": "a-b", "position_km": at_km, "can_regenerate": True}
    ]
    return draft


def test_a_regenerator_on_a_route_too_long_for_the_module(tmp_path: Path) -> None:
    _, plan = solved(regenerated(150.0, 70.0), tmp_path)
    (route,) = plan.links[0].routes
    assert (route.huts, route.regenerators) == (("regen",), ("regen",))
    assert route.spans_km == pytest.approx((70.0, 80.0))
    # 150 km, the regenerator's 30 us, the module's 8 us; two terminals and modules in the hut.
    assert route.rtt_ms == pytest.approx(2 * (150 * 4.9 + 30 + 8) / 1000)
    (hut,) = plan.huts
    assert (hut.hut_class, hut.racks) == ("small", {"conventional": (1,)})
    usd = 150 * PER_KM
    usd += 900_000 / 20 + 15_000 / 10 + 40_000
    usd += 4 * 28_000 / 5 + 2 * 4_500 / 5 + 13_000 / 5
    usd += (2 * 110 + 2 * 26) * (1 + 1.7) * WATT
    assert plan.objective_usd == pytest.approx(usd, abs=0.01)
    assert plan.costs_usd["regenerators"] == pytest.approx(13_000 / 5)


@pytest.mark.parametrize(
    ("km", "at_km", "most", "serves"),
    [
        (150.0, 70.0, 1, True),
        (150.0, 70.0, 0, False),
        # Sections of at most 120 km.
        (150.0, 30.0, 1, True),
        (150.0, 29.0, 1, False),
        (241.0, 120.0, 1, False),
    ],
)
def test_each_section_obeys_the_rules_of_a_route(
    km: float, at_km: float, most: int, serves: bool, tmp_path: Path
) -> None:
    _, plan = solved(regenerated(km, at_km, most), tmp_path)
    assert bool(plan.links) == serves


def test_the_cheaper_of_amplifier_and_regenerator(tmp_path: Path) -> None:
    # 150 km of 800G ZR+: an amplifier costs 22,000 / 10 a pair, a regenerator 13,000 / 5 a channel
    # and two terminals; the amplifier wins, unless it is dear.
    for price, regenerators in ((22_000.0, ()), (300_000.0, ("regen",))):
        draft = regenerated(150.0, 70.0)
        draft["file"]["transport"]["modules"] = ["zrp800_131e"]
        draft["file"]["catalog"]["overrides"]["price.conly"] = price
        _, plan = solved(draft, tmp_path / str(price))
        (route,) = plan.links[0].routes
        assert route.regenerators == regenerators
        hut = 900_000 / 20 + 15_000 / 10 + 40_000
        line = price / 10 + 140 * 1.7 * WATT
        if regenerators:
            line = 2 * 28_000 / 5 + 13_000 / 5 + (2 * 110 + 2 * 30) * 1.7 * WATT
        usd = 150 * PER_KM + hut + PAIR + CHANNEL + line
        assert plan.objective_usd == pytest.approx(usd, abs=0.01)


def test_amplifiers_by_section(tmp_path: Path) -> None:
    # 260 km, 31.5 dB needed. In one section: three spans of 87 km leave 30.8 dB, more amplifiers
    # are too close to each other. Regenerated at 100 km: one span leaves 32.8 dB, two spans of the
    # other 160 km leave 32.6 dB at best; the amplifier may stand less than 95 km from the site.
    draft = regenerated(260.0, 100.0)
    draft["file"]["transport"] |= {
        "modules": ["zrp800_131e"],
        "amplifiers": {"min_spacing_km": 95.0},
    }
    draft["file"]["catalog"]["overrides"]["zrp800_131e.osnr"] = 31.5
    _, plan = solved(draft, tmp_path)
    (route,) = plan.links[0].routes
    assert route.regenerators == ("regen",)
    assert len(route.huts) == 2
    assert route.spans_km[0] == pytest.approx(100.0)
    assert route.rtt_ms == pytest.approx(2 * (260 * 4.9 + 30 + 12 + 0.15) / 1000)
    usd = 260 * PER_KM + 2 * (900_000 / 20 + 15_000 / 10 + 40_000)
    usd += PAIR + CHANNEL + 22_000 / 10 + 140 * 1.7 * WATT
    usd += 2 * 28_000 / 5 + 13_000 / 5 + (2 * 110 + 2 * 30) * 1.7 * WATT
    assert plan.objective_usd == pytest.approx(usd, abs=0.01)


# Switch ports and media converters


def test_switch_ports_at_every_pair_and_converters_at_grey_channels(tmp_path: Path) -> None:
    grey = 2 * 1_600 / 5 + 2 * 18 * WATT
    ports = 2 * 500 / 10 + 2 * 0.5 * WATT
    converters = 2 * 800 / 5 + 2 * 8 * WATT
    for switches, media in ((False, False), (True, False), (False, True), (True, True)):
        draft = free_sites([("a", "b", 8.0)], 1_500.0)
        draft["file"]["transport"] |= {
            "modules": ["grey800_2lr4"],
            "optical_circuit_switches": switches,
            "media_converters": media,
        }
        _, plan = solved(draft, tmp_path / f"{switches}{media}")
        usd = 8 * PER_KM + 2 * (grey + switches * ports + media * converters)
        assert plan.objective_usd == pytest.approx(usd, abs=0.01)


def test_switch_ports_at_pairs_with_terminals(tmp_path: Path) -> None:
    draft = free_sites([("a", "b", 40.0)], 700.0)
    draft["file"]["transport"] |= {"optical_circuit_switches": True, "media_converters": True}
    _, plan = solved(draft, tmp_path)
    usd = 40 * PER_KM + PAIR + CHANNEL + 2 * 500 / 10 + 2 * 0.5 * WATT
    assert plan.objective_usd == pytest.approx(usd, abs=0.01)
