"""Areas of measures that are drawn in a file: GeoJSON, GeoPackage, Shapefile."""

from pathlib import Path

import numpy as np
import shapely

from scenarios.scenario import Scenario, named
from simulator.errors import InputError, ScenarioError
from simulator.interventions import Area, Measure
from street_networks.tables.layers import read_map_layer

_DEGREES = "EPSG:4326"
_MOST_CORNERS = 100_000


def with_layers(scenario: Scenario, folder: Path) -> Scenario:
    """The scenario with the polygons of its layers read: files are looked for in a folder first, then from here.

    Raises
    ------
    ScenarioError
        With a line for each layer that cannot be used.
    """
    faults: list[str] = []
    measures: list[Measure] = []
    for index, measure in enumerate(scenario.measures):
        if measure.where.layer is None or measure.where.shape is not None:
            measures.append(measure)
            continue
        try:
            where = _drawn(measure.where, folder)
            measures.append(measure.model_copy(update={"where": where}))
        except InputError as error:
            place = scenario.place_in_file(("measures", index, "where", "layer"))
            faults += [f"{place}: {fault}" for fault in error.faults or (error.message,)]
    if faults:
        raise ScenarioError(f"{scenario.name}: {len(faults)} fault{'s' * (len(faults) > 1)}", faults)
    if all(one is other for one, other in zip(measures, scenario.measures, strict=True)):
        return scenario
    return named(scenario.model_copy(update={"measures": tuple(measures)}), scenario.name, scenario._lines)


def _drawn(area: Area, folder: Path) -> Area:
    import pyproj

    path = folder / str(area.layer)
    path = path if path.is_file() else Path(str(area.layer))
    layer = read_map_layer(path, what="a layer of polygons")
    shapes = [] if layer.shapes is None else [one for one in layer.shapes if one is not None and not one.is_empty]
    kinds = sorted({one.geom_type for one in shapes} - {"Polygon", "MultiPolygon"})
    if not shapes or kinds:
        found = " and ".join(kinds) if kinds else "no shape"
        raise InputError(f"{path}: found {found}, expected polygons only; save the areas as polygons")
    if layer.crs is None:
        raise InputError(f"{path}: found no reference system of its coordinates, expected one; save it as GeoJSON")
    corners = int(shapely.get_num_coordinates(np.array(shapes, object)).sum())
    if corners > _MOST_CORNERS:
        raise InputError(f"{path}: found {corners} corners, expected at most {_MOST_CORNERS}; simplify the polygons")
    to_degrees = pyproj.Transformer.from_crs(layer.crs, _DEGREES, always_xy=True).transform
    moved = [shapely.transform(one, to_degrees, interleaved=False) for one in shapes]
    whole = shapely.union_all([shapely.make_valid(one) for one in moved])
    return area.model_copy(update={"shape": shapely.to_wkt(whole, rounding_precision=7)})
