"""More people than usual: many arrivals, and a big event."""

import dataclasses
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from simulator.city.conditions import Conditions, Draw, Gathering
from simulator.city.network import StreetNetwork
from simulator.city.stays import STAYS, spread_stays
from simulator.interventions.base import Area, Array, Placement
from simulator.interventions.shocks.base import Shock
from simulator.interventions.timed import gathered, on_streets, treated


class Arrivals(Shock):
    """So many times as many visitors as usual come into the district, at their usual hours."""

    kind: Literal["arrivals"] = "arrivals"
    displaces: ClassVar[str] = "residents, by rents and noise, and arrivals who stay longer than a day"
    where: Area = Field(Area(selector="segments"), description="streets that count as reached, for the maps")
    times: float = Field(2.0, gt=0, le=10, description="how many times as many visitors come (1: as usual)")

    def place(self, network: StreetNetwork, segments: Array) -> Placement:
        """All streets that are meant."""
        there = segments if self.times != 1.0 else segments[:0]
        return self.placed(network, there, float(there.size), "segments")

    def change(self, conditions: Conditions, placement: Placement, draw: Draw) -> Conditions:
        """Each visitor stands for so many times as many."""
        if not placement.segments.size or not self.on(draw).any():
            return conditions
        more = dataclasses.replace(conditions, visitors=conditions.visitors * self.times)
        return treated(more, placement.segments)

    def channels(self) -> tuple[str, ...]:
        """Through what many arrivals reach the model."""
        return (
            "people around: each visitor who is simulated stands for so many times as many, on every trip of the day "
            "whatever its hour",
            "places do not fill up, and buses take everybody",
        )

    def evidence(self) -> tuple[str, ...]:
        """Parameters that the effect rests on."""
        return ("nobody_in_view", "crowd_people", "view_radius_m")


class Event(Shock):
    """So many people gather on the chosen streets in some hours: a match, a concert, a march."""

    kind: Literal["event"] = "event"
    displaces: ClassVar[str] = "those who live there (noise), and traders and rough sleepers who are moved on"
    attendance: float = Field(1000.0, ge=0, le=1_000_000, description="people who are there at once")
    women_share: float = Field(0.5, ge=0, le=1, description="share of women and girls among them (0 to 1)")
    from_age: int = Field(16, ge=0, le=120, description="youngest who attend (years)")
    until_age: int = Field(64, ge=0, le=120, description="oldest who attend (years)")
    drinking: float = Field(0.0, ge=0, le=1, description="how far it is a drinking crowd (0: not, 1: as at nightlife)")

    @model_validator(mode="after")
    def _ages(self) -> "Event":
        if self.from_age > self.until_age:
            raise ValueError(f"from_age {self.from_age} is above until_age {self.until_age}")
        return self

    def place(self, network: StreetNetwork, segments: Array) -> Placement:
        """All streets that are meant."""
        there = segments if self.attendance > 0 else segments[:0]
        return self.placed(network, there, self.attendance if there.size else 0.0, "people")

    def change(self, conditions: Conditions, placement: Placement, draw: Draw) -> Conditions:
        """Those who attend are people around, by gender and age; a drinking crowd counts as nightlife does."""
        network, where, on = draw.network, placement.segments, self.on(draw)
        if not where.size or not on.any():
            return conditions
        found, kind = treated(conditions, where), STAYS.index("participant")
        if self.drinking > 0:
            crowd = on_streets(on, where, network) * self.drinking
            found = dataclasses.replace(found, nightlife=np.maximum(found.nightlife, crowd).astype(np.float32))
        for gender, share in (("woman", self.women_share), ("man", 1.0 - self.women_share)):
            people = self.attendance * share
            if people > 0:
                stays = spread_stays(network, where, people, on, (kind, f"{self.name} {gender}"))
                found = gathered(found, Gathering(stays, (gender,), self.from_age, self.until_age))
        return found

    def channels(self) -> tuple[str, ...]:
        """Through what a big event reaches the model."""
        return (
            "people around on its streets, by gender and age, who are exposed themselves",
            "feeling safe in a crowd, and in a drinking crowd where it is one",
            "how they come and go, and who stewards them, is not modelled: add arrivals and hosts",
        )

    def evidence(self) -> tuple[str, ...]:
        """Parameters that the effect rests on."""
        return ("nobody_in_view", "crowd_people", "view_radius_m", "drinking_crowd")
