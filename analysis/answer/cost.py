"""What it costs and for what, as a finding: `cost.csv`; worked out here, told in `cost_wording`."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from analysis.answer import cost_wording, wording
from analysis.answer.finding import Basis, Finding
from analysis.answer.risk_wording import nobody_evaluated
from analysis.comparison.intervals import Array, amount_interval, predictive_interval
from analysis.comparison.sums import in_order_of_draw
from analysis.cost.cash_flow import KINDS, Appraisal, CashFlow, cash_flow, discount_rate, less, longest_life
from analysis.cost.gains import GAINS, gains_of, incidents_averted
from analysis.cost.ratios import cost_per_gain
from analysis.cost.unit_values import DAYS, appraisal_of, such_days
from analysis.cost.worth import Worth, present_worth, worth_of_gains
from simulator.results.schema import RunTables

UNIT_VALUES = "unit_values"
"""Key of `Basis.given` that holds what `read_unit_values` gave."""
COLUMNS = {
    "part": "flow (by year), present (value today, by kind), total, gain, ratio, worth (a year), net, break even, draw",
    "quantity": "what it is",
    "unit": "of estimate, low and high",
    "year": "year of a flow; 0 is now",
    "draw": "draw, in rows `draw`",
    "estimate": "mean over draws; of a ratio mean cost over mean gain; in rows `draw` the draw's own",
    "low": "lower end of the predictive 90 % interval",
    "high": "upper end of it",
    "note": "why there is no number, the source of a value, or the grade of the evidence",
}


def _work_out(basis: Basis) -> pd.DataFrame:
    values = basis.given.get(UNIT_VALUES, {})
    runs = [in_order_of_draw(one) for one in (basis.baseline, *basis.scenarios.values())]
    appraisal = appraisal_of(values, max(map(longest_life, runs)))
    rows = [
        {"scenario": name, **row}
        for name, of_scenario in zip(basis.scenarios, runs[1:], strict=True)
        for row in _rows(basis, name, (runs[0], of_scenario), appraisal)
    ]
    return pd.DataFrame(rows, columns=["scenario", *COLUMNS])


def _rows(
    basis: Basis,
    name: str,
    runs_of: tuple[Sequence[RunTables], Sequence[RunTables]],
    appraisal: Appraisal,
) -> Iterator[dict[str, Any]]:
    values = basis.given.get(UNIT_VALUES, {})
    comparison = basis.comparison[basis.comparison["scenario"] == name]
    cost = wording.select(comparison, name, indicator="cost")
    currency = str(cost["unit"].iloc[0]).removesuffix("per year").strip() if len(cost) else ""
    flows = [_flow(*pair, appraisal) for pair in zip(*runs_of, strict=True)]
    added = (basis.tallies.baseline, basis.tallies.scenarios[name])
    has_measures = bool(runs_of[0][0].manifest["scenario"].get("measures"))
    gains = gains_of(*added, comparison, against_measures=has_measures)
    yearly = np.array([flow.annual_cost for flow in flows])
    present = np.array([flow.net_present_cost for flow in flows])
    yield from _of_flows(flows, currency)
    yield _row("total", "net_present_cost", present, currency, interval=amount_interval(present))
    grade = str(cost["grade"].iloc[0]) if len(cost) else ""
    unit = f"{currency} a year".strip()
    yield _row("total", "annual_cost", yearly, unit, interval=amount_interval(yearly)) | {"note": grade}
    yield _row("total", "discount_rate", np.array([flow.rate for flow in flows]), "share a year")
    yield _number("total", "years", appraisal.years, "years")
    days = such_days(values, name)
    if days is not None:
        yield _number("total", DAYS, days, "days a year")
    for key, gain in GAINS.items():
        interval = (amount_interval if gain.is_count else predictive_interval)(gains[key])
        yield _row("gain", key, gains[key], gain.unit, interval=interval)
    for key, gain in GAINS.items():
        per = days if days is not None and gain.is_daily else 1.0
        ratio = cost_per_gain(yearly, gains[key] * per / gain.count, is_count=gain.is_count)
        per_year = "" if days is not None and gain.is_daily else " a year"
        each = "" if per_year == "" or not gain.is_daily else ", on each such day"
        yield {
            **_empty("ratio", key, f"{currency}{per_year} for each {gain.each}{each}".strip()),
            "estimate": ratio.estimate,
            "low": ratio.low,
            "high": ratio.high,
            "note": ratio.why,
        }
    averted = partial(incidents_averted, *added, runs_of[1])
    worth = worth_of_gains(values, name, gains, runs_of[1], averted) if values else []
    net = _net(worth, flows, appraisal)
    yield from _of_worth(worth, net, present, currency)
    yield from _break_even(comparison, name)
    draws: Mapping[str, Array] = {"annual_cost": yearly, "net_present_cost": present, **gains}
    draws = {**draws, "net_present_value": net} if net is not None else draws
    for key, amounts in draws.items():
        for at, amount in enumerate(amounts):
            yield _number("draw", key, amount, "") | {"draw": runs_of[0][at].manifest["draw"]}


def _flow(base: RunTables, run: RunTables, appraisal: Appraisal) -> CashFlow:
    """What a scenario is paid for beyond the baseline in one draw."""
    rate = discount_rate(run)
    return less(*(cash_flow(one.placements, rate, appraisal) for one in (run, base)))


def _of_flows(flows: Sequence[CashFlow], currency: str) -> Iterator[dict[str, Any]]:
    paid = np.array([sum(flow.paid.values()) for flow in flows]).T
    for year, amounts in enumerate(paid):
        # a purchase of another year in each draw has no interval that means anything: what it is in all has one
        yield _number("flow", "paid", float(amounts.mean()), currency) | {"year": year}
    for kind in KINDS:
        amounts = np.array([flow.present[kind] for flow in flows])
        yield _row("present", kind, amounts, currency, interval=amount_interval(amounts))


def _net(worth: Sequence[Worth], flows: Sequence[CashFlow], appraisal: Appraisal) -> Array | None:
    """What all valued gains are worth today less what is paid, by draw; None where nothing has a value."""
    told = [one.yearly for one in worth if not one.why]
    if not told:
        return None
    rates = np.array([flow.rate for flow in flows])
    gained = present_worth(np.sum(told, axis=0), rates, appraisal)
    return np.asarray(gained - np.array([flow.net_present_cost for flow in flows]))


def _of_worth(worth: Sequence[Worth], net: Array | None, present: Array, currency: str) -> Iterator[dict[str, Any]]:
    for one in worth:
        row = _row("worth", one.name, one.yearly, f"{currency} a year", interval=predictive_interval(one.yearly))
        yield row | {"note": one.why or one.source}
    if net is None:
        return
    yield _row("net", "net_present_value", net, currency, interval=predictive_interval(net))
    yield _number("net", "chance_of_gain", float((net > 0.0).mean()), "share of draws")
    if (present > 0.0).all():  # what saves money has no ratio
        each = (net + present) / present
        ratio = _row("net", "benefit_cost_ratio", each, "ratio", interval=predictive_interval(each))
        yield ratio | {"estimate": float((net + present).mean() / present.mean())}


def _break_even(comparison: pd.DataFrame, name: str) -> Iterator[dict[str, Any]]:
    row = wording.select(comparison, name, indicator="break_even_share")
    if len(row):
        told = row.iloc[0]
        grade = str(told["grade"])
        unknown = cost_wording.UNKNOWN if nobody_evaluated(comparison, name) else ""
        yield _empty("break even", unknown, str(told["unit"])) | {
            "estimate": told["difference"],
            "low": told["low"],
            "high": told["high"],
            "note": grade,
        }


def _empty(part: str, quantity: str, unit: str) -> dict[str, Any]:
    nothing = dict.fromkeys(("year", "draw", "estimate", "low", "high"), float("nan"))
    return {"part": part, "quantity": quantity, "unit": unit, **nothing, "note": ""}


def _number(part: str, quantity: str, number: float, unit: str) -> dict[str, Any]:
    return _empty(part, quantity, unit) | {"estimate": float(number)}


def _row(
    part: str, quantity: str, amounts: Array, unit: str, *, interval: tuple[float, float] | None = None
) -> dict[str, Any]:
    """A row of amounts by draw: their mean, and their interval if it is told."""
    low, high = interval or predictive_interval(amounts)
    return _empty(part, quantity, unit) | {"estimate": float(amounts.mean()), "low": low, "high": high}


FINDING = Finding(
    name="cost",
    heading="What it costs, and for what",
    columns=COLUMNS,
    words=("part", "quantity", "unit", "note"),
    work_out=_work_out,
    sentences=cost_wording.sentences,
    tables=cost_wording.tables_of,
    brief=cost_wording.brief,
    place="price",
)
