"""Streets taken apart into short straight parts, for what depends on where along a street something is."""

from typing import Any, NamedTuple

import numpy as np

from simulator.city.network import StreetNetwork

Array = np.ndarray[Any, Any]


class Parts(NamedTuple):
    """Straight parts of streets: where they start (P, 2), unit vector (P, 2), length (m), segment; by segment."""

    start: Array
    along: Array
    length: Array
    segment: Array

    @property
    def middle(self) -> Array:
        """Middle of each part (float64 (P, 2), projected metres)."""
        return np.asarray(self.start + self.along * self.length[:, None] / 2)


def parts_of(network: StreetNetwork, longest_m: float) -> Parts:
    """Cut every straight piece of a street into equal parts of at most `longest_m`."""
    count = np.diff(network.vertex_start)
    segment = np.repeat(np.arange(len(count)), count)
    first = np.flatnonzero(segment[:-1] == segment[1:])
    start, step = network.vertices[first], network.vertices[first + 1] - network.vertices[first]
    length = np.hypot(*step.T)
    kept = length > 0
    first, start, step, length = first[kept], start[kept], step[kept], length[kept]
    parts = np.ceil(length / longest_m).astype(np.int64)
    piece = np.repeat(np.arange(len(parts)), parts)
    number = np.arange(piece.size) - np.repeat(np.cumsum(parts) - parts, parts)
    each = step[piece] / parts[piece, None]
    return Parts(
        start=start[piece] + number[:, None] * each,
        along=step[piece] / length[piece, None],
        length=length[piece] / parts[piece],
        segment=segment[first[piece]],
    )


def chord(centre: Array, radius: Array | float, parts: Parts, part: Array) -> Array:
    """Length (m) of each part (rows `part`) within a circle."""
    radii = np.broadcast_to(np.asarray(radius, np.float64), part.shape)
    from simulator.kernels.circles import chords  # here, because to check a case needs no kernels

    return np.asarray(chords(centre, radii, parts.start[part], parts.along[part], parts.length[part]))
