"""The same run by an earlier commit, measured side by side: what a change of the program is worth.

The earlier sources come out of the history of this checkout; libraries are those of today.
"""

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EARLIER = "b8da308"
"""The commit from which the speed of a simulated day is counted."""
_SCRIPT = """
import json, sys, tempfile, time
from pathlib import Path
from experiments.runs import Job, Options, run_job
from scenarios import load_scenario
cases = load_scenario("baseline"), load_scenario("light-the-park-paths")
agents, taken = int(sys.argv[1]), []
for draw in (0, 1):  # the first compiles, and is not counted
    days = []
    with tempfile.TemporaryDirectory() as store:
        job = Job.plan(Options(agents=agents), draw, cases, Path(store))
        started = time.perf_counter()
        run_job(job, lambda day: days.append(time.perf_counter()))
        taken.append((time.perf_counter() - started, (days[-1] - days[0]) / max(len(days) - 1, 1)))
print(json.dumps({"run_s": taken[1][0], "day_s": taken[1][1]}))
"""


def exported(folder: Path, commit: str = EARLIER) -> Path | None:
    """The sources of a commit in a folder; None where the history does not hold it."""
    archive = folder / "earlier.tar"
    done = subprocess.run(
        ["git", "-C", str(ROOT), "archive", "-o", str(archive), commit], capture_output=True, check=False
    )
    if done.returncode:
        return None
    with tarfile.open(archive) as held:
        held.extractall(folder / "earlier", filter="data")
    return folder / "earlier"


def run_of(sources: Path, agents: int, folder: Path) -> dict[str, float]:
    """Seconds of one draw of baseline and lamps in Helsinki on one thread, and of one of its days, warm."""
    variables = os.environ | {"PYTHONPATH": str(sources), "NUMBA_CACHE_DIR": str(folder / f"cache-{sources.name}")}
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, str(agents)],
        env=variables,
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found
