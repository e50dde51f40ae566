"""What every kind of measure keeps to, whoever writes it: levers, evidence, cost, channels, zero, days, an example."""

import numpy as np
import pytest
from every_measure import BEFORE, FRIDAY, GIVEN, GRID, LINE, ON_LINES, PARAMETERS, ZERO, example, same, tried

from simulator.city.conditions import Conditions
from simulator.evidence.parameters import load_evidence
from simulator.interventions import MEASURES, Placement
from simulator.simulation import Simulation

from linecity import evening


def test_every_kind_has_an_example():
    assert set(GIVEN) == set(MEASURES)
    assert set(MEASURES) - set(ZERO) == {"transit", "night_line", "closure", "pedestrian_street", "flood"}


@pytest.mark.parametrize("kind", MEASURES)
def test_every_lever_is_documented(kind):
    for name, field in MEASURES[kind].model_fields.items():
        assert name in ("kind",) or field.description, f"{kind}.{name} says nothing"


@pytest.mark.parametrize("kind", MEASURES)
def test_the_evidence_that_a_measure_names_is_there(kind):
    measure = example(kind)
    assert set(measure.evidence()) <= set(load_evidence())
    assert set(measure.cost_evidence()) <= set(measure.evidence())


@pytest.mark.parametrize("kind", MEASURES)
def test_channels_are_told_in_words(kind):
    told = example(kind).channels()
    assert told
    assert all(isinstance(one, str) and len(one) > 20 for one in told)


@pytest.mark.parametrize("kind", MEASURES)
def test_a_placement_has_sorted_segments_a_quantity_and_its_price(kind):
    _, found, _, _ = tried(example(kind))
    assert isinstance(found, Placement)
    assert found.segments.size
    assert (np.diff(found.segments) > 0).all()
    assert found.segments.dtype == np.int32
    assert found.unit
    for amount in (found.capital, found.running_per_year, found.lifetime_years):
        assert amount.low <= amount.value <= amount.high
        assert not amount.parameter or amount.in_draw(PARAMETERS) == pytest.approx(
            PARAMETERS[amount.parameter] * amount.factor
        )


@pytest.mark.parametrize("kind", MEASURES)
def test_what_it_does_is_on_the_streets_that_it_names(kind):
    city, found, before, after = tried(example(kind))
    assert not same(before, after)
    assert (after.treated == np.isin(np.arange(len(city.streets)), found.segments)).all()


@pytest.mark.parametrize("kind", ZERO)
def test_nothing_of_it_leaves_the_streets_as_they_are_to_the_bit_and_costs_nothing(kind):
    _, found, before, after = tried(example(kind, **ZERO[kind]))
    assert found.quantity == 0.0
    assert same(before, after)


@pytest.mark.parametrize("kind", [kind for kind in MEASURES if "days" in MEASURES[kind].model_fields])
def test_on_other_days_it_does_nothing_and_says_why(kind):
    staff_only = {"shelter": False, "standard": None, "staffed": True, "running_each_year": 1.0}
    measure = example(kind, days=("sunday",), **(staff_only if kind == "stop_care" else {}))
    city, found, before, after = tried(measure)
    idle = measure.idle_on(FRIDAY, network=city, placement=found)
    assert idle is not None
    assert "Sundays" in idle.why
    if kind != "transit":  # departures are changed in their table of all kinds of day
        for name in ("hazard_ratio", "guardians", "light_min_lx", "frontage", "open_at", "treated"):
            assert np.array_equal(getattr(after, name), getattr(before, name)), name
        assert not after.gatherings
        assert not after.offers.any


@pytest.mark.parametrize("kind", MEASURES)
def test_a_measure_changes_nothing_that_it_was_given(kind):
    arrays = [
        name for name in Conditions.__dataclass_fields__ if isinstance(getattr(BEFORE[id(GRID)], name), np.ndarray)
    ]
    copies = {key: {name: getattr(one, name).copy() for name in arrays} for key, one in BEFORE.items()}
    tried(example(kind))
    for key, one in BEFORE.items():
        for name in arrays:
            assert np.array_equal(getattr(one, name), copies[key][name]), name


def test_measures_say_whom_they_may_harm():
    """Whatever moves people on, or earns and loses money for others, names them."""
    assert {kind for kind, measure in MEASURES.items() if measure.displaces} == {
        *("venue_hours", "night_mayor", "closure", "market", "programme", "patrol", "watch", "pedestrian_street"),
        *("seating", "screening", "carriage"),
        *(kind for kind, measure in MEASURES.items() if measure.is_shock),
    }


@pytest.fixture(scope="module")
def settled():
    arm = Simulation.baseline(GRID, PARAMETERS, agents=100, date=FRIDAY)
    arm.settle(1)
    return arm


@pytest.mark.parametrize("kind", [kind for kind in MEASURES if kind not in ON_LINES])
def test_each_kind_goes_with_each_other_in_any_order_and_with_itself(settled, kind):
    every = np.arange(len(GRID.streets), dtype=np.int32)
    for other in MEASURES:
        if other in ON_LINES:
            continue
        measures = [example(one, name=f"{one} {number}") for number, one in enumerate((kind, other))]
        arm = settled.fork([measure.place(GRID, every) for measure in measures])
        arm.begin_day()
        streets = arm.conditions
        assert streets.treated.size == streets.light_min_lx.shape[1] == len(arm.setting.network.streets)
        assert streets.open_at.shape[1] == len(arm.setting.network.places)
        assert np.isfinite(streets.hazard_ratio).all()
        for name in ("frontage", "nightlife", "guardians"):
            assert 0.0 <= getattr(streets, name).min() <= getattr(streets, name).max() <= 1.0


@pytest.mark.parametrize("kind", ON_LINES)
def test_each_kind_on_stops_goes_with_each_other_in_any_order_and_with_itself(kind):
    every = np.arange(len(LINE.streets), dtype=np.int32)
    for other in ON_LINES:
        measures = [example(one, name=f"{one} {number}") for number, one in enumerate((kind, other))]
        arm = evening(LINE, agents=100, placements=[measure.place(LINE, every) for measure in measures])
        rides, supply = arm.setting.journeys.rides, arm.conditions.supply
        assert len(supply.stops) == rides.stops
        calls = (supply.headways.stop * rides.lines + supply.headways.line) * 2 + supply.headways.direction
        assert np.isin(calls, rides.call).all()  # whatever runs is known to those who choose
        assert len(np.unique(np.stack([calls, supply.headways.day_kind, supply.headways.service_hour]), axis=1).T) == (
            len(calls)
        )
