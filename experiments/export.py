"""`afterdark export`: streets, zones and tables of a stored answer as a file for QGIS and other programs."""

import dataclasses
import datetime
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.answer.levels import levels
from analysis.export.geopackage import write_geopackage
from analysis.export.ground import ground_layers
from analysis.export.layers import Layer, Source
from analysis.export.parquet import write_geoparquet
from analysis.export.streets import StreetFacts, compared_layer, run_layer
from analysis.export.text_table import write_csv, write_meanings
from analysis.export.zones import comparison_layer, levels_layer, zones_layer
from analysis.maps.context import context_of
from analysis.maps.street_means import COLUMNS
from experiments.comparing import Answer, read_answer
from experiments.folders import check_same
from experiments.stored_runs import city_as_run, runs_of
from simulator.city.network import STREET_CLASSES, StreetNetwork
from simulator.errors import InputError, ResultsError
from simulator.foundation.spelling import with_article
from simulator.results.files import whole_file
from simulator.results.schema import RunTables, SegmentsOf, read_manifest, read_run
from street_networks.catalogue import find_city
from street_networks.city_file.contents import read_areas
from street_networks.city_file.geopackage import street_lines

FORMATS = {"gpkg": ".gpkg", "parquet": ".parquet", "csv": ".csv"}
"""What can be written, and how such a file's name ends."""
MEANINGS = ".columns.csv"
"""Ending of the file beside a CSV that says what its columns mean."""
_WORDS = "A scenario explored under stated assumptions, not a forecast; everybody together, means over draws."
_OF_RUN = "One draw of the uncertain parameters: it says nothing of how sure this is."


def export(folder: Path, out: Path, kind: str, *, store: Path, city: str | None = None) -> tuple[Path, ...]:
    """Write a comparison or a run as one file; a CSV has a second one beside it.

    Parameters
    ----------
    folder
        As `afterdark compare` or `run` wrote it.
    out
        The file, written whole or not at all.
    kind
        A word of `FORMATS`; all but "gpkg" hold streets only.
    store
        Where the runs of a comparison are.
    city
        Short name or path of the city; by default as it was run.

    Returns
    -------
    tuple of pathlib.Path
        The files.

    Raises
    ------
    InputError
        If the ending does not fit, or something else is there.
    ResultsError
        If the folder holds nothing to export, runs are gone, or the city is another one.
    """
    check_ending(out, kind)
    layers, source = _layers_of(folder, store, city, streets_only=kind != "gpkg")
    if kind == "gpkg":
        return _put((out,), lambda part: write_geopackage(layers, source, part))
    together = layers[0] if len(layers) == 1 else _below_each_other(layers)
    if kind == "parquet":
        return _put((out,), lambda part: write_geoparquet(together, source, part))
    beside = out.with_name(out.stem + MEANINGS)
    return _put(
        (out, beside), lambda part: write_csv(together, source, part), lambda part: write_meanings(together, part)
    )


def check_ending(out: Path, kind: str) -> None:
    """Refuse a name that does not end as its format does.

    Raises
    ------
    InputError
    """
    if kind not in FORMATS:
        raise InputError(f"--format: found {kind!r}, expected one of {', '.join(FORMATS)}")
    if out.suffix.lower() != FORMATS[kind]:
        raise InputError(f"--out: found {out}, expected a file that ends in {FORMATS[kind]}")


def _put(files: tuple[Path, ...], *writers: Callable[[Path], None]) -> tuple[Path, ...]:
    """Write files, all or none; what is there already must be the same."""
    with ExitStack() as stack:
        parts = [stack.enter_context(whole_file(file)) for file in files]
        for file, part, write in zip(files, parts, writers, strict=True):
            write(part)
            check_same(file, part.read_bytes())
    return files


def _layers_of(folder: Path, store: Path, city: str | None, *, streets_only: bool) -> tuple[list[Layer], Source]:
    found = str(read_manifest(folder)["kind"])
    if found == "comparison":
        return _of_comparison(read_answer(folder), store, city, streets_only=streets_only)
    if found == "run":
        return _of_run(read_run(folder), city, streets_only=streets_only)
    raise ResultsError(f"{folder}: holds {with_article(found)}, expected a comparison or a run")


def _of_comparison(answer: Answer, store: Path, city: str | None, *, streets_only: bool) -> tuple[list[Layer], Source]:
    facts, manifest = answer.facts, read_manifest(answer.folder)
    name = city or str(manifest["options"]["city"])
    baseline, scenarios = runs_of(answer, store)
    network = city_as_run(name, [*baseline, *(run for runs in scenarios.values() for run in runs)])
    streets = _street_facts(network, facts.dark_hours)
    before = SegmentsOf(baseline, COLUMNS)
    layers = [
        compared_layer(streets, f"streets_{told.name}", told.title, (before, SegmentsOf(scenarios[told.name], COLUMNS)))
        for told in facts.scenarios
    ]
    if not streets_only:
        areas = read_areas(find_city(name), "zones")
        zones = areas.texts("zone"), areas.shapes
        told_of = [
            zones_layer(answer.comparison, (told.name, told.title), f"zones_{told.name}", zones)
            for told in facts.scenarios
        ]
        layers += [layer for layer in told_of if layer is not None]
        layers += [comparison_layer(answer.comparison), *ground_layers(context_of(find_city(name), network))]
    return layers, Source(network.crs, facts.date, facts.attribution, _WORDS)


def _of_run(tables: RunTables, city: str | None, *, streets_only: bool) -> tuple[list[Layer], Source]:
    told, name = tables.manifest, city or str(tables.manifest["city"]["name"])
    network = city_as_run(name, [tables])
    title = str(told["scenario"].get("title") or told["scenario"]["name"])
    layers = [run_layer(_street_facts(network, told["dark_hours"]), "streets", title, tables.segments)]
    if not streets_only:
        layers += [levels_layer(levels(tables)), *ground_layers(context_of(find_city(name), network))]
    day = datetime.date.fromisoformat(str(told["date"])).isoformat()
    return layers, Source(network.crs, day, str(told["city"].get("attribution", "")), _OF_RUN)


def _street_facts(network: StreetNetwork, dark_hours: Sequence[bool]) -> StreetFacts:
    streets = network.streets
    names: Any = np.array([*network.street_names, None], object)  # -1 takes the last: no name
    table = pd.DataFrame(
        {
            "segment_id": streets.segment_id,
            "name": names[streets.name_index],
            "street_class": np.array(STREET_CLASSES, object)[streets.street_class],
            "length_m": streets.length_m,
            "in_core": streets.in_core,
        }
    )
    return StreetFacts(table, street_lines(network), tuple(map(bool, dark_hours)))


def _below_each_other(layers: Sequence[Layer]) -> Layer:
    """Layers of several scenarios as one, with the scenario in the first column."""
    from analysis.export.layers import Meaning

    tables = [layer.table.assign(scenario=layer.name.removeprefix("streets_")) for layer in layers]
    table = pd.concat(tables, ignore_index=True)
    table = table[["scenario", *(name for name in table.columns if name != "scenario")]]
    meanings = {"scenario": Meaning("", "name of the scenario"), **layers[0].meanings}
    shapes = np.concatenate([layer.shapes for layer in layers if layer.shapes is not None])
    title = "; ".join(layer.title for layer in layers)
    return dataclasses.replace(layers[0], title=title, table=table, meanings=meanings, shapes=shapes)
