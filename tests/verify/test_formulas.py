"""The verifier's arithmetic against numbers worked out by hand."""

from __future__ import annotations

import datetime as dt

import pytest

from siting.catalog import load_catalog
from siting.study import Horizon, Workload
from siting.verify.dates import (
    add_months,
    first_period_after,
    first_period_from,
    period_starts,
)
from siting.verify.demand import collective_gbps, fabric_gbps_per_mw, link_demand_gbps
from siting.verify.money import annuity, weights
from siting.verify.paradigms import (
    Paradigm,
    link_rtt_limit_ms,
    paradigm_of,
    peer_buckets,
    rtt_classes_ms,
)

CATALOG = load_catalog()


def workload(**values) -> Workload:
    return Workload.model_validate({"id": "w", "it_demand_mw": [1.0], **values})


def horizon(**values) -> Horizon:
    return Horizon.model_validate(
        {"decision_date": "2026-01-31", "start": "2028-01-01", "periods": 4, **values}
    )


# Money and time


def test_annuity_is_that_of_a_mortgage_table():
    assert annuity(1000, 10, 0.08) == pytest.approx(149.0295, abs=1e-4)
    assert annuity(1000, 20, 0.0) == 50


def test_weights_pay_at_the_end_of_a_period():
    assert weights(2, 1.0, 0.08) == pytest.approx([0.925926, 0.857339], abs=1e-6)
    assert weights(2, 0.25, 0.08) == pytest.approx([0.245236, 0.240562], abs=1e-6)
    assert weights(2, 0.25, 0.0) == (0.25, 0.25)


def test_annuity_over_its_whole_life_is_worth_the_capital():
    assert sum(weights(20, 1.0, 0.08)) * annuity(1.0, 20, 0.08) == pytest.approx(1.0)


def test_months_are_clipped_to_the_last_day():
    assert add_months(dt.date(2026, 1, 31), 1) == dt.date(2026, 2, 28)
    assert add_months(dt.date(2026, 1, 31), 27) == dt.date(2028, 4, 30)


def test_first_period_by_lead_time():
    quarters = horizon(period="quarter")
    assert period_starts(quarters)[3] == dt.date(2028, 10, 1)
    assert first_period_after(quarters, 1.9) == 0  # 23 months: 2027-12-31
    assert first_period_after(quarters, 2.0) == 1  # 2028-01-31
    assert first_period_after(quarters, 2.25) == 2  # 27 months: 2028-04-30
    assert first_period_after(quarters, 3.0) == 4  # after the horizon
    assert first_period_after(horizon(), 3.0) == 2
    assert first_period_from(period_starts(horizon()), dt.date(2029, 1, 1)) == 1


# Training


def test_loss_and_budget():
    sync = paradigm_of(workload(), "synchronous", CATALOG)
    assert sync == Paradigm(2.0, 250.0, 1.0, 0.0, 10.0)
    assert sync.loss(1.0) == pytest.approx(0.025)
    assert sync.budget_ms(0.05) == 2.0
    assert sync.budget_ms(0.02) == pytest.approx(0.8)
    diloco = paradigm_of(workload(), "diloco", CATALOG)
    assert diloco.loss(10.0) == pytest.approx(0.01 + 0.005)
    free = Paradigm(2.0, 0.0, 1.0, 0.0, 10.0)
    assert free.budget_ms(0.01) == 2.0


def test_an_overridden_rtt_limit_leaves_the_exposed_round_trips():
    own = workload(paradigms={"synchronous": {"rtt_limit_ms": 1.0}})
    sync = paradigm_of(own, "synchronous", CATALOG)
    assert (sync.rtt_limit_ms, sync.exposed_round_trips) == (1.0, 250.0)
    assert rtt_classes_ms(own, sync) == (0.5, 1.0)


def test_overrides_of_a_paradigm():
    own = workload(
        step_time_s=20,
        paradigms={
            "diloco": {
                "exposed_round_trips": 2,
                "traffic_reduction": 8,
                "token_penalty_fraction": 0.1,
            }
        },
    )
    assert paradigm_of(own, "diloco", CATALOG) == Paradigm(100.0, 2.0, 8.0, 0.1, 20.0)


def test_classes_end_with_the_budget():
    sync = paradigm_of(workload(), "synchronous", CATALOG)
    assert rtt_classes_ms(workload(), sync) == (0.5, 1.0, 2.0)
    assert rtt_classes_ms(workload(allowed_goodput_loss=0.02), sync) == (0.5, 0.8)


def test_buckets():
    assert peer_buckets(workload()) == ((2, 8),)
    assert peer_buckets(workload(peer_buckets=[2, 3, 6], max_peers=8)) == ((2, 2), (3, 5), (6, 8))
    assert peer_buckets(workload(peer_buckets=[2, 3, 6], max_peers=4)) == ((2, 2), (3, 4))
    assert peer_buckets(workload(max_peers=1)) == ()


def test_link_limit():
    own = workload(jitter_p99_ms=0.1)
    assert link_rtt_limit_ms(own, "mesh", 2.0, CATALOG) == pytest.approx(1.9)
    assert link_rtt_limit_ms(own, "hub", 2.0, CATALOG) == pytest.approx(1.896)


def test_demand():
    own = workload(traffic={"view": "fabric_extension"})
    sync = paradigm_of(own, "synchronous", CATALOG)
    # 2e12 parameters x 2 bytes x 8 bits in 0.6 x 10 s
    assert collective_gbps(own, sync, "hub", 2, CATALOG) == pytest.approx(32e12 / 6e9)
    assert collective_gbps(own, sync, "mesh", 2, CATALOG) == pytest.approx(32e12 / 6e9)
    assert collective_gbps(own, sync, "mesh", 4, CATALOG) == pytest.approx(16e12 / 6e9)
    # 478.47 accelerators per MW x 800 Gb/s x 1 %
    assert fabric_gbps_per_mw(own, sync, CATALOG) == pytest.approx(3827.75, abs=0.01)
    assert link_demand_gbps(own, sync, "hub", 2, 1.0, CATALOG) == pytest.approx(32e12 / 6e9)
    assert link_demand_gbps(own, sync, "hub", 2, 10.0, CATALOG) == pytest.approx(38277.5, abs=0.1)
    diloco = paradigm_of(own, "diloco", CATALOG)
    assert fabric_gbps_per_mw(own, diloco, CATALOG) == pytest.approx(3827.75 / 400, abs=1e-4)
    bytes_only = workload(traffic={"view": "collective", "parameters": 1e9,
                                   "bytes_per_parameter": 3, "overlap_fraction": 1.0})  # fmt: skip
    assert link_demand_gbps(bytes_only, sync, "hub", 2, 1e6, CATALOG) == pytest.approx(2.4)
