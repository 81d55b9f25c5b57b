"""Ingredients that benchmarks switch off, each by a patch here, never in the engine."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

import pyomo.environ as pyo

from siting.instance import Instance
from siting.instance.fiber_routes import linkable
from siting.instance.records import Workload
from siting.solve.branches import Branch
from siting.solve.configurations import Choice
from siting.solve.narrow_cuts import NarrowCuts
from siting.solve.network_stages import Stages
from siting.solve.network_whole import NOT_FOUND, NetworkOutcome
from siting.solve.pin_cuts import PinCuts
from siting.solve.series import Contracted

Patch = tuple[object, str, object]
Link = tuple[str, str]


def module(name: str) -> Any:
    """Return a module of the engine; ``siting.solve`` is also the name of a function."""
    return importlib.import_module(f"siting.{name}")


@contextmanager
def switched_off(patches: Iterable[Patch]) -> Iterator[None]:
    """Let the engine run without an ingredient."""
    with ExitStack() as stack:
        for target, attribute, instead in patches:
            stack.enter_context(mock.patch.object(target, attribute, instead))
        yield


@contextmanager
def watched(ingredients: Mapping[str, Iterable[Patch]]) -> Iterator[set[str]]:
    """Collect the names of the ingredients that a run comes to; others need not be switched off."""
    met: set[str] = set()
    users: dict[tuple[int, str], tuple[object, list[str]]] = {}
    for name, patches in ingredients.items():
        for target, attribute, _ in patches:
            if callable(getattr(target, attribute)):
                users.setdefault((id(target), attribute), (target, []))[1].append(name)
            else:
                met.add(name)
    with ExitStack() as stack:
        for (_, attribute), (target, names) in users.items():
            seen = _seen(getattr(target, attribute), names, met)
            stack.enter_context(mock.patch.object(target, attribute, seen))
        yield met


def _seen(plain: Callable[..., Any], names: list[str], met: set[str]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        met.update(names)
        return plain(*args, **kwargs)

    return call


def _nothing(*_: object, **__: object) -> None:
    """Do nothing."""


def _none_found(*_: object, **__: object) -> list[object]:
    return []


def _no_price(*_: object, **__: object) -> bool:
    return False


def _no_shares(*_: object, **__: object) -> dict[object, float]:
    return {}


def _no_rows(*_: object, **__: object) -> pyo.Block:
    return pyo.Block(concrete=True)


def _not_priced(branch: Branch) -> None:
    branch.priced = True


def _as_it_is(instance: Instance) -> Instance:
    return instance


def _apart(instance: Instance) -> Contracted:
    return Contracted(instance, {})


def _not_searched(*_: object) -> NetworkOutcome:
    return NOT_FOUND


def _however_far(jobs: dict[str, Workload]) -> dict[Link, float]:
    return dict.fromkeys(linkable(jobs), math.inf)


def _hubs_open(choices: Callable[[Instance, Workload], list[Choice]]) -> object:
    def found(instance: Instance, job: Workload) -> list[Choice]:
        return list(
            dict.fromkeys(Choice(x.paradigm, x.fabric, None) for x in choices(instance, job))
        )

    return found


def bounds() -> dict[str, list[Patch]]:
    """Return what bounds of masters are made of, by name."""
    decomposition, made = (module(f"solve.{name}") for name in ("decomposition", "make_masters"))
    evenly: Patch = (Branch, "price_evenly", _not_priced)
    of_sets: Patch = (decomposition, "price_sets", _no_price)
    shares: Patch = (made, "link_share_usd", _no_shares)
    return {
        "C1 by routes": [shares],
        "C1 by demand, evenly": [evenly],
        "C1 by demand, of link sets": [of_sets],
        "C1 altogether": [shares, evenly, of_sets],
        "C2 cuts": [(NarrowCuts, "of_sets", _nothing)],
        "C4 cuts": [(NarrowCuts, "of_modes", _nothing)],
        "C2 and C4 cuts": [
            (NarrowCuts, "of_sets", _nothing),
            (NarrowCuts, "of_modes", _nothing),
        ],
        "rows of modes in masters": [
            (module("formulation.mode_split"), name, _no_rows)
            for name in ("mode_rows", "line_rows", "least_demand_rows", "ends_demand_rows")
        ],
        "bounds of configurations by relaxations": [(Branch, "screened", _no_price)],
        "a configuration for each hub": _each_hub(),
    }


def _each_hub() -> list[Patch]:
    configurations = module("solve.configurations")
    return [(configurations, "_choices", _hubs_open(configurations._choices))]


def of_failures() -> dict[str, list[Patch]]:
    """Return what is learnt from a siting that has no network, and from pins, by name."""
    unservable = module("solve.unservable")
    no_goods: Patch = (unservable, "find_no_good", _nothing)
    limits: Patch = (unservable, "find_demand_limits", _none_found)
    return {
        "no-goods": [no_goods],
        "demand limits": [limits],
        "no-goods and demand limits": [no_goods, limits],
        "cuts of pins": [(PinCuts, "of", _none_found), (PinCuts, "no_good", _none_found)],
    }


def of_reductions() -> dict[str, list[Patch]]:
    """Return the reductions that keep an optimum, by name."""
    takers = ("solve", "solve.wide_cuts", "solve.wider_network")
    return {
        "dominated transport options left out": [
            (module(name), "presolve", _as_it_is) for name in takers
        ],
        "corridors in series as one": [(module("solve.network_whole"), "contracted", _apart)],
    }


def of_latency() -> dict[str, list[Patch]]:
    """Return what leaves out, while an instance is built, what is too far; by name."""
    takers = ("instance.build", "instance.fiber_routes")
    return {"latency pruning": [(module(name), "linkable", _however_far) for name in takers]}


def of_search() -> dict[str, list[Patch]]:
    """Return the heuristics for networks, by name."""
    search = module("solve.network_search")
    return {
        "search for routes that share": [(Stages, "searched", _not_searched)],
        "links at one hub taken out together": [(search, "NEAR", 1.0)],
    }
