"""Traffic that a required link must carry (models/formulation.md, section 2)."""

from __future__ import annotations

from siting.catalog import Catalog
from siting.plan import OperatingMode
from siting.study import Workload
from siting.verify.paradigms import Paradigm


def collective_gbps(
    workload: Workload, paradigm: Paradigm, fabric: str, peers_min: int, catalog: Catalog
) -> float:
    """Return the traffic of the gradient exchange on one link, Gb/s per direction."""
    size = workload.traffic.bytes_per_parameter
    if size is None:
        size = catalog.value("bytes.grad")
    window_s = paradigm.overlap_fraction * paradigm.step_time_s
    bits = 8 * parameters(workload, catalog) * size * _share(fabric, peers_min)
    return bits / (window_s * 1e9) / paradigm.traffic_reduction


def _share(fabric: str, peers: int) -> float:
    """Return the bytes that cross a link per direction, in copies of the gradient."""
    if fabric == "hub":
        return 1.0
    return 2.0 / peers if fabric == "mesh" else 2.0 * (peers - 1) / peers


def parameters(workload: Workload, catalog: Catalog) -> float:
    """Return N, the number of parameters exchanged."""
    own = workload.traffic.parameters
    return catalog.value("params.sync") * 1e12 if own is None else own


def checkpoint_gbps(workload: Workload, catalog: Catalog) -> float:
    """Return what copies a full training state within the checkpoint interval, Gb/s."""
    size = workload.checkpoint_bytes_per_parameter
    if size is None:
        size = catalog.value("ckpt.bytes")
    minutes = workload.checkpoint_interval_min
    if minutes is None:
        minutes = catalog.value("ckpt.interval")
    return 8 * parameters(workload, catalog) * size / (60 * minutes * 1e9)


def fabric_gbps_per_mw(workload: Workload, paradigm: Paradigm, catalog: Catalog) -> float:
    """Return kappa, fabric extension, Gb/s per direction and IT MW of the smaller end."""
    traffic = workload.traffic
    if traffic.view == "collective":
        return 0.0
    kilowatts = _accelerator_kw(workload, catalog)
    nic = traffic.nic_gbps
    if nic is None:
        nic = catalog.value("fabric.gpu")
    ratio = traffic.fabric_ratio
    if ratio is None:
        ratio = catalog.value("fabric.ratio")
    return 1000 / kilowatts * nic * ratio / paradigm.traffic_reduction


def _accelerator_kw(workload: Workload, catalog: Catalog) -> float:
    kilowatts = workload.traffic.it_kw_per_accelerator
    return catalog.value("gpu.b200.it") if kilowatts is None else kilowatts


def asked_it_mw(workload: Workload, catalog: Catalog) -> tuple[float, ...]:
    """Return the IT MW that a workload asks for in each period; of accelerators, their power."""
    if workload.it_demand_accelerators is None:
        return workload.it_demand_mw or ()
    kilowatts = _accelerator_kw(workload, catalog)
    return tuple(kilowatts * number / 1000 for number in workload.it_demand_accelerators)


def link_demand_gbps(
    workload: Workload,
    paradigm: Paradigm,
    mode: OperatingMode,
    smaller_it_mw: float,
    catalog: Catalog,
) -> float:
    """Return what the workload needs of a link between two peers, Gb/s per direction."""
    level = mode.bandwidth_level
    exchange = collective_gbps(workload, paradigm, mode.fabric, mode.peers_min, catalog)
    copies = checkpoint_gbps(workload, catalog) if workload.checkpoint_copies > 1 else 0.0
    floor = max(level * exchange, copies)
    extension = level * fabric_gbps_per_mw(workload, paradigm, catalog) * smaller_it_mw
    return max(floor, extension) + workload.traffic.frontend_gbps_per_it_mw * smaller_it_mw
