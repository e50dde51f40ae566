"""`afterdark calibrate counts`: a city's own counts of people passing by, held against draws of the model.

The draws are runs of the baseline in a store, so what is there is not run again, and a stopped command goes on. Counts
and footfall are compared as square roots, by street and clock hour: there chance weighs the same in busy and quiet
hours, and an hour in which nobody passes is one like others (Anscombe 1948). A relative error r of a count is r / 2 of
its root.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtr

from experiments.calibration.history_matching import IMPOSSIBLE, Matched, Runs, match
from experiments.executors import run_jobs
from experiments.folders import write_once
from experiments.grades import behind
from experiments.runs import Job, Options, Progress, city_of
from experiments.store import Store
from experiments.values import value_fault
from scenarios import load_scenario
from simulator.errors import ResultsError
from simulator.evidence.borrowed import Z90
from simulator.evidence.parameters import RANGE, SPREAD, load_evidence, nominal
from simulator.foundation.short_lists import cut
from simulator.results.schema import RunTables
from street_networks.local_data.counts import Counts

Array = np.ndarray[Any, Any]
LEAST_LEARNT = 0.1
"""A parameter goes into the file if its variance shrank by this share at least; else it stays as it is drawn."""
_FAR = 3.0
"""Errors beyond all draws from which a count is told as one that no draw leads to (Pukelsheim 1994)."""
_SHOWN = 20


@dataclasses.dataclass(frozen=True)
class Found:
    """What counts say: the match, the parameters that are learnt, and each count beside the draws.

    Parameters
    ----------
    matched
        As `history_matching.match` gives it.
    parameters
        parameter, unit, before (median), before_low, before_high, value, low, high (central 90 %), contraction.
    counts
        name, hour, count, median, low, high (people in the hour; central 90 % of the draws).
    """

    matched: Matched
    parameters: pd.DataFrame
    counts: pd.DataFrame


def jobs_of(options: Options, draws: int, store: Path) -> list[Job]:
    """A job a draw: the baseline."""
    return [Job.plan(options, draw, (load_scenario("baseline"),), store) for draw in range(draws)]


def calibrate_counts(
    counts: Counts,
    jobs: Sequence[Job],
    out: Path,
    *,
    workers: int,
    progress: Progress = lambda days: None,
    draw_done: Callable[[], None] = lambda: None,
) -> Found:
    """Run what is missing, hold the draws against the counts, and write a file that `--values` reads.

    Raises
    ------
    InputError
        If the file holds something else already, or cannot be written.
    ResultsError
        If no draw leads to such counts, with those that lie farthest away.
    """
    run_jobs(jobs, workers=workers, progress=progress, draw_done=draw_done)
    store = Store(jobs[0].store)
    made = [store.read(job.ids[0]) for job in jobs]
    found = hold_against(counts, made, jobs[0].options)
    write_once(out, values_text(found, made[0].manifest, counts))
    return found


def hold_against(counts: Counts, made: Sequence[RunTables], options: Options) -> Found:
    """What counts say about the parameters of runs.

    Raises
    ------
    ResultsError
        If no run leads to such counts.
    """
    network = city_of(options.city)
    keys = network.streets.segment_id[counts.segment]
    footfall = np.array([_footfall(run, keys, counts.hour) for run in made])
    names, values = _varying(made, dict(options.values))
    stands_for = np.array([run.manifest["population"] / run.manifest["agents"] for run in made])
    noise = np.broadcast_to(stands_for[:, None] / 4.0, footfall.shape)  # Poisson in agents
    observed, outputs = np.sqrt(counts.count), np.sqrt(footfall)
    error = error_of(counts, footfall.mean(axis=0))
    matched = match(Runs(names, values, outputs, noise), observed, error)
    low, middle, high = np.quantile(footfall, [0.05, 0.5, 0.95], axis=0)
    told = {"name": counts.name, "hour": counts.hour, "count": counts.count, "median": middle, "low": low, "high": high}
    table = pd.DataFrame(told)
    far = _beyond(observed, outputs, np.sqrt(np.diag(error) + noise.mean(axis=0)))
    if far.any() or matched.surprise > IMPOSSIBLE:
        _refuse(table, far, len(made))
    return Found(matched, _learnt(matched, names, values), table)


def error_of(counts: Counts, expected: Array) -> Array:
    """Covariance (K, K) of the roots of counts: nights, chance, the time of counting, and the model of a street.

    The last two are those of a street, in all of its hours alike. Relative errors are those of the mean of what was
    counted and what draws lead to expect (people an hour, (K,)), so that an hour with nobody has errors too.
    """
    night, year, model = (nominal(name) for name in ("count_night_sd", "count_year_sd", "count_model_sd"))
    half_root = np.sqrt((counts.count + expected) / 2.0) / 2.0
    own = (night * half_root) ** 2 / counts.nights + 1.0 / (4.0 * counts.nights)
    same_street = counts.segment[:, None] == counts.segment[None, :]
    return np.asarray(np.diag(own) + (year**2 + model**2) * same_street * np.outer(half_root, half_root))


def _footfall(run: RunTables, keys: Array, hours: Array) -> Array:
    """People who pass in a run (K,)."""
    segments = run.segment_columns("segment_id", "hour", "footfall_people")
    table = segments.set_index(["segment_id", "hour"])["footfall_people"]
    return table.reindex(pd.MultiIndex.from_arrays([keys, hours])).fillna(0.0).to_numpy(np.float64)


def _varying(made: Sequence[RunTables], given: Mapping[str, float]) -> tuple[tuple[str, ...], Array]:
    """Parameters that footfall depends on, that differ between draws and may be given; their values (N, P)."""
    evidence, first = load_evidence(), made[0].manifest
    depends = behind("trips_not_made", first["parameters_read"])  # as all that comes of walks, and not of incidents
    drawn = [run.manifest["parameters"] for run in made]
    free = [name for name in evidence if name not in given or {name + end for end in (SPREAD, *RANGE)} & set(given)]
    names = tuple(
        name
        for name in free
        if name in depends
        and len({one[name] for one in drawn}) > 1
        and value_fault(name, float(np.median([one[name] for one in drawn])), evidence) is None
    )
    return names, np.array([[one[name] for name in names] for one in drawn])


def _beyond(observed: Array, outputs: Array, spread: Array) -> Array:
    """Which observations lie farther than `_FAR` errors below or above all draws."""
    return np.asarray(
        (observed < outputs.min(axis=0) - _FAR * spread) | (observed > outputs.max(axis=0) + _FAR * spread)
    )


def _refuse(table: pd.DataFrame, far: Array, draws: int) -> None:
    rows = table[far] if far.any() else table
    told = [
        f"{row.name}, {row.hour:02d}:00: counted {row.count:.0f}, 90 % of draws {row.low:.0f} to {row.high:.0f}"
        for row in rows.itertuples(index=False)
    ]
    together = "" if far.any() else " together, though none of them alone"
    raise ResultsError(
        f"the counts are outside all {draws} draws{together}: nothing was fitted. Are they people an hour, both "
        "ways, at the right street and hour, of such a date and such a day? Else the city or the model lacks something "
        "there; leave those counts out, or look at the city with `afterdark network inspect`",
        cut(told, _SHOWN),
    )


def _learnt(matched: Matched, names: Sequence[str], values: Array) -> pd.DataFrame:
    rows = []
    evidence = load_evidence()
    for name, mean, sd, contraction in zip(matched.names, matched.mean, matched.sd, matched.contraction, strict=True):
        drawn = values[:, list(names).index(name)]
        before = np.quantile(drawn, [0.5, 0.05, 0.95])
        after = np.quantile(drawn, ndtr([mean, mean - Z90 * sd, mean + Z90 * sd]))
        rows.append((name, evidence[name].unit, *before, *after, contraction))
    columns = ["parameter", "unit", "before", "before_low", "before_high", "value", "low", "high", "contraction"]
    return pd.DataFrame(rows, columns=columns)


def values_text(found: Found, manifest: Mapping[str, Any], counts: Counts) -> str:
    """A file for `--values`: log-odds with sd, others with a range, as the counts leave them."""
    learnt = found.parameters[found.parameters["contraction"] >= LEAST_LEARNT]
    head = [
        f"# Held against {len(counts)} counts of people passing by in {manifest['city']['name']}; for --values.",
        f"# {int(found.matched.kept.sum())} of {len(found.matched.kept)} draws are not ruled out.",
    ]
    if learnt.empty:
        head.append("# The counts say too little of any parameter: nothing is given, all are drawn as before.")
    return "\n".join([*head, *(_line(row) for row in learnt.itertuples())]) + "\n"


def _line(row: Any) -> str:
    if row.unit.startswith("log-odds"):
        spread = f"sd = {(row.high - row.low) / (2.0 * Z90):.6g}"
    else:
        spread = f"low = {row.low:.6g}, high = {row.high:.6g}"
    before = f"before {row.before:.3g}, {row.before_low:.3g} to {row.before_high:.3g}"
    return f"{row.parameter} = {{value = {row.value:.6g}, {spread}}}  # {row.unit}; {before}"


def told(found: Found) -> list[str]:
    """Lines that say what the counts rule out, what they teach, and how each lies beside the draws."""
    kept, learnt = found.matched.kept, found.parameters
    lines = [f"{int(kept.sum())} of {len(kept)} draws are not ruled out by the counts"]
    lines.append("count                          hour  counted  draws (median, central 90 %)")
    lines += [
        f"  {row.name[:28]:28s} {row.hour:02d}:00 {row.count:8.0f}  {row.median:.0f} ({row.low:.0f} to {row.high:.0f})"
        for row in found.counts.head(_SHOWN).itertuples(index=False)
    ]
    if len(found.counts) > _SHOWN:
        lines.append(f"  ... and {len(found.counts) - _SHOWN} more")
    if learnt.empty:
        return [*lines, "No parameter can be told to matter for these counts: nothing is learnt from them."]
    lines.append("Parameters that matter for these counts (median and central 90 %):")
    lines += [
        f"  {row.parameter} = {row.value:.3g} ({row.low:.3g} to {row.high:.3g}) {row.unit}  "
        f"(before {row.before:.3g}, {row.before_low:.3g} to {row.before_high:.3g}; contraction {row.contraction:.2f}"
        f"{'' if row.contraction >= LEAST_LEARNT else ': left as it is drawn'})"
        for row in learnt.itertuples()
    ]
    return lines
