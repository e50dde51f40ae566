"""`afterdark validate safety`: the patterns that the model must reproduce, as they come out, good or bad.

A, B on the street that surveys describe; D, E, G on a city, in a few draws. Nothing is tuned here.
"""

import dataclasses
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.validation import (
    IMPOSED,
    NOT_YET,
    Target,
    assess_target,
    share_holding_half,
    unassessed_row,
    write_validation,
)
from experiments.runs import Progress
from experiments.validation import after_dark, avoidance
from experiments.validation.mode_shares import mode_shares, night_over_day, surveyed_shares
from simulator.city.network import StreetNetwork
from simulator.evidence.parameters import Parameters, draw_parameters
from simulator.evidence.profiles import Array, load_table
from simulator.foundation import draws
from simulator.foundation.categories import AGE_BANDS, GENDERS
from simulator.safety.perception import AGE_MIDDLE, FEELINGS_OF, Perception, disabled_share, solve_perception
from simulator.safety.risk import DAYS_PER_YEAR
from simulator.simulation import Simulation, exposure_unit
from simulator.travel.day_walk import outdoors

if TYPE_CHECKING:
    from rich.console import RenderableType

DAYS_OF_A_DRAW = after_dark.DAYS + avoidance.MONTH_NIGHTS
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(41)  # the mean over person effects, exactly enough
_A, _B = "A safe alone after dark (CSEW)", "B odds of feeling unsafe against a quiet street (ONS OPN 2021)"
_F = "F car passengers' share of trips, 20-06 over 06-20 (Montpellier 2014)"
_H = "H disabled people and others safe alone after dark (CSEW)"
_G = "G street segments that hold half of a year's incidents"


@dataclasses.dataclass(frozen=True)
class Asked:
    """The street that surveys have in mind, in one draw, as the simulator's own weights see it."""

    perception: Perception
    parameters: Parameters

    def share_safe(self, gender: int, age: float, *, where: str = "quiet", disabled: bool | None = None) -> float:
        """Share who feel safe there after dark, over people who differ; `where` is quiet, busy or park.

        With `disabled`, of disabled people or of the others only.
        """
        share = float(disabled_share(np.array([age]))[0])
        if disabled is None:
            both = [self.share_safe(gender, age, where=where, disabled=one) for one in (True, False)]
            return share * both[0] + (1.0 - share) * both[1]
        told, weights = self.perception, self.parameters
        light = weights.survey_park_min_lx if where == "park" else weights.survey_street_min_lx
        score = told.level_at(gender, age) + told.disabled * (disabled - share) + told.person_sd * _NODES
        score = score - told.dark[gender] * (1.0 - float(told.light_effect(np.array([light]))[0]))
        score = (
            score - told.park[gender] if where == "park" else score + told.overlooking[gender] * (1.0 - np.exp(-1.0))
        )
        nobody = 0.0 if where == "busy" else float(np.exp(-weights.survey_street_in_view))
        in_view = np.array([weights.survey_street_in_view])
        crowd = 1.0 if where == "busy" else float(told.crowding_if_any(in_view)[0])
        safe = nobody * _logistic(score + told.alone[gender])
        safe = safe + (1.0 - nobody) * _logistic(score + told.crowd[gender] * crowd)
        return float(np.average(safe, weights=_WEIGHTS))


def _logistic(score: Array) -> Array:
    return 1.0 / (1.0 + np.exp(-score))


def validate_safety(
    network: StreetNetwork, out: Path, *, agents: int, replications: int, seed: int, progress: Progress
) -> pd.DataFrame:
    """Hold the patterns against their targets and write `validation.csv`, whole or not at all.

    Returns
    -------
    The table; `verdict` is holds, misses, imposed, or not simulated yet.

    Raises
    ------
    InputError
        If the folder holds something else.
    """
    rows = safety_rows(network, agents=agents, replications=replications, seed=seed, progress=progress)
    return write_validation(rows, out)


def safety_rows(
    network: StreetNetwork, *, agents: int, replications: int, seed: int, progress: Progress
) -> list[dict[str, object]]:
    """Every pattern of feeling safe and of what follows from it, a row each, as `analysis.validation` writes them."""
    asked = [
        Asked(solve_perception(one, FEELINGS_OF), one)
        for one in (draw_parameters(seed, draw) for draw in range(replications))
    ]
    rows = [*_cells(asked), *_contrasts(asked), *_disability(asked)]
    drawn = [partial(draw_parameters, seed, draw, country=network.country) for draw in range(replications)]
    both = [_live(network, draw(), agents, progress) for draw in drawn]
    alone = [after_dark.each_alone(network, draw, agents, progress) for draw in drawn]
    rows += after_dark.rows_of([footfall for _, footfall in both], alone)
    lived = [one for one, _ in both]
    rows += [
        assess_target(target, [one.get((target.pattern, target.group), np.nan) for one in lived])
        for target in _city_targets()
    ]
    null = [one[_G, "the same number, at random by length"] for one in lived]
    told = f"{np.mean(null):.3g} %: chance alone concentrates too, where incidents are few"
    rows.append(unassessed_row(_G, "the same number, at random by length", "for comparison", told))
    for gender in ("woman", "man"):
        once = np.mean([one.get((avoidance.ONCE, gender), np.nan) for one in lived])
        rows.append(
            unassessed_row(
                avoidance.STOPPED, f"{gender}, gave up at least one such walk", "for comparison", f"{once:.3g} %"
            )
        )
    return [*rows, *_untold()]


def _cells(asked: list[Asked]) -> Iterator[dict[str, object]]:
    table = load_table("csew_16_1_4")
    rows = zip(table["gender"], table["age_band"], table["disability"], table["share_safe"], strict=True)
    for gender, band, disability, share in rows:
        if gender in GENDERS and band in AGE_BANDS and disability == "all":
            age = float(AGE_MIDDLE[AGE_BANDS.index(band)])
            target = Target(_A, f"{gender} {band}", "%", 100 * share - 3, 100 * share + 3, fitted=True)
            yield assess_target(target, [100 * one.share_safe(GENDERS.index(gender), age) for one in asked])


def _contrasts(asked: list[Asked]) -> Iterator[dict[str, object]]:
    odds = {("woman", "park"): 4.4, ("man", "park"): 3.6, ("woman", "busy"): 1.0, ("man", "busy"): 1.33}
    for (gender, where), wanted in odds.items():
        row = GENDERS.index(gender)
        found = [
            _odds_unsafe(one.share_safe(row, 50.0, where=where)) / _odds_unsafe(one.share_safe(row, 50.0))
            for one in asked
        ]
        yield assess_target(
            Target(_B, f"{gender}, {where}", "odds ratio", 0.8 * wanted, 1.2 * wanted, fitted=True), found
        )


def _disability(asked: list[Asked]) -> Iterator[dict[str, object]]:
    """Disabled adults and the others, over the ages at which they are found."""
    table = load_table("disabled_gb")
    ages = [float(AGE_MIDDLE[AGE_BANDS.index(band)]) for band in table["age_band"]]
    cells = load_table("csew_16_1_4")
    surveyed = dict(zip(cells["disability"], cells["share_safe"], strict=True))
    for disabled, group in ((True, "disabled"), (False, "not disabled")):
        share = table["disabled_share"] if disabled else 1.0 - table["disabled_share"]
        found = [
            np.average(
                [np.mean([one.share_safe(gender, age, disabled=disabled) for gender in range(2)]) for age in ages],
                weights=table["adults_share"] * share,
            )
            for one in asked
        ]
        wanted = 100 * float(surveyed[group])
        yield assess_target(
            Target(_H, group, "%", wanted - 3, wanted + 3, fitted=True), [100 * float(share) for share in found]
        )


def _odds_unsafe(share_safe: float) -> float:
    return (1.0 - share_safe) / share_safe


def _city_targets() -> list[Target]:
    return [
        *(
            Target(avoidance.STOPPED, gender, "% of residents of 16 and over", low, high, fitted=True)
            for gender, (low, high) in avoidance.SURVEYED.items()
        ),
        Target(_G, "all", "% of segments", 2.0, 6.0),
        *(
            Target(_F, gender, "ratio", 0.8 * ratio, 1.2 * ratio)
            for gender, ratio in night_over_day(surveyed_shares(), "surveyed").items()
        ),
    ]


def _untold() -> list[dict[str, object]]:
    later, people = "needs", "see `afterdark validate people`"
    return [
        unassessed_row("C trip starts by gender, age and hour", "all", "for comparison", people),
        unassessed_row("H urban against rural", "all", NOT_YET, f"{later} a rural city"),
        unassessed_row("I Friday night against weekday night", "all", "for comparison", people),
        unassessed_row("gender ratio of incidents", "woman, man", IMPOSED, "prevalences by gender are inputs"),
        unassessed_row("gains of light flatten", "all", IMPOSED, "light_relief_* are inputs"),
        unassessed_row("area effect of lighting", "all", IMPOSED, "lamp_hazard_ratio is an input"),
    ]


def _live(
    network: StreetNetwork, parameters: Parameters, agents: int, progress: Progress
) -> tuple[dict[tuple[str, str], float], dict[str, float]]:
    """Figures of one draw by pattern and group, and footfall after dark by gender."""
    lived = after_dark.live_both(network, parameters, agents, progress)
    found = {(_G, group): share for group, share in _concentration(lived.dark).items()}
    rode = mode_shares(lived.sums[1])
    found |= {(_F, gender): ratio for gender, ratio in night_over_day(rode, "share").items()}
    return found | dict(avoidance.of_a_month(lived.dark.fork(), progress)), after_dark.footfall_ratio(lived)


def _concentration(arm: Simulation) -> dict[str, float]:
    """Share of segments that holds half of a year's sampled incidents, and of as many thrown at random by length."""
    assert arm.walk is not None
    assert arm.levels is not None
    met = outdoors(arm.walk).astype(float)
    hazard = np.stack([hour.hazard for hour in arm.streets])  # (24, K, S)
    by_kind = np.einsum("hs,hks->ks", met, hazard) / exposure_unit(arm.walk)
    level = arm.levels[:, :2].mean(axis=1)  # people of all genders walk on one street: the mean of women and men
    level *= arm.year_over_day
    expected = (level[:, None] * by_kind).sum(axis=0) * DAYS_PER_YEAR
    count = int(np.rint(expected.sum()))
    variate = draws.uniform(arm.setting.parameters.seed, "sampled incidents", np.arange(2 * count)).reshape(2, count)
    shares = {}
    for name, weight, thrown in zip(
        ("all", "the same number, at random by length"),
        (expected, np.asarray(arm.setting.network.streets.length_m)),
        variate,
        strict=True,
    ):
        running = np.cumsum(weight) / max(weight.sum(), 1e-300)
        on = np.searchsorted(running, thrown).clip(0, len(weight) - 1)
        shares[name] = share_holding_half(np.bincount(on, minlength=len(weight)))
    return shares


def render(table: pd.DataFrame) -> "list[RenderableType]":
    """The table for a reader, a block a pattern; what was not held against anything stands last."""
    from rich.table import Table

    shown: list[RenderableType] = []
    held = np.isfinite(table["result"])
    for pattern, rows in table[held].groupby("pattern", sort=False):
        block = Table(title=str(pattern), title_justify="left")
        for heading in ("group", "target", "result", "90 % interval", "how", "verdict"):
            block.add_column(heading, justify="right" if heading in ("result", "90 % interval") else "left")
        for row in rows.itertuples():
            interval = f"{row.low:.3g} to {row.high:.3g}"
            block.add_row(row.group, row.target, f"{row.result:.3g} {row.unit}", interval, row.fitted, row.verdict)
        shown.append(block)
    block = Table("pattern", "group", "", "verdict", title="Not held against anything", title_justify="left")
    for row in table[~held].itertuples():
        block.add_row(row.pattern, row.group, row.target, row.verdict)
    return [*shown, block]
