"""A small plan made by hand: campuses in Texas, three links, IRU and own cable, old and new.

Three peers around a hub and a replica; an upgrade, bridging, two feeds with N-1, things that stand
already, hut classes, hollow-core fiber, a regenerator, and the alternative on one campus.
Nothing here was solved; it is plausible enough to look at and complete enough to fill every report.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Literal

from siting.network import CandidateNetwork, Corridor, Hut, Node, TieLine
from siting.plan import (
    COST_LINES,
    NETWORK_COST_LINES,
    Alternative,
    Bounds,
    LinkDemand,
    OperatingMode,
    Plan,
    PlannedBridging,
    PlannedCampus,
    PlannedCorridor,
    PlannedHut,
    PlannedLink,
    PlannedRoute,
    PlannedSubstation,
    PlannedTieLine,
    PlannedUpgrade,
    PlannedWorkload,
    Provenance,
    RouteMode,
)
from siting.report.costs import LINE_LABELS
from siting.report.materials import bill_of_materials
from siting.report.shapes import flat_km
from siting.report.view import View
from siting.study import Caps, Horizon, Rules, Study, StudyFile, Transport, Workload
from siting.study_workload import ReplicaRule
from siting.tables import (
    BridgingRow,
    CampusRow,
    SubstationRow,
    TieLineRow,
    TimelineRow,
    UpgradeRow,
)
from siting.verify.verification import (
    ExchangeFacts,
    LinkFacts,
    LinkService,
    OptionFacts,
    RouteFacts,
    Verification,
    Violation,
)

AmplifierName = Literal["none", "legacy", "conventional", "multi_rail"]
HutClass = Literal["small", "large", "leased", "provider", "existing"]
Role = Literal["training", "checkpoint"]
PERIODS = ("2027", "2028", "2029", "2030")
CAMPUSES = {
    "abilene": ("Stargate Abilene", -99.783, 32.503, "announced", 2121, 2027, "ERCOT West"),
    "denton": ("Denton & Sons", -97.24, 33.21, "announced", 340, 2027, "ERCOT North Central"),
    "waco": ("Waco <east>", -97.1, 31.6, "greenfield", 900, 2029, "ERCOT North Central"),
    "hills": ("Hillsboro Annex", -97.05, 32.35, "existing", 160, 2027, "ERCOT North"),
    "corpus": ("Corpus Christi", -97.6, 28.1, "greenfield", 800, 2028, "ERCOT South"),
}
STATIONS = {
    "s1": ("Mulberry Creek", -99.68, 32.42, 345, False),
    "s2": ("Krum West", -97.35, 33.25, 345, True),
    "s3": ("Lake Creek", -96.98, 31.46, 345, True),
    "s4": ("Corpus North", -97.68, 27.95, 345, True),
    "s5": ("Graham", -98.55, 33.12, 500, False),
    "s6": ("Fort Phantom", -99.62, 32.66, 345, False),
    "s7": ("Whitney", -97.2, 32.2, 345, True),
}
JUNCTIONS = {
    "weatherford": (-97.8, 32.76),
    "wichita": (-98.5, 33.9),
    "dallas": (-96.8, 32.78),
    "stephenville": (-98.2, 32.22),
    "hillsboro": (-97.13, 32.01),
}
WAYS = {
    "abi-wea": ("abilene", "weatherford", "rail", "longhorn"),
    "wea-den": ("weatherford", "denton", "road", None),
    "abi-wic": ("abilene", "wichita", "road", None),
    "wic-den": ("wichita", "denton", "road", None),
    "den-dal": ("denton", "dallas", "road", None),
    "dal-hil": ("dallas", "hillsboro", "road", None),
    "hil-wac": ("hillsboro", "waco", "road", None),
    "wac-ste": ("waco", "stephenville", "road", None),
    "ste-wea": ("stephenville", "weatherford", "road", None),
    "abi-ste": ("abilene", "stephenville", "power", None),
    "hil-wea": ("hillsboro", "weatherford", "road", None),
    "hil-ann": ("hillsboro", "hills", "road", None),
}
ROUTES = {
    "r1": ("abilene", "denton", ("abi-wea", "wea-den")),
    "r2": ("abilene", "denton", ("abi-wic", "wic-den")),
    "r3": ("denton", "waco", ("den-dal", "dal-hil", "hil-wac")),
    "r4": ("denton", "waco", ("wea-den", "ste-wea", "wac-ste")),
    "r5": ("denton", "hills", ("den-dal", "dal-hil", "hil-ann")),
}
FIBER = {"r1": "G652D", "r2": "G652D", "r3": "HCF", "r4": "G652D", "r5": "G652D"}
AMPLIFIERS: dict[str, AmplifierName] = {"r2": "multi_rail", "r5": "none"}
"""Amplifier type of a route; conventional where not named."""
EXISTING_CAMPUS = {"existing_it_mw": 80.0, "existing_until": dt.date(2032, 1, 1)}
TIES = (
    ("abilene", "s1"),
    ("abilene", "s6"),
    ("denton", "s2"),
    ("waco", "s3"),
    ("hills", "s7"),
)
STARTS: dict[str, int | None] = {"abilene": 0, "denton": 1, "waco": 2, "hills": None}
SYNTHETIC = (
    "Power timelines of all substations are a scenario, not utility data.",
    "IRU offer of 'longhorn' & its huts are invented <for tests>.",
)


@dataclass(frozen=True)
class Case:
    """Everything that a report is made from."""

    plan: Plan
    verification: Verification
    network: CandidateNetwork
    study: Study

    def rejected(self) -> Case:
        """Return the same plan as the verifier would reject it."""
        violation = Violation(
            rule="terminal_span",
            where="route r2",
            value=104.2,
            limit=100.0,
            unit="km",
            message="route r2: the first span is 104.2 km; it must be at most 100 km <b>",
        )
        verdict = self.verification.model_copy(
            update={"accepted": False, "violations": (violation,)}
        )
        return replace(self, verification=verdict)


def make_case() -> Case:
    study = _study()
    network = _equipped(_network())
    plan = _plan(network)
    blank = Verification(
        accepted=True,
        violations=(),
        rules_checked={"rtt_limit": 4, "terminal_span": 8},
        objective_usd=0,
        recomputed_costs_usd={},
        recomputed_upfront_cash_usd={},
        links=(),
        exchanges=(),
    )
    plan = _priced(plan, View(plan, blank, network, study))
    return Case(plan, _verified(plan, blank), network, study)


def _study() -> Study:
    file = StudyFile(
        schema_version=1,
        name="texas-hand",
        title="North Texas, 1 GW by hand",
        synthetic=SYNTHETIC[:1],
        horizon=Horizon(decision_date=dt.date(2026, 1, 1), start=dt.date(2027, 1, 1), periods=4),
        transport=Transport(
            fiber_types=("G652D", "HCF"),
            amplifier_types=("conventional", "multi_rail"),
            hut_classes=("small", "large"),
            max_regenerators=1,
        ),
        rules=Rules(caps=Caps(campus_openings=2, upfront_usd=(9e9, 9e9, 9e9, 9e9))),
        workloads=(
            Workload(
                id="frontier",
                it_demand_mw=(200, 400, 700, 1000),
                bandwidth_levels=(0.9, 1.0),
                replica=ReplicaRule(max_share=0.2, goodput_loss_fraction=0.03),
                checkpoint_copies=2,
                max_share_per_campus=0.8,
                max_share_per_region=0.85,
                min_link_availability=0.99,
            ),
        ),
    )
    campuses = {
        key: CampusRow.model_validate(
            {
                "id": key,
                "name": name,
                "lon": lon,
                "lat": lat,
                "kind": kind,
                "limit_mw": limit,
                "earliest_date": dt.date(year, 1, 1),
                "fixed_cost_usd": 40e6,
                "grid_region": region,
                **(EXISTING_CAMPUS if key == "hills" else {}),
                "feed_redundancy": "substation" if key == "abilene" else "none",
            }
        )
        for key, (name, lon, lat, kind, limit, year, region) in CAMPUSES.items()
    }
    substations = {
        key: SubstationRow(
            id=key,
            name=name,
            lon=lon,
            lat=lat,
            kv=kv,
            grid_region="ERCOT",
            existing_mw=140.0 if key == "s7" else 0.0,
            synthetic=synthetic,
        )
        for key, (name, lon, lat, kv, synthetic) in STATIONS.items()
    }
    timelines = {
        key: tuple(
            TimelineRow(substation_id=key, date=dt.date(2027 + i, 1, 1), headroom_mw=mw)
            for i, mw in enumerate((200, 420, 700, 900))
        )
        for key in STATIONS
    }
    return Study(
        folder=Path(),
        scenario=None,
        file=file,
        campuses=campuses,
        substations=substations,
        timelines=timelines,
        tie_lines={
            line.id: TieLineRow(
                id=line.id,
                campus_id=line.campus,
                substation_id=line.substation,
                length_km=line.length_km,
                capacity_mw=line.capacity_mw,
                existing=line.id == "t-hills-s7",
            )
            for line in _tie_lines().values()
        },
        nodes={},
        corridors={},
        leased_waves={},
        network_upgrades={
            "u1": UpgradeRow(
                id="u1",
                substation_ids=("s1", "s6"),
                added_mw=200,
                cost_usd=48e6,
                lead_time_years=2,
                synthetic=True,
            )
        },
        bridging={
            "b1": BridgingRow(id="b1", campus_id="abilene", technology="recip", limit_mw=150),
            "b2": BridgingRow(id="b2", campus_id="denton", technology="rental", limit_mw=60),
        },
    )


def _network() -> CandidateNetwork:
    nodes = {
        key: Node(id=f"n-{key}", lon=row[1], lat=row[2], campus=key)
        for key, row in CAMPUSES.items()
        if key != "corpus"
    } | {key: Node(id=f"n-{key}", lon=lon, lat=lat) for key, (lon, lat) in JUNCTIONS.items()}
    corridors, huts = {}, {}
    for key, (a, b, kind, provider) in WAYS.items():
        line = _wiggly((nodes[a].lon, nodes[a].lat), (nodes[b].lon, nodes[b].lat))
        length = 1.05 * sum(flat_km(p, q) for p, q in pairwise(line))
        corridors[key] = Corridor(
            id=key,
            node_a=f"n-{a}",
            node_b=f"n-{b}",
            length_km=length,
            kind=kind,
            buildable=provider is None,
            build_cost_usd_per_km=0 if provider else 110000,
            iru_provider=provider,
            iru_pairs=120 if provider else 0,
            existing_fibers=96 if key == "dal-hil" else 0,
            existing_until="2030-01-01" if key == "dal-hil" else None,
            srlgs=("bridge:brazos",) if key == "hil-wac" else (),
            name=f"{a.title()} {kind}",
            geometry=line,
        )
        for number in range(1, int(length // 5)):
            position = number * length / (length // 5)
            lon, lat = _along(line, position / length)
            huts[f"h-{key}-{number:02d}"] = Hut(
                id=f"h-{key}-{number:02d}",
                corridor=key,
                node=None,
                position_km=position,
                operator=provider or "own",
                lon=lon,
                lat=lat,
            )
    return CandidateNetwork(
        name="texas-hand",
        nodes={node.id: node for node in nodes.values()},
        corridors=corridors,
        huts=huts,
        tie_lines=_tie_lines(),
        diverse_campuses=frozenset({"abilene", "denton", "waco"}),
        definition={"source": "made by hand", "corridors": str(len(corridors))},
        synthetic=SYNTHETIC,
    )


def _equipped(network: CandidateNetwork) -> CandidateNetwork:
    """Return the network with an old hut on one route and a regenerator site on another."""
    old = _spans(network, *ROUTES["r2"][::2])[1][1]
    again = _spans(network, *ROUTES["r4"][::2])[1][1]
    huts = {
        old: replace(network.huts[old], existing_racks=3, space_racks=6, power_kw=30.0),
        again: replace(network.huts[again], can_regenerate=True),
    }
    return replace(network, huts=network.huts | huts)


def _tie_lines() -> dict[str, TieLine]:
    points = {k: v[1:3] for k, v in CAMPUSES.items()}
    return {
        f"t-{c}-{s}": TieLine(
            id=f"t-{c}-{s}",
            campus=c,
            substation=s,
            length_km=1.3 * flat_km(points[c], STATIONS[s][1:3]),
            capacity_mw=1200,
            geometry=(points[c], STATIONS[s][1:3]),
        )
        for c, s in (*TIES, ("corpus", "s4"))
    }


def _wiggly(a, b):
    steps = 24
    dx, dy = b[0] - a[0], b[1] - a[1]
    bend = 0.035
    return tuple(
        (
            round(
                a[0]
                + dx * i / steps
                - dy * bend * math.sin(2.5 * math.pi * i / steps) * (i < steps),
                5,
            ),
            round(
                a[1]
                + dy * i / steps
                + dx * bend * math.sin(2.5 * math.pi * i / steps) * (i < steps),
                5,
            ),
        )
        for i in range(steps + 1)
    )


def _along(line, share):
    left = share * sum(flat_km(p, q) for p, q in pairwise(line))
    for p, q in pairwise(line):
        step = flat_km(p, q)
        if left <= step:
            return (
                round(p[0] + left / step * (q[0] - p[0]), 5),
                round(p[1] + left / step * (q[1] - p[1]), 5),
            )
        left -= step
    return line[-1]


def _spans(network: CandidateNetwork, start: str, path: tuple[str, ...]):
    """Choose huts at about equal distances along a route."""
    node, offset, candidates = f"n-{start}", 0.0, []
    for key in path:
        edge = network.corridors[key]
        forward = edge.node_a == node
        for hut in network.huts.values():
            if hut.corridor == key:
                at = hut.position_km if forward else edge.length_km - hut.position_km
                candidates.append((offset + at, hut.id))
        offset += edge.length_km
        node = network.other_end(key, node)
    count = math.ceil(offset / 90) - 1
    targets = [offset * i / (count + 1) for i in range(1, count + 1)]
    chosen = [min(candidates, key=lambda c: abs(c[0] - at)) for at in targets]
    stops = [0.0, *(at for at, _ in chosen), offset]
    return offset, tuple(hut for _, hut in chosen), tuple(b - a for a, b in pairwise(stops))


def _plan(network: CandidateNetwork) -> Plan:
    served: dict[str, tuple[float, ...]] = {
        "abilene": (150.0, 300.0, 400.0, 520.0),
        "denton": (0.0, 80.0, 180.0, 200.0),
        "waco": (0.0, 0.0, 98.0, 180.0),
    }
    replica: dict[str, tuple[float, ...]] = {"hills": (0.0, 0.0, 12.0, 80.0)}
    routes, amplified = _routes(network)
    demand: dict[tuple[str, str], tuple[Role, tuple[float, ...]]] = {
        ("abilene", "denton"): ("training", (0.0, 120000.0, 260000.0, 300000.0)),
        ("denton", "waco"): ("training", (0.0, 0.0, 150000.0, 270000.0)),
        ("denton", "hills"): ("checkpoint", (0.0, 0.0, 124.4, 124.4)),
    }
    mode = OperatingMode(
        paradigm="hierarchical",
        fabric="hub",
        peers_min=2,
        peers_max=8,
        rtt_class_ms=5.0,
        link_rtt_limit_ms=4.996,
        bandwidth_level=0.9,
        hub="denton",
        goodput_loss_fraction=0.005 + 0.025 + 0.6 * (1 / 0.9 - 1),
    )
    bridging = (
        PlannedBridging(
            id="b1",
            campus="abilene",
            capacity_mw=(90.0, 120.0, 120.0, 120.0),
            output_mw=(60.0, 40.0, 0.0, 0.0),
        ),
        PlannedBridging(
            id="b2",
            campus="denton",
            capacity_mw=(0.0, 20.0, 30.0, 0.0),
            output_mw=(0.0, 20.0, 30.0, 0.0),
        ),
    )
    return Plan(
        study="texas-hand",
        periods=PERIODS,
        objective_usd=0,
        costs_usd=dict.fromkeys(COST_LINES, 0.0),
        upfront_cash_usd={},
        **_power(served | replica, bridging),
        network_upgrades=(PlannedUpgrade(id="u1", in_service_from=2),),
        bridging=bridging,
        campuses=(
            *(
                PlannedCampus(id=c, in_service_from=STARTS[c], built_it_mw=served[c])
                for c in served
            ),
            PlannedCampus(id="hills", in_service_from=None, built_it_mw=(0.0, 0.0, 0.0, 0.0)),
        ),
        workloads=(
            PlannedWorkload(
                id="frontier",
                paradigm="hierarchical",
                fabric="hub",
                hub="denton",
                modes=(None, mode, mode, mode),
                served_it_mw=served,
                replica_it_mw=replica,
                replica_homes={"hills": (None, None, "denton", "denton")},
                unserved_it_mw=(50.0, 20.0, 10.0, 20.0),
            ),
        ),
        links=tuple(
            PlannedLink(
                campuses=ends,
                demands=(
                    LinkDemand(workload="frontier", role=demand[ends][0], gbps=demand[ends][1]),
                ),
                routes=tuple(found),
            )
            for ends, found in routes.items()
        ),
        corridors=tuple(_corridors(network)),
        huts=tuple(_huts(network, amplified)),
        bounds=Bounds(
            bound_usd=0,
            gap_usd=0,
            relative_gap=0,
            bound_scope="all_routes",
            network_bound_usd=0,
            network_gap_usd=0,
            network_relative_gap=0,
            network_bound_scope="candidate_routes",
        ),
        provenance=Provenance(
            versions={"siting": "0.1.0", "highspy": "1.11.0"},
            options={"seed": 1, "relative_gap": 1e-6},
            study_sha256="a" * 64,
            network_sha256="b" * 64,
            instance_sha256="c" * 64,
            termination="gap",
            method="decomposition",
        ),
    )


def _power(served, bridging):
    """Return substations and tie lines that carry the load, Abilene over two feeds."""
    load = {c: [1.33 * mw for mw in values] for c, values in served.items()}
    for item in bridging:
        load[item.campus] = [
            mw - out for mw, out in zip(load[item.campus], item.output_mw, strict=True)
        ]
    feeds = {c: sum(campus == c for campus, _ in TIES) for c in served}
    lines, stations = [], []
    for campus, station in TIES:
        flow = tuple(mw / feeds[campus] for mw in load[campus])
        firm = tuple(load[campus]) if feeds[campus] > 1 else flow
        is_old = STARTS[campus] is None
        lines.append(
            PlannedTieLine(
                id=f"t-{campus}-{station}",
                campus=campus,
                substation=station,
                in_service_from=STARTS[campus],
                flow_mw=flow,
                firm_mw=firm,
            )
        )
        stations.append(
            PlannedSubstation(
                id=station,
                in_service_from=STARTS[campus],
                reserved_mw=(0.0,) * 4 if is_old else firm,
            )
        )
    return {"tie_lines": tuple(lines), "substations": tuple(stations)}


def _routes(network: CandidateNetwork):
    """Return the routes of each link, and pairs by hut and amplifier type."""
    routes: dict[tuple[str, str], list[PlannedRoute]] = {}
    amplified: dict[str, dict[str, list[int]]] = {}
    for key, (a, b, path) in ROUTES.items():
        length, chosen, spans = _spans(network, a, path)
        first = 1 if a == "abilene" else 2
        pairs = tuple(0 if t < first else 12 + 6 * (t - first) for t in range(4))
        usual: AmplifierName = "conventional" if chosen else "none"
        kind = AMPLIFIERS.get(key, usual)
        if key == "r5":
            pairs, chosen, spans = (0, 0, 1, 1), (), (length,)
        again = tuple(h for h in chosen if network.huts[h].can_regenerate)[:1]
        routes.setdefault((a, b), []).append(
            PlannedRoute(
                id=key,
                kind="fiber",
                corridors=path,
                supply=tuple(network.corridors[c].iru_provider or "own" for c in path),
                fiber_type=FIBER[key],
                length_km=length,
                huts=chosen,
                regenerators=again,
                spans_km=spans,
                rtt_ms=2 * (length * (3.4 if FIBER[key] == "HCF" else 4.9) + 12) / 1000,
                modes=(
                    RouteMode(
                        module="zr800" if key == "r5" else "zrp800_131e",
                        terminal="fixed_c" if key == "r5" else "roadm_cl",
                        amplifier=kind,
                        pairs=pairs,
                        channels=tuple((1 if key == "r5" else 59) * n for n in pairs),
                    ),
                ),
            )
        )
        for hut in chosen:
            counts = amplified.setdefault(hut, {}).setdefault(
                "conventional" if hut in again else kind, [0] * 4
            )
            counts[:] = [x + y for x, y in zip(counts, pairs, strict=True)]
    return routes, amplified


def _corridors(network: CandidateNetwork):
    for key in sorted({c for _, _, path in ROUTES.values() for c in path}):
        users = [r for r, (_, _, path) in ROUTES.items() if key in path]
        first = min(1 if ROUTES[r][0] == "abilene" else 2 for r in users)
        iru = network.corridors[key].iru_provider is not None
        in_service = tuple(int(t >= first) for t in range(4))
        cables = {f"{kind}/432": in_service for kind in sorted({FIBER[r] for r in users})}
        yield PlannedCorridor(
            id=key,
            built_from=None if iru else first,
            cables={} if iru else cables,
            iru_pairs=(0, 12, 18, 24) if iru else (0, 0, 0, 0),
        )


def _huts(network: CandidateNetwork, amplified):
    per_rack = {"conventional": 20, "multi_rail": 160}
    for key, by_type in sorted(amplified.items()):
        hut = network.huts[key]
        first = min(next(t for t, n in enumerate(pairs) if n) for pairs in by_type.values())
        kind: HutClass = "small" if hut.operator == "own" else "provider"
        if hut.existing_racks:
            kind = "existing"
        elif len(by_type) > 1 or hut.can_regenerate:
            kind = "large"
        yield PlannedHut(
            id=key,
            hut_class=kind,
            in_service_from=None if kind == "existing" else first,
            racks={
                t: tuple(math.ceil(n / per_rack[t]) for n in pairs)
                for t, pairs in by_type.items()
                if kind != "existing"
            },
        )


def _priced(plan: Plan, view: View) -> Plan:
    """Add costs: cash from the bill of materials, present values in its proportion."""
    names = {label: line for line, label in LINE_LABELS.items()}
    table = bill_of_materials(view)
    cash = {line: [0.0] * 4 for line in COST_LINES}
    for row in table.rows:
        price = row[-2] or 0.0
        for t in range(4):
            cash[names[str(row[0])]][t] += float(row[3 + t] or 0) * float(price)
    costs = {line: round(0.31 * sum(values), 2) for line, values in cash.items()}
    costs |= {
        "energy": 1.4e9,
        "unserved_demand": 8.1e8,
        "goodput_loss": 5.4e8,
        "maintenance": 6.2e6,
        "transport_energy": 3.3e6,
        "interruptions": 4.1e5,
    }
    total = sum(costs.values())
    priced = plan.model_copy(
        update={
            "costs_usd": costs,
            "objective_usd": total,
            "upfront_cash_usd": {line: tuple(v) for line, v in cash.items() if any(v)},
        }
    )
    network = priced.network_cost_usd
    alone = {line: value for line, value in costs.items() if line not in NETWORK_COST_LINES}
    alone |= {"unserved_demand": 9.4e9, "goodput_loss": 0.0, "energy": 8.2e8}
    alone = dict.fromkeys(COST_LINES, 0.0) | alone
    single = Alternative(
        id="single_site",
        objective_usd=sum(alone.values()),
        bound_usd=sum(alone.values()) - 2e4,
        costs_usd=alone,
        unserved_mw_years=1070.0,
        campuses={"frontier": ("abilene",) * 4},
    )
    bounds = plan.bounds.model_copy(
        update={
            "bound_usd": total - 1.2e5,
            "gap_usd": 1.2e5,
            "relative_gap": 1.2e5 / total,
            "network_bound_usd": 0.997 * network,
            "network_gap_usd": 0.003 * network,
            "network_relative_gap": 0.003,
        }
    )
    return priced.model_copy(update={"bounds": bounds, "alternatives": (single,)})


def _verified(plan: Plan, blank: Verification) -> Verification:
    links = tuple(
        LinkFacts(
            campuses=link.campuses,
            routes=tuple(
                RouteFacts(
                    id=route.id,
                    kind=route.kind,
                    length_km=route.length_km,
                    spans_km=route.spans_km,
                    rtt_ms=route.rtt_ms,
                    options=(
                        OptionFacts(
                            module=route.modes[0].module,
                            terminal=route.modes[0].terminal,
                            rtt_ms=route.rtt_ms,
                            channels_per_pair=59,
                            noise_margin_db=1.37,
                        ),
                    ),
                    failures=tuple(f"corridor:{c}" for c in route.corridors),
                )
                for route in link.routes
            ),
            services=(
                LinkService(
                    period=3,
                    workload="frontier",
                    demand_gbps=link.demands[0].gbps[3],
                    rtt_limit_ms=4.996,
                    required_gbps=link.demands[0].gbps[3],
                    capacity_gbps=800.0 * sum(r.modes[0].channels[3] for r in link.routes),
                    worst_failure=f"corridor:{link.routes[0].corridors[0]}",
                    surviving_gbps=sum(
                        800.0 * route.modes[0].channels[3] for route in link.routes[1:]
                    ),
                    required_surviving_gbps=(
                        link.demands[0].gbps[3] if len(link.routes) > 1 else 0.0
                    ),
                ),
            ),
            failures_checked=("corridor:abi-wea",),
        )
        for link in plan.links
    )
    exchanges = tuple(
        ExchangeFacts(
            workload="frontier",
            period=t,
            peers=("abilene", "denton"),
            rtt_budget_ms=10.0,
            rtt_class_ms=5.0,
            latency_ms=3.61,
            goodput_loss_charged=0.005 + 0.025 + 0.6 * (1 / 0.9 - 1),
            goodput_loss_exact=0.005 + 0.01805 + 0.6 * (1 / 0.9 - 1),
        )
        for t in (1, 2, 3)
    )
    return blank.model_copy(
        update={
            "links": links,
            "exchanges": exchanges,
            "objective_usd": plan.objective_usd,
            "recomputed_costs_usd": plan.costs_usd,
            "recomputed_upfront_cash_usd": plan.upfront_cash_usd,
        }
    )
