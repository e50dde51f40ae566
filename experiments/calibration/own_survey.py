"""A city's own survey: who feels safe walking alone after dark there, fitted as the shipped surveys are.

A row is a person (`feels_safe` yes or no) or a group (`feels_safe` a share, `n` how many were asked). The curves over
age of women and men are those of `experiments.calibration.perception`, but answers are counted as they are (binomial),
since cells of a city's survey are small. What the shipped surveys found is where the fit begins, each parameter as
widely as the level is drawn where it is borrowed (`feel_transfer_sd`): that the shape over age and gender varies
between places as much as the level is an assumption. A survey counts as many answers less as its design costs
(`survey_design_effect`; of weights Kish 1965).
"""

import dataclasses
import math
import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import expit

from experiments.calibration.logistic import most_probable
from experiments.calibration.perception import FITTED, cell_row
from experiments.folders import write_once
from simulator.errors import InputError
from simulator.evidence.parameters import nominal
from simulator.evidence.profiles import Array, load_table
from simulator.foundation.categories import AGE_BAND_FROM, AGE_BANDS, AGE_GROUP_OF_BAND, DISABILITIES
from simulator.foundation.spelling import GENDER_WORDS, gender_fault
from simulator.safety.perception import AGE_MIDDLE, disabled_share
from street_networks.tables.column_mapping import ColumnMapping, read_mapping
from street_networks.tables.rows import RowFaults, Rows, number_in, read_rows
from street_networks.tables.texts import truth_of

COLUMNS = ("gender", "age", "feels_safe", "n", "weight", "disability")
"""Columns that are read; the first three must be there."""
FEWEST = 30
"""Fewer answers than this are refused, and cells of fewer are told together: as everywhere in this program."""
LEAST_LEARNT = 0.1
"""A parameter goes into the file if its variance shrank by this share at least; else it stays as it is drawn."""
NOT_BORROWED = 0.01
"""`feel_transfer_sd` once a city has a survey of its own: the least value that `--values` takes."""
_ASKED_FROM, _OLDEST = 16, 120
_GROUPS = ("16-34", "35-64", "65+")
_BAND = re.compile(r"(\d+)\s*(?:-|–|to)\s*(\d+)")
_OPEN = re.compile(r"(\d+)\s*(?:\+|and over)")


@dataclasses.dataclass(frozen=True)
class Survey:
    """Answers as read, of women and men of 16 and over.

    Parameters
    ----------
    man, age
        Whether they are of men (bool (N,)), and the age or the middle of the band (years (N,)).
    disabled
        1 and 0; NaN where nobody asked (N,).
    yes, no
        How many feel safe and do not, weighted to as many as were asked (N,).
    weights_cost
        Variance that weights cost: 1 where all weigh alike (Kish).
    left_out
        Answers not used, by why.
    """

    man: Array
    age: Array
    disabled: Array
    yes: Array
    no: Array
    weights_cost: float
    left_out: dict[str, float]

    @property
    def asked(self) -> float:
        """How many answers there are."""
        return float((self.yes + self.no).sum())


@dataclasses.dataclass(frozen=True)
class Fitted:
    """What a survey says.

    Parameters
    ----------
    parameters
        A row for each of `FITTED`: parameter, prior, prior_sd, fitted, fitted_sd (log-odds), contraction.
    cells
        A row a group: cell, asked, target, fitted (shares), fitted_sd, drawn_sd (points), the latter as the file
        draws parameters: apart from each other.
    """

    parameters: pd.DataFrame
    cells: pd.DataFrame


def read_survey(path: Path, columns: str | None = None) -> Survey:
    """Read a survey.

    Parameters
    ----------
    path
        CSV with `gender`, `age` (years, or bands such as 25-34 or 75+) and `feels_safe`: yes or no of a person, or
        the share (0 to 1) of `n` people; maybe `weight` and `disability` (no or yes; none, walking, sight).
    columns
        What the file calls them, as `read_mapping` takes it.

    Raises
    ------
    InputError
        With every row that cannot be used, or if there are fewer than `FEWEST` answers.
    """
    rows = read_rows(path, what="a survey of feeling safe alone after dark")
    # our older name of the column, by which tables of the program itself call it
    aliased = columns or ("age=age_band" if "age_band" in rows.headings and "age" not in rows.headings else None)
    mapping = read_mapping(aliased, COLUMNS, option="--columns", theirs=rows.headings)
    reader = _Reader(path, rows, mapping)
    survey = reader.survey()
    reader.faults.raise_any()
    if survey.asked < FEWEST:
        raise InputError(
            f"{path}: found {survey.asked:g} answers of women and men of {_ASKED_FROM} and over, expected {FEWEST} at "
            "least; ask more people, or keep the shipped surveys"
        )
    return survey


class _Reader:
    """Rows of a survey as numbers, with their faults."""

    def __init__(self, path: Path, rows: Rows, mapping: ColumnMapping) -> None:
        self.faults = RowFaults(path, "this survey")
        self._rows, self._columns, self._values = rows, mapping.columns, mapping.values
        for name in COLUMNS[:3]:
            if name not in self._columns:
                found = f"columns {', '.join(rows.headings)}"
                self.faults.add(None, found, f"a column {name}, or --columns {name}=...")
        self.faults.raise_any()
        self._grouped = "n" in self._columns

    def survey(self) -> Survey:
        """All rows that can be used."""
        kept: list[tuple[float, ...]] = []
        left_out: dict[str, float] = {}
        for number, cell in zip(self._rows.numbers, self._rows.cells, strict=True):
            words = {name: self._word(cell, name) for name in self._columns}
            gender, age = self._gender(words["gender"], number), self._age(words["age"], number)
            share, disabled_one = self._share(words["feels_safe"], number), self._disabled(words, number)
            one, its_weight = (self._number(words, name, number) for name in ("n", "weight"))
            why = _why_not(gender, age, share)
            if why:
                left_out[why] = left_out.get(why, 0.0) + one
            else:
                kept.append((float(gender == "man"), age, disabled_one, one, share, its_weight))
        man, ages, disabled, asked, share, weight = np.array(kept or np.zeros((0, 6))).T
        weight = weight * asked.sum() / max(float(weight @ asked), 1e-12)
        cost = float(asked @ weight**2 / max(asked.sum(), 1e-12))
        counted = asked * weight
        return Survey(man > 0.0, ages, disabled, counted * share, counted * (1.0 - share), cost, left_out)

    def _word(self, cell: Mapping[str, str], name: str) -> str:
        text = cell[self._columns[name]].strip()
        return self._values.get(name, {}).get(text, text)

    def _gender(self, word: str, number: int) -> str:
        gender = GENDER_WORDS.get(word.casefold(), "")
        if not gender:
            self.faults.lines.append(f"row {number}: {gender_fault(word)}")
        return gender

    def _age(self, word: str, number: int) -> float:
        age = age_of(word)
        if math.isnan(age):
            self.faults.add(number, f"age {word!r}", "years from 0 to 120, or a band such as 25-34, 65+ or 75+")
        return age

    def _share(self, word: str, number: int) -> float:
        """1 for yes and 0 for no, or the share of a group; NaN where nothing stands."""
        if not word:
            return math.nan
        if not self._grouped:
            truth = truth_of(word)
            if truth is None:
                self.faults.add(number, f"feels_safe {word!r}", "yes or no (1 or 0), or shares beside a column n")
                return math.nan
            return float(truth)
        share = self._read(word, "feels_safe")
        if share is None or not 0.0 <= share <= 1.0:
            self.faults.add(number, f"feels_safe {word!r}", "a share from 0 to 1 (69 % is 0.69)")
            return math.nan
        return share

    def _number(self, words: Mapping[str, str], name: str, number: int) -> float:
        if name not in words:
            return 1.0
        value = self._read(words[name], name)
        if value is None or value <= 0.0:
            self.faults.add(number, f"{name} {words[name]!r}", "a number above 0")
            return 1.0
        return value

    def _read(self, word: str, name: str) -> float | None:
        return number_in(word, decimal_comma=self._rows.decimal_comma[self._columns[name]])

    def _disabled(self, words: Mapping[str, str], number: int) -> float:
        word = words.get("disability", "")
        if not word:
            return math.nan
        truth = word.casefold() != "none" if word.casefold() in DISABILITIES else truth_of(word)
        if truth is None:
            self.faults.add(number, f"disability {word!r}", f"yes or no, or one of {', '.join(DISABILITIES)}")
            return math.nan
        return float(truth)


def _why_not(gender: str, age: float, share: float) -> str:
    """Why an answer is not used; nothing if it is."""
    if math.isnan(share):
        return "no answer"
    if gender == "another":
        return "people of another gender: the model takes them to lie between women and men"
    return f"younger than {_ASKED_FROM}" if age < _ASKED_FROM else ""


def age_of(word: str) -> float:
    """Years of an age, or the middle of a band; an open band must begin where one of ours does. NaN if it is none."""
    text = word.strip().casefold()
    if text in AGE_BANDS[1:]:
        return float(AGE_MIDDLE[AGE_BANDS.index(text)])
    if found := _BAND.fullmatch(text):
        low, high = map(int, found.groups())
        return (low + high) / 2.0 if low <= high <= _OLDEST else math.nan
    if (found := _OPEN.fullmatch(text)) and int(found[1]) in AGE_BAND_FROM[1:]:
        first = AGE_BAND_FROM.index(int(found[1]))
        adults = load_table("disabled_gb")["adults_share"].astype(float)[first - 1 :]
        return float(np.average(AGE_MIDDLE[first:], weights=adults))
    try:
        years = float(text)
    except ValueError:
        return math.nan
    return years if 0.0 <= years <= _OLDEST else math.nan


def fit_survey(survey: Survey, design_effect: float | None = None) -> Fitted:
    """The most probable parameters under a survey.

    Parameters
    ----------
    design_effect
        Variance of the survey over that of as many people drawn one by one, weights apart; None takes the evidence's.
    """
    x = _design(survey)
    per = (design_effect or nominal("survey_design_effect")) * survey.weights_cost
    shipped = load_table("perception_fit")
    prior = shipped["fitted"].astype(float)
    spread = np.hypot(shipped["fitted_sd"].astype(float), nominal("feel_transfer_sd"))
    found, covariance = most_probable(x, (survey.yes / per, survey.no / per), prior, spread)
    variance = np.diag(covariance)
    parameters = pd.DataFrame(
        {
            "parameter": FITTED,
            "prior": prior,
            "prior_sd": spread,
            "fitted": found,
            "fitted_sd": np.sqrt(variance),
            "contraction": 1.0 - variance / spread**2,
        }
    )
    return Fitted(parameters, _cells(survey, x, found, covariance))


def _design(survey: Survey) -> Array:
    """What each of `FITTED` adds to the log-odds of each row (float64 (N, len(FITTED)))."""
    rows = np.array([cell_row(bool(man), age) for man, age in zip(survey.man, survey.age, strict=True)])
    above_mean = survey.disabled - disabled_share(np.maximum(survey.age, _ASKED_FROM))
    rows[:, FITTED.index("feel_disabled")] = np.nan_to_num(above_mean)  # 0 where nobody asked: the mean of that age
    return rows


def _cells(survey: Survey, x: Array, found: Array, covariance: Array) -> pd.DataFrame:
    """Shares found and fitted by gender and three age groups; groups of fewer than `FEWEST` answers go together."""
    band = np.searchsorted(np.array(AGE_BAND_FROM), survey.age, side="right") - 1
    group = AGE_GROUP_OF_BAND[band]
    asked = survey.yes + survey.no
    rows = []
    for man, word in ((False, "woman"), (True, "man")):
        few, parts = np.zeros(len(asked), bool), []
        for code, ages in enumerate(_GROUPS):
            here = (survey.man == man) & (group == code)
            if asked[here].sum() >= FEWEST:
                parts.append((f"{word} {ages}", here))
            else:
                few |= here
        parts += [(f"{word}, other ages" if parts else word, few)] if asked[few].sum() >= FEWEST else []
        rows += [_cell(name, here, (asked, survey.yes), (x, found, covariance)) for name, here in parts]
    return pd.DataFrame(rows, columns=["cell", "asked", "target", "fitted", "fitted_sd", "drawn_sd"])


def _cell(
    name: str, here: Array, answers: tuple[Array, Array], fit: tuple[Array, Array, Array]
) -> tuple[str, float, float, float, float, float]:
    (asked, yes), (x, found, covariance) = answers, fit
    weight = asked[here] / asked[here].sum()
    chance = expit(x[here] @ found)
    slope = (weight * chance * (1.0 - chance)) @ x[here]  # of the share, by each parameter
    joint, apart = (math.sqrt(slope @ part @ slope) for part in (covariance, np.diag(np.diag(covariance))))
    return name, float(asked[here].sum()), float(yes[here].sum() / asked[here].sum()), weight @ chance, joint, apart


def calibrate_survey(
    path: Path, out: Path, *, columns: str | None = None, design_effect: float | None = None
) -> tuple[Survey, Fitted]:
    """Fit a city's own survey and write a file that `--values` reads, whole or not at all.

    Raises
    ------
    InputError
        If the survey cannot be used, the file holds something else already, or cannot be written.
    """
    survey = read_survey(path, columns)
    made = fit_survey(survey, design_effect)
    lines = [
        f"# How safe people feel alone after dark, fitted to {survey.asked:.0f} answers of {path.name}; for --values.",
        "# Log-odds. What the survey says little of is left out: it is drawn as before.",
        *(
            f"{row.parameter} = {{value = {row.fitted:.4f}, sd = {row.fitted_sd:.4f}}}  # "
            f"before {row.prior:+.2f} +- {row.prior_sd:.2f}"
            for row in made.parameters.itertuples()
            if row.contraction >= LEAST_LEARNT
        ),
        f"feel_transfer_sd = {NOT_BORROWED}  # the level is no longer borrowed from another country",
    ]
    write_once(out, "\n".join(lines) + "\n")
    return survey, made


def told(survey: Survey, made: Fitted) -> list[str]:
    """Lines that say what was used, how well it fits, and how much each parameter was learnt."""
    lines = [f"{survey.asked:.0f} answers used"]
    lines += [f"  {count:.0f} left out: {why}" for why, count in survey.left_out.items()]
    if survey.weights_cost > 1.0 + 1e-9:
        lines.append(f"  weights cost as much as asking {survey.weights_cost:.2f} times fewer people")
    lines.append("feel safe alone after dark      asked   found  fitted    sd  as drawn")
    lines += [
        f"  {row.cell:28s} {row.asked:6.0f} {100 * row.target:5.0f} % {100 * row.fitted:5.0f} % "
        f"{100 * row.fitted_sd:5.1f} {100 * row.drawn_sd:9.1f}"
        for row in made.cells.itertuples()
    ]
    lines.append(
        "(sd in points. The file draws each parameter apart from the others: its spread is in the last column.)"
    )
    lines += [
        f"  {row.parameter} = {row.fitted:+.2f} +- {row.fitted_sd:.2f}  "
        f"(before {row.prior:+.2f} +- {row.prior_sd:.2f}; contraction {row.contraction:.2f}"
        f"{'' if row.contraction >= LEAST_LEARNT else ': left as it is drawn'})"
        for row in made.parameters.itertuples()
    ]
    return lines
