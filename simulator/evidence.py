"""Parameters: every default number with a meaning, from one file, with range, unit, grade and source.

`nominal` gives the central value, `draw_parameters` a joint draw of all of them for one replication. Parameters that
were fitted (`fitted_ensemble`) are drawn together from what the fit left of their ranges; their rows are the priors.
"""

import csv
import dataclasses
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import ndtri

from simulator import draws
from simulator.errors import InputError
from simulator.profiles import load_table
from simulator.results import GENDERS

EVIDENCE_FILE = Path(__file__).with_name("evidence.csv")
GRADES = ("measured", "review", "single study", "recalled", "weak", "assumption")
"""From the surest to the least sure."""
OF_GENDER = (
    *("nobody_in_view", "open_frontage", "overlooking_homes", "tunnel", "drinking_crowd", "visibility_audited"),
    *("condition_audited", "guardian_host", "guardian_staff", "guardian_patrol"),
)
"""Parameters that may be given for each gender apart, by names such as ``woman.tunnel``."""
SPREAD = ".sd"
"""Ending of the name under which a given value's standard deviation is given."""
_Z90 = 1.6448536269514722  # standard normal quantile at 0.95: low and high are the ends of a central 90 % range


@dataclasses.dataclass(frozen=True)
class Evidence:
    """One parameter: central value, central 90 % range (for `uniform` the ends), and where it comes from."""

    name: str
    value: float
    low: float
    high: float
    distribution: str
    unit: str
    grade: str
    applies_to: str
    source: str
    note: str

    def at(self, quantile: float) -> float:
        """The parameter's value at a quantile of its distribution (0 to 1)."""
        if self.distribution == "fixed":
            return self.value
        if self.distribution == "uniform":
            return self.low + quantile * (self.high - self.low)
        z = float(ndtri(quantile))
        if self.distribution == "lognormal":
            centre, spread = np.log(self.low * self.high) / 2, np.log(self.high / self.low) / (2 * _Z90)
            return float(np.exp(centre + z * spread))
        centre, spread = (self.low + self.high) / 2, (self.high - self.low) / (2 * _Z90)
        drawn = float(centre + z * spread)
        return max(drawn, 0.0) if self.low >= 0 else drawn


@cache
def load_evidence(path: Path = EVIDENCE_FILE) -> dict[str, Evidence]:
    """Read the evidence file.

    Raises
    ------
    InputError
        Listing every row that cannot be used.
    """
    rows: dict[str, Evidence] = {}
    faults = []
    with path.open(newline="", encoding="utf-8") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            try:
                value, low, high = (float(row.pop(key)) for key in ("value", "low", "high"))
                entry = Evidence(value=value, low=low, high=high, **row)
            except (ValueError, TypeError, KeyError) as error:
                faults.append(f"line {number}: {error}")
                continue
            faults.extend(f"line {number}: {fault}" for fault in _faults(entry, rows))
            rows[entry.name] = entry
    if faults:
        raise InputError(f"{path.name} cannot be used", faults)
    return rows


def _faults(entry: Evidence, seen: Mapping[str, Evidence]) -> list[str]:
    faults = []
    if entry.name in seen:
        faults.append(f"{entry.name} stands twice")
    if entry.grade not in GRADES:
        faults.append(f"{entry.name}: grade {entry.grade!r}, expected one of {', '.join(GRADES)}")
    if entry.distribution not in ("fixed", "uniform", "normal", "lognormal"):
        faults.append(f"{entry.name}: distribution {entry.distribution!r} is not known")
    if not entry.low <= entry.value <= entry.high:
        faults.append(f"{entry.name}: value {entry.value} lies outside {entry.low} to {entry.high}")
    if entry.distribution == "lognormal" and entry.low <= 0:
        faults.append(f"{entry.name}: a lognormal range must be above 0, found {entry.low}")
    return faults


def nominal(name: str) -> float:
    """The central value of a parameter."""
    return load_evidence()[name].value


class Parameters:
    """The values of all parameters in one draw, by attribute or name: ``parameters.light_relief_lx``.

    `seed` is what the run hashes its luck from: each draw has people and days of its own, which its baseline and
    scenarios share, so that what is left of chance in few agents averages out over draws and widens the interval.
    """

    def __init__(self, values: Mapping[str, float], *, seed: int, draw: int) -> None:
        self._values = dict(values)
        self.seed = seed
        self.draw = draw

    def __getattr__(self, name: str) -> float:
        """Look a parameter up by attribute."""
        try:
            return self.__dict__["_values"][name]
        except KeyError:
            raise AttributeError(f"no parameter {name!r} in the evidence file") from None

    def __getitem__(self, name: str) -> float:
        """Look a parameter up by name."""
        return self._values[name]

    def by_gender(self, name: str) -> "np.ndarray[Any, Any]":
        """A parameter for each gender (float64 (3,)): its own where one was given, as ``woman.open_frontage``."""
        return np.array([self._values.get(f"{gender}.{name}", self[name]) for gender in GENDERS])

    def as_dict(self) -> dict[str, float]:
        """All names and values."""
        return dict(self._values)


def _is_of_gender(name: str) -> bool:
    gender, _, parameter = name.partition(".")
    return gender in GENDERS and parameter in OF_GENDER


@cache
def fitted_ensemble() -> dict[str, np.ndarray[Any, Any]]:
    """Joint draws (float64 (M,) each) of the fitted parameters, as `afterdark calibrate perception` left them."""
    table = load_table("perception_ensemble")
    return {name: column for name, column in table.items() if name in load_evidence()}


def draw_parameters(seed: int, draw: int, overrides: Mapping[str, float] | None = None) -> Parameters:
    """Draw every parameter from its distribution; `draw` < 0 gives the central values.

    Each parameter has a stream of its own, so a new parameter moves no other. Fitted parameters come together, as one
    member of their ensemble. `overrides` fixes some of them, those of `OF_GENDER` also for one gender alone; a name
    that ends in `SPREAD` gives a standard deviation, by which draws vary about the value.
    """
    values = {}
    for name, entry in load_evidence().items():
        quantile = float(draws.uniform(seed, f"parameter/{name}", draw))
        values[name] = entry.value if draw < 0 else entry.at(quantile)
    for name, members in fitted_ensemble().items():
        member = int(draws.uniform(seed, "fitted perception", draw) * members.size)
        values[name] = float(members.mean()) if draw < 0 else float(members[member])
    given = dict(overrides or {})
    spreads = {name.removesuffix(SPREAD): given.pop(name) for name in list(given) if name.endswith(SPREAD)}
    unknown = sorted(name for name in {*given, *spreads} if name not in values and not _is_of_gender(name))
    if unknown:
        raise InputError(f"no such parameter: {', '.join(unknown)}; see `afterdark evidence`")
    for name, spread in spreads.items():
        if draw >= 0:
            given[name] += spread * float(ndtri(draws.uniform(seed, f"parameter/{name}", draw)))
    values.update(given)
    return Parameters(values, seed=seed if draw < 0 else int(draws.bits(seed, "draw", draw)) >> 1, draw=draw)
