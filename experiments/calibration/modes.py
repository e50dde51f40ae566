"""Fit the constants of modes to the survey's daytime modes by gender and length; the night is left as a check.

For each gender a constant for every mode but walking, and for both what a minute is worth and what one on foot counts.
Most probable values (scipy) of a multinomial logit, mixed over who has a car, a bicycle or a driver; weak priors keep
within bounds what a survey says little of (taxis). Trips of one length stand for tours out and back.
"""

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from experiments.folders import write_once
from simulator.evidence.parameters import Parameters, draw_parameters
from simulator.evidence.profiles import Array, load_table
from simulator.foundation.categories import GENDERS, MODES
from simulator.travel.journeys import taxi_fare

TABLE = "mode_constants"
TOLERANCE = 0.002
"""Fits on two processors agree within this (log-odds). The optimum is flat, and an optimiser stops within 0.0002 of it
(seen on three BLAS kernels); ten times that moves a probability by at most 0.0005."""
_FITTED_GENDERS = GENDERS[:2]
_PRIOR = {"constant": (0.0, 3.0), "per_minute": (np.log(0.04), 0.5), "walk_weight": (np.log(1.5), 0.4)}
"""Mean and spread; of the logarithm for the two that are above 0."""
_LEGS = 2.0


class Shares:
    """The survey's trips by gender, band of length and mode, and how long they take by every mode.

    Parameters
    ----------
    period
        day or night.
    """

    def __init__(self, period: str, parameters: Parameters) -> None:
        table = load_table("montpellier2014_modes")
        rows = np.flatnonzero(table["period"] == period)
        self.bands = np.unique(table["km_from"].astype(float))
        shape = (len(_FITTED_GENDERS), self.bands.size)
        self.trips, self.share = np.zeros((*shape, len(MODES))), np.zeros((*shape, len(MODES)))
        self.km = np.ones(shape)
        for row in rows:
            gender = _FITTED_GENDERS.index(table["gender"][row])
            band = int(np.searchsorted(self.bands, float(table["km_from"][row])))
            mode = MODES.index(table["mode"][row])
            self.trips[gender, band, mode] = float(table["trips"][row])
            self.share[gender, band, mode] = float(table["share"][row])
            self.km[gender, band] = float(table["km"][row])
        self.parameters = parameters

    def minutes(self) -> tuple[Array, Array]:
        """Minutes not on foot, and on foot (genders, bands, modes), as `journeys` counts them; who pays a taxi."""
        values, km = self.parameters, self.km
        riding, walking = np.zeros((*km.shape, len(MODES))), np.zeros((*km.shape, len(MODES)))
        walking[..., MODES.index("walk")] = 60.0 * km / values.survey_speed_walk
        riding[..., MODES.index("bicycle")] = 60.0 * km / values.survey_speed_bicycle
        for mode in ("driver", "passenger", "taxi"):
            riding[..., MODES.index(mode)] = 60.0 * km / values.survey_speed_car
        riding[..., MODES.index("taxi")] += values.taxi_wait_min + taxi_fare(values, km, np.ones(km.shape, bool))
        to_stops = 2 * values.fit_stop_m / 1000.0
        transit = MODES.index("transit")
        walking[..., transit] = 60.0 * to_stops / values.survey_speed_walk
        wait = values.fit_headway_min / 2 * values.wait_value * values.wait_reported
        riding[..., transit] = wait + 60.0 * np.maximum(km - to_stops, 0.0) / values.ride_speed
        return riding, walking

    def groups(self) -> tuple[Array, Array]:
        """Who has what at hand: bool (groups, modes) and the share of each group (genders, groups)."""
        values = self.parameters
        at_hand = {"bicycle": values.bicycle_at_hand, "passenger": values.driver_at_hand}
        has, share = [], []
        for picks in itertools.product((False, True), repeat=3):
            chosen = dict(zip(("driver", *at_hand), picks, strict=True))
            has.append([chosen.get(mode, True) for mode in MODES])
            cars = np.array([values.fit_car_women, values.fit_car_men])
            part = cars if chosen["driver"] else 1.0 - cars
            for mode, likely in at_hand.items():
                part = part * (likely if chosen[mode] else 1.0 - likely)
            share.append(part)
        return np.array(has), np.array(share).T


def predicted(values: Array, shares: Shares) -> Array:
    """Share of each mode (genders, bands, modes) under parameters in the order of `fit`."""
    constant, per_minute, walk_weight = _unpacked(values)
    riding, walking = shares.minutes()
    worth = constant[:, None] - per_minute * _LEGS * (riding + walk_weight * walking)
    has, part = shares.groups()
    every = np.where(has[:, None, None], worth, -np.inf)
    odds = np.exp(every - every.max(axis=-1, keepdims=True))
    likely = odds / odds.sum(axis=-1, keepdims=True)
    return np.asarray(np.einsum("gn,ngbm->gbm", part, likely))


def _unpacked(values: Array) -> tuple[Array, float, float]:
    count = len(_FITTED_GENDERS) * (len(MODES) - 1)
    constant = np.zeros((len(_FITTED_GENDERS), len(MODES)))
    constant[:, 1:] = values[:count].reshape(len(_FITTED_GENDERS), -1)
    return constant, float(np.exp(values[count])), float(np.exp(values[count + 1]))


def fit(shares: Shares) -> Array:
    """The most probable parameters: constants by gender and mode, then logarithms of minute and weight on foot."""
    count = len(_FITTED_GENDERS) * (len(MODES) - 1)
    mean = np.array([_PRIOR["constant"][0]] * count + [_PRIOR[name][0] for name in ("per_minute", "walk_weight")])
    spread = np.array([_PRIOR["constant"][1]] * count + [_PRIOR[name][1] for name in ("per_minute", "walk_weight")])
    asked = shares.share * shares.trips.sum(axis=2, keepdims=True)

    def loss(values: Array) -> float:
        likely = np.maximum(predicted(values, shares), 1e-12)
        return float(-(asked * np.log(likely)).sum() + (((values - mean) / spread) ** 2).sum() / 2)

    found = minimize(loss, mean, method="L-BFGS-B", options={"maxiter": 2000, "maxfun": 200_000, "ftol": 1e-13})
    return np.asarray(np.round(found.x, 4))  # steps below it depend on the processor


def table_of(values: Array) -> pd.DataFrame:
    """The table that ships: constants by gender and mode, and rows of gender `all` for what a minute is worth."""
    constant, per_minute, walk_weight = _unpacked(values)
    rows = [
        (gender, mode, constant[number, code])
        for number, gender in enumerate(_FITTED_GENDERS)
        for code, mode in enumerate(MODES)
    ]
    rows += [("all", "per_minute", per_minute), ("all", "walk_weight", walk_weight)]
    return pd.DataFrame(rows, columns=["gender", "mode", "value"])


def calibrate(folder: Path) -> tuple[Shares, Array]:
    """Fit, and write the table as CSV into a folder.

    Raises
    ------
    InputError
        If the folder cannot be written to.
    """
    shares = Shares("day", draw_parameters(1, -1))
    values = fit(shares)
    text = table_of(values).to_csv(index=False, float_format="%.6f", lineterminator="\n")
    write_once(folder / f"{TABLE}.csv", text)
    return shares, values


def told(shares: Shares, values: Array) -> list[str]:
    """Lines that say how well it fits, by gender and mode."""
    _, per_minute, walk_weight = _unpacked(values)
    likely, trips = predicted(values, shares), shares.trips.sum(axis=2)
    lines = [f"a minute: -{per_minute:.4f} in log-odds; one on foot counts {walk_weight:.2f} times"]
    for number, gender in enumerate(_FITTED_GENDERS):
        weight = trips[number] / trips[number].sum()
        for code, mode in enumerate(MODES):
            asked, found = weight @ shares.share[number, :, code], weight @ likely[number, :, code]
            lines.append(f"{gender:6s} {mode:10s} asked {100 * asked:5.1f} %  fitted {100 * found:5.1f} %")
    off = np.abs(likely - shares.share)
    where = np.unravel_index(int(off.argmax()), off.shape)
    lines.append(
        f"furthest off: {_FITTED_GENDERS[where[0]]}, from {shares.bands[where[1]]:g} km, {MODES[where[2]]}: "
        f"{100 * likely[where]:.1f} instead of {100 * shares.share[where]:.1f} %; "
        f"{100 * off.mean():.1f} points in the mean"
    )
    return lines
