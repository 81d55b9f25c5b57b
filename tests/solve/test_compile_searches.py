"""What searches over the map run is compiled before the time of a solve counts."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

from siting import build_network, load_study
from siting.solve import all_routes
from siting.solve.all_routes.bound import RouteGeneration
from siting.solve.all_routes.compile_searches import compile_searches
from tests.solve.all_routes_case import asked_always
from tests.solve.graphs import instance_with_graph

Signatures = dict[str, list[object]]


def compiled_by_now() -> Signatures:
    """Return the types that each compiled function of the searches has been compiled for."""
    found: Signatures = {}
    for module in pkgutil.iter_modules(all_routes.__path__):
        name = f"{all_routes.__name__}.{module.name}"
        for key, function in vars(importlib.import_module(name)).items():
            if getattr(function, "__module__", None) == name and hasattr(function, "signatures"):
                found[f"{module.name}.{key}"] = list(function.signatures)
    return found


@pytest.mark.solver
def test_a_search_over_the_map_compiles_nothing() -> None:
    """A further signature would be compiled within the time of a turn, which takes it all."""
    compile_searches()
    before = compiled_by_now()
    assert {"label_setting._go_on", "map_loads._price"} <= before.keys()
    study = load_study("triangle")
    instance = instance_with_graph(study, build_network(study))
    search = RouteGeneration(instance, asked_always(instance), threads=1)
    search.search(1.0)
    search.go_on(3.0)
    assert search.found().bound_usd > 0
    assert compiled_by_now() == before
