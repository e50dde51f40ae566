"""What is told of those affected: counted and worked out by hand from small tables."""

import io

import pytest
from affected import with_affected
from rich.console import Console

from analysis.answer import terminal
from analysis.answer.provenance import collect_provenance
from analysis.answer.those_affected import affected_table, people_affected, people_in_words, there_in_words
from analysis.comparison.paired import compare_runs


@pytest.fixture
def answer(make_pair, make_pushes):
    base, lamps = make_pair(make_pushes(4))
    lamps = [with_affected(run, 0.6) for run in lamps]
    comparison = compare_runs(base, {"lamps": lamps})
    return comparison, collect_provenance(base, {"lamps": lamps}), lamps


def value(comparison, indicator, gender="woman", period="dark", column="value"):
    rows = comparison[(comparison["indicator"] == indicator) & (comparison["gender"] == gender)]
    plain = (rows[["age", "hour_band", "disability", "carer", "night_worker"]] == "all").all(axis=1)
    return float(rows[plain & (rows["period"] == period)][column].iloc[0])


def test_the_affected_are_held_against_themselves(answer):
    comparison, _, lamps = answer
    women = lamps[0].summary
    women = women[(women["itinerary"] == "affected") & (women["gender"] == "woman")]
    heads = women["people_affected"].sum()
    assert value(comparison, "affected_people", period="all") == pytest.approx(heads)
    assert value(comparison, "affected_people", period="all", column="baseline") == 0
    assert value(comparison, "affected_feels_safe_share", column="baseline") == pytest.approx(0.5)
    assert value(comparison, "affected_feels_safe_share") == pytest.approx(0.6)
    dark = women[women["period"] == "dark"]
    assert value(comparison, "affected_safe_minutes") == pytest.approx(0.6 * dark["walking_s"].sum() / 60)
    assert value(comparison, "affected_trips_not_made", column="difference") == pytest.approx(
        -dark["trips_not_made"].sum()
    )


def test_table_and_sentence_say_the_same_as_the_comparison(answer):
    comparison, facts, _ = answer
    table = affected_table(comparison, "lamps", facts)
    assert [row[0] for row in table.rows] == ["women", "men", "everybody"]
    now, then = (10 * value(comparison, "feels_safe_share_treated", column=name) for name in ("baseline", "value"))
    assert f"{now:.1f} → {then:.1f}" in table.rows[0][2]
    won = -value(comparison, "affected_trips_not_made", column="difference")
    assert won > 0
    assert str(table.rows[0][4]).startswith("+")
    (sentence,) = people_in_words(comparison, "lamps", facts)  # these runs do not say how many in a month
    assert f"about {people_affected(comparison, 'lamps', 'woman')} women" in sentence
    assert f"{now:.1f} feel safe now and {then:.1f} with it" in there_in_words(comparison, "lamps", facts)
    brief = affected_table(comparison, "lamps", facts, brief=True)
    assert brief.columns[3] == "all in the core, points"
    assert [row[2] for row in brief.rows] == [row[2] for row in table.rows]


def test_a_month_is_told_where_a_run_counted_it(answer):
    comparison, _, lamps = answer
    base = [run._replace(manifest=run.manifest | {"scenario": {"name": "baseline"}}) for run in lamps]
    counted = [run._replace(manifest=run.manifest | {"affected_in_30_days": {"woman": 1234.5}}) for run in lamps]
    facts = collect_provenance(base, {"lamps": counted})
    _, month = people_in_words(comparison, "lamps", facts)
    assert month == "Within 30 such days about 1\u202f230 women would pass its streets (first draw)."


def test_nobody_affected_is_no_row_and_no_sentence(make_pair, make_pushes):
    base, lamps = make_pair(make_pushes(4))
    comparison = compare_runs(base, {"lamps": lamps})
    facts = collect_provenance(base, {"lamps": lamps})
    assert affected_table(comparison, "lamps", facts).rows == ()
    assert people_in_words(comparison, "lamps", facts) == []
    assert people_affected(comparison, "lamps", "woman") == "–"


@pytest.mark.parametrize("width", [100, 120])
def test_the_terminal_shows_whom_it_touches_first(answer, width):
    comparison, facts, _ = answer
    out = io.StringIO()
    for part in terminal.render_answer(comparison, facts, scenario="lamps", width=width):
        Console(file=out, width=width, color_system=None).print(part)
    text = out.getvalue()
    assert max(map(len, text.splitlines())) <= width
    assert text.index("It can reach about") < text.index("Those affected after dark") < text.index("What is placed")


@pytest.mark.parametrize("draws", [1, 2])
def test_few_draws_give_counts_without_an_interval(make_pair, make_pushes, draws):
    base, lamps = make_pair(make_pushes(draws))
    lamps = [with_affected(run, 0.6) for run in lamps]
    comparison, facts = compare_runs(base, {"lamps": lamps}), collect_provenance(base, {"lamps": lamps})
    assert all("(no interval)" in str(row[1]) for row in affected_table(comparison, "lamps", facts).rows)
    assert terminal.render_answer(comparison, facts, scenario="lamps")
