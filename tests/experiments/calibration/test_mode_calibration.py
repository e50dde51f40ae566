"""The fit of modes: that of the shipped table, near the survey, and right where the answer is known."""

import numpy as np
import pytest

from experiments.calibration.agreement import farthest_from_shipped, in_words
from experiments.calibration.modes import TABLE, TOLERANCE, Shares, calibrate, fit, predicted, told
from simulator.evidence.parameters import draw_parameters
from simulator.foundation.categories import MODES


def test_the_table_that_ships_is_made_by_the_command(tmp_path):
    calibrate(tmp_path)
    assert farthest_from_shipped(tmp_path, [TABLE]) <= TOLERANCE


def test_another_table_is_noticed(tmp_path):
    calibrate(tmp_path)
    path = tmp_path / f"{TABLE}.csv"
    text = path.read_text()
    for old, new, told_so in (
        ("woman,bicycle,-4.5", "woman,bicycle,-4.6", "differ from the shipped tables by up to 0.1"),
        ("woman,bicycle", "girl,bicycle", "other rows or columns"),
        ("gender,mode,value", "gender,mode,number", "other rows or columns"),
        (text, "other", "other rows or columns"),
        (text, "", "other rows or columns"),
    ):
        path.write_text(text.replace(old, new))
        assert told_so in in_words(farthest_from_shipped(tmp_path, [TABLE]), TOLERANCE)
    path.write_text(text)
    assert "agree with the shipped tables" in in_words(farthest_from_shipped(tmp_path, [TABLE]), TOLERANCE)


def test_the_fit_is_near_the_survey():
    shares = Shares("day", draw_parameters(1, -1))
    values = fit(shares)
    weight = shares.trips.sum(axis=2, keepdims=True)
    by_mode = [(weight * part).sum(axis=1) / weight.sum(axis=1) for part in (shares.share, predicted(values, shares))]
    assert np.abs(by_mode[0] - by_mode[1]).max() < 0.02
    assert len(told(shares, values)) == 2 + 2 * len(MODES)


def test_known_constants_are_found_again():
    shares = Shares("day", draw_parameters(1, -1))
    known = np.array([-4.0, -1.5, -2.5, -1.0, 0.0, -3.5, -1.0, -3.0, -2.0, 0.5, np.log(0.06), np.log(1.2)])
    shares.share = predicted(known, shares)
    shares.trips = 1e5 * shares.share
    np.testing.assert_allclose(fit(shares), known, atol=0.05)


def test_without_a_car_nobody_drives():
    shares = Shares("day", draw_parameters(1, -1, {"fit_car_women": 0.0, "fit_car_men": 0.5}))
    likely = predicted(np.zeros(12), shares)
    assert likely[0, :, MODES.index("driver")].max() == 0.0
    assert likely[1, :, MODES.index("driver")].min() > 0.0
    assert likely.sum(axis=2) == pytest.approx(1.0)
