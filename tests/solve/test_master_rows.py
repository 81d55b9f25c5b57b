"""Rows that strengthen masters: what every plan keeps, and what a relaxation no longer may do."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping

import pyomo.environ as pyo
import pytest

from siting.formulation.admissibility import Admissibility
from siting.formulation.placement import peer_limit_mw
from siting.formulation.requirements import largest_demand_gbps
from siting.instance import Instance
from siting.solve.configurations import configurations
from siting.solve.link_bounds import CapacityShare
from siting.solve.link_prices import required_links
from siting.solve.master import Master
from siting.solve.master_rows import links_once
from siting.solve.presolve import presolve
from siting.solve.set_cuts import Link
from siting.solve.siting_choice import fixed_requirements
from tests.solve.cases import tiny

FABRIC_SEEDS = (21, 42, 56, 64, 66)
"""Traffic goes with MW, and peers may serve more than the least."""
SEEDS = (3, 8, 17, 24, 57)
TOLERANCE = 1e-6
Prices = dict[Link, CapacityShare]


def masters(seed: int) -> list[tuple[Instance, Master]]:
    instance = presolve(tiny(seed))
    shares = dict.fromkeys(instance.links, 0.0)
    admissible = Admissibility(instance)
    parts = [item.apply(instance) for item in configurations(instance)]
    return [(part, Master(part, shares, admissible, seed=1)) for part in parts]


def test_traffic_of_two_large_ends_counts_in_full_and_no_more_than_the_smaller_asks():
    seen = 0
    for seed in FABRIC_SEEDS:
        rng = random.Random(seed)
        for part, master in masters(seed):
            model = master._model
            for key, row in model.ends_demand.ends_demand.items():
                seen += 1
                _check(part, model, key, row, rng)
    assert seen > 10


def _check(
    part: Instance,
    model: pyo.ConcreteModel,
    key: tuple[str, int, str, str, int],
    row: pyo.Constraint,
    rng: random.Random,
) -> None:
    w, t, i, j, m = key
    job, mode = part.workloads[w], part.workloads[w].modes[m]
    per_mw = mode.gbps_per_it_mw + mode.frontend_gbps_per_it_mw
    most_mw = {c: peer_limit_mw(part, c, w, t) for c in (i, j)}

    def short_gbps(served_mw: dict[str, float], *, is_required: bool, is_used: bool) -> float:
        """Return by how much the row asks for more than a demand of nothing."""
        model.training.uses_mode[w, t, m].set_value(float(is_used), skip_validation=True)
        required = model.training.is_required[w, t, i, j, m]
        required.set_value(float(is_required), skip_validation=True)
        model.training.demand_gbps[w, t, i, j, m].set_value(0.0, skip_validation=True)
        for c, mw in served_mw.items():
            model.split.split_mw[w, t, c, m].set_value(mw, skip_validation=True)
        body, upper, lower = pyo.value(row.body), row.upper, row.lower
        return float(body - pyo.value(upper) if upper is not None else pyo.value(lower) - body)

    full = short_gbps(most_mw, is_required=True, is_used=True)
    assert full == pytest.approx(per_mw * min(most_mw.values()), rel=TOLERANCE)
    for _ in range(20):
        served = {c: rng.uniform(job.min_peer_mw, mw) for c, mw in most_mw.items()}
        smaller = per_mw * min(served.values())
        asked = short_gbps(served, is_required=True, is_used=True)
        assert asked <= smaller * (1 + TOLERANCE)
        hub = {c: mw if c in job.hubs else 0.0 for c, mw in served.items()}
        assert short_gbps(hub, is_required=False, is_used=True) <= TOLERANCE * smaller
    assert short_gbps(dict.fromkeys(most_mw, 0.0), is_required=False, is_used=False) <= TOLERANCE


def test_a_link_counts_in_full_however_a_relaxation_mixes_its_modes():
    """Half of one mode and half of another require a link once, not by half."""
    mixed = 0
    for seed in SEEDS:
        for _, master in masters(seed):
            model = master._model
            under: dict[tuple[str, int, str, str], list[pyo.Var]] = {}
            for *key, m in model.training.REQUIRED:
                under.setdefault(tuple(key), []).append(model.training.is_required[(*key, m)])
            rows = {tuple(id(var) for var, _ in terms[1:]): terms for terms in links_once(model)}
            for (_, t, i, j), variables in under.items():
                if len(variables) == 1:
                    continue
                mixed += 1
                for x in variables:
                    x.set_value(1.0 / len(variables), skip_validation=True)
                model.rho[i, j, t].set_value(1.0, skip_validation=True)
                terms = rows[tuple(id(x) for x in variables)]
                left = sum(coefficient * pyo.value(var) for var, coefficient in terms)
                assert left == pytest.approx(0.0, abs=TOLERANCE)
                assert terms[0][0] is model.rho[i, j, t]
    assert mixed


def stepped(shares_usd: Mapping[float, float]) -> Iterator[tuple[Instance, Prices, Master]]:
    """Yield masters whose links cost more above some shares of the most that is asked of them."""
    for seed in FABRIC_SEEDS:
        instance = presolve(tiny(seed))
        admissible = Admissibility(instance)
        for item in configurations(instance):
            part = item.apply(instance)
            links = sorted(required_links(part, admissible))
            most = {link: largest_demand_gbps(part, link) for link in links}
            prices = {
                link: CapacityShare(
                    1e3, 0.0, steps_usd={x * gbps: y for x, y in shares_usd.items()}
                )
                for link, gbps in most.items()
                if gbps > 0
            }
            yield part, prices, Master(part, {}, admissible, seed=1, capacity=[prices])


def test_networks_cost_more_in_every_period_that_asks_for_more_than_a_step():
    seen = 0
    for part, prices, master in stepped({0.1: 2e3, 0.5: 3e3}):
        found = master.solve(time_limit_s=20.0, relative_gap=1e-6, cutoff_usd=math.inf)
        if found.values is None or found.siting is None:
            continue
        values = master._compiled.polish(found.values)
        asked = fixed_requirements(part, found.siting)
        for t in range(len(part.periods)):
            paid = master._compiled.value(master._model.theta[t], values) * 1e6
            usd = 0.0
            for (link, s), items in asked.items():
                if s == t and link in prices:
                    gbps = sum(float(x.gbps) for x in items) * (1 - TOLERANCE)
                    usd += prices[link].at_usd(gbps, 0.0)
                    seen += gbps > min(prices[link].steps_usd)
            assert paid >= usd - 1.0
    assert seen


def test_a_step_counts_in_full_for_the_most_that_a_period_may_ask_and_not_below_it():
    """With one mode the binary is at least the part of the way from the step to that."""
    full = 0
    for part, prices, master in stepped({0.3: 2e3}):
        model = master._model
        rows = list(model.demand_steps.values())
        for w, t, i, j, m in model.training.REQUIRED:
            if (i, j, t, 0) not in model.above:
                continue
            (step,) = prices[i, j].steps_usd
            job, half_mw = part.workloads[w], part.workloads[w].demand_mw[t] / 2
            smaller_mw = min(half_mw, *(peer_limit_mw(part, c, w, t) for c in (i, j)))
            gbps = job.modes[m].demand_gbps(smaller_mw)
            if gbps <= step * (1 + TOLERANCE):
                continue
            full += 1
            for asked, least in ((gbps, 1.0), (step, 0.0)):
                for var in model.component_data_objects(pyo.Var):
                    var.set_value(0.0, skip_validation=True)
                model.training.is_required[w, t, i, j, m].set_value(1.0)
                model.training.demand_gbps[w, t, i, j, m].set_value(asked)
                model.rho[i, j, t].set_value(1.0)
                found = max(pyo.value(row.body) - pyo.value(row.upper or 0.0) for row in rows)
                assert max(found, 0.0) == pytest.approx(least, abs=TOLERANCE)
    assert full
