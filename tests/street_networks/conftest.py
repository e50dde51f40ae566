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


@pytest.fixture
def small() -> StreetNetwork:
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
def small_file(small: StreetNetwork, tmp_path: Path) -> Path:
    """The drawn city as a file."""
    path = tmp_path / "small.gpkg"
    write_city(small, path)
    return path
