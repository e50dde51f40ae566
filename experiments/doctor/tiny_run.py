"""One tiny run, held against what it gave when the release was made, to the bit where processors allow it.

`expected.json` is renewed with the golden results: tests/golden/renew.py.
"""

import datetime
import hashlib
import json
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from experiments.doctor.finding import Finding

EXPECTED = Path(__file__).with_name("expected.json")
CITY, AGENTS, SEED, DRAW, DATE = "helsinki-centre", 200, 1, 0, datetime.date(2026, 12, 21)
TOLERANCE = 1e-6
"""Sums in whole numbers are rounded one by one: on another processor, where exp() may differ by its last bit, a few of
them may be one off. Larger differences are of another program."""
_REPORT = "tell us: say what `afterdark doctor --json` prints, and do not trust results of this machine until then"


def tiny_run(threads: int = 1) -> dict[str, Any]:
    """Live one day of a few people in the city that ships; sums in whole numbers, and their bits as SHA-256."""
    from simulator.evidence.parameters import draw_parameters
    from simulator.simulation import Simulation
    from street_networks import load_city

    network = load_city(CITY)
    one = Simulation.baseline(network, draw_parameters(SEED, DRAW), agents=AGENTS, date=DATE, threads=threads)
    one.simulate_day()
    assert one.walk is not None
    cells, segments = one.walk.cells, one.walk.segments
    return {
        "city": network.digest(),
        "cells": [int(total) for total in cells.reshape(-1, cells.shape[-1]).sum(axis=0)],
        "bits": {"cells": _hash(cells), "segments": _hash(segments)},
    }


def check_tiny_run(expected: Mapping[str, Any] | None = None, found: Mapping[str, Any] | None = None) -> list[Finding]:
    """Whether the tiny run gives what it gave when it was stored, and the same on two threads as on one.

    Parameters
    ----------
    expected, found
        What was stored, and what the run gives here; by default read and computed.
    """
    if expected is None:
        expected = json.loads(EXPECTED.read_text(encoding="utf-8"))
    found = tiny_run() if found is None else found
    twice = tiny_run(threads=2)
    return [compare(expected, found), _compare_threads(found, twice)]


def compare(expected: Mapping[str, Any], found: Mapping[str, Any]) -> Finding:
    """What is the same and what is not of two runs."""
    if found["city"] != expected["city"]:
        told = f"the city {CITY} is not the one that was shipped"
        return Finding("tiny run", "fails", told, "install again: pip install --force-reinstall --no-deps afterdark")
    if found["bits"] == expected["bits"]:
        told = f"{AGENTS} people, one day in {CITY}: as stored, to the bit"
        return Finding("tiny run", "ok", told)
    apart = _apart(expected["cells"], found["cells"])
    if apart <= TOLERANCE:
        told = f"as stored within {TOLERANCE:g}, not to the bit: this processor rounds otherwise ({platform.machine()})"
        return Finding("tiny run", "ok", told)
    told = f"gives another result than the one stored (up to {apart:.1e} apart)"
    return Finding("tiny run", "fails", told, f"if you changed the program, that is why. If not, {_REPORT}")


def _compare_threads(one: Mapping[str, Any], two: Mapping[str, Any]) -> Finding:
    if one["bits"] == two["bits"]:
        return Finding("threads", "ok", "one thread and two give the same, to the bit")
    return Finding("threads", "fails", "one thread and two give different results", _REPORT)


def _apart(expected: list[int], found: list[int]) -> float:
    """The largest relative difference of sums; 1 where their number differs."""
    if len(expected) != len(found):
        return 1.0
    pairs = zip(expected, found, strict=True)
    return max((abs(a - b) / max(abs(a), abs(b)) for a, b in pairs if a != b), default=0.0)


def _hash(whole: np.ndarray[Any, Any]) -> str:
    assert whole.dtype == np.int64
    return hashlib.sha256(np.ascontiguousarray(whole, "<i8").tobytes()).hexdigest()


def store() -> str:
    """Write what the run gives now as expected, and say what changed."""
    found = tiny_run()
    before = json.loads(EXPECTED.read_text(encoding="utf-8")) if EXPECTED.is_file() else None
    if before == found:
        return "as it was, not written"
    EXPECTED.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return "there was none" if before is None else compare(before, found).found
