"""What is drawn on the map becomes an area of the scenario file, or is refused in words."""

import numpy as np
import pytest

from experiments.workshop.city_body import origin_of
from experiments.workshop.costs import costs_of
from experiments.workshop.draft import Draft
from experiments.workshop.places import AROUND_M, BESIDE_M, drawn_area, named_streets, placed_points
from scenarios import select
from simulator.errors import InputError
from simulator.interventions import Area
from street_networks import load_city


@pytest.fixture(scope="module")
def city():
    return load_city("helsinki-centre")


def middle_of(city, row):
    points = city.vertices[city.vertex_start[row] : city.vertex_start[row + 1]]
    return points[[0, -1]] - origin_of(city)


def straight(city):
    """A street of two points, some length, in the core."""
    sizes = np.diff(city.vertex_start)
    rows = np.flatnonzero((sizes == 2) & (city.streets.length_m > 60) & city.streets.in_core)
    return int(rows[0])


def test_a_line_along_a_street_takes_that_street(city):
    row = straight(city)
    area = drawn_area("line", middle_of(city, row).tolist(), city)
    assert row in select(Area.model_validate(area), city)


def test_an_area_takes_what_lies_in_it_and_nothing_farther(city):
    row = straight(city)
    (x, y), (u, v) = middle_of(city, row)
    corners = [
        [min(x, u) - 5, min(y, v) - 5],
        [max(x, u) + 5, min(y, v) - 5],
        [max(x, u) + 5, max(y, v) + 5],
        [min(x, u) - 5, max(y, v) + 5],
    ]
    found = select(Area.model_validate(drawn_area("area", corners, city) | {"part": "all"}), city)
    assert row in found
    from scenarios.selectors import middles

    middle = middles(city) - origin_of(city)
    low, high = np.min(corners, axis=0), np.max(corners, axis=0)
    inside = np.flatnonzero(((middle >= low) & (middle <= high)).all(axis=1))
    near = np.flatnonzero(((middle >= low - 0.5) & (middle <= high + 0.5)).all(axis=1))
    assert set(found) <= set(near)
    assert len(set(inside) - set(found)) <= len(near) - len(inside)


@pytest.mark.parametrize(
    ("form", "points", "said"),
    [
        ("line", [[0, 0]], "1 corners"),
        ("area", [[0, 0], [50, 50], [50, 0], [0, 50]], "crosses itself"),
        ("line", [[90_000, 90_000], [90_100, 90_000]], "outside"),
        ("line", [[9e9, 0], [0, 0]], "far outside"),
        ("line", [["a", 0], [0, 0]], "no numbers"),
        ("line", [[float("nan"), 0], [0, 0]], "no numbers"),
        ("circle", [[0, 0], [1, 1]], "circle"),
        ("line", [[0, 0]] * 900, "900 corners"),
    ],
)
def test_what_cannot_be_an_area_is_told(city, form, points, said):
    with pytest.raises(InputError, match=said):
        drawn_area(form, points, city)


def test_streets_by_name_need_a_name():
    assert named_streets(["Esplanadi"]) == {"names": ["Esplanadi"]}
    with pytest.raises(InputError, match="no street"):
        named_streets([])
    assert BESIDE_M < 20


def stop_of(city, row):
    return np.array([city.stops.x_m[row], city.stops.y_m[row]]) - origin_of(city)


def test_one_point_takes_the_streets_around_it(city):
    row = straight(city)
    middle = middle_of(city, row).mean(axis=0)
    where, more = placed_points("hosts", [middle.tolist()], city)
    found = select(Area.model_validate(where | {"part": "all"}), city)
    from scenarios.selectors import middles

    away = np.hypot(*(middles(city) - origin_of(city) - middle).T)
    assert row in found
    assert more == {}
    assert away[found].max() <= AROUND_M + 0.1
    assert set(np.flatnonzero(away < 0.97 * AROUND_M)) <= set(found)  # sixteen sides, and no circle


@pytest.mark.parametrize("kind", ["night_line", "new_links", "stop_moved"])
def test_points_that_are_a_part_of_the_measure_fit_the_city(city, kind):
    served = np.unique(city.headways.stop)
    first, second = stop_of(city, served[0]), stop_of(city, served[1]) + 20.0
    draft = Draft()
    draft.add(kind, *placed_points(kind, [first.tolist(), second.tolist()], city))
    (measure,) = draft.scenario.measures
    (cost,) = costs_of(draft.scenario, city)
    assert cost.quantity > 0
    if kind == "night_line":
        assert len(measure.stops) == 2
    elif kind == "new_links":
        assert measure.links == 1
        assert len(measure.between) == 2
    else:
        assert measure.stop == city.stops.stop_id[served[0]]


@pytest.mark.parametrize(
    ("kind", "points", "said"),
    [
        ("hosts", [], "0 points, expected 1"),
        ("hosts", [[0, 0], [1, 1]], "2 points, expected 1"),
        ("new_links", [[0, 0]], "1 points, expected 2"),
        ("night_line", [[0, 0]], "expected 2 to 60"),
        ("night_line", [[0, 0]] * 61, "61 points"),
        ("hosts", [[90_000, 0]], "outside"),
        ("hosts", [[float("inf"), 0]], "no numbers"),
        ("hosts", "words", "no numbers"),
    ],
)
def test_points_that_cannot_be_are_told(city, kind, points, said):
    with pytest.raises(InputError, match=said):
        placed_points(kind, points, city)


def test_a_stop_is_taken_only_where_one_is(city):
    stops = np.column_stack([city.stops.x_m, city.stops.y_m]) - origin_of(city)
    spots = city.vertices - origin_of(city)
    far = spots[np.argmax(np.min(np.hypot(*(spots[:, None] - stops[None]).transpose(2, 0, 1)), axis=1))]
    with pytest.raises(InputError, match="no stop within"):
        placed_points("stop_moved", [far.tolist(), spots[0].tolist()], city)
