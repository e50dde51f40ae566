"""`afterdark diagnose`: a city before any measure, in some draws of the baseline; tables, map, page and audit sheet."""

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.answer.wording import whole_number
from analysis.diagnosis import tables
from analysis.diagnosis.agreement import FEWEST_STREETS, agreement
from analysis.diagnosis.page import RATED, audit_sheet, diagnosis_page
from analysis.diagnosis.words import REASONS
from analysis.maps.panels import Streets
from analysis.maps.placement import draw_placements
from experiments.cautions import cautions
from experiments.executors import run_jobs
from experiments.folders import check_folders, holds
from experiments.identity import analysis_version, digest_of
from experiments.overlays import told_first
from experiments.runs import KEEP, Job, Options, Progress, city_of
from experiments.store import Store, write_manifest
from scenarios import Scenario
from scenarios.selectors import middles
from simulator.city.network import StreetNetwork
from simulator.city.transit import HEADWAY_SOURCES
from simulator.errors import ResultsError
from simulator.results.files import whole_folder
from simulator.results.schema import MANIFEST, RunTables
from street_networks.inspection.soundness import findings

Array = np.ndarray[Any, Any]
KIND, PAGE, SHEET, POINTS, MAP = "diagnosis", "diagnosis.html", "audit-sheet.html", "audit-points.csv", "map.png"
PARTS = ("reasons", "out", "where", "why_where", "stays_in", "groups", "levels")
"""Tables of a diagnosis, each kept as NAME.csv."""
_LEAST_GAIN = 0.05
"""A street is on the map where mending one thing would make five more of a hundred minutes feel safe."""
_LEAST_WALKED_S = 600.0
"""And where people walk for ten minutes in all after dark: fewer are one person's way."""
_WALK_POINTS = 12
"""Points of a night walk: about an hour and a half on foot with a stop of some minutes at each."""


@dataclasses.dataclass(frozen=True)
class Diagnosis:
    """What is run for a diagnosis."""

    baseline: Scenario
    options: Options
    replications: int
    store: Path

    def jobs(self) -> list[Job]:
        """One job a draw."""
        kept = dataclasses.replace(self.options, keep="reasons")
        return [Job.plan(kept, draw, (self.baseline,), self.store) for draw in range(self.replications)]

    def identity(self) -> str:
        """Identity of the diagnosis: its runs and how they are read."""
        return digest_of({"runs": [job.ids for job in self.jobs()], "kind": KIND, "code": analysis_version()})


def make_diagnosis(
    plan: Diagnosis, out: Path, *, workers: int, progress: Progress = lambda days: None
) -> Mapping[str, pd.DataFrame]:
    """Run what is missing and write the folder whole, unless it holds this diagnosis already; its tables by name.

    Raises
    ------
    InputError
        If `out` holds something else or cannot be written.
    """
    identity = plan.identity()
    if not holds(out, identity):
        check_folders(out, plan.store)
        jobs, store = plan.jobs(), Store(plan.store)
        run_jobs(jobs, workers=workers, progress=progress)
        ids = [job.ids[0] for job in jobs]
        runs = [store.read(one) for one in ids]
        extra = {
            name: [pd.read_parquet(store.path(one) / f"{name}.parquet") for one in ids] for name in KEEP["reasons"]
        }
        _write(out, identity, plan, runs, extra)
    return read_diagnosis(out)


def read_diagnosis(folder: Path) -> Mapping[str, pd.DataFrame]:
    """The stored tables of a diagnosis.

    Raises
    ------
    ResultsError
        If one cannot be read.
    """
    try:
        return {name: pd.read_csv(folder / f"{name}.csv", keep_default_na=False, na_values=[""]) for name in PARTS}
    except (OSError, ValueError) as error:
        raise ResultsError(f"{folder}: holds no whole diagnosis ({error}); remove it and diagnose again") from None


def _write(
    out: Path, identity: str, plan: Diagnosis, runs: Sequence[RunTables], extra: Mapping[str, Sequence[pd.DataFrame]]
) -> None:
    network = city_of(plan.options.city)
    parts = {
        "reasons": tables.reasons(extra["reasons"]),
        "out": tables.who_is_out(runs),
        "where": tables.who_is_where(runs),
        "why_where": tables.why_where(extra["reasons_by_street"], runs),
        "groups": tables.groups(runs),
        "stays_in": tables.who_stays_in(runs),
        "levels": tables.mean_levels(runs),
    }
    first = told_first(plan.options.overlays, network, plan.options.date)
    by_street, attribution = extra["reasons_by_street"], network.metadata.get("attribution", "")
    with whole_folder(out) as part:
        for name, table in parts.items():
            table.to_csv(part / f"{name}.csv", index=False, lineterminator="\n", float_format="%.9g")
        _draw_map(network, by_street, part / MAP)
        points = walk_points(network, by_street)
        template = points.assign(time="", **dict.fromkeys(RATED, ""))
        template.to_csv(part / POINTS, index=False, lineterminator="\n", float_format="%.7f")
        sheet = audit_sheet(points, title=network.name, attribution=attribution)
        (part / SHEET).write_text(sheet, encoding="utf-8", newline="\n")
        page = diagnosis_page(
            parts,
            title=network.name,
            when=when_in_words(plan, runs),
            first=first,
            missing=missing_in_words(plan, by_street),
            png=part / MAP,
            attribution=attribution,
        )
        (part / PAGE).write_text(page, encoding="utf-8", newline="\n")
        manifest = {
            "id": identity,
            "kind": KIND,
            "options": plan.options.identity() | {"city": plan.options.city},
            "replications": plan.replications,
            "runs": [run.manifest["id"] for run in runs],
            "when": when_in_words(plan, runs),
            "first": first,
            "missing": missing_in_words(plan, by_street),
        }
        write_manifest(manifest, part / MANIFEST)


def when_in_words(plan: Diagnosis, runs: Sequence[RunTables]) -> str:
    """Date, draws and agents of a diagnosis."""
    draws = "one draw" if len(runs) == 1 else f"{len(runs)} draws"
    people = float(np.mean([run.manifest["population"] for run in runs]))  # the footfall level is drawn
    return (
        f"{plan.options.date.day} {plan.options.date:%B %Y}; {draws} of all uncertain parameters; "
        f"{whole_number(runs[0].manifest['agents'])} agents stand for {whole_number(people)} people; numbers are for "
        "the core, per such day, and explore the city under stated assumptions"
    )


def missing_in_words(plan: Diagnosis, by_street: Sequence[pd.DataFrame]) -> list[str]:
    """What is not known of the city, a sentence each, and how audits agree with what is simulated."""
    network = city_of(plan.options.city)
    doubts = (*map(str, findings(network)), *cautions((plan.baseline,), network, plan.options.date))
    told = [f"{one[:1].upper()}{one[1:]}." for one in doubts]  # the same doubt may stand in both
    guessed = network.headways.source == HEADWAY_SOURCES.index("assumed")
    if guessed.any() or not guessed.size:
        told.append("Departures are guessed by kind of stop, so waits and what runs at 02:00 are too (give --gtfs).")
    if len(network.zones.zone_id) < 2:
        told.append("No neighbourhoods are known (give --zones), so nothing is told by neighbourhood.")
    return list(dict.fromkeys([*told, audits_in_words(network, by_street)]))


def audits_in_words(network: StreetNetwork, by_street: Sequence[pd.DataFrame]) -> str:
    """How the overall feeling of audits goes with simulated feelings after dark on the same streets, in a sentence."""
    from simulator.city.audit_estimates import made_after_dark
    from simulator.city.audits import AUDIT_PARAMETERS

    audits = network.audits
    rated = (audits.parameter == AUDIT_PARAMETERS.index("feeling")) & made_after_dark(network)
    mean = pd.concat(by_street).groupby("segment_id").mean(numeric_only=True)
    share = (mean["safe_s"] / mean["walking_s"].where(mean["walking_s"] > 0)).reindex(network.streets.segment_id)
    street = audits.segment[rated]
    found = agreement(street, audits.rating[rated], share.to_numpy()[street])
    if found is None:
        return (
            f"Fewer than {FEWEST_STREETS} streets were rated after dark where people walk, or all alike, so simulated "
            "feelings are not held against audits here."
        )
    unsure = "; it cannot be told from none" if found.low <= 0.0 <= found.high else ""
    return (
        f"How safe it feels was rated after dark on {found.streets} streets and held against simulated feelings there: "
        f"rank correlation {found.rank:.2f} (90 % interval {found.low:.2f} to {found.high:.2f}), where 1 is full "
        f"agreement and 0 none{unsure}."
    )


def _draw_map(network: StreetNetwork, by_street: Sequence[pd.DataFrame], path: Path) -> None:
    found = tables.most_in_the_way(by_street, least_gain=_LEAST_GAIN, least_walked_s=_LEAST_WALKED_S)
    streets = network.streets
    draw_placements(
        Streets(streets.segment_id, network.vertices, network.vertex_start),
        streets.in_core,
        {REASONS[name]: np.flatnonzero(np.isin(streets.segment_id, keys)) for name, keys in found.items()},
        path,
        title="Most in the way of feeling safe after dark",
        attribution=network.metadata.get("attribution", ""),
    )


def walk_points(network: StreetNetwork, by_street: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Points for a night walk, far from each other on streets of the core where people walk after dark.

    The first lies on the street walked most; each further one is that which is farthest from all before it, in a
    straight line, so that the walk sees the whole core. Ties go by key.
    """
    import pyproj

    streets = network.streets
    walked = pd.concat(by_street).groupby("segment_id")["walking_s"].mean().reindex(streets.segment_id).to_numpy()
    rows = np.flatnonzero(streets.in_core & (walked >= _LEAST_WALKED_S))
    rows = rows[np.argsort(streets.segment_id[rows])]
    every = middles(network)
    middle = every[rows]
    chosen: list[int] = []
    away = np.full(rows.size, np.inf)
    while rows.size and len(chosen) < min(_WALK_POINTS, rows.size):
        at = int(np.argmax(away)) if chosen else int(np.argmax(walked[rows]))
        chosen.append(at)
        away = np.minimum(away, np.hypot(*(middle - middle[at]).T))
    to_degrees = pyproj.Transformer.from_crs(network.crs, "EPSG:4326", always_xy=True)
    longitude, latitude = to_degrees.transform(*middle[chosen].T) if chosen else (np.zeros(0), np.zeros(0))
    names = [_name_near(network, row, every) for row in rows[chosen]]
    return pd.DataFrame(
        {"point": np.arange(1, len(chosen) + 1), "street": names, "latitude": latitude, "longitude": longitude}
    )


def _name_near(network: StreetNetwork, row: int, middle: Array) -> str:
    """What a street is called; of one without a name, "near" that of the nearest which has one."""
    streets = network.streets
    if streets.name_index[row] >= 0:
        return network.street_names[streets.name_index[row]]
    named = np.flatnonzero(streets.name_index >= 0)
    if not named.size:
        return ""
    nearest = named[int(np.argmin(np.hypot(*(middle[named] - middle[row]).T)))]
    return f"near {network.street_names[streets.name_index[nearest]]}"
