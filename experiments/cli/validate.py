"""`afterdark network validate`: every fault of a city file with its remedy, and counted warnings."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.cli.inspect import CityArgument
from experiments.cli.options import AsJson
from simulator.foundation.short_lists import rest_told

if TYPE_CHECKING:
    from street_networks.city_file.faults import Fault
    from street_networks.inspection.validation import Validation

SHOWN = 3
"""Warnings of one check that are shown without `--all`."""


def validate(
    city: CityArgument,
    everything: Annotated[bool, typer.Option("--all", help=f"show every warning, not {SHOWN} of a kind")] = False,
    as_json: AsJson = False,
) -> None:
    """Check a city file that was edited, as in QGIS: every fault with layer, feature and remedy; status 2 if any.

    Example: afterdark network validate helsinki-centre
    """
    from street_networks.catalogue import find_city
    from street_networks.inspection.validation import validate_city

    told = validate_city(find_city(city))
    if as_json:
        typer.echo(json.dumps(told.as_dict(), indent=2, ensure_ascii=False))
    else:
        _show(told, None if everything else SHOWN)
    if told.faults:
        raise typer.Exit(2)


def _show(told: "Validation", shown: int | None) -> None:
    count = len(told.faults)
    typer.echo(f"{told.file}: {'no faults' if not count else 'one fault' if count == 1 else f'{count} faults'}")
    for fault in told.faults:
        _tell(fault)
    if not told.complete:
        typer.echo("Warnings are looked for when the faults are corrected.")
        return
    if not told.warnings:
        typer.echo("No warnings.")
        return
    typer.echo(f"{sum(map(len, told.warnings.values()))} warnings; they stop nothing, and may be true of the place")
    for name, warnings in told.warnings.items():
        typer.echo(f"\n{name}: {len(warnings)}")
        for warning in warnings[:shown]:
            _tell(warning)
        rest = rest_told(warnings, shown, see="--all shows them")
        if rest:
            typer.echo(f"  ... {rest}")


def _tell(fault: "Fault") -> None:
    typer.echo(f"  {fault.line()}")
    typer.echo(f"    -> {fault.remedy}")
