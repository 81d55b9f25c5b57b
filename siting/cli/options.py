"""The options that several verbs share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

StudyName = Annotated[
    str, typer.Argument(metavar="STUDY", help="Bundled study, study folder or study.yaml.")
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]
LogFile = Annotated[Path | None, typer.Option(help="Also write a log to this file.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show where an error comes from.")]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE", help="Change a dotted key of the study; repeatable."
    ),
]
Scenario = Annotated[str | None, typer.Option(help="Scenario of scenarios.yaml.")]
Method = Annotated[str | None, typer.Option(help="auto, monolithic or decomposition.")]
Gap = Annotated[float | None, typer.Option(help="Stop at this gap on the total, e.g. 1e-4.")]
NetworkGap = Annotated[float | None, typer.Option(help="The same for the network's own cost.")]
TimeLimit = Annotated[float | None, typer.Option(help="Seconds for solving.")]
Rounds = Annotated[int | None, typer.Option(help="Rounds of the decomposition, reproducible.")]
EveryRoute = Annotated[
    bool | None,
    typer.Option(
        "--every-route/--candidate-routes",
        help="Bound the whole over every route of the map: better plans, takes longer.",
    ),
]
WhyTime = Annotated[
    float | None,
    typer.Option(help="Seconds to explain the plan; 0: none. By default 4 to 10 % of the limit."),
]
NoReport = Annotated[bool, typer.Option("--no-report", help="Write no report files.")]
OutFolder = Annotated[Path, typer.Option(help="Folder that takes the run folders.")]
Workers = Annotated[int | None, typer.Option(help="Processes; all processors by default.")]
Dask = Annotated[str | None, typer.Option(help="Address of a Dask scheduler to run on.")]
