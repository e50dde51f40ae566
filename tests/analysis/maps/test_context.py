"""What lies around the streets of a map: names that are readable, and ground that the city file has."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.maps.context import context_of
from analysis.maps.difference import Change, draw_difference_map
from analysis.maps.furniture import save_png
from analysis.maps.panels import AROUND_M, Streets, extent_around
from analysis.maps.street_names import place_names
from street_networks.city_file.geopackage import Layer, write_city

from cities import grid_city

FRAME = (0.0, 1000.0, 0.0, 1000.0)


def placed(streets, *, type_m=10.0, most=14, rank=None):
    names, lines = zip(*streets, strict=True)
    ranks = np.zeros(len(names), int) if rank is None else np.array(rank)
    return place_names(names, ranks, [np.array(line, float) for line in lines], extent=FRAME, type_m=type_m, most=most)


def test_a_name_lies_along_the_middle_of_its_street_and_is_upright():
    (name,) = placed([("Lange Gasse", [(900, 500), (100, 500)])])
    assert (name.x_m, name.y_m) == (pytest.approx(500, abs=20), 500)
    assert name.angle == pytest.approx(0.0)
    (name,) = placed([("Lange Gasse", [(200, 200), (500, 500)])])
    assert name.angle == pytest.approx(45.0)


def test_pieces_of_a_street_are_one_street():
    pieces = [("Lange Gasse", [(100 + 40 * at, 500), (140 + 40 * at, 500)]) for at in range(10)]
    assert len(placed(pieces)) == 1
    assert placed(pieces[:1]) == []  # 40 m do not hold twelve letters of 5.6 m


def test_the_larger_street_is_named_where_two_cross():
    cross = [("Weg der Mitte", [(500, 400), (500, 600)]), ("Hauptstrasse", [(400, 500), (600, 500)])]
    assert [name.text for name in placed(cross, rank=[8, 1])] == ["Hauptstrasse"]
    assert [name.text for name in placed(cross, rank=[1, 8])] == ["Weg der Mitte"]


def test_nothing_is_written_around_a_bend_beyond_the_frame_or_over_the_scale_bar():
    assert placed([("Zickzackweg", [(500 + 10 * (at % 2), 300 + 12 * at) for at in range(20)])]) == []
    assert placed([("Draussen", [(1200, 100), (1200, 900)])]) == []
    assert placed([("Unten am Rand", [(0, 20), (280, 20)])]) == []
    assert placed([("", [(100, 500), (900, 500)])]) == []


ends = st.tuples(st.floats(0, 1000), st.floats(0, 1000))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ABCDEFGHIJ"), ends, ends), min_size=1, max_size=30), st.integers(1, 6))
def test_names_never_overlap_and_stay_within_the_frame(streets, most):
    found = placed([(6 * name, [a, (b[0] + 0.5, b[1] + 0.5)]) for name, a, b in streets], most=most)
    assert len(found) <= most
    assert len({name.text for name in found}) == len(found)
    for at, name in enumerate(found):
        assert -90 < name.angle <= 90
        assert shapely.box(0, 0, 1000, 1000).covers(name.box)
        assert not any(name.box.intersects(other.box) for other in found[:at])
        assert math.isclose(name.box.area, 7 * 0.56 * 10 * 15, rel_tol=1e-6)


def test_the_map_shows_what_is_touched_and_what_lies_around_it():
    streets = Streets(
        np.arange(3),
        np.array([[0, 0], [2000, 0], [900, 1000], [1000, 1000], [0, 2000], [2000, 2000]], float),
        np.array([0, 2, 4, 6]),
    )
    whole = (0.0, 2000.0, 0.0, 2000.0)
    assert extent_around(streets, np.zeros(3, bool), whole) == whole
    left, right, bottom, top = extent_around(streets, np.array([False, True, False]), whole)
    assert (left, right) == (900 - AROUND_M, 1000 + AROUND_M)
    assert (bottom, top) == (1000 - AROUND_M, 1000 + AROUND_M)
    left, right, bottom, top = extent_around(streets, np.array([True, False, False]), whole)
    assert (left, right, bottom) == (-25.0, 2025.0, pytest.approx((300 - 25) / 2 - 2050 / 3))
    assert top - bottom == pytest.approx(2050 / 1.5)


@pytest.fixture
def city(tmp_path):
    """A drawn city with a building, a park and a pond, its network, and what a map shows of it."""
    network = grid_city(4)
    box = lambda *at: np.array([shapely.MultiPolygon([shapely.box(*at)])], object)
    layers = {
        "buildings": Layer(box(10, 10, 60, 60), {"building_id": np.array([1])}),
        "open_spaces": Layer(
            np.concatenate([box(110, 110, 180, 180), box(210, 110, 280, 180)]),
            {"open_space_id": np.array([1, 2]), "is_park": np.array([True, False])},
        ),
        "water": Layer(box(120, 120, 150, 150), {"water_id": np.array([1])}),
    }
    write_city(network, tmp_path / "city.gpkg", layers=layers)
    return network, context_of(tmp_path / "city.gpkg", network)


def test_the_ground_is_what_the_city_file_has(city):
    network, context = city
    assert (len(context.buildings), len(context.parks), len(context.water)) == (1, 1, 1)
    assert context.parks[0].bounds == (110, 110, 180, 180)
    kinds = [len(network.places_of(kind)) for kind in ("shop", "leisure", "culture", "nightlife")]
    assert len(context.venues) == sum(kinds) > 0
    assert len(context.names) == len(network.streets.segment_id)


def test_a_map_with_its_ground_is_the_same_every_time_and_keeps_its_colours(city, tmp_path):
    from PIL import Image

    network, context = city
    count = len(network.streets.segment_id)
    treated = np.arange(count) == 5
    change = Change(treated * 50.0, treated * 5.0, treated * 2.0, treated, np.ones(count, bool))
    streets = Streets(network.streets.segment_id, network.vertices, network.vertex_start)
    for name in ("a.png", "b.png"):
        draw_difference_map(
            streets, change, tmp_path / name, title="Lamps", date_in_words="21 December 2026", attribution="© OSM",
            context=context,
        )  # fmt: skip
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert (tmp_path / "a.png").stat().st_size < 300_000
    with Image.open(tmp_path / "a.png") as picture:
        shades = {colour for _, colour in picture.convert("RGB").getcolors(1 << 20)}
    assert (255, 255, 255) in shades  # paper
    assert any(red < 110 and green < 60 and blue > 110 for red, green, blue in shades)  # purple, on few pixels
    assert any(blue - red > 20 and green > 210 for red, green, blue in shades)  # water


def test_a_picture_of_few_colours_keeps_them_all(tmp_path):
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from PIL import Image

    figure = Figure(figsize=(2, 1), facecolor="#ffffff")
    FigureCanvasAgg(figure)
    figure.add_axes((0, 0, 0.5, 1), facecolor="#123456").set(xticks=[], yticks=[])
    save_png(figure, tmp_path / "a.png", dpi=50)
    with Image.open(tmp_path / "a.png") as picture:
        counted = sorted(picture.convert("RGB").getcolors(), reverse=True)
    assert {colour for _, colour in counted[:2]} == {(255, 255, 255), (0x12, 0x34, 0x56)}
