"""`afterdark evaluate`: pilot and control streets of a case, what to ask and count there, and what that could show.

Control streets are like the pilot's before anything is built, and out of reach of it: of the same kind of way, with
about the same footfall, light and fronts after dark, and farther than displacement reaches. Each pilot segment gets
one of its own, so that the sum of the differences is smallest (the assignment problem). People have no part in that.
"""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from analysis.answer.findings import read_declared
from analysis.evaluation.plan import COLUMNS, WORDS, Sizes, plan_rows
from analysis.maps.panels import Streets
from analysis.maps.placement import draw_placements
from experiments.comparing import Plan, run_plan
from experiments.folders import check_folders, holds
from experiments.identity import analysis_version, digest_of
from experiments.runs import Progress, city_of
from experiments.store import write_manifest
from simulator.city.network import STREET_CLASSES, StreetNetwork
from simulator.errors import InputError
from simulator.evidence.parameters import nominal
from simulator.results.files import whole_folder
from simulator.results.schema import MANIFEST, RunTables

Array = np.ndarray[Any, Any]
KIND, PLAN, STREETS, MAP = "evaluation", "evaluation.csv", "streets.csv", "streets.png"
STREET_COLUMNS = {
    "area": "pilot or control",
    "segment_id": "stable key of the segment",
    "like": "segment_id of the pilot segment that a control segment stands for",
    "name": "name of the street, if it has one",
    "street_class": "kind of way",
    "length_m": "length (m)",
    "people_passing": "people who pass on one such day after dark, baseline, mean over draws",
    "light_mean_lx": "mean horizontal illuminance after dark, baseline, mean over draws (lx)",
}
"""Columns of `streets.csv`."""
_OTHER_KIND = 3.0
"""What another class of way, or lying in a park or not, counts for, in standard deviations of the other differences."""
_MOST_SITES = 8
"""Places that are counted at once: as many counters as cities lend each other."""


@dataclasses.dataclass(frozen=True)
class Asked:
    """Sizes that the user may give."""

    asked: int = 400
    nights: int = 10
    sites: int | None = None
    years: float = 2.0

    def with_evidence(self, pilot: int, control: int) -> Sizes:
        """Those sizes, with what their errors depend on; no more places than there are segments."""
        wanted = self.sites or _MOST_SITES
        return Sizes(
            asked=self.asked,
            nights=self.nights,
            sites=(min(wanted, pilot), min(wanted, control)),
            years=self.years,
            design_effect=nominal("survey_design_effect"),
            night_spread=nominal("count_night_sd"),
            year_spread=nominal("count_year_sd"),
        )


def identity_of(plan: Plan, asked: Asked) -> str:
    """Identity of an evaluation plan: the comparison that it rests on, its sizes, and how it is worked out."""
    return digest_of({"comparison": plan.identity(), "sizes": dataclasses.asdict(asked), "code": analysis_version()})


def make_evaluation(
    plan: Plan, asked: Asked, out: Path, *, workers: int, progress: Progress = lambda days: None
) -> pd.DataFrame:
    """Run what is missing, and write plan, streets and map whole into a folder, unless it holds them already.

    Raises
    ------
    InputError
        If the case touches no street of the core, no street is left for a control, or `out` holds something else.
    """
    plan.check()
    identity = identity_of(plan, asked)
    if not holds(out, identity):
        check_folders(out, plan.store)
        baseline, scenarios = run_plan(plan, workers=workers, progress=progress)
        (scenario,) = scenarios.values()
        _write(out, identity, plan, asked, (baseline, scenario))
    return read_plan(out)


def read_plan(folder: Path) -> pd.DataFrame:
    """The stored plan of an evaluation (columns of `analysis.evaluation.plan.COLUMNS`)."""
    return read_declared(folder / PLAN, tuple(COLUMNS), WORDS, again="plan again")


def _write(
    out: Path, identity: str, plan: Plan, asked: Asked, runs: tuple[Sequence[RunTables], Sequence[RunTables]]
) -> None:
    network, scenario = city_of(plan.options.city), plan.scenarios[0]
    pilot, control, streets = pilot_and_control(network, *runs)
    sizes = asked.with_evidence(pilot.size, control.size)
    lengths = network.streets.length_m
    rows = plan_rows(*runs, sizes, control_share=float(lengths[control].sum() / lengths[pilot].sum()))
    with whole_folder(out) as part:
        rows.to_csv(part / PLAN, index=False, lineterminator="\n", float_format="%.9g")
        streets.to_csv(part / STREETS, index=False, lineterminator="\n", float_format="%.9g")
        draw_placements(
            Streets(network.streets.segment_id, network.vertices, network.vertex_start),
            network.streets.in_core,
            {"pilot": pilot, "control": control},
            part / MAP,
            title=f"{scenario.title}: pilot and control streets",
            attribution=network.metadata.get("attribution", ""),
        )
        manifest = {
            "id": identity,
            "kind": KIND,
            "scenario": scenario.name,
            "title": scenario.title,
            "sizes": dataclasses.asdict(asked),
            "options": plan.options.identity() | {"city": plan.options.city},
            "replications": plan.replications,
        }
        write_manifest(manifest, part / MANIFEST)


def pilot_and_control(
    network: StreetNetwork, baseline: Sequence[RunTables], scenario: Sequence[RunTables]
) -> tuple[Array, Array, pd.DataFrame]:
    """Rows of the pilot's segments, of the control's, and both as a table with `STREET_COLUMNS`.

    Raises
    ------
    InputError
        If there are none of either.
    """
    streets, first = network.streets, scenario[0].segments
    dark = np.flatnonzero(scenario[0].manifest["dark_hours"])
    band = first.drop_duplicates("segment_id").set_index("segment_id").reindex(streets.segment_id)
    treated = band["treated"].to_numpy(bool) & streets.in_core
    far = (band["band"] == "elsewhere").to_numpy() & ~treated  # of the ring too: nothing is claimed of the control
    people, light = (
        _after_dark(baseline, name, dark, streets.segment_id) for name in ("footfall_people", "illuminance_mean_lx")
    )
    pilot = np.flatnonzero(treated & (people > 0))
    if not pilot.size:
        raise InputError("the case touches no street of the core that anybody walks on after dark: nothing to evaluate")
    candidates = np.flatnonzero(far & (people > 0))
    if not candidates.size:
        raise InputError(
            "no street of the map lies beyond the reach of the case, so there is no control area; choose a smaller "
            "area for the case, a larger city, or a control in another district"
        )
    stood_for, chosen = _alike(network, people, light, pilot, candidates)
    control = candidates[chosen]
    like = np.concatenate([np.full(pilot.size, -1), streets.segment_id[pilot[stood_for]]])
    rows = np.concatenate([pilot, control])
    names = np.array(["", *network.street_names])[streets.name_index[rows] + 1]
    table = pd.DataFrame(
        {
            "area": np.repeat(["pilot", "control"], [pilot.size, control.size]),
            "segment_id": streets.segment_id[rows],
            "like": pd.array(like, dtype="Int64"),
            "name": names,
            "street_class": np.array(STREET_CLASSES)[streets.street_class[rows]],
            "length_m": streets.length_m[rows],
            "people_passing": people[rows],
            "light_mean_lx": light[rows],
        }
    )
    table.loc[table["area"] == "pilot", "like"] = pd.NA
    return pilot, control, table


def _after_dark(runs: Sequence[RunTables], name: str, dark: Array, keys: Array) -> Array:
    """A column of the segments after dark, mean over draws: summed over hours if people, else the mean hour."""
    tables = (run.segment_columns("segment_id", "hour", name) for run in runs)
    every = pd.concat([table.loc[table["hour"].isin(dark), ["segment_id", name]] for table in tables])
    per = len(runs) * (1 if name == "footfall_people" else len(dark))
    return np.asarray(every.groupby("segment_id")[name].sum().reindex(keys).to_numpy(float) / per)


def _alike(network: StreetNetwork, people: Array, light: Array, pilot: Array, candidates: Array) -> tuple[Array, Array]:
    """Positions of pilot segments and of the candidates that stand for them, each taken once.

    Where candidates run out, pilot segments are left without one, so that the sum of the differences is smallest.
    """
    streets = network.streets
    features = np.column_stack([np.log1p(people), np.log1p(light), np.log(streets.length_m)])
    here = features[np.concatenate([pilot, candidates])]
    scaled = features / np.where(here.std(axis=0) > 0, here.std(axis=0), 1.0)
    apart = np.zeros((pilot.size, candidates.size))
    for feature in scaled.T:
        apart += (feature[pilot][:, None] - feature[candidates][None, :]) ** 2
    for kind in (streets.street_class, streets.in_park, streets.is_steps):
        apart += _OTHER_KIND**2 * (kind[pilot][:, None] != kind[candidates][None, :])
    # ties go by key, whatever the order of rows
    order = np.lexsort((streets.segment_id[candidates],))
    of_pilot, chosen = linear_sum_assignment(apart[:, order])
    return of_pilot, order[chosen]  # rows of pilots come in order
