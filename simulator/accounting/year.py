"""How many residents meet harassment or violence within a year on streets, at stops and in vehicles.

Prevalence was turned into incidents by -ln(1 - p) x repeats (`safety.risk`). Back from incidents it is

    p = 1 - exp(-incidents / (repeats x residents))

by gender and age band (`safety.ages`), as if all of a group met as much: the true share is somewhat lower where few
meet most. The day stands for the year as in the levels: incidents outdoors times year over day by hour, rides alike on
every day.
"""

from typing import Any

import numpy as np

from simulator.foundation.categories import AGE_BANDS, GENDERS, INCIDENTS
from simulator.safety.risk import DAYS_PER_YEAR
from simulator.setting import of_residents
from simulator.simulation import Simulation, exposure_unit, hazard_sums
from simulator.travel.vehicles import in_vehicle_hazard, person_seconds

Array = np.ndarray[Any, Any]
_VIOLENCE = tuple(INCIDENTS.index(word) for word in ("robbery", "assault"))
_HARASSMENT = (INCIDENTS.index("harassment"),)


def incidents_of_residents(arm: Simulation, ridden_ms: Array) -> Array:
    """Expected incidents of a year by type, gender and age band of residents (float64 (3, G, A)).

    Parameters
    ----------
    ridden_ms
        Time that everybody rides, by hour, group and zone (24, groups, Z).
    """
    assert arm.walk is not None
    assert arm.levels is not None
    assert arm.in_vehicle_levels is not None
    by_hour = of_residents(hazard_sums(arm.walk)) / exposure_unit(arm.walk)
    outdoors = (by_hour.transpose(3, 1, 2, 0) * arm.year_over_hour[:, None, None]).sum(axis=3)
    aboard = of_residents(ridden_ms.sum(axis=2)[..., None])[..., 0] / person_seconds(arm.setting.person_unit)
    aboard = (aboard * in_vehicle_hazard(arm.setting.parameters)[:, None, None]).sum(axis=0)
    levels = (arm.levels[:, :, None] * arm.by_age, arm.in_vehicle_levels[:, :, None] * arm.by_age_in_vehicle)
    return np.asarray((outdoors * levels[0] + aboard * levels[1]) * DAYS_PER_YEAR)


def met_within_a_year(arm: Simulation, ridden_ms: Array) -> dict[str, Array]:
    """Residents of the simulated area by gender and age band (G, A), and those who meet something within a year."""
    people, parameters = arm.setting.people, arm.setting.parameters
    cell = np.ravel_multi_index(
        (people.gender.astype(np.int64), people.age_band.astype(np.int64)), (len(GENDERS), len(AGE_BANDS))
    )
    size = len(GENDERS) * len(AGE_BANDS)
    residents = np.bincount(cell, people.weight * people.resident, minlength=size).reshape(-1, len(AGE_BANDS))
    incidents = incidents_of_residents(arm, ridden_ms)
    found = {"year_residents": residents}
    for name, kinds in (("harassment", _HARASSMENT), ("violence", _VIOLENCE)):
        each = np.divide(
            incidents[list(kinds)].sum(axis=0), residents, out=np.zeros_like(residents), where=residents > 0
        )
        found[f"year_met_{name}"] = residents * -np.expm1(-each / parameters.repeats)
    return found
