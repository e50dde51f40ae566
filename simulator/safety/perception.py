"""P(feel safe): the weights of the score in one draw, solved so that surveys come out as targets, and what they see.

The score is log-odds. A survey's share is an average over people who differ, so its log-odds are stretched by
sqrt(1 + 0.346 sd^2) to the conditional scale (Zeger, Liang and Albert 1988, doi 10.2307/2531734).
"""

import dataclasses
from typing import Any

import numpy as np

from simulator.city.conditions import GUARDIANS, Conditions
from simulator.evidence.parameters import OF_GENDER, Parameters
from simulator.evidence.profiles import load_table
from simulator.foundation import draws
from simulator.foundation.categories import AGE_BAND_FROM
from simulator.people.margins import margin
from simulator.people.population import People

Array = np.ndarray[Any, Any]
AGE_MIDDLE = np.array([13.0, 20.0, 29.5, 39.5, 49.5, 59.5, 69.5, 80.0])
"""Middle of each reporting band (years)."""
_AGE_CENTRE, _AGE_SCALE = 50.0, 30.0
FEELINGS_OF = "GB"
"""Country whose surveys say how safe people feel."""


@dataclasses.dataclass(frozen=True)
class LevelAndPresence:
    """Level of the score, and weights of darkness, light and other people."""

    level: Array
    dark: Array
    relief: float
    light_rate: float
    park: Array
    alone: Array
    crowd: Array
    crowd_people: float


@dataclasses.dataclass(frozen=True)
class Perception(LevelAndPresence):
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
    frontage, overlooking, tunnel
        Open frontage and overlooking homes after dark, a tunnel always (G,).
    drinking
        After dark: what a full crowd of nightlife adds to any other crowd (G,).
    visibility, condition
        Sight lines (after dark) and pavement (always) between middling and good; as much the other way (G,).
    guardians
        A guardian of each kind in view, after dark (G, len(GUARDIANS)).
    disabled, newcomer
        Own part of people with a disability, and of those who do not know the place.
    """

    frontage: Array
    overlooking: Array
    tunnel: Array
    person_sd: float
    drinking: Array
    visibility: Array
    condition: Array
    guardians: Array
    disabled: float
    newcomer: float

    def light_effect(self, light_min_lx: Array) -> Array:
        """Share (0 to 1) of darkness' loss that a minimum illuminance takes away: rises, then flattens."""
        light = np.asarray(light_min_lx, np.float64)  # exp() of single floats differs between processors
        return np.asarray(self.relief * (1.0 - np.exp(-self.light_rate * light)))

    def crowding(self, in_view: Array) -> Array:
        """Expected share (0 to 1) of a full crowd, where a Poisson number of people is in view.

        A crowd of N is 1 - exp(-N / c) of a full one, so the mean over N is 1 - exp(-mu (1 - exp(-1 / c))).
        """
        return np.asarray(1.0 - np.exp(-in_view * (1.0 - np.exp(-1.0 / self.crowd_people))))

    def crowding_if_any(self, in_view: Array) -> Array:
        """The same, given that somebody is in view: at least that of one person."""
        in_view = np.maximum(in_view, 1e-9)  # the limit of nobody is one person's crowd
        return np.asarray(self.crowding(in_view) / -np.expm1(-in_view))

    def own_part(self, people: People) -> Array:
        """Each person's own part of the score (float64 (P,)): level by gender and age, roles, and the person effect."""
        age = np.maximum(people.age, 16)  # no survey asks children; the youngest asked stand for them
        level = np.asarray(age_terms(age) * self.level[people.gender]).sum(axis=1)
        roles = self.disabled * disabled_above_mean(people) + self.newcomer * people.newcomer
        return np.asarray(level + roles + self.person_sd * people.feeling)

    def level_at(self, gender: int, age: float) -> float:
        """The score by day on a plain street of the median person of a gender and age."""
        return float((age_terms(np.array([age]))[0] * self.level[gender]).sum())


def solve_perception(parameters: Parameters, country: str = FEELINGS_OF) -> Perception:
    """Solve the weights of one draw so that the described survey street and the contrasts of settings come out.

    The survey street: after dark, lit as `survey_street_min_lx`, few people in view, homes overlooking. What the
    surveys say, `feel_*`, is fitted by `afterdark calibrate perception`.

    Parameters
    ----------
    country
        ISO 3166 code of the city's country; outside Great Britain the level is borrowed, and varies by
        `feel_transfer_sd` between draws.
    """
    stretch = float(np.sqrt(1.0 + 0.346 * parameters.person_effect_sd**2))
    rate = -np.log(1.0 - parameters.light_relief_reached) / parameters.light_relief_lx
    reached = [1.0 - np.exp(-rate * parameters[f"survey_{where}_min_lx"]) for where in ("street", "park")]
    seen_dark = stretch * np.log([parameters.dark_odds_women, parameters.dark_odds_men])
    weights = {name: parameters.by_gender(name) for name in OF_GENDER}
    homes = weights["overlooking_homes"][:2] * (1.0 - np.exp(-1.0))
    asked = np.maximum(-stretch * parameters.feel_park - homes, 0.0)  # for light and the park's own part together
    relief = min(parameters.light_relief_share, _most_relief(seen_dark, asked, *reached))
    street, park = (relief * part for part in reached)
    dark = seen_dark / (1.0 - street)
    nobody = np.exp(-parameters.survey_street_in_view)
    alone = weights["nobody_in_view"][:2]
    in_park = np.maximum(asked - dark * (street - park), 0.0)
    # the few people in view on the quiet street are a small part of a crowd themselves
    one_of_crowd = 1.0 - np.exp(-1.0 / parameters.crowd_people)
    some_view = (1.0 - np.exp(-parameters.survey_street_in_view * one_of_crowd)) / (1.0 - nobody)
    crowd = (nobody * alone + stretch * parameters.feel_busy) / (1.0 - (1.0 - nobody) * some_view)
    company = nobody * alone + (1.0 - nobody) * crowd * some_view
    level = stretch * _surveyed_levels(parameters, country)
    level[:, 0] += seen_dark - homes - company

    def with_another(pair: Array) -> Array:
        return np.concatenate([pair, [parameters.another_gender_mix * (pair[0] - pair[1]) + pair[1]]])

    return Perception(
        level=with_another(level),
        dark=with_another(dark),
        relief=relief,
        light_rate=float(rate),
        park=with_another(in_park),
        alone=weights["nobody_in_view"],
        crowd=with_another(crowd),
        crowd_people=parameters.crowd_people,
        frontage=weights["open_frontage"],
        overlooking=weights["overlooking_homes"],
        tunnel=weights["tunnel"],
        person_sd=parameters.person_effect_sd,
        drinking=weights["drinking_crowd"],
        visibility=weights["visibility_audited"],
        condition=weights["condition_audited"],
        guardians=np.column_stack([weights[f"guardian_{kind}"] for kind in GUARDIANS]),
        disabled=stretch * parameters.feel_disabled,
        newcomer=parameters.newcomer_feels,
    )


def _most_relief(seen_dark: Array, asked: Array, street: float, park: float) -> float:
    """Largest share of darkness' loss that light may relieve, so that it does not explain more than the park contrast.

    From dark (street - park) <= asked with dark = seen_dark / (1 - relief x street), for the gender that it binds
    first; `street` and `park` are shares of the relief reached there. Surveys bound what nobody has measured.
    """
    apart = street - park
    return float((asked / (seen_dark * apart + asked * street)).min()) if apart > 0 else 1.0


def street_score(perception: Perception, conditions: Conditions, flags: tuple[Array, Array], hour: int) -> Array:
    """Log-odds that the street adds in one hour for each gender (float32 (G, S)).

    Parameters
    ----------
    flags
        Whether each segment lies in a park, and in a tunnel (bool (S,) each).
    """
    in_park, in_tunnel = flags
    dark = conditions.dark[hour]
    unrelieved = 1.0 - perception.light_effect(conditions.light_min_lx[hour])
    seen = (
        np.outer(perception.frontage, conditions.frontage[hour])
        + np.outer(perception.overlooking, conditions.overlooking)
        + np.outer(perception.visibility, conditions.visibility)
        + perception.guardians @ conditions.guardians[:, hour]
    )
    always = np.outer(perception.tunnel, in_tunnel) + np.outer(perception.condition, conditions.condition)
    always += conditions.eased[hour]
    return np.asarray(
        -dark * np.outer(perception.dark, unrelieved)
        - dark * np.outer(perception.park, in_park)
        + (dark * seen + always),
        dtype=np.float32,
    )


def crowd_score(perception: Perception, conditions: Conditions, in_view: Array, hour: int) -> Array:
    """Log-odds that company of strangers adds in one hour where somebody is in view (float32 (G, S)).

    Non-monotone: somebody is better than nobody (`alone`), many may be worse than some, and a drinking crowd is.

    Parameters
    ----------
    in_view
        Expected number of people in view of each segment (S,).
    """
    kind = perception.crowd[:, None] + np.outer(perception.drinking, conditions.nightlife[hour])
    return np.asarray(conditions.dark[hour] * kind * perception.crowding_if_any(in_view), dtype=np.float32)


def age_terms(age: Array) -> Array:
    """What the smooth curve over age is made of: 1, x and x squared with x = (age - 50) / 30; float64 (..., 3)."""
    x = (np.asarray(age, float) - _AGE_CENTRE) / _AGE_SCALE
    return np.stack([np.ones_like(x), x, x * x], axis=-1)


def disabled_above_mean(people: People) -> Array:
    """How much likelier each person is to be disabled than somebody of that age where the survey was held (P,).

    The survey's level is that of disabled people and others together, so neither may shift the mean of an age; and
    who has no difficulty in walking or seeing, as people here know it, may have another disability.
    """
    age = np.maximum(people.age, 16)
    share = disabled_share(age)
    walking, sight = (margin(name, FEELINGS_OF)[people.gender, age] for name in ("walking", "sight"))
    known = walking + sight * (1.0 - walking)
    other = np.maximum(share - known, 0.0) / (1.0 - known)
    return np.where(people.disability > 0, 1.0, other) - share


def disabled_share(age: Array) -> Array:
    """Share of disabled people at an age of 16 or more, where the survey was held (float64 like `age`)."""
    table = load_table("disabled_gb")
    band = np.searchsorted(np.array(AGE_BAND_FROM[2:]), age, side="right")
    return np.asarray(table["disabled_share"][band])


def _surveyed_levels(parameters: Parameters, country: str) -> Array:
    """Curves over age (2, 3) of the survey's log-odds of feeling safe after dark; wider where nobody was asked."""
    women = np.array([parameters.feel_level, parameters.feel_age, parameters.feel_age_squared])
    levels = np.stack([women, women + np.array([parameters.feel_man, parameters.feel_man_age, 0.0])])
    if country != FEELINGS_OF and parameters.draw >= 0:
        levels[:, 0] += parameters.feel_transfer_sd * float(draws.normal(parameters.seed, "feelings elsewhere", 0))
    return levels
