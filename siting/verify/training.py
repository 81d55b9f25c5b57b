"""Checks of section 4, training: peers, and the links that they require."""

from __future__ import annotations

from collections import defaultdict

from siting.plan import PlannedWorkload
from siting.verify import tolerances
from siting.verify.case import Case
from siting.verify.findings import Rule
from siting.verify.needs import Need, all_needs, peers, stated_gbps
from siting.verify.standing import campus_in_service


def peer_minimum(case: Case, rule: Rule) -> None:
    """A campus that takes part is in service and serves at least the workload's minimum."""
    for planned in case.plan.workloads:
        least = case.workloads[planned.id].min_peer_mw
        for t in range(case.periods):
            for campus in peers(planned, t):
                where = case.at(f"workload {planned.id}, campus {campus}", t)
                served = planned.served_it_mw[campus][t]
                rule.at_least(where, "IT MW of a peer", served, least, "MW", tolerances.MW)
                rule.require(
                    where,
                    "a peer is not in service",
                    ok=campus_in_service(case, campus)[t],
                    value=served,
                    limit=0.0,
                    unit="MW",
                )


def peer_count(case: Case, rule: Rule) -> None:
    """The number of peers lies in the mode's bucket and is at most ``max_peers``."""
    for planned in case.plan.workloads:
        most = case.workloads[planned.id].max_peers
        for t, mode in enumerate(planned.modes):
            count = len(peers(planned, t))
            where = case.at(f"workload {planned.id}", t)
            if mode is not None and count >= 2:
                rule.at_least(where, "number of peers", count, mode.peers_min, "peers")
                rule.at_most(where, "number of peers", count, mode.peers_max, "peers")
            rule.at_most(where, "number of peers", count, most, "peers")


def link_required(case: Case, rule: Rule) -> None:
    """The plan has a link with a demand exactly where the peers and the fabric require one."""
    needed = {
        (need.campuses, need.workload, need.period): need
        for need in all_needs(case)
        if need.role == "training"
    }
    for planned in case.plan.workloads:
        for t in range(case.periods):
            stated = stated_gbps(case, "training", planned.id, t)
            for pair in sorted({p for p, w, s in needed if (w, s) == (planned.id, t)} | {*stated}):
                where = case.at(f"link {pair[0]}-{pair[1]}, workload {planned.id}", t)
                need = needed.get((pair, planned.id, t))
                gbps = need.gbps if need else 0.0
                if need is None:
                    what = "demand of a link that is not required"
                    slack = tolerances.GBPS
                    rule.equal(where, what, stated[pair], 0.0, "Gb/s", slack)
                    continue
                rule.require(
                    where,
                    "the link is required and the plan does not have it; "
                    f"it needs {gbps:,.10g} Gb/s",
                    ok=pair in stated,
                    value=0.0,
                    limit=gbps,
                    unit="Gb/s",
                )


def link_demand(case: Case, rule: Rule) -> None:
    """The demand of a required link is that of section 2, of peers and of replicas."""
    for need in all_needs(case):
        stated = stated_gbps(case, need.role, need.workload, need.period).get(need.campuses)
        if stated is not None:
            slack = tolerances.gbps_slack(need.gbps)
            rule.equal(_where(case, need), "demand", stated, need.gbps, "Gb/s", slack)


def _where(case: Case, need: Need) -> str:
    role = "" if need.role == "training" else ", checkpoint"
    where = f"link {need.campuses[0]}-{need.campuses[1]}, workload {need.workload}{role}"
    return case.at(where, need.period)


def blast_radius(case: Case, rule: Rule) -> None:
    """No campus and no grid region serves more than its share of the workload."""
    for planned in case.plan.workloads:
        workload = case.workloads[planned.id]
        for t in range(case.periods):
            by_campus, by_region = served_mw(case, planned, t)
            total = sum(by_campus.values())
            for kind, served, share in (
                ("campus", by_campus, workload.max_share_per_campus),
                ("grid region", by_region, workload.max_share_per_region),
            ):
                if share is None:
                    continue
                for name, mw in served.items():
                    where = case.at(f"workload {planned.id}, {kind} {name}", t)
                    rule.at_most(where, "IT MW served", mw, share * total, "MW", tolerances.MW)


def served_mw(
    case: Case, planned: PlannedWorkload, period: int
) -> tuple[dict[str, float], dict[str, float]]:
    """Return the IT MW of a workload, peers and replicas, by campus and by grid region."""
    by_campus: dict[str, float] = defaultdict(float)
    by_region: dict[str, float] = defaultdict(float)
    for served in (planned.served_it_mw, planned.replica_it_mw):
        for campus, mw in served.items():
            by_campus[campus] += mw[period]
            by_region[case.study.campuses[campus].grid_region] += mw[period]
    return dict(by_campus), dict(by_region)
