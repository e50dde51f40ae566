"""Values of parameters that a user gives: which may be given, and within what is physically possible."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simulator.errors import InputError
from simulator.evidence.parameters import OF_GENDER, RANGE, SPREAD, Evidence, load_evidence
from simulator.foundation.spelling import GENDER_WORDS, gender_fault, nearest

_MOST_SPREAD = 5.0
_OF_MEASURES = {
    "adaptive_near_share": "it belongs in the case, as near_share of the measure",
    "lamp_spacing": "it belongs in the case, as spacing_m of the measure",
    "lamp_power": "it belongs in the case, as lamp_watts of the measure",
    "bus_stop_to_stop_min": "the timetable of the city says so; build it with --gtfs",
}
_OF_CITIES = (
    *("residents_per_km_", "core_km_", "light_imputed_"),
    *("building_levels", "dwelling_", "floor_area_per_job", "gateway_weight_", "lamp_flux", "lamp_height"),
    *("lighting_class_", "residential_share_", "efficacy_", "part_night_off_", "light_neighbour_"),
    *("assumed_", "access_reach_", "audit_", "wayside_"),
    *("lit_prior_", "light_run_length", "light_tagging_selection", "settled_density"),
    *("residents_working_most", "jobs_unfilled_most"),
)
"""Beginnings of the names of the parameters that cities are made with."""
_OF_FITS = ("fit_", "busy_odds_", "park_odds_", "survey_logit_error")
"""Beginnings of the names of what surveys found, which parameters are fitted to."""
_OF_EVALUATIONS = ("count_night_sd", "count_year_sd", "count_model_sd", "survey_design_effect", "count_dark_ratio")
"""Names of what plans of evaluations, calibrations and validations rest on."""
_OF_TABLES = ("survey_speed_",)
"""Beginnings of the names of what the tables of the travel survey are made with."""


def read_values(file: Path | None) -> tuple[tuple[str, float], ...]:
    """Parameters that the user fixes, from a TOML file of ``name = number``, sorted by name.

    ``name = {value = number, sd = number}`` gives two: the second is named ``name.sd``. So does
    ``name = {value = number, low = number, high = number}``, the ends of the central 90 % range of what is drawn.

    Raises
    ------
    InputError
        Naming every key that is no parameter or no number within what is physically possible for it.
    """
    if file is None:
        return ()
    try:
        read = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(
            f"--values {file}: cannot be read ({reason}), expected a TOML file with lines such as light_relief_lx = 2.0"
        ) from None
    evidence = load_evidence()
    read, faults = _by_gender(read)
    for name, value in read.items():
        bare = name.removesuffix(SPREAD).removesuffix(RANGE[0]).removesuffix(RANGE[1]).rpartition(".")[2]
        fault = (_spread_fault if name.endswith(SPREAD) else value_fault)(bare, value, evidence)
        if fault:
            faults.append(f"{name}: {fault}")
    faults = faults or _faults_of_ranges(read, evidence)
    if not faults and (together := fault_together(read)):
        faults.append(together)
    if faults:
        raise InputError(f"--values {file}: cannot be used", faults)
    return tuple(sorted((name, float(value)) for name, value in read.items()))


def fault_together(values: Mapping[str, float]) -> str | None:
    """What is wrong with values that are possible one by one; None if nothing is."""
    evidence = load_evidence()
    begins, complete = (values.get(name, evidence[name].value) for name in ("dark_begins_deg", "dark_complete_deg"))
    if complete < begins:
        return None
    return f"dark_complete_deg: found {complete}, expected less than dark_begins_deg, which is {begins}"


def _by_gender(read: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Tables such as [woman] as names such as ``woman.tunnel``, and what stands in them that may not."""
    flat: dict[str, Any] = {}
    faults = []
    for name, value in read.items():
        gender = GENDER_WORDS.get(name.casefold())
        if not isinstance(value, dict) or name in load_evidence() or "value" in value:
            flat[name] = value
        elif gender is None:
            faults.append(f"[{name}]: found a table of {gender_fault(name)}")
        else:
            others = sorted(set(value) - set(OF_GENDER))
            faults += [f"{name}.{one}: expected one of {', '.join(OF_GENDER)}" for one in others]
            own = {f"{gender}.{one}": number for one, number in value.items() if one in OF_GENDER}
            faults += [f"[{name}]: {one} is given a second time" for one in sorted(set(own) & set(flat))]
            flat |= own
    for name, value in list(flat.items()):
        if isinstance(value, dict) and set(value) == {"value", "sd"}:
            flat[name], flat[name + SPREAD] = value["value"], value["sd"]
        elif isinstance(value, dict) and set(value) == {"value", "low", "high"}:
            flat[name] = value["value"]
            flat |= {name + end: value[end[1:]] for end in RANGE}
    return flat, faults


def _faults_of_ranges(given: Mapping[str, Any], evidence: Mapping[str, Evidence]) -> list[str]:
    """What is wrong with ranges whose numbers are possible one by one."""
    faults = []
    for name in (one.removesuffix(RANGE[0]) for one in given if one.endswith(RANGE[0])):
        low, value, high = given[name + RANGE[0]], given[name], given[name + RANGE[1]]
        if name not in evidence or evidence[name].distribution == "fixed":
            faults.append(f"{name}: found a range, expected a number alone: it is not drawn")
        elif not low < high or not low <= value <= high:
            faults.append(f"{name}: found value {value:g}, low {low:g}, high {high:g}; expected low <= value <= high")
    return faults


def _spread_fault(name: str, value: Any, evidence: Mapping[str, Evidence]) -> str | None:
    if name in evidence and not evidence[name].unit.startswith("log-odds"):
        unit = evidence[name].unit
        return f"found an sd, expected none: only parameters in log-odds can have an sd. The unit of {name} is {unit}."
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return (
        None if number and 0 <= value <= _MOST_SPREAD else f"found {value!r}, expected 0 to {_MOST_SPREAD:g} log-odds"
    )


def value_fault(name: str, value: Any, evidence: Mapping[str, Evidence]) -> str | None:
    """What is wrong with fixing a parameter at a value; None if nothing is."""
    if name not in evidence:
        near = nearest(name, evidence)
        return "no such parameter; " + (f"did you mean {near}?" if near else "`afterdark evidence` lists them")
    row = evidence[name]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return (
            f"found {value!r}, expected a number ({row.unit}), or one with its spread as "
            "{value = 0.5, sd = 0.2} (log-odds) or {value = 0.5, low = 0.3, high = 0.7}"
        )
    low, high, words = _possible(row)
    if not low <= value <= high:  # nor is nan
        return f"found {value}, expected {words} ({row.unit})"
    return _elsewhere(name)


def _possible(row: Evidence) -> tuple[float, float, str]:
    """Least and greatest value that a parameter may be fixed at, and both in words: generous, but never absurd."""
    if row.low < 0 and row.unit.startswith("share"):
        return -1.0, 1.0, "a share from -1 to 1"
    if row.unit.startswith("share"):
        low, high = row.low / 20, min(20 * row.high, 1.0 - (1.0 - row.high) / 20)
        return low, high, f"a share from {low:g} to {high:g}"
    if row.unit == "deg":
        return -18.0, 18.0, "a height of the sun from -18 to 18"
    if row.low == 0 and not row.unit.startswith("log"):
        return 0.0, 20 * row.high, f"a number from 0 to {20 * row.high:g}"
    if row.low <= 0:  # log-odds
        return -10.0, 10.0, "a number from -10 to 10"
    high = 10.0 if row.unit.startswith("log") else 20 * row.high
    return row.low / 20, high, f"a number above 0, from {row.low / 20:g} to {high:g}"


def _elsewhere(name: str) -> str | None:
    """Where a parameter belongs that a run does not read; None if it does."""
    if name in _OF_MEASURES:
        return f"found a value here, expected none: {_OF_MEASURES[name]}"
    if name.startswith(_OF_CITIES):
        return "found a value here, expected none: it is used when a city is made, and is in the city file by now"
    if name.startswith(_OF_FITS):
        return "found a value here, expected none: surveys found it, and others are fitted to it, as feel_park"
    if name in _OF_EVALUATIONS:
        return "found a value here, expected none: only `afterdark evaluate`, `calibrate` and `validate` read it"
    if name.startswith(_OF_TABLES):
        return "found a value here, expected none: it made the table of distances; set survey_distance_factor"
    return None
