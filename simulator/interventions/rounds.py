"""People who walk to and fro along the chosen streets in some hours: hosts, patrols, neighbours."""

from abc import abstractmethod
from typing import ClassVar

from simulator.city.conditions import Conditions, Draw, Gathering
from simulator.city.network import StreetNetwork
from simulator.city.stays import STAYS, spread_stays
from simulator.interventions.base import Array, Placement
from simulator.interventions.timed import Timed, gathered, walked_by


class Rounds(Timed):
    """Base of measures whose people go round: in view for a share of the time, and out themselves.

    Where they go is never taken from simulated risk: they are anywhere on the chosen streets, as likely as anywhere.
    """

    counted_in: ClassVar[str] = "hours a year"
    """What their hours are called in the cost."""
    out_as: ClassVar[str] = "host"
    """The word of `STAYS` for what they do there."""

    @property
    @abstractmethod
    def groups(self) -> float:
        """How many are in view of others at once: groups, or people who go alone."""

    @property
    def in_a_group(self) -> int:
        """People in a group."""
        return 1

    @property
    @abstractmethod
    def felt_as(self) -> str:
        """The word of `GUARDIANS` that they count as."""

    def place(self, network: StreetNetwork, segments: Array) -> Placement:
        """Hours of all of them in a year."""
        there = segments if self.groups > 0 else segments[:0]
        hours = self.groups * self.in_a_group * self.hours_a_year(network)
        return self.placed(network, there, hours, self.counted_in)

    def change(self, conditions: Conditions, placement: Placement, draw: Draw) -> Conditions:
        """They are in view for a share of the time, with what that does, and are out themselves."""
        network, on, where = draw.network, self.on(draw), placement.segments
        if not on.any() or not where.size:
            return conditions
        changed, there = walked_by(conditions, draw, where, on, self.groups, self.felt_as)
        changed = self.in_view(changed, conditions, there, draw)
        people = self.groups * self.in_a_group
        stays = spread_stays(network, where, people, on, (STAYS.index(self.out_as), self.name))
        return gathered(changed, Gathering(stays))

    def in_view(self, changed: Conditions, before: Conditions, there: Array, draw: Draw) -> Conditions:
        """What else changes as far as one of them is in view (float64 (24, S)); nothing unless a kind says so."""
        return changed
