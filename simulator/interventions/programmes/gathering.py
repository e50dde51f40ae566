"""Programmes out of doors: sport, youth work and culture that people attend in the evening."""

from typing import ClassVar, Literal

from pydantic import Field, model_validator

from simulator.city.conditions import Conditions, Draw, Gathering
from simulator.city.network import StreetNetwork
from simulator.city.stays import STAYS, spread_stays
from simulator.interventions.base import Array, Placement
from simulator.interventions.timed import (
    Timed,
    gathered,
    walked_by,
)


class Programme(Timed):
    """So many people of some gender and age take part on the chosen streets, with staff."""

    kind: Literal["programme"] = "programme"
    grows: ClassVar[str] = "attendance"
    prices = ("", "programme_hour_cost", "")
    displaces: ClassVar[str] = "young people who use the place already and do not take part"
    attendance: float = Field(20.0, ge=0, le=10_000, description="people who take part at once, once it is known")
    staff: float = Field(2.0, ge=0, le=200, description="staff there at once")
    women_share: float = Field(0.5, ge=0, le=1, description="share of women and girls among them (0 to 1)")
    from_age: int = Field(10, ge=0, le=120, description="youngest who take part (years)")
    until_age: int = Field(24, ge=0, le=120, description="oldest who take part (years)")
    onset: float = Field(
        1.0, ge=0, le=1, description="share of the attendance that is reached by the day simulated (0 to 1)"
    )

    @model_validator(mode="after")
    def _ages(self) -> "Programme":
        if self.from_age > self.until_age:
            raise ValueError(f"from_age {self.from_age} is above until_age {self.until_age}")
        return self

    def place(self, network: StreetNetwork, segments: Array) -> Placement:
        """Staff-hours of a year."""
        there = segments if self.attendance * self.onset + self.staff > 0 else segments[:0]
        return self.placed(network, there, self.staff * self.hours_a_year(network), "staff-hours a year")

    def change(self, conditions: Conditions, placement: Placement, draw: Draw) -> Conditions:
        """Those who take part are people around; staff are there to turn to."""
        network, where, on = draw.network, placement.segments, self.on(draw)
        if not where.size or not on.any():
            return conditions
        changed, _ = walked_by(conditions, draw, where, on, self.staff, "staff")
        kind = STAYS.index("participant")
        for gender, part in (("woman", self.women_share), ("man", 1.0 - self.women_share)):
            people = self.attendance * self.onset * part
            if people > 0:
                stays = spread_stays(network, where, people, on, (kind, f"{self.name} {gender}"))
                changed = gathered(changed, Gathering(stays, (gender,), self.from_age, self.until_age))
        return changed

    @property
    def evaluated(self) -> bool:
        """Evaluations are of crime in parks of one city, uncontrolled or without figures that carry over."""
        return False

    def channels(self) -> tuple[str, ...]:
        """Through what a programme reaches the model."""
        return (
            "those who take part are people around, by gender and age, and are exposed themselves",
            "staff in view for a share of the time, and through it feeling safe, routes and trips made",
            "what they would have done instead, and how they come and go, is not modelled",
        )

    def evidence(self) -> tuple[str, ...]:
        """Parameters that the effect and cost of a programme rest on."""
        return ("guardian_staff", "nobody_in_view", "crowd_people", "view_radius_m", *self.cost_evidence())
