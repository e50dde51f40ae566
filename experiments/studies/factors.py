"""What a design varies: each lever and uncertainty as a way from a number between 0 and 1 to a value."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from experiments.studies import cases
from experiments.studies.study import Lever, Study, Uncertainty
from scenarios import Scenario
from simulator.evidence.borrowed import widened
from simulator.evidence.parameters import fitted_ensemble, load_evidence, nominal

_ENDS = (0.05, 0.95)
"""Quantiles of the ends of the evidence's ranges, at which designs with few values a factor stop."""
_OUTERMOST = 0.001
"""Least quantile of a distribution that a design takes: many of them have no end."""


@dataclasses.dataclass(frozen=True)
class Factor:
    """A lever or an uncertainty: values to choose from, or a range.

    Parameters
    ----------
    name, column
        As the study calls it, and its column in tables.
    source
        The lever or uncertainty.
    choices
        Values to choose from; empty for a range.
    low, high
        Ends of the range; of a parameter as the evidence has it they are not used.
    whole
        Whether only whole numbers are taken.
    country
        ISO 3166 code of the city's country: figures of others are drawn wider.
    """

    name: str
    column: str
    source: Lever | Uncertainty
    choices: tuple[Any, ...] = ()
    low: float = 0.0
    high: float = 0.0
    whole: bool = False
    country: str = ""

    @property
    def as_evidence_has_it(self) -> bool:
        """Whether its range is that of the evidence."""
        return not self.choices and self.low == self.high

    def at(self, unit: float) -> Any:
        """The value at a number from 0 to 1."""
        if self.choices:
            return self.choices[min(int(unit * len(self.choices)), len(self.choices) - 1)]
        if self.as_evidence_has_it:
            return self._drawn(min(max(unit, _OUTERMOST), 1.0 - _OUTERMOST))
        if self.whole:
            return min(int(self.low + unit * (self.high - self.low + 1)), int(self.high))
        return float(self.low + unit * (self.high - self.low))

    def _drawn(self, quantile: float) -> float:
        row = load_evidence()[self.name]
        fitted = fitted_ensemble().get(self.name)
        if fitted is not None:
            return float(np.quantile(fitted, quantile))
        value = row.at(quantile)
        if row.elsewhere(self.country):
            return widened(value, quantile, factor=nominal("transfer_ratio"), unit=row.unit)
        return value

    def within_range(self, unit: float) -> float:
        """A number from 0 to 1 moved to where a range of the evidence has its ends at 0 and 1."""
        return _ENDS[0] + unit * (_ENDS[1] - _ENDS[0]) if self.as_evidence_has_it else unit

    def middle(self) -> Any:
        """The value from which one at a time is moved: the first choice, or the middle."""
        return self.choices[0] if self.choices else self.at(0.5)

    def steps(self, levels: int) -> list[Any]:
        """All choices, or so many values from one end of the range to the other."""
        if self.choices:
            return list(self.choices)
        if self.whole:
            spread = np.linspace(self.low, self.high, levels)
            return list(dict.fromkeys(round(float(value)) for value in spread))
        return [self.at(self.within_range(place / (levels - 1))) for place in range(levels)]


def factors_of(study: Study, country: str) -> tuple[Factor, ...]:
    """All factors of a study, levers first, in the order of its file."""
    loaded = cases.cases_of(study)
    levers = [_of_lever(one, loaded) for one in study.levers]
    return (*levers, *(_of_uncertainty(one, country) for one in study.uncertainties))


def _of_lever(lever: Lever, loaded: Mapping[str, Scenario]) -> Factor:
    if lever.values:
        return Factor(lever.name, f"lever_{lever.name}", lever, choices=lever.values)
    assert lever.low is not None
    assert lever.high is not None
    whole = any(cases.is_whole(measure, lever.field) for measure in cases.moved_by(lever, loaded))
    return Factor(lever.name, f"lever_{lever.name}", lever, low=lever.low, high=lever.high, whole=whole)


def _of_uncertainty(one: Uncertainty, country: str) -> Factor:
    column = f"uncertain_{one.name}"
    if one.values:
        return Factor(one.name, column, one, choices=tuple(map(float, one.values)))
    if one.low is not None and one.high is not None:
        return Factor(one.name, column, one, low=one.low, high=one.high)
    return Factor(one.name, column, one, country=country)


def split(factors: Sequence[Factor], values: Sequence[Any]) -> tuple[dict[Lever, Any], dict[str, float]]:
    """The values of a point by lever, and by parameter."""
    levers, parameters = {}, {}
    for factor, value in zip(factors, values, strict=True):
        if isinstance(factor.source, Lever):
            levers[factor.source] = value
        else:
            parameters[factor.name] = float(value)
    return levers, parameters
