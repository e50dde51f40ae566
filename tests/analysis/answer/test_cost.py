"""What it costs and for what: worked out by hand from small runs; a placebo costs nothing and gains nothing."""

import pandas as pd
import pytest
from affected import with_affected

from analysis.answer import cost, cost_wording
from analysis.answer.finding import Basis
from analysis.answer.findings import of_scenario
from analysis.answer.plain_answer import plain_answer
from analysis.answer.provenance import collect_provenance
from analysis.comparison.paired import compare_runs
from analysis.cost.gains import GAINS, gains_of
from analysis.cost.ratios import NO_GAIN
from analysis.cost.worth import NO_DAYS, NOT_EVALUATED, SOME_DAYS
from analysis.cost.worth import NOT_COUNTED as NOT_VALUED
from analysis.indicators.cells import tally

RATE = {"discount_rate": 0.04, "transfer_ratio": 1.0}
YEAR = {"harassment": 1.1, "robbery": 0.9, "assault": 1.0}
UNIT_COSTS = {"harassment": 300.0, "robbery": 14_000.0, "assault": 11_000.0}
TOLD = {"parameters": RATE, "year_over_day": YEAR, "unit_costs": UNIT_COSTS, "unit_cost_currency": "EUR"}
VALUE = {"value": 0.05, "currency": "EUR", "source": "our survey"}
"""Of a minute that feels safe."""


@pytest.fixture(scope="module")
def runs(make_pair, make_pushes):
    base, lamps = make_pair(make_pushes(4), manifest=TOLD)
    return base, [with_affected(run, 0.6 + 0.01 * draw) for draw, run in enumerate(lamps)]


COMPARED = {}
"""What was compared already, by its runs, which it holds on to."""


def compared(base, runs, name):
    key = tuple(id(run) for run in (*base, *runs))
    if key not in COMPARED:
        told = compare_runs(base, {name: runs}), collect_provenance(base, {name: runs})
        basis = Basis(base, {name: runs}, *told)
        COMPARED[key] = (*told, basis.tallies, (base, runs))
    return COMPARED[key][:3]


def basis_of(base, runs, name, given, added):
    comparison, facts, tallies = added
    basis = Basis(base, {name: runs}, comparison, facts, {cost.UNIT_VALUES: given} if given else {})
    vars(basis)["tallies"] = tallies  # as if another finding had asked for it first
    return basis


def found(runs, name="lamps", **given):
    base, lamps = runs
    added = compared(base, lamps, name)
    table = cost.FINDING.work_out(basis_of(base, lamps, name, given, added))
    assert list(table.columns) == list(cost.FINDING.all_columns)
    return of_scenario({"cost": table}, name)["cost"], added[1]


def one(rows, part, quantity):
    row = cost_wording.one_of(rows, part, quantity)
    assert row is not None, (part, quantity)
    return row


def minutes_gained(run, after):
    """Of those affected, who felt safe half of their time."""
    walked = run.summary[run.summary["itinerary"] == "affected"]["walking_s"].sum()
    return (after - 0.5) * walked / 60.0


def test_cost_and_ratios_by_hand(runs):
    rows, _ = found(runs)
    yearly = 600_000 * 0.04 / (1 - 1.04**-30) + 8_000
    assert one(rows, "total", "years")["estimate"] == 30
    assert one(rows, "total", "annual_cost")["estimate"] == pytest.approx(yearly)
    present = yearly * (1 - 1.04**-30) / 0.04
    assert one(rows, "total", "net_present_cost")["estimate"] == pytest.approx(present)
    assert one(rows, "present", "build")["estimate"] == pytest.approx(600_000)
    gained = [minutes_gained(run, 0.6 + 0.01 * draw) for draw, run in enumerate(runs[1])]
    assert rows[(rows["part"] == "draw") & (rows["quantity"] == "safe_minutes")]["estimate"].tolist() == pytest.approx(
        gained
    )
    ratio = one(rows, "ratio", "safe_minutes")
    assert ratio["estimate"] == pytest.approx(1000 * yearly * 4 / sum(gained))
    assert ratio["low"] < ratio["estimate"] < ratio["high"]
    touched = runs[1][0].summary
    heads = touched[touched["itinerary"] == "affected"]["people_affected"].sum()
    assert one(rows, "ratio", "people_affected")["estimate"] == pytest.approx(yearly / heads)
    flows = rows[rows["part"] == "flow"].sort_values("year")["estimate"]
    assert flows.tolist() == pytest.approx([600_000, *[8_000] * 30])


def test_days_make_a_year_and_values_make_a_worth_by_hand(runs):
    plain, _ = found(runs)
    rows, facts = found(runs, such_days={"all": 100}, feels_safe_minute=VALUE, appraisal={"years": 10})
    gained = one(plain, "gain", "safe_minutes")["estimate"]
    worth = one(rows, "worth", "safe_minutes")
    assert worth["estimate"] == pytest.approx(gained * 100 * 0.05)
    assert worth["note"] == "our survey"
    present = (1 - 1.04**-10) / 0.04
    net = one(rows, "net", "net_present_value")
    yearly = one(rows, "total", "annual_cost")["estimate"]
    assert net["estimate"] == pytest.approx((worth["estimate"] - yearly) * present)
    assert one(rows, "net", "benefit_cost_ratio")["estimate"] == pytest.approx(worth["estimate"] / yearly)
    assert one(rows, "net", "chance_of_gain")["estimate"] == float(worth["estimate"] > yearly)
    ratio, before = one(rows, "ratio", "safe_minutes"), one(plain, "ratio", "safe_minutes")
    assert ratio["estimate"] == pytest.approx(before["estimate"] / 100)
    said = " ".join(cost_wording.sentences(rows, "lamps", facts))
    assert "at 100 such days a year" in said
    assert cost_wording.ONE_DAY not in said
    assert "Benefit-cost ratio" in said


def test_no_price_of_fear_unless_it_is_given(runs):
    rows, facts = found(runs)
    assert rows[rows["part"].isin(["worth", "net"])].empty
    said = " ".join(cost_wording.sentences(rows, "lamps", facts))
    assert cost_wording.NO_VALUE in said
    assert "Benefit-cost ratio:" not in said


def test_what_is_not_known_is_not_valued(runs, make_pair, make_pushes):
    rows, _ = found(runs, feels_safe_minute=VALUE)
    assert one(rows, "worth", "safe_minutes")["note"] == NO_DAYS
    assert rows[rows["part"] == "net"].empty
    base, lamps = runs
    both = [run._replace(manifest=run.manifest | {"scenario": lamps[0].manifest["scenario"]}) for run in base]
    rows, _ = found((both, lamps), resident_newly_safe=VALUE)  # nobody is counted where the baseline has measures
    assert one(rows, "worth", "residents_newly_safe")["note"] == NOT_VALUED
    unknown = make_pair(make_pushes(4), manifest=TOLD | {"unevaluated": ["lighting"]})
    rows, _ = found(unknown, incidents="evidence")
    assert set(rows[rows["part"] == "worth"]["note"]) == {NOT_EVALUATED}
    some = make_pair(make_pushes(4), manifest=TOLD)
    for run in some[1]:
        run.manifest["scenario"]["measures"] = [{"kind": "lighting", "days": ["friday"]}]
    rows, _ = found(some, incidents="evidence")
    assert set(rows[rows["part"] == "worth"]["note"]) == {SOME_DAYS}


def test_incidents_averted_are_worth_what_the_user_or_on_demand_the_evidence_says(make_pair, make_pushes):
    base, lamps = make_pair(make_pushes(3), manifest=TOLD | {"displacement": {"outside": 0.03}})
    for run in lamps:
        there = run.summary["itinerary"] == "realised"
        run.summary.loc[there, "incidents_robbery"] *= 0.5
    core = base[0].summary
    core = core[(core["itinerary"] == "realised") & core["zone"].str.startswith("core")]
    before = {kind: core[f"incidents_{kind}"].sum() for kind in YEAR}
    share = before["robbery"] / sum(before.values())
    averted = 0.5 * before["robbery"] - 0.03 * share
    rows, _ = found((base, lamps), incidents="evidence")
    assert one(rows, "worth", "incident.robbery")["estimate"] == pytest.approx(averted * 0.9 * 365.25 * 14_000)
    rows, _ = found((base, lamps), incident={"robbery": VALUE | {"value": 100.0}}, such_days={"all": 50})
    assert one(rows, "worth", "incident.robbery")["estimate"] == pytest.approx(averted * 50 * 100.0)
    assert cost_wording.one_of(rows, "worth", "incident.assault") is None


def test_a_placebo_costs_nothing_and_gains_nothing(make_run):
    base = [make_run(draw, manifest=TOLD) for draw in range(4)]
    same = [make_run(draw, name="same", manifest=TOLD) for draw in range(4)]
    rows, facts = found((base, same), name="same", such_days={"all": 100}, incidents="evidence")
    assert one(rows, "total", "annual_cost")["estimate"] == 0.0
    assert one(rows, "total", "net_present_cost")["estimate"] == 0.0
    assert not rows[rows["part"] == "ratio"]["estimate"].notna().any()
    assert cost_wording.sentences(rows, "same", facts) == [cost_wording.NOTHING_PLACED]
    assert cost_wording.brief(rows, "same", facts) == ""
    added = [[tally(run) for run in side] for side in (base, [with_affected(run, 0.5, trips=1.0) for run in same])]
    gains = gains_of(*added, everything())
    assert all(gains[name] == pytest.approx(0.0) for name in ("safe_minutes", "trips_won_back"))


def everything():
    """Rows of a comparison in which every gain is counted."""
    names = ("gender", "age", "period", "hour_band", "disability", "carer", "night_worker")
    return pd.DataFrame([dict.fromkeys(names, "all") | {"indicator": gain.indicator} for gain in GAINS.values()])


def test_more_than_the_baseline_is_what_is_paid(runs):
    base, lamps = runs
    assert lamps[0].placements["capital"].sum() > 0
    own = [run._replace(placements=lamps[0].placements) for run in base]
    rows, _ = found((own, lamps))
    assert one(rows, "total", "annual_cost")["estimate"] == 0.0
    assert "nothing" in one(rows, "ratio", "safe_minutes")["note"]


def test_a_gain_that_is_not_distinguishable_has_no_ratio(make_pair, make_pushes):
    base, lamps = make_pair(make_pushes(4), manifest=TOLD)
    unsure = [with_affected(run, after) for run, after in zip(lamps, (0.4, 0.6, 0.45, 0.6), strict=True)]
    rows, facts = found((base, unsure))
    assert one(rows, "ratio", "safe_minutes")["note"] == NO_GAIN
    assert "not distinguishable from no effect" in cost_wording.brief(rows, "lamps", facts)
    assert one(rows, "ratio", "residents_newly_safe")["note"] == NO_GAIN  # nobody lives near in these runs


@pytest.mark.parametrize("after", [0.4, 0.6, None])
def test_the_short_sentence_has_at_most_25_words(make_pair, make_pushes, after):
    base, lamps = make_pair(make_pushes(4), manifest=TOLD)
    lamps = lamps if after is None else [with_affected(run, after + 0.01 * at) for at, run in enumerate(lamps)]
    money = ["capital", "running_per_year", "annual_cost"]
    prices = lamps[0].placements[money]
    added = compared(base, lamps, "lamps")
    for factor in (-1.0, 0.0, 1e-4, 1.0, 1e3):
        dearer = [run._replace(placements=run.placements.assign(**factor * prices)) for run in lamps]
        rows = cost.FINDING.work_out(basis_of(base, dearer, "lamps", {}, added))
        sentence = cost_wording.brief(rows, "lamps", added[1])
        assert len(sentence.split()) <= 25, sentence
        assert sentence.endswith(".")
        assert sentence.startswith("It saves" if factor < 0 else "It costs" if factor else "No cost is counted")
        for words in cost_wording.sentences(rows, "lamps", added[1]):
            assert "nan" not in words.split()


def test_prices_have_three_figures():
    told = [cost_wording.price(value, "EUR") for value in (1234.0, 12.34, 0.0456, 0.0)]
    assert told == ["1\u202f230 EUR", "12.3 EUR", "0.046 EUR", "0 EUR"]
    assert cost_wording.price(float("inf"), "EUR") == "no limit"


def test_what_is_paid_for_by_others_is_not_told_as_a_price_of_nothing(runs):
    base, lamps = runs
    free = dict.fromkeys(("capital", "running_per_year", "annual_cost"), 0.0)
    early = [run._replace(placements=run.placements.assign(**free)) for run in lamps]
    rows, facts = found((base, early))
    assert cost_wording.brief(rows, "lamps", facts) == cost_wording.NOTHING_COUNTED
    said = cost_wording.sentences(rows, "lamps", facts)
    assert said[0] == cost_wording.NOTHING_COUNTED
    assert not any("equal yearly payment" in sentence for sentence in said)
    comparison = compare_runs(base, {"lamps": early})
    told = " ".join(plain_answer(comparison, "lamps", facts))
    assert "No cost is counted" in told
    assert "It costs" not in told
    assert "They are walked on as much as before after dark" in " ".join(
        plain_answer(comparison.assign(difference=0.0), "lamps", facts)
    )


def test_what_has_a_value_and_is_not_counted_is_said_to_be_left_out(runs):
    """Else what saves money and loses minutes that nobody counted pays for sure."""
    rows, facts = found(runs, feels_safe_minute=VALUE, resident_newly_safe=VALUE)
    assert one(rows, "worth", "safe_minutes")["note"] == NO_DAYS
    said = " ".join(cost_wording.sentences(rows, "lamps", facts))
    assert "That is without person-minutes more that feel safe, for which a value is given too" in said
    assert "it pays in 0 of 4 draws" in said
    rows, facts = found(runs, feels_safe_minute=VALUE, such_days={"all": 10})
    assert "That is without" not in " ".join(cost_wording.sentences(rows, "lamps", facts))
