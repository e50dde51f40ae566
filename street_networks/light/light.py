"""Light on a street by night, as minimum and mean horizontal illuminance (lx).

Rules, for each segment:

1. **What mapped lamps give** (`unlit_*`): all lamps in reach, each a point source, summed along the segment
   (`illuminance`). Tunnels get nothing from the street's lamps.
2. **Tagged lit** (``lit`` yes, 24/7, automatic, limited, sunset-sunrise): known lit. Mapped lamps are
   incomplete, so the light is the EN 13201-2 class P of its street class (evidence `lighting_class_*`), or
   rule 1 where that is more.
3. **Tagged unlit** (``lit`` no, disused): known unlit; only rule 1, as spill.
4. **No tag, a mapped lamp within 15 m**: known lit, and its light is rule 1: it may be little at the
   minimum. Where an inventory of lamps reaches (`is_surveyed`) this holds for the tagged lit too; and a segment
   without tag and lamp there is known unlit.
5. **No tag, no lamp**: imputed (`light_imputed`), with a probability of being lit (`imputation`). Which of them are lit
   together, each draw decides (`simulator.city.imputed_light`).
6. Informal paths (``informal=yes``; or path and track without a paved surface) without tag and lamp are
   imputed unlit (probability 0, still marked as imputed) unless the user assumes a share for their class.

Lamp height comes from the ``height`` tag if it is 2 to 30 m, else from the evidence file, as does the flux.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely

from simulator.city.illuminance import lamp_light
from simulator.city.network import STREET_CLASSES
from simulator.evidence.parameters import nominal
from simulator.interventions.lighting.new_lamps import EN_13201_2_P
from street_networks.light.imputation import imputed_probability
from street_networks.light.light_hours import hours_of_tag, spill_by_hour
from street_networks.sources.extract import Tags
from street_networks.tables.texts import truth_of

REACH_M = 15.0
_LIT = frozenset(
    ["24/7", "automatic", "limited", "sunset-sunrise", "dusk-dawn", "interval", "operating_times", "lit", "lighted"]
)
"""Values of ``lit`` that say that there are lamps, besides words for yes (OpenStreetMap's wiki, Key:lit)."""
_UNLIT = frozenset({"disused", "unlit", "none", "abandoned"})
_PAVED = frozenset({"paved", "asphalt", "concrete", "paving_stones", "sett", "cobblestone", "wood", "metal"})

Array = np.ndarray[Any, Any]


@dataclasses.dataclass(frozen=True)
class SegmentLight:
    """Light columns of the streets table, one row a segment."""

    tagged_lit: Array
    lamps_in_reach: Array
    lit_probability: Array
    light_imputed: Array
    lit_min_lx: Array
    lit_mean_lx: Array
    unlit_min_lx: Array
    unlit_mean_lx: Array


def lamps_near(lines: Array, x_m: Array, y_m: Array, reach_m: float = REACH_M) -> Array:
    """Number of lamps (int) within reach of each line."""
    counts = np.zeros(len(lines), int)
    if len(x_m):
        tree = shapely.STRtree(shapely.points(x_m, y_m))
        rows, _ = tree.query(lines, predicate="dwithin", distance=reach_m)
        np.add.at(counts, rows, 1)
    return counts


def read_lit_tag(tags: Tags) -> int:
    """1 lit, 0 not lit, -1 not known, from the ``lit`` tag.

    Case and blanks do not count, and words for yes and no are taken in the languages that tables are read in. Several
    values with semicolons that contradict each other ("yes;no": lit in parts) leave the light to be imputed.
    """
    value = lit_value(tags)
    if hours_of_tag(value) is not None:
        return 1
    found = {_lit_word(word.strip()) for word in value.split(";") if word.strip()}
    return 1 if found == {True} else 0 if found == {False} else -1


def lit_value(tags: Tags) -> str:
    """The value of ``lit`` in small letters and without blanks around it."""
    return tags.get("lit", "").strip().casefold()


def lit_not_understood(tags: Tags) -> bool:
    """Whether the ``lit`` tag holds a word of which nobody here knows what it means."""
    value = lit_value(tags)
    return hours_of_tag(value) is None and any(
        _lit_word(word.strip()) is None for word in value.split(";") if word.strip()
    )


def _lit_word(word: str) -> bool | None:
    return True if word in _LIT else False if word in _UNLIT else truth_of(word)


def is_informal(tags: Tags) -> bool:
    """Whether a way is an informal path: tagged so, or a path or track without a paved surface."""
    loose = tags.get("highway") in ("path", "track") and tags.get("surface", "").split(":")[0] not in _PAVED
    return tags.get("informal") == "yes" or loose


def lamp_height(tags: Tags) -> float:
    """Mounting height (m): the tag if it is a plausible number, else the usual one."""
    try:
        height = float(tags.get("height", tags.get("lamp_height", "")).removesuffix("m").strip())
    except ValueError:
        return nominal("lamp_height")
    return height if 2 <= height <= 30 else nominal("lamp_height")


def class_light(street_class: Array, in_park: Array) -> Array:
    """Minimum and mean (lx), float64 (S, 2), of the EN 13201-2 class usual for a street class or a park."""
    by_class = [_class_lx(f"lighting_class_{word}") for word in STREET_CLASSES]
    return np.where(in_park[:, None], _class_lx("lighting_class_park"), np.array(by_class)[street_class])


def _class_lx(name: str) -> tuple[float, float]:
    return EN_13201_2_P[f"P{round(nominal(name))}"]


def segment_light(
    lines: Array,
    segments: Mapping[str, Array],
    lamps: Mapping[str, Array],
    assumed: Mapping[str, float] | None = None,
) -> SegmentLight:
    """Apply the rules of this module.

    Parameters
    ----------
    lines
        S lines (array of shapely geometries) in projected metres.
    segments
        tagged_lit (1, 0, -1), street_class (codes), in_park, is_tunnel, is_informal, is_surveyed (bool), each (S,).
    lamps
        x_m, y_m, height_m, flux_lm, each (L,).
    assumed
        Shares lit that the user gives, as for `imputed_probability`.
    """
    tag, tunnel = segments["tagged_lit"], segments["is_tunnel"]
    spill = np.where(tunnel[:, None], 0.0, lamp_light(lines, **lamps))
    near = np.where(tunnel, 0, lamps_near(lines, lamps["x_m"], lamps["y_m"]))
    lit = np.maximum(class_light(segments["street_class"], segments["in_park"]), spill)
    by_lamp = lit_by_lamps(segments, near)
    lit[by_lamp] = spill[by_lamp]
    imputed = (tag < 0) & ~by_lamp & ~segments["is_surveyed"]
    probability = np.where((tag == 1) | by_lamp, 1.0, 0.0)
    probability[imputed] = imputed_probability(lines, segments, near, assumed)[imputed]
    return SegmentLight(
        tagged_lit=tag,
        lamps_in_reach=near,
        lit_probability=probability.round(4),
        light_imputed=imputed,
        lit_min_lx=lit[:, 0].round(4),
        lit_mean_lx=lit[:, 1].round(4),
        unlit_min_lx=spill[:, 0].round(4),
        unlit_mean_lx=spill[:, 1].round(4),
    )


def lit_by_lamps(segments: Mapping[str, Array], lamps_in_reach: Array) -> Array:
    """Segments (bool (S,)) whose light is what mapped lamps give (rule 4), not a class."""
    untold = segments["tagged_lit"] < 0
    return np.asarray((lamps_in_reach > 0) & (untold | (segments["is_surveyed"] & (segments["tagged_lit"] == 1))))


def light_by_hour(
    lines: Array,
    segments: Mapping[str, Array],
    lamps: Mapping[str, Array],
    *,
    share: Array,
    light: SegmentLight,
) -> Array:
    """Illuminance by clock hour, float64 (24, S, 4) in the order of `light_hours.COLUMNS`.

    Parameters
    ----------
    lines, segments, lamps
        As for `segment_light`; segments further has tag_hours (bool (24, S)), in which the tag lets lamps burn.
    share
        Share of its light that each lamp gives, (24, L).
    light
        The usual light.
    """
    usual = np.column_stack([light.unlit_min_lx, light.unlit_mean_lx])
    spill = spill_by_hour(lines, lamps, share, usual)
    spill[:, segments["is_tunnel"]] = 0.0
    by_lamp = lit_by_lamps(segments, light.lamps_in_reach)
    lit = np.maximum(class_light(segments["street_class"], segments["in_park"]), spill)
    lit[:, by_lamp] = spill[:, by_lamp]
    off = ~segments["tag_hours"] & ~by_lamp
    own = light.lamps_in_reach > 0
    spill = np.where((off & own)[:, :, None], 0.0, spill)
    lit = np.where(off[:, :, None], spill, lit)
    return np.concatenate([lit, spill], axis=2).round(4)
