"""A run of HiGHS that does not look at the clock is left behind; what it has said counts."""

from __future__ import annotations

import importlib
import math
import threading
import time

import pytest

from siting.benchmarks.check_design import check_design
from siting.formulation.capacity_design import capacity_design_model
from siting.solve.capacity_design.left_behind import GRACE_S, outcome_until
from siting.solve.capacity_design.limits import Limits
from siting.solve.highs import CompiledModel, Outcome, Status
from siting.solve.highs_talk import Talk
from tests.benchmarks.networks import Family, random_design

FOUND = Outcome(Status.OPTIMAL, 1.0, 1.0, None)


def test_a_run_that_goes_on_is_left_behind_and_told_to_stop():
    go_on, has_stopped = threading.Event(), threading.Event()

    def run(talk: Talk) -> Outcome:
        go_on.wait(60.0)
        if talk.is_over():
            has_stopped.set()
        return FOUND

    begin = time.monotonic()
    assert outcome_until(run, Talk(), begin + 0.05) is None
    assert time.monotonic() - begin < GRACE_S + 30.0
    go_on.set()
    assert has_stopped.wait(60.0)


def test_a_run_that_ends_gives_its_outcome_and_hears_who_stops_it():
    until = time.monotonic() + 60.0
    for talk, is_over in ((Talk(), False), (Talk(is_over=lambda: True), True)):
        heard: list[bool] = []

        def run(talk: Talk, heard: list[bool] = heard) -> Outcome:
            heard.append(talk.is_over())
            return FOUND

        assert outcome_until(run, talk, until) is FOUND
        assert heard == [is_over]


def test_an_error_of_a_run_is_raised_where_it_is_waited_for():
    def run(_: Talk) -> Outcome:
        raise ValueError("of the run")

    with pytest.raises(ValueError, match="of the run"):
        outcome_until(run, Talk(), time.monotonic() + 60.0)


@pytest.mark.solver
@pytest.mark.parametrize("code", ["U-U-M-N-S", "U-U-M-Y", "U-U-M-N-C-A-N-P"])
def test_without_the_end_of_highs_there_is_a_design_and_what_highs_has_said(monkeypatch, code):
    design = random_design(Family("left", 9, 16, 20, code, "two", 60), 1)
    plain = CompiledModel(capacity_design_model(design)).run(time_limit_s=60)
    method = importlib.import_module("siting.solve.capacity_design.method")

    def left(run, talk, until):
        outcome_until(run, talk, until)

    monkeypatch.setattr(method, "outcome_until", left)
    found = method.solve_capacity_design(design, Limits(3.0))
    assert found.solution is not None
    assert not check_design(design, found.solution)
    slack = 1e-6 * plain.objective
    assert -math.inf < found.bound <= plain.objective + slack
    assert found.objective >= plain.bound - slack
