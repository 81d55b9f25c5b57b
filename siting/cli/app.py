"""The verbs, their options and help. What they do stands in the modules that each imports late."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from siting import __version__
from siting.cli import benchmark, geography
from siting.cli.options import (
    Dask,
    Debug,
    EveryRoute,
    Gap,
    Json,
    LogFile,
    Method,
    NetworkGap,
    NoReport,
    OutFolder,
    Rounds,
    Scenario,
    Settings,
    StudyName,
    TimeLimit,
    WhyTime,
    Workers,
)
from siting.cli.output import run_verb, usage_failure

app = typer.Typer(
    name="siting",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=(
        "Where and when to energize campuses for AI training, how to train together, and which "
        "fiber joins them: at least cost, with a proof of the gap.\n\n"
        "Exit codes: 0 verified plan, 1 bad input or usage, 2 infeasible (explained), 3 no plan "
        "within the limit, 4 plan rejected by the verifier or solver failure."
    ),
)


app.add_typer(geography.app, name="geography")
app.command(name="benchmark", epilog=benchmark.EPILOG)(benchmark.benchmark)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = app(given, prog_name="siting", standalone_mode=False)
    except typer.Abort:
        return 130
    except Exception as error:
        # Typer keeps its own copy of click or uses the real one: known by what its errors can do.
        told = getattr(error, "format_message", None)
        if told is None:
            raise
        if type(error).__name__ == "NoArgsIsHelpError":
            sys.stdout.write(told() + "\n")
            return 1
        verb = _verb(given)
        return usage_failure(
            f"{' '.join(str(told()).split())} (see siting {verb} --help)".replace("  ", " "),
            is_json="--json" in given,
        )
    return code if isinstance(code, int) else 0


def _verb(given: Sequence[str]) -> str:
    """Return the verb of a command line; a verb of geography takes two words."""
    words = [word for word in given if not word.startswith("-")]
    return " ".join(words[: 2 if words[:1] == ["geography"] else 1])


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Say the version.")] = False,
) -> None:
    if version:
        typer.echo(f"siting {__version__}")
        raise typer.Exit


@app.command(
    epilog="Examples:  siting new my-study   |   siting new ~/studies/ohio --from triangle"
)
def new(
    name: Annotated[str, typer.Argument(help="Folder to make; its last part names the study.")],
    origin: Annotated[str, typer.Option("--from", help="Bundled study to copy.")] = "texas",
    json: Json = False,
    log_file: LogFile = None,
    debug: Debug = False,
) -> int:
    """Make a study of your own from a bundled one."""
    from siting.cli.studies import new_study

    return run_verb(
        lambda _: new_study(name, origin), is_json=json, log_file=log_file, is_debug=debug
    )


@app.command(epilog="Examples:  siting check my-study   |   siting check texas --scenario late")
def check(
    study: StudyName,
    scenario: Scenario = None,
    settings: Settings = None,
    json: Json = False,
    log_file: LogFile = None,
    debug: Debug = False,
) -> int:
    """Check the files of a study, and what can be said before solving."""
    from siting.cli.studies import check_study

    return run_verb(
        lambda _: check_study(study, scenario, settings or []),
        is_json=json,
        log_file=log_file,
        is_debug=debug,
    )


@app.command(
    epilog=(
        "Examples:  siting solve texas   |   "
        "siting solve my-study --scenario late --set workloads.0.survival_fraction=0.5   |   "
        "siting solve texas --json --time-limit 120 > outcome.json   |   "
        "siting solve texas --scenario dear --start-from siting-runs/texas-base"
    )
)
def solve(  # noqa: PLR0913, PLR0917
    study: StudyName,
    scenario: Scenario = None,
    settings: Settings = None,
    out: Annotated[
        Path | None, typer.Option(help="Run folder; ./siting-runs/<study>-<hash> by default.")
    ] = None,
    method: Method = None,
    relative_gap: Gap = None,
    network_relative_gap: NetworkGap = None,
    time_limit: TimeLimit = None,
    max_rounds: Rounds = None,
    every_route: EveryRoute = None,
    no_report: NoReport = False,
    why_time: WhyTime = None,
    mps: Annotated[
        Path | None, typer.Option(help="Also write the whole model here (.mps or .lp).")
    ] = None,
    start_from: Annotated[
        Path | None,
        typer.Option(
            help="Run folder or plan.json to start from: of this study, or of another scenario.",
        ),
    ] = None,
    json: Json = False,
    log_file: LogFile = None,
    debug: Debug = False,
) -> int:
    """Solve a study, verify the plan and report it."""
    from siting.cli.solving import run_options, solve_study

    return run_verb(
        lambda terminal: solve_study(
            terminal,
            study,
            scenario,
            settings or [],
            out,
            run_options(
                method,
                relative_gap,
                network_relative_gap,
                time_limit,
                max_rounds,
                not no_report,
                why_time,
                every_route=every_route,
            ),
            mps,
            start_from,
        ),
        is_json=json,
        log_file=log_file,
        is_debug=debug,
    )


@app.command(
    epilog="Examples:  siting batch texas   |   siting batch my-study --scenarios base,late"
)
def batch(  # noqa: PLR0913, PLR0917
    study: StudyName,
    scenarios: Annotated[
        str, typer.Option(help="Names separated by commas; 'base' is the study itself.")
    ] = "all",
    out: OutFolder = Path("siting-runs"),
    workers: Workers = None,
    dask: Dask = None,
    method: Method = None,
    relative_gap: Gap = None,
    network_relative_gap: NetworkGap = None,
    time_limit: TimeLimit = None,
    max_rounds: Rounds = None,
    every_route: EveryRoute = None,
    no_report: NoReport = False,
    json: Json = False,
    log_file: LogFile = None,
    debug: Debug = False,
) -> int:
    """Solve scenarios of a study side by side; a batch that was stopped resumes."""
    from siting.cli.solving import run_batch, run_options

    return run_verb(
        lambda terminal: run_batch(
            terminal,
            study,
            scenarios,
            out,
            workers,
            dask,
            run_options(
                method,
                relative_gap,
                network_relative_gap,
                time_limit,
                max_rounds,
                not no_report,
                every_route=every_route,
            ),
        ),
        is_json=json,
        log_file=log_file,
        is_debug=debug,
    )


@app.command(
    epilog=(
        "Examples:  siting sweep texas --parameter catalog.overrides.idle --values 2,5,10   |   "
        "siting sweep my-study --parameter sites.power_timelines --values now.csv,late.csv"
    )
)
def sweep(  # noqa: PLR0913, PLR0917
    study: StudyName,
    parameter: Annotated[str, typer.Option(help="Dotted key of the study.")],
    values: Annotated[str, typer.Option(help="Values separated by commas, or a YAML list.")],
    scenario: Scenario = None,
    out: OutFolder = Path("siting-runs"),
    workers: Workers = None,
    dask: Dask = None,
    method: Method = None,
    relative_gap: Gap = None,
    network_relative_gap: NetworkGap = None,
    time_limit: TimeLimit = None,
    max_rounds: Rounds = None,
    every_route: EveryRoute = None,
    report: Annotated[bool, typer.Option("--report", help="Report every plan.")] = False,
    json: Json = False,
    log_file: LogFile = None,
    debug: Debug = False,
) -> int:
    """Solve a study once for each value of one number."""
    from siting.cli.solving import run_options, run_sweep

    return run_verb(
        lambda terminal: run_sweep(
            terminal,
            study,
            scenario,
            parameter,
            values,
            out,
            workers,
            dask,
            run_options(
                method,
                relative_gap,
                network_relative_gap,
                time_limit,
                max_rounds,
                report,
                every_route=every_route,
            ),
        ),
        is_json=json,
        log_file=log_file,
        is_debug=debug,
    )


@app.command(
    epilog="Examples:  siting verify siting-runs/texas-1a2b3c4d   |   siting verify plan.json"
)
def verify(
    run: Annotated[Path, typer.Argument(metavar="RUN_OR_PLAN", help="Run folder, or its plan.")],
    json: Json = False,
    log_file: LogFile = None,
    debug: Debug = False,
) -> int:
    """Check a plan again, from the study, catalog and network of its run folder."""
    from siting.cli.results import verify_run

    return run_verb(lambda _: verify_run(run), is_json=json, log_file=log_file, is_debug=debug)


@app.command(epilog="Example:  siting report siting-runs/texas-1a2b3c4d")
def report(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Run folder.")],
    out: Annotated[Path | None, typer.Option(help="Folder; the run folder by default.")] = None,
    json: Json = False,
    log_file: LogFile = None,
    debug: Debug = False,
) -> int:
    """Write the report of a run again."""
    from siting.cli.results import report_run

    return run_verb(
        lambda terminal: report_run(terminal, run, out),
        is_json=json,
        log_file=log_file,
        is_debug=debug,
    )


@app.command(epilog="Example:  siting compare siting-runs/texas-*")
def compare(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN...", help="Run folders.")],
    json: Json = False,
    log_file: LogFile = None,
    debug: Debug = False,
) -> int:
    """Show runs side by side."""
    from siting.cli.results import compare_runs

    return run_verb(lambda _: compare_runs(runs), is_json=json, log_file=log_file, is_debug=debug)


@app.command(epilog="Example:  siting doctor --json")
def doctor(json: Json = False, log_file: LogFile = None, debug: Debug = False) -> int:
    """Say what is installed here."""
    from siting.cli.results import diagnose_here

    return run_verb(lambda _: diagnose_here(), is_json=json, log_file=log_file, is_debug=debug)
