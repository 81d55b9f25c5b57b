"""Reading a study from its folder: YAML, scenario, tables; every problem of a file in one error."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from siting._paths import MODELS, bundled_studies
from siting.cross_checks import cross_check
from siting.errors import StudyError, TableError, problems_message
from siting.messages import validation_messages
from siting.study import SCHEMA_VERSION, Study, StudyFile
from siting.tables import (
    CampusRow,
    CorridorRow,
    LeasedWaveRow,
    NodeRow,
    Row,
    SubstationRow,
    TieLineRow,
    TimelineRow,
)

R = TypeVar("R", bound=Row)


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
    raw = _read_yaml(path)
    for key, value in scenario_overrides(path.parent, scenario).items():
        apply_override(raw, key, value, f"scenario {scenario!r}")
    for key, value in (overrides or {}).items():
        apply_override(raw, key, value, "override")
    return study_from_dict(raw, path.parent, scenario, str(source))


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
        raise StudyError(problems_message(where, validation_messages(error, StudyFile))) from error
    problems: list[str] = []
    tables = _read_tables(file, folder, problems)
    if problems:
        raise TableError(problems_message(where, problems))
    study = Study(folder=folder, scenario=scenario, file=file, **tables)
    problems = cross_check(study)
    if problems:
        raise StudyError(problems_message(where, problems))
    return study


def find_study(source: str | Path) -> Path:
    """Return the path of the ``study.yaml`` that ``source`` means."""
    given = Path(source)
    for path in (given / "study.yaml", given, MODELS / str(source) / "study.yaml"):
        if path.is_file():
            return path.resolve()
    msg = (
        f"study {str(source)!r}: no such folder, file or bundled study. "
        f"Bundled: {', '.join(bundled_studies())}"
    )
    raise StudyError(msg)


def list_scenarios(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the scenarios of the study in ``folder``: name -> dotted overrides."""
    path = folder / "scenarios.yaml"
    if not path.is_file():
        return {}
    raw = _read_yaml(path)
    scenarios = raw.get("scenarios")
    if not isinstance(scenarios, dict) or set(raw) != {"scenarios"}:
        msg = f"{path}: must have the one key 'scenarios', a mapping of name to overrides"
        raise StudyError(msg)
    for name, values in scenarios.items():
        if values is not None and not isinstance(values, dict):
            msg = f"{path}: scenarios.{name}: must map dotted keys to values (got {values!r})"
            raise StudyError(msg)
    return {str(name): dict(values or {}) for name, values in scenarios.items()}


def scenario_overrides(folder: Path, scenario: str | None) -> dict[str, Any]:
    """Return the dotted overrides of one scenario; empty for None."""
    if scenario is None:
        return {}
    scenarios = list_scenarios(folder)
    if scenario not in scenarios:
        known = ", ".join(scenarios) or "none"
        msg = f"{folder / 'scenarios.yaml'}: no scenario {scenario!r}. Known: {known}"
        raise StudyError(msg)
    return scenarios[scenario]


def apply_override(raw: dict[str, Any], key: str, value: Any, where: str) -> None:  # noqa: ANN401
    """Set the dotted ``key`` of a study file to ``value``; list items by index.

    Catalog ids hold dots: everything after ``catalog.overrides.`` is one key.
    """
    parts = key.split(".")
    if parts[:2] == ["catalog", "overrides"] and len(parts) > 3:
        parts = ["catalog", "overrides", ".".join(parts[2:])]
    target: Any = raw
    for depth, part in enumerate(parts[:-1]):
        if isinstance(target, list):
            target = target[_index(target, part, key, where)]
        elif isinstance(target, dict):
            if target.get(part) is None:
                target[part] = {}
            target = target[part]
        else:
            msg = f"{where}: key {key!r}: {'.'.join(parts[:depth])!r} has no parts"
            raise StudyError(msg)
    if isinstance(target, list):
        target[_index(target, parts[-1], key, where)] = value
    elif isinstance(target, dict):
        target[parts[-1]] = value
    else:
        msg = f"{where}: key {key!r}: {'.'.join(parts[:-1])!r} has no parts"
        raise StudyError(msg)


def _index(items: list[Any], part: str, key: str, where: str) -> int:
    if part.isdigit() and int(part) < len(items):
        return int(part)
    msg = f"{where}: key {key!r}: {part!r} is not an index of a list of {len(items)}"
    raise StudyError(msg)


class _UniqueKeyLoader(yaml.SafeLoader):
    """A loader that refuses a key given twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        seen: set[str] = set()
        for key_node, _ in node.value:
            key = str(key_node.value)
            if key in seen:
                line = key_node.start_mark.line + 1
                msg = f"line {line}: key {key!r} is given twice"
                raise StudyError(msg)
            seen.add(key)
        return super().construct_mapping(node, deep)


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader=_UniqueKeyLoader)  # noqa: S506
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror})"
        raise StudyError(msg) from error
    except UnicodeDecodeError as error:
        msg = f"{path}: is not UTF-8 text"
        raise StudyError(msg) from error
    except StudyError as error:
        msg = f"{path}: {error}"
        raise StudyError(msg) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        msg = f"{path}: {line}is not YAML ({getattr(error, 'problem', error)})"
        raise StudyError(msg) from error
    if not isinstance(raw, dict):
        msg = f"{path}: must be a mapping of keys to values"
        raise StudyError(msg)
    return raw


def _read_tables(file: StudyFile, folder: Path, problems: list[str]) -> dict[str, Any]:
    sites, geography = file.sites, file.geography
    timelines: dict[str, list[TimelineRow]] = {}
    for row in read_rows(folder / sites.power_timelines, TimelineRow, problems):
        timelines.setdefault(row.substation_id, []).append(row)
    tables: dict[str, Any] = {
        "campuses": _by_id(folder / sites.campuses, CampusRow, problems),
        "substations": _by_id(folder / sites.substations, SubstationRow, problems),
        "timelines": {s: tuple(sorted(rows, key=_date)) for s, rows in timelines.items()},
        "tie_lines": None,
        "nodes": {},
        "corridors": {},
        "leased_waves": {},
    }
    if sites.tie_lines is not None:
        tables["tie_lines"] = _by_id(folder / sites.tie_lines, TieLineRow, problems)
    if geography.source == "tables":
        tables["nodes"] = _by_id(folder / geography.nodes, NodeRow, problems)
        tables["corridors"] = _by_id(folder / geography.corridors, CorridorRow, problems)
    if geography.leased_waves is not None:
        tables["leased_waves"] = _by_id(folder / geography.leased_waves, LeasedWaveRow, problems)
    return tables


def _date(row: TimelineRow) -> dt.date:
    return row.date


def _by_id(path: Path, row_type: type[R], problems: list[str]) -> dict[str, R]:
    rows: dict[str, R] = {}
    for number, row in enumerate(read_rows(path, row_type, problems), start=2):
        row_id = str(row.id)  # type: ignore[attr-defined]
        if row_id in rows:
            problems.append(f"{path.name}, row {number}: id {row_id!r} is used twice")
        rows[row_id] = row
    return rows


def read_rows(path: Path, row_type: type[R], problems: list[str]) -> list[R]:
    """Read a CSV file into rows; append every problem to ``problems``."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as handle:
            reader = csv.DictReader(handle)
            header = list(reader.fieldnames or ())
            records = list(reader)
    except FileNotFoundError:
        problems.append(f"{path.name}: no such file in {path.parent}")
        return []
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        problems.append(f"{path.name}: cannot be read as CSV ({error})")
        return []
    fields = row_type.model_fields
    required = [name for name, field in fields.items() if field.is_required()]
    missing = [name for name in required if name not in header]
    if missing:
        problems.append(f"{path.name}: missing column {', '.join(repr(m) for m in missing)}")
        return []
    rows: list[R] = []
    for number, record in enumerate(records, start=2):
        if None in record:
            problems.append(f"{path.name}, row {number}: more cells than columns")
            continue
        cells: dict[str, Any] = {}
        for name, text in record.items():
            stripped = (text or "").strip()
            if not stripped:
                if name in required:
                    problems.append(f"{path.name}, row {number}, column {name!r}: missing value")
                continue
            is_names = name in fields and fields[name].annotation == tuple[str, ...]
            cells[name] = (
                tuple(part.strip() for part in stripped.split(";") if part.strip())
                if is_names
                else stripped
            )
        if any(name not in cells for name in required):
            continue
        try:
            rows.append(row_type.model_validate(cells))
        except ValidationError as error:
            label = f" ({cells['id']!r})" if "id" in cells else ""
            problems += [
                f"{path.name}, row {number}{label}, {text}"
                for text in validation_messages(error, row_type, noun="column")
            ]
    return rows
