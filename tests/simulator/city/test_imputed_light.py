"""Imputed light: each segment keeps its probability, neighbours share their random numbers, and only keys and places matter."""

import dataclasses
import datetime

import numpy as np
import pytest

from simulator.city.conditions import conditions_of
from simulator.city.imputed_light import lit_in_draw, shared_numbers
from simulator.evidence.parameters import draw_parameters

from cities import grid_city

DRAWS = 3000
LENGTH_M = 200.0


def fields(places: list[tuple[float, float]]) -> np.ndarray:
    return np.array(
        [shared_numbers(np.array(places), seed=5, draw=draw, correlation_m=LENGTH_M) for draw in range(DRAWS)]
    )


def lit(
    probability: np.ndarray, places: np.ndarray, *, nugget: float = 0.2, common: float = 0.0, draws: int = DRAWS
) -> np.ndarray:
    keys = 77 + np.arange(len(probability))
    return np.array(
        [
            lit_in_draw(
                probability, keys, places, seed=5, draw=draw, correlation_m=LENGTH_M, nugget=nugget, common=common
            )
            for draw in range(draws)
        ]
    )


def test_the_field_is_standard_normal_wherever_the_place_lies_between_nodes() -> None:
    found = fields([(x, y) for x in (-500.0, 7.0, 33.0, 50.0, 99.9) for y in (0.0, 25.0, 6_675_050.0)])
    assert np.abs(found.mean(axis=0)).max() < 4 / np.sqrt(DRAWS)
    assert found.var(axis=0) == pytest.approx(1, abs=4 * np.sqrt(2 / DRAWS))
    assert (found < -1.6449).mean() == pytest.approx(0.05, abs=0.01)


def test_correlation_falls_with_distance_as_the_formula_says() -> None:
    distances = np.array([0.0, 50, 100, 200, 300, 400, 800])
    for direction in ((1.0, 0.0), (0.6, 0.8)):
        found = np.corrcoef(fields([(31 + d * direction[0], 17 + d * direction[1]) for d in distances]).T)[0]
        assert found == pytest.approx(np.exp(-((distances / LENGTH_M) ** 2)), abs=0.07)
        assert (np.diff(found[:5]) < 0).all()


@pytest.mark.parametrize("common", [0.0, 0.4])
def test_each_segment_keeps_its_probability(common: float) -> None:
    probability = np.tile([0.02, 0.3, 0.5, 0.77, 0.99], 8)
    places = np.random.default_rng(3).uniform(0, 3000, (40, 2))
    share = lit(probability, places, common=common).mean(axis=0)
    error = np.sqrt(probability * (1 - probability) / DRAWS)
    assert (np.abs(share - probability) < 4.2 * error).all()
    assert np.abs((share - probability) / error).mean() < (1.3 if common == 0.0 else 2.5)  # errors go together then


def test_what_is_common_makes_whole_cities_lighter_and_darker() -> None:
    places = np.random.default_rng(3).uniform(0, 90_000, (300, 2))
    shares = lit(np.full(300, 0.8), places, common=0.3, draws=400).mean(axis=1)
    alone = lit(np.full(300, 0.8), places, draws=400).mean(axis=1)
    assert np.mean(shares) == pytest.approx(0.8, abs=0.03)
    # nine draws of ten: Phi((z + sqrt(0.3) u) / sqrt(0.7)) at u = -1.645 and 1.645, with z = Phi^-1(0.8)
    assert np.quantile(shares, [0.05, 0.95]) == pytest.approx([0.472, 0.981], abs=0.05)
    assert np.var(shares) > 10 * np.var(alone)


def test_neighbours_are_lit_together_and_distant_streets_are_not() -> None:
    places = np.array([(0.0, 0), (20, 0), (150, 0), (2000, 0)])
    found = lit(np.full(4, 0.5), places).astype(float)
    near, further, far = np.corrcoef(found.T)[0, 1:]
    # of two normals with correlation r, medians are crossed together with correlation 2 asin(r) / pi
    assert near == pytest.approx(2 / np.pi * np.arcsin(0.8 * np.exp(-0.01)), abs=0.06)
    assert further == pytest.approx(2 / np.pi * np.arcsin(0.8 * np.exp(-0.5625)), abs=0.06)
    assert abs(far) < 0.06
    alone = lit(np.full(4, 0.5), places, nugget=1.0).astype(float)
    assert abs(np.corrcoef(alone.T)[0, 1]) < 0.06


def test_what_is_known_is_never_drawn() -> None:
    found = lit(np.array([0.0, 1.0]), np.zeros((2, 2)), draws=200)
    assert not found[:, 0].any()
    assert found[:, 1].all()


def test_neither_order_nor_other_streets_matter() -> None:
    random = np.random.default_rng(4)
    probability, keys = random.uniform(0, 1, 50), random.permutation(50)
    places = random.uniform(0, 900, (50, 2))
    variate = {"seed": 9, "draw": 2, "correlation_m": 180.0, "nugget": 0.3, "common": 0.4}
    whole = lit_in_draw(probability, keys, places, **variate)
    order = random.permutation(50)[:30]
    assert 0 < whole.sum() < 50
    np.testing.assert_array_equal(lit_in_draw(probability[order], keys[order], places[order], **variate), whole[order])


def test_a_city_is_darker_or_lighter_by_whole_blocks() -> None:
    """More of the variance between draws than independent segments would have."""
    city = grid_city(6)
    count = len(city.streets)
    unsure = dataclasses.replace(city.streets, lit_probability=np.full(count, 0.5), light_imputed=np.ones(count, bool))
    city = dataclasses.replace(city, streets=unsure)
    date = datetime.date(2026, 12, 21)
    shares = [(conditions_of(city, draw_parameters(1, draw), date).light_min_lx[22] > 0).mean() for draw in range(60)]
    assert np.var(shares) > 4 * 0.25 / count
    assert 0.35 < np.mean(shares) < 0.65
