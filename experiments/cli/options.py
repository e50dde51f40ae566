"""Options that several commands share, and how they become `Options`."""

import os
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulator.errors import InputError

if TYPE_CHECKING:
    from experiments.runs import Options
    from simulator.evidence.parameters import Evidence

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
Seed = Annotated[int, typer.Option(help="seed of all random numbers. The same seed gives the same result.")]
Threads = Annotated[int, typer.Option(min=1, max=256, help="processor threads of one run; results do not depend on it")]
Days = Annotated[
    int,
    typer.Option(min=1, max=60, help="number of simulated days (all with this date). Results are averages over them."),
]
Keep = Annotated[
    str, typer.Option(help="tables to store: summary; people (also one row per agent); all (also one row per trip)")
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
_MOST_SPREAD = 5.0
_OF_MEASURES = {
    "lamp_spacing": "it belongs in the case, as spacing_m of the measure",
    "lamp_power": "it belongs in the case, as lamp_watts of the measure",
    "bus_stop_to_stop_min": "the timetable of the city says so; build it with --gtfs",
}
_OF_CITIES = (
    *("residents_per_km_", "core_km_", "light_imputed_"),
    *("building_levels", "dwelling_", "floor_area_per_job", "gateway_weight_", "lamp_flux", "lamp_height"),
    *("lighting_class_", "residential_share_", "efficacy_", "part_night_off_", "light_neighbour_"),
    *("assumed_", "access_reach_", "audit_", "wayside_"),
    *("lit_prior_", "light_run_length", "light_tagging_selection", "settled_density"),
    *("residents_working_most", "jobs_unfilled_most"),
)
"""Beginnings of the names of the parameters that cities are made with."""
_OF_FITS = ("fit_", "busy_odds_", "park_odds_", "survey_logit_error")
"""Beginnings of the names of what surveys found, which parameters are fitted to."""
_OF_EVALUATIONS = ("count_night_sd", "count_year_sd", "survey_design_effect")
"""Names of what plans of evaluations rest on."""
_OF_TABLES = ("survey_speed_",)
"""Beginnings of the names of what the tables of the travel survey are made with."""


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


def read_values(file: Path | None) -> tuple[tuple[str, float], ...]:
    """Parameters that the user fixes, from a TOML file of ``name = number``, sorted by name.

    ``name = {value = number, sd = number}`` gives two: the second is named ``name.sd``.

    Raises
    ------
    InputError
        Naming every key that is no parameter or no number within what is physically possible for it.
    """
    if file is None:
        return ()
    from simulator.evidence.parameters import SPREAD, load_evidence

    try:
        read = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(
            f"--values {file}: cannot be read ({reason}), expected a TOML file with lines such as light_relief_lx = 2.0"
        ) from None
    evidence = load_evidence()
    read, faults = _by_gender(read)
    for name, value in read.items():
        bare = name.removesuffix(SPREAD).rpartition(".")[2]
        fault = (_spread_fault if name.endswith(SPREAD) else _value_fault)(bare, value, evidence)
        if fault:
            faults.append(f"{name}: {fault}")
    sun = [read.get(name, evidence[name].value) for name in ("dark_begins_deg", "dark_complete_deg")]
    if not faults and sun[1] >= sun[0]:
        faults.append(f"dark_complete_deg: found {sun[1]}, expected less than dark_begins_deg, which is {sun[0]}")
    if faults:
        raise InputError(f"--values {file}: cannot be used", faults)
    return tuple(sorted((name, float(value)) for name, value in read.items()))


def _by_gender(read: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Tables such as [woman] as names such as ``woman.tunnel``, and what stands in them that may not."""
    from simulator.evidence.parameters import OF_GENDER, SPREAD, load_evidence
    from simulator.foundation.spelling import GENDER_WORDS, gender_fault

    flat: dict[str, Any] = {}
    faults = []
    for name, value in read.items():
        gender = GENDER_WORDS.get(name.casefold())
        if not isinstance(value, dict) or name in load_evidence():
            flat[name] = value
        elif gender is None:
            faults.append(f"[{name}]: found a table of {gender_fault(name)}")
        else:
            others = sorted(set(value) - set(OF_GENDER))
            faults += [f"{name}.{one}: expected one of {', '.join(OF_GENDER)}" for one in others]
            own = {f"{gender}.{one}": number for one, number in value.items() if one in OF_GENDER}
            faults += [f"[{name}]: {one} is given a second time" for one in sorted(set(own) & set(flat))]
            flat |= own
    for name, value in list(flat.items()):
        if isinstance(value, dict) and set(value) == {"value", "sd"}:
            flat[name], flat[name + SPREAD] = value["value"], value["sd"]
    return flat, faults


def _spread_fault(name: str, value: Any, evidence: "Mapping[str, Evidence]") -> str | None:
    if name in evidence and not evidence[name].unit.startswith("log-odds"):
        unit = evidence[name].unit
        return f"found an sd, expected none: only parameters in log-odds can have an sd. The unit of {name} is {unit}."
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return (
        None if number and 0 <= value <= _MOST_SPREAD else f"found {value!r}, expected 0 to {_MOST_SPREAD:g} log-odds"
    )


def _value_fault(name: str, value: Any, evidence: "Mapping[str, Evidence]") -> str | None:
    if name not in evidence:
        from simulator.foundation.spelling import nearest

        near = nearest(name, evidence)
        return "no such parameter; " + (f"did you mean {near}?" if near else "`afterdark evidence` lists them")
    row = evidence[name]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"found {value!r}, expected a number ({row.unit}), or one with its spread as {{value = 0.5, sd = 0.2}}"
    low, high, words = _possible(row)
    if not low <= value <= high:  # nor is nan
        return f"found {value}, expected {words} ({row.unit})"
    return _elsewhere(name)


def _possible(row: "Evidence") -> tuple[float, float, str]:
    """Least and greatest value that a parameter may be fixed at, and both in words: generous, but never absurd."""
    if row.low < 0 and row.unit.startswith("share"):
        return -1.0, 1.0, "a share from -1 to 1"
    if row.unit.startswith("share"):
        low, high = row.low / 20, min(20 * row.high, 1.0 - (1.0 - row.high) / 20)
        return low, high, f"a share from {low:g} to {high:g}"
    if row.unit == "deg":
        return -18.0, 18.0, "a height of the sun from -18 to 18"
    if row.low <= 0:  # log-odds
        return -10.0, 10.0, "a number from -10 to 10"
    high = 10.0 if row.unit.startswith("log") else 20 * row.high
    return row.low / 20, high, f"a number above 0, from {row.low / 20:g} to {high:g}"


def _elsewhere(name: str) -> str | None:
    """Where a parameter belongs that a run does not read; None if it does."""
    if name in _OF_MEASURES:
        return f"found a value here, expected none: {_OF_MEASURES[name]}"
    if name.startswith(_OF_CITIES):
        return "found a value here, expected none: it is used when a city is made, and is in the city file by now"
    if name.startswith(_OF_FITS):
        return "found a value here, expected none: surveys found it, and others are fitted to it, as feel_park"
    if name in _OF_EVALUATIONS:
        return "found a value here, expected none: only `afterdark evaluate` reads it"
    if name.startswith(_OF_TABLES):
        return "found a value here, expected none: it made the table of distances; set survey_distance_factor"
    return None
