"""The numbers of sites and power: what is on offer, what stands, what it costs."""

from __future__ import annotations

from tests.oracle.raw import Raw


class Figures:
    """What the tables of sites and power say."""

    def __init__(self, raw: Raw) -> None:
        self.raw = raw
        study, rules = raw.study, raw.study.file.rules
        self.campuses = [c for c in study.campuses if c not in rules.forbid_campuses]
        self.stations = [s for s in study.substations if s not in rules.forbid_substations]
        self.ties = [
            a
            for a in raw.network.tie_lines.values()
            if a.campus in self.campuses and a.substation in self.stations
        ]
        self.bridges = [b for b in study.bridging.values() if b.campus_id in self.campuses]
        self.opens = {c: raw.first_on(study.campuses[c].earliest_date) for c in self.campuses}
        self.first_tie = raw.first_lead("grid.line345")
        rows = study.tie_lines or {}
        # What stands already, by period.
        self.there_tie = {
            a.id: raw.stands(rows[a.id].existing, rows[a.id].existing_until)
            if a.id in rows
            else (False,) * raw.periods
            for a in self.ties
        }
        self.there_campus = {
            c: raw.stands(study.campuses[c].existing_it_mw > 0, study.campuses[c].existing_until)
            for c in self.campuses
        }
        self.there_station = {
            s: raw.stands(study.substations[s].existing_mw > 0, study.substations[s].existing_until)
            for s in self.stations
        }

    def pue(self, campus: str) -> float:
        """Facility peak over IT."""
        return self.raw.given(self.raw.study.campuses[campus].pue_peak, "pue.peak")

    def pue_average(self, campus: str) -> float:
        """Facility average over IT."""
        return self.raw.given(self.raw.study.campuses[campus].pue_average, "pue.avg")

    def energy_usd(self, campus: str) -> float:
        """USD per MWh from the grid."""
        row = self.raw.study.campuses[campus]
        region = row.energy_region or self.raw.study.file.sites.energy_region
        return self.raw.given(row.energy_usd_per_mwh, f"elec.{region}", 10)

    def headroom(self, substation: str, t: int) -> float:
        """Facility MW on offer at the start of period t."""
        rows = self.raw.study.timelines.get(substation, ())
        return max((r.headroom_mw for r in rows if r.date <= self.raw.starts[t]), default=0.0)

    def first_bridge(self, bridge: str) -> int:
        """Return the first period of on-site generation."""
        row = self.raw.study.bridging[bridge]
        years = row.lead_time_years
        if years is None:
            years = self.raw.v(f"br.{row.technology}.lt") / 12
        return self.raw.first_after(years)

    def most_mw(self, campus: str, workload: int, t: int) -> float:
        """Return a bound of the IT MW a campus can serve of a workload."""
        limit = self.raw.study.campuses[campus].limit_mw
        wires = sum(a.capacity_mw for a in self.ties if a.campus == campus)
        wires += sum(b.limit_mw for b in self.bridges if b.campus_id == campus)
        demand = self.raw.asked_mw(workload)[t]
        return min(min(limit, wires) / self.pue(campus), demand)

    def can_serve(self, campus: str, t: int) -> bool:
        """Whether the campus can be in service."""
        return self.opens[campus] <= t or self.there_campus[campus][t]

    def allowed(self, workload: int) -> list[str]:
        """Campuses that may serve a workload."""
        names = self.raw.study.file.workloads[workload].campuses
        return [c for c in self.campuses if names is None or c in names]

    def least_replica_mw(self, workload: int) -> float:
        """Least IT MW of a replica."""
        load = self.raw.study.file.workloads[workload]
        given = None if load.replica is None else load.replica.min_replica_mw
        return load.min_peer_mw if given is None else given

    def shell_usd(self, campus: str) -> float:
        """Overnight USD per IT MW."""
        row = self.raw.study.campuses[campus]
        return self.raw.given(row.shell_cost_usd_per_it_mw, "capex.shell", 1e6)

    def reserve_usd(self, substation: str) -> float:
        """Overnight USD per facility MW reserved."""
        given = self.raw.study.substations[substation].cost_usd_per_mw
        both = (self.raw.v("grid.submw") + self.raw.v("grid.upgrade")) * 1e3
        return both if given is None else given

    def bridge_usd(self, bridge: str) -> float:
        """Overnight USD per MW, or per MW and month of what is rented."""
        row = self.raw.study.bridging[bridge]
        return 1000 * self.raw.given(row.cost_usd_per_kw, f"br.{row.technology}")

    def unserved_usd(self, workload: int) -> float:
        """USD per MW-year not served."""
        given = self.raw.study.file.workloads[workload].unserved_usd_per_mw_year
        return self.raw.given(given, "idle", 1e6)

    def goodput_usd(self, workload: int) -> float:
        """USD per MW-year of lost goodput."""
        given = self.raw.study.file.workloads[workload].goodput_usd_per_mw_year
        return self.raw.given(given, "idle", 1e6)

    def replica_loss(self, workload: int) -> float:
        """Share lost of what replicas serve."""
        rule = self.raw.study.file.workloads[workload].replica
        given = None if rule is None else rule.goodput_loss_fraction
        return self.raw.given(given, "ckpt.token_penalty", 0.01)

    def first_upgrade(self, upgrade: str) -> int:
        """Return the first period of a network upgrade."""
        return self.raw.first_after(self.raw.study.network_upgrades[upgrade].lead_time_years)
