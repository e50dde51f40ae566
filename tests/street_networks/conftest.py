"""A drawn city and where the optional packages and data are."""

from pathlib import Path

import pytest

from simulator.city.network import StreetNetwork
from street_networks import find_city, read_city, write_city

from cities import make_city


@pytest.fixture(scope="session")
def helsinki() -> StreetNetwork:
    """The shipped city."""
    return read_city(find_city("helsinki-centre"))  # as it is filed: departures are assumed only when it is loaded


def square() -> StreetNetwork:
    """A square of four streets with a home, a pub and a way in.

    ::

        3 ---- 2
        |      |
        0 ---- 1
    """
    return make_city(
        [(0, 0), (100, 0), (100, 80), (0, 80)],
        [(0, 1), (1, 2), (2, 3), (3, 0)],
        places=[("home", 0, 10.0), ("nightlife", 2, 1.0), ("gateway", 1, 1.0)],
        park=(2,),
        unlit=(2,),
    )


@pytest.fixture
def small() -> StreetNetwork:
    """The drawn city."""
    return square()


@pytest.fixture(scope="session")
def written_once(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """What stands in the file of the drawn city."""
    path = tmp_path_factory.mktemp("small") / "small.gpkg"
    write_city(square(), path)
    return path.read_bytes()


@pytest.fixture
def small_file(written_once: bytes, tmp_path: Path) -> Path:
    """The drawn city as a file of the test's own."""
    path = tmp_path / "small.gpkg"
    path.write_bytes(written_once)
    return path
