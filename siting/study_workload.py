"""The workload section of a study file, and what all sections are made of."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NonNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Fraction = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
ParadigmName = Literal["synchronous", "hierarchical", "diloco", "streaming", "compressed"]
FabricName = Literal["mesh", "hub", "ring"]


class StudyModel(BaseModel):
    """Base of all study sections: frozen, no unknown keys, docs from docstrings."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Traffic(StudyModel):
    """How much traffic a link carries."""

    view: Literal["collective", "fabric_extension"] = "fabric_extension"
    """Bytes of the exchange, or smaller end's accelerators x NIC x ratio."""
    fabric_ratio: NonNegative | None = None
    """Scale-across over scale-out bandwidth for synchronous training; None: ``fabric.ratio``."""
    nic_gbps: Positive | None = None
    """Scale-out bandwidth per accelerator; None: catalog ``fabric.gpu``."""
    it_kw_per_accelerator: Positive | None = None
    """All-in IT power per accelerator, in traffic and in ``it_demand_accelerators``; None: catalog
    ``gpu.b200.it``."""
    parameters: Positive | None = None
    """Parameters exchanged; None: catalog ``params.sync`` x 1e12."""
    bytes_per_parameter: Positive | None = None
    """None: catalog ``bytes.grad``."""
    overlap_fraction: Annotated[float, Field(gt=0, le=1)] | None = None
    """Share of a step that hides the exchange; None: catalog ``overlap``."""
    frontend_gbps_per_it_mw: NonNegative = 0.0
    """Inference and front-end traffic of a required link, Gb/s per IT MW of its smaller end."""


class ReplicaRule(StudyModel):
    """Campuses that may serve as checkpoint-and-burst replica instead of training peer."""

    max_share: Fraction
    """Largest share of the served MW of a period that replicas may serve."""
    min_replica_mw: Positive | None = None
    """Least IT MW of a replica; None: ``min_peer_mw``."""
    goodput_loss_fraction: Fraction | None = None
    """Loss charged on MW served at replicas; None: catalog ``ckpt.token_penalty``."""
    rtt_limit_ms: Positive | None = None
    """Largest RTT of the replica's link; None: catalog ``ckpt.rtt_max``."""
    survival_fraction: Fraction = 0.0
    """phi of the replica's link: checkpoints can wait for a repair."""


class ParadigmOverride(StudyModel):
    """Explicit values that beat the catalog for one paradigm."""

    rtt_limit_ms: Positive | None = None
    """Largest latency of an exchange."""
    exposed_round_trips: NonNegative | None = None
    """Exposed round trips per step; None: 0.5 s over the RTT limit of the catalog."""
    traffic_reduction: Positive | None = None
    """Traffic of synchronous training over traffic of this paradigm."""
    token_penalty_fraction: Fraction | None = None
    """Share of the tokens lost to slower convergence."""
    inner_steps: Annotated[int, Field(ge=1)] | None = None
    """Steps between two exchanges (H): traffic reduction H x ``compression_ratio``."""
    compression_ratio: Annotated[float, Field(ge=1)] | None = None
    """Bytes of a full gradient over bytes sent (quantization, sparsity); with ``inner_steps``."""
    interruption_hours: NonNegative | None = None
    """Training time lost when a link falls below its demand; None: ``interruption.<prefix>``."""


class Workload(StudyModel):
    """One training job that the plan must place."""

    id: Identifier
    it_demand_mw: tuple[NonNegative, ...] | None = None
    """IT MW asked for in each period; None: ``it_demand_accelerators``, one of the two is given."""
    it_demand_accelerators: tuple[Annotated[int, Field(ge=0)], ...] | None = None
    """Accelerators asked for in each period, each of ``traffic.it_kw_per_accelerator``."""
    unserved_usd_per_mw_year: NonNegative | None = None
    """Cost of IT MW not served; None: catalog ``idle``."""
    goodput_usd_per_mw_year: NonNegative | None = None
    """Value of the compute lost to goodput, per served IT MW; None: catalog ``idle``."""
    paradigms: dict[ParadigmName, ParadigmOverride] = {
        "synchronous": ParadigmOverride(),
        "hierarchical": ParadigmOverride(),
        "diloco": ParadigmOverride(),
    }
    """Paradigms the job may use, with overrides."""
    fabrics: tuple[FabricName, ...] = ("hub", "mesh")
    """Fabrics the job may use."""
    max_peers: Annotated[int, Field(ge=1)] = 8
    """Most campuses that may train together."""
    peer_buckets: tuple[Annotated[int, Field(ge=2)], ...] = (2,)
    """Lower edges of the peer-count buckets; traffic is that of the lower edge."""
    min_peer_mw: Positive = 10.0
    """Least IT MW of a campus that takes part."""
    campuses: tuple[Identifier, ...] | None = None
    """Campuses the job may use; None: all."""
    survival_fraction: Fraction = 1.0
    """phi: share of the demand of a link that survives any single failure."""
    traffic: Traffic = Traffic()
    step_time_s: Positive | None = None
    """Time of one optimizer step; None: catalog ``step.time``."""
    jitter_p99_ms: NonNegative = 0.0
    """Added to the latency of every exchange."""
    rtt_classes_ms: tuple[Positive, ...] = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)
    """Classes to which the latency of an exchange is rounded up."""
    allowed_goodput_loss: Annotated[float, Field(gt=0, le=1)] = 0.05
    """Largest latency part of the goodput loss."""
    bandwidth_levels: tuple[Annotated[float, Field(gt=0, le=1)], ...] = (1.0,)
    """Shares of the full traffic that a link may be given; less exposes the transfer."""
    hub_may_move: bool = False
    """Another hub in every period; else one hub for all."""
    replica: ReplicaRule | None = None
    """Whether campuses may be checkpoint-and-burst replicas; None: peers only."""
    checkpoint_bytes_per_parameter: Positive | None = None
    """Full training state; None: catalog ``ckpt.bytes``."""
    checkpoint_interval_min: Positive | None = None
    """Time in which a checkpoint must have reached its copy; None: catalog ``ckpt.interval``."""
    checkpoint_copies: Annotated[int, Field(ge=1)] = 1
    """Grid regions that hold a copy of the checkpoint whenever MW are served."""
    max_share_per_campus: Annotated[float, Field(gt=0, le=1)] | None = None
    """Blast radius: largest share of the served MW at one campus."""
    max_share_per_region: Annotated[float, Field(gt=0, le=1)] | None = None
    """Blast radius: largest share of the served MW in one grid region."""
    min_link_availability: Annotated[float, Field(ge=0, lt=1)] | None = None
    """Least share of time that a link carries its full demand, single failures counted."""

    @model_validator(mode="after")
    def _ordered(self) -> Workload:
        for name in ("rtt_classes_ms", "peer_buckets", "bandwidth_levels"):
            values = getattr(self, name)
            if list(values) != sorted(set(values)):
                msg = f"{name}: must increase strictly (got {list(values)})"
                raise ValueError(msg)
        if not self.paradigms:
            msg = "paradigms: name at least one"
            raise ValueError(msg)
        if not self.fabrics:
            msg = "fabrics: name at least one"
            raise ValueError(msg)
        if (self.it_demand_mw is None) == (self.it_demand_accelerators is None):
            both = self.it_demand_mw is not None
            msg = f"it_demand_mw: {'not both' if both else 'missing'}, give this or "
            msg += "it_demand_accelerators"
            raise ValueError(msg)
        return self

    @property
    def demand_given(self) -> tuple[float, ...]:
        """What is asked for in each period, in the unit in which it is given."""
        return self.it_demand_mw or self.it_demand_accelerators or ()
