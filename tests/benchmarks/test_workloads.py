"""What the benchmarks compare is the same work: the same walks, on the same streets, taking the same time."""

from pathlib import Path

import numpy as np
import pytest

from street_networks import load_city

from benchmarks.peers import ask, peers_python
from benchmarks.sumo import Sumo
from benchmarks.workload import Ready, make_ready, with_drawn_places

PEERS = peers_python()
needs_peers = pytest.mark.skipif(
    PEERS is None, reason="the peers are not installed: `make bench` makes .venv-bench, or set AFTERDARK_BENCH_PYTHON"
)
COUNT = 200


@pytest.fixture(scope="module")
def ready() -> Ready:
    return make_ready(load_city("helsinki-centre"), COUNT, settle_days=1)


@pytest.fixture(scope="module")
def walking_s(ready: Ready) -> np.ndarray:
    """Seconds of each walk on its shortest way."""
    return ready.walks.metres(ready.route(personal=False, threads=1)) / ready.walks.speed_m_s


@pytest.mark.slow
def test_walks_lead_somewhere_else_and_are_the_same_each_time(ready):
    walks = ready.walks
    assert len(walks) == COUNT
    assert (walks.from_junction != walks.to_junction).all()
    assert (np.diff(walks.depart_ms) >= 0).all()
    again = make_ready(load_city("helsinki-centre"), COUNT, settle_days=1).walks
    for name in ("origin", "destination", "depart_ms", "speed_m_s"):
        np.testing.assert_array_equal(getattr(walks, name), getattr(again, name))


def test_our_walks_take_length_over_speed(ready, walking_s):
    walk = ready.move(ready.route(personal=False, threads=1), threads=1)
    np.testing.assert_allclose(np.sort(walk.walks.walked_ms) / 1000.0, np.sort(walking_s), rtol=1e-3)
    assert (walk.walks.step == np.diff(walk.walks.route_start)).all()


def test_minutes_and_two_threads_walk_the_same_to_the_bit(ready):
    routed = ready.route(personal=True, threads=2)
    np.testing.assert_array_equal(routed.route, ready.route(personal=True, threads=1).route)
    hours, minutes = ready.move(routed, threads=1), ready.move(routed, threads=2, step_ms=60_000)
    np.testing.assert_array_equal(hours.cells, minutes.cells)


def test_personal_weights_make_detours(ready, walking_s):
    personal = ready.walks.metres(ready.route(personal=True, threads=1)) / ready.walks.speed_m_s
    assert (personal >= walking_s - 1e-9).all()
    assert 1.0 < personal.sum() / walking_s.sum() < 1.1


@needs_peers
def test_sumo_walks_as_far_and_as_long(ready, walking_s, tmp_path: Path):
    assert PEERS is not None
    for two_way in (False, True):
        told = Sumo(PEERS, tmp_path, ready.walks, two_way=two_way, step_s=0.1).run("small")
        np.testing.assert_allclose(
            told.length_m, walking_s * ready.walks.speed_m_s, atol=1.0
        )  # edges are 0.1 m at least
        assert told.duration_s.sum() == pytest.approx(walking_s.sum(), rel=0.02)


@needs_peers
def test_sumo_with_routes_given_walks_the_same(ready, walking_s, tmp_path: Path):
    assert PEERS is not None
    routed = ready.route(personal=False, threads=1)
    routes = [routed.route[first:last] for first, last in zip(routed.start[:-1], routed.start[1:], strict=True)]
    told = Sumo(PEERS, tmp_path, ready.walks, step_s=0.1).run("given", routes)
    assert told.duration_s.sum() == pytest.approx(walking_s.sum(), rel=0.02)


@needs_peers
def test_plain_mesa_walks_as_long(ready, walking_s, tmp_path: Path):
    assert PEERS is not None
    told = ask(PEERS, "plain_mesa", ready.walks, tmp_path)
    assert told["walks"] == COUNT
    assert told["walked_s"] == pytest.approx(walking_s.sum(), rel=1e-6)


@needs_peers
def test_pandana_finds_ways_as_short(ready, walking_s, tmp_path: Path):
    assert PEERS is not None
    told = ask(PEERS, "pandana_routes", ready.walks, tmp_path)
    assert told["metres"] == pytest.approx((walking_s * ready.walks.speed_m_s).sum(), rel=1e-4)


def test_streets_alone_get_every_kind_of_place(ready):
    drawn = with_drawn_places(ready.walks.network, 90)
    assert all(drawn.places_of(kind).size for kind in ("home", "work", "shop", "nightlife", "stop", "gateway"))
    streets, places = drawn.streets, drawn.places
    ends = (streets.from_junction[places.segment], streets.to_junction[places.segment])
    assert ((ends[0] == places.junction) | (ends[1] == places.junction)).all()
