"""The verbs about studies: new, check."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from siting._paths import MODELS, bundled_studies
from siting.cli.output import Answer
from siting.cli.solving import overrides_of
from siting.errors import StudyError
from siting.loading import find_study, list_scenarios, load_study
from siting.outcome import EXIT_INFEASIBLE
from siting.presolve import presolve
from siting.study import StudyFile
from siting.study_copy import study_catalog

SCHEMA = "study.schema.json"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_LEFT_OUT = ("expected.json", "__pycache__")


def study_schema() -> str:
    """Return the JSON schema of ``study.yaml``, as committed in ``models/schema``."""
    schema = StudyFile.model_json_schema()
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps({**head, **schema}, indent=1, ensure_ascii=False) + "\n"


def new_study(name: str, origin: str) -> Answer:
    """Copy a bundled study to a folder of its own, under its own name."""
    folder = Path(name).expanduser()
    if not _NAME.fullmatch(folder.name):
        msg = f"{folder.name!r} cannot name a study: use letters, digits, '.', '_' or '-'"
        raise StudyError(msg)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        msg = f"{folder}: is there already; name a new folder"
        raise StudyError(msg)
    if origin not in bundled_studies():
        known = ", ".join(bundled_studies()) or "none"
        msg = f"--from {origin!r}: no such bundled study. Bundled: {known}"
        raise StudyError(msg)
    shutil.copytree(
        MODELS / origin, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*_LEFT_OUT)
    )
    path = folder / "study.yaml"
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"^# yaml-language-server:.*\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"^name:.*$", f"name: {folder.name}", text, count=1, flags=re.MULTILINE)
    path.write_text(f"# yaml-language-server: $schema={SCHEMA}\n{text}", encoding="utf-8")
    (folder / SCHEMA).write_text(study_schema(), encoding="utf-8")
    load_study(folder)
    content = {"study": folder.name, "folder": str(folder.resolve()), "from": origin}
    lines = [
        f"{folder}: a study from {origin!r}. Edit {path}, then",
        f"  siting check {folder}",
        f"  siting solve {folder}",
    ]
    return Answer(content, "\n".join(lines))


def check_study(source: str, scenario: str | None, settings: Sequence[str]) -> Answer:
    """Validate a study and run the checks before solving."""
    study = load_study(source, scenario, overrides_of(settings))
    catalog = study_catalog(study)
    found = presolve(study, catalog)
    file = study.file
    scenarios = list(list_scenarios(find_study(source).parent))
    content = {
        "study": study.name,
        "scenario": study.scenario,
        "ok": not found.hopeless,
        "problems": list(found.hopeless),
        "warnings": list(found.warnings),
        "periods": file.horizon.periods,
        "workloads": [workload.id for workload in file.workloads],
        "campuses": len(study.campuses),
        "substations": len(study.substations),
        "scenarios": scenarios,
    }
    lines = [f"warning: {warning}" for warning in found.warnings]
    lines.append(
        f"{study.name}: {'no plan can exist' if found.hopeless else 'right'}; "
        f"{len(study.campuses):,} campuses, {len(study.substations):,} substations, "
        f"{file.horizon.periods} periods from {file.horizon.start}, "
        f"{len(file.workloads)} workload(s), "
        f"scenarios: {', '.join(scenarios) or 'none'}"
    )
    code = EXIT_INFEASIBLE if found.hopeless else 0
    return Answer(content, "\n".join(lines), code, found.hopeless)
