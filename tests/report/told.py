"""What was found about the data of the plan made by hand, and why it is as it is."""

from __future__ import annotations

from siting.data_findings import DataFindings, SiteFinding
from siting.why import Reason, Shortfall, Why


def site(name, *flags):
    return SiteFinding(
        kind="campus",
        id=name,
        where="8 km west of Abilene",
        substation="s1",
        substation_km=3.5,
        road_km=0.4,
        rail_km=None,
        fiber_km=0.4,
        flags=flags,
    )


FINDINGS = DataFindings(
    candidate_routes=40,
    excluded_routes={"spacing": 3, "noise": 2},
    sites=(site("abilene"), site("denton", "lies <0.1 km from 'waco'", "lies in the sea")),
    site_notes=("roads are those of the region",),
)

WHY = Why(
    complete=False,
    time_s=12.0,
    reasons=(
        Reason(
            kind="campus",
            id="denton",
            chosen="opened 2028",
            bound_by=("limit of 400 MW <facility> reached from 2029", "pinned"),
            instead="without it",
            more_usd=2.5e6,
            proof="at_least",
            problem="sites and power",
        ),
        Reason(
            kind="hut", id="h1", chosen="small, from 2028", bound_by=(), instead="without this hut"
        ),
    ),
    shortfalls=(
        Shortfall(
            workload="frontier",
            periods=("2027", "2028"),
            unserved_it_mw=(50.0, 20.0),
            most_it_mw=150.0,
            words=(
                "at most 150.0 of the 200.0 IT MW can be served then, at any cost; the reason: RTT"
            ),
            remedies=("an RTT limit of 1.100 ms", "all dates together, as of 2029"),
        ),
    ),
)
