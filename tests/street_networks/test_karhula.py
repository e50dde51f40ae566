"""The second shipped city: a town whose residents are estimated, by a recipe with a table of its own."""

import csv
import importlib.util
import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import shapely

from simulator.city.network import StreetNetwork
from simulator.evidence.parameters import GRADES, draw_parameters
from simulator.people.population import make_people
from street_networks import Layer, find_city, list_cities, read_city
from street_networks.cities import karhula

from samecity import parts_that_differ

has_recipe = all(importlib.util.find_spec(name) for name in ("osmium", "pyrosm", "tzfpy"))
needs_recipe = pytest.mark.skipif(not has_recipe, reason="needs the extra 'recipe' (osmium, pyrosm)")


@pytest.fixture(scope="module")
def town() -> StreetNetwork:
    return read_city(find_city("karhula"))


def _people_of(town: StreetNetwork, kind: str) -> float:
    return float(town.places.size[town.places_of(kind)].sum())


def _layer(*buildings: tuple[str, float, float]) -> Layer:
    """Buildings of a use, a footprint in square metres, and residents by floor area."""
    shapes = np.array([shapely.box(0, 0, 10, area / 10) for _, area, _ in buildings], object)
    use, residents = (np.array([one[at] for one in buildings], kind) for at, kind in ((0, object), (2, float)))
    return Layer(shapes, {"use": use, "residents": residents})


def test_it_ships_beside_the_default_city() -> None:
    assert list_cities() == ["helsinki-centre", "karhula"]


def test_houses_count_by_household_and_larger_dwellings_by_floor_area() -> None:
    """Two houses of 100 m2 where one has 25 m2 to live in: 2 x 4 people, and 30 in the block; a fifth stands empty."""
    known = {
        "house_from": 60.0,
        "house_until": 300.0,
        "house_floor_area": 100.0,
        "floor_area_per_person": 25.0,
        "dwellings_lived_in": 0.8,
    }
    layer = _layer(
        ("residential", 60.0, 9.0),
        ("house", 300.0, 9.0),
        ("apartments", 300.1, 30.0),
        ("residential", 59.9, 9.0),  # a shed beside the house
        ("yes", 120.0, 9.0),  # not said to be lived in
        ("school", 900.0, 0.0),
    )
    houses, people = karhula.residents_of(layer, known)
    assert houses == 2
    assert people == pytest.approx((2 * 4 + 30) * 0.8)


def test_ages_are_shares_of_the_whole() -> None:
    counts = karhula.by_age(
        1000.0, {"share_from_0_until_14": 0.25, "house_from": 60.0, "share_from_15_until_120": 0.75}
    )
    assert [(one.age_from, one.age_until, one.people, one.gender) for one in counts] == [
        (0, 14, 250.0, "all"),
        (15, 120, 750.0, "all"),
    ]


def test_each_figure_of_the_recipe_is_read_and_says_where_it_is_from() -> None:
    with karhula.FIGURES.open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    read = Path(karhula.__file__).read_text(encoding="utf-8")
    ages = [re.fullmatch(r"share_from_(\d+)_until_(\d+)", row["name"]) for row in rows]
    for row, age in zip(rows, ages, strict=True):
        assert row["grade"] in GRADES, row
        assert len(row["source"]) > 20, row
        assert row["unit"], row
        assert age or f'"{row["name"]}"' in read, f"nothing reads {row['name']}"
    spans = [(int(age[1]), int(age[2])) for age in ages if age]
    assert spans[0][0] == 0
    assert all(one[1] + 1 == other[0] for one, other in pairwise(spans))
    assert sum(float(row["value"]) for row, age in zip(rows, ages, strict=True) if age) == pytest.approx(1)


def test_it_is_a_town_of_houses_and_not_a_centre(town: StreetNetwork) -> None:
    """50.5 km, as the extract has; hundreds a square kilometre, as in the suburbs of a town, and not thousands."""
    assert town.streets.length_m.sum() == pytest.approx(50_530, abs=10)
    hull = shapely.convex_hull(shapely.MultiPoint(town.vertices)).area / 1e6
    assert 4 < hull < 5
    assert 500 < _people_of(town, "home") / hull < 1000
    assert 0.5 < _people_of(town, "work") / _people_of(town, "home") < 1
    assert not len(town.places_of("nightlife"))
    assert len(town.stops) == 36


def test_its_residents_are_those_that_its_figures_give(town: StreetNetwork) -> None:
    """1 037 houses x 107.8 / 41.9 people each, and larger dwellings, of which 90.3 % are lived in."""
    told = re.match(r"(\d+): (\d+) houses", town.metadata["residents_estimated"])
    assert told
    people, houses = map(int, told.groups())
    assert houses == 1037
    assert people > houses * 107.8 / 41.9 * 0.903
    assert town.population.people.sum() == pytest.approx(people, abs=0.7)
    assert _people_of(town, "home") == pytest.approx(people, rel=0.002)  # some live at the very edge of the cut
    shares = dict(zip(town.population.age_from.tolist(), town.population.people / people, strict=True))
    assert shares == pytest.approx({0: 0.131, 15: 0.592, 65: 0.277}, abs=0.001)


def test_nothing_is_known_of_its_light(town: StreetNetwork) -> None:
    assert not len(town.lamps)
    assert town.streets.light_imputed.all()
    assert (town.streets.tagged_lit == -1).all()
    # most of it are residential streets, and few are surely lit or surely dark
    sure = (town.streets.lit_probability < 0.02) | (town.streets.lit_probability > 0.98)
    assert town.streets.length_m[sure].sum() < 0.2 * town.streets.length_m.sum()


def test_its_people_are_older_than_those_of_the_default_city(town: StreetNetwork) -> None:
    """Of those from 10 on, about 28 of 87 + 10 are 65 and older, if a third of the youngest are 10 to 14."""
    people = make_people(town, draw_parameters(1, -1), 4000)
    here = people.resident
    old = np.average(people.age[here] >= 65, weights=people.weight[here])
    assert old == pytest.approx(0.277 / (0.592 + 0.277 + 0.131 / 3), abs=0.03)


def test_where_it_comes_from_is_said(town: StreetNetwork) -> None:
    assert "OpenStreetMap contributors" in town.metadata["attribution"]
    assert "ODbL" in town.metadata["licence"]
    assert town.metadata["data_date"].startswith("2019-04")
    assert (town.country, town.timezone, town.crs) == ("FI", "Europe/Helsinki", "EPSG:32635")
    notice = (Path(karhula.__file__).parent / "ATTRIBUTION.md").read_text(encoding="utf-8")
    for city in list_cities():
        assert f"## {city}.gpkg" in notice


@pytest.mark.slow
@needs_recipe
def test_the_recipe_makes_the_shipped_file_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "again.gpkg"
    assert karhula.main([str(path)]) == 0
    assert "50.53 km walkable" in capsys.readouterr().out
    assert parts_that_differ(read_city(path), read_city(find_city("karhula"))) == []
