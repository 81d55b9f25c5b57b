"""Every cost line of a choice, by plain arithmetic from the instance."""

from __future__ import annotations

from siting.instance import Instance
from siting.solve.interruptions import charge_interruptions
from siting.solve.ledger import Ledger
from siting.solve.network_choice import NetworkChoice
from siting.solve.network_costing import charge_network
from siting.solve.site_costing import charge_sites
from siting.solve.siting_choice import SitingChoice


def ledger(instance: Instance, siting: SitingChoice, network: NetworkChoice) -> Ledger:
    """Return every cost line of a siting and its network."""
    book = Ledger(instance)
    charge_sites(book, instance, siting)
    charge_network(book, instance, network)
    charge_interruptions(book, instance, siting, network)
    return book
