"""How surely each scenario is better, what decides it, and what knowing more would be worth: one table, long.

Every row of answers (an indicator, for women, men or everybody) has its quantities below each other; see `QUANTITIES`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.comparison.chances import chance_above, mean_with_error
from analysis.comparison.influence import Named, draws_to_see, smallest_share_seen, varying_parameters, what_decides
from analysis.comparison.information import MANY_DRAWS, share_explained, value_of_everything, value_of_one
from analysis.comparison.intervals import FEWEST_DRAWS
from analysis.comparison.sums import (
    Tallies,
    cells_of_everybody,
    check_pairing,
    in_order_of_draw,
    pair_in_cells,
    tally_runs,
)
from analysis.indicators import cells
from analysis.indicators.catalogue import INDICATORS
from simulator.results.schema import RunTables

Array = np.ndarray[Any, np.dtype[np.float64]]

WHO = ("woman", "man", "all")
QUANTITIES = {
    "draws": "draws in which the answer is defined",
    "draws_better": "of them, those in which it is better",
    "chance_better": "chance that it is better, with its Monte Carlo error",
    "chance_materially_better": "chance that it is better by more than the margin, with its Monte Carlo error",
    "expected_gain": "mean gain, above zero if it is better, with its Monte Carlo error",
    "value_of_everything": "what knowing everything before choosing between it and nothing would be worth (EVPI)",
    "value_of_everything_in_choice": "the same for choosing among all scenarios and nothing",
    "candidates": "uncertain numbers that were read and that differ between draws",
    "smallest_share_seen": "share of the variance that one number must explain to be named four times in five",
    "draws_to_see_half": "draws with which a number that explains half of the variance is named four times in five",
    "decides": "a number that decides: partial rank correlation with the gain, and familywise p",
    "share_explained": "share of the variance that it explains by itself (64 draws and more)",
    "value_of_one": "what knowing it alone before choosing would be worth (EVPPI)",
}
"""Quantities with their meanings; those about a number come once for each number that is named, most first."""
COLUMNS = (
    *("indicator", "gender", "period", "unit", "quantity", "parameter", "estimate", "error", "low", "high", "p"),
)
_NAN = float("nan")


class _Answer(NamedTuple):
    """One row of answers: what it is, its gain by draw (R,), and its margin, all in the indicator's unit."""

    labels: dict[str, Any]
    gain: Array
    margin: float

    @property
    def key(self) -> tuple[str, str]:
        return self.labels["indicator"], self.labels["gender"]

    @property
    def is_whole(self) -> bool:
        """Whether it is defined in every draw: only then can it be held against what was drawn."""
        return bool(np.isfinite(self.gain).all())


def decide(
    baseline: Sequence[RunTables],
    scenarios: Mapping[str, Sequence[RunTables]],
    comparison: pd.DataFrame,
    headlines: Mapping[str, Sequence[str]],
    *,
    tallies: Tallies | None = None,
) -> dict[str, pd.DataFrame]:
    """The table (`COLUMNS`) of every scenario that has headlines; without rows below three draws.

    Parameters
    ----------
    baseline, scenarios, comparison
        Runs and what `compare_runs` gives of them: answers that it does not tell, for too few people, have no rows.
    headlines
        Indicators by the name of a scenario; after dark, or over the whole day where no hour is dark.
    tallies
        The same runs added up, if they are at hand.

    Raises
    ------
    ResultsError
        If the runs cannot be paired.
    """
    check_pairing(baseline, scenarios)
    empty = pd.DataFrame(columns=list(COLUMNS))
    if len(baseline) < FEWEST_DRAWS:
        return dict.fromkeys(headlines, empty)
    base, others = tallies or tally_runs(baseline, scenarios)
    dark_hours = baseline[0].manifest["dark_hours"]
    answers = {
        name: _answers((base, others[name]), dark_hours, comparison[comparison["scenario"] == name], indicators)
        for name, indicators in headlines.items()
    }
    seed = int(baseline[0].manifest["seed"])
    together = _choices(answers, seed)
    tables = {}
    for name, own in answers.items():
        rows = list(_rows(own, in_order_of_draw(scenarios[name]), together, seed))
        tables[name] = pd.DataFrame(rows, columns=list(COLUMNS)) if rows else empty
    return tables


def _answers(
    both: tuple[Sequence[cells.Tally], Sequence[cells.Tally]],
    dark_hours: Sequence[bool],
    comparison: pd.DataFrame,
    indicators: Sequence[str],
) -> list[_Answer]:
    period = "dark" if any(dark_hours) else cells.ALL
    chosen = cells_of_everybody([*both[0], *both[1]], dark_hours, period)
    paired = pair_in_cells(indicators, *both, chosen)
    at = {cell.gender: row for row, cell in enumerate(chosen)}
    found = []
    for indicator in indicators:
        one = INDICATORS[indicator]
        for gender in WHO:
            told = comparison
            for name, label in cells.labels(chosen[at[gender]]).items() if gender in at else ():
                told = told[told[name] == label]
            told = told[told["indicator"] == indicator]
            if gender not in at or told.empty:
                continue
            gain = one.better * paired[indicator].difference[at[gender]]
            if np.isfinite(gain).sum() < FEWEST_DRAWS:
                continue
            labels = {"indicator": indicator, "gender": gender, "period": period, "unit": str(told["unit"].iloc[0])}
            found.append(_Answer(labels, gain, one.margin_at(float(told["baseline"].iloc[0]))))
    return found


def _choices(answers: Mapping[str, Sequence[_Answer]], seed: int) -> dict[tuple[str, str], tuple[float, float, float]]:
    """What knowing everything is worth for the choice among all scenarios, for answers that all of them have."""
    by_key: dict[tuple[str, str], list[Array]] = {}
    for own in answers.values():
        for one in own:
            if one.is_whole:
                by_key.setdefault(one.key, []).append(one.gain)
    return {
        key: value_of_everything(np.array(gains), seed=seed)
        for key, gains in by_key.items()
        if len(gains) == len(answers) > 1
    }


def _rows(
    answers: Sequence[_Answer],
    runs: Sequence[RunTables],
    together: Mapping[tuple[str, str], tuple[float, float, float]],
    seed: int,
) -> Iterator[dict[str, Any]]:
    names, values = varying_parameters(runs)
    whole = [one for one in answers if one.is_whole]
    decides = what_decides(values, np.array([one.gain for one in whole]).reshape(len(whole), len(runs)), seed=seed)
    named = {one.key: found for one, found in zip(whole, decides, strict=True)}
    for one in answers:
        yield from (one.labels | row for row in _of_chance(one, seed))
        if one.key in together:
            yield one.labels | _row("value_of_everything_in_choice", *_spread(together[one.key]))
        if names and one.is_whole:
            yield one.labels | _row("candidates", len(names))
            yield one.labels | _row("smallest_share_seen", smallest_share_seen(len(runs), len(names)))
            yield one.labels | _row("draws_to_see_half", draws_to_see(0.5, len(names)))
        for found in named.get(one.key, ()):
            told = {"parameter": names[found.at]}
            yield from (one.labels | row | told for row in _of_number(found, values[:, found.at], one.gain, seed))


def _of_chance(one: _Answer, seed: int) -> Iterator[dict[str, Any]]:
    gain = one.gain[np.isfinite(one.gain)]
    yield _row("draws", gain.size)
    yield _row("draws_better", int((gain > 0.0).sum()))
    yield _row("chance_better", *chance_above(gain))
    yield _row("chance_materially_better", *chance_above(gain, one.margin))
    yield _row("expected_gain", *mean_with_error(gain))
    yield _row("value_of_everything", *_spread(value_of_everything(gain[None], seed=seed)))


def _of_number(found: Named, values: Array, gain: Array, seed: int) -> Iterator[dict[str, Any]]:
    yield _row("decides", found.correlation) | {"p": found.p}
    if gain.size >= MANY_DRAWS:
        yield _row("share_explained", *_spread(share_explained(values, gain, seed=seed)))
    yield _row("value_of_one", *_spread(value_of_one(values, gain, seed=seed)))


def _spread(estimate: tuple[float, float, float]) -> tuple[float, float, float, float]:
    return estimate[0], _NAN, *estimate[1:]


def _row(quantity: str, estimate: float, error: float = _NAN, low: float = _NAN, high: float = _NAN) -> dict[str, Any]:
    return {
        "quantity": quantity,
        "parameter": "",
        "estimate": float(estimate),
        "error": error,
        "low": low,
        "high": high,
        "p": _NAN,
    }
