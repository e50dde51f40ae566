"""Designs: the points that they promise, at values that follow from numbers between 0 and 1."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kstest

from experiments.studies.designs import points_of
from experiments.studies.factors import Factor, factors_of
from experiments.studies.planning import Plan
from experiments.studies.reading import parse_study
from experiments.studies.study import Lever, Uncertainty
from simulator.errors import InputError
from simulator.evidence.parameters import fitted_ensemble, load_evidence

from cheap_runs import study_text

RANGE = '[[levers]]\nname = "spacing"\nmeasure = "lighting"\nfield = "spacing_m"\nlow = 20\nhigh = 40'
TWO = '[[uncertainties]]\nname = "light_relief_lx"\n[[uncertainties]]\nname = "open_frontage"\nlow = -1\nhigh = 1'


def points(design, **changes):
    study = parse_study(study_text(design=f"[design]\n{design}", **changes))
    return points_of(study, factors_of(study, "FI"))


def test_a_grid_is_every_value_with_every_other():
    relief = load_evidence()["light_relief_lx"]
    found = points('kind = "grid"', levers=RANGE, uncertainties=TWO)
    ends = [relief.at(0.05), relief.value, relief.at(0.95)]
    expected = list(itertools.product([20.0, 30.0, 40.0], ends, [-1.0, 0.0, 1.0]))
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_one_at_a_time_moves_one_from_the_middle():
    found = points('kind = "one at a time"\nlevels = 3', levers=RANGE, uncertainties=TWO)
    middle = found[0]
    assert middle[0] == 30.0
    assert len(found) == 1 + 3 * 2
    assert all(sum(a != b for a, b in zip(point, middle, strict=True)) == 1 for point in found[1:])


def test_a_latin_hypercube_has_one_point_in_each_slice():
    found = np.array(points('kind = "latin hypercube"\npoints = 50', levers=RANGE, uncertainties=TWO))
    for column, low, high in ((0, 20.0, 40.0), (2, -1.0, 1.0)):
        slices = np.floor((found[:, column] - low) / (high - low) * 50).astype(int)
        assert sorted(slices) == list(range(50))


def test_an_uncertainty_is_spread_as_the_evidence_has_it():
    found = np.array(points('kind = "sobol"\npoints = 1024', levers=RANGE, uncertainties=TWO))
    row = load_evidence()["light_relief_lx"]
    drawn = [row.at(quantile) for quantile in np.random.default_rng(3).uniform(size=4000)]
    from scipy.stats import ks_2samp

    assert ks_2samp(found[:, 1], drawn).pvalue > 0.01
    assert kstest((found[:, 2] + 1) / 2, "uniform").pvalue > 0.01


def test_saltelli_and_morris_have_as_many_points_as_they_need():
    assert len(points('kind = "saltelli"\npoints = 8', levers=RANGE, uncertainties=TWO)) == 8 * (3 + 2)
    assert len(points('kind = "saltelli"\npoints = 8\nsecond_order = true', levers=RANGE, uncertainties=TWO)) == 8 * 8
    ways = points('kind = "morris"\npoints = 6\nlevels = 4', levers=RANGE, uncertainties=TWO)
    assert len(ways) == 6 * (3 + 1)
    for way in range(6):
        steps = ways[4 * way : 4 * way + 4]
        for one, other in itertools.pairwise(steps):
            assert sum(a != b for a, b in zip(one, other, strict=True)) == 1


def test_the_same_study_has_the_same_points():
    for kind in ("latin hypercube", "sobol", "saltelli", "morris"):
        design = f'kind = "{kind}"\npoints = 8'
        assert points(design, levers=RANGE, uncertainties=TWO) == points(design, levers=RANGE, uncertainties=TWO)
        other = points(design, levers=RANGE, uncertainties=TWO, people="people = 300\nseed = 2")
        assert other != points(design, levers=RANGE, uncertainties=TWO)


def test_points_come_from_a_file(tmp_path):
    (tmp_path / "points.csv").write_text("light_relief_lx,spacing\n2.0,25\n3.5,40\n")
    text = study_text(
        design='[design]\nkind = "points"\nfile = "points.csv"',
        uncertainties='[[uncertainties]]\nname = "light_relief_lx"',
    )
    study = parse_study(text, folder=tmp_path)
    assert points_of(study, factors_of(study, "FI")) == [(25, 2.0), (40, 3.5)]
    for wrong, told in (
        ("light_relief_lx,spacin\n2,25\n", "write spacing"),
        ("light_relief_lx\n2\n", "no column or no row for spacing"),
        ("light_relief_lx,spacing\n", "add them"),
        ("light_relief_lx,spacing\n2,-4\n", "points.csv:2: spacing"),
        ("light_relief_lx,spacing\nmany,25\n", "points.csv:2: light_relief_lx"),
    ):
        (tmp_path / "points.csv").write_text(wrong)
        with pytest.raises(InputError) as refused:
            points_of(study, factors_of(study, "FI"))
        assert told in str(refused.value)


@given(unit=st.floats(0, 1))
def test_a_factor_gives_a_value_of_its_own(unit):
    lever = Lever(name="a", measure="m", field="f", values=(1, 2, 5))
    assert Factor("a", "lever_a", lever, choices=(1, 2, 5)).at(unit) == (1, 2, 5)[min(int(unit * 3), 2)]
    whole = Factor("a", "lever_a", lever, low=2.0, high=4.0, whole=True)
    assert whole.at(unit) == min(int(2 + unit * 3), 4)
    drawn = Factor("light_relief_lx", "x", Uncertainty(name="light_relief_lx"))
    row = load_evidence()["light_relief_lx"]
    assert row.at(0.001) <= drawn.at(unit) <= row.at(0.999)


def test_a_fitted_parameter_is_spread_as_its_fit_left_it():
    fitted = fitted_ensemble()["feel_park"]
    factor = Factor("feel_park", "x", Uncertainty(name="feel_park"))
    assert factor.at(0.5) == pytest.approx(float(np.median(fitted)))


def test_points_of_one_uncertainty_share_their_baseline():
    text = study_text(
        uncertainties='[[uncertainties]]\nname = "light_relief_lx"\nvalues = [2.0, 3.0]',
        replications="replications = 2",
    )
    plan = Plan.of(parse_study(text))
    assert len(plan.points) == 6
    assert [len(group.arms) for group in plan.groups] == [3, 3]
    assert plan.count() == 2 * 2 * (3 + 1) == len(plan.run_ids())


def test_a_measure_that_is_left_out_is_run_once():
    levers = study_text().split("[[levers]]")[1].split("[[outcomes]]")[0]
    switch = '[[levers]]\nname = "lamps"\nmeasure = "lighting"\nfield = "included"\nvalues = [true, false]'
    plan = Plan.of(parse_study(study_text(levers=f"[[levers]]{levers}{switch}")))
    (group,) = plan.groups
    assert [dict(arm.settings) for arm in group.arms] == [
        {"spacing": 20, "lamps": True},
        {"lamps": False},
        {"spacing": 30, "lamps": True},
        {"spacing": 45, "lamps": True},
    ]
    assert group.arms[1].scenario.measures == ()


def test_values_that_do_not_go_together_are_refused_before_any_run():
    text = study_text(uncertainties='[[uncertainties]]\nname = "dark_begins_deg"\nvalues = [-12.0]')
    with pytest.raises(InputError, match=r"expected less than dark_begins_deg, which is -12\.0; give the two ranges"):
        Plan.of(parse_study(text))
