"""The options of the verb benchmark; what it does is imported late."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from siting.cli.options import Debug, Json, LogFile
from siting.cli.output import run_verb

EPILOG = (
    "Examples:  siting benchmark cap41.cap instance001.gr   |   "
    "siting benchmark polska.xml --model D-B-M   |   "
    "siting benchmark nobel-us.xml --model U-U-M --survive 0.5"
)


def benchmark(  # noqa: PLR0913, PLR0917  # one option each
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="SNDlib XML, OR-Library facility location, Steiner tree (PACE, SteinLib).",
        ),
    ],
    model: Annotated[
        str | None,
        typer.Option(
            help="SNDlib model D-L-C-F-R-P-H-S: demand D U, link D B U, capacity L M S E, "
            "fixed charge N Y, routing C I S, paths A, hops N, survivability N P; else U-U-M."
        ),
    ] = None,
    survive: Annotated[
        float, typer.Option(metavar="PHI", help="Share of demands left after any link fails.")
    ] = 0.0,
    capacity: Annotated[
        float | None,
        typer.Option(help="What 'capacity' stands for in large OR-Library files."),
    ] = None,
    time_limit: Annotated[float, typer.Option(help="Seconds for each file.")] = 120.0,
    gap: Annotated[float, typer.Option(help="Stop at this relative gap.")] = 1e-6,
    seed: Annotated[int, typer.Option(help="Random seed.")] = 1,
    export_mps: Annotated[
        Path | None, typer.Option(help="Also write the model, without cuts, to this MPS file.")
    ] = None,
    json: Json = False,
    log_file: LogFile = None,
    debug: Debug = False,
) -> int:
    """Solve public problems by the engine's method, and compare with known answers."""
    from siting.benchmarks.run import Asked
    from siting.cli.benchmark_answers import solve_benchmarks

    asked = Asked(
        model=model,
        survival_fraction=survive,
        capacity=capacity,
        time_limit_s=time_limit,
        relative_gap=gap,
        seed=seed,
        export_mps=export_mps,
    )
    return run_verb(
        lambda terminal: solve_benchmarks(terminal, files, asked),
        is_json=json,
        log_file=log_file,
        is_debug=debug,
    )
