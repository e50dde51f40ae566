"""Ranges of one's own in `--values`: drawn as the evidence's are, and refused where they cannot be."""

import numpy as np
import pytest

from experiments.values import read_values
from simulator.errors import InputError
from simulator.evidence.parameters import draw_parameters, load_evidence


def values_of(tmp_path, text):
    file = tmp_path / "values.toml"
    file.write_text(text, encoding="utf-8")
    return read_values(file)


def test_a_range_is_drawn_as_the_evidence_would_draw_it(tmp_path):
    assert load_evidence()["visitors_per_resident"].distribution == "lognormal"
    given = values_of(tmp_path, "visitors_per_resident = {value = 2.0, low = 1.5, high = 3.0}\n")
    assert given == (
        ("visitors_per_resident", 2.0), ("visitors_per_resident.high", 3.0), ("visitors_per_resident.low", 1.5),
    )  # fmt: skip
    every = [draw_parameters(1, draw, dict(given)) for draw in range(512)]
    drawn = np.array([one.visitors_per_resident for one in every])
    np.testing.assert_allclose(np.quantile(drawn, [0.05, 0.5, 0.95]), [1.5, 2.0, 3.0], rtol=0.02)
    assert draw_parameters(1, -1, dict(given)).visitors_per_resident == 2.0
    # nothing else moves, and a draw lies at the same quantile as before
    before = [draw_parameters(1, draw) for draw in range(512)]
    assert np.array_equal(np.argsort(drawn), np.argsort([one.visitors_per_resident for one in before]))
    left = [
        {name: v for name, v in one.as_dict().items() if name != "visitors_per_resident"}
        for one in (every[7], before[7])
    ]
    assert left[0] == left[1]


def test_a_range_around_the_evidences_own_is_the_evidence(tmp_path):
    row = load_evidence()["through_share"]
    given = dict(values_of(tmp_path, f"through_share = {{value = {row.value}, low = {row.low}, high = {row.high}}}\n"))
    for draw in range(8):
        assert draw_parameters(1, draw, given).through_share == draw_parameters(1, draw).through_share


def test_figures_of_other_countries_are_not_widened_once_they_are_given(tmp_path):
    given = dict(values_of(tmp_path, "visitors_per_resident = {value = 2.0, low = 1.5, high = 3.0}\n"))
    for draw in range(8):
        here, there = (draw_parameters(1, draw, given, country=country) for country in ("GB", "KE"))
        assert here.visitors_per_resident == there.visitors_per_resident


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("through_share = {value = 0.2, low = 0.3, high = 0.4}", "expected low <= value <= high"),
        ("through_share = {value = 0.2, low = 0.2, high = 0.2}", "expected low <= value <= high"),
        ("through_share = {value = 0.2, low = 0.1, high = 7}", "through_share.high: found 7, expected a share"),
        ("dark_begins_deg = {value = 0, low = -1, high = 1}", "expected a number alone: it is not drawn"),
        ("through_share = {value = 0.2, low = 0.1}", "found {'value': 0.2, 'low': 0.1}, expected a number"),
        ("no_such = {value = 0.2, low = 0.1, high = 0.3}", "no_such: no such parameter"),
    ],
)
def test_ranges_that_cannot_be_are_refused(tmp_path, text, words):
    with pytest.raises(InputError) as refused:
        values_of(tmp_path, text + "\n")
    assert words in "\n".join(refused.value.faults)
