"""Slow twins of the kernels, written for reading."""

import math
from typing import Any

import numpy as np


def logistic(x: float) -> float:
    """1 / (1 + exp(-x)), drawn through points a hundredth apart between -12 and 12."""
    points = np.linspace(-12.0, 12.0, 2401)
    return float(np.interp(x, points, 1.0 / (1.0 + np.exp(-points))))


def feels_safe(score: float, alone: float, crowd: float, nobody: float) -> float:
    """P(feel safe): expectation over whether anybody is in view."""
    return nobody * logistic(score + alone) + (1.0 - nobody) * logistic(score + crowd)


def feels_safe_on(streets: Any, gender: int, segment: int, own: float) -> float:
    """P(feel safe) of somebody on a street of the kernel's tables."""
    return feels_safe(
        own + float(streets.score[gender, segment]),
        float(streets.alone[gender]),
        float(streets.crowd[gender, segment]),
        float(streets.nobody[segment]),
    )


def asked_at_home(streets: Any, near: list[dict[int, float]], asked: list[tuple[int, int, float]]) -> list[float]:
    """Weighted mean P(feel safe) near home: weights by segment of each home; home, gender, own part of each person."""
    return [
        sum(weight * feels_safe_on(streets, gender, segment, own) for segment, weight in near[home].items())
        for home, gender, own in asked
    ]


def cheapest_cost(links: list[tuple[int, int]], cost: list[float], origin: int, destination: int) -> float:
    """Cost of the cheapest way by Bellman-Ford, infinity where there is none."""
    nodes = {node for link in links for node in link} | {origin, destination}
    best = dict.fromkeys(nodes, math.inf)
    best[origin] = 0.0
    for _ in nodes:
        for (one, other), price in zip(links, cost, strict=True):
            best[other] = min(best[other], best[one] + price)
            best[one] = min(best[one], best[other] + price)
    return best[destination]


def walk(
    streets: Any, people: Any, trips: Any, until_ms: int
) -> tuple[dict[tuple[int, int], list[int]], dict[int, list[int]]]:
    """Take every walk or stay from its start until a time, a street at a time, with plain Python numbers.

    Returns
    -------
    Sums by (group, zone) and by segment, in the units of the kernel.
    """
    cells: dict[tuple[int, int], list[int]] = {}
    segments: dict[int, list[int]] = {}
    hazards = streets.hazard.shape[0]
    for trip in range(len(trips.start_ms)):
        now = int(trips.start_ms[trip])
        person = int(trips.person[trip])
        weight = int(trips.weight[trip])
        stay = int(trips.stay_ms[trip])
        own = float(people.own[person]) + float(trips.company[trip])
        pace = float(people.pace[person]) * float(trips.slowed[trip])
        gender = int(people.gender[person])
        for segment in trips.route[trips.route_start[trip] : trips.route_start[trip + 1]]:
            if now >= until_ms:
                break
            duration = stay or max(1, int(streets.walk_m[segment] * pace + 0.5))
            spent = min(duration, until_ms - now)
            now += spent
            chance = feels_safe_on(streets, gender, segment, own)
            share = int(chance * 16384 + 0.5)
            nobody = int(float(streets.nobody[segment]) * 16384 + 0.5)
            row = cells.setdefault((int(people.cell[person]), int(streets.zone[segment])), [0] * (3 * (4 + hazards)))
            first = int(trips.kind[trip]) * (4 + hazards)
            row[first] += weight * spent
            row[first + 1] += weight * spent * share
            row[first + 2] += weight * spent * bool(streets.unlit[segment])
            row[first + 3] += weight * spent * nobody
            for kind in range(hazards):
                row[first + 4 + kind] += weight * spent * int(streets.hazard[kind, segment])
            sums = segments.setdefault(int(segment), [0, 0, 0, 0])
            if stay:
                sums[3] += weight * spent
            else:
                sums[0] += weight
                sums[1] += weight * spent
                sums[2] += weight * spent * share
    return cells, segments
