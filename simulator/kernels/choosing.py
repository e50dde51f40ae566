"""One logit a tour, evaluated tour by tour: modes, times, company, the way home, and not going.

What is compared is a tour in several worlds by the same random numbers: as it is, as it was planned (at noon, without
fear), and, where that differs, with one thing away that may stand in the way. `simulator.travel.modes` says what the
variants are.
Axis letters: N tours, T trips, M modes, V variants, W worlds, S segments, R routes.
"""

import math
from typing import Any, NamedTuple

import numpy as np

from simulator.kernels.costs import (
    ALONE,
    ALONE_HOME,
    ALONE_OUT,
    BICYCLE,
    DRIVER,
    HOUR_MS,
    MINUTES,
    PASSENGER,
    TAXI,
    TOGETHER,
    TRANSIT,
    UNSAFE,
    VARIANTS,
    WALK,
    OnFoot,
    World,
    meet_all_ends,
    sum_up,
)
from simulator.kernels.policy import kernel, part_of_kernel
from simulator.kernels.riding import ENDS, MODES, City, Departures

Array = np.ndarray[Any, Any]
NOT_GOING = MODES
PLAIN, COMPANY = 0, 1
SHIFTS_MS = (0, 0, -HOUR_MS, HOUR_MS, -2 * HOUR_MS, 2 * HOUR_MS)
"""What each variant puts off; from BACK_BY on a variant is a mode home."""
BACK_BY = len(SHIFTS_MS)
assert VARIANTS == BACK_BY + MODES
AS_IT_IS, PLANNED, UNAFRAID, SERVED, WITHOUT_STEPS, PAID = range(6)
WORLDS = 6


class Tastes(NamedTuple):
    """What the choice is reckoned with."""

    per_minute: float  # loss in log-odds a minute
    company: float  # factor on the odds of feeling safe in company
    arranging: float  # loss in log-odds for arranging company
    shift_hour: float  # loss in log-odds an hour earlier or later
    mixing: float  # loss in log-odds for going home by another mode
    dropped: float  # log-odds of dropping a wish


class Chosen(NamedTuple):
    """What comes out."""

    mode: Array  # int8 (W, N): NOT_GOING for none
    variant: Array  # int8 (W, N)
    going: Array  # float64 (N,): P(the tour is made by whatever mode)


@part_of_kernel
def _price(tastes: Tastes, person: Any, driver: bool, costs: tuple[float, float], mode: int) -> float:
    """Worth (at most 0) of some minutes by a mode, and of those that feel unsafe; minus infinity where not at hand."""
    if not person["has"][mode] or (mode == PASSENGER and not driver):
        return -np.inf
    return -tastes.per_minute * costs[MINUTES] - person["per_unsafe"] * costs[UNSAFE]


@part_of_kernel
def _worth_of_moved(tastes: Tastes, person: Any, variant: int, sums: Array, worth: Array) -> None:
    """Worth of walking and riding at another time, into a column of `worth`."""
    if person["child"]:
        return
    hours = abs(SHIFTS_MS[variant]) / HOUR_MS
    for mode in (WALK, TRANSIT):
        costs = sums[ALONE, MINUTES, mode], sums[ALONE, UNSAFE, mode]
        worth[mode, variant] = person["constant"][mode] + _price(tastes, person, False, costs, mode)
        worth[mode, variant] -= tastes.shift_hour * hours


@part_of_kernel
def _worth_at_hour(tastes: Tastes, person: Any, tour: Any, sums: Array, worth: Array) -> None:
    """Worth of every mode and variant at the wished hour (float64 (M, V)); walks and rides at others are left alone.

    Parameters
    ----------
    sums
        As `costs.sum_up` gives them.
    """
    child, constant, driver = person["child"], person["constant"], tour["driver"]
    for mode in range(MODES):
        for variant in range(VARIANTS):
            if variant <= COMPANY or variant >= BACK_BY or mode not in (WALK, TRANSIT):
                worth[mode, variant] = -np.inf
        costs = sums[ALONE_OUT, MINUTES, mode], sums[ALONE_OUT, UNSAFE, mode]
        out = _price(tastes, person, driver, costs, mode)
        for other in range(MODES):
            vehicle = mode in (BICYCLE, DRIVER) or other in (BICYCLE, DRIVER)
            mixed = not vehicle and tour["has_back"] and not child
            costs = sums[ALONE_HOME, MINUTES, other], sums[ALONE_HOME, UNSAFE, other]
            if mode == other and (not child or mode == PASSENGER):
                worth[mode, PLAIN] = constant[mode] + out + _price(tastes, person, driver, costs, mode)
            elif mode != other and mixed:
                then = _price(tastes, person, driver, costs, other)
                worth[mode, BACK_BY + other] = out + then + (constant[mode] + constant[other]) / 2.0 - tastes.mixing
    for mode in (WALK, TRANSIT):
        if tour["companion"] or child:
            costs = sums[TOGETHER, MINUTES, mode], sums[TOGETHER, UNSAFE, mode]
            price = _price(tastes, person, driver, costs, mode)
            worth[mode, COMPANY] = constant[mode] + price - (0.0 if child else tastes.arranging)


@part_of_kernel
def pick(worth: Array, stay: float, variate: Array) -> tuple[int, int]:
    """Mode and variant that are worth most with the random part; ties go to the first."""
    best, mode, variant = -np.inf, 0, PLAIN
    for one in range(MODES):
        how = 0
        for other in range(1, VARIANTS):
            if worth[one, other] > worth[one, how]:
                how = other
        if worth[one, how] + variate[one] > best:
            best, mode, variant = worth[one, how] + variate[one], one, how
    if stay + variate[NOT_GOING] > best:
        return NOT_GOING, PLAIN
    return mode, variant


@part_of_kernel
def _of_mode(worth: Array, mode: int) -> float:
    best = worth[mode, 0]
    for variant in range(1, VARIANTS):
        best = max(best, worth[mode, variant])
    return best


@part_of_kernel
def log_sum(worth: Array) -> float:
    """Logarithm of the sum of exp of the best variant of each mode; minus infinity where nothing can be done."""
    best, total = -np.inf, 0.0
    for mode in range(MODES):
        best = max(best, _of_mode(worth, mode))
    if best == -np.inf:
        return best
    for mode in range(MODES):
        total += math.exp(_of_mode(worth, mode) - best)
    return best + math.log(total)


@part_of_kernel
def going(worth: Array, stay: float) -> float:
    """P(a tour is made by whatever mode) before the random part."""
    return 1.0 / (1.0 + math.exp(min(stay - log_sum(worth), 700.0)))


@part_of_kernel
def _moves(tastes: Tastes, person: Any, served: bool, sums: Array) -> bool:
    """Whether a tour could gain by another time: from an hour's loss in fear on, or where nothing runs."""
    unsafe = max(sums[ALONE, UNSAFE, WALK], sums[ALONE, UNSAFE, TRANSIT])
    return not served or unsafe * person["per_unsafe"] > tastes.shift_hour


@part_of_kernel
def _other_hours(
    city: City, foot: OnFoot, world: World, tastes: Tastes, tour: Any, moves: bool, space: tuple[Array, Array, Array]
) -> None:
    """Worth of walking and riding at the hours at which a tour may be taken; minus infinity at others.

    Parameters
    ----------
    space
        Stops of each trip, sums (written) and worth (written) as elsewhere.
    """
    ends, sums, worth = space
    for variant in range(COMPANY + 1, BACK_BY):
        worth[WALK, variant], worth[TRANSIT, variant] = -np.inf, -np.inf
        if moves and tour["may_move"][variant]:
            sum_up(city, foot, world, tastes.company, tour, SHIFTS_MS[variant], ends, sums)
            _worth_of_moved(tastes, city.people[tour["person"]], variant, sums, worth)


@part_of_kernel
def _note(chosen: Chosen, world: int, tour: int, taken: tuple[int, int]) -> None:
    chosen.mode[world, tour], chosen.variant[world, tour] = taken


@part_of_kernel
def _if_paid(city: City, tastes: Tastes, tour: Any, known: tuple[Array, float], worth: Array) -> tuple[int, int]:
    """What would be picked if taxis were as cheap as they are for those who can pay; `known` are sums and not going."""
    sums, stay = known
    for at in range(tour["first"], tour["end"]):
        own = ALONE_HOME if city.trips[at]["back"] else ALONE_OUT
        sums[own, MINUTES, TAXI] -= city.trips[at]["saved"]
    _worth_at_hour(tastes, city.people[tour["person"]], tour, sums, worth)
    return pick(worth, stay, tour["variate"])


@part_of_kernel
def _most_trips(tours: Array, rows: tuple[int, int]) -> int:
    most = 0
    for row in range(rows[0], rows[1]):
        most = max(most, tours[row]["end"] - tours[row]["first"])
    return most


@kernel
def choose(
    city: City,
    foot: OnFoot,
    departures: tuple[Departures, Departures],
    tastes: Tastes,
    tours: Array,
    hindered: Array,
    rows: tuple[int, int],
    chosen: Chosen,
) -> None:
    """Choose for some tours (first to last - 1) in every world.

    Parameters
    ----------
    departures
        What runs in this arm; and what runs at noon, taken to run at any hour.
    tours
        TOUR (N,).
    hindered
        bool (N,): tours with steps in the way of somebody who takes none.
    chosen
        Written.
    """
    ends, worth = np.empty(_most_trips(tours, rows), ENDS), np.empty((MODES, VARIANTS))
    sums, moved = np.empty((4, 2, MODES)), np.empty((4, 2, MODES))
    for row in range(rows[0], rows[1]):
        tour = tours[row]
        person = city.people[tour["person"]]
        moves, stay = False, 0.0
        met: Any = -1
        for world in (PLANNED, AS_IT_IS, SERVED, UNAFRAID, WITHOUT_STEPS):
            if world == WITHOUT_STEPS and not hindered[row]:
                continue
            level = np.int64(person["steps_bar"] and world not in (PLANNED, WITHOUT_STEPS))
            if level != met:
                meet_all_ends(city, tour, level == 1, ends)
                met = level
            runs = departures[1 if world in (PLANNED, SERVED) else 0]
            lives = World(runs, world not in (PLANNED, UNAFRAID), world in (PLANNED, WITHOUT_STEPS))
            served = sum_up(city, foot, lives, tastes.company, tour, 0, ends, sums)
            if world == AS_IT_IS:
                moves = _moves(tastes, person, served or city.stops.shape[0] == 0, sums)
            if world != SERVED:  # there the worth at other hours is that of the world as it is, just before
                _other_hours(city, foot, lives, tastes, tour, moves, (ends, moved, worth))
            _worth_at_hour(tastes, person, tour, sums, worth)
            if world == PLANNED:
                wish = log_sum(worth)
                stay = wish + tastes.dropped if wish > -np.inf else 0.0
            taken = pick(worth, stay, tour["variate"])
            _note(chosen, world, row, taken)
            if world == AS_IT_IS:
                chosen.going[row] = going(worth, stay)
                for other in (SERVED, UNAFRAID, WITHOUT_STEPS, PAID):
                    _note(chosen, other, row, taken)
                if taken[0] == chosen.mode[PLANNED, row] and taken[1] == chosen.variant[PLANNED, row]:
                    break  # it goes as planned: nobody asks what would make it so
                _note(chosen, PAID, row, _if_paid(city, tastes, tour, (sums, stay), worth))
