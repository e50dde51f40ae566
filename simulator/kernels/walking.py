"""Move walkers along their routes and add up what they meet: time, feeling safe, darkness, solitude, hazard.

A row of somebody's day is a walk along a route, or a wait or stay at one segment. Sums keep them apart.
Everything is counted in whole numbers, so that sums depend neither on threads nor on the length of a step: time
in milliseconds, people in parts of a person (1/256 in a town, see `day_walk.person_unit`), probabilities in 1/16384,
relative hazard in 1/1024.
Axis letters: S segments, P people, T trips, G genders, K hazards, C cells (demographic groups), Z zones.
"""

from typing import Any, NamedTuple

import numpy as np

from simulator.kernels.logistic import logistic
from simulator.kernels.policy import kernel, part_of_kernel

Array = np.ndarray[Any, Any]
PERSON_UNIT = 256
"""Finest unit in which people are counted: parts of a person."""
SHARE_UNIT = 16384
HAZARD_UNIT = 1024
TIME, SAFE, UNLIT, ALONE, HAZARD = 0, 1, 2, 3, 4
"""Columns of the cell sums; hazards follow from HAZARD on. Each kind of row has as many columns of its own."""
WALK, WAIT, STAY = 0, 1, 2
"""Kinds of row: a walk, a wait on the way, a stay of somebody who is out without travelling."""
KINDS = 3
PASSED, WALKED, FELT_SAFE, STOOD = 0, 1, 2, 3
"""Columns of the segment sums; what felt safe is of time walked."""
SEGMENT_SUMS = 4


class Streets(NamedTuple):
    """The streets in one clock hour, as walkers meet them."""

    walk_m: Array  # float64 (S,): length, stretched where walking is slower
    score: Array  # float32 (G, S): log-odds of feeling safe without the person's own part and company of others
    crowd: Array  # float32 (G, S): added when somebody is in view
    alone: Array  # float64 (G,): added when nobody is in view
    nobody: Array  # float64 (S,): probability that nobody is in view
    unlit: Array  # bool (S,): dark and below the darkness threshold
    hazard: Array  # int32 (K, S): relative hazard in 1/1024
    zone: Array  # int8 (S,)


class People(NamedTuple):
    """What a walker brings along."""

    own: Array  # float64 (P,): the person's own part of the score
    gender: Array  # int8 (P,)
    cell: Array  # int32 (P,): demographic group
    weight: Array  # int64 (P,): people stood for, in the run's unit; what a trip has by default
    pace: Array  # float64 (P,): milliseconds per metre


class Trips(NamedTuple):
    """Walks and stays in order of their start, and how far each has come."""

    person: Array  # int32 (T,)
    start_ms: Array  # int64 (T,): since midnight before the day
    route_start: Array  # int64 (T + 1,)
    route: Array  # int32: segments; of a stay the one where it is
    kind: Array  # int8 (T,): WALK, WAIT or STAY
    stay_ms: Array  # int64 (T,): 0 for a walk, else how long it is stayed
    company: Array  # float64 (T,): added to the person's own part of the score here
    slowed: Array  # float64 (T,): times the person's pace
    weight: Array  # int64 (T,): people stood for, in 1/256
    step: Array  # int64 (T,): segments left behind
    left_ms: Array  # int64 (T,): time still to walk on the present segment; 0 before it is entered
    walked_ms: Array  # int64 (T,): time walked or stayed so far
    safe: Array  # int64 (T,): milliseconds that felt safe, in 1/16384


@part_of_kernel
def feels_safe(streets: Streets, gender: int, segment: int, own: float) -> float:
    """P(feel safe) of a person here, now: expectation over whether anybody is in view."""
    score = np.float64(own) + np.float64(streets.score[gender, segment])  # the same with and without the compiler
    nobody = streets.nobody[segment]
    with_nobody = logistic(score + streets.alone[gender])
    with_somebody = logistic(score + np.float64(streets.crowd[gender, segment]))
    return nobody * with_nobody + (1.0 - nobody) * with_somebody


@part_of_kernel
def segment_ms(walk_m: float, pace: float) -> int:
    """Whole milliseconds to walk a segment, at least one."""
    return max(1, int(walk_m * pace + 0.5))


@kernel
def ways_ms(walk_m: Array, start: Array, route: Array, which: Array, pace: Array) -> Array:
    """Time of routes (rows `which` of the compressed rows `start`, `route`) at a pace each (int64 ms)."""
    out = np.zeros(which.shape[0], np.int64)
    for row in range(which.shape[0]):
        for at in range(start[which[row]], start[which[row] + 1]):
            out[row] += segment_ms(walk_m[route[at]], pace[row])
    return out


@kernel
def walk(
    streets: Streets,
    people: People,
    trips: Trips,
    rows: Array,
    interval: tuple[int, int],
    cells: Array,
    segments: Array,
) -> None:
    """Take the trips `rows` (in order of departure) through [from, until) and add up what they meet.

    Parameters
    ----------
    interval
        Milliseconds since midnight, within one clock hour.
    cells, segments
        int64 (C, Z, 3 (4 + K)) and int64 (S, 4), added to in place.
    """
    start, until = interval
    hazards = streets.hazard.shape[0]
    for row in rows:
        if trips.start_ms[row] >= until:
            break
        end = trips.route_start[row + 1]
        at = trips.route_start[row] + trips.step[row]
        now = max(start, trips.start_ms[row])
        person = trips.person[row]
        gender, weight = people.gender[person], trips.weight[row]
        pace, own = people.pace[person] * trips.slowed[row], people.own[person] + trips.company[row]
        stays = trips.kind[row] != WALK
        first = (HAZARD + hazards) * np.int64(trips.kind[row])
        while now < until and at < end:
            segment = trips.route[at]
            if trips.left_ms[row] == 0:
                trips.left_ms[row] = trips.stay_ms[row] if stays else segment_ms(streets.walk_m[segment], pace)
                segments[segment, PASSED] += 0 if stays else weight  # who stands here has come on foot
            spent = min(trips.left_ms[row], until - now)
            share = np.int64(feels_safe(streets, gender, segment, own) * SHARE_UNIT + 0.5)
            sums = cells[people.cell[person], streets.zone[segment]]
            sums[first + TIME] += weight * spent
            sums[first + SAFE] += weight * spent * share
            sums[first + UNLIT] += weight * spent * streets.unlit[segment]
            sums[first + ALONE] += weight * spent * np.int64(streets.nobody[segment] * SHARE_UNIT + 0.5)
            for kind in range(hazards):
                sums[first + HAZARD + kind] += weight * spent * streets.hazard[kind, segment]
            if stays:
                segments[segment, STOOD] += weight * spent
            else:
                segments[segment, WALKED] += weight * spent
                segments[segment, FELT_SAFE] += weight * spent * share
            trips.walked_ms[row] += spent
            trips.safe[row] += spent * share
            trips.left_ms[row] -= spent
            now += spent
            if trips.left_ms[row] == 0:
                at += 1
        trips.step[row] = at - trips.route_start[row]


@kernel
def fear_table(streets: Streets, own: Array, out: Array) -> None:
    """P(feel unsafe) of each perception class on each segment in one hour.

    Parameters
    ----------
    own
        float64 (classes, 2): gender and the class's own part of the score.
    out
        float32 (classes, S), written.
    """
    for group in range(own.shape[0]):
        gender = np.int64(own[group, 0])
        for segment in range(out.shape[1]):
            out[group, segment] = 1.0 - feels_safe(streets, gender, segment, own[group, 1])


@kernel
def ask_residents(streets: Streets, near: tuple[Array, Array, Array], asked: tuple[Array, Array, Array]) -> Array:
    """Mean P(feel safe) over the streets near home, for each person asked (float64).

    Parameters
    ----------
    near
        Compressed rows a home junction: start (int64), segment (int32), weight (float64, summing to one a row).
    asked
        For each person: row of the home junction (int64), gender (int8), own part of the score (float64).
    """
    start, segment, weight = near
    home, gender, own = asked
    answers = np.zeros(home.shape[0], np.float64)
    for person in range(home.shape[0]):
        for place in range(start[home[person]], start[home[person] + 1]):
            safe = feels_safe(streets, gender[person], segment[place], own[person])
            answers[person] += weight[place] * safe
    return answers
