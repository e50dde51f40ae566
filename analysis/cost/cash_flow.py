"""What is paid in each year of an appraisal, what that is worth today, and what it is as equal yearly payments.

Prices are real: those of the day of the appraisal, without inflation. Capital is paid when a thing is built (year 0 is
now), running costs at the end of each year, as in the annuity of the runs. What is worn out is bought again; what is
not worn out in the end keeps the value of the yearly payments that are left of its life, so that a thing costs the same
in each year of its life and the length of the appraisal does not change the equivalent annual cost (HM Treasury 2022,
The Green Book, annex 5: equivalent annual cost, residual values).
"""

import dataclasses
import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from simulator.errors import ResultsError
from simulator.results.schema import RunTables

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

KINDS = ("build", "replace", "run", "residual")
"""What is paid for: building, buying again what is worn out, running; and what is left of it in the end."""
_SAME_TIME = 1e-9
"""Years by which two moments may differ and be one: of 3 x 10 years rounding makes a little more or less than 30."""


@dataclasses.dataclass(frozen=True)
class Appraisal:
    """How costs are laid over years.

    Parameters
    ----------
    years
        How many years are looked at.
    built
        Share of the capital that is built at the beginning of each of the first years; they add up to 1.
    """

    years: int
    built: tuple[float, ...] = (1.0,)

    def in_use(self) -> Array:
        """Share of everything that is in use in years 1 to `years`, shape (years,)."""
        shares = np.zeros(self.years)
        shares[: len(self.built)] = self.built
        return np.minimum(np.cumsum(shares), 1.0)


@dataclasses.dataclass(frozen=True)
class CashFlow:
    """What is paid, by kind (`KINDS`).

    Attributes
    ----------
    paid
        Paid in years 0 to `years`, shape (years + 1,), in currency; the residual value is negative, in the last year.
    present
        What that is worth today, at the moment at which each amount falls due.
    rate, years
        Discount rate (share a year) and length of the appraisal.
    """

    paid: Mapping[str, Array]
    present: Mapping[str, float]
    rate: float
    years: int

    @property
    def net_present_cost(self) -> float:
        """All of it in money of today."""
        return float(sum(self.present.values()))

    @property
    def annual_cost(self) -> float:
        """Equal payments at the end of each year that are worth as much."""
        return self.net_present_cost / annuity_value(self.rate, self.years)


def annuity_value(rate: float, years: float) -> float:
    """What one unit of money at the end of each year is worth today: (1 - (1 + rate)^-years) / rate."""
    return -math.expm1(-years * math.log1p(rate)) / rate if rate > 0.0 else float(years)


def present_value(yearly: Array, rate: float) -> float:
    """What payments at the end of years 1, 2, ... are worth today, shape (years,)."""
    return float((yearly * (1.0 + rate) ** -np.arange(1.0, len(yearly) + 1.0)).sum())


def cash_flow(placements: pd.DataFrame, rate: float, appraisal: Appraisal) -> CashFlow:
    """Lay what a run placed over the years of an appraisal.

    Parameters
    ----------
    placements
        As in `placements.parquet`: `capital`, `running_per_year` (currency) and `lifetime_years` of one draw.
    rate
        Discount rate, share a year.
    appraisal
        Over how many years, and what is built when.
    """
    paid = {kind: np.zeros(appraisal.years + 1) for kind in KINDS}
    present = dict.fromkeys(KINDS, 0.0)

    def pay(kind: str, amounts: Array, moments: Array) -> None:
        np.add.at(paid[kind], np.ceil(moments - _SAME_TIME).astype(int), amounts)
        present[kind] += float((amounts * (1.0 + rate) ** -moments).sum())

    ends = np.arange(1.0, appraisal.years + 1.0)
    for capital, running, life in placements[["capital", "running_per_year", "lifetime_years"]].to_numpy(dtype=float):
        pay("run", running * appraisal.in_use(), ends)
        for start, share in enumerate(appraisal.built):
            if capital * share == 0.0:
                continue
            bought = _moments(float(start), life, appraisal.years)
            pay("build", np.array([capital * share]), bought[:1])
            pay("replace", np.full(len(bought) - 1, capital * share), bought[1:])
            left = max(float(bought[-1]) + life - appraisal.years, 0.0)
            worth = capital * share * annuity_value(rate, left) / annuity_value(rate, life)
            pay("residual", np.array([-worth]), np.array([float(appraisal.years)]))
    return CashFlow(paid, present, rate, appraisal.years)


def _moments(start: float, life: float, years: int) -> Array:
    """When a thing is bought: at its start, and whenever it is worn out before the end."""
    times = max(math.ceil((years - start - _SAME_TIME) / life), 1)
    moments: Array = start + life * np.arange(float(times))
    return moments


def less(one: CashFlow, other: CashFlow) -> CashFlow:
    """What one costs more than another one over the same years at the same rate."""
    paid = {kind: one.paid[kind] - other.paid[kind] for kind in KINDS}
    return CashFlow(paid, {kind: one.present[kind] - other.present[kind] for kind in KINDS}, one.rate, one.years)


def discount_rate(run: RunTables) -> float:
    """The social discount rate of a run's draw, share a year.

    Raises
    ------
    ResultsError
        If the manifest does not have it.
    """
    found = run.manifest.get("parameters", {}).get("discount_rate")
    if found is None:
        told = run.manifest.get("id", "of a run")
        raise ResultsError(f"manifest {told}: found no parameter discount_rate, expected one; run it again")
    return float(found)


def longest_life(runs: list[RunTables]) -> int:
    """The longest lifetime of anything with capital (mean over draws), in whole years rounded up; 1 without any."""
    lives = pd.concat(
        [run.placements[["capital", "lifetime_years"]].assign(at=range(len(run.placements))) for run in runs]
    )
    built = lives[lives["capital"] > 0.0].groupby("at")["lifetime_years"].mean()
    return max(1, math.ceil(float(built.max()) - _SAME_TIME)) if len(built) else 1
