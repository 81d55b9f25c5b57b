"""What the verbs of geography do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from siting.cli.output import Answer, Terminal
from siting.errors import GeographyError, problems_message

if TYPE_CHECKING:
    import shapely

    from siting.network import CandidateNetwork
    from siting.report.candidates import CandidateMap

ENDINGS = (".html", ".png", ".svg")


@dataclass(frozen=True, slots=True)
class Fetching:
    """What ``fetch`` was asked for."""

    folder: Path
    place: str | None
    area: Path | None
    box: tuple[float, float, float, float] | None
    layers: str
    tile_km: float
    overpass_url: str | None
    timeout_s: float
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Importing:
    """What ``import`` was asked for."""

    file: Path
    kind: str
    into: Path
    layers: tuple[str, ...]
    crs: str | None
    columns: tuple[str, ...]
    values: tuple[str, ...]
    keep: tuple[str, ...]
    study: str | None
    skip_bad_rows: bool
    replace: bool


def fetch_layers(terminal: Terminal, asked: Fetching) -> Answer:
    """Fetch layers of OpenStreetMap."""
    problems = []
    if [asked.place, asked.area, asked.box].count(None) != 2:
        problems.append("give one of --place, --area and --box")
    if not asked.timeout_s > 0:
        problems.append(f"--timeout: must be greater than 0 s (got {asked.timeout_s:g})")
    if asked.attempts < 1:
        problems.append(f"--attempts: must be at least 1 (got {asked.attempts})")
    if problems:
        raise GeographyError("\n".join(problems))
    from siting.geography.osm import Politeness, fetch_osm
    from siting.geography.osm.store import LICENCE

    area = _area(terminal, asked)
    where = asked.overpass_url or "the public Overpass server"
    terminal.say(f"sending the outline of the area to {where}, and nothing else")
    report = fetch_osm(
        area,
        asked.folder,
        [name.strip() for name in asked.layers.split(",") if name.strip()],
        tile_km=asked.tile_km,
        politeness=Politeness(
            url=asked.overpass_url, timeout_s=asked.timeout_s, attempts=asked.attempts
        ),
        progress=lambda layer, done, total: terminal.say(f"{layer}: {done} of {total} tiles"),
    )
    content = {
        "folder": str(asked.folder),
        "rows": report.rows,
        "queries": report.queries,
        "reused": report.reused,
        "licence": LICENCE,
    }
    lines = [f"{name}: {count:,} features" for name, count in report.rows.items()]
    lines.append(f"{report.queries} queries sent, {report.reused} tiles were there from before")
    lines += [LICENCE, f"next: siting geography build {asked.folder}"]
    return Answer(content, "\n".join(lines))


def _area(terminal: Terminal, asked: Fetching) -> shapely.Geometry:
    from siting.geography.osm import area_of_box, area_of_file, area_of_place

    if asked.box is not None:
        return area_of_box(*asked.box)
    if asked.area is not None:
        return area_of_file(asked.area)
    terminal.say(f"sending {asked.place!r} to Nominatim")
    return area_of_place(str(asked.place))


def import_file(terminal: Terminal, asked: Importing) -> Answer:
    """Import a planner's file."""
    problems: list[str] = []
    columns = _pairs("--column", "OURS=THEIRS", asked.columns, problems)
    values = _pairs("--value", "OURS=VALUE", asked.values, problems)
    if problems:
        raise GeographyError("\n".join(problems))
    from siting.geography.intake import IntakeOptions, import_data

    network = None if asked.study is None else _network(asked.study, terminal)
    terminal.say(f"reading {asked.file}")
    report = import_data(
        asked.file,
        asked.kind,
        asked.into,
        IntakeOptions(
            layers=asked.layers,
            crs=asked.crs,
            columns=columns,
            values=values,
            keep=asked.keep,
            skip_bad_rows=asked.skip_bad_rows,
            replace=asked.replace,
            network=network,
        ),
    )
    return Answer(report.as_dict(), "\n".join(report.lines()))


def _pairs(option: str, form: str, texts: Sequence[str], problems: list[str]) -> dict[str, str]:
    found = {}
    for text in texts:
        key, sign, rest = text.partition("=")
        if not (key.strip() and sign and rest.strip()):
            problems.append(f"{option} {text!r}: must be {form}")
        found[key.strip()] = rest.strip()
    return found


def _network(source: str, terminal: Terminal, scenario: str | None = None) -> CandidateNetwork:
    from siting.geography import build_network
    from siting.loading import load_study

    study = load_study(source, scenario)
    terminal.say("building the candidate network")
    return build_network(study)


def build_region(terminal: Terminal, folder: Path, rules: Mapping[str, float]) -> Answer:
    """Make the region of a folder."""
    problems = [
        f"--{name.replace('_', '-')}: must be at least 0 (got {value:g})"
        for name, value in rules.items()
        if not value >= 0
    ]
    if problems:
        raise GeographyError("\n".join(problems))
    from siting.geography.region import RegionRules, make_region, read_region_folder

    terminal.say(f"making the region of {folder}")
    report = make_region(folder, RegionRules(**rules))
    region = read_region_folder(folder)
    content = {"folder": str(folder), "ways": len(region.ways), "quality": report.as_dict()}
    lines = [
        *report.lines(),
        f"{len(region.ways):,} ways written to {folder / 'ways.parquet'}",
        f"in a study: geography.source: 'folder:{folder.resolve()}' (or relative to the study)",
    ]
    return Answer(content, "\n".join(lines))


def screen_study(terminal: Terminal, target: str, scenario: str | None) -> Answer:
    """Screen the campuses and substations of a study."""
    from siting.geography.screening import screen_sites
    from siting.loading import load_study

    study = load_study(target, scenario)
    terminal.say("measuring from every site")
    found = screen_sites(study)
    return Answer(found.as_dict(), "\n".join(found.lines()))


def show_map(
    terminal: Terminal, target: str, files: Sequence[Path], scenario: str | None
) -> Answer:
    """Draw a region folder or the candidate network of a study."""
    from siting.report.candidates import write_candidate_page, write_candidate_picture

    wrong = [f"{path}: must end in {', '.join(ENDINGS)}" for path in files if not _ending(path)]
    if wrong:
        raise GeographyError(problems_message("--out", wrong))
    drawn, name = _drawn(terminal, target, scenario)
    written = tuple(files) or (Path(f"{name}-map.html"),)
    for path in written:
        terminal.say(f"drawing {path}")
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix.lower() == ".html":
            write_candidate_page(drawn, path)
        else:
            write_candidate_picture(drawn, path)
    counts = {layer.title: len(layer.features) for layer in drawn.layers}
    content = {"title": drawn.title, "files": [str(p) for p in written], "features": counts}
    shown = ", ".join(f"{count:,} {title.lower()}" for title, count in counts.items())
    return Answer(content, "\n".join([f"{drawn.title}: {shown}", *map(str, written)]))


def _ending(path: Path) -> bool:
    return path.suffix.lower() in ENDINGS


def _drawn(terminal: Terminal, target: str, scenario: str | None) -> tuple[CandidateMap, str]:
    """Return the map of a region folder, or else of a study, and its name."""
    from siting.report.candidates import network_map, region_map
    from siting.study_region import HEAD

    folder = Path(target)
    if (folder / HEAD).is_file() and not (folder / "study.yaml").is_file():
        from siting.geography.region import read_region_folder

        region = read_region_folder(folder)
        return region_map(region), region.name
    if folder.is_dir() and not (folder / "study.yaml").is_file():
        msg = (
            f"{folder}: is neither a region (no {HEAD}; make one with 'siting geography build') "
            "nor a study (no study.yaml)"
        )
        raise GeographyError(msg)
    from siting.loading import load_study

    study = load_study(target, scenario)
    return network_map(study, _network(target, terminal, scenario)), study.name
