"""Checks of section 4, training: checkpoint-and-burst replicas, and copies of the checkpoint."""

from __future__ import annotations

from siting.plan import PlannedWorkload
from siting.verify import tolerances
from siting.verify.case import Case
from siting.verify.findings import Rule
from siting.verify.needs import pair_of, peers, replicas, stated_gbps
from siting.verify.standing import campus_in_service


def replica_minimum(case: Case, rule: Rule) -> None:
    """A replica is allowed, in service, no peer, and serves at least the minimum."""
    for planned in case.plan.workloads:
        workload = case.workloads[planned.id]
        allowed = workload.replica is not None
        least = workload.min_peer_mw
        if workload.replica is not None and workload.replica.min_replica_mw is not None:
            least = workload.replica.min_replica_mw
        for t in range(case.periods):
            for campus in replicas(planned, t):
                where = case.at(f"workload {planned.id}, campus {campus}", t)
                served = planned.replica_it_mw[campus][t]
                if not allowed:
                    what = "IT MW of a replica; the workload has none"
                    rule.at_most(where, what, served, 0.0, "MW", tolerances.MW)
                    continue
                rule.at_least(where, "IT MW of a replica", served, least, "MW", tolerances.MW)
                for ok, message in (
                    (campus not in peers(planned, t), "it is peer and replica at once"),
                    (campus_in_service(case, campus)[t], "a replica is not in service"),
                ):
                    rule.require(where, message, ok=ok, value=served, limit=0.0, unit="MW")


def replica_share(case: Case, rule: Rule) -> None:
    """Replicas serve at most their share of what is served."""
    for planned in case.plan.workloads:
        replica = case.workloads[planned.id].replica
        if replica is None:
            continue
        for t in range(case.periods):
            burst = sum(mw[t] for mw in planned.replica_it_mw.values())
            total = burst + sum(mw[t] for mw in planned.served_it_mw.values())
            where = case.at(f"workload {planned.id}", t)
            limit = replica.max_share * total
            what = "IT MW served at replicas"
            rule.at_most(where, what, burst, limit, "MW", tolerances.MW)


def replica_link(case: Case, rule: Rule) -> None:
    """Every replica is linked with one home, a peer; no other link carries checkpoints."""
    for planned in case.plan.workloads:
        for t in range(case.periods):
            linked = _homes(case, planned, t, rule)
            stated = stated_gbps(case, "checkpoint", planned.id, t)
            for pair in sorted(linked | set(stated)):
                where = f"link {pair[0]}-{pair[1]}, workload {planned.id}, checkpoint"
                rule.require(
                    case.at(where, t),
                    "a replica and its home are not linked"
                    if pair in linked
                    else "checkpoints are carried where no replica has its home",
                    ok=pair in linked and pair in stated,
                    value=stated.get(pair, 0.0),
                    unit="Gb/s",
                )


def _homes(case: Case, planned: PlannedWorkload, period: int, rule: Rule) -> set[tuple[str, str]]:
    """Check the homes of a period; return the links that they ask for."""
    linked = set()
    for campus, homes in planned.replica_homes.items():
        home = homes[period]
        where = case.at(f"workload {planned.id}, campus {campus}", period)
        if campus not in replicas(planned, period):
            rule.require(where, f"is no replica and has the home {home}", ok=home is None)
            continue
        known = rule.require(
            where,
            f"home {home} of a replica is not a peer ({', '.join(peers(planned, period))})",
            ok=home in peers(planned, period),
        )
        if known and home is not None:
            linked.add(pair_of(campus, home))
    return linked


def checkpoint_copies(case: Case, rule: Rule) -> None:
    """Whenever MW are served, peers and replicas lie in enough grid regions."""
    for planned in case.plan.workloads:
        copies = case.workloads[planned.id].checkpoint_copies
        for t in range(case.periods):
            holders = {*peers(planned, t), *replicas(planned, t)}
            regions = {case.study.campuses[campus].grid_region for campus in holders}
            if holders and copies > 1:
                where = case.at(f"workload {planned.id}", t)
                what = "number of grid regions with a checkpoint"
                rule.at_least(where, what, len(regions), copies, "regions")
