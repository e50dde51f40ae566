"""Passers-by on streets of a kind, held against pedestrians counted on such streets in Auckland.

A sensor counts whoever passes, on the way from or to anything; so do these figures. A street is of a kind if at least
one place of that kind opens on it; the sensors' kinds are our reading of the map (`profile_recipes.auckland`).
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from analysis.validation import Target, assess_target
from experiments.validation.likeness import likeness
from simulator.accounting.tables import passed_by_hour
from simulator.city.network import PLACE_KINDS
from simulator.evidence.profiles import Array, load_table
from simulator.foundation.clock import HOURS
from simulator.simulation import Simulation

I1 = "I1 hours in which people pass on streets of a kind, against counts in Auckland"
I2 = "I2 Friday night against the mean weekday night, passers-by 21-04"
I3 = "I3 share of a weekday's passers-by who pass at 21-04, against counts in Auckland"
I4 = "I4 passers-by of a Saturday and a Sunday against a weekday's, counts in Auckland"
LEAST_LIKENESS = 0.8
ByKind = Mapping[str, Array]
"""People by clock hour (24,) for each kind of street."""
NEAR = {"nightlife": "near nightlife", "shop": "near shops", "work": "near work", "stop": "near stops"}
KINDS = tuple(NEAR)
NIGHT = (np.arange(HOURS) >= 21) | (np.arange(HOURS) < 4)


def passers_by(arm: Simulation) -> dict[str, Array]:
    """People who pass the streets of each kind in the core on the day that was walked, by clock hour (24,)."""
    network = arm.setting.network
    people, found = passed_by_hour(arm), {}
    for kind in KINDS:
        of_kind = network.places.segment[network.places.kind == PLACE_KINDS.index(kind)]
        rows = network.streets.in_core & (np.bincount(of_kind, minlength=len(network.streets)) > 0)
        found[kind] = people[:, rows].sum(axis=1)
    return found


def by_counts(usual: Sequence[ByKind], others: Mapping[str, Sequence[ByKind]]) -> Iterator[dict[str, object]]:
    """Rows held against the counts.

    Parameters
    ----------
    usual, others
        `passers_by` of a Wednesday, and of a Friday, a Saturday and a Sunday by their words; one of each a draw.
    """
    table = load_table("auckland_hours")
    fridays = others["Friday"]
    for kind in KINDS:
        weekday, friday = (
            table["relative_count"][(table["place"] == kind) & (table["day"] == day)] for day in ("weekday", "Friday")
        )
        near = NEAR[kind]
        alike = [likeness(_over_mean(one[kind]), weekday, np.ones(HOURS))[0] for one in usual]
        yield assess_target(Target(I1, near, "correlation", LEAST_LIKENESS, 1.0), alike)
        if kind == "nightlife":
            counted = float(friday[NIGHT].sum() / weekday[NIGHT].sum())
            more = [
                float(later[kind][NIGHT].sum() / one[kind][NIGHT].sum()) if one[kind][NIGHT].any() else float("nan")
                for one, later in zip(usual, fridays, strict=True)
            ]
            yield assess_target(Target(I2, near, "ratio", 0.8 * counted, 1.2 * counted), more)
        share = 100.0 * float(weekday[NIGHT].sum() / weekday.sum())
        late = [100.0 * float(_over_mean(one[kind])[NIGHT].sum()) / HOURS for one in usual]
        yield assess_target(Target(I3, near, "%", 0.8 * share, 1.2 * share), late)
        for day in ("Saturday", "Sunday"):
            of_day = table["relative_count"][(table["place"] == kind) & (table["day"] == day)].sum() / weekday.sum()
            ratio = [_over(one[kind].sum(), then[kind].sum()) for one, then in zip(usual, others[day], strict=True)]
            yield assess_target(Target(I4, f"{near}, {day}", "ratio", 0.8 * of_day, 1.2 * of_day), ratio)


def _over(usual: float, then: float) -> float:
    return float(then / usual) if usual > 0 else float("nan")


def _over_mean(people: Array) -> Array:
    return people / people.mean() if people.any() else np.full(HOURS, np.nan)
