"""The map of a choice: what each of several ideas does to feeling safe after dark, on one scale."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from analysis.language import tr
from analysis.maps.context import Context
from analysis.maps.difference import Change
from analysis.maps.multiples import Ground, Multiple, draw_multiples
from analysis.maps.panels import Streets, extent_around, extent_of, hull


def draw_choice_map(
    streets: Streets,
    changes: Sequence[tuple[str, Change]],
    path: Path | str,
    *,
    date_in_words: str,
    attribution: str,
    context: Context | None = None,
) -> None:
    """Draw a panel for each idea, up to three in a row, as one PNG; the same changes give the same bytes.

    Parameters
    ----------
    streets
        Geometry, in the order of the changes.
    changes
        Titles of the ideas, with what `change_after_dark` gives of each; at least one.
    path
        PNG file, written whole or not at all.
    date_in_words, attribution
        The night shown, and the source of the streets.
    context
        What lies around the streets.
    """
    outline = hull(streets, changes[0][1].in_core)
    touched = np.any([change.treated for _, change in changes], axis=0)
    extent = extent_around(streets, touched, extent_of(streets.vertices, outline))
    draw_multiples(
        streets,
        [Multiple(title, change.safe_points, change.treated) for title, change in changes],
        Ground(extent, outline, context, attribution),
        path,
        title=tr("Ideas beside each other, {date}", date=date_in_words),
        unit=tr("walking time that feels safe after dark, change in points"),
        across=3,
    )
