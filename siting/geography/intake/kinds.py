"""What can be imported: its rows, its geometry, and other names that columns often have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal

from pydantic import Field

from siting.tables import CampusRow, HutRow, Identifier, Names, NonNegative, Row, SubstationRow

Shape = Literal["line", "polygon", "point"]


class CorridorLayerRow(Row):
    """What a planner may say of a right of way or conduit on the map."""

    id: Identifier
    name: str = ""
    kind: Literal["road", "rail", "power", "route"] = "route"
    srlgs: Names = ()
    """Shared risks, separated by ``;``."""
    buildable: bool = True
    method: Literal["", "aerial", "plow", "bore", "trench", "ug_median", "longhaul", "metro"] = ""
    """Catalog row ``build.<method>``; empty: by kind."""
    build_cost_usd_per_km: NonNegative | None = None
    """Beats ``method``."""
    iru_provider: Identifier | None = None
    iru_pairs: Annotated[int, Field(ge=0)] = 0


class ExclusionRow(Row):
    """A zone where nothing may be built."""

    id: Identifier
    name: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of data that can be imported."""

    name: str
    shape: Shape
    row: type[Row]
    file: str
    about: str
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Other names of a column, lower case, tried in this order."""

    @property
    def is_table(self) -> bool:
        """Whether it becomes a table of a study."""
        return self.file.endswith(".csv")


_COMMON: Final = {"id": ("osm_id", "code", "ref"), "name": ("label", "title")}

KINDS: Final[dict[str, Kind]] = {
    kind.name: kind
    for kind in (
        Kind(
            "corridors",
            "line",
            CorridorLayerRow,
            "corridors.parquet",
            "rights of way of your own",
            _COMMON,
        ),
        Kind(
            "conduits",
            "line",
            CorridorLayerRow,
            "conduits.parquet",
            "conduits: whatever lies in one shares the risk conduit:<id>",
            {**_COMMON, "id": ("conduit", "conduit_id", *_COMMON["id"])},
        ),
        Kind(
            "exclusions",
            "polygon",
            ExclusionRow,
            "exclusions.parquet",
            "zones where nothing may be built",
            _COMMON,
        ),
        Kind(
            "campuses",
            "point",
            CampusRow,
            "campuses.csv",
            "candidate campuses",
            {**_COMMON, "limit_mw": ("mw", "facility_mw", "capacity_mw")},
        ),
        Kind(
            "substations",
            "point",
            SubstationRow,
            "substations.csv",
            "substations",
            {**_COMMON, "kv": ("voltage_kv", "voltage")},
        ),
        Kind(
            "huts",
            "point",
            HutRow,
            "huts.csv",
            "amplifier sites",
            {**_COMMON, "corridor_id": ("corridor",), "node_id": ("node",)},
        ),
    )
}
"""By name."""
