"""The independent verifier: a plan recomputed from study, network and catalog.

::

    plan -- plan_shape --> Case -- one check for each rule of models/formulation.md --> Verification

Written from the rules, never from the model: no solver, no formulation, no coefficient that the
instance derived. Each check is a function with the id of its rule:

==================  ==========================================================================
``shape``           ``plan_shape``: names, list lengths, hashes, geometry of the saved network;
                    land, crossings and zones of its corridors, course of its tie lines
``timing``          lead times and persistence of every asset
``retirement``      what stands already, and until when
``sites``           campuses, demand, what is allowed, forbidden and pinned
``pins``            corridors, routes and huts that are pinned
``power``           balance, tie lines, on-site generation, N-1 feed, reservations
``caps``            spending and builds of a period
``training``        peers, required links, demand, blast radius
``modes``           operating modes: numbers of section 2, paradigm, hub
``rings``           order of a ring
``replicas``        checkpoint-and-burst replicas, copies of the checkpoint
``routes``          paths, supply, channels, module dates, leased waves
``fiber``           cables and IRU pairs of corridors
``links``           RTT, capacity, survivability, diverse entrances, availability
``huts``            classes, service, racks, power, regenerators
``amplifiers``      spans
``legality``        noise, dispersion and reach of every lit option
``costs``           every cost line to the cent, upfront cash, bounds and gaps
==================  ==========================================================================

Arithmetic: ``dates``, ``standing``, ``money``, ``paradigms``, ``demand``, ``options``, ``noise``,
``traces``, ``sections``, ``interruptions``.
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
