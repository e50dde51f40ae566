"""Worker processes: one that is ended is told and replaced, and an order that nobody wants any more stops."""

import asyncio
import datetime

import pytest

from experiments.workshop.crew import CRASHED, Crew, Ticket
from experiments.workshop.preview import PreviewOrder
from experiments.workshop.work import days_of
from scenarios import parse_scenario

ORDER = PreviewOrder("helsinki-centre", datetime.date(2026, 12, 21), agents=200)
ELSEWHERE = (
    'format = 1\ntitle = "x"\n[[measures]]\nkind = "hosts"\nname = "h"\nwhere = {names = ["No Such Street Anywhere"]}\n'
)


@pytest.mark.slow
def test_a_crash_is_told_and_survived_and_a_run_can_be_stopped():
    async def go():
        crew = Crew(1)
        crew.start()
        try:
            ticket = Ticket()
            running = asyncio.ensure_future(crew.run(ORDER, ticket))
            await asyncio.sleep(0.5)
            crew.workers[0].process.kill()
            assert (await running).fault == CRASHED

            ticket = Ticket()
            told = await crew.run(ORDER, ticket)
            assert told.fault == ""
            assert told.preview is not None
            assert 0 < ticket.days <= days_of(ORDER)

            wrong = parse_scenario(ELSEWHERE)
            told = await crew.run(PreviewOrder(ORDER.city, ORDER.date, wrong, 200), Ticket())
            assert "No Such Street Anywhere" in told.fault

            ticket = Ticket()
            many = PreviewOrder(ORDER.city, ORDER.date + datetime.timedelta(days=1), None, 300)
            running = asyncio.ensure_future(crew.run(many, ticket))
            await asyncio.sleep(0.3)
            ticket.cancelled = True
            told = await asyncio.wait_for(running, 30)
            assert (told.preview, told.fault) == (None, "")
            assert (await crew.run(ORDER, Ticket())).preview is not None  # the same worker goes on
        finally:
            crew.close()
        assert crew.workers == ()

    asyncio.run(go())
