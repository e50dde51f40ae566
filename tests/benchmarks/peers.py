"""The tools that we are measured against, in an environment of their own: SUMO, plain Mesa with networkx, pandana."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.workload import Walks

PROGRAMS = Path(__file__).parent / "programs"


def peers_python() -> Path | None:
    """Interpreter of the environment of the peers: AFTERDARK_BENCH_PYTHON, else `.venv-bench`; None if it is not there."""
    named = os.environ.get("AFTERDARK_BENCH_PYTHON", "")
    python = Path(named) if named else Path(__file__).parents[2] / ".venv-bench" / "bin" / "python"
    return python if python.is_file() else None


def ask(python: Path, program: str, walks: Walks, folder: Path) -> dict[str, Any]:
    """Run a peer's program on the walks, and read what it tells."""
    streets, junctions = walks.network.streets, walks.network.junctions
    given = folder / f"{program}.npz"
    np.savez(
        given,
        from_junction=streets.from_junction,
        to_junction=streets.to_junction,
        walk_m=walks.walk_m,
        x_m=junctions.x_m,
        y_m=junctions.y_m,
        origin=walks.from_junction,
        destination=walks.to_junction,
        depart_ms=walks.depart_ms,
        speed_m_s=walks.speed_m_s,
    )
    out = folder / f"{program}.json"
    done = subprocess.run(
        [python, PROGRAMS / f"{program}.py", given, out], capture_output=True, text=True, check=False, cwd=folder
    )
    if done.returncode:
        raise RuntimeError(f"{program} failed: {done.stderr[-2000:]}")
    told: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return told
