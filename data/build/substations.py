"""Synthetic transmission substations from the TAMU grid in powersimdata: Texas, and all states."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

MIN_KV = 230
FOLDER = "powersimdata/network/usa_tamu/data"
INTERCONNECT = {"Texas": "ERCOT", "Eastern": "Eastern", "Western": "WECC"}


def build(read: Callable[[str], Path], postal: Mapping[str, str]) -> pd.DataFrame:
    """Aggregate buses, lines and plants to substations.

    Args:
        read: gives the path of a named file of the package.
        postal: postal code by name of a state.

    Returns:
        One row for each substation of the conterminous states at 230 kV or more.
    """

    def table(name: str, columns: list[str]) -> pd.DataFrame:
        return pd.read_csv(read(f"{FOLDER}/{name}.csv"), usecols=columns)

    zone = table("zone", ["zone_id", "zone_name", "state", "interconnect"]).set_index("zone_id")
    bus = table("bus", ["bus_id", "Pd", "baseKV", "zone_id"]).set_index("bus_id")
    bus = bus.join(table("bus2sub", ["bus_id", "sub_id"]).set_index("bus_id")).join(
        zone, on="zone_id"
    )
    sub = table("sub", ["sub_id", "name", "lat", "lon"]).set_index("sub_id")

    top = bus.sort_values("baseKV", ascending=False).groupby("sub_id").first()
    sub = sub.join(top[["baseKV", "state", "zone_name", "interconnect"]])
    sub = sub[sub.baseKV >= MIN_KV]

    branch = table("branch", ["from_bus_id", "to_bus_id", "rateA", "branch_device_type"])
    line = branch[branch.branch_device_type == "Line"]
    line = line.join(bus[["baseKV", "sub_id"]], on="from_bus_id").join(
        bus[["sub_id"]].add_prefix("to_"), on="to_bus_id"
    )
    line = line[(line.baseKV >= MIN_KV) & (line.sub_id != line.to_sub_id)]
    ends = pd.concat(
        [
            line[["sub_id", "rateA"]],
            line[["to_sub_id", "rateA"]].rename(columns={"to_sub_id": "sub_id"}),
        ]
    )
    plant = table("plant", ["bus_id", "Pmax"]).join(bus[["sub_id"]], on="bus_id")

    generation = plant.groupby("sub_id").Pmax.sum()
    lines = ends.groupby("sub_id").rateA.sum()
    region = sub.interconnect.map(INTERCONNECT) + " " + sub.zone_name
    result = pd.DataFrame(
        {
            "id": "tamu" + sub.index.astype(str),
            "name": sub["name"],
            "lon": sub.lon.round(5),
            "lat": sub.lat.round(5),
            "kv": sub.baseKV.astype(int),
            "load_mw": bus.groupby("sub_id").Pd.sum().reindex(sub.index).round(1),
            "generation_mw": generation.reindex(sub.index, fill_value=0).round(1),
            "line_mva": lines.reindex(sub.index, fill_value=0).round(0),
            "state": sub.state.map(postal),
            "grid_region": region,
            "synthetic": "true",
        }
    )
    return result.sort_index().reset_index(drop=True)
