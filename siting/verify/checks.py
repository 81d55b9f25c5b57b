"""Every check, by the id of its rule in ``models/formulation.md``, section by section."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from siting.verify import (
    amplifiers,
    caps,
    costs,
    fiber,
    huts,
    legality,
    links,
    modes,
    pins,
    power,
    replicas,
    retirement,
    rings,
    routes,
    sites,
    timing,
    training,
)
from siting.verify.case import Case
from siting.verify.findings import Rule

Check = Callable[[Case, Rule], None]

SHAPE: Final = "plan_shape"
"""Made before all others: see :mod:`siting.verify.shape`."""

CHECKS: Final[tuple[Check, ...]] = (
    timing.lead_time,
    timing.persistence,
    retirement.retirement,
    sites.campus_limit,
    sites.campus_capacity,
    power.power_balance,
    power.bridging_limit,
    power.tie_line_limit,
    power.n_minus_1_feed,
    power.substation_reservation,
    sites.demand_balance,
    sites.allowed_campus,
    sites.pinned_campus,
    sites.pinned_substation,
    pins.pinned_corridor,
    pins.pinned_route,
    pins.pinned_hut,
    caps.spend_cap,
    caps.build_cap,
    training.peer_minimum,
    replicas.replica_minimum,
    replicas.replica_share,
    replicas.replica_link,
    modes.single_mode,
    training.peer_count,
    modes.same_paradigm,
    modes.hub_is_peer,
    training.link_required,
    rings.ring_order,
    training.link_demand,
    training.blast_radius,
    replicas.checkpoint_copies,
    routes.route_path,
    routes.route_supply,
    routes.pair_channels,
    routes.module_date,
    links.rtt_limit,
    links.link_capacity,
    links.survivability,
    links.diverse_entrances,
    links.link_availability,
    fiber.corridor_pairs,
    fiber.cable_limit,
    fiber.iru_limit,
    routes.lease_limit,
    huts.hut_class,
    huts.hut_service,
    huts.regenerator_site,
    amplifiers.spans_add_up,
    amplifiers.terminal_span,
    amplifiers.amplifier_spacing,
    amplifiers.amplifier_minimum_spacing,
    legality.span_noise,
    huts.hut_racks,
    huts.hut_power,
    costs.cost_lines,
    costs.bounds_consistent,
)
