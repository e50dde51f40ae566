"""The simulation of one scenario in one draw: days of planning, choosing, walking, meeting, feeling and learning.

A day, in order (`DAY_PLAN`): plan -> remember (streets as people know them) -> choose routes and whether to go ->
walk, meet, feel, risk in steps -> learn. A baseline is settled over some days, levels of incidents are solved on it
once, then it is forked: every arm goes on for the same days from the same memory with the same random numbers.
"""

import dataclasses
import datetime
import math
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from simulator.agenda.survey_tables import AgendaTables
from simulator.city.conditions import HAZARDS, Conditions, Observed, conditions_of, with_streets
from simulator.city.network import StreetNetwork
from simulator.city.transit import day_kind_of
from simulator.evidence.parameters import Parameters
from simulator.foundation.categories import AGE_GROUPS, GENDERS
from simulator.foundation.clock import FIRST_HOUR, HOUR_MS, HOURS
from simulator.foundation.stages import stage
from simulator.interventions import Placement
from simulator.interventions.shocks.base import changed
from simulator.interventions.strength import share_on
from simulator.kernels.walking import HAZARD, HAZARD_UNIT, KINDS, STAY, fear_table
from simulator.kernels.walking import Streets as HourStreets
from simulator.people.given_people import GivenPeople
from simulator.safety import ages
from simulator.safety.displacement import TREATED, Displacement, bands_of, displace, with_displacement
from simulator.safety.levels import darkness_of_year, year_over_day
from simulator.safety.perception import crowd_score, street_score
from simulator.safety.reporting import recorded_share
from simulator.safety.reputation import known_share, remembered, typical_of
from simulator.safety.risk import relative_hazard, solve_levels, yearly_incidents_per_person
from simulator.setting import GROUP_SHAPE, GROUPS, Setting, of_residents
from simulator.travel import routes
from simulator.travel.chosen import DayChoices
from simulator.travel.day_choices import Chooser
from simulator.travel.day_tours import DayPlans
from simulator.travel.day_walk import DayWalk, outdoors, passages_of
from simulator.travel.itineraries import Itineraries, together
from simulator.travel.second_look import Anew, KnownDays
from simulator.travel.service import Service
from simulator.travel.vehicles import in_vehicle_hazard, ridden, solve_in_vehicle_levels

Array = np.ndarray[Any, Any]
DAY_PLAN = ("plan", "remember", "choose", "walk", "learn")
_HOUR_SMOOTHING = (0.25, 0.5, 0.25)  # what was met an hour before or after says something of this hour too


class Simulation:
    """One arm (the baseline or a scenario) of one draw.

    Its memory is `expected_on`, the mean number of people on each street by clock hour, and `passages`, how many
    walk along each street a day. `anew` says how much of each day it decided itself (`travel.second_look`).

    Parameters
    ----------
    setting
        City, people and parameters, shared by the arms.
    conditions
        The streets of this arm, hour by hour.
    """

    def __init__(self, setting: Setting, conditions: Conditions) -> None:
        self.setting = setting
        self.conditions = conditions
        self.day = 0
        self.typical: Array | None = None
        self._seen: Array | None = None
        self.expected_on: Array = np.zeros((HOURS, len(setting.network.streets)))
        self.passages: Array = np.zeros(len(setting.network.streets))
        self.inflation: Array = np.ones((len(GENDERS), AGE_GROUPS, HOURS))
        self.levels: Array | None = None
        self.in_vehicle_levels: Array | None = None
        self.by_age, self.by_age_in_vehicle = ages.alike(), ages.alike()
        self.year_over_day: Array = np.ones(len(HAZARDS))
        self.year_over_hour: Array = np.ones((len(HAZARDS), HOURS))
        self.displaced: Displacement | None = None
        self.shocks: tuple[Placement, ...] = ()
        self._lessons = 0
        self.anew: list[Anew] = []
        self.known: KnownDays | None = None
        self.known_to_forks = KnownDays()
        self.streets: list[HourStreets] = []
        self.chosen: DayChoices | None = None
        self.walk: DayWalk | None = None

    @classmethod
    def baseline(
        cls,
        network: StreetNetwork,
        parameters: Parameters,
        *,
        agents: int,
        date: datetime.date,
        threads: int = 1,
        given: GivenPeople | None = None,
        tours: AgendaTables | None = None,
    ) -> "Simulation":
        """The city as it is, with empty memory."""
        with stage("people") as told:
            setting = Setting.make(
                network, parameters, agents=agents, date=date, threads=threads, given=given, tours=tours
            )
            told.out(len(setting.people))
        with stage("conditions"):
            return cls(setting, conditions_of(network, parameters, date))

    def fork(self, placements: Sequence[Placement] = ()) -> "Simulation":
        """Another arm that goes on from this memory with measures in place; random numbers and levels stay the same."""
        placements = sorted(placements, key=lambda one: one.measure.follows)
        with stage("conditions"):
            before = self._with_streets_of(placements)
            conditions, draw = before.conditions, before.setting.draw
            if self.levels is not None and any(placement.measure.observes for placement in placements):
                draw = draw._replace(observed=before.observed())
            conditions = changed(conditions, placements, draw, self.shocks)
            displaced = before._displaced_by(conditions)
            setting = before.setting.with_visitors(conditions.visitors / before.conditions.visitors)
            arm = Simulation(setting, with_displacement(conditions, displaced))
        self.setting.days.forget_before(self.day)
        arm.displaced, arm.known = displaced, self.known_to_forks
        arm.shocks = (*self.shocks, *(one for one in placements if one.measure.is_shock))
        arm._remember(before)
        return arm

    def under(self, shocks: Sequence[Placement]) -> "Simulation":
        """An arm that shocks befall, from which others are forked; itself without any. No street counts as treated."""
        if not shocks:
            return self
        arm = self.fork(shocks)
        arm.conditions = dataclasses.replace(arm.conditions, treated=self.conditions.treated)
        return arm

    def _remember(self, other: "Simulation") -> None:
        """Take over what another arm remembers; streets that it does not know are empty."""
        self.day, self.levels, self.year_over_day = other.day, other.levels, other.year_over_day
        self.year_over_hour = other.year_over_hour
        self.by_age, self.by_age_in_vehicle = other.by_age, other.by_age_in_vehicle
        self.in_vehicle_levels, self.inflation = other.in_vehicle_levels, other.inflation.copy()
        known = other.passages.size
        self.expected_on[:, :known], self.passages[:known] = other.expected_on, other.passages
        self.typical = other.typical

    def _with_streets_of(self, placements: Sequence[Placement]) -> "Simulation":
        """The arm on a city with the streets that measures add; itself where they add none."""
        network = self.setting.network
        for placement in placements:
            if share_on(placement.measure, self.setting.date) > 0.0:
                network = placement.measure.built_on(network, placement) or network
        if network is self.setting.network:
            return self
        setting = self.setting.on(network)
        arm = Simulation(setting, with_streets(self.conditions, network, setting.open_at))
        arm._remember(self)
        return arm

    def settle(self, days: int) -> None:
        """Live so many days and solve the levels of incidents; `simulator.settling` lives as many as it takes."""
        for _ in range(days):
            self.simulate_day(learn_wishes=True)
        self.freeze_levels()

    def freeze_levels(self) -> None:
        """Solve the levels of incidents on the day just lived; forks keep them."""
        assert self.walk is not None
        assert self.chosen is not None
        self.levels = self._solve_levels(self.walk)
        rides = ridden(self.chosen.aboard, self.setting.walkers, self.streets[0].zone, GROUPS)
        setting, parameters = self.setting, self.setting.parameters
        here = of_residents(rides.sum(axis=2)[..., None])[..., 0]
        self.in_vehicle_levels = solve_in_vehicle_levels(
            parameters, setting.residents, here.sum(axis=2), setting.person_unit
        )
        ratios, living = ages.published_ratios(parameters), setting.residents_by_age
        met = of_residents(hazard_sums(self.walk)).transpose(3, 1, 2, 0) * self.year_over_hour[:, None, None]
        self.by_age = ages.solve_ages(ratios, living, met.sum(axis=3))
        aboard = (here * in_vehicle_hazard(parameters)[:, None, None]).sum(axis=0)
        self.by_age_in_vehicle = ages.solve_ages(ratios, living, np.broadcast_to(aboard, self.by_age.shape))

    def simulate_day(self, *, learn_wishes: bool = False) -> None:
        """One whole day, hour by hour."""
        self.begin_day()
        for hour in range(FIRST_HOUR + 1, FIRST_HOUR + HOURS + 1):
            self.advance(hour * HOUR_MS)
        self.end_day(learn_wishes=learn_wishes)

    def begin_day(self) -> None:
        """Plan, remember and choose: everything before the first step."""
        setting = self.setting
        wished = self.days.of(self.day, self.inflation)
        with stage("conditions") as told:
            self.streets = self._streets_by_hour()
            fear = self._fear()
            told.out(HOURS * len(setting.network.streets), fear.nbytes)
        chooser = Chooser(
            persons=setting.persons,
            tastes=setting.tastes,
            service=self.service,
            at_noon=setting.at_noon,
            fear=fear,
            who=setting.who,
            pace=setting.walkers.pace,
            threads=setting.threads,
            closed=self.conditions.closed,
            wait_factor=self.conditions.wait_factor,
        )
        with stage("choose") as told:
            self.chosen = chooser.choose(wished, self.known)
            self.anew.append(self.chosen.anew)
            told.out(len(self.chosen.trips), self.chosen.rows.routed.route.nbytes)
        self.walk = self.walk_of(together([self.chosen.itineraries(), self.staying]))

    @cached_property
    def days(self) -> DayPlans:
        """The wished tours of any day in this arm."""
        return self.setting.days_with(self.conditions.open_at, self.conditions.offers)

    @cached_property
    def staying(self) -> Itineraries:
        """Who is out without travelling in this arm."""
        return self.setting.staying_with(self.conditions)

    @cached_property
    def service(self) -> Service:
        """What runs on the date in this arm."""
        setting = self.setting
        return Service.of(setting.journeys.rides, self.conditions.supply.headways, day_kind_of(setting.date))

    def walk_of(self, rows: Itineraries) -> DayWalk:
        """Put walks and stays at the start of a day on this arm's streets."""
        setting = self.setting
        sizes = (GROUPS, len(setting.network.streets))
        return DayWalk.begin(rows, setting.walkers, sizes, setting.threads, setting.person_unit)

    def advance(self, until_ms: int) -> None:
        """Walk on until a time of the day (ms since midnight); hours are crossed one by one."""
        assert self.walk is not None
        self.walk.cross_hours(until_ms, self.streets)

    def walk_through(self, itineraries: Itineraries, streets: list[HourStreets]) -> DayWalk:
        """Walk other itineraries, such as the baseline's, through a day's streets by the hour."""
        return self.walk_of(together([itineraries, self.staying])).to_the_end(streets)

    def end_day(self, *, learn_wishes: bool = False) -> None:
        """Let the last walkers arrive, and move expectations toward what was met, by 1, 1/2, 1/3, ... a day.

        Wishes are learnt on the baseline only, before the fork: a scenario does not change what people want.
        """
        assert self.walk is not None
        assert self.chosen is not None
        self.walk.walk_out(self.streets[FIRST_HOUR - 1])
        with stage("learn"):
            self._learn(self.walk, self.chosen, learn_wishes=learn_wishes)
        self.day += 1

    def _learn(self, walk: DayWalk, chosen: DayChoices, *, learn_wishes: bool) -> None:
        met = outdoors(walk) / (walk.unit * HOUR_MS)
        before, after, now = (np.roll(met, shift, axis=0) for shift in (1, -1, 0))
        met = _HOUR_SMOOTHING[0] * before + _HOUR_SMOOTHING[1] * now + _HOUR_SMOOTHING[2] * after
        step = 1.0 / max(self._lessons, 1)  # the first day of an arm is answered to the old memory, so it is forgotten
        self.expected_on += step * (met - self.expected_on)
        self.passages += step * (passages_of(walk) - self.passages)
        self._lessons += 1
        self.typical = self._seen
        if learn_wishes:
            self.inflation = routes.inflation(chosen.tours, self.setting.people, chosen.probability_made)

    def observed(self) -> Observed:
        """What could be counted of this arm: people, and incidents of all types as far as they are recorded."""
        assert self.levels is not None
        setting, in_view = self.setting, self.people_in_view()
        nobody, crowding = np.exp(-in_view), setting.perception.crowding(in_view)
        weight = np.bincount(setting.people.gender, setting.people.weight, minlength=len(GENDERS))
        rate = recorded_share(setting.parameters, self.conditions.reporting_factor) * self.levels
        recorded = np.empty(self.expected_on.shape)
        for hour in range(HOURS):
            hazard = relative_hazard(self.conditions, setting.parameters, hour, nobody[hour], crowding[hour])
            by_type = (rate * weight).sum(axis=1) / weight.sum()
            recorded[hour] = self.expected_on[hour] * HOUR_MS / 1000.0 * (by_type @ hazard)
        return Observed(recorded, self.expected_on)

    def people_in_view(self) -> Array:
        """Expected number of people in view by clock hour and segment (float64 (24, S))."""
        return np.asarray(self.setting.in_view @ self.expected_on.T).T

    def _displaced_by(self, conditions: Conditions) -> Displacement | None:
        """Where hazard goes that measures avert at the footfall of this arm; None if they avert none directly."""
        setting, in_view = self.setting, self.people_in_view()
        if (conditions.hazard_ratio == self.conditions.hazard_ratio).all():
            return None
        nobody, crowding = np.exp(-in_view), setting.perception.crowding(in_view)
        opportunity = np.empty(conditions.hazard_ratio.shape)
        for hour in range(HOURS):
            hazard = relative_hazard(self.conditions, setting.parameters, hour, nobody[hour], crowding[hour])
            opportunity[:, hour] = self.expected_on[hour] * hazard
        return displace(setting.network, self.conditions, conditions, opportunity, setting.parameters)

    @cached_property
    def bands(self) -> Array:
        """Code of `AREAS` of each segment (int8 (S,)): where measures act or bear on hazard, near those, elsewhere."""
        acting = self.conditions.treated
        if self.displaced is not None:
            acting = acting | (self.displaced.area == TREATED)
        return bands_of(self.setting.network, acting, self.setting.parameters)

    @cached_property
    def _scores(self) -> list[Array]:
        """What the streets of this arm add to the log-odds of feeling safe, by clock hour (float32 (G, S) each)."""
        streets = self.setting.network.streets
        flags = (streets.in_park, streets.is_tunnel)
        return [street_score(self.setting.perception, self.conditions, flags, hour) for hour in range(HOURS)]

    def _streets_by_hour(self) -> list[HourStreets]:
        return self.streets_by_hour(self.people_in_view())

    def streets_by_hour(self, in_view: Array) -> list[HourStreets]:
        """The streets of each clock hour with so many people in view (float64 (24, S))."""
        streets = self.setting.network.streets
        zone = (2 * ~streets.in_core + self.conditions.treated).astype(np.int8)
        return [self._streets_at(hour, in_view[hour], zone) for hour in range(HOURS)]

    def streets_if_dark(self, hour: int, in_view: Array | None = None) -> HourStreets:
        """The streets of one clock hour as if fully dark, with so many people in view (float64 (S,)) or its own."""
        dark = self.conditions.dark.copy()
        dark[hour] = 1.0
        night = Simulation(self.setting, dataclasses.replace(self.conditions, dark=dark))
        zone = np.zeros(len(self.setting.network.streets), np.int8)
        return night._streets_at(hour, self.people_in_view()[hour] if in_view is None else in_view, zone)

    def _streets_at(self, hour: int, in_view: Array, zone: Array) -> HourStreets:
        setting, conditions, perception = self.setting, self.conditions, self.setting.perception
        dark = conditions.dark[hour]
        nobody = np.exp(-in_view)
        crowding = perception.crowding(in_view)
        hazard = relative_hazard(conditions, setting.parameters, hour, nobody, crowding)
        return HourStreets(
            walk_m=setting.graph.walk_m,
            score=self._scores[hour],
            crowd=crowd_score(perception, conditions, in_view, hour),
            alone=dark * perception.alone,
            nobody=nobody,
            unlit=(conditions.light_min_lx[hour] < setting.parameters.unlit_threshold_lx) & conditions.dark_hours[hour],
            hazard=np.floor(hazard * HAZARD_UNIT + setting.rounding).astype(np.int32),
            zone=zone,
        )

    def _fear(self) -> Array:
        parts = self.setting.class_parts
        fear = np.empty((HOURS, parts.shape[0], len(self.setting.network.streets)), np.float32)
        for hour in range(HOURS):
            fear_table(self.streets[hour], parts, fear[hour])
        network, parameters = self.setting.network, self.setting.parameters
        known = known_share(network, parameters, self.passages, math.fsum(self.setting.people.weight))
        self._seen = typical_of(network, fear)
        return remembered(network, fear, known, self._seen if self.typical is None else self.typical)

    def _solve_levels(self, walk: DayWalk) -> Array:
        """Levels from the year behind this day; `year_over_day`, `year_over_hour` remember how much more it holds."""
        setting = self.setting
        nobody = np.array([streets.nobody for streets in self.streets])
        crowding = setting.perception.crowding(-np.log(np.maximum(nobody, 1e-300)))
        seasons = darkness_of_year(setting.network, setting.parameters, setting.date.year)
        around, out = (nobody, crowding), outdoors(walk) / float(walk.unit)
        by_hour = year_over_day(self.conditions, setting.parameters, seasons, walked=out, around=around)
        self.year_over_hour = by_hour
        exposure = hazard_exposure(walk, travelling=True)[:, 1].transpose(2, 1, 0) / exposure_unit(walk)
        year, day = (exposure * by_hour[:, None, :]).sum(axis=2), exposure.sum(axis=(1, 2))
        self.year_over_day = np.divide(year.sum(axis=1), day, out=np.ones_like(day), where=day > 0)
        return solve_levels(yearly_incidents_per_person(setting.parameters), setting.residents, year)


def exposure_unit(walk: DayWalk) -> float:
    """Cell sums of hazard over this are person-seconds times relative hazard."""
    return float(walk.unit * HAZARD_UNIT * 1000)


def hazard_sums(walk: DayWalk) -> Array:
    """Hazard met on the way by clock hour and group (int64 (24, groups, 3)); stays are left out."""
    met = np.sum(np.split(walk.cells.sum(axis=2), KINDS, axis=-1)[:STAY], axis=0)
    return np.asarray(met[..., HAZARD : HAZARD + len(HAZARDS)])


def hazard_exposure(walk: DayWalk, *, travelling: bool = False) -> Array:
    """Hazard met by clock hour, resident or not, and gender (int64 (24, 2, G, 3)); of those who travel, or of all."""
    kinds = np.split(walk.cells.sum(axis=2), KINDS, axis=-1)
    every = np.sum(kinds[:STAY] if travelling else kinds, axis=0)
    met = every[..., HAZARD : HAZARD + len(HAZARDS)]
    return np.asarray(met.reshape(HOURS, *GROUP_SHAPE[:2], -1, len(HAZARDS)).sum(axis=3))
