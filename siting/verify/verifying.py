"""``verify``: every rule of ``models/formulation.md``, recomputed."""

from __future__ import annotations

import math

from siting.catalog import Catalog, load_catalog
from siting.network import CandidateNetwork
from siting.plan import Plan, Provenance
from siting.study import Study
from siting.verify.checks import CHECKS, SHAPE
from siting.verify.costs import account
from siting.verify.facts import exchange_facts, link_facts
from siting.verify.findings import Findings, Rule
from siting.verify.listing import in_use_is_listed
from siting.verify.network_shape import network_shape
from siting.verify.shaped import shaped_case
from siting.verify.verification import Verification


def verify(
    plan: Plan,
    study: Study,
    network: CandidateNetwork,
    catalog: Catalog | None = None,
    *,
    study_sha256: str | None = None,
    network_sha256: str | None = None,
) -> Verification:
    """Check a plan against every rule, by arithmetic of its own.

    Args:
        plan: what to check; a plan out of shape gives violations, never an exception.
        study: what the plan answers.
        network: the candidate network that the plan was made on.
        catalog: equipment and costs; None: the one that the study names.
        study_sha256: hash that the plan's provenance must state; None: not compared.
        network_sha256: likewise of the network.

    Raises:
        CatalogError: the catalog lacks a row that the study needs.
    """
    if catalog is None:
        choice = study.file.catalog
        catalog = load_catalog(
            choice.source,
            column=choice.column,
            overrides=choice.overrides,
            folder=study.folder,
        )
    findings = Findings()
    shape = findings.rule(SHAPE)
    _hashes(plan.provenance, study_sha256, network_sha256, shape)
    network_shape(study, network, catalog, shape)
    case = shaped_case(plan, study, network, catalog, shape)
    in_use_is_listed(case, shape)
    for check in CHECKS:
        check(case, findings.rule(check.__name__))
    ledger = account(case)
    costs = ledger.present_values()
    return Verification(
        accepted=not findings.violations,
        violations=tuple(findings.violations),
        rules_checked=dict(findings.checked),
        objective_usd=math.fsum(costs.values()),
        recomputed_costs_usd=costs,
        recomputed_upfront_cash_usd=ledger.upfront_cash(),
        links=link_facts(case),
        exchanges=exchange_facts(case),
    )


def _hashes(provenance: Provenance, study: str | None, network: str | None, rule: Rule) -> None:
    for what, stated, given in (
        ("study", provenance.study_sha256, study),
        ("network", provenance.network_sha256, network),
    ):
        if given is not None:
            rule.require(
                f"provenance.{what}_sha256",
                f"is {stated}; the {what} given has {given}",
                ok=stated == given,
            )
