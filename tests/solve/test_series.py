"""Corridors in series as one: the same least cost, networks that hold with each by itself."""

from __future__ import annotations

import dataclasses
import importlib
import itertools
import random

import pytest

from siting.instance import Instance
from siting.instance.records import NO_CAPS, NO_PINS
from siting.solve.ledger import Ledger
from siting.solve.network_costing import charge_network
from siting.solve.network_parts import restrict
from siting.solve.network_phase import solve_network
from siting.solve.presolve import presolve
from siting.solve.series import Contracted, contracted
from tests.solve.cases import USD, requirements, tiny

SEEDS = (8, 17, 24, 5, 14, 20)

network_whole = importlib.import_module("siting.solve.network_whole")


def in_pieces(instance: Instance, rng: random.Random) -> Instance:
    """Return the instance without caps and pins, every corridor cut in one to three pieces."""
    pieces = {e: rng.randint(1, 3) for e in instance.corridors}
    corridors = {}
    for e, corridor in instance.corridors.items():
        for n in range(pieces[e]):
            share = 1.0 / pieces[e]
            corridors[f"{e}/{n}"] = dataclasses.replace(
                corridor,
                id=f"{e}/{n}",
                length_km=corridor.length_km * share,
                build_usd_per_year=corridor.build_usd_per_year * share,
                own_maintenance_usd_per_year=corridor.own_maintenance_usd_per_year * share,
                cable_usd_per_year={k: x * share for k, x in corridor.cable_usd_per_year.items()},
                iru_usd_per_pair_year=corridor.iru_usd_per_pair_year * share,
                iru_maintenance_usd_per_year=corridor.iru_maintenance_usd_per_year * share,
            )
    ends: dict[str, str] = {}
    fiber = {}
    for r, route in instance.fiber_routes.items():
        names: list[str] = []
        nodes = [route.nodes[0]]
        supply: list[str] = []
        for e, kind, tail, head in zip(
            route.corridors, route.supply, route.nodes[:-1], route.nodes[1:], strict=True
        ):
            forward = tail == ends.setdefault(e, tail)
            inner = [f"{e}:{n}" for n in range(1, pieces[e])]
            numbers = list(range(pieces[e]))
            names += [f"{e}/{n}" for n in (numbers if forward else numbers[::-1])]
            nodes += [*(inner if forward else inner[::-1]), head]
            supply += [kind] * pieces[e]
        fiber[r] = dataclasses.replace(
            route, corridors=tuple(names), nodes=tuple(nodes), supply=tuple(supply)
        )
    return dataclasses.replace(
        instance, corridors=corridors, fiber_routes=fiber, caps=NO_CAPS, pins=NO_PINS
    )


@pytest.mark.solver
@pytest.mark.parametrize("seed", SEEDS)
def test_networks_cost_the_same_with_corridors_in_series_as_one(
    seed: int, monkeypatch: pytest.MonkeyPatch
):
    asked = requirements(seed)
    part = in_pieces(restrict(presolve(tiny(seed)), asked), random.Random(seed))
    found = solve_network(part, asked, relative_gap=0.0, time_limit_s=60.0, seed=1)
    monkeypatch.setattr(network_whole, "contracted", lambda instance: Contracted(instance, {}))
    plain = solve_network(part, asked, relative_gap=0.0, time_limit_s=60.0, seed=1)
    assert found.cost_usd == pytest.approx(plain.cost_usd, abs=USD)
    assert found.bound_usd <= plain.cost_usd + USD
    if found.choice is not None and not part.charge_interruptions:
        book = Ledger(part)
        charge_network(book, part, found.choice)
        assert sum(book.costs_usd.values()) == pytest.approx(found.cost_usd, abs=USD)


@pytest.mark.parametrize("seed", SEEDS)
def test_routes_keep_their_ends_and_meet_at_the_same_nodes(seed: int):
    part = in_pieces(tiny(seed), random.Random(seed))
    series = contracted(part)
    assert sum(map(len, series.members.values())) > len(series.members)
    ends: dict[str, set[str]] = {}
    for r, route in series.instance.fiber_routes.items():
        before = part.fiber_routes[r]
        assert (route.nodes[0], route.nodes[-1]) == (before.nodes[0], before.nodes[-1])
        assert len(route.corridors) == len(route.supply) == len(route.nodes) - 1
        for e, tail, head in zip(route.corridors, route.nodes[:-1], route.nodes[1:], strict=True):
            assert ends.setdefault(e, {tail, head}) == {tail, head}
        members = itertools.chain(*(series.members.get(e, (e,)) for e in route.corridors))
        assert sorted(members) == sorted(before.corridors)
    length_km = sum(x.length_km for x in part.corridors.values())
    assert sum(x.length_km for x in series.instance.corridors.values()) == pytest.approx(length_km)


def test_nothing_is_contracted_under_caps():
    part = in_pieces(tiny(24), random.Random(1))
    capped = dataclasses.replace(
        part, caps=dataclasses.replace(NO_CAPS, corridor_build_km=(5.0,) * len(part.periods))
    )
    assert contracted(part).members
    assert contracted(capped).instance is capped
