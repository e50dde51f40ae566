"""Fetch OpenStreetMap over the network, once: the only place of the project that is ever online.

OSMnx asks (Nominatim for the outline of a place, Overpass for what lies in a rectangle); what it gets is kept as an
ordinary extract (.osm.pbf) in a cache folder, and the city is derived from that extract exactly as from any other. So
the same area asked for again needs no network and gives the same city. Delete the folder to fetch anew.

The environment variables in `SERVICES` name other servers, such as a mirror near you.
"""

import hashlib
import json
import os
import socket
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import shapely
from platformdirs import user_cache_path

from simulator.errors import CityError, DownloadError, InputError
from simulator.results.files import check_writable, whole_file
from street_networks.online.asked_area import OFFLINE, Ask, area_of, box_to_fetch, swapped_told
from street_networks.places.homes import LAND_USES
from street_networks.places.places import KindRule
from street_networks.places.stops import STOP_KEYS
from street_networks.places.waysides import WaysideRule
from street_networks.sources.areas import OPEN_SPACE_TAGS
from street_networks.sources.osm_xml import Box

SERVICES = {
    "AFTERDARK_OVERPASS": "https://overpass-api.de/api",
    "AFTERDARK_NOMINATIM": "https://nominatim.openstreetmap.org/",
}
"""Environment variables and the servers that are asked without them."""
TIMEOUT_S = 180
"""Time for one answer; the server is told it too."""
PAUSES_S = (20.0, 60.0)
"""Waits before a busy server (429, 504) is asked again; after the last it is given up."""
_AGENT = "afterdark (simulator of street safety measures; asks by OSMnx)"
_BUSY = (429, 504)

Tags = dict[str, bool | str | list[str]]
Told = Callable[[str], None]


class Fetched(NamedTuple):
    """An extract, the area (degrees) that was asked for in it, and what is told of the source."""

    path: Path
    area: shapely.Geometry
    source: str


class _BusyError(Exception):
    """The server has no time for us now."""


class _RefusedError(Exception):
    """The server said no, or gave up halfway."""


def cache_folder() -> Path:
    """Where answers are kept if the user names no folder."""
    return user_cache_path("afterdark") / "openstreetmap"


def fetch_area(
    ask: Ask,
    rules: tuple[KindRule, ...],
    wayside_rules: tuple[WaysideRule, ...],
    *,
    cache: Path | None = None,
    told: Told,
) -> Fetched:
    """Fetch what a city is made of, or find it in the cache.

    Parameters
    ----------
    ask
        The area, without faults (`asked_area.ask_faults`).
    rules, wayside_rules
        Which tags make places and things along the streets: they are fetched.
    cache
        Folder to keep answers in.
    told
        Told what is being done.

    Raises
    ------
    CityError
        If there is no such place, it is too large, or nothing is mapped there.
    DownloadError
        If the network, the server or OSMnx fails; with the way offline.
    """
    cache = cache or cache_folder()
    if ask.place is not None:
        area, asked = _outline(ask.place.strip(), cache, told)
    else:
        area = area_of(ask)
        asked = f"--bbox {ask.bbox}" if ask.bbox is not None else f"--point {ask.point} --radius {ask.radius:g}"
    order = "the order is west,south,east,north; " if ask.bbox is not None else ""
    box = box_to_fetch(area, asked, hint=order)
    tags = tags_to_fetch(rules, wayside_rules)
    path = cache / f"area-{_digest(box, tags)}.osm.pbf"
    if not path.is_file():
        _check_writable(cache)
        told("asking Overpass")
        found = _fetch_box(box, tags, ask, asked, told)
        with whole_file(path) as part:
            _write_extract(found, box, part, asked)
    return Fetched(path, area, f"OpenStreetMap by Overpass, {_said(ask, asked)}")


def _said(ask: Ask, asked: str) -> str:
    """The area in words, for the city file."""
    if ask.place is not None:
        return f"the area of {asked.removeprefix('--place ')}"
    return f"the box {ask.bbox}" if ask.bbox is not None else f"{ask.radius:g} m around {ask.point}"


def tags_to_fetch(rules: tuple[KindRule, ...], wayside_rules: tuple[WaysideRule, ...]) -> Tags:
    """Tags of everything that a city is made of, as OSMnx takes them."""
    every = [rule.key for rule in wayside_rules if rule.value == "*"]
    tags: Tags = dict.fromkeys(("building", "highway", *STOP_KEYS, *(rule.key for rule in rules), *every), True)
    wanted = {key: set(values) for key, values in OPEN_SPACE_TAGS.items()}
    wanted["landuse"] |= LAND_USES
    wanted["man_made"] = {"pier"}
    for rule in wayside_rules:
        wanted.setdefault(rule.key, set()).add(rule.value)
    return {**{key: sorted(values) for key, values in sorted(wanted.items())}, **dict(sorted(tags.items()))}


def _check_writable(cache: Path) -> None:
    try:
        check_writable(cache)
    except InputError as error:
        raise InputError(f"{cache}: answers cannot be kept there; name another folder with --cache") from error


def _digest(*what: object) -> str:
    return hashlib.blake2b(json.dumps(what, sort_keys=True).encode(), digest_size=12).hexdigest()


# --- places --------------------------------------------------------------------------------------------------------


def _outline(place: str, cache: Path, told: Told) -> tuple[shapely.Geometry, str]:
    """The outline of a place and its full name."""
    path = cache / f"place-{_digest(place)}.json"
    if not path.is_file():
        _check_writable(cache)
        told("asking Nominatim")
        name, shape = _geocoded(place, told)
        with whole_file(path) as part:
            part.write_text(json.dumps({"place": place, "name": name, "wkt": shapely.to_wkt(shape, 7)}), "utf-8")
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return shapely.make_valid(shapely.from_wkt(found["wkt"])), f"--place {found['name']}"
    except (ValueError, KeyError, shapely.errors.GEOSException) as error:
        raise CityError(f"{path}: cannot be read ({error}); it is a kept answer: delete it to ask again") from error


def _geocoded(place: str, told: Told) -> tuple[str, shapely.Geometry]:
    def ask(which: int | None) -> tuple[str, shapely.Geometry]:
        with _osmnx() as osmnx:
            row = osmnx.geocoder.geocode_to_gdf(place, which_result=which).iloc[0]
            return str(row["display_name"]), row["geometry"]

    try:
        return _asked("Nominatim", lambda: ask(None), told)
    except TypeError:  # OSMnx says so of a place that is known without an outline
        try:
            name, found = _asked("Nominatim", lambda: ask(1), told)
        except _NotFoundError:
            raise _unknown(place) from None
        at = found.representative_point()
        raise CityError(
            f"--place {place}: found {name} as a {found.geom_type.lower()} without an outline, expected an area; give "
            f"--point {at.y:.5f},{at.x:.5f} --radius 800, or the name of the district around it"
        ) from None
    except _NotFoundError:
        raise _unknown(place) from None


def _unknown(place: str) -> CityError:
    return CityError(
        f"--place {place}: Nominatim knows no such place; check the spelling, add the city and the country, or give "
        f"--bbox or --point. {OFFLINE}"
    )


# --- rectangles ----------------------------------------------------------------------------------------------------


def _fetch_box(box: Box, tags: Tags, wanted: Ask, asked: str, told: Told) -> dict[str, Any]:
    """What Overpass gives for a rectangle."""

    def ask() -> dict[str, Any]:
        with _osmnx() as osmnx:
            osmnx.settings.cache_only_mode = True
            with suppress(InterruptedError):  # how OSMnx says that the answer now lies in its cache
                osmnx.features.features_from_polygon(shapely.box(*box), tags)
            answers = sorted(Path(osmnx.settings.cache_folder).glob("*.json"))
            found = [json.loads(answer.read_text(encoding="utf-8")) for answer in answers]
        return {"osm3s": found[0].get("osm3s", {}), "elements": [one for many in found for one in many["elements"]]}

    found = _asked("Overpass", ask, told)
    if not any("highway" in one.get("tags", {}) for one in found["elements"] if one["type"] == "way"):
        raise CityError(
            f"{asked}: OpenStreetMap has no streets there (longitude {box[0]:g} to {box[2]:g}, latitude {box[1]:g} to "
            f"{box[3]:g}). {swapped_told(wanted)} {OFFLINE}".replace("  ", " ")
        )
    return found


def _write_extract(found: Mapping[str, Any], box: Box, path: Path, asked: str) -> None:
    """Keep an answer as an extract, the date of the data and the rectangle in its head."""
    import osmium

    mutable = osmium.osm.mutable
    header = osmium.io.Header()
    header.add_box(osmium.osm.Box(*box))
    header.set("generator", "afterdark")
    if found["osm3s"].get("timestamp_osm_base"):
        header.set("osmosis_replication_timestamp", str(found["osm3s"]["timestamp_osm_base"]))
    order = {"node": 0, "way": 1, "relation": 2}
    elements = {(order.get(one["type"], 3), one["id"]): one for one in found["elements"]}
    try:
        with osmium.SimpleWriter(str(path), header=header) as writer:
            for (kind, number), one in sorted(elements.items()):
                tags = one.get("tags", {})
                if kind == 0:
                    writer.add_node(mutable.Node(id=number, location=(one["lon"], one["lat"]), tags=tags, version=1))
                elif kind == 1:
                    writer.add_way(mutable.Way(id=number, nodes=one["nodes"], tags=tags, version=1))
                elif kind == 2:
                    members = [(member["type"][0], member["ref"], member["role"]) for member in one["members"]]
                    writer.add_relation(mutable.Relation(id=number, members=members, tags=tags, version=1))
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise DownloadError(f"{asked}: what Overpass sent is no OpenStreetMap data ({error}). {OFFLINE}") from error


# --- asking --------------------------------------------------------------------------------------------------------


class _NotFoundError(Exception):
    """The geocoder knows no such place."""


def _asked(server: str, ask: Callable[[], Any], told: Told) -> Any:
    """What a server answers, asked again when it is busy; every failure as one error with the way offline."""
    for pause in (*PAUSES_S, None):
        try:
            return _plainly(server, ask)
        except _BusyError as error:
            if pause is None:
                raise DownloadError(
                    f"{server}: is busy ({error}), asked {len(PAUSES_S) + 1} times; try again later or a smaller area, "
                    f"or name another server ({', '.join(SERVICES)}). {OFFLINE}"
                ) from error
            told(f"{server} is busy, waiting {pause:g} s")
            time.sleep(pause)
    raise AssertionError


def _plainly(server: str, ask: Callable[[], Any]) -> Any:
    """What a server answers, or one error of ours in place of the many that networks have."""
    try:
        import requests
    except ImportError as error:
        raise _without_osmnx() from error
    try:
        return ask()
    except requests.exceptions.Timeout as error:
        raise DownloadError(
            f"{server}: no answer within {TIMEOUT_S} s; try again later or a smaller area. {OFFLINE}"
        ) from error
    except requests.exceptions.ConnectionError as error:
        raise DownloadError(
            f"{server}: cannot be reached; is this machine online, and is its proxy set? {OFFLINE}"
        ) from error
    except requests.exceptions.RequestException as error:
        raise DownloadError(f"{server}: the download failed ({error}). {OFFLINE}") from error
    except _RefusedError as error:
        raise DownloadError(f"{server}: {error}; try again later or a smaller area. {OFFLINE}") from error
    except ValueError as error:  # of OSMnx: no places, or an answer that is no JSON
        if "0 results" in str(error):
            raise _NotFoundError from error
        raise DownloadError(
            f"{server}: what it sent cannot be read, cut off on the way or no map data; try again. {OFFLINE}"
        ) from error


def _without_osmnx() -> DownloadError:
    return DownloadError(f"--place, --bbox and --point need OSMnx: pip install osmnx. {OFFLINE}")


def _check(response: Any, *_: Any, **__: Any) -> None:
    """Hear from each answer whether it is one, before OSMnx waits for a busy server without an end."""
    if response.status_code in _BUSY:
        raise _BusyError(f"status {response.status_code}")
    if not response.ok:
        raise _RefusedError(f"answered with status {response.status_code} {response.reason}")
    if b'"remark"' in response.content[-2000:]:
        remark = response.content[-2000:].decode("utf-8", "replace").split('"remark"', 1)[1].strip(' :\n}"')
        raise _RefusedError(f"gave up halfway ({remark[:200]})")


@contextmanager
def _osmnx() -> Iterator[Any]:
    """OSMnx with our settings and an empty cache of its own; as it was before when the block ends."""
    try:
        import osmnx
    except ImportError as error:
        raise _without_osmnx() from error
    ours = {
        "use_cache": True,
        "overpass_url": os.environ.get("AFTERDARK_OVERPASS", SERVICES["AFTERDARK_OVERPASS"]),
        "nominatim_url": os.environ.get("AFTERDARK_NOMINATIM", SERVICES["AFTERDARK_NOMINATIM"]),
        "overpass_rate_limit": False,  # one question a city: a server without a free slot says 429, and we wait
        "requests_timeout": TIMEOUT_S,
        "requests_kwargs": {"hooks": {"response": _check}},
        "http_user_agent": _AGENT,
        "http_referer": _AGENT,
        "doh_url_template": None,  # no third party hears what is asked
        "cache_only_mode": False,
    }
    before = {name: getattr(osmnx.settings, name) for name in (*ours, "cache_folder")}
    resolve = socket.getaddrinfo  # OSMnx replaces it
    with tempfile.TemporaryDirectory(prefix="afterdark-") as folder:
        try:
            for name, value in (*ours.items(), ("cache_folder", folder)):
                setattr(osmnx.settings, name, value)
            yield osmnx
        finally:
            socket.getaddrinfo = resolve
            for name, value in before.items():
                setattr(osmnx.settings, name, value)
