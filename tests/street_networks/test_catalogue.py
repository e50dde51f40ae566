"""Finding a city by name or path."""

from pathlib import Path

import numpy as np
import pytest

from simulator.city.transit import HEADWAY_SOURCES, STOP_KINDS
from simulator.errors import CityError
from street_networks import find_city, list_cities, load_city, read_city


def test_the_default_city_is_shipped() -> None:
    assert "helsinki-centre" in list_cities()
    assert find_city("helsinki-centre").is_file()


def test_a_path_is_taken_as_it_is(small_file: Path) -> None:
    assert find_city(small_file) == small_file
    assert load_city(str(small_file)).name == "drawn"


def test_a_slip_of_the_pen_gets_the_right_word() -> None:
    with pytest.raises(CityError, match="did you mean helsinki-centre"):
        find_city("helsinky-center")


def test_a_word_like_no_city_gets_the_list() -> None:
    with pytest.raises(CityError, match="shipped cities: helsinki-centre"):
        find_city("qqq")


def test_a_path_that_is_not_there_is_said_to_be_a_path() -> None:
    with pytest.raises(CityError, match="no such city file"):
        find_city("maps/nowhere.gpkg")


def test_a_city_with_stops_and_no_departures_is_read_with_assumed_ones() -> None:
    as_filed, city = read_city(find_city("helsinki-centre")), load_city("helsinki-centre")
    assert len(as_filed.stops) > 0
    if not len(as_filed.headways):
        assert set(city.headways.source.tolist()) == {HEADWAY_SOURCES.index("assumed")}
    served = np.isin(np.arange(len(city.stops)), city.headways.stop)
    assert served[city.stops.kind == STOP_KINDS.index("bus")].all()
