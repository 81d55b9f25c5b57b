"""Reading a study from its folder: YAML, scenario, tables; every problem of a file in one error."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from siting._paths import MODELS, bundled_studies
from siting.catalog import load_catalog
from siting.cross_checks import catalog_check, cross_check
from siting.csv_rows import read_by_id, read_rows
from siting.errors import StudyError, TableError, problems_message
from siting.messages import validation_messages
from siting.study import SCHEMA_VERSION, Study, StudyFile
from siting.study_yaml import read_yaml, shown
from siting.tables import (
    BridgingRow,
    CampusRow,
    CorridorRow,
    HutRow,
    LeasedWaveRow,
    NodeRow,
    Row,
    SrlgRow,
    SubstationRow,
    TieLineRow,
    TimelineRow,
    UpgradeRow,
)

R = TypeVar("R", bound=Row)

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


def load_study(
    source: str | Path, scenario: str | None = None, overrides: Mapping[str, Any] | None = None
) -> Study:
    """Read and validate a study.

    Args:
        source: name of a bundled study, a study folder, or the path of a ``study.yaml``.
        scenario: name of a scenario in ``scenarios.yaml`` beside the study.
        overrides: dotted key -> value, applied after the scenario, e.g.
            ``{"workloads.0.survival_fraction": 0.5}``.

    Raises:
        StudyError: the study file or scenario is wrong; all problems at once.
        TableError: a table is wrong; all problems of all tables at once.
    """
    path = find_study(source)
    raw = read_yaml(path)
    for key, value in scenario_overrides(path.parent, scenario).items():
        apply_override(raw, key, value, f"scenario {scenario!r}")
    for key, value in (overrides or {}).items():
        apply_override(raw, key, value, "override")
    where = shown(path) if scenario is None else f"{shown(path)}, scenario {scenario!r}"
    return study_from_dict(raw, path.parent, scenario, where)


def study_from_dict(raw: dict[str, Any], folder: Path, scenario: str | None, where: str) -> Study:
    """Validate the content of a study file and read the tables it names from ``folder``."""
    version = raw.get("schema_version", SCHEMA_VERSION)
    if version != SCHEMA_VERSION:
        msg = (
            f"{where}: schema_version {version!r} is not supported, this version of siting reads "
            f"{SCHEMA_VERSION}"
        )
        raise StudyError(msg)
    try:
        file = StudyFile.model_validate(raw)
    except ValidationError as error:
        problems = [*validation_messages(error, StudyFile), *_period_problems(raw)]
        raise StudyError(problems_message(where, list(dict.fromkeys(problems)))) from error
    problems = _outside(file)
    if problems:
        raise StudyError(problems_message(where, problems))
    tables = _read_tables(file, folder, problems)
    if problems:
        raise TableError(problems_message(where, problems))
    study = Study(folder=folder, scenario=scenario, file=file, **tables)
    catalog = load_catalog(file.catalog.source, column=file.catalog.column, folder=folder)
    problems = [*cross_check(study, catalog), *catalog_check(study, catalog)]
    if problems:
        raise StudyError(problems_message(where, problems))
    return study


def _outside(file: StudyFile) -> list[str]:
    """Return tables that lie outside the study's folder: a study is copied and sent as a whole."""
    names = {
        f"{part}.{key}": name
        for part, section in (("sites", file.sites), ("geography", file.geography))
        for key, name in section
        if isinstance(name, str) and (name.endswith(".csv") or key == "exclusions")
    }
    return [
        f"{key}: {name!r} is outside the folder of the study, which must hold its own tables"
        for key, name in names.items()
        if Path(name).is_absolute() or ".." in Path(name).parts
    ]


def _period_problems(raw: dict[str, Any]) -> list[str]:
    """Return demands of the wrong length: pydantic sees them only when all else is right."""
    horizon, workloads = raw.get("horizon"), raw.get("workloads")
    periods = horizon.get("periods") if isinstance(horizon, dict) else None
    if not isinstance(periods, int) or not isinstance(workloads, list):
        return []
    return [
        f"workloads[{index}].{key}: has {len(demand)} values, the horizon has {periods} periods"
        for index, job in enumerate(workloads)
        for key in ("it_demand_mw", "it_demand_accelerators")
        if isinstance(job, dict)
        and isinstance(demand := job.get(key), list)
        and len(demand) != periods
    ]


def find_study(source: str | Path) -> Path:
    """Return the path of the ``study.yaml`` that ``source`` means."""
    given = Path(source)
    for path in (given / "study.yaml", given, MODELS / str(source) / "study.yaml"):
        if path.is_file():
            return path.resolve()
    if given.is_dir():
        msg = f"{source}: no study.yaml in this folder"
        raise StudyError(msg)
    near = difflib.get_close_matches(str(source), bundled_studies(), n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    msg = (
        f"study {str(source)!r}: no such folder, file or bundled study. "
        f"Bundled: {', '.join(bundled_studies()) or 'none'}.{hint}"
    )
    raise StudyError(msg)


def list_scenarios(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the scenarios of the study in ``folder``: name -> dotted overrides."""
    path = folder / "scenarios.yaml"
    if not path.is_file():
        return {}
    raw = read_yaml(path)
    scenarios = raw.get("scenarios")
    if not isinstance(scenarios, dict) or set(raw) != {"scenarios"}:
        msg = f"{shown(path)}: must have the one key 'scenarios', a mapping of name to overrides"
        raise StudyError(msg)
    problems = []
    for name, values in scenarios.items():
        if not _NAME.fullmatch(str(name)):
            problems.append(
                f"scenarios: name {str(name)!r} must be letters, digits, '.', '_' or '-', "
                "starting with a letter or digit"
            )
        if values is not None and not isinstance(values, dict):
            problems.append(f"scenarios.{name}: must map dotted keys to values (got {values!r})")
    if problems:
        raise StudyError(problems_message(shown(path), problems))
    return {str(name): dict(values or {}) for name, values in scenarios.items()}


def scenario_overrides(folder: Path, scenario: str | None) -> dict[str, Any]:
    """Return the dotted overrides of one scenario; empty for None."""
    if scenario is None:
        return {}
    scenarios = list_scenarios(folder)
    if scenario not in scenarios:
        near = difflib.get_close_matches(scenario, scenarios, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(scenarios) or 'none'}"
        msg = f"{shown(folder / 'scenarios.yaml')}: no scenario {scenario!r}. {hint}"
        raise StudyError(msg)
    return scenarios[scenario]


def apply_override(raw: dict[str, Any], key: str, value: Any, where: str) -> None:  # noqa: ANN401
    """Set the dotted ``key`` of a study file to ``value``; list items by index or by their ``id``.

    Catalog ids hold dots: everything after ``catalog.overrides.`` is one key.
    """
    parts = key.split(".")
    if parts[:2] == ["catalog", "overrides"] and len(parts) > 3:
        parts = ["catalog", "overrides", ".".join(parts[2:])]
    target: Any = raw
    for depth, part in enumerate(parts[:-1]):
        place = _place(target, part, f"{where}: key {key!r}", ".".join(parts[:depth]))
        if isinstance(target, dict) and target.get(place) is None:
            target[place] = {}
        target = target[place]
    target[_place(target, parts[-1], f"{where}: key {key!r}", ".".join(parts[:-1]))] = value


def _place(target: Any, part: str, where: str, parent: str) -> Any:  # noqa: ANN401
    """Return the key or index of ``part`` in ``target``."""
    if isinstance(target, dict):
        return part
    if not isinstance(target, list):
        msg = f"{where}: {parent!r} is {target!r}, it has no parts"
        raise StudyError(msg)
    if part.isdigit() and int(part) < len(target):
        return int(part)
    ids = [item.get("id") if isinstance(item, dict) else None for item in target]
    if part in ids:
        return ids.index(part)
    known = ", ".join(str(name) for name in ids if name is not None)
    msg = f"{where}: {part!r} is no item of {parent!r}. Known: 0 to {len(target) - 1}"
    raise StudyError(f"{msg}, {known}" if known else msg)


def _read_tables(file: StudyFile, folder: Path, problems: list[str]) -> dict[str, Any]:
    sites, geography = file.sites, file.geography

    def table(name: str | None, row_type: type[R]) -> dict[str, R]:
        """Return the rows of a table; none when the study names no such table."""
        return {} if name is None else read_by_id(folder / name, row_type, problems, name)

    timelines: dict[str, list[TimelineRow]] = {}
    power = folder / sites.power_timelines
    for row in read_rows(power, TimelineRow, problems, sites.power_timelines):
        timelines.setdefault(row.substation_id, []).append(row)
    tables: dict[str, Any] = {
        "campuses": table(sites.campuses, CampusRow),
        "substations": table(sites.substations, SubstationRow),
        "timelines": {s: tuple(sorted(rows, key=_date)) for s, rows in timelines.items()},
        "tie_lines": None if sites.tie_lines is None else table(sites.tie_lines, TieLineRow),
        "network_upgrades": table(sites.network_upgrades, UpgradeRow),
        "bridging": table(sites.bridging, BridgingRow),
        "nodes": {},
        "corridors": {},
    }
    if geography.source == "tables":
        tables["nodes"] = table(geography.nodes, NodeRow)
        tables["corridors"] = table(geography.corridors, CorridorRow)
    return {
        **tables,
        "huts": table(geography.huts, HutRow),
        "srlgs": table(geography.srlgs, SrlgRow),
        "leased_waves": table(geography.leased_waves, LeasedWaveRow),
    }


def _date(row: TimelineRow) -> dt.date:
    return row.date
