"""`afterdark calibrate ...`: fit parameters to surveys."""

from pathlib import Path
from typing import Annotated

import typer

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

    Example: afterdark calibrate perception --survey survey.csv --out fitted.toml
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
def people(out: Annotated[Path, typer.Option(help="folder for the table")] = Path("runs") / "people") -> None:
    """Fit what speaks for each mode beyond its minutes to the survey's trips by day, and tell how well it fits.

    The table mode_constants is that of simulator/evidence/profiles. The same survey and evidence give the same numbers
    within a stated tolerance, since the optimiser's last digits depend on the processor. The survey's trips by night
    are not fitted.

    Example: afterdark calibrate people --out runs/people
    """
    from experiments.calibration.agreement import farthest_from_shipped, in_words
    from experiments.calibration.modes import TABLE, TOLERANCE, calibrate, told

    for line in told(*calibrate(out)):
        typer.echo(line)
    typer.echo(f"Table: {out.resolve()} ({in_words(farthest_from_shipped(out, [TABLE]), TOLERANCE)})")
