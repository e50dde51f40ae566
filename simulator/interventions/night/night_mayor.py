"""The night mayor's office as a measure: some weeks of meetings before the day that is simulated."""

import dataclasses
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from simulator.city.conditions import Conditions, Draw, Observed, midpoints
from simulator.city.network import StreetNetwork
from simulator.foundation import draws
from simulator.foundation.clock import HOURS
from simulator.interventions.base import Array, Placement
from simulator.interventions.lighting.lamp_repair import LampRepair
from simulator.interventions.night.hosts import Hosts
from simulator.interventions.night.office import Office, Week
from simulator.interventions.night.venue_hours import VenueHours
from simulator.interventions.timed import Timed, known_lit, treated

_DAYS_A_WEEK = 7.0
_QUICK_DAYS = 3.0


class NightMayor(Timed):
    """An office that sends hosts, speaks with venues and asks for repairs, on the reports that reach it."""

    kind: Literal["night_mayor"] = "night_mayor"
    prices = ("", "office_hour_cost", "")
    displaces: ClassVar[str] = "venues that close earlier, and areas from which few report"
    from_hour: int = Field(21, ge=0, le=23, description="first clock hour in which its hosts are out")
    until_hour: int = Field(4, ge=0, le=23, description="clock hour at which they go home")
    hosts: int = Field(
        6, ge=0, le=500, description="hosts that it can send out at once; without any there is no office"
    )
    weeks: int = Field(8, ge=0, le=52, description="weekly meetings before the day that is simulated")
    delay_weeks: int = Field(1, ge=0, le=12, description="weeks until reports arrive, and until what is asked is done")
    mandate: tuple[Literal["hosts", "hours", "repairs"], ...] = Field(
        ("hosts", "hours", "repairs"), description="what it may do"
    )
    ask_from: int = Field(
        3, ge=1, le=1000, description="reports in an area from which it asks venues or for repairs (in four weeks)"
    )
    area_m: float = Field(250.0, ge=50, le=2000, description="side of the squares that it looks after as one area (m)")

    def place(self, network: StreetNetwork, segments: Array) -> Placement:
        """Host-hours of a year; their price holds the office."""
        there = segments if self.weeks > 0 and self.hosts > 0 else segments[:0]
        hours = self.hosts * self.hours_a_year(network) if there.size else 0.0
        return self.placed(network, there, hours, "host-hours a year")

    @property
    def observes(self) -> bool:
        """It is shown what is recorded and counted in the baseline."""
        return True

    def change(self, conditions: Conditions, placement: Placement, draw: Draw) -> Conditions:
        """Hold the meetings on reports drawn from what is recorded, and put in place what was decided."""
        where = placement.segments
        if not where.size or draw.observed is None or not self.on(draw).any():
            return conditions
        office, areas = self.held(where, draw)
        changed = dataclasses.replace(conditions, log=(*conditions.log, *office.log))
        for area, segments in enumerate(areas):
            if office.sent[area]:
                changed = self._with_hosts(changed, segments, int(office.sent[area]), draw)
        staggered, repaired = (
            np.concatenate([np.zeros(0, np.int32), *(areas[area] for area in np.flatnonzero(office.done(what)))])
            for what in ("hours", "repairs")
        )
        if staggered.size:
            hours = VenueHours(name=self.name, where=self.where, stagger_h=1)
            if hours.has_places(draw.network, staggered):
                changed = hours.change(changed, hours.place(draw.network, staggered), draw)
        if known_lit(draw.network, repaired).size:
            lamps = LampRepair(
                name=self.name, where=self.where, days_then=min(_QUICK_DAYS, draw.parameters.lamp_outage_days)
            )
            changed = lamps.change(changed, lamps.place(draw.network, repaired), draw)
        return treated(changed, where) if office.sent.any() or staggered.size or repaired.size else changed

    def held(self, segments: Array, draw: Draw) -> tuple[Office, list[Array]]:
        """The office after its meetings, and the segments of its areas."""
        assert draw.observed is not None
        names, areas = areas_of(draw.network, segments, self.area_m)
        office = Office(names, self.hosts, self.mandate, self.delay_weeks, self.ask_from)
        for week in range(self.weeks):
            office.meet(seen_in(week, areas, draw.observed, draw.parameters.seed))
        return office, areas

    def _with_hosts(self, conditions: Conditions, segments: Array, hosts: int, draw: Draw) -> Conditions:
        levers = {name: getattr(self, name) for name in ("from_hour", "until_hour", "days", "months", "when")}
        key = int(draw.network.streets.segment_id[segments].min())  # the same in any order of rows
        sent = Hosts(name=f"{self.name[:150]} {key}", where=self.where, hosts=hosts, **levers)
        return sent.change(conditions, sent.place(draw.network, segments), draw)

    @property
    def evaluated(self) -> bool:
        """No outcome evaluation of an office was found."""
        return False

    def channels(self) -> tuple[str, ...]:
        """Through what the office reaches the model."""
        return (
            "hosts where most is reported, with all that hosts do",
            "venues that close one after the other, and lamps repaired within days, where many report",
            "reports are drawn from what is recorded in the baseline: where nobody reports, it sees nothing",
        )

    def evidence(self) -> tuple[str, ...]:
        """Parameters that the effect and cost of the office rest on."""
        effect = ("guardian_host", "view_radius_m", "host_hazard_ratio", "reporting_harassment", "lamp_outages")
        return (*effect, *self.cost_evidence())


def areas_of(network: StreetNetwork, segments: Array, side_m: float) -> tuple[tuple[str, ...], list[Array]]:
    """Segments by squares of a grid, in the order of the squares, with the name of the longest street in each."""
    square = np.floor((midpoints(network)[segments] - network.vertices.min(axis=0)) / side_m).astype(np.int64)
    _, row = np.unique(square, axis=0, return_inverse=True)
    areas = [segments[row.ravel() == one] for one in range(int(row.max()) + 1)]
    names: list[str] = []
    for number, area in enumerate(areas):
        named = area[network.streets.name_index[area] >= 0]
        metres = np.bincount(network.streets.name_index[named], network.streets.length_m[named])
        name = network.street_names[int(np.argmax(metres))] if named.size else f"area {number + 1}"
        names.append(name if name not in names else f"{name} ({number + 1})")
    return tuple(names), areas


def seen_in(week: int, areas: list[Array], observed: Observed, seed: int) -> Week:
    """Reports of a week by area and hour, drawn from what is recorded a day; and who was counted passing."""
    from scipy.stats import poisson  # here, because half a second of loading is for this measure alone

    recorded = np.array([observed.recorded_a_day[:, area].sum(axis=1) for area in areas]) * _DAYS_A_WEEK
    people = np.array([observed.people[:, area].sum(axis=1) for area in areas])
    row, hour = np.meshgrid(np.arange(len(areas)), np.arange(HOURS), indexing="ij")
    variate = draws.uniform(seed, "reports to the office", row.ravel(), hour.ravel(), week).reshape(row.shape)
    reports = np.where(recorded > 0, poisson.ppf(variate, np.maximum(recorded, 1e-12)), 0).astype(np.int64)
    return Week(reports, np.rint(people).astype(np.int64))
