"""What every answer states besides its numbers: place, date, draws, runs, versions, costs and licences."""

import dataclasses
import datetime
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.answer.leads import Headline, headlines_of
from analysis.comparison.sums import check_pairing, in_order_of_draw
from analysis.indicators.summed import ZONES_COUNTED
from analysis.language import spoken, tr
from simulator.errors import ResultsError
from simulator.results.coded import Coded
from simulator.results.schema import PLACEMENT_COLUMNS, RunTables


@dataclasses.dataclass(frozen=True)
class ScenarioFacts:
    """One scenario: names, question, and what was placed (rows of placements.parquet, means over draws).

    `touched` counts the street segments that measures stand on, `treated_in_core` those of them in the core.
    `variance_ratio` says how many times more the share of time that feels safe would vary between a baseline and a
    scenario that did not share draws and random numbers: (variance of one + variance of the other) / variance of the
    difference; None where nothing differs or fewer than three draws tell. `kinds` are the kinds of its measures.
    `log` is what institutions did and why in the first draw. `in_30_days` says how many different people would pass its
    streets within 30 such days on their quickest ways, by gender, in the first draw.
    """

    name: str
    title: str
    question: str
    has_measures: bool
    placements: tuple[Mapping[str, Any], ...]
    touched: int
    treated_in_core: int
    run_ids: tuple[str, ...]
    variance_ratio: float | None = None
    kinds: tuple[str, ...] = ()
    log: tuple[str, ...] = ()
    in_30_days: Mapping[str, float] = dataclasses.field(default_factory=dict)

    @property
    def leads(self) -> tuple[Headline, ...]:
        """What the answer begins with."""
        return headlines_of(self.kinds)


@dataclasses.dataclass(frozen=True)
class PlaceAndDay:
    """Place and day of an answer."""

    city: str
    country: str
    attribution: str
    date: str
    date_is_default: bool | None
    dark_hours: tuple[bool, ...]


@dataclasses.dataclass(frozen=True)
class Computation(PlaceAndDay):
    """How it was computed."""

    agents: int
    population: float
    draws: int
    seeds: tuple[int, ...]
    days: Mapping[str, Any]
    settled: tuple[Mapping[str, Any], ...]
    code_version: str
    versions: Mapping[str, str]
    baseline_run_ids: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Provenance(Computation):
    """Facts behind a comparison; plain values only, so that it can be kept in a manifest as JSON.

    `cautions` are sentences without a stop that a reader must know before the numbers; `under` names the shocks that
    befell the baseline and every scenario.
    """

    scenarios: tuple[ScenarioFacts, ...]
    feelings_of: str = ""
    persons: str = ""
    borrowed: Mapping[str, str] = dataclasses.field(default_factory=dict)
    transfer_ratio: float = 1.0
    cautions: tuple[str, ...] = ()
    under: tuple[str, ...] = ()

    def scenario(self, name: str) -> ScenarioFacts:
        """The facts of one scenario by name."""
        for facts in self.scenarios:
            if facts.name == name:
                return facts
        known = ", ".join(facts.name for facts in self.scenarios)
        raise ResultsError(f"no scenario {name!r} in this comparison; it has {known}")

    def as_dict(self) -> dict[str, Any]:
        """Plain lists, dicts, numbers and strings for a manifest."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "Provenance":
        """Undo `as_dict`, also after a journey through JSON.

        Raises
        ------
        ResultsError
            If something is missing.
        """
        try:
            facts = dict(stored)
            facts["scenarios"] = tuple(
                ScenarioFacts(
                    **{**one, **{name: tuple(one.get(name, ())) for name in ("kinds", "log")}}
                    | {name: tuple(one[name]) for name in ("placements", "run_ids")}
                )
                for one in facts["scenarios"]
            )
            for name in ("dark_hours", "seeds", "settled", "baseline_run_ids"):
                facts[name] = tuple(facts[name])
            for name in ("cautions", "under"):
                facts[name] = tuple(facts.get(name, ()))
            return cls(**facts)
        except (KeyError, TypeError) as error:
            raise ResultsError(f"manifest: provenance cannot be read ({error}); compare again") from error

    @property
    def date_in_words(self) -> str:
        """The simulated date, as in "21 December 2026"."""
        return spoken().date(self.day)

    @property
    def day(self) -> datetime.date:
        """The simulated date."""
        return datetime.date.fromisoformat(self.date)

    @property
    def borrowed_in_words(self) -> str:
        """Whose feelings, rates and prices these are, where they are not of the city's country; else nothing."""
        here, told = self.country or tr("here"), ""
        if self.feelings_of and self.feelings_of != self.country:
            told = tr(
                "How safe people feel is borrowed from surveys in {country}: none from {here} went in, so the range of "
                "the level is wider.",
                country=self.feelings_of,
                here=here,
            )
            told += " "
        if self.borrowed:
            told += tr(
                "{count} rates, shares and prices are not from {here} but from {countries}; the ends of their ranges "
                "are moved out by a factor of {factor}.",
                count=len(self.borrowed),
                here=here,
                countries=", ".join(sorted(set(self.borrowed.values()))),
                factor=spoken().digits(f"{self.transfer_ratio:g}"),
            )
            told += " "
        return told + tr("Read the changes, not the levels.") if told else ""

    @property
    def dark_in_words(self) -> str:
        """The hours counted as dark, as in "16:00 to 09:00"."""
        return hours_in_words(self.dark_hours)

    @property
    def unsettled(self) -> int:
        """Draws in which flows still depended on what people remembered when they began."""
        return sum(one.get("settled") is False for one in self.settled)

    @property
    def settled_in_words(self) -> str:
        """Whether flows from empty and from full streets came to agree, and after how long."""
        told = [one for one in self.settled if one.get("gap_empty_full_share")]
        if not told:
            return tr("not recorded")
        gap = max(float(one["gap_empty_full_share"][-1]) for one in told)
        days = max(int(one["days"]) for one in told)
        if self.unsettled:
            return tr(
                "not settled in {count} of {draws} draws: after {days} days, where people are still differs by up to "
                "{gap} between streets begun empty and begun full. Fear and footfall may have several equilibria here; "
                "read these results with caution",
                count=self.unsettled,
                draws=len(told),
                days=days,
                gap=spoken().digits(f"{gap:.1%}"),
            )
        looked = tr("in any draw")
        if len(told) != len(self.settled):
            looked = tr("in {count} of {draws} draws", count=len(told), draws=len(self.settled))
        return tr(
            "streets begun empty and begun full agree: where people are differs by at most {gap} {looked}",
            gap=spoken().digits(f"{gap:.2%}"),
            looked=looked,
        )


def hours_in_words(dark: Sequence[bool]) -> str:
    """Clock hours that are true as spans, a span over midnight in one piece."""
    if all(dark):
        return tr("the whole day")
    spans = [tr("{low} to {high}", low=start, high=end) for start, end in hour_spans(dark)]
    return spoken().listed(spans) if spans else tr("no hour")


def hour_spans(dark: Sequence[bool]) -> list[tuple[str, str]]:
    """Begin and end of each span of clock hours that are true, as in ("16:00", "09:00"); none where all are."""
    spans = []
    for start in (hour for hour in range(24) if dark[hour] and not dark[hour - 1]):
        end = next(hour for hour in range(start + 1, start + 25) if not dark[hour % 24])
        spans.append((f"{start:02d}:00", f"{end % 24:02d}:00"))
    return spans


def collect_provenance(
    baseline: Sequence[RunTables],
    scenarios: Mapping[str, Sequence[RunTables]],
    *,
    default_date: str | None = None,
) -> Provenance:
    """Gather the facts of a comparison from the manifests of its runs.

    Parameters
    ----------
    baseline, scenarios
        As for `compare_runs`.
    default_date
        The date that is simulated unless another is asked for, if it should be said which it was.

    Raises
    ------
    ResultsError
        If the runs cannot be paired.
    """
    check_pairing(baseline, scenarios)
    ordered = in_order_of_draw(baseline)
    first = ordered[0].manifest
    city = first["city"]
    return Provenance(
        city=str(city["name"]),
        country=str(city.get("country", "")),
        attribution=str(city.get("attribution", "")),
        date=str(first["date"]),
        date_is_default=None if default_date is None else str(first["date"]) == default_date,
        dark_hours=tuple(bool(dark) for dark in first["dark_hours"]),
        agents=int(first["agents"]),
        population=float(np.mean([run.manifest["population"] for run in ordered])),  # the footfall level is drawn
        draws=len(ordered),
        seeds=tuple(dict.fromkeys(int(run.manifest["seed"]) for run in ordered)),
        days=dict(first.get("days", {})),
        settled=tuple(_as_mapping(run.manifest.get("settled")) for run in ordered),
        code_version=str(first["code_version"]),
        versions={str(key): str(value) for key, value in first.get("versions", {}).items()},
        baseline_run_ids=tuple(str(run.manifest["id"]) for run in ordered),
        scenarios=tuple(_facts(name, in_order_of_draw(runs), ordered) for name, runs in scenarios.items()),
        feelings_of=str(city.get("feelings_of", "")),
        persons=str(first.get("persons") or ""),
        borrowed=dict(city.get("borrowed", {})),
        transfer_ratio=float(first.get("parameters", {}).get("transfer_ratio", 1.0)),
    )


def _as_mapping(found: Any) -> Mapping[str, Any]:
    return dict(found) if isinstance(found, Mapping) else {"settled": found}


def _facts(name: str, runs: Sequence[RunTables], baseline: Sequence[RunTables]) -> ScenarioFacts:
    told = runs[0].manifest["scenario"]
    streets = runs[0].segment_columns("segment_id", "treated", "in_core")
    flags = streets.groupby("segment_id")[["treated", "in_core"]].any()
    return ScenarioFacts(
        name=name,
        title=str(told.get("title") or name),
        question=str(told.get("question") or ""),
        has_measures=bool(told.get("measures")),
        placements=tuple(_mean_placements([run.placements for run in runs])),
        touched=int(flags["treated"].sum()),
        treated_in_core=int((flags["treated"] & flags["in_core"]).sum()),
        run_ids=tuple(str(run.manifest["id"]) for run in runs),
        kinds=tuple(dict.fromkeys(str(one.get("kind")) for one in told.get("measures") or ())),
        variance_ratio=_variance_ratio(_safe_shares(baseline), _safe_shares(runs)),
        log=tuple(map(str, runs[0].manifest.get("log", ()))),
        in_30_days=dict(runs[0].manifest.get("affected_in_30_days") or {}),
    )


def _safe_shares(runs: Sequence[RunTables]) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """Share of the core's time outdoors that feels safe, by run."""
    return np.array([_safe_share(run.coded_summary("zone", "itinerary", "safe_s", "walking_s")) for run in runs])


def _safe_share(summary: Coded) -> float:
    walked = summary.words["zone"].isin(ZONES_COUNTED) & summary.words["itinerary"].isin(("realised",))
    safe, whole = (float(np.nansum(summary.numbers[name][walked])) for name in ("safe_s", "walking_s"))
    return safe / max(whole, 1e-9)


def _variance_ratio(
    baseline: "np.ndarray[Any, np.dtype[np.float64]]", value: "np.ndarray[Any, np.dtype[np.float64]]"
) -> float | None:
    """Variance without over variance with common random numbers (Law 2015, section 11.2)."""
    if baseline.size < 3:
        return None
    paired = float(np.var(value - baseline, ddof=1))
    return float((np.var(value, ddof=1) + np.var(baseline, ddof=1)) / paired) if paired > 1e-18 else None


def _mean_placements(tables: Sequence[pd.DataFrame]) -> list[Mapping[str, Any]]:
    """One row a measure: words of the first draw, numbers averaged over draws."""
    together = pd.concat([table.loc[:, list(PLACEMENT_COLUMNS)].assign(at=range(len(table))) for table in tables])
    if together.empty:
        return []
    numbers = ["quantity", "capital", "running_per_year", "lifetime_years", "annual_cost"]
    words = ["measure", "unit", "currency"]
    rows = together.groupby("at", sort=True).agg(dict.fromkeys(words, "first") | dict.fromkeys(numbers, "mean"))
    return [
        {name: str(row[name]) for name in words} | {name: float(row[name]) for name in numbers}
        for row in rows.to_dict("records")
    ]
