"""Is the answer an artefact of how it was computed? The same comparison at other agents, dates and draws."""

import dataclasses
import datetime
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.comparison import compare_runs
from experiments.compare import Plan, refuse_other, run_plan
from experiments.runs import Options, Progress
from scenarios import Scenario
from simulator.files import check_writable, whole_file, whole_folder
from simulator.results import RunTables

if TYPE_CHECKING:
    from rich.console import RenderableType

AGENTS = (2_000, 8_000, 20_000)
DRAWS = (4, 8, 16)
OTHER_DATE = datetime.date(2028, 3, 21)
"""A Tuesday at the equinox: the agenda is that of working days."""
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


@dataclasses.dataclass(frozen=True)
class Variant:
    """One way of computing the answer."""

    changed: str
    plan: Plan


def variants(baseline: Scenario, scenario: Scenario, options: Options, store: Path) -> list[Variant]:
    """The default computation first, then each way of it with one thing changed."""

    def plan(draws: int = 8, **changes: Any) -> Plan:
        return Plan(baseline, (scenario,), dataclasses.replace(options, **changes), draws, store)

    made = [Variant("default: 8 000 agents, 8 draws, 21 December", plan())]
    made += [Variant(f"{agents} agents", plan(agents=agents)) for agents in AGENTS if agents != options.agents]
    made += [Variant(f"{draws} draws", plan(draws)) for draws in DRAWS if draws != 8]
    made += [Variant(f"{OTHER_DATE.day} {OTHER_DATE:%B}", plan(date=OTHER_DATE))]
    made += [Variant("another seed", plan(seed=options.seed + 1))]
    return made


def check_robustness(
    plans: Sequence[Variant], out: Path, *, workers: int, progress: Progress = lambda days: None
) -> pd.DataFrame:
    """Compute every variant and write `robustness.csv`: the headline differences, and whether they agree.

    Returns
    -------
    One row a variant and headline: difference, low, high; `agrees` says whether the variant's difference lies in the
    default's predictive interval and the default's in the variant's.
    """
    file = out / "robustness.csv"
    if not file.is_file():
        refuse_other(out)
    check_writable(out.parent)
    rows = []
    for variant in plans:
        baseline, runs = run_plan(variant.plan, workers=workers, progress=progress)
        rows += list(_headlines(variant.changed, baseline, runs))
    table = pd.DataFrame(rows)
    table["agrees"] = _agreement(table)
    if file.is_file():
        with whole_file(file) as part:
            table.to_csv(part, index=False, float_format="%.9g", lineterminator="\n")
    else:
        with whole_folder(out) as folder:
            table.to_csv(folder / file.name, index=False, float_format="%.9g", lineterminator="\n")
    return table


def _headlines(
    changed: str, baseline: Sequence[RunTables], runs: dict[str, list[RunTables]]
) -> Iterator[dict[str, object]]:
    comparison = compare_runs(baseline, runs)
    whole = comparison[
        (comparison["age"] == "all") & (comparison["hour_band"] == "all") & (comparison["zone"] == "core")
    ]
    for indicator, gender, period in HEADLINES:
        found = whole[
            (whole["indicator"] == indicator) & (whole["gender"] == gender) & whole["period"].isin((period, "all"))
        ]
        exact = found[found["period"] == period]
        for _, row in (exact if len(exact) else found).iterrows():
            kept = ("indicator", "unit", "gender", "period", "baseline", "difference", "low", "high", "verdict")
            yield {"variant": changed} | {name: row[name] for name in kept}


def _agreement(table: pd.DataFrame) -> pd.Series:
    keys = ["indicator", "gender", "period"]
    default = table[table["variant"] == table["variant"].iloc[0]].set_index(keys)
    beside = table.join(default[["difference", "low", "high"]], on=keys, rsuffix="_default")
    inside = beside["difference"].between(beside["low_default"], beside["high_default"])
    around = beside["difference_default"].between(beside["low"], beside["high"])
    return inside & around


def render(table: pd.DataFrame) -> "list[RenderableType]":
    """The table for a reader: one block a headline, one row a variant."""
    from rich.table import Table
    from rich.text import Text

    shown: list[RenderableType] = []
    for (indicator, gender, period), rows in table.groupby(["indicator", "gender", "period"], sort=False):
        title = f"{indicator} ({rows['unit'].iloc[0]}), {gender}, {period}"
        block = Table(title=title, title_justify="left")
        for heading in ("computed with", "baseline", "difference", "90 % interval", "agrees with default"):
            block.add_column(
                heading, justify="left" if heading in ("computed with", "agrees with default") else "right"
            )
        for _, row in rows.iterrows():
            interval = f"{row['low']:+.4g} to {row['high']:+.4g}"
            agrees = "yes" if row["agrees"] else "no"
            block.add_row(row["variant"], f"{row['baseline']:.4g}", f"{row['difference']:+.4g}", interval, agrees)
        shown.extend((block, Text("")))
    return shown
