"""`afterdark validate safety`, `people`, `all` and `perception`: the model held against surveys, counts and ratings."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.cli import logs
from experiments.cli.options import AsJson, City, Out, Quiet, Seed

if TYPE_CHECKING:
    import pandas as pd

_KINDS = {".csv": "Table", ".html": "Page"}
Agents = Annotated[
    int, typer.Option("--people", min=100, max=200_000, help="agents: each stands for several people of the city")
]
Draws = Annotated[
    int,
    typer.Option("--replications", min=2, max=200, help="draws: runs with other values of all uncertain parameters"),
]


def safety(
    city: City = None,
    people: Agents = 4000,
    replications: Draws = 4,
    seed: Seed = 1,
    out: Out = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Hold the model against what is known of feeling safe: each pattern as it comes out, good or bad.

    Example: afterdark validate safety --people 2000
    """
    from experiments.validation.patterns import DAYS_OF_A_DRAW, validate_safety

    options = {"people": people, "draws": replications, "seed": seed}
    _show(*_check("safety", validate_safety, city, out, options, days=DAYS_OF_A_DRAW, quiet=quiet), as_json=as_json)


def people(
    city: City = None,
    people: Agents = 20_000,
    replications: Draws = 4,
    seed: Seed = 1,
    out: Out = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Hold people's days against the half of the travel survey that was kept aside, and against street counts.

    Example: afterdark validate people --people 5000
    """
    from experiments.validation.patterns_people import validate_people

    options = {"people": people, "draws": replications, "seed": seed}
    _show(*_check("people", validate_people, city, out, options, days=1, quiet=quiet), as_json=as_json)


def everything(
    city: City = None,
    people: Agents = 4000,
    replications: Draws = 4,
    seed: Seed = 1,
    out: Out = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Hold every pattern against its target, and write one page of them: what holds, what misses, what was tried.

    People's days take five times the agents given here, as `validate people` does by default.

    Example: afterdark validate all --people 2000 --out validated
    """
    from experiments.validation.everything import DAYS_OF_A_DRAW, validate_all

    options = {"people": people, "draws": replications, "seed": seed}
    _show(*_check("all", validate_all, city, out, options, days=DAYS_OF_A_DRAW, quiet=quiet), as_json=as_json)


Ratings = Annotated[
    Path,
    typer.Option(
        "--ratings",
        help="CSV or layer: latitude and longitude, time (or hour and month), and feeling, lighting or people "
        "from 0 (poor) to 3 (good), of audits or of images; docs/audits.md lists the columns",
        show_default="needed",
    ),
]


def perception(
    ratings: Ratings,
    city: City = None,
    people: Agents = 4000,
    replications: Draws = 4,
    seed: Seed = 1,
    out: Out = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Hold how streets feel, are lit and are used against ratings of the same streets and hours, by rank.

    Example: afterdark validate perception --ratings audits.csv --city helsinki-centre
    """
    from experiments.identity import digest_of
    from experiments.validation.ratings import SETTLE_DAYS, read_ratings, validate_perception
    from street_networks import load_city

    read = read_ratings(load_city(city or "helsinki-centre"), ratings)
    options = {"people": people, "draws": replications, "seed": seed}
    rated = digest_of({"ratings": sorted(read.audit_id.tolist())})
    check = partial(validate_perception, ratings=read)
    word = f"perception-{rated[:8]}"
    _show(*_check(word, check, city, out, options, days=SETTLE_DAYS, quiet=quiet), as_json=as_json)


def _check(
    word: str,
    check: "Callable[..., pd.DataFrame]",
    city: str | None,
    out: Path | None,
    options: dict[str, int],
    *,
    days: int,
    quiet: bool,
) -> "tuple[pd.DataFrame, Path]":
    """Run one check into a folder that is named by what goes into it."""
    from experiments.cli.progress import progress_bar
    from experiments.folders import check_folders
    from experiments.identity import digest_of
    from street_networks import load_city
    from street_networks.inspection.soundness import check_sound

    network = load_city(city or "helsinki-centre")
    for doubt in check_sound(network):
        logs.caution(str(doubt))
    named = digest_of({"city": network.digest(), **options})[:8]
    folder = out or Path("runs") / f"{word}-{network.name[:40]}-{named}"
    check_folders(folder)  # minutes of work would be lost
    draws, seed = options["draws"], options["seed"]
    with progress_bar("validating", days * draws, quiet=quiet) as progress:
        table = check(network, folder, agents=options["people"], replications=draws, seed=seed, progress=progress)
    return table, folder


def _show(table: "pd.DataFrame", folder: Path, *, as_json: bool) -> None:
    """Show the table of a check, and where it and its figures lie."""
    from experiments.cli.telling import show_parts
    from experiments.validation.patterns import render

    if as_json:
        typer.echo(table.to_json(orient="records", indent=1))
        return
    show_parts(render(table))
    for file in sorted(folder.iterdir(), reverse=True):
        typer.echo(f"{_KINDS.get(file.suffix, 'Figure')}: {file.resolve()}")
