"""Ratings held against simulated feelings: known agreement is found again as often as its interval says."""

import numpy as np
import pytest
from scipy.stats import norm

from analysis.diagnosis.agreement import FEWEST_STREETS, agreement


def planted(seed, streets, rank):
    """Ratings in whole points and feelings with a rank correlation of so much before ratings are rounded."""
    luck = np.random.default_rng(seed)
    both = luck.multivariate_normal([0.0, 0.0], [[1.0, r := 2 * np.sin(np.pi * rank / 6)], [r, 1.0]], streets)
    return np.floor(7.0 * norm.cdf(both[:, 0])) / 2.0, norm.cdf(both[:, 1])


@pytest.mark.parametrize("rank", [0.0, 0.5, 0.8])
def test_known_agreement_is_found_again(rank):
    found = agreement(np.arange(4000), *planted(1, 4000, rank))
    assert found.streets == 4000
    assert found.rank == pytest.approx(rank, abs=0.04)  # in seven steps of rating a little is lost
    assert found.low < found.rank < found.high


@pytest.mark.parametrize(("streets", "rank"), [(15, 0.0), (60, 0.5)])
def test_intervals_hold_the_agreement_that_was_planted_in_nine_of_ten(streets, rank):
    held = []
    for seed in range(150):
        found = agreement(np.arange(streets), *planted(seed, streets, rank))
        held.append(found.low <= rank <= found.high)
    assert 0.84 <= np.mean(held) <= 0.97


def test_several_ratings_of_a_street_are_one_and_streets_without_walkers_none():
    rating, felt = planted(3, 40, 0.6)
    street = np.arange(40)
    alone = agreement(street, rating, felt)
    twice = [np.concatenate([part, part]) for part in (street, rating, felt)]
    assert agreement(*twice) == alone
    apart = np.concatenate([rating - 0.25, rating + 0.25])
    assert agreement(twice[0], apart, twice[2]) == alone
    unknown = [
        np.concatenate([part, [more]]) for part, more in zip((street, rating, felt), (40, 3.0, np.nan), strict=True)
    ]
    assert agreement(*unknown) == alone


def test_too_few_streets_or_all_alike_say_nothing():
    rating, felt = planted(1, FEWEST_STREETS, 0.8)
    street = np.arange(FEWEST_STREETS)
    assert agreement(street, rating, felt) is not None
    assert agreement(street[1:], rating[1:], felt[1:]) is None
    assert agreement(street, np.full(FEWEST_STREETS, 2.0), felt) is None
    assert agreement(np.zeros(FEWEST_STREETS, int), rating, felt) is None
    perfect = agreement(street, felt, felt)
    assert (perfect.low, perfect.rank, perfect.high) == (1.0, 1.0, 1.0)
