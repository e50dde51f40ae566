"""How well tours fitted to one half of a travel survey's persons tell those of the other half, beside the shipped ones.

Halves are by a hash of the person, as in the shipped survey (`experiments.profile_recipes.tours.half_of`). That a
fitted table comes nearer to persons whom it was not fitted to is the only evidence that fitting it was worth while;
with few respondents it need not.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from experiments.calibration.own_tours import cells_of, fit_tours
from experiments.calibration.own_travel import FEWEST, TravelSurvey
from experiments.calibration.tours_file import shipped_tours
from experiments.profile_recipes.tours import half_of


class HeldAside(NamedTuple):
    """What the half that was kept aside says of two tables."""

    persons: int
    cells: pd.DataFrame
    """As `OwnTours.cells`, of those kept aside: found among them, shipped, and fitted to the others."""

    def off(self, table: str) -> tuple[float, float]:
        """How far a table (`shipped` or `fitted`) is off in a group, in the mean over those asked.

        Tours a day as a share of those found, and the share that begins at night in points.
        """
        asked = self.cells["asked"].to_numpy(float)
        tours = np.abs(self.cells[f"{table}_tours"] / self.cells["found_tours"] - 1.0)
        night = np.abs(self.cells[f"{table}_night"] - self.cells["found_night"])
        return float(np.average(tours, weights=asked)), 100.0 * float(np.average(night, weights=asked))


def held_aside(survey: TravelSurvey) -> HeldAside | None:
    """Fit one half of the persons and hold the other against it; None where a half has fewer than `FEWEST` persons."""
    half = half_of(survey.persons["person"])
    if min(np.sum(half == name) for name in "AB") < FEWEST:
        return None
    kept, aside = (_part(survey, set(survey.persons["person"][half == name])) for name in "AB")
    cells = cells_of(aside, {"shipped": shipped_tours(), "fitted": fit_tours(kept).table})
    cells = cells[cells["found_tours"] > 0]
    return HeldAside(len(aside.persons), cells) if len(cells) else None


def _part(survey: TravelSurvey, who: set[str]) -> TravelSurvey:
    persons, days = (table[table["person"].isin(who)].reset_index(drop=True) for table in (survey.persons, survey.days))
    return TravelSurvey(persons, days, {})


def in_words(held: HeldAside | None) -> str:
    """One line for who fits a survey."""
    if held is None:
        return f"(Too few respondents to keep half of them aside as a test: {FEWEST} are needed in each half.)"
    told = {
        name: "{:.1f} % of tours a day, {:.2f} points of night share".format(*_percent(held.off(name)))
        for name in ("shipped", "fitted")
    }
    return (
        f"(A test: fitted to half of the persons and held against the {held.persons} others, in the mean over groups "
        f"the fitted table is off by {told['fitted']}; the shipped one by {told['shipped']}.)"
    )


def _percent(off: tuple[float, float]) -> tuple[float, float]:
    return 100.0 * off[0], off[1]
