"""Hash draws: uniform, independent, and moved by nothing but their own keys."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from simulator import draws


def test_uniform_by_kolmogorov_smirnov():
    values = draws.uniform(1, "test", np.arange(200_000))
    assert stats.kstest(values, "uniform").pvalue > 1e-3
    assert values.min() > 0
    assert values.max() < 1


def test_neighbouring_ids_seeds_and_streams_are_independent():
    ids = np.arange(100_000)
    one = draws.uniform(1, "a", ids)
    for other in (draws.uniform(1, "a", ids + 1), draws.uniform(2, "a", ids), draws.uniform(1, "b", ids)):
        assert abs(np.corrcoef(one, other)[0, 1]) < 0.015
    cells = np.histogram2d(one[:-1], one[1:], bins=16)[0].ravel()
    assert stats.chisquare(cells).pvalue > 1e-3


def test_normal_has_the_right_shape():
    assert stats.kstest(draws.normal(3, "test", np.arange(100_000)), "norm").pvalue > 1e-3


@given(st.integers(0, 2**62), st.lists(st.integers(-(2**60), 2**60), min_size=1, max_size=20))
def test_order_and_company_do_not_matter(seed, ids):
    together = draws.bits(seed, "s", np.array(ids), 7)
    alone = [int(draws.bits(seed, "s", one, 7)) for one in ids]
    assert together.tolist() == alone
    assert draws.bits(seed, "s", np.array(ids[::-1]), 7).tolist() == alone[::-1]


def test_word_is_stable_across_sessions():
    assert draws.word("made") == int.from_bytes(
        __import__("hashlib").blake2b(b"made", digest_size=8).digest(), "little"
    )
    assert int(draws.bits(1, "made", 2, 3)) == int(draws.bits(1, "made", np.int32(2), np.int64(3)))
