"""A city's own survey: what is planted in it is found again, and what cannot be used is told with its row."""

import re

import numpy as np
import pytest
from scipy.special import expit

from experiments.calibration.logistic import most_probable
from experiments.calibration.own_survey import NOT_BORROWED, age_of, calibrate_survey, fit_survey, read_survey, told
from experiments.calibration.perception import FITTED
from experiments.values import read_values
from simulator.errors import InputError
from simulator.evidence.parameters import draw_parameters, load_evidence, nominal
from simulator.evidence.profiles import load_table
from simulator.safety.perception import disabled_share

PLANTED = {"feel_level": -0.4, "feel_man": 0.7, "feel_age": -0.5, "feel_age_squared": 0.2, "feel_man_age": 0.3}


def log_odds(man, age, disabled=None):
    x = (age - 50.0) / 30.0
    score = PLANTED["feel_level"] + PLANTED["feel_age"] * x + PLANTED["feel_age_squared"] * x**2
    score += man * (PLANTED["feel_man"] + PLANTED["feel_man_age"] * x)
    return score if disabled is None else score - 1.2 * (disabled - disabled_share(age))


def people(count, seed, *, disability=False):
    """Lines of a survey of people drawn one by one whose feelings are known."""
    variate = np.random.default_rng(seed)
    man, age = variate.integers(0, 2, count), variate.integers(16, 91, count)
    disabled = (variate.random(count) < disabled_share(age)).astype(int) if disability else None
    safe = variate.random(count) < expit(log_odds(man, age, disabled))
    lines = ["gender,age,feels_safe" + ",disability" * disability]
    for row in range(count):
        line = f"{'male' if man[row] else 'female'},{age[row]},{'yes' if safe[row] else 'no'}"
        lines.append(line + (f",{disabled[row]}" if disability else ""))
    return "\n".join(lines)


def write(tmp_path, text):
    path = tmp_path / "survey.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_planted_survey_is_returned_within_its_error(tmp_path):
    off = []
    for seed in range(8):
        made = fit_survey(read_survey(write(tmp_path, people(3000, seed))), design_effect=1.0)
        rows = made.parameters.set_index("parameter")
        off += [(rows["fitted"][name] - value) / rows["fitted_sd"][name] for name, value in PLANTED.items()]
    # of 40 standard errors, the mean square is 1; its own standard error is about 0.22, and priors shrink a little
    assert 0.5 < np.mean(np.square(off)) < 1.7
    assert np.abs(off).max() < 4.0


def test_disability_is_found_where_it_was_asked_and_left_as_it_is_elsewhere(tmp_path):
    asked = fit_survey(read_survey(write(tmp_path, people(8000, 3, disability=True))), 1.0).parameters
    row = asked.set_index("parameter").loc["feel_disabled"]
    assert abs(row["fitted"] + 1.2) < 3 * row["fitted_sd"]
    assert row["fitted_sd"] < 0.1
    without = fit_survey(read_survey(write(tmp_path, people(8000, 3)))).parameters.set_index("parameter")
    for name in ("feel_disabled", "feel_park", "feel_busy"):
        assert without["contraction"][name] == pytest.approx(0.0, abs=1e-9)
        assert without["fitted"][name] == pytest.approx(without["prior"][name])


def test_a_group_counts_as_its_people(tmp_path):
    one_by_one = "gender,age,feels_safe\n" + "woman,25-34,1\n" * 30 + "woman,25-34,0\n" * 20 + "man,75+,1\n" * 40
    grouped = "gender,age,feels_safe,n\nwoman,25-34,0.6,50\nman,75+,1.0,40\n"
    first, second = (fit_survey(read_survey(write(tmp_path, text))) for text in (one_by_one, grouped))
    np.testing.assert_allclose(first.parameters["fitted"], second.parameters["fitted"], atol=1e-6)
    np.testing.assert_allclose(first.parameters["fitted_sd"], second.parameters["fitted_sd"], atol=1e-6)


def test_weights_move_the_share_and_cost_certainty(tmp_path):
    # 40 who feel safe weigh 1, 40 who do not weigh 3: a share of 1/4; Kish: mean of squares 5 over square of mean 4
    text = "gender,age,feels_safe,weight\n" + "woman,50,yes,1\n" * 40 + "woman,50,no,3\n" * 40
    survey = read_survey(write(tmp_path, text))
    assert survey.yes.sum() / survey.asked == pytest.approx(0.25)
    assert survey.weights_cost == pytest.approx(5 / 4)
    plain = text.replace(",yes,1", ",yes,2").replace(",no,3", ",no,2")
    assert read_survey(write(tmp_path, plain)).weights_cost == pytest.approx(1.0)


def test_one_cell_follows_by_hand(tmp_path):
    # women of 50 alone inform the level alone: the most probable value where answers and prior pull alike
    text = "gender,age,feels_safe,n\nwoman,50,0.3,600\n"
    rows = fit_survey(read_survey(write(tmp_path, text)), design_effect=2.0).parameters.set_index("parameter")
    level, prior, spread = (rows[name]["feel_level"] for name in ("fitted", "prior", "prior_sd"))
    assert 300 * (0.3 - expit(level)) == pytest.approx((level - prior) / spread**2, abs=1e-4)
    shipped = load_table("perception_fit")
    assert spread == pytest.approx(np.hypot(float(shipped["fitted_sd"][0]), nominal("feel_transfer_sd")))
    assert rows["fitted_sd"]["feel_level"] == pytest.approx(
        (300 * expit(level) * (1 - expit(level)) + spread**-2) ** -0.5, rel=1e-4
    )


def test_few_answers_leave_wide_spreads_and_more_narrow_them(tmp_path):
    spreads = [
        fit_survey(read_survey(write(tmp_path, people(count, 5)))).parameters["fitted_sd"][0]
        for count in (40, 400, 4000)
    ]
    assert spreads[0] > 0.3
    assert spreads[0] > 1.8 * spreads[1] > 4 * spreads[2]  # the prior keeps the first from being wider


def test_the_file_is_one_that_values_takes_and_draws_are_as_wide(tmp_path):
    out = tmp_path / "fitted.toml"
    survey, made = calibrate_survey(write(tmp_path, people(2000, 7)), out)
    values = dict(read_values(out))
    rows = made.parameters.set_index("parameter")
    assert values["feel_transfer_sd"] == NOT_BORROWED
    assert {"feel_park", "feel_busy", "feel_disabled"}.isdisjoint(values)
    drawn = np.array([draw_parameters(1, draw, values).feel_level for draw in range(256)])
    assert drawn.mean() == pytest.approx(rows["fitted"]["feel_level"], abs=0.01)
    assert drawn.std() == pytest.approx(rows["fitted_sd"]["feel_level"], rel=0.05)
    assert "answers used" in told(survey, made)[0]
    cells = made.cells.set_index("cell")
    assert cells["asked"].sum() == pytest.approx(2000)
    assert (cells["drawn_sd"] >= cells["fitted_sd"]).all()
    assert (np.abs(cells["fitted"] - cells["target"]) < 0.06).all()


def test_groups_of_few_answers_are_told_together(tmp_path):
    text = "gender,age,feels_safe,n\nwoman,20,0.5,20\nwoman,70,0.5,20\nwoman,40,0.5,60\nman,40,0.5,10\n"
    cells = fit_survey(read_survey(write(tmp_path, text))).cells
    assert list(cells["cell"]) == ["woman 35-64", "woman, other ages"]
    assert list(cells["asked"]) == [60.0, 40.0]


def test_what_is_not_used_is_counted(tmp_path):
    text = people(60, 1) + "\nother,30,yes\nfemale,12,no\nmale,40,\n"
    survey = read_survey(write(tmp_path, text))
    assert survey.asked == 60
    assert sorted(survey.left_out.values()) == [1.0, 1.0, 1.0]


def test_headings_and_words_are_mapped(tmp_path):
    (tmp_path / "map.toml").write_text(
        '[columns]\ngender = "Geschlecht"\nage = "Alter"\nfeels_safe = "Sicher"\n'
        '[values.gender]\nFrau = "woman"\nMann = "man"\n[values.feels_safe]\n"eher ja" = "yes"\n',
        encoding="utf-8",
    )
    path = write(tmp_path, "Geschlecht;Alter;Sicher\n" + "Frau;25-34;eher ja\nMann;75+;nein\n" * 20)
    survey = read_survey(path, str(tmp_path / "map.toml"))
    assert survey.yes.sum() == 20
    assert sorted(set(survey.age)) == [29.5, 80.0]


@pytest.mark.parametrize(
    ("word", "years"),
    [
        ("34", 34.0),
        ("16-24", 20.0),
        ("18-29", 23.5),
        ("75+", 80.0),
        ("75 and over", 80.0),
        ("60+", np.nan),
        ("x", np.nan),
    ],
)
def test_ages_are_years_or_middles_of_bands(word, years):
    assert age_of(word) == pytest.approx(years, nan_ok=True)
    shares = load_table("disabled_gb")["adults_share"].astype(float)[-2:]
    assert age_of("65+") == pytest.approx((69.5 * shares[0] + 80 * shares[1]) / shares.sum())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("gender,age\nwoman,30\n", "a column feels_safe, or --columns feels_safe=..."),
        ("gender,age,feels_safe\nwoman,30,maybe\n", "row 2: feels_safe 'maybe', expected yes or no"),
        ("gender,age,feels_safe\nwomen,old,yes\n", "row 2: age 'old', expected years from 0 to 120"),
        ("gender,age,feels_safe\nlady,30,yes\n", "row 2: gender 'lady'"),
        ("gender,age,feels_safe,n\nwoman,30,69,100\n", "row 2: feels_safe '69', expected a share from 0 to 1"),
        ("gender,age,feels_safe,n\nwoman,30,0.7,-3\n", "row 2: n '-3', expected a number above 0"),
        ("gender,age,feels_safe,disability\nwoman,30,yes,blind\n", "row 2: disability 'blind'"),
        ("gender,age,feels_safe\n" + "woman,30,yes\n" * 29, "found 29 answers .* expected 30 at least"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_row(tmp_path, text, words):
    with pytest.raises(InputError) as refused:
        read_survey(write(tmp_path, text))
    assert re.search(words, "\n".join([refused.value.message, *refused.value.faults]))


def test_the_fit_is_the_most_probable_by_a_slow_search():
    x, yes, no = np.array([[1.0, 0.0], [1.0, 1.0]]), np.array([6.0, 2.0]), np.array([4.0, 8.0])
    prior, spread = np.array([0.5, 0.0]), np.array([1.0, 0.5])
    found, covariance = most_probable(x, (yes, no), prior, spread)
    one, two = np.meshgrid(np.linspace(-3, 3, 1201), np.linspace(-3, 3, 1201), indexing="ij")
    score = np.stack([one, one + two])
    loss = (yes[:, None, None] * np.logaddexp(0, -score) + no[:, None, None] * np.logaddexp(0, score)).sum(axis=0)
    loss += ((one - prior[0]) ** 2 + ((two - prior[1]) / spread[1]) ** 2) / 2
    at = np.unravel_index(loss.argmin(), loss.shape)
    assert found == pytest.approx([one[at], two[at]], abs=0.006)
    dense = np.exp(loss.min() - loss)
    dense /= dense.sum()
    mean = [(dense * axis).sum() for axis in (one, two)]
    variance = [(dense * (axis - centre) ** 2).sum() for axis, centre in zip((one, two), mean, strict=True)]
    assert np.diag(covariance) == pytest.approx(variance, rel=0.1)


def test_the_shipped_fit_is_where_it_begins():
    assert tuple(load_table("perception_fit")["parameter"]) == FITTED
    assert all(load_evidence()[name].unit.startswith("log-odds") for name in FITTED)


def test_the_command_writes_what_values_takes_and_refuses_other_options(afterdark, refused, tmp_path):
    write(tmp_path, people(300, 2))
    done = afterdark("calibrate", "perception", "--survey", "survey.csv", "--out", "fitted.toml")
    assert done.status == 0, done.err
    assert "300 answers used" in done.out
    assert "feel_level" in dict(read_values(tmp_path / "fitted.toml"))
    assert "expected a file that ends in .toml" in refused(
        "calibrate", "perception", "--survey", "survey.csv", "--out", "x"
    )
    assert "found no --survey" in refused("calibrate", "perception", "--columns", "age=alter")
