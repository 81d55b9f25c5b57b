"""Reads a benchmark file, solves it by the engine's method, and compares with the known answer."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from siting.benchmarks.check_design import check_design
from siting.benchmarks.check_facility import check_facility
from siting.benchmarks.check_tree import check_tree
from siting.benchmarks.connected import require_connected
from siting.benchmarks.known import Known, known_answer
from siting.benchmarks.orlib import is_orlib, read_facility_location
from siting.benchmarks.problems import BenchmarkError
from siting.benchmarks.sndlib import DEFAULT_CODE, is_sndlib, parse_code, read_sndlib
from siting.benchmarks.steinlib import is_steinlib, read_steinlib
from siting.formulation.capacity_design import capacity_design_model
from siting.formulation.facility_location import facility_location_model
from siting.formulation.steiner import MOST_FLOWS, flows_of, steiner_model
from siting.solve.capacity_design.limits import Limits
from siting.solve.capacity_design.method import solve_capacity_design
from siting.solve.facility_location.method import solve_facility_location
from siting.solve.steiner.method import solve_steiner

HEAD_BYTES = 4096
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of a file."""

    model: str | None = None
    """Model code of SNDlib networks."""
    survival_fraction: float = 0.0
    capacity: float | None = None
    """What the word ``capacity`` of large OR-Library files stands for."""
    time_limit_s: float = 120.0
    relative_gap: float = 1e-6
    seed: int = 1
    export_mps: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkResult:
    """What was found for one file."""

    name: str
    kind: str
    model: str
    size: str
    objective: float
    """Infinite when nothing was found."""
    bound: float
    is_infeasible: bool
    known: Known | None
    problems: tuple[str, ...]
    """What the check by arithmetic says against the solution."""
    rows: int
    """Cuts that the method added."""
    seconds: float

    @property
    def gap(self) -> float:
        """Relative gap, of the objective; infinite when nothing was found."""
        if math.isinf(self.objective):
            return math.inf
        return max(self.objective - self.bound, 0.0) / max(abs(self.objective), 1e-9)


def run_benchmark(path: Path, asked: Asked, say: Say = lambda _: None) -> BenchmarkResult:
    """Solve one file; what it holds is told by how it begins."""
    if not path.is_file():
        raise BenchmarkError(f"{path}: no such file")
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES).decode("utf-8", "replace")
    if is_steinlib(head):
        _only_for_networks(path, asked)
        return _steiner(path, asked, say)
    if is_orlib(head):
        _only_for_networks(path, asked)
        return _facility(path, asked, say)
    if is_sndlib(head):
        return _network(path, asked, say)
    raise BenchmarkError(
        f"{path.name}: must be SNDlib XML, OR-Library capacitated facility location, or a Steiner "
        "tree of PACE or SteinLib"
    )


def _only_for_networks(path: Path, asked: Asked) -> None:
    if asked.model or asked.survival_fraction:
        raise BenchmarkError(f"{path.name}: --model and --survive are for SNDlib networks")


def _network(path: Path, asked: Asked, say: Say) -> BenchmarkResult:
    code = parse_code(asked.model or DEFAULT_CODE)
    design = read_sndlib(path, code, asked.survival_fraction)
    if asked.export_mps:
        _export(capacity_design_model(design), asked.export_mps)
    require_connected(design)
    limits = Limits(asked.time_limit_s, asked.relative_gap, asked.seed)
    found = solve_capacity_design(design, limits, say)
    survive = f", phi {asked.survival_fraction:g}" if asked.survival_fraction else ""
    known = None if survive else known_answer(path, code.text)
    return BenchmarkResult(
        name=path.stem,
        kind="capacity design",
        model=code.text + survive,
        size=f"{len(design.nodes)} nodes, {len(design.links)} links, {len(design.demands)} demands",
        objective=found.objective,
        bound=found.bound,
        is_infeasible=found.is_infeasible,
        known=known,
        problems=() if found.solution is None else tuple(check_design(design, found.solution)),
        rows=found.rows,
        seconds=found.seconds,
    )


def _facility(path: Path, asked: Asked, say: Say) -> BenchmarkResult:
    problem = read_facility_location(path, asked.capacity)
    if asked.export_mps:
        _export(facility_location_model(problem), asked.export_mps)
    found = solve_facility_location(
        problem,
        time_limit_s=asked.time_limit_s,
        relative_gap=asked.relative_gap,
        seed=asked.seed,
        say=say,
    )
    is_found = math.isfinite(found.objective)
    return BenchmarkResult(
        name=path.stem,
        kind="capacitated facility location",
        model="",
        size=f"{len(problem.facilities)} sites, {len(problem.customers)} customers",
        objective=found.objective,
        bound=found.bound,
        is_infeasible=False,
        known=known_answer(path),
        problems=tuple(check_facility(problem, found.opened, found.shares, found.objective))
        if is_found
        else (),
        rows=found.rows,
        seconds=found.seconds,
    )


def _steiner(path: Path, asked: Asked, say: Say) -> BenchmarkResult:
    problem = read_steinlib(path)
    if asked.export_mps:
        if flows_of(problem) > MOST_FLOWS:
            raise BenchmarkError(
                f"--export-mps: {flows_of(problem):,} flows of a Steiner tree are too many to write"
            )
        _export(steiner_model(problem), asked.export_mps)
    found = solve_steiner(
        problem,
        time_limit_s=asked.time_limit_s,
        relative_gap=asked.relative_gap,
        seed=asked.seed,
        say=say,
    )
    return BenchmarkResult(
        name=path.stem,
        kind="Steiner tree",
        model="",
        size=f"{problem.nodes} nodes, {len(problem.edges)} edges, "
        f"{len(problem.terminals)} terminals",
        objective=found.objective,
        bound=found.bound,
        is_infeasible=False,
        known=known_answer(path),
        problems=tuple(check_tree(problem, found.edges, found.objective)),
        rows=found.cuts,
        seconds=found.seconds,
    )


def _export(model: object, path: Path) -> None:
    """Write the model as it is stated: one variable for each module, and no cuts."""
    write = model.write  # type: ignore[attr-defined]
    write(str(path), format="mps", io_options={"symbolic_solver_labels": True})
