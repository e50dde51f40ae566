"""The pictures of a comparison: what changes on the streets of each scenario, at which hours, and all ideas at once."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.answer.provenance import Provenance
from analysis.answer.report import BY_HOUR, BY_ZONE, CHOICE
from analysis.comparison.by_zone import FEWEST, figures_of_zones
from analysis.indicators.cells import HOUR_BANDS
from analysis.language import tr
from analysis.maps.by_hour import changes_between, draw_hours_map, hours_of
from analysis.maps.choice import draw_choice_map
from analysis.maps.context import context_of
from analysis.maps.difference import Change, change_between, draw_difference_map
from analysis.maps.panels import Streets
from analysis.maps.street_means import COLUMNS, street_means
from analysis.maps.zones import ZoneFigure, draw_zone_map
from experiments.interruption import stop_if_interrupted
from experiments.runs import city_of
from simulator.results.schema import RunTables, SegmentsOf
from street_networks.catalogue import find_city
from street_networks.city_file.contents import read_areas

MAP, HOURS, ZONES = "map.png", "hours.png", "zones.png"


def draw_pictures(
    folder: Path,
    city: str,
    facts: Provenance,
    baseline: Sequence[RunTables],
    scenarios: Mapping[str, Sequence[RunTables]],
) -> dict[str, Path]:
    """Draw all pictures of a comparison into a folder.

    Parameters
    ----------
    folder
        Where they go; of several scenarios each has its own files, and `map.png` shows all of them.
    city
        Short name or path, as it was run.
    facts
        Of the comparison.
    baseline, scenarios
        The runs.

    Returns
    -------
    dict
        The files as `write_report` takes them.
    """
    network = city_of(city)
    context = context_of(find_city(city), network)
    streets = Streets(network.streets.segment_id, network.vertices, network.vertex_start)
    hours = np.column_stack([facts.dark_hours, hours_of(HOUR_BANDS)])
    before = street_means(streets.segment_id, SegmentsOf(baseline, COLUMNS), hours)
    pictures: dict[str, Path] = {}
    changes: list[tuple[str, Change]] = []
    for name, runs in scenarios.items():
        stop_if_interrupted()
        title, after = facts.scenario(name).title, street_means(streets.segment_id, SegmentsOf(runs, COLUMNS), hours)
        pictures[name] = folder / (MAP if len(scenarios) == 1 else f"map-{name}.png")
        change = change_between(before.of_groups(slice(1)), after.of_groups(slice(1)))
        draw_difference_map(
            streets, change, pictures[name], title=title, date_in_words=facts.date_in_words,
            attribution=facts.attribution, context=context,
        )  # fmt: skip
        changes.append((title, change))
        sides = before.of_groups(slice(1, None)), after.of_groups(slice(1, None))
        multiples = changes_between(*sides, HOUR_BANDS, facts.dark_hours)
        if multiples:
            file = folder / (HOURS if len(scenarios) == 1 else f"hours-{name}.png")
            pictures[BY_HOUR + name] = file
            draw_hours_map(
                streets, multiples, change.in_core, file, title=f"{title}, {facts.date_in_words}",
                attribution=facts.attribution, context=context,
            )  # fmt: skip
    if len(scenarios) > 1:
        pictures[CHOICE] = folder / MAP
        draw_choice_map(
            streets, changes, folder / MAP, date_in_words=facts.date_in_words, attribution=facts.attribution,
            context=context,
        )  # fmt: skip
    return pictures


def draw_zones(folder: Path, city: str, facts: Provenance, comparison: pd.DataFrame) -> dict[str, Path]:
    """Draw a map of zones for each scenario that is told of two or more zones of the city file.

    Parameters
    ----------
    folder, city, facts
        As for `draw_pictures`.
    comparison
        As `compare_runs` gives it.
    """
    network, areas = city_of(city), read_areas(find_city(city), "zones")
    streets = Streets(network.streets.segment_id, network.vertices, network.vertex_start)
    pictures: dict[str, Path] = {}
    for told in facts.scenarios:
        figures = figures_of_zones(comparison, told.name)
        rows = [at for at, name in enumerate(areas.texts("zone")) if name in figures.index]
        if len(rows) < FEWEST:
            continue
        names = [areas.texts("zone")[at] for at in rows]
        here = figures.loc[names]
        gap, trips = tr("points, men above women"), tr("trips not made per 1000 wished")
        changed = [tr("{what}, change", what=one) for one in (gap, trips)]
        panels = (
            ZoneFigure(tr("Gap in feeling safe after dark, now"), here["gap_now"].to_numpy(), gap, False, 1.0),
            ZoneFigure(tr("How the gap changes"), here["gap_change"].to_numpy(), changed[0], True, 0.5),
            ZoneFigure(tr("Trips not made after dark, now"), here["trips_now"].to_numpy(), trips, False, 1.0),
            ZoneFigure(tr("How trips not made change"), here["trips_change"].to_numpy(), changed[1], True, 1.0),
        )
        pictures[BY_ZONE + told.name] = folder / (ZONES if len(facts.scenarios) == 1 else f"zones-{told.name}.png")
        draw_zone_map(
            streets, (names, areas.shapes[np.array(rows)]),
            [one for one in panels if np.isfinite(one.values).any()] or panels[:1],
            pictures[BY_ZONE + told.name],
            title=tr("{title}: zones, {date}", title=told.title, date=facts.date_in_words),
            attribution=facts.attribution,
        )  # fmt: skip
    return pictures
