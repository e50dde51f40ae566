"""Which agents stand for whom: strata with a least number of agents, ages spread evenly, rare groups more often.

A person is a stratum and a number in it. What is drawn for a person depends on these two and the seed only, so more
agents are more people beside the same ones; only their weights, and so whom they stand for, change.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from simulator.foundation import draws
from simulator.foundation.categories import AGE_BANDS, CARERS, DISABILITIES, GENDERS
from simulator.people.margins import ADULT, Rates, age_bands_of

Array = np.ndarray[Any, Any]
LEAST_SHARE_OF_AGENTS = 0.0375
"""Residents', and visitors', agents kept for each stratum: with both, 300 among the default 8 000."""
GROUP_SHARE = 0.046
"""Agents aimed at, of all, for women and for men in a group by attribute: 368 of 8 000, so that chance leaves 300."""
STRATA = 2 * len(AGE_BANDS) + 1
"""Women and men by age band, and people of another gender."""
_ANOTHER = STRATA - 1
_BLOCK = 100_000_000


class Roles(NamedTuple):
    """What people are besides gender and age (P,), and how much rarer each is than an agent like it (factor)."""

    disability: Array
    wheelchair: Array
    carer: Array
    works: Array
    night_worker: Array
    student: Array
    has_car: Array
    can_afford_taxi: Array
    newcomer: Array
    factor: Array


class Oversampling(NamedTuple):
    """How much more often than among people agents are disabled, or work by night; by gender (3,)."""

    disability: Array
    night: Array


def stratum_of(gender: Array, age: Array) -> Array:
    """Stratum (int64) of people: women by age band, men by age band, another gender."""
    return np.where(gender < 2, gender.astype(np.int64) * len(AGE_BANDS) + age_bands_of(age), _ANOTHER)


def allocate_agents(agents: int, people: Array) -> Array:
    """Agents of each stratum (int64 (17,)): as the people (3, 100), but none below its least share.

    Parameters
    ----------
    people
        By gender and single year of age.
    """
    share = stratum_shares(people)
    counts = np.floor(share * agents + 1e-9).astype(np.int64)
    missing = agents - int(counts.sum())
    counts[np.argsort(counts - share * agents, kind="stable")[:missing]] += 1
    return counts


def stratum_shares(people: Array) -> Array:
    """Share of the agents that each stratum gets (float64 (17,)); those above their least make up for those below.

    A stratum without people gets none.
    """
    natural = _by_stratum(people)
    natural = natural / natural.sum()
    least = np.where(natural > 0, LEAST_SHARE_OF_AGENTS, 0.0)
    raised = np.zeros(STRATA, bool)
    for _ in range(STRATA):
        rest = 1.0 - least[raised].sum()
        share = np.where(raised, least, natural / natural[~raised].sum() * rest)
        if not (share < least).any():
            break
        raised |= share < least
    return np.asarray(share)


def _by_stratum(people: Array) -> Array:
    years = np.arange(people.shape[1])
    code = np.stack([stratum_of(np.full(years.size, gender), years) for gender in range(len(GENDERS))])
    return np.bincount(code.ravel(), weights=people.ravel(), minlength=STRATA)


def keys_of(counts: Array, *, resident: bool) -> tuple[Array, Array, Array]:
    """Person keys, strata and numbers within the stratum (int64 (A,) each) of a number of agents by stratum."""
    stratum = np.repeat(np.arange(STRATA), counts)
    number = np.arange(stratum.size) - np.repeat(np.cumsum(counts) - counts, counts)
    return _BLOCK * (stratum + STRATA * (not resident)) + number, stratum, number


def ages_of(stratum: Array, number: Array, people: Array) -> tuple[Array, Array]:
    """Gender and age (int64 (A,)) of agents: those of a stratum are spread evenly over its people's ages.

    The n-th agent stands at the n-th point of van der Corput's sequence, which is spread evenly wherever it stops.
    """
    gender = np.minimum(stratum // len(AGE_BANDS), 2)
    place = _van_der_corput(number)
    age = np.zeros(stratum.size, np.int64)
    years = np.arange(people.shape[1])
    for one in np.unique(stratum):  # 17 at most
        rows = stratum == one
        here = people[gender[rows][0]] * (stratum_of(np.full(years.size, gender[rows][0]), years) == one)
        age[rows] = np.searchsorted(np.cumsum(here) / here.sum(), place[rows], side="right").clip(
            np.flatnonzero(here)[0], np.flatnonzero(here)[-1]
        )
    return gender, age


def _van_der_corput(number: Array) -> Array:
    """Points of van der Corput's sequence in base 2, strictly between 0 and 1."""
    left, point, step = number.astype(np.int64), np.zeros(number.size), 0.5
    while left.any():
        point += step * (left & 1)
        left, step = left >> 1, step / 2
    return point + 2.0**-40


def oversampling_of(parts: Sequence[tuple[Array, Rates]]) -> Oversampling:
    """Oversampling that gives women and men in each rare group GROUP_SHARE of all agents.

    Parameters
    ----------
    parts
        People (3, 100) and rates of residents and of visitors, who have half of the agents each.
    """
    disabled, nightly = np.zeros(2), np.zeros(2)
    for people, rates in parts:
        natural = _by_stratum(people)
        share = np.divide(stratum_shares(people), natural, out=np.zeros(STRATA), where=natural > 0) / len(parts)
        years = np.arange(people.shape[1])
        for gender in range(2):
            agents = people[gender] * share[stratum_of(np.full(years.size, gender), years)]
            disabled[gender] += (agents * (rates.walking + rates.sight)[gender]).sum()
            nightly[gender] += (agents * rates.works[gender]).sum() * rates.night[gender]
    more = [np.append(np.maximum(1.0, GROUP_SHARE / np.maximum(found, 1e-6)), 1.0) for found in (disabled, nightly)]
    return Oversampling(*more)


def draw_roles(seed: int, key: Array, who: tuple[Array, Array], rates: Rates, tilt: Oversampling) -> Roles:
    """Roles of people, drawn jointly where the survey says so.

    One draw decides between work, study and neither; night shifts are for those who work; who sees badly does not
    drive; a carer looks after a child or, else, an older person. Given gender and age all else is independent.
    """
    variate = {
        name: draws.uniform(seed, name, key)
        for name in ("disability", "wheelchair", "carer", "occupation", "night", "car", "taxi", "newcomer")
    }
    gender, age = who
    walking, sight = rates.walking[who], rates.sight[who]
    more = _raised(walking + sight, tilt.disability[gender])
    walks_badly = variate["disability"] < walking * more
    sees_badly = ~walks_badly & (variate["disability"] < (walking + sight) * more)
    works = variate["occupation"] < rates.works[who]
    student = ~works & (variate["occupation"] < rates.works[who] + rates.studies[who])
    night = rates.night[gender]
    nightlier = _raised(night, tilt.night[gender])
    night_worker = works & (variate["night"] < night * nightlier)
    child = variate["carer"] < rates.child[who]
    older = ~child & (variate["carer"] < rates.child[who] + rates.older[who])
    drives = np.minimum(rates.car[who] / (1.0 - sight), 1.0)
    factor = _rarer(walking + sight, more, walks_badly | sees_badly)
    factor *= np.where(works, _rarer(night, nightlier, night_worker), 1.0)
    return Roles(
        disability=walks_badly * DISABILITIES.index("walking") + sees_badly * DISABILITIES.index("sight"),
        wheelchair=walks_badly & (variate["wheelchair"] < rates.wheelchair),
        carer=child * CARERS.index("child") + older * CARERS.index("older person"),
        works=works,
        night_worker=night_worker,
        student=student,
        has_car=~sees_badly & (variate["car"] < drives),
        can_afford_taxi=(age >= ADULT) & (variate["taxi"] < rates.taxi),
        newcomer=variate["newcomer"] < rates.newcomer,
        factor=factor,
    )


def _raised(share: Array, more: Array) -> Array:
    """Factor on a share, cut so that it makes at most a half of them."""
    return np.maximum(1.0, np.minimum(more, 0.5 / np.maximum(share, 1e-9)))


def _rarer(share: Array, more: Array, chosen: Array) -> Array:
    """People that an agent stands for over what it would be without the tilt."""
    return np.where(chosen, 1.0 / more, (1.0 - share) / (1.0 - share * more))
