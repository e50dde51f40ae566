"""The share of the core that is open space, on squares whose areas are known."""

import numpy as np
import pytest
import shapely

from street_networks import load_city
from street_networks.catalogue import find_city
from street_networks.city_file.contents import open_space_share
from street_networks.city_file.geopackage import Layer, write_city

from cities import make_city

CITY = make_city([(0.0, 0.0), (100.0, 0.0)], [(0, 1)], places=[("home", 0, 10.0)])


def areas(*boxes):
    """Rectangles as areas of several parts."""
    return np.array([shapely.MultiPolygon([shapely.box(*box)]) for box in boxes], object)


def written(path, **layers):
    """The city with a core of 100 m by 100 m, and further layers."""
    core = Layer(areas((0, 0, 100, 100), (0, 0, 500, 500)), {"zone": np.array(["core", "Old Town"], object)})
    write_city(CITY, path, layers={"zones": core, **layers})
    return path


def test_open_spaces_count_once_and_only_in_the_core(tmp_path):
    # 50 x 50 within, twice the same 10 x 50, half of 40 x 40 beyond the edge
    spaces = areas((0, 0, 50, 50), (50, 0, 60, 50), (50, 0, 60, 50), (80, 60, 120, 100))
    layer = Layer(spaces, {"open_space_id": np.arange(4), "name": np.full(4, ""), "is_park": np.ones(4)})
    assert open_space_share(written(tmp_path / "city.gpkg", open_spaces=layer)) == pytest.approx(0.25 + 0.05 + 0.08)


def test_without_open_spaces_or_core_nothing_is_known(tmp_path):
    assert open_space_share(written(tmp_path / "city.gpkg")) is None
    write_city(CITY, tmp_path / "bare.gpkg")
    assert open_space_share(tmp_path / "bare.gpkg") is None


def test_central_helsinki_is_a_quarter_open():
    assert load_city("helsinki-centre").name == "helsinki-centre"
    assert 0.2 < open_space_share(find_city("helsinki-centre")) < 0.3
