"""The plan of an evaluation: rows by hand, and words that claim no more than the numbers."""

import numpy as np
import pytest

from analysis.answer.evaluation import plan_in_words, plan_table
from analysis.evaluation import power
from analysis.evaluation.plan import COLUMNS, Sizes, paired_draws, plan_rows

SIZES = Sizes(asked=400, nights=10, sites=(4, 8), years=2.0, design_effect=1.5, night_spread=0.1, year_spread=0.2)


def yearly(*sides):
    """Runs whose days are days of a year like any other."""
    ones = {"year_over_day": {"harassment": 1.0, "robbery": 1.0, "assault": 1.0}}
    return [[run._replace(manifest=run.manifest | ones) for run in side] for side in sides]


@pytest.fixture(scope="module")
def rows(make_pair, make_pushes):
    base, lamps = yearly(*make_pair(make_pushes(8)))
    return plan_rows(base, lamps, SIZES, control_share=2.0), base, lamps


def test_every_column_is_there_and_every_chance_is_one(rows):
    table, *_ = rows
    assert tuple(table.columns) == tuple(COLUMNS)
    assert table["chance"].dropna().between(0.0, 1.0).all()
    assert {"share"} <= set(table["unit"])


def test_what_is_expected_is_the_difference_of_the_draws(rows):
    table, base, lamps = rows
    asked = table[table["what"] == "walk there after dark and feel safe"].set_index("who")
    paired = paired_draws(base, lamps, "feels_safe_share_treated", "dark")["woman"]
    women = asked.loc["women"]
    assert women["baseline"] == pytest.approx(paired.baseline.mean())
    assert women["expected"] == pytest.approx(paired.difference.mean())
    before = float(paired.baseline.mean())
    error = power.error_of_shares((paired.baseline, paired.value), (before, before), 400, 1.5)
    assert women["chance"] == pytest.approx(power.chance_to_show(paired.difference, error))
    assert women["detectable"] == pytest.approx(
        power.detectable_change_of_share(before, before, 400, 1.5, up=paired.difference.mean() >= 0)
    )


def test_a_larger_survey_shows_smaller_changes(rows):
    table, base, lamps = rows
    more = plan_rows(base, lamps, Sizes(4000, 40, (8, 8), 8.0, 1.5, 0.1, 0.2), control_share=2.0)
    assert (more["detectable"].abs() < table["detectable"].abs()).all()
    assert (more["chance"].dropna() >= table["chance"].dropna()).all()


def test_a_case_that_changes_nothing_is_never_shown_to_work(rows):
    _, base, _ = rows
    same = plan_rows(base, base, SIZES, control_share=1.0)
    assert (same["expected"].dropna() == 0.0).all()
    assert (same["chance"].dropna() == 0.0).all()
    assert same["size_needed"].isna().all()
    assert all("no larger size" in sentence or "none is expected" in sentence for sentence in plan_in_words(same))


def test_words_and_table_hold_the_numbers(rows):
    table, *_ = rows
    sentences = plan_in_words(table)
    assert len(sentences) == table[table["who"].isin(("women", "everybody"))]["what"].nunique()
    shown = plan_table(table)
    assert len(shown.rows) == len(table)
    first = table.iloc[0]
    assert shown.rows[0][1] == f"{100 * first['baseline']:.0f} %"
    assert f"{100 * first['chance']:.0f}" in sentences[0]
    assert not any("nan" in str(entry) for row in shown.rows for entry in row)
    assert not any("nan" in note for note in shown.notes)


def test_an_effect_that_nobody_knows_gets_no_chance(make_pair, make_pushes):
    base, lamps = yearly(*make_pair(make_pushes(4)))
    unknown = [run._replace(manifest=run.manifest | {"unevaluated": ["charter"]}) for run in lamps]
    table = plan_rows(base, unknown, SIZES, control_share=1.0)
    recorded = table[table["what"].str.startswith("incidents")]
    if len(recorded):
        assert recorded["chance"].isna().all()
        assert np.isnan(recorded["expected"]).all()
        assert "none is expected" in " ".join(plan_in_words(recorded))


def test_so_few_draws_take_the_effect_as_known_and_say_so(rows, make_pair, make_pushes):
    base, lamps = yearly(*make_pair(make_pushes(2)))
    few = plan_in_words(plan_rows(base, lamps, SIZES, control_share=2.0))
    assert few[-1].startswith("So few draws do not tell how unsure")
    assert not any("So few draws" in sentence for sentence in plan_in_words(rows[0]))
