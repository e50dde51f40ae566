"""What follows from a city alone is worked out once for it, and forgotten with it."""

import dataclasses
import gc
import weakref

import numpy as np
import pytest

from simulator.foundation.once import once_a_city
from simulator.foundation.records import records

from cities import grid_city


def test_it_is_worked_out_once_a_city_and_set_of_arguments():
    calls = []

    @once_a_city
    def told(city, number, *, word="a"):
        calls.append((city.name, number, word))
        return object()

    city, other = grid_city(2), grid_city(2)
    assert told(city, 1) is told(city, 1)
    assert told(city, 1) is not told(city, 2)
    assert told(city, 1, word="b") is not told(city, 1)
    assert told(other, 1) is not told(city, 1)
    assert told(dataclasses.replace(city), 1) is not told(city, 1), "a changed city is another one"
    assert len(calls) == 5


def test_it_goes_with_the_city():
    @once_a_city
    def told(city):
        return np.zeros(3)

    city = grid_city(2)
    kept = weakref.ref(told(city))
    del city
    gc.collect()
    assert kept() is None


def test_records_want_just_their_columns():
    kind = np.dtype([("a", "i8"), ("b", "f8", (2,))])
    rows = records(kind, a=np.arange(3), b=np.ones((3, 2)))
    assert rows["a"].tolist() == [0, 1, 2]
    assert records(kind, a=np.zeros(0, int), b=np.zeros((0, 2))).size == 0
    with pytest.raises(KeyError, match="expected"):
        records(kind, a=np.arange(3))
