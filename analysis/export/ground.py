"""Layers of the ground as the maps of a report have it: parks, water and buildings, pale, to lie below the others."""

import numpy as np
import pandas as pd

from analysis.export.layers import Layer, Meaning, multi
from analysis.maps.context import BUILDING, PARK, WATER, Context


def ground_layers(context: Context) -> list[Layer]:
    """One layer for each kind of ground of which a city has any.

    Parameters
    ----------
    context
        As `context_of` reads it from the city file.
    """
    import shapely

    layers = []
    for name, shapes, colour in (
        ("buildings", context.buildings, BUILDING),
        ("parks", context.parks, PARK),
        ("water", context.water, WATER),
    ):
        if not len(shapes):
            continue
        table = pd.DataFrame({"area_m2": shapely.area(shapes)})
        polygons = np.array([multi(shape) for shape in shapes], dtype=object)
        meanings = {"area_m2": Meaning("m2", "ground that it covers")}
        title = f"{name.capitalize()}, for maps only"
        layers.append(Layer(name, title, table, meanings, polygons, "MultiPolygon", colour=colour))
    return layers
