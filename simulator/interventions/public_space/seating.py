"""Seats along the way: somewhere to rest, and people who sit there."""

from typing import ClassVar, Literal

from pydantic import Field, model_validator

from simulator.city.conditions import Conditions, Draw, Gathering
from simulator.city.network import StreetNetwork
from simulator.city.stays import STAYS, spread_stays
from simulator.interventions.base import Array, Placement, not_given
from simulator.interventions.timed import Timed, gathered, length_of, treated


class Seating(Timed):
    """Benches along the chosen streets, on which some people sit in some hours."""

    kind: Literal["seating"] = "seating"
    grows: ClassVar[str] = "benches_per_100m"
    prices = ("bench_capital", "bench_running", "bench_lifetime")
    displaces: ClassVar[str] = "rough sleepers and young people, where seats are made so that nobody can lie on them"
    from_hour: int = Field(10, ge=0, le=23, description="first clock hour in which somebody sits there")
    until_hour: int = Field(20, ge=0, le=23, description="clock hour from which on nobody does")
    benches_per_100m: float = Field(1.0, ge=0, le=50, description="benches (benches per 100 m)")
    sitters_per_bench: float | None = Field(
        None,
        ge=0,
        le=6,
        description="people on a bench at once in these hours  [default: assumed by the evidence]",
    )
    from_age: int = Field(65, ge=0, le=120, description="youngest of those who are taken to sit there (years)")
    until_age: int = Field(120, ge=0, le=120, description="oldest of them (years)")

    @model_validator(mode="after")
    def _ages(self) -> "Seating":
        if self.from_age > self.until_age:
            raise ValueError(f"from_age {self.from_age} is above until_age {self.until_age}")
        return self

    def _benches(self, network: StreetNetwork, segments: Array) -> float:
        return self.benches_per_100m * length_of(network, segments) / 100.0

    def place(self, network: StreetNetwork, segments: Array) -> Placement:
        """Benches."""
        there = segments if self.benches_per_100m > 0 else segments[:0]
        return self.placed(network, there, self._benches(network, there), "benches")

    def change(self, conditions: Conditions, placement: Placement, draw: Draw) -> Conditions:
        """Those who sit there are people around."""
        network, where, on = draw.network, placement.segments, self.on(draw)
        if not where.size or not on.any():
            return conditions
        each = draw.parameters.bench_sitters if self.sitters_per_bench is None else self.sitters_per_bench
        people = each * self._benches(network, where)
        changed = treated(conditions, where)
        if not people:
            return changed
        stays = spread_stays(network, where, people, on, (STAYS.index("participant"), self.name))
        return gathered(changed, Gathering(stays, (), self.from_age, self.until_age))

    @property
    def evaluated(self) -> bool:
        """No outcome evaluation of seats by themselves was found."""
        return False

    def channels(self) -> tuple[str, ...]:
        """Through what seats reach the model."""
        return (
            "those who sit there are people around, of the stated ages, and exposed themselves; how many is assumed",
            "that people who walk with difficulty set out more often and go farther where they can rest is left out: "
            "asked to choose, 75 instead of 60 % of such people of 65 to 85 would set out, for 8 minutes more "
            "(Eindhoven 2024); here a measure changes how a wished trip is made, not how many are wished",
        )

    def evidence(self) -> tuple[str, ...]:
        """Parameters that the effect and cost of seats rest on."""
        own = not_given({"bench_sitters": self.sitters_per_bench})
        return (*own, "nobody_in_view", "crowd_people", "view_radius_m", *self.cost_evidence())
