"""The run folder: a plan with all that is needed to verify and report it alone.

::

    <study>[-<scenario>]-<hash8>/
      result.json         the outcome, what `siting solve --json` prints
      plan.json           the plan                         (absent when there is none)
      verification.json   what the verifier says of it     (absent when there is no plan)
      why.json            why the plan is as it is         (absent when not explained)
      data.json           what was found about the data: routes excluded, odd sites
      study/              the study as solved, with its tables and catalog
      network/            the candidate network
      report.html ...     report files

A folder is written beside its place and renamed: it is there whole or not at all.
"""

from __future__ import annotations

import glob
import json
import os
import platform
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from siting.errors import PlanError
from siting.fingerprint import sha256_of, study_sha256
from siting.loading import load_study
from siting.study_copy import study_catalog

if TYPE_CHECKING:
    from siting.network import CandidateNetwork
    from siting.plan import Plan
    from siting.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """How a run solves and what it writes; None: as the study says."""

    method: str | None = None
    relative_gap: float | None = None
    network_relative_gap: float | None = None
    time_limit_s: float | None = None
    max_rounds: int | None = None
    seed: int | None = None
    every_route: bool | None = None
    report: bool = True
    why_time_s: float | None = None
    """Time to explain the plan; None: a share of the time limit with a report, else none."""

    def solver(self, study: Study) -> dict[str, Any]:
        """Return the arguments for :func:`siting.solve`: given here, or else by the study."""
        given = {key: value for key, value in asdict(self).items() if value is not None}
        for name in ("report", "why_time_s"):
            given.pop(name, None)
        return {**study.file.solve.model_dump(), **given}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run folder, read."""

    folder: Path
    outcome: dict[str, Any]
    plan: Plan
    study: Study
    network: CandidateNetwork


def run_hash(study: Study, options: RunOptions) -> str:
    """Return the fingerprint of all that decides what a run finds."""
    from siting import __version__

    return sha256_of(
        {
            "study": study_sha256(study, study_catalog(study)),
            "geography": _geography_checksums(study),
            "version": __version__,
            "options": options.solver(study),
        }
    )


def run_name(study: Study, options: RunOptions) -> str:
    """Return the name of the run folder of ``study``."""
    parts = (study.name, study.scenario, run_hash(study, options)[:8])
    return "-".join(part for part in parts if part)


def load_run(folder: Path, plan: Path | None = None) -> Run:
    """Read a run folder.

    Args:
        folder: the folder.
        plan: another plan for the same study and network; None: that of the folder.

    Raises:
        PlanError: it is not a run folder, or holds no plan.
    """
    from siting.geography.storage import load_network
    from siting.plan import Plan

    outcome = load_outcome(folder)
    path = plan or folder / "plan.json"
    if not path.is_file():
        msg = f"{folder}: this run ended without a plan ({outcome['termination']})"
        raise PlanError(msg)
    study = load_study(folder / "study").model_copy(update={"scenario": outcome["scenario"]})
    return Run(
        folder=folder,
        outcome=outcome,
        plan=Plan.load(path),
        study=study,
        network=load_network(folder / "network"),
    )


def load_outcome(folder: Path) -> dict[str, Any]:
    """Read ``result.json`` of a run folder; its ``plan_path`` is where the folder is now.

    Raises:
        PlanError: it is not a run folder.
    """
    path = folder / "result.json"
    try:
        outcome = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        msg = f"{folder}: not a run folder (it has no result.json)"
        raise PlanError(msg) from None
    except (OSError, ValueError) as error:
        msg = f"{path}: cannot be read ({error})"
        raise PlanError(msg) from error
    if not isinstance(outcome, dict) or not outcome.keys() >= {"termination", "verified"}:
        msg = f"{path}: is not the outcome of a run"
        raise PlanError(msg)
    plan = folder.resolve() / "plan.json"
    return {**outcome, "plan_path": str(plan) if plan.is_file() else None}


def is_reusable(folder: Path, options: RunOptions) -> bool:
    """Whether ``folder`` holds a finished run, with the report that ``options`` ask for."""
    try:
        outcome = load_outcome(folder)
    except PlanError:
        return False
    if outcome["termination"] == "infeasible":
        return True
    is_reported = not options.report or (folder / "report.html").is_file()
    return bool(outcome["verified"]) and is_reported


@contextmanager
def written_whole(folder: Path) -> Iterator[Path]:
    """Yield an empty folder that takes the place of ``folder`` when all went well."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    here = f".{folder.name}.{platform.node()}"
    for left in folder.parent.glob(f"{glob.escape(here)}-*.tmp"):
        if not _is_alive(left.name.removeprefix(f"{here}-").partition("-")[0]):
            shutil.rmtree(left, ignore_errors=True)  # of a run that was killed
    draft = folder.parent / f"{here}-{os.getpid()}-{uuid.uuid4().hex[:8]}.tmp"
    draft.mkdir()
    try:
        yield draft
        if folder.exists():
            old = draft.with_suffix(".old")
            folder.rename(old)
            draft.rename(folder)
            shutil.rmtree(old, ignore_errors=True)
        else:
            draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _is_alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except (ProcessLookupError, ValueError):
        return False
    except OSError:
        return True
    return stat.rpartition(")")[2].split()[0] != "Z"  # killed, not yet reaped


def refuse_foreign(folder: Path) -> None:
    """Raise when ``folder`` holds something that is not a run."""
    is_run = (folder / "result.json").is_file()
    if folder.exists() and not is_run and (not folder.is_dir() or any(folder.iterdir())):
        msg = f"{folder}: exists and is not a run folder; name another one"
        raise PlanError(msg)


def _geography_checksums(study: Study) -> dict[str, str]:
    from siting._paths import DATA

    path = DATA / "checksums.json"
    geography = study.file.geography
    if (geography.source == "tables" and geography.hazards is None) or not path.is_file():
        return {}
    sums: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return {name: value for name, value in sums.items() if not name.startswith("catalog/")}
