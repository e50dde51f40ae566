"""What does not change between days and arms of one draw: the city, its people, and how they travel and feel."""

import dataclasses
import datetime
import math
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse

from simulator.agenda.plans import Planner, Trips
from simulator.agenda.survey_tables import AgendaTables
from simulator.city.conditions import Conditions, Draw, Offers
from simulator.city.network import StreetNetwork
from simulator.city.opening_hours import places_open
from simulator.city.stays import make_stays, where_open
from simulator.city.transit import day_kind_of
from simulator.city.walking_graph import walking_metres
from simulator.evidence.parameters import Parameters
from simulator.foundation import draws
from simulator.foundation.categories import AGE_BANDS, ATTRIBUTES, GENDERS
from simulator.foundation.clock import HOURS
from simulator.foundation.records import records
from simulator.kernels.riding import PERSON
from simulator.kernels.routing import Graph
from simulator.kernels.walking import People as Walkers
from simulator.people.given_people import GivenPeople
from simulator.people.population import People, make_people
from simulator.safety.perception import Perception, solve_perception
from simulator.safety.survey import Asked, who_is_asked
from simulator.safety.view import share_in_view
from simulator.travel import routes
from simulator.travel.day_tours import DayPlans
from simulator.travel.day_walk import person_unit
from simulator.travel.itineraries import Itineraries, staying_rows, together
from simulator.travel.journeys import Journeys
from simulator.travel.looking_ahead import graph_of
from simulator.travel.modes import Tastes
from simulator.travel.service import Rides, Service
from simulator.travel.step_free import route_everybody, step_free_graph

Array = np.ndarray[Any, Any]


_GROUP_AGES = (25.0, 49.5, 74.0)  # the age that stands for each age group in the memory of the streets


@dataclasses.dataclass(frozen=True)
class CityAndPeople:
    """Which city, day and people one draw is about."""

    network: StreetNetwork
    parameters: Parameters
    date: datetime.date
    people: People
    planner: Planner
    perception: Perception


@dataclasses.dataclass(frozen=True)
class WalkingSetting(CityAndPeople):
    """How people walk: streets as graphs, who is in view, what the kernel is told of walkers."""

    graph: Graph
    step_free: Graph
    in_view: sparse.csr_matrix
    who: tuple[Array, Array]
    walkers: Walkers
    person_unit: int
    rounding: Array


@dataclasses.dataclass(frozen=True)
class Setting(WalkingSetting):
    """What does not change between days and arms of one draw."""

    journeys: Journeys
    tastes: Tastes
    at_noon: Service
    open_at: Array
    staying: Itineraries
    threads: int

    @classmethod
    def make(
        cls,
        network: StreetNetwork,
        parameters: Parameters,
        *,
        agents: int,
        date: datetime.date,
        threads: int,
        given: GivenPeople | None = None,
        tours: AgendaTables | None = None,
    ) -> "Setting":
        """Draw the people, or take those given, and solve the perception of one draw; tours None: as shipped."""
        people = make_people(network, parameters, agents, given)
        perception = solve_perception(parameters, network.country)
        own = perception.own_part(people)
        afraid = people.weight * _unsafe(own - perception.dark[people.gender])
        unlit_fear = math.fsum(afraid) / math.fsum(people.weight)  # exact: the same in any order of people
        unit = person_unit(float(people.weight.sum()))
        walkers = Walkers(
            own=own,
            gender=people.gender,
            cell=group_of(people),
            weight=np.maximum(1, np.rint(people.weight * unit)).astype(np.int64),
            pace=1000.0 / people.speed_m_s,
        )
        graph = graph_of(network, walking_metres(network, parameters))
        step_free = step_free_graph(network, graph)
        open_at = places_open(network, date)
        tastes, rides = Tastes.of(people, parameters), Rides.of(network, network.headways)
        women = np.array([1.0, 0.0, parameters.another_gender_mix])[people.gender]
        return cls(
            network=network,
            parameters=parameters,
            date=date,
            people=people,
            planner=Planner(network, people, parameters, date=date, tours=tours),
            perception=perception,
            graph=graph,
            step_free=step_free,
            in_view=share_in_view(network, parameters.view_radius_m),
            who=(routes.perception_class(people), routes.willingness(people, parameters, unlit_fear)),
            walkers=walkers,
            person_unit=unit,
            # whole units of hazard are rounded by each segment's own random number: small changes are not rounded away
            rounding=draws.uniform(parameters.seed, "hazard rounding", network.streets.segment_id),
            journeys=Journeys(network, people, parameters, rides, women, tastes.walk_weight, (graph, step_free)),
            tastes=tastes,
            at_noon=Service.of(rides, network.headways, day_kind_of(date)).midday(),
            open_at=open_at,
            staying=staying_rows(make_stays(network, parameters, open_at, 0), people, parameters.seed, unit),
            threads=threads,
        )

    def route(self, trips: Trips, fear: Array, who: tuple[Array, Array]) -> routes.Routed:
        """Route trips, those of wheelchair users without steps where there is such a way."""
        return route_everybody(
            (self.graph, self.step_free),
            fear,
            network=self.network,
            wishes=routes.wishes_of(self.network, trips, who),
            uses_wheelchair=self.people.wheelchair[trips.person],
            threads=self.threads,
        )

    @cached_property
    def persons(self) -> Array:
        """People as the kernels of rides and choices read them (PERSON (people,))."""
        tastes, journeys = self.tastes, self.journeys
        return records(
            PERSON,
            speed_m_s=self.people.speed_m_s,
            women=journeys.women,
            steps_bar=journeys.steps_bar,
            group=self.who[0],
            rate=tastes.minutes_per_unsafe,
            per_unsafe=tastes.per_unsafe_minute,
            constant=tastes.constant,
            has=tastes.has,
            child=tastes.child,
        )

    @cached_property
    def asked(self) -> Asked:
        """Who is asked about the streets near home."""
        return who_is_asked(self.network, self.people, reach_m=self.parameters.home_reach_m)

    @cached_property
    def days(self) -> DayPlans:
        """The wished tours of any day, the same in every arm."""
        return DayPlans(self.planner, self.journeys, self.open_at)

    def on(self, network: StreetNetwork) -> "Setting":
        """The same people and wishes on a city with further streets, places or stops; residents are asked as before."""
        parameters, journeys = self.parameters, self.journeys
        graph = graph_of(network, walking_metres(network, parameters))
        step_free = step_free_graph(network, graph)
        places = len(network.places) > len(self.network.places)
        open_at = places_open(network, self.date) if places else self.open_at
        rides, at_noon = self.journeys.rides, self.at_noon
        if network.headways is not self.network.headways:  # what people plan by, noon, knows no stop of a measure
            rides = Rides.of(network, network.headways, before=rides)
            at_noon = Service.of(rides, self.network.headways, day_kind_of(self.date)).midday()
        other = dataclasses.replace(
            self,
            network=network,
            open_at=open_at,
            planner=self.planner.on(network, open_at) if places else self.planner,
            graph=graph,
            step_free=step_free,
            in_view=share_in_view(network, parameters.view_radius_m),
            rounding=draws.uniform(parameters.seed, "hazard rounding", network.streets.segment_id),
            journeys=dataclasses.replace(journeys, network=network, rides=rides, graphs=(graph, step_free)),
            at_noon=at_noon,
        )
        other.__dict__["asked"] = self.asked
        return other

    def with_visitors(self, times: float) -> "Setting":
        """The same people, each visitor standing for so many times as many; wishes and who stays out are as before."""
        if times == 1.0:
            return self
        people, walkers = self.people, self.walkers
        more = np.where(people.resident, people.weight, people.weight * times)
        heads = np.where(people.resident, walkers.weight, np.rint(walkers.weight * times).astype(np.int64))
        return dataclasses.replace(
            self, people=dataclasses.replace(people, weight=more), walkers=walkers._replace(weight=heads)
        )

    def days_with(self, open_at: Array, offers: Offers) -> DayPlans:
        """The wished tours of any day where places keep other hours, or something is offered on the way."""
        if np.array_equal(open_at, self.open_at) and not offers.any:
            return self.days
        return DayPlans(self.planner.on(self.network, open_at), self.journeys, open_at, offers)

    def staying_with(self, conditions: Conditions) -> Itineraries:
        """Who is out without travelling on the streets of an arm."""
        people, seed, unit = self.people, self.parameters.seed, self.person_unit
        same = np.array_equal(conditions.open_at, self.open_at) and conditions.closed is None
        parts = [self.staying]
        if not same:
            stays = make_stays(self.network, self.parameters, conditions.open_at, 0, conditions.closed)
            parts = [staying_rows(stays, people, seed, unit)]
        for one in conditions.gatherings:
            among = (people.age >= one.from_age) & (people.age <= one.until_age)
            if one.genders:
                among &= np.isin(people.gender, [GENDERS.index(word) for word in one.genders])
            stays = where_open(one.stays, conditions.closed)  # nobody stands behind a gate that another measure shuts
            parts.append(staying_rows(stays, people, seed, unit, among))
        return together(parts) if len(parts) > 1 else parts[0]

    @property
    def draw(self) -> Draw:
        """What measures are told of the draw in which they are put on the streets."""
        return Draw(self.network, self.parameters, self.date)

    @property
    def residents(self) -> Array:
        """Residents by gender (float64 (G,))."""
        people = self.people
        here = [people.resident & (people.gender == code) for code in range(len(GENDERS))]
        return np.array([math.fsum(people.weight[one]) for one in here])  # exact: the same in any order

    @property
    def residents_by_age(self) -> Array:
        """Residents by gender and age band (float64 (G, A)); exact: the same in any order."""
        people = self.people
        return np.array(
            [
                [
                    math.fsum(people.weight[people.resident & (people.gender == code) & (people.age_band == band)])
                    for band in range(len(AGE_BANDS))
                ]
                for code in range(len(GENDERS))
            ]
        )

    @property
    def class_parts(self) -> Array:
        """Gender and own part of the score of each perception class (float64 (9, 2))."""
        rows = [(g, self.perception.level_at(g, age)) for g in range(len(GENDERS)) for age in _GROUP_AGES]
        return np.array(rows)


GROUP_SHAPE = (2, len(GENDERS), len(AGE_BANDS), *map(len, ATTRIBUTES.values()))
"""Axes of a group: resident or not, gender, age band, and the attributes of the results in their order."""
GROUPS = int(np.prod(GROUP_SHAPE))


def group_of(people: People) -> Array:
    """Code (int32) of each person's demographic group."""
    axes = (people.resident, people.gender, people.age_band, *(getattr(people, name) for name in ATTRIBUTES))
    return np.ravel_multi_index(tuple(np.asarray(axis, np.int64) for axis in axes), GROUP_SHAPE).astype(np.int32)


def of_residents(sums: Array) -> Array:
    """Sums by hour, group and what is summed (24, C, K) as those of residents by (24, G, A, K)."""
    by_axis = sums.reshape(HOURS, *GROUP_SHAPE, sums.shape[-1])[:, 1]
    return np.asarray(by_axis.sum(axis=tuple(range(3, by_axis.ndim - 1))))


def _unsafe(score: Array) -> Array:
    return 1.0 / (1.0 + np.exp(score))
