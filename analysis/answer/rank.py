"""Ideas ranked: cost beside gain, for whom, which idea is dominated, and which is worth most at which value.

All of it is read from what a comparison stores, draw by draw, so that every idea meets the same draws.
"""

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.answer import wording
from analysis.answer.cost_wording import currency_of, one_of, price, with_interval
from analysis.answer.provenance import Provenance
from analysis.answer.tables import Entry, Table
from analysis.comparison.intervals import COVERAGE, Array, amount_interval, predictive_interval
from analysis.cost.front import Dominance, acceptability, chance_of_more, dominated, on_front, round_values
from analysis.cost.ratios import is_gain
from analysis.cost.unit_values import DAYS
from simulator.errors import ResultsError

GAIN = "safe_minutes"
BY_LUCK = (
    "Nothing is said to be dominated by an idea whose gain is not distinguishable from no effect: that would be luck."
)
OTHER_DAYS = (
    "Costs are those of a year, gains those of the one day that is simulated ({day}): ideas that act on every day and "
    "ideas that act on some stand beside each other for that day only. [such_days] in --unit-values says how many days "
    "a year are like it, for each case."
)
_SHORTEST = 24
"""Letters of a title that heads a column."""


@dataclasses.dataclass(frozen=True)
class Ranking:
    """Costs and gains of all ideas by draw.

    Attributes
    ----------
    names, titles
        Ideas in the order in which they were asked for.
    cost, present, gain
        Cost a year, all of it in money of today, and person-minutes more that feel safe, each (ideas, R).
    currency, years
        Of the costs, and over how many years they are looked at.
    per_year
        Whether the gain is that of a year (days were given for every idea), else of one such day.
    """

    names: tuple[str, ...]
    titles: tuple[str, ...]
    cost: Array
    present: Array
    gain: Array
    currency: str
    years: int
    per_year: bool

    @property
    def unit(self) -> str:
        """Unit of the gain."""
        return "person-minutes a year" if self.per_year else "person-minutes per such day"


def ranking_of(costs: pd.DataFrame, facts: Provenance) -> Ranking:
    """Costs and gains by draw.

    Parameters
    ----------
    costs
        The table of the finding `cost`, all scenarios.
    facts
        Of the comparison.

    Raises
    ------
    ResultsError
        If an idea has no rows.
    """
    names = tuple(told.name for told in facts.scenarios)
    rows = {name: costs[costs["scenario"] == name] for name in names}
    missing = [name for name, one in rows.items() if one.empty]
    if missing:
        raise ResultsError(f"cost.csv: found no rows of {', '.join(missing)}; remove the folder and compare again")
    days = [one_of(one, "total", DAYS) for one in rows.values()]
    per_year = all(one is not None for one in days)
    factor = np.array([float(one["estimate"]) if one is not None and per_year else 1.0 for one in days])
    currency = next((found for found in map(currency_of, rows.values()) if found), "")
    first = one_of(rows[names[0]], "total", "years")
    return Ranking(
        names=names,
        titles=tuple(told.title for told in facts.scenarios),
        cost=np.array([_draws(one, "annual_cost") for one in rows.values()]),
        present=np.array([_draws(one, "net_present_cost") for one in rows.values()]),
        gain=np.array([_draws(one, GAIN) for one in rows.values()]) * factor[:, None],
        currency=currency,
        years=0 if first is None else int(first["estimate"]),
        per_year=per_year,
    )


def _draws(rows: pd.DataFrame, quantity: str) -> Array:
    found = rows[(rows["part"] == "draw") & (rows["quantity"] == quantity)].sort_values("draw")
    return np.asarray(found["estimate"].to_numpy(dtype=float))


def rank_table(ranking: Ranking, *, budget: float | None = None) -> pd.DataFrame:
    """A row for each idea: means and intervals of cost and gain, chance of a gain, dominated by which, within budget.

    Columns are plain words; `within_budget_share` is the share of draws, empty without a budget.
    """
    pairs = dominated(ranking.cost, ranking.gain)
    front = on_front(ranking.cost, ranking.gain)
    rows = []
    for at, name in enumerate(ranking.names):
        cost, present, gain = ranking.cost[at], ranking.present[at], ranking.gain[at]
        by = [ranking.names[pair.better] for pair in pairs if pair.worse == at]
        row = {"scenario": name, "currency": ranking.currency, "years": ranking.years, "gain_unit": ranking.unit}
        for key, amounts, interval in (
            ("annual_cost", cost, amount_interval(cost)),
            ("net_present_cost", present, amount_interval(present)),
            ("gain", gain, predictive_interval(gain)),
        ):
            row |= {key: float(amounts.mean()), f"{key}_low": interval[0], f"{key}_high": interval[1]}
        row |= {
            "gains_share": float((gain > 0.0).mean()) if np.isfinite(gain).all() else math.nan,
            "is_gain": is_gain(gain),
            "on_front": at in front,
            "dominated_by": "; ".join(by),
            "within_budget": None if budget is None else bool(cost.mean() <= budget),
            "within_budget_share": math.nan if budget is None else float((cost <= budget).mean()),
        }
        rows.append(row)
    return pd.DataFrame(rows)


def money_and_gain(ranking: Ranking, table: pd.DataFrame, *, budget: float | None = None) -> Table:
    """What each idea costs and gains, whether it is within budget."""
    draws = ranking.cost.shape[1]
    body: list[tuple[Entry, ...]] = []
    for title, row in zip(ranking.titles, table.to_dict("records"), strict=True):
        cells = [
            _below(with_interval(_of(row, "annual_cost"), "")),
            _below(with_interval(_of(row, "net_present_cost"), "")),
            _below(_gain(row)),
            "–" if math.isnan(row["gain"]) else f"{row['gains_share'] * draws:.0f} of {draws}",
        ]
        if budget is not None:
            within = round(row["within_budget_share"] * draws)
            cells.append(f"{'yes' if row['within_budget'] else 'no'}\n({within} of {draws})")
        body.append((title, *cells))
    budgeted = () if budget is None else (f"within {wording.money(budget, ranking.currency)}",)
    when = "a year" if ranking.per_year else "on one such day"
    years = f"{ranking.years} {'year' if ranking.years == 1 else 'years'}"
    return Table(
        title="Cost beside gain (90 % interval)",
        columns=(
            "idea",
            f"{ranking.currency} a year".strip(),
            f"{ranking.currency} today".strip(),
            "safe minutes more",
            "gains",
            *budgeted,
        ),
        rows=tuple(body),
        numbers=tuple(range(1, 5 + len(budgeted))),
        notes=(
            f"Safe minutes: person-minutes more {when} that feel safe to everybody whom the idea can touch.",
            "Gains, within: in how many draws; yes or no is that of the mean."
            if budgeted
            else "Gains: in how many draws.",
            f"Today: all that is paid within {years}, in money of today; a year: the equal yearly payment for it.",
        ),
    )


def _of(row: dict[str, float], key: str) -> pd.Series:
    return pd.Series({"estimate": row[key], "low": row[f"{key}_low"], "high": row[f"{key}_high"]})


def _below(text: str) -> str:
    """An amount with its interval on a line of its own."""
    return text.replace(" (", "\n(", 1)


def _gain(row: dict[str, float]) -> str:
    if math.isnan(row["gain"]):
        return "–"
    numbers = {"difference": row["gain"], "low": row["gain_low"], "high": row["gain_high"], "unit": ""}
    return wording.change_with_interval(pd.Series(numbers, dtype=object))


def for_whom(comparison: pd.DataFrame, facts: Provenance) -> Table:
    """Gain of women and men, and what each answer leads with after dark, by idea."""
    period = "dark" if any(facts.dark_hours) else "all"
    body: list[tuple[Entry, ...]] = []
    for told in facts.scenarios:
        lead = told.leads[0]
        for gender in ("woman", "man"):
            minutes = _cell(comparison, told.name, "affected_safe_minutes", gender, "all")
            first = _cell(comparison, told.name, lead.indicator, gender, period)
            body.append((told.title, wording.who(gender), minutes, lead.title, first))
    when = " after dark" if period == "dark" else ""
    return Table(
        title="For whom: changes on one such day (90 % interval)",
        columns=("idea", "who", "safe minutes, those affected", f"the answer leads with{when}", "change"),
        rows=tuple(body),
        stubs=2,
        once=(3,),
        numbers=(2, 4),
        notes=("; ".join(f"{mark} {word}" for word, mark in wording.MARKS.items() if word),),
    )


def _cell(comparison: pd.DataFrame, scenario: str, indicator: str, gender: str, period: str) -> str:
    rows = wording.select(comparison, scenario, indicator=indicator, gender=gender, period=period)
    if rows.empty:
        return "–"
    row = rows.iloc[0]
    return f"{wording.MARKS.get(str(row['verdict']), '')} {wording.change_with_interval(row)}".strip()


def pairs_table(ranking: Ranking) -> Table:
    """In how many draws the idea of a row gains more than that of a column; only ideas whose gain is counted."""
    known = _counted(ranking)
    more, draws = chance_of_more(ranking.gain[known]) * ranking.gain.shape[1], ranking.gain.shape[1]
    body = [
        (ranking.titles[one], *("–" if row == column else f"{more[row, column]:.0f}" for column in range(len(known))))
        for row, one in enumerate(known)
    ]
    return Table(
        title=f"In how many of {draws} draws the idea of a row gains more than that of a column",
        columns=("idea", *(_short(ranking.titles[one]) for one in known)),
        rows=tuple(body) if len(known) > 1 else (),
        numbers=tuple(range(1, len(known) + 1)),
    )


def _counted(ranking: Ranking) -> list[int]:
    """Ideas whose gain is counted: with too few agents there is no number."""
    return [at for at, gain in enumerate(ranking.gain) if np.isfinite(gain).all()]


def _short(title: str) -> str:
    return title if len(title) <= _SHORTEST else f"{title[: _SHORTEST - 1]}…"


def values_table(ranking: Ranking) -> Table:
    """In which share of draws each idea is worth most, by the value of a minute; without rows where none gains."""
    known = _counted(ranking)
    cost, gain = ranking.cost[known], ranking.gain[known]
    values = round_values(cost, gain)
    titles = (*(ranking.titles[one] for one in known), "none of them") if len(values) else ()
    shares = acceptability(cost, gain, values) if len(values) else np.zeros((0, 0))
    each = "a minute" if ranking.per_year else "a minute on each such day of a year"
    return Table(
        title=f"Share of draws in which an idea is worth most,\nby what {each} is worth, {ranking.currency}",
        columns=("idea", *(price(value, "") for value in values)),
        rows=tuple(
            (title, *(f"{100.0 * share:.0f} %" for share in row)) for title, row in zip(titles, shares, strict=True)
        ),
        numbers=tuple(range(1, len(values) + 1)),
        notes=(
            "The values are a range to read from, not a price:\nwhat a minute is worth is not for a model to say.",
            "None of them: each costs more than its gain is worth.",
        ),
    )


def sentences(ranking: Ranking, facts: Provenance) -> list[str]:
    """Which idea is dominated by which, which lie on the front, and what cannot be told."""
    told = [_dominance(ranking, pair) for pair in dominated(ranking.cost, ranking.gain)]
    known = _counted(ranking)
    which = "No idea" if len(known) == len(ranking.names) else "No idea whose gain is counted"
    told = told or [f"{which} is dominated: none costs more in the mean and gains less than another that gains."]
    front = [f"“{ranking.titles[one]}”" for one in on_front(ranking.cost, ranking.gain)]
    if front:
        told.append(
            "On the front of cost against gain, of ideas whose gain is distinguishable, cheapest first: "
            f"{wording.listed(front)}."
        )
    unclear = [f"“{ranking.titles[one]}”" for one in known if not is_gain(ranking.gain[one])]
    if unclear:
        told.append(
            f"{wording.listed(unclear)}: {_whose(unclear)} in safe minutes is not distinguishable from no effect. "
            f"{BY_LUCK}"
        )
    missing = [f"“{title}”" for at, title in enumerate(ranking.titles) if at not in known]
    if missing:
        told.append(
            f"{wording.listed(missing)}: {_whose(missing)} in safe minutes is not counted, as too few agents are "
            "touched. Ask for more with --people."
        )
    return told if ranking.per_year else [*told, OTHER_DAYS.format(day=facts.date_in_words)]


def _dominance(ranking: Ranking, pair: Dominance) -> str:
    better, worse = ranking.titles[pair.better], ranking.titles[pair.worse]
    means = [(float(ranking.cost[one].mean()), float(ranking.gain[one].mean())) for one in (pair.better, pair.worse)]
    costs = "costs more" if means[1][0] > means[0][0] else "costs as much"
    gains = "gains less" if means[1][1] < means[0][1] else "gains as much"
    draws = ranking.cost.shape[1]
    unsure = "" if pair.share >= COVERAGE else ", which does not settle it"
    return (
        f"In the mean “{worse}” is dominated by “{better}”: it {costs} and {gains}; "
        f"so in {pair.share * draws:.0f} of {draws} draws{unsure}."
    )


def _whose(ideas: Sequence[str]) -> str:
    return "its gain" if len(ideas) == 1 else "their gain"
