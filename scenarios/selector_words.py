"""The words by which a case chooses streets: which segments of a city each holds for."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from scenarios.words import listed
from simulator.city.network import STREET_CLASSES, StreetNetwork
from simulator.city.transit import departures_at
from simulator.city.waysides import waysides_on

Array = np.ndarray[Any, Any]
_OFTEN = 2.0
"""Departures an hour from which a stop counts as served at night: every 30 minutes."""
PATH_CLASSES = ("footway", "path", "cycleway", "pedestrian", "steps", "track")
"""What `paths` means: ways mostly without motor traffic."""
STREET_LIKE_CLASSES = (
    *("primary", "secondary", "tertiary", "residential", "unclassified", "service", "living_street"),
    "pedestrian",
)
"""What `streets` means; a pedestrian street is a path and a street."""


@dataclasses.dataclass(frozen=True)
class Word:
    """One word of the grammar: what it says, and which segments it holds for."""

    meaning: str
    holds: Callable[[StreetNetwork], Array]


def _unlit(network: StreetNetwork) -> Array:
    streets = network.streets
    return np.asarray((streets.tagged_lit == 0) | ((streets.tagged_lit == -1) & (streets.lamps_in_reach == 0)))


def _of_class(*classes: str) -> Callable[[StreetNetwork], Array]:
    codes = [STREET_CLASSES.index(one) for one in classes]
    return lambda network: np.isin(network.streets.street_class, codes)


def _steps(network: StreetNetwork) -> Array:
    return np.asarray(network.streets.is_steps | _of_class("steps")(network))


def _with_place(*kinds: str) -> Callable[[StreetNetwork], Array]:
    def holds(network: StreetNetwork) -> Array:
        at = [network.places.segment[network.places_of(kind)] for kind in kinds]
        return np.isin(np.arange(len(network.streets)), np.concatenate(at))

    return holds


def _beside(*kinds: str) -> Callable[[StreetNetwork], Array]:
    """Streets along which there is something of one of these kinds in the table of waysides."""

    def holds(network: StreetNetwork) -> Array:
        at = network.waysides.segment[np.isin(network.waysides.kind, kinds)]
        return np.isin(np.arange(len(network.streets)), at)

    return holds


def _uneasy(network: StreetNetwork) -> Array:
    return waysides_on(network.waysides, len(network.streets), of_class="unease") > 0


def _seldom_served(network: StreetNetwork) -> Array:
    """Streets with a stop from which, at some hour of a weekday's night, fewer than two vehicles an hour depart."""
    night = [
        departures_at(network.headways, len(network.stops), day_kind="weekday", hour=hour) for hour in (0, 1, 2, 3)
    ]
    seldom = np.min([one.max(axis=1) for one in night], axis=0) < _OFTEN
    return np.isin(np.arange(len(network.streets)), network.stops.segment[seldom])


def _with_stop(network: StreetNetwork) -> Array:
    return np.isin(np.arange(len(network.streets)), network.stops.segment)


NOUNS: Mapping[str, Word] = {
    **{f"{one}s": Word(f"ways of class {one}", _of_class(one)) for one in ("footway", "cycleway", "track", "corridor")},
    "segments": Word("every walkable segment", lambda network: np.ones(len(network.streets), bool)),
    "paths": Word(f"ways of class {listed(PATH_CLASSES)}", _of_class(*PATH_CLASSES)),
    "streets": Word(f"ways of class {listed(STREET_LIKE_CLASSES)}", _of_class(*STREET_LIKE_CLASSES)),
    "steps": Word("flights of steps", _steps),
    "stops": Word("streets with a stop of public transport", _with_stop),
    "tunnels": Word("tunnels and underpasses", lambda network: network.streets.is_tunnel),
}
"""What the last word may be."""

NARROWING: Mapping[str, Word] = {
    **{one.replace("_", "-"): Word(f"of class {one}", _of_class(one)) for one in STREET_CLASSES},
    "all": Word("no narrowing", lambda network: np.ones(len(network.streets), bool)),
    "unlit": Word("tagged as unlit, or without a tag and without a mapped lamp in reach", _unlit),
    "dark": Word("the same as unlit", _unlit),
    "lit": Word("tagged as lit, or without a tag and with a mapped lamp in reach", lambda network: ~_unlit(network)),
    "park": Word("mostly in a park or other green open space", lambda network: network.streets.in_park),
    "tunnel": Word("in a tunnel or underpass", lambda network: network.streets.is_tunnel),
    "steps": Word("flights of steps", _steps),
    "informal": Word("informal or unpaved", lambda network: network.streets.is_informal),
    "nightlife": Word("on which a venue of nightlife is", _with_place("nightlife")),
    "shopping": Word("on which a shop is", _with_place("shop")),
    "school": Word("on which a school or nursery is", _with_place("school")),
    "care": Word("on which a place of care or health is", _with_place("care", "health")),
    "leisure": Word("on which a place of leisure or culture is", _with_place("leisure", "culture")),
    "uneasy": Word("beside what safety audits name as cause of unease; a class of the table of waysides", _uneasy),
    "walled": Word("beside a wall or fence", _beside("wall", "fence")),
    "parking": Word("beside a car park", _beside("car park", "multi-storey car park")),
    "vacant": Word("beside a vacant front or derelict building", _beside("vacant front", "derelict building")),
    "unbuilt": Word("beside a building site or brownfield", _beside("construction site", "brownfield")),
    "seldom-served": Word("with a stop that is served less than every 30 minutes from 0 to 4 h", _seldom_served),
    "core": Word("in the core, for which results are reported", lambda network: network.streets.in_core),
    "ring": Word("in the ring around the core", lambda network: ~network.streets.in_core),
}
"""What may stand before it."""
