"""What the build of each corridor costs: by class of land and by crossing."""

from __future__ import annotations

from typing import Final

from siting.network import Corridor
from siting.report.table import Cell, Column, Table
from siting.report.view import View
from siting.study_terrain import LANDS

CROSSED: Final = (("river", "rivers"), ("rail", "railways"), ("road", "roads"))
"""What is crossed, and its name in a sentence."""


def is_by_land(edge: Corridor) -> bool:
    """Whether land and crossings price the build of a corridor, or a zone makes it dear."""
    return edge.urban_fraction is not None or edge.cost_factor != 1.0


def land_km(edge: Corridor) -> dict[str, float]:
    """Return the length of a corridor by class of land, km; nothing when it is not known."""
    if edge.urban_fraction is None:
        return {}
    urban, suburban = edge.urban_fraction, edge.suburban_fraction or 0.0
    shares = {"rural": 1.0 - urban - suburban, "suburban": suburban, "urban": urban}
    return {land: share * edge.length_km for land, share in shares.items()}


def crossings(edge: Corridor) -> dict[str, float]:
    """Return how many rivers, railways and roads a corridor crosses."""
    counts = (edge.river_crossings, edge.rail_crossings, edge.road_crossings)
    return dict(zip((name for name, _ in CROSSED), counts, strict=True))


def land_words(edge: Corridor) -> str:
    """Return land, crossings and zone of a corridor in words; empty when none price it.

    >>> edge = Corridor(id="e", node_a="a", node_b="b", length_km=20.0, kind="road",
    ...     urban_fraction=0.05, suburban_fraction=0.2, river_crossings=1.0, rail_crossings=0.5)
    >>> land_words(edge)
    '15.0 km rural, 4.0 km suburban, 1.0 km urban; crosses 1 rivers, 0.5 railways'
    """
    found = [f"{km:.1f} km {land}" for land, km in land_km(edge).items() if km > 0]
    words = [", ".join(found)] if found else []
    counts = crossings(edge)
    met = [f"{counts[name]:g} {plural}" for name, plural in CROSSED if counts[name]]
    words += ["crosses " + ", ".join(met)] if met else []
    words += [f"zone at {edge.cost_factor:g} times the cost"] if edge.cost_factor != 1.0 else []
    return "; ".join(words)


def land_values(view: View, edge: Corridor) -> dict[str, Cell]:
    """Return the columns of a corridor in map files; none where land does not price it."""
    if not is_by_land(edge):
        return {}
    kms, counts = land_km(edge), crossings(edge)
    return {
        **{f"{land}_km": kms.get(land) for land in LANDS},
        **{f"{name}_crossings": counts[name] for name, _ in CROSSED},
        "cost_factor": edge.cost_factor,
        "civil_works_usd": edge.build_cost_usd_per_km * edge.length_km,
        "crossings_usd": edge.crossings_usd,
        "build_usd": _total_usd(view, edge),
    }


def land_usd(view: View, edge: Corridor) -> dict[str, float | None]:
    """Return what civil works on each class of land of a corridor cost, USD."""
    found: dict[str, float | None] = {}
    for land in LANDS:
        rate = _usd_per_km(view, land)
        km = land_km(edge).get(land)
        found[land] = None if rate is None or km is None else rate * km * edge.cost_factor
    return found


def build_cost_table(view: View) -> Table:
    """Return the build cost of the corridors that the plan builds, by land and crossing."""
    rows: list[tuple[Cell, ...]] = []
    for planned in view.plan.corridors:
        edge = view.network.corridors[planned.id]
        if planned.built_from is None or not is_by_land(edge):
            continue
        kms, usd, counts = land_km(edge), land_usd(view, edge), crossings(edge)
        rows.append(
            (
                planned.id,
                edge.name or edge.kind,
                edge.length_km,
                *(kms.get(land) for land in LANDS),
                *(usd[land] for land in LANDS),
                edge.build_cost_usd_per_km * edge.length_km,
                *(counts[name] for name, _ in CROSSED),
                edge.crossings_usd,
                edge.cost_factor,
                _easement_usd(view, edge),
                _total_usd(view, edge),
            )
        )
    return Table(
        id="build-costs",
        title="Build cost of corridors",
        columns=(
            Column(name="Id"),
            Column(name="Name or kind"),
            Column(name="Length", unit="km", kind="km", is_summed=True),
            *(
                Column(name=land, unit="km", kind="km", group="Length by land", is_summed=True)
                for land in LANDS
            ),
            *(
                Column(name=land, unit="USD", kind="usd", group="Civil works", is_summed=True)
                for land in LANDS
            ),
            Column(name="All", unit="USD", kind="usd", group="Civil works", is_summed=True),
            *(
                Column(name=plural, kind="mw", group="Crossings", is_summed=True)
                for _, plural in CROSSED
            ),
            Column(name="Cost", unit="USD", kind="usd", group="Crossings", is_summed=True),
            Column(name="Zone factor", kind="mw"),
            Column(name="Easement", unit="USD", kind="usd", is_summed=True),
            Column(name="Together", unit="USD", kind="usd", is_summed=True),
        ),
        rows=tuple(rows),
        totals=(("Total", 0, len(rows)),) if rows else (),
        note=(
            "Overnight cost, without cable and huts. A crossing where a corridor ends counts half "
            "there and half on the next corridor. Land is by towns drawn as discs around places."
        ),
    )


def _usd_per_km(view: View, land: str) -> float | None:
    """Return the cost of civil works on a class of land, USD per km."""
    factor = view.price(f"land.{land}.allin")
    if view.study is None or factor is None:
        return None
    total = 0.0
    for method, share in view.study.file.geography.terrain.mix(land).items():
        price = view.price(f"build.{method}")
        if price is None:
            return None
        total += share * price
    return factor * total


def _easement_usd(view: View, edge: Corridor) -> float | None:
    price = view.price("row.oneoff")
    return None if price is None else price * edge.length_km


def _total_usd(view: View, edge: Corridor) -> float | None:
    easement = _easement_usd(view, edge)
    if easement is None:
        return None
    return edge.build_cost_usd_per_km * edge.length_km + edge.crossings_usd + easement
