"""How safe people say they feel: few parameters, close to every survey cell, that of the shipped tables."""

import dataclasses

import numpy as np
import pytest
from scipy.special import expit

from experiments.calibration import perception as calibration
from experiments.calibration.agreement import farthest_from_shipped
from simulator.evidence.parameters import draw_parameters, load_evidence
from simulator.evidence.profiles import load_table
from simulator.safety.perception import solve_perception

TARGETS = calibration.survey_targets()
FIT = calibration.fit(TARGETS)
CELLS = load_table("perception_cells")


def test_at_most_eight_parameters_for_fourteen_cells_and_five_contrasts():
    assert len(calibration.FITTED) <= 8
    assert TARGETS.is_share.sum() == 14
    assert (~TARGETS.is_share).sum() == 5
    assert set(calibration.FITTED) <= set(load_evidence())


def test_every_cell_is_within_three_points_and_every_contrast_within_a_fifth():
    share = CELLS["share"] == 1
    assert (np.abs(CELLS["fitted"] - CELLS["target"])[share] < 0.03).all()
    assert (np.abs(CELLS["fitted"] / CELLS["target"] - 1.0)[~share] < 0.20).all()


def test_a_cell_left_out_is_foretold():
    share = CELLS["share"] == 1
    assert (np.abs(CELLS["left_out"] - CELLS["target"])[share] < 0.03).all()
    for row in (3, 13):  # by hand: the cell's own answer has no part in it
        moved = TARGETS.value.copy()
        moved[row] += 2.0
        other = dataclasses.replace(TARGETS, value=moved)
        without = calibration.fit(other.without(row)).mean
        assert expit(TARGETS.design[row] @ without) == pytest.approx(CELLS["left_out"][row], abs=1e-6)


def test_the_command_writes_what_ships(tmp_path):
    calibration.calibrate(tmp_path)
    assert farthest_from_shipped(tmp_path, calibration.TABLES) <= calibration.TOLERANCE
    (tmp_path / "perception_fit.csv").write_text("other")
    assert farthest_from_shipped(tmp_path, calibration.TABLES) == np.inf


def test_the_most_probable_values_solve_the_normal_equations():
    scaled = TARGETS.design / TARGETS.error[:, None]
    precision = scaled.T @ scaled + np.diag(FIT.prior_sd**-2)
    right = scaled.T @ (TARGETS.value / TARGETS.error) + FIT.prior_mean / FIT.prior_sd**2
    np.testing.assert_allclose(FIT.mean, np.linalg.solve(precision, right), atol=1e-8)
    np.testing.assert_allclose(FIT.covariance @ precision, np.eye(len(calibration.FITTED)), atol=1e-8)


def test_contraction_is_nothing_without_surveys_and_grows_with_them():
    nothing = dataclasses.replace(TARGETS, error=np.full(len(TARGETS.name), 1e9))
    np.testing.assert_allclose(calibration.fit(nothing).contraction, 0.0, atol=1e-9)
    np.testing.assert_allclose(calibration.fit(nothing).mean, FIT.prior_mean, atol=1e-6)
    poor = dataclasses.replace(TARGETS, error=3 * TARGETS.error)
    assert (calibration.fit(poor).contraction < FIT.contraction).all()
    assert (FIT.contraction > 0.9).all()


def test_the_ensemble_is_the_fit():
    members = calibration.ensemble(FIT)
    np.testing.assert_allclose(members.mean(axis=0), FIT.mean, atol=1e-12)
    np.testing.assert_allclose(members.std(axis=0), np.sqrt(np.diag(FIT.covariance)), rtol=0.2)


def test_a_draw_takes_one_member_whole_and_values_of_ones_own_win():
    members = np.column_stack([load_table("perception_ensemble")[name] for name in calibration.FITTED])
    drawn = [draw_parameters(1, draw) for draw in range(30)]
    rows = [
        int(np.flatnonzero((members == [one[name] for name in calibration.FITTED]).all(axis=1))[0]) for one in drawn
    ]
    assert len(set(rows)) > 20
    assert draw_parameters(1, 3, {"feel_level": 0.25}).feel_level == 0.25
    central = draw_parameters(1, -1)
    np.testing.assert_allclose([central[name] for name in calibration.FITTED], FIT.mean, atol=1e-6)


def test_elsewhere_the_level_is_borrowed_and_varies_more():
    home, away = (
        np.array([solve_perception(draw_parameters(1, draw), country).level_at(0, 50.0) for draw in range(200)])
        for country in ("GB", "FI")
    )
    assert away.std() > home.std() + 0.02
    assert abs(away.mean() - home.mean()) < 0.15
    central = draw_parameters(1, -1)
    np.testing.assert_array_equal(solve_perception(central, "FI").level, solve_perception(central, "GB").level)
