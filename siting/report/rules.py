"""The rules that a plan obeys, in words, and where the report shows each at work."""

from __future__ import annotations

from typing import Final

from siting.report.table import Cell, Column, Table
from siting.report.view import View

_RULES: Final[tuple[tuple[str, str, str], ...]] = (
    ("lead_time", "nothing is in service before its lead time", "Bill of materials"),
    ("persistence", "what is in service stays (rented generation may go)", "Bill of materials"),
    ("retirement", "what stands already serves until its retirement", "What stands already"),
    ("campus_limit", "facility MW of a campus within its limit", "Campuses"),
    ("campus_capacity", "MW served within MW built and standing", "Campuses"),
    ("power_balance", "tie lines and bridging give the peak load", "Feeds of the campuses"),
    ("bridging_limit", "output within capacity within the limit", "Bridging power"),
    ("tie_line_limit", "flow within firm MW within the tie line's limit", "Tie lines"),
    ("n_minus_1_feed", "the load holds without any one feed", "Feeds of the campuses"),
    ("substation_reservation", "firm MW within reservation within headroom", "Substations"),
    ("demand_balance", "served and unserved MW are the demand", "Energization"),
    ("allowed_campus", "nothing forbidden is built or used", "Who serves what"),
    ("pinned_campus", "pinned campuses are in service at the end", "Campuses"),
    ("pinned_substation", "pinned substations are connected at the end", "Substations"),
    ("pinned_corridor", "a route in use at the end takes each pinned corridor", "Corridors"),
    ("pinned_route", "a route in use at the end takes each pinned path", "Routes"),
    ("pinned_hut", "a route in use at the end uses each pinned hut", "Huts"),
    ("spend_cap", "upfront cash of a period within its cap", "Spending and building by period"),
    ("build_cap", "what is built in a period within its caps", "Spending and building by period"),
    ("peer_minimum", "a peer serves at least the least MW", "Who serves what"),
    (
        "replica_minimum",
        "a replica serves at least its least MW, and is no peer",
        "Who serves what",
    ),
    ("replica_share", "replicas serve at most their share", "Who serves what"),
    ("replica_link", "every replica is linked with one peer, its home", "Who serves what"),
    ("single_mode", "one operating mode with two or more peers, else none", "Training"),
    ("peer_count", "number of peers within the mode's bucket", "Training"),
    ("same_paradigm", "paradigm and fabric do not change", "Training"),
    ("hub_is_peer", "the hub is a peer, the same unless it may move", "Training"),
    ("link_required", "peers of a mesh or hub are linked", "Links"),
    ("ring_order", "the links of a ring are one cycle through all peers", "Links"),
    ("link_demand", "demand follows from paradigm, level and MW", "Links"),
    ("blast_radius", "share of one campus or region within its limit", "If a site is lost"),
    ("checkpoint_copies", "enough grid regions hold a checkpoint", "If a site is lost"),
    ("route_path", "a route is a simple path through no third campus", "Routes"),
    ("route_supply", "own cable or one IRU contract, one fiber type", "Routes"),
    ("pair_channels", "channels within what lit pairs hold", "Routes"),
    ("module_date", "no channel before its module is available", "Bill of materials"),
    ("rtt_limit", "only routes within the RTT limit count", "Links"),
    ("link_capacity", "capacity within the limit carries the demand", "Links"),
    ("survivability", "so does what any single failure leaves", "Links"),
    ("diverse_entrances", "protected links end at diverse entrances", "Campuses"),
    ("link_availability", "time interrupted within what is allowed", "Availability"),
    ("corridor_pairs", "own pairs within the fibers of their type", "Corridors"),
    ("cable_limit", "new cables within the number per size", "Corridors"),
    ("iru_limit", "IRU pairs in use within held within the offer", "Corridors"),
    ("lease_limit", "leased waves within the offer", "Routes"),
    ("hut_class", "one allowed class for each hut", "Huts"),
    ("hut_service", "used huts serve the route and are in service", "Routes"),
    ("regenerator_site", "regenerators only where allowed", "Routes"),
    ("terminal_span", "first and last span within the limit", "Spans"),
    ("amplifier_spacing", "spans between huts within the limit", "Spans"),
    ("amplifier_minimum_spacing", "huts not closer than the least distance", "Spans"),
    ("span_noise", "noise of the spans within what the module bears", "Routes"),
    ("hut_racks", "pairs within racks, racks within the space", "Huts"),
    ("hut_power", "equipment within the hut's power", "Huts"),
)
"""Rule of ``models/formulation.md`` section 4, what it holds in words, title of the table."""

_FILE_RULES: Final[tuple[tuple[str, str, str], ...]] = (
    ("plan_shape", "names are known, lists have an entry for each period", "Provenance"),
    ("spans_add_up", "spans add up to the length of the route", "Spans"),
    ("cost_lines", "every cost line is recomputed to the cent", "Costs"),
    ("bounds_consistent", "bounds do not exceed what they bound", "Provenance"),
)

RULE_REPORTS: Final[dict[str, str]] = {rule: place for rule, _, place in (*_RULES, *_FILE_RULES)}
"""Title of the table (section of the page, table of the workbook) that shows a rule at work."""


def rule_table(view: View) -> Table:
    """Return every rule, what it holds, how often it was checked, and where it is seen."""
    broken: dict[str, int] = {}
    for item in view.verification.violations:
        broken[item.rule] = broken.get(item.rule, 0) + 1
    checked = view.verification.rules_checked
    rows: list[tuple[Cell, ...]] = [
        (rule, words, checked.get(rule, 0), broken.get(rule, 0), place)
        for rule, words, place in (*_RULES, *_FILE_RULES)
    ]
    accepted = view.verification.accepted
    failed = sum(bool(row[3]) for row in rows)
    passed = sum(bool(row[2]) and not row[3] for row in rows)
    return Table(
        id="rules",
        title="Rules that this plan obeys"
        if accepted
        else "Rules, and how often this plan breaks them",
        columns=(
            Column(name="Rule"),
            Column(name="What it holds"),
            Column(name="Checks", kind="count", is_summed=True),
            Column(name="Broken", kind="count", is_summed=True),
            Column(name="Seen in"),
        ),
        rows=tuple(rows),
        count=(
            f"{passed:,} passed, {failed:,} failed, "
            f"{len(rows) - passed - failed:,} with nothing to check"
        ),
        strong=frozenset(i for i, row in enumerate(rows) if row[3]),
        totals=(("Total", 0, len(rows)),),
        note="Checked by the independent verifier; a rule that asks nothing here has 0 checks.",
    )
