"""The gap between women and men in feeling safe: how much of a gain is due to starting nearer 50 per cent.

The same push on the logit scale moves a share of 50 per cent further than one of 90 per cent. With
L_g = logit(value_g) - logit(baseline_g), women's gain under men's push is

    gain_w* = logistic(logit(baseline_w) + L_m) - baseline_w

and the difference of the gains splits, draw by draw, into

    gain_w - gain_m = (gain_w - gain_w*) + (gain_w* - gain_m)

a part from being moved more (or less) than men, and a part from starting nearer 50 per cent.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.comparison.intervals import ROUNDING, predictive_interval
from analysis.comparison.sums import Tallies, cells_of_everybody, pair_in_cells, tally_runs
from analysis.language import marked, marked_values, spoken, tr
from simulator.results.schema import RunTables

Array = np.ndarray[Any, np.dtype[np.float64]]

QUANTITIES = marked_values(
    {
        "baseline_women": "women, baseline",
        "baseline_men": "men, baseline",
        "gain_women": "women's gain",
        "gain_men": "men's gain",
        "gain_women_with_mens_push": "women's gain, had they been moved as men are (on the logit scale)",
        "difference_of_gains": "women's gain minus men's",
        "from_starting_point": "of which from starting nearer 50 per cent",
        "from_being_moved_more": "of which from being moved more than men",
        "gap_before": "gap before: men minus women",
        "gap_after": "gap after: men minus women",
        "gap_change": "change of the gap (negative: it narrows)",
    }
)
"""Rows of the decomposition, all as shares (0 to 1), with their meaning."""
_UNSURE = marked("which is not distinguishable from zero")
GAP_COLUMNS = ("quantity", "meaning", "estimate", "low", "high")


def decompose_gap(
    baseline: Sequence[RunTables],
    scenario: Sequence[RunTables],
    *,
    indicator: str = "feels_safe_share",
    period: str = "dark",
    tallies: Tallies | None = None,
) -> pd.DataFrame:
    """Split the difference between women's and men's gain into starting point and response.

    Parameters
    ----------
    baseline, scenario
        Runs paired by draw, as for `compare_runs`.
    indicator
        A share among `INDICATORS`.
    period
        `dark`, `day` or `all`.
    tallies
        The same runs added up, if they are at hand; the scenario's under any name.

    Returns
    -------
    pandas.DataFrame
        One row a quantity of `QUANTITIES`: mean over draws and predictive 90 % interval; NaN where a share
        is 0 or 1, which has no logit, or where there is one draw. Without rows if nobody walks in that
        period or there are too few women or men.

    Raises
    ------
    ResultsError
        If the runs cannot be paired.
    """
    base, others = tallies or tally_runs(baseline, {"scenario": scenario})
    (value,) = others.values()
    chosen = cells_of_everybody([*base, *value], baseline[0].manifest["dark_hours"], period)
    at = {cell.gender: row for row, cell in enumerate(chosen)}
    if not {"woman", "man"} <= set(at):
        return pd.DataFrame(columns=list(GAP_COLUMNS))
    paired = pair_in_cells([indicator], base, value, chosen)[indicator]
    women, men = at["woman"], at["man"]
    draws = split_gains(paired.baseline[women], paired.value[women], paired.baseline[men], paired.value[men])
    rows = [
        (name, meaning, float(draws[name].mean()), *predictive_interval(draws[name]))
        for name, meaning in QUANTITIES.items()
    ]
    return pd.DataFrame(rows, columns=list(GAP_COLUMNS))


def split_gains(baseline_women: Array, value_women: Array, baseline_men: Array, value_men: Array) -> dict[str, Array]:
    """The quantities of `QUANTITIES` for each draw, from shares of shape (R,)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        push = _logit(value_men) - _logit(baseline_men)
        with_mens_push = 1.0 / (1.0 + np.exp(-(_logit(baseline_women) + push)))
    gain_women, gain_men = _change(baseline_women, value_women), _change(baseline_men, value_men)
    unmoved = push == 0.0  # going there and back through the logit leaves residue in the last bits
    gain_moved = np.where(unmoved, 0.0, with_mens_push - baseline_women)
    alike = np.abs(gain_women - gain_moved) <= ROUNDING
    gain_moved = np.where(alike, gain_women, gain_moved)
    return {
        "baseline_women": baseline_women,
        "baseline_men": baseline_men,
        "gain_women": gain_women,
        "gain_men": gain_men,
        "gain_women_with_mens_push": gain_moved,
        "difference_of_gains": gain_women - gain_men,
        "from_starting_point": gain_moved - gain_men,
        "from_being_moved_more": gain_women - gain_moved,
        "gap_before": baseline_men - baseline_women,
        "gap_after": value_men - value_women,
        "gap_change": gain_men - gain_women,
    }


def _change(baseline: Array, value: Array) -> Array:
    change = value - baseline
    return np.where(np.abs(change) <= ROUNDING, 0.0, change)


def _logit(share: Array) -> Array:
    inside = np.where((share > 0.0) & (share < 1.0), share, np.nan)
    return np.asarray(np.log(inside / (1.0 - inside)))


def gap_in_words(gap: pd.DataFrame) -> str:
    """Say in a few sentences what the decomposition shows, and no more than it shows."""
    if gap.empty:
        return tr("Too few women or men walk then to speak of a gap between them.")
    of = gap.set_index("quantity")
    gains = [of.loc[name] for name in ("gain_women", "gain_men")]
    if any(not np.isfinite(gain["estimate"]) for gain in gains) or np.isnan(of.loc["gap_change", "low"]):
        return tr("With one draw, or shares that are not defined in every draw, nothing can be said of the gap.")
    sentences = [_gap_sentence(of)]
    if not any(_distinct(gain) for gain in gains):
        sentences.append(
            tr("Neither women's nor men's gain is distinguishable from no effect, so there is nothing to split.")
        )
        return " ".join(sentences)
    whole, start = of.loc["difference_of_gains"], of.loc["from_starting_point"]
    moved = of.loc["from_being_moved_more"]
    if not np.isfinite(start["estimate"]):
        sentences.append(
            tr("A share of 0 or 100 per cent has no logit, so the difference of the gains cannot be split.")
        )
    elif not _distinct(whole):
        sentences.append(
            tr(
                "The difference between women's gain and men's ({points}) is itself not distinguishable from zero, so "
                "its parts should not be read.",
                points=_points(whole["estimate"]),
            )
        )
    else:
        sentences.append(_split_in_words(float(whole["estimate"]), start, moved))
    return " ".join(sentences)


def _split_in_words(whole: float, start: pd.Series, moved: pd.Series) -> str:
    much = _points(abs(whole)).removeprefix("+")
    text = (
        tr("Women's gain exceeds men's by {points}", points=much)
        if whole > 0
        else tr("Women's gain falls short of men's by {points}", points=much)
    )
    share = f" ({start['estimate'] / whole:.0%})" if start["estimate"] * moved["estimate"] > 0 else ""
    parts = [
        tr("{what} makes {points}", what=what, points=_points(part["estimate"]))
        + more
        + ("" if _distinct(part) else f", {tr(_UNSURE)}")
        for what, part, more in (
            (tr("Starting nearer 50 per cent"), start, share),
            (tr("being moved more or less than men"), moved, ""),
        )
    ]
    return f"{text}. {'; '.join(parts)}."


def _gap_sentence(of: pd.DataFrame) -> str:
    change = of.loc["gap_change"]
    before, after = of.loc["gap_before", "estimate"], of.loc["gap_after", "estimate"]
    if not _distinct(change):
        return tr(
            "The gap between men and women is {before} points before; its change ({points}) is not distinguishable "
            "from no effect.",
            before=_level(before),
            points=_points(change["estimate"]),
        )
    ends = {"before": _level(before), "after": _level(after)}
    if abs(after) < abs(before):
        return tr("The gap between men and women narrows from {before} to {after} points.", **ends)
    return tr("The gap between men and women widens from {before} to {after} points.", **ends)


def _level(share: float) -> str:
    return spoken().digits(f"{100 * share:.1f}")


def _distinct(row: pd.Series) -> bool:
    return bool(row["low"] > 0.0 or row["high"] < 0.0)


def _points(share: float) -> str:
    points = 100.0 * share
    decimals = 1 if abs(points) >= 1 or points == 0 else 2
    text = f"{points:+.{decimals}f}"
    if not text.strip("+-0."):
        text = text[1:]  # neither +0 nor -0
    return tr("{points} points", points=spoken().digits(text.replace("-", "−")))
