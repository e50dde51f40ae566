"""A layer as GeoParquet 1.1: WKB lines, the reference system as PROJJSON, and what columns mean as field metadata."""

import json
from pathlib import Path
from typing import Any

from analysis.export.layers import Layer, Source

VERSION = "1.1.0"
GEOMETRY = "geometry"


def write_geoparquet(layer: Layer, source: Source, path: Path) -> None:
    """Write one layer with geometry; the same layer gives the same bytes.

    Notes
    -----
    The key `description` of a field's metadata holds its meaning, `unit` its unit; those of the file hold `geo`
    (GeoParquet 1.1.0), `title`, `about` and `attribution`.
    """
    import pyarrow
    import pyarrow.parquet
    import shapely

    assert layer.shapes is not None
    table = pyarrow.Table.from_pandas(layer.table, preserve_index=False).replace_schema_metadata(None)
    fields = [
        field.with_metadata({"description": layer.meanings[field.name].words, "unit": layer.meanings[field.name].unit})
        for field in table.schema
    ]
    table = table.cast(pyarrow.schema(fields))
    wkb = pyarrow.array(shapely.to_wkb(layer.shapes), pyarrow.binary())
    told = {"description": "course of the street or outline of the zone", "unit": "m"}
    table = table.append_column(pyarrow.field(GEOMETRY, pyarrow.binary(), metadata=told), wkb)
    about = {
        "geo": json.dumps(_geo(layer, source)),
        "title": layer.title,
        "about": source.words,
        "attribution": source.attribution,
    }
    pyarrow.parquet.write_table(table.replace_schema_metadata(about), path, compression="zstd")


def _geo(layer: Layer, source: Source) -> dict[str, Any]:
    import pyproj
    import shapely

    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": [layer.geometry_type],
        "crs": pyproj.CRS.from_user_input(source.crs).to_json_dict(),
    }
    if layer.shapes is not None and len(layer.shapes):
        column["bbox"] = [float(end) for end in shapely.total_bounds(layer.shapes)]
    return {"version": VERSION, "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
