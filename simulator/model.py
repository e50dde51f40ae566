"""The simulation as a Mesa model: `SafetyModel`, whose step is one minute of a day.

Mesa is the shell: people live in columns, institutions are ordinary Mesa agents. Nothing of ours draws from
Mesa's random generators.
"""

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

import mesa
import numpy as np

from simulator.city.network import StreetNetwork
from simulator.city.sun import darkest_working_day
from simulator.errors import InputError
from simulator.evidence.parameters import Parameters, draw_parameters
from simulator.foundation.categories import AGE_BANDS, CARERS, DISABILITIES, GENDERS
from simulator.foundation.clock import DAY_END_MS
from simulator.foundation.spelling import gender_of, nearest_told
from simulator.foundation.watching import bar_on_terminals
from simulator.interventions import Placement
from simulator.kernels.walking import SHARE_UNIT, WALK
from simulator.people.given_people import FLAGS, GivenPeople
from simulator.people.person_set import Person, PersonSet
from simulator.settling import settle
from simulator.simulation import Simulation
from simulator.travel.day_walk import DayWalk

Array = np.ndarray[Any, Any]
STEP_S = 60
_OWN_COLUMNS = ("person_id", "age", "resident", "weight", "speed_m_s", *FLAGS)
_WORDS = {"gender": GENDERS, "age_band": AGE_BANDS, "disability": DISABILITIES, "carer": CARERS}
_WALKING_COLUMNS = ("outdoors", "segment_id", "walking_s", "feels_safe_share")


class Institution(mesa.Agent):  # type: ignore[misc]  # mesa ships no types
    """A body that observes reports and counts and decides, such as a night mayor's office: an ordinary Mesa agent.

    It met before the day that is simulated (`simulator.interventions.night.office`), so that its step does nothing.

    Parameters
    ----------
    name
        What the case calls it.
    log
        What it did and why, a line each.
    """

    def __init__(self, model: "SafetyModel", name: str, log: tuple[str, ...]) -> None:
        super().__init__(model)
        self.name, self.log = name, log

    def step(self) -> None:
        """It has met already."""


class SafetyModel(mesa.Model):  # type: ignore[misc]  # mesa ships no types
    """A city by day and night, one minute a step.

    Parameters
    ----------
    network
        The city.
    agents
        How many agents stand for its population.
    date
        The day that is simulated, over and over; it decides when it is dark. By default the darkest working day there.
    seed
        Every draw is a hash of it.
    parameters
        One draw of the evidence; by default its central values.
    placements
        Measures in place from the first step (see `scenarios.bind`).
    settle_days
        Days lived at least before the first step, so that people know their streets: without the measures, since
        wishes and levels of incidents are those of the baseline.
    threads
        Threads of this run; the results do not depend on them.
    given
        Persons of your own (see `street_networks.local_data.persons.read_persons`), instead of drawn residents.
    quiet
        Show no bar while the city settles at the first step; without it there is one on terminals.

    `datacollector` holds what `REPORTERS` say after each step (`advance` reports nothing), as `mesa.batch_run` asks
    for it; put one of your own in its place before the first step.

    Examples
    --------
    >>> model = SafetyModel(load_city("helsinki-centre"), agents=2000)  # doctest: +SKIP
    >>> for _ in range(60): model.step()  # doctest: +SKIP
    >>> model.people.select(gender="woman", outdoors=True, age=range(65, 120)).count()  # doctest: +SKIP
    """

    def __init__(
        self,
        network: StreetNetwork,
        *,
        agents: int = 8000,
        date: datetime.date | None = None,
        seed: int = 1,
        parameters: Parameters | None = None,
        placements: Sequence[Placement] = (),
        settle_days: int = 2,
        threads: int = 1,
        given: GivenPeople | None = None,
        quiet: bool = False,
    ) -> None:
        super().__init__(seed=seed)
        parameters = parameters or draw_parameters(seed, -1)
        day = date or darkest_working_day(network.latitude)
        baseline = Simulation.baseline(network, parameters, agents=agents, date=day, threads=threads, given=given)
        self._attach(baseline, placements, settle_days)
        self._quiet = quiet
        self.datacollector = mesa.DataCollector(model_reporters=dict(REPORTERS))

    def _attach(self, baseline: Simulation, placements: Sequence[Placement], settle_days: int) -> None:
        self.simulation = baseline.fork(placements) if placements else baseline
        self._baseline, self._placements = baseline, tuple(placements)
        self._settle_days = settle_days
        self._extra: dict[str, Array] = {}
        self.people = PersonSet(self, np.arange(len(baseline.setting.people)))
        # DataCollector's agenttype_reporters look here; Model.agents cannot be replaced by another type of set
        self._agents_by_type[Person] = self.people

    @property
    def day_walk(self) -> DayWalk:
        """The present day's walks; begins the day, after settling, when none has begun."""
        if self.simulation.walk is None:
            if self.simulation.day == 0 and self._settle_days:
                self._settle()
            else:
                self.simulation.begin_day()
        assert self.simulation.walk is not None
        return self.simulation.walk

    def _settle(self) -> None:
        """Live the days before the first step, which take some seconds, and begin the day that is simulated."""
        parts = 2 * self._settle_days + 1  # each day from empty and from full streets, and the plans of the last
        with bar_on_terminals("settling the city before the first step", parts, quiet=self._quiet) as lived:
            settle(self._baseline, self._settle_days, lived=lived)
            if self._placements:
                self.simulation = self._baseline.fork(self._placements)
                self._seat_institutions()
            self.simulation.begin_day()

    def _seat_institutions(self) -> None:
        """Institutions that observe and decide stand among Mesa's agents, with what they did before the day."""
        for placement in self._placements:
            if placement.measure.observes:
                Institution(self, placement.measure.name, self.simulation.conditions.log)

    @property
    def now(self) -> datetime.datetime:
        """Local clock time (without time zone) at which the model stands."""
        start = datetime.datetime.combine(self.simulation.setting.date, datetime.time())
        return start + datetime.timedelta(milliseconds=self.day_walk.now_ms)

    def step(self) -> None:
        """One minute: move, meet, feel, risk, and report. At 04:00 people learn and the next day begins."""
        self._advance(STEP_S)
        self.datacollector.collect(self)

    def advance(self, seconds: int) -> None:
        """Some whole seconds at once; to the bit the same as in steps, of which whole minutes are counted.

        Raises
        ------
        InputError
            If `seconds` is not a positive whole number.
        """
        if seconds != int(seconds) or seconds <= 0:
            raise InputError(f"seconds: found {seconds}, expected a whole number above 0")
        self._advance(int(seconds))
        self.steps += int(seconds) // STEP_S

    def _advance(self, seconds: int) -> None:
        left_ms = seconds * 1000
        while left_ms > 0:
            walk = self.day_walk
            if walk.now_ms >= DAY_END_MS:
                self.simulation.end_day(learn_wishes=False)
                self.simulation.begin_day()
                continue
            until = min(walk.now_ms + left_ms, DAY_END_MS)
            left_ms -= until - walk.now_ms
            self.simulation.advance(until)

    @property
    def person_columns(self) -> tuple[str, ...]:
        """Names of all columns of people: the model's, and those that a user has set."""
        return (*_OWN_COLUMNS, *_WORDS, *_WALKING_COLUMNS, *self._extra)

    def person_column(self, name: str) -> Array:
        """A column over all people, as words and numbers that a reader understands.

        Raises
        ------
        AttributeError
            Naming the columns there are.
        """
        people = self.simulation.setting.people
        if name in _OWN_COLUMNS:
            return np.asarray(getattr(people, name))
        if name == "unique_id":
            return np.asarray(people.person_id)
        if name in self._extra:
            return self._extra[name]
        if name in _WORDS:
            return np.array(_WORDS[name])[getattr(people, name)]
        if name in _WALKING_COLUMNS:
            return self._walking_column(name)
        raise AttributeError(f"people have no column {name!r}; there are {', '.join(self.person_columns)}")

    @staticmethod
    def words_meant(name: str, wanted: Iterable[Any]) -> list[Any]:
        """What values a column is compared with mean: other words for genders are taken, unknown words refused.

        Raises
        ------
        InputError
            If the column has words and a value is none of them, naming those that it has.
        """
        if name not in _WORDS:
            return list(wanted)
        return [_meant(name, str(word)) for word in wanted]

    def set_person_column(self, name: str, rows: Array, value: Any) -> None:
        """Set a user's own column; it is made where it does not exist (0 for the others).

        Raises
        ------
        AttributeError
            If the column is the model's own.
        """
        values = np.asarray(value)
        if name not in self._extra:
            try:
                self.person_column(name)
            except AttributeError:
                self._extra[name] = np.zeros(len(self.simulation.setting.people), values.dtype)
            else:
                raise AttributeError(f"column {name!r} belongs to the model and is read-only; choose another name")
        column = self._extra[name]
        if column.dtype != values.dtype:  # room for both: a fraction set in whole numbers must not be cut off
            numbers = column.dtype.kind in "biuf" and values.dtype.kind in "biuf"
            alike = numbers or column.dtype.kind == values.dtype.kind
            column = column.astype(np.result_type(column, values) if alike else object)
        column[rows] = values
        self._extra[name] = column

    def _walking_column(self, name: str) -> Array:
        walk, size = self.day_walk, len(self.simulation.setting.people)
        walks = walk.walks
        walking = walk.walking_now()
        outdoors = np.zeros(size, bool)
        outdoors[walks.person[walking]] = True
        if name == "outdoors":
            return outdoors
        if name == "segment_id":
            where = np.full(size, -1, np.int64)
            at = walks.route[walks.route_start[walking] + walks.step[walking]]
            where[walks.person[walking]] = self.simulation.setting.network.streets.segment_id[at]
            return where
        on_foot = walks.kind == WALK
        walked = np.bincount(walks.person, weights=walks.walked_ms * on_foot, minlength=size)
        if name == "walking_s":
            return np.asarray(walked / 1000.0)
        safe = np.bincount(walks.person, weights=walks.safe * on_foot / SHARE_UNIT, minlength=size)
        return np.divide(safe, walked, out=np.full(size, np.nan), where=walked > 0)


def people_outdoors(model: SafetyModel) -> float:
    """People on their way or staying outdoors at this moment."""
    people = model.simulation.setting.people
    return float(people.weight[model.person_column("outdoors")].sum())


def feels_safe_share(model: SafetyModel, gender: str) -> float:
    """Share of the time walked so far today by people of a gender that felt safe to them; NaN before anybody walked."""
    people, walks = model.simulation.setting.people, model.day_walk.walks
    mine = (walks.kind == WALK) & (people.gender[walks.person] == GENDERS.index(gender))
    walked = float((walks.weight[mine] * walks.walked_ms[mine].astype(np.float64)).sum())
    safe = float((walks.weight[mine] * walks.safe[mine].astype(np.float64)).sum()) / SHARE_UNIT
    return safe / walked if walked > 0 else float("nan")


REPORTERS = {
    "clock": lambda model: model.now.isoformat(),
    "people_outdoors": people_outdoors,
    "women_feel_safe_share": lambda model: feels_safe_share(model, "woman"),
    "men_feel_safe_share": lambda model: feels_safe_share(model, "man"),
}
"""What a model reports after each step, unless its `datacollector` is replaced."""


def _meant(name: str, word: str) -> str:
    if name == "gender":
        return gender_of(word)
    known = _WORDS[name]
    if word not in known:
        raise InputError(f"{name} {word!r}, expected one of {', '.join(known)}{nearest_told(word, known)}")
    return word
