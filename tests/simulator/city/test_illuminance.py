"""Illuminance of lamps along lines: by hand, against a slow sum, and what must hold for any lamps."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from simulator.city import illuminance

STREET = [(0, 0), (40, 0), (40, 30)]
metres = st.floats(-60, 100).map(lambda value: round(value, 2))
height = st.floats(2, 30)
lamp = st.tuples(metres, metres, height, st.floats(1, 20_000))
lamps = st.lists(lamp, min_size=1, max_size=8)
points = st.lists(st.tuples(metres, metres), min_size=2, max_size=5)


def _light(rows: list[Any], *lines: list[tuple[float, float]]) -> np.ndarray:
    shapes = np.array([shapely.LineString(line) for line in lines or [STREET]], object)
    return illuminance.lamp_light(shapes, *np.array(rows, float).reshape(-1, 4).T)


def _lx_at(rows: list[Any], point: tuple[float, float]) -> float:
    """One point, one lamp after the other."""
    total = 0.0
    for x, y, high, flux in rows:
        distance = np.hypot(x - point[0], y - point[1])
        if distance <= max(60.0, 10 * high):
            total += flux / (2 * np.pi) * high / (high**2 + distance**2) ** 1.5
    return total


def _jump(rows: list[Any]) -> float:
    """What lamps give where their reach ends: light falls by as much there."""
    return sum(_lx_at([row], (row[0] + illuminance.reach_m(row[2]), row[1])) for row in rows)


def _cut(line: list[tuple[float, float]], share: float) -> tuple[list[Any], list[Any], list[float]]:
    """Both parts of a line that is cut at a share of its length, and their lengths."""
    shape = shapely.LineString(line)
    at = share * shape.length
    here = shape.interpolate(at).coords[0]
    passed = np.cumsum([0, *np.hypot(*np.diff(line, axis=0).T)]) < at
    first = [*(vertex for vertex, before in zip(line, passed, strict=True) if before), here]
    second = [here, *(vertex for vertex, before in zip(line, passed, strict=True) if not before)]
    return first, second, [shapely.LineString(part).length for part in (first, second)]


@given(height, st.floats(100, 20_000))
def test_below_the_lamp_it_is_intensity_over_height_squared(high: float, flux: float) -> None:
    assert illuminance.point_source_lx(flux, high, 0) == pytest.approx(flux / (2 * np.pi) / high**2)


def test_point_source_by_hand() -> None:
    # I = 1000 cd, h = 3 m, d = 4 m: 1000 * 3 / 5^3 = 24 lx
    assert illuminance.point_source_lx(2000 * np.pi, 3, 4) == pytest.approx(24.0)


def test_one_lamp_over_the_middle_of_a_street() -> None:
    # I = 1000 cd at 3 m over the middle of 8 m: least at the ends, 24 lx; mean I / (4 h) x 4 / 5 = 66.7 lx
    least, mean = _light([(4, 0, 3, 2000 * np.pi)], [(0, 0), (8, 0)])[0]
    assert (least, mean) == (pytest.approx(24.0), pytest.approx(1000 / 3 / 4 * 4 / 5))


def test_one_lamp_over_the_end_of_a_street() -> None:
    least, mean = _light([(0, 0, 3, 2000 * np.pi)], [(0, 0), (4, 0)])[0]
    assert (least, mean) == (pytest.approx(24.0), pytest.approx(1000 / 3 / 4 * 4 / 5))


def test_one_lamp_aside_of_a_street() -> None:
    # c = 3^2 + 4^2: I h / c x (12 / 13 - 0) / 12 over the 12 m from its foot, the least at 13 m
    least, mean = _light([(0, 4, 3, 2000 * np.pi)], [(0, 0), (12, 0)])[0]
    assert (least, mean) == (pytest.approx(1000 * 3 / 13**3), pytest.approx(1000 * 3 / 25 / 13))


def test_light_ends_at_sixty_metres_or_ten_heights() -> None:
    assert illuminance.reach_m(np.array([4.0, 6.0, 12.0])).tolist() == [60, 60, 120]
    assert not _light([(-61, 0, 6, 3500)]).any()
    assert (_light([(-61, 0, 12, 3500)])[0] > 0).all()
    least, mean = _light([(0, 0, 6, 3500)], [(0, 0), (100, 0)])[0]
    assert least == 0
    assert mean == pytest.approx(quad(lambda t: _lx_at([(0, 0, 6, 3500)], (t, 0)), 0, 60)[0] / 100)


@given(lamps, points)
def test_it_is_the_slow_sum(rows: list, line: list) -> None:
    shape = shapely.LineString(line)
    least, mean = _light(rows, line)[0]
    dense = [_lx_at(rows, point.coords[0]) for point in shape.interpolate(np.linspace(0, shape.length, 400))]
    jump = _jump(rows)
    assert least <= min(dense) * (1 + 1e-6) + jump + 1e-12
    if shape.length > 1:
        assert mean == pytest.approx(np.trapezoid(dense) / 399, rel=0.05, abs=jump + 1e-9)
        assert min(dense) * (1 - 1e-2) - jump <= least or least == pytest.approx(mean)


@given(lamps, points)
def test_never_negative_and_minimum_at_most_mean(rows: list, line: list) -> None:
    least, mean = _light(rows, line)[0]
    assert 0 <= least <= mean


@given(lamps, lamp)
def test_a_further_lamp_never_darkens(rows: list, further: tuple) -> None:
    assert (_light([*rows, further]) >= _light(rows) * (1 - 1e-6)).all()


def test_a_lamp_on_the_street_brightens_it() -> None:
    assert (_light([(20, 5, 6, 3500), (40, 20, 6, 3500)]) > _light([(20, 5, 6, 3500)])).all()


@given(lamps, st.randoms(use_true_random=False))
def test_order_of_lamps_does_not_matter_to_the_bit(rows: list, random: Any) -> None:
    mixed = list(rows)
    random.shuffle(mixed)
    assert np.array_equal(_light(rows), _light(mixed))


def test_many_lamps_are_added_in_chunks_to_the_same_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = np.random.default_rng(1).uniform([0, 0, 4, 2000], [40, 40, 10, 6000], (30, 4))
    whole = _light(list(rows))
    monkeypatch.setattr(illuminance, "_LAMPS_AT_ONCE", 7)
    assert np.array_equal(_light(list(rows)), whole)


@given(lamps, points)
def test_a_street_and_its_reverse_have_the_same_light(rows: list, line: list) -> None:
    one, other = _light(rows, line, line[::-1])
    assert one == pytest.approx(other, rel=1e-9, abs=1e-12)


@given(lamps, points, st.floats(0.02, 0.98))
def test_a_street_cut_in_two_keeps_its_mean_light(rows: list, line: list, share: float) -> None:
    if shapely.LineString(line).length < 0.1:
        return
    first, second, lengths = _cut(line, share)
    whole, *parts = _light(rows, line, first, second)
    # the cut is a rounded position, which may fall on the other side of where a lamp's reach ends
    assert np.average([part[1] for part in parts], weights=lengths) == pytest.approx(whole[1], rel=1e-6, abs=1e-9)


@given(lamps, points, st.floats(0.02, 0.98))
def test_its_minimum_is_the_lower_of_the_parts(rows: list, line: list, share: float) -> None:
    if shapely.LineString(line).length < 0.1:
        return
    first, second, _ = _cut(line, share)
    whole, *parts = _light(rows, line, first, second)
    assert min(part[0] for part in parts) == pytest.approx(whole[0], rel=1e-6, abs=_jump(rows) + 1e-12)


near_lamp = st.tuples(st.floats(0, 40), st.floats(-9, 9), height, st.floats(500, 9000))


@given(st.lists(near_lamp, min_size=1, max_size=9), st.floats(0.01, 39.99))
def test_its_minimum_is_the_lower_of_the_parts_wherever_all_lamps_reach(rows: list, at: float) -> None:
    whole, *parts = _light(rows, [(0, 0), (40, 0)], [(0, 0), (at, 0)], [(at, 0), (40, 0)])
    assert min(part[0] for part in parts) == pytest.approx(whole[0], rel=1e-6)


@given(lamps, points)
def test_cut_at_a_corner_its_minimum_is_exactly_the_lower_of_the_parts(rows: list, line: list) -> None:
    whole, *parts = _light(rows, line, *(list(ends) for ends in pairwise(line)))
    lower = min(part[0] for part in parts)
    assert lower <= whole[0] or lower == pytest.approx(whole[0])
    if all(part[0] < part[1] for part in parts):  # none so even that the mean stands for the minimum
        assert lower == pytest.approx(whole[0], rel=1e-12)


def test_the_minimum_is_found_between_points() -> None:
    # 1.2 m between two low lamps, no crossing of the lattice on it: brighter at both ends than between
    rows = [(-0.9, 0, 1, 2000 * np.pi), (2.3, 0, 1, 2000 * np.pi)]
    least, mean = _light(rows, [(0.1, 0), (1.3, 0)])[0]
    assert least == pytest.approx(_lx_at(rows, (0.7, 0)))
    assert mean == pytest.approx(quad(lambda t: _lx_at(rows, (t, 0)), 0.1, 1.3)[0] / 1.2)
    assert mean < _lx_at(rows, (0.1, 0))


def test_no_lamps_no_light() -> None:
    assert not _light([]).any()
    assert _light([(0, 0, 6, 3500)], STREET, [(7000, 0), (7100, 0)])[1].tolist() == [0, 0]


def test_a_line_of_no_length_has_the_light_of_its_point() -> None:
    assert _light([(0, 0, 3, 2000 * np.pi)], [(4, 0), (4, 0)])[0] == pytest.approx([24.0, 24.0])


@pytest.mark.parametrize("end", [(90, 0), (0, -90), (60, 60), (-60, 60.001), (33, -80)])
def test_points_are_at_most_two_metres_apart(end: tuple[float, float]) -> None:
    pieces = illuminance._cut_into_pieces(np.array([shapely.LineString([(0.3, 0.7), end])], object))
    gaps = np.hypot(*np.diff(pieces.points, axis=0).T)
    assert gaps.max() <= illuminance.STEP_M * (1 + 1e-9)
    assert gaps.sum() == pytest.approx(np.hypot(end[0] - 0.3, end[1] - 0.7))
