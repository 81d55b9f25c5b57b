"""A lower bound of the network's cost over every route of the saved network, and promising routes.

For all periods together, with sites, roles and modes fixed (``models/formulation.md``, section 6):

* :mod:`~siting.solve.all_routes.needs`: what a link needs, and what its pairs and channels cost;
* :mod:`~siting.solve.all_routes.hut_routes`: the cheapest route with the huts that it needs;
* :mod:`~siting.solve.all_routes.disjoint`: two disjoint paths of least weight, with duals;
* :mod:`~siting.solve.all_routes.links`: the bound of one link for given prices of what is shared;
* :mod:`~siting.solve.all_routes.horizon`: the links over time, and what they share;
* :mod:`~siting.solve.all_routes.ascent`: better prices of what is shared, step by step;
* :mod:`~siting.solve.all_routes.route_problem`: the routes found, chosen at least cost; its duals;
* :mod:`~siting.solve.all_routes.generation`: routes looked for until none is worth more.
"""

from siting.solve.all_routes.bound import AllRoutes, RouteGeneration, all_routes

__all__ = ["AllRoutes", "RouteGeneration", "all_routes"]
