"""All models work without a network: they load and keep what they say; the small ones are built."""

from __future__ import annotations

import socket
import urllib.request
from pathlib import Path

import pytest

from siting import build_instance, build_network, load_study, solve, verify
from siting.catalog import load_catalog
from siting.loading import list_scenarios
from siting.presolve import presolve
from tests.offline import OutsideError, no_network

MODELS = Path(__file__).resolve().parent.parent / "models"
ALL = sorted(path.parent.name for path in MODELS.glob("*/study.yaml"))
SLOW = {"conus", "europe", "midwest", "texas", "texas-single"}
"""On the map of a region: ``tests.benchmarks.offline`` builds them too."""


@pytest.mark.parametrize("url", ["http://192.0.2.1/", "http://map.example/"])
def test_the_guard_stops_what_leaves_the_machine(url: str) -> None:
    with no_network(), pytest.raises(OutsideError):
        urllib.request.urlopen(url, timeout=1)


def test_the_guard_lets_the_loopback_interface_be() -> None:
    with (
        no_network(),
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=1) as client,
    ):
        assert client.getpeername() == server.getsockname()


@pytest.mark.parametrize("model", ALL)
def test_a_model_loads_and_is_right_offline(model: str) -> None:
    with no_network():
        for scenario in (None, *list_scenarios(MODELS / model)):
            study = load_study(MODELS / model, scenario)
            choice = study.file.catalog
            catalog = load_catalog(choice.source, column=choice.column, overrides=choice.overrides)
            assert presolve(study, catalog).hopeless == ()


@pytest.mark.parametrize("model", sorted(set(ALL) - SLOW))
def test_a_small_model_is_built_offline(model: str) -> None:
    with no_network():
        study = load_study(MODELS / model)
        network = build_network(study)
        instance = build_instance(study, network)
    assert set(instance.campuses) <= set(study.campuses)
    assert network.corridors


@pytest.mark.solver
def test_the_triangle_is_solved_offline() -> None:
    with no_network():
        study = load_study(MODELS / "triangle")
        network = build_network(study)
        result = solve(build_instance(study, network))
        assert result.plan is not None
        assert verify(result.plan, study, network).accepted
