"""``plan_shape`` of what is held on corridors and in huts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from siting.plan import PlannedCorridor, PlannedHut
from siting.tables import AmplifierType
from siting.verify.cables import cable_of
from siting.verify.shaper import Shaper


def corridors(shaper: Shaper, items: Iterable[PlannedCorridor]) -> list[PlannedCorridor]:
    """Return the known corridors in shape."""
    table = shaper.network.corridors
    return [
        _corridor(shaper, item) for item in shaper.known("corridor", items, table, "the network")
    ]


def _corridor(shaper: Shaper, item: PlannedCorridor) -> PlannedCorridor:
    """Return a corridor in shape, with the cable sizes of the study only."""
    where = f"corridor {item.id}"
    shaper.in_horizon(where, item.built_from)
    sizes = shaper.study.file.transport.cable_fibers
    offered = [key for key in item.cables if (cable := cable_of(key)) and cable.fibers in sizes]
    cables = shaper.fit_each(where, "cables", item.cables, offered, 0)
    iru = shaper.fit(where, "iru_pairs", item.iru_pairs, 0)
    return item.model_copy(update={"cables": cables, "iru_pairs": iru})


def huts(shaper: Shaper, items: Iterable[PlannedHut]) -> list[PlannedHut]:
    """Return the known huts in shape."""
    table = shaper.network.huts
    return [_hut(shaper, item) for item in shaper.known("hut", items, table, "the network")]


def _hut(shaper: Shaper, item: PlannedHut) -> PlannedHut:
    where = f"hut {item.id}"
    site = shaper.network.huts[item.id]
    shaper.first_period(where, item.in_service_from, exists=site.existing_racks > 0)
    shaper.rule.require(
        where,
        f"class {item.hut_class} with first period {item.in_service_from}; "
        "a hut without one is of class existing, and no other is",
        ok=(item.in_service_from is None) == (item.hut_class == "existing"),
    )
    racks = shaper.fit_each(where, "racks", item.racks, get_args(AmplifierType), 0)
    return item.model_copy(update={"racks": racks})
