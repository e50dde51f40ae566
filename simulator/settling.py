"""Live a baseline until its flows settle, from empty streets and from full ones, with the same random numbers.

Fear and footfall feed each other, so a city may have several states in which nothing changes any more. Two arms that
share wishes and random numbers and differ only in what people remember tell: where their flows of a day agree, the
memory with which they began no longer matters. Chance cancels between them, so that even a small gap is a gap.
"""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from simulator.simulation import Simulation
from simulator.travel.day_walk import outdoors

Array = np.ndarray[Any, Any]
_FULL_CROWDS = 3.0
"""Streets count as full with so many times the people that make a crowd: 95 % of a crowd's effect."""
_EVERYBODY_KNOWS = 1e9
"""Passages a day by which a street is known to all."""


@dataclasses.dataclass(frozen=True)
class Settled:
    """How a baseline settled.

    Parameters
    ----------
    days
        Days that it lived.
    gap_share
        By day, as long as both were lived: share of all time outdoors that is spent on another street or at
        another hour where streets began full than where they began empty.
    tolerance_share
        Largest gap that counts as settled.
    """

    days: int
    gap_share: tuple[float, ...]
    tolerance_share: float

    @property
    def holds(self) -> bool | None:
        """Whether the flows agree; None if nobody looked."""
        return self.gap_share[-1] <= self.tolerance_share if self.gap_share else None

    def as_dict(self) -> dict[str, Any]:
        """For the manifest."""
        return {
            "days": self.days,
            "gap_empty_full_share": [float(f"{gap:.3g}") for gap in self.gap_share],
            "tolerance_share": self.tolerance_share,
            "checked": bool(self.gap_share),
            "settled": self.holds,
        }


def settle(
    baseline: Simulation,
    least_days: int,
    *,
    most_days: int | None = None,
    check: bool = True,
    progress: Callable[[int], None] | None = None,
    lived: Callable[[], None] = lambda: None,
) -> Settled:
    """Live a new baseline until it has settled, then solve the levels of incidents on its last day.

    Parameters
    ----------
    baseline
        An arm with empty memory.
    least_days
        Days lived at least, so that a memory is the mean of more than one day.
    most_days
        Days after which it is given up; three times the least by default.
    check
        Look whether it has settled, with a second arm from full streets; else it lives the least days.
    progress
        Told 1 for each of the least days.
    lived
        Called after each day of either arm, of which there are at most two for each of the least days unless it takes
        longer to settle.
    """
    tolerance = baseline.setting.parameters.settled_gap_share
    full: Simulation | None = begun_full(baseline) if check else None
    gaps: list[float] = []
    days = 0
    while days < least_days or (full is not None and days < (most_days or 3 * least_days)):
        if full is not None:
            full.inflation = baseline.inflation.copy()  # before the day's lesson: both wish for the same
            full.simulate_day()
            lived()
        baseline.simulate_day(learn_wishes=True)
        lived()
        if full is not None:
            gaps.append(flow_gap(baseline, full))
            full = full if gaps[-1] > tolerance else None
        if progress is not None and days < least_days:
            progress(1)
        days += 1
    baseline.freeze_levels()
    return Settled(days, tuple(gaps), tolerance)


def begun_full(baseline: Simulation) -> Simulation:
    """The same arm before its first day, with a memory of a crowd in every street at every hour."""
    setting = baseline.setting
    length_m = setting.network.streets.length_m
    crowd = _FULL_CROWDS * setting.parameters.crowd_people * length_m / (setting.in_view @ length_m)
    full = Simulation(setting, baseline.conditions)
    full.expected_on = np.broadcast_to(crowd, full.expected_on.shape).copy()
    full.passages[:] = _EVERYBODY_KNOWS
    return full


def flow_gap(one: Simulation, other: Simulation) -> float:
    """Share (0 to 1) of time outdoors that two lived days spend on different streets or at different hours."""
    assert one.walk is not None
    assert other.walk is not None
    flows = [outdoors(arm.walk) for arm in (one, other) if arm.walk is not None]
    return float(np.abs(flows[0] - flows[1]).sum() / max(flows[0].sum() + flows[1].sum(), 1))
