"""Displacement quotient and break-even effect against numbers worked out by hand; wording says no more."""

import math

import pandas as pd
import pytest

from analysis.answer.risk_wording import break_even_in_words, nobody_evaluated
from analysis.answer.wording import cost_in_words
from analysis.comparison.paired import compare_runs
from analysis.indicators.run_totals import break_even, displacement_quotient, run_totals

COSTS = {"harassment": 100.0, "robbery": 10_000.0, "assault": 8_000.0}
YEAR = {"harassment": 1.0, "robbery": 0.8, "assault": 0.9}
DISPLACED = {
    "share": 0.2,
    "averted": 10.0,
    "near": 1.5,
    "outside": 0.5,
    "adverse": 4.0,
    "areas": {"treated": [100.0, 80.0], "near": [200.0, 205.0], "elsewhere": [50.0, 50.0]},
}
TOLD = {"unit_costs": COSTS, "unit_cost_currency": "EUR", "year_over_day": YEAR, "displacement": DISPLACED}


def test_the_quotient_of_bowers_and_johnson():
    # B/C from 4 to 4.1, A/C from 2 to 1.6: 0.1 / -0.4
    assert displacement_quotient(DISPLACED["areas"]) == pytest.approx(-0.25)
    spreads = DISPLACED["areas"] | {"near": [200.0, 190.0]}
    assert displacement_quotient(spreads) == pytest.approx(0.5)
    everything_fell = {name: [pair[0], 0.8 * pair[0]] for name, pair in DISPLACED["areas"].items()}
    assert math.isnan(displacement_quotient(everything_fell))  # the treated did not gain against the control
    assert math.isnan(displacement_quotient(DISPLACED["areas"] | {"treated": [100.0, 120.0]}))  # nothing to share
    small = DISPLACED["areas"] | {"elsewhere": [0.0, 0.0]}
    assert displacement_quotient(small) == pytest.approx(5.0 / -20.0)
    assert math.isnan(displacement_quotient({}))


def test_the_effect_at_which_it_pays(make_run):
    run = make_run(name="lamps", measures=True, treated=0.25, manifest=TOLD)
    there = run.summary[(run.summary["itinerary"] == "before") & (run.summary["zone"] == "core_treated")]
    walked = there["walking_s"].sum()
    harm = walked * 365.25 * (3e-5 * 100 + 2e-6 * 0.8 * 10_000 + 1e-6 * 0.9 * 8_000)
    assert break_even(run) == pytest.approx(28_000.0 / harm)


def test_people_who_stand_there_again_by_another_attribute_count_once(make_run):
    run = make_run(name="lamps", measures=True, treated=0.25, manifest=TOLD)
    again = run.summary.assign(age_band="all", disability="none")
    fourfold = pd.concat([run.summary, again, again.assign(carer="no"), again.assign(night_worker="no")])
    assert (run.summary["age_band"] != "all").all()
    assert break_even(run._replace(summary=fourfold)) == pytest.approx(break_even(run))


def test_without_measures_nothing_and_without_facts_not_known(make_run):
    of_city = {"sdg_11_7_1_share_proxy"}
    assert {value for name, value in run_totals(make_run()).items() if name not in of_city} == {0.0}
    unknown = run_totals(make_run(name="lamps", measures=True, treated=0.25))
    assert all(math.isnan(value) for value in unknown.values())
    pounds = make_run(name="lamps", measures=True, treated=0.25, manifest=TOLD)
    pounds.placements["currency"] = "GBP"
    assert math.isnan(break_even(pounds))


def compared(make_run, **manifest):
    base = [make_run(draw) for draw in range(4)]
    lamps = [make_run(draw, name="lamps", measures=True, treated=0.25, manifest=TOLD | manifest) for draw in range(4)]
    return compare_runs(base, {"lamps": lamps})


def row(comparison, indicator):
    found = comparison[comparison["indicator"] == indicator]
    assert len(found) >= 1
    return found.iloc[0]


def test_one_row_each_and_no_verdict_but_break_even(make_run):
    comparison = compared(make_run)
    assert row(comparison, "displacement_quotient")["difference"] == pytest.approx(-0.25)
    assert row(comparison, "displaced_near")["difference"] == pytest.approx(1.5)
    assert row(comparison, "displaced_adverse")["verdict"] == ""
    assert row(comparison, "break_even_share")["verdict"] == "break-even only"
    assert (comparison["indicator"] == "break_even_share").sum() == 1
    recorded = row(comparison, "incidents_recorded_robbery")
    assert recorded["verdict"] == ""
    assert recorded["baseline"] == pytest.approx(0.5 * row(comparison, "incidents_expected_robbery")["baseline"])


def test_a_break_even_effect_is_averaged_and_bounded_above_nothing(make_run):
    base = [make_run(draw) for draw in range(3)]
    lamps = [
        make_run(
            draw,
            name="lamps",
            measures=True,
            treated=0.25,
            manifest=TOLD | {"unit_costs": {name: cost * factor for name, cost in COSTS.items()}},
        )
        for draw, factor in ((0, 1.0), (1, 2.0), (2, 4.0))
    ]
    told = row(compare_runs(base, {"lamps": lamps}), "break_even_share")
    first = break_even(lamps[0])
    assert told["difference"] == told["value"] == pytest.approx(first / 2)  # geometric mean of 1, 1/2 and 1/4
    # Student's t with two degrees of freedom, logs 0, -ln 2 and -2 ln 2: spread ln 2, times sqrt 4/3
    reach = 2.919986 * math.log(2) * math.sqrt(4 / 3)
    assert told["low"] == pytest.approx(first / 2 * math.exp(-reach), rel=1e-5)
    assert told["high"] == pytest.approx(first / 2 * math.exp(reach), rel=1e-5)


def test_measures_that_nobody_evaluated_get_no_verdict_on_incidents(make_run):
    known, unknown = compared(make_run), compared(make_run, unevaluated=["lighting"])
    assert not nobody_evaluated(known, "lamps")
    assert nobody_evaluated(unknown, "lamps")
    verdicts = unknown[unknown["indicator"].str.startswith("incidents_expected")]["verdict"]
    assert set(verdicts) == {"break-even only"}
    felt = unknown[unknown["indicator"] == "feels_safe_share"]["verdict"]
    assert "break-even only" not in set(felt)


def test_words(make_run):
    comparison = compared(make_run)
    share = 100 * row(comparison, "break_even_share")["difference"]
    assert f"pays if at least {share:.1f}" in break_even_in_words(comparison, "lamps")
    wide = comparison.assign(high=9.2)
    assert " to more than all of them" in break_even_in_words(wide, "lamps"), "nothing falls by more than 100 %"
    saving = comparison.assign(difference=-0.372, low=-0.5, high=-0.2)
    assert break_even_in_words(saving, "lamps") == "", "what saves money needs no effect to pay"
    told = cost_in_words(pd.Series({"unit": "EUR", "difference": -37_200.0, "low": -50_000.0, "high": -20_000.0}))
    assert told.replace("\u202f", " ") == "about 37 200 EUR a year (90 % interval 20 000 to 50 000)"
    dear = compared(make_run, unit_costs={name: cost / 1000 for name, cost in COSTS.items()})
    assert row(dear, "break_even_share")["difference"] > 1
    assert "cannot pay by incidents alone" in break_even_in_words(dear, "lamps")
    assert "in some it can" not in break_even_in_words(dear.assign(low=1.2, high=9.2), "lamps")
    unsure = break_even_in_words(dear.assign(low=0.008, high=9.2), "lamps")
    assert unsure.startswith("in the middle of the draws it cannot pay by incidents alone")
    assert "in some it can (90 % interval 0.8\u00a0% to more than all of them" in unsure
    nothing = compare_runs([make_run()], {"same": [make_run(name="same")]})
    assert break_even_in_words(nothing, "same") == ""
