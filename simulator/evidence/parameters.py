"""Parameters: every default number with a meaning, from one file, with range, unit, grade and source.

`nominal` gives the central value, `draw_parameters` a joint draw of all of them for one replication. Parameters that
were fitted (`fitted_ensemble`) are drawn together from what the fit left of their ranges; their rows are the priors.
"""

import csv
import dataclasses
import functools
import math
import sys
from collections.abc import Callable, Hashable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import numpy as np
from scipy.special import ndtri

from simulator.errors import InputError
from simulator.evidence.borrowed import Z90, is_borrowed, origin, widened
from simulator.evidence.profiles import load_table
from simulator.evidence.strata import quantile, quantiles
from simulator.foundation import draws
from simulator.foundation.categories import GENDERS

P = ParamSpec("P")
T = TypeVar("T")
EVIDENCE_FILE = Path(__file__).with_name("evidence.csv")
GRADES = ("measured", "review", "single study", "recalled", "weak", "assumption")
"""From the surest to the least sure."""
OF_GENDER = (
    *("nobody_in_view", "open_frontage", "overlooking_homes", "tunnel", "drinking_crowd", "visibility_audited"),
    *("condition_audited", "guardian_host", "guardian_staff", "guardian_patrol"),
)
"""Parameters that may be given for each gender apart, by names such as ``woman.tunnel``."""
_RECORDED = ("simulator.",)
"""Beginnings of the names of modules whose reads are recorded: those of the model."""
FITTED = "fitted perception"
"""Stream of the members of the fitted ensemble, which are drawn whole."""
SPREAD = ".sd"
"""Ending of the name under which a given value's standard deviation is given."""
RANGE = (".low", ".high")
"""Endings of the names under which the ends of a given value's own range are given."""
_FEELINGS = ("dark_odds_", "feel_", "survey_", "park_odds_", "busy_odds_")
"""Beginnings of the names of what surveys of feelings found: elsewhere `feel_transfer_sd` widens what they say."""
_HALF_NORMAL = math.sqrt(2.0 / math.pi)  # mean of the absolute value of a standard normal


DISTRIBUTIONS = ("fixed", "uniform", "normal", "lognormal", "split uniform", "split normal", "split lognormal")
"""Half of all draws lie below a parameter's central value and half above; the two halves of a split one differ."""
_MIDDLE_SHARE = 0.01  # a value this near the middle, in shares of the range, is the middle but for rounding


@dataclasses.dataclass(frozen=True)
class Evidence:
    """One parameter: central value, central 90 % range (for `uniform` the ends), and where it comes from.

    The central value is the median of what is drawn, whatever the distribution: a run at central values stands in
    the middle of the draws, and is never off it because a range is lopsided.
    """

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
    acts_in: str = ""
    """Modules that read it, with spaces between; a test holds it against the source and against runs."""

    def at(self, quantile: float) -> float:
        """The parameter's value at a quantile of its distribution (0 to 1): its central value at 0.5.

        Each half has the spread that puts 5 and 95 % of draws at the ends of the range (0 and 100 % if uniform).
        """
        if self.distribution == "fixed":
            return self.value
        above = quantile > 0.5
        end = self.high if above else self.low
        if self.distribution.endswith("uniform"):
            return self.value + abs(2.0 * quantile - 1.0) * (end - self.value)
        ends_away = abs(float(ndtri(quantile))) / Z90  # how far off the middle, in distances of that end
        if self.distribution.endswith("lognormal"):
            return float(self.value * (end / self.value) ** ends_away)
        drawn = self.value + ends_away * (end - self.value)
        return max(drawn, 0.0) if self.low >= 0 else drawn

    def elsewhere(self, country: str) -> bool:
        """Whether this is a figure of other countries than this one (ISO 3166), and so is drawn wider there."""
        drawn = self.distribution != "fixed" and not self.name.startswith(_FEELINGS)
        return drawn and is_borrowed(self.applies_to, self.unit, country)

    def range_in(self, country: str) -> tuple[float, float]:
        """The central 90 % range as it is drawn in a city of a country (ISO 3166)."""
        if not self.elsewhere(country):
            return self.low, self.high
        factor = nominal("transfer_ratio")
        low, high = (
            widened(end, quantile, factor=factor, unit=self.unit)
            for end, quantile in ((self.low, 0.05), (self.high, 0.95))
        )
        return low, high

    def moments(self) -> tuple[float, float]:
        """Mean and standard deviation of a distribution that is no lognormal."""
        mean, square = _HALF_NORMAL / Z90, Z90**-2  # of the way from the middle towards an end
        if self.distribution.endswith("uniform"):
            mean, square = 1 / 2, 1 / 3
        below, above = self.low - self.value, self.high - self.value
        shift = mean * (below + above) / 2.0
        return self.value + shift, math.sqrt(square * (below**2 + above**2) / 2.0 - shift**2)

    def middle(self) -> float:
        """The middle of the range, on the scale of the distribution."""
        if self.distribution.endswith("lognormal"):
            return math.sqrt(self.low * self.high)
        return (self.low + self.high) / 2.0


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
    if entry.distribution not in DISTRIBUTIONS:
        faults.append(f"{entry.name}: distribution {entry.distribution!r}, expected one of {', '.join(DISTRIBUTIONS)}")
    if not entry.low <= entry.value <= entry.high:
        faults.append(f"{entry.name}: value {entry.value} lies outside {entry.low} to {entry.high}")
    if entry.distribution.endswith("lognormal") and entry.low <= 0:
        faults.append(f"{entry.name}: a lognormal range must be above 0, found {entry.low}")
    elif entry.distribution in ("uniform", "normal", "lognormal") and not _in_the_middle(entry):
        faults.append(
            f"{entry.name}: value {entry.value:g} is not the middle of its range, {entry.middle():.4g}: expected that "
            f"value, or the distribution split {entry.distribution}, whose halves differ"
        )
    return faults


def _in_the_middle(entry: Evidence) -> bool:
    """Whether the value is the middle of the range but for rounding."""
    low, value, high, middle = entry.low, entry.value, entry.high, entry.middle()
    if entry.distribution == "lognormal":
        low, value, high, middle = (math.log(one) for one in (low, value, high, middle))
    return abs(value - middle) <= _MIDDLE_SHARE * (high - low)


def nominal(name: str) -> float:
    """The central value of a parameter."""
    return load_evidence()[name].value


def borrowed_figures(country: str) -> dict[str, str]:
    """Names of the figures that are drawn wider in a city of a country, each with where it is from."""
    return {row.name: origin(row.applies_to) for row in load_evidence().values() if row.elsewhere(country)}


class Parameters:
    """The values of all parameters in one draw, by attribute or name: ``parameters.light_relief_lx``.

    `seed` is what the run hashes its random numbers from: each draw has people and days of its own, which its baseline
    and scenarios share, so that what is left of chance in few agents averages out over draws and widens the interval.
    """

    def __init__(self, values: Mapping[str, float], *, seed: int, draw: int) -> None:
        self._values = dict(values)
        self._read: dict[str, set[str]] = {}
        self._kept: dict[Hashable, tuple[Any, dict[str, set[str]]]] = {}
        self.seed = seed
        self.draw = draw

    def __getattr__(self, name: str) -> float:
        """Look a parameter up by attribute."""
        try:
            value: float = self.__dict__["_values"][name]
        except KeyError:
            raise AttributeError(f"no parameter {name!r} in the evidence file") from None
        self._record(name)
        return value

    def __getitem__(self, name: str) -> float:
        """Look a parameter up by name."""
        self._record(name)
        return self._values[name]

    def by_gender(self, name: str) -> "np.ndarray[Any, Any]":
        """A parameter for each gender (float64 (3,)): its own where one was given, as ``woman.open_frontage``."""
        self._record(name)
        common = self._values[name]
        return np.array([self._values.get(f"{gender}.{name}", common) for gender in GENDERS])

    def _record(self, name: str) -> None:
        """Note which module reads a parameter; called by the methods that modules read with, and by nothing else."""
        module = sys._getframe(2).f_globals.get("__name__", "")
        if module.startswith(_RECORDED):
            self._read.setdefault(module, set()).add(name)

    def reads(self) -> dict[str, list[str]]:
        """Names of the parameters that modules have read since the beginning or `forget_reads`, by module, sorted."""
        return {module: sorted(names) for module, names in sorted(self._read.items())}

    def forget_reads(self) -> None:
        """Begin to record anew, so that what is read from here on can be told from what was read before."""
        self._read = {}

    def kept(self, key: Hashable, work: Callable[[], Any]) -> Any:
        """What `work` gave the first time, for `once_a_draw`; whatever it read is noted each time as if read anew."""
        if key not in self._kept:
            outer, self._read = self._read, {}
            try:
                self._kept[key] = (work(), self._read)
            finally:
                self._read = outer
        found, read = self._kept[key]
        for module, names in read.items():
            self._read.setdefault(module, set()).update(names)
        return found

    def as_dict(self) -> dict[str, float]:
        """All names and values."""
        return dict(self._values)


def once_a_draw(function: Callable[Concatenate[Parameters, P], T]) -> Callable[Concatenate[Parameters, P], T]:
    """Keep what a function of a draw's parameters, and of numbers or words, gives; it lives as long as the draw.

    Who asks later has read what the function read, so that an arm's record does not hang on which arm came first.
    """

    @functools.wraps(function)
    def known(parameters: Parameters, /, *args: P.args, **kwargs: P.kwargs) -> T:
        key = (function.__module__, function.__qualname__, args, tuple(sorted(kwargs.items())))
        found: T = parameters.kept(key, lambda: function(parameters, *args, **kwargs))
        return found

    return known


def _is_of_gender(name: str) -> bool:
    gender, _, parameter = name.partition(".")
    return gender in GENDERS and parameter in OF_GENDER


@cache
def fitted_ensemble() -> dict[str, np.ndarray[Any, Any]]:
    """Joint draws (float64 (M,) each) of the fitted parameters, as `afterdark calibrate perception` left them."""
    table = load_table("perception_ensemble")
    return {name: column for name, column in table.items() if name in load_evidence()}


def draw_parameters(
    seed: int, draw: int, overrides: Mapping[str, float] | None = None, *, country: str = ""
) -> Parameters:
    """Draw every parameter from its distribution; `draw` < 0 gives the central values.

    Each parameter has a stream of its own, so a new parameter moves no other; over draws it is spread evenly
    (`simulator.evidence.strata`). Fitted parameters come together, as one
    member of their ensemble. `overrides` fixes some of them, those of `OF_GENDER` also for one gender alone; a name
    that ends in `SPREAD` gives a standard deviation, by which draws vary about the value; names that end as `RANGE`
    give a range of its own, spread as the evidence's is. `country` (ISO 3166) is that
    of the city: figures of other countries are drawn wider (`simulator.evidence.borrowed`).
    """
    evidence = load_evidence()
    if draw < 0:
        values = {name: entry.value for name, entry in evidence.items()}
    else:
        at = dict(zip(evidence, quantiles(seed, tuple(evidence), draw).tolist(), strict=True))
        values = {name: entry.at(at[name]) for name, entry in evidence.items()}
    for name, members in fitted_ensemble().items():
        values[name] = float(members.mean() if draw < 0 else members[int(quantile(seed, FITTED, draw) * members.size)])
    own = dict(overrides or {})
    spreads = {name.removesuffix(SPREAD): own.pop(name) for name in list(own) if name.endswith(SPREAD)}
    ends = {name: own.pop(name) for name in list(own) if name.endswith(RANGE)}
    ranged = {name.rpartition(".")[0] for name in ends}
    unknown = sorted(name for name in {*own, *spreads, *ranged} if name not in values and not _is_of_gender(name))
    if unknown:
        raise InputError(f"no such parameter: {', '.join(unknown)}; see `afterdark evidence`")
    values |= own
    parameters = Parameters(values, seed=seed if draw < 0 else int(draws.bits(seed, "draw", draw)) >> 1, draw=draw)
    if draw < 0:
        return parameters
    for name, spread in spreads.items():
        values[name] += spread * float(ndtri(quantile(seed, name, draw)))
    for name in ranged:
        low, high = (ends[name + end] for end in RANGE)
        values[name] = dataclasses.replace(evidence[name], value=own[name], low=low, high=high).at(at[name])
    for name in set(borrowed_figures(country)) - set(own):
        values[name] = widened(values[name], at[name], factor=parameters.transfer_ratio, unit=evidence[name].unit)
    return Parameters(values, seed=parameters.seed, draw=draw)
