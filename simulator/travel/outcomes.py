"""What becomes of a wished trip: its primary outcome, and why it is not as it would be at noon and without fear."""

from typing import Any

import numpy as np

from simulator.foundation.categories import OUTCOMES
from simulator.kernels.choosing import BACK_BY, COMPANY, NOT_GOING
from simulator.kernels.costs import TAXI, VARIANTS

Array = np.ndarray[Any, Any]
AS_PLANNED, DETOURED, SHIFTED, SWITCHED, ACCOMPANIED, NOT_MADE = range(len(OUTCOMES))
FEAR, NO_SERVICE, CANNOT_PAY, OTHER, STEPS = 1, 2, 4, 8, 16
REASONS = {
    FEAR: "feeling unsafe",
    NO_SERVICE: "no service",
    CANNOT_PAY: "cannot pay a taxi",
    OTHER: "other",
    STEPS: "steps",
}
"""Why a trip is not as it would be at noon and without fear. People may feel unsafe by day too: in a tunnel, in a crowd
that drinks, where nobody is about."""


def primary_outcome(modes: list[Array], variant: Array, calm_variant: Array) -> Array:
    """Primary outcome of each trip against what would be done at noon and without fear."""
    mode, calm = modes[0], modes[1]
    outcome = np.full(mode.size, AS_PLANNED)
    outcome[(variant == COMPANY) & (calm_variant != COMPANY)] = ACCOMPANIED
    outcome[(variant > COMPANY) & (variant < BACK_BY)] = SHIFTED
    outcome[mode != calm] = SWITCHED
    outcome[mode == NOT_GOING] = NOT_MADE
    return outcome


def reasons(
    modes: list[Array], variants: list[Array], outcome: Array, pays: Array, hindered: Array, shut: Array | bool = False
) -> Array:
    """Bits of `REASONS` for trips that are not what they would be: what, were it otherwise, would change the choice.

    Parameters
    ----------
    modes, variants
        Of each trip as it is, as planned, without fear, with the service of noon, without steps, could a taxi be paid.
    hindered
        Trips (bool) of tours with steps in the way of somebody in a wheelchair: where nothing alone would change
        the choice, steps are to blame for those, and fear and want of a service together for all others.
    shut
        Trips (bool) of tours on which no way on foot is open: where nothing alone would change the choice, that is why.
    """
    ways = [mode * VARIANTS + how for mode, how in zip(modes, variants, strict=True)]
    real, wished, unafraid, served, level = ways[:5]
    afraid, stranded, stopped = real != unafraid, real != served, real != level
    nothing_alone = ~afraid & ~stranded & ~stopped & (real != wished)
    both = nothing_alone & ~hindered & ~np.asarray(shut)
    why = np.where(afraid | both, FEAR, 0) | np.where(stranded | both, NO_SERVICE, 0)
    why |= np.where(stopped | nothing_alone & hindered, STEPS, 0)
    why |= np.where(~pays & (modes[-1] == TAXI) & (modes[0] != TAXI), CANNOT_PAY, 0)
    why |= np.where(nothing_alone & shut & ~hindered, OTHER, 0)
    why = np.where(outcome == AS_PLANNED, 0, why)
    return np.where((modes[1] == NOT_GOING) & (modes[0] == NOT_GOING), OTHER, why)
