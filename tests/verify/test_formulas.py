"""The verifier's arithmetic against numbers worked out by hand."""

from __future__ import annotations

import datetime as dt

import pytest

from siting.study import Horizon
from siting.verify.dates import (
    add_months,
    first_period_after,
    first_period_from,
    period_starts,
)
from siting.verify.money import annuity, weights


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
