"""Cost lines of the network, added up by hand for the plans made by hand.

Base column: racks 15,000 USD over 10 years, a small hut 700,000 and a large one 5 M USD on land of
200,000 USD, both over 20 years; amplifiers over 10 years, terminals and modules over 5.
"""

from __future__ import annotations

import pytest

from siting.catalog import load_catalog
from siting.plan import Plan
from siting.verify import Verification
from tests.verify.prices import ALL, LATER, WEIGHTS, crf
from tests.verify.repricing import check
from tests.verify.variants import make_variant

W0, W1, W2 = WEIGHTS
AB1_KM = 58.21787837
HUT, LARGE, RACK = 900_000, 5_200_000, 15_000
MWH = 66 * 8760 / 1e6  # USD a year and W
value = load_catalog().value
ZRP_W = value("zrp800_131e.power")


def priced(name: str, folder, changes=None) -> Verification:
    world = make_variant(name, folder, changes)
    return check(world, Plan.model_validate(world.plan))


def lines(found: Verification, *names: str) -> list[float]:
    return [found.recomputed_costs_usd[name] for name in names]


def test_what_stands_costs_nothing_until_it_is_made_anew(tmp_path):
    found = priced("standing", tmp_path)
    plow = value("build.plow") + 10_000
    west, direct = 120_000 * 90 + plow * 90, 120_000 * AB1_KM
    upkeep = 500 + 1_500
    assert lines(found, "corridors", "cables", "huts", "maintenance") == pytest.approx([
        crf(20) * (west * ALL + direct * W2),
        crf(20) * 21_000 * (180 * ALL + AB1_KM * W2),
        crf(20) * HUT * W2 + crf(10) * RACK * (W1 + 2 * W2) + 24_000 * ALL,  # h2 is leased
        upkeep * (180 * ALL + AB1_KM * W2) + 190 * 70 * LATER + 40_000 * W2,
    ])  # fmt: skip
    cash = found.recomputed_upfront_cash_usd
    assert cash["huts"] == pytest.approx((0, RACK, HUT + RACK))
    assert cash["corridors"] == pytest.approx((west, 0, direct))
    assert cash["cables"] == pytest.approx((21_000 * 180, 0, 21_000 * AB1_KM))


def test_amplifier_types_and_hut_classes_have_their_own_prices(tmp_path):
    found = priced("racks", tmp_path)
    assert lines(found, "huts", "amplifiers", "terminals", "maintenance") == pytest.approx([
        crf(20) * (LARGE + HUT) * ALL + crf(10) * 2 * RACK * (ALL + LATER),
        crf(10) * 2 * (28_000 * ALL + 60_000 * LATER),
        crf(5) * 2 * ((28_000 + 110_000) * ALL + (28_000 + 110_000) * LATER),
        2_000 * (180 + AB1_KM) * ALL + 190 * 70 * LATER + 2 * 40_000 * ALL,
    ])  # fmt: skip
    watts_2029 = 2 * 10 * (26 + ZRP_W) + 2 * (110 + 400) + 2 * 110 * 1.7
    watts_2030 = 2 * 15 * (26 + 26 + ZRP_W) + 2 * ZRP_W + 2 * (2 * 110 + 2 * 400)
    watts_2030 += 2 * (110 + 400) * 1.7 + 2 * 15 * 360  # multi-rail and legacy; leased waves
    assert lines(found, "transport_energy") == pytest.approx(
        [MWH * (watts_2029 * W0 + watts_2030 * LATER)]
    )


def test_a_conly_amplifier_stands_in_for_every_type_at_a_fixed_filter(tmp_path):
    world = make_variant("first", tmp_path, {"transport.amplifier_types": ["legacy"]})

    def fixed(data):
        west = data["links"][0]["routes"][1]
        west["modes"][0] |= {"terminal": "fixed_c", "amplifier": "legacy"}
        west["rtt_ms"] -= 2 * 2 * 0.1 / 1000  # no ROADM
        for hut in data["huts"]:
            hut["racks"] = {"legacy": [1, 1, 1]}

    found = check(world, world.edited(fixed))
    assert {v.rule for v in found.violations} == {"cost_lines"}
    assert lines(found, "amplifiers") == pytest.approx([crf(10) * 2 * 22_000 * ALL])


def test_regenerators_and_switches(tmp_path):
    found = priced("regenerated", tmp_path)
    cable = 5_000 * (1 + 0.55 * (3 - 1)) + 16_000  # G.654.E is three times as dear
    channels = 10 * W0 + 15 * LATER
    assert lines(found, "cables", "amplifiers", "terminals", "regenerators") == pytest.approx([
        crf(20) * (cable * 180 + 21_000 * AB1_KM) * ALL,
        crf(10) * 60_000 * ALL,
        crf(5) * 2 * ((28_000 + 2 * 110_000) * ALL + 28_000 * LATER)
        + crf(10) * 2 * 500 * (2 * ALL + LATER),
        crf(5) * 13_000 * channels,
    ])  # fmt: skip
    assert found.recomputed_upfront_cash_usd["regenerators"] == (130_000, 65_000, 0)
    watts_2029 = 2 * 10 * (26 + ZRP_W) + 2 * (110 + 400) + 2 * 2 * 0.5
    watts_2029 += (280 + 2 * 10 * ZRP_W + 2 * 400) * 1.7
    watts_2030 = 2 * 15 * (26 + 26 + ZRP_W) + 2 * (2 * 110 + 400) + 2 * 3 * 0.5 + 2 * 15 * 360
    watts_2030 += (280 + 2 * 15 * ZRP_W + 2 * 400) * 1.7
    assert lines(found, "transport_energy") == pytest.approx(
        [MWH * (watts_2029 * W0 + watts_2030 * LATER)]
    )


def test_grey_channels_end_on_media_converters(tmp_path):
    found = priced("grey", tmp_path)
    grey = value("grey800_2lr4.price")
    zrp = value("zrp800_131e.price")
    channels = 10 * W0 + 15 * LATER
    assert lines(found, "transponders", "terminals") == pytest.approx([
        crf(5) * 2 * ((grey + 800 + zrp) * channels + 4_500 * 15 * LATER),
        crf(5) * 2 * (110_000 * ALL + 28_000 * LATER)
        + crf(10) * 2 * 500 * (channels + ALL + LATER),
    ])  # fmt: skip
    without = priced("grey", tmp_path, {"transport.media_converters": False})
    saved = lines(found, "transport_energy")[0] - lines(without, "transport_energy")[0]
    assert saved == pytest.approx(MWH * 2 * 8 * channels)


def test_interruptions_cost_training_time(tmp_path):
    found = priced("rates", tmp_path)
    ab = (AB1_KM * 2.7 + 90 * 2.7 + 90 * 1.0) / 1000 + 2 * 0.05 + 0.02  # huts, bridge
    ac = (70 + 80 + 70) * 2.7 / 1000  # the bridge of ac1 has no rate
    idle_per_event = 10.4e6 * 0.25 / 8760
    assert lines(found, "interruptions") == pytest.approx(
        [idle_per_event * (ab * 60 * W0 + (ab + ac) * 110 * LATER)]
    )
    dear = priced(
        "rates", tmp_path, {"workloads.0.paradigms": {"synchronous": {"interruption_hours": 2}}}
    )
    assert lines(dear, "interruptions") == pytest.approx(
        [8 * v for v in lines(found, "interruptions")]
    )
    free = priced("rates", tmp_path, {"survivability.charge_interruptions": False})
    assert lines(free, "interruptions") == [0]


def test_energy_of_transport_has_the_price_of_the_study(tmp_path):
    texas, virginia = (
        lines(priced("first", tmp_path, {"sites.energy_region": region}), "transport_energy")[0]
        for region in ("TX", "VA")
    )
    assert virginia / texas == pytest.approx(8.92 / 6.6)
