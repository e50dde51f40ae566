"""What makes answers about a city meaningless is said before any work; a town without a way in is no fault."""

import dataclasses
import datetime

import numpy as np
import pytest

from simulator.city.network import PLACE_KINDS, STREET_CLASSES, Places
from simulator.city.sun import darkest_working_day
from simulator.errors import CityError
from simulator.evidence.parameters import draw_parameters
from simulator.simulation import Simulation
from street_networks.city_file.geopackage import Layer
from street_networks.derive import City
from street_networks.inspection.soundness import check_sound, findings
from street_networks.local_data.people_along import add_people_along

from cities import grid_city

CITY = grid_city(6)


def without(city, *kinds):
    codes = [PLACE_KINDS.index(kind) for kind in kinds]
    return dataclasses.replace(city, places=city.places.take(np.flatnonzero(~np.isin(city.places.kind, codes))))


def with_homes(city, residents):
    size = city.places.size.copy()
    homes = city.places_of("home")
    size[homes] *= residents / size[homes].sum()
    return dataclasses.replace(city, places=dataclasses.replace(city.places, size=size))


def with_streets(city, **columns):
    return dataclasses.replace(city, streets=dataclasses.replace(city.streets, **columns))


def test_a_sound_city_has_no_findings_that_refuse():
    assert [one for one in findings(with_homes(CITY, 2000.0)) if one.refuses] == []


def test_streets_without_people_are_refused_with_both_remedies():
    for city in (with_homes(CITY, 1.0), without(CITY, "home")):
        with pytest.raises(CityError) as error:
            check_sound(city)
        (fault,) = error.value.faults
        assert "buildings are hardly mapped" in fault
        assert "--population" in fault
        assert "--people-per-km" in fault


def test_few_people_are_said_and_simulated():
    km = CITY.streets.length_m.sum() / 1000
    told = [str(one) for one in check_sound(with_homes(CITY, 5.0 * km))]
    assert any("5.0 a km" in one and "are all buildings mapped?" in one for one in told)


def test_an_empty_core_is_refused_and_a_small_one_said():
    none = np.zeros(len(CITY.streets), bool)
    with pytest.raises(CityError, match="nothing can be answered") as error:
        check_sound(with_streets(CITY, in_core=none))
    assert "found no street in the core" in error.value.faults[0]
    one = none.copy()
    one[0] = True
    assert any("km of streets in the core" in str(told) for told in check_sound(with_streets(CITY, in_core=one)))


@pytest.mark.parametrize(
    ("share", "words"), [(0.4, None), (0.6, "light is guessed"), (0.97, "hardly about this place")]
)
def test_guessed_light_is_said_as_serious_as_it_is(share, words):
    length = CITY.streets.length_m * CITY.streets.in_core
    order = np.argsort(~CITY.streets.in_core, kind="stable")
    guessed = np.zeros(len(length), bool)
    guessed[order[np.cumsum(length[order]) <= share * length.sum() + 1e-6]] = True
    told = [str(one) for one in findings(with_streets(CITY, light_imputed=guessed))]
    assert any("light is guessed" in one for one in told) == (words is not None)
    assert words is None or any(words in one for one in told)


@pytest.mark.parametrize("missing", [("gateway",), ("stop",), ("gateway", "stop")])
def test_a_town_without_gateways_or_stops_still_lives(missing):
    town = without(CITY, *missing)
    baseline = Simulation.baseline(town, draw_parameters(1, 0), agents=300, date=datetime.date(2026, 12, 21))
    baseline.settle(1)
    people = baseline.setting.people
    closed = not town.places_of("gateway").size and not town.places_of("stop").size
    assert people.resident.all() == closed
    assert people.weight[people.resident].sum() == pytest.approx(
        Simulation.baseline(CITY, draw_parameters(1, 0), agents=300, date=datetime.date(2026, 12, 21))
        .setting.people.weight[:150]
        .sum(),
        rel=1e-6,
    )
    assert baseline.walk.segments.sum() > 0  # somebody walks
    assert any("nobody comes from outside" in str(one) for one in findings(town)) == closed


def test_south_of_the_equator_the_default_day_is_in_june():
    south = dataclasses.replace(CITY, latitude=-30.03, longitude=-51.22, timezone="America/Sao_Paulo", country="BR")
    day = darkest_working_day(south.latitude)
    assert (day.month, day.day) == (6, 22)
    night = Simulation.baseline(south, draw_parameters(1, -1), agents=200, date=day).conditions.dark_hours.sum()
    december = datetime.date(2026, 12, 21)
    assert (
        night
        > 1 + Simulation.baseline(south, draw_parameters(1, -1), agents=200, date=december).conditions.dark_hours.sum()
    )


def test_people_are_spread_along_streets_that_have_no_home_near():
    of_class = np.full(len(CITY.streets), STREET_CLASSES.index("residential"))
    bare = with_streets(without(CITY, "home"), street_class=of_class)
    layers = {"places": Layer(None, {"name": np.full(len(bare.places), None, object)})}
    made = add_people_along(City(bare, layers), 100.0).network
    homes = made.places_of("home")
    lived_on = made.streets.length_m[made.places.segment[homes]].sum() / 1000
    assert made.places.size[homes].sum() == pytest.approx(100.0 * lived_on, rel=1e-3)
    assert not made.streets.in_park[made.places.segment[homes]].any()
    assert "an assumption" in made.metadata["people_per_km"]
    assert [one for one in findings(made) if one.refuses] == []
    again = add_people_along(
        City(made, {"places": Layer(None, {"name": np.full(len(made.places), None, object)})}), 100.0
    )
    assert isinstance(again.network.places, Places)
    assert len(again.network.places) == len(made.places)  # everybody is near a home by now
