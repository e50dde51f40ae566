"""The walk kernel beside bare loops over the same routes, on one thread and on all."""

from typing import Any

import numpy as np

from simulator.foundation.blocks import edges, run_blocks
from simulator.foundation.clock import HOUR_MS
from simulator.kernels.walking import HAZARD, KINDS, SEGMENT_SUMS, Trips, walk
from simulator.setting import GROUPS
from simulator.travel.routes import Routed

from benchmarks.bare import gather_add_scatter, with_exponentials
from benchmarks.machine import median_s
from benchmarks.workload import FROM_HOUR, Ready

Array = np.ndarray[Any, Any]
LONG_MS = 24 * HOUR_MS


def traversals_per_second(ready: Ready, routed: Routed, *, copies: int, threads: int, repeats: int) -> dict[str, float]:
    """Streets walked through per second by the kernel and by the bare loops, all walks copied a few times."""
    setting, streets = ready.setting, ready.simulation.streets[FROM_HOUR]
    count = copies * len(ready.walks)
    length = np.tile(np.diff(routed.start), copies)
    start = np.concatenate([[0], np.cumsum(length)])
    route = np.tile(routed.route, copies)
    walker = np.tile(np.arange(len(ready.walks)), copies).astype(np.int32)
    pace, weight, own = (np.asarray(getattr(setting.walkers, name))[walker] for name in ("pace", "weight", "own"))
    bound = edges(count)
    segments = len(streets.walk_m)
    cells = (GROUPS, 4, KINDS * (HAZARD + len(streets.hazard)))
    score = np.ascontiguousarray(streets.score[0])

    def ours(block: int) -> None:
        rows = np.arange(bound[block], bound[block + 1])
        walk(
            *(streets, setting.walkers, trips, rows, (0, LONG_MS)),
            *(np.zeros(cells, np.int64), np.zeros((segments, SEGMENT_SUMS), np.int64)),
        )

    def bare(block: int) -> None:
        gather_add_scatter(
            *(streets.walk_m, pace, weight, start, route),
            *(bound[block], bound[block + 1], np.zeros(segments, np.int64)),
        )

    def exponentials(block: int) -> None:
        sums, felt = np.zeros(segments, np.int64), np.zeros(segments, np.int64)
        with_exponentials(
            *(streets.walk_m, pace, weight, start, route, bound[block], bound[block + 1]),
            *(sums, felt, score, streets.nobody, own),
        )

    rates = {}
    for name, work in {"walk": ours, "gather_add_scatter": bare, "with_exponentials": exponentials}.items():
        times = []
        for repeat in range(repeats + 1):
            zeros = [np.zeros(count, np.int64) for _ in range(6)]
            trips = Trips(
                walker,
                zeros[0],
                start,
                route,
                np.zeros(count, np.int8),
                zeros[1],
                np.zeros(count),
                np.ones(count),
                weight,
                *zeros[2:],
            )
            taken = median_s(lambda work=work: run_blocks(work, threads), 1)
            times += [taken] if repeat else []  # the first compiles
        rates[name] = route.size / float(np.median(times))
    return rates
