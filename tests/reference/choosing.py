"""The slow twin of `kernels.choosing`: all tours at once, a table of modes and variants for each world."""

import numpy as np
from scipy.special import logsumexp

from simulator.kernels.choosing import (
    AS_IT_IS,
    BACK_BY,
    COMPANY,
    NOT_GOING,
    PAID,
    PLAIN,
    PLANNED,
    SERVED,
    SHIFTS_MS,
    UNAFRAID,
    WITHOUT_STEPS,
    WORLDS,
)
from simulator.kernels.costs import PASSENGER, TAXI, TRANSIT, VARIANTS, WALK
from simulator.kernels.riding import MODES

from reference.riding import best_rides

HOUR_MS = 3_600_000
WITHOUT_VEHICLE = (WALK, PASSENGER, TRANSIT, TAXI)


def in_company(unsafe, odds):
    """P(feel unsafe) where the odds of feeling safe are so many times what they were."""
    return unsafe / (unsafe + (1.0 - unsafe) * odds)


def metres(foot, ways):
    """Length of routes."""
    return np.array([foot.walk_m[foot.route[foot.start[way] : foot.start[way + 1]]].sum() for way in ways])


def through(foot, ways, moment_ms):
    """Whether each way leads along a street that is closed at a moment."""
    if not len(foot.closed):
        return np.zeros(len(ways), bool)
    return np.array(
        [
            foot.closed[moment // HOUR_MS % 24, foot.route[foot.start[way] : foot.start[way + 1]]].any()
            for way, moment in zip(ways, moment_ms, strict=True)
        ],
        bool,
    )


def unsafe_metres(city, foot, ways, moment_ms, odds):
    """Metres of routes that would feel unsafe to the people of the trips at moments."""
    found = np.zeros(len(ways))
    for trip, (way, moment, person) in enumerate(zip(ways, moment_ms, city.trips["person"], strict=True)):
        route = foot.route[foot.start[way] : foot.start[way + 1]]
        feared = city.fear[moment // HOUR_MS % 24, city.people["group"][person], route].astype(float)
        found[trip] = (in_company(feared, odds) * foot.walk_m[route]).sum()
    return found


class Twin:
    """The choice of all tours of a day, from what the kernel `choose` is handed."""

    def __init__(self, city, foot, departures, tastes, tours):
        self.city, self.foot, self.departures = city, foot, departures
        self.tastes, self.tours = tastes, tours
        self.tour_of = np.repeat(np.arange(len(tours)), tours["end"] - tours["first"])
        self.known = foot.ways[city.trips["row"]]
        self.person, self.of_trip = city.people[tours["person"]], city.people[city.trips["person"]]

    def costs(self, world, by_ms, together):
        """Minutes of every trip by mode, and those that would feel unsafe, (T, M) each; and whether rides run."""
        city, foot, known, trips = self.city, self.foot, self.known, self.city.trips
        runs, afraid, takes_steps = world
        depart = trips["depart_ms"] + by_ms
        slowed = self.tours["slowed"][self.tour_of] if together else np.ones(len(trips))
        odds = self.tastes.company if together else 1.0
        ride = best_rides(city, runs, by_ms=by_ms, afraid=afraid, takes_steps=takes_steps)
        per_m = 1.0 / (self.of_trip["speed_m_s"] * 60.0)
        ways = known["over_steps"] if takes_steps else known["way"]
        way_m, beyond = metres(foot, ways), trips["outside_m"]
        minutes, unsafe = trips["fixed"].copy(), np.zeros_like(trips["fixed"])
        can = (ways > 0) & (takes_steps | ~known["barred"])
        minutes[:, WALK] = np.where(can, city.rates.walk_weight * slowed * (way_m + beyond) * per_m, np.inf)
        walked = ride["access_min"] + ride["egress_min"]
        onwards = (ride["access_min"] + ride["put_off_min"] + ride["wait_min"] + ride["ride_min"]) * 60_000
        arrive = depart + np.where(np.isfinite(onwards), onwards, 0.0).astype(np.int64)
        same_stops = (ride["stop"] == known["stop"]) & (ride["last_stop"] == known["last_stop"])
        cut_off = same_stops & through(foot, known["from_stop"], arrive)
        cut_off |= same_stops & through(foot, known["to_stop"], depart) & ~known["inside"]
        minutes[:, TRANSIT] = (
            np.where(cut_off, np.inf, ride["minutes"]) + city.rates.walk_weight * (slowed - 1.0) * walked
        )
        if afraid:
            stretch = np.divide(way_m + beyond, way_m, out=np.ones_like(way_m), where=way_m > 0)
            unsafe[:, WALK] = slowed * stretch * unsafe_metres(city, foot, ways, depart, odds) * per_m
            same = (ride["stop"] == known["stop"]) & (ride["last_stop"] == known["last_stop"])
            same &= (known["to_stop"] > 0) | (known["from_stop"] > 0)
            onwards = (ride["access_min"] + ride["put_off_min"] + ride["wait_min"] + ride["ride_min"]) * 60_000
            arrive = depart + onwards.astype(np.int64)
            along = unsafe_metres(city, foot, known["to_stop"], depart, odds)
            along += unsafe_metres(city, foot, known["from_stop"], arrive, odds)
            on_foot = np.maximum(ride["unsafe_min"] - ride["wait_min"] * ride["unsafe_at_stop"], 0.0)
            share = np.divide(on_foot, walked, out=np.zeros_like(walked), where=walked > 0).clip(0.0, 1.0)
            unsafe[:, TRANSIT] = slowed * np.where(same, along * per_m, walked * in_company(share, odds))
            unsafe[:, TRANSIT] += ride["wait_min"] * in_company(ride["unsafe_at_stop"], odds)
        return minutes, unsafe, np.isfinite(ride["minutes"])

    def summed(self, values, rows=None):
        """Sums over (some of) the trips of each tour (N, M)."""
        rows = np.ones(len(self.tour_of), bool) if rows is None else rows
        count = len(self.tours)
        return np.stack(
            [np.bincount(self.tour_of[rows], weights=column[rows], minlength=count) for column in values.T], axis=1
        )

    def price(self, costs, rows=None):
        """Worth (at most 0) of trips of each tour by mode (N, M); minus infinity where it is not at hand."""
        can = self.person["has"].astype(bool)
        can[:, PASSENGER] &= self.tours["driver"]
        minutes, unsafe = (self.summed(values, rows) for values in costs[:2])
        fear = self.person["per_unsafe"][:, None]
        return np.where(can, -self.tastes.per_minute * minutes - fear * unsafe, -np.inf)

    def at_hour(self, alone, together):
        """Worth of all modes and variants at the wished hour (N, M, V)."""
        tours, tastes, child, constant = self.tours, self.tastes, self.person["child"], self.person["constant"]
        back = self.city.trips["back"]
        out, home = self.price(alone, ~back), self.price(alone, back)
        worth = np.full((len(tours), MODES, VARIANTS), -np.inf)
        own = ~child[:, None] | (np.arange(MODES) == PASSENGER)
        worth[:, :, PLAIN] = np.where(own, constant + out + home, -np.inf)
        asked = np.where(child, 0.0, tastes.arranging)
        for mode in (WALK, TRANSIT):
            accompanied = constant[:, mode] + self.price(together)[:, mode] - asked
            worth[:, mode, COMPANY] = np.where(tours["companion"] | child, accompanied, -np.inf)
        for mode in WITHOUT_VEHICLE:
            for other in WITHOUT_VEHICLE:
                mixed = out[:, mode] + home[:, other] + (constant[:, mode] + constant[:, other]) / 2 - tastes.mixing
                if mode != other:
                    worth[:, mode, BACK_BY + other] = np.where(tours["has_back"] & ~child, mixed, -np.inf)
        return worth

    def moves(self, alone):
        """Tours that could gain by another time (N,)."""
        feared = self.summed(alone[1])[:, (WALK, TRANSIT)].max(axis=1) * self.person["per_unsafe"]
        stranded = np.bincount(self.tour_of, weights=~alone[2], minlength=len(self.tours)) > 0
        return (feared > self.tastes.shift_hour) | (stranded & (len(self.city.stops) > 0))

    def other_hours(self, world, moves):
        """Worth of walking and riding at other hours (N, M, V), minus infinity elsewhere."""
        worth = np.full((len(self.tours), MODES, VARIANTS), -np.inf)
        for variant in range(COMPANY + 1, BACK_BY):
            rows = np.flatnonzero(moves & self.tours["may_move"][:, variant].astype(bool) & ~self.person["child"])
            then = self.price(self.costs(world, SHIFTS_MS[variant], together=False))
            loss = self.tastes.shift_hour * abs(SHIFTS_MS[variant]) / HOUR_MS
            for mode in (WALK, TRANSIT):
                worth[rows, mode, variant] = (self.person["constant"][:, mode] + then[:, mode] - loss)[rows]
        return worth

    def picked(self, worth, stay):
        """Mode and variant of each tour; ties go to the first."""
        every = np.column_stack([worth.max(axis=2), stay]) + self.tours["variate"]
        mode = every.argmax(axis=1)
        variant = worth[np.arange(mode.size), np.minimum(mode, NOT_GOING - 1)].argmax(axis=1)
        return mode, np.where(mode == NOT_GOING, PLAIN, variant)

    def chosen(self, hindered):
        """Mode and variant by world (W, N), and P(going) (N,)."""
        runs, noon = self.departures
        worlds = {
            PLANNED: (noon, False, True),
            AS_IT_IS: (runs, True, False),
            SERVED: (noon, True, False),
            UNAFRAID: (runs, False, False),
            WITHOUT_STEPS: (runs, True, True),
        }
        pairs = {name: [self.costs(world, 0, together) for together in (False, True)] for name, world in worlds.items()}
        worth = {name: self.at_hour(*pair) for name, pair in pairs.items()}
        with np.errstate(divide="ignore"):
            wish = logsumexp(worth[PLANNED].max(axis=2), axis=1)
        stay = np.where(np.isfinite(wish), wish + self.tastes.dropped, 0.0)
        moves = self.moves(pairs[AS_IT_IS][0])
        shifted = self.other_hours(worlds[AS_IT_IS], moves)
        minutes, *rest = pairs[AS_IT_IS][0]
        minutes = minutes.copy()
        minutes[:, TAXI] -= self.city.trips["saved"]
        worth[PAID] = self.at_hour((minutes, *rest), pairs[AS_IT_IS][1])
        for name in (AS_IT_IS, SERVED, PAID):
            worth[name] = np.maximum(worth[name], shifted)
        for name in (UNAFRAID, WITHOUT_STEPS):
            worth[name] = np.maximum(worth[name], self.other_hours(worlds[name], moves))
        mode, variant = np.zeros((WORLDS, len(self.tours)), int), np.zeros((WORLDS, len(self.tours)), int)
        for name, value in worth.items():
            mode[name], variant[name] = self.picked(value, stay)
        for table in (mode, variant):
            table[WITHOUT_STEPS] = np.where(hindered, table[WITHOUT_STEPS], table[AS_IT_IS])
        as_planned = (mode[AS_IT_IS] == mode[PLANNED]) & (variant[AS_IT_IS] == variant[PLANNED])
        for table in (mode, variant):  # what goes as planned is not asked what would make it so
            table[:] = np.where(as_planned, table[AS_IT_IS], table)
        with np.errstate(divide="ignore"):
            going = logsumexp(worth[AS_IT_IS].max(axis=2), axis=1)
        return mode, variant, 1.0 / (1.0 + np.exp(np.minimum(stay - going, 700.0)))
