"""Metres to the nearest of some places against its slow twin, on random small graphs."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from simulator.kernels.reaching import metres_to_nearest
from simulator.travel.looking_ahead import graph_of

from cities import make_city
from reference.twins import cheapest_cost


@st.composite
def cases(draw):
    count = draw(st.integers(2, 9))
    nodes = [(float(draw(st.integers(0, 500))), float(row)) for row in range(count)]
    pairs = draw(st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), min_size=1, max_size=14))
    links = [(one, other) for one, other in pairs if one != other] or [(0, 1)]
    price = [draw(st.one_of(st.floats(0.5, 900.0), st.just(float("inf")))) for _ in links]
    kinds = draw(st.lists(st.lists(st.integers(0, count - 1), max_size=4), min_size=1, max_size=3))
    return make_city(nodes, links), links, price, kinds, draw(st.sampled_from([300.0, 1e5]))


@given(cases())
def test_metres_are_those_of_the_slow_twin(case):
    city, links, price, kinds, limit = case
    graph = graph_of(city, np.asarray(city.streets.length_m))
    start = np.cumsum([0, *map(len, kinds)]).astype(np.int64)
    sources = np.array([junction for kind in kinds for junction in kind], np.int64)
    found = metres_to_nearest(graph.every, np.array(price), start, sources, limit)
    for row, kind in enumerate(kinds):
        for junction in range(len(city.junctions)):
            expected = min((cheapest_cost(links, price, one, junction) for one in kind), default=np.inf)
            if expected > limit:
                assert found[row, junction] == np.inf
            else:
                np.testing.assert_allclose(found[row, junction], expected, rtol=1e-12)
