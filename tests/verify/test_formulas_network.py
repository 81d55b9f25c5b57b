"""The verifier's arithmetic of the network against numbers worked out by hand."""

from __future__ import annotations

import math

import pytest

from siting.catalog import load_catalog
from siting.network import Hut
from siting.plan import Plan
from siting.verify.findings import Findings
from siting.verify.hut_loads import hut_loads
from siting.verify.noise import (
    largest_dispersion_ps_nm,
    line_system,
    received_osnr_db,
    required_osnr_db,
)
from siting.verify.options import (
    AMPLIFIER_POWER,
    AMPLIFIER_PRICE,
    PAIRS_PER_RACK,
    channels_per_pair,
    fiber_rtt_ms,
    optical_class,
)
from siting.verify.sections import sections
from siting.verify.shaped import shaped_case
from tests.verify.repricing import check
from tests.verify.variants import make_variant

CATALOG = load_catalog()

# Optics


def test_40_km_of_silica_take_196_us_one_way():
    rtt = fiber_rtt_ms(40, 0, 0, "G652D", "grey800_2lr4", "none", CATALOG)
    assert rtt == pytest.approx(2 * (0.196 + 0.0002))


def test_rtt_counts_huts_roadms_and_modules():
    rtt = fiber_rtt_ms(100, 3, 0, "HCF", "zrp600", "roadm_cl", CATALOG)
    latency = CATALOG.value("zrp600.latency")
    assert rtt == pytest.approx(2 * (340 + 3 * 0.15 + 2 * 0.1 + latency) / 1000)


def test_a_regenerator_takes_30_us_and_no_amplifier():
    rtt = fiber_rtt_ms(200, 2, 1, "G654E", "zrp600", "fixed_c", CATALOG)
    latency = CATALOG.value("zrp600.latency")
    assert rtt == pytest.approx(2 * (980 + 2 * 0.15 + 30 + latency) / 1000)


@pytest.mark.parametrize(
    ("module", "terminal", "channels"),
    [
        ("zr800", "fixed_c", 32),
        ("zrp800_131e", "fixed_c", 29),
        ("zrp800_131e", "roadm_cl", 59),
        ("zr400", "fixed_c", 32),  # 64 slots, 32 ports
        ("zr400", "roadm_cl", 64),  # 128 slots, 64 ports
        ("zr1600", "fixed_c", 16),
        ("grey800_2lr4", "none", 1),
        ("zr800", "none", 0),
        ("grey800_2lr4", "fixed_c", 0),
    ],
)
def test_channels_per_pair(module, terminal, channels):
    assert channels_per_pair(module, terminal, CATALOG) == channels


def test_classes_of_modules():
    assert optical_class("coh800_lr1") == "grey"
    assert optical_class("grey1600_dr8") == "grey"
    assert optical_class("zr1600") == "single_span"
    assert optical_class("zrp400_124") == "multi_span"


def test_noise_of_an_80_km_span():
    """Worked out apart, in ps and km: G.652.D, 131 GBd in 162.5 GHz, 59 channels in C+L."""
    ase = 10 ** -((57.95 - (0.2 * 80 + 1.0) - 5.5) / 10)  # mW
    assert ase == pytest.approx(2.851e-4, rel=1e-3)
    beta2 = 16.7 * 1550.0**2 / (2 * math.pi * 299_792.458)  # ps^2/km, with c in nm/ps
    assert beta2 == pytest.approx(21.3, abs=0.01)
    asymptotic = 21.7147  # km, 4.343 dB over 0.2 dB/km
    effective = asymptotic * (1 - 10**-1.6)  # km: 16 dB of fiber loss
    spread = beta2 * asymptotic * 0.1313**2  # THz^2 = ps^-2
    comb = 59 ** (2 * 131.3 / 162.5)
    eta = 8 / 27 * (1.3 * effective) ** 2 * math.asinh(math.pi**2 / 2 * spread * comb)
    eta *= 1e-6 * 12.5 / 131.3 / (math.pi * spread)
    cap = 10**2.2 / 30  # 22 dBm over 30 channels of a band
    powers = [cap * k / 100_000 for k in range(1, 100_001)]
    best = min(ase / power + eta * power**2 for power in powers)
    system = line_system("zrp800_131e", "roadm_cl", "G652D", CATALOG)
    assert system.span_noise(80.0) == pytest.approx(best, rel=1e-5)
    assert -10 * math.log10(best) == pytest.approx(37.0, abs=1.0)


def test_a_span_of_no_length_is_launched_at_full_power():
    system = line_system("zr800", "fixed_c", "G652D", CATALOG)
    assert system.span_noise(0.0) == pytest.approx(
        10 ** -((57.95 - 1.0 - 5.5) / 10) / (10**2.2 / 32), rel=1e-9
    )


def test_received_osnr_adds_transmitter_terminal_and_booster():
    value = CATALOG.value
    span = line_system("zrp600", "roadm_cl", "G652D", CATALOG).span_noise(70)
    parts = [37, 33, 57.95 + value("zrp600.launch") - value("rd66.loss") - 5.5]
    noise = sum(10 ** (-part / 10) for part in parts) + 2 * span
    found = received_osnr_db([70, 70], "zrp600", "roadm_cl", "G652D", CATALOG)
    assert found == pytest.approx(-10 * math.log10(noise))
    fixed = received_osnr_db([70, 70], "zrp600", "fixed_c", "G652D", CATALOG)
    assert fixed > found


def test_required_osnr_and_dispersion():
    base = CATALOG.value("zrp600.osnr") + 2.0
    assert required_osnr_db(4000, "zrp600", "fixed_c", 2.0, CATALOG) == pytest.approx(base)
    assert required_osnr_db(4000, "zrp600", "roadm_cl", 2.0, CATALOG) == pytest.approx(base + 0.7)
    high = load_catalog(overrides={"pen.cd": 0.5})
    assert required_osnr_db(4001, "zrp600", "fixed_c", 2.0, high) == pytest.approx(base + 0.5)
    assert largest_dispersion_ps_nm("zrp400_124", CATALOG) == 50_000
    assert largest_dispersion_ps_nm("zrp600", CATALOG) == 12_000


def test_hollow_core_has_twice_the_extra_loss():
    assert line_system("zrp600", "fixed_c", "HCF", CATALOG).extra_db == 2.0
    assert line_system("zrp600", "fixed_c", "G652D", CATALOG).extra_db == 1.0


# Sections


def hut(name: str) -> Hut:
    return Hut(id=name, corridor="c", node=None, position_km=0, operator="own", lon=0, lat=0)


def test_regenerators_cut_a_route_into_sections():
    huts = [hut(name) for name in "abcd"]
    cut = sections(huts, (10.0, 20.0, 30.0, 40.0, 50.0), ("b", "d"))
    assert [[h.id for h in part.huts] for part in cut] == [["a"], ["c"], []]
    assert [part.spans_km for part in cut] == [(10, 20), (30, 40), (50,)]
    assert [part.length_km for part in cut] == [30, 70, 50]
    (whole,) = sections(huts, (10.0, 20.0, 30.0, 40.0, 50.0), ())
    assert [(a.id, b.id, km) for a, b, km in whole.inner_spans] == [
        ("a", "b", 20), ("b", "c", 30), ("c", "d", 40),
    ]  # fmt: skip


def test_each_section_has_its_own_noise(tmp_path):
    """90 km to the regenerator, then 30 and 60 km: both with transmitter and terminals."""
    world = make_variant("regenerated", tmp_path)
    margins = check(world, Plan.model_validate(world.plan)).links[0].routes[1].options[0]
    value = CATALOG.value
    span = line_system("zrp800_131e", "roadm_cl", "G654E", CATALOG).span_noise
    ends = [value("tx.osnr"), value("roadm.addosnr"),
            57.95 + value("zrp800_131e.launch") - value("rd66.loss") - value("ila.nf")]  # fmt: skip
    fixed = sum(10 ** (-part / 10) for part in ends)
    needed = value("zrp800_131e.osnr") + 2.0 + value("isrs")
    left = [-10 * math.log10(fixed + noise) - needed for noise in (span(90), span(30) + span(60))]
    assert margins.noise_margin_db == pytest.approx(min(left))
    assert left[0] < left[1]
    whole = -10 * math.log10(fixed + span(90) + span(30) + span(60)) - needed
    assert whole < min(left)


@pytest.mark.parametrize("prefix", ["zr400", "zr1600", "zr800"])
def test_zr_and_a_digit_is_single_span(prefix):
    assert optical_class(prefix) == "single_span"


def test_qpsk_bears_more_dispersion_than_the_400g_of_16qam():
    assert largest_dispersion_ps_nm("zrp400", CATALOG) == 12_000


def test_amplifiers_by_type_and_terminal():
    watts = {kind: CATALOG.value(row) for kind, row in AMPLIFIER_POWER.items()}
    assert watts == {
        ("legacy", "fixed_c"): 140, ("legacy", "roadm_cl"): 400,
        ("conventional", "fixed_c"): 140, ("conventional", "roadm_cl"): 280,
        ("multi_rail", "roadm_cl"): 110,
    }  # fmt: skip
    usd = {kind: CATALOG.value(row) for kind, row in AMPLIFIER_PRICE.items()}
    assert usd == {
        ("legacy", "fixed_c"): 22_000, ("legacy", "roadm_cl"): 60_000,
        ("conventional", "fixed_c"): 22_000, ("conventional", "roadm_cl"): 60_000,
        ("multi_rail", "roadm_cl"): 28_000,
    }  # fmt: skip
    pairs = {kind: CATALOG.value(row) for kind, row in PAIRS_PER_RACK.items()}
    assert pairs == {"legacy": 4, "conventional": 20, "multi_rail": 160}


def test_load_of_huts(tmp_path):
    """j1 regenerates a pair of 10, then 15 channels; h2 amplifies it."""
    world = make_variant("regenerated", tmp_path)
    findings = Findings().rule("plan_shape")
    plan = Plan.model_validate(world.plan)
    case = shaped_case(plan, world.study, world.network, world.catalog, findings)
    loads = hut_loads(case)
    assert [load.watts for load in loads["j1"]] == [
        2 * 400 + 2 * 10 * 30, 2 * 400 + 2 * 15 * 30, 2 * 400 + 2 * 15 * 30,
    ]  # fmt: skip
    assert [load.watts for load in loads["h2"]] == [280] * 3
    assert {load.pairs["conventional"] for name in ("j1", "h2") for load in loads[name]} == {1}
