"""The tables of a study: what each column says, and how records of workers become rows."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from experiments.studies.outcomes import Spot, unit_of

RUNS = {
    "run": "identity of the row; the other tables name it",
    "content": "identity of what was simulated: the same in any study, whatever it is called",
    "scenario": "name of the case, or of several put together",
    "is_baseline": "whether it is the case that others are compared with",
    "baseline_run": "the row of the baseline of the same draw and uncertainties",
    "draw": "number of the draw; all points share the random numbers of a draw",
    "seed": "seed of the study",
    "sample": "identity of the joint values of all parameters; `parameters` has them",
    "city": "city",
    "date": "simulated day",
    "people": "simulated agents",
    "days": "measured days, averaged",
    "code_version": "hash of the sources and libraries that made the numbers",
    "currency": "of the outcome `cost`; empty where nothing costs",
    "manifest": "identity of what is said of it in `manifests`",
}
"""Columns of `runs`; then come `lever_...` and `uncertain_...`, empty where they do not apply."""
OUTCOMES = {
    "run": "which run",
    "indicator": "name of the indicator",
    "unit": "its unit; that of costs is `currency a year`",
    "gender": "woman, man, another; all for everybody",
    "age": "age band; all for everybody",
    "period": "day or dark, by the sun; all for both",
    "baseline": "value in the baseline of the same draw (unit); empty where fewer than 30 agents stand behind it",
    "value": "value in this run (unit)",
    "difference": "value minus baseline (unit)",
    "agents": "agents behind the cell",
}
PARAMETERS = {
    "sample": "which sample",
    "parameter": "name in the evidence; those that are drawn or set, not those that are fixed",
    "value": "value (the unit stands in the evidence)",
}
FAILURES = {
    "run": "which run could not be finished",
    "scenario": "its case",
    "draw": "its draw",
    "stage": "stage of the run in which the error came up",
    "cause": "the error",
    "place": "file and line",
    "code_version": "hash of the sources and libraries",
    "failed_at": "when (UTC)",
}
TIMINGS = {
    "run": "which run",
    "worker": "machine and process",
    "finished_at": "when (UTC)",
    "before_s": "seconds for what it shares with others of its draw: the settled baseline",
    "arm_s": "seconds for itself",
}
MANIFESTS = {"manifest": "identity", "content": "what is known of the run beside its numbers, as JSON"}
COLUMNS = {
    "runs": RUNS,
    "outcomes": OUTCOMES,
    "parameters": PARAMETERS,
    "failures": FAILURES,
    "timings": TIMINGS,
    "manifests": MANIFESTS,
}
"""Columns of every table with their meanings, by the name of its folder."""
KEYS = {
    "runs": ["run"],
    "outcomes": ["run", "indicator", "gender", "age", "period"],
    "parameters": ["sample", "parameter"],
    "failures": ["run"],
    "timings": ["run"],
    "manifests": ["manifest"],
}
"""What names a row."""
_KINDS = {
    **dict.fromkeys(("draw", "seed", "people", "days", "agents"), pa.int64()),
    **dict.fromkeys(("baseline", "value", "difference", "before_s", "arm_s"), pa.float64()),
    "is_baseline": pa.bool_(),
}
OF_FACTORS = {"number": pa.float64(), "text": pa.string(), "yes or no": pa.bool_()}
"""Types of the columns of levers, by what the store's head calls them."""


class Tables(NamedTuple):
    """All tables of a study, sorted by their keys, every row once."""

    runs: pa.Table
    outcomes: pa.Table
    parameters: pa.Table
    failures: pa.Table
    timings: pa.Table
    manifests: pa.Table


def schema_of(name: str, factors: Mapping[str, str]) -> pa.Schema:
    """Columns and types of a table; `factors` are the columns of levers and uncertainties and their types."""
    fields = [(column, _KINDS.get(column, pa.string())) for column in COLUMNS[name]]
    if name == "runs":
        fields += [(column, OF_FACTORS[kind]) for column, kind in factors.items()]
    return pa.schema(fields)


def kind_of(values: Iterable[Any]) -> str:
    """The type of the column of a factor, as `OF_FACTORS` has it."""
    found = list(values)
    if all(isinstance(one, bool) for one in found):
        return "yes or no"
    numbers = all(isinstance(one, int | float) and not isinstance(one, bool) for one in found)
    return "number" if numbers else "text"


def tables_of(records: Sequence[Mapping[str, Any]], spots: Sequence[Spot], factors: Mapping[str, str]) -> Tables:
    """Tables out of what workers wrote, rows as they come.

    Parameters
    ----------
    records
        Of the kinds `sample`, `run` and `failure`, as `experiments.studies.work` writes them.
    spots
        What the outcomes of a run are, in order.
    factors
        Columns of levers and uncertainties and their types.
    """
    runs = [record for record in records if record["kind"] == "run"]
    failures = [record["failure"] for record in records if record["kind"] == "failure"]
    rows = {
        "runs": [_row(record["run"], factors) for record in runs],
        "failures": failures,
        "timings": [record["timing"] for record in runs],
        "manifests": [{"manifest": record["run"]["manifest"], "content": record["manifest"]} for record in runs],
    }
    made = {name: pa.Table.from_pylist(told, schema_of(name, factors)) for name, told in rows.items()}
    samples = {record["sample"]: record["values"] for record in records if record["kind"] == "sample"}
    return Tables(
        outcomes=_outcomes([record["run"]["run"] for record in runs], [record["outcomes"] for record in runs], spots),
        parameters=_parameters(samples),
        **made,
    )


def _row(run: Mapping[str, Any], factors: Mapping[str, str]) -> dict[str, Any]:
    as_text = {name for name, kind in factors.items() if kind == "text"}
    return {name: str(value) if name in as_text and value is not None else value for name, value in run.items()}


def _outcomes(runs: Sequence[str], values: Sequence[Sequence[Sequence[float]]], spots: Sequence[Spot]) -> pa.Table:
    """Every spot of every run: labels are repeated, values are those of the records."""
    count, each = len(runs), len(spots)
    numbers = np.array(values, dtype=float).reshape(count * each, 4)
    labels = [(spot.indicator, unit_of(spot.indicator), spot.gender, spot.age, spot.period) for spot in spots]
    columns = [pa.array(np.repeat(np.array(runs, dtype=object), each), pa.string())]
    columns += [pa.array(list(column) * count, pa.string()) for column in zip(*labels, strict=True)]
    columns += [pa.array(numbers[:, at], from_pandas=True) for at in range(3)]
    columns.append(pa.array(numbers[:, 3].astype(np.int64)))
    return pa.table(columns, schema=schema_of("outcomes", {}))


def _parameters(samples: Mapping[str, Mapping[str, float]]) -> pa.Table:
    sizes = [len(values) for values in samples.values()]
    columns = [
        pa.array(np.repeat(np.array(list(samples), dtype=object), sizes), pa.string()),
        pa.array([name for values in samples.values() for name in values], pa.string()),
        pa.array([value for values in samples.values() for value in values.values()], pa.float64()),
    ]
    return pa.table(columns, schema=schema_of("parameters", {}))


def merged(parts: Sequence[pa.Table], name: str, schema: pa.Schema) -> pa.Table:
    """One table out of several, sorted, every row once; of rows of one key the first in order of all columns.

    Only timings differ in rows of one key (two workers did the same run), so which one stays changes no result.
    """
    whole = pa.concat_tables([schema.empty_table(), *parts])
    rest = [column for column in whole.column_names if column not in KEYS[name]]
    order = [(column, "ascending") for column in (*KEYS[name], *(rest if name in ("timings", "failures") else ()))]
    whole = whole.sort_by(order).combine_chunks()
    repeated = whole.select(KEYS[name]).to_pandas().duplicated().to_numpy()
    return whole.filter(pa.array(~repeated)) if repeated.any() else whole


def consistent(tables: Tables) -> Tables:
    """The tables with runs that have their outcomes, what belongs to those, and failures of no run that is there."""
    whole = pc.is_in(tables.runs["run"], value_set=pc.unique(tables.outcomes["run"]))
    runs = tables.runs.filter(whole)
    there = runs["run"]
    return Tables(
        runs,
        tables.outcomes.filter(pc.is_in(tables.outcomes["run"], value_set=there)),
        tables.parameters,
        tables.failures.filter(pc.invert(pc.is_in(tables.failures["run"], value_set=there))),
        tables.timings.filter(pc.is_in(tables.timings["run"], value_set=there)),
        tables.manifests,
    )


def told_of(manifest: Mapping[str, Any]) -> str:
    """What is kept of a run's manifest: all that is the same for its scenario in every draw, as JSON."""
    kept = {key: manifest[key] for key in _KEPT if key in manifest}
    return json.dumps(kept, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


_KEPT = (
    *("kind", "scenario", "city", "date", "seed", "agents", "persons", "days", "dark_hours", "unit_cost_currency"),
    *("unevaluated", "code_version", "versions", "parameters_read"),
)
