"""A lower bound of the network's cost over every route of the saved network, candidates or not.

For one period at a time, with sites, roles and modes fixed (``models/formulation.md``, section 6):

* :mod:`~siting.solve.all_routes.needs`: what a link needs, and what its pairs and channels cost;
* :mod:`~siting.solve.all_routes.disjoint`: two disjoint paths of least weight, with duals;
* :mod:`~siting.solve.all_routes.links`: the bound of one link for given shares of shared costs;
* :mod:`~siting.solve.all_routes.hut_tolls`: huts as a toll on the way;
* :mod:`~siting.solve.all_routes.shares`: the shares that make the sum of all links largest.
"""

from siting.solve.all_routes.bound import all_routes_bound

__all__ = ["all_routes_bound"]
