"""How likely a street without a tag and without a lamp is lit: what is known of its kind, and a prior.

A missing tag is not a dark street: mappers tag where they walk, and in many cities nobody has. Nor are the tagged a
fair sample: whoever tags sets off for lit streets. So the share lit of a kind (street class; in a park or not; in a
settlement or in open country) is estimated with three unknowns:

- theta, the share of its length that is lit. Prior: a Beta distribution whose mean is usual for such streets
  (evidence `lit_prior_*`) and which counts for as much as `lit_prior_length` of tagged street.
- a, the chance that a lit street is tagged: anything from 0 to 1.
- s, how many times likelier a lit street is tagged than an unlit one (`light_tagging_selection`).

Lengths are counted in runs of `light_run_length`, along which lamps are all there or all missing. With n1 runs
tagged lit, n0 tagged unlit and nu untagged, the likelihood is multinomial,

    (theta a)^n1  ((1 - theta) a / s)^n0  (1 - theta a - (1 - theta) a / s)^nu

and its posterior is summed on a grid. It gives theta, and the share lit among the untagged. Then, for each segment:
neighbours of its kind within `light_neighbour_radius` tell more than the city, which counts as `light_neighbour_prior`
metres beside them; and where lamps are mapped, a street without one is likelier dark: the odds of being lit are
multiplied by the share of lit streets around that show no lamp on the map.

A place is in a settlement if within 200 m there are at least `settled_density` km of streets per square kilometre, or
in the densest half of that circle `settled_density_half`: at a shore the other half is water, and at the edge of a town
it is fields. In the extract of Las Palmas, by whole circles, all of the 0.6 km tagged below 5 km per square kilometre
is unlit, 4.5 of 6.2 km between 5 and 12, and 2.7 of 90 km above 12 (OpenStreetMap, 2023).
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely
from scipy.special import expit

from simulator.city.network import STREET_CLASSES, StreetNetwork
from simulator.evidence.parameters import load_evidence, nominal
from simulator.foundation.spelling import nearest_told

ON_FOOT = ("footway", "cycleway", "steps", "corridor")
OFF_ROAD = ("path", "track")
ASSUMABLE = (*STREET_CLASSES, "park")
"""Kinds whose share lit a user can give."""
SETTLED_M = 200.0
_CELLS, _WIDTH = 81, 16.0
"""Cells for each unknown, and how far they reach on the logit scale at first."""
_ZOOMS, _NOTHING = 3, 25.0
"""How often the cells are drawn together around what is left, and the log-weight below the highest that is nothing."""
_QUANTILES = np.array([0.1, 0.3, 0.5, 0.7, 0.9])
"""Of the selection factor: five values that are as likely as each other."""
_ASKED_AT_ONCE = 2000
_SURE = 0.999

Array = np.ndarray[Any, Any]


@dataclasses.dataclass(frozen=True)
class Known:
    """Metres of streets of a kind that a map says are lit, says are unlit, and says nothing of."""

    lit: float
    unlit: float
    untagged: float


def imputed_probability(
    lines: Array, segments: Mapping[str, Array], lamps_in_reach: Array, assumed: Mapping[str, float] | None = None
) -> Array:
    """Probability (float64 (S,)) that each segment is lit if it has neither tag nor lamp; see this module.

    Informal paths have no lamps, and an inventory of lamps is complete where it reaches.

    Parameters
    ----------
    lines, segments
        As for `street_networks.light.light.segment_light`.
    lamps_in_reach
        Number of lamps in reach (S,).
    assumed
        Share lit that the user knows better, by street class or by `park` for ways in parks, whatever their class.
    """
    middles = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    has_lamp, length = lamps_in_reach > 0, np.where(segments["is_informal"], 0.0, shapely.length(lines))
    told = np.where(segments["is_surveyed"] & (segments["tagged_lit"] < 0), has_lamp, segments["tagged_lit"])
    settled = is_settled(middles, length)
    kind = (segments["street_class"].astype(int) * 2 + segments["in_park"]) * 2 + settled
    share, missing = _of_kinds(kind, told, length)
    around = _around(middles, kind, {"lit": length * (told == 1), "unlit": length * (told == 0)})
    prior, selection = nominal("light_neighbour_prior"), nominal("light_tagging_selection")
    near = (around["lit"] + prior * share[kind]) / (around["lit"] + selection * around["unlit"] + prior)
    odds = _odds(near) * missing[kind]
    likely = np.where(told >= 0, told, np.where(has_lamp, 1.0, odds / (1.0 + odds)))
    odds = odds * (1.0 - _share_with_lamp(middles, length * likely, has_lamp))
    return _with_assumed(np.where(segments["is_informal"], 0.0, odds / (1.0 + odds)), segments, assumed or {})


def _of_kinds(kind: Array, told: Array, length: Array) -> tuple[Array, Array]:
    """By kind: the share lit, and the factor on the odds of being lit that a missing tag stands for."""
    count = kind.max() + 1
    lit, unlit, untagged = (np.bincount(kind, length * (told == word), minlength=count) for word in (1, 0, -1))
    share, missing = np.ones(count), np.ones(count)
    for each in np.unique(kind):
        known = Known(lit[each], unlit[each], untagged[each])
        share[each], share_untagged = shares_lit(known, _prior(each))
        missing[each] = _odds(share_untagged) / _odds(share[each])
    return share, missing


def shares_lit(known: Known, prior_mean: float) -> tuple[float, float]:
    """Share lit of a kind of street and of its untagged part, as posterior means (0 to 1); see this module.

    Parameters
    ----------
    known
        What the map tells of the kind.
    prior_mean
        Mean of the prior of the share lit.
    """
    of_theta, of_chance = (np.linspace(-_WIDTH, _WIDTH, _CELLS) for _ in range(2))
    for _ in range(_ZOOMS):
        log_weight, _ = _posterior(known, prior_mean, of_theta, of_chance)
        there = log_weight > log_weight.max() - _NOTHING
        of_theta, of_chance = (
            _around_cells(cells, there.any(axis=axes)) for cells, axes in ((of_theta, (1, 2)), (of_chance, (0, 2)))
        )
    log_weight, untagged = _posterior(known, prior_mean, of_theta, of_chance)
    weight = np.exp(log_weight - log_weight.max())
    total = weight.sum()
    theta = expit(of_theta)[:, None, None]
    return float((weight * theta).sum() / total), float((weight * untagged).sum() / total)


def _posterior(known: Known, prior_mean: float, of_theta: Array, of_chance: Array) -> tuple[Array, Array]:
    """Log of the posterior weight of each cell (theta, a, s), and the share lit of the untagged there.

    Cells of theta and a are even on the logit scale: shares near 0 and 1 matter, and in a large city a chance of one in
    ten thousand.
    """
    run = nominal("light_run_length")
    n1, n0, nu = known.lit / run, known.unlit / run, known.untagged / run
    strength = nominal("lit_prior_length") / run
    first, second = strength * prior_mean, strength * (1.0 - prior_mean)
    theta, dark = expit(of_theta)[:, None, None], expit(-of_theta)[:, None, None]
    chance, missed = expit(of_chance)[None, :, None], expit(-of_chance)[None, :, None]
    log_prior = first * np.log(theta) + second * np.log(dark) + np.log(chance) + np.log(missed)
    row = dataclasses.replace(load_evidence()["light_tagging_selection"], distribution="split lognormal")
    times = np.array([max(row.at(quantile), 1.0) for quantile in _QUANTILES])
    rest = theta * missed + dark * (1.0 - chance / times)
    tagged = n1 * (np.log(theta) + np.log(chance)) + n0 * (np.log(dark) + np.log(chance) - np.log(times))
    return log_prior + tagged + nu * np.log(rest), theta * missed / rest


def _around_cells(cells: Array, there: Array) -> Array:
    """As many cells over the part of a range in which anything is, and one cell beyond on each side."""
    kept, step = cells[there], cells[1] - cells[0]
    return np.linspace(kept[0] - step, kept[-1] + step, cells.size)


def is_settled(middles: Array, length: Array) -> Array:
    """Whether streets are as dense around each place (bool (S,)) as in a settlement.

    Parameters
    ----------
    middles, length
        Middles (points (S,)) of segments, and the metres (S,) that each counts.
    """
    length = np.minimum(length, 2.0 * SETTLED_M)  # no more of a long street lies in the circle
    at, tree = shapely.get_coordinates(middles), shapely.STRtree(middles)
    whole, densest = np.zeros(len(middles)), np.zeros(len(middles))
    for rows in np.array_split(np.arange(len(middles)), len(middles) // _ASKED_AT_ONCE + 1):
        asking, other = tree.query(middles[rows], predicate="dwithin", distance=SETTLED_M)
        away = at[other] - at[rows[asking]]
        whole[rows] = np.bincount(asking, length[other], minlength=len(rows))
        for side in (np.sign(away[:, axis]) * way for axis in (0, 1) for way in (1, -1)):  # on the line: half of it
            sums = np.bincount(asking, length[other] * (1.0 + side) / 2.0, minlength=len(rows))
            densest[rows] = np.maximum(densest[rows], sums)
    half_km2 = np.pi * (SETTLED_M / 1000.0) ** 2 / 2.0
    return np.asarray(
        (whole / 1000.0 / (2.0 * half_km2) >= nominal("settled_density"))
        | (densest / 1000.0 / half_km2 >= nominal("settled_density_half"))
    )


def _prior(kind: int) -> float:
    kind, settled = divmod(kind, 2)
    code, park = divmod(kind, 2)
    word = STREET_CLASSES[code]
    if not settled:
        return nominal("lit_prior_open")
    if word in OFF_ROAD:
        return nominal("lit_prior_path")
    if park:
        return nominal("lit_prior_park")
    if word == "service":
        return nominal("lit_prior_service")
    return nominal("lit_prior_footway") if word in ON_FOOT else nominal("lit_prior_street")


def _odds(share: Any) -> Any:
    share = np.minimum(share, _SURE)
    return share / (1.0 - share)


def _share_with_lamp(middles: Array, lit_m: Array, has_lamp: Array) -> Array:
    """Share of the length thought lit around each segment that has a lamp on the map (0 to 1)."""
    radius, prior = nominal("light_neighbour_radius"), nominal("light_neighbour_prior")
    city = (lit_m * has_lamp).sum() / (lit_m.sum() + prior)  # without streets to tell by: no lamps are mapped
    around = _within(middles, middles, radius, {"lit": lit_m, "lamp": lit_m * has_lamp})
    return (around["lamp"] + prior * city) / (around["lit"] + prior)


def _around(middles: Array, kind: Array, metres: Mapping[str, Array]) -> dict[str, Array]:
    """Sums of metres over the segments of the same kind within the radius of neighbours, each (S,)."""
    sums = {name: np.zeros(len(middles)) for name in metres}
    for each in np.unique(kind):
        same = np.flatnonzero(kind == each)
        here = {name: values[same] for name, values in metres.items()}
        found = _within(middles[same], middles[same], nominal("light_neighbour_radius"), here)
        for name, values in found.items():
            sums[name][same] = values
    return sums


def _within(asked: Array, places: Array, radius_m: float, metres: Mapping[str, Array]) -> dict[str, Array]:
    """Sums of metres over the places within a radius of each that asks."""
    sums = {name: np.zeros(len(asked)) for name in metres}
    tree = shapely.STRtree(places)
    for rows in np.array_split(np.arange(len(asked)), len(asked) // _ASKED_AT_ONCE + 1):
        asking, other = tree.query(asked[rows], predicate="dwithin", distance=radius_m)
        for name, values in metres.items():
            sums[name][rows] = np.bincount(asking, values[other], minlength=len(rows))
    return sums


def _with_assumed(probability: Array, segments: Mapping[str, Array], assumed: Mapping[str, float]) -> Array:
    """Probabilities with what the user assumes for a class of street, or for ways in parks."""
    for word, share in assumed.items():
        park = segments["in_park"]
        meant = park if word == "park" else ~park & (segments["street_class"] == STREET_CLASSES.index(word))
        probability = np.where(meant, share, probability)
    return probability


def assumed_rows(network: StreetNetwork) -> Array:
    """Segments (bool (S,)) without tag and lamp whose share lit the builder of the city gave."""
    streets, rows = network.streets, np.zeros(len(network.streets), bool)
    for word in read_assumed(network.metadata.get("lit_assumed", "")):
        park = streets.in_park
        rows |= park if word == "park" else ~park & (streets.street_class == STREET_CLASSES.index(word))
    return np.asarray(rows & streets.light_imputed)


def read_assumed(text: str) -> dict[str, float]:
    """Shares lit by class out of words such as ``residential=0.95,park=0.3``.

    Raises
    ------
    ValueError
        Saying what was found and what was expected.
    """
    shares: dict[str, float] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        word, _, number = (part.strip() for part in pair.partition("="))
        if word not in ASSUMABLE:
            known = ", ".join(ASSUMABLE)
            raise ValueError(
                f"found {pair!r}, expected CLASS=SHARE with a class of {known}{nearest_told(word, ASSUMABLE)}"
            )
        try:
            share = float(number)
        except ValueError:
            share = -1.0
        if word in shares:
            raise ValueError(f"found {word} twice, expected it once")
        if not 0.0 <= share <= 1.0:
            raise ValueError(f"found {pair!r}, expected a share from 0 to 1, as in {word}=0.9")
        shares[word] = share
    return shares
