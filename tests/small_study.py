"""A study of two campuses and one corridor that solves in a second."""

from __future__ import annotations

from pathlib import Path

STUDY = """\
schema_version: 1
name: small
title: A small study
horizon:
  decision_date: 2024-01-01
  start: 2028-01-01
  periods: 2
workloads:
  - id: train
    it_demand_mw: [100, 200]
"""

TABLES = {
    "campuses.csv": """\
id,name,lon,lat,kind,limit_mw,earliest_date,grid_region
A,Alpha,-97.0,32.0,greenfield,300,2027-01-01,North
B,Bravo,-97.5,31.0,greenfield,300,2027-01-01,South
""",
    "substations.csv": """\
id,name,lon,lat,kv,grid_region
S1,One,-97.1,32.0,345,North
S2,Two,-97.4,31.0,345,South
""",
    "power_timelines.csv": """\
substation_id,date,headroom_mw
S1,2027-01-01,150
S1,2029-01-01,300
S2,2027-06-01,100
""",
    "tie_lines.csv": """\
id,campus_id,substation_id,length_km,capacity_mw
A-S1,A,S1,10,400
B-S2,B,S2,10,400
""",
    "nodes.csv": """\
id,lon,lat,campus_id
NA,-97.0,32.0,A
NB,-97.5,31.0,B
""",
    "corridors.csv": """\
id,node_a,node_b,length_km
C1,NA,NB,120
""",
    "leased_waves.csv": """\
id,carrier,campus_a,campus_b,rate_gbps,length_km,corridors,max_waves,usd_per_month
W1,Acme,A,B,400,150,C1,4,9000
""",
}

SCENARIOS = """\
scenarios:
  dear:
    catalog.overrides.idle: 20
  weak:
    workloads.train.survival_fraction: 0
"""


def write_small_study(folder: Path, *, scenarios: bool = False) -> Path:
    """Write the study; it asks for more than one campus can be powered for."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {**TABLES, "study.yaml": STUDY.replace("[100, 200]", "[100, 250]")}
    if scenarios:
        texts["scenarios.yaml"] = SCENARIOS
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder
