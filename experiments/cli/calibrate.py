"""`afterdark calibrate ...`: fit parameters to surveys."""

from pathlib import Path
from typing import Annotated

import typer

from experiments.cli.options import (
    STORE,
    City,
    Date,
    People,
    PersonsColumns,
    Quiet,
    Seed,
    StoreFolder,
    Values,
    Workers,
    processors,
)

app = typer.Typer(
    help="Fit parameters to surveys, or to the choices of participants.\n\nExample: afterdark calibrate perception",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.callback()
def _group() -> None:
    """Keep `calibrate perception` a command of its own."""


@app.command()
def perception(
    out: Annotated[
        Path | None,
        typer.Option(
            help="folder for the three tables, or with --survey a TOML file for --values  "
            "[default: runs/perception, runs/perception.toml]"
        ),
    ] = None,
    survey: Annotated[
        Path | None,
        typer.Option(
            help="your city's own survey of feeling safe alone after dark (CSV: gender, age, feels_safe; "
            "for groups also n). Without it the shipped surveys are fitted."
        ),
    ] = None,
    columns: Annotated[str | None, typer.Option(help="its columns: gender=sex,age=alter,... or a TOML file")] = None,
    design_effect: Annotated[
        float | None,
        typer.Option(
            min=1.0,
            max=20.0,
            help="variance of the survey over that of as many people drawn one by one  [default: the evidence's]",
        ),
    ] = None,
) -> None:
    """Fit how safe people say they feel to surveys, tell how well it fits, and write what was fitted.

    Without --survey, the tables perception_fit, perception_ensemble and perception_cells are those of
    simulator/evidence/profiles. The same surveys and priors give the same numbers but for the last digits, which depend
    on the processor. To use other tables, put them there: they are part of the code version.

    With --survey, a file that --values takes: a small survey leaves wide spreads. docs/use.md lists the columns.

    Example: afterdark calibrate perception --survey mine.csv
    """
    from simulator.errors import InputError

    if survey is not None:
        from experiments.calibration import own_survey

        file = out or Path("runs") / "perception.toml"
        if file.suffix.lower() != ".toml":
            raise InputError(f"--out: found {file}, expected a file that ends in .toml with --survey")
        made = own_survey.calibrate_survey(survey, file, columns=columns, design_effect=design_effect)
        typer.echo("\n".join(own_survey.told(*made)))
        typer.echo(f"Fitted: {file.resolve()}; use it with --values {file}")
        return
    for option, given in (("--columns", columns), ("--design-effect", design_effect)):
        if given is not None:
            raise InputError(f"{option} {given}: found no --survey, expected the file that it belongs to")
    from experiments.calibration.agreement import farthest_from_shipped, in_words
    from experiments.calibration.perception import TABLES, TOLERANCE, calibrate, told

    folder = out or Path("runs") / "perception"
    for line in told(calibrate(folder)):
        typer.echo(line)
    typer.echo(f"Tables: {folder.resolve()} ({in_words(farthest_from_shipped(folder, TABLES), TOLERANCE)})")


@app.command()
def weights(
    choices: Annotated[Path, typer.Argument(help="CSV of choices between two streets")],
    out: Annotated[Path, typer.Option(help="TOML file for --values")] = Path("runs") / "weights.toml",
) -> None:
    """Fit participants' own weights from choices between two described streets, apart for each gender.

    The file has columns gender, chosen (a or b), and pairs such as a_homes and b_homes; docs/use.md lists them.

    Example: afterdark calibrate weights choices.csv --out weights.toml
    """
    from experiments.calibration.participants import FEW_CHOICES, calibrate_weights, read_choices

    made = calibrate_weights(choices, out)
    for gender, group in read_choices(choices).items():
        count = len(group.difference)
        few = f" (fewer than {FEW_CHOICES}: mostly the range assumed before)" if count < FEW_CHOICES else ""
        typer.echo(f"{gender}: {count} choices{few}")
        for row in made[gender].itertuples():
            typer.echo(
                f"  {row.parameter} = {row.weight:+.2f} +- {row.weight_sd:.2f}  "
                f"(before {row.prior:+.2f} +- {row.prior_sd:.2f}; contraction {row.contraction:.2f})"
            )
    typer.echo(f"Weights: {out.resolve()}; use them with --values {out}")


@app.command()
def people(
    out: Annotated[
        Path | None,
        typer.Option(
            help="folder for the table, or with --survey a CSV file for --tours  [default: runs/people, runs/tours.csv]"
        ),
    ] = None,
    survey: Annotated[
        Path | None,
        typer.Option(
            help="trips of your city's own travel survey on weekdays (person, start, purpose; maybe end, origin). "
            "Without it the shipped survey's modes are fitted."
        ),
    ] = None,
    persons: Annotated[
        Path | None,
        typer.Option(help="its respondents, those who stayed at home too (person, gender, age, role; maybe weight)"),
    ] = None,
    columns: Annotated[str | None, typer.Option(help="columns of the trips: start=beginn,... or a TOML file")] = None,
    persons_columns: PersonsColumns = None,
) -> None:
    """Fit a city's own travel survey, or what speaks for each mode in the shipped one.

    With --survey: who sets out when and for what, leaning on the shipped survey where few answered; a file that --tours
    of `run`, `compare`, `rank`, `diagnose` and `evaluate` takes. docs/use.md lists the columns.

    Without it: what speaks for each mode beyond its minutes, fitted to the survey's trips by day.

    The table mode_constants is that of simulator/evidence/profiles. The same survey and evidence give the same numbers
    within a stated tolerance, since the optimiser's last digits depend on the processor. The survey's trips by night
    are not fitted.

    Example: afterdark calibrate people --out runs/people
    """
    from simulator.errors import InputError

    if survey is not None:
        _own_tours(survey, persons, out or Path("runs") / "tours.csv", columns=columns, persons_columns=persons_columns)
        return
    for option, given in (("--persons", persons), ("--columns", columns), ("--persons-columns", persons_columns)):
        if given is not None:
            raise InputError(f"{option} {given}: found no --survey, expected the trips that it belongs to")
    from experiments.calibration.agreement import farthest_from_shipped, in_words
    from experiments.calibration.modes import TABLE, TOLERANCE, calibrate, told

    folder = out or Path("runs") / "people"
    for line in told(*calibrate(folder)):
        typer.echo(line)
    typer.echo(f"Table: {folder.resolve()} ({in_words(farthest_from_shipped(folder, [TABLE]), TOLERANCE)})")


def _own_tours(
    survey: Path, persons: Path | None, file: Path, *, columns: str | None, persons_columns: str | None
) -> None:
    from experiments.calibration.held_aside import held_aside, in_words
    from experiments.calibration.own_tours import calibrate_tours, told
    from simulator.errors import InputError

    if persons is None:
        raise InputError(
            f"--survey {survey}: found no --persons, expected the table of respondents, those who stayed at home too: "
            "without them nobody knows how many trips a person makes"
        )
    if file.suffix.lower() != ".csv":
        raise InputError(f"--out: found {file}, expected a file that ends in .csv with --survey")
    made = calibrate_tours(survey, persons, file, columns=columns, persons_columns=persons_columns)
    typer.echo("\n".join([*told(*made), in_words(held_aside(made[0]))]))
    typer.echo(f"Fitted: {file.resolve()}; use it with --tours {file}")


@app.command()
def counts(
    file: Annotated[
        Path,
        typer.Option(
            "--counts",
            help="CSV or layer of points: segment_id, or longitude and latitude; hour, count (people in that hour, "
            "both ways, mean over nights), nights",
        ),
    ],
    city: City = None,
    columns: Annotated[
        str | None, typer.Option(help="its columns: hour=stunde,count=anzahl,... or a TOML file")
    ] = None,
    people: People = 8000,
    draws: Annotated[
        int, typer.Option(min=40, max=10_000, help="draws of all that is uncertain, at least four for each count")
    ] = 128,
    date: Date = None,
    seed: Seed = 1,
    workers: Workers = None,
    store: StoreFolder = STORE,
    values: Values = None,
    out: Annotated[Path, typer.Option(help="TOML file for --values")] = Path("runs") / "counts.toml",
    quiet: Quiet = False,
) -> None:
    """Hold draws of the model against your own counts of people passing by: what they rule out, and what they teach.

    Draws are runs of the baseline in the store. A stopped command goes on, and those of `compare` with the same people
    are used. docs/use.md lists the columns and says how it works.

    Example: afterdark calibrate counts --counts counts.csv --city helsinki-centre --out counts.toml
    """
    from experiments.cli.options import run_options
    from experiments.cli.progress import progress_bar
    from experiments.folders import check_folders
    from experiments.own_counts import calibrate_counts, jobs_of, told
    from experiments.runs import city_of
    from street_networks.local_data.counts import check_enough, read_counts

    options = run_options(city=city, people=people, date=date, seed=seed, days=1, values=values)
    read = read_counts(file, columns, city_of(options.city))
    check_enough(read, draws)
    check_folders(out, store, own=True)
    jobs = jobs_of(options, draws, store)
    days = sum(job.simulated_days() for job in jobs)
    with progress_bar("running draws", days, draws=draws, quiet=quiet) as progress:
        found = calibrate_counts(
            read, jobs, out, workers=workers or processors(), progress=progress, draw_done=progress.draw_done
        )
    typer.echo("\n".join(told(found)))
    typer.echo(f"Fitted: {out.resolve()}; use it with --values {out}")


@app.command()
def avoidance(
    city: City = None,
    people: People = 1200,
    draws: Annotated[int, typer.Option(min=8, max=1000, help="draws of all that is uncertain")] = 64,
    out: Annotated[Path | None, typer.Option(help="folder for two tables  [default: runs/avoidance]")] = None,
    quiet: Quiet = False,
) -> None:
    """Fit how much fear keeps from going on foot, and how far people go round, to who stopped walking in quiet places.

    Months are lived at many draws of all parameters; what the ONS found in Great Britain then narrows both. The tables
    avoidance_runs and avoidance_fit are those of simulator/evidence/profiles; the second is what the evidence has.

    Example: afterdark calibrate avoidance --draws 32
    """
    from experiments.cli.progress import progress_bar
    from experiments.folders import check_folders
    from experiments.validation.avoidance import MONTH_NIGHTS, SETTLE_DAYS, calibrate_avoidance
    from street_networks import load_city

    folder = out or Path("runs") / "avoidance"
    check_folders(folder)
    network = load_city(city or "helsinki-centre")
    with progress_bar("living months", draws * (SETTLE_DAYS + MONTH_NIGHTS), quiet=quiet) as progress:
        fitted = calibrate_avoidance(network, folder, agents=people, draws=draws, progress=progress)
    for row in fitted.itertuples():
        before = f"{row.prior:.3g} ({row.prior_low:.3g} to {row.prior_high:.3g})"
        after = f"{row.fitted:.3g} ({row.low:.3g} to {row.high:.3g})"
        typer.echo(f"{row.parameter}: {after}; before {before}; contraction {row.contraction:.2f}")
    typer.echo(f"Tables: {folder.resolve()}")
