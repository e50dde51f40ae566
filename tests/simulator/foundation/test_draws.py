"""Hash draws: uniform, independent, and moved by nothing but their own keys."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from simulator.evidence import parameters as evidence
from simulator.evidence import strata
from simulator.evidence.parameters import draw_parameters, load_evidence
from simulator.foundation import draws

COUNT = 100_000
SURE = 1e-4  # the draws are always the same, so a test that holds once holds for ever; a p-value below is a fault


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


# -- tests of randomness, each a function of what draws the bits, and each shown to fail where it should -------------


def unit(values):
    return (values >> np.uint64(11)).astype(float) * 2.0**-53


def runs_p(bits):
    """Wald and Wolfowitz: as many runs above and below the middle as chance would give."""
    above = unit(bits(np.arange(COUNT))) > 0.5
    n1, n0 = above.sum(), (~above).sum()
    mean = 2 * n1 * n0 / COUNT + 1
    spread = np.sqrt((mean - 1) * (mean - 2) / (COUNT - 1))
    return 2 * stats.norm.sf(abs((1 + (above[1:] != above[:-1]).sum() - mean) / spread))


def serial_p(bits):
    """Three draws in a row fill a cube of 8 x 8 x 8 cells evenly."""
    cells = (unit(bits(np.arange(3 * COUNT))) * 8).astype(int).reshape(-1, 3)
    return stats.chisquare(np.bincount(cells @ (64, 8, 1), minlength=512)).pvalue


def bit_balance_p(bits):
    """Each of the 64 bits is set half of the time."""
    values = bits(np.arange(COUNT))
    ones = np.array([int(((values >> np.uint64(bit)) & np.uint64(1)).sum()) for bit in range(64)])
    return stats.chi2.sf((((ones - COUNT / 2) ** 2) / (COUNT / 4)).sum(), 64)


def avalanche_p(bits):
    """Turning one bit of a key turns each bit of the draw half of the time."""
    keys = np.arange(4096) * 1_000_003
    before, worst = bits(keys), 1.0
    for turned in range(40):
        change = before ^ bits(keys ^ (1 << turned))
        flips = np.array([int(((change >> np.uint64(bit)) & np.uint64(1)).sum()) for bit in range(64)])
        worst = min(worst, stats.chi2.sf((((flips - 2048) ** 2) / 1024).sum(), 64))
    return min(1.0, 40 * worst)


def independence_p(bits_of):
    """Series of every stream, seed and draw are uncorrelated, all with all."""
    series = [
        unit(bits_of(stream, draw_parameters(seed, draw).seed)(np.arange(4096)))
        for stream in ("made", "tours", "chain", "stay 0", "stay 1", "place 0 1")
        for seed in (0, 1, 2, 2**62)
        for draw in (0, 1, 2, 3, 255)
    ]
    scores = np.corrcoef(series)[np.triu_indices(len(series), 1)] * np.sqrt(4096)
    pairs = scores.size
    alike = stats.chi2.sf((scores**2).sum(), pairs)
    return min(1.0, pairs * 2 * stats.norm.sf(np.abs(scores).max()), alike)


def ours(stream="test", seed=1):
    return lambda ids: draws.bits(seed, stream, ids)


def lattice(ids):
    """Evenly spread, and nothing else: multiples of the golden ratio, unmixed."""
    return np.asarray(ids).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)


def lazy_bits(ids):
    """Well mixed, but the last bit is always set."""
    return draws.bits(1, "test", ids) | np.uint64(1)


ONE_SERIES = (runs_p, serial_p, bit_balance_p, avalanche_p)


@pytest.mark.parametrize("test", ONE_SERIES)
@pytest.mark.parametrize(
    "bits",
    [
        ours(),
        ours("made", 2**62),
        lambda days: draws.bits(7, "made", 400_000_012, days, 1),
        lambda seeds: draws.bits(np.asarray(seeds).astype(np.uint64), "made", 5),
    ],
    ids=["by person", "by person, large seed", "by day", "by seed"],
)
def test_draws_pass_as_random(test, bits):
    assert test(bits) > SURE


@pytest.mark.parametrize(
    ("test", "bits"), [(runs_p, lattice), (serial_p, lattice), (avalanche_p, lattice), (bit_balance_p, lazy_bits)]
)
def test_tests_of_randomness_can_fail(test, bits):
    assert test(bits) < SURE


def test_streams_seeds_and_draws_are_independent():
    assert independence_p(ours) > SURE


def test_streams_that_share_their_random_numbers_would_be_noticed():
    assert independence_p(lambda stream, seed: ours("one for all", seed)) < SURE
    assert independence_p(lambda stream, seed: ours(stream, seed % 2)) < SURE


def test_a_million_draws_do_not_collide():
    ids = np.arange(50_000)
    every = np.concatenate([draws.bits(1, f"stream {number}", ids, day) for number in range(5) for day in range(4)])
    assert np.unique(every).size == every.size == 1_000_000


# -- more draws move no others --------------------------------------------------------------------------------------


class InSequence:
    """What ours are not: the next numbers of a generator for each seed, whatever they are for."""

    def __init__(self):
        self.generators = {}

    def __call__(self, seed, stream, *ids):
        generator = self.generators.setdefault(seed, np.random.default_rng(seed))
        return generator.uniform(size=np.broadcast(*ids).shape)


def one_draw_more(uniform):
    """The random numbers of people in a stream, without and with another stream, and another person, asked before them."""
    people = np.arange(100)
    alone = uniform()(1, "made", people, 3)
    asked = uniform()
    asked(1, "newcomer", people, 3)
    asked(1, "made", np.arange(100, 101), 3)
    return alone, asked(1, "made", people, 3)


def test_one_draw_more_moves_no_other():
    np.testing.assert_array_equal(*one_draw_more(lambda: draws.uniform))
    alone, after = one_draw_more(InSequence)
    assert (alone != after).all()


def with_one_more_parameter(monkeypatch):
    """All parameters of one draw before and after another one came first in the file."""
    before = draw_parameters(1, 2).as_dict()
    rows = dict(load_evidence())
    first = next(row for row in rows.values() if row.distribution == "uniform")
    monkeypatch.setattr(evidence, "load_evidence", lambda: {"brand_new": first} | dict(reversed(rows.items())))
    after = draw_parameters(1, 2).as_dict()
    assert after.pop("brand_new") != before[first.name]
    return before, after


def test_a_new_parameter_moves_no_other(monkeypatch):
    before, after = with_one_more_parameter(monkeypatch)
    assert before == after


def test_parameters_drawn_in_sequence_would_be_noticed(monkeypatch):
    class Sequence:
        bits, word, made = staticmethod(draws.bits), staticmethod(draws.word), InSequence()

        @classmethod
        def uniform(cls, seed, words, *ids):
            return cls.made(seed, "any", words, *ids)

    monkeypatch.setattr(strata, "draws", Sequence)
    before, after = with_one_more_parameter(monkeypatch)
    assert before != after
