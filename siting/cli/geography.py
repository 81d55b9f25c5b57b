"""The verbs of geography, their options and help: fetch, import, build, show."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from siting.cli.options import Debug, Json, LogFile
from siting.cli.output import run_verb

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=(
        "Any region on Earth: fetch OpenStreetMap, import your own layers, build a region, show it."
        "\n\nThe steps are described in docs/geography.md."
    ),
)

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="Region folder.")]
Box = Annotated[
    tuple[float, float, float, float] | None,
    typer.Option(metavar="W S E N", help="West, south, east and north, degrees."),
]


@app.command(
    epilog=(
        "Examples:  siting geography fetch region --place 'Coleman County, Texas'   |   "
        "siting geography fetch region --box -99.5 31.5 -98.5 32.5 --layers roads,rail,substations"
    )
)
def fetch(  # noqa: PLR0913, PLR0917
    folder: Folder,
    place: Annotated[
        str | None, typer.Option(help="Name of a place; it is sent to Nominatim.")
    ] = None,
    area: Annotated[Path | None, typer.Option(help="Vector file with the polygon.")] = None,
    box: Box = None,
    layers: Annotated[
        str, typer.Option(help="Of roads, rail, power_lines, substations, telecom, by commas.")
    ] = "roads,rail",
    tile_km: Annotated[float, typer.Option(help="Largest width of one query.")] = 50.0,
    overpass_url: Annotated[
        str | None, typer.Option(help="Overpass server, up to /api; the public one by default.")
    ] = None,
    timeout: Annotated[float, typer.Option(help="Seconds for one query.")] = 180.0,
    attempts: Annotated[int, typer.Option(help="Attempts for one tile.")] = 6,
    json: Json = False,
    log_file: LogFile = None,
    debug: Debug = False,
) -> int:
    """Fetch layers of OpenStreetMap into a folder; a fetch that was stopped goes on.

    Sends the outline of the area to an Overpass server, and with --place the name of the place to
    Nominatim; nothing of your sites or studies.
    """
    from siting.cli.regions import Fetching, fetch_layers

    asked = Fetching(folder, place, area, box, layers, tile_km, overpass_url, timeout, attempts)
    return run_verb(
        lambda terminal: fetch_layers(terminal, asked),
        is_json=json,
        log_file=log_file,
        is_debug=debug,
    )


@app.command(
    "import",
    epilog=(
        "Examples:  siting geography import duct.gpkg --as conduits --into region --column "
        "id=ROUTE_ID   |   siting geography import region/substations.parquet --as substations "
        "--into my-study --value grid_region=ercot --keep 'kv>=138'"
    ),
)
def import_(  # noqa: PLR0913, PLR0917
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="GeoPackage, Shapefile, GeoJSON, KML, KMZ, GeoParquet, or CSV with lon and lat "
            "or WKT.",
        ),
    ],
    kind: Annotated[
        str,
        typer.Option(
            "--as", help="corridors, conduits, exclusions, campuses, substations or huts."
        ),
    ],
    into: Annotated[
        Path, typer.Option(help="Region folder, or that of the study for its tables.")
    ] = Path(),
    layer: Annotated[
        list[str] | None, typer.Option(help="Layer to read, or all; repeatable.")
    ] = None,
    crs: Annotated[
        str | None, typer.Option(help="Coordinate system where the file names none.")
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(metavar="OURS=THEIRS", help="Column of the file for one of ours; repeatable."),
    ] = None,
    value: Annotated[
        list[str] | None,
        typer.Option(metavar="OURS=VALUE", help="The same value for every row; repeatable."),
    ] = None,
    keep: Annotated[
        list[str] | None, typer.Option(help="Only rows that fit, e.g. 'kv>=230'; repeatable.")
    ] = None,
    study: Annotated[
        str | None, typer.Option(help="Study on whose corridors huts without a place stand.")
    ] = None,
    skip_bad_rows: Annotated[
        bool, typer.Option("--skip-bad-rows", help="Leave out rows that are not valid.")
    ] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Replace what is there.")] = False,
    json: Json = False,
    log_file: LogFile = None,
    debug: Debug = False,
) -> int:
    """Import your own layers or tables; nothing is sent anywhere.

    What can be mended is mended and reported. What cannot is refused, every problem in one message.
    """
    from siting.cli.regions import Importing, import_file

    asked = Importing(
        file=file,
        kind=kind,
        into=into,
        layers=tuple(layer or ()),
        crs=crs,
        columns=tuple(column or ()),
        values=tuple(value or ()),
        keep=tuple(keep or ()),
        study=study,
        skip_bad_rows=skip_bad_rows,
        replace=replace,
    )
    return run_verb(
        lambda terminal: import_file(terminal, asked),
        is_json=json,
        log_file=log_file,
        is_debug=debug,
    )


@app.command(
    epilog=(
        "Examples:  siting geography build region   |   siting geography build region --grid-m 5000"
    )
)
def build(
    folder: Folder,
    tie_m: Annotated[float, typer.Option(help="Tie loose ends this close to a line, m.")] = 20.0,
    grid_m: Annotated[
        float, typer.Option(help="Merge nodes in cells this wide, m; 0: none.")
    ] = 0.0,
    least_component_share: Annotated[
        float, typer.Option(help="Leave out connected pieces with fewer of the nodes.")
    ] = 0.05,
    simplify_deg: Annotated[
        float, typer.Option(help="Simplify lines by so many degrees.")
    ] = 0.0005,
    json: Json = False,
    log_file: LogFile = None,
    debug: Debug = False,
) -> int:
    """Make the region of the layers in a folder, and say what to know before trusting it."""
    from siting.cli.regions import build_region

    rules = {
        "tie_m": tie_m,
        "grid_m": grid_m,
        "simplify_deg": simplify_deg,
        "least_component_share": least_component_share,
    }
    return run_verb(
        lambda terminal: build_region(terminal, folder, rules),
        is_json=json,
        log_file=log_file,
        is_debug=debug,
    )


@app.command(
    epilog=(
        "Examples:  siting geography show region   |   "
        "siting geography show texas --out texas.html --out texas.png"
    )
)
def show(
    target: Annotated[
        str, typer.Argument(metavar="FOLDER_OR_STUDY", help="Region folder, or a study.")
    ],
    out: Annotated[
        list[Path] | None,
        typer.Option(help="File .html, .png or .svg; repeatable. <name>-map.html by default."),
    ] = None,
    scenario: Annotated[str | None, typer.Option(help="Scenario of the study.")] = None,
    json: Json = False,
    log_file: LogFile = None,
    debug: Debug = False,
) -> int:
    """Draw a region, or the candidate network of a study, as a page or a picture."""
    from siting.cli.regions import show_map

    return run_verb(
        lambda terminal: show_map(terminal, target, tuple(out or ()), scenario),
        is_json=json,
        log_file=log_file,
        is_debug=debug,
    )


@app.command(
    epilog=(
        "Examples:  siting geography screen texas   |   siting geography screen my-study --json"
    )
)
def screen(
    target: Annotated[str, typer.Argument(metavar="STUDY", help="Study.")],
    scenario: Annotated[str | None, typer.Option(help="Scenario of the study.")] = None,
    json: Json = False,
    log_file: LogFile = None,
    debug: Debug = False,
) -> int:
    """List every campus and substation: nearest substation, road, rail, fiber, and what is odd."""
    from siting.cli.regions import screen_study

    return run_verb(
        lambda terminal: screen_study(terminal, target, scenario),
        is_json=json,
        log_file=log_file,
        is_debug=debug,
    )
