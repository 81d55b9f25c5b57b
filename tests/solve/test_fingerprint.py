"""The fingerprint of an instance: every number of it counts, and nothing else."""

from __future__ import annotations

import dataclasses
import pickle

import pytest

from siting.instance import Instance
from siting.instance.records_network import FiberRoute
from siting.solve.fingerprint import instance_sha256
from tests.solve.cases import tiny

SEED = 8


def with_route(instance: Instance, **changes: object) -> Instance:
    """Return the instance with its route of most huts changed."""
    r = longest(instance).id
    routes = {**instance.fiber_routes, r: dataclasses.replace(longest(instance), **changes)}  # type: ignore[arg-type]
    return dataclasses.replace(instance, fiber_routes=routes)


def longest(instance: Instance) -> FiberRoute:
    return max(instance.fiber_routes.values(), key=lambda route: len(route.huts))


def test_equal_instances_have_one_fingerprint():
    instance = tiny(SEED)
    again = pickle.loads(pickle.dumps(instance))
    assert instance_sha256(again) == instance_sha256(instance)
    assert instance_sha256(dataclasses.replace(instance, scenario="x")) == instance_sha256(instance)


@pytest.mark.parametrize("number", [0, -1])
def test_every_hut_and_design_of_a_route_counts(number):
    instance = tiny(SEED)
    route = longest(instance)
    assert len(route.huts) > 1
    assert len(route.designs) > 1
    huts, designs = list(route.huts), list(route.designs)
    moved = huts[number].position_km + 1e-9
    huts[number] = dataclasses.replace(huts[number], position_km=moved)
    sent = designs[number].rate_gbps + 1.0
    designs[number] = dataclasses.replace(designs[number], rate_gbps=sent)
    found = [
        instance_sha256(x)
        for x in (
            instance,
            with_route(instance, huts=tuple(huts)),
            with_route(instance, huts=route.huts[:-1]),
            with_route(instance, designs=tuple(designs)),
            with_route(instance, designs=route.designs[::-1]),
            with_route(instance, length_km=route.length_km + 1e-9),
        )
    ]
    assert len(set(found)) == len(found)


def test_what_is_no_record_is_refused():
    broken = dataclasses.replace(tiny(SEED), periods=(object(),))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="cannot fingerprint object"):
        instance_sha256(broken)
