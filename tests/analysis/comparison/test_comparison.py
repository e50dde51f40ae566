"""The paired comparison: closed-form intervals, exact zeros, pooling, pairing, files."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.answer.provenance import Provenance, collect_provenance, hours_in_words
from analysis.comparison.intervals import VERDICTS, amount_interval, judge, paired_differences, predictive_interval
from analysis.comparison.paired import COLUMNS, compare_runs, read_comparison_table, write_comparison
from analysis.indicators.catalogue import INDICATORS
from analysis.indicators.cells import HOUR_BANDS, band_label, pool_bands
from simulator.errors import ResultsError

CELL = {"age": "all", "period": "dark", "hour_band": "all", "gender": "woman"}


def rows(comparison, indicator, **labels):
    """Rows of an indicator; labels not given are those of `CELL`."""
    keep = comparison["indicator"] == indicator
    for name, label in (CELL | labels).items():
        keep &= comparison[name] == label
    return comparison[keep]


def one(comparison, indicator, **labels):
    """The only such row."""
    found = rows(comparison, indicator, **labels)
    assert len(found) == 1
    return found.iloc[0]


def logistic(score):
    return 1.0 / (1.0 + np.exp(-score))


# Intervals and verdicts


@given(st.lists(st.floats(-1e3, 1e3), min_size=3, max_size=39))
def test_interval_is_students_t_with_room_for_one_more_draw(sample):
    low, high = predictive_interval(sample)
    if not any(sample):
        assert (low, high) == (0.0, 0.0)
        return
    spread = np.std(sample, ddof=1) * np.sqrt(1 + 1 / len(sample))
    reach = stats.t.ppf(0.95, len(sample) - 1) * spread
    assert low == pytest.approx(np.mean(sample) - reach, abs=1e-9, rel=1e-9)
    assert high == pytest.approx(np.mean(sample) + reach, abs=1e-9, rel=1e-9)


def test_interval_of_many_draws_is_their_quantiles():
    sample = np.arange(1.0, 100.0)  # of ninety-nine draws one more falls below the fifth with a chance of 5 in 100
    assert predictive_interval(sample) == pytest.approx((5.0, 95.0))
    assert predictive_interval(sample[:40]) == pytest.approx(np.quantile(sample[:40], [0.05, 0.95], method="weibull"))


def test_interval_does_not_shrink_with_draws():
    four, thirty = (np.tile([-1.0, 1.0], n) for n in (2, 15))
    assert predictive_interval(thirty)[1] > stats.norm.ppf(0.95)
    assert predictive_interval(four)[1] > predictive_interval(thirty)[1]


def test_one_draw_or_two_have_no_interval_but_an_exact_zero_has():
    assert all(np.isnan(predictive_interval([0.3])))
    assert all(np.isnan(predictive_interval([0.3, 0.3])))
    assert all(np.isnan(amount_interval([2.0, 3.0])))
    assert predictive_interval([0.0, 0.0]) == (0.0, 0.0)
    assert predictive_interval([0.0]) == (0.0, 0.0)
    assert all(np.isnan(predictive_interval([0.3, np.nan])))
    assert predictive_interval([0.1] * 3) == pytest.approx((0.1, 0.1))


AMOUNTS = st.lists(st.just(0.0) | st.floats(1.0, 1e9), min_size=3, max_size=60)


@given(AMOUNTS)
def test_interval_of_an_amount_never_passes_zero(sample):
    low, high = amount_interval(sample)
    assert 0.0 <= low <= high or np.allclose(low, high)
    assert amount_interval([-one for one in sample]) == pytest.approx((-high, -low))


def test_interval_of_an_amount_is_students_t_of_its_logarithm():
    sample = np.array([580e3, 810e3, 640e3])
    logs = np.log(sample)
    reach = stats.t.ppf(0.95, 2) * logs.std(ddof=1) * np.sqrt(1 + 1 / 3)
    assert amount_interval(sample) == pytest.approx(np.exp([logs.mean() - reach, logs.mean() + reach]))


def test_interval_of_an_amount_without_room_for_a_logarithm():
    cut, plain = amount_interval([0.0, 3.0, 3.0]), predictive_interval([0.0, 3.0, 3.0])
    assert plain[0] < 0.0 == cut[0]
    assert cut[1] == plain[1]
    assert amount_interval([-1.0, 2.0, 2.0]) == predictive_interval([-1.0, 2.0, 2.0])
    assert amount_interval([28_000.0] * 8) == (28_000.0, 28_000.0)
    assert all(np.isnan(amount_interval([1.0])))
    assert all(np.isnan(amount_interval([1.0, np.nan])))


def test_what_a_measure_costs_is_never_told_as_less_than_nothing(make_pair, make_pushes):
    base, lamps = make_pair(make_pushes(3))
    for factor, run in zip((0.3, 1.0, 1.7), lamps, strict=True):
        run.placements["annual_cost"] *= factor
    (row,) = rows(compare_runs(base, {"lamps": lamps}), "cost", gender="all", period="all").to_dict("records")
    assert row["difference"] == pytest.approx(28_000.0)
    assert 0.0 < row["low"] < 0.3 * 28_000.0
    assert row["high"] > 1.7 * 28_000.0


@pytest.mark.parametrize(
    ("interval", "better", "verdict"),
    [
        ((0.1, 0.2), 1, "better"),
        ((0.1, 0.2), -1, "worse"),
        ((-0.2, -0.1), 1, "worse"),
        ((-0.2, -0.1), -1, "better"),
        ((-0.1, 0.2), 1, "inconclusive"),
        ((-0.01, 0.02), 1, "negligible"),
        ((0.001, 0.02), 1, "negligible"),
        ((np.nan, np.nan), 1, "inconclusive"),
        ((0.1, 0.2), 0, ""),
    ],
)
def test_verdicts(interval, better, verdict):
    found = judge(np.array([0.1, 0.2]), interval, better=better, margin=0.02, unaffected_by_assumption=False)
    assert found == verdict
    assert found in (*VERDICTS, "")


def test_zero_is_by_assumption_only_if_something_was_done():
    zeros = np.zeros(4)
    assert judge(zeros, (0.0, 0.0), better=1, margin=0.1, unaffected_by_assumption=True) == "zero by assumption"
    assert judge(zeros, (0.0, 0.0), better=1, margin=0.1, unaffected_by_assumption=False) == "negligible"


def test_rounding_residue_is_zero_and_small_effects_are_not():
    before = np.array([0.1 + 0.2, 1e6, 1e-9])
    after = np.array([0.3, 1e6 + 1e-5, 2e-9])
    assert paired_differences(before, after).tolist() == [0.0, pytest.approx(1e-5, rel=1e-3), 1e-9]


# Comparison


def test_numbers_are_those_put_in(make_pair, make_pushes):
    pushes = make_pushes(8)
    base, lamps = make_pair(pushes)
    row = one(compare_runs(base, {"lamps": lamps}), "feels_safe_share")
    expected = [logistic(0.2 + push["woman"]) - logistic(0.2) for push in pushes]
    low, high = predictive_interval(expected)
    assert row["baseline"] == pytest.approx(logistic(0.2))
    assert row["difference"] == pytest.approx(np.mean(expected))
    assert (row["low"], row["high"]) == pytest.approx((low, high))
    assert row["value"] - row["baseline"] == pytest.approx(row["difference"])
    assert (row["verdict"], row["share_better"], row["grade"]) == ("better", 1.0, "assumption")
    assert row["people"] == 8 * 50


def test_units_of_the_other_indicators(make_pair, make_pushes):
    base, lamps = make_pair(make_pushes(2))
    comparison = compare_runs(base, {"lamps": lamps})

    def value(name, **labels):
        return one(comparison, name, **labels)["baseline"]

    assert value("trips_not_made") == pytest.approx(100.0)
    assert value("detour_m") == pytest.approx(25.0)
    # for every second walked a tenth is waited: 100 person-hours outdoors of doors are 100 / 1.1 walked, 40 % of them unlit after dark
    assert value("dark_minutes", period="dark") == pytest.approx(6000 / 1.1 * 0.4)
    assert value("dark_minutes", period="all") == pytest.approx(6000 / 1.1 * 0.4 * 17 / 24)
    assert value("dark_minutes", period="day") == 0.0
    assert value("alone_minutes", period="all") == pytest.approx(6000 / 1.1 * 0.3)
    assert value("waiting_minutes", period="all") == pytest.approx(6000 * 0.1 / 1.1)
    # two robberies in a million seconds walked, wherever and whenever
    for period in ("all", "day", "dark"):
        assert value("incidents_expected_robbery", period=period) == pytest.approx(2e-6 * 3600 / 1.1 * 1e5)
    parts = [value(f"incidents_expected_{kind}") for kind in ("harassment", "robbery", "assault")]
    assert value("incidents_expected") == pytest.approx(sum(parts))
    # half a second ridden for every second walked, five incidents aboard and 33 on the streets in a million of those
    assert value("incidents_in_vehicle") == pytest.approx(5e-6 * 3600 / 1.6 * 1e5)
    assert value("incidents_door_to_door") == pytest.approx(38e-6 * 3600 / 1.6 * 1e5)
    assert value("sdg_16_1_4_proxy", period="all") == pytest.approx(logistic(0.2))
    assert value("use_of_treated_minutes", period="all") == pytest.approx(6000 / 1.1 * 0.25)


def test_ring_is_left_out_and_treated_core_is_in(make_run):
    run = make_run()
    core = run.summary[(run.summary["zone"] == "core") & (run.summary["itinerary"] == "realised")]
    comparison = compare_runs([run], {"same": [make_run(name="same")]})
    share = one(comparison, "feels_safe_share", gender="all", period="all")["baseline"]
    assert share == pytest.approx(core["safe_s"].sum() / core["walking_s"].sum())
    assert set(comparison["zone"]) == {"core"}


def test_nothing_changes_is_exactly_zero_in_every_cell(make_run):
    base = [make_run(draw) for draw in range(4)]
    same = [make_run(draw, name="nothing-changes") for draw in range(4)]
    comparison = compare_runs(base, {"nothing-changes": same})
    assert (comparison[["difference", "low", "high"]] == 0.0).all().all()
    judged = comparison[comparison["indicator"].map(lambda name: INDICATORS[name].better != 0)]
    assert set(judged["verdict"]) == {"negligible"}
    assert list(comparison.columns) == list(COLUMNS)
    # nothing is placed, so nobody is affected or walks on a treated street, and there is no feeling there to report
    affected = {name for name, one in INDICATORS.items() if one.itinerary in ("affected", "near")}
    # of these runs no home, no map of open spaces and no toilet is known
    unknown = {name for name, one in INDICATORS.items() if one.itinerary == "living"} | {"toilet_in_reach"}
    assert set(comparison["indicator"]) == set(INDICATORS) - {"feels_safe_share_treated"} - affected - unknown


def test_lamps_change_nothing_at_noon_although_zones_are_split(make_pair, make_pushes):
    base, lamps = make_pair(make_pushes(8))
    comparison = compare_runs(base, {"lamps": lamps})
    day = rows(comparison, "feels_safe_share", period="day", gender="all")
    noon = rows(comparison, "feels_safe_share", period="all", gender="all", hour_band="10-13")
    for row in (day.iloc[0], noon.iloc[0]):
        assert (row["difference"], row["low"], row["high"]) == (0.0, 0.0, 0.0)
        assert row["verdict"] == "zero by assumption"


def test_a_zero_after_dark_is_found_and_not_assumed(make_pair):
    """Lamps could have reached these people; that none of them was reached is a result."""
    base, lamps = make_pair([dict.fromkeys(("woman", "man", "another"), 0.0)] * 4)
    comparison = compare_runs(base, {"lamps": lamps})
    dark = rows(comparison, "feels_safe_share", period="dark", gender="all").iloc[0]
    assert (dark["difference"], dark["verdict"]) == (0.0, "negligible")


def test_frozen_itineraries_count_the_streets_and_not_the_walkers(make_pair, make_pushes):
    still = dict.fromkeys(("woman", "man", "another"), 0.0)
    base, lamps = make_pair(make_pushes(4), frozen_push=still)
    comparison = compare_runs(base, {"lamps": lamps})
    assert one(comparison, "feels_safe_share")["difference"] > 0
    assert one(comparison, "feels_safe_share_frozen")["difference"] == 0.0


def test_use_of_treated_streets_is_against_the_baselines_trips_on_the_same_streets(make_pair, make_pushes):
    base, lamps = make_pair(make_pushes(3))
    for run in lamps:
        moved = (run.summary["itinerary"] == "realised") & (run.summary["zone"] == "core_treated")
        run.summary.loc[moved & (run.summary["gender"] == "woman"), "walking_s"] *= 0.5
    row = one(compare_runs(base, {"lamps": lamps}), "use_of_treated_minutes", period="all")
    assert row["value"] == pytest.approx(row["baseline"] / 2)
    assert row["verdict"] == "worse"


def test_feeling_on_treated_streets_is_against_the_baseline_on_the_same_streets(make_pair, make_pushes):
    base, lamps = make_pair(make_pushes(4))
    comparison = compare_runs(base, {"lamps": lamps})
    there = one(comparison, "feels_safe_share_treated", gender="woman", period="dark")
    everywhere = one(comparison, "feels_safe_share", gender="woman", period="dark")
    assert there["baseline"] == pytest.approx(everywhere["baseline"])
    assert there["difference"] == pytest.approx(everywhere["difference"])


def test_a_cell_in_which_nobody_walks_in_some_draws_is_zero_where_nothing_differs(make_pair):
    still = [dict.fromkeys(("woman", "man", "another"), 0.0)] * 4
    base, lamps = make_pair(still)
    for run in (base[1], lamps[1]):
        nobody = (run.summary["gender"] == "woman") & (run.summary["hour"].isin((1, 2, 3)))
        run.summary.loc[nobody, ["walking_s", "safe_s"]] = 0.0
    row = one(compare_runs(base, {"lamps": lamps}), "feels_safe_share", gender="woman", hour_band="01-04", period="all")
    assert (row["difference"], row["low"], row["high"]) == (0.0, 0.0, 0.0)


def test_use_of_treated_streets_is_never_told_by_hour(make_pair, make_pushes):
    base, lamps = make_pair(make_pushes(2))
    comparison = compare_runs(base, {"lamps": lamps})
    treated = comparison[comparison["indicator"] == "use_of_treated_minutes"]
    assert set(treated["hour_band"]) == {"all"}


def test_cost_has_one_row_and_no_verdict(make_pair, make_pushes):
    base, lamps = make_pair(make_pushes(3))
    comparison = compare_runs(base, {"lamps": lamps})
    row = comparison[comparison["indicator"] == "cost"]
    assert len(row) == 1
    row = row.iloc[0]
    assert (row["baseline"], row["value"], row["unit"], row["verdict"]) == (0.0, 28_000.0, "EUR per year", "")
    assert (row["low"], row["high"]) == (28_000.0, 28_000.0)
    assert np.isnan(row["share_better"])


def test_a_baseline_without_frozen_rows_is_its_own_reference(make_pair, make_pushes):
    base, lamps = make_pair(make_pushes(2))
    expected = compare_runs(base, {"lamps": lamps})
    bare = [run._replace(summary=run.summary[run.summary["itinerary"] != "frozen"]) for run in base]
    pd.testing.assert_frame_equal(compare_runs(bare, {"lamps": lamps}), expected)


def test_one_draw_tells_nothing(make_pair, make_pushes):
    base, lamps = make_pair(make_pushes(1))
    row = one(compare_runs(base, {"lamps": lamps}), "feels_safe_share")
    assert np.isnan(row["low"])
    assert np.isnan(row["high"])
    assert row["verdict"] == "inconclusive"


def test_order_of_runs_does_not_matter(make_pair, make_pushes):
    base, lamps = make_pair(make_pushes(5))
    expected = compare_runs(base, {"lamps": lamps})
    found = compare_runs(base[::-1], {"lamps": [lamps[at] for at in (3, 0, 4, 2, 1)]})
    pd.testing.assert_frame_equal(found, expected, check_exact=True)


def test_weakest_grade_of_any_run_counts(make_run):
    base = [make_run()]
    other = [make_run(0, name="b", manifest={"grades": {"feels_safe_share": "measured", "cost": ""}})]
    comparison = compare_runs(base, {"b": other})
    assert one(comparison, "feels_safe_share")["grade"] == "assumption"
    assert one(comparison, "incidents_expected_robbery")["grade"] == "review"
    assert one(comparison, "cost", period="all", gender="all")["grade"] == "weak"


# Cells


def test_bands_of_hours_cover_the_day_once():
    assert next(iter(HOUR_BANDS)) == "04-07"
    assert list(HOUR_BANDS)[-2:] == ["22-01", "01-04"]
    assert sorted(hour for band in HOUR_BANDS.values() for hour in band) == list(range(24))


def test_small_age_bands_are_merged_with_neighbours():
    women = [40, 10, 10, 10, 50, 50, 29, 1]
    men = [40, 20, 20, 20, 50, 50, 50, 50]
    pools = pool_bands(np.array([women, men, [0] * 8]))
    assert pools == [(0,), (1, 2, 3), (4,), (5,), (6, 7)]
    labels = [band_label(pool) for pool in pools]
    assert labels == ["under 16", "16-44", "45-54", "55-64", "65+"]
    assert band_label((0, 1)) == "under 25"
    assert band_label(range(8)) == "all"
    assert pool_bands(np.full((3, 8), 1)) == []


@given(st.lists(st.lists(st.integers(0, 80), min_size=8, max_size=8), min_size=3, max_size=3))
def test_pools_partition_the_ages_and_are_never_small(agents):
    pools = pool_bands(np.array(agents))
    assert [band for pool in pools for band in pool] in ([], list(range(8)))
    for pool in pools:
        assert np.array(agents)[:2, list(pool)].sum(axis=1).min() >= 30


def test_cells_below_thirty_agents_are_not_reported_alone(make_run):
    few = {"woman": 12, "man": 40, "another": 1}
    base, other = make_run(agents=few), make_run(name="b", agents=few)
    comparison = compare_runs([base], {"b": [other]})
    assert comparison["people"].min() >= 30
    assert set(comparison["gender"]) == {"woman", "man", "all"}
    assert "25-34" not in set(comparison["age"])


def test_another_gender_is_reported_by_age_only_with_enough_agents(make_run):
    for count, ages in ((5, 1), (30, 9)):
        agents = {"woman": 50, "man": 50, "another": count}
        comparison = compare_runs([make_run(agents=agents)], {"b": [make_run(name="b", agents=agents)]})
        found = comparison[(comparison["gender"] == "another") & (comparison["indicator"] == "feels_safe_share")]
        assert found["age"].nunique() == ages


def test_midsummer_has_no_rows_after_dark(make_run):
    bright = {"dark_hours": [False] * 24}
    comparison = compare_runs([make_run(manifest=bright)], {"b": [make_run(name="b", manifest=bright)]})
    assert "dark" not in set(comparison["period"])


def test_cells_in_which_nobody_walks_have_no_row(make_run):
    runs = [make_run(name=name) for name in ("baseline", "b")]
    for run in runs:
        run.summary.loc[run.summary["hour"].isin(HOUR_BANDS["01-04"]), ["walking_s", "safe_s"]] = 0.0
    comparison = compare_runs(runs[:1], {"b": runs[1:]})
    found = rows(comparison, "feels_safe_share", period="all", hour_band="01-04")
    assert found.empty
    assert len(rows(comparison, "feels_safe_share", period="all", hour_band="22-01")) == 1


# Pairing


def test_unpaired_runs_are_refused_with_every_reason(make_run):
    base = [make_run(0), make_run(1)]
    odd = {
        "city": {"name": "elsewhere", "digest": "ff", "attribution": "", "country": "FI"},
        "date": "2026-03-21",
        "agents": 2000,
        "code_version": "other",
        "seed": 7,
    }
    with pytest.raises(ResultsError) as caught:
        compare_runs(base, {"lamps": [make_run(1, name="lamps", manifest=odd), make_run(2, name="lamps")]})
    text = str(caught.value)
    for word in ("draws [1, 2]", "elsewhere", "2026-03-21", "2000", "other", "seed 7"):
        assert word in text


def test_doubled_draws_and_missing_runs_are_refused(make_run):
    with pytest.raises(ResultsError, match="each draw once"):
        compare_runs([make_run(0), make_run(0)], {"b": [make_run(0), make_run(0)]})
    with pytest.raises(ResultsError, match="nothing to compare"):
        compare_runs([], {"b": [make_run(0)]})
    with pytest.raises(ResultsError, match="nothing to compare"):
        compare_runs([make_run(0)], {})


def test_unknown_words_in_a_summary_are_refused(make_run):
    bad = make_run(name="b")
    bad.summary["age_band"] = bad.summary["age_band"].astype(object)
    bad.summary.loc[3, "age_band"] = "100+"
    with pytest.raises(ResultsError, match=r"age_band: found '100\+'"):
        compare_runs([make_run()], {"b": [bad]})


def test_two_currencies_are_refused(make_pair, make_pushes):
    base, lamps = make_pair(make_pushes(2))
    lamps[1].placements["currency"] = "SEK"
    with pytest.raises(ResultsError, match="one currency"):
        compare_runs(base, {"lamps": lamps})


# Files


def test_same_numbers_give_the_same_bytes_and_read_back(make_pair, make_pushes, tmp_path):
    base, lamps = make_pair(make_pushes(3))
    for name in ("a.csv", "b.csv"):
        write_comparison(compare_runs(base, {"lamps": lamps}), tmp_path / name)
    text = (tmp_path / "a.csv").read_bytes()
    assert text == (tmp_path / "b.csv").read_bytes()
    assert b"\r" not in text
    assert b",-0," not in text
    assert text.decode().splitlines()[0] == ",".join(COLUMNS)
    read = read_comparison_table(tmp_path / "a.csv")
    expected = compare_runs(base, {"lamps": lamps})
    assert read["verdict"].tolist() == expected["verdict"].tolist()
    np.testing.assert_allclose(read["difference"], expected["difference"], rtol=1e-8)
    write_comparison(read, tmp_path / "c.csv")
    assert (tmp_path / "c.csv").read_bytes() == text


def test_a_foreign_table_is_refused(tmp_path):
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    with pytest.raises(ResultsError, match="expected"):
        read_comparison_table(tmp_path / "x.csv")
    with pytest.raises(ResultsError, match="no such file"):
        read_comparison_table(tmp_path / "y.csv")


def test_provenance_survives_json(make_pair, make_pushes):
    base, lamps = make_pair(make_pushes(2), title="Lamps", question="Who?")
    facts = collect_provenance(base, {"lamps": lamps}, default_date="2026-12-21")
    assert Provenance.from_dict(json.loads(json.dumps(facts.as_dict()))).as_dict() == facts.as_dict()
    assert facts.date_is_default is True
    assert facts.date_in_words == "21 December 2026"
    assert facts.dark_in_words == "16:00 to 09:00"
    assert facts.scenario("lamps").placements[0]["annual_cost"] == 28_000.0
    with pytest.raises(ResultsError, match="it has lamps"):
        facts.scenario("other")
    with pytest.raises(ResultsError, match="compare again"):
        Provenance.from_dict({"city": "x"})


def test_hours_in_words():
    assert hours_in_words([False] * 24) == "no hour"
    assert hours_in_words([True] * 24) == "the whole day"
    assert hours_in_words([hour in (1, 2, 5) for hour in range(24)]) == "01:00 to 03:00 and 05:00 to 06:00"


def test_indicators_say_what_they_are():
    for found in INDICATORS.values():
        assert found.unit
        assert found.title
        assert found.meaning.endswith(".")
        assert found.margin_reason
        assert found.earliest
    assert INDICATORS["sdg_16_1_4_proxy"].label == "proxy"


def test_importing_the_package_loads_nothing_heavy():
    code = "import sys, analysis; print([m for m in ('pandas', 'matplotlib', 'numpy') if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said == "[]\n"


def test_people_who_come_out_do_not_hide_what_they_meet_in_a_larger_denominator(make_run):
    # twice as many person-hours outdoors of doors at the same hazard an hour are twice the incidents, not the same rate
    base, busy = make_run(), make_run(name="busy")
    there = busy.summary["itinerary"] == "realised"
    busy.summary.loc[there, ["walking_s", "waiting_s", "incidents_robbery", "unlit_s"]] *= 2.0
    comparison = compare_runs([base], {"busy": [busy]})
    for name in ("incidents_expected_robbery", "dark_minutes", "waiting_minutes"):
        row = one(comparison, name, gender="all", period="all")
        assert row["value"] == pytest.approx(2.0 * row["baseline"])
