"""Golden results: two small runs, what came of them, and how a new result is held against an old one.

A golden file says what the model gave when somebody last looked: sums to 12 significant digits, and hashes of the
whole-number sums by group and by street. Hashes are compared only on the same lock, libraries and kind of processor;
elsewhere sums must agree to 1e-9, since exp() may differ there by its last bit.
"""

import datetime
import hashlib
import json
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any

import llvmlite.binding
import numpy as np
import pandas as pd

from experiments.identity import code_version, library_versions
from scenarios import bind, load_scenario
from simulator.accounting import tables as accounting
from simulator.city.network import StreetNetwork
from simulator.evidence.parameters import draw_parameters
from simulator.simulation import Simulation
from street_networks import load_city

from cities import grid_city

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
CASES: dict[str, Callable[[], StreetNetwork]] = {
    "toy": lambda: grid_city(6),
    "helsinki": lambda: load_city("helsinki-centre"),
}
AGENTS, SEED, DRAW, DATE = 500, 1, 0, datetime.date(2026, 12, 21)
SETTLE_DAYS, DAYS = 2, 2
RENEW = 'python tests/golden/renew.py "why the model gives other results now"'
TOLERANCE = 1e-9


def compute(case: str) -> dict[str, Any]:
    """Live the baseline and lamps in the park from one settled memory, and sum up their last day."""
    network = CASES[case]()
    baseline = Simulation.baseline(network, draw_parameters(SEED, DRAW), agents=AGENTS, date=DATE)
    baseline.settle(SETTLE_DAYS)
    arms = {"baseline": baseline.fork(), "lamps": baseline.fork(bind(load_scenario("light-the-park-paths"), network))}
    results: dict[str, Any] = {"sums": {}, "hashes": {}}
    for name, arm in arms.items():
        for _ in range(DAYS):
            arm.simulate_day()
        results["sums"] |= {f"{name}/{key}": value for key, value in _sums(accounting.summary_table(arm, {})).items()}
        assert arm.walk is not None
        results["hashes"] |= {f"{name}/cells": _hash(arm.walk.cells), f"{name}/segments": _hash(arm.walk.segments)}
    return results


def _sums(summary: pd.DataFrame) -> dict[str, float]:
    values = [name for name in summary if summary[name].dtype.kind == "f" and name != "population"]
    found = {}
    summary = summary[summary["age_band"] != "all"]  # everybody stands in it once more by each other attribute
    for (gender, period), rows in summary.groupby(["gender", "period"], sort=True):
        found |= {f"{gender}/{period}/{name}": float(f"{rows[name].sum():.12g}") for name in values}
    return {name: value for name, value in found.items() if value}


def _hash(whole: np.ndarray[Any, Any]) -> str:
    assert whole.dtype == np.int64
    return hashlib.sha256(np.ascontiguousarray(whole, "<i8").tobytes()).hexdigest()


def kind_of_machine() -> dict[str, Any]:
    """On what hashes can be compared: the lock, the libraries that are really there, the processor."""
    return {
        "lock": hashlib.sha256((ROOT / "requirements.lock").read_bytes()).hexdigest()[:16],
        "libraries": library_versions(),
        "python": ".".join(platform.python_version_tuple()[:2]),
        "processor": f"{platform.system()} {platform.machine()} {llvmlite.binding.get_host_cpu_name()}",
    }


def differences(golden: dict[str, Any], found: dict[str, Any], *, same_machine: bool) -> list[str]:
    """What is not as it was, a line each."""
    lines = []
    for name in sorted(golden["sums"].keys() | found["sums"].keys()):
        was, now = (one["sums"].get(name, 0.0) for one in (golden, found))
        apart = abs(now - was) / max(abs(was), abs(now)) if now != was else 0.0
        if apart > TOLERANCE:
            lines.append(f"{name}: was {was:.12g}, is {now:.12g} ({apart:.1e} apart)")
    if same_machine:
        for name, was in golden["hashes"].items():
            if found["hashes"].get(name) != was:
                lines.append(f"{name}: other whole-number sums (hash {found['hashes'].get(name, 'none')[:12]})")
    return lines


def path_of(case: str) -> Path:
    """The golden file of a case."""
    return FOLDER / f"{case}.json"


def read(case: str) -> dict[str, Any]:
    """The golden results of a case."""
    golden: dict[str, Any] = json.loads(path_of(case).read_text(encoding="utf-8"))
    return golden


def write(case: str, found: dict[str, Any], reason: str) -> None:
    """Write what was found as golden, with why."""
    about = {
        "renewed_because": reason,
        "run": {"agents": AGENTS, "seed": SEED, "draw": DRAW, "date": DATE.isoformat(), "days": [SETTLE_DAYS, DAYS]},
        "code_version": code_version(),
        "machine": kind_of_machine(),
    }
    path_of(case).write_text(json.dumps(about | found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
