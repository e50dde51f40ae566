"""The map of a city: what it shows of the file, what it never shows, and the same bytes every time."""

import dataclasses

import numpy as np
import pytest
import shapely
from matplotlib.colors import to_rgb
from PIL import Image

from analysis.maps.city_map import LIT, UNLIT, draw_city_map, picture_of
from simulator.city.waysides import WAYSIDE_CLASSES
from simulator.errors import InputError
from street_networks import Layer, find_city, write_city
from street_networks.city_file.contents import read_city_file

from cities import make_city


@pytest.fixture(scope="module")
def helsinki():
    return read_city_file(find_city("helsinki-centre"))


@pytest.fixture
def cross(tmp_path):
    """A broad city of two streets: the one along the south lit, that along the north not; nothing else in it."""
    network = make_city(
        [(0, 0), (900, 0), (0, 600), (900, 600), (450, 300)],
        [(0, 1), (2, 3)],
        unlit=(1,),
        core=(),
        places=[("gateway", 0, 1.0)],
    )
    write_city(network, tmp_path / "cross.gpkg")
    return read_city_file(tmp_path / "cross.gpkg")


def draw(picture, path):
    draw_city_map(picture, path, title="A $1$ city", subtitle="some km", attribution="© OSM")
    return np.asarray(Image.open(path).convert("RGB")).astype(int)


def near(pixels, colour):
    """Where pixels have a colour, as mean height from the top (0 to 1), and how many they are."""
    hit = np.abs(pixels - np.array([round(255 * part) for part in to_rgb(colour)])).max(axis=2) < 12
    rows = np.nonzero(hit)[0]
    return rows.mean() / len(pixels) if rows.size else None, rows.size


def test_the_picture_is_the_file(helsinki):
    picture = picture_of(helsinki)
    network = helsinki.network
    assert len(picture.marks["lamps"]) == len(network.lamps) == 586
    assert len(picture.marks["nightlife"]) == 84
    assert len(picture.marks["stops"]) == len(network.stops)
    for word in ("attractor", "unease"):
        things = network.waysides.thing[network.waysides.wayside_class == WAYSIDE_CLASSES.index(word)]
        assert len(picture.marks["attractors" if word == "attractor" else word]) == len(set(things.tolist())) > 1
    venues = ("school", "care", "shop", "leisure", "culture", "worship", "health", "toilets")
    assert len(picture.marks["venues"]) == sum(len(network.places_of(kind)) for kind in venues)
    assert len(picture.buildings) == 446
    assert (picture.known == ~network.streets.light_imputed).all()
    (outline,) = picture.outline
    assert shapely.Polygon(outline).area == pytest.approx(sum(shapely.area(helsinki.zones.shapes)))


def test_nobodys_home_is_marked(helsinki):
    marks = picture_of(helsinki).marks
    assert set(marks) == {"venues", "nightlife", "stops", "lamps", "gateways", "attractors", "unease"}
    network = helsinki.network
    at = np.column_stack([network.places.x_m, network.places.y_m])
    home = np.isin(np.arange(len(at)), network.places_of("home"))
    only_homes = {tuple(spot) for spot in at[home].tolist()} - {tuple(spot) for spot in at[~home].tolist()}
    assert len(only_homes) >= 20  # most homes share a building, and its middle, with a work place
    assert not only_homes & {tuple(spot) for spots in marks.values() for spot in spots.tolist()}


def test_lit_and_unlit_streets_have_their_colours_where_they_lie(cross, tmp_path):
    pixels = draw(picture_of(cross), tmp_path / "m.png")
    above_legend = pixels[: int(0.835 * len(pixels))]
    unlit, _ = near(above_legend, UNLIT)
    lit, _ = near(above_legend, LIT)
    assert unlit < 0.4 < lit


def test_what_is_imputed_is_thin_and_pale(cross, tmp_path):
    known = picture_of(cross)
    imputed = dataclasses.replace(known, known=np.zeros(2, bool), lit_probability=np.array([0.9, 0.1]))
    top = lambda pixels: pixels[: int(0.835 * len(pixels))]
    before = [near(top(draw(known, tmp_path / "a.png")), colour)[1] for colour in (LIT, UNLIT)]
    after = [near(top(draw(imputed, tmp_path / "b.png")), colour)[1] for colour in (LIT, UNLIT)]
    assert min(before) > 1000
    assert max(after) < 50


def test_holes_of_parks_stay_empty(cross, tmp_path):
    full, hole = shapely.box(100, 100, 800, 500), shapely.box(300, 200, 600, 400)
    ring = shapely.Polygon(full.exterior, [hole.exterior])  # both run the same way round, as files may have it
    drawn = []
    for shape in (ring, full):
        picture = dataclasses.replace(picture_of(cross), parks=np.array([shape], object))
        drawn.append(near(draw(picture, tmp_path / "m.png"), "#d5e6cb")[1])
    assert drawn[0] / drawn[1] == pytest.approx(ring.area / full.area, abs=0.03)


def test_the_same_city_gives_the_same_bytes(helsinki, tmp_path):
    for name in ("a.png", "b.png"):
        draw(picture_of(helsinki), tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_a_zone_that_is_not_there_gives_the_hull_of_the_core(tmp_path):
    network = make_city(
        [(0, 0), (100, 0), (100, 100), (0, 100)], [(0, 1), (1, 2), (2, 3), (3, 0)], places=[("gateway", 0, 1.0)]
    )
    zone = Layer(np.array([shapely.MultiPolygon([shapely.box(0, 0, 9, 9)])], object), {"zone": np.array(["x"], object)})
    write_city(network, tmp_path / "c.gpkg", layers={"zones": zone})
    (outline,) = picture_of(read_city_file(tmp_path / "c.gpkg")).outline
    assert shapely.Polygon(outline).area == pytest.approx(100 * 100)


def test_an_unwritable_folder_is_explained(cross, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="cannot be written"):
        draw(picture_of(cross), tmp_path / "file" / "m.png")
