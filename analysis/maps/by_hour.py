"""Maps of the hours of a day: where and when walking feels safer, or less safe, with a scenario."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from analysis.language import tr
from analysis.maps.context import Context
from analysis.maps.multiples import LEAST_POINTS, Ground, Multiple, draw_multiples
from analysis.maps.panels import QUIET, Streets, extent_around, extent_of, hull, scale_end
from analysis.maps.street_means import StreetMeans, street_means
from simulator.results.schema import Columns

Array = np.ndarray[Any, np.dtype[Any]]


def changes_by_hours(
    segment_id: Array,
    runs: tuple[Sequence[Columns], Sequence[Columns]],
    bands: Mapping[str, Sequence[int]],
    dark_hours: Sequence[bool],
) -> list[Multiple]:
    """Change of the share of walking time that feels safe (points) in each band of hours in which a map shows one.

    Parameters
    ----------
    segment_id
        Streets in the order of the result, (S,).
    runs
        `segments` tables of the baseline and of the scenario, one a draw each.
    bands
        Clock hours by the name of the band, in the order of the maps.
    dark_hours
        For each clock hour whether the sun is down.

    Returns
    -------
    list of Multiple
        None where nothing would be coloured in any band.
    """
    hours = hours_of(bands)
    before, after = (street_means(segment_id, side, hours) for side in runs)
    return changes_between(before, after, bands, dark_hours)


def hours_of(bands: Mapping[str, Sequence[int]]) -> Array:
    """Hours of each band, bool (24, K), as `street_means` asks for them."""
    hours = np.zeros((24, len(bands)), dtype=bool)
    for at, band in enumerate(bands.values()):
        hours[list(band), at] = True
    return hours


def changes_between(
    before: StreetMeans, after: StreetMeans, bands: Mapping[str, Sequence[int]], dark_hours: Sequence[bool]
) -> list[Multiple]:
    """What `changes_by_hours` gives, of means over the hours of each band that are there already."""
    points = 100.0 * (after.safe_share - before.safe_share)
    shown = np.abs(np.nan_to_num(points)) > max(1e-9, QUIET * scale_end(points.ravel(), LEAST_POINTS))
    told = []
    for at, (name, band) in enumerate(bands.items()):
        dark = sum(dark_hours[hour] for hour in band)
        light = tr("after dark") if dark == len(band) else tr("partly dark") if dark else tr("daylight")
        if shown[:, at].any():
            told.append(Multiple(f"{name.replace('-', '–')} h, {light}", points[:, at], after.treated))
    return told


def draw_hours_map(
    streets: Streets,
    panels: Sequence[Multiple],
    in_core: Array,
    path: Path | str,
    *,
    title: str,
    attribution: str,
    context: Context | None = None,
) -> None:
    """Draw what `changes_by_hours` gives, up to four maps in a row on one scale, as one PNG.

    Parameters
    ----------
    streets
        Geometry, in the order of the values.
    panels
        At least one.
    in_core
        bool (S,): whether a street lies in the core.
    path
        PNG file, written whole or not at all.
    title, attribution
        What was changed, and the day; the source of the streets.
    context
        What lies around the streets.
    """
    outline = hull(streets, in_core)
    extent = extent_around(streets, panels[0].treated, extent_of(streets.vertices, outline))
    draw_multiples(
        streets,
        panels,
        Ground(extent, outline, context, attribution),
        path,
        title=tr("{title}: walking time that feels safe, hour by hour", title=title),
        unit=tr("walking time that feels safe, change in points"),
        across=4,
    )
