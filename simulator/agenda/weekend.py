"""Saturdays and Sundays: how many go to work, and how much oftener or more seldom people go out for the rest.

The travel survey knows working days alone. Of each kind of tour a Saturday and a Sunday have a share of what a day from
Monday to Thursday has, by the trips of the United States' household travel survey of 2009 (table `nhts2009_days`). That
weekends elsewhere differ as much is an assumption (`weekend_contrast`). Schools are closed: the survey counts church
with school, so what is left of ways to school and nursery is an assumption of its own (`weekend_study_share`). Tours
begin when those of people do who neither work nor study on a working day.
"""

from functools import cache
from typing import Any

import numpy as np

from simulator.agenda.survey_tables import DAY_WITHOUT_MAIN, KINDS, ROLES
from simulator.evidence.parameters import Parameters
from simulator.evidence.profiles import load_table

Array = np.ndarray[Any, Any]
WEEKEND = ("Saturday", "Sunday")
WORKING_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday")
_COUNTED_AS = {
    "work": "work",
    "leisure": "social or recreational",
    "shop": "family or personal errands",
    "other": "family or personal errands",
}
MAIN_KINDS = np.array([KINDS.index(word) for word in ("work", "work_first", "study", "study_first")])


def tours_over_weekday(day: str, parameters: Parameters) -> Array:
    """Tours of each kind on a day over those of a day from Monday to Thursday, float64 (K,).

    Parameters
    ----------
    day
        The English word of a day of the week; 1 for all kinds from Monday to Friday (Friday's night is in the hours).
    """
    if day not in WEEKEND:
        return np.ones(len(KINDS))
    closed = parameters.weekend_study_share
    ratios = {kind: _counted(counted, day) ** parameters.weekend_contrast for kind, counted in _COUNTED_AS.items()}
    return np.array([ratios.get(kind.split("_")[0], closed) for kind in KINDS])


@cache
def _counted(purpose: str, day: str) -> float:
    """Trips of a purpose on a day over those of the mean day from Monday to Thursday."""
    table = load_table("nhts2009_days")
    rows = table["purpose"] == purpose
    usual = table["million_trips"][rows & np.isin(table["day"], WORKING_DAYS)].mean()
    return float(table["million_trips"][rows & (table["day"] == day)][0] / usual)


def rates_of_day(rates: Array, usual: Array, ratios: Array, people: Array) -> Array:
    """Rates of tours on a day, so that all residents together make so many times a weekday's.

    Who is free of work or study makes the tours of people who are: that alone brings more of them. What is still
    missing of the ratio, or too much, is the same factor for everybody.

    Parameters
    ----------
    rates, usual
        Tours a person by night work, gender, age band, kind of day and kind of tour (2, 3, 8, D, K): with the hours of
        the day, and of a usual weekday.
    ratios
        Tours of each kind over those of a usual weekday (K,).
    people
        Whole-number weights of residents by night work, gender, age band and role (2, 3, 8, R).

    Returns
    -------
    float64 (D, K), what the rates are to be multiplied by.
    """
    factor = np.ones(rates.shape[-2:])
    factor[: len(ROLES) - 1, MAIN_KINDS] = ratios[MAIN_KINDS]
    before, after = (_expected(one, people) for one in (usual, rates * factor))
    free = np.flatnonzero(~np.isin(np.arange(len(KINDS)), MAIN_KINDS))
    wanted = ratios * before
    factor[:, free] = np.divide(wanted, after, out=np.ones_like(wanted), where=after > 0)[free]
    return factor


def _expected(rates: Array, people: Array) -> Array:
    """Tours of each kind that residents make on a day, weighed (K,)."""
    total = np.zeros(rates.shape[-1])
    for role, without in enumerate(DAY_WITHOUT_MAIN):
        goes = np.zeros(rates.shape[:3])
        if role < len(ROLES) - 1:
            goes = np.minimum(rates[..., role, MAIN_KINDS].sum(axis=-1), 1.0)
        here = people[..., role]
        total += ((here * goes)[..., None] * rates[..., min(role, 1), :]).sum(axis=(0, 1, 2))
        total += ((here * (1.0 - goes))[..., None] * rates[..., without, :]).sum(axis=(0, 1, 2))
    return total
