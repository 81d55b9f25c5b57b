"""Cuts of demands keep the optimum of sites and power and raise the bound of the relaxation."""

from __future__ import annotations

import math

import pytest

from siting.formulation import build_siting_model
from siting.formulation.admissibility import Admissibility
from siting.instance import Instance
from siting.solve.demand_cuts import DemandCuts
from siting.solve.highs import CompiledModel
from siting.solve.presolve import presolve
from tests.solve.cases import MILLION, USD, tiny

pytestmark = pytest.mark.solver
SEEDS = (3, 8, 17, 24, 57, 97)


def least_musd(instance: Instance, cuts: DemandCuts, *, relaxed: bool) -> float:
    """Return the least cost of sites and power with the cuts that are known."""
    model = build_siting_model(instance, Admissibility(instance))
    compiled = CompiledModel(model)
    cuts.add_to(model, compiled)
    return compiled.run(time_limit_s=60.0, relaxed=relaxed).bound


def strengthened(instance: Instance) -> DemandCuts:
    cuts = DemandCuts(instance)
    model = build_siting_model(instance, Admissibility(instance))
    cuts.strengthen(model, CompiledModel(model))
    return cuts


@pytest.mark.parametrize("seed", SEEDS)
def test_the_optimum_stays(seed: int):
    instance = presolve(tiny(seed))
    without, cuts = DemandCuts(instance), strengthened(instance)
    usd = least_musd(instance, without, relaxed=False)
    assert least_musd(instance, cuts, relaxed=False) == pytest.approx(usd, abs=USD / MILLION)


def test_the_relaxation_rises():
    rises = []
    for seed in SEEDS:
        instance = presolve(tiny(seed))
        before = least_musd(instance, DemandCuts(instance), relaxed=True)
        after = least_musd(instance, strengthened(instance), relaxed=True)
        assert after >= before - USD / MILLION
        if math.isfinite(before):
            rises.append((after - before) / abs(before))
    assert max(rises) > 1e-3


def test_a_cut_is_added_to_other_models_once():
    instance = presolve(tiny(24))
    cuts = strengthened(instance)
    known = len(cuts.found)
    model = build_siting_model(instance, Admissibility(instance))
    compiled = CompiledModel(model)
    rows = compiled.size[0]
    cuts.add_to(model, compiled)
    assert compiled.size[0] == rows + known
    assert len(set(cuts.found)) == known
