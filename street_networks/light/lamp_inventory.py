"""A city's own list of its street lamps, from CSV, GeoJSON or GeoPackage with columns of any name.

`COLUMNS` says what a mapping may name. Positions are a pair of columns, or the points of the layer. Every row is
checked: one with a fault is left out, and each kind of fault is counted and told with its first rows. Where there
are no lumens they are watts times evidence `efficacy_*` of the type; where there is neither, evidence
`lamp_flux`; where there is no height, `lamp_height`. For example::

    source = LampFile("lamps.csv", {"latitude": "Lat", "longitude": "Long", "height_m": "Hoehe", "power_w": "Watt",
                                    "lamp_type": "Leuchtmittel"}, types={"Natriumdampf": "sodium_high"})
    city = city_from_osm("city.osm.pbf", name="city", country="DE", lamps=source)

Within its reach (the convex hull of its lamps and 15 m around) an inventory is taken to be complete: it replaces the
lamps of OpenStreetMap there.
"""

import dataclasses
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import shapely

from simulator.city.illuminance import LEAST_REACH_M
from simulator.city.network import Lamps, LampSchedules
from simulator.errors import CityError
from simulator.evidence.parameters import nominal
from street_networks.keys import stable_key
from street_networks.ledger import REFUSED_SHARE
from street_networks.light.lamp_tables import Cells, Checks, read_csv, read_layer
from street_networks.tables import cell_values as cells

COLUMNS = {
    "lamp_id": "the lamp's own number or name",
    "latitude": "degrees, decimal or DMS",
    "longitude": "degrees, decimal or DMS",
    "easting_m": "metres in the file's CRS",
    "northing_m": "metres in the file's CRS",
    "height_m": "mounting height",
    "flux_lm": "lumens that leave the luminaire",
    "power_w": "watts",
    "lamp_type": "LED, high-pressure sodium ...",
    "off_from_h": "clock time at which it goes out",
    "off_until_h": "clock time at which it may burn again",
    "dim_from_h": "clock time at which it is dimmed",
    "dim_until_h": "clock time at which it burns fully again",
    "dim_share": "share of its light that is left when dimmed",
    "out_of_order": "yes or no",
}
"""What a mapping may name, and what it is."""

LAMP_TYPES = {
    "led": ("led",),
    "sodium_low": ("lowpressuresodium", "lps", "sox", "slp"),
    "sodium_high": ("highpressuresodium", "hps", "sodium", "son", "nav", "hpsv", "vsap", "hst"),
    "metal_halide": ("metalhalide", "mh", "hqi", "cdm", "cdo", "cpo", "hmh"),
    "mercury": ("mercury", "mercuryvapour", "mercuryvapor", "hql", "hpl", "mv", "vm"),
    "fluorescent": ("fluorescent", "compactfluorescent", "cfl", "tl", "fluo"),
    "incandescent": ("incandescent", "halogen"),
}
"""Types with an `efficacy_*` of their own, and the words for them that are understood."""

RANGES = {"height_m": (0.5, 40.0, "m"), "power_w": (1.0, 3000.0, "W"), "flux_lm": (50.0, 200_000.0, "lm")}
"""What is believed of a street lamp."""
_HOURS = ("off_from_h", "off_until_h", "dim_from_h", "dim_until_h")

Array = np.ndarray[Any, Any]


@dataclasses.dataclass(frozen=True)
class LampFile:
    """Where an inventory is and how to read it.

    Parameters
    ----------
    path
        A .csv, .geojson or .gpkg (or anything else that GDAL reads as a layer of points).
    mapping
        Our name (see `COLUMNS`) -> the column of the file.
    crs
        CRS of easting and northing, such as "EPSG:25832"; a layer that knows its own needs none.
    layer
        Layer of a file with several; None for the first.
    types
        Words of the file -> a type of `LAMP_TYPES`, for those that are not understood.
    accept
        Use it although more than half of its rows have faults.
    """

    path: Path | str
    mapping: Mapping[str, str]
    crs: str | None = None
    layer: str | None = None
    types: Mapping[str, str] = dataclasses.field(default_factory=dict)
    accept: bool = False


@dataclasses.dataclass(frozen=True)
class LampInventory:
    """Lamps that can be used, and what was found wrong.

    Parameters
    ----------
    lamps, schedules
        In the order of their keys; schedules only of lamps that do not burn fully all night.
    hull
        Where the inventory is taken to be complete, without what is around it.
    counts
        Rows read, used, outside the city, with faults, with height or flux taken from the evidence file; lanterns
        where another stands that is alike.
    faults
        A line for each kind of fault: how many rows, the first of them, what was found and expected.
    """

    lamps: Lamps
    schedules: LampSchedules
    hull: shapely.Geometry
    counts: dict[str, int]
    faults: tuple[str, ...]


def read_lamps(source: LampFile, *, crs: str, area: shapely.Geometry | None = None) -> LampInventory:
    """Read and check an inventory.

    Parameters
    ----------
    source
        The file and its mapping.
    crs
        The city's projected CRS, in which positions come out (to the centimetre).
    area
        The city in that CRS; lamps more than 60 m outside are left out. None keeps all.

    Raises
    ------
    CityError
        If the file cannot be read, the mapping does not fit it, no lamp lies in the city, or more than half
        of the rows have faults; with every kind of fault.
    """
    path = Path(source.path)
    table = read_csv(path) if path.suffix.lower() in (".csv", ".tsv", ".txt") else read_layer(path, source.layer)
    _check_mapping(source, path, table)
    rows = len(table.numbers)
    checks = Checks(table.numbers)
    reach = None if area is None else shapely.buffer(area, LEAST_REACH_M)
    position, inside = _positions(source, table, checks, crs=crs, reach=reach)
    height, no_height = _heights(source, table, checks)
    flux, no_flux = _fluxes(source, table, checks)
    hours = _schedules(source, table, checks)
    keys = _keys(source, table, checks, np.column_stack([position.round(2), height, flux]))
    used = np.flatnonzero(inside & ~checks.bad)
    counts = {
        "rows": rows,
        "used": len(used),
        "outside": int((~inside & ~checks.bad).sum()),
        "with_faults": int(checks.bad.sum()),
        "usual_height": int(no_height[used].sum()),
        "usual_flux": int(no_flux[used].sum()),
        "on_one_mast": len(used) - len(np.unique(np.column_stack([position.round(2), height, flux])[used], axis=0)),
    }
    if not len(used) or (checks.bad.mean() > REFUSED_SHARE and not source.accept):
        raise CityError(
            f"{path}: of {rows} lamps {counts['with_faults']} have faults and {counts['outside']} lie outside the "
            f"city, {len(used)} can be used; expected most rows to fit: look at mapping, units and CRS, or --accept",
            checks.lines(),
        )
    used = used[np.argsort(keys[used])]
    lamps = Lamps(keys[used], position[used, 0].round(2), position[used, 1].round(2), height[used], flux[used])
    hull = shapely.convex_hull(shapely.multipoints(position[used]))
    return LampInventory(lamps, _schedule_table(hours, used), hull, counts, checks.lines())


def _check_mapping(source: LampFile, path: Path, table: Cells) -> None:
    mapping, faults = source.mapping, []
    faults += [
        f"{ours}: not a name of ours, expected one of {', '.join(COLUMNS)}" for ours in mapping if ours not in COLUMNS
    ]
    faults += [
        f"{ours}: no column {theirs!r} in the file (it has {', '.join(table.columns)})"
        for ours, theirs in mapping.items()
        if theirs not in table.columns
    ]
    pairs = [("latitude", "longitude"), ("easting_m", "northing_m")]
    given = [pair for pair in pairs if set(pair) & set(mapping)]
    if len(given) > 1 or any(not set(pair) <= set(mapping) for pair in given):
        faults.append("position: expected either latitude and longitude, or easting_m and northing_m")
    if not given and table.shapes is None:
        faults.append(
            "position: not mapped, and the file has no points; expected latitude and longitude, or easting_m ..."
        )
    if pairs[1] in given and source.crs is None and table.crs is None:
        faults.append('easting_m: in what CRS? expected crs, such as "EPSG:25832"')
    faults += [
        f"types: {word!r} is to be {kind!r}, expected one of {', '.join(LAMP_TYPES)}"
        for word, kind in source.types.items()
        if kind not in LAMP_TYPES
    ]
    if faults:
        raise CityError(f"{path}: the mapping of lamps does not fit the file", faults)


def _column(source: LampFile, table: Cells, name: str) -> list[str] | None:
    theirs = source.mapping.get(name)
    return None if theirs is None else table.columns[theirs]


def _parse(
    source: LampFile, table: Cells, checks: Checks, name: str, read: Callable[..., float], **options: Any
) -> Array | None:
    """A mapped column as numbers: NaN where the cell is empty or wrong, None where it is not mapped."""
    texts = _column(source, table, name)
    if texts is None:
        return None
    comma = cells.has_decimal_comma(texts, likely=table.likely_comma)
    if name in RANGES:
        comma = cells.comma_by_range(texts, comma, RANGES[name][:2], units=options.get("units", ()))
    values = np.full(len(texts), np.nan)
    for row, text in enumerate(texts):
        if text.strip():
            try:
                values[row] = read(text, decimal_comma=comma, **options)
            except ValueError as error:
                checks.add(row, source.mapping[name], text, str(error))
    return values


def _believed(source: LampFile, table: Cells, checks: Checks, name: str) -> Array | None:
    """A mapped column of positive amounts, faults where they are out of `RANGES`."""
    low, high, unit = RANGES[name]
    values = _parse(source, table, checks, name, cells.read_number, units=(unit, "lumen", "watt"))
    if values is not None:
        for row in np.flatnonzero((values < low) | (values > high)):
            found = table.columns[source.mapping[name]][row]
            checks.add(row, source.mapping[name], found, f"{low:g} to {high:g} {unit}")
    return values


def _positions(
    source: LampFile, table: Cells, checks: Checks, *, crs: str, reach: shapely.Geometry | None
) -> tuple[Array, Array]:
    """Positions in `crs` and whether each is in reach; a pair that would be there if exchanged is a fault."""
    if "latitude" in source.mapping:
        names = ("longitude", "latitude")
        x, y = (_parse(source, table, checks, name, cells.read_angle, axis=name) for name in names)
        file_crs = "EPSG:4326"
    elif "easting_m" in source.mapping:
        names = ("easting_m", "northing_m")
        x, y = (_parse(source, table, checks, name, cells.read_number, units=("m",)) for name in names)
        file_crs = source.crs or str(table.crs)
    else:
        names = ("geometry", "geometry")
        x, y, file_crs = *_points(table, checks), source.crs or table.crs or "EPSG:4326"
    assert x is not None
    assert y is not None
    for row in np.flatnonzero((np.isnan(x) | np.isnan(y)) & ~checks.bad):
        checks.add(row, source.mapping.get(names[1], "geometry"), "", "a position")
    try:
        project = pyproj.Transformer.from_crs(file_crs, crs, always_xy=True)
    except pyproj.exceptions.CRSError as error:
        raise CityError(f"{source.path}: crs {file_crs!r} is not known; expected a code such as EPSG:25832") from error
    position = np.column_stack(project.transform(x, y))
    inside = _is_in(position, reach)
    exchanged = _is_in(np.column_stack(project.transform(y, x)), reach) & ~inside & ~checks.bad
    if reach is not None:
        for row in np.flatnonzero(exchanged):
            checks.add(
                row,
                "position",
                f"{x[row]:g}, {y[row]:g}",
                "easting and northing, or longitude and latitude, the other way round",
            )
    return np.where(np.isfinite(position), position, 0.0), inside


def _points(table: Cells, checks: Checks) -> tuple[Array, Array]:
    assert table.shapes is not None
    single = np.array([(list(shapely.get_parts(shape)) or [None])[0] for shape in table.shapes], object)
    x, y = shapely.get_x(single), shapely.get_y(single)
    for row in np.flatnonzero(np.isnan(x)):
        shape = table.shapes[row]
        checks.add(row, "geometry", "none" if shape is None else shape.geom_type, "a point")
    return x, y


def _is_in(position: Array, reach: shapely.Geometry | None) -> Array:
    finite = np.asarray(np.isfinite(position).all(axis=1))
    if reach is None:
        return finite
    shapely.prepare(reach)
    at = np.where(finite[:, None], position, 0.0)
    return np.asarray(finite & shapely.intersects_xy(reach, at[:, 0], at[:, 1]))


def _heights(source: LampFile, table: Cells, checks: Checks) -> tuple[Array, Array]:
    values = _believed(source, table, checks, "height_m")
    height = np.full(len(checks.bad), np.nan) if values is None else values
    return np.where(checks.bad | np.isnan(height), nominal("lamp_height"), height), np.isnan(height)


def _fluxes(source: LampFile, table: Cells, checks: Checks) -> tuple[Array, Array]:
    """Lumens, or watts x efficacy, or the usual flux; and where it is the usual one."""
    nothing = np.full(len(checks.bad), np.nan)
    given, power = (_believed(source, table, checks, name) for name in ("flux_lm", "power_w"))
    flux = nothing if given is None else given
    if power is not None:
        words = _column(source, table, "lamp_type") or [""] * len(nothing)
        kind_of = {word: _lamp_type(word, source.types) for word in set(words)}
        for row, word in enumerate(words):
            if kind_of[word] is None:
                checks.add(
                    row, source.mapping["lamp_type"], word, f"one of {', '.join(LAMP_TYPES)} (or name it in types)"
                )
        efficacy = np.array([nominal(f"efficacy_{kind_of[word] or 'unknown'}") for word in words])
        flux = np.where(np.isnan(flux), power * efficacy, flux)
    return np.where(checks.bad | np.isnan(flux), nominal("lamp_flux"), flux), np.isnan(flux)


def _lamp_type(word: str, types: Mapping[str, str]) -> str | None:
    """The type that a word stands for; "unknown" if there is none, None if it is not understood."""
    own = {theirs.strip().lower(): kind for theirs, kind in types.items()}
    low = word.strip().lower()
    if low in own:
        return own[low]
    plain = "".join(letter for letter in low if letter.isalpha())
    if plain in ("", "unknown", "other"):
        return "unknown"
    return next((kind for kind, words in LAMP_TYPES.items() if plain in (*words, kind.replace("_", ""))), None)


def _schedules(source: LampFile, table: Cells, checks: Checks) -> dict[str, Array]:
    rows = len(checks.bad)
    parsed = {name: _parse(source, table, checks, name, cells.read_clock) for name in _HOURS}
    hours = {name: np.zeros(rows) if values is None else values for name, values in parsed.items()}
    share = _parse(source, table, checks, "dim_share", cells.read_share)
    hours["dim_share"] = np.ones(rows) if share is None else share
    dead = _parse(source, table, checks, "out_of_order", lambda text, decimal_comma: float(cells.read_yes(text)))
    hours["out_of_order"] = np.zeros(rows) if dead is None else np.nan_to_num(dead)
    for low, high in (_HOURS[:2], _HOURS[2:]):
        half = np.isnan(hours[low]) != np.isnan(hours[high])
        for row in np.flatnonzero(half & ~checks.bad):
            checks.add(row, source.mapping.get(low, low), "", f"both {low} and {high}, or neither")
        for name in (low, high):
            hours[name] = np.nan_to_num(hours[name])
    hours["dim_share"] = np.where(np.isnan(hours["dim_share"]), 1.0, hours["dim_share"])
    return hours


def _keys(source: LampFile, table: Cells, checks: Checks, facts: Array) -> Array:
    """A stable key a lamp, from its own number or else from all that is known.

    A number that is there again is a fault. Rows without numbers that say the same are lanterns on one mast.
    """
    own = _column(source, table, "lamp_id")
    if own is None:
        met = Counter[str]()
        keys = []
        for word in ("/".join(map(repr, row)) for row in facts.tolist()):
            keys.append(stable_key("lamp", word, met[word]) if met[word] else stable_key("lamp", word))
            met[word] += 1
        return np.array(keys, np.int64)
    seen: set[str] = set()
    for row, word in enumerate(own):
        if word in seen and not checks.bad[row]:
            checks.add(row, source.mapping["lamp_id"], word, "each lamp once")
        elif not checks.bad[row]:
            seen.add(word)
    return np.array([stable_key("lamp", word) for word in own], np.int64)


def _schedule_table(hours: Mapping[str, Array], used: Array) -> LampSchedules:
    of_used = {name: values[used] for name, values in hours.items()}
    off = of_used["off_from_h"] != of_used["off_until_h"]
    dimmed = (of_used["dim_from_h"] != of_used["dim_until_h"]) & (of_used["dim_share"] < 1)
    rows = np.flatnonzero(off | dimmed | (of_used["out_of_order"] > 0))
    return LampSchedules(lamp=rows, **{name: values[rows] for name, values in of_used.items()})


def merge_lamps(osm: Lamps, inventory: LampInventory, reach_m: float) -> tuple[Lamps, LampSchedules, dict[str, int]]:
    """The inventory's lamps, and those of OpenStreetMap outside its hull and `reach_m` around it.

    Returns
    -------
    Lamps, LampSchedules, dict
        In the order of keys; counts for the metadata.
    """
    hull = shapely.buffer(inventory.hull, reach_m)
    kept = osm.take(~shapely.intersects_xy(hull, osm.x_m, osm.y_m))
    both = [
        np.concatenate([getattr(table, field.name) for table in (inventory.lamps, kept)])
        for field in dataclasses.fields(Lamps)
    ]
    order = np.argsort(both[0])
    row_now = np.argsort(order)
    schedules = inventory.schedules
    moved = dataclasses.replace(schedules, lamp=row_now[schedules.lamp])
    counts = {f"lamp_inventory_{name}": count for name, count in inventory.counts.items()}
    counts["lamps_of_osm_replaced"] = len(osm) - len(kept)
    return Lamps(*(column[order] for column in both)), moved.take(np.argsort(moved.lamp)), counts
