"""Cells of other people's tables."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from street_networks.tables import cell_values as cells


@pytest.mark.parametrize(
    ("text", "comma", "value"),
    [
        ("3500", False, 3500),
        (" 3 500 ", False, 3500),
        ("3'500", False, 3500),
        ("3,500", False, 3500),
        ("3,500", True, 3.5),
        ("3.500", True, 3500),
        ("3.500", False, 3.5),
        ("5,5", False, 5.5),
        ("5.5", True, 5.5),
        ("3.500,5", True, 3500.5),
        ("1,234.5", False, 1234.5),
        ("1.234.567", False, 1234567),
        ("-0,25", True, -0.25),
        ("5,5 m", True, 5.5),
        ("70W", False, 70),
        ("1e3", False, 1000),
    ],
)
def test_numbers(text: str, comma: bool, value: float) -> None:
    assert cells.read_number(text, decimal_comma=comma, units=("m", "W")) == pytest.approx(value)


@pytest.mark.parametrize("text", ["", "high", "12 or so", "1.2.3", "5 ft", "nan", "inf", "--5", "1,23,4"])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(ValueError, match="a number"):
        cells.read_number(text, units=("m",))


@pytest.mark.parametrize(
    ("texts", "likely", "comma"),
    [
        (["3,5"], False, True),
        (["3,500", "3,5"], False, True),
        (["3,500"], False, False),
        (["3,500"], True, True),
        (["3.5"], True, False),
        (["1.234,50"], False, True),
        (["12", ""], True, True),
    ],
)
def test_decimal_comma_is_told_by_the_column(texts: list[str], likely: bool, comma: bool) -> None:
    assert cells.has_decimal_comma(texts, likely=likely) is comma


@pytest.mark.parametrize(
    ("text", "axis", "degrees"),
    [
        ("6°10'30\"N", "latitude", 6.175),
        ("6° 10′ 30″ S", "latitude", -6.175),
        ("W 6 10 30.5", "longitude", -(6 + 10 / 60 + 30.5 / 3600)),
        ("6:10:30", "latitude", 6.175),
        ("6d10m30s", "longitude", 6.175),
        ("-33.25", "latitude", -33.25),
        ("60,17", "latitude", 60.17),
        ("24.94°E", "longitude", 24.94),
        ("10°30'", "longitude", 10.5),
    ],
)
def test_angles(text: str, axis: str, degrees: float) -> None:
    assert cells.read_angle(text, axis) == pytest.approx(degrees)


@pytest.mark.parametrize(
    ("text", "axis", "told"),
    [
        ("24.9 E", "latitude", "a latitude, not a longitude"),
        ("6°70'N", "latitude", "below 60"),
        ("6.5°10'N", "latitude", "whole degrees"),
        ("-6°10'S", "latitude", "either a sign or a letter"),
        ("95", "latitude", "at most 90"),
        ("1 2 3 4", "latitude", "decimal degrees, or"),
        ("north", "latitude", "a number"),
        ("", "latitude", "decimal degrees, or"),
    ],
)
def test_what_is_no_angle(text: str, axis: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        cells.read_angle(text, axis)


@given(st.floats(0, 89.99))
def test_dms_there_and_back(degrees: float) -> None:
    whole, minutes = int(degrees), (degrees - int(degrees)) * 60
    text = f"{whole}°{int(minutes)}'{min((minutes - int(minutes)) * 60, 59.9999):.4f}\"S"
    assert cells.read_angle(text, "latitude") == pytest.approx(-degrees, abs=1e-7)


@pytest.mark.parametrize(
    ("text", "hours"),
    [("23:30", 23.5), ("23h30", 23.5), ("5h", 5), ("0", 0), ("24:00", 24), ("5,5", 5.5), ("05:30:00", 5.5)],
)
def test_clock_times(text: str, hours: float) -> None:
    assert cells.read_clock(text) == hours


@pytest.mark.parametrize("text", ["25", "12:60", "5.5:30", "noon", "-1"])
def test_what_is_no_clock_time(text: str) -> None:
    with pytest.raises(ValueError, match=r"clock time|a number"):
        cells.read_clock(text)


def test_shares_and_yes_or_no() -> None:
    assert (cells.read_share("40 %"), cells.read_share("0.4"), cells.read_share("0,4")) == (0.4, 0.4, 0.4)
    assert (cells.read_yes("Yes"), cells.read_yes("0")) == (True, False)
    for bad in ("40", "-0.1", "140%"):
        with pytest.raises(ValueError, match="a share"):
            cells.read_share(bad)
    with pytest.raises(ValueError, match="yes or no"):
        cells.read_yes("perhaps")
