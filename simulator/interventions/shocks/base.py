"""What a shock is: something that nobody chose, which holds whatever measures there are."""

from collections.abc import Sequence
from typing import ClassVar

from simulator.city.conditions import Conditions, Draw
from simulator.interventions.base import Measure, Placement
from simulator.interventions.strength import share_on, with_measure
from simulator.interventions.timed import Timed


class Shock(Timed):
    """Base of shocks: in some hours, without a price, and stronger than the measures that meet it.

    A case may be a shock (what does it do?), and any case may be tried under one, which then befalls the baseline
    too (`Simulation.under`).
    """

    prices = ("", "", "")
    is_shock: ClassVar[bool] = True

    @property
    def evaluated(self) -> bool:
        """Nobody evaluated a shock as one evaluates a measure."""
        return False

    def hold(
        self, before: Conditions, after: Conditions, measure: Measure, placed: tuple[Placement, Draw]
    ) -> Conditions:
        """What is left of a measure's change under this shock: all of it, unless a shock says otherwise.

        Parameters
        ----------
        before, after
            The streets before and after the measure, the shock in place.
        measure
            What changed them.
        placed
            Where the shock stands, and the draw.
        """
        return after


def changed(
    conditions: Conditions, placements: Sequence[Placement], draw: Draw, under: Sequence[Placement] = ()
) -> Conditions:
    """The streets after measures and shocks; shocks come first, and hold back what cannot be under them.

    Parameters
    ----------
    placements
        What is put on the streets, in its order.
    under
        Shocks that are there already.
    """
    shocks = [*under, *(one for one in placements if one.measure.is_shock)]
    shocks = [one for one in shocks if share_on(one.measure, draw.date) > 0.0]  # one that is over holds nothing back
    for placement in sorted(placements, key=lambda one: not one.measure.is_shock):
        before, conditions = conditions, with_measure(conditions, placement, draw)
        for shock in shocks:
            if isinstance(shock.measure, Shock) and not placement.measure.is_shock:
                conditions = shock.measure.hold(before, conditions, placement.measure, (shock, draw))
    return conditions
