"""Where the time goes: wall seconds of each stage of a run, without the stages inside it."""

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

from experiments import compare, runs
from simulator.accounting import tables as accounting
from simulator.agenda.plans import Planner
from simulator.setting import Setting
from simulator.simulation import Simulation
from simulator.travel import routes
from simulator.travel.day_choices import Chooser
from simulator.travel.day_walk import DayWalk

DAY = {
    "set up": ((Setting, "make"),),
    "plan": ((Planner, "plan"),),
    "remember": ((Simulation, "_streets_by_hour"), (Simulation, "_fear")),
    "route": ((routes, "route"), (routes, "route_between")),
    "choose": ((Chooser, "choose"),),
    "walk": ((DayWalk, "begin"), (DayWalk, "advance"), (DayWalk, "walk_out")),
    "learn": ((Simulation, "end_day"),),
}
"""Stages of a day and the functions that do them."""
COMPARISON = {
    **DAY,
    "read the city": ((runs, "load_city"),),
    "account": tuple((accounting, name) for name in ("summary_table", "segments_table", "placements_table")),
    "store": ((runs.Store, "write"), (runs.Store, "read")),
    "compare": ((compare, "compare_runs"), (compare, "decompose_gap"), (compare, "collect_provenance")),
    "report": ((compare, "write_report"), (compare, "_draw_map"), (compare, "write_comparison")),
}
"""Stages of a comparison."""


@contextmanager
def timed(stages: dict[str, tuple[tuple[Any, str], ...]]) -> Iterator[dict[str, float]]:
    """Time the stages while the block runs; the time of a stage within another is not counted twice."""
    taken: dict[str, float] = defaultdict(float)
    inner = [0.0]

    def timing(stage: str, function: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            inner.append(0.0)
            started = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                whole = time.perf_counter() - started
                taken[stage] += whole - inner.pop()
                inner[-1] += whole

        return call

    with ExitStack() as patched:
        for stage, functions in stages.items():
            for owner, name in functions:
                found = owner.__dict__[name]
                call = timing(stage, found.__func__ if isinstance(found, classmethod) else found)
                patched.enter_context(
                    mock.patch.object(owner, name, classmethod(call) if isinstance(found, classmethod) else call)
                )
        yield taken
