"""Horizontal illuminance (lx) that lamps give along lines: the mean exactly, the minimum searched between points.

Every lamp is a point source, E = I h / (h^2 + d^2)^1.5 with height h, horizontal distance d and intensity
I = flux / (2 pi), as if all flux went evenly into the lower half space. A lamp counts up to `reach_m`.

**Mean.** Along a straight piece at distance p from the lamp, with t counted from the foot of the lamp, the
integral of E is I h / c x t / sqrt(c + t^2) with c = h^2 + p^2. It is exact, so the mean of a line cut anywhere
is the mean of its parts weighted by their lengths, but for rounding.

**Minimum.** The least of the points at the line's vertices and where it crosses a lattice fixed on the ground, at
most 2 m apart; then around every point that is darker than its neighbours the least is searched to a millimetre
(golden sections). So a line and its reverse have the same minimum, and that of a line which is cut anywhere is the
lower of the parts' to one in a million. What is left: where the reach of a lamp ends, light falls by what it gives
there, and the search may miss the dark side by as much; and between two points only one dip is looked for, which
holds for lamps from about 2 m (E'' <= 2.4 E / h^2).
"""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import shapely

STEP_M = 2.0
LEAST_REACH_M = 60.0
REACH_IN_HEIGHTS = 10.0
"""At ten heights a lamp gives 101^-1.5, a thousandth, of the light below it."""
_LATTICE_M = STEP_M / np.sqrt(2.0)  # crossed by the axis along which a piece runs more, so at most STEP_M apart
_LAMPS_AT_ONCE = 2000
_DIPS_AT_ONCE = 20_000
_GOLDEN = (np.sqrt(5.0) - 1) / 2
_SECTIONS = 18  # 4 m x 0.618^18 is below a millimetre

Array = np.ndarray[Any, Any]


class _Pieces(NamedTuple):
    """Straight pieces of all lines in their order, and their points: start, crossings of the lattice, end."""

    line: Array  # int64 (P,): row of the line
    start: Array  # float64 (P, 2)
    along: Array  # float64 (P, 2): unit vector
    length: Array  # float64 (P,)
    first: Array  # float64 (P,): metres from the start to the first crossing
    spacing: Array  # float64 (P,): metres between crossings
    offset: Array  # int64 (P + 1,): points of piece p are offset[p]:offset[p + 1]
    points: Array  # float64 (N, 2)
    metres: Array  # float64 (N,): of each point from the start of its piece


class _LampsInView(NamedTuple):
    """Pairs of a place on a piece, which may move along it, and a lamp that may reach it."""

    place: Array  # int64 (N,): row of the place
    foot: Array  # float64 (N,): metres along the piece to the foot of the lamp
    within: Array  # float64 (N,): metres from there that are in reach
    squared: Array  # float64 (N,): squared height and distance of the lamp from the piece
    strength: Array  # float64 (N,): intensity x height

    def lx(self, metres: Array) -> Array:
        """Illuminance at each place, so many metres along its piece."""
        away = metres[self.place] - self.foot
        squared = self.squared + away**2
        each = np.where(np.abs(away) <= self.within, self.strength / (squared * np.sqrt(squared)), 0.0)
        return np.bincount(self.place, weights=each, minlength=len(metres))


def reach_m(height_m: Array) -> Array:
    """Horizontal distance (m) up to which a lamp counts: 60 m, or ten times its height."""
    return np.maximum(LEAST_REACH_M, REACH_IN_HEIGHTS * np.asarray(height_m, float))


def point_source_lx(flux_lm: Array | float, height_m: Array | float, distance_m: Array | float) -> Array:
    """Horizontal illuminance (lx) at a horizontal distance from a lamp: E = I h / (h^2 + d^2)^1.5."""
    height = np.asarray(height_m, float)
    intensity_cd = np.asarray(flux_lm, float) / (2 * np.pi)
    squared = height**2 + np.asarray(distance_m, float) ** 2
    return np.asarray(intensity_cd * height / (squared * np.sqrt(squared)))


def lamp_light(lines: Array, x_m: Array, y_m: Array, height_m: Array, flux_lm: Array) -> Array:
    """Minimum and mean illuminance (lx) that lamps give along each line, as the module says.

    Parameters
    ----------
    lines
        S lines (array of shapely geometries) in projected metres.
    x_m, y_m, height_m, flux_lm
        L lamps; their order does not matter, to the bit.

    Returns
    -------
    float64 (S, 2)
        Minimum and mean; 0 where no lamp is in reach.
    """
    if not len(lines) or not len(x_m):
        return np.zeros((len(lines), 2))
    pieces = _cut_into_pieces(lines)
    shapes = shapely.linestrings(np.stack([pieces.start, pieces.start + pieces.along * pieces.length[:, None]], axis=1))
    tree = shapely.STRtree(shapes)
    # a sum of floats depends on its order, which must not be that of a file
    order = np.lexsort((flux_lm, height_m, y_m, x_m))
    at, height, flux = np.column_stack([x_m, y_m])[order].astype(float), height_m[order], flux_lm[order]
    lx, integral = np.zeros(len(pieces.points)), np.zeros(len(lines))
    for begin in range(0, len(at), _LAMPS_AT_ONCE):
        some = slice(begin, begin + _LAMPS_AT_ONCE)
        distance = reach_m(height[some])
        lamp, piece = tree.query(shapely.points(at[some]), predicate="dwithin", distance=distance)
        shines = (at[some][lamp], height[some][lamp], flux[some][lamp])
        np.add.at(integral, pieces.line[piece], _integral(pieces, piece, *shines))
        _add_to_points(lx, pieces, piece, *shines)
    least = np.minimum.reduceat(lx, pieces.offset[np.searchsorted(pieces.line, np.arange(len(lines)))])
    _search_dips(least, lx, pieces, at, height, flux)
    length = np.bincount(pieces.line, weights=pieces.length, minlength=len(lines))
    mean = np.where(length > 0, integral / np.where(length > 0, length, 1.0), least)
    return np.column_stack([np.minimum(least, mean), mean])


@cache
def lamp_row_light(height_m: float, flux_lm: float, spacing_m: float) -> tuple[float, float]:
    """Minimum and mean illuminance (lx) along a straight row of equal lamps above the line, far from its ends.

    Parameters
    ----------
    height_m, flux_lm
        Of each lamp.
    spacing_m
        Metres from a lamp to the next; every lamp in reach of what lies between two of them counts.
    """
    further = int(reach_m(np.array(height_m)) // spacing_m) + 1
    x = spacing_m * np.arange(-further, further + 2)
    each = np.ones(x.size)
    between = np.array([shapely.LineString([(0.0, 0.0), (spacing_m, 0.0)])], object)
    least, mean = lamp_light(between, x, 0.0 * each, height_m * each, flux_lm * each)[0].tolist()
    return least, mean


def _cut_into_pieces(lines: Array) -> _Pieces:
    vertices, line = shapely.get_coordinates(lines, return_index=True)
    rows = np.flatnonzero(line[1:] == line[:-1])
    start, end = vertices[rows], vertices[rows + 1]
    length = np.hypot(*(end - start).T)
    along = np.where(length[:, None] > 0, (end - start) / np.where(length > 0, length, 1.0)[:, None], [1.0, 0.0])
    axis = (np.abs(along[:, 1]) > np.abs(along[:, 0])).astype(int)
    row = np.arange(len(rows))
    slope = along[row, axis]
    # in the direction of walking, the lattice being the same both ways
    from_, to = start[row, axis] * np.sign(slope), end[row, axis] * np.sign(slope)
    before = np.floor(from_ / _LATTICE_M)
    crossings = np.maximum(np.ceil(to / _LATTICE_M) - 1 - before, 0).astype(np.int64)
    spacing = _LATTICE_M / np.abs(slope)
    first = ((before + 1) * _LATTICE_M - from_) / np.abs(slope)
    offset = np.concatenate([[0], np.cumsum(crossings + 2)])
    of, number = _expand(np.zeros(len(rows), np.int64), crossings + 2)
    metres = np.where(number == 0, 0.0, first[of] + (number - 1) * spacing[of])
    points = start[of] + metres[:, None] * along[of]
    points[offset[1:] - 1], metres[offset[1:] - 1] = end, length
    return _Pieces(line[rows], start, along, length, first, spacing, offset, points, metres)


def _expand(first: Array, counts: Array) -> tuple[Array, Array]:
    """For each row, `counts` consecutive numbers from `first`: the row and the number of each."""
    row = np.repeat(np.arange(len(counts)), counts)
    begins = np.cumsum(counts) - counts
    return row, np.arange(len(row)) - begins[row] + first[row]


def _foot(pieces: _Pieces, piece: Array, at: Array, height: Array) -> tuple[Array, Array, Array]:
    """Metres along the piece to the foot of the lamp, squared distance from its line, metres in reach each way."""
    offset = at - pieces.start[piece]
    along = pieces.along[piece]
    foot = (offset * along).sum(axis=1)
    aside = (offset[:, 0] * along[:, 1] - offset[:, 1] * along[:, 0]) ** 2
    return foot, aside, np.sqrt(np.maximum(reach_m(height) ** 2 - aside, 0.0))


def _integral(pieces: _Pieces, piece: Array, at: Array, height: Array, flux: Array) -> Array:
    """Illuminance summed along the piece (lx m), of each pair of piece and lamp."""
    foot, aside, within = _foot(pieces, piece, at, height)
    low, high = np.maximum(-foot, -within), np.minimum(pieces.length[piece] - foot, within)
    squared = height**2 + aside
    integral = high / np.sqrt(squared + high**2) - low / np.sqrt(squared + low**2)
    return np.asarray(flux / (2 * np.pi) * height / squared * np.where(high > low, integral, 0.0))


def _add_to_points(lx: Array, pieces: _Pieces, piece: Array, at: Array, height: Array, flux: Array) -> None:
    """Add to the points in reach what each lamp gives, in place."""
    foot, _, within = _foot(pieces, piece, at, height)
    last = np.diff(pieces.offset)[piece] - 1
    # a point more at both ends than rounding could need; distance decides
    from_ = np.floor((foot - within - pieces.first[piece]) / pieces.spacing[piece]).clip(0, last).astype(np.int64)
    to = (np.ceil((foot + within - pieces.first[piece]) / pieces.spacing[piece]) + 2).clip(0, last).astype(np.int64)
    pair, number = _expand(from_, to - from_ + 1)
    point = pieces.offset[piece[pair]] + number
    distance = np.hypot(*(pieces.points[point] - at[pair]).T)
    each = point_source_lx(flux[pair], height[pair], distance)
    np.add.at(lx, point, np.where(distance <= reach_m(height[pair]), each, 0.0))


def _search_dips(least: Array, lx: Array, pieces: _Pieces, at: Array, height: Array, flux: Array) -> None:
    """Lower the least of each line (in place) to that around its points darker than their neighbours."""
    piece = np.repeat(np.arange(len(pieces.line)), np.diff(pieces.offset))
    line = pieces.line[piece]
    follows = np.concatenate([[False], piece[1:] == piece[:-1]])
    before = np.where(follows, np.roll(lx, 1), np.inf)
    after = np.where(np.roll(follows, -1), np.roll(lx, -1), np.inf)
    # light within a metre of a point is not below this share of its own
    falls_to = max(1 - 1.2 / height.min() ** 2, 0.0) if height.size else 0.0
    dips = np.flatnonzero((lx > 0) & (lx <= before) & (lx <= after) & (lx * falls_to <= least[line]))
    for begin in range(0, len(dips), _DIPS_AT_ONCE):
        rows = dips[begin : begin + _DIPS_AT_ONCE]
        low = pieces.metres[np.where(follows[rows], rows - 1, rows)]
        high = pieces.metres[np.where(np.roll(follows, -1)[rows], rows + 1, rows)]
        tree = shapely.STRtree(shapely.points(pieces.points[rows]))
        distance = reach_m(height) + STEP_M
        lamp, dip = tree.query(shapely.points(at), predicate="dwithin", distance=distance)
        foot, aside, within = _foot(pieces, piece[rows][dip], at[lamp], height[lamp])
        strength = flux[lamp] / (2 * np.pi) * height[lamp]
        lamps = _LampsInView(dip, foot, within, height[lamp] ** 2 + aside, strength)
        np.minimum.at(least, line[rows], _least_between(lamps.lx, low, high))


def _least_between(light: Callable[[Array], Array], low: Array, high: Array) -> Array:
    """Least of a function with one dip between each low and high, by golden sections."""
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_left, at_right = light(left), light(right)
    for _ in range(_SECTIONS):
        goes_left = at_left < at_right
        low, high = np.where(goes_left, low, left), np.where(goes_left, right, high)
        other = np.where(goes_left, high - _GOLDEN * (high - low), low + _GOLDEN * (high - low))
        at_other = light(other)
        left, right = np.where(goes_left, other, right), np.where(goes_left, left, other)
        at_left, at_right = np.where(goes_left, at_other, at_right), np.where(goes_left, at_left, at_other)
    return np.minimum(at_left, at_right)
