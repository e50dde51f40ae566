"""How finely people are counted follows from how many there are: sums are exact for a hamlet and for a metropolis."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import InputError
from simulator.foundation.clock import HOUR_MS
from simulator.kernels.walking import PERSON_UNIT, SHARE_UNIT
from simulator.travel.day_walk import check_fits, person_unit


@given(st.floats(1, 7.8e7))
def test_everybody_out_for_an_hour_fits_with_as_many_again(people):
    unit = person_unit(people)
    assert unit in [2**power for power in range(9)]
    largest = 2 * int(np.ceil(people)) * unit * HOUR_MS * SHARE_UNIT  # a Python integer: exact
    assert largest <= 2**63 + 2 * unit * HOUR_MS * SHARE_UNIT
    assert unit == PERSON_UNIT or 2 * largest > 2**62  # no coarser than it must be


@pytest.mark.parametrize(
    ("people", "unit"), [(1_000, 256), (300_000, 256), (610_840, 64), (1_000_000, 64), (10_000_000, 4), (7e7, 1)]
)
def test_towns_keep_the_finest_unit_and_cities_get_coarser_ones(people, unit):
    assert person_unit(people) == unit
    check_fits(np.array([people * unit]), unit)


def test_more_people_than_can_be_counted_are_refused_with_what_to_do():
    with pytest.raises(InputError, match="expected at most 78187494 in one run; cut the area"):
        person_unit(1e8)
    with pytest.raises(InputError, match="outdoors at once"):
        check_fits(np.array([2e8]), 1)
