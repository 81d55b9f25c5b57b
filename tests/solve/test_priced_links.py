"""Prices of links by their demand: below every cost, and as high at what is asked."""

from __future__ import annotations

import dataclasses
import itertools
from pathlib import Path

import numpy as np
import pytest

from siting.formulation.requirements import Requirement, Requirements
from siting.instance import Instance
from siting.solve.all_routes import priced_links
from siting.solve.all_routes.compile_searches import compile_searches
from siting.solve.all_routes.generation import generate
from siting.solve.all_routes.multipliers import Multipliers, SharedCosts
from siting.solve.all_routes.network_problem import NetworkProblem, first_weights
from siting.solve.all_routes.priced_links import PricedLink, Step, priced_link
from siting.solve.all_routes.prices import PLENTY
from siting.solve.all_routes.side_payments import by_routes, for_sides
from siting.solve.all_routes.static_costs import StaticCosts
from siting.solve.network_phase import solve_network
from siting.solve.set_cuts import Link, static_instance
from tests.solve.braids import braid
from tests.solve.cases import USD

ENOUGH = 3.0
"""Demands are looked at up to so many times the least."""


def random_link(rng: np.random.Generator, slope: float) -> tuple[PricedLink, list[float]]:
    """Return a link without routes that is looked at for some demands, and its costs there."""
    starts = np.unique(rng.integers(10, 40, rng.integers(1, 5))).astype(float)
    link = PricedLink(
        ("A", "B"),
        None,  # type: ignore[arg-type]
        (),
        [Step(gbps, ()) for gbps in starts.tolist()],
        40.0,
        slope,
    )
    return link, rng.uniform(0, 50, len(starts)).tolist()


def costs_usd(link: PricedLink, routes_usd: list[float], gbps: float) -> float:
    """Return what a link costs at least at a demand: of every lower one, and its channels."""
    known = [usd for step, usd in zip(link.steps, routes_usd, strict=True) if step.gbps <= gbps]
    return max(known) + link.channel_usd_per_gbps * gbps


@pytest.mark.parametrize("seed", range(40))
def test_prices_are_below_the_cost_at_every_demand(seed: int) -> None:
    rng = np.random.default_rng(seed)
    asked, asked_usd = random_link(rng, 2.0)
    other, other_usd = random_link(rng, float(rng.choice([1.0, 2.0, 3.0])))
    price = asked.price(asked_usd)
    below = dataclasses.replace(price, fixed_usd=other.fixed_usd(other_usd, price))
    touched = False
    for gbps in np.arange(10.0, 40.5, 0.5).tolist():
        if gbps > asked.steps[0].gbps:
            # Where a step begins its price is still that of the step before.
            just_above = gbps + 1e-9
            assert price.at_usd(just_above, 0.0) == pytest.approx(
                costs_usd(asked, asked_usd, gbps), abs=1e-6
            )
        for near in (gbps - 1e-9, gbps, gbps + 1e-9):
            if near >= other.steps[0].gbps:
                cost_usd = costs_usd(other, other_usd, near)
                assert below.at_usd(near, 0.0) <= cost_usd + 1e-6
                touched |= below.at_usd(near, 0.0) >= cost_usd - 1e-6
    assert touched


def best_prices(
    instance: Instance, costs: StaticCosts, link: Link, asked: Requirement
) -> tuple[PricedLink, Multipliers]:
    """Return a link that is asked for alone, and what it pays of what it shares with nobody."""
    known = priced_link(instance, costs, link, asked, ENOUGH * float(asked.gbps), 1.0)
    assert known is not None
    problems = list(known.steps[0].problems)
    problem = NetworkProblem(
        names=[link] * len(problems),
        links=problems,
        items=costs.items,
        shared=SharedCosts.at_once(costs.shared_usd(1.0), len(problems)),
        weights=first_weights(list(known.sides), costs.items),
        offered=np.full(costs.items.edges, PLENTY),
    )
    return known, generate(problem, 0.0, choose=False, prove=False).multipliers


@pytest.mark.solver
@pytest.mark.parametrize("seed", [1, 2, 4, 6, 9, 16])
def test_sides_of_a_link_pay_more_and_never_more_than_it_costs(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compile_searches()
    instance, asked = braid(seed, tmp_path)
    assert instance.graph is not None
    costs = StaticCosts(instance.graph, len(instance.periods))
    (link, _), (item, *_) = next(iter(asked.items()))
    item = dataclasses.replace(item, gbps=float(item.gbps))
    known, paid = best_prices(instance, costs, link, item)
    assert len(known.sides) >= 3
    usd = by_routes(paid, costs.items)
    price = known.price([usd(step) for step in known.steps])
    for times in (1.0, 1.7, ENOUGH):
        gbps = times * float(item.gbps)
        needs: Requirements = {(link, 0): (dataclasses.replace(item, gbps=gbps),)}
        network = solve_network(
            static_instance(instance), needs, relative_gap=0.0, time_limit_s=20.0, seed=1
        )
        assert price.at_usd(gbps, item.rtt_limit_ms) <= network.cost_usd + USD
    monkeypatch.setattr(priced_links, "sides_of", lambda *_: [])
    whole, paid = best_prices(instance, costs, link, item)
    assert len(whole.sides) == 1
    one = by_routes(paid, costs.items)
    least = float(item.gbps)
    alone = whole.price([one(step) for step in whole.steps])
    assert alone.at_usd(least, item.rtt_limit_ms) < price.at_usd(least, item.rtt_limit_ms)


def test_what_a_link_pays_is_split_over_its_sides_and_put_together_again(tmp_path: Path) -> None:
    compile_searches()
    instance, asked = braid(1, tmp_path)
    assert instance.graph is not None
    costs = StaticCosts(instance.graph, len(instance.periods))
    (link, _), (item, *_) = next(iter(asked.items()))
    known, paid = best_prices(instance, costs, link, item)
    sides = known.steps[0].problems
    together = Multipliers(
        paid.shares_usd.sum(axis=0)[None, :], paid.tolls_usd[:1], paid.scarcity_usd
    )
    for before, problems in itertools.product((paid, together), (sides, sides[:1], sides[:2])):
        after = for_sides(before, problems, costs.items)
        assert len(after.shares_usd) == len(problems)
        most = before.shares_usd.sum(axis=0)
        assert (after.shares_usd.sum(axis=0) <= most + 1e-6).all()
