"""What to count after it is built, when, and what is expected then: `review.csv`, with what was observed beside."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.answer import wording
from analysis.answer.cost_wording import years_in_words
from analysis.answer.finding import Basis, Finding
from analysis.answer.observed import COUNTED, REVIEW_YEARS
from analysis.answer.provenance import Provenance
from analysis.answer.tables import Entry, Table
from analysis.comparison.intervals import Array, predictive_interval
from analysis.indicators import cells
from analysis.indicators.catalogue import INDICATORS
from analysis.indicators.indicator import SHARES
from analysis.language import foreign, marked, tr

OBSERVED = "observed"
"""Key of `Basis.given` that holds what `read_observed` gave."""
LATER = {"two years": 3}
"""How the words of `Indicator.earliest` begin, and the first review at which it means something; all others at 1."""
INSIDE, ABOVE, BELOW = marked("as expected"), marked("more than expected"), marked("less than expected")
TOO_EARLY, NOTHING = marked("too early to tell"), marked("nothing expected: too few agents")
COLUMNS = {
    "indicator": "its name",
    "unit": "of all numbers",
    "gender": "woman, man, another or all",
    "age": "all",
    "period": "all, day or dark",
    "first_review": "first of years 1, 3 and 6 at which a count of it means something",
    "baseline": "mean over draws without it",
    "expected": "mean over draws with it",
    "low": "lower end of the predictive 90 % interval of what is expected",
    "high": "upper end of it",
    "change": "mean difference",
    "change_low": "lower end of its predictive 90 % interval",
    "change_high": "upper end of it",
    "year": "years after it was built, of what was observed; empty without",
    "observed": "what was observed",
    "observed_low": "lower end of its interval, as given",
    "observed_high": "upper end of it",
    "before": "the same observed before, as given: then the changes are compared, else the levels",
    "verdict": "observed against expected",
    "source": "of what was observed, as given",
}
_WORDS = ("indicator", "unit", "gender", "age", "period", "verdict", "source")
_LABELS = tuple(cells.labels(cells.Cell("", "", "", "", (), (), ())))
_PERIODS = {"all": marked("whole day"), "day": marked("by day"), "dark": marked("after dark")}
_KEYS = ["scenario", "indicator", "gender", "age", "period"]


def first_review(earliest: str) -> int:
    """The first review year at which an indicator means something, by its words."""
    return next((year for words, year in LATER.items() if earliest.startswith(words)), REVIEW_YEARS[0])


def _work_out(basis: Basis) -> pd.DataFrame:
    rows = [{"scenario": name, **row} for name in basis.scenarios for row in _expected(basis, name)]
    table = pd.DataFrame(rows, columns=["scenario", *COLUMNS])
    return with_observed(table, basis.given.get(OBSERVED, ()))


def _expected(basis: Basis, name: str) -> Iterator[dict[str, Any]]:
    """A row for each countable indicator by gender and period, all ages together, where the comparison has one."""
    compared = basis.compared
    for indicator in COUNTED:
        one = INDICATORS[indicator]
        found = wording.select(basis.comparison, name, indicator=indicator, gender="*", period="*")
        if found.empty:
            continue
        keep, paired = compared.pairs(name, one)
        values = {
            tuple(cells.labels(compared.cells[at]).items()): row for at, row in zip(keep, paired.value, strict=True)
        }
        for row in found.to_dict("records"):
            labels = tuple((key, str(row[key])) for key in _LABELS)
            low, high = _ends(values[labels], one.unit)
            yield {
                **{key: row[key] for key in ("indicator", "unit", "gender", "age", "period", "baseline")},
                "first_review": first_review(one.earliest),
                "expected": row["value"],
                "low": low,
                "high": high,
                "change": row["difference"],
                "change_low": row["low"],
                "change_high": row["high"],
                **dict.fromkeys(("year", "observed", "observed_low", "observed_high", "before"), math.nan),
                "verdict": "",
                "source": "",
            }


def _ends(values: Array, unit: str) -> tuple[float, float]:
    """Predictive interval of a level; a share stays one."""
    low, high = predictive_interval(values[np.isfinite(values)])
    return (max(low, 0.0), min(high, 1.0)) if unit in SHARES else (max(low, 0.0), high)


def with_observed(table: pd.DataFrame, observed: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """The table with a row more for each thing observed, beside what is expected of it.

    Parameters
    ----------
    table
        With the columns of `review.csv`; rows of other things observed are dropped.
    observed
        As `read_observed` gives it.
    """
    expected = table[table["year"].isna()]
    by_key: dict[Any, dict[Any, Any]] = {tuple(row[key] for key in _KEYS): row for row in expected.to_dict("records")}
    rows = []
    for one in observed:
        key = tuple(one[name] for name in _KEYS)
        given = {name: math.nan if one[name] is None else one[name] for name in ("value", "low", "high", "before")}
        told = {
            "year": float(one["year"]),
            "observed": given["value"],
            "observed_low": given["low"],
            "observed_high": given["high"],
            "before": given["before"],
            "source": one["source"],
        }
        row = dict(by_key.get(key) or _not_expected(one)) | told
        rows.append(row | {"verdict": row["verdict"] or verdict_of(row)})
    if not rows:
        return expected
    return pd.concat([expected, pd.DataFrame(rows, columns=list(table.columns))], ignore_index=True)


def _not_expected(one: Mapping[str, Any]) -> dict[str, Any]:
    """A row of something observed that has no row in the comparison: too few agents, or no street in the core."""
    numbers = [name for name in COLUMNS if name not in _WORDS]
    words = {"unit": INDICATORS[one["indicator"]].unit, "verdict": NOTHING}
    return {name: one[name] for name in _KEYS} | dict.fromkeys(numbers, math.nan) | words


def verdict_of(row: Mapping[str, Any]) -> str:
    """Observed against expected, in words.

    Changes are compared where it was counted before too, else levels. What is observed is as expected if it, or any
    part of its own interval, lies inside the predictive interval.
    """
    if row["year"] < row["first_review"]:
        return TOO_EARLY
    shift = 0.0 if math.isnan(row["before"]) else row["before"]
    names = ("low", "high") if math.isnan(row["before"]) else ("change_low", "change_high")
    low, high = (float(row[name]) for name in names)
    if not (math.isfinite(low) and math.isfinite(high)):
        return marked("no interval from so few draws")
    ends = (row["observed_low"], row["observed_high"])
    least, most = (row["observed"] if math.isnan(end) else end for end in ends)
    if most - shift < low:
        return BELOW
    return ABOVE if least - shift > high else INSIDE


def _sentences(rows: pd.DataFrame, scenario: str, facts: Provenance) -> list[str]:
    if rows.empty or not facts.scenario(scenario).has_measures:
        return [tr("There is nothing to count.")]
    told = [
        tr(
            "When it is built, count again after 1, 3 and 6 years. The model has no path over these years: it expects "
            "the same at each of them. Levels are assumptions: count before it is built too, so that changes can be "
            "compared."
        )
    ]
    seen = rows[rows["year"].notna()]
    for row in seen.to_dict("records"):
        one = INDICATORS[str(row["indicator"])]
        told.append(
            tr(
                "{what}, {who}, after {years}: {verdict}.",
                what=tr(one.title),
                who=wording.who(str(row["gender"])),
                years=years_in_words(float(row["year"])),
                verdict=tr(str(row["verdict"])),
            )
        )
    return told


def _tables(rows: pd.DataFrame, scenario: str, facts: Provenance) -> list[Table]:
    if rows.empty or not facts.scenario(scenario).has_measures:
        return []
    period = "dark" if any(facts.dark_hours) else "all"
    expected = rows[rows["year"].isna()]
    found = [_expected_table(expected, period)]
    seen = rows[rows["year"].notna()]
    return [*found, _observed_table(seen)] if len(seen) else found


def _expected_table(rows: pd.DataFrame, period: str) -> Table:
    body: list[tuple[Entry, ...]] = []
    for indicator, found in rows.groupby("indicator", sort=False):
        one = INDICATORS[str(indicator)]
        when = period if (found["period"] == period).any() else "all"
        if not found[["change", "change_low", "change_high"]].to_numpy().any():
            continue  # nothing of it can change
        for row in found[found["period"] == when].to_dict("records"):
            if row["gender"] == "another":
                continue
            level = wording.level(float(row["expected"]), str(row["unit"]))
            ends = [wording.level(float(row[name]), str(row["unit"])) for name in ("low", "high")]
            between = f" ({wording.between(ends)})" if math.isfinite(row["low"]) else ""
            change = {"difference": row["change"], "low": row["change_low"], "high": row["change_high"]}
            body.append(
                (
                    f"{tr(one.title)} {tr('after dark')}" if when == "dark" else tr(one.title),
                    wording.who(str(row["gender"])),
                    f"{level}{between}",
                    wording.change_with_interval(pd.Series(change | {"unit": row["unit"]}, dtype=object)),
                    tr("year {year}", year=f"{row['first_review']:.0f}"),
                )
            )
    return Table(
        title=tr("What to count, and what is expected"),
        columns=("what", "who", "expected with it", "change (90 % interval)", "from review"),
        rows=tuple(body),
        stubs=2,
        once=(4,),
        numbers=(2,),
        notes=(tr("Units and meaning: as under other indicators. --observed takes what was counted."),),
    )


def _observed_table(rows: pd.DataFrame) -> Table:
    body = []
    for row in rows.to_dict("records"):
        unit, changes = str(row["unit"]), not math.isnan(row["before"])
        seen = row["observed"] - row["before"] if changes else row["observed"]
        names = ("change", "change_low", "change_high") if changes else ("expected", "low", "high")
        word, tell = tr("change"), wording.change if changes else wording.level
        numbers = [tell(float(row[name]), unit) for name in names]
        body.append(
            (
                f"{tr(INDICATORS[str(row['indicator'])].title)}, {tr(_PERIODS[str(row['period'])])}",
                wording.who(str(row["gender"])),
                years_in_words(float(row["year"])),
                f"{tell(float(seen), unit)}{f' ({word})' if changes else ''}",
                f"{numbers[0]} ({wording.between(numbers[1:])})",
                tr(str(row["verdict"])),
                foreign(str(row["source"])),
            )
        )
    return Table(
        title=tr("Observed beside expected"),
        columns=("what", "who", "after", "observed", "expected (90 % interval)", "verdict", "source"),
        rows=tuple(body),
        stubs=2,
        numbers=(3, 4),
        notes=(
            tr(
                "Changes are compared where it was counted before too; else levels, which are assumptions of the model."
            ),
            tr("What was observed is taken as exact unless its own interval is given."),
        ),
    )


FINDING = Finding(
    name="review",
    heading="What to count when it is built",
    columns=COLUMNS,
    words=_WORDS,
    work_out=_work_out,
    sentences=_sentences,
    tables=_tables,
)
