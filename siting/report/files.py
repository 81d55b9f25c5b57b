"""Writing all reports of a plan into a folder."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from siting.data_findings import DataFindings
from siting.network import CandidateNetwork
from siting.plan import Plan
from siting.report.view import View
from siting.study import Study
from siting.why import Why

if TYPE_CHECKING:
    from siting.verify import Verification


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFiles:
    """Paths of the reports."""

    html: Path
    workbook: Path
    geopackage: Path
    geojson: Path
    kmz: Path
    entities: Path
    costs: Path
    map_png: Path
    map_svg: Path
    summary: Path

    def paths(self) -> tuple[Path, ...]:
        """Return all paths."""
        return tuple(getattr(self, field.name) for field in fields(self))


def report_files(folder: Path) -> ReportFiles:
    """Return the paths of the reports in a folder."""
    return ReportFiles(
        html=folder / "report.html",
        workbook=folder / "workbook.xlsx",
        geopackage=folder / "plan.gpkg",
        geojson=folder / "plan.geojson",
        kmz=folder / "plan.kmz",
        entities=folder / "entities.csv",
        costs=folder / "costs.csv",
        map_png=folder / "map.png",
        map_svg=folder / "map.svg",
        summary=folder / "summary.txt",
    )


def write_report(
    plan: Plan,
    verification: Verification,
    network: CandidateNetwork,
    folder: Path | str,
    study: Study | None = None,
    findings: DataFindings | None = None,
    why: Why | None = None,
) -> ReportFiles:
    """Write every report of a plan.

    A plan that the verifier rejected is reported as rejected, with its violations.

    Args:
        plan: what to build.
        verification: the verdict on it.
        network: the candidate network it was made on.
        folder: where the reports go; made when missing.
        study: names, places and prices; None: ``folder/study`` when it is there.
        findings: what was found about the data; None: ``folder/data.json`` when it is there.
        why: why the plan is as it is; None: ``folder/why.json`` when it is there.
    """
    from siting.report.costs import cost_table
    from siting.report.entities import entity_table
    from siting.report.gis import write_geojson, write_geopackage, write_kmz
    from siting.report.page import write_page
    from siting.report.static_map import write_static_maps
    from siting.report.text import summary
    from siting.report.workbook import write_workbook

    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if study is None and (folder / "study" / "study.yaml").is_file():
        from siting.loading import load_study

        study = load_study(folder / "study")
    found, reasons = findings or DataFindings.load(folder), why or Why.load(folder)
    view = View(plan, verification, network, study, found, reasons)
    files = report_files(folder)
    write_workbook(view, files.workbook)
    write_geopackage(view, files.geopackage)
    write_geojson(view, files.geojson)
    write_kmz(view, files.kmz)
    entity_table(view).write_csv(files.entities)
    cost_table(view).write_csv(files.costs)
    write_static_maps(view, files.map_png, files.map_svg)
    write_page(view, files.html, picture=files.map_png)
    files.summary.write_text(summary(view), encoding="utf-8")
    return files
