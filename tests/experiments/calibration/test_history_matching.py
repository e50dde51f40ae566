"""History matching against closed answers, planted truths, and observations that no run could have given."""

import numpy as np
import pytest

from experiments.calibration.history_matching import IMPOSSIBLE, Runs, match, matter, normal_scores


def runs_of(seed, *, count=200, others=60, slopes=((1.0, 0.8, 0.0), (0.0, 0.5, -0.7))):
    """Runs whose outputs follow from two parameters of many and chance, and a run beside them that is the truth."""
    variate = np.random.default_rng(seed)
    slope = np.array(slopes)
    values = variate.normal(size=(count + 1, others + len(slope)))
    outputs = 3.0 + values[:, : len(slope)] @ slope + 0.3 * variate.normal(size=(count + 1, slope.shape[1]))
    names = tuple(f"p{number}" for number in range(values.shape[1]))
    runs = Runs(names, values[:-1], outputs[:-1], np.full((count, slope.shape[1]), 0.18))  # of the run and of the truth
    return runs, values[-1], outputs[-1] + 0.1 * variate.normal(size=slope.shape[1])


def test_planted_truths_lie_within_the_posterior_and_the_implausible_is_ruled_out():
    off = []
    for seed in range(25):
        runs, truth, observed = runs_of(seed)
        found = match(runs, observed, 0.01 * np.eye(3))
        assert {"p0", "p1"} <= set(found.names)
        for name, mean, sd in zip(found.names, found.mean, found.sd, strict=True):
            if name in ("p0", "p1"):
                off.append((truth[int(name[1:])] - mean) / sd)
        assert 0 < found.kept.sum() < 0.8 * len(found.kept)
        near = np.abs(runs.outputs - observed).max(axis=1)
        assert near[found.kept].max() < near[~found.kept].max()
        assert (near[found.kept] < 5 * np.sqrt(0.19)).all()
    assert 0.5 < np.mean(np.square(off)) < 1.7
    assert np.abs(off).max() < 4.0


def test_the_posterior_is_the_closed_one_of_a_linear_model():
    runs, _, _ = runs_of(3, count=4000, others=0, slopes=((1.0,),))
    found = match(runs, np.array([4.2]), np.array([[0.16]]))
    # y = 3 + z + e, var(e) = 0.3^2 + 0.16: mean (4.2 - 3) / (1 + 0.25), variance 0.25 / 1.25
    assert found.names == ("p0",)
    assert found.mean[0] == pytest.approx(1.2 / 1.25, abs=0.03)
    assert found.sd[0] == pytest.approx(np.sqrt(0.2), abs=0.01)
    assert found.contraction[0] == pytest.approx(0.8, abs=0.01)


def test_parameters_that_do_nothing_are_rarely_taken_to_matter():
    wrong = 0
    for seed in range(40):
        variate = np.random.default_rng(seed)
        wrong += len(matter(normal_scores(variate.normal(size=(100, 80))), variate.normal(size=(100, 4)))) > 0
    assert wrong <= 7  # 5 % of 40 is 2; 8 or more has a chance below 0.1 %


def test_observations_outside_all_runs_are_a_surprise_and_others_are_none():
    runs, _, observed = runs_of(5)
    assert match(runs, observed, 0.01 * np.eye(3)).surprise < IMPOSSIBLE
    far = match(runs, observed + 12.0, 0.01 * np.eye(3))
    assert far.surprise > IMPOSSIBLE
    assert not far.kept.any()


def test_observations_that_say_nothing_leave_what_was_drawn():
    runs, _, observed = runs_of(6)
    found = match(runs, observed, 1e6 * np.eye(3))
    assert found.kept.all()
    assert (found.contraction < 1e-4).all()
    assert (np.abs(found.mean) < 1e-2).all()


def test_the_order_of_runs_changes_nothing_that_is_fitted():
    runs, _, observed = runs_of(7)
    turned = Runs(runs.names, runs.values[::-1], runs.outputs[::-1], runs.noise[::-1])
    one, other = (match(each, observed, 0.01 * np.eye(3)) for each in (runs, turned))
    shared = [name for name in one.names if name in other.names]
    assert {"p0", "p1"} <= set(shared)
    np.testing.assert_array_equal(one.kept, other.kept[::-1])


def test_normal_scores_keep_ranks_and_have_mean_0_and_sd_1():
    scores = normal_scores(np.exp(np.random.default_rng(1).normal(size=(500, 1))))
    assert scores.mean() == pytest.approx(0.0, abs=1e-9)
    assert scores.std() == pytest.approx(1.0, abs=0.02)
