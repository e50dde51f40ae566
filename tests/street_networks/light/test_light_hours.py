"""Light by hour: schedules of lamps, hours in the lit tag, and what the simulator makes of them."""

import dataclasses
import datetime
from pathlib import Path

import numpy as np
import pytest
import shapely

from simulator.city.conditions import conditions_of
from simulator.city.illuminance import lamp_light
from simulator.city.network import STREET_CLASSES, Lamps, LampSchedules, LightHours, StreetNetwork
from simulator.evidence.parameters import draw_parameters, nominal
from street_networks import read_city, write_city
from street_networks.light import light, light_hours
from street_networks.light.light import REACH_M
from street_networks.light.lighting import Lighting

LINES = np.array([shapely.LineString([(0, 300 * row), (60, 300 * row)]) for row in range(3)], object)
KEYS = np.array([7, 5, 9])


def schedules(**changes: list) -> LampSchedules:
    rows = len(changes["lamp"])
    usual = {
        "off_from_h": 0,
        "off_until_h": 0,
        "dim_from_h": 0,
        "dim_until_h": 0,
        "dim_share": 1,
        "out_of_order": False,
    }
    return LampSchedules(**{**{name: np.full(rows, value) for name, value in usual.items()}, **changes})


def on_segments(*, tags: list[str], table: LampSchedules, lamps: int = 2, surveyed: bool = False):
    """Three footways with a lamp at each of the first ones; their light, usual and by hour."""
    at = Lamps(
        lamp_id=1 + np.arange(lamps),
        x_m=np.full(lamps, 20.0),
        y_m=300.0 * np.arange(lamps) + 3,
        height_m=np.full(lamps, 6.0),
        flux_lm=np.full(lamps, 3500.0),
    )
    place = shapely.box(-100, -100, 1000, 1000) if surveyed else shapely.Polygon()
    facts = {
        "street_class": np.full(3, STREET_CLASSES.index("footway")),
        **{name: np.zeros(3, bool) for name in ("in_park", "is_tunnel", "is_informal")},
        "tagged_lit": np.array([light.read_lit_tag({"lit": tag}) for tag in tags]),
    }
    lighting = Lighting(at, table, place, {}, {})
    return lighting.on_segments(LINES, facts, [{"lit": tag} for tag in tags], KEYS)


def rows_of(hours: LightHours, segment: int) -> list[tuple[int, int, float, float]]:
    rows = np.flatnonzero(hours.segment == segment)
    table = (hours.from_h[rows], hours.until_h[rows], hours.lit_mean_lx[rows], hours.unlit_mean_lx[rows])
    return sorted(zip(*(column.tolist() for column in table), strict=True))


@pytest.mark.parametrize(
    ("value", "off"),
    [
        ("sunset-23:00", [*range(12), 23]),
        ("dusk-00:40", range(1, 12)),
        ("sunset-23:00,05:00-sunrise", [23, 0, 1, 2, 3, 4]),
        ("Mo-Su 18:00-22:00; 05:00-07:00", [*range(5), *range(7, 18), 22, 23]),
        ("sunset-sunrise", []),
        ("limited", range(int(nominal("part_night_off_from")), int(nominal("part_night_off_until")))),
    ],
)
def test_hours_in_the_lit_tag(value: str, off: list[int]) -> None:
    hours = light_hours.hours_of_tag(value)
    assert hours is not None
    assert np.flatnonzero(~hours).tolist() == sorted(off)
    assert light.read_lit_tag({"lit": value}) == 1


@pytest.mark.parametrize("value", ["yes", "no", "", "sometimes", "Fr-Sa sunset-23:00", "sunset", "23:00"])
def test_values_without_hours(value: str) -> None:
    assert light_hours.hours_of_tag(value) is None


def test_shares_of_lamps_by_hour() -> None:
    table = schedules(
        lamp=[0, 2, 3],
        off_from_h=np.array([23.5, 0, 0]),
        off_until_h=np.array([5, 0, 0]),
        dim_from_h=np.array([21, 22, 0]),
        dim_until_h=np.array([6, 2, 0]),
        dim_share=np.array([0.5, 0.4, 1]),
        out_of_order=np.array([False, False, True]),
    )
    share = light_hours.burning_share(table, 4)
    assert share[[20, 21, 22, 23, 0, 4, 5, 6], 0].tolist() == [1, 0.5, 0.5, 0, 0, 0, 0.5, 1]
    assert (share[:, 1] == 1).all()
    assert np.flatnonzero(share[:, 2] != 1).tolist() == [0, 1, 22, 23]
    assert not share[:, 3].any()


def test_a_dimmed_lamp_halves_the_light_in_its_hours() -> None:
    table = schedules(lamp=[0], dim_from_h=np.array([22]), dim_until_h=np.array([2]), dim_share=np.array([0.5]))
    usual, hours = on_segments(tags=["", "", ""], table=table)
    half = pytest.approx(usual.lit_mean_lx[0] / 2, abs=1e-4)
    assert rows_of(hours, 0) == [(0, 2, half, half), (22, 24, half, half)]
    assert not rows_of(hours, 1)
    assert not rows_of(hours, 2)
    assert usual.lit_mean_lx[0] == usual.lit_mean_lx[1] > 0


def test_dimming_and_then_going_out_are_hours_apart() -> None:
    table = schedules(
        lamp=[0],
        dim_from_h=np.array([20]),
        dim_until_h=np.array([6]),
        dim_share=np.array([0.5]),
        off_from_h=np.array([23]),
        off_until_h=np.array([5]),
    )
    usual, hours = on_segments(tags=["", "", ""], table=table)
    half = pytest.approx(usual.lit_mean_lx[0] / 2, abs=1e-4)
    assert rows_of(hours, 0) == [(0, 5, 0, 0), (5, 6, half, half), (20, 23, half, half), (23, 24, 0, 0)]


def test_a_lamp_that_changes_changes_all_streets_in_its_reach() -> None:
    lamps = {"x_m": [20.0], "y_m": [260.0], "height_m": [6.0], "flux_lm": [3500.0]}
    lamps = {name: np.array(value) for name, value in lamps.items()}
    usual = lamp_light(LINES, **lamps)
    share = np.ones((24, 1))
    share[3] = 0.25
    found = light_hours.spill_by_hour(LINES, lamps, share, usual)
    assert usual[1, 1] > 0  # 40 m away
    assert found[3] == pytest.approx(usual / 4)
    assert np.array_equal(np.delete(found, 3, axis=0), np.broadcast_to(usual, (23, 3, 2)))


def test_a_lamp_that_goes_out_darkens_and_one_out_of_order_gives_nothing() -> None:
    table = schedules(
        lamp=[0, 1], off_from_h=np.array([23, 0]), off_until_h=np.array([5, 0]), out_of_order=np.array([False, True])
    )
    usual, hours = on_segments(tags=["", "", ""], table=table)
    assert rows_of(hours, 0) == [(0, 5, 0, 0), (23, 24, 0, 0)]
    assert not rows_of(hours, 1)
    assert (usual.lit_mean_lx[1], usual.lit_probability[1], usual.light_imputed[1]) == (0, 1, False)


def test_a_tag_with_hours_turns_its_street_off() -> None:
    usual, hours = on_segments(tags=["sunset-23:00", "yes", "sunset-23:00"], table=LampSchedules.empty())
    assert [row[:2] for row in rows_of(hours, 0)] == [(0, 12), (23, 24)]
    assert {row[2:] for row in rows_of(hours, 0) + rows_of(hours, 2)} == {(0, 0)}
    assert not rows_of(hours, 1)
    assert usual.lit_mean_lx.min() >= 5  # class P4


def test_where_an_inventory_reaches_lamps_decide() -> None:
    usual, hours = on_segments(tags=["yes", "", "yes"], table=LampSchedules.empty(), lamps=1, surveyed=True)
    spill = lamp_light(LINES, np.array([20.0]), np.array([3.0]), np.array([6.0]), np.array([3500.0]))
    assert usual.lit_mean_lx[0] == pytest.approx(spill[0, 1], abs=1e-4)  # not its class
    assert (usual.lit_probability[1], usual.light_imputed[1]) == (0, False)  # no tag, no lamp: known unlit
    assert (usual.lit_probability[2], usual.lit_mean_lx[2]) == (1, 5.0)  # tagged lit by lamps that are not listed
    assert not len(hours)
    assert REACH_M == 15


def test_rows_do_not_depend_on_the_order_of_segments() -> None:
    table = schedules(lamp=[0], off_from_h=np.array([23]), off_until_h=np.array([5]))
    _, hours = on_segments(tags=["", "", "limited"], table=table)
    assert (np.diff(hours.light_hours_id) > 0).all()
    assert len(set(hours.light_hours_id)) == len(hours) == 3


@pytest.fixture
def part_night(small: StreetNetwork) -> StreetNetwork:
    """The drawn city; its first street goes out from 23 to 5, its third, unlit, gets 0.2 lx of spill less from 22."""
    rows = {
        "light_hours_id": [1, 2, 3],
        "segment": [0, 0, 2],
        "from_h": [0, 23, 22],
        "until_h": [5, 24, 24],
        "lit_min_lx": [0.0, 0.0, 9.0],
        "lit_mean_lx": [0.1, 0.1, 9.0],
        "unlit_min_lx": [0.0, 0.0, 0.2],
        "unlit_mean_lx": [0.0, 0.0, 0.3],
    }
    hours = LightHours(**{name: np.array(values) for name, values in rows.items()})
    return dataclasses.replace(small, light_hours=hours)


def test_conditions_follow_the_hours(part_night: StreetNetwork, small: StreetNetwork) -> None:
    date = datetime.date(2026, 12, 21)
    found, plain = (conditions_of(city, draw_parameters(1, 0), date) for city in (part_night, small))
    assert found.light_min_lx.shape == plain.light_min_lx.shape == (24, 4)
    off = [0, 1, 2, 3, 4, 23]
    assert not found.light_min_lx[off, 0].any()
    assert found.light_mean_lx[off, 0] == pytest.approx(0.1)
    assert found.light_min_lx[22:, 2] == pytest.approx(0.2)
    assert found.light_mean_lx[22:, 2] == pytest.approx(0.3)
    touched = np.zeros((24, 4), bool)
    touched[off, 0] = touched[22:, 2] = True
    assert np.array_equal(found.light_min_lx[~touched], plain.light_min_lx[~touched])
    assert found.light_min_lx.dtype == np.float32


def test_hours_and_schedules_come_back_from_a_file(part_night: StreetNetwork, tmp_path: Path) -> None:
    lamps = Lamps(*(np.array([value, value + 1]) for value in (4, 10.0, 20.0, 6.0, 3500.0)))
    table = schedules(lamp=[1], off_from_h=np.array([23.5]), off_until_h=np.array([5.25]))
    city = dataclasses.replace(part_night, lamps=lamps, lamp_schedules=table)
    write_city(city, tmp_path / "city.gpkg")
    assert read_city(tmp_path / "city.gpkg").digest() == city.digest()
