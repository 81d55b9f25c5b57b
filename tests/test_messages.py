"""Bad inputs, and the exact words a planner reads: nothing lost, nothing else."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from siting.errors import CatalogError, SitingError, StudyError, TableError
from siting.loading import load_study
from siting.presolve import presolve
from tests.small_study import STUDY, TABLES

Change = tuple[str, str, str]
"""File, old text, new text."""


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    monkeypatch.chdir(tmp_path)

    def write(*changes: Change) -> Path:
        texts = {"study.yaml": STUDY, **TABLES}
        for name, old, new in changes:
            assert not old or old in texts.get(name, ""), (name, old)
            text = texts.get(name, "")
            texts[name] = text.replace(old, new) if old else text + new
        for name, text in texts.items():
            path = tmp_path / "small" / name
            path.parent.mkdir(exist_ok=True, parents=True)
            path.write_text(text, "utf-8")
        return Path("small")

    return write


def message(source: str | Path, **arguments: Any) -> str:
    with pytest.raises(SitingError) as caught:
        load_study(source, **arguments)
    return str(caught.value)


def in_study(*lines: str) -> str:
    count = len(lines)
    head = f"small/study.yaml: {count} problem{'s' if count > 1 else ''}"
    return "\n".join([head, *(f"  {line}" for line in lines)])


def test_the_small_study_is_right(study):
    loaded = load_study(study())
    assert (len(loaded.campuses), loaded.timelines["S1"][1].headroom_mw) == (2, 300)


def yaml(old: str, new: str) -> Change:
    return ("study.yaml", old, new)


# What is changed in study.yaml, and the lines that follow

FILE_CASES: dict[str, tuple[Change, tuple[str, ...]]] = {
    "misspelt key": (
        yaml("periods: 2", "periods: 2\n  perod: year"),
        ("horizon: unknown key 'perod'. Did you mean 'period'?",),
    ),
    "unknown key": (
        yaml("", "optics: {}\n"),
        (
            (
                "unknown key 'optics'. Known: catalog, description, geography, horizon, "
                "money, name, rules, schema_version, sites, solve, survivability, synthetic, "
                "title, transport, workloads"
            ),
        ),
    ),
    "misspelt key in a list": (
        yaml("id: train", "id: train\n    it_demnd_mw: [1, 1]"),
        ("workloads[0]: unknown key 'it_demnd_mw'. Did you mean 'it_demand_mw'?",),
    ),
    "missing key": (yaml("title: A small study\n", ""), ("title: missing",)),
    "missing section": (
        yaml("horizon:\n  decision_date: 2024-01-01\n  start: 2028-01-01\n  periods: 2\n", ""),
        ("horizon: missing",),
    ),
    "negative demand": (
        yaml("[100, 200]", "[-3, 200]"),
        ("workloads[0].it_demand_mw[0]: must be at least 0 MW (got -3)",),
    ),
    "demand of the wrong length": (
        yaml("[100, 200]", "[100, 200, 300]"),
        ("workloads[0].it_demand_mw: has 3 values, the horizon has 2 periods",),
    ),
    "demand that is no list": (
        yaml("[100, 200]", "100"),
        ("workloads[0].it_demand_mw: must be a list (got 100)",),
    ),
    "demand in both units": (
        yaml("[100, 200]", "[100, 200]\n    it_demand_accelerators: [50000, 100000]"),
        ("workloads[0].it_demand_mw: not both, give this or it_demand_accelerators",),
    ),
    "demand in no unit": (
        yaml("it_demand_mw: [100, 200]", "max_peers: 2"),
        ("workloads[0].it_demand_mw: missing, give this or it_demand_accelerators",),
    ),
    "accelerators of the wrong length": (
        yaml("it_demand_mw: [100, 200]", "it_demand_accelerators: [50000]"),
        ("workloads[0].it_demand_accelerators: has 1 values, the horizon has 2 periods",),
    ),
    "part of an accelerator": (
        yaml("it_demand_mw: [100, 200]", "it_demand_accelerators: [50000, 0.5]"),
        ("workloads[0].it_demand_accelerators[1]: must be a whole number (got 0.5)",),
    ),
    "fewer accelerators than none": (
        yaml("it_demand_mw: [100, 200]", "it_demand_accelerators: [50000, -1]"),
        ("workloads[0].it_demand_accelerators[1]: must be at least 0 (got -1)",),
    ),
    "text for a number": (
        yaml("periods: 2", "periods: two"),
        ("horizon.periods: must be a whole number (got 'two')",),
    ),
    "not a number": (
        yaml("[100, 200]", "[.nan, 200]"),
        ("workloads[0].it_demand_mw[0]: must be a finite number (got nan)",),
    ),
    "infinite": (
        yaml("", "    min_peer_mw: .inf\n"),
        ("workloads[0].min_peer_mw: must be a finite number (got inf)",),
    ),
    "fraction over one": (
        yaml("", "    survival_fraction: 1.5\n"),
        ("workloads[0].survival_fraction: must be at most 1 (got 1.5)",),
    ),
    "percent for a fraction": (
        yaml("", "    allowed_goodput_loss: 5%\n"),
        ("workloads[0].allowed_goodput_loss: must be a finite number (got '5%')",),
    ),
    "no such date": (
        yaml("start: 2028-01-01", "start: 2028-02-30"),
        ("horizon.start: must be a date like 2028-01-01 (got '2028-02-30')",),
    ),
    "a year for a date": (
        yaml("start: 2028-01-01", "start: 2028"),
        ("horizon.start: must be a date like 2028-01-01 (got 2028)",),
    ),
    "decision after start": (
        yaml("decision_date: 2024-01-01", "decision_date: 2029-01-01"),
        ("horizon.decision_date: 2029-01-01 is after the start 2028-01-01",),
    ),
    "unknown paradigm": (
        yaml("", "    paradigms: {sync: {}}\n"),
        (
            (
                "workloads[0].paradigms.sync: must be one of 'synchronous', 'hierarchical', "
                "'diloco', 'streaming' or 'compressed' (got 'sync')"
            ),
        ),
    ),
    "unknown choice": (
        yaml("periods: 2", "periods: 2\n  period: month"),
        ("horizon.period: must be one of 'year' or 'quarter' (got 'month')",),
    ),
    "buckets out of order": (
        yaml("", "    peer_buckets: [4, 2]\n"),
        ("workloads[0].peer_buckets: must increase strictly (got [4, 2])",),
    ),
    "classes given twice": (
        yaml("", "    rtt_classes_ms: [1, 1, 2]\n"),
        ("workloads[0].rtt_classes_ms: must increase strictly (got [1.0, 1.0, 2.0])",),
    ),
    "workload twice": (
        yaml("", "  - id: train\n    it_demand_mw: [1, 1]\n"),
        ("workloads: id 'train' is used twice",),
    ),
    "no workload": (
        yaml("  - id: train\n    it_demand_mw: [100, 200]\n", "  []\n"),
        ("workloads: must have at least 1 item(s) (got [])",),
    ),
    "spaces in a name": (
        yaml("name: small", "name: my study"),
        (
            (
                "name: must be letters, digits, '.', '_' or '-', starting with a letter or digit "
                "(got 'my study')"
            ),
        ),
    ),
    "a number for text": (yaml("A small study", "2028"), ("title: must be text (got 2028)",)),
    "spacing upside down": (
        yaml("", "transport: {amplifiers: {min_spacing_km: 120}}\n"),
        ("transport.amplifiers.min_spacing_km 120 km is larger than max_spacing_km 100 km",),
    ),
    "odd cable": (
        yaml("", "transport: {cable_fibers: [145]}\n"),
        ("transport.cable_fibers[0]: must be a multiple of 2 (got 145)",),
    ),
    "cable not in the catalog": (
        yaml("", "transport: {cable_fibers: [146]}\n"),
        (
            (
                "transport.cable_fibers[0]: no cable of 146 fibers in the catalog. "
                "Known: 144, 288, 432, 864, 1728, 3456, 6912"
            ),
        ),
    ),
    "unknown module": (
        yaml("", "transport: {modules: [zr8000]}\n"),
        ("transport.modules[0]: 'zr8000' is not in the catalog. Did you mean 'zr800'?",),
    ),
    "unknown catalog override": (
        yaml("", "catalog: {overrides: {grid.line346: 2}}\n"),
        (
            (
                "catalog.overrides.grid.line346: 'grid.line346' is not in the catalog. "
                "Did you mean 'grid.line345'?"
            ),
        ),
    ),
    "catalog override not a number": (
        yaml("", "catalog: {overrides: {grid.line345: .nan}}\n"),
        ("catalog.overrides.grid.line345: must be a finite number (got nan)",),
    ),
    "catalog override below zero": (
        yaml("", "catalog: {overrides: {grid.line345: -2, omd32.ports: 0, zr800.launch: -9}}\n"),
        (
            "catalog.overrides.grid.line345: must be at least 0 M USD/km (got -2)",
            "catalog.overrides.omd32.ports: must be more than 0 channels (got 0)",
        ),
    ),
    "pinned campus unknown": (
        yaml("", "rules: {pin_campuses: [C]}\n"),
        ("rules.pin_campuses: 'C' is not in campuses.csv",),
    ),
    "pinned and forbidden": (
        yaml("", "rules: {pin_campuses: [A], forbid_campuses: [A]}\n"),
        ("rules: campus 'A' is both pinned and forbidden",),
    ),
    "pinned things unknown": (
        yaml("", "rules: {pin_substations: [S9], pin_corridors: [C11]}\n"),
        (
            "rules.pin_corridors: 'C11' is not in corridors.csv. Did you mean 'C1'?",
            "rules.pin_substations: 'S9' is not in substations.csv",
        ),
    ),
    "everything pinned and forbidden": (
        yaml(
            "",
            "rules: {pin_substations: [S1], forbid_substations: [S1], pin_corridors: [C1], "
            "forbid_corridors: [C1], pin_huts: [h], forbid_huts: [h], pin_routes: [[C1, C2]], "
            "forbid_routes: [[C2, C1]]}\n",
        ),
        (
            "rules: substation 'S1' is both pinned and forbidden",
            "rules: corridor 'C1' is both pinned and forbidden",
            "rules: hut 'h' is both pinned and forbidden",
            "rules.pin_routes[0]: C1 - C2 is both pinned and forbidden",
            "rules.pin_routes[0]: takes corridor 'C1', which rules.forbid_corridors forbids",
        ),
    ),
    "forbidden corridor unknown": (
        yaml("", "rules: {forbid_corridors: [C11]}\n"),
        ("rules.forbid_corridors: 'C11' is not in corridors.csv. Did you mean 'C1'?",),
    ),
    "campus of a workload unknown": (
        yaml("", "    campuses: [A, Z]\n"),
        ("workloads[0].campuses: 'Z' is not in campuses.csv",),
    ),
    "table outside the study": (
        yaml("", "sites: {campuses: ../campuses.csv}\n"),
        (
            (
                "sites.campuses: '../campuses.csv' is outside the folder of the study, "
                "which must hold its own tables"
            ),
        ),
    ),
    "negative cap": (
        yaml("", "rules: {caps: {upfront_usd: -5}}\n"),
        ("rules.caps.upfront_usd: must be at least 0 USD (got -5)",),
    ),
    "negative cap in one period": (
        yaml("", "rules: {caps: {corridor_build_km: [10, -1]}}\n"),
        ("rules.caps.corridor_build_km[1]: must be at least 0 km (got -1)",),
    ),
    "cap of the wrong length": (
        yaml("", "rules: {caps: {hut_builds: [1, 2, 3]}}\n"),
        ("rules.caps.hut_builds: has 3 values, the horizon has 2 periods",),
    ),
    "misspelt cap": (
        yaml("", "rules: {caps: {campus_opening: 1}}\n"),
        ("rules.caps: unknown key 'campus_opening'. Did you mean 'campus_openings'?",),
    ),
    "dates of an unknown module": (
        yaml("", "transport: {module_dates: {zr8000: 2029-01-01}}\n"),
        ("transport.module_dates.zr8000: 'zr8000' is not in the catalog. Did you mean 'zr800'?",),
    ),
    "unknown fiber": (
        yaml("", "transport: {fiber_types: [G655]}\n"),
        (
            (
                "transport.fiber_types[0]: must be one of 'G652D', 'G652D_ULL', 'G654E' or 'HCF' "
                "(got 'G655')"
            ),
        ),
    ),
    "fiber twice": (
        yaml("", "transport: {fiber_types: [G652D, G652D]}\n"),
        ("transport.fiber_types: 'G652D' is given twice",),
    ),
    "the fiber key of old": (
        yaml("", "transport: {fiber_type: G652D}\n"),
        ("transport: unknown key 'fiber_type'. Did you mean 'fiber_types'?",),
    ),
    "multi-rail without C+L": (
        yaml("", "transport: {amplifier_types: [multi_rail], terminals: [fixed_c]}\n"),
        (
            (
                "transport.amplifier_types: 'multi_rail' amplifies C+L and needs the terminal "
                "'roadm_cl', which is not in transport.terminals"
            ),
        ),
    ),
    "no price of energy": (
        yaml("", "sites: {energy_region: TXS}\n"),
        (
            (
                "sites.energy_region: no price of energy 'elec.TXS' in the catalog. "
                "Did you mean 'TX'?"
            ),
        ),
    ),
    "replicas that may serve nothing": (
        yaml("", "    replica: {max_share: 0}\n"),
        (
            (
                "workloads[0].replica.max_share: 0 leaves replicas nothing to serve; "
                "leave replica out"
            ),
        ),
    ),
    "replica above the demand": (
        yaml("", "    replica: {max_share: 0.2, min_replica_mw: 60}\n"),
        (
            (
                "workloads[0].replica.min_replica_mw: 60 MW is above the replica share 0.2 of the "
                "largest demand 200 MW: no campus can be a replica"
            ),
        ),
    ),
    "copies in more regions than there are": (
        yaml("", "    checkpoint_copies: 3\n"),
        (
            (
                "workloads[0].checkpoint_copies: 3 copies need as many grid regions, "
                "its campuses lie in 2"
            ),
        ),
    ),
    "copies without campuses": (
        yaml("", "    checkpoint_copies: 2\n    max_peers: 1\n"),
        (
            (
                "workloads[0].checkpoint_copies: 2 copies need as many campuses, max_peers is 1 "
                "and there is no replica"
            ),
        ),
    ),
    "blast radius too small": (
        yaml("", "    max_share_per_campus: 0.3\n"),
        (
            (
                "workloads[0].max_share_per_campus: a share of 0.3 needs 4 campuses, "
                "the workload can use 2"
            ),
        ),
    ),
    "blast radius of regions too small": (
        yaml("", "    max_share_per_region: 0.5\n    campuses: [A]\n"),
        (
            (
                "workloads[0].max_share_per_region: a share of 0.5 needs 2 grid regions, "
                "the workload can use 1"
            ),
        ),
    ),
    "compression without inner steps": (
        yaml("", "    paradigms: {diloco: {compression_ratio: 4}}\n"),
        (
            (
                "workloads[0].paradigms.diloco.compression_ratio: counts only with inner_steps, "
                "give both or traffic_reduction"
            ),
        ),
    ),
    "transit with two workloads": (
        yaml(
            "",
            "  - {id: other, it_demand_mw: [1, 1]}\nsurvivability: {ring_transit: true}\n",
        ),
        ("survivability.ring_transit: needs a study with one workload",),
    ),
    "fibers nobody offers": (
        yaml("", "geography: {iru_pairs: 8}\n"),
        ("geography: iru_pairs 8 needs an iru_provider, the name of who offers them",),
    ),
}


@pytest.mark.parametrize(("change", "lines"), FILE_CASES.values(), ids=FILE_CASES.keys())
def test_study_file(study, change, lines):
    assert message(study(change)) == in_study(*lines)


# What is changed in a table, and the lines that follow

TABLE_CASES: dict[str, tuple[Change, tuple[str, ...]]] = {
    "missing column": (
        ("campuses.csv", "limit_mw", "note"),
        ("campuses.csv: missing column 'limit_mw'",),
    ),
    "misspelt column": (
        ("campuses.csv", "limit_mw", "limt_mw"),
        (
            "campuses.csv: unknown column 'limt_mw'. Did you mean 'limit_mw'?",
            "campuses.csv: missing column 'limit_mw'",
        ),
    ),
    "column twice": (
        ("power_timelines.csv", "headroom_mw", "headroom_mw,headroom_mw"),
        ("power_timelines.csv: column 'headroom_mw' is given twice",),
    ),
    "column without a name": (
        ("tie_lines.csv", "capacity_mw", "capacity_mw,"),
        ("tie_lines.csv: column 6 has no name",),
    ),
    "semicolons": (
        ("substations.csv", ",", ";"),
        ("substations.csv: columns are separated by semicolons, they must be by commas",),
    ),
    "missing value": (
        ("campuses.csv", "A,Alpha,-97.0", "A,Alpha,"),
        ("campuses.csv, row 2 ('A'), column 'lon': missing value",),
    ),
    "missing value among others": (
        ("campuses.csv", "A,Alpha,-97.0,32.0,greenfield,300", "A,Alpha,,32.0,greenfield,-1"),
        (
            "campuses.csv, row 2 ('A'), column 'lon': missing value",
            "campuses.csv, row 2 ('A'), column 'limit_mw': must be greater than 0 MW (got '-1')",
        ),
    ),
    "text in a number": (
        ("campuses.csv", "300", "lots"),
        (
            "campuses.csv, row 2 ('A'), column 'limit_mw': must be a finite number (got 'lots')",
            "campuses.csv, row 3 ('B'), column 'limit_mw': must be a finite number (got 'lots')",
        ),
    ),
    "not a number": (
        ("power_timelines.csv", "S2,2027-06-01,100", "S2,2027-06-01,nan"),
        ("power_timelines.csv, row 4, column 'headroom_mw': must be a finite number (got 'nan')",),
    ),
    "latitude not a number": (
        ("campuses.csv", "-97.0,32.0", "-97.0,nan"),
        ("campuses.csv, row 2 ('A'), column 'lat': must be a finite number (got 'nan')",),
    ),
    "lon and lat swapped": (
        ("campuses.csv", "-97.0,32.0,greenfield,300", "32.0,-97.0,greenfield,0"),
        (
            (
                "campuses.csv, row 2 ('A'): lon 32.0 and lat -97.0 look swapped; lon is east-west "
                "(-180 to 180), lat is north-south (-90 to 90)"
            ),
            "campuses.csv, row 2 ('A'), column 'limit_mw': must be greater than 0 MW (got '0')",
        ),
    ),
    "longitude off the globe": (
        ("campuses.csv", "-97.0,32.0", "-970,32.0"),
        ("campuses.csv, row 2 ('A'), column 'lon': must be at least -180 (got '-970')",),
    ),
    "bad date": (
        ("power_timelines.csv", "S1,2027-01-01", "S1,1/1/2027"),
        (
            (
                "power_timelines.csv, row 2, column 'date': must be a date like 2028-01-01 "
                "(got '1/1/2027')"
            ),
        ),
    ),
    "bad flag": (
        ("corridors.csv", "length_km\nC1,NA,NB,120", "length_km,buildable\nC1,NA,NB,120,maybe"),
        ("corridors.csv, row 2 ('C1'), column 'buildable': must be true or false (got 'maybe')",),
    ),
    "id twice, blank rows counted": (
        ("campuses.csv", "B,Bravo", "\nA,Bravo"),
        ("campuses.csv, row 4: id 'A' is already in row 2",),
    ),
    "too many cells": (
        ("nodes.csv", "NB,-97.5,31.0,B", "NB,-97,5,31,0,B"),
        ("nodes.csv, row 3: has 6 cells, the header has 4",),
    ),
    "unknown kind": (
        ("campuses.csv", "greenfield,300,2027-01-01,North", "brownfield,300,2027-01-01,North"),
        (
            (
                "campuses.csv, row 2 ('A'), column 'kind': must be one of 'announced', 'existing', "
                "'greenfield' or 'synthetic' (got 'brownfield')"
            ),
        ),
    ),
    "quotes left open": (
        ("campuses.csv", "A,Alpha", 'A,"Alpha'),
        ("campuses.csv: is not CSV (unexpected end of data)",),
    ),
}


@pytest.mark.parametrize(("change", "lines"), TABLE_CASES.values(), ids=TABLE_CASES.keys())
def test_table(study, change, lines):
    folder = study(yaml("", "sites: {tie_lines: tie_lines.csv}\n"), change)
    with pytest.raises(TableError) as caught:
        load_study(folder)
    assert str(caught.value) == in_study(*lines)


# What no table shows alone

CROSS_CASES: dict[str, tuple[Change, tuple[str, ...]]] = {
    "falling timeline": (
        ("power_timelines.csv", "S1,2029-01-01,300", "S1,2029-01-01,100"),
        (
            (
                "power_timelines.csv, substation 'S1', 2029-01-01: headroom_mw falls from 150 to "
                "100 MW; it is cumulative and never falls"
            ),
        ),
    ),
    "a date twice": (
        ("power_timelines.csv", "S1,2029-01-01,300", "S1,2027-01-01,300"),
        ("power_timelines.csv, substation 'S1': two rows for 2027-01-01",),
    ),
    "unknown substation in a timeline": (
        ("power_timelines.csv", "S2,", "S3,"),
        ("power_timelines.csv, substation_id: 'S3' is not in substations.csv",),
    ),
    "tie line to an unknown campus": (
        ("tie_lines.csv", "B-S2,B", "B-S2,Z"),
        ("tie_lines.csv, tie line 'B-S2', campus_id: 'Z' is not in campuses.csv",),
    ),
    "campus at no node": (
        ("nodes.csv", "31.0,B", "31.0,"),
        ("nodes.csv: campus 'B' stands at no node",),
    ),
    "campus at two nodes": (
        ("nodes.csv", "", "NC,-97.5,31.1,B\n"),
        ("nodes.csv, node 'NC': campus 'B' already stands at node 'NB'",),
    ),
    "corridor to an unknown node": (
        ("corridors.csv", "NA,NB", "NA,NX"),
        ("corridors.csv, corridor 'C1', node_b: 'NX' is not in nodes.csv",),
    ),
    "corridor to itself": (
        ("corridors.csv", "NA,NB", "NA,NA"),
        ("corridors.csv, corridor 'C1': joins node 'NA' to itself",),
    ),
    "wave on an unknown corridor": (
        ("leased_waves.csv", "150,C1", "150,C1;C9"),
        (("leased_waves.csv, wave 'W1', corridors: 'C9' is not in corridors.csv"),),
    ),
    "lon and lat swapped, both on the globe": (
        ("nodes.csv", "NA,-97.0,32.0", "NA,32.0,-87.0"),
        (
            (
                "nodes.csv, node 'NA': lon 32 and lat -87 look swapped, the other places lie near "
                "lon -97.25, lat 31"
            ),
        ),
    ),
    "no campus": (
        (
            "campuses.csv",
            (
                "A,Alpha,-97.0,32.0,greenfield,300,2027-01-01,North\n"
                "B,Bravo,-97.5,31.0,greenfield,300,2027-01-01,South\n"
            ),
            "",
        ),
        (
            "campuses.csv: has no rows",
            "tie_lines.csv, tie line 'A-S1', campus_id: 'A' is not in campuses.csv",
            "tie_lines.csv, tie line 'B-S2', campus_id: 'B' is not in campuses.csv",
            "nodes.csv, node 'NA', campus_id: 'A' is not in campuses.csv",
            "nodes.csv, node 'NB', campus_id: 'B' is not in campuses.csv",
            "leased_waves.csv, wave 'W1', campus_a: 'A' is not in campuses.csv",
            "leased_waves.csv, wave 'W1', campus_b: 'B' is not in campuses.csv",
        ),
    ),
}


@pytest.mark.parametrize(("change", "lines"), CROSS_CASES.values(), ids=CROSS_CASES.keys())
def test_between_tables(study, change, lines):
    every = "sites: {tie_lines: tie_lines.csv}\ngeography: {leased_waves: leased_waves.csv}\n"
    assert message(study(yaml("", every), change)) == in_study(*lines)


PLANT = """\
sites:
  tie_lines: tie_lines.csv
  network_upgrades: network_upgrades.csv
  bridging: bridging.csv
geography: {huts: huts.csv, srlgs: srlgs.csv}
"""
PLANT_TABLES: tuple[Change, ...] = (
    yaml("", PLANT),
    (
        "network_upgrades.csv",
        "",
        "id,substation_ids,added_mw,cost_usd,lead_time_years\nU1,S1;S2,100,1e6,2\n",
    ),
    ("bridging.csv", "", "id,campus_id,technology,limit_mw\nG1,A,recip,50\n"),
    (
        "huts.csv",
        "",
        (
            "id,corridor_id,node_id,position_km,operator,space_racks,existing_racks,existing_until,"
            "leasable,can_regenerate\nH1,C1,,60,,,,,,\n"
        ),
    ),
    ("srlgs.csv", "", "id,events_per_year,lon,lat\nbridge:b,0.1,-97.2,31.5\n"),
    (
        "corridors.csv",
        "length_km\nC1,NA,NB,120",
        "length_km,srlgs,iru_provider,iru_pairs\nC1,NA,NB,120,bridge:b,telco,4",
    ),
)


def hut(row: str) -> Change:
    return ("huts.csv", "H1,C1,,60,,,,,,", row)


PLANT_CASES: dict[str, tuple[Change, tuple[str, ...]]] = {
    "upgrade of an unknown substation": (
        ("network_upgrades.csv", "S1;S2", "S1;S4"),
        (("network_upgrades.csv, upgrade 'U1', substation_ids: 'S4' is not in substations.csv"),),
    ),
    "upgrade of nothing": (
        ("network_upgrades.csv", "S1;S2", ";"),
        ("network_upgrades.csv, upgrade 'U1': names no substation, so it raises no headroom",),
    ),
    "upgrade of a substation twice": (
        ("network_upgrades.csv", "S1;S2", "S1;S1"),
        ("network_upgrades.csv, upgrade 'U1', substation_ids: 'S1' is given twice",),
    ),
    "upgrade that adds nothing": (
        ("network_upgrades.csv", ",100,", ",0,"),
        (
            (
                "network_upgrades.csv, row 2 ('U1'), column 'added_mw': must be greater than 0 MW "
                "(got '0')"
            ),
        ),
    ),
    "bridging at an unknown campus": (
        ("bridging.csv", "G1,A", "G1,AA"),
        ("bridging.csv, bridging 'G1', campus_id: 'AA' is not in campuses.csv. Did you mean 'A'?",),
    ),
    "bridging of an unknown kind": (
        ("bridging.csv", "recip", "diesel"),
        (
            (
                "bridging.csv, row 2 ('G1'), column 'technology': must be one of 'recip', 'aero', "
                "'fc', 'ccgt' or 'rental' (got 'diesel')"
            ),
        ),
    ),
    "bridging twice": (
        ("bridging.csv", "", "G1,B,fc,10\n"),
        ("bridging.csv, row 3: id 'G1' is already in row 2",),
    ),
    "bridging without a cap": (
        ("bridging.csv", "recip,50", "recip,"),
        ("bridging.csv, row 2 ('G1'), column 'limit_mw': missing value",),
    ),
    "huts on a bundled map": (
        yaml("geography: {huts", "geography: {source: bundled/us_tx, huts"),
        (("geography.huts: given huts need the source 'tables' (the source is 'bundled/us_tx')"),),
    ),
    "hut nowhere": (
        hut("H1,,,60,,,,,,"),
        ("huts.csv, hut 'H1': must lie in a corridor or at a node, neither is given",),
    ),
    "hut in two places": (
        hut("H1,C1,NA,60,,,,,,"),
        ("huts.csv, hut 'H1': must lie in a corridor or at a node, both is given",),
    ),
    "hut in an unknown corridor": (
        hut("H1,C2,,60,,,,,,"),
        ("huts.csv, hut 'H1', corridor_id: 'C2' is not in corridors.csv",),
    ),
    "hut at an unknown node": (
        hut("H1,,NC,,,,,,,"),
        ("huts.csv, hut 'H1', node_id: 'NC' is not in nodes.csv",),
    ),
    "hut at a campus": (
        hut("H1,,NA,,,,,,,"),
        ("huts.csv, hut 'H1': node 'NA' is that of campus 'A'",),
    ),
    "hut beyond its corridor": (
        hut("H1,C1,,130,,,,,,"),
        (
            (
                "huts.csv, hut 'H1': position_km 130 km is not inside corridor 'C1', which is "
                "120 km long"
            ),
        ),
    ),
    "hut at the start of its corridor": (
        hut("H1,C1,,0,,,,,,"),
        (
            (
                "huts.csv, hut 'H1': position_km must be greater than 0 km, inside corridor 'C1'; "
                "at its end give node_id"
            ),
        ),
    ),
    "hut of nobody": (
        hut("H1,C1,,60,telcos,,,,,"),
        ("huts.csv, hut 'H1': operator 'telcos' has no fiber there. Known: 'own', 'telco'",),
    ),
    "two huts in one place": (
        hut("H1,C1,,60,,,,,,\nH2,C1,,60,,,,,,"),
        ("huts.csv, hut 'H2': stands where hut 'H1' of 'own' stands",),
    ),
    "leasable hut of a provider": (
        hut("H1,C1,,60,telco,,,,true,"),
        ("huts.csv, hut 'H1': leasable is for own huts, its operator is 'telco'",),
    ),
    "more racks than fit": (
        hut("H1,C1,,60,,4,6,,,"),
        ("huts.csv, hut 'H1': existing_racks 6 is above space_racks 4",),
    ),
    "hut that retires but does not stand": (
        hut("H1,C1,,60,,,,2030-01-01,,"),
        (
            (
                "huts.csv, hut 'H1': existing_until 2030-01-01 without existing_racks: "
                "say what stands until then"
            ),
        ),
    ),
    "risk that nothing shares": (
        ("srlgs.csv", "bridge:b", "bridge:bb"),
        (
            (
                "srlgs.csv, shared risk 'bridge:bb': 'bridge:bb' is not in the srlgs of "
                "corridors.csv. Did you mean 'bridge:b'?"
            ),
        ),
    ),
    "risk that needs no row": (
        ("srlgs.csv", "bridge:b", "corridor:C1"),
        (
            (
                "srlgs.csv, shared risk 'corridor:C1': risks 'corridor:' need no row, their rates "
                "follow from other inputs"
            ),
        ),
    ),
    "risk at half a place": (
        ("srlgs.csv", "-97.2,31.5", "-97.2,"),
        ("srlgs.csv, shared risk 'bridge:b': give lon and lat, or neither",),
    ),
    "cable that retires but does not lie": (
        (
            "corridors.csv",
            "iru_pairs\nC1,NA,NB,120,bridge:b,telco,4",
            "iru_pairs,existing_until\nC1,NA,NB,120,bridge:b,telco,4,2031-01-01",
        ),
        (
            (
                "corridors.csv, corridor 'C1': existing_until 2031-01-01 without existing_fibers: "
                "say what stands until then"
            ),
        ),
    ),
    "odd existing fibers": (
        (
            "corridors.csv",
            "iru_pairs\nC1,NA,NB,120,bridge:b,telco,4",
            "iru_pairs,existing_fibers\nC1,NA,NB,120,bridge:b,telco,4,97",
        ),
        (
            (
                "corridors.csv, row 2 ('C1'), column 'existing_fibers': must be a multiple of 2 "
                "(got '97')"
            ),
        ),
    ),
    "existing MW above the limit": (
        (
            "campuses.csv",
            "grid_region\nA,Alpha,-97.0,32.0,greenfield,300,2027-01-01,North",
            (
                "grid_region,existing_it_mw,pue_peak\n"
                "A,Alpha,-97.0,32.0,existing,300,2027-01-01,North,250,1.3"
            ),
        ),
        (
            (
                "campuses.csv, campus 'A': existing_it_mw 250 MW x peak PUE 1.3 = 325 MW is above "
                "limit_mw 300 MW"
            ),
        ),
    ),
    "campus that retires but has nothing": (
        (
            "campuses.csv",
            "grid_region\nA,Alpha,-97.0,32.0,greenfield,300,2027-01-01,North",
            (
                "grid_region,existing_until\n"
                "A,Alpha,-97.0,32.0,greenfield,300,2027-01-01,North,2030-06-30"
            ),
        ),
        (
            (
                "campuses.csv, campus 'A': existing_until 2030-06-30 without existing_it_mw: "
                "say what stands until then"
            ),
        ),
    ),
    "price of energy of a campus": (
        (
            "campuses.csv",
            "grid_region\nA,Alpha,-97.0,32.0,greenfield,300,2027-01-01,North",
            "grid_region,energy_region\nA,Alpha,-97.0,32.0,greenfield,300,2027-01-01,North,ZZ",
        ),
        (
            (
                "campuses.csv, campus 'A', energy_region: no price of energy 'elec.ZZ' in the "
                "catalog. Known: AZ, BE, DE, FR, GA, IA, IL, IN, LA, MI, MS, NE, NL, NM, NV, "
                "OH, OK, PA, TN, TX, VA, WI"
            ),
        ),
    ),
    "feed redundancy of a kind": (
        (
            "campuses.csv",
            "grid_region\nA,Alpha,-97.0,32.0,greenfield,300,2027-01-01,North",
            "grid_region,feed_redundancy\nA,Alpha,-97.0,32.0,greenfield,300,2027-01-01,North,full",
        ),
        (
            (
                "campuses.csv, row 2 ('A'), column 'feed_redundancy': must be one of 'none', "
                "'tie_line' or 'substation' (got 'full')"
            ),
        ),
    ),
    "substation that retires but is not connected": (
        (
            "substations.csv",
            "grid_region\nS1,One,-97.1,32.0,345,North",
            "grid_region,existing_until\nS1,One,-97.1,32.0,345,North,2030-01-01",
        ),
        (
            (
                "substations.csv, substation 'S1': existing_until 2030-01-01 without existing_mw: "
                "say what stands until then"
            ),
        ),
    ),
    "tie line that retires but does not stand": (
        (
            "tie_lines.csv",
            "capacity_mw\nA-S1,A,S1,10,400",
            "capacity_mw,existing_until\nA-S1,A,S1,10,400,2030-01-01",
        ),
        (
            (
                "tie_lines.csv, tie line 'A-S1': existing_until 2030-01-01 without existing: "
                "say what stands until then"
            ),
        ),
    ),
}


def test_the_small_study_with_plant_is_right(study):
    loaded = load_study(study(*PLANT_TABLES))
    assert loaded.network_upgrades["U1"].substation_ids == ("S1", "S2")
    assert loaded.bridging["G1"].limit_mw == 50
    assert loaded.huts["H1"].operator == "own"
    assert loaded.srlgs["bridge:b"].events_per_year == 0.1


@pytest.mark.parametrize(("change", "lines"), PLANT_CASES.values(), ids=PLANT_CASES.keys())
def test_plant(study, change, lines):
    assert message(study(*PLANT_TABLES, change)) == in_study(*lines)


def test_all_problems_of_the_plant_come_at_once(study):
    folder = study(
        *PLANT_TABLES,
        ("network_upgrades.csv", "S1;S2", "S9"),
        ("bridging.csv", "G1,A", "G1,Z"),
        hut("H1,C1,,130,telcos,,,,,"),
    )
    assert message(folder) == in_study(
        "network_upgrades.csv, upgrade 'U1', substation_ids: 'S9' is not in substations.csv",
        "bridging.csv, bridging 'G1', campus_id: 'Z' is not in campuses.csv",
        "huts.csv, hut 'H1': position_km 130 km is not inside corridor 'C1', which is 120 km long",
        "huts.csv, hut 'H1': operator 'telcos' has no fiber there. Known: 'own', 'telco'",
    )


def test_all_problems_of_the_study_file_come_at_once(study):
    folder = study(
        yaml("title: A small study\n", ""),
        yaml("periods: 2", "periods: 2\n  perod: year"),
        yaml("[100, 200]", "[100]"),
    )
    assert message(folder) == in_study(
        "title: missing",
        "horizon: unknown key 'perod'. Did you mean 'period'?",
        "workloads[0].it_demand_mw: has 1 values, the horizon has 2 periods",
    )


def test_all_problems_of_all_tables_come_at_once(study):
    folder = study(
        ("campuses.csv", "300,2027-01-01,North", "x,2027-01-01,North"),
        ("substations.csv", "S1,One,-97.1,32.0,345", "S1,One,-97.1,32.0,0"),
    )
    (folder / "corridors.csv").unlink()
    assert message(folder) == in_study(
        "campuses.csv, row 2 ('A'), column 'limit_mw': must be a finite number (got 'x')",
        "substations.csv, row 2 ('S1'), column 'kv': must be greater than 0 (got '0')",
        f"corridors.csv: no such file in {folder.resolve()}",
    )


def test_study_that_is_not_there(study):
    study()
    assert message("smal").startswith(
        "study 'smal': no such folder, file or bundled study. Bundled: "
    )
    Path("empty").mkdir()
    assert message("empty") == "empty: no study.yaml in this folder"


def test_bundled_study_misspelt(monkeypatch):
    monkeypatch.setattr("siting.loading.bundled_studies", lambda: ("texas", "triangle"))
    assert message("texs") == (
        "study 'texs': no such folder, file or bundled study. Bundled: texas, triangle. "
        "Did you mean 'texas'?"
    )


def test_what_is_not_yaml(study):
    assert message(study(yaml("title: A small study", "title: [A small study"))) == (
        "small/study.yaml, line 4, column 8: is not YAML (expected ',' or ']', but got ':')"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x: &x [*x]\n", ": is nested too deep, or an alias holds itself"),
        ("x: &x {a: *x}\n", ": is nested too deep, or an alias holds itself"),
        (f"x: {'[' * 3000}{']' * 3000}\n", ": is nested too deep, or an alias holds itself"),
        (f"x: 1{'0' * 5000}\n", ": holds a value that cannot be read (Exceeds the limit"),
        (
            "a: &a [1, 1, 1, 1, 1, 1, 1, 1]\n"
            + "".join(
                f"{y}: &{y} [{', '.join([f'*{x}'] * 8)}]\n"
                for x, y in itertools.pairwise("abcdefgh")
            ),
            ", holds more than 1,000,000 values: its aliases multiply",
        ),
    ],
)
def test_yaml_that_cannot_be_a_study(study, text: str, words: str):
    folder = study(yaml("", text))
    assert message(folder).startswith(f"small/study.yaml{words}")


def test_what_is_not_a_mapping(study):
    folder = study()
    (folder / "study.yaml").write_text("just words\n")
    assert message(folder) == "small/study.yaml: must be a mapping of keys to values"


def test_what_is_not_text(study):
    folder = study()
    (folder / "study.yaml").write_bytes(b"title: caf\xe9\n")
    assert message(folder) == "small/study.yaml: is not UTF-8 text"
    study()
    (folder / "campuses.csv").write_bytes(TABLES["campuses.csv"].encode("utf-16"))
    assert message(folder) == in_study("campuses.csv: is not UTF-8 text")
    (folder / "campuses.csv").write_bytes(b"")
    assert message(folder) == in_study(
        "campuses.csv: is empty, it must start with a row of column names"
    )


def test_key_twice(study):
    folder = study(yaml("periods: 2", "periods: 2\n  periods: 3"))
    assert message(folder) == "small/study.yaml, line 8: key 'periods' is given twice"


def test_schema_version(study):
    assert message(study(yaml("schema_version: 1", "schema_version: 2"))) == (
        "small/study.yaml: schema_version 2 is not supported, this version of siting reads 1"
    )
    assert message(study(yaml("schema_version: 1\n", ""))) == in_study("schema_version: missing")


def test_catalog_that_is_not_there(study):
    folder = study(yaml("", "catalog: {source: prices}\n"))
    with pytest.raises(CatalogError) as caught:
        load_study(folder)
    assert str(caught.value) == (
        f"catalog {folder.resolve() / 'prices'}: no CSV file. "
        "A catalog is a folder of CSV files, or 'bundled'"
    )


SCENARIOS = """\
scenarios:
  dear_power:
    workloads.train.unserved_usd_per_mw_year: 1.0e7
  typo:
    workloads.0.survivl_fraction: 0.5
  late:
    workloads.jobs.min_peer_mw: 5
  deep:
    name.first: x
"""


def test_scenarios(study):
    folder = study(("scenarios.yaml", "", SCENARIOS))
    loaded = load_study(folder, "dear_power")
    assert loaded.file.workloads[0].unserved_usd_per_mw_year == 1e7
    assert loaded.scenario == "dear_power"
    assert message(folder, scenario="dear_powr") == (
        "small/scenarios.yaml: no scenario 'dear_powr'. Did you mean 'dear_power'?"
    )
    assert message(folder, scenario="x") == (
        "small/scenarios.yaml: no scenario 'x'. Known: dear_power, typo, late, deep"
    )
    assert message(folder, scenario="typo") == (
        "small/study.yaml, scenario 'typo': 1 problem\n"
        "  workloads[0]: unknown key 'survivl_fraction'. Did you mean 'survival_fraction'?"
    )
    assert message(folder, scenario="late") == (
        "scenario 'late': key 'workloads.jobs.min_peer_mw': 'jobs' is no item of 'workloads'. "
        "Known: 0 to 0, train"
    )
    assert message(folder, scenario="deep") == (
        "scenario 'deep': key 'name.first': 'name' is 'small', it has no parts"
    )


def test_scenarios_file(study):
    assert message(study(("scenarios.yaml", "", "dear: {}\n")), scenario="dear") == (
        "small/scenarios.yaml: must have the one key 'scenarios', a mapping of name to overrides"
    )
    folder = study(("scenarios.yaml", "", "scenarios: {../up: {}, flat: 3}\n"))
    assert message(folder, scenario="flat") == (
        "small/scenarios.yaml: 2 problems\n"
        "  scenarios: name '../up' must be letters, digits, '.', '_' or '-', "
        "starting with a letter or digit\n"
        "  scenarios.flat: must map dotted keys to values (got 3)"
    )


def test_no_scenarios(study):
    assert message(study(), scenario="base") == (
        "small/scenarios.yaml: no scenario 'base'. Known: none"
    )


def test_overrides(study):
    folder = study()
    overrides = {"catalog.overrides.grid.line345": 3, "workloads.0.traffic.view": "collective"}
    loaded = load_study(folder, overrides=overrides)
    assert loaded.file.catalog.overrides == {"grid.line345": 3}
    assert loaded.file.workloads[0].traffic.view == "collective"
    assert message(folder, overrides={"workloads.3.min_peer_mw": 1}) == (
        "override: key 'workloads.3.min_peer_mw': '3' is no item of 'workloads'. "
        "Known: 0 to 0, train"
    )


def test_override_changes_one_of_two_that_share_an_anchor(study):
    folder = study(
        yaml("id: train", "id: train\n    traffic: &t {nic_gbps: 400}"),
        yaml("", "  - {id: other, it_demand_mw: [1, 1], traffic: *t}\n"),
    )
    loaded = load_study(folder, overrides={"workloads.0.traffic.nic_gbps": 800})
    assert [job.traffic.nic_gbps for job in loaded.file.workloads] == [800, 400]


# Before solving

HOPELESS: dict[str, tuple[tuple[Change, ...], str]] = {
    "power after the horizon": (
        (
            (
                "power_timelines.csv",
                "S1,2027-01-01,150\nS1,2029-01-01,300\nS2,2027-06-01,100\n",
                "S1,2031-01-01,300\n",
            ),
        ),
        (
            "no campus can be powered in any period: the first is campus 'A' at substation 'S1' on "
            "2031-01-01, and the last period starts on 2029-01-01"
        ),
    ),
    "no substation near": (
        (yaml("", "sites: {tie_line_rule: {max_length_km: 1}}\n"),),
        (
            "no campus can be powered in any period: no allowed substation lies within 1 km of "
            "tie line"
        ),
    ),
    "every substation forbidden": (
        (
            yaml("", "sites: {tie_lines: tie_lines.csv}\n"),
            yaml("", "rules: {forbid_substations: [S1, S2]}\n"),
        ),
        (
            "no campus can be powered in any period: no allowed campus has a tie line to an "
            "allowed substation"
        ),
    ),
    "no headroom at all": (
        (("power_timelines.csv", "S1,2027-01-01,150\nS1,2029-01-01,300\nS2,2027-06-01,100\n", ""),),
        (
            "no campus can be powered in any period: no substation that a campus can reach ever "
            "has headroom"
        ),
    ),
    "pinned campus too late": (
        (
            ("campuses.csv", "300,2027-01-01,South", "300,2030-01-01,South"),
            yaml("", "rules: {pin_campuses: [B]}\n"),
        ),
        (
            "rules.pin_campuses: campus 'B' can open on 2030-01-01 at the earliest, after the "
            "start of the last period, 2029"
        ),
    ),
}


def findings(folder: Path):
    from siting.catalog import load_catalog

    return presolve(load_study(folder), load_catalog())


@pytest.mark.parametrize(("changes", "line"), HOPELESS.values(), ids=HOPELESS.keys())
def test_hopeless(study, changes, line):
    assert findings(study(*changes)).hopeless == (line,)


WARNINGS: dict[str, tuple[tuple[Change, ...], tuple[str, ...]]] = {
    "nothing": ((), ()),
    "demand beyond headroom": (
        (yaml("[100, 200]", "[100, 900]"),),
        (
            (
                "2029: workloads ask for 900 MW of IT load; substations in reach have 400 MW "
                "(facility) and campuses with power host 451 MW of IT: at least 599 MW stay "
                "unserved, at a price"
            ),
        ),
    ),
    "demand below a peer": (
        (yaml("", "    min_peer_mw: 150\n"),),
        (
            (
                "workloads[0]: min_peer_mw 150 MW is above the demand in 2028 (100 MW): none of it "
                "can be served then"
            ),
        ),
    ),
    "campus without tie line": (
        (
            yaml("", "sites: {tie_lines: tie_lines.csv}\n"),
            ("tie_lines.csv", "B-S2,B,S2,10,400\n", ""),
        ),
        ("no tie line can reach: 'B'; these campuses will stay closed",),
    ),
    "substation without timeline": (
        (("power_timelines.csv", "S2,2027-06-01,100\n", ""),),
        ("power_timelines.csv: no row for 1 of 2 substations, which never have headroom: 'S2'",),
    ),
}


@pytest.mark.parametrize(("changes", "lines"), WARNINGS.values(), ids=WARNINGS.keys())
def test_warnings(study, changes, lines):
    found = findings(study(*changes))
    assert (found.hopeless, found.warnings) == ((), lines)


def test_errors_are_of_one_tree():
    for error in (StudyError, TableError, CatalogError):
        assert issubclass(error, SitingError)
        assert issubclass(error, ValueError)
