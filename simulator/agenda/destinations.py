"""Where people go: a wished distance and direction, then a place near the point that lies there, or a way out.

Of several directions one is drawn in proportion to what lies at the wished distance: places of the kind that is wanted
within the district, an assumed density outside it, nothing where no way leaves (sea). So a window, a district and a
whole city are treated alike: what is too far to lie inside is reached through a gateway in its direction.
"""

import copy
import dataclasses
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from scipy.ndimage import binary_dilation, gaussian_filter
from scipy.spatial import cKDTree

from simulator.city.network import StreetNetwork
from simulator.evidence.parameters import Parameters
from simulator.foundation import draws
from simulator.foundation.clock import HOUR_MS, HOURS
from simulator.kernels.hull import share_inside

Array = np.ndarray[Any, Any]
PLACES_FOR = {
    "work": ("work", "shop", "leisure", "culture", "nightlife", "health", "school", "care"),
    "study": ("school",),
    "shop": ("shop",),
    "leisure": ("leisure", "culture", "nightlife"),
    "stroll": ("open_space",),
    "visit": ("home",),
    "escort child": ("school", "care"),
    "care older": ("home", "health"),
    "escort": ("stop", "home", "leisure"),
    "other": ("health", "worship", "culture", "shop", "leisure"),
}
"""Kinds of place that serve what is done at a stop."""
WANTS = tuple(PLACES_FOR)
DIRECTIONS = 8
NEAREST = 24
"""Places of a kind nearest to the wished point among which one is drawn."""
_CELL_M = 100.0
_MOST_CELLS = 300
_SMOOTH_M = 250.0
_REACH_M = 200.0
"""What lies within this of a street lies in the district."""
_CUSTOMERS = [WANTS.index(word) for word in ("shop", "leisure", "other")]
"""Wants of those who have to leave when doors close."""
_STAFF_BEFORE_H = 2
"""Staff are let in by as many hours before a place opens."""
_LESSONS = ("study", "escort child")
"""Here people come within an hour before opening or after closing, too."""
_ANGLES = 2.0 * np.pi * np.arange(32) / 32
_COMPASS = np.column_stack([np.cos(_ANGLES), np.sin(_ANGLES)])


class Wished(NamedTuple):
    """Points (N,) where stops are wished."""

    x_m: Array
    y_m: Array
    inside: Array


@dataclasses.dataclass(frozen=True)
class _Raster:
    """Cells over the district: which lie in reach of the streets of an island, and what is to be had around."""

    x_m: float
    y_m: float
    cell_m: float
    cover: Array  # bool (islands, nx, ny)
    mass: Array  # float64 (wants, nx, ny)
    usual: Array  # float64 (wants,): mean mass in reach of streets

    def cells(self, x_m: Array, y_m: Array) -> tuple[Array, Array, Array]:
        """Column and row of the cell of each point, and whether it lies on the raster."""
        at_x, at_y = ((p - o) // self.cell_m for p, o in ((x_m, self.x_m), (y_m, self.y_m)))
        size_x, size_y = self.cover.shape[1:]
        within = (at_x >= 0) & (at_x < size_x) & (at_y >= 0) & (at_y < size_y)
        return np.where(within, at_x, 0).astype(np.int64), np.where(within, at_y, 0).astype(np.int64), within


class Destinations:
    """Places and ways out of one city, by island.

    Parameters
    ----------
    network, parameters
        The city and one draw of the parameters.
    open_by_hour
        Whether each place is open, bool (24, P).
    nightlife_boost
        What nightlife pulls more than elsewhere by clock hour, float64 (24,).
    """

    def __init__(
        self, network: StreetNetwork, parameters: Parameters, open_by_hour: Array, nightlife_boost: Array
    ) -> None:
        self._network, self._parameters = network, parameters
        self.island = network.islands[network.places.junction]
        rows = {want: np.concatenate([network.places_of(kind) for kind in kinds]) for want, kinds in PLACES_FOR.items()}
        self._rows = rows
        self._set_doors(open_by_hour)
        self._size = np.maximum(network.places.size, 1e-9)
        self._boost = nightlife_boost
        self._is_nightlife = np.zeros(len(network.places), bool)
        self._is_nightlife[network.places_of("nightlife")] = True
        self._jobs = self._size.copy()
        elsewhere = np.setdiff1d(rows["work"], network.places_of("work"))
        self._jobs[elsewhere] = parameters.jobs_at_venue
        gateways, stops = network.places_of("gateway"), network.places_of("stop")
        others = stops[~np.isin(self.island[stops], self.island[gateways])]  # by bus or boat where no way leaves
        self.ways_out = np.concatenate([gateways, others])
        self._way_trees: dict[int, tuple[Array, cKDTree]] = {}
        self._place_trees: dict[tuple[int, int], tuple[Array, cKDTree]] = {}

    def _set_doors(self, open_by_hour: Array) -> None:
        self._open, self._hours_left = open_by_hour, hours_left(open_by_hour)
        last = (np.arange(HOURS) + _STAFF_BEFORE_H) % HOURS
        self._staff = open_by_hour | open_by_hour[last] | open_by_hour[(last - 1) % HOURS]
        # pupils gather before lessons, and are fetched after them
        self._school = open_by_hour | np.roll(open_by_hour, 1, axis=0) | np.roll(open_by_hour, -1, axis=0)

    def on(self, network: StreetNetwork, open_by_hour: Array) -> "Destinations":
        """The same with other hours (bool (24, P)); anew for a city with further places."""
        if network is self._network:
            return self.with_doors(open_by_hour)
        return Destinations(network, self._parameters, open_by_hour, self._boost)

    def with_doors(self, open_by_hour: Array) -> "Destinations":
        """The same places with other hours (bool (24, P)); what is known of them is shared."""
        other = copy.copy(self)
        other._set_doors(open_by_hour)
        return other

    @cached_property
    def _raster(self) -> _Raster:
        network, places = self._network, self._network.places
        xy = network.vertices
        cell = max(_CELL_M, float(np.ptp(xy, axis=0).max()) / _MOST_CELLS)
        origin = xy.min(axis=0) - 2 * _REACH_M - cell
        shape = tuple(((xy.max(axis=0) + 2 * _REACH_M + cell - origin) // cell + 1).astype(int))
        number = int(network.islands.max()) + 1
        cover = np.zeros((number, *shape), bool)
        island, along = _along_streets(network, cell)
        at = ((along - origin) // cell).astype(int)
        cover[island, at[:, 0], at[:, 1]] = True
        reach = int(np.ceil(_REACH_M / cell))
        disc = np.hypot(*np.mgrid[-reach : reach + 1, -reach : reach + 1]) <= reach
        cover = np.stack([binary_dilation(one, disc) for one in cover])
        mass = np.zeros((len(WANTS), *shape))
        for want, rows in enumerate(self._rows.values()):
            here = ((np.column_stack([places.x_m[rows], places.y_m[rows]]) - origin) // cell).astype(int)
            here = here.clip(0, np.array(shape) - 1)
            weight = self._jobs if WANTS[want] == "work" else self._size
            cells = here[:, 0] * shape[1] + here[:, 1]
            order = np.lexsort((places.place_id[rows], cells))  # sums in one order, whatever that of the rows
            sums = np.bincount(cells[order], weights=weight[rows][order], minlength=shape[0] * shape[1])
            mass[want] = gaussian_filter(sums.reshape(shape), _SMOOTH_M / cell, mode="constant")
        usual = mass[:, cover[0]].mean(axis=1)
        return _Raster(float(origin[0]), float(origin[1]), cell, cover, np.round(mass, 9), usual)

    @cached_property
    def _hull(self) -> Array:
        """Farthest that the district reaches in each direction of the compass (32,)."""
        x, y = self._network.junctions.x_m, self._network.junctions.y_m
        return np.array([(east * x + north * y).max() + _REACH_M for east, north in _COMPASS])

    @property
    def across_m(self) -> float:
        """Longest way across the district (m)."""
        half = len(_COMPASS) // 2
        return float((self._hull[:half] + self._hull[half:]).max())

    def towards(
        self, start: tuple[Array, Array], metres: Array, want: Array, island: Array, variate: tuple[Array, Array]
    ) -> Wished:
        """Points at the wished distances (straight, m) from where people are, in a direction where something lies.

        Parameters
        ----------
        start
            Easting and northing of each (N,).
        want
            What is wanted there, index in `WANTS`.
        island
            Island of each person.
        variate
            Two uniform draws each: where the compass begins, and which direction is taken.
        """
        turn = 2.0 * np.pi * (variate[0][:, None] + np.arange(DIRECTIONS) / DIRECTIONS)
        x = start[0][:, None] + metres[:, None] * np.cos(turn)
        y = start[1][:, None] + metres[:, None] * np.sin(turn)
        raster = self._raster
        at_x, at_y, within = raster.cells(x, y)
        inside = within & raster.cover[island[:, None], at_x, at_y]
        pull = np.where(inside, raster.mass[want[:, None], at_x, at_y], 0.0)
        outside = np.flatnonzero(~inside)
        row = outside // DIRECTIONS
        from_inside = self.covers(start[0][row], start[1][row], island[row])
        leaves = np.ones(outside.size, bool)
        leaves[from_inside] = (
            self.way_out(
                (start[0][row][from_inside], start[1][row][from_inside]),
                (x.ravel()[outside[from_inside]], y.ravel()[outside[from_inside]]),
                island[row][from_inside],
                near_only=True,
            )
            >= 0
        )
        pull.ravel()[outside] = self._parameters.outside_density * raster.usual[want[row]] * leaves
        pull.ravel()[outside] += 1e-12 * leaves  # where nothing of the kind is known inside, leaving is all there is
        pull += 1e-15 * inside + 1e-18
        running = np.cumsum(pull, axis=1)
        taken = (variate[1][:, None] * running[:, -1:] > running).sum(axis=1).clip(0, DIRECTIONS - 1)
        rows = np.arange(taken.size)
        return Wished(x[rows, taken], y[rows, taken], inside[rows, taken])

    def covers(self, x_m: Array, y_m: Array, island: Array) -> Array:
        """Whether points lie in reach of the streets of an island (bool)."""
        at_x, at_y, within = self._raster.cells(x_m, y_m)
        return np.asarray(within & self._raster.cover[island, at_x, at_y])

    def way_out(
        self, start: tuple[Array, Array], end: tuple[Array, Array], island: Array, *, near_only: bool = False
    ) -> Array:
        """Row of the way out taken from points inside to points outside; -1 where none leaves the island.

        It is the one nearest to where the straight line leaves the district.

        Parameters
        ----------
        near_only
            Take only those that lie about in that direction, else -1: there may be sea.
        """
        away_x, away_y = end[0] - start[0], end[1] - start[1]
        away = np.maximum(np.hypot(away_x, away_y), 1e-9)
        share = share_inside(np.stack(start), np.stack([away_x, away_y]), _COMPASS, self._hull)
        exits = np.column_stack([start[0] + share * away_x, start[1] + share * away_y])
        found = np.full(away.size, -1)
        for one in np.unique(island):
            at = np.flatnonzero(island == one)
            rows, tree = self._ways(int(one))
            if rows.size:
                metres, nearest = tree.query(exits[at])
                found[at] = rows[nearest]
                if near_only:
                    far = metres > np.maximum(2 * _REACH_M, 0.5 * (share * away)[at])
                    found[at[far]] = -1
        return found

    def another_way(self, gateway: Array, metres: Array, variate: tuple[Array, Array]) -> Array:
        """Row of another way out of the island than the one at which through-walkers come in; -1 if there is none.

        Of three drawn by size, the one whose distance is nearest to the wished one.
        """
        x, y = self._network.places.x_m, self._network.places.y_m
        found = np.full(gateway.size, -1)
        for one in np.unique(self.island[gateway]):
            rows, _ = self._ways(int(one))
            at = np.flatnonzero(self.island[gateway] == one)
            if rows.size < 2:
                continue
            edges = np.cumsum(self._size[rows])
            best = np.full(at.size, np.inf)
            for turn in range(3):
                drawn = (variate[0][at] + turn * variate[1][at]) % 1.0
                pick = rows[np.searchsorted(edges, drawn * edges[-1]).clip(0, rows.size - 1)]
                apart = np.hypot(x[pick] - x[gateway[at]], y[pick] - y[gateway[at]])
                error = np.where(pick == gateway[at], np.inf, np.abs(apart - metres[at]))
                found[at] = np.where(error < best, pick, found[at])
                best = np.minimum(best, error)
        return found

    def near(
        self, point: tuple[Array, Array], want: Array, island: Array, hour: Array, variate: Array, *, not_at: Array
    ) -> Array:
        """Row of an open place near each wished point, drawn by size and closeness; -1 if all around are closed.

        Parameters
        ----------
        hour
            Clock hour of arrival. Staff get in before a place opens.
        not_at
            Junction at which people already are: nobody goes where he stands.
        """
        found = np.full(want.size, -1)
        group = want.astype(np.int64) * (int(self._network.islands.max()) + 1) + island
        for code in np.unique(group):
            at = np.flatnonzero(group == code)
            kind, one = int(want[at[0]]), int(island[at[0]])
            rows, tree = self._places(kind, one)
            if rows.size:
                count = min(NEAREST, rows.size)
                metres, number = tree.query(np.column_stack([point[0][at], point[1][at]]), k=count)
                chosen = rows[number.reshape(at.size, count)]
                pull = self._pull(kind, chosen, metres.reshape(at.size, count), hour[at])
                pull[self._network.places.junction[chosen] == not_at[at, None]] = 0.0
                running = np.cumsum(pull, axis=1)
                taken = (variate[at, None] * running[:, -1:] > running).sum(axis=1).clip(0, count - 1)
                found[at] = np.where(running[:, -1] > 0, chosen[np.arange(at.size), taken], -1)
        return found

    def until_closing(self, place: Array, want: Array, stay: tuple[Array, Array]) -> Array:
        """When stays end (int64 ms): of customers when the doors close, if that is earlier than they wish.

        Parameters
        ----------
        place
            Row of the place, -1 outside the district, where nobody's hours are known.
        want
            What is wanted there, of `WANTS`.
        stay
            When they come, and when they wish to leave (ms since midnight).
        """
        reach, leave = stay
        left = self._hours_left[reach // HOUR_MS % HOURS, place]
        closes = (place >= 0) & np.isin(want, _CUSTOMERS) & (left > 0) & (left < HOURS)
        return np.where(closes, np.minimum(leave, (reach // HOUR_MS + left) * HOUR_MS), leave)

    def _pull(self, kind: int, chosen: Array, metres: Array, hour: Array) -> Array:
        works = WANTS[kind] == "work"
        size = (self._jobs if works else self._size)[chosen]
        doors = self._staff if works else self._school if WANTS[kind] in _LESSONS else self._open
        lets_in = doors[hour[:, None], chosen]
        closeness = 1.0 / (1.0 + (metres / self._parameters.destination_tolerance) ** 2)
        boost = np.where(self._is_nightlife[chosen], self._boost[hour][:, None], 1.0) if not works else 1.0
        return np.asarray(size * closeness * boost * lets_in)

    def _ways(self, island: int) -> tuple[Array, cKDTree]:
        if island not in self._way_trees:
            self._way_trees[island] = self._tree(self.ways_out[self.island[self.ways_out] == island])
        return self._way_trees[island]

    def _places(self, kind: int, island: int) -> tuple[Array, cKDTree]:
        if (kind, island) not in self._place_trees:
            rows = self._rows[WANTS[kind]]
            self._place_trees[kind, island] = self._tree(rows[self.island[rows] == island])
        return self._place_trees[kind, island]

    def _tree(self, rows: Array) -> tuple[Array, cKDTree]:
        places = self._network.places
        rows = rows[np.argsort(places.place_id[rows])]
        return rows, cKDTree(np.column_stack([places.x_m[rows], places.y_m[rows]]))


def hours_left(open_by_hour: Array) -> Array:
    """Clock hours from each one on in which a place stays open (int64 (24, P)): 0 if it is shut, 24 if it never is."""
    left = np.zeros(open_by_hour.shape, np.int64)
    for hour in reversed(range(2 * HOURS)):  # twice round, so that evenings go on past midnight
        following = np.minimum(left[(hour + 1) % HOURS] + 1, HOURS)
        left[hour % HOURS] = np.where(open_by_hour[hour % HOURS], following, 0)
    return left


def _along_streets(network: StreetNetwork, step_m: float) -> tuple[Array, Array]:
    """Points along all streets at most so far apart (N, 2), with the island of each."""
    xy = network.vertices
    street = np.repeat(np.arange(len(network.streets)), np.diff(network.vertex_start))
    first = np.flatnonzero(street[:-1] == street[1:])
    ends = xy[first + 1] - xy[first]
    number = np.ceil(np.hypot(ends[:, 0], ends[:, 1]) / step_m).astype(int) + 1
    row = np.repeat(np.arange(first.size), number)
    share = (np.arange(row.size) - np.repeat(np.cumsum(number) - number, number)) / np.maximum(number[row] - 1, 1)
    island = network.islands[network.streets.from_junction[street[first]]]
    return island[row], xy[first][row] + share[:, None] * ends[row]


def two_draws(seed: int, stream: str, keys: tuple[Array | int, ...]) -> tuple[Array, Array]:
    """Two uniform draws of a stream for the same keys."""
    first, second = (draws.uniform(seed, f"{stream} {part}", *keys) for part in ("first", "second"))
    return first, second
