"""What is drawn of each parameter: its central value in the middle, its range at the ends, half of it on either side."""

import math

import numpy as np
import pytest
from scipy import stats

from simulator.errors import InputError
from simulator.evidence import strata
from simulator.evidence.parameters import EVIDENCE_FILE, Evidence, draw_parameters, fitted_ensemble, load_evidence

DRAWN = sorted(
    name for name, row in load_evidence().items() if row.distribution != "fixed" and name not in fitted_ensemble()
)
COUNT = 2_000


@pytest.fixture(scope="module")
def quantiles():
    """Luck of each parameter in `COUNT` draws, as `draw_parameters` takes it."""
    found = np.array([strata.quantiles(7, tuple(DRAWN), draw) for draw in range(COUNT)]).T
    return dict(zip(DRAWN, found, strict=True))


@pytest.mark.parametrize("name", DRAWN)
def test_the_central_value_is_the_median_of_draws(name, quantiles):
    row = load_evidence()[name]
    drawn = np.array([row.at(float(quantile)) for quantile in quantiles[name]])
    below = int((drawn < row.value).sum())
    assert stats.binomtest(below, COUNT, 0.5).pvalue > 1e-4
    if not row.distribution.endswith("uniform"):
        for outside in (drawn < row.low, drawn > row.high):
            assert stats.binomtest(int(outside.sum()), COUNT, 0.05).pvalue > 1e-4
    else:
        assert drawn.min() >= row.low
        assert drawn.max() <= row.high


def test_a_draw_takes_each_parameter_at_its_own_random_number(quantiles):
    values = draw_parameters(7, 11).as_dict()
    for name in DRAWN:
        assert values[name] == load_evidence()[name].at(float(quantiles[name][11]))


def entry(distribution, low, value, high):
    return Evidence("x", value, low, high, distribution, "m", "assumption", "anywhere", "none", "test")


@pytest.mark.parametrize(
    ("row", "known"),
    [
        (entry("uniform", 1, 2, 3), stats.uniform(1, 2)),
        (entry("normal", 1, 2, 3), stats.norm(2, 1 / 1.6448536269514722)),
        (entry("lognormal", 1, 2, 4), stats.lognorm(math.log(2) / 1.6448536269514722, scale=2)),
    ],
    ids=lambda one: getattr(one, "distribution", ""),
)
def test_what_is_not_split_is_the_distribution_of_that_name(row, known):
    at = np.linspace(0.001, 0.999, 999)
    assert [row.at(float(quantile)) for quantile in at] == pytest.approx(known.ppf(at))


@pytest.mark.parametrize("distribution", ["uniform", "split uniform", "normal", "split normal"])
def test_mean_and_spread_are_those_of_draws(distribution):
    row = entry(distribution, -0.8, -0.3 if distribution.startswith("split") else -0.4, 0.0)
    at = (np.arange(200_000) + 0.5) / 200_000
    drawn = np.array([row.at(float(quantile)) for quantile in at])
    assert row.moments() == pytest.approx((drawn.mean(), drawn.std()), abs=2e-4)


def test_quantiles_rise_through_the_middle_without_a_jump():
    for row in load_evidence().values():
        drawn = [row.at(quantile) for quantile in np.linspace(0.001, 0.999, 99)]
        assert drawn == sorted(drawn)
        assert row.at(0.5 - 1e-9) == pytest.approx(row.at(0.5 + 1e-9), rel=1e-6, abs=1e-6)


def test_a_value_off_the_middle_needs_a_split_distribution(tmp_path):
    lines = EVIDENCE_FILE.read_text(encoding="utf-8").splitlines()
    broken = tmp_path / "evidence.csv"
    broken.write_text(
        "\n".join(
            [
                lines[0],
                "a,1,0.5,4,lognormal,m,assumption,x,y,z",
                "b,1,0.5,4,split lognormal,m,assumption,x,y,z",
                "c,1,0.5,4,triangular,m,assumption,x,y,z",
            ]
        )
    )
    with pytest.raises(InputError) as caught:
        load_evidence(broken)
    told = str(caught.value)
    assert "line 2: a: value 1 is not the middle of its range, 1.414: expected that value, or" in told
    assert "line 4: c: distribution 'triangular', expected one of fixed, uniform" in told
    assert "line 3" not in told
