"""The command: what it needs, what it refuses before anything is started, and who it says can reach the page."""

import socket
from unittest import mock

import pytest

from experiments.cli import workshop as cli_workshop
from experiments.workshop.server import Order, room_of, told_of

ORDER = Order("helsinki-centre", None, False, 8700, 1, False)


def test_without_the_extra_it_says_what_to_install(refused):
    with mock.patch.object(cli_workshop, "find_spec", return_value=None):
        told = refused("workshop", "--no-browser")
    assert "make workshop" in told
    assert "afterdark[workshop]" in told


def test_what_cannot_be_read_is_refused_before_anything_is_started(refused):
    assert "no-such-city" in refused("workshop", "--no-browser", "--city", "no-such-city")
    assert "no-such-case" in refused("workshop", "--no-browser", "--case", "no-such-case")
    assert "port" in refused("workshop", "--no-browser", "--port", "80")


def test_a_port_that_is_taken_is_told(refused):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert "give another --port" in refused("workshop", "--no-browser", "--port", str(taken.getsockname()[1]))


@pytest.mark.parametrize("host", [False, True])
def test_it_says_who_can_reach_it(host):
    order = Order(ORDER.city, "light-the-park-paths", host, 8700, 1, False)
    room = room_of(order)
    try:
        told = told_of(room, order)
        assert (room.code in told) is host
        assert ("Only this machine can reach it" in told) is not host
        assert room.trainer_key in told
        assert "standard" in room.case
    finally:
        room.close()


def test_an_own_file_keeps_its_comments_and_one_that_goes_on_from_another_holds_all_measures(tmp_path):
    own = tmp_path / "own.toml"
    own.write_text('# ours\nformat = 1\ntitle = "x"\nextends = "light-the-park-paths"\n')
    room = room_of(Order("helsinki-centre", str(own), False, 8700, 1, False))
    assert "[[measures]]" in room.case
    room.close()
    own.write_text('# ours\nformat = 1\ntitle = "x"\nplacebo = true\n')
    room = room_of(Order("helsinki-centre", str(own), False, 8700, 1, False))
    assert room.case.startswith("# ours")
    room.close()
