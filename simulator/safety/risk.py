"""Expected incidents: relative hazard of situations, and levels solved once on the baseline, then frozen.

Hazard belongs to situations: no attribute of any person raises anybody's hazard. Gender enters through the level of
each type, as a susceptibility per exposure.
"""

from typing import Any

import numpy as np

from simulator.city.conditions import HAZARDS, Conditions
from simulator.evidence.parameters import Parameters
from simulator.safety.presence import presence_ratio
from simulator.safety.reference_area import hour_multiplier

Array = np.ndarray[Any, Any]
DAYS_PER_YEAR = 365.25


def relative_hazard(conditions: Conditions, parameters: Parameters, hour: int, nobody: Array, crowding: Array) -> Array:
    """Hazard per person-second over that of a busy daylight street, float64 (3, S).

    Parameters
    ----------
    nobody
        Probability that nobody is in view (S,).
    crowding
        Share of a full crowd in view (S,).
    """
    dark = conditions.dark[hour]
    around = presence_ratio(parameters, nobody, crowding, dark * conditions.nightlife[hour])
    situation = hour_multiplier(parameters)[hour] * around
    darkness = [1.0 + (parameters[f"darkness_ratio_{kind}"] - 1.0) * dark for kind in HAZARDS]
    return np.asarray(np.outer(darkness, situation) * conditions.hazard_ratio[:, hour])


def yearly_incidents_per_person(parameters: Parameters) -> Array:
    """Incidents per resident and year on streets and at stops inside the district, float64 (3, G).

    -ln(1 - prevalence) x repeats x street-and-transit share x what of that is not in vehicles x share of such time
    spent inside the district.
    """
    elsewhere = 1.0 - _share_aboard(parameters)
    return np.asarray(_yearly_on_streets_and_transit(parameters) * elsewhere * parameters.inside_district_share)


def yearly_incidents_in_vehicle(parameters: Parameters) -> Array:
    """Incidents per resident and year in vehicles of public transport, float64 (3, G).

    Rides are known from end to end, beyond the district too, so nothing is taken off for what lies outside.
    """
    return np.asarray(_yearly_on_streets_and_transit(parameters) * _share_aboard(parameters))


def _share_aboard(parameters: Parameters) -> Array:
    """Share of incidents on streets and transit that happen in vehicles, by type (3, 1)."""
    return np.array([[parameters[f"vehicle_share_{kind}"]] for kind in HAZARDS])


def _yearly_on_streets_and_transit(parameters: Parameters) -> Array:
    men_over_women = parameters.assault_men_over_women
    assault_women = 2.0 * parameters.assault_all / (1.0 + men_over_women)
    prevalence = np.array(
        [
            [parameters.harassment_women, parameters.harassment_men],
            [parameters.robbery_all, parameters.robbery_all],
            [assault_women, assault_women * men_over_women],
        ]
    )
    mix = parameters.another_gender_mix
    prevalence = np.column_stack([prevalence, mix * prevalence[:, 0] + (1 - mix) * prevalence[:, 1]])
    rate = -np.log1p(-np.minimum(prevalence, 0.95)) * parameters.repeats
    return np.asarray(rate * parameters.street_transit_share)


def solve_levels(yearly: Array, residents: Array, exposure: Array) -> Array:
    """Incidents per unit of relative hazard and person-second, float64 (3, G), from the baseline.

    Parameters
    ----------
    yearly
        Incidents per resident and year (3, G).
    residents
        People by gender (G,).
    exposure
        Residents' person-seconds a day weighted by relative hazard (3, G), the mean over a year.
    """
    target = yearly / DAYS_PER_YEAR * residents
    return np.divide(target, exposure, out=np.zeros_like(target), where=exposure > 0)
