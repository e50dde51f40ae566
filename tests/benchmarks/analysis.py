"""How long an answer takes that rests on 200 draws of 20 000 people, and how much memory: `make bench` asks for both.

The runs are real ones of a few draws; further draws are copies of them, written by the writer of the program, in which
the time that feels safe and all drawn parameters are scattered, so that no two draws are alike. Then a process of its
own reads all of them and works out what `compare` does after its runs: comparison, findings, maps and report.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from analysis.answer.finding import Basis
from analysis.answer.findings import work_out, write_findings
from analysis.answer.provenance import collect_provenance
from analysis.answer.report import write_report
from analysis.comparison.paired import compare_runs, write_comparison
from analysis.comparison.sums import sum_cells
from experiments.comparing import Plan, make_comparison, read_answer
from experiments.pictures import draw_pictures, draw_zones
from experiments.runs import Options
from experiments.store import Store
from scenarios import load_scenario
from simulator.results.schema import RunTables, read_run, write_run

CASE, CITY = "light-the-park-paths", "helsinki-centre"
DRAWS, PEOPLE, REAL = 200, 20_000, 4
SCATTER = 0.02
"""Standard deviation of what is scattered, as a share of it: as between draws of the model, not to say anything."""


def make_draws(folder: Path, *, draws: int = DRAWS, people: int = PEOPLE, real: int = REAL) -> None:
    """Write so many draws of a baseline and a case below a folder, a folder a run; `real` of them are simulated."""
    store = folder / "store"
    plan = Plan(load_scenario("baseline"), (load_scenario(CASE),), Options(city=CITY, agents=people), real, store)
    make_comparison(plan, folder / "answer", workers=1)
    told = read_answer(folder / "answer").facts
    for side, ids in (("baseline", told.baseline_run_ids), (CASE, told.scenarios[0].run_ids)):
        runs = [Store(store).read(one) for one in ids]
        for draw in range(draws):
            at = folder / side / f"{draw:04}"
            at.mkdir(parents=True)
            write_run(scattered(runs[draw % real], draw), at)


def scattered(run: RunTables, draw: int) -> RunTables:
    """A run as another draw: both arms of a draw are scattered alike."""
    random = np.random.default_rng(draw)
    summary, manifest = run.summary.copy(), json.loads(json.dumps(run.manifest))
    more = 1.0 + SCATTER * random.standard_normal()
    summary["safe_s"] = np.minimum(summary["safe_s"] * more, summary["walking_s"])
    manifest |= {"draw": draw, "id": f"{manifest['id']}-{draw:04}"}
    manifest["parameters"] = {
        name: value * float(np.exp(SCATTER * random.standard_normal())) if isinstance(value, float) else value
        for name, value in manifest["parameters"].items()
    }
    return run._replace(summary=summary, manifest=manifest)


def analyse(folder: Path) -> None:
    """What `compare` does once its runs are there, into `folder/out`."""
    baseline, case = ([read_run(one) for one in sorted((folder / side).iterdir())] for side in ("baseline", CASE))
    scenarios, out = {CASE: case}, folder / "out"
    sums = sum_cells(baseline, scenarios)
    comparison = compare_runs(baseline, scenarios, sums)
    facts = collect_provenance(baseline, scenarios)
    findings = work_out(Basis(baseline, scenarios, comparison, facts, {}, sums))
    out.mkdir()
    write_comparison(comparison, out / "comparison.csv")
    write_findings(findings, out)
    maps = draw_pictures(out, CITY, facts, baseline, scenarios) | draw_zones(out, CITY, facts, comparison)
    write_report(out / "report.html", comparison, facts=facts, findings=findings, maps=maps)


def seconds_and_bytes(folder: Path) -> tuple[float, float]:
    """Seconds and peak bytes of memory of a process that analyses what `make_draws` wrote, its start included."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.analysis", str(folder)], check=True, capture_output=True, text=True
    )
    return time.perf_counter() - began, float(done.stdout.split()[-1])


def measure(*, draws: int = DRAWS, people: int = PEOPLE, real: int = REAL) -> tuple[float, float]:
    """Seconds and peak bytes for so many draws of so many people."""
    with tempfile.TemporaryDirectory() as made:
        make_draws(Path(made), draws=draws, people=people, real=real)
        return seconds_and_bytes(Path(made))


if __name__ == "__main__":
    analyse(Path(sys.argv[1]))
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sys.stdout.write(f"{kilobytes * 1024}\n")
