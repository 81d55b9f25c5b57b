"""Random tiny studies as instances, solved once by the reference method and kept."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import pyomo.environ as pyo  # noqa: TC002

from siting import Plan, build_instance, build_network, verify
from siting.catalog import Catalog, load_catalog
from siting.formulation.requirements import Requirements
from siting.instance import Instance
from siting.network import CandidateNetwork
from siting.solve.costing import ledger
from siting.solve.highs import CompiledModel, Status
from siting.solve.monolithic import Solution, solve_monolithic
from siting.solve.presolve import presolve
from siting.solve.siting_choice import fixed_requirements
from siting.study import Study
from siting.verify import Verification
from tests.oracle.instances import random_study

MILLION = 1e6
USD = 0.5
"""What two exact solves of one problem may differ by, USD."""


@cache
def _read(seed: int) -> tuple[Study, CandidateNetwork, Catalog, Instance]:
    with tempfile.TemporaryDirectory() as folder:
        study = random_study(seed, Path(folder))
        network = build_network(study)
        choice = study.file.catalog
        catalog = load_catalog(
            choice.source, column=choice.column, overrides=choice.overrides, folder=study.folder
        )
        return study, network, catalog, build_instance(study, network)


def tiny(seed: int) -> Instance:
    """Return the instance of a random study."""
    return _read(seed)[-1]


def verified(seed: int, plan: Plan) -> Verification:
    """Return what the verifier says of a plan for a random study."""
    study, network, catalog, _ = _read(seed)
    return verify(plan, study, network, catalog)


@cache
def reference(seed: int) -> Solution:
    """Return the solution of the whole model, to the end."""
    instance = presolve(tiny(seed))
    solution = solve_monolithic(instance, time_limit_s=120.0, relative_gap=0.0, seed=1)
    assert solution.status is Status.OPTIMAL
    return solution


@cache
def optimum_usd(seed: int) -> float:
    """Return the optimum."""
    solution, instance = reference(seed), presolve(tiny(seed))
    assert solution.siting is not None
    assert solution.network is not None
    return sum(ledger(instance, solution.siting, solution.network).costs_usd.values())


def requirements(seed: int) -> Requirements:
    """Return what the network of the optimum must carry."""
    siting = reference(seed).siting
    assert siting is not None
    return fixed_requirements(tiny(seed), siting)


def least_usd(model: pyo.ConcreteModel) -> float:
    """Return the least objective of a model; infinite when it is infeasible."""
    outcome = CompiledModel(model).run(time_limit_s=120.0)
    assert outcome.status in {Status.OPTIMAL, Status.INFEASIBLE}
    return outcome.objective * MILLION
