"""A diagnosis in words and as tables for the terminal and for paper."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.answer import wording
from analysis.answer.groups import JOURNEY, SIDES
from analysis.answer.tables import Table
from analysis.comparison.group_tables import EVERYBODY, STAYS
from analysis.diagnosis.tables import ALL, NIGHT, QUANTITIES, REACH
from analysis.indicators.catalogue import INDICATORS

REASONS = {
    "light": "dim or no light",
    "company": "nobody about",
    "drinking": "a drinking crowd",
    "fronts": "closed fronts",
    "sight": "poor sight lines (where audited)",
    "upkeep": "poor pavements (where audited)",
    "night": "that it is night at all",
}
"""What may stand in the way, in words, by the key of `reasons.parquet`."""
CANNOT_BE_MENDED = NIGHT
LIMITS = (
    "What each reason takes away is what people would gain if it alone were mended on every street; several together "
    "do not add up. Nobody goes another way because of it: a case tells what a measure does.",
    "Conditions are mapped, never people, hazard or incidents. Home, partners, traffic and what happens online are "
    "outside.",
)
_LATE, _DAY = "22-01", "13-16"
_WHEN = ("day", "dark")
_WORDS_OF = {"day": "by day", "dark": "after dark", "all": "in all", "night": "22–6 h"}


def sentences(parts: Mapping[str, pd.DataFrame]) -> list[str]:
    """The diagnosis in a few sentences: how it feels, why, who is out, who stays in, what is in reach.

    Parameters
    ----------
    parts
        Tables of `analysis.diagnosis.tables` by name: `reasons`, `out`, `where`, `why_where`, `stays_in`, `groups`,
        `levels`.
    """
    told = [*_feeling(parts["reasons"]), *_out(parts["out"]), *_stays_in(parts["stays_in"]), *_reach(parts["levels"])]
    return [sentence for sentence in told if sentence]


def _feeling(rows: pd.DataFrame) -> list[str]:
    of = {who: _all_ages(rows, "walks", who) for who in ("woman", "man")}
    if any(part.empty for part in of.values()):
        return ["Too few women or men walk after dark here to tell how safe they feel."]
    women, men = (10.0 * float(part["share"].iloc[0]) for part in of.values())
    first = f"Of ten minutes that women walk after dark {women:.1f} feel safe to them, of men's {men:.1f}."
    return [first, *(_in_the_way(part, who) for who, part in zip(("women", "men"), of.values(), strict=True))]


def _in_the_way(rows: pd.DataFrame, who: str) -> str:
    if rows["low"].isna().all():
        return f"So few draws cannot tell what is in the way of {who}; ask for more with --replications."
    mendable = rows[(rows["reason"] != CANNOT_BE_MENDED) & (rows["low"] > 0.0)]
    if mendable.empty:
        return f"Nothing that can be mended alone is sure to change how safe {who} feel."
    clauses = [
        f"{REASONS[str(row.reason)]} ({10.0 * (row.share + row.gain):.1f} of ten without it)"
        for row in mendable.head(2).itertuples()
    ]
    first = rows[rows["reason"] != CANNOT_BE_MENDED].iloc[0]
    if first["low"] > 0.0:
        return f"For {who} most in the way: {'; then '.join(clauses)}."
    more = f"{REASONS[str(first['reason'])]} may be more so, but draws differ"
    return f"For {who} surely in the way: {'; then '.join(clauses)}; {more}."


def _out(rows: pd.DataFrame) -> list[str]:
    by = rows.set_index("hours")
    told = [f"{by.loc[band, 'women_share']:.0%} from {_hours(band)}" for band in (_DAY, _LATE) if band in by.index]
    return [f"Women are {' and '.join(told)} of the women and men on foot."] if told else []


def _hours(band: str) -> str:
    return " to ".join(f"{hour}:00" for hour in band.split("-"))


def _stays_in(rows: pd.DataFrame) -> list[str]:
    dark = rows[(rows["period"] == "dark") & (rows["age"] == "all")].set_index("gender")["not_made_share"]
    if not {"woman", "man"} <= set(dark.index):
        return []
    return [
        f"Of 1000 trips that women wish to make after dark {1000 * dark['woman']:.0f} are not made, of men's "
        f"{1000 * dark['man']:.0f}; the level is an assumption."
    ]


def _reach(rows: pd.DataFrame) -> list[str]:
    told = []
    for name, words in (("transit_at_02", "a stop that is served"), ("open_at_02", "something open")):
        row = _everybody(rows, name)
        if row is not None:
            told.append(f"{row['value']:.0%} reach {words}")
    return [f"At 02:00, within 15 minutes on foot, of residents {' and '.join(told)}."] if told else []


def _everybody(rows: pd.DataFrame, indicator: str, gender: str = "all") -> pd.Series | None:
    wanted = {
        "indicator": indicator,
        "gender": gender,
        "age": "all",
        "period": "all",
        "hour_band": "all",
        "zone": "core",
    }
    found = rows
    for name in rows.columns.intersection(["disability", "carer", "night_worker", "purpose"]):
        found = found[found[name] == "all"]
    for name, value in wanted.items():
        found = found[found[name] == value]
    return found.iloc[0] if len(found) else None


def _all_ages(rows: pd.DataFrame, quantity: str, gender: str) -> pd.DataFrame:
    return rows[(rows["quantity"] == quantity) & (rows["gender"] == gender) & (rows["age"] == "all")]


def reasons_table(rows: pd.DataFrame, quantity: str) -> Table:
    """What stands in the way, for women and men of all ages, largest for women first."""
    women, men = (_all_ages(rows, quantity, who).set_index("reason") for who in ("woman", "man"))
    body = [
        (
            REASONS[reason],
            *(_points(of.loc[reason]) if reason in of.index else " to " for of in (women, men)),
        )
        for reason in (women if len(women) else men).index
    ]
    shares = [f"{who} {100 * of['share'].iloc[0]:.0f} %" for who, of in (("women", women), ("men", men)) if len(of)]
    return Table(
        title=f"{QUANTITIES[quantity][0].capitalize()}: {', '.join(shares)}; points more if this alone were mended",
        columns=("in the way", "points, women (90 % interval)", "points, men (90 % interval)"),
        rows=tuple(body),
    )


def _points(row: pd.Series) -> str:
    ends = f" ({_signed(row['low'])} to {_signed(row['high'])})" if np.isfinite(row["low"]) else ""
    return f"{_signed(row['gain'])}{ends}"


def _signed(share: float) -> str:
    return f"{100.0 * share:+.1f}".replace("-", "−")


def groups_table(rows: pd.DataFrame) -> Table:
    """How safe walks after dark feel by gender and age, and what stands most in the way of each."""
    body = []
    of_walks = rows[(rows["quantity"] == "walks") & (rows["reason"] != CANNOT_BE_MENDED)]
    for (gender, age), group in of_walks.groupby(["gender", "age"], sort=False):
        first = group.iloc[0]
        body.append((wording.WHO[str(gender)], str(age), f"{100 * first['share']:.0f}", _most(first), _points(first)))
    return Table(
        title="Walking time after dark that feels safe, by gender and age",
        columns=("who", "age", "share, per cent", "most in the way", "points without it (90 % interval)"),
        rows=tuple(body),
        stubs=2,
        numbers=(2, 4),
    )


def _most(row: pd.Series) -> str:
    if not np.isfinite(row["low"]):
        return "too few draws to tell"
    return REASONS[str(row["reason"])] if row["low"] > 0.0 else "not distinguishable"


def out_table(rows: pd.DataFrame) -> Table:
    """Who walks when."""
    body = [
        (
            f"{row.hours} h",
            wording.whole_number(row.women_walking_h),
            wording.whole_number(row.men_walking_h),
            _share_of_women(row),
        )
        for row in rows.itertuples()
    ]
    return Table(
        title="Who walks when, in the core",
        columns=("hours", "hours walked, women", "hours walked, men", "women's share, per cent (90 % interval)"),
        rows=tuple(body),
        numbers=(1, 2, 3),
    )


def _share_of_women(row: Any) -> str:
    ends = f" ({100 * row.low:.0f} to {100 * row.high:.0f})" if np.isfinite(row.low) else ""
    return f"{100 * row.women_share:.0f}{ends}"


def where_table(rows: pd.DataFrame) -> Table:
    """Women's share of those who walk, by neighbourhood; without rows where a city has none."""
    by = rows.set_index(["neighbourhood", "period"])
    body = [
        (place, *(_share_of_women(by.loc[(place, period)]) if (place, period) in by.index else "–" for period in _WHEN))
        for place in dict.fromkeys(rows["neighbourhood"])
    ]
    return Table(
        title="Women's share of those who walk, by neighbourhood, per cent (90 % interval)",
        columns=("neighbourhood", "by day", "after dark"),
        rows=tuple(body),
        numbers=(1, 2),
    )


def why_where_table(rows: pd.DataFrame) -> Table:
    """How safe walks feel after dark by neighbourhood, and what is most in the way there of what can be mended."""
    body = []
    for place, group in rows[rows["reason"] != CANNOT_BE_MENDED].groupby("neighbourhood", sort=False):
        first = group.iloc[0]
        body.append((wording.place(str(place)), f"{100 * first['share']:.0f}", _most(first), _points(first)))
    return Table(
        title="Walking time after dark that feels safe, by neighbourhood",
        columns=("neighbourhood", "share, per cent", "most in the way", "points without it (90 % interval)"),
        rows=tuple(body),
        numbers=(1, 3),
    )


def further_groups_table(rows: pd.DataFrame) -> Table:
    """How safe further groups feel from door to door, after dark where it is dark, and which trips they do not make."""
    period = "dark" if rows["period"].eq("dark").any() else "all"
    of = rows[(rows["period"] == period) & ~rows["by"].isin([EVERYBODY, STAYS])]
    body: list[tuple[str, ...]] = []
    for by, level in dict.fromkeys(zip(of["by"], of["level"], strict=True)):
        there = of[(of["by"] == by) & (of["level"] == level)].set_index(["gender", "indicator"])["value"]
        cells = [
            _in_per_cent(there.get((who, name)))
            for name in ("feels_safe_door_to_door", "trips_not_made_share")
            for who in ("woman", "man")
        ]
        if set(cells) != {"–"}:
            body.append((f"{level} ({by})", *cells))
    return Table(
        title=f"Further groups {_WORDS_OF[period]}: from door to door, time that feels safe; wished trips not made",
        columns=("who", "safe, women, %", "safe, men, %", "not made, women, %", "not made, men, %"),
        rows=tuple(body),
        numbers=(1, 2, 3, 4),
        notes=("Means over draws. Women and men of fewer than 30 agents have no number (–); they are in the totals.",),
    )


def journeys_table(rows: pd.DataFrame) -> Table:
    """Whole journeys, what fear costs those who fear and their companions, crowds and mixing."""
    body: list[tuple[str, ...]] = []
    of = rows[rows["by"] == EVERYBODY]
    for name, words in (*JOURNEY.items(), *SIDES.items()):
        for period in dict.fromkeys(of.loc[of["indicator"] == name, "period"]):
            there = of[(of["indicator"] == name) & (of["period"] == period)].set_index("gender")
            if period == ALL or there.empty:
                continue
            cells = [_level_of(there, who) for who in ("woman", "man", ALL)]
            body.append((words, _WORDS_OF[str(period)], *cells, str(there["unit"].iloc[0])))
    return Table(
        title="Whole journeys, what fear costs, and who is out together",
        columns=("what", "when", "women", "men", "everybody", "unit"),
        rows=tuple(body),
        numbers=(2, 3, 4),
        notes=(
            "Means over draws. A share of companions goes back alone, by assumption; rows are by who is accompanied, "
            "since who comes along is unknown. No money: give `compare` a value of time for that.",
        ),
    )


def stayers_table(rows: pd.DataFrame) -> Table:
    """Who is out without travelling, women and men: hours after dark, and how safe they feel at their place."""
    of = rows[(rows["by"] == STAYS) & (rows["period"] == "dark")]
    body: list[tuple[str, ...]] = []
    for kind in dict.fromkeys(of["level"]):
        there = of[of["level"] == kind].set_index(["gender", "indicator"])["value"]
        hours = [there.get((who, "stay_hours")) for who in ("woman", "man")]
        felt = [_in_per_cent(there.get((who, "feels_safe_staying"))) for who in ("woman", "man")]
        body.append((str(kind), *("–" if one is None else wording.whole_number(one) for one in hours), *felt))
    return Table(
        title="Who stays out after dark without travelling: hours, and time that feels safe at their place",
        columns=("who", "hours, women", "hours, men", "safe, women, %", "safe, men, %"),
        rows=tuple(body),
        numbers=(1, 2, 3, 4),
        notes=(
            "How many there are is an assumption; so are women's shares among hosts and young people. Those among "
            "traders, drivers and rough sleepers are published ones of other places: `afterdark evidence stays_women`.",
        ),
    )


def _level_of(rows: pd.DataFrame, who: str) -> str:
    return wording.level(float(rows.loc[who, "value"]), str(rows.loc[who, "unit"])) if who in rows.index else "–"


def _in_per_cent(value: float | None) -> str:
    return "–" if value is None or not np.isfinite(value) else f"{100.0 * value:.1f}"


def stays_in_table(rows: pd.DataFrame) -> Table:
    """Who stays in: wished trips that are not made."""
    by = rows.set_index(["gender", "age", "period"])
    body: list[tuple[str, ...]] = []
    for gender, age in dict.fromkeys(zip(rows["gender"], rows["age"], strict=True)):
        cells = [_per_1000(by, (gender, age, period)) for period in ("day", "dark")]
        body.append((wording.WHO[gender], age, *cells))
    return Table(
        title="Who stays in: of 1000 wished trips not made",
        columns=("who", "age", "by day (90 % interval)", "after dark (90 % interval)"),
        rows=tuple(body),
        stubs=2,
        numbers=(2, 3),
        notes=("The level is an assumption of the model; read who against whom.",),
    )


def _per_1000(by: pd.DataFrame, key: tuple[str, str, str]) -> str:
    if key not in by.index:
        return "–"
    row = by.loc[key]
    ends = f" ({1000 * row['low']:.1f} to {1000 * row['high']:.1f})" if np.isfinite(row["low"]) else ""
    return f"{1000 * row['not_made_share']:.1f}{ends}"


def reach_table(rows: pd.DataFrame) -> Table:
    """What residents have within reach of home, women and men."""
    body = []
    for name in REACH:
        cells = [_everybody(rows, name, gender) for gender in ("woman", "man", "all")]
        if cells[2] is not None:
            body.append(
                (INDICATORS[name].title, *("–" if cell is None else f"{100 * cell['value']:.0f}" for cell in cells))
            )
    return Table(
        title="Within reach of home, per cent of residents",
        columns=("what", "women", "men", "everybody"),
        rows=tuple(body),
        numbers=(1, 2, 3),
        notes=("Proxies; what a city file does not know (stops, departures, open spaces) has no row.",),
    )


def neighbourhoods_table(rows: pd.DataFrame) -> Table:
    """Feeling safe after dark beside expected incidents, by neighbourhood; without rows where a city has none."""
    if "zone" not in rows or rows["zone"].eq("core").all():
        return Table("By neighbourhood", (), ())
    of = rows[(rows["zone"] != "core") & (rows["gender"] == "all")]
    body = []
    for zone in of["zone"].unique():
        there = of[of["zone"] == zone]
        feels, met = (
            there[(there["indicator"] == name) & (there["period"] == period)]
            for name, period in (("feels_safe_share", "dark"), ("incidents_expected", "all"))
        )
        body.append((str(zone), _value(feels, 100.0, "{:.0f}"), _value(met, 1.0, "{:.1f}")))
    return Table(
        title="Fear beside expected incidents, by neighbourhood",
        columns=("neighbourhood", "walking time after dark that feels safe, per cent", "incidents, expected rate"),
        rows=tuple(body),
        numbers=(1, 2),
        notes=("Where the two part, fear and risk need different answers. Rates are at the level of their country.",),
    )


def _value(rows: pd.DataFrame, scale: float, form: str) -> str:
    return form.format(scale * float(rows["value"].iloc[0])) if len(rows) else "–"


def all_tables(parts: Mapping[str, pd.DataFrame]) -> Sequence[Table]:
    """Every table of a diagnosis that has rows."""
    made: list[Any] = [
        *(reasons_table(parts["reasons"], quantity) for quantity in QUANTITIES),
        groups_table(parts["reasons"]),
        out_table(parts["out"]),
        where_table(parts["where"]),
        why_where_table(parts["why_where"]),
        stays_in_table(parts["stays_in"]),
        further_groups_table(parts["groups"]),
        journeys_table(parts["groups"]),
        stayers_table(parts["groups"]),
        reach_table(parts["levels"]),
        neighbourhoods_table(parts["levels"]),
    ]
    return [table for table in made if table.rows]
