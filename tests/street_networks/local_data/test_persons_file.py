"""A ready table of persons: read in any form, every fault with its row, what is missing drawn and said."""

import dataclasses

import numpy as np
import pandas as pd
import pyproj
import pytest

from experiments.runs import Options, run_id
from scenarios import load_scenario
from simulator.city.zones import Population, Zones, ZoneStreets
from simulator.errors import CityError, InputError
from simulator.evidence.parameters import draw_parameters
from simulator.foundation.categories import CARERS, DISABILITIES, GENDERS
from simulator.people.given_people import FLAGS
from simulator.people.margins import residents_of, visitor_ratio
from simulator.people.population import make_people, population_of
from street_networks import write_city
from street_networks.local_data.persons import read_persons

from cities import grid_city

NOMINAL = draw_parameters(1, -1)
WALKING, SIGHT = DISABILITIES.index("walking"), DISABILITIES.index("sight")


def zoned_city():
    """The grid with two zones: north is the first street alone, south all the others."""
    city = grid_city(6)
    count = len(city.streets)
    return dataclasses.replace(
        city,
        zones=Zones(np.array([1, 2, 3]), np.array(["core", "north", "south"]), np.array([True, False, False])),
        zone_streets=ZoneStreets(np.arange(count), np.where(np.arange(count) == 0, 1, 2), np.ones(count)),
    )


CITY = zoned_city()
HOMES = CITY.places_of("home")


def on_earth(place):
    to_earth = pyproj.Transformer.from_crs(CITY.crs, "EPSG:4326", always_xy=True)
    return to_earth.transform(CITY.places.x_m[place], CITY.places.y_m[place])


def frame(**columns):
    lon, lat = on_earth(HOMES[3])
    told = {
        "id": ["a", "b", "c", "d"],
        "gender": ["woman", "M", "another", "female"],
        "age": ["34", "70", "16", "9"],
        "place_id": [str(CITY.places.place_id[HOMES[5]]), "", "", ""],
        "lon": ["", f"{lon:.7f}", "", ""],
        "lat": ["", f"{lat:.7f}", "", ""],
        "zone": ["", "", "north", ""],
        "weight": ["10", "12.5", "3", "1"],
        "wheelchair": ["", "yes", "", ""],
        "works": ["yes", "", "", ""],
    }
    return pd.DataFrame(told | columns)


def read(table, tmp_path, *, name="persons.csv", columns=None, city=CITY):
    file = tmp_path / name
    if name.endswith("parquet"):
        table.to_parquet(file)
    else:
        table.to_csv(file, index=False)
    return read_persons(file, columns, city)


def same(one, other):
    return all(
        np.array_equal(getattr(one, field.name), getattr(other, field.name)) for field in dataclasses.fields(one)
    )


def by_age(given):
    return given.take(np.argsort(given.age))


def test_homes_are_found_by_place_by_position_and_by_zone(tmp_path):
    given, said = read(frame(), tmp_path)
    given = by_age(given)
    assert given.age.tolist() == [16, 34, 70]
    assert [GENDERS[code] for code in given.gender] == ["another", "woman", "man"]
    assert given.home.tolist() == [-1, HOMES[5], HOMES[3]]
    assert given.zone.tolist() == [1, -1, -1]
    assert given.weight.tolist() == [3, 10, 12.5]
    assert "3 persons of 10 and over" in said
    assert "1 younger ones left out" in said
    assert "drawn from margins: home, disability, carer, wheelchair, works" in said
    people = make_people(CITY, NOMINAL, 200, given)
    child = people.take(people.resident & (people.age == 16))
    assert CITY.places.segment[child.home[0]] == 0  # the one street of the zone


def test_parquet_numbers_mappings_and_any_order_of_rows_say_the_same(tmp_path):
    plain, _ = read(frame(), tmp_path)
    table = frame()
    table["weight"], table["age"] = table["weight"].astype(float), table["age"].astype(int)
    table["works"] = [True, None, None, None]
    assert same(plain, read(table, tmp_path, name="persons.parquet")[0])
    shuffled = frame().iloc[[2, 0, 3, 1]]
    assert same(plain, read(shuffled, tmp_path, name="shuffled.csv")[0])
    renamed = frame(gender=["Frau", "Mann", "divers", "Frau"]).rename(columns={"gender": "Geschlecht"})
    words = tmp_path / "words.toml"
    words.write_text(
        '[columns]\ngender = "Geschlecht"\n[values.gender]\nFrau = "woman"\nMann = "man"\ndivers = "another"\n'
    )
    assert same(plain, read(renamed, tmp_path, columns=str(words), name="german.csv")[0])
    metric = frame(lon=["", str(CITY.places.x_m[HOMES[3]]), "", ""], lat=["", str(CITY.places.y_m[HOMES[3]]), "", ""])
    assert same(plain, read(metric, tmp_path, columns=f"id=id,crs={CITY.crs}", name="metric.csv")[0])


FAULTS = [
    (
        {"gender": ["woman", "mna", "x", "f"]},
        "row 3: gender 'mna' (nearest 'man'), expected one of woman, man, another",
    ),
    ({"gender": ["woman", "", "x", "f"]}, "row 3: no gender"),
    ({"age": ["200", "70", "16", "9"]}, "row 2: age '200', expected whole years from 0 to 120"),
    ({"age": ["34", "7o", "16", "9"]}, "row 3: age '7o', expected a number"),
    ({"age": ["34", "70", "", "9"]}, "row 4: age '', expected whole years"),
    ({"age": ["34", "70.5", "16", "9"]}, "row 3: age '70.5', expected whole years"),
    ({"weight": ["10", "-1", "3", "1"]}, "row 3: weight '-1', expected a number above 0"),
    ({"weight": ["10", "", "3", "1"]}, "row 3: weight '', expected a number above 0"),
    ({"weight": ["10", "inf", "3", "1"]}, "row 3: weight 'inf', expected a number"),
    ({"id": ["a", "b", "a", "d"]}, "row 4: id 'a' again (row 2), expected each id once"),
    ({"id": ["a", "", "c", "d"]}, "row 3: no id"),
    ({"place_id": ["12345678901", "", "", ""]}, "row 2: place_id '12345678901', expected the place_id of a home"),
    ({"place_id": ["37", "", "", ""]}, "row 2: place_id '37', which is none, expected a home"),
    ({"lon": ["", "2.35", "", ""], "lat": ["", "48.86", "", ""]}, "km from the nearest of the city"),
    ({"lon": ["", "2000", "", ""], "lat": ["", "x", "", ""]}, "row 3: lat 'x', expected a number"),
    ({"lon": ["", "24.9", "", ""], "lat": ["", "", "", ""]}, "row 3: a position with one number, expected both"),
    ({"zone": ["", "", "nroth", ""]}, "row 4: zone 'nroth', expected a zone of the city: core, north, south"),
    ({"wheelchair": ["", "perhaps", "", ""]}, "row 3: wheelchair 'perhaps', expected yes or no"),
    ({"disability": ["", "sight", "", ""]}, "row 3: a wheelchair without disability walking"),
    ({"night_worker": ["yes", "", "", ""], "works": ["no", "", "", ""]}, "row 2: night_worker yes and works no"),
    ({"carer": ["kid", "", "", ""]}, "row 2: carer 'kid'"),
]


@pytest.mark.parametrize(("changed", "said"), FAULTS, ids=[said[:40] for _, said in FAULTS])
def test_every_fault_is_told_with_its_row(changed, said, tmp_path):
    with pytest.raises(InputError) as caught:
        read(frame(**changed), tmp_path)
    assert said in str(caught.value)


def test_all_faults_are_told_at_once_and_rows_of_parquet_count_from_one(tmp_path):
    wrong = frame(age=["200", "70", "16", "9"], weight=["10", "-1", "3", "1"], zone=["", "", "nowhere", ""])
    with pytest.raises(InputError) as caught:
        read(wrong, tmp_path, name="persons.parquet")
    told = str(caught.value)
    assert "has 3 faults" in told
    assert "row 1: age '200'" in told
    assert "row 2: weight '-1'" in told
    assert "row 3: zone 'nowhere'" in told


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        ("gender,age\n", "holds no rows"),
        ("sex,age\nf,30\n", "expected a column gender, or --persons-columns gender=..."),
        ("gender,age\nf,5\n", "no resident of 10 and over"),
    ],
)
def test_files_that_are_no_tables_of_persons(content, said, tmp_path):
    file = tmp_path / "persons.csv"
    file.write_text(content)
    with pytest.raises(InputError) as caught:
        read_persons(file, None, CITY)
    assert said in str(caught.value)
    with pytest.raises(InputError, match="no such file"):
        read_persons(tmp_path / "none.csv", None, CITY)


def crowd(count, **columns):
    told = {
        "id": [f"p{row}" for row in range(count)],
        "gender": ["woman", "man"] * (count // 2),
        "age": [str(18 + row % 70) for row in range(count)],
    }
    return pd.DataFrame(told | columns)


def test_given_residents_keep_their_weights_and_visitors_follow_their_number(tmp_path):
    given, said = read(crowd(400, weight=["5"] * 400), tmp_path)
    people = make_people(CITY, NOMINAL, 1000, given)
    assert people.resident.sum() == 400
    assert (people.weight[people.resident] == 5.0).all()
    ratio = visitor_ratio(CITY, residents_of(CITY, NOMINAL), NOMINAL)
    assert ratio > 0
    visitors = people.weight[~people.resident]
    assert visitors.size == 500
    assert visitors.sum() == pytest.approx(2000.0 * ratio)
    assert "visitors are drawn as usual" in said


def test_without_weights_everybody_stands_for_as_many_of_the_citys_residents(tmp_path):
    given, said = read(crowd(400), tmp_path)
    people = make_people(CITY, NOMINAL, 1000, given)
    residents, _ = population_of(CITY, NOMINAL)
    assert people.weight[people.resident] == pytest.approx(residents / 400)
    assert "home, weight" in said


def test_given_visitors_replace_drawn_ones_and_come_in_where_they_say(tmp_path):
    gateway = CITY.places_of("gateway")[2]
    columns = {
        "resident": ["yes", "yes", "no", "no"] * 50,
        "place_id": ["", "", "", str(CITY.places.place_id[gateway])] * 50,
    }
    people = make_people(CITY, NOMINAL, 1000, read(crowd(200, **columns), tmp_path)[0])
    assert len(people) == 200
    coming = people.home[~people.resident]
    assert (coming == gateway).sum() >= 50
    assert set(coming) > {gateway}
    assert np.isin(people.home[people.resident], HOMES).all()


def test_what_is_given_stands_and_what_is_drawn_fits_it(tmp_path):
    random = np.random.default_rng(0)
    words = ["yes", "no", ""]
    columns = {name: random.choice(words, 600) for name in FLAGS}
    columns["works"] = np.where(columns["night_worker"] == "yes", "", columns["works"])
    columns["disability"] = random.choice([*DISABILITIES, ""], 600)
    columns["wheelchair"] = np.where(np.isin(columns["disability"], ["none", "sight"]), "", columns["wheelchair"])
    columns["carer"] = random.choice([*CARERS, ""], 600)
    given, _ = read(crowd(600, **columns), tmp_path)
    people = make_people(CITY, NOMINAL, 1000, given)
    people = people.take(people.resident)
    for name in ("has_car", "can_afford_taxi", "newcomer", "works", "student", "night_worker"):
        told = getattr(given, name)
        kept = told >= 0
        np.testing.assert_array_equal(getattr(people, name)[kept], told[kept] == 1, err_msg=name)
    assert people.works[people.night_worker].all()
    assert (people.disability[people.wheelchair] == WALKING).all()
    assert (people.disability[given.disability >= 0] == given.disability[given.disability >= 0]).all()
    drawn = given.has_car < 0
    assert not people.has_car[drawn & (people.disability == SIGHT)].any()
    both = people.works & people.student
    job = (given.works == 1) | (given.night_worker == 1)
    assert (job & (given.student == 1))[both].all()


def test_persons_of_an_age_that_nobody_was_counted_of_live_where_most_people_do(tmp_path):
    women = Population(*(np.array([number]) for number in (1, 1, 0, 20, 29)), np.array([40.0]))
    homes = CITY.places.size.copy()
    homes[(CITY.places.segment == 0) & (CITY.places.kind == 0)] = 0.0
    city = dataclasses.replace(CITY, population=women, places=dataclasses.replace(CITY.places, size=homes))
    counted_nowhere = crowd(200, gender=["man"] * 200, age=["80"] * 200)
    nobody = dataclasses.replace(city.places, size=np.where(city.places.kind == 0, 0.0, city.places.size))
    with pytest.raises(InputError, match="found 0 residents"):
        make_people(dataclasses.replace(city, places=nobody), NOMINAL, 200)
    people = make_people(city, NOMINAL, 200, read(counted_nowhere, tmp_path, city=city)[0])
    assert (city.places.size[people.home[people.resident]] > 0).all()
    assert np.unique(people.home[people.resident]).size > 10


def test_a_zone_without_homes_is_refused_before_anybody_lives_there(tmp_path):
    given, _ = read(frame(), tmp_path)
    nobody = CITY.places.size.copy()
    nobody[CITY.places.segment == 0] = 0.0
    empty = dataclasses.replace(CITY, places=dataclasses.replace(CITY.places, size=nobody))
    with pytest.raises(CityError, match="nobody's home lies in zone north"):
        make_people(empty, NOMINAL, 200, given)


def test_the_content_of_the_file_is_part_of_the_runs_identity(tmp_path):
    city = tmp_path / "grid.gpkg"
    write_city(grid_city(4), city)
    baseline = load_scenario("baseline")

    def identity(table, name):
        file = tmp_path / name
        table.to_csv(file, index=False)
        return run_id(Options(city=str(city), agents=200, persons=str(file)), baseline, 0)

    none = run_id(Options(city=str(city), agents=200), baseline, 0)
    one, again = identity(crowd(100), "one.csv"), identity(crowd(100).iloc[::-1], "other.csv")
    assert one == again != none
    older = crowd(100)
    older.loc[7, "age"] = "99"
    assert identity(older, "older.csv") != one
