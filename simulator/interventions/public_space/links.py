"""New links for people on foot: passages, footbridges, stairs and escalators that cut a way round short."""

import dataclasses
from typing import Any, Literal

import numpy as np
from pydantic import Field, model_validator
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from simulator.city.conditions import Conditions, Draw
from simulator.city.network import StreetNetwork
from simulator.city.walking_graph import metres_between
from simulator.city.zones import ZoneStreets
from simulator.errors import InputError
from simulator.foundation import draws
from simulator.foundation.once import once_a_city
from simulator.interventions.base import Area, Array, Latitude, Longitude, Placement, Priced
from simulator.interventions.lighting.new_lamps import EN_13201_2_P
from simulator.interventions.timed import treated

_KEY_SHIFT = np.uint64(2)
_MOST_PAIRS = 200_000
_FAR_M = 100.0


class NewLinks(Priced):
    """Junctions that lie near each other but far apart on foot are joined; or two points that the case names."""

    kind: Literal["new_links"] = "new_links"
    prices = ("link_capital", "link_running", "link_lifetime")
    where: Area = Field(Area(selector="segments"), description="streets between whose junctions links are looked for")
    links: int = Field(3, ge=0, le=100, description="how many links, those that cut most off first")
    longest_m: float = Field(120.0, gt=0, le=1000, description="longest link (m, straight)")
    cuts_off_m: float = Field(200.0, gt=0, le=5000, description="least way round that a link has to cut off (m)")
    between: tuple[tuple[Longitude, Latitude], tuple[Longitude, Latitude]] | None = Field(
        None, description="two points as [longitude, latitude]: one link between the junctions nearest to them"
    )
    steps: bool = Field(False, description="true: stairs, which wheelchair users cannot take")
    standard: Literal["P1", "P2", "P3", "P4", "P5", "P6"] = Field("P3", description="EN 13201-2 class of its light")

    @model_validator(mode="after")
    def _ends_differ(self) -> "NewLinks":
        if self.between is not None and self.between[0] == self.between[1]:
            raise ValueError("between: found the same point twice, expected two ends")
        return self

    def place(self, network: StreetNetwork, segments: Array) -> Placement:
        """Metres of links; the streets at their ends are what they touch."""
        pairs = self.pairs(network, segments)
        if not len(pairs) and self.links:
            raise InputError(
                f"found no two junctions within {self.longest_m:g} m that lie {self.cuts_off_m:g} m farther apart, "
                "expected some; give a longer longest_m, a smaller cuts_off_m, or between"
            )
        ends = np.isin(network.streets.from_junction, pairs) | np.isin(network.streets.to_junction, pairs)
        there = np.flatnonzero(ends if len(pairs) else np.zeros(len(network.streets), bool))
        placed = self.placed(network, there, float(_metres(network, pairs).sum()), "metres")
        return dataclasses.replace(placed, joined=tuple((int(one), int(other)) for one, other in pairs))

    def pairs(self, network: StreetNetwork, segments: Array) -> Array:
        """Junctions that are joined (int64 (N, 2)), what cuts most off first; each junction is joined once."""
        if self.between is not None:
            return _nearest_junctions(network, self.between)[: min(self.links, 1)]
        found = missing_links(network, tuple(segments.tolist()), self.longest_m, self.cuts_off_m)
        return np.array(found[: self.links], np.int64).reshape(-1, 2)

    def built_on(self, network: StreetNetwork, placement: Placement) -> StreetNetwork | None:
        """The city with the links, put behind its streets; None where there are none."""
        if not placement.joined:
            return None
        return with_links(network, placement.joined, self.steps, EN_13201_2_P[self.standard])

    def change(self, conditions: Conditions, placement: Placement, draw: Draw) -> Conditions:
        """The streets at the ends are touched; light and steps of the links are those of the city with them."""
        return treated(conditions, placement.segments)

    @property
    def evaluated(self) -> bool:
        """A cable car was, for homicide; no figure carries over to a passage or a stair."""
        return False

    def channels(self) -> tuple[str, ...]:
        """Through what links reach the model."""
        return (
            "shorter ways on foot, and through them routes, modes, trips made and people around",
            "whether walls, water or rails stand in the way is not known: look at the places before you believe them",
            "feeling safe near home is asked of the streets that were there before",
        )

    def evidence(self) -> tuple[str, ...]:
        """Parameters that the effect and cost of links rest on."""
        return ("darkness_distance", "not_made_per_minute", *self.cost_evidence())


@once_a_city
def missing_links(
    network: StreetNetwork, segments: tuple[int, ...], longest_m: float, cuts_off_m: float
) -> tuple[tuple[int, int], ...]:
    """Pairs of junctions of some streets that lie near each other and far apart on foot, the most cut off first.

    What a link cuts off is the way round less its own length. Ties go by the junctions' keys; each is in
    one pair.
    """
    streets, junctions = network.streets, network.junctions
    rows = np.array(segments, np.int64)
    here = np.unique(np.concatenate([streets.from_junction[rows], streets.to_junction[rows]]))
    at = np.column_stack([junctions.x_m, junctions.y_m])
    near = cKDTree(at[here]).query_pairs(longest_m, output_type="ndarray")
    if len(near) > _MOST_PAIRS:
        told = f"{len(near)} pairs of junctions within {longest_m:g} m, expected at most {_MOST_PAIRS}"
        raise InputError(f"found {told}; give a shorter longest_m or a smaller area")
    near = near[network.islands[here[near[:, 0]]] == network.islands[here[near[:, 1]]]]
    if not len(near):
        return ()
    begins, which = np.unique(near[:, 0], return_inverse=True)
    away = dijkstra(metres_between(network, streets.length_m), directed=False, indices=here[begins])
    one, other = here[near[:, 0]], here[near[:, 1]]
    cut = away[which, other] - np.hypot(*(at[one] - at[other]).T)
    order = np.lexsort((junctions.junction_id[other], junctions.junction_id[one], -np.round(cut, 3)))
    taken: set[int] = set()
    found = []
    for row in order[cut[order] >= cuts_off_m]:
        ends = (int(one[row]), int(other[row]))
        if taken.isdisjoint(ends):
            taken.update(ends)
            found.append(ends)
    return tuple(found)


@once_a_city
def with_links(
    network: StreetNetwork, pairs: tuple[tuple[int, int], ...], steps: bool, light_lx: tuple[float, float]
) -> StreetNetwork:
    """The city with straight links between junctions appended to its streets, so that rows and keys stay aligned.

    A link is of the class of a street at its first end that is no tunnel, without fronts, lit to (minimum, mean) lx.
    """
    streets, junctions = network.streets, network.junctions
    ends = np.array(pairs, np.int64)
    back = junctions.junction_id[ends[:, 0]] > junctions.junction_id[ends[:, 1]]
    ends[back] = ends[back][:, ::-1]  # the same link, whichever way it is named
    keys = _keys(network, ends)
    new_ones = ~np.isin(keys, streets.segment_id)  # the same link of two measures is built once
    if not new_ones.any():
        return network
    ends, keys = ends[new_ones], keys[new_ones]
    like = np.array([_street_at(network, int(one)) for one in ends[:, 0]])
    new: dict[str, Any] = {
        "segment_id": keys,
        "from_junction": ends[:, 0],
        "to_junction": ends[:, 1],
        "length_m": _metres(network, ends),
        "is_steps": np.full(len(ends), steps),
        "is_tunnel": np.zeros(len(ends), bool),
        "is_informal": np.zeros(len(ends), bool),
        "tagged_lit": np.ones(len(ends)),
        "lamps_in_reach": np.zeros(len(ends)),
        "lit_probability": np.ones(len(ends)),
        "light_imputed": np.zeros(len(ends), bool),
        "lit_min_lx": np.full(len(ends), light_lx[0]),
        "lit_mean_lx": np.full(len(ends), light_lx[1]),
        "overlooking_residents": np.zeros(len(ends)),
        "name_index": np.full(len(ends), -1),
    }
    columns = {
        field.name: np.concatenate([column, new.get(field.name, column[like])])
        for field in dataclasses.fields(streets)
        for column in [getattr(streets, field.name)]
    }
    at = np.column_stack([junctions.x_m, junctions.y_m])
    start = network.vertex_start
    return dataclasses.replace(
        network,
        streets=type(streets)(**columns),
        zone_streets=_zones_too(network, like),
        vertices=np.concatenate([network.vertices, at[ends].reshape(-1, 2)]),
        vertex_start=np.concatenate([start, start[-1] + 2 * np.arange(1, len(ends) + 1)]),
    )


def _zones_too(network: StreetNetwork, like: Array) -> ZoneStreets:
    """Which streets lie in which zone, with new ones that lie where other streets (rows `like`) do."""
    known = network.zone_streets
    new, row = np.nonzero(known.segment[None, :] == like[:, None])
    there = {"segment": len(network.streets) + new, "zone": known.zone[row], "share": known.share[row]}
    return ZoneStreets(**{name: np.concatenate([getattr(known, name), column]) for name, column in there.items()})


def _keys(network: StreetNetwork, ends: Array) -> Array:
    """Keys of links that depend on the keys of the junctions that they join."""
    junction = network.junctions.junction_id
    words = draws.bits(0, "new link", junction[ends[:, 0]], junction[ends[:, 1]])
    return (words >> _KEY_SHIFT).astype(np.int64)


def _street_at(network: StreetNetwork, junction: int) -> int:
    """Row of a street at a junction that is no tunnel, or of any that is none."""
    streets = network.streets
    here = (streets.from_junction == junction) | (streets.to_junction == junction)
    return (
        int(np.flatnonzero(here & ~streets.is_tunnel)[0])
        if (here & ~streets.is_tunnel).any()
        else int(np.argmin(streets.is_tunnel))
    )


def _metres(network: StreetNetwork, pairs: Array) -> Array:
    if not len(pairs):
        return np.zeros(0)
    at = np.column_stack([network.junctions.x_m, network.junctions.y_m])
    return np.asarray(np.maximum(np.hypot(*(at[pairs[:, 0]] - at[pairs[:, 1]]).T), 1.0))


def _nearest_junctions(network: StreetNetwork, ends: tuple[tuple[float, float], tuple[float, float]]) -> Array:
    import pyproj

    to_metres = pyproj.Transformer.from_crs("EPSG:4326", network.crs, always_xy=True)
    points = np.column_stack(to_metres.transform(*np.array(ends).T))
    away, rows = cKDTree(np.column_stack([network.junctions.x_m, network.junctions.y_m])).query(points)
    if rows[0] == rows[1] or network.islands[rows[0]] != network.islands[rows[1]] or away.max() > _FAR_M:
        raise InputError(
            f"between: found points {away[0]:.0f} and {away[1]:.0f} m from junctions {rows[0]} and {rows[1]}, expected "
            f"two different ones within {_FAR_M:g} m, on streets that hang together; move the points"
        )
    return np.array([rows], np.int64)
