"""A year in tables: the mean day with what it costs, and how seasons and kinds of day differ."""

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.answer import wording
from analysis.answer.choice import idea_rows
from analysis.answer.tables import Entry, Table
from analysis.indicators.cells import ALL

YEAR, DAYS = "year.csv", "days.csv"
LEAD = "feels_safe_share"
TOLD = (LEAD, "trips_made", "trips_not_made", "affected_people", "incidents_expected", "dark_minutes")
"""Indicators that are told day by day."""
RESTS_ON = (
    "Four weeks stand for the year; school and public holidays, and weather, are not known. How often people go out at "
    "weekends follows a survey of the United States (assumption: weekends are alike). Incidents are solved for each "
    "date by itself, so days differ in them only by where and when people are."
)
_EVERYBODY = ("age", "disability", "carer", "night_worker", "hour_band", "purpose")
_OF_A_DAY = ("season", "kind_of_day", "date", "days_a_year")
_KEPT = (
    *("scenario", "indicator", "unit", "gender", "period"),
    *("baseline", "value", "difference", "low", "high", "share_better", "verdict", "people"),
)
DAY_COLUMNS = (*_OF_A_DAY, *_KEPT)
"""Columns of `days.csv`: which day, and what `comparison.csv` of it says of all ages."""


def days_table(days: Sequence[tuple[str, str, str, float]], tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """What each day's comparison says of women, men and everybody of all ages.

    Parameters
    ----------
    days
        Season, kind of day, date, and how many days of the year each stands for.
    tables
        The comparison of each.

    Returns
    -------
    The columns of `DAY_COLUMNS`.
    """
    found = []
    for day, table in zip(days, tables, strict=True):
        keep = table["indicator"].isin(TOLD) & (table["zone"] == "core")
        rows = table[keep & (table[list(_EVERYBODY)] == ALL).all(axis=1)]
        found.append(rows.assign(**dict(zip(_OF_A_DAY, day, strict=True)))[list(DAY_COLUMNS)])
    return pd.concat(found, ignore_index=True)


def mean_day_table(mean: pd.DataFrame, titles: Mapping[str, str]) -> Table:
    """The ideas beside each other on the mean day of the year, after dark; women, men and everybody."""
    return Table(
        title=f"The {mean['date'].iloc[0]}: change after dark against the baseline (90 % interval)",
        columns=("idea, and what it costs a year", "who", "affected", "safe on its streets", "safe in the core",
                 "trips not made"),
        rows=tuple(idea_rows(mean, titles)),
        stubs=2,
        numbers=(2, 3, 4, 5),
        notes=(
            wording.marks_in_words(),
            "Of sixteen days, each weighed by how many days it stands for; shares are of the summed minutes.",
            "Affected: on the mean day; more than so many in a year, since other people come on other days.",
            "Safe: walking time that feels safe, in points. Trips not made: of 1000 planned.",
        ),
    )  # fmt: skip


def by_day_table(days: pd.DataFrame, scenario: str, title: str) -> Table:
    """Change of a scenario by season and kind of day after dark, for women and men; how many days that stands for."""
    own = days[(days["scenario"] == scenario) & (days["indicator"] == LEAD) & (days["period"] == "dark")]
    body: list[tuple[Entry, ...]] = []
    for (season, kind, date, weight), _ in days.groupby(list(_OF_A_DAY), sort=False):
        cells: list[Entry] = []
        for gender in ("woman", "man"):
            rows = own[(own["date"] == date) & (own["gender"] == gender)]
            cells.append(_marked(rows.iloc[0]) if len(rows) else "nobody to tell of")
        body.append((str(season), str(kind), str(date), f"{weight:.0f}", *cells))
    return Table(
        title=f"{title}: walking time after dark that feels safe, points (90 % interval)",
        columns=("week in", "day", "date", "days a year", "change for women", "change for men"),
        rows=tuple(body),
        stubs=2,
        numbers=(3, 4, 5),
    )


def _marked(row: pd.Series) -> str:
    return f"{wording.MARKS.get(str(row['verdict']), '')} {_told(row)}".strip()


def _told(row: pd.Series) -> str:
    return wording.change_with_interval(row)


def in_words(days: pd.DataFrame, scenario: str) -> str:
    """Where in the year the change for women is largest and smallest, if draws tell those two days apart."""
    keep = (days["scenario"] == scenario) & (days["indicator"] == LEAD) & (days["gender"] == "woman")
    own = days[keep & (days["period"] == "dark")].dropna(subset=["low", "high"])
    if len(own) < 2:
        return "Fewer than two days could be told of: no season and no kind of day is named."
    most, least = own.loc[own["difference"].idxmax()], own.loc[own["difference"].idxmin()]
    if float(most["low"]) <= float(least["high"]):
        return "Between seasons and kinds of day the change for women is not distinguishable: its intervals overlap."
    return (
        f"The change for women is largest on a {most['kind_of_day']} around the middle of {most['season']} "
        f"({_told(most)}) and smallest on a {least['kind_of_day']} around the middle of {least['season']} "
        f"({_told(least)})."
    )
