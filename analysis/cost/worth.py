"""What gains are worth at the values that a user gives: a year, over the appraisal, and against the cost."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from analysis.comparison.intervals import Array
from analysis.cost.cash_flow import Appraisal, present_value
from analysis.cost.gains import GAINS
from analysis.cost.unit_values import EVIDENCE, INCIDENT, VALUED, priced, such_days
from analysis.indicators.run_totals import DAYS_PER_YEAR
from simulator.foundation.categories import INCIDENTS
from simulator.results.schema import RunTables

OF_EVIDENCE = "costs to society of the evidence (England and Wales; harassment assumed)"
NO_DAYS = "not valued: [such_days] does not say how many days of a year are like this one"
SOME_DAYS = "not valued: it acts on some days only, and [such_days] does not say how many are like this one"
NOT_EVALUATED = "not valued: no such measure has been evaluated for incidents"
NOT_COUNTED = "not valued: not counted here"
OTHER_CURRENCY = "not valued: the evidence's unit costs are in another currency"


@dataclasses.dataclass(frozen=True)
class Worth:
    """What one kind of gain is worth, money a year by draw, shape (R,); `why` says why there is none."""

    name: str
    yearly: Array
    source: str = ""
    why: str = ""


def worth_of_gains(
    values: Mapping[str, Any],
    case: str,
    gains: Mapping[str, Array],
    runs: Sequence[RunTables],
    averted: Callable[[], Mapping[str, Array]],
) -> list[Worth]:
    """What each gain is worth that the user gives a value for.

    Parameters
    ----------
    values
        As `read_unit_values` gives them.
    case
        Name of the scenario.
    gains
        As `gains_of` gives them.
    runs
        Of the scenario, in order of draw.
    averted
        Gives incidents averted by type and draw, where they have a value.

    Notes
    -----
    What comes again each day is multiplied with the days a year that are like the simulated one, which only the user
    knows. Without that number incidents are taken to a year by `year_over_day` of the run, which weighs seasons and
    days of the week; not where a measure acts on some days only.
    """
    days, given = such_days(values, case), priced(values)
    nothing = np.full(len(runs), np.nan)
    found = []
    for table, name in VALUED.items():
        if table not in given:
            continue
        one, gain = given[table], GAINS[name]
        per_year = days if gain.is_daily else 1.0
        if not np.isfinite(gains[name]).all():
            found.append(Worth(name, nothing, why=NOT_COUNTED))
        elif per_year is None:
            found.append(Worth(name, nothing, why=NO_DAYS))
        else:
            found.append(Worth(name, gains[name] * per_year * float(one["value"]), str(one["source"])))
    kinds = [kind for kind in INCIDENTS if f"{INCIDENT}.{kind}" in given or EVIDENCE in values]
    if not kinds:
        return found
    first = runs[0].manifest
    why = NOT_EVALUATED if first.get("unevaluated") else SOME_DAYS if days is None and _acts_on_some_days(first) else ""
    fewer = {} if why else averted()
    for kind in kinds:
        name, price = f"{INCIDENT}.{kind}", given.get(f"{INCIDENT}.{kind}")
        in_evidence = price is None and not why
        reason = OTHER_CURRENCY if in_evidence and not _in_one_currency(runs) else why
        if reason:
            found.append(Worth(name, nothing, why=reason))
            continue
        each, in_year = _unit_and_days(runs, kind, price, days)
        source = OF_EVIDENCE if price is None else str(price["source"])
        found.append(Worth(name, fewer[kind] * in_year * each, source))
    return found


def _unit_and_days(
    runs: Sequence[RunTables], kind: str, one: Mapping[str, Any] | None, days: float | None
) -> tuple[Array, Array]:
    """What an incident of a kind costs, and how many such days a year has of them, by draw."""
    manifests = [run.manifest for run in runs]
    each = [float(one["value"]) if one else float(manifest["unit_costs"][kind]) for manifest in manifests]
    year = [days or float(manifest["year_over_day"][kind]) * DAYS_PER_YEAR for manifest in manifests]
    return np.array(each), np.array(year)


def _in_one_currency(runs: Sequence[RunTables]) -> bool:
    currencies = {str(word) for run in runs for word in run.placements["currency"]}
    return currencies <= {str(runs[0].manifest.get("unit_cost_currency"))}


def _acts_on_some_days(manifest: Mapping[str, Any]) -> bool:
    return any(measure.get("days") or measure.get("months") for measure in manifest["scenario"].get("measures") or ())


def present_worth(yearly: Array, rates: Array, appraisal: Appraisal) -> Array:
    """What a yearly gain is worth today over an appraisal, by draw; it comes with what is in use."""
    in_use = appraisal.in_use()
    return np.array([present_value(one * in_use, rate) for one, rate in zip(yearly, rates, strict=True)])
