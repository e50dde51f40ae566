"""Weights that participants choose themselves: pairwise choices between two streets, kept apart by gender.

Each row of the file is one choice: which of two described streets would feel safer after dark. Along each street some
`FEATURES` are given, the others are alike. P(choose a) = 1 / (1 + exp(-sum of weight x (a - b))), a conditional logit
(McFadden 1974) whose weights are those of the score of feeling safe; priors are the ranges of the evidence. Choosing is
taken to weigh things as feeling safe does: an assumption. Nobody's name is read, and groups are never pooled.
"""

import dataclasses
import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.calibration.logistic import most_probable
from experiments.folders import write_once
from simulator.errors import InputError
from simulator.evidence.parameters import load_evidence
from simulator.evidence.profiles import Array
from simulator.foundation.categories import GENDERS
from simulator.foundation.short_lists import cut
from simulator.foundation.spelling import GENDER_WORDS, gender_fault
from street_networks.tables.rows import number_in
from street_networks.tables.texts import cells_of, read_text_rows

FEATURES = {
    "nobody": ("nobody_in_view", 0.0, 1.0),
    "frontage": ("open_frontage", 0.0, 1.0),
    "homes": ("overlooking_homes", 0.0, 1.0),
    "tunnel": ("tunnel", 0.0, 1.0),
    "drinking": ("drinking_crowd", 0.0, 1.0),
    "visibility": ("visibility_audited", -1.0, 1.0),
    "condition": ("condition_audited", -1.0, 1.0),
    "host": ("guardian_host", 0.0, 1.0),
    "staff": ("guardian_staff", 0.0, 1.0),
    "patrol": ("guardian_patrol", 0.0, 1.0),
}
"""What may differ between the streets: the parameter that weighs it, its least and its greatest value."""
FEW_CHOICES = 30
"""Below so many choices of a group the answer is mostly the prior, and says so."""
_MOST_ROWS = 100_000
_SHOWN = 40


@dataclasses.dataclass(frozen=True)
class Choices:
    """Choices of one group: differences of features, the chosen street minus the other (float64 (N, F))."""

    features: tuple[str, ...]
    difference: Array


def read_choices(path: Path) -> dict[str, Choices]:
    """Read choices by gender from a CSV.

    Columns: `gender`, `chosen` (a or b), and for each feature that is asked about `a_<feature>` and `b_<feature>`.
    Other columns are not read.

    Raises
    ------
    InputError
        Listing every row that cannot be used.
    """
    rows, features = _rows(path)
    faults: list[str] = []
    found: dict[str, list[list[float]]] = {}
    for number, row in enumerate(rows, start=2):
        written, chosen = (str(row.get(name) or "").strip().lower() for name in ("gender", "chosen"))
        gender = GENDER_WORDS.get(written, "")
        if not gender:
            faults.append(f"row {number}: {gender_fault(written)}")
        if chosen not in ("a", "b"):
            faults.append(f"row {number}: chosen {chosen!r}, expected a or b")
        values = [[_value(row, f"{side}_{name}", number, faults) for name in features] for side in "ab"]
        if gender and chosen in ("a", "b"):
            ours, other = values if chosen == "a" else values[::-1]
            found.setdefault(gender, []).append([one - two for one, two in zip(ours, other, strict=True)])
    if faults:
        raise InputError(f"{path}: cannot be used; nothing was taken from it", cut(faults, _SHOWN))
    return {gender: Choices(features, np.array(found[gender])) for gender in GENDERS if gender in found}


def _rows(path: Path) -> tuple[list[dict[str, str]], tuple[str, ...]]:
    read = read_text_rows(path, what="choices between two streets as CSV")
    headings = list(read.headings)
    rows = list(cells_of(read))[: _MOST_ROWS + 1]
    features = tuple(name for name in FEATURES if {f"a_{name}", f"b_{name}"} <= set(headings))
    pairs = {f"{side}_{name}" for name in features for side in "ab"}
    strays = [name for name in headings if name[:2] in ("a_", "b_") and name not in pairs]
    if strays:  # a question misspelt must not be lost without a word
        known = ", ".join(FEATURES)
        raise InputError(
            f"{path}: found {', '.join(strays)}, which are no pairs; expected a_ and b_ before one of {known}"
        )
    lacks = [name for name in ("gender", "chosen") if name not in headings]
    if lacks or not features or not rows or len(rows) > _MOST_ROWS:
        found = f"columns {', '.join(headings) or 'none'} and {len(rows)} rows"
        asked = ", ".join(f"a_{name} and b_{name}" for name in FEATURES)
        raise InputError(
            f"{path}: found {found}; expected gender, chosen, at least one pair of {asked}, and 1 to {_MOST_ROWS} rows"
        )
    return rows, features


def _value(row: Mapping[str, str], column: str, number: int, faults: list[str]) -> float:
    _, low, high = FEATURES[column[2:]]
    text = str(row.get(column) or "").strip()
    read = number_in(text, decimal_comma=True)  # all values lie between -1 and 1
    value = math.nan if read is None else read
    if not low <= value <= high:
        faults.append(f"row {number}: {column} {text!r}, expected a number from {low:g} to {high:g}")
        return 0.0
    return value


def fit_weights(choices: Choices) -> pd.DataFrame:
    """The most probable weights of one group under its choices and the priors, with their spread.

    Returns
    -------
    Columns parameter, prior, prior_sd, weight, weight_sd (log-odds) and contraction; one row a feature.
    """
    names = [FEATURES[name][0] for name in choices.features]
    prior, spread = (
        np.array(column) for column in zip(*(load_evidence()[name].moments() for name in names), strict=True)
    )
    ones = np.ones(len(choices.difference))
    found, covariance = most_probable(choices.difference, (ones, 0.0 * ones), prior, spread)
    variance = np.diag(covariance)
    return pd.DataFrame(
        {
            "parameter": names,
            "prior": prior,
            "prior_sd": spread,
            "weight": found,
            "weight_sd": np.sqrt(variance),
            "contraction": 1.0 - variance / spread**2,
        }
    )


def calibrate_weights(choices: Path, out: Path) -> dict[str, pd.DataFrame]:
    """Fit each group's weights and write them as a file that `--values` reads, whole or not at all.

    Raises
    ------
    InputError
        If the choices cannot be used, the file holds something else already, or cannot be written.
    """
    read = read_choices(choices)
    made = {gender: fit_weights(group) for gender, group in read.items()}
    lines = [
        "# Weights that participants chose, in log-odds of feeling safe; use with --values. Groups are kept apart."
    ]
    for gender, table in made.items():
        count = len(read[gender].difference)
        few = f", fewer than {FEW_CHOICES}: mostly the range assumed before" if count < FEW_CHOICES else ""
        lines += ["", f"[{gender}]  # {count} choices{few}"]
        lines += [
            f"{row.parameter} = {{value = {row.weight:.4f}, sd = {row.weight_sd:.4f}}}  # "
            f"before {row.prior:+.2f} +- {row.prior_sd:.2f}"
            for row in table.itertuples()
        ]
    write_once(out, "\n".join(lines) + "\n")
    return made
