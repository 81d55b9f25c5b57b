"""Studies of one link whose fast routes overlap: three of them, no corridor on all."""

from __future__ import annotations

import dataclasses
import random
from pathlib import Path

from siting import build_network
from siting.formulation.requirements import Requirements
from siting.instance import Instance
from siting.solve.presolve import presolve
from tests.oracle.draft import base_draft, write
from tests.solve.all_routes_case import asked_always
from tests.solve.graphs import instance_with_graph

STAGES = ("n-a", "n-j", "n-k", "n-b")
SPARE_MS = 0.2
"""What terminals and amplifiers take at most, and no detour."""


def braid(seed: int, folder: Path) -> tuple[Instance, Requirements]:
    """Return two campuses with a short and a long corridor in each of three stages between them.

    A route with one long corridor is fast enough for what is asked, one with two is not.
    """
    rng = random.Random(seed)
    draft = base_draft(rng, seed, "ab", rng.choice((1, 2)))
    tables = draft["tables"]
    places = {row["id"]: row for row in tables["nodes"]}
    middle = places["n-j"]
    further = {**middle, "id": "n-k", "lon": middle["lon"] + 0.01}
    tables["nodes"] = [places["n-a"], middle, further, places["n-b"]]
    known = tables["corridors"]
    corridors, fast_km, detours_km = [], 0.0, []
    for stage in range(3):
        short_km = round(rng.uniform(4, 8), 2)
        detours_km.append(round(rng.uniform(5, 7), 2))
        fast_km += short_km
        for name, km in (("short", short_km), ("long", short_km + detours_km[-1])):
            about = {"id": f"{name}{stage}", "length_km": round(km, 2), "srlgs": ""}
            ends = {"node_a": STAGES[stage], "node_b": STAGES[stage + 1]}
            corridors.append({**rng.choice(known), **about, **ends})
    tables["corridors"] = corridors
    transport = draft["file"]["transport"]
    transport |= {"cable_fibers": [6, 2000], "max_racks_provider": 4}
    job = draft["file"]["workloads"][0]
    job["survival_fraction"] = rng.choice((0.5, 0.75, 1.0))
    study = write(draft, folder)
    instance = presolve(instance_with_graph(study, build_network(study)))
    assert instance.graph is not None
    one_way_us = instance.graph.delay_us_per_km * (fast_km + max(detours_km))
    limit_ms = 2e-3 * one_way_us + SPARE_MS
    more = rng.uniform(1.0, 3.0)
    asked = {
        (link, t): tuple(
            dataclasses.replace(
                item, rtt_limit_ms=limit_ms, gbps=float(item.gbps) * (more if t else 1.0)
            )
            for item in items
        )
        for (link, t), items in asked_always(instance).items()
    }
    return instance, asked
