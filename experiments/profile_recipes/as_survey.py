"""The Montpellier survey as two tables that `afterdark calibrate people --survey` takes: an example with real answers.

Run `AFTERDARK_DATA=/path/to/data python -m experiments.profile_recipes.as_survey FOLDER [RING]` with the extra `recipe`
installed (pyreadr). It writes `persons.csv` and `trips.csv`; RING keeps those who live in one of the survey's three
rings (1 to 3; 3 holds the centre), as if they were another city.
"""

import logging
import sys
from pathlib import Path

import pandas as pd

from experiments.profile_recipes.recipe import data_folder
from experiments.profile_recipes.survey import read_persons, read_trips
from experiments.profile_recipes.tours import role_of, stop_of
from simulator.errors import AfterdarkError, InputError
from simulator.results.files import whole_folder

LOGGER = logging.getLogger(__name__)
RINGS = ("1", "2", "3")
PERSONS = ("person", "gender", "age", "role", "weight")
TRIPS = ("person", "start", "purpose", "end", "origin")
LATEST_MIN = 36 * 60 - 1
"""A day of the `--survey` tables ends by noon of the next one: a trip that was said to arrive later arrives then."""


def as_survey(persons: pd.DataFrame, trips: pd.DataFrame, ring: str | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Persons and trips with the columns and words of `--persons` and `--survey`.

    Parameters
    ----------
    persons, trips
        As `survey.read_persons` and `survey.read_trips` give them.
    ring
        One of `RINGS`; everybody if None.
    """
    asked = persons.assign(role=role_of(persons["occupation"], persons["age"]))
    if ring is not None:
        asked = asked[asked["home_ring"] == ring]
    made = trips[trips["person"].isin(set(asked["person"]))]
    stops = stop_of(made["code"], made["purpose"]).replace({"care": "drop"})  # what is left of care: taking somebody
    origins = made["origin"].replace({"care": "drop"})
    made = made.assign(purpose=stops, origin=origins, end=made["end"].clip(upper=LATEST_MIN))
    return asked[list(PERSONS)].reset_index(drop=True), made[list(TRIPS)].reset_index(drop=True)


def write_survey(folder: Path, target: Path, ring: str | None = None) -> None:
    """Write `persons.csv` and `trips.csv` into a new folder.

    Raises
    ------
    InputError
        If `ring` is none of `RINGS`, or the folder cannot be written.
    """
    if ring is not None and ring not in RINGS:
        raise InputError(f"ring {ring}: expected one of {', '.join(RINGS)}, or nothing for all of them")
    persons = read_persons(folder)
    tables = as_survey(persons, read_trips(folder, persons), ring)
    with whole_folder(target) as part:
        for name, table in zip(("persons", "trips"), tables, strict=True):
            table.to_csv(part / f"{name}.csv", index=False, lineterminator="\n")


def main() -> int:
    """Write the two tables; 0 if all is well, 2 if something is missing."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    try:
        if len(sys.argv) not in (2, 3):
            raise InputError("expected a new folder to write, and maybe a ring (1, 2 or 3)")
        write_survey(data_folder(), Path(sys.argv[1]), *sys.argv[2:])
    except AfterdarkError as error:
        LOGGER.error("%s", error)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
