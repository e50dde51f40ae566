"""Numbers that a run has once, not by group: what was displaced, and the effect at which a measure pays.

The weighted displacement quotient (Bowers and Johnson 2003, doi 10.1023/A:1024909009240) compares a treated area A, a
buffer B near it and a control area C before (0) and after (1):

    WDQ = (B1 / C1 - B0 / C0) / (A1 / C1 - A0 / C0)

Above 0 the buffer shares the gain, below 0 it loses what A gains, at -1 all of it. It is told only where A gained
against C. Its main part, the share of averted hazard that moves, is drawn and not found, so it is labelled assumed.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from simulator.foundation.categories import INCIDENTS
from simulator.results.coded import Coded
from simulator.results.schema import RunTables

DAYS_PER_YEAR = 365.25
BOOKED = ("near", "outside", "adverse")
UNKNOWN = float("nan")


def run_totals(tables: RunTables, summary: Coded | None = None) -> dict[str, float]:
    """All totals of one run by the name of their indicator: of measures zero without any, NaN where not known.

    Parameters
    ----------
    tables
        One run, whose manifest has the city's `open_space_share`, and `displacement`, `year_over_day`, `unit_costs` and
        their `unit_cost_currency`.
    summary
        Its summary, where it is read already.
    """
    manifest = tables.manifest
    known = {"sdg_11_7_1_share_proxy": _open_space(manifest)}
    names = ("displacement_quotient", *(f"displaced_{word}" for word in BOOKED), "break_even_share")
    if not manifest.get("scenario", {}).get("measures"):
        return known | dict.fromkeys(names, 0.0)
    told = manifest.get("displacement") or {}
    booked = {f"displaced_{word}": float(told.get(word, UNKNOWN)) for word in BOOKED}
    quotient = displacement_quotient(told.get("areas") or {})
    effect = {"displacement_quotient": quotient, "break_even_share": break_even(tables, summary)}
    return known | booked | effect


def _open_space(manifest: Mapping[str, Any]) -> float:
    share = manifest.get("city", {}).get("open_space_share")
    return UNKNOWN if share is None else float(share)


def displacement_quotient(areas: Mapping[str, Any]) -> float:
    """WDQ of one run from incidents by area; NaN where the treated area did not gain against the control.

    Parameters
    ----------
    areas
        [before, after] for each of `treated`, `near` and `elsewhere`. Without incidents elsewhere (a small map) the
        control is taken to be constant.
    """
    if not areas:
        return UNKNOWN
    treated, near = changes_against_control(areas)
    return near / treated if treated < 0 else UNKNOWN


def changes_against_control(areas: Mapping[str, Any]) -> tuple[float, float]:
    """Changes on the treated streets and near them of what is counted there, each over the control's.

    Parameters
    ----------
    areas
        As for `displacement_quotient`.
    """
    treated, near, control = (np.array(areas[name], float) for name in ("treated", "near", "elsewhere"))
    scale = control if (control > 0).all() else np.ones(2)
    treated, near = treated / scale, near / scale
    return float(treated[1] - treated[0]), float(near[1] - near[0])


def break_even(tables: RunTables, summary: Coded | None = None) -> float:
    """Share of expected incidents on the treated streets that must not happen for the cost of a year to be paid.

    A case with costs in another currency than that of the unit costs of incidents has no break-even effect.
    Incidents of the baseline's trips there (not of those out without travelling), over a year, at the unit costs of
    this draw. Above 1 the measure does not pay by incidents alone.
    """
    currencies = set(tables.placements["currency"].astype(str))
    unit_cost, year = (tables.manifest.get(name, {}) for name in ("unit_costs", "year_over_day"))
    one_currency = currencies == {tables.manifest.get("unit_cost_currency")}
    if not one_currency or not all(kind in unit_cost and kind in year for kind in INCIDENTS):
        return UNKNOWN
    summary = summary or tables.coded_summary()
    words = summary.words
    once = ~words["age_band"].isin(("all",))  # everybody stands there again by each other attribute
    there = once & words["zone"].isin(("core_treated", "ring_treated")) & words["itinerary"].isin(("before",))
    harm = sum(
        float(np.nansum(summary.numbers[f"incidents_{kind}"][there])) * year[kind] * DAYS_PER_YEAR * unit_cost[kind]
        for kind in INCIDENTS
    )
    return float(tables.placements["annual_cost"].sum()) / harm if harm > 0 else UNKNOWN
