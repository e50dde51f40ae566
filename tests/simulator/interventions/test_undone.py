"""A measure and its undoing are the baseline: taken away again, to the bit; by a second one, where a kind can be turned.

Any kind is undone by time: there from one date on and away from another (`when`), as lamps that are put up and taken
down, a gate that is shut and opened again, hosts who go and are withdrawn. A few kinds can also be turned by a second
measure of the same kind; why others cannot stands below.
"""

import dataclasses
import datetime

import numpy as np
import pytest
from every_measure import FRIDAY, GRID, LINE, ON_LINES, PARAMETERS, draw_of, example, same, to_degrees
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.city.conditions import conditions_of
from simulator.city.transit import Supply
from simulator.interventions import MEASURES
from simulator.interventions.strength import with_measure
from simulator.simulation import Simulation

A_WEEK_BEFORE = FRIDAY - datetime.timedelta(weeks=1)
THERE_AND_GONE = {
    "phases": [{"begins": datetime.date(2026, 1, 5), "share": 1.0}, {"begins": FRIDAY, "share": 0.0}],
}
CLOSE = 1e-5
"""Where light, hazard or fronts are multiplied and divided again in single floats."""
WHERE_IT_WAS = to_degrees(100.0, 0.0)


def with_hours(city):
    """The drawn city with bars that are open from 18:00 to 02:00, not day and night."""
    bars = np.isin(np.arange(len(city.places)), city.places_of("nightlife"))
    hours = {
        name: np.where(bars, hour, getattr(city.places, name)) for name, hour in (("opens_h", 18), ("closes_h", 26))
    }
    return dataclasses.replace(city, places=dataclasses.replace(city.places, **hours))


CITIES = {"venue_hours": with_hours(GRID)} | dict.fromkeys(ON_LINES, LINE)
"""Where a kind is tried; the grid for all others."""


def placed(measure):
    city = CITIES.get(measure.kind, GRID)
    return city, measure.place(city, np.arange(len(city.streets), dtype=np.int32))


@pytest.mark.parametrize("kind", MEASURES)
def test_of_every_kind_nothing_is_left_once_it_is_taken_away(kind):
    city, found = placed(example(kind, when=THERE_AND_GONE))
    before, draw = conditions_of(city, PARAMETERS, FRIDAY), draw_of(city)
    assert not same(with_measure(before, found, draw._replace(date=A_WEEK_BEFORE)), before)
    assert with_measure(before, found, draw) is before


@pytest.mark.parametrize(("city", "agents"), [(GRID, 100), (LINE, 100)], ids=["grid", "line"])
def test_the_day_after_all_were_taken_away_is_the_baselines_to_the_bit(city, agents):
    kinds = [kind for kind in MEASURES if (kind in ON_LINES) == (city is LINE)]
    gone = [placed(example(kind, name=kind, when=THERE_AND_GONE))[1] for kind in kinds]
    baseline = Simulation.baseline(city, PARAMETERS, agents=agents, date=FRIDAY)
    baseline.settle(1)
    one, other = baseline.fork(), baseline.fork(gone)
    for arm in (one, other):
        arm.simulate_day()
    assert np.array_equal(one.walk.cells, other.walk.cells)
    assert np.array_equal(one.walk.segments, other.walk.segments)
    assert same(one.chosen.mode, other.chosen.mode)


def _factors(low, high):
    return st.floats(low, high).filter(lambda one: abs(one - 1.0) > 0.01)


TURNED = {
    "reporting": _factors(0.1, 10.0).map(lambda by: ({"more_reports": by}, {"more_reports": 1.0 / by})),
    "arrivals": _factors(0.1, 10.0).map(lambda by: ({"times": by}, {"times": 1.0 / by})),
    "lamp_repair": st.tuples(st.integers(0, 20), st.integers(21, 60)).map(
        lambda days: (
            {"days_now": float(days[1]), "days_then": float(days[0])},
            {"days_now": float(days[0]), "days_then": float(days[1])},
        )
    ),
    # the bars of the drawn city close at 02:00 there: two hours later is as late as an evening gets
    "venue_hours": st.sampled_from([-3, -1, 1, 2]).map(lambda by: ({"closes_later_h": by}, {"closes_later_h": -by})),
    "transit": st.sampled_from([5.0, 12.0, 30.0, 60.0]).map(
        lambda headway: (
            {"headway_min": headway, "from_hour": 6},
            {"headway_min": 60.0 / 4.0, "from_hour": 6},  # as often as before
        )
    ),
    "stop_moved": st.floats(500.0, 5500.0).map(
        lambda x_m: ({"to": to_degrees(x_m, 0.0)}, {"to": WHERE_IT_WAS, "name": "back"})
    ),
}
"""Kinds that a second measure of the kind turns back: levers of the first and of the second."""
HOLDS_A_DRAW = "what it does to incidents is a drawn ratio, and the opposite has one of its own"
ONLY_MORE = "there is only more of it, never less: it is undone by being taken away"
NOT_TURNED = {
    "lighting": HOLDS_A_DRAW,
    "lamp_hours": HOLDS_A_DRAW,
    "adaptive_lamps": HOLDS_A_DRAW,
    "request_stop": ONLY_MORE,
    "night_line": "its line is in no table of the city, so that `transit` cannot take it off again",
    "stop_care": ONLY_MORE,
    "carriage": ONLY_MORE,
    "ride_home": ONLY_MORE,
    "taxi_rank": ONLY_MORE,
    "hosts": ONLY_MORE,
    "charter": ONLY_MORE,
    "night_mayor": "decides by what is reported, and does not know what was undone",
    "closure": "a gate that is shut in some hours is opened by being shut no longer",
    "frontage": ONLY_MORE,
    "market": ONLY_MORE,
    "pedestrian_street": "streets are without cars or with them",
    "renewal": "raises what is worse: what it was before is not known to a second one",
    "seating": ONLY_MORE,
    "screening": "odds of at least 1: making a place uneasier is no measure",
    "new_links": "a street that is built is shut by `closure`, and still there",
    "care_block": ONLY_MORE,
    "toilets": ONLY_MORE,
    "programme": ONLY_MORE,
    "watch": ONLY_MORE,
    "patrol": ONLY_MORE,
    "walking_group": ONLY_MORE,
    "blackout": "a shock passes by itself",
    "flood": "a shock passes by itself",
    "curfew": "a shock passes by itself",
    "event": "a shock passes by itself",
}
"""Why no second measure of the kind turns it back."""


def test_each_kind_is_turned_or_says_why_not():
    assert set(TURNED) | set(NOT_TURNED) == set(MEASURES)
    assert not set(TURNED) & set(NOT_TURNED)
    assert all(len(why) > 20 for why in NOT_TURNED.values())


def both(kind, levers):
    """Streets before, with the first, and with both, in the city with what they add."""
    city = CITIES.get(kind, GRID)
    steps, draw = [conditions_of(city, PARAMETERS, FRIDAY)], draw_of(city)
    found = [placed(example(kind, **{"name": str(number)} | one))[1] for number, one in enumerate(levers)]
    for one in found:
        city = one.measure.built_on(city, one) or city
    draw = draw._replace(network=city)
    for one in found:
        steps.append(with_measure(steps[-1], one, draw))
    return steps


def departures(supply: Supply):
    """Departures whatever the order of the rows: where, when, how many, how far apart."""
    rows = supply.headways
    columns = (rows.stop, rows.line, rows.direction, rows.day_kind, rows.service_hour)
    told = (rows.departures, rows.headway_min, rows.first_min, rows.last_min)
    return {
        tuple(int(one) for one in key): values for key, *values in zip(zip(*columns, strict=True), *told, strict=True)
    }


def nearly(one, other):
    """Whether streets are alike but for the marks of what was touched; single floats within `CLOSE`."""
    for field in dataclasses.fields(one):
        mine, yours = getattr(one, field.name), getattr(other, field.name)
        if field.name == "supply":
            assert departures(mine) == departures(yours)
        elif field.name == "reporting_factor":
            np.testing.assert_allclose(np.ones(4) if mine is None else mine, np.ones(4) if yours is None else yours)
        elif field.name == "visitors":
            assert mine == pytest.approx(yours)
        elif isinstance(mine, np.ndarray) and mine.dtype.kind == "f":
            np.testing.assert_allclose(mine, yours, rtol=CLOSE, atol=CLOSE, err_msg=field.name)
        elif field.name != "treated":
            assert same(mine, yours), field.name


@pytest.mark.parametrize("kind", TURNED)
def test_a_measure_and_the_one_that_turns_it_back_are_the_baseline(kind):

    @given(TURNED[kind])
    @settings(max_examples=8, deadline=None, derandomize=True)
    def turned(levers):
        before, there, back = both(kind, levers)
        assert not same(dataclasses.replace(there, treated=before.treated), before)
        nearly(before, back)

    turned()
