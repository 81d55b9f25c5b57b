"""The report page: one HTML file that opens from disk and asks nothing of the network."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from siting.report.charts import cost_chart, energization_chart, race_chart
from siting.report.feature import Feature
from siting.report.layers import Layer, layers
from siting.report.outlines import cities, state_outlines
from siting.report.page_table import for_page, texts, total_text
from siting.report.sections import FOLDED, LEFT_OUT, PAGE
from siting.report.shapes import Box, Line, network_box, plan_box
from siting.report.table import Column, Table
from siting.report.text import paragraphs
from siting.report.view import View

if TYPE_CHECKING:
    from jinja2 import Environment

_DIGITS = 5
_TOLERANCE_DEGREES = 0.0008
"""Lines of candidates are drawn within about 80 m."""


def write_page(view: View, path: Path, picture: Path | None = None) -> None:
    """Write the page; the picture of the map is what paper shows."""
    path.write_text(page(view, picture.read_bytes() if picture else b""), encoding="utf-8")


def page(view: View, picture: bytes = b"") -> str:
    """Return the page as text, with a PNG of the map for paper and for readers without scripts."""
    library, library_css = leaflet()
    drawn = layers(view)
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            view=view,
            plan=view.plan,
            verification=view.verification,
            answer=paragraphs(view),
            tables={table.id: for_page(table) for table in (make(view) for make in PAGE)},
            folded=FOLDED,
            left_out=LEFT_OUT,
            layers=drawn,
            energization_chart=energization_chart(view),
            race_chart=race_chart(view),
            cost_chart=cost_chart(view),
            picture=base64.b64encode(picture).decode("ascii"),
            library=library,
            library_css=library_css,
            css=template("report.css"),
            script=template("report.js"),
            data=json_text(map_data(view, drawn)),
        )
    )


def environment() -> Environment:
    """Return the template engine with what its macros need."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    engine = Environment(
        loader=PackageLoader("siting.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    engine.globals.update(texts=texts, total_text=total_text, headings=_headings, unit=_unit)
    return engine


def map_data(view: View, drawn: Sequence[Layer]) -> dict[str, object]:
    """Return what the map draws, as plain values."""
    box = network_box(view, margin=0.25)
    taken = [view.campus_points[c.id] for c in view.plan.campuses if c.id in view.campus_points]
    return {
        "periods": view.periods,
        "box": plan_box(view),
        "outlines": [_rounded(line) for line in state_outlines(box)],
        "cities": [
            {"name": name, "point": _rounded((point,))[0]}
            for name, point in cities(plan_box(view, margin=0.2), taken)
        ],
        "layers": [
            {
                "id": layer.id,
                "color": layer.color,
                "geometry": layer.geometry,
                "planned": layer.is_planned,
                "features": [_feature(item, layer) for item in layer.features],
            }
            for layer in drawn
        ],
        "largest": max((f.size for layer in drawn for f in layer.features), default=1.0) or 1.0,
        "bounds": _bounds(network_box(view)),
    }


def _feature(item: Feature, layer: Layer) -> dict[str, object]:
    line = item.points if layer.is_planned else _simplified(item.points)
    return {
        "id": item.id,
        "title": item.title,
        "lines": item.lines,
        "points": _rounded(line),
        "from": item.start,
        "lane": item.lane,
        "size": item.size,
    }


def _simplified(line: Line) -> Line:
    if len(line) <= 2:
        return line
    from shapely import LineString

    thin = LineString(line).simplify(_TOLERANCE_DEGREES)
    return tuple((float(x), float(y)) for x, y in thin.coords)


def _rounded(line: Line) -> list[list[float]]:
    """Return points as Leaflet wants them: latitude first."""
    return [[round(lat, _DIGITS), round(lon, _DIGITS)] for lon, lat in line]


def _bounds(box: Box) -> list[list[float]]:
    return _rounded(((box[0], box[1]), (box[2], box[3])))


def json_text(data: object) -> str:
    """Return JSON that no HTML parser can leave early."""
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    for mark in "<>&\u2028\u2029":
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return text


def template(name: str) -> str:
    """Return the text of a file beside the templates."""
    return (files("siting.report") / "templates" / name).read_text(encoding="utf-8")


def leaflet() -> tuple[str, str]:
    """Return script and style sheet of Leaflet, with its images inside."""
    from xstatic.pkg import leaflet

    folder = Path(leaflet.BASE_DIR)
    script = (folder / "leaflet.js").read_text(encoding="utf-8")
    script = re.sub(r"\n?//# sourceMappingURL=.*", "", script).replace("</script", "<\\/script")

    def inlined(match: re.Match[str]) -> str:
        image = base64.b64encode((folder / match.group(1)).read_bytes()).decode("ascii")
        return f"url(data:image/png;base64,{image})"

    style = (folder / "leaflet.css").read_text(encoding="utf-8")
    return script, re.sub(r"url\((images/[\w-]+\.png)\)", inlined, style)


def _headings(table: Table) -> list[tuple[str, int]]:
    """Return the groups of neighbouring columns with their widths; empty without any group."""
    groups: list[tuple[str, int]] = []
    for column in table.columns:
        if groups and column.group and groups[-1][0] == column.group:
            groups[-1] = (column.group, groups[-1][1] + 1)
        else:
            groups.append((column.group, 1))
    return groups if any(name for name, _ in groups) else []


def _unit(column: Column) -> str:
    return column.unit.replace("USD", "M USD") if column.kind == "usd" else column.unit
