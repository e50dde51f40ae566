"""A window of a city against the run of the whole of it: what cutting out a district does to its footfall.

Las Palmas, 1.0 x 1.7 km round Triana. In the whole city nearly everybody comes from within it; in the window those who
come in are drawn, as many as `visitors_per_resident` says, which is an assumption. So levels may differ, while where and
when people are about, and how safe it feels, should not by much.
"""

import datetime
import json
import sys

import numpy as np
import pytest
import shapely
from scipy.stats import spearmanr

from simulator.evidence.parameters import draw_parameters
from simulator.kernels.walking import FELT_SAFE, PASSED, SHARE_UNIT, WALKED
from simulator.simulation import Simulation
from street_networks import load_city
from street_networks.build import Order, build_city

from rawdata import raw_file

LATITUDE, LONGITUDE = 28.1075, -15.4165
DECEMBER = datetime.date(2026, 12, 21)


@pytest.fixture(scope="module")
def cities(tmp_path_factory):
    """The whole city and the window, built of the same extract."""
    osm = raw_file("osm/las_palmas_2023.osm.pbf")
    folder = tmp_path_factory.mktemp("cities")
    up, right = 850.0 / 111_320, 500.0 / 111_320 / np.cos(np.radians(LATITUDE))
    box = shapely.box(LONGITUDE - right, LATITUDE - up, LONGITUDE + right, LATITUDE + up)
    feature = {"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(box)}
    (folder / "box.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    orders = [
        Order(folder / "whole.gpkg", osm),
        Order(folder / "window.gpkg", osm, within=folder / "box.geojson"),
    ]
    for order in orders:
        build_city(order, lambda stage: None)
    return [load_city(str(order.out)) for order in orders]


def rows_of(city, keys):
    order = np.argsort(city.streets.segment_id)
    return order[np.searchsorted(city.streets.segment_id, keys, sorter=order)]


@pytest.mark.slow
def test_a_window_has_the_footfall_of_the_whole_city_but_for_its_level(cities, capsys):
    whole, window = cities
    keys = np.intersect1d(whole.streets.segment_id, window.streets.segment_id[window.streets.in_core])
    assert keys.size > 900  # but for streets cut at the outline, a window has the keys of the whole
    walked = []
    for city, agents, visitors in ((whole, 12_000, {"visitors_per_resident": 0.2}), (window, 6_000, {})):
        arm = Simulation.baseline(city, draw_parameters(1, -1, visitors), agents=agents, date=DECEMBER, threads=2)
        arm.settle(2)
        walked.append(arm.walk.segments[:, rows_of(city, keys)])
    passed = [sums[:, :, PASSED].astype(float) for sums in walked]
    by_hour = np.corrcoef(*(one.sum(axis=1) for one in passed))[0, 1]
    by_street = spearmanr(*(one.sum(axis=0) for one in passed)).statistic
    safe = [sums[:, :, FELT_SAFE].sum() / SHARE_UNIT / sums[:, :, WALKED].sum() for sums in walked]
    level = passed[1].sum() / passed[0].sum()
    with capsys.disabled():
        sys.stdout.write(
            f"\nwindow over whole: passages {level:.2f}; correlation by hour {by_hour:.3f}, of ranks by street "
            f"{by_street:.3f}; time that feels safe {100 * safe[1]:.1f} against {100 * safe[0]:.1f} %\n"
        )
    assert by_hour > 0.95
    assert by_street > 0.8
    assert safe[1] == pytest.approx(safe[0], abs=0.03)
    assert 0.3 < level < 3.0
