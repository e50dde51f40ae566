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
    out: Annotated[Path, typer.Option(help="folder for the three tables")] = Path("runs") / "perception",
) -> None:
    """Fit how safe people say they feel to surveys, tell how well it fits, and write the tables that ship.

    The tables perception_fit, perception_ensemble and perception_cells are those of
    simulator/evidence/profiles. The same surveys and priors give the same numbers but for the last digits, which depend
    on the processor. To use other tables, put them there: they are part of the code version.

    Example: afterdark calibrate perception --out runs/perception
    """
    from experiments.calibration.agreement import farthest_from_shipped, in_words
    from experiments.calibration.perception import TABLES, TOLERANCE, calibrate, told

    made = calibrate(out)
    for line in told(made):
        typer.echo(line)
    typer.echo(f"Tables: {out.resolve()} ({in_words(farthest_from_shipped(out, TABLES), TOLERANCE)})")


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
