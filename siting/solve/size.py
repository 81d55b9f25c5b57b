"""How large a problem is: what decides whether it is solved in one piece."""

from __future__ import annotations

from siting.instance import Instance


def size(instance: Instance) -> int:
    """Return the number of choices on routes: designs and huts, in every period."""
    routes = instance.fiber_routes.values()
    return sum(len(r.designs) + len(r.huts) for r in routes) * len(instance.periods)
