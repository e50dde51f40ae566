"""What a second look spares: days of a case, decided wholly and beside the same days of the baseline."""

import time
from typing import Any, NamedTuple

from scenarios import bind, load_scenario
from simulator.city.network import StreetNetwork
from simulator.city.sun import darkest_working_day
from simulator.evidence.parameters import draw_parameters
from simulator.simulation import Simulation
from simulator.travel.second_look import Anew

from benchmarks.workload import SEED

DAYS = 3
"""Lived after the fork: two of adapting and the measured one, as in a comparison."""


class Look(NamedTuple):
    """One day of a case; seconds of computing, all threads together."""

    case: str
    day: int
    whole_s: float
    again_s: float
    anew: Anew


def settled(network: StreetNetwork, agents: int) -> Simulation:
    """A baseline from which cases are forked, on one thread."""
    baseline = Simulation.baseline(
        network, draw_parameters(SEED, 0), agents=agents, date=darkest_working_day(network.latitude)
    )
    baseline.settle(DAYS)
    return baseline


def looks(network: StreetNetwork, agents: int, cases: tuple[str, ...]) -> list[Look]:
    """Live the days of each case twice: without what the baseline's arm decided, and with it."""
    baseline, found = settled(network, agents), []
    _lived(baseline.fork())  # what a comparison lives first
    for case in cases:
        placed = bind(load_scenario(case), network)
        whole = baseline.fork(placed)
        whole.known = None
        again = baseline.fork(placed)
        days = zip(_lived(whole), _lived(again), again.anew, strict=True)
        found += [Look(case, day, *one) for day, one in enumerate(days, 1)]
    return found


def _lived(arm: Any) -> list[float]:
    spent = []
    for _ in range(DAYS):
        begun = time.process_time()
        arm.simulate_day()
        spent.append(time.process_time() - begun)
    return spent
