"""`afterdark compare`: baseline and scenarios in the same draws, paired; tables, map, report."""

import dataclasses
import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.answer.cost import UNIT_VALUES
from analysis.answer.finding import Basis
from analysis.answer.findings import FINDINGS, read_findings, work_out, write_findings
from analysis.answer.observed import check_observed
from analysis.answer.provenance import Provenance, collect_provenance
from analysis.answer.report import write_report
from analysis.answer.review import OBSERVED
from analysis.comparison.paired import compare_runs, read_comparison_table, write_comparison
from analysis.comparison.sums import in_order_of_draw, sum_cells
from analysis.cost.unit_values import check_against
from experiments.cautions import cautions
from experiments.executors import run_jobs
from experiments.folders import check_folders, holds
from experiments.grades import counts_behind
from experiments.identity import analysis_version, digest_of
from experiments.interruption import stop_if_interrupted
from experiments.light_extremes import LIGHT, MOST_DRAWS, light_decides, rows_of_light, sentences_of_light
from experiments.overlays import told_first
from experiments.pictures import draw_pictures, draw_zones
from experiments.report_parts import ReportParts, write_parts
from experiments.runs import Job, Options, Progress, city_of
from experiments.store import Store, with_scenario_text, write_manifest
from scenarios import Scenario, bind
from simulator.city.sun import darkest_working_day
from simulator.errors import InputError, ResultsError
from simulator.evidence.parameters import load_evidence
from simulator.foundation.spelling import with_article
from simulator.results.files import whole_folder
from simulator.results.schema import MANIFEST, RunTables, read_manifest

COMPARISON, REPORT, LIGHT_ENDS = "comparison.csv", "report.html", "light.csv"


@dataclasses.dataclass(frozen=True)
class Plan:
    """A comparison to make."""

    baseline: Scenario
    scenarios: tuple[Scenario, ...]
    options: Options
    replications: int
    store: Path
    light_extremes: bool = False
    """Whether the two ends of unknown light are run too, where light decides (`light_decides`)."""
    given: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """What the user gives for the analysis (`Basis.given`): plain values that no run depends on."""

    def ends_of_light(self) -> dict[str, "Plan"]:
        """The same comparison with every street of unknown light lit, and with none; nothing where it is not asked."""
        if not (self.light_extremes and light_decides(city_of(self.options.city))):
            return {}
        few = dataclasses.replace(self, replications=min(self.replications, MOST_DRAWS), light_extremes=False)
        return {
            light: dataclasses.replace(few, options=dataclasses.replace(self.options, light=light)) for light in LIGHT
        }

    def all_jobs(self) -> list[Job]:
        """Everything that is to be run for the answer."""
        return [*self.jobs(), *(job for plan in self.ends_of_light().values() for job in plan.jobs())]

    def jobs(self) -> list[Job]:
        """One job a draw; the baseline is the first scenario of each."""
        every = (self.baseline, *self.scenarios)
        return [Job.plan(self.options, draw, every, self.store) for draw in range(self.replications)]

    def identity(self) -> str:
        """Identity of the comparison: the runs that it rests on, how they are read, and what they are called."""
        every = (self.baseline, *self.scenarios, *self.options.overlays)
        words = [(one.name, one.title, one.question) for one in every]
        told = {"runs": [job.ids for job in self.all_jobs()], "words": words, "code": analysis_version()}
        return digest_of(told | ({"given": dict(self.given)} if self.given else {}))

    def check(self) -> tuple[str, ...]:
        """Refuse before any work what cannot work, and give the cautions that the answer comes with.

        Raises
        ------
        InputError
            If areas do not fit the city, two cases have one name, or nothing at all would change on the date.
        """
        if not self.scenarios:
            raise InputError("found no case, expected one or more; `afterdark scenario list` shows the cases there are")
        self._check_names()
        every = (self.baseline, *self.scenarios)
        if UNIT_VALUES in self.given:
            check_against(self.given[UNIT_VALUES], [one.name for one in self.scenarios], self.currencies())
        check_observed(self.given.get(OBSERVED, ()), [one.name for one in self.scenarios])
        network, date = city_of(self.options.city), self.options.date
        return (*told_first(self.options.overlays, network, date), *cautions(every, network, date))

    def currencies(self) -> set[str]:
        """Currencies of what all cases cost."""
        every = (self.baseline, *self.scenarios)
        return {placed.currency for case in every for placed in bind(case, city_of(self.options.city))}

    def _check_names(self) -> None:
        names = [one.name for one in self.scenarios]
        others = [name for name in names if name != self.baseline.name]
        if len(others) < len(names):
            remedy = (
                f"leave it out, and keep {' and '.join(others)}"
                if others
                else "name one that changes something, as `afterdark compare light-the-park-paths`; "
                "`afterdark scenario list` shows the cases there are"
            )
            raise InputError(
                f"the case {self.baseline.name} is what the others are compared with already; {remedy}; "
                "to compare with another case, give --baseline CASE"
            )
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise InputError(
                f"found {', '.join(twice)} twice, expected cases with names of their own; leave one out, or "
                "rename one of the files"
            )


@dataclasses.dataclass(frozen=True)
class Answer:
    """A comparison as stored."""

    comparison: pd.DataFrame
    findings: Mapping[str, pd.DataFrame]
    facts: Provenance
    folder: Path


def make_comparison(
    plan: Plan,
    out: Path,
    *,
    workers: int,
    progress: Progress = lambda days: None,
    draw_done: Callable[[], None] = lambda: None,
) -> Answer:
    """Run what is missing, compare, and write the folder whole; a folder with the same comparison is only read.

    Raises
    ------
    InputError
        If the plan cannot work, or `out` holds something else.
    """
    told = plan.check()
    identity = plan.identity()
    if holds(out, identity):
        return read_answer(out)
    check_folders(out, plan.store)
    run_jobs(plan.all_jobs(), workers=workers, progress=progress, draw_done=draw_done)  # of all ends of light at once
    baseline, scenarios = run_plan(plan, workers=1)
    try:
        _write(out, identity, plan, (baseline, scenarios), told)
    except InputError:
        if not holds(out, identity):  # else another process was quicker with the same comparison
            raise
    return read_answer(out)


def run_plan(
    plan: Plan, *, workers: int, progress: Progress = lambda days: None
) -> tuple[list[RunTables], dict[str, list[RunTables]]]:
    """Run what is missing; give the runs of the baseline, and of each scenario by name, in order of draws."""
    jobs, store = plan.jobs(), Store(plan.store)
    run_jobs(jobs, workers=workers, progress=progress)
    runs = [
        [with_scenario_text(scenario, store.read(job.ids[place])) for job in jobs]
        for place, scenario in enumerate((plan.baseline, *plan.scenarios))
    ]
    return runs[0], dict(zip([one.name for one in plan.scenarios], runs[1:], strict=True))


def read_answer(folder: Path) -> Answer:
    """A stored comparison.

    Raises
    ------
    ResultsError
        If the folder does not hold one, or a part of it is missing.
    """
    manifest = read_manifest(folder)
    if manifest["kind"] != "comparison":
        raise ResultsError(f"{folder}: holds {with_article(manifest['kind'])}, expected a comparison")
    for name in (COMPARISON, *(f"{name}.csv" for name in FINDINGS)):
        if not (folder / name).is_file() or _checksum(folder / name) != manifest.get("checksums", {}).get(name):
            raise ResultsError(
                f"{folder / name}: is missing or not as it was written; remove {folder} and compare again"
            )
    facts = Provenance.from_dict(manifest.get("provenance", {}))
    return Answer(read_comparison_table(folder / COMPARISON), read_findings(folder), facts, folder)


def _checksum(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _write(
    out: Path,
    identity: str,
    plan: Plan,
    runs_of: tuple[Sequence[RunTables], Mapping[str, Sequence[RunTables]]],
    told: tuple[str, ...],
) -> None:
    baseline, scenarios = runs_of
    sums = sum_cells(baseline, scenarios)
    comparison = compare_runs(baseline, scenarios, sums)
    network = city_of(plan.options.city)
    facts = collect_provenance(baseline, scenarios, default_date=darkest_working_day(network.latitude).isoformat())
    light = _at_ends_of_light(plan)
    under = tuple(one.title for one in plan.options.overlays)
    facts = dataclasses.replace(facts, cautions=(*told, *sentences_of_light(light, network)), under=under)
    rows = parameters_told(plan.scenarios, facts.country)
    findings = work_out(Basis(baseline, scenarios, comparison, facts, plan.given, sums, rows))
    with whole_folder(out) as part:
        write_comparison(comparison, part / COMPARISON)
        if len(light):
            light.to_csv(part / LIGHT_ENDS, index=False, lineterminator="\n", float_format="%.9g")
        files = [COMPARISON, *write_findings(findings, part)]
        maps = draw_pictures(part, plan.options.city, facts, baseline, scenarios)
        maps |= draw_zones(part, plan.options.city, facts, comparison)
        stop_if_interrupted()
        told_of = {scenario.name: scenario for scenario in plan.scenarios}
        grades = counts_behind(
            (told_of[name], run.manifest["parameters_read"]) for name, runs in scenarios.items() for run in runs
        )
        nights = {name: in_order_of_draw(runs)[0].manifest.get("night") for name, runs in scenarios.items()}
        names = {name: file.name for name, file in maps.items()}
        files += write_parts(ReportParts(rows, grades, names, nights), part)
        write_report(
            part / REPORT, comparison, facts=facts, findings=findings, maps=maps, parameters=rows, rests_on=grades
        )
        manifest = {
            "id": identity,
            "kind": "comparison",
            "baseline": plan.baseline.name,
            "scenarios": list(scenarios),
            "replications": plan.replications,
            "options": plan.options.identity() | {"city": plan.options.city},
            "given": dict(plan.given),
            "provenance": facts.as_dict(),
            "checksums": {name: _checksum(part / name) for name in files},
        }
        write_manifest(manifest, part / MANIFEST)


def _at_ends_of_light(plan: Plan) -> pd.DataFrame:
    """What the answers lead with at both ends of unknown light; without a row where they are not run."""
    ends = plan.ends_of_light()
    comparisons = {light: compare_runs(*run_plan(end, workers=1)) for light, end in ends.items()}
    kinds = {one.name: [measure.kind for measure in one.measures] for one in plan.scenarios}
    return rows_of_light(comparisons, kinds, next((end.replications for end in ends.values()), 0))


def parameters_told(scenarios: Sequence[Scenario], country: str) -> list[dict[str, object]]:
    """Rows for the report: every parameter that is drawn, those of the measures first; ranges as drawn in a country."""
    own = {name for scenario in scenarios for measure in scenario.measures for name in measure.evidence()}
    rows = [row for row in load_evidence().values() if row.distribution != "fixed"]
    told = []
    for row in sorted(rows, key=lambda row: row.name not in own):
        low, high = row.range_in(country)
        told.append(dataclasses.asdict(row) | {"low": low, "high": high, "applies to": row.applies_to})
    return told
