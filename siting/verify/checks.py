"""Every check, by the id of its rule in ``models/formulation.md``, section by section."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from siting.verify import amplifiers, costs, links, routes, sites, timing, training
from siting.verify.case import Case
from siting.verify.findings import Rule

Check = Callable[[Case, Rule], None]

SHAPE: Final = "plan_shape"
"""Made before all others: see :mod:`siting.verify.shape`."""

CHECKS: Final[tuple[Check, ...]] = (
    timing.lead_time,
    timing.persistence,
    sites.campus_limit,
    sites.campus_capacity,
    sites.power_balance,
    sites.tie_line_limit,
    sites.substation_reservation,
    sites.demand_balance,
    sites.allowed_campus,
    sites.pinned_campus,
    training.peer_minimum,
    training.single_mode,
    training.peer_count,
    training.same_paradigm,
    training.hub_is_peer,
    training.link_required,
    training.link_demand,
    routes.route_path,
    routes.route_supply,
    routes.pair_channels,
    links.rtt_limit,
    links.link_capacity,
    links.survivability,
    links.diverse_entrances,
    routes.corridor_pairs,
    routes.cable_limit,
    routes.iru_limit,
    routes.lease_limit,
    amplifiers.hut_service,
    amplifiers.spans_add_up,
    amplifiers.terminal_span,
    amplifiers.amplifier_spacing,
    amplifiers.amplifier_minimum_spacing,
    amplifiers.span_noise,
    amplifiers.hut_racks,
    costs.cost_lines,
    costs.bounds_consistent,
)
