"""Demand in accelerators beside IT MW, for workloads that ask in accelerators."""

from __future__ import annotations

from siting.report.table import Cell, Column, Table, by_period
from siting.report.view import View
from siting.training import it_demand_mw, it_kw_per_accelerator


def accelerator_table(view: View) -> Table:
    """Return accelerators and IT MW asked for and served, by workload; none asked for: no row."""
    rows: list[tuple[Cell, ...]] = []
    catalog, study = view.catalog, view.study
    jobs = study.file.workloads if study is not None else ()
    unserved = {planned.id: planned.unserved_it_mw for planned in view.plan.workloads}
    for job in jobs:
        if job.it_demand_accelerators is None or catalog is None:
            continue
        kw = it_kw_per_accelerator(catalog, job)
        asked = it_demand_mw(catalog, job)
        missing = unserved.get(job.id, asked)
        served = [mw - rest for mw, rest in zip(asked, missing, strict=True)]
        rows += [
            (job.id, "asked for", kw, *job.it_demand_accelerators, *asked),
            (job.id, "served", kw, *(1000 * mw / kw for mw in served), *served),
        ]
    return Table(
        id="accelerators",
        title="Accelerators",
        columns=(
            Column(name="Workload"),
            Column(name="What"),
            Column(name="IT power of one", unit="kW", kind="hours"),
            *by_period(view.periods, "Accelerators", "", "count", is_summed=False),
            *by_period(view.periods, "IT MW", "IT MW", "mw", is_summed=False),
        ),
        rows=tuple(rows),
        note="Workloads that ask for accelerators; the plan serves IT MW.",
    )
