"""Traffic that a required link must carry (models/formulation.md, section 2)."""

from __future__ import annotations

from siting.catalog import Catalog
from siting.study import Workload
from siting.verify.paradigms import Paradigm


def collective_gbps(
    workload: Workload, paradigm: Paradigm, fabric: str, peers_min: int, catalog: Catalog
) -> float:
    """Return the traffic of the gradient exchange on one link, Gb/s per direction."""
    traffic = workload.traffic
    parameters = traffic.parameters
    if parameters is None:
        parameters = catalog.value("params.sync") * 1e12
    size = traffic.bytes_per_parameter
    if size is None:
        size = catalog.value("bytes.grad")
    overlap = traffic.overlap_fraction
    if overlap is None:
        overlap = catalog.value("overlap")
    share = 1.0 if fabric == "hub" else 2.0 / peers_min
    window_s = overlap * paradigm.step_time_s
    return 8 * parameters * size * share / (window_s * 1e9) / paradigm.traffic_reduction


def fabric_gbps_per_mw(workload: Workload, paradigm: Paradigm, catalog: Catalog) -> float:
    """Return the traffic of fabric extension, Gb/s per direction and IT MW of the smaller end."""
    traffic = workload.traffic
    kilowatts = traffic.it_kw_per_accelerator
    if kilowatts is None:
        kilowatts = catalog.value("gpu.b200.it")
    nic = traffic.nic_gbps
    if nic is None:
        nic = catalog.value("fabric.gpu")
    ratio = traffic.fabric_ratio
    if ratio is None:
        ratio = catalog.value("fabric.ratio")
    return 1000 / kilowatts * nic * ratio / paradigm.traffic_reduction


def link_demand_gbps(
    workload: Workload,
    paradigm: Paradigm,
    fabric: str,
    peers_min: int,
    smaller_it_mw: float,
    catalog: Catalog,
) -> float:
    """Return what the workload needs of a required link, Gb/s per direction."""
    collective = collective_gbps(workload, paradigm, fabric, peers_min, catalog)
    if workload.traffic.view == "collective":
        return collective
    return max(collective, fabric_gbps_per_mw(workload, paradigm, catalog) * smaller_it_mw)
