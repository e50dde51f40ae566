"""Options that several commands share, and how they become `Options`."""

import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.errors import InputError

if TYPE_CHECKING:
    from experiments.runs import Options

City = Annotated[str | None, typer.Option(help="short name or GeoPackage  [default: the case's, else helsinki-centre]")]
People = Annotated[int, typer.Option(help="agents that stand for the city's people")]
Date = Annotated[str | None, typer.Option(help="day, YYYY-MM-DD; decides when it is dark  [default: 2026-12-21]")]
Seed = Annotated[int, typer.Option(help="every draw is a hash of it")]
Threads = Annotated[int, typer.Option(min=1, max=256, help="threads of one run; results do not depend on them")]
Days = Annotated[int, typer.Option(min=1, max=60, help="measured days, averaged")]
Keep = Annotated[str, typer.Option(help="tables kept of each run: summary, people or all")]
Out = Annotated[Path | None, typer.Option(help="folder to write  [default: a new one under runs/]")]
StoreFolder = Annotated[Path, typer.Option("--store", help="folder of runs already computed")]
Values = Annotated[Path | None, typer.Option(help="TOML file of `parameter = value`, used instead of the evidence's")]
AsJson = Annotated[bool, typer.Option("--json", help="print JSON for programs")]
Quiet = Annotated[bool, typer.Option("--quiet", help="no progress and no notes on standard error")]
Replications = Annotated[int, typer.Option(min=1, max=10_000, help="draws of all uncertain parameters")]
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
    from experiments.runs import KEEP, Options
    from simulator.model import DEFAULT_DATE
    from street_networks import find_city

    faults = []
    if not 100 <= people <= MOST_AGENTS:
        faults.append(
            f"--people: found {people}, expected 100 to {MOST_AGENTS} agents (2 000 or more for usable groups)"
        )
    if keep not in KEEP:
        faults.append(f"--keep: found {keep!r}, expected one of {', '.join(KEEP)}")
    if not 0 <= seed < 2**63:
        faults.append(f"--seed: found {seed}, expected a whole number from 0 to 2^63 - 1")
    day = DEFAULT_DATE
    try:
        day = parse_date(date, DEFAULT_DATE)
    except InputError as error:
        faults.append(error.message)
    overrides: tuple[tuple[str, float], ...] = ()
    try:
        overrides = read_values(values)
    except InputError as error:
        faults.extend([error.message, *error.faults])
    name = city or "helsinki-centre"
    try:
        find_city(name)
    except InputError as error:
        faults.extend([error.message, *error.faults])
    if len(faults) == 1:
        raise InputError(faults[0])
    if faults:
        raise InputError("the options cannot be used", faults)
    return Options(
        city=name, agents=people, date=day, seed=seed, days=days, threads=threads, keep=keep, values=overrides
    )


def read_values(file: Path | None) -> tuple[tuple[str, float], ...]:
    """Parameters that the user fixes, from a TOML file of ``name = number``, sorted by name.

    Raises
    ------
    InputError
        Naming every key that is no parameter or no number within what is physically possible for it.
    """
    if file is None:
        return ()
    from simulator.evidence import load_evidence

    try:
        read = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"--values {file}: cannot be read ({error})") from None
    evidence = load_evidence()
    faults = []
    for name, value in read.items():
        if name not in evidence:
            faults.append(f"{name}: no such parameter; `afterdark evidence` lists them")
        elif isinstance(value, bool) or not isinstance(value, int | float):
            faults.append(f"{name}: found {value!r}, expected a number ({evidence[name].unit})")
        elif evidence[name].distribution == "lognormal" and value <= 0:
            faults.append(f"{name}: found {value}, expected a number above 0 ({evidence[name].unit})")
        elif evidence[name].unit.startswith("share") and not 0 <= value <= 1:
            faults.append(f"{name}: found {value}, expected a share from 0 to 1")
    if faults:
        raise InputError(f"--values {file}: cannot be used", faults)
    return tuple(sorted((name, float(value)) for name, value in read.items()))
