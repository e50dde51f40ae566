"""Which streets a venue fronts: by hand at a corner and at the end of a stub, and however the street is cut."""

import datetime

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.city.conditions import FRONTAGE_KINDS, conditions_of, with_open_places
from simulator.city.frontage import fronts_of
from simulator.city.network import PLACE_KINDS, StreetNetwork
from simulator.evidence.parameters import draw_parameters
from street_networks import load_city

from cities import make_city

REACH = 20.0


def with_bar(
    nodes: list[tuple[float, float]],
    links: list[tuple[int, int]],
    at: tuple[float, float],
    *,
    tunnel: tuple[int, ...] = (),
) -> StreetNetwork:
    """Streets with a bar at a position, attached to the nearest segment above ground."""
    import dataclasses

    city = make_city(nodes, links, places=[("nightlife", 0, 1.0)])
    is_tunnel = np.isin(np.arange(len(links)), tunnel)
    lines = [shapely.LineString([nodes[one], nodes[other]]) for one, other in links]
    away = np.where(is_tunnel, np.inf, shapely.distance(shapely.Point(at), lines))
    places = dataclasses.replace(
        city.places, x_m=np.array([at[0]]), y_m=np.array([at[1]]), segment=np.array([away.argmin()])
    )
    return dataclasses.replace(city, places=places, streets=dataclasses.replace(city.streets, is_tunnel=is_tunnel))


def per_100m(city: StreetNetwork, reach: float = REACH) -> np.ndarray:
    fronts = fronts_of(city, np.arange(len(city.places)), reach)
    return np.bincount(fronts.segment, fronts.per_100m, minlength=len(city.streets))


def test_a_corner_bar_fronts_both_streets() -> None:
    r"""At 10 m from both: a circle of hypot(10, 20) m takes 30 m of each 200 m street, from the corner on.

    ::

        2
        |
        | bar
        0 ------ 1
    """
    city = with_bar([(0, 0), (200, 0), (0, 200)], [(0, 1), (0, 2)], (10, 10))
    assert per_100m(city) == pytest.approx([0.25, 0.25])  # half a bar on 200 m
    parameters = draw_parameters(1, -1)
    found = conditions_of(city, parameters, datetime.date(2026, 12, 21))
    expected = 1 - np.exp(-0.25 / parameters.frontage_venues_100m)
    assert found.nightlife[22] == pytest.approx([expected, expected])
    assert found.frontage[22] == pytest.approx([expected, expected])


def test_a_bar_along_a_street_fronts_that_street_alone() -> None:
    """The next street is 60 m away; and a tunnel below the bar is none of its."""
    city = with_bar(
        [(0, 0), (200, 0), (0, 60), (200, 60), (0, -1), (200, -1)], [(0, 1), (2, 3), (4, 5)], (100, 8), tunnel=(2,)
    )
    assert per_100m(city) == pytest.approx([0.5, 0, 0])


def test_a_bar_in_a_passage_fronts_the_tunnel_that_it_is_attached_to() -> None:
    city = with_bar([(0, 0), (200, 0), (0, 5), (200, 5)], [(0, 1), (2, 3)], (100, 2), tunnel=(0, 1))
    assert per_100m(city) == pytest.approx([0.5, 0])


def test_a_bar_set_back_fronts_as_much_of_its_street() -> None:
    for away in (0, 5, 40):
        city = with_bar([(0, 0), (400, 0)], [(0, 1)], (200, away))
        fronts = fronts_of(city, np.array([0]), REACH)
        assert fronts.per_100m == pytest.approx([0.25])


def test_a_bar_on_a_stub_is_no_row_of_bars() -> None:
    """5 m of street: one bar per 40 m at most, 2.5 per 100 m, not 20."""
    assert per_100m(with_bar([(0, 0), (5, 0)], [(0, 1)], (2, 0))) == pytest.approx([2.5])


@given(
    cuts=st.lists(st.floats(1, 199), min_size=1, max_size=4, unique=True),
    spots=st.lists(st.tuples(st.floats(0, 200), st.floats(-30, 30)), min_size=1, max_size=5),
    reach=st.floats(5, 40),
)
@settings(max_examples=60, deadline=None)
def test_a_segment_cut_in_pieces_keeps_its_venues(
    cuts: list[float], spots: list[tuple[float, float]], reach: float
) -> None:
    """The mean over the pieces by length is that of the whole, whatever the cut; also of the side street."""
    for spot in spots:
        ends = [0.0, *sorted(cuts), 200.0]
        nodes = [*((x, 0.0) for x in ends), (0.0, 100.0)]
        whole = per_100m(with_bar([(0, 0), (200, 0), (0, 100)], [(0, 1), (0, 2)], spot), reach)
        links = [(row, row + 1) for row in range(len(ends) - 1)]
        parts = per_100m(with_bar(nodes, [*links, (0, len(ends))], spot), reach)
        assert parts[-1] == pytest.approx(whole[1], abs=1e-9)
        assert parts[:-1] @ np.diff(ends) == pytest.approx(200 * whole[0], abs=1e-9)


def test_circles_drawn_by_another_library_agree_on_the_shipped_city() -> None:
    city = load_city("helsinki-centre")
    rows = np.flatnonzero(np.isin(city.places.kind, [PLACE_KINDS.index(kind) for kind in FRONTAGE_KINDS]))
    fronts = fronts_of(city, rows, REACH)
    count = np.diff(city.vertex_start)
    lines = shapely.linestrings(city.vertices, indices=np.repeat(np.arange(len(count)), count))
    for venue in range(0, len(rows), 40):
        spot = shapely.Point(city.places.x_m[rows[venue]], city.places.y_m[rows[venue]])
        own = city.places.segment[rows[venue]]
        circle = shapely.buffer(spot, np.hypot(shapely.distance(spot, lines[own]), REACH), quad_segs=200)
        metres = shapely.length(shapely.intersection(lines, circle))
        metres[city.streets.is_tunnel & (np.arange(len(lines)) != own)] = 0
        expected = 100 * metres / max(metres.sum(), 2 * REACH) / shapely.length(lines)
        here = fronts.venue == venue
        found = np.bincount(fronts.segment[here], fronts.per_100m[here], minlength=len(lines))
        assert found == pytest.approx(expected, rel=0.01, abs=0.01)
    facing = np.bincount(fronts.segment, fronts.per_100m, minlength=len(lines)) @ shapely.length(lines) / 100
    assert 0.97 * len(rows) < facing <= len(rows) + 1e-6  # few venues stand at the end of a stub


def test_a_city_without_venues_has_no_fronts() -> None:
    fronts = fronts_of(make_city([(0, 0), (100, 0)], [(0, 1)]), np.zeros(0, int), REACH)
    assert fronts.venue.size == fronts.segment.size == fronts.per_100m.size == 0


@pytest.mark.parametrize("bars", [1, 10, 25, 60, 200])
def test_a_street_of_whatever_many_fronts_has_none_when_all_are_shut(bars):
    """The share of a full front saturates: from 1 nobody can tell how many fronts there were."""
    city = make_city([(0, 0), (100, 0)], [(0, 1)], places=[("nightlife", 0, 1.0)] * bars + [("home", 1, 1.0)])
    parameters = draw_parameters(1, -1, {"frontage_venues_100m": 0.7})
    before = conditions_of(city, parameters, datetime.date(2026, 12, 18))
    shut = before.open_at.copy()
    shut[:, :bars] = False
    after = with_open_places(before, city, parameters, shut)
    assert after.frontage == pytest.approx(np.zeros((24, 1)), abs=1e-6)
    assert after.nightlife == pytest.approx(np.zeros((24, 1)), abs=1e-6)
    fewer = before.open_at.copy()
    fewer[:, : bars // 2] = False
    left = with_open_places(before, city, parameters, fewer)
    some = conditions_of(city, parameters, datetime.date(2026, 12, 18))
    assert (left.frontage <= some.frontage).all()
