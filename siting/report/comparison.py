"""Scenarios side by side: cost, proof, sites, training, and what moved against the base."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from siting.plan import COST_LINES, Plan
from siting.report.costs import LINE_LABELS
from siting.report.table import Cell, Column, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonRow:
    """One scenario, with what changed against the base."""

    scenario: str
    objective_usd: float
    change_usd: float
    change_fraction: float
    bound_usd: float
    gap_usd: float
    relative_gap: float
    bound_scope: str
    network_cost_usd: float
    network_gap_usd: float
    unserved_mw_years: float
    single_site_usd: float | None
    """Cost with every workload on one campus at a time; None: not known."""
    bridging_mw: float
    """Largest bridging capacity in service, facility MW."""
    campuses: tuple[str, ...]
    training: tuple[str, ...]
    """Workload, paradigm and fabric."""
    campuses_added: tuple[str, ...]
    campuses_removed: tuple[str, ...]
    campuses_moved: tuple[str, ...]
    """Campuses of both plans that open in another period."""
    huts_added: tuple[str, ...]
    huts_removed: tuple[str, ...]
    routes_added: tuple[str, ...]
    routes_removed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonFiles:
    """Paths of a comparison."""

    csv: Path
    html: Path
    workbook: Path


def comparison_table(plans: Mapping[str, Plan], base: str | None = None) -> list[ComparisonRow]:
    """Return one row for each scenario.

    Args:
        plans: plan by name of its scenario.
        base: the scenario against which changes count; None: the first.

    Raises:
        ValueError: there is no plan, or none of that name.
    """
    if not plans:
        message = "comparison: there is no plan to compare"
        raise ValueError(message)
    base = next(iter(plans)) if base is None else base
    if base not in plans:
        message = f"comparison: the base {base!r} is not among {', '.join(plans)}"
        raise ValueError(message)
    return [_row(name, plan, plans[base]) for name, plan in plans.items()]


def write_comparison(
    plans: Mapping[str, Plan], folder: Path, base: str | None = None, title: str = ""
) -> ComparisonFiles:
    """Write ``comparison.csv``, ``comparison.html`` and ``comparison.xlsx`` into a folder."""
    from siting.report.page import environment, template
    from siting.report.workbook import write_tables

    folder.mkdir(parents=True, exist_ok=True)
    rows = comparison_table(plans, base)
    tables = comparison_tables(plans, rows)
    files = ComparisonFiles(
        csv=folder / "comparison.csv",
        html=folder / "comparison.html",
        workbook=folder / "comparison.xlsx",
    )
    overview_table(rows, with_moves=True).write_csv(files.csv)
    write_tables(tables, files.workbook)
    text = (
        environment()
        .get_template("comparison.html.j2")
        .render(
            title=title or next(iter(plans.values())).study,
            base=base or rows[0].scenario,
            tables=tables,
            css=template("report.css"),
        )
    )
    files.html.write_text(text, encoding="utf-8")
    return files


def comparison_tables(plans: Mapping[str, Plan], rows: Sequence[ComparisonRow]) -> list[Table]:
    """Return the tables of a comparison: overview, moves, campuses and cost lines."""
    return [overview_table(rows), _moves(rows), _campuses(plans), _lines(plans)]


def overview_table(rows: Sequence[ComparisonRow], *, with_moves: bool = False) -> Table:
    """Return cost, proof and sites by scenario; with moves, what changed as well."""
    columns = [
        Column(name="Scenario"),
        Column(name="Present value", unit="USD", kind="usd"),
        Column(name="Change", unit="USD", kind="usd"),
        Column(name="Change", kind="share"),
        Column(name="Lower bound", unit="USD", kind="usd"),
        Column(name="Gap", unit="USD", kind="usd"),
        Column(name="Gap", kind="share"),
        Column(name="Bound over"),
        Column(name="Network", unit="USD", kind="usd"),
        Column(name="Network gap", unit="USD", kind="usd"),
        Column(name="Unserved", unit="IT MW-years", kind="mw"),
        Column(name="On one campus", unit="USD", kind="usd"),
        Column(name="Bridging", unit="facility MW", kind="mw"),
        Column(name="Campuses", kind="count"),
        Column(name="Training"),
    ]
    cells: list[tuple[Cell, ...]] = [
        (
            row.scenario,
            row.objective_usd,
            row.change_usd,
            row.change_fraction,
            row.bound_usd,
            row.gap_usd,
            row.relative_gap,
            row.bound_scope.replace("_", " "),
            row.network_cost_usd,
            row.network_gap_usd,
            row.unserved_mw_years,
            row.single_site_usd,
            row.bridging_mw,
            len(row.campuses),
            "; ".join(row.training),
        )
        for row in rows
    ]
    if with_moves:
        moves = _moves(rows)
        columns += moves.columns[1:]
        cells = [a + b[1:] for a, b in zip(cells, moves.rows, strict=True)]
    return Table(id="overview", title="Overview", columns=tuple(columns), rows=tuple(cells))


def _moves(rows: Sequence[ComparisonRow]) -> Table:
    names = (
        ("campuses_added", "Campuses added"),
        ("campuses_removed", "Campuses removed"),
        ("campuses_moved", "Campuses in another period"),
        ("routes_added", "Routes added"),
        ("routes_removed", "Routes removed"),
        ("huts_added", "Huts added"),
        ("huts_removed", "Huts removed"),
    )
    return Table(
        id="moves",
        title="What moved",
        columns=(Column(name="Scenario"), *(Column(name=label) for _, label in names)),
        rows=tuple((row.scenario, *("; ".join(getattr(row, n)) for n, _ in names)) for row in rows),
        note="A route is the same when it joins the same campuses along the same corridors.",
    )


def _campuses(plans: Mapping[str, Plan]) -> Table:
    """Return IT MW built in the last period, with the period of opening, by campus and scenario."""
    built = {
        name: {c.id: (c.built_it_mw[-1], _openings(plan)[c.id]) for c in plan.campuses}
        for name, plan in plans.items()
    }
    ids = sorted({campus for found in built.values() for campus in found})
    rows: list[tuple[Cell, ...]] = []
    for campus in ids:
        cells: list[Cell] = [campus]
        for found in built.values():
            mw, since = found.get(campus, (None, None))
            cells += [mw, since]
        rows.append(tuple(cells))
    columns = [Column(name="Campus")]
    for name in plans:
        columns += [
            Column(name="Built", unit="IT MW", kind="mw", group=name, is_summed=True),
            Column(name="From", group=name),
        ]
    return Table(
        id="campuses",
        title="Campuses",
        columns=tuple(columns),
        rows=tuple(rows),
        totals=(("Total", 0, len(rows)),) if rows else (),
    )


def _lines(plans: Mapping[str, Plan]) -> Table:
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (LINE_LABELS[line], *(plan.costs_usd.get(line, 0.0) for plan in plans.values()))
        for line in COST_LINES
    )
    return Table(
        id="costs",
        title="Costs",
        columns=(
            Column(name="Line"),
            *(
                Column(name=name, unit="USD", kind="usd", group="Present value", is_summed=True)
                for name in plans
            ),
        ),
        rows=rows,
        totals=(("Total", 0, len(rows)),),
    )


def _row(name: str, plan: Plan, base: Plan) -> ComparisonRow:
    change = plan.objective_usd - base.objective_usd
    mine, theirs = _openings(plan), _openings(base)
    routes, base_routes = _routes(plan), _routes(base)
    huts, base_huts = ({hut.id for hut in p.huts} for p in (plan, base))
    return ComparisonRow(
        scenario=name,
        objective_usd=plan.objective_usd,
        change_usd=change,
        change_fraction=change / base.objective_usd if base.objective_usd else 0.0,
        bound_usd=plan.bounds.bound_usd,
        gap_usd=plan.bounds.gap_usd,
        relative_gap=plan.bounds.relative_gap,
        bound_scope=plan.bounds.bound_scope,
        network_cost_usd=plan.network_cost_usd,
        network_gap_usd=plan.bounds.network_gap_usd,
        unserved_mw_years=_unserved_mw_years(plan),
        single_site_usd=next((a.objective_usd for a in plan.alternatives), None),
        bridging_mw=max(
            (sum(mw) for mw in zip(*(b.capacity_mw for b in plan.bridging), strict=True)),
            default=0.0,
        ),
        campuses=tuple(sorted(mine)),
        training=tuple(
            f"{w.id}: {w.paradigm}, {w.fabric}" if w.paradigm else f"{w.id}: one campus"
            for w in plan.workloads
        ),
        campuses_added=tuple(sorted(mine.keys() - theirs.keys())),
        campuses_removed=tuple(sorted(theirs.keys() - mine.keys())),
        campuses_moved=tuple(
            f"{campus} {theirs[campus]} to {mine[campus]}"
            for campus in sorted(mine.keys() & theirs.keys())
            if mine[campus] != theirs[campus]
        ),
        huts_added=tuple(sorted(huts - base_huts)),
        huts_removed=tuple(sorted(base_huts - huts)),
        routes_added=tuple(sorted(routes - base_routes)),
        routes_removed=tuple(sorted(base_routes - routes)),
    )


def _openings(plan: Plan) -> dict[str, str]:
    """Return the period in which each campus opens."""
    return {
        campus.id: "before"
        if campus.in_service_from is None
        else plan.periods[campus.in_service_from]
        for campus in plan.campuses
    }


def _routes(plan: Plan) -> set[str]:
    return {
        f"{'-'.join(link.campuses)} via {' '.join(route.corridors) or route.leased_wave}"
        for link in plan.links
        for route in link.routes
    }


def _unserved_mw_years(plan: Plan) -> float:
    """Return unserved IT MW times years; quarters are known by their labels."""
    years = 0.25 if all("Q" in label for label in plan.periods) else 1.0
    return years * sum(mw for workload in plan.workloads for mw in workload.unserved_it_mw)
