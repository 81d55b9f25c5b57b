"""Cost lines of the network, by plain arithmetic from the instance."""

from __future__ import annotations

from siting.formulation.sites import rack_group, rack_price
from siting.instance import Instance
from siting.solve.ledger import Ledger
from siting.solve.network_choice import NetworkChoice


def charge_network(book: Ledger, instance: Instance, network: NetworkChoice) -> None:
    """Charge routes, fiber and huts."""
    _routes(book, instance, network)
    _plant(book, instance, network)


def _routes(book: Ledger, instance: Instance, network: NetworkChoice) -> None:
    for (r, d), pairs in network.pairs.items():
        design = instance.fiber_routes[r].designs[d]
        channels = network.channels[r, d]
        book.series(
            "amplifiers",
            design.amplifier_usd_per_pair_year,
            pairs,
            design.amplifier_capital_usd_per_pair,
        )
        book.series(
            "terminals",
            design.terminal_usd_per_pair_year,
            pairs,
            design.terminal_capital_usd_per_pair,
        )
        book.series(
            "transponders",
            design.transponder_usd_per_channel_year,
            channels,
            design.transponder_capital_usd_per_channel,
        )
        book.series(
            "regenerators",
            design.regenerator_usd_per_channel_year,
            channels,
            design.regenerator_capital_usd_per_channel,
        )
        book.series("transport_energy", design.energy_usd_per_pair_year, pairs)
        book.series("transport_energy", design.energy_usd_per_channel_year, channels)
    for v, waves in network.waves.items():
        wave = instance.wave_routes[v]
        book.series("leases", wave.lease_usd_per_year, waves, wave.capital_usd)
        book.series("transport_energy", wave.energy_usd_per_year, waves)


def _plant(book: Ledger, instance: Instance, network: NetworkChoice) -> None:
    for e, first in network.built_from.items():
        corridor = instance.corridors[e]
        book.asset("corridors", corridor.build_usd_per_year, first, corridor.build_capital_usd)
        book.asset("maintenance", corridor.own_maintenance_usd_per_year, first)
    for (e, fiber_type, fibers), count in network.cables.items():
        corridor, kind = instance.corridors[e], (fiber_type, fibers)
        book.series(
            "cables", corridor.cable_usd_per_year[kind], count, corridor.cable_capital_usd[kind]
        )
    for e, pairs in network.iru_pairs.items():
        corridor = instance.corridors[e]
        book.series(
            "irus", corridor.iru_usd_per_pair_year, pairs, corridor.iru_capital_usd_per_pair
        )
        held = [float(n > 0) for n in pairs]
        book.series("maintenance", corridor.iru_maintenance_usd_per_year, held)
    for h, first in network.hut_from.items():
        taken = instance.huts[h].classes[network.hut_class[h]]
        book.asset("huts", taken.usd_per_year, first, taken.capital_usd)
        book.asset("maintenance", taken.maintenance_usd_per_year, first)
    for (h, _), racks in network.racks.items():
        price = rack_price(instance.huts[h], rack_group(network.hut_class[h]))
        book.series("huts", price[0], racks, price[1])
