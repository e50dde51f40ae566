"""The room: who comes in, what of one group another cannot see, and what is left at the end."""

import asyncio
import datetime
from pathlib import Path

import pytest

from experiments.workshop import room as rooms
from experiments.workshop.crew import Ticket
from experiments.workshop.room import MOST_SESSIONS, Room, by_name
from experiments.workshop.work import Told
from simulator.errors import InputError

from workshop_room import NoCrew, some_preview


@pytest.fixture
def room():
    made = Room("helsinki-centre", open_to_others=True)
    made.crew = NoCrew()
    yield made
    made.close()


def test_a_code_cannot_be_guessed(room):
    assert len(room.code) == 8
    another = Room("helsinki-centre")
    another.close()
    assert another.code != room.code
    assert room.check_code(f" {room.code.lower()} ", "a")
    for _ in range(10):
        assert not room.check_code("WRONG234", "b")
    with pytest.raises(InputError, match="wait"):
        room.check_code(room.code, "b")  # even the right one
    assert room.check_code(room.code, "a")  # others are not kept waiting


def test_a_room_is_full_some_day(room):
    tokens = {room.join("").token for _ in range(MOST_SESSIONS)}
    assert len(tokens) == MOST_SESSIONS
    with pytest.raises(InputError, match="full"):
        room.join("one more")


def test_groups_begin_with_the_case_and_have_drafts_of_their_own():
    from experiments.workshop.draft import text_of_case

    made = Room("helsinki-centre", case=text_of_case("light-the-park-paths"))
    try:
        one, other = made.join("A"), made.join("B")
        one.draft.set(0, "standard", "P1")
        assert other.draft.scenario.measures[0].standard == "P4"
        other.draft.undo()  # there is nothing before the case
        assert len(other.draft.scenario.measures) == 1
    finally:
        made.close()


def test_a_run_is_told_and_the_next_may_begin(room):
    async def go():
        session = room.join("A")
        session.draft.add("lighting", {"selector": "unlit park paths"})
        room.crew.answer = None
        room.preview(session)
        await asyncio.sleep(0.05)
        assert session.running is not None
        with pytest.raises(InputError, match="already"):
            room.preview(session)
        room.crew.answer = Told(preview=some_preview())
        await asyncio.sleep(0.1)
        assert session.running is None
        assert session.results.previewed == session.draft.text
        assert session.results.version == 1
        room.crew.answer = Told(fault="the worker was ended")
        room.preview(session)
        await asyncio.sleep(0.1)
        assert (session.fault, session.running) == ("the worker was ended", None)
        assert session.results.preview is not None  # what there was is not lost

    asyncio.run(go())


def test_the_last_tab_that_closes_stops_the_run(room):
    async def go():
        session = room.join("A")
        session.draft.add("lighting", {"selector": "unlit park paths"})
        room.page_opened(session)
        room.page_opened(session)
        room.crew.answer = None
        room.preview(session)
        await asyncio.sleep(0.02)
        room.page_closed(session)
        await asyncio.sleep(0.05)
        assert session.running is not None  # another tab is open, as while a page is loaded anew
        room.page_closed(session)
        await asyncio.sleep(0.1)
        assert session.running is None
        assert session.draft.scenario.measures  # the draft stays

    asyncio.run(go())


def test_the_night_of_a_measure_is_one_on_which_it_acts(room):
    async def go():
        session = room.join("A")
        session.draft.add("hosts", {"selector": "streets"})  # on Fridays and Saturdays
        room.preview(session)
        await asyncio.sleep(0.05)
        assert room.crew.orders[-1].date.weekday() in (4, 5)
        assert room.crew.orders[-1].date >= datetime.date(2026, 12, 21)

    asyncio.run(go())


def test_what_cannot_be_compared_is_refused_before_any_work(room):
    async def go():
        session = room.join("A")
        with pytest.raises(InputError, match="no measure"):
            room.compare(session, people=1000, draws=4)  # a draft without measures changes nothing
        assert session.running is None
        assert not room.crew.orders

    asyncio.run(go())


def test_sessions_are_deleted_with_all_that_they_were_answered(room):
    session = room.join("A")
    folder = room.folder / session.token
    folder.mkdir()
    (folder / "answer").write_text("x")
    room.remove(session)
    assert not folder.exists()
    assert session.token not in room.sessions
    room.close()
    assert not room.folder.exists()


def test_a_failure_of_ours_reaches_the_group_in_words(room, monkeypatch):
    async def fail(order, ticket, heard):
        raise OSError("the disk is full")

    async def go():
        session = room.join("A")
        session.draft.add("lighting", {"selector": "unlit park paths"})
        room.crew.run = fail
        room.preview(session)
        await asyncio.sleep(0.05)
        assert "disk is full" in session.fault
        assert session.running is None

    asyncio.run(go())
    assert rooms.MOST_SESSIONS
    assert Ticket().days == 0
    assert isinstance(room.folder, Path)


def test_groups_of_one_name_are_told_apart(room):
    one, other, third = room.join("Night"), room.join("Night"), room.join("Night (2)")
    assert by_name([one, other, third]) == {"Night": one, "Night (2)": other, "Night (2) (2)": third}
