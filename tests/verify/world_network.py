"""Worlds of fiber, optics, huts and faults beside that of :mod:`tests.verify.world`.

``standing``     cable and a hut that stand until 2031, leased racks, module dates
``racks``        two amplifier types on one route, a large hut
``regenerated``  a regenerator between an unamplified and an amplified section, G.654.E, switches
``grey``         short reach: grey optics with media converters and switches
``rates``        half the demand survives a failure: interruptions counted and charged
``transit``      a ring that carries the traffic of a failed link the other way round
"""

from __future__ import annotations

import copy
from typing import Any

from tests.verify.tables import CORRIDORS, STUDY
from tests.verify.world import World, rtt_ms
from tests.verify.world_sites import LOCAL, Rows, Variant, local_mode, ring, rows_with

Cells = dict[str, Any]
WEST_KM = 180.0


def hut_row(name: str, corridor: str | None, km: float, **more: Any) -> Cells:
    """A row of ``huts.csv``; a hut without a corridor stands at J1."""
    node = None if corridor else "J1"
    return {"id": name, "corridor_id": corridor, "node_id": node, "position_km": km, **more}


def planned(name: str, hut_class: str, first: int | None, **racks: list[int]) -> Cells:
    """A hut of the plan with its racks by amplifier type."""
    return {"id": name, "hut_class": hut_class, "in_service_from": first, "racks": racks}


def zrp(pairs: list[int], channels: list[int], amplifier: str) -> Cells:
    return {
        "module": "zrp800_131e", "terminal": "roadm_cl", "amplifier": amplifier,
        "pairs": pairs, "channels": channels,
    }  # fmt: skip


def standing(data: Cells, _: World) -> None:
    """The cable of ab1 and the hut h1 stand in 2029 and 2030, and are made anew in 2031."""
    data["corridors"][0] |= {"built_from": 2, "cables": {"G652D/144": [0, 0, 1]}}
    data["huts"] = [
        planned("h1", "small", 2, conventional=[0, 1, 2]),
        planned("h2", "leased", 0, conventional=[1, 1, 1]),
    ]


def racks(data: Cells, _: World) -> None:
    """160 pairs a rack for one option of the western route, 4 for the other."""
    west = data["links"][0]["routes"][1]
    west["modes"] = [
        zrp([1, 1, 1], [10, 15, 15], "multi_rail"),
        zrp([0, 1, 1], [0, 1, 1], "legacy"),
    ]
    room = {"multi_rail": [1, 1, 1], "legacy": [0, 1, 1]}
    data["huts"] = [planned("h1", "large", 0, **room), planned("h2", "small", 0, **room)]


def regenerated(data: Cells, world: World) -> None:
    """90 km to the regenerator at J1, then 30 km to h2 and 60 km to the end."""
    west = data["links"][0]["routes"][1]
    module_us = world.catalog.value("zrp800_131e.latency")
    west |= {
        "fiber_type": "G654E",
        "huts": ["j1", "h2"],
        "regenerators": ["j1"],
        "spans_km": [90.0, 30.0, 60.0],
        "rtt_ms": rtt_ms(WEST_KM, module_us + 30, huts=1, roadm=True),  # 30 us to regenerate
    }
    for corridor in data["corridors"][1:3]:
        corridor["cables"] = {"G654E/144": [1, 1, 1]}
    data["huts"] = [
        planned("j1", "small", 0, conventional=[1, 1, 1]),
        planned("h2", "small", 0, conventional=[1, 1, 1]),
    ]


def grey(data: Cells, world: World) -> None:
    """15 pairs of one grey channel each, between campuses 8 km apart."""
    direct = data["links"][0]["routes"][0]
    direct |= {
        "length_km": 8.0,
        "spans_km": [8.0],
        "rtt_ms": rtt_ms(8.0, world.catalog.value("grey800_2lr4.latency")),
        "modes": [
            {"module": "grey800_2lr4", "terminal": "none", "amplifier": "none",
             "pairs": [10, 15, 15], "channels": [10, 15, 15]},
        ],
    }  # fmt: skip


def rates(data: Cells, _: World) -> None:
    """Two routes that carry half the demand each."""
    for link, first in ((0, 5), (1, 0)):
        routes = data["links"][link]["routes"]
        for route in routes:
            if route["kind"] == "leased_wave":
                route["waves"] = [first, 8, 8]
            else:
                route["modes"][0]["channels"] = [first, 8, 8]


def transit(data: Cells, world: World) -> None:
    """Only one route between B and C; without the other workload A serves 40 MW."""
    ring(data, world)
    train = data["workloads"][0]
    train["modes"][0] = local_mode("ring", 2, 2, rho_ms=5.0, limit_ms=4.99)
    data["workloads"].pop()
    data["tie_lines"][0] |= {"flow_mw": [50, 50, 50], "firm_mw": [50, 50, 50]}


def train_of(changes: Cells) -> Cells:
    """The first workload of the study with cells changed, alone."""
    train: Cells = copy.deepcopy(STUDY["workloads"][0])
    return train | {key.removeprefix("workloads.0."): value for key, value in changes.items()}


def corridors_with(**changes: Cells) -> Rows:
    return rows_with(CORRIDORS, changes)


SHORT: Cells = {"length_km": 8}
NETWORK_VARIANTS: dict[str, Variant] = {
    "standing": Variant(
        study={
            "geography.huts": "huts.csv",
            "transport.module_dates": {"zr800": "2029-01-01", "zrp800_131e": "2028-07-01"},
        },
        tables={
            "corridors": corridors_with(
                ab1={"existing_fibers": 2, "existing_until": "2031-01-01"}
            ),
            "huts": [
                hut_row("h1", "ab2a", 30, existing_racks=1, existing_until="2031-01-01",
                        space_racks=2, power_kw=1),
                hut_row("h2", "ab2b", 30, leasable=True),
            ],
        },
        plan=standing,
    ),
    "racks": Variant(
        study={
            "transport.amplifier_types": ["legacy", "multi_rail"],
            "transport.hut_classes": ["small", "large"],
        },
        plan=racks,
    ),
    "regenerated": Variant(
        study={
            "geography.huts": "huts.csv",
            "transport.fiber_types": ["G652D", "G654E"],
            "transport.max_regenerators": 1,
            "transport.optical_circuit_switches": True,
        },
        tables={"huts": [hut_row("j1", None, 0, can_regenerate=True)]},
        plan=regenerated,
    ),
    "grey": Variant(
        study={"transport.media_converters": True, "transport.optical_circuit_switches": True},
        tables={"corridors": corridors_with(ab1=SHORT)},
        plan=grey,
    ),
    "rates": Variant(
        study={
            "geography.srlgs": "srlgs.csv",
            "survivability.charge_interruptions": True,
            "workloads.0.survival_fraction": 0.5,
            "workloads.0.min_link_availability": 0.999,
        },
        tables={
            "corridors": corridors_with(ab2b={"cuts_per_1000km_year": 1.0}),
            "srlgs": [
                {"id": "bridge:brazos", "name": "Brazos bridge", "events_per_year": 0.02,
                 "repair_hours": 48},
            ],
        },
        plan=rates,
    ),
    "transit": Variant(
        study={
            "workloads": [train_of(LOCAL | {"workloads.0.survival_fraction": 1.0})],
            "survivability.ring_transit": True,
        },
        plan=transit,
    ),
}  # fmt: skip
