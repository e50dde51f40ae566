"""The mean day of a year: equal days give that day, different ones the weighted sums, and a day without night adds none."""

import numpy as np
import pandas as pd
import pytest

from analysis.comparison.mean_day import Day, compare_days
from analysis.comparison.paired import COLUMNS, compare_runs

NUMBERS = ["baseline", "value", "difference", "low", "high"]
KEYS = ["scenario", "indicator", "gender", "age", "disability", "carer", "night_worker", "hour_band", "zone", "purpose"]
KEYS += ["period"]


def day(pair, weight=1.0, **manifest):
    """A day of two sides; its dark hours may be other ones, and then its table says so too."""
    base, lamps = ([run._replace(manifest=run.manifest | manifest) for run in side] for side in pair)
    dark = manifest.get("dark_hours")
    if dark is not None:
        base, lamps = ([_with_dark(run, dark) for run in side] for side in (base, lamps))
    return Day(weight, base, {"lamps": lamps})


def _with_dark(run, dark):
    summary = run.summary.assign(period=np.where(np.array(dark)[run.summary["hour"]], "dark", "day"))
    return run._replace(summary=summary)


def of(table, indicator, gender="woman", period="dark", hour_band="all"):
    keep = (table["indicator"] == indicator) & (table["gender"] == gender) & (table["period"] == period)
    rows = table[keep & (table["hour_band"] == hour_band) & (table[KEYS[3:7]] == "all").all(axis=1)]
    rows = rows[(rows["zone"] == "core") & (rows["purpose"] == "all")]
    assert len(rows) == 1
    return rows.iloc[0]


def test_equal_days_give_that_day_whatever_their_weights(make_pair, make_pushes):
    pair = make_pair(make_pushes(4))
    mean, each = compare_days([day(pair, 100.0), day(pair, 265.25)], label="mean day")
    alone = compare_runs(pair[0], {"lamps": pair[1]})
    pd.testing.assert_frame_equal(mean[KEYS], alone[KEYS])
    np.testing.assert_allclose(mean[NUMBERS], alone[NUMBERS], rtol=1e-9, atol=1e-9)
    assert mean["verdict"].tolist() == alone["verdict"].tolist()
    assert mean["people"].tolist() == alone["people"].tolist()
    assert set(mean["date"]) == {"mean day"}
    assert set(mean["draws"]) == {4}
    assert list(mean.columns) == list(COLUMNS)
    for one in each:
        pd.testing.assert_frame_equal(one, alone)


def test_shares_are_those_of_the_summed_minutes(make_pair, make_pushes):
    """Nothing happens on the one day; on the other, three times as frequent, lamps move women by the push."""
    pushes = make_pushes(4)
    nothing = make_pair([dict.fromkeys(push, 0.0) for push in pushes])
    something = make_pair(pushes)
    mean, each = compare_days([day(nothing, 1.0), day(something, 3.0)], label="mean day")
    moved = of(each[1], "feels_safe_share")
    assert of(each[0], "feels_safe_share")["difference"] == pytest.approx(0.0, abs=1e-12)
    assert of(mean, "feels_safe_share")["difference"] == pytest.approx(0.75 * moved["difference"], rel=1e-9)
    assert moved["difference"] > 0.01


def test_a_day_without_night_adds_nothing_to_the_night(make_pair, make_pushes):
    pair = make_pair(make_pushes(4))
    bright = day(pair, 3.0, dark_hours=[False] * 24)
    mean, each = compare_days([day(pair), bright], label="mean day")
    assert "dark" not in set(each[1]["period"])
    with_night = of(each[0], "feels_safe_share")
    assert of(mean, "feels_safe_share")["difference"] == pytest.approx(with_night["difference"], rel=1e-9)
    trips = [of(one, "trips_made")["baseline"] for one in (each[0], mean)]
    assert trips[1] == pytest.approx(trips[0] / 4.0, rel=1e-9)


def test_order_of_days_is_nothing(make_pair, make_pushes):
    days = [day(make_pair(make_pushes(4, women=women)), weight) for women, weight in ((0.1, 2.0), (0.5, 1.0))]
    forwards, backwards = (compare_days(order, label="mean day")[0] for order in (days, days[::-1]))
    np.testing.assert_allclose(forwards[NUMBERS], backwards[NUMBERS], rtol=1e-9, atol=1e-12)
