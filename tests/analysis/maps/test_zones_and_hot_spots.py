"""Maps of zones and hot spots of conditions: figures by hand, planted clusters found, chance not taken for one."""

import sys

import numpy as np
import pandas as pd
import pytest
import shapely

from analysis.comparison.by_zone import figures_of_zones, rows_of_zones
from analysis.comparison.paired import COLUMNS
from analysis.maps.hot_spots import Condition, draw_hot_spots, hot_spots, middles
from analysis.maps.panels import Streets
from analysis.maps.zones import ZoneFigure, draw_zone_map
from simulator.errors import InputError


def row(zone, gender, indicator, baseline, difference, **more):
    cell = dict.fromkeys(COLUMNS, "all") | {"scenario": "lamps", "zone": zone, "gender": gender, "period": "dark"}
    return cell | {"indicator": indicator, "baseline": baseline, "difference": difference} | more


ROWS = pd.DataFrame(
    [
        row("north", "woman", "feels_safe_share", 0.5, 0.04),
        row("north", "man", "feels_safe_share", 0.7, 0.01),
        row("south", "man", "feels_safe_share", 0.9, 0.0),
        row("south", "man", "feels_safe_share", 0.1, 0.0, period="day"),
        row("south", "man", "feels_safe_share", 0.1, 0.0, age="65+"),
        row("south", "all", "trips_not_made", 12.0, -2.0),
        row("core", "woman", "feels_safe_share", 0.6, 0.3),
        row("north", "woman", "feels_safe_share", 0.1, 0.1, scenario="other"),
    ]
)


def test_the_gap_of_a_zone_is_mens_share_less_womens_after_dark():
    told = figures_of_zones(ROWS, "lamps")
    assert list(told.index) == ["north", "south"]
    assert told.loc["north", "gap_now"] == pytest.approx(20.0)
    assert told.loc["north", "gap_change"] == pytest.approx(-3.0)
    assert np.isnan(told.loc["south", "gap_now"])  # too few women there
    assert told.loc["south", "trips_change"] == -2.0
    assert np.isnan(told.loc["north", "trips_now"])
    assert figures_of_zones(ROWS[ROWS["zone"] == "core"], "lamps").empty
    assert set(rows_of_zones(ROWS, "lamps")["zone"]) == {"north", "south"}


def test_zones_are_drawn_the_same_every_time(make_grid, tmp_path):
    vertices, starts, ids = make_grid()
    zones = ["north", "south"], np.array([shapely.box(0, 250, 1000, 600), shapely.box(0, 0, 1000, 250)], object)
    figures = [
        ZoneFigure("Gap", np.array([20.0, np.nan]), "points", False, 1.0),
        ZoneFigure("Change", np.array([-3.0, 0.0]), "points", True, 0.5),
    ]
    for name in ("a.png", "b.png"):
        draw_zone_map(Streets(ids, vertices, starts), zones, figures, tmp_path / name, title="$1$", attribution="© OSM")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def town(side=30, spacing=50.0):
    return np.array([(spacing * x, spacing * y) for x in range(side) for y in range(side)], float)


@pytest.mark.slow
def test_a_planted_cluster_is_found_and_chance_is_not():
    pytest.importorskip("esda")
    at = town()
    noise = np.random.default_rng(3).random(len(at))
    near = np.hypot(*(at - (400.0, 400.0)).T) < 150.0
    found = hot_spots(at, np.where(near, noise + 2.0, noise))
    assert found[near].mean() > 0.9
    assert found[np.hypot(*(at - (400.0, 400.0)).T) > 320.0].mean() < 0.02
    assert hot_spots(at, noise).mean() < 0.05
    assert np.array_equal(found, hot_spots(at, np.where(near, noise + 2.0, noise)))


def test_where_everything_is_alike_nothing_is_a_hot_spot():
    pytest.importorskip("esda")
    assert not hot_spots(town(4), np.ones(16)).any()


def test_without_the_library_the_way_to_it_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "esda", None)
    with pytest.raises(InputError, match=r"pip install 'afterdark\[spatial\]'"):
        hot_spots(town(4), np.arange(16.0))


def test_the_middle_of_a_street_is_that_of_its_vertices(make_grid):
    vertices, starts, ids = make_grid()
    assert middles(Streets(ids, vertices, starts))[0].tolist() == [45.0, 0.0]


def test_hot_spots_are_drawn_the_same_every_time(make_grid, tmp_path):
    vertices, starts, ids = make_grid()
    streets, hot = Streets(ids, vertices, starts), np.arange(60) < 7
    found = [
        (Condition("Darkness", hot * 1.0, "probability"), hot),
        (Condition("Shut fronts", hot * 1.0, "share"), ~hot),
    ]
    for name in ("a.png", "b.png"):
        draw_hot_spots(streets, np.ones(60, bool), found, tmp_path / name, title="$1$", attribution="© OSM")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
