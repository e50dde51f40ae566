"""What a unit of a gain is worth, as a user says with a source: nothing here has a price by itself.

A file of unit values is TOML:

    incidents = "evidence"        # costs to society of incidents, from the evidence; only if asked for

    [appraisal]
    years = 20                    # else the longest lifetime
    built = [0.5, 0.5]            # share of the capital built at the beginning of each of the first years

    [such_days]                   # how many days of a year are like the one that is simulated, and the case acts on
    all = 104
    light-the-park-paths = 250

    [feels_safe_minute]
    value = 0.05
    currency = "EUR"
    source = "who says so"

    [fear_minute]                 # of companions' time and detours on foot: told apart, not part of a net value
    value = 0.2
    currency = "EUR"
    source = "who says so"

    [incident.robbery]
    value = 14000.0
    currency = "EUR"
    source = "who says so"
"""

import math
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from analysis.cost.cash_flow import Appraisal
from simulator.errors import InputError
from simulator.foundation.categories import INCIDENTS
from simulator.foundation.spelling import nearest

VALUED = {
    "feels_safe_minute": "safe_minutes",
    "trip_won_back": "trips_won_back",
    "resident_newly_safe": "residents_newly_safe",
}
"""Tables of a file of unit values, and which of `analysis.cost.gains.GAINS` each one values; a resident by the year."""
INCIDENT, EVIDENCE, DAYS, APPRAISAL = "incident", "incidents", "such_days", "appraisal"
FEAR = "fear_minute"
"""A minute of company or of a detour on foot: told beside the groups, and never part of a net value, since minutes that
feel safe are valued there."""
FIELDS = ("value", "currency", "source")
MOST_YEARS = 200
"""As long as the longest lifetime that a case may give."""
MOST_DAYS = 366
_KNOWN = (*VALUED, FEAR, INCIDENT, EVIDENCE, DAYS, APPRAISAL)


def read_unit_values(file: Path) -> dict[str, Any]:
    """Read and check a file of unit values; plain values for `Basis.given`.

    Raises
    ------
    InputError
        Naming every fault.
    """
    try:
        read = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(
            f"--unit-values {file}: cannot be read ({reason}), expected a TOML file with tables such as "
            '[feels_safe_minute] of value = 0.05, currency = "EUR", source = "..."'
        ) from None
    faults = [fault for key, content in read.items() for fault in _faults(key, content)]
    if not faults and not (set(read) & set(_KNOWN)):
        faults = [f"found no table, expected one of {', '.join(_KNOWN)}"]
    if faults:
        raise InputError(f"--unit-values {file}: cannot be used", faults)
    return read


def check_against(values: Mapping[str, Any], cases: Iterable[str], currencies: Iterable[str]) -> None:
    """Refuse unit values that do not fit a comparison.

    Parameters
    ----------
    values
        As `read_unit_values` gives them.
    cases
        Names of the cases that are compared.
    currencies
        Those of their costs.

    Raises
    ------
    InputError
        If days are given for another case, or a value in another currency than the costs.
    """
    known, paid_in = list(cases), set(currencies)
    faults = [
        f"[{DAYS}] {name}: no such case here{_meant(name, [*known, 'all'])}; expected all, or one of {', '.join(known)}"
        for name in values.get(DAYS, {})
        if name not in known and name != "all"
    ]
    if len(paid_in) == 1:
        (currency,) = paid_in
        faults += [
            f"[{name}] currency: found {one['currency']!r}, expected {currency!r}, in which the costs are; convert it, "
            "at the prices of one year"
            for name, one in priced(values).items()
            if one["currency"] != currency
        ]
    if faults:
        raise InputError("--unit-values: these do not fit the cases", faults)


def priced(values: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Every table with a value by its name, `incident.KIND` for incidents."""
    found = {name: values[name] for name in VALUED if name in values}
    return found | {f"{INCIDENT}.{kind}": one for kind, one in values.get(INCIDENT, {}).items()}


def appraisal_of(values: Mapping[str, Any], longest_life: int) -> Appraisal:
    """The years that costs are laid over: those given, else the longest lifetime or as many as are built in."""
    given = values.get(APPRAISAL, {})
    built = tuple(float(share) for share in given.get("built", (1.0,)))
    return Appraisal(int(given.get("years", max(longest_life, len(built)))), built)


def such_days(values: Mapping[str, Any], case: str) -> float | None:
    """How many days of a year are like the one that is simulated, if the user says it."""
    given = values.get(DAYS, {})
    days = given.get(case, given.get("all"))
    return None if days is None else float(days)


def _meant(word: str, known: Iterable[str]) -> str:
    near = nearest(word, known)
    return f"; did you mean {near}?" if near else ""


def _faults(key: str, content: Any) -> Iterator[str]:
    if key not in _KNOWN:
        yield f"{key}: no such key{_meant(key, _KNOWN)}; expected one of {', '.join(_KNOWN)}"
    elif key == EVIDENCE:
        if content != "evidence":
            yield f'{EVIDENCE}: found {content!r}, expected "evidence", or no such line'
    elif not isinstance(content, dict):
        yield f"{key}: found {content!r}, expected a table [{key}]"
    elif key in _FAULTS_OF:
        yield from _FAULTS_OF[key](content)
    else:
        yield from _value_faults(key, content)


def _days_faults(content: Mapping[str, Any]) -> Iterator[str]:
    for name, days in content.items():
        if not _is_number(days) or not 0 < days <= MOST_DAYS:
            yield f"[{DAYS}] {name}: found {days!r}, expected days of a year above 0, to {MOST_DAYS}"


def _incident_faults(content: Mapping[str, Any]) -> Iterator[str]:
    for kind, one in content.items():
        if kind not in INCIDENTS:
            yield f"[{INCIDENT}.{kind}]: no such incident{_meant(kind, INCIDENTS)}; expected {', '.join(INCIDENTS)}"
        elif not isinstance(one, dict):
            yield f"{INCIDENT}.{kind}: found {one!r}, expected a table [{INCIDENT}.{kind}]"
        else:
            yield from _value_faults(f"{INCIDENT}.{kind}", one)


def _value_faults(name: str, one: Mapping[str, Any]) -> Iterator[str]:
    for key in one:
        if key not in FIELDS:
            yield f"[{name}] {key}: no such key{_meant(key, FIELDS)}; expected {', '.join(FIELDS)}"
    value: Any = one.get("value")
    if not _is_number(value) or value < 0.0:
        yield f"[{name}] value: found {value!r}, expected a number, zero or more, in money for one"
    for key, example in (("currency", "EUR"), ("source", "who says so, and for which place and year")):
        if not isinstance(one.get(key), str) or not str(one.get(key)).strip():
            yield f'[{name}] {key}: found {one.get(key)!r}, expected one such as "{example}"'


def _appraisal_faults(one: Mapping[str, Any]) -> Iterator[str]:
    for key in one:
        if key not in ("years", "built"):
            yield f"[{APPRAISAL}] {key}: no such key{_meant(key, ('years', 'built'))}; expected years, built"
    years, built = one.get("years", MOST_YEARS), one.get("built", [1.0])
    whole = isinstance(years, int) and not isinstance(years, bool) and 1 <= years <= MOST_YEARS
    if not whole:
        yield f"[{APPRAISAL}] years: found {years!r}, expected a whole number from 1 to {MOST_YEARS}"
    shares = isinstance(built, list) and built and all(_is_number(share) and share >= 0.0 for share in built)
    if not shares or abs(sum(built) - 1.0) > 1e-6:
        yield f"[{APPRAISAL}] built: found {built!r}, expected shares of the capital that add up to 1, a year each"
    elif len(built) > MOST_YEARS or (whole and len(built) > years):
        yield f"[{APPRAISAL}] built: found {len(built)} years, expected no more than the years looked at"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


_FAULTS_OF: Mapping[str, Callable[[Mapping[str, Any]], Iterator[str]]] = {
    APPRAISAL: _appraisal_faults,
    DAYS: _days_faults,
    INCIDENT: _incident_faults,
}
