"""Edits of a good plan that break it, and what the verifier must say about each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from siting.network import CandidateNetwork
from tests.verify.world import mode, put, rtt_ms
from tests.verify.world_sites import Cells

Edit = Callable[[dict[str, Any]], None]
NetworkEdit = Callable[[CandidateNetwork], CandidateNetwork]
MORE: frozenset[str] = frozenset({"*"})
"""Other rules break too."""
ZR = "zr800 with terminal fixed_c"
ZRP = "zrp800_131e with terminal roadm_cl and conventional amplifiers"


@dataclass(frozen=True, kw_only=True)
class Mutation:
    """A plan that breaks a rule."""

    world: str = "first"
    """The world of :mod:`tests.verify.variants` whose plan is broken."""
    rule: str
    where: str
    value: float | None = None
    limit: float | None = None
    edit: Edit = lambda _: None
    study: dict[str, Any] = field(default_factory=dict)
    cells: Cells = field(default_factory=dict)
    """Cells of tables that are changed: by table, id and column."""
    network: NetworkEdit = lambda network: network
    reprice: bool = True
    """Whether costs and bounds follow the edit, so that only the rule is broken."""
    others: frozenset[str] = frozenset()


def sets(*pairs: tuple[str, Any]) -> Edit:
    """Return an edit that sets dotted keys."""

    def edit(data: dict[str, Any]) -> None:
        for key, value in pairs:
            put(data, key, value)

    return edit


def add(key: str, amount: float) -> Edit:
    def edit(data: dict[str, Any]) -> None:
        target = data
        *parts, last = key.split(".")
        for part in parts:
            target = target[part]
        target[last] += amount

    return edit


def without_c(data: dict[str, Any]) -> None:
    """Drop campus C and all that is for it alone."""
    for name in ("campuses", "tie_lines", "substations", "links", "corridors"):
        data[name].pop()
    train = data["workloads"][0]
    train["unserved_it_mw"] = [0, 40, 40]
    train["modes"] = [old if old["peers_max"] == 2 else mode(2, 2) for old in train["modes"]]
    for served in ("served_it_mw", "replica_it_mw", "replica_homes"):
        train[served].pop("C", None)


def amplified_at(*huts: str, spans: list[float]) -> Edit:
    """Return an edit that amplifies the western route at other huts."""

    def edit(data: dict[str, Any]) -> None:
        west = data["links"][0]["routes"][1]
        west["huts"], west["spans_km"] = list(huts), spans
        latency = (west["rtt_ms"] * 1000 / 2) - 180 * 4.9 - 2 * 0.15 - 0.2
        west["rtt_ms"] = rtt_ms(180, latency, len(huts), roadm=True)
        data["huts"] = [
            {
                "id": hut,
                "hut_class": "small",
                "in_service_from": 0,
                "racks": {"conventional": [1, 1, 1]},
            }
            for hut in huts
        ]

    return edit


def unlit(link: int, corridor: str, length_km: float, fiber_type: str) -> Edit:
    """Return an edit that adds a route of own cable without a lit pair to a link."""

    def edit(data: dict[str, Any]) -> None:
        data["links"][link]["routes"].append(
            {
                "id": "unlit", "kind": "fiber", "corridors": [corridor], "supply": ["own"],
                "fiber_type": fiber_type, "length_km": length_km, "huts": [], "regenerators": [],
                "spans_km": [length_km], "rtt_ms": 1.0, "modes": [],
            }
        )  # fmt: skip

    return edit


def with_hut(name: str, **changes: Any) -> NetworkEdit:
    """Return an edit of the network that changes a hut."""

    def edit(network: CandidateNetwork) -> CandidateNetwork:
        hut = replace(network.huts[name], **changes)
        return replace(network, huts=network.huts | {name: hut})

    return edit


def plain_entrances(diverse: str) -> NetworkEdit:
    """Return an edit of the network that leaves diverse entrances to these campuses only."""
    return lambda network: replace(network, diverse_campuses=frozenset(diverse))
