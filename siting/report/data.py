"""What was found about the data: candidate routes left out, sites with something odd."""

from __future__ import annotations

from siting.data_findings import EXCLUSIONS
from siting.report.table import Cell, Column, Table
from siting.report.view import View


def exclusion_table(view: View) -> Table:
    """Return how many candidate routes are left out, by the rule that excludes them."""
    found = view.findings
    rows: list[tuple[Cell, ...]] = []
    if found is not None:
        rows = [
            ("candidates", "the solver chooses from these", found.candidate_routes),
            *(
                (reason, EXCLUSIONS.get(reason, reason), number)
                for reason, number in found.excluded_routes.items()
            ),
        ]
    return Table(
        id="exclusions",
        title="Candidate routes, and those excluded",
        columns=(
            Column(name="Reason"),
            Column(name="In words"),
            Column(name="Routes", kind="count"),
        ),
        rows=tuple(rows),
        strong=frozenset({0} if rows else ()),
        note=(
            "A candidate is a path with its supply, fiber type and regenerator sites; forbidden, "
            "too long and without fiber are paths. Paths that the search never met are not counted."
        ),
    )


def screening_table(view: View) -> Table:
    """Return the sites with something odd about their place, with their distances."""
    found = view.findings
    sites = () if found is None or found.sites is None else found.sites
    odd = [site for site in sites if site.flags]
    rows: list[tuple[Cell, ...]] = [
        (
            site.id,
            site.kind,
            site.where,
            "; ".join(site.flags),
            site.substation_km,
            site.road_km,
            site.rail_km,
            site.fiber_km,
        )
        for site in odd
    ]
    group = "Nearest, along the ground"
    return Table(
        id="screening",
        title="Sites with something odd about their place",
        columns=(
            Column(name="Id"),
            Column(name="Kind"),
            Column(name="Near"),
            Column(name="What is odd"),
            Column(name="Substation", unit="km", kind="km", group=group),
            Column(name="Road", unit="km", kind="km", group=group),
            Column(name="Rail", unit="km", kind="km", group=group),
            Column(name="Fiber", unit="km", kind="km", group=group),
        ),
        rows=tuple(rows),
        note=_note(view, len(odd)),
    )


def _note(view: View, odd: int) -> str:
    found = view.findings
    if found is None or found.sites is None:
        return "The sites of this run were not screened: siting geography screen does it."
    counted = f"{len(found.sites):,} sites screened, {odd:,} with something odd"
    return ". ".join((counted, *(note[:1].upper() + note[1:] for note in found.site_notes))) + "."
