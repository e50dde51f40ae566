"""A watch of neighbours who go round their streets together in some hours."""

from typing import ClassVar, Literal

from pydantic import Field

from simulator.interventions.rounds import Rounds


class Watch(Rounds):
    """So many rounds of neighbours at once on the chosen streets, unpaid; where they go is not taken from risk."""

    kind: Literal["watch"] = "watch"
    grows: ClassVar[str] = "rounds"
    prices = ("", "watch_hour_cost", "")
    counted_in: ClassVar[str] = "volunteer-hours a year"  # unpaid; what supports them is paid
    displaces: ClassVar[str] = "young people and others who are taken for strangers, and are watched or moved on"
    rounds: float = Field(1.0, ge=0, le=1000, description="groups out at once on all of the chosen streets together")
    neighbours: int = Field(3, ge=1, le=20, description="neighbours in a group (people)")

    @property
    def groups(self) -> float:
        """Rounds at once."""
        return self.rounds

    @property
    def in_a_group(self) -> int:
        """Neighbours who go together."""
        return self.neighbours

    @property
    def felt_as(self) -> str:
        """Felt as hosts are; no direct ratio on incidents."""
        return "host"

    @property
    def evaluated(self) -> bool:
        """Watches were, for all crime on residential streets, most of it burglary: that is not applied to people."""
        return False

    def channels(self) -> tuple[str, ...]:
        """Through what a watch reaches the model."""
        return (
            "neighbours in view for a share of the time, felt as hosts are: feeling safe, routes, trips made",
            "the neighbours themselves are out: people around, and exposed; their time is not counted",
            "no direct ratio on incidents: what was evaluated is burglary and theft for the most part",
        )

    def evidence(self) -> tuple[str, ...]:
        """Parameters that the effect and cost of a watch rest on."""
        return ("guardian_host", "view_radius_m", *self.cost_evidence())
