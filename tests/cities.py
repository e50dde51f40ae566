"""Small drawn cities for tests; everything about them can be checked by hand."""

import numpy as np

from simulator.city.network import PLACE_KINDS, STREET_CLASSES, Junctions, Lamps, Places, StreetNetwork, Streets


def make_city(
    nodes: list[tuple[float, float]],
    links: list[tuple[int, int]],
    *,
    places: list[tuple[str, int, float]] = (),
    park: tuple[int, ...] = (),
    lit_min_lx: float = 1.0,
    unlit: tuple[int, ...] = (),
    core: tuple[int, ...] | None = None,
    lengths: dict[int, float] | None = None,
) -> StreetNetwork:
    """A city of straight streets.

    Parameters
    ----------
    nodes
        (x, y) of the junctions in metres.
    links
        Pairs of junctions; the row of a link is the row of its segment, its key 1000 + row.
    places
        (kind, junction, size).
    park, unlit, core
        Rows of segments in a park, without light, in the core (None: all).
    lengths
        Lengths (m) other than straight ones, by row.
    """
    xy = np.array(nodes, float)
    ends = np.array(links)
    count = len(links)
    length = np.hypot(*(xy[ends[:, 0]] - xy[ends[:, 1]]).T)
    for row, metres in (lengths or {}).items():
        length[row] = metres
    flag = lambda rows: np.isin(np.arange(count), list(rows))
    dark = flag(unlit)
    streets = Streets(
        segment_id=1000 + np.arange(count),
        from_junction=ends[:, 0],
        to_junction=ends[:, 1],
        length_m=length,
        street_class=np.full(count, STREET_CLASSES.index("footway")),
        in_park=flag(park),
        is_steps=np.zeros(count, bool),
        is_tunnel=np.zeros(count, bool),
        is_informal=np.zeros(count, bool),
        tagged_lit=np.where(dark, 0, 1),
        lamps_in_reach=np.zeros(count, int),
        lit_probability=np.where(dark, 0.0, 1.0),
        light_imputed=np.zeros(count, bool),
        lit_min_lx=np.full(count, lit_min_lx),
        lit_mean_lx=np.full(count, 5 * lit_min_lx),
        unlit_min_lx=np.zeros(count),
        unlit_mean_lx=np.zeros(count),
        overlooking_residents=np.zeros(count),
        in_core=np.ones(count, bool) if core is None else flag(core),
        name_index=np.full(count, -1),
    )
    at = np.array([junction for _, junction, _ in places], int)
    first_link = np.array([int(np.flatnonzero((ends == junction).any(axis=1))[0]) for junction in at], int)
    table = Places(
        place_id=1 + np.arange(len(places)),
        kind=np.array([PLACE_KINDS.index(kind) for kind, _, _ in places], int),
        x_m=xy[at, 0],
        y_m=xy[at, 1],
        junction=at,
        segment=first_link,
        size=np.array([size for _, _, size in places], float),
        opens_h=np.zeros(len(places)),
        closes_h=np.full(len(places), 24.0),
        hours_index=np.full(len(places), -1),
    )
    no_lamps = Lamps(*(np.zeros(0) for _ in range(5)))
    return StreetNetwork(
        name="drawn",
        crs="EPSG:32635",
        latitude=60.17,
        longitude=24.94,
        timezone="Europe/Helsinki",
        country="FI",
        street_names=(),
        metadata={"attribution": "drawn for tests"},
        streets=streets,
        junctions=Junctions(junction_id=1 + np.arange(len(nodes)), x_m=xy[:, 0], y_m=xy[:, 1]),
        places=table,
        lamps=no_lamps,
        vertices=xy[ends].reshape(-1, 2),
        vertex_start=np.arange(0, 2 * count + 1, 2),
    )


def grid_city(side: int = 6, spacing_m: float = 100.0) -> StreetNetwork:
    r"""A square grid of streets; the middle row of links lies in an unlit park.

    ::

        +--+--+--+      homes at every junction, work, shops and a bar inside,
        |  |  |  |      gateways in the four corners, a stop in the middle
        +==+==+==+      = unlit park paths
        |  |  |  |
        +--+--+--+
    """
    nodes = [(spacing_m * x, spacing_m * y) for y in range(side) for x in range(side)]
    across = [(y * side + x, y * side + x + 1) for y in range(side) for x in range(side - 1)]
    along = [(y * side + x, (y + 1) * side + x) for y in range(side - 1) for x in range(side)]
    links = across + along
    middle = side // 2
    park = tuple(middle * (side - 1) + x for x in range(side - 1))
    corners = (0, side - 1, side * (side - 1), side * side - 1)
    inner = side + 1
    places = [("home", junction, 40.0) for junction in range(side * side)]
    places += [("gateway", corner, 1.0) for corner in corners]
    kinds = ("work", "school", "care", "shop", "leisure", "culture", "nightlife", "worship", "health", "open_space")
    places += [(kind, inner + 3 * number % (side * side - inner), 5.0) for number, kind in enumerate(kinds)]
    places += [("stop", middle * side + middle, 1.0)]
    return make_city(nodes, links, places=places, park=park, unlit=park)
