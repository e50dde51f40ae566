"""The slow twin of `kernels.riding`: all trips, stops and hours at once, as tables of trips x stops x stops."""

import numpy as np

from simulator.kernels.riding import NO_STOP, OUTSIDE, RIDE, SLOTS

HOURS = 24


def wait_min(departures, last, when_min, longest_min):
    """Minutes until the next departure, by rows of departures and minutes of the last one by hour (..., 24)."""
    hour = np.floor(when_min / 60.0).astype(np.int64)
    into = when_min - 60.0 * hour
    here, then = (
        np.take_along_axis(departures, at[..., None], axis=-1)[..., 0].astype(float)
        for at in (hour % HOURS, (hour + 1) % HOURS)
    )
    half, half_then = (np.divide(30.0, rate, out=np.full(rate.shape, np.inf), where=rate > 0) for rate in (here, then))
    half_then = np.where(hour % HOURS == 3, np.inf, half_then)  # after 04:00 it is another day
    last_here = np.take_along_axis(last, (hour % HOURS)[..., None], axis=-1)[..., 0]
    runs = np.isfinite(half) & ((into <= last_here) | np.isfinite(half_then))
    wait = np.where(runs, half, 60.0 - into + half_then)
    return np.where(wait <= longest_min, wait, np.inf)


def stops_near(city, place, outside, level):
    """Stops (T, K) at one end of trips and minutes on foot to them."""
    speed = city.people["speed_m_s"][city.trips["person"]][:, None] * 60.0
    near = city.places[place]
    minutes = near["near_m"] * city.rates.planned_over_straight / speed
    longer = np.where(level[:, None], near["round_m"], 0.0)
    barred = np.isinf(longer)
    minutes = minutes + np.where(barred, 0.0, longer) / speed
    stop = np.where(barred, NO_STOP, near["near"])
    alone = np.where(np.arange(SLOTS) == 0, OUTSIDE, NO_STOP)
    stop = np.where(outside[:, None], alone, stop)
    return stop, np.where(outside[:, None], city.rates.outside_stop_min, minutes)


def position(city, stop, place):
    """Easting and northing of stops (T, K); of the place where they lie outside."""
    own = np.stack([city.places["x_m"][place], city.places["y_m"][place]])[:, :, None]
    if not len(city.stops):
        return np.broadcast_to(own, (2, *stop.shape))
    xy = np.stack([city.stops["x_m"], city.stops["y_m"]])
    return np.where(stop >= 0, xy[:, np.maximum(stop, 0)], own)


def pair_of(city, one, other):
    """Row of the pair that leads from stops to others, -1 where no line does."""
    found = np.full(one.shape, -1)
    origin = np.repeat(np.arange(len(city.stops)), city.stops["end_pair"] - city.stops["first_pair"])
    row = {(int(a), int(b)): number for number, (a, b) in enumerate(zip(origin, city.pairs["to"], strict=True))}
    for at in np.ndindex(one.shape):
        found[at] = row.get((int(one[at]), int(other[at])), -1)
    return found


def between(city, departures, one, other, board_min):
    """Minutes waited and ridden (T, K, K): on one line, or with a change where that is quicker."""
    rates, trips = city.rates, city.trips
    first, second = one[:, :, None], other[:, None, :]
    shape = (len(trips), SLOTS, SLOTS)
    board = np.broadcast_to(board_min[:, :, None], shape)
    one_, other_ = np.broadcast_to(first, shape), np.broadcast_to(second, shape)
    there = (one_ >= 0) & (other_ >= 0)
    pair = np.where(there, pair_of(city, one_, other_), -1)
    wait, ride = np.full(shape, np.inf), np.full(shape, np.inf)
    if len(city.pairs):
        runs = departures.between[np.maximum(pair, 0)]
        found = wait_min(runs["departures"], runs["last_min"], board, rates.longest_wait_min)
        wait = np.where(pair >= 0, found, np.inf)
        ride = np.where(pair >= 0, city.pairs["ride_min"][np.maximum(pair, 0)], np.inf)

    def at(stop):
        runs = departures.at[np.where(stop >= 0, stop, len(departures.at) - 1)]
        return wait_min(runs["departures"], runs["last_min"], board, rates.longest_wait_min)

    boards = at(np.where(one_ >= 0, one_, other_))
    goes_on = np.where(there, at(other_), 0.0)
    apart = np.hypot(
        *(
            position(city, one, trips["origin"])[:, :, :, None]
            - position(city, other, trips["destination"])[:, :, None, :]
        )
    )
    metres = rates.ride_over_straight * apart + np.where(there, 0.0, trips["outside_m"][:, None, None])
    change = np.where(there & rates.has_lines, rates.change_min, 0.0)
    anyhow = 60.0 * metres / 1000.0 / rates.ride_speed + change
    missing = (one_ == NO_STOP) | (other_ == NO_STOP) | ~np.isfinite(goes_on) | (there & (one_ == other_))
    changes = np.where(missing, np.inf, boards + anyhow) < wait + ride
    return np.where(changes, boards, wait), np.where(changes, anyhow, ride)


def best_rides(city, departures, *, by_ms=0, afraid=True, takes_steps=False):
    """The ride of every trip that costs least with what is feared (RIDE (T,)), in the order of `city.trips`."""
    rates, trips, person = city.rates, city.trips, city.people[city.trips["person"]]
    level = person["steps_bar"] & ~np.asarray(takes_steps)
    one, to_stop = stops_near(city, trips["origin"], trips["begins"], level)
    other, from_stop = stops_near(city, trips["destination"], trips["ends"], level)
    board_min = ((trips["depart_ms"] + by_ms) / 60_000.0)[:, None] + to_stop
    wait, ride = between(city, departures, one, other, board_min)
    served = np.isfinite(wait) & np.isfinite(ride)
    wait, ride = np.where(served, wait, np.inf), np.where(served, ride, np.inf)
    stand = np.minimum(wait, rates.longest_stand_min)
    unsafe = np.zeros((3, *wait.shape))
    if afraid:
        group = person["group"][:, None]
        hour = np.floor(board_min / 60.0).astype(int) % HOURS
        arrival = np.where(served, board_min[:, :, None] + wait + ride, 0.0)
        later = np.floor(arrival / 60.0).astype(int) % HOURS
        stop_segment = city.stops["segment"] if len(city.stops) else np.zeros(1, int)
        segment = stop_segment[np.maximum(one, 0)], stop_segment[np.maximum(other, 0)]
        home = city.places["segment"][trips["origin"]][:, None]
        goal = city.places["segment"][trips["destination"]][:, None, None]
        at_stop = np.where(one >= 0, city.fear[hour, group, segment[0]].astype(float), 0.0)
        last = city.fear[later, group[:, :, None], segment[1][:, None, :]].astype(float)
        at_last = np.where(other[:, None, :] >= 0, last, 0.0)
        unsafe[0] = (to_stop * (city.fear[hour, group, home] + at_stop) / 2.0)[:, :, None]
        unsafe[1] = at_stop[:, :, None]
        unsafe[2] = from_stop[:, None, :] * (city.fear[later, group[:, :, None], goal] + at_last) / 2.0
    women = person["women"][:, None, None]
    insecure = np.maximum(stand - rates.insecure_from_min, 0.0) * unsafe[1] * women * rates.insecure_more
    on_foot = to_stop[:, :, None] + from_stop[:, None, :]
    minutes = rates.walk_weight * on_foot + rates.wait_worth * (stand + insecure) + (wait - stand) + ride
    feared = unsafe[0] + stand * unsafe[1] + unsafe[2]
    rate = person["rate"][:, None, None] if afraid else 0.0
    best = (minutes + rate * feared).reshape(len(trips), -1).argmin(axis=1)

    def pick(values):
        return np.broadcast_to(values, wait.shape).reshape(len(trips), -1)[np.arange(len(trips)), best]

    rides = np.zeros(len(trips), RIDE)
    columns = {
        "minutes": minutes,
        "unsafe_min": feared,
        "access_min": to_stop[:, :, None],
        "egress_min": from_stop[:, None, :],
        "unsafe_at_stop": unsafe[1],
        "put_off_min": wait - stand,
        "wait_min": stand,
        "ride_min": ride,
        "stop": one[:, :, None],
        "last_stop": other[:, None, :],
    }
    for name, values in columns.items():
        rides[name] = pick(values)
    none = ~np.isfinite(rides["minutes"])
    rides[none] = np.array((np.inf, 0, 0, 0, 0, 0, 0, 0, NO_STOP, NO_STOP), RIDE)
    return rides
