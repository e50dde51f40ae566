"""Fit how safe people say they feel: few parameters, to the CSEW's cells and to contrasts of settings within each sex.

Everything is on the scale of survey answers (log-odds of a share), on the street that people have in mind;
`solve_perception` turns that into weights of a street's parts in each draw. Targets:

- **Cells**: CSEW (SDG 16.1.4), shares who feel safe walking alone after dark, two sexes x seven age bands, pooled
  2017/18 to 2019/20; sampling error `survey_logit_error` in log-odds.
- **Disability**: CSEW, disabled against not disabled of both sexes and all ages (odds of feeling unsafe, two years),
  net of what the age of disabled people makes of it (`disabled_gb.csv`).
- **Contrasts**: ONS OPN 2021, odds of feeling unsafe in a park and in a busy place against a quiet street, within
  women and within men. The two surveys ask different questions and differ by sex and age; a contrast within one sex
  of one survey leaves such offsets out, so none has to be fitted.

Least squares with priors (scipy): the most probable values, and a normal approximation round them (Laplace), which is
exact here, as log-odds are linear in the parameters.
"""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import least_squares
from scipy.special import expit, logit

from experiments.folders import write_once
from simulator.evidence.borrowed import Z90
from simulator.evidence.parameters import load_evidence
from simulator.evidence.profiles import Array, load_table
from simulator.foundation import draws
from simulator.foundation.categories import AGE_BANDS, GENDERS
from simulator.safety.perception import AGE_MIDDLE, age_terms

FITTED = (
    "feel_level",
    "feel_man",
    "feel_age",
    "feel_age_squared",
    "feel_man_age",
    "feel_park",
    "feel_busy",
    "feel_disabled",
)
"""The parameters that are fitted; their rows in the evidence file are the priors."""
TABLES = ("perception_fit", "perception_ensemble", "perception_cells")
TOLERANCE = 2e-6
"""Fits on two processors agree within this: tables have six decimals, and rounding may move the last one."""
MEMBERS = 200
SETTINGS = {"park": "feel_park", "busy": "feel_busy"}
_SEED = 1614  # of SDG 16.1.4; the ensemble is one and the same for everybody


@dataclasses.dataclass(frozen=True)
class Targets:
    """What surveys found, in log-odds, and how each follows from the parameters.

    Parameters
    ----------
    name
        Words such as ``woman 16-24`` or ``woman park``.
    value, error
        Log-odds (or difference of log-odds) and its standard error (T,).
    design
        What each parameter adds (T, len(FITTED)).
    is_share
        Whether the target is a cell's share, not a contrast (T,).
    """

    name: tuple[str, ...]
    value: Array
    error: Array
    design: Array
    is_share: Array

    def without(self, row: int) -> "Targets":
        """All but one."""
        keep = np.arange(len(self.name)) != row
        names = tuple(name for name, kept in zip(self.name, keep, strict=True) if kept)
        return Targets(names, self.value[keep], self.error[keep], self.design[keep], self.is_share[keep])


@dataclasses.dataclass(frozen=True)
class Fit:
    """Most probable values (len(FITTED),) and their covariance, beside the priors' means and spreads."""

    mean: Array
    covariance: Array
    prior_mean: Array
    prior_sd: Array

    @property
    def contraction(self) -> Array:
        """1 - posterior variance / prior variance: how much the surveys say about each parameter."""
        return np.asarray(1.0 - np.diag(self.covariance) / self.prior_sd**2)


def survey_targets() -> Targets:
    """The targets of this module."""
    table, evidence = load_table("csew_16_1_4"), load_evidence()
    names, values, errors, design = [], [], [], []
    cells = zip(table["gender"], table["age_band"], table["disability"], table["share_safe"], strict=True)
    for gender, band, disability, share in cells:
        if gender in GENDERS and band in AGE_BANDS and disability == "all":
            names.append(f"{gender} {band}")
            values.append(float(logit(share)))
            errors.append(evidence["survey_logit_error"].value)
            design.append(cell_row(gender == "man", float(AGE_MIDDLE[AGE_BANDS.index(band)])))
    cell_count = len(names)
    for setting, parameter in SETTINGS.items():
        for gender, word in (("woman", "women"), ("man", "men")):
            odds = evidence[f"{setting}_odds_{word}"]
            names.append(f"{gender} {setting}")
            values.append(-float(np.log(odds.value)))
            errors.append(float(np.log(odds.high / odds.low)) / (2 * Z90))
            design.append([float(name == parameter) for name in FITTED])
    shares = dict(zip(table["disability"], table["share_safe"].astype(float), strict=True))
    names.append("disabled against not disabled")
    values.append(float(logit(shares["disabled"]) - logit(shares["not disabled"])))
    errors.append(evidence["survey_logit_error"].value)
    design.append(_disabled_against_others())
    rows = np.arange(len(names))
    return Targets(tuple(names), np.array(values), np.array(errors), np.array(design), rows < cell_count)


def cell_row(man: bool, age: float) -> list[float]:
    """What each of `FITTED` adds to the log-odds of women or men of an age on the street that people have in mind."""
    _, slope, bend = age_terms(np.array(age))
    return [1.0, float(man), slope, bend, float(man) * slope, *np.zeros(len(FITTED) - 5)]


def _disabled_against_others() -> list[float]:
    """What each parameter adds to the log-odds of disabled people over others: their age, and disability itself.

    Women and men are taken to be half of either; the mean of log-odds stands for the log-odds of the mean.
    """
    table = load_table("disabled_gb")
    adults, disabled = table["adults_share"].astype(float), table["disabled_share"].astype(float)
    ages = [float(AGE_MIDDLE[AGE_BANDS.index(band)]) for band in table["age_band"]]
    cells = np.array([np.mean([cell_row(False, age), cell_row(True, age)], axis=0) for age in ages])
    ours, others = (np.average(cells, axis=0, weights=adults * share) for share in (disabled, 1.0 - disabled))
    row = ours - others
    row[FITTED.index("feel_disabled")] = 1.0
    return [float(value) for value in row]


def fit(targets: Targets) -> Fit:
    """The most probable parameters under the targets and the priors of the evidence file."""
    entries = [load_evidence()[name] for name in FITTED]
    prior_mean = np.array([(entry.low + entry.high) / 2 for entry in entries])
    prior_sd = np.array([(entry.high - entry.low) / (2 * Z90) for entry in entries])

    def residuals(values: Array) -> Array:
        return np.concatenate(
            [(targets.design @ values - targets.value) / targets.error, (values - prior_mean) / prior_sd]
        )

    found = least_squares(residuals, prior_mean, method="lm", xtol=1e-14, ftol=1e-14, gtol=1e-14)
    scaled = targets.design / targets.error[:, None]
    precision = scaled.T @ scaled + np.diag(1.0 / prior_sd**2)
    return Fit(found.x, np.linalg.inv(precision), prior_mean, prior_sd)


def ensemble(found: Fit) -> Array:
    """Joint draws of the parameters (float64 (MEMBERS, len(FITTED))) whose mean is exactly the most probable."""
    member = np.arange(MEMBERS)[:, None]
    variate = draws.normal(_SEED, "perception ensemble", member, np.arange(len(FITTED))[None, :])
    variate -= variate.mean(axis=0)
    return np.asarray(found.mean + variate @ np.linalg.cholesky(found.covariance).T)


def tables(targets: Targets, found: Fit) -> dict[str, pd.DataFrame]:
    """What is kept: parameters before and after, the ensemble, and each target beside its fit with and without it."""
    fitted = targets.design @ found.mean
    rows = range(len(targets.name))
    left_out = np.array([targets.design[row] @ fit(targets.without(row)).mean for row in rows])
    cells = pd.DataFrame(
        {
            "cell": targets.name,
            "share": targets.is_share.astype(int),
            "target": _told(targets, targets.value),
            "fitted": _told(targets, fitted),
            "left_out": _told(targets, left_out),
        }
    )
    parameters = pd.DataFrame(
        {
            "parameter": FITTED,
            "prior": found.prior_mean,
            "prior_sd": found.prior_sd,
            "fitted": found.mean,
            "fitted_sd": np.sqrt(np.diag(found.covariance)),
            "contraction": found.contraction,
        }
    )
    members = pd.DataFrame(ensemble(found), columns=list(FITTED))
    members.insert(0, "member", range(MEMBERS))
    return dict(zip(TABLES, (parameters, members, cells), strict=True))


def _told(targets: Targets, log_odds: Array) -> Array:
    """Shares of people who feel safe (0 to 1) for cells, odds of feeling unsafe for contrasts."""
    return np.where(targets.is_share, expit(log_odds), np.exp(-log_odds))


def calibrate(folder: Path) -> dict[str, pd.DataFrame]:
    """Fit, and write the three tables as CSV into a folder.

    Raises
    ------
    InputError
        If the folder holds other tables of these names, or cannot be written to.
    """
    targets = survey_targets()
    made = tables(targets, fit(targets))
    for name, table in made.items():
        write_once(folder / f"{name}.csv", table.to_csv(index=False, float_format="%.6f", lineterminator="\n"))
    return made


def told(made: dict[str, pd.DataFrame]) -> Sequence[str]:
    """Lines that say how well it fits, worst figures first."""
    cells, parameters = made["perception_cells"], made["perception_fit"]
    shares, odds = cells[cells["share"] == 1], cells[cells["share"] == 0]
    off = 100 * (shares["fitted"] - shares["target"]).abs()
    out = 100 * (shares["left_out"] - shares["target"]).abs()
    wrong = 100 * (odds["fitted"] / odds["target"] - 1.0)
    worst, worst_out = shares["cell"][off.idxmax()], shares["cell"][out.idxmax()]
    contrasts = [
        f"{row.cell} {row.fitted:.2f} (asked {row.target:.2f}, {by:+.0f} %)"
        for row, by in zip(odds.itertuples(), wrong, strict=True)
    ]
    return [
        f"{len(FITTED)} parameters, {len(shares)} cells and {len(odds)} contrasts",
        f"cells: {off.max():.1f} points off at most ({worst}), {off.mean():.1f} in the mean",
        f"each left out and predicted: {out.max():.1f} points off at most ({worst_out}), {out.mean():.1f} in the mean",
        f"contrasts: {', '.join(contrasts)}",
        *(
            f"{row.parameter} = {row.fitted:+.3f} +- {row.fitted_sd:.3f}  "
            f"(before {row.prior:+.2f} +- {row.prior_sd:.2f}; contraction {row.contraction:.3f})"
            for row in parameters.itertuples()
        ),
    ]
