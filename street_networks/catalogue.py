"""Cities that come with the project, and how a name or path given by a user becomes a network."""

from pathlib import Path
from typing import TYPE_CHECKING

from simulator.errors import CityError
from simulator.foundation.spelling import nearest

if TYPE_CHECKING:
    from simulator.city.network import StreetNetwork

CITIES_FOLDER = Path(__file__).with_name("cities")


def list_cities() -> list[str]:
    """Short names of the shipped cities, sorted."""
    return sorted(path.stem for path in CITIES_FOLDER.glob("*.gpkg"))


def find_city(name_or_path: str | Path) -> Path:
    """The file of a city given by short name (``helsinki-centre``) or by path.

    Raises
    ------
    CityError
        If there is neither a shipped city of that name nor a file at that path; names the nearest right word.
    """
    path = Path(name_or_path)
    if path.is_file():
        return path
    if str(name_or_path) in list_cities():
        return CITIES_FOLDER / f"{name_or_path}.gpkg"
    if path.suffix or path.name != str(name_or_path):
        found = "is a folder, no city file" if path.is_dir() else "no such city file"
        raise CityError(f"{path}: {found}; expected a GeoPackage, or a name from `afterdark network list`")
    near = nearest(str(name_or_path), list_cities())
    hint = f"did you mean {near}?" if near else f"shipped cities: {', '.join(list_cities())}."
    raise CityError(f"city {str(name_or_path)!r} is not known; {hint} Or give the path of a .gpkg file")


def load_city(name_or_path: str | Path) -> "StreetNetwork":
    """Read a city given by short name or path; one with stops and no headways gets those that are assumed.

    Raises
    ------
    CityError
        If it cannot be found, read or believed.
    """
    from street_networks.city_file.geopackage import read_city
    from street_networks.transit.headway_table import assume_headways

    city = read_city(find_city(name_or_path))
    return city if len(city.headways) or not len(city.stops) else assume_headways(city)
