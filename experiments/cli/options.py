"""Options that several commands share, and how they become `Options`."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from simulator.errors import InputError

if TYPE_CHECKING:
    from experiments.runs import Options

City = Annotated[
    str | None,
    typer.Option(help="short name (see network list) or GeoPackage  [default: the case's, else helsinki-centre]"),
]
People = Annotated[
    int,
    typer.Option(
        help="number of simulated agents. Each agent represents several people. More agents "
        "give more detail and take longer."
    ),
]
Date = Annotated[
    str | None,
    typer.Option(
        help="date to simulate (YYYY-MM-DD). It sets the hours of darkness and the transit "
        "timetable.  [default: the case's, else the darkest working day there]"
    ),
]
Calendar = Annotated[
    Literal["day", "year"],
    typer.Option(help="day: the date alone; year: sixteen days that stand for its calendar year, and their mean"),
]
Seed = Annotated[int, typer.Option(help="seed of all random numbers. The same seed gives the same result.")]
Threads = Annotated[int, typer.Option(min=1, max=256, help="processor threads of one run; results do not depend on it")]
Days = Annotated[
    int,
    typer.Option(min=1, max=60, help="number of simulated days (all with this date). Results are averages over them."),
]
Keep = Annotated[
    str,
    typer.Option(
        help="tables to store: summary; people (also one row per agent); all (also one row per trip); reasons (why "
        "walks do not feel safe)"
    ),
]
Out = Annotated[Path | None, typer.Option(help="folder to write  [default: a new one under runs/]")]
StoreFolder = Annotated[
    Path, typer.Option("--store", help="folder of stored runs. A stored run is not computed again.")
]
Values = Annotated[
    Path | None,
    typer.Option(
        help="TOML file with your own parameter values (`parameter = number`). `afterdark "
        "evidence` lists the parameters."
    ),
]
Persons = Annotated[
    Path | None, typer.Option(help="your own table of persons (CSV or Parquet). It replaces the simulated residents.")
]
PersonsColumns = Annotated[str | None, typer.Option(help="its columns: gender=sex,age=alter,... or a TOML file")]
Tours = Annotated[
    Path | None,
    typer.Option(help="your city's own tours (`afterdark calibrate people --survey`). Without it: the shipped survey."),
]
Overlay = Annotated[
    list[str] | None,
    typer.Option(
        help="case of a shock (blackout, flood, curfew, ...) that befalls the baseline and every case alike. May be "
        "given more than once."
    ),
]
LightExtremes = Annotated[
    bool,
    typer.Option(help="where most light is guessed, compare also with all those streets lit, and with none"),
]
CheckSettling = Annotated[
    bool,
    typer.Option(
        "--check-settling",
        help="in every draw, live the settling days a second time from full streets and go on until both agree. "
        "Without it one draw in eight is checked.",
    ),
]
Profile = Annotated[
    bool, typer.Option("--profile", help="print where the computing time went: seconds, calls, rows and MB by stage")
]
EquityWeight = Annotated[
    float,
    typer.Option(help="how much more the worse off count, from 0 (all alike, nothing is weighted) to 5"),
]
FailOnHarm = Annotated[
    bool,
    typer.Option("--fail-on-harm", help="end with exit status 3 if harm is found for anybody (from 3 draws on)"),
]
AsJson = Annotated[bool, typer.Option("--json", help="print JSON for programs")]
Full = Annotated[bool, typer.Option("--full", help="all tables, not only the answer in short")]
Quiet = Annotated[
    bool, typer.Option("--quiet", help="do not show progress. Cautions about the result are still shown.")
]
UnitValues = Annotated[
    Path | None,
    typer.Option(help="TOML file of what gains are worth, each with its source. Without it nothing has a price."),
]
Observed = Annotated[
    Path | None,
    typer.Option(help="CSV file of what was counted or asked after 1, 3 or 6 years, told beside what was expected"),
]
Replications = Annotated[
    int,
    typer.Option(min=1, max=10_000, help="number of draws. Each draw uses other values for all uncertain parameters."),
]
Workers = Annotated[int | None, typer.Option(min=1, max=256, help="runs at once  [default: the processors there are]")]

STORE = Path("runs") / "store"
MOST_AGENTS = 2_000_000


def processors() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_options(
    *,
    city: str | None,
    people: int,
    date: str | None,
    seed: int,
    days: int,
    threads: int = 1,
    keep: str = "summary",
    values: Path | None = None,
) -> "Options":
    """Check the shared options together and put them in one value.

    Raises
    ------
    InputError
        Listing every option that cannot be used.
    """
    from experiments.identity import parse_date
    from experiments.runs import KEEP, Options, city_of
    from experiments.values import read_values
    from simulator.city.sun import darkest_working_day

    faults = []
    if not 100 <= people <= MOST_AGENTS:
        faults.append(
            InputError(
                f"--people: found {people}, expected 100 to {MOST_AGENTS} agents (2 000 or more for usable groups)"
            )
        )
    if keep not in KEEP:
        faults.append(InputError(f"--keep: found {keep!r}, expected one of {', '.join(KEEP)}"))
    if not 0 <= seed < 2**63:
        faults.append(InputError(f"--seed: found {seed}, expected a whole number from 0 to 2^63 - 1"))
    name = city or "helsinki-centre"
    day = darkest_working_day(0.0)
    overrides: tuple[tuple[str, float], ...] = ()
    with _collected(faults):
        day = parse_date(date, day)
    with _collected(faults):
        overrides = read_values(values)
    with _collected(faults):
        latitude = city_of(name).latitude
        if date is None:
            day = darkest_working_day(latitude)
    if len(faults) == 1:
        raise faults[0]
    if faults:
        lines = [line for error in faults for line in (error.message, *error.faults)]
        raise InputError("the options cannot be used", lines)
    return Options(
        city=name, agents=people, date=day, seed=seed, days=days, threads=threads, keep=keep, values=overrides
    )


def with_persons(options: "Options", file: Path | None, columns: str | None) -> tuple["Options", str]:
    """The options with a file of persons, read at once so that its faults come before any work; and a note on it.

    Raises
    ------
    InputError
        If the file cannot be used, or columns are named without one.
    """
    import dataclasses

    from experiments.runs import persons_of

    if file is None:
        if columns is not None:
            raise InputError(f"--persons-columns {columns}: found no --persons, expected the file with those columns")
        return options, ""
    options = dataclasses.replace(options, persons=str(file.resolve()), persons_columns=columns or "")
    return options, persons_of(options)[1]


def with_tours(options: "Options", file: Path | None) -> "Options":
    """The options with a city's own tours, read at once so that its faults come before any work.

    Raises
    ------
    InputError
        If the file cannot be used.
    """
    import dataclasses

    from experiments.calibration.tours_file import read_tours

    if file is None:
        return options
    read_tours(file)
    return dataclasses.replace(options, tours=str(file.resolve()))


def with_overlays(options: "Options", cases: Sequence[str] | None) -> "Options":
    """The options with shocks that befall every run.

    Raises
    ------
    InputError
        If a case cannot be read or holds more than shocks, or one is given twice.
    """
    import dataclasses

    from experiments.overlays import shocks_of
    from experiments.runs import city_of
    from scenarios import load_scenario

    overlays = tuple(load_scenario(case) for case in cases or ())
    twice = sorted({one.name for one in overlays if overlays.count(one) > 1})
    if twice:
        raise InputError(f"--overlay: found {twice[0]} twice, expected each shock once; leave one out")
    if overlays:
        shocks_of(overlays, city_of(options.city))
    return dataclasses.replace(options, overlays=overlays)


def given_of(unit_values: Path | None, observed: Path | None) -> dict[str, Any]:
    """What is given for the analysis by name, as `analysis.answer.finding.Basis` takes it.

    Raises
    ------
    InputError
        If a file cannot be used.
    """
    from analysis.answer.cost import UNIT_VALUES
    from analysis.answer.observed import read_observed
    from analysis.answer.review import OBSERVED
    from analysis.cost.unit_values import read_unit_values

    given: dict[str, Any] = {} if unit_values is None else {UNIT_VALUES: read_unit_values(unit_values)}
    return given if observed is None else given | {OBSERVED: read_observed(observed)}


@contextmanager
def _collected(faults: list[InputError]) -> Iterator[None]:
    try:
        yield
    except InputError as error:
        faults.append(error)
