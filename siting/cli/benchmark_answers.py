"""The verb about public problems: benchmark."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from siting.benchmarks.problems import BenchmarkError
from siting.benchmarks.run import Asked, BenchmarkResult, run_benchmark
from siting.cli.output import Answer, Terminal
from siting.outcome import EXIT_INFEASIBLE, EXIT_NO_PLAN, EXIT_REJECTED

AGREES = 1e-6
"""Relative difference from a known answer that counts as none."""


def solve_benchmarks(terminal: Terminal, files: Sequence[Path], asked: Asked) -> Answer:
    """Solve files one after the other."""
    if asked.time_limit_s <= 0 or asked.relative_gap < 0:
        raise BenchmarkError("--time-limit must be greater than 0, --gap at least 0")
    if asked.export_mps and len(files) > 1:
        raise BenchmarkError("--export-mps writes the model of one file: name one FILE")
    results = []
    for path in files:
        name = path.stem

        def say(line: str, name: str = name) -> None:
            terminal.say(f"{name}: {line}")

        results.append(run_benchmark(path, asked, say))
    errors = tuple(line for result in results for line in _errors(result))
    content: dict[str, Any] = {"results": [_content(result) for result in results]}
    code = max(_exit_code(result) for result in results)
    return Answer(content, "\n".join(_line(result) for result in results), code, errors)


def _exit_code(result: BenchmarkResult) -> int:
    if result.problems or _contradiction(result):
        return EXIT_REJECTED
    if result.is_infeasible:
        return EXIT_INFEASIBLE
    return EXIT_NO_PLAN if math.isinf(result.objective) else 0


def _contradiction(result: BenchmarkResult) -> str | None:
    """Return how a result contradicts a known answer: one of the two must be wrong."""
    known = result.known
    if known is None:
        return None
    slack = AGREES * max(abs(known.value), 1.0)
    if result.bound > known.value + slack:
        return f"bound {result.bound:,.3f} is above the known value {known.value:,.3f}"
    if known.is_optimum and result.objective < known.value - slack:
        return f"{result.objective:,.3f} is below the known optimum {known.value:,.3f}"
    return None


def _errors(result: BenchmarkResult) -> list[str]:
    found = [f"{result.name}: {problem}" for problem in result.problems]
    contradiction = _contradiction(result)
    if contradiction:
        found.append(f"{result.name}: {contradiction}")
    if result.is_infeasible:
        found.append(f"{result.name}: infeasible: the modules on offer cannot carry the demands")
    elif math.isinf(result.objective):
        found.append(f"{result.name}: no solution within the limit")
    return found


def _content(result: BenchmarkResult) -> dict[str, Any]:
    known = result.known
    return {
        "name": result.name,
        "kind": result.kind,
        "model": result.model or None,
        "size": result.size,
        "objective": _finite(result.objective),
        "bound": _finite(result.bound),
        "gap": _finite(result.gap),
        "infeasible": result.is_infeasible,
        "known": None if known is None else {"value": known.value, "status": known.status},
        "checked": math.isfinite(result.objective) and not result.problems,
        "problems": list(result.problems),
        "cuts": result.rows,
        "seconds": round(result.seconds, 3),
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _line(result: BenchmarkResult) -> str:
    model = f" {result.model}" if result.model else ""
    head = f"{result.name}{model} ({result.kind}: {result.size}): "
    if math.isinf(result.objective):
        return head + ("infeasible" if result.is_infeasible else f"bound {result.bound:,.3f}")
    text = (
        f"{head}{result.objective:,.3f}, bound {result.bound:,.3f}, gap {100 * result.gap:.4f} %, "
        f"{'rejected' if result.problems else 'checked'}, {result.seconds:.1f} s"
    )
    if result.known is None:
        return text
    known = result.known
    share = (result.objective - known.value) / max(abs(known.value), 1e-9)
    if abs(share) <= AGREES:
        return f"{text}; equal to the known value"
    return f"{text}; known {known.value:,.3f} ({known.status}), {100 * share:+.4f} %"
