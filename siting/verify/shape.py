"""``plan_shape``: names are known and used once, lists have one entry for each period.

What is wrong is reported and then left out or padded, so that every other check can index freely:
the plan that :func:`well_shaped` returns never makes a check raise.
"""

from __future__ import annotations

from siting.catalog import Catalog
from siting.network import CandidateNetwork
from siting.plan import Plan
from siting.study import Study
from siting.verify import shape_fiber, shape_sites, shape_workloads
from siting.verify.findings import Rule
from siting.verify.shape_links import LinkShaper
from siting.verify.shaper import Shaper


def well_shaped(
    plan: Plan, study: Study, network: CandidateNetwork, catalog: Catalog, rule: Rule
) -> Plan:
    """Return ``plan`` in good shape; report to ``rule`` what was not."""
    shaper = Shaper(study, network, rule)
    rule.require("plan", f"is of study {plan.study}, not {study.name}", ok=plan.study == study.name)
    rule.require(
        "plan",
        f"is of scenario {plan.scenario}, not {study.scenario}",
        ok=plan.scenario == study.scenario,
    )
    labels = plan.periods
    if len(shaper.fit("plan", "periods", labels, "")) != len(labels):
        labels = tuple(str(t) for t in range(shaper.periods))
    links = LinkShaper(study, network, catalog, shaper.fit, rule)
    shape_workloads.alternatives(shaper, plan.alternatives)
    return plan.model_copy(
        update={
            "periods": labels,
            "substations": tuple(shape_sites.substations(shaper, plan.substations)),
            "network_upgrades": tuple(shape_sites.upgrades(shaper, plan.network_upgrades)),
            "tie_lines": tuple(shape_sites.tie_lines(shaper, plan.tie_lines)),
            "bridging": tuple(shape_sites.bridging(shaper, plan.bridging)),
            "campuses": tuple(shape_sites.campuses(shaper, plan.campuses)),
            "workloads": tuple(shape_workloads.workloads(shaper, plan.workloads)),
            "corridors": tuple(shape_fiber.corridors(shaper, plan.corridors)),
            "huts": tuple(shape_fiber.huts(shaper, plan.huts)),
            "links": links.links(plan.links),
        }
    )
