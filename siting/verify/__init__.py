"""The independent verifier: a plan recomputed from study, network and catalog.

::

    plan -- plan_shape --> Case -- one check for each rule of models/formulation.md --> Verification

Written from the rules, never from the model: no solver, no formulation, no coefficient that the
instance derived. Each check is a function with the id of its rule:

==================  ==========================================================================
``shape``           ``plan_shape``: names, list lengths, hashes, geometry of the saved network
``timing``          lead times and persistence of every asset
``sites``           power and sites
``training``        peers, operating modes, required links, demand
``routes``          paths, supply, channels, cables, IRU, leased waves
``links``           RTT, capacity, survivability, diverse entrances
``amplifiers``      huts, spans, noise, racks
``costs``           every cost line to the cent, upfront cash, bounds and gaps
==================  ==========================================================================

Arithmetic: ``dates``, ``money``, ``paradigms``, ``demand``, ``options``, ``noise``, ``traces``.
"""

from __future__ import annotations

from siting.verify.verification import (
    ExchangeFacts,
    LinkFacts,
    LinkService,
    OptionFacts,
    RouteFacts,
    Verification,
    Violation,
)
from siting.verify.verifying import verify

__all__ = [
    "ExchangeFacts",
    "LinkFacts",
    "LinkService",
    "OptionFacts",
    "RouteFacts",
    "Verification",
    "Violation",
    "verify",
]
