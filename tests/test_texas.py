"""The Texas study: what its plan promises, and that every rule family matters on it.

One solve serves all tests of the plan. The rule families of the network are dropped on a part of
the solved problem, the nearest and the farthest link of the last period, to a proven bound.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import Any, NamedTuple

import pytest

from siting import (
    CandidateNetwork,
    Instance,
    Plan,
    Result,
    Study,
    Verification,
    build_instance,
    build_network,
    load_study,
    solve,
    verify,
)
from siting.formulation.admissibility import Admissibility
from siting.formulation.requirements import Requirement, Requirements
from siting.solve.configurations import configurations
from siting.solve.costing import ledger
from siting.solve.master import Master
from siting.solve.network_choice import NO_NETWORK
from siting.solve.network_parts import period_alone
from siting.solve.network_phase import NetworkOutcome, solve_network
from siting.solve.presolve import presolve

pytestmark = [pytest.mark.solver, pytest.mark.slow]


class Solved(NamedTuple):
    """A solved study with all that the tests look at."""

    study: Study
    network: CandidateNetwork
    instance: Instance
    result: Result
    plan: Plan
    verification: Verification


@pytest.fixture(scope="module")
def texas() -> Solved:
    study = load_study("texas")
    network = build_network(study)
    instance = build_instance(study, network)
    result = solve(instance, time_limit_s=400.0)
    assert result.plan is not None, result.explanation
    return Solved(
        study, network, instance, result, result.plan, verify(result.plan, study, network)
    )


def test_plan_is_verified_within_its_gaps(texas: Solved) -> None:
    assert texas.verification.accepted, texas.verification.violations
    bounds = texas.plan.bounds
    assert bounds.relative_gap <= 0.01
    assert bounds.network_relative_gap <= 0.05
    assert bounds.bound_scope == "candidate_routes"
    assert bounds.all_routes_bound_usd is None
    every_usd = bounds.network_all_routes_bound_usd
    assert every_usd is not None
    # Over every route as near as over the candidates, or behind.
    is_as_near = every_usd >= bounds.network_bound_usd
    assert bounds.network_bound_scope == ("all_routes" if is_as_near else "candidate_routes")
    assert every_usd >= 0.95 * (bounds.network_bound_usd + bounds.network_gap_usd)


def test_answer_is_a_real_spread(texas: Solved) -> None:
    plan = texas.plan
    assert len(plan.campuses) >= 2
    routes = [route for link in plan.links for route in link.routes]
    assert max(len(route.spans_km) for route in routes) >= 3
    lit = {mode.module for route in routes for mode in route.modes if mode.pairs[-1]}
    classes = {"zr800": "single span", "grey800_2lr4": "grey"}
    assert len({classes.get(module, "multi span") for module in lit}) >= 2
    assert max(Counter(hut for route in routes for hut in route.huts).values()) >= 2


def test_links_are_survivable_within_their_class(texas: Solved) -> None:
    modes = {w.id: w.modes[-1] for w in texas.plan.workloads}
    for link in texas.plan.links:
        limits = [mode.link_rtt_limit_ms for mode in modes.values() if mode is not None]
        used = [route for route in link.routes if any(m.channels[-1] for m in route.modes)]
        assert len(used) >= 2
        assert all(route.rtt_ms <= max(limits) for route in used)
        assert not set.intersection(*(set(route.corridors) for route in used))


def part_of(texas: Solved) -> Requirements:
    """Return the nearest and the farthest link of the last period, alone in one period."""
    plan = texas.plan
    mode = plan.workloads[0].modes[-1]
    assert mode is not None
    live = [link for link in plan.links if link.demands[0].gbps[-1] > 0]
    live.sort(key=lambda link: min(route.length_km for route in link.routes))
    return {
        (link.campuses, 0): (
            Requirement(mode.link_rtt_limit_ms, 1.0, link.demands[0].gbps[-1], 1.0),
        )
        for link in (live[0], live[-1])
    }


def least_cost(instance: Instance, part: Requirements) -> NetworkOutcome:
    alone = period_alone(presolve(instance), len(instance.periods) - 1)
    return solve_network(alone, part, relative_gap=1e-3, time_limit_s=60.0, seed=1)


@pytest.fixture(scope="module")
def part(texas: Solved) -> tuple[Requirements, NetworkOutcome]:
    required = part_of(texas)
    outcome = least_cost(texas.instance, required)
    assert outcome.choice is not None
    return required, outcome


@pytest.mark.parametrize(
    ("family", "overrides"),
    [
        ("spacing", {"max_spacing_km": 2000.0, "single_span_max_km": 2000.0}),
        ("noise", {"margin_db": -30.0}),
    ],
)
def test_dropping_spacing_or_noise_lowers_the_cost(
    texas: Solved, part: tuple[Requirements, NetworkOutcome], family: str, overrides: dict[str, Any]
) -> None:
    required, outcome = part
    keys = {
        f"transport.{'' if family == 'noise' else 'amplifiers.'}{key}": value
        for key, value in overrides.items()
    }
    if family == "noise":
        keys["transport.margin_db"] = 0.0
        keys |= {
            f"catalog.overrides.{module}.osnr": 1.0
            for module in ("zr800", "zrp800_124", "zrp800_131e", "zrp600")
        }
    free = least_cost(build_instance(load_study("texas", overrides=keys), texas.network), required)
    assert free.cost_usd < outcome.bound_usd - 1.0


def test_dropping_diversity_lowers_the_cost(
    texas: Solved, part: tuple[Requirements, NetworkOutcome]
) -> None:
    required, outcome = part
    single = {
        key: tuple(dataclasses.replace(item, survival_fraction=0.0) for item in items)
        for key, items in required.items()
    }
    assert least_cost(texas.instance, single).cost_usd < outcome.bound_usd - 1.0


def test_dropping_the_pairs_limit_lowers_the_cost(
    texas: Solved, part: tuple[Requirements, NetworkOutcome]
) -> None:
    required, outcome = part
    wide = dataclasses.replace(
        texas.instance,
        fiber_routes={
            r: dataclasses.replace(
                route,
                designs=tuple(
                    dataclasses.replace(d, channels_per_pair=10_000) for d in route.designs
                ),
            )
            for r, route in texas.instance.fiber_routes.items()
        },
    )
    assert least_cost(wide, required).cost_usd < outcome.bound_usd - 1.0


@pytest.mark.parametrize("family", ["timeline", "rtt"])
def test_dropping_timeline_or_rtt_lowers_the_cost(texas: Solved, family: str) -> None:
    instance = presolve(texas.instance)
    if family == "timeline":
        relaxed = dataclasses.replace(
            instance,
            substations={
                s: dataclasses.replace(x, headroom_mw=(1e4,) * len(instance.periods))
                for s, x in instance.substations.items()
            },
        )
    else:
        relaxed = dataclasses.replace(
            instance,
            workloads={
                w: dataclasses.replace(
                    job,
                    modes=tuple(dataclasses.replace(m, link_rtt_limit_ms=1e3) for m in job.modes),
                )
                for w, job in instance.workloads.items()
            },
        )
    hub = texas.plan.workloads[0].hub
    chosen = next(
        c
        for c in configurations(relaxed)
        if c.choices[0][1].hub == hub
        and c.choices[0][1].paradigm == texas.plan.workloads[0].paradigm
    )
    master = Master(chosen.apply(relaxed), {}, Admissibility(relaxed), seed=1)
    outcome = master.solve(time_limit_s=60.0, relative_gap=1e-3, cutoff_usd=float("inf"))
    assert outcome.siting is not None
    # A siting of the relaxed problem; its network costs no more than a multiple of the plan's.
    sites = sum(ledger(relaxed, outcome.siting, NO_NETWORK).costs_usd.values())
    assert sites + 2 * texas.plan.network_cost_usd < texas.plan.bounds.bound_usd
