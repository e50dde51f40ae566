"""Whether the jobs of a city can be filled, and what is done where they cannot.

Jobs come from floor areas whose use is often not tagged, so that a large town can have twice as many jobs as people.
There are at most as many workers as residents who work and people who come in; the latter fall with the size of the
area as in `simulator.people.margins.visitor_ratio`:

    most = residents (`residents_working_most` + v min(1, sqrt(`visitors_area_km2` / area)))

with v the upper end of `visitors_per_resident`. Half as many more (`jobs_unfilled_most`) pass, as floor areas are
doubtful; beyond that every work place is scaled by one factor, so that their sum is `most`. What each place pulls
relative to the others stays as it is.
"""

import dataclasses
import math

import numpy as np

from simulator.city.network import StreetNetwork
from simulator.evidence.parameters import load_evidence, nominal
from simulator.people.margins import area_km2
from street_networks.derive import City


def jobs_of(network: StreetNetwork) -> float:
    """Number of jobs in the work places of a city."""
    return float(network.places.size[network.places_of("work")].sum())


def fillable_jobs(network: StreetNetwork) -> float:
    """Number of jobs for which there can be people; see this module."""
    residents = float(network.places.size[network.places_of("home")].sum())
    by_size = min(1.0, math.sqrt(nominal("visitors_area_km2") / max(area_km2(network), 1e-9)))
    visitors = load_evidence()["visitors_per_resident"].high * by_size
    return residents * (nominal("residents_working_most") + visitors)


def cannot_be_filled(network: StreetNetwork) -> bool:
    """Whether a city has so many jobs that floor areas or residents must be wrong."""
    return 0.0 < fillable_jobs(network) * (1.0 + nominal("jobs_unfilled_most")) < jobs_of(network)


def with_fillable_jobs(city: City) -> City:
    """The city with its work places scaled down if nobody can be found for their jobs; else the same."""
    network = city.network
    if not cannot_be_filled(network):
        return city
    jobs, most = jobs_of(network), fillable_jobs(network)
    places, works = network.places, network.places_of("work")
    size = places.size.copy()
    size[works] = np.maximum((size[works] * most / jobs).round(2), 0.01)
    told = {"jobs_rescaled": f"{jobs:.0f} jobs by floor area, scaled to {most:.0f}, the most that there are people for"}
    layers = dict(city.layers)
    if "buildings" in layers and "jobs" in layers["buildings"].columns:
        of_buildings = (layers["buildings"].columns["jobs"] * most / jobs).round(2)
        layers["buildings"] = dataclasses.replace(
            layers["buildings"], columns={**layers["buildings"].columns, "jobs": of_buildings}
        )
    places = dataclasses.replace(places, size=size)
    return City(dataclasses.replace(network, places=places, metadata={**network.metadata, **told}), layers)
