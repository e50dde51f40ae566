"""A list that is cut says how many it leaves out, wherever one is told."""

import ast
import dataclasses
from pathlib import Path

import numpy as np
import pytest

from scenarios.selectors import find
from simulator.city.zones import Zones, ZoneStreets
from simulator.errors import CityError, InputError
from simulator.foundation.short_lists import MOST_WORDS, cut, in_short, rest_told
from simulator.interventions import Area, Transit
from street_networks.local_data.persons import read_persons
from street_networks.sources.street_layer import _check_classes
from street_networks.tables.rows import SHOWN_FAULTS, RowFaults

from cities import grid_city
from linecity import line_city

ROOT = Path(__file__).parents[3]
WORDS = [f"w{number:02d}" for number in range(MOST_WORDS + 4)]
TEN = ", ".join(WORDS[:MOST_WORDS])


def test_what_is_left_out_is_counted():
    assert in_short(WORDS) == f"{TEN} and 4 more"
    assert in_short(WORDS, see="`x` lists them") == f"{TEN} and 4 more; `x` lists them"
    assert in_short(iter(WORDS[:MOST_WORDS]), see="`x` lists them") == TEN
    assert in_short([]) == ""
    assert cut(WORDS, 2) == ["w00", "w01", "and 12 more"]
    assert cut(WORDS, 2, see="--all shows them")[-1] == "and 12 more; --all shows them"
    assert cut(WORDS, 14) == WORDS
    assert cut(WORDS, 13)[-1] == "and 1 more"
    assert [rest_told(WORDS, most) for most in (None, 14, 20, 10)] == ["", "", "", "and 4 more"]


def test_lines_of_public_transport_are_told_ten_at_a_time():
    city = line_city()
    lines, count = city.lines, len(WORDS)
    many = type(lines)(
        line_id=np.arange(count) + 1,
        kind=np.repeat(lines.kind[:1], count),
        is_night=np.zeros(count, bool),
        name=np.array(WORDS),
    )
    city = dataclasses.replace(city, lines=many)
    with pytest.raises(InputError) as refused:
        Transit(name="none", lines=("w99",), headway_min=10.0).place(city, np.arange(3, dtype=np.int32))
    assert str(refused.value).endswith(f": {TEN} and 4 more")


def test_zones_of_a_city_are_told_ten_at_a_time(tmp_path):
    city = grid_city(6)
    count, zones = len(city.streets), len(WORDS)
    city = dataclasses.replace(
        city,
        zones=Zones(np.arange(zones) + 1, np.array(WORDS), np.arange(zones) == 0),
        zone_streets=ZoneStreets(np.arange(count), np.zeros(count, int), np.ones(count)),
    )
    file = tmp_path / "persons.csv"
    file.write_text("gender,age,zone\nwoman,30,elsewhere\n")
    with pytest.raises(InputError) as refused:
        read_persons(file, None, city)
    assert f"expected a zone of the city: {TEN} and 4 more; `afterdark network inspect` names" in str(refused.value)


def test_classes_of_a_layer_are_told_ten_at_a_time():
    with pytest.raises(CityError) as refused:
        _check_classes([{"highway": word} for word in WORDS], Path("streets.gpkg"), "kind")
    assert f"{TEN.replace('w', chr(39) + 'w').replace(',', chr(39) + ',')}' and 4 more, expected" in str(refused.value)


def test_streets_that_may_be_meant_are_told_eight_at_a_time():
    made = grid_city(3)
    names = tuple(f"Long {word} Street" for word in WORDS)
    index = np.arange(len(made.streets)) % len(names)
    city = dataclasses.replace(made, street_names=names, streets=dataclasses.replace(made.streets, name_index=index))
    _, ((_, text),) = find(Area(names=("long",)), city)
    assert 'or "Long w07 Street" and 6 more, expected one street' in text


def test_faults_of_a_file_are_told_so_many_at_a_time():
    faults = RowFaults(Path("lamps.csv"), "this table")
    for row in range(SHOWN_FAULTS + 3):
        faults.add(row, "x", "y")
    with pytest.raises(InputError) as refused:
        faults.raise_any()
    assert len(refused.value.faults) == SHOWN_FAULTS + 1
    assert refused.value.faults[-1] == "and 3 more"


def test_no_list_is_cut_in_a_sentence_without_saying_so():
    """Whoever joins the first of some words has to count the others: best with `in_short`."""
    found = []
    for package in ("experiments", "analysis", "scenarios", "street_networks", "simulator"):
        for file in (ROOT / package).rglob("*.py"):
            for function in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(function, ast.FunctionDef) and _joins_the_first(function):
                    text = ast.unparse(function)
                    found += [] if " more" in text or "rest_told" in text else [f"{file.name}: {function.name}"]
    assert found == []


def _joins_the_first(function):
    """Whether a function joins, or hands to `listed`, something of which only the first are taken."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("', '.join", "listed"):
            parts = [part for argument in node.args for part in ast.walk(argument)]
            slices = [part.slice for part in parts if isinstance(part, ast.Subscript)]
            ends = [
                one.upper for one in slices if isinstance(one, ast.Slice) and one.lower is None and one.step is None
            ]
            if any(isinstance(end, ast.Constant | ast.Name) for end in ends):
                return True
    return False
