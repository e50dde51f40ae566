"""What brings people to a centre who live elsewhere, and when: tours of the survey that lead into its centre."""

import numpy as np
import pandas as pd

from experiments.profile_recipes.survey import Array
from experiments.profile_recipes.tours import tours_of

SECTORS = ("001", "002", "003")
"""The survey's sectors that we read as Montpellier's centre: the source gives numbers, no names. They have 25 000
residents; of the trips to them 7 to 8 % start at 21-04, of all trips 3.6 %."""
BLOCK_EDGES = (4, 9, 14, 17, 19, 21, 28)
"""Hours at which the blocks of the start of a tour begin, and the end of the last."""
PURPOSES = ("work", "study", "escort", "leisure", "shop", "other")
_TOURS_LENT = 20.0
"""Tours' worth of the share at any hour lent to each block, and of the share of all tours lent to each purpose."""


def purpose_of(kind: pd.Series) -> pd.Series:
    """What a tour is for, with the halves of a day and both ways of an escort together."""
    return kind.str.split("_").str[0].replace({"drop": "escort", "fetch": "escort"})


def block_of(start: pd.Series) -> Array:
    """Block of the start (minutes since midnight) of tours."""
    return np.searchsorted(BLOCK_EDGES, (start // 60 - 4) % 24 + 4, side="right") - 1


def pull(days: pd.DataFrame) -> pd.DataFrame:
    """How much likelier than others a tour leads into the centre, by what it is for and when it begins.

    Tours are of those who live elsewhere. Thin cells lean on the purpose at any hour, thin purposes on all tours.

    Parameters
    ----------
    days
        Trips as `tours.days_of` gives them, with the sector of the destination and of the home.

    Returns
    -------
    Purpose, from_hour, pull (1: as all tours), n (tours behind it, into the centre or not), n_centre (those into it).
    """
    every, into = tours_into(days)
    lent = _TOURS_LENT * every["weight"].mean()
    overall = into["weight"].sum() / every["weight"].sum()
    rows = []
    for purpose in PURPOSES:
        of, there = (table[table["purpose"] == purpose] for table in (every, into))
        share = (there["weight"].sum() + lent * overall) / (of["weight"].sum() + lent)
        for number, start in enumerate(BLOCK_EDGES[:-1]):
            cell, centre = (table[table["block"] == number] for table in (of, there))
            own = (centre["weight"].sum() + lent * share) / (cell["weight"].sum() + lent)
            told = {"pull": own / overall, "n": len(cell), "n_centre": len(centre)}
            rows.append({"purpose": purpose, "from_hour": start, **told})
    return pd.DataFrame(rows)


def tours_into(days: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tours of those who live elsewhere, and those of them with a stop in the centre, with their purpose and block."""
    elsewhere = days[~days["home_sector"].isin(SECTORS)]
    every, into = (
        found.assign(purpose=purpose_of(found["kind"]), block=block_of(found["start"]))
        for found in (tours_of(elsewhere), tours_of(ways_into(days)))
    )
    return every, into


def ways_into(days: pd.DataFrame) -> pd.DataFrame:
    """All trips of the tours with a stop in the centre, of those who live elsewhere."""
    elsewhere = days[~days["home_sector"].isin(SECTORS) & (days["tour"] > 0)]
    stops = elsewhere["to_sector"].isin(SECTORS) & (elsewhere["purpose"] != "home")
    return elsewhere[stops.groupby([elsewhere["person"], elsewhere["tour"]]).transform("any")]
