"""How safe those feel, by gender, who are out without travelling: traders, hosts, drivers, young and homeless people.

How many of each kind are women is drawn from published shares where there are any (`stays_women_*`, with their
grades). Each place and stretch of time is felt once as by women and once as by men who are drawn among those simulated,
and both are weighed by those shares. What others meet is unchanged: there, stays are as mixed as all adults.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from simulator.city.stays import STAYS, make_stays
from simulator.foundation.categories import AGE_BANDS, GENDERS, ZONES
from simulator.kernels.walking import KINDS, SAFE, SHARE_UNIT, STAY, TIME
from simulator.people.margins import ADULT
from simulator.people.population import People
from simulator.simulation import Simulation
from simulator.travel.itineraries import staying_rows

Array = np.ndarray[Any, Any]
WOMEN_AMONG = {
    "trader": "stays_women_traders",
    "host": "stays_women_hosts",
    "driver": "stays_women_drivers",
    "young people": "stays_women_young_people",
    "rough sleeper": "stays_women_rough_sleepers",
}
"""Parameter of the share of women by what people do."""
_IN_CORE = [at for at, zone in enumerate(ZONES) if zone.startswith("core")]
_YOUNG = AGE_BANDS.index("16-24")


def stays_felt(arm: Simulation, periods: Mapping[str, Array]) -> dict[str, dict[str, dict[str, list[float]]]]:
    """Person-hours in the core of those who stay out by what they do, gender and period, and of these that feel safe.

    Parameters
    ----------
    periods
        Hours of each period (bool (24,)).
    """
    setting, conditions = arm.setting, arm.conditions
    usual = make_stays(setting.network, setting.parameters, conditions.open_at, 0, conditions.closed)
    told: dict[str, dict[str, dict[str, list[float]]]] = {}
    hour = setting.person_unit * 3_600_000.0
    for word, parameter in WOMEN_AMONG.items():
        rows = np.flatnonzero(usual.kind == STAYS.index(word))
        if not rows.size:
            continue
        women, stays = setting.parameters[parameter], usual.take(rows)
        told[word] = {}
        for gender, share in (("woman", women), ("man", 1.0 - women)):
            among = _who(setting.people, word, gender)
            itineraries = staying_rows(stays, setting.people, setting.parameters.seed, setting.person_unit, among)
            cells = arm.walk_of(itineraries).to_the_end(arm.streets).cells[:, :, _IN_CORE].sum(axis=(1, 2))
            part = np.split(cells, KINDS, axis=-1)[STAY]
            told[word][gender] = {
                period: [
                    float(f"{share * part[hours, TIME].sum() / hour:.12g}"),
                    float(f"{share * part[hours, SAFE].sum() / (hour * SHARE_UNIT):.12g}"),
                ]
                for period, hours in periods.items()
            }
    return told


def _who(people: People, word: str, gender: str) -> Array:
    """Among whom those are drawn as whom a place is felt (bool (people,)): young people, else adults, of one gender."""
    of_gender = people.gender == GENDERS.index(gender)
    return np.asarray(of_gender & ((people.age_band == _YOUNG) if word == "young people" else (people.age >= ADULT)))
