"""Files of each format: what is read, and what is said of a wrong one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from siting.benchmarks.orlib import read_facility_location
from siting.benchmarks.problems import BenchmarkError
from siting.benchmarks.run import Asked, run_benchmark
from siting.benchmarks.sndlib import parse_code, read_sndlib
from siting.benchmarks.steinlib import read_steinlib
from tests.known.files import network_xml

GRAPH = "SECTION Graph\nNodes 3\nEdges 2\nE 1 2 4\nE 2 3 5\nEND\n"


def written(folder: Path, text: str, name: str = "case.txt") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_network_is_read(tmp_path):
    links = [{"ends": ("a", "b"), "modules": [(5, 2)], "existing": (1, 3), "routingCost": 0.5}]
    path = written(tmp_path, network_xml(["a", "b"], links, [("a", "b", 4)]), "n.xml")
    design = read_sndlib(path, parse_code("d-b-m"))
    link = design.links[0]
    assert (link.existing_capacity, link.existing_cost, link.routing_cost) == (1, 3, 0.5)
    assert (link.modules[0].capacity, link.modules[0].cost) == (5, 2)
    assert design.demands[0].load == 4
    assert design.code.text == "D-B-M-N-C-A-N-N"


def test_problems_of_a_network_come_at_once(tmp_path):
    links: list[dict[str, Any]] = [
        {"ends": ("a", "x"), "modules": [(0, 2), (3, -1)]},
        {"ends": ("b", "b"), "modules": []},
    ]
    text = network_xml(["a", "b", "b"], links, [("a", "q", 77)]).replace("77", "many")
    path = written(tmp_path, text, "n.xml")
    with pytest.raises(BenchmarkError) as caught:
        read_sndlib(path, parse_code("U-U-M"))
    told = str(caught.value)
    assert told.startswith("n.xml: 7 problems")
    for part in (
        "node 'b': is given more than once",
        "link 'L0': target 'x' is no node of the file",
        "link 'L0', module 1: capacity must be greater than 0",
        "link 'L0', module 2: cost '-1' must be finite and at least 0",
        "link 'L1': joins 'b' to itself",
        "demand 'D0': target 'q' is no node of the file",
        "demand 'D0': demandValue 'many' must be a number",
    ):
        assert part in told


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<network", "is not XML"),
        ("<network/>", "root is 'network'"),
        ('<!DOCTYPE x [<!ENTITY y "z">]><network/>', "document type or entities"),
    ],
)
def test_what_is_no_network(tmp_path, text, said):
    with pytest.raises(BenchmarkError, match=said):
        read_sndlib(written(tmp_path, text, "n.xml"), parse_code("U-U-M"))


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("U", "3 to 8 letters"),
        ("U-U-Q", "capacity 'Q' is not solved here: L (linear), M (modular)"),
        ("U-B-M", "undirected demands need undirected links"),
        ("D-D-M-N-C-A-N-P", "1+1 protection needs links that carry both ways"),
        ("U-U-M-N-C-A-N-S", "survivability 'S' is not solved here"),
    ],
)
def test_wrong_model_code(code, said):
    with pytest.raises(BenchmarkError, match=re.escape(said)):
        parse_code(code)


def test_tree_file_is_read(tmp_path):
    text = f"33D32945 STP File\n{GRAPH}SECTION Terminals\nTerminals 2\nT 1\nT 3\nEND\nEOF\nnoise"
    problem = read_steinlib(written(tmp_path, text))
    assert problem.edges == ((1, 2, 4.0), (2, 3, 5.0))
    assert problem.terminals == (1, 3)


def test_problems_of_a_tree_file_come_at_once(tmp_path):
    text = "SECTION Graph\nNodes 2\nEdges 3\nE 1 7 4\nE 1 2\nA 1 2 3\nEND\nEOF"
    with pytest.raises(BenchmarkError) as caught:
        read_steinlib(written(tmp_path, text))
    told = str(caught.value)
    for part in (
        "line 4: node 7 must be from 1 to 2",
        "line 5: 'E 1 2' must be 'E node node weight'",
        "line 6: directed arcs are not solved here",
        "Edges says 3, but the file has 1",
        "Terminals is missing",
        "no terminal",
    ):
        assert part in told


def test_facility_file_is_read(tmp_path):
    path = written(tmp_path, "2 1\ncapacity 7.5 10 8.\n5\n1 2\n")
    with pytest.raises(BenchmarkError, match="--capacity"):
        read_facility_location(path)
    problem = read_facility_location(path, 20)
    assert [(f.capacity, f.fixed_cost) for f in problem.facilities] == [(20, 7.5), (10, 8)]
    assert problem.customers[0].costs == (1, 2)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2 1 5 5", "holds 4 numbers: 2 sites and 1 customers need 9"),
        ("1 1 5 x 2 1", "site 1, fixed cost: 'x' must be a finite number"),
        ("1 1 5 5 0 1", "customer 1, demand: must be greater than 0"),
        ("1 1 5 5 2 -1", "customer 1, cost from site 1: '-1'"),
        ("1 1 5 5 2 nan", "customer 1, cost from site 1: 'nan'"),
    ],
)
def test_problems_of_a_facility_file(tmp_path, text, said):
    with pytest.raises(BenchmarkError, match=re.escape(said)):
        read_facility_location(written(tmp_path, text))


def test_unknown_file(tmp_path):
    with pytest.raises(BenchmarkError, match="must be SNDlib XML"):
        run_benchmark(written(tmp_path, "hello"), Asked())
    with pytest.raises(BenchmarkError, match="no such file"):
        run_benchmark(tmp_path / "none.xml", Asked())
