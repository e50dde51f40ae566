"""What is paid when: by hand, and against the annuity of the runs."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.cost.cash_flow import Appraisal, annuity_value, cash_flow, discount_rate, less, longest_life
from simulator.accounting.tables import annuity
from simulator.errors import ResultsError


def placed(*rows):
    return pd.DataFrame(rows, columns=["capital", "running_per_year", "lifetime_years"])


def test_two_lives_of_a_thing_by_hand():
    """1 000 now and again after two years, 50 at the end of each of four years, at 10 %."""
    flow = cash_flow(placed((1000.0, 50.0, 2.0)), 0.10, Appraisal(4))
    assert flow.paid["build"].tolist() == [1000, 0, 0, 0, 0]
    assert flow.paid["replace"].tolist() == [0, 0, 1000, 0, 0]
    assert flow.paid["run"].tolist() == [0, 50, 50, 50, 50]
    assert flow.paid["residual"] == pytest.approx([0, 0, 0, 0, 0])
    present = 1000 + 1000 / 1.21 + 50 * (1 / 1.1 + 1 / 1.21 + 1 / 1.331 + 1 / 1.4641)
    assert flow.net_present_cost == pytest.approx(present)
    assert flow.annual_cost == pytest.approx(1000 * 0.10 / (1 - 1.1**-2) + 50)


def test_what_is_left_in_the_end_is_worth_its_remaining_payments_by_hand():
    """1 000 for two years at 10 % is 576.19 a year; after one year one such payment is left, a year ahead."""
    flow = cash_flow(placed((1000.0, 0.0, 2.0)), 0.10, Appraisal(1))
    assert flow.paid["residual"][1] == pytest.approx(-576.190476 / 1.1)
    assert flow.net_present_cost == pytest.approx(576.190476 / 1.1)
    assert flow.annual_cost == pytest.approx(576.190476)


def test_without_a_discount_rate_capital_is_divided_by_its_life():
    flow = cash_flow(placed((600_000.0, 8_000.0, 30.0)), 0.0, Appraisal(30))
    assert flow.annual_cost == pytest.approx(28_000.0)
    assert flow.net_present_cost == pytest.approx(840_000.0)


def test_what_is_built_in_two_years_is_paid_and_run_as_it_comes():
    flow = cash_flow(placed((1000.0, 100.0, 10.0)), 0.05, Appraisal(3, (0.25, 0.75)))
    assert flow.paid["build"].tolist() == [250, 750, 0, 0]
    assert flow.paid["run"].tolist() == [0, 25, 100, 100]
    yearly = 1000 * 0.05 / (1 - 1.05**-10)
    by_hand = 0.25 * yearly * annuity_value(0.05, 3) + 0.75 * yearly * annuity_value(0.05, 2) / 1.05
    by_hand += 25 / 1.05 + 100 / 1.05**2 + 100 / 1.05**3
    assert flow.net_present_cost == pytest.approx(by_hand)


RATES = st.sampled_from([0.0, 0.01, 0.035, 0.1])
THINGS = st.lists(st.tuples(st.floats(0, 1e6), st.floats(-1e4, 1e4), st.floats(0.4, 60.0)), min_size=1, max_size=4)


@given(things=THINGS, rate=RATES, years=st.integers(1, 60))
def test_the_equal_yearly_payment_is_theannuity_whatever_the_period(things, rate, years):
    """What a run books as cost a year (`simulator.accounting.tables`) is what these years of payments come to."""
    flow = cash_flow(placed(*things), rate, Appraisal(years))
    byannuity = sum(capital * annuity(rate, life) + running for capital, running, life in things)
    assert flow.annual_cost == pytest.approx(byannuity, rel=1e-9, abs=1e-6)


@given(things=THINGS, rate=RATES, years=st.integers(2, 40))
def test_later_is_no_dearer_and_nothing_more_than_itself_costs_nothing(things, rate, years):
    table = placed(*((capital, 0.0, life) for capital, _, life in things))
    now, later = (cash_flow(table, rate, Appraisal(years, built)) for built in ((1.0,), (0.0, 1.0)))
    assert later.net_present_cost <= now.net_present_cost + 1e-6
    same = less(now, now)
    assert same.net_present_cost == 0.0
    assert not any(amounts.any() for amounts in same.paid.values())


def test_a_lifetime_that_is_no_whole_year_is_replaced_in_the_year_in_which_it_ends():
    flow = cash_flow(placed((100.0, 0.0, 2.5)), 0.0, Appraisal(6))
    assert flow.paid["replace"].tolist() == [0, 0, 0, 100, 0, 100, 0]
    assert flow.paid["residual"][6] == pytest.approx(-60.0)  # of 2.5 years bought at year 5, 1.5 are left


def test_the_longest_life_is_that_of_what_has_capital(make_run):
    assert longest_life([make_run(0, measures=True), make_run(0)]) == 30
    run = make_run(0, measures=True)
    assert longest_life([run._replace(placements=run.placements.assign(capital=0.0))]) == 1
    longer = run._replace(placements=run.placements.assign(lifetime_years=33.5))
    assert longest_life([run, longer]) == 32  # the mean of both, rounded up
    assert longest_life([make_run(0)]) == 1


def test_a_run_without_a_discount_rate_is_refused(make_run):
    assert discount_rate(make_run(0)) == 0.0
    with pytest.raises(ResultsError, match="found no parameter discount_rate"):
        discount_rate(make_run(0, manifest={"parameters": {}}))
