"""Instances with their route graph, also where the candidate routes are all routes."""

from __future__ import annotations

import dataclasses

from siting import build_instance
from siting.instance import Instance
from siting.instance.calendar import Calendar
from siting.instance.fiber_routes import linkable
from siting.instance.plant import Plant
from siting.instance.route_graph import route_graph
from siting.instance.transport import DesignFactory
from siting.instance.variants import all_types
from siting.network import CandidateNetwork
from siting.study import Study
from siting.study_copy import study_catalog


def instance_with_graph(study: Study, network: CandidateNetwork) -> Instance:
    """Return the instance of a study with the graph of every corridor within reach."""
    instance = build_instance(study, network)
    catalog = study_catalog(study)
    calendar = Calendar.of(study.file.horizon)
    types = all_types(network, study.file.transport.fiber_types)
    options = DesignFactory.of(catalog, study, calendar, types).options.values()
    limits = linkable(instance.workloads)
    graph = route_graph(Plant(study, network, catalog, calendar), limits, options)
    return dataclasses.replace(instance, graph=graph)
