"""Routes found over the map as routes of an instance."""

from __future__ import annotations

from siting.instance import Instance
from siting.instance.records_graph import Proposal
from siting.solve.all_routes import AllRoutes
from siting.solve.presolve import presolve


def extended(instance: Instance, found: AllRoutes, most: int) -> Instance | None:
    """Return the instance with so many routes of each link; None where it has these all."""
    source = instance.more_routes
    if source is None:
        return None
    best = {link: some[:most] for link, some in found.proposals.items()}
    wider = presolve(source.extended(instance, best))
    is_new = len(wider.fiber_routes) > len(instance.fiber_routes)
    return wider if is_new else None


def proposed(instance: Instance, found: AllRoutes, most: int) -> set[str]:
    """Return the routes of the best proposals of each link."""
    best = {(link, x) for link, some in found.proposals.items() for x in some[:most]}
    return {
        r
        for r, route in instance.fiber_routes.items()
        if (route.link, Proposal.of(route.corridors, route.supply)) in best
    }
