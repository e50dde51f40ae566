"""Further groups and whole journeys of a comparison, from what runs have told of them (`groups` of their manifests).

Shares are of sums: of the time that people walk, wait and ride on the baseline's trips, so that staying at home
improves nothing. Behind a row stand the fewest agents of any run, and fewer than 30 are not told: such a group is in
`everybody`. Neighbourhoods so small are told together. Journeys, trips and answers are told by the neighbourhood in
which people live; who is out, crowds near homes and open venues by that of the street. Differences are paired draw by
draw, their intervals predictive over draws.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.comparison.by_zone import agents_by_gender, places_walked, told_places, walked_in
from analysis.comparison.intervals import FEWEST_DRAWS, paired_differences, predictive_interval
from analysis.comparison.sums import in_order_of_draw
from analysis.indicators.cells import MIN_AGENTS
from analysis.indicators.indicator import PER_DAY, SHARE_OF_JOURNEY, SHARE_OF_OUT, SHARE_OF_RESIDENTS, SHARE_OF_TRIPS
from simulator.foundation.categories import GENDERS, INCIDENTS
from simulator.results.schema import GROUP_VALUES, RunTables

Array = np.ndarray[Any, np.dtype[np.float64]]
COLUMNS = (
    *("by", "level", "zone", "gender", "period", "indicator", "unit"),
    *("before", "after", "difference", "low", "high", "agents"),
)
EVERYBODY, HOURS_OUT, STAYS = "everybody", "hour", "stays"
LIVES_IN, WALKED_IN = "lives in", "out in"
"""The neighbourhood of the home, and that of the street."""
CORE = "core"
PERIODS = ("day", "dark", "all")
NIGHT = "night"
HOURS_OF_PEOPLE, MINUTES_OF_PEOPLE = "person-hours per such day", "person-minutes per such day"
HOURS_OF_VENUES = "venue-hours per such day"


SIDES_OF_NIGHT = {"crowd_hours_near_homes": HOURS_OF_PEOPLE, "open_venue_hours": HOURS_OF_VENUES}


class Told(NamedTuple):
    """One number of a group: its unit and formula over sums (VALUES, ...)."""

    unit: str
    formula: Callable[[Mapping[str, Array]], Array]


def _share(top: Array, of: Array) -> Array:
    return np.divide(top, of, out=np.full(np.shape(of), np.nan), where=np.asarray(of) > 0)


def _felt(*parts: str) -> Told:
    def share(sums: Mapping[str, Array]) -> Array:
        safe, time = (np.sum([sums[f"{part}{word}_s"] for part in parts], axis=0) for word in ("_safe", ""))
        return _share(safe, time)

    return Told(SHARE_OF_JOURNEY, share)


def _fear_minutes(sums: Mapping[str, Array]) -> Array:
    return np.asarray((sums["companion_s"] + sums["companion_back_s"] + sums["detour_s"]) / 60.0)


OF_GROUPS: dict[str, Told] = {
    "feels_safe_walking": _felt("walking"),
    "feels_safe_waiting": _felt("waiting"),
    "feels_safe_aboard": _felt("aboard"),
    "feels_safe_door_to_door": _felt("walking", "waiting", "aboard"),
    "trips_not_made_share": Told(SHARE_OF_TRIPS, lambda sums: _share(sums["trips_not_made"], sums["trips_planned"])),
    "feels_safe_near_home": Told(SHARE_OF_RESIDENTS, lambda sums: _share(sums["asked_safe"], sums["asked"])),
    "incidents": Told(PER_DAY, lambda sums: np.sum([sums[f"incidents_{kind}"] for kind in INCIDENTS], axis=0)),
    "companions_hours": Told(HOURS_OF_PEOPLE, lambda sums: sums["companion_s"] / 3600.0),
    "companions_hours_back": Told(HOURS_OF_PEOPLE, lambda sums: sums["companion_back_s"] / 3600.0),
    "fear_minutes": Told(MINUTES_OF_PEOPLE, _fear_minutes),
}
"""What is told of every group, by gender and by day, after dark and in all."""


def group_table(
    baseline: Sequence[RunTables], scenario: Sequence[RunTables], minute: Mapping[str, Any] | None = None
) -> pd.DataFrame:
    """Everything told of groups and journeys with and without measures.

    Parameters
    ----------
    baseline, scenario
        Runs paired by draw, as for `compare_runs`.
    minute
        What a minute of company or detour is worth, as the user says: value, currency, source. None: no money is told.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`: means over draws, predictive 90 % intervals of the difference (NaN below three draws). Nothing where
        runs have told nothing of groups.
    """
    sides = [[run.manifest.get("groups") for run in in_order_of_draw(runs)] for runs in (baseline, scenario)]
    if not all(told for side in sides for told in side):
        return pd.DataFrame(columns=list(COLUMNS))
    rows = [*_groups(*sides), *_everybody(*sides), *_stays(*sides), *_places(baseline, scenario)]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table if minute is None else pd.concat([table, _in_money(table, minute)], ignore_index=True)


def _in_money(table: pd.DataFrame, minute: Mapping[str, Any]) -> pd.DataFrame:
    """Rows of `fear_cost`: minutes times what the user says that one is worth."""
    rows = table[table["indicator"] == "fear_minutes"].copy()
    numbers = ["before", "after", "difference", "low", "high"]
    rows[numbers] *= float(minute["value"])
    return rows.assign(indicator="fear_cost", unit=f"{minute['currency']} per such day")


Row = tuple[Any, ...]


def _row(names: Sequence[str], unit: str, sides: tuple[Array, Array], agents: float) -> Row | None:
    """One row, or None where a number is not defined in most draws."""
    before, after = (np.asarray(side, float) for side in sides)
    known = np.isfinite(before) & np.isfinite(after)
    if known.sum() < max(1, before.size / 2):
        return None
    difference = paired_differences(before[known], after[known])
    enough = known.sum() >= FEWEST_DRAWS
    low, high = predictive_interval(difference) if enough else (float("nan"), float("nan"))
    means = [float(one.mean()) for one in (before[known], after[known], difference)]
    by, level, *others = names
    zone = level if by in (LIVES_IN, WALKED_IN) else CORE
    return (by, level, zone, *others, unit, *means, low, high, agents)


def _groups(before: Sequence[Any], after: Sequence[Any]) -> Iterator[Row]:
    """Every grouping, level, gender and period with enough agents."""
    sides = (before, after)
    for by in before[0]["rows"]:
        for level, within in _levels(by, sides):
            tables = [_table(side, by, within) for side in sides]
            for gender in (*GENDERS, "all"):
                genders = GENDERS if gender == "all" else (gender,)
                agents = _fewest(tables, genders)
                if agents < MIN_AGENTS and (by, gender) != (EVERYBODY, "all"):
                    continue
                for period in PERIODS:
                    sums = [_sums(table, genders, period) for table in tables]
                    for name, told in OF_GROUPS.items():
                        values = (told.formula(sums[0]), told.formula(sums[1]))
                        row = _row((by, level, gender, period, name), told.unit, values, agents)
                        if row is not None:
                            yield row


def _levels(by: str, sides: Sequence[Sequence[Any]]) -> Sequence[tuple[str, Sequence[str]]]:
    """Levels of a grouping that are told, and what each holds; visitors live in no neighbourhood."""
    levels = sides[0][0]["rows"][by]
    if by != LIVES_IN:
        return [(level, [level]) for level in levels]
    tables = {level: [_table(side, by, [level]) for side in sides] for level in levels}
    return told_places({level: min(_fewest(of, (one,)) for one in ("woman", "man")) for level, of in tables.items()})


def _table(runs: Sequence[Any], by: str, within: Sequence[str]) -> Array:
    """What is told of some levels together: by run, gender, day and dark, and value, agents and people first."""
    rows = [[run["rows"][by][level] for level in within] for run in runs]
    told = [[[[row[gender][when] for when in ("day", "dark")] for gender in GENDERS] for row in of] for of in rows]
    return np.array(told, float).sum(axis=1)


def _fewest(tables: Sequence[Array], genders: Sequence[str]) -> float:
    """The fewest agents of some genders in any run."""
    return float(min(_those(table, genders, "day")[:, :, 0].sum(axis=1).min() for table in tables))


def _those(table: Array, genders: Sequence[str], period: str) -> Array:
    """The parts of a table that are of some genders in a period, (runs, parts, values)."""
    periods = [0, 1] if period == "all" else [("day", "dark").index(period)]
    parts = [table[:, GENDERS.index(one), when] for one in genders for when in periods]
    return np.stack(parts, axis=1)


def _sums(table: Array, genders: Sequence[str], period: str) -> dict[str, Array]:
    """Sums of a group by value, one number a run."""
    return dict(zip(GROUP_VALUES, _those(table, genders, period)[:, :, 2:].sum(axis=1).T, strict=True))


_OUT = ("walking_s", "waiting_s", "staying_s")


def _places(baseline: Sequence[RunTables], scenario: Sequence[RunTables]) -> Iterator[Row]:
    """By the neighbourhood of the street: women's share of those out there, crowds near homes, hours of open venues."""
    sides = [[walked_in(run, _OUT) for run in in_order_of_draw(runs)] for runs in (baseline, scenario)]
    agents = [agents_by_gender(run).reindex(columns=list(GENDERS), fill_value=0) for side in sides for run in side]
    everybody = pd.concat([one.sum(axis=1) for one in agents], axis=1).fillna(0).min(axis=1)
    told = [[run.manifest["groups"] for run in in_order_of_draw(runs)] for runs in (baseline, scenario)]
    for place, within in places_walked([run for side in sides for run in side]):
        behind = float(everybody[within].sum())
        for period in PERIODS:
            shares = [np.array([_women_of_those_out(run, within, period) for run in side]) for side in sides]
            names = (WALKED_IN, place, "woman", period, "share_of_those_out")
            row = _row(names, SHARE_OF_OUT, (shares[0], shares[1]), behind)
            if row is not None:
                yield row
        for name, unit in SIDES_OF_NIGHT.items():
            amounts = [
                np.array([sum(run["sides_by_neighbourhood"][name].get(one, 0.0) for one in within) for run in side])
                for side in told
            ]
            row = _row((WALKED_IN, place, "all", NIGHT, name), unit, (amounts[0], amounts[1]), behind)
            if row is not None:
                yield row


def _women_of_those_out(rows: pd.DataFrame, within: Sequence[str], period: str) -> float:
    """Women's share of the time that people are out; NaN where nobody is."""
    periods = ("day", "dark") if period == "all" else (period,)
    there = rows[rows["neighbourhood"].isin(within) & rows["period"].isin(periods)]
    time = there[list(_OUT)].sum(axis=1)
    whole = float(time.sum())
    return float(time[there["gender"] == "woman"].sum()) / whole if whole > 0.0 else float("nan")


def _everybody(before: Sequence[Any], after: Sequence[Any]) -> Iterator[Row]:
    """Women's share of those who are out by hour, how mixed they are, and crowds near homes by night."""
    agents = min(sum(run["rows"][EVERYBODY]["all"][one]["day"][0] for one in GENDERS) for run in (*before, *after))
    for hour in range(24):
        sides = []
        for runs in (before, after):
            out = np.array([[run["out_by_hour"][gender][hour] for gender in GENDERS] for run in runs])
            sides.append(_share(out[:, 0], out.sum(axis=1)))
        names = (HOURS_OUT, f"{hour:02}", "woman", "all", "share_of_those_out")
        row = _row(names, SHARE_OF_OUT, (sides[0], sides[1]), agents)
        if row is not None:
            yield row
    for period in ("day", "dark"):
        mixed = [
            np.array([np.nan if run["mix"][period] is None else run["mix"][period] for run in runs], float)
            for runs in (before, after)
        ]
        row = _row((EVERYBODY, "all", "all", period, "mix_of_people"), SHARE_OF_OUT, (mixed[0], mixed[1]), agents)
        if row is not None:
            yield row
    for name, unit in SIDES_OF_NIGHT.items():
        sides = [np.array([run[name] for run in runs], float) for runs in (before, after)]
        row = _row((EVERYBODY, "all", "all", NIGHT, name), unit, (sides[0], sides[1]), agents)
        if row is not None:
            yield row


def _stays(before: Sequence[Any], after: Sequence[Any]) -> Iterator[Row]:
    """Who is out without travelling, by what they do there; no agents stand behind them, so that none are counted."""
    for kind in before[0]["stays"]:
        for gender in ("woman", "man", "all"):
            for period in PERIODS:
                sides = [np.array([_stay(run, kind, gender, period) for run in runs]) for runs in (before, after)]
                names = (STAYS, kind, gender, period)
                for name, unit, values in (
                    ("stay_hours", HOURS_OF_PEOPLE, [side[:, 0] for side in sides]),
                    ("feels_safe_staying", SHARE_OF_JOURNEY, [_share(side[:, 1], side[:, 0]) for side in sides]),
                ):
                    row = _row((*names, name), unit, (values[0], values[1]), float("nan"))
                    if row is not None:
                        yield row


def _stay(run: Any, kind: str, gender: str, period: str) -> Array:
    """Person-hours of a kind, and those of them that feel safe."""
    genders = ("woman", "man") if gender == "all" else (gender,)
    periods = ("day", "dark") if period == "all" else (period,)
    of = run["stays"].get(kind, {})
    parts = [of[one][when] for one in genders for when in periods if one in of]
    return np.sum(parts, axis=0) if parts else np.zeros(2)
