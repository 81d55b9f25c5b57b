"""What a decomposition knows: each configuration with its master and bound, and the incumbent."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from siting.formulation.admissibility import Admissibility
from siting.formulation.requirements import Requirements
from siting.instance import Instance
from siting.instance.records import Caps
from siting.solve.configurations import Configuration, configurations, most_links, protected
from siting.solve.link_bounds import link_share_usd
from siting.solve.master import Link, Master, SetCut
from siting.solve.network_choice import NetworkChoice
from siting.solve.siting_choice import SitingChoice


@dataclass(slots=True)
class Branch:
    """A configuration with what is known of it."""

    configuration: Configuration
    instance: Instance
    master: Master
    bound_usd: float
    cuts_seen: int = 0
    forbidden_seen: int = 0
    siting: SitingChoice | None = None
    """Siting of the last master, waiting for its network."""
    designed: list[tuple[Requirements, Caps]] = field(default_factory=list)
    """Requirements, with what was left of the caps, whose network was designed."""

    def learn(self, state: State) -> None:
        """Add the cuts and forbidden links found since the last time."""
        for cut in state.cuts[self.cuts_seen :]:
            self.master.add(cut)
        self.cuts_seen = len(state.cuts)
        for links in state.forbidden[self.forbidden_seen :]:
            self.master.forbid(links)
        self.forbidden_seen = len(state.forbidden)


@dataclass(slots=True)
class State:
    """Incumbent and cuts of a run."""

    objective_usd: float = math.inf
    siting: SitingChoice | None = None
    network: NetworkChoice | None = None
    network_bound_usd: float = -math.inf
    cuts: list[SetCut] = field(default_factory=list)
    forbidden: list[frozenset[tuple[Link, int]]] = field(default_factory=list)
    """Links by period that no network can carry together."""


def make_branches(instance: Instance, *, seed: int) -> list[Branch]:
    """Return every configuration with the bound of its relaxation."""
    found = []
    admissible = Admissibility(instance)
    shares: dict[int, dict[Link, float]] = {}
    for configuration in configurations(instance):
        part = configuration.apply(instance)
        jobs = part.workloads.values()
        # No more links are required at once than the roles allow (C1).
        sharers = max(sum(most_links(job) for job in jobs), 1)
        if sharers not in shares:
            every = all(protected(job) for job in jobs)
            shares[sharers] = link_share_usd(instance, sharers, protected=every)
        master = Master(part, shares[sharers], admissible, seed=seed)
        found.append(Branch(configuration, part, master, master.relax()))
    return found
