"""Synthetic runs, so that the analysis is tested against numbers that are known beforehand."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from simulator.foundation.categories import AGE_BANDS, ELSEWHERE, GENDERS
from simulator.results.schema import SEGMENT_COLUMNS, SUMMARY_KEYS, SUMMARY_VALUES, RunTables

Items = tuple[tuple[str, float], ...]
DARK = tuple(hour >= 16 or hour < 9 for hour in range(24))
AGENTS = {"woman": 50, "man": 45, "another": 5}


def logistic(score: float) -> float:
    """The inverse of the logit."""
    return float(1.0 / (1.0 + np.exp(-score)))


def synthetic_summary(
    *,
    push: Mapping[str, float],
    treated: float,
    agents: Mapping[str, int] = AGENTS,
    by_band: Mapping[str, int] | None = None,
    frozen_push: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Every group walks 100 s an hour a head; `push` moves its safety after dark on the logit scale."""
    words = [tuple(one.items()) if one is not None else None for one in (push, agents, by_band, frozen_push)]
    return _summary(*words, treated).copy()  # the same table is asked for by many tests


@cache
def _summary(
    push: Items, agents: Items, by_band: Items | None, frozen_push: Items | None, treated: float
) -> pd.DataFrame:
    push, agents, by_band = dict(push), dict(agents), dict(by_band or {})
    frozen_push = dict(frozen_push) if frozen_push is not None else None
    rows: list[dict[str, Any]] = []
    start = {"woman": 0.2, "man": 1.5, "another": 0.0}
    for gender in GENDERS:
        for band in AGE_BANDS:
            count = by_band.get(band, agents[gender])
            group = dict.fromkeys(("disability", "carer", "night_worker"), "all") | {"gender": gender}
            group |= {"age_band": band, "agents": count, "population": 2.0 * count}
            for itinerary in ("realised", "frozen", "before"):
                moved = push if itinerary == "realised" or frozen_push is None else frozen_push
                if itinerary == "before":
                    moved = dict.fromkeys(GENDERS, 0.0)
                for hour in range(24):
                    score = start[gender] + (moved[gender] if DARK[hour] else 1.0)
                    for zone, part in (("core", 1 - treated), ("core_treated", treated), ("ring", 1.0)):
                        if part == 0:
                            continue
                        walked = 200.0 * count * part
                        safe = walked * (logistic(score) if zone != "ring" else 0.123)
                        lit = 0.4 if treated == 0 else 0.1
                        values = {
                            "walking_s": walked,
                            "safe_s": safe,
                            "unlit_s": walked * lit * DARK[hour],
                            "alone_s": walked * 0.3,
                            "trips_planned": 0.4 * count * part,
                            "trips_made": 0.36 * count * part,
                            "trips_not_made": 0.04 * count * part,
                            "trips_walk": 0.36 * count * part,
                            "waiting_s": 0.1 * walked,
                            "waiting_safe_s": 0.05 * walked,
                            "waiting_unlit_s": 0.02 * walked * DARK[hour],
                            "waiting_alone_s": 0.03 * walked,
                            "detour_m": 9.0 * count * part,
                            "incidents_harassment": 3e-5 * walked,
                            "incidents_robbery": 2e-6 * walked,
                            "incidents_assault": 1e-6 * walked,
                            "recorded_harassment": 3e-6 * walked,
                            "recorded_robbery": 1e-6 * walked,
                            "recorded_assault": 4e-7 * walked,
                            "in_vehicle_s": 0.5 * walked,
                            "in_vehicle_incidents_harassment": 4e-6 * walked,
                            "in_vehicle_incidents_robbery": 7e-7 * walked,
                            "in_vehicle_incidents_assault": 3e-7 * walked,
                        }
                        rows.append(group | {"itinerary": itinerary, "hour": hour, "zone": zone} | values)
            if band != "under 16":
                asked = {"survey_respondents": 2.0 * count, "survey_feel_safe": 2.0 * count * logistic(start[gender])}
                rows.append(group | {"itinerary": "asked", "hour": 21, "zone": "core"} | asked)
    table = pd.DataFrame(rows)
    table["breakdown"], table["purpose"], table["neighbourhood"] = "age_band", "all", "all"
    table["period"] = np.where(table["hour"].map(lambda hour: DARK[hour]), "dark", "day")
    for name in SUMMARY_VALUES:
        table[name] = table[name].fillna(0.0) if name in table else 0.0
    return table[[*SUMMARY_KEYS, *SUMMARY_VALUES]]


def synthetic_segments(*, lit: bool, extra: float = 0.0) -> pd.DataFrame:
    """A grid of 60 segments (see `grid`) by 24 hours; segments 10 to 14 are treated if `lit`."""
    segment, hour = (part.ravel() for part in np.meshgrid(np.arange(60), np.arange(24), indexing="ij"))
    dark = np.array(DARK)[hour]
    treated = lit & (segment >= 10) & (segment < 15)
    near = lit & (segment >= 15) & (segment < 22)
    people = 50.0 + 3.0 * (segment % 7) + dark * (60.0 * treated - 12.0 * near) * (1.0 + extra)
    walking = people * 60.0
    table = pd.DataFrame(
        {
            "segment_id": 1000 + segment,
            "hour": hour,
            "footfall_people": people,
            "walking_s": walking,
            "safe_s": walking * np.where(dark, 0.6 + 0.12 * treated, 0.9),
            "illuminance_min_lx": np.where(treated, 3.0, 0.2),
            "illuminance_mean_lx": np.where(treated, 10.0, 1.0),
            "treated": treated,
            "in_core": segment % 10 < 8,
            "band": np.select([treated, near], ["treated", "near"], "elsewhere"),
            "neighbourhood": ELSEWHERE,
        }
    )
    return table[list(SEGMENT_COLUMNS)]


def grid() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Vertices, vertex_start and segment ids: six rows of ten streets, the fourth row bent."""
    lines = []
    for row in range(6):
        for column in range(10):
            start, end = (
                np.array([100.0 * column, 100.0 * row]),
                np.array([100.0 * column + 90.0, 100.0 * row]),
            )
            bend = (start + end) / 2 + (0.0, 30.0 if row == 3 else 0.0)
            lines.append(np.array([start, bend, end]))
    starts = np.arange(0, 3 * len(lines) + 1, 3, dtype=np.int32)
    return np.concatenate(lines), starts, 1000 + np.arange(60)


def synthetic_run(
    draw: int = 0,
    *,
    name: str = "baseline",
    push: Mapping[str, float] | None = None,
    treated: float = 0.0,
    measures: bool = False,
    title: str = "",
    question: str = "",
    manifest: Mapping[str, Any] | None = None,
    **more: Any,
) -> RunTables:
    """One run; without `push` and `treated` it is the baseline."""
    summary = synthetic_summary(push=push or dict.fromkeys(GENDERS, 0.0), treated=treated, **more)
    placed = {
        "measure": ["Lamps along the park paths"],
        "quantity": [5100.0],
        "unit": ["m of street"],
        "capital": [600_000.0],
        "running_per_year": [8_000.0],
        "lifetime_years": [30.0],
        "annual_cost": [28_000.0],
        "currency": ["EUR"],
    }
    placements = pd.DataFrame(placed)
    told = {
        "id": f"{name}-{draw:04d}",
        "kind": "run",
        "scenario": {
            "name": name,
            "title": title or name,
            "question": question,
            "measures": [{"kind": "lighting"}] if measures else [],
        },
        "city": {
            "name": "helsinki-centre",
            "digest": "0123456789abcdef",
            "attribution": "© OpenStreetMap contributors",
            "country": "FI",
            "feelings_of": "GB",
            "borrowed": {"robbery_all": "GB", "assault_all": "GB", "street_transit_share": "CA"},
        },
        "date": "2026-12-21",
        "seed": 1,
        "draw": draw,
        "agents": 800,
        "population": 1600.0,
        "days": {"settle": 6, "adapt": 3, "measured": 1},
        "settled": {"days": 6, "gap_empty_full_share": [0.3, 0.002], "tolerance_share": 0.01, "settled": True},
        "dark_hours": list(DARK),
        "parameters": {"dark_odds_women": 7.5, "transfer_ratio": 1.5, "discount_rate": 0.0},
        "grades": {"feels_safe_share": "assumption", "incidents_expected": "review", "cost": "weak"},
        "code_version": "c0de",
        "versions": {"python": "3.11.2", "numpy": "2.1.0"},
        "checksums": {},
        "durations_s": {},
    }
    segments = synthetic_segments(lit=measures, extra=0.01 * draw)
    return RunTables(summary, segments, placements if measures else placements.iloc[:0], told | dict(manifest or {}))


def synthetic_pair(pushes: Sequence[Mapping[str, float]], **more: Any) -> tuple[list[RunTables], list[RunTables]]:
    """Baseline and lamps, one draw for each entry of `pushes`."""
    base = [synthetic_run(draw) for draw in range(len(pushes))]
    lamps = [
        synthetic_run(draw, name="lamps", push=push, treated=0.25, measures=True, **more)
        for draw, push in enumerate(pushes)
    ]
    return base, lamps


def pushes(draws: int = 8, women: float = 0.3, men: float = 0.3, spread: float = 0.02) -> list[dict[str, float]]:
    """Pushes on the logit scale, spread evenly over the draws."""
    around = spread * (np.arange(draws) - (draws - 1) / 2)
    return [{"woman": women + step, "man": men + step / 2, "another": women} for step in around]


@pytest.fixture(scope="session")
def make_run() -> Callable[..., RunTables]:
    """Build one synthetic run."""
    return synthetic_run


@pytest.fixture(scope="session")
def make_pair() -> Callable[..., tuple[list[RunTables], list[RunTables]]]:
    """Build runs of the baseline and of a scenario, paired by draw."""
    return synthetic_pair


@pytest.fixture(scope="session")
def make_pushes() -> Callable[..., list[dict[str, float]]]:
    """Build pushes for `make_pair`."""
    return pushes


@pytest.fixture(scope="session")
def make_grid() -> Callable[[], tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Build the street grid that the synthetic segments lie on."""
    return grid
