"""What to count after it is built: when, what is expected, and what was observed beside it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.answer import review
from analysis.answer.finding import Basis
from analysis.answer.findings import of_scenario
from analysis.answer.observed import COUNTED, check_observed, read_observed
from analysis.answer.provenance import collect_provenance
from analysis.answer.review import ABOVE, BELOW, INSIDE, NOTHING, TOO_EARLY, first_review, verdict_of, with_observed
from analysis.comparison.intervals import predictive_interval
from analysis.comparison.paired import compare_runs
from analysis.indicators.catalogue import INDICATORS
from simulator.errors import InputError

HEAD = "scenario,indicator,gender,age,period,year,value,low,high,before,source\n"
SEEN = HEAD + "lamps,feels_safe_share_treated,woman,all,dark,1,{value},,,{before},our survey\n"


@pytest.fixture(scope="module")
def worked_out(make_pair, make_pushes):
    base, lamps = make_pair(make_pushes(4))
    comparison, facts = compare_runs(base, {"lamps": lamps}), collect_provenance(base, {"lamps": lamps})
    return review.FINDING.work_out(Basis(base, {"lamps": lamps}, comparison, facts)), comparison, facts, lamps


def read(tmp_path, text):
    file = tmp_path / "seen.csv"
    file.write_text(text, encoding="utf-8")
    return read_observed(file)


def row_of(table, **labels):
    for name, word in labels.items():
        table = table[table[name] == word]
    (row,) = table.to_dict("records")
    return row


WOMEN = {"indicator": "feels_safe_share_treated", "gender": "woman", "period": "dark"}


def test_what_is_expected_by_hand(worked_out):
    table, comparison, _, lamps = worked_out
    assert list(table.columns) == list(review.FINDING.all_columns)
    row = row_of(table, **WOMEN)
    shares = []
    for run in lamps:
        there = run.summary
        keep = (there["itinerary"] == "frozen") & (there["zone"] == "core_treated") & (there["gender"] == "woman")
        there = there[keep & (there["period"] == "dark")]
        shares.append(there["safe_s"].sum() / there["walking_s"].sum())
    assert row["expected"] == pytest.approx(sum(shares) / 4)
    assert (row["low"], row["high"]) == pytest.approx(predictive_interval(shares))
    told = comparison[(comparison["indicator"] == WOMEN["indicator"]) & (comparison["gender"] == "woman")]
    told = told[(told["period"] == "dark") & (told["age"] == "all")].iloc[0]
    assert row["change"] == told["difference"]
    assert row["first_review"] == 1
    assert set(table["indicator"]) <= set(COUNTED)
    assert row_of(table, indicator="incidents_recorded", gender="all", period="all")["first_review"] == 3


def test_every_indicator_says_when_it_means_something_in_words_that_are_understood():
    known = ("at once", "as soon as", "three months", "six months", "the next round", "two years")
    for one in INDICATORS.values():
        assert one.earliest.startswith(known), one.name
        assert first_review(one.earliest) == (3 if one.earliest.startswith("two years") else 1)


@pytest.mark.parametrize(
    ("value", "before", "verdict"),
    [("expected", "", INSIDE), (0.01, "", BELOW), (0.99, "", ABOVE), (0.9, 0.82, INSIDE), (0.9, 0.3, ABOVE)],
)
def test_observed_stands_beside_expected(worked_out, tmp_path, value, before, verdict):
    table, _, facts, _ = worked_out
    expected = row_of(table, **WOMEN)
    assert expected["change_low"] < 0.9 - 0.82 < expected["change_high"]
    value = expected["expected"] if value == "expected" else value
    both = with_observed(table, read(tmp_path, SEEN.format(value=value, before=before)))
    assert len(both) == len(table) + 1
    last = both.iloc[-1]
    assert (last["verdict"], last["observed"], last["year"], last["source"]) == (verdict, value, 1.0, "our survey")
    own = of_scenario({"review": both}, "lamps")["review"]
    assert any(verdict in sentence for sentence in review.FINDING.sentences(own, "lamps", facts))
    shown = review.FINDING.tables(own, "lamps", facts)
    assert shown[-1].title == "Observed beside expected"
    assert shown[-1].rows[0][5] == verdict
    assert len(with_observed(both, [])) == len(table)


def test_what_has_no_row_expects_nothing_and_what_is_early_cannot_tell(worked_out, tmp_path):
    table = worked_out[0]
    early = SEEN.replace("feels_safe_share_treated,woman", "incidents_recorded,all").format(value=3, before="")
    assert with_observed(table, read(tmp_path, early)).iloc[-1]["verdict"] == TOO_EARLY
    few = SEEN.replace("woman", "another").replace("feels_safe_share_treated", "near_sdg_16_1_4_proxy")
    assert with_observed(table, read(tmp_path, few.format(value=0.3, before=""))).iloc[-1]["verdict"] == NOTHING


NUMBERS = st.floats(-5, 5)


@given(low=NUMBERS, width=st.floats(0, 5), observed=NUMBERS, reach=st.floats(0, 2))
def test_an_observed_interval_is_as_expected_where_both_overlap(low, width, observed, reach):
    row = {"year": 1, "first_review": 1, "before": math.nan, "low": low, "high": low + width, "observed": observed}
    ends = {"observed_low": observed - reach, "observed_high": observed + reach}
    overlap = ends["observed_low"] <= row["high"] and low <= ends["observed_high"]
    assert (verdict_of(row | ends) == INSIDE) == overlap


def test_without_an_interval_nothing_is_judged():
    row = dict.fromkeys(("low", "high", "before", "observed_low", "observed_high"), math.nan)
    assert "so few draws" in verdict_of(row | {"year": 1, "first_review": 1, "observed": 0.5})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "found no column scenario"),
        (HEAD, "found no row"),
        (HEAD.replace("value", "valeu"), "column 'valeu': expected one of"),
        (SEEN.format(value="many", before=""), "line 2: value: found 'many', expected a number"),
        (SEEN.format(value="nan", before=""), "line 2: value: found nan, expected a number"),
        (SEEN.format(value="", before=""), "line 2: value: found nothing"),
        (SEEN.format(value=1, before="").replace("our survey", ""), "source: found nothing, expected who counted"),
        (SEEN.format(value=1, before="").replace("woman", "wman"), "did you mean woman?"),
        (
            SEEN.format(value=1, before="").replace("share_treated", "share_treatd"),
            "did you mean feels_safe_share_treat",
        ),
        (SEEN.format(value=1, before="").replace("dark,1", "dark,2"), "year: found 2.0, expected 1 or 3 or 6"),
        (SEEN.format(value=1, before="").replace("woman,all", "woman,65+"), "age: found '65+', expected all"),
        (SEEN.format(value=1, before="").replace("1,,,", "1,0.5,,"), "low, high: found one of them"),
        (SEEN.format(value=1, before="").replace("1,,,", "1,1.5,2,"), "expected them in this order"),
    ],
)
def test_faults_are_told_with_their_line(tmp_path, text, words):
    with pytest.raises(InputError) as fault:
        read(tmp_path, text)
    assert words in str(fault.value)


def test_a_case_that_is_not_compared_is_refused(tmp_path):
    rows = read(tmp_path, SEEN.format(value=0.5, before=""))
    check_observed(rows, ["lamps"])
    with pytest.raises(InputError, match="found scenario lamps, expected lamp; did you mean lamp"):
        check_observed(rows, ["lamp"])
    with pytest.raises(InputError, match="cannot be read"):
        read_observed(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("value", "before", "told"),
    [
        ("63", "", "value: found 63, expected a share from 0 to 1, as 0.63 for 63 per cent"),
        ("0.63", "58", "before: found 58, expected a share"),
        ("-0.1", "", "value: found -0.1, expected a share"),
    ],
)
def test_a_share_in_per_cent_is_refused_not_judged(tmp_path, value, before, told):
    with pytest.raises(InputError) as refused:
        read(tmp_path, SEEN.format(value=value, before=before))
    assert told in str(refused.value)


def test_a_count_may_be_above_one_and_not_below_none(tmp_path):
    text = HEAD + "lamps,trips_not_made,woman,all,dark,1,{},,,,our survey\n"
    assert read(tmp_path, text.format(27.5))[0]["value"] == 27.5
    with pytest.raises(InputError):
        read(tmp_path, text.format(-1))
