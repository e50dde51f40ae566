"""Passers-by are those of streets of a kind; counts held against themselves hold, and turned round they miss."""

from types import SimpleNamespace

import numpy as np
import pytest

from experiments.validation.passing import I1, I2, I3, I4, KINDS, NIGHT, by_counts, passers_by
from simulator.city.network import PLACE_KINDS
from simulator.evidence.profiles import load_table
from simulator.foundation.clock import HOURS
from simulator.kernels.walking import PASSED

from cities import grid_city

CITY = grid_city(6)
UNIT = 4
OTHERS = ("Friday", "Saturday", "Sunday")


def counted(kind, day):
    table = load_table("auckland_hours")
    return table["relative_count"][(table["place"] == kind) & (table["day"] == day)]


def test_people_pass_on_streets_of_the_kind_and_in_the_core():
    places, streets = CITY.places, CITY.streets
    of_kind = {kind: set(places.segment[places.kind == PLACE_KINDS.index(kind)].tolist()) for kind in KINDS}
    sums = np.zeros((HOURS, len(streets), 4), dtype=np.int64)
    sums[9, :, PASSED] = UNIT * np.arange(1, len(streets) + 1)
    arm = SimpleNamespace(
        setting=SimpleNamespace(network=CITY), walk=SimpleNamespace(segments=sums, unit=UNIT), chosen=None
    )
    found = passers_by(arm)
    assert any(of_kind.values())
    for kind in KINDS:
        rows = [row for row in of_kind[kind] if streets.in_core[row]]
        assert found[kind].tolist() == [sum(row + 1 for row in rows) if hour == 9 else 0.0 for hour in range(HOURS)]


def test_counts_held_against_themselves_hold():
    days = {day: [{kind: 7.0 * counted(kind, day) for kind in KINDS}] * 3 for day in ("weekday", *OTHERS)}
    rows = list(by_counts(days["weekday"], days))
    assert {row["pattern"] for row in rows} == {I1, I2, I3, I4}
    assert len(rows) == 4 * len(KINDS) + 1
    sunday = next(row for row in rows if row["group"] == "near shops, Sunday")
    assert sunday["result"] == pytest.approx(counted("shop", "Sunday").sum() / 24.0, abs=1e-4)
    assert all(row["verdict"] == "holds" for row in rows)
    assert [row["result"] for row in rows if row["pattern"] == I1] == pytest.approx([1.0] * len(KINDS))
    nightlife = next(row for row in rows if row["pattern"] == I3 and row["group"] == "near nightlife")
    assert nightlife["result"] == pytest.approx(
        100.0 * counted("nightlife", "weekday")[NIGHT].sum() / counted("nightlife", "weekday").sum()
    )


def test_a_day_turned_round_and_a_night_that_is_empty_miss():
    day = [{kind: counted(kind, "weekday")[::-1] * ~NIGHT for kind in KINDS}] * 3
    rows = list(by_counts(day, dict.fromkeys(OTHERS, day)))
    assert {row["verdict"] for row in rows if row["pattern"] == I3} == {"misses"}
    assert {row["verdict"] for row in rows if row["pattern"] == I1} == {"misses"}
    assert "holds" not in {row["verdict"] for row in rows if row["pattern"] == I2}
    assert {row["verdict"] for row in rows if row["pattern"] == I4 and "Sunday" in row["group"]} == {"misses"}
