"""The answer of `study optimise`: the front in words, tables, a picture, and a scenario file for each of its points."""

import dataclasses
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.comparison.intervals import amount_interval
from analysis.indicators.indicator import SHARES
from experiments.studies import portfolios as of
from experiments.studies.answers import words_of
from experiments.studies.explaining import columns_of
from experiments.studies.outcomes import COST, unit_of
from experiments.studies.portfolios import Portfolio
from experiments.studies.searching import Searched, asked_of
from experiments.studies.study import Optimise
from scenarios.scenario import Scenario, named
from scenarios.words import listed
from scenarios.writing import scenario_text
from simulator.results.files import whole_folder

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = {
    "portfolio": "number; those of the front come first",
    "scenario": "name of the case",
    "file": "its scenario file, which `compare` runs; empty off the front, and where nothing is done",
    "measures": "names of its measures",
    "on_front": "whether no other that may be chosen is at least as good in all objectives and better in one",
    "refused": "why it may not be chosen; empty if it may",
    "gains": "whether some objective other than costs is distinguishable from no effect, for the better",
    "not_distinguishable_from": "numbers of others of the front that draws cannot tell from it in any gain",
    "within_budget": "share of draws in which it keeps to the budget; empty without a budget",
    "cost": "mean cost (currency a year); empty where costs are not kept",
    "cost_low": "low end of the 90 % interval over draws",
    "cost_high": "high end",
}
"""Columns of `portfolios.csv`; then come `lever_...`, and mean, low, high and score of each objective."""
PICTURE, TABLE, WORDS = "front.png", "portfolios.csv", "findings.txt"
_LONGEST_KEY = 60


@dataclasses.dataclass(frozen=True)
class Choice:
    """What was tried, and what of it is to be chosen from.

    Attributes
    ----------
    searched
        What was tried.
    front
        Places of the front among the portfolios.
    alike
        For each of the front, places in the front that are not distinguishable from it.
    currency
        Of costs.
    """

    searched: Searched
    front: tuple[int, ...]
    alike: tuple[tuple[int, ...], ...]
    currency: str

    @property
    def asked(self) -> Optimise:
        """What was asked."""
        return asked_of(self.searched.plan)

    @property
    def order(self) -> list[int]:
        """Places of all portfolios: the front first, then the others as they were tried."""
        return [*self.front, *(at for at in range(len(self.searched.portfolios)) if at not in self.front)]

    def table(self) -> pd.DataFrame:
        """All that was tried, a row each."""
        return pd.DataFrame([self._row(number, at) for number, at in enumerate(self.order, start=1)])

    def _row(self, number: int, at: int) -> dict[str, Any]:
        one, asked, nan = self.searched.portfolios[at], self.asked, float("nan")
        on_front, costs = at in self.front, self._keeps_costs
        row = {
            "portfolio": number,
            "scenario": one.scenario.name,
            "file": file_of(number) if on_front and not one.is_nothing else "",
            "measures": "; ".join(measure.name for measure in one.scenario.measures),
            "on_front": on_front,
            "refused": "; ".join(one.refused),
            "gains": of.gains_something(one, asked),
            "not_distinguishable_from": " ".join(str(place + 1) for place in self.alike[number - 1])
            if on_front
            else "",
            "within_budget": float((one.cost <= asked.budget).mean()) if asked.budget is not None else nan,
            "cost": float(one.cost.mean()) if costs else nan,
        }
        row |= dict(zip(("cost_low", "cost_high"), amount_interval(one.cost) if costs else (nan, nan), strict=True))
        row |= {f"lever_{lever.name}": one.settings.get(lever.name) for lever in self.searched.plan.study.levers}
        for place, objective in enumerate(asked.objectives):
            key, sign = "_".join(of.objective_spot(objective)), of.direction(objective.indicator)
            low, high = of.interval_of(one, asked, place)
            row |= {f"{key}_mean": float(one.gains[place].mean()) * sign, f"{key}_low": low, f"{key}_high": high}
            row[f"{key}_score"] = float(one.scores[place]) * sign
        return row

    @property
    def _keeps_costs(self) -> bool:
        return any(spot.indicator == COST for spot in self.searched.plan.spots)

    def column_meanings(self) -> dict[str, str]:
        """What each column of the table means."""
        told = dict(COLUMNS)
        told |= {f"lever_{one.name}": f"value of the lever {one.name}" for one in self.searched.plan.study.levers}
        for objective in self.asked.objectives:
            key = "_".join(of.objective_spot(objective))
            unit = f"difference from the baseline, {unit_of(objective.indicator)}"
            told |= {f"{key}_mean": f"mean {unit}", f"{key}_low": "low end of its 90 % interval over draws"}
            told |= {f"{key}_high": "high end", f"{key}_score": f"what counts ({objective.by} over draws)"}
        return told

    def words(self) -> list[str]:
        """What there is to say, a line each."""
        tried, asked = self.searched, self.asked
        may = sum(not one.refused for one in tried.portfolios)
        proof = "all were tried, so that the front is proved for these draws" if tried.proved else (
            "not all were tried: the front is the best of what the search found, and may not be the best there is"
        )  # fmt: skip
        lines = [
            f"{len(tried.portfolios)} of {tried.of} portfolios tried: {proof}.",
            f"{may} may be chosen, {len(tried.portfolios) - may} may not ({_limits(asked, self.currency)}).",
        ]
        if not self.front:
            return [*lines, "No portfolio may be chosen; give a larger budget, or other measures."]
        lines.append(f"{len(self.front)} on the front:")
        for number, at in enumerate(self.front, start=1):
            lines.append(self._line(number, tried.portfolios[at]))
        return lines

    def _line(self, number: int, one: Portfolio) -> str:
        told = f"{number:>3}  {self.label(one)}: " + "; ".join(
            self._objective(one, place) for place in range(len(self.asked.objectives))
        )
        if COST not in [objective.indicator for objective in self.asked.objectives] and self._keeps_costs:
            told += f"; cost {_number(float(one.cost.mean()))} {self.currency} a year"
        if one.is_nothing:
            return f"{told}."
        if not of.gains_something(one, self.asked):
            told += ". Its gains are not distinguishable from no effect"
        if others := self.alike[number - 1]:
            told += f". Not distinguishable in any gain from {listed([str(place + 1) for place in others], 'and')}"
        return f"{told}."

    def label(self, one: Portfolio) -> str:
        """A portfolio in a few words: what is in it, and how much of it."""
        if one.is_nothing:
            return "nothing"
        told = [
            name if value is True else f"{name} {_value(value)}"
            for name, value in one.settings.items()
            if value is not False
        ]
        own = [one.scenario.name] if len(self.searched.plan.study.scenarios) > 1 or not told else []
        return ", ".join([*own, *told])

    def _objective(self, one: Portfolio, place: int) -> str:
        objective = self.asked.objectives[place]
        mean = float(one.gains[place].mean()) * of.direction(objective.indicator)
        low, high = of.interval_of(one, self.asked, place)
        unit, times = unit_in_words(objective.indicator, self.currency)
        ends = f"{_number(times * low)} to {_number(times * high)}"
        return f"{words_of(of.objective_spot(objective))} {_number(times * mean)} ({ends}) {unit}"


def unit_in_words(indicator: str, currency: str) -> tuple[str, float]:
    """The unit that a reader sees differences in, and what a value is multiplied by for it."""
    if indicator == COST:
        return f"{currency or 'money'} a year", 1.0
    unit = unit_of(indicator)
    return (f"points, {unit}", 100.0) if unit in SHARES else (unit, 1.0)


def choose(searched: Searched, currencies: Sequence[str]) -> Choice:
    """Find the front of what was tried.

    Raises
    ------
    InputError
        If costs are in several currencies.
    """
    found, asked = searched.portfolios, asked_of(searched.plan)
    front = of.front_of(found)
    told = of.alike(found, front, asked)
    return Choice(searched, tuple(front), tuple(map(tuple, told)), of.currency_of(currencies))


def file_of(number: int) -> str:
    """The scenario file of a portfolio of the front."""
    return f"portfolio-{number:02}.toml"


def scenario_of(choice: Choice, number: int) -> Scenario:
    """A portfolio of the front as a scenario of its own, with where it comes from."""
    study, one = choice.searched.plan.study, choice.searched.portfolios[choice.front[number - 1]]
    told = {
        "title": f"Portfolio {number} of {study.title}"[:200],
        "question": study.question,
        "city": study.city,
        "date": choice.searched.plan.options.date,
        "notes": f"From the study {study.name}: {choice.label(one)}. {' '.join(choice.words()[:2])}",
        "measures": one.scenario.measures,
        "format": 1,
    }
    return named(Scenario.model_validate(told), file_of(number).removesuffix(".toml"))


def write(choice: Choice, out: Path) -> None:
    """Write table, words, picture and scenario files into a new folder.

    Raises
    ------
    InputError
        If the folder holds something.
    """
    with whole_folder(out) as part:
        choice.table().to_csv(part / TABLE, index=False, lineterminator="\n", encoding="utf-8")
        columns = columns_of({TABLE.removesuffix(".csv"): choice.column_meanings()})
        columns.to_csv(part / "columns.csv", index=False, lineterminator="\n", encoding="utf-8")
        (part / WORDS).write_text("\n".join(choice.words()) + "\n", encoding="utf-8")
        for number, at in enumerate(choice.front, start=1):
            if not choice.searched.portfolios[at].is_nothing:
                text = scenario_text(scenario_of(choice, number))
                (part / file_of(number)).write_text(text, encoding="utf-8")
        _draw(choice, part / PICTURE)


def _draw(choice: Choice, path: Path) -> None:
    """All that may be chosen by two objectives, the front with its intervals."""
    from analysis.maps.furniture import plain, save_png
    from experiments.studies.pictures import two_panels

    study, options = choice.searched.plan.study, choice.searched.plan.options
    draws = choice.searched.portfolios[0].cost.size
    below = f"{options.city}, {options.date}; {draws} draws. Not a forecast.{_counted(choice)}"
    figure, (axes, key) = two_panels(f"{study.title}: the front", below)
    asked = choice.asked
    across = 0
    up = 1 if len(asked.objectives) > 1 else None
    _points(axes, choice, across, up)
    axes.set_xlabel(plain(_axis(choice, across)), fontsize=9.5)
    axes.set_ylabel(plain(_axis(choice, up)), fontsize=9.5)
    figure.legend(*axes.get_legend_handles_labels(), fontsize=8.5, frameon=False, loc="outside upper right", ncols=3)
    key.axis("off")
    shown = [
        _shortened(f"{number:>3}  {choice.label(choice.searched.portfolios[at])}")
        for number, at in enumerate(choice.front, 1)
    ]
    told = "\n".join(["On the front (bars: 90 % intervals over draws):", *shown])
    key.text(0.0, 1.0, plain(told), va="top", fontsize=9)
    save_png(figure, path, dpi=110)


def _counted(choice: Choice) -> str:
    """By what the front is drawn, where that is not the mean, which the picture shows."""
    low = [one.indicator for one in choice.asked.objectives if one.by == "low"]
    return f" The front is by what nine draws of ten are better than in {listed(low, 'and')}." if low else ""


def _shortened(line: str) -> str:
    return f"{line[:_LONGEST_KEY]}…" if len(line) > _LONGEST_KEY else line


def _axis(choice: Choice, place: int | None) -> str:
    if place is None:
        return f"cost, {choice.currency or 'money'} a year"
    one = choice.asked.objectives[place]
    unit = unit_in_words(one.indicator, choice.currency)[0]
    return f"{words_of(of.objective_spot(one))}, mean difference ({unit})"


def _points(axes: "Axes", choice: Choice, across: int, up: int | None) -> None:
    from analysis.maps.front import COLOURS, MARKERS
    from analysis.maps.furniture import GREY, PAPER

    def at(one: Portfolio, place: int | None) -> tuple[float, float, float]:
        if place is None:
            mean, ends = float(one.cost.mean()), amount_interval(one.cost)
        else:
            sign = of.direction(choice.asked.objectives[place].indicator)
            mean, ends = float(one.gains[place].mean()) * sign, of.interval_of(one, choice.asked, place)
        times = 1.0 if place is None else unit_in_words(choice.asked.objectives[place].indicator, "")[1]
        low, high = (times * (end if math.isfinite(end) else mean) for end in ends)
        return times * mean, low, high

    for place, one in enumerate(choice.searched.portfolios):
        if place not in choice.front:
            marker = "x" if one.refused else "."
            axes.plot(at(one, across)[0], at(one, up)[0], marker, color=GREY, markersize=6, zorder=1)
    for number, place in enumerate(choice.front):
        one = choice.searched.portfolios[place]
        (x, *x_ends), (y, *y_ends) = at(one, across), at(one, up)
        colour = COLOURS[number % len(COLOURS)]
        axes.plot(x_ends, [y, y], color=colour, linewidth=1.2, zorder=2)
        axes.plot([x, x], y_ends, color=colour, linewidth=1.2, zorder=2)
        face = colour if of.gains_something(one, choice.asked) else PAPER
        axes.plot(x, y, MARKERS[number % len(MARKERS)], color=colour, markerfacecolor=face, markersize=9, zorder=3)
        axes.annotate(str(number + 1), (x, y), textcoords="offset points", xytext=(7, 5), fontsize=9)
    axes.plot([], [], "s", color=GREY, markerfacecolor=PAPER, label="hollow: gain not distinguishable from no effect")
    axes.plot([], [], ".", color=GREY, label="dominated")
    axes.plot([], [], "x", color=GREY, label="may not be chosen")
    axes.axvline(0.0, color=GREY, linewidth=1.0, zorder=0)


def _limits(asked: Optimise, currency: str) -> str:
    told = [f"budget {_number(asked.budget)} {currency} a year"] if asked.budget is not None else []
    told += ["no outcome worse beyond its margin"] if asked.nobody_worse else []
    return listed(told, "and") if told else "no limits"


def _value(value: Any) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _number(value: float) -> str:
    value += 0.0  # no minus before a nought
    return f"{value:,.0f}".replace(",", " ") if abs(value) >= 1000 else f"{value:.3g}"
