"""Jobs that nobody can fill are told and scaled down; what can be filled is left as it is, to the bit."""

import dataclasses

import numpy as np
import pytest

from simulator.city.network import PLACE_KINDS, StreetNetwork
from simulator.evidence.parameters import load_evidence, nominal
from street_networks import load_city
from street_networks.city_file.geopackage import Layer
from street_networks.derive import City
from street_networks.inspection.soundness import findings
from street_networks.local_data.totals import cannot_be_filled, fillable_jobs, jobs_of, with_fillable_jobs

from cities import make_city


def town(residents: float, *jobs: float, side_m: float = 1000.0) -> StreetNetwork:
    """A square of so many metres with one home and some work places."""
    places = [("home", 0, residents), *(("work", 1, many) for many in jobs)]
    corners = [(0, 0), (side_m, 0), (side_m, side_m), (0, side_m)]
    return make_city(corners, [(0, 1), (1, 2), (2, 3), (3, 0)], places=[*places, ("gateway", 2, 1.0)])


def test_who_can_fill_jobs_is_counted_by_hand() -> None:
    working, visitors = nominal("residents_working_most"), load_evidence()["visitors_per_resident"].high
    assert fillable_jobs(town(1000.0, 10.0)) == pytest.approx(1000 * (working + visitors))  # 1 km2: a small district
    large = town(1000.0, 10.0, side_m=10_000.0)
    assert fillable_jobs(large) == pytest.approx(1000 * (working + visitors * np.sqrt(2 / 100)))
    assert fillable_jobs(town(0.0, 10.0)) == 0
    assert not cannot_be_filled(town(0.0, 10.0))  # without residents there is nothing to hold jobs against


def test_jobs_beyond_all_people_are_scaled_by_one_factor() -> None:
    network = town(1000.0, 30_000.0, 10_000.0)
    most = fillable_jobs(network)
    buildings = Layer(None, {"jobs": np.array([30_000.0, 10_000.0])})
    city = with_fillable_jobs(City(network, {"buildings": buildings}))
    works = city.network.places_of("work")
    assert city.network.places.size[works] == pytest.approx([0.75 * most, 0.25 * most], abs=0.01)
    assert city.layers["buildings"].columns["jobs"] == pytest.approx([0.75 * most, 0.25 * most], abs=0.01)
    homes = city.network.places.kind == PLACE_KINDS.index("home")
    assert (city.network.places.size[homes] == network.places.size[homes]).all()
    assert city.network.metadata["jobs_rescaled"].startswith("40000 jobs by floor area, scaled to 6500")
    assert with_fillable_jobs(city).network.places.size == pytest.approx(city.network.places.size)  # once is enough
    assert not cannot_be_filled(city.network)
    assert any("40000 jobs beside 1000 residents" in str(one) for one in findings(network))
    assert not any("jobs beside" in str(one) for one in findings(city.network))


def test_jobs_that_can_be_filled_are_left_alone() -> None:
    for network in (town(1000.0, 6000.0), load_city("helsinki-centre")):
        city = City(network, {})
        assert with_fillable_jobs(city) is city
    assert jobs_of(load_city("helsinki-centre")) > 60_000


def test_more_residents_than_the_densest_quarters_are_asked_about() -> None:
    crowded = town(1000.0, 10.0)
    size = np.where(crowded.places.kind == PLACE_KINDS.index("home"), 9000.0, crowded.places.size)
    crowded = dataclasses.replace(crowded, places=dataclasses.replace(crowded.places, size=size))
    assert any("more than the 2000 a km" in str(one) for one in findings(crowded))
