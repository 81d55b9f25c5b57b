"""SNDlib XML: nodes, links with their modules, demands.

The namespace is ``http://sndlib.zib.de/network``. What a model code leaves out is read and ignored:
setup cost without a fixed charge, admissible paths where all paths are admitted.
"""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET  # entities are refused: see _root
from pathlib import Path

from siting.benchmarks.problems import BenchmarkError, Problems
from siting.instance.capacity_design import (
    LETTERS,
    CapacityDesign,
    Demand,
    DesignLink,
    ModelCode,
    Module,
)

NAMESPACE = "{http://sndlib.zib.de/network}"
DEFAULT_CODE = "U-U-M-N-C-A-N-N"


def parse_code(text: str) -> ModelCode:
    """Return the model code written as ``D-L-C-F-R-P-H-S``; letters left out mean N-C-A-N-N."""
    given = [letter.strip().upper() for letter in text.split("-")]
    places = list(LETTERS)
    if not 3 <= len(given) <= len(places):
        raise BenchmarkError(
            f"model {text!r}: must be 3 to 8 letters joined by '-', as {DEFAULT_CODE}"
        )
    given += DEFAULT_CODE.split("-")[len(given) :]
    problems = Problems(f"model {text!r}")
    for place, letter in zip(places, given, strict=True):
        if letter not in LETTERS[place]:
            known = ", ".join(f"{k} ({v})" for k, v in LETTERS[place].items())
            problems.add(f"{place.replace('_', ' ')} {letter!r} is not solved here: {known}")
    problems.stop()
    code = ModelCode(**dict(zip(places, given, strict=True)))
    if code.demand == "U" and code.link != "U":
        problems.add(f"undirected demands need undirected links: {text!r} has link {code.link!r}")
    if code.survivability != "N" and code.link == "D":
        problems.add("1+1 protection needs links that carry both ways (U or B)")
    problems.stop()
    return code


def read_sndlib(path: Path, code: ModelCode, survival_fraction: float = 0.0) -> CapacityDesign:
    """Read a network; every problem of the file comes in one error."""
    problems = Problems(path.name)
    if not 0 <= survival_fraction <= 1:
        raise BenchmarkError(f"--survive {survival_fraction:g}: must be between 0 and 1")
    if survival_fraction and (code.survivability != "N" or code.link == "D"):
        raise BenchmarkError(
            "--survive needs links that carry both ways (U or B), and last letter N"
        )
    root = _root(path, problems)
    nodes = [_id(item, "node", problems) for item in root.iter(f"{NAMESPACE}node")]
    for node in sorted({n for n in nodes if nodes.count(n) > 1}):
        problems.add(f"node {node!r}: is given more than once")
    if not nodes:
        problems.add("no node: must have networkStructure/nodes/node")
    known = set(nodes)
    links = [_link(item, known, problems) for item in root.iter(f"{NAMESPACE}link")]
    demands = [_demand(item, known, code, problems) for item in root.iter(f"{NAMESPACE}demand")]
    for noun, names in (("link", [x.id for x in links]), ("demand", [x.id for x in demands])):
        for name in sorted({n for n in names if names.count(n) > 1}):
            problems.add(f"{noun} {name!r}: is given more than once")
    if not demands:
        problems.add("no demand: must have demands/demand")
    problems.stop()
    return CapacityDesign(
        name=path.stem,
        code=code,
        nodes=tuple(nodes),
        links=tuple(links),
        demands=tuple(demands),
        survival_fraction=survival_fraction,
    )


def is_sndlib(text: str) -> bool:
    """Return whether the beginning of a file looks like SNDlib XML."""
    return "sndlib" in text or text.lstrip().startswith("<")


def _root(path: Path, problems: Problems) -> ET.Element:
    data = path.read_bytes()
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        problems.add("holds a document type or entities, which SNDlib files never do")
        problems.stop()
    try:
        root = ET.fromstring(data)  # noqa: S314  # neither entities nor document type, see above
    except (ET.ParseError, ValueError, LookupError) as error:
        problems.add(f"is not XML: {error}")
        problems.stop()
        raise
    if root.tag != f"{NAMESPACE}network":
        problems.add(f"root is {root.tag!r}: must be network in namespace {NAMESPACE[1:-1]}")
        problems.stop()
    return root


def _id(item: ET.Element, noun: str, problems: Problems) -> str:
    name = (item.get("id") or "").strip()
    if not name:
        problems.add(f"a {noun} has no id")
    return name


def _link(item: ET.Element, known: set[str], problems: Problems) -> DesignLink:
    name = _id(item, "link", problems)
    where = f"link {name!r}"
    source, target = _ends(item, where, known, problems)
    if source == target:
        problems.add(f"{where}: joins {source!r} to itself")
    existing = item.find(f"{NAMESPACE}preInstalledModule")
    modules = []
    for i, part in enumerate(item.iter(f"{NAMESPACE}addModule")):
        spot = f"{where}, module {i + 1}"
        capacity = _number(part, "capacity", spot, problems)
        cost = _number(part, "cost", spot, problems)
        if capacity == 0:
            problems.add(f"{spot}: capacity must be greater than 0")
        modules.append(Module(capacity=capacity or 1.0, cost=cost))
    return DesignLink(
        id=name,
        source=source,
        target=target,
        existing_capacity=0.0
        if existing is None
        else _number(existing, "capacity", where, problems),
        existing_cost=0.0
        if existing is None
        else _number(existing, "cost", where, problems, missing=0.0),
        setup_cost=_number(item, "setupCost", where, problems, missing=0.0),
        routing_cost=_number(item, "routingCost", where, problems, missing=0.0),
        modules=tuple(modules),
    )


def _demand(item: ET.Element, known: set[str], code: ModelCode, problems: Problems) -> Demand:
    name = _id(item, "demand", problems)
    where = f"demand {name!r}"
    source, target = _ends(item, where, known, problems)
    value = _number(item, "demandValue", where, problems)
    unit = _number(item, "routingUnit", where, problems, missing=1.0)
    if unit == 0:
        problems.add(f"{where}: routingUnit must be greater than 0")
    if code.routing == "I" and value != int(value):
        problems.add(f"{where}: demandValue {value:g} must be whole for whole routing")
    return Demand(id=name, source=source, target=target, value=value, unit=unit or 1.0)


def _ends(item: ET.Element, where: str, known: set[str], problems: Problems) -> tuple[str, str]:
    ends = []
    for tag in ("source", "target"):
        name = (item.findtext(f"{NAMESPACE}{tag}") or "").strip()
        if not name:
            problems.add(f"{where}: {tag} is missing")
        elif name not in known:
            problems.add(f"{where}: {tag} {name!r} is no node of the file")
        ends.append(name)
    return ends[0], ends[1]


def _number(
    item: ET.Element, tag: str, where: str, problems: Problems, missing: float | None = None
) -> float:
    """Return a number that must be finite and not negative."""
    text = item.findtext(f"{NAMESPACE}{tag}")
    if text is None or not text.strip():
        if missing is None:
            problems.add(f"{where}: {tag} is missing")
        return missing or 0.0
    try:
        value = float(text)
    except ValueError:
        problems.add(f"{where}: {tag} {text.strip()!r} must be a number")
        return 0.0
    if not math.isfinite(value) or value < 0:
        problems.add(f"{where}: {tag} {text.strip()!r} must be finite and at least 0")
        return 0.0
    return value
