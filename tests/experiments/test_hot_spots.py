"""Conditions whose hot spots are looked for: of streets, worked out by hand, and nothing of people."""

import numpy as np
import pytest

from experiments.hot_spots import conditions_told

from cities import grid_city, make_city


def test_darkness_is_the_probability_of_too_little_light():
    told = {
        one.name: one for one in conditions_told(make_city([(0, 0), (100, 0), (200, 0)], [(0, 1), (1, 2)], unlit=(1,)))
    }
    assert told["Darkness"].values.tolist() == [0.0, 1.0]
    assert "Poor upkeep" not in told  # nobody audited


def test_fronts_are_shut_where_no_venue_is():
    network = grid_city()
    told = {one.name: one.values for one in conditions_told(network)}
    venues = [network.places_of(kind) for kind in ("shop", "leisure", "culture", "nightlife")]
    fronted = np.unique(network.places.segment[np.concatenate(venues)])
    assert told["Shut fronts"].max() == 1.0
    assert told["Shut fronts"][fronted].mean() < told["Shut fronts"].mean()
    assert set(told) <= {"Darkness", "Shut fronts", "Poor upkeep"}


def test_the_ending_of_a_picture_is_checked_before_any_work(refused):
    assert "--hot-spots: found a.pdf" in refused("network", "inspect", "helsinki-centre", "--hot-spots", "a.pdf")


@pytest.mark.slow
def test_a_city_is_told_its_hot_spots(afterdark, tmp_path):
    pytest.importorskip("esda")
    told = afterdark("network", "inspect", "helsinki-centre", "--hot-spots", "hot.png")
    assert told.status == 0, told.err
    assert "Hot spots: darkness on" in told.out
    assert (tmp_path / "hot.png").read_bytes().startswith(b"\x89PNG")
