"""P(feel safe): the weights of the score in one draw, solved so that surveys come out as targets, and what they see.

The score is log-odds. A survey's share is an average over people who differ, so its log-odds are stretched by
sqrt(1 + 0.346 sd^2) to the conditional scale (Zeger, Liang and Albert 1988, doi 10.2307/2531734).
"""

import dataclasses
from typing import Any

import numpy as np

from simulator import draws
from simulator.conditions import Conditions
from simulator.evidence import Parameters
from simulator.people import People
from simulator.profiles import load_table
from simulator.results import AGE_BANDS, GENDERS

Array = np.ndarray[Any, Any]
AGE_MIDDLE = np.array([13.0, 20.0, 29.5, 39.5, 49.5, 59.5, 69.5, 80.0])
"""Middle of each reporting band (years)."""
_AGE_CENTRE, _AGE_SCALE = 50.0, 30.0


@dataclasses.dataclass(frozen=True)
class Perception:
    """Weights of one draw (log-odds), by gender where they carry a G axis (woman, man, another).

    Parameters
    ----------
    level
        Polynomial in age (float64 (G, 3)): the score by day on a plain street.
    dark
        Loss in full darkness without any light (G,).
    relief
        Share of that loss that light can take away; `light_rate` (1/lx) how fast.
    park
        Loss in a park after dark beyond its light (G,).
    alone, crowd
        After dark: nobody in view, and a full crowd (G,).
    """

    level: Array
    dark: Array
    relief: float
    light_rate: float
    park: Array
    alone: Array
    crowd: Array
    crowd_people: float
    frontage: float
    overlooking: float
    tunnel: float
    person_sd: float

    def light_relief(self, light_min_lx: Array) -> Array:
        """Share (0 to 1) of darkness' loss that a minimum illuminance takes away: rises, then flattens."""
        light = np.asarray(light_min_lx, np.float64)  # exp() of single floats differs between processors
        return np.asarray(self.relief * (1.0 - np.exp(-self.light_rate * light)))

    def crowding(self, in_view: Array) -> Array:
        """Share (0 to 1) of a full crowd at an expected number of people in view."""
        return np.asarray(1.0 - np.exp(-in_view / self.crowd_people))

    def own_part(self, people: People) -> Array:
        """Each person's own part of the score (float64 (P,)): level by gender and age, and the person effect."""
        age = np.maximum(people.age, 16)  # no survey asks children; the youngest asked stand for them
        return np.asarray(_polynomial(age) * self.level[people.gender]).sum(axis=1) + self.person_sd * people.feeling

    def level_at(self, gender: int, age: float) -> float:
        """The score by day on a plain street of the median person of a gender and age."""
        return float((_polynomial(np.array([age]))[0] * self.level[gender]).sum())


def solve_perception(parameters: Parameters) -> Perception:
    """Solve the weights of one draw so that the described survey street and the contrasts of settings come out.

    The survey street: after dark, lit as `survey_street_min_lx`, few people in view, homes overlooking.
    """
    stretch = float(np.sqrt(1.0 + 0.346 * parameters.person_effect_sd**2))
    relief = parameters.light_relief_share
    rate = -np.log(1.0 - parameters.light_relief_reached) / parameters.light_relief_lx
    street, park = (
        relief * (1.0 - np.exp(-rate * parameters[f"survey_{where}_min_lx"])) for where in ("street", "park")
    )
    seen_dark = stretch * np.log([parameters.dark_odds_women, parameters.dark_odds_men])
    dark = seen_dark / (1.0 - street)
    homes = parameters.overlooking_homes * (1.0 - np.exp(-1.0))
    nobody = np.exp(-parameters.survey_street_in_view)
    alone = np.full(2, parameters.nobody_in_view)
    crowd = alone * nobody - stretch * np.log([parameters.busy_odds_women, parameters.busy_odds_men])
    in_park = stretch * np.log([parameters.park_odds_women, parameters.park_odds_men])
    in_park = np.maximum(in_park - dark * (street - park) - homes, 0.0)
    some_view = 1.0 - np.exp(-parameters.survey_street_in_view / parameters.crowd_people)
    company = nobody * alone + (1.0 - nobody) * crowd * some_view
    level = stretch * _fitted_levels(parameters)
    level[:, 0] += seen_dark - homes - company

    def with_another(pair: Array) -> Array:
        return np.concatenate([pair, [parameters.another_gender_mix * (pair[0] - pair[1]) + pair[1]]])

    return Perception(
        level=with_another(level),
        dark=with_another(dark),
        relief=relief,
        light_rate=float(rate),
        park=with_another(in_park),
        alone=with_another(alone),
        crowd=with_another(crowd),
        crowd_people=parameters.crowd_people,
        frontage=parameters.open_frontage,
        overlooking=parameters.overlooking_homes,
        tunnel=parameters.tunnel,
        person_sd=parameters.person_effect_sd,
    )


def street_score(perception: Perception, conditions: Conditions, flags: tuple[Array, Array], hour: int) -> Array:
    """Log-odds that the street adds in one hour for each gender (float32 (G, S)).

    Parameters
    ----------
    flags
        Whether each segment lies in a park, and in a tunnel (bool (S,) each).
    """
    in_park, in_tunnel = flags
    dark = conditions.dark[hour]
    unrelieved = 1.0 - perception.light_relief(conditions.light_min_lx[hour])
    places = perception.frontage * conditions.frontage[hour] + perception.overlooking * conditions.overlooking
    return np.asarray(
        -dark * np.outer(perception.dark, unrelieved)
        - dark * np.outer(perception.park, in_park)
        + (dark * places + perception.tunnel * in_tunnel),
        dtype=np.float32,
    )


def _polynomial(age: Array) -> Array:
    x = (np.asarray(age, float) - _AGE_CENTRE) / _AGE_SCALE
    return np.stack([np.ones_like(x), x, x * x], axis=-1)


def _fitted_levels(parameters: Parameters) -> Array:
    """Polynomials in age (2, 3) of the survey's log-odds of feeling safe after dark, drawn within survey error."""
    table = load_table("csew_16_1_4")
    levels = np.zeros((2, 3))
    for gender in range(2):
        rows = [
            (AGE_BANDS.index(band), float(share))
            for word, band, share in zip(table["gender"], table["age_band"], table["share_safe"], strict=True)
            if word == GENDERS[gender] and band in AGE_BANDS
        ]
        bands = np.array([band for band, _ in rows])
        shares = np.array([share for _, share in rows])
        error = draws.normal(parameters.seed, "survey error", parameters.draw, gender, bands)
        target = np.log(shares / (1.0 - shares)) + (parameters.draw >= 0) * parameters.survey_logit_error * error
        # the middle draw has no survey error; three coefficients a sex, never one a cell
        levels[gender] = np.linalg.lstsq(_polynomial(AGE_MIDDLE[bands]), target, rcond=None)[0]
    return levels
