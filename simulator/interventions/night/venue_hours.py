"""Other opening hours: venues that close later, earlier or one after the other; places open at night."""

import dataclasses
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from simulator.city.conditions import HAZARDS, Conditions, Draw, with_open_places
from simulator.city.network import PLACE_KINDS, StreetNetwork
from simulator.errors import InputError
from simulator.evidence.parameters import Parameters, once_a_draw
from simulator.foundation import draws
from simulator.foundation.clock import FIRST_HOUR, HOURS
from simulator.interventions.base import Array, Placement
from simulator.interventions.timed import Timed, treated, with_hazard
from simulator.safety.reference_area import MAIN, NIGHTLIFE_HOURS, solve_direct

_ASSAULT = HAZARDS.index("assault")
_EVENING = 18
"""Clock hour from which a closing counts as one of the evening."""
Kind = Literal["nightlife", "leisure", "culture", "shop", "health", "school", "care", "worship", "open_space"]


class VenueHours(Timed):
    """Other hours of the places of some kinds on the chosen streets."""

    kind: Literal["venue_hours"] = "venue_hours"
    grows: ClassVar[str] = "streets"
    displaces: ClassVar[str] = "those who live next to venues (noise), and what venues and their staff earn or lose"
    venues: tuple[Kind, ...] = Field(("nightlife",), min_length=1, description="kinds of place")
    closes_later_h: int = Field(0, ge=-6, le=6, description="hours by which evenings end later; below 0: earlier (h)")
    stagger_h: int = Field(
        0,
        ge=0,
        le=3,
        description="closing hours are spread: each place's is moved by up to so many hours either way (h)",
    )
    opens: bool = Field(
        False, description="true: open from from_hour to until_hour, beside the hours they keep already"
    )

    @model_validator(mode="after")
    def _one_change(self) -> "VenueHours":
        if (self.closes_later_h != 0) + (self.stagger_h != 0) + self.opens > 1:
            raise ValueError("give only one of closes_later_h, stagger_h and opens = true")
        return self

    def place(self, network: StreetNetwork, segments: Array) -> Placement:
        """The segments of the places that are meant; their number."""
        rows = self._places(network, segments)
        if not rows.size:
            found = f"found no place of kind {' or '.join(self.venues)} on the chosen streets, expected at least one"
            raise InputError(f"{found}; choose wider words, part = 'all', or other kinds")
        idle = self.closes_later_h == 0 and self.stagger_h == 0 and not self.opens
        there = np.unique(network.places.segment[rows])
        return self.placed(network, there[:0] if idle else there, 0 if idle else rows.size, "places")

    def _places(self, network: StreetNetwork, segments: Array) -> Array:
        kinds = [PLACE_KINDS.index(kind) for kind in self.venues]
        return np.flatnonzero(np.isin(network.places.kind, kinds) & np.isin(network.places.segment, segments))

    def has_places(self, network: StreetNetwork, segments: Array) -> bool:
        """Whether any place that is meant lies on some segments."""
        return self._places(network, segments).size > 0

    def change(self, conditions: Conditions, placement: Placement, draw: Draw) -> Conditions:
        """Other open hours: open fronts, nightlife at closing time, where people can go, who works there."""
        network, where = draw.network, placement.segments
        if not where.size or not self._begins(draw):
            return conditions
        rows, open_at = self._places(network, where), conditions.open_at.copy()
        before = open_at[:, rows].copy()
        open_at[:, rows] = self.hours_then(open_at[:, rows], network.places.place_id[rows], draw)
        changed = with_open_places(conditions, network, draw.parameters, open_at)
        if self.evaluated:
            ratio = direct_of_closing(draw.parameters, self.closes_later_h)
            has_nightlife = np.maximum(conditions.nightlife, changed.nightlife).max(axis=0)
            moved = rows[(open_at[:, rows] != before).any(axis=0)]
            near = np.isin(np.arange(len(network.streets)), network.places.segment[moved]) * has_nightlife
            changed = with_hazard(changed, ratio, conditions.dark[:, None] * near[None, :])
        return treated(changed, where)

    def _begins(self, draw: Draw) -> bool:
        return bool(self.on(draw).any())

    def hours_then(self, before: Array, keys: Array, draw: Draw) -> Array:
        """Whether places are open with the measure (bool (24, N)).

        Parameters
        ----------
        before
            Whether they are open without it.
        keys
            Stable keys of the places.
        """
        if self.opens:
            return before | self.on(draw)[:, None]
        by = np.full(keys.size, self.closes_later_h)
        if self.stagger_h:
            variate = draws.uniform(draw.parameters.seed, "staggered closing", keys)
            by = np.floor(variate * (2 * self.stagger_h + 1)).astype(int) - self.stagger_h
        return np.stack([_closing_moved(before[:, row], int(by[row])) for row in range(keys.size)], axis=1)

    @property
    def evaluated(self) -> bool:
        """Whether nightlife that closes an hour later or earlier, which is all that was evaluated."""
        return set(self.venues) == {"nightlife"} and self.closes_later_h != 0

    def channels(self) -> tuple[str, ...]:
        """Through what opening hours reach the model."""
        ways = (
            "open fronts, nightlife and the crowd at closing time, by hour",
            "where people can go, work and be at those hours; how often they wish to go out stays",
            "hosts at doors and traders, who are there while places are open",
        )
        direct = "a direct ratio on assault after dark near nightlife, with which the total is the drawn one an hour"
        return (*ways, direct) if self.evaluated else ways

    def evidence(self) -> tuple[str, ...]:
        """Parameters that the effect of opening hours rests on."""
        effect = ("open_frontage", "drinking_crowd", "closing_crowd_ratio", "frontage_reach_m", "frontage_venues_100m")
        direct = ("closing_hour_ratio",) if self.evaluated else ()
        return (*effect, *direct, *self.cost_evidence())


def _closing_moved(open_now: Array, hours: int) -> Array:
    """Open hours of one place (bool (24,), by clock) with the ends of its evenings moved; 04:00 ends every evening."""
    day = np.roll(open_now, -FIRST_HOUR)  # from 04:00 on
    if hours == 0 or day.all():
        return open_now
    evening = np.arange(HOURS) >= _EVENING - FIRST_HOUR
    ends = np.flatnonzero(day & ~np.append(day[1:], False))
    moved = day.copy()
    for last in ends[ends >= _EVENING - FIRST_HOUR - 1]:
        if hours > 0:
            moved[last + 1 : last + 1 + hours] = True
        else:
            gone = np.arange(max(last + 1 + hours, 0), last + 1)
            moved[gone[evening[gone]]] = False
    return np.roll(moved, FIRST_HOUR)


@once_a_draw
def direct_of_closing(parameters: Parameters, hours: int) -> Array:
    """Direct ratio by type (float64 (3,)) after dark where nightlife closes so many hours later (below 0: earlier).

    The drawn ratio an hour is a total of assaults; it holds the people who stay out and the crowd at closing time.
    Harassment and robbery were not evaluated.
    """
    if hours > 0:  # the study found the same both ways; the reference street closes at the end of the day already
        return np.asarray(1.0 / direct_of_closing(parameters, -hours))
    totals = np.ones((len(HAZARDS), 2))
    totals[_ASSAULT] = parameters.closing_hour_ratio**hours
    open_then = _closing_moved(np.isin(np.arange(HOURS), NIGHTLIFE_HOURS), hours)

    def moved(streets: Conditions) -> Conditions:
        nightlife = streets.nightlife.copy()
        nightlife[~open_then, MAIN] = 0.0
        return dataclasses.replace(streets, nightlife=nightlife)

    solved = solve_direct(parameters, moved, totals, MAIN)
    return np.where(np.arange(len(HAZARDS)) == _ASSAULT, solved[:, 1], 1.0)
