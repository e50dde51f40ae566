"""`afterdark export`: a stored answer for QGIS, GeoPandas and spreadsheets."""

from pathlib import Path
from typing import Annotated

import typer

from experiments.cli.options import STORE, City, StoreFolder
from simulator.errors import InputError

_ENDINGS = {".gpkg": "gpkg", ".parquet": "parquet", ".csv": "csv"}


def export(
    folder: Annotated[Path, typer.Argument(help="the folder of a comparison or a run")],
    out: Annotated[Path, typer.Option(help="file to write; it ends in .gpkg, .parquet or .csv")],
    kind: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="gpkg|parquet|csv",
            help="gpkg: streets, zones and tables with styles for QGIS; parquet (GeoParquet), csv: streets  "
            "[default: by the ending of --out]",
        ),
    ] = None,
    store: StoreFolder = STORE,
    city: City = None,
) -> None:
    """Write streets before, after and the difference, zones and tables to a file for other programs.

    Example: afterdark export runs/compare-* --out light.gpkg
    """
    told = kind or _ENDINGS.get(out.suffix.lower())
    if told is None:
        raise InputError(f"--out: found {out}, expected a file that ends in .gpkg, .parquet or .csv")
    from experiments.export import check_ending
    from experiments.export import export as write

    check_ending(out, told)
    for file in write(folder, out, told, store=store, city=city):
        typer.echo(f"Written: {file.resolve()}")
