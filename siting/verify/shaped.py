"""A plan brought into shape and laid beside what it is checked against."""

from __future__ import annotations

from siting.catalog import Catalog
from siting.network import CandidateNetwork
from siting.plan import Plan
from siting.study import Study
from siting.verify.case import Case
from siting.verify.findings import Rule
from siting.verify.shape import well_shaped


def shaped_case(
    plan: Plan, study: Study, network: CandidateNetwork, catalog: Catalog, rule: Rule
) -> Case:
    """Return the case of a plan; report to ``rule`` what in the plan was out of shape."""
    return Case(
        plan=well_shaped(plan, study, network, catalog, rule),
        study=study,
        network=network,
        catalog=catalog,
        places={node.campus: node.id for node in network.nodes.values() if node.campus is not None},
    )
