"""Routes found over the map as routes of an instance."""

from __future__ import annotations

from siting.instance import Instance
from siting.instance.records_graph import Proposal
from siting.solve.all_routes import AllRoutes
from siting.solve.presolve import presolve


class FurtherRoutes:
    """Routes of an instance beside its candidates, the same ones only once."""

    def __init__(self) -> None:
        """None were asked for."""
        self._given: set[tuple[str, frozenset[tuple[tuple[str, str], Proposal]]]] = set()

    def routes(self, instance: Instance, found: AllRoutes, most: int, why: str) -> Instance | None:
        """Return the instance with routes found; None where it has them all, or was given them.

        Args:
            instance: with the candidates.
            found: paths of links, the best first.
            most: how many of each link.
            why: what they are for: for something else the same are given once more.
        """
        best = {link: some[:most] for link, some in found.proposals.items()}
        given = why, frozenset((link, path) for link, some in best.items() for path in some)
        source = instance.more_routes
        if source is None or given in self._given:
            return None
        self._given.add(given)
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
