"""Is the answer an artefact of how it was computed? The same comparison at other agents, dates and draws."""

import dataclasses
import datetime
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.comparison.paired import compare_runs
from experiments.comparing import Plan, run_plan
from experiments.folders import check_folders, holds
from experiments.identity import digest_of, digest_of_sources
from experiments.runs import Options, Progress, city_of
from experiments.store import write_manifest
from scenarios import Scenario
from scenarios.dates import first_date_of
from simulator.errors import ResultsError
from simulator.foundation.categories import ATTRIBUTES
from simulator.results.files import whole_folder
from simulator.results.schema import MANIFEST, RunTables

if TYPE_CHECKING:
    from rich.console import RenderableType

AGENTS = (2_000, 8_000, 20_000)
DRAWS = (8, 16, 32)
REFERENCE_DRAWS = 16
"""Half of what `compare` takes, so that all variants together are there within minutes."""
OTHER_DATE = datetime.date(2028, 3, 21)
"""A Tuesday at the equinox: the agenda is that of working days; or the first day from then on that the case is for."""
HEADLINES = (
    ("feels_safe_share", "woman", "dark"),
    ("feels_safe_share", "man", "dark"),
    ("feels_safe_share_frozen", "all", "dark"),
    ("sdg_16_1_4_proxy", "all", "all"),
    ("dark_minutes", "all", "all"),
    ("alone_minutes", "all", "all"),
    ("trips_not_made", "all", "all"),
    ("use_of_treated_minutes", "all", "dark"),
    ("feels_safe_share_treated", "all", "dark"),
)
"""Indicator, gender and period of the differences shown."""
KIND, TABLE = "robustness", "robustness.csv"
_KEPT = ("indicator", "unit", "gender", "period", "baseline", "difference", "low", "high", "verdict")
COLUMNS = ("variant", *_KEPT, "agrees")
"""Columns of `robustness.csv`."""


@dataclasses.dataclass(frozen=True)
class Variant:
    """One way of computing the answer."""

    changed: str
    plan: Plan


def variants(baseline: Scenario, scenario: Scenario, options: Options, store: Path) -> list[Variant]:
    """The computation that they are held against first, then each way of it with one thing changed."""

    def plan(draws: int = REFERENCE_DRAWS, **changes: Any) -> Plan:
        return Plan(baseline, (scenario,), dataclasses.replace(options, **changes), draws, store)

    agents_told = f"{options.agents:,}".replace(",", " ")
    reference = f"reference: {agents_told} agents, {REFERENCE_DRAWS} draws, {_day(options.date)}"
    made = [Variant(reference, plan())]
    made += [Variant(f"{agents} agents", plan(agents=agents)) for agents in AGENTS if agents != options.agents]
    made += [Variant(f"{draws} draws", plan(draws)) for draws in DRAWS if draws != REFERENCE_DRAWS]
    other = first_date_of(scenario, city_of(options.city), OTHER_DATE)
    made += [Variant(_day(other), plan(date=other))]
    made += [Variant("another seed", plan(seed=options.seed + 1))]
    return made


def _day(date: datetime.date) -> str:
    return f"{date.day} {date:%B}"


def check_robustness(
    plans: Sequence[Variant], out: Path, *, workers: int, progress: Progress = lambda days: None
) -> pd.DataFrame:
    """Compute every variant and write `robustness.csv`: the headline differences, and whether they agree.

    Returns
    -------
    One row a variant and headline: difference, low, high; `agrees` says whether the variant's difference lies in the
    reference's predictive interval and the reference's in the variant's.
    """
    identity = identity_of(plans)
    if holds(out, identity):
        return read_robustness(out)
    check_folders(out, plans[0].plan.store)
    rows = []
    for variant in plans:
        baseline, runs = run_plan(variant.plan, workers=workers, progress=progress)
        rows += list(_headlines(variant.changed, baseline, runs))
    table = pd.DataFrame(rows)
    table["agrees"] = _agreement(table)
    with whole_folder(out) as folder:
        table.to_csv(folder / TABLE, index=False, float_format="%.9g", lineterminator="\n")
        write_manifest({"id": identity, "kind": KIND, "variants": [one.changed for one in plans]}, folder / MANIFEST)
    return read_robustness(out)


def read_robustness(folder: Path) -> pd.DataFrame:
    """A stored table; see `check_robustness`.

    Raises
    ------
    ResultsError
        If it is missing or cannot be read.
    """
    file = folder / TABLE
    try:
        table = pd.read_csv(file)
    except (OSError, ValueError) as error:
        raise ResultsError(f"{file}: cannot be read ({error}); remove {folder} and check again") from None
    if tuple(table.columns) != COLUMNS:
        raise ResultsError(
            f"{file}: has columns {', '.join(map(str, table.columns))}, expected {', '.join(COLUMNS)}; "
            f"remove {folder} and check again"
        )
    return table


def identity_of(plans: Sequence[Variant]) -> str:
    """Identity of the whole check."""
    told = [(one.changed, one.plan.identity()) for one in plans]
    return digest_of({"plans": told, "code": digest_of_sources(Path(__file__))})


def _headlines(
    changed: str, baseline: Sequence[RunTables], runs: dict[str, list[RunTables]]
) -> Iterator[dict[str, object]]:
    comparison = compare_runs(baseline, runs)
    everybody = (comparison[["age", "hour_band", "purpose", *ATTRIBUTES]] == "all").all(axis=1)
    whole = comparison[everybody & (comparison["zone"] == "core")]
    for indicator, gender, period in HEADLINES:
        found = whole[
            (whole["indicator"] == indicator) & (whole["gender"] == gender) & whole["period"].isin((period, "all"))
        ]
        exact = found[found["period"] == period]
        for _, row in (exact if len(exact) else found).iterrows():
            yield {"variant": changed} | {name: row[name] for name in _KEPT}


def _agreement(table: pd.DataFrame) -> pd.Series:
    keys = ["indicator", "gender", "period"]
    reference = table[table["variant"] == table["variant"].iloc[0]].set_index(keys)
    usual = (
        reference[["difference", "low", "high"]].reindex(pd.MultiIndex.from_frame(table[keys])).set_axis(table.index)
    )
    inside = table["difference"].between(usual["low"], usual["high"])
    around = usual["difference"].between(table["low"], table["high"])
    return inside & around


def render(table: pd.DataFrame) -> "list[RenderableType]":
    """The table for a reader: one block a headline, one row a variant."""
    from rich.table import Table
    from rich.text import Text

    shown: list[RenderableType] = []
    for (indicator, gender, period), rows in table.groupby(["indicator", "gender", "period"], sort=False):
        title = f"{indicator} ({rows['unit'].iloc[0]}), {gender}, {period}"
        block = Table(title=title, title_justify="left")
        for heading in ("computed with", "baseline", "difference", "90 % interval", "agrees with reference"):
            block.add_column(
                heading, justify="left" if heading in ("computed with", "agrees with reference") else "right"
            )
        for _, row in rows.iterrows():
            interval = f"{row['low']:+.4g} to {row['high']:+.4g}"
            agrees = "yes" if row["agrees"] else "no"
            block.add_row(row["variant"], f"{row['baseline']:.4g}", f"{row['difference']:+.4g}", interval, agrees)
        shown.extend((block, Text("")))
    return shown
