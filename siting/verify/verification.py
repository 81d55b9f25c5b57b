"""What the verifier returns: the verdict, every violation, and facts computed on the way.

All numbers here come from the verifier's own arithmetic; reports may show them beside those of
the plan.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from siting.errors import PlanError, problems_message
from siting.plan import PlanModel


class Violation(PlanModel):
    """One rule broken at one place."""

    rule: str
    """Id of the rule in ``models/formulation.md``."""
    where: str
    """Asset, and period where it matters."""
    value: float | None
    """What the plan has, in ``unit``; None where the matter is no number."""
    limit: float | None
    """What would be right, in ``unit``."""
    unit: str
    message: str
    """Where, what is wrong, and what would be right, in words."""


class OptionFacts(PlanModel):
    """A lit option of a route."""

    module: str
    terminal: str
    rtt_ms: float
    channels_per_pair: int
    noise_margin_db: float | None
    """OSNR at the receiver above the required one, margins included; None for grey modules."""


class RouteFacts(PlanModel):
    """A route, recomputed from the network."""

    id: str
    kind: str
    length_km: float
    spans_km: tuple[float, ...]
    rtt_ms: float | None
    """Largest RTT over the lit options; None when nothing is lit."""
    options: tuple[OptionFacts, ...]
    failures: tuple[str, ...]
    """Every single failure that takes the route down."""


class LinkService(PlanModel):
    """What a link offers to one workload in one period."""

    period: int
    workload: str
    demand_gbps: float
    """Demand of this workload, per direction."""
    rtt_limit_ms: float
    required_gbps: float
    """Demand of all workloads whose limit is at most this one."""
    capacity_gbps: float
    """Capacity within the RTT limit, nothing failed."""
    worst_failure: str | None
    """The failure that leaves least capacity; None when none is enumerated."""
    surviving_gbps: float
    """Capacity within the RTT limit under the worst failure."""
    required_surviving_gbps: float


class LinkFacts(PlanModel):
    """A link, recomputed."""

    campuses: tuple[str, str]
    routes: tuple[RouteFacts, ...]
    services: tuple[LinkService, ...]
    failures_checked: tuple[str, ...]
    """Failures enumerated for the link."""


class ExchangeFacts(PlanModel):
    """A workload in one period with two or more peers."""

    workload: str
    period: int
    peers: tuple[str, ...]
    rtt_budget_ms: float
    rtt_class_ms: float
    latency_ms: float | None
    """Exact latency of an exchange; None when a required link has no route within the limit."""
    goodput_loss_charged: float
    """Fraction, at the RTT class."""
    goodput_loss_exact: float | None
    """Fraction, at the exact latency."""


class Verification(PlanModel):
    """The verdict on a plan."""

    accepted: bool
    """True when there is no violation."""
    violations: tuple[Violation, ...]
    rules_checked: dict[str, int]
    """Number of checks made, by rule."""
    objective_usd: float
    """Recomputed present value, USD."""
    recomputed_costs_usd: dict[str, float]
    """Recomputed present value by line, USD."""
    recomputed_upfront_cash_usd: dict[str, tuple[float, ...]]
    """Recomputed overnight capital by line and period, USD, not discounted."""
    links: tuple[LinkFacts, ...]
    exchanges: tuple[ExchangeFacts, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON."""
        return self.model_dump(mode="json")

    def save(self, path: Path) -> None:
        """Write the verification as JSON."""
        path.write_text(self.model_dump_json(indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Verification:
        """Read a verification.

        Raises:
            PlanError: the file is absent or not a verification.
        """
        try:
            return cls.model_validate_json(path.read_text(encoding="utf-8"))
        except OSError as error:
            msg = f"{path}: cannot be read ({error.strerror})"
            raise PlanError(msg) from error
        except ValidationError as error:
            problems = [
                f"{'.'.join(str(part) for part in item['loc']) or 'file'}: {item['msg']}"
                for item in error.errors()
            ]
            raise PlanError(problems_message(str(path), problems)) from error
