"""The room: groups in sessions of their own on one machine, one crew of workers, and a folder that goes at the end."""

import asyncio
import dataclasses
import datetime
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from experiments.comparing import Plan
from experiments.runs import Options, city_of
from experiments.workshop.crew import Crew, Ticket
from experiments.workshop.draft import Draft
from experiments.workshop.preview import FEW, Preview, PreviewOrder
from experiments.workshop.walk import Mark
from experiments.workshop.work import CompareOrder, Order, Told, days_of
from scenarios import Scenario, load_scenario
from scenarios.dates import first_date_of
from simulator.city.network import StreetNetwork
from simulator.city.sun import darkest_working_day
from simulator.errors import InputError

_CODE_SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_CODE_LENGTH = 8
MOST_SESSIONS = 60
"""Groups in a room; further ones are refused, so that nobody fills the machine."""
STORE = "store"
"""Folder of the runs of all groups, which share those of the baseline."""
_WRONG_CODES, _WAIT_S = 10, 60.0
"""After so many wrong codes nobody from that address may try for so long."""


@dataclasses.dataclass
class Running:
    """A run that a group waits for."""

    kind: str
    ticket: Ticket
    days: int

    @property
    def share(self) -> float:
        """How much of it is done, 0 to 1."""
        return min(1.0, self.ticket.days / max(self.days, 1))


@dataclasses.dataclass
class Results:
    """What a group has been answered."""

    preview: Preview | None = None
    previewed: str = ""
    """The draft's text that the preview is of."""
    of_answer: bool = False
    """Whether it is the first draw of the confirmed answer."""
    version: int = 0
    answer: Path | None = None
    answered: str = ""
    date: datetime.date | None = None
    seconds: float = 0.0


@dataclasses.dataclass(kw_only=True)
class Brought:
    """What a group says beside its draft."""

    exercise: str = ""
    answers: dict[tuple[str, str], int] = dataclasses.field(default_factory=dict)
    """What matters more, by pairs of goals (`weights.PAIRS`)."""
    marks: list[Mark] = dataclasses.field(default_factory=list)
    """What it saw on a safety walk."""
    handed_in: Path | None = None
    handed_text: str = ""
    """The scenario that the answer handed in is of."""


@dataclasses.dataclass
class Session(Brought):
    """One group: what it drafts, what it has been answered, and what it handed in."""

    token: str
    name: str
    key: str = dataclasses.field(default_factory=lambda: secrets.token_urlsafe(9))
    """By which the trainer's screen names it: whoever knows it is not let in."""
    draft: Draft = dataclasses.field(default_factory=Draft)
    results: Results = dataclasses.field(default_factory=Results)
    running: Running | None = None
    fault: str = ""
    stamp: int = 0
    """Grows with each change, so that open pages know when to look again."""
    pages: int = 0
    language: str = "en"

    def touch(self) -> None:
        """Something has changed."""
        self.stamp += 1


class Room:
    """All sessions of one workshop on one city.

    Parameters
    ----------
    city
        Short name or path.
    case
        The case with which groups begin, as text; none for an empty draft.
    open_to_others
        Whether other machines may come in; they need the code.
    workers
        Worker processes.
    """

    def __init__(self, city: str, *, case: str | None = None, open_to_others: bool = False, workers: int = 2) -> None:
        self.city, self.case, self.open_to_others = city, case, open_to_others
        self.code = "".join(secrets.choice(_CODE_SIGNS) for _ in range(_CODE_LENGTH))
        self.trainer_key = secrets.token_urlsafe(16)
        self.sessions: dict[str, Session] = {}
        self.folder = Path(tempfile.mkdtemp(prefix="afterdark-workshop-"))
        self.crew = Crew(workers)
        self.today: Told | None = None
        self.language = "en"
        self._tasks: set[asyncio.Task[None]] = set()
        self._wrong: dict[str, list[float]] = {}

    @property
    def network(self) -> StreetNetwork:
        """The city."""
        return city_of(self.city)

    def start(self) -> None:
        """Begin with the work: the city as it is tonight, for everybody."""
        self.crew.start()
        self._later(self._live_today())

    async def _live_today(self) -> None:
        """First with few people, so that the map soon has colours; then every worker settles a city to go on from."""
        date = darkest_working_day(self.network.latitude)
        self._tell_today(await self.crew.run(PreviewOrder(self.city, date, agents=FEW), Ticket()))
        for _ in range(self.crew.size):
            self._later(self._warm(PreviewOrder(self.city, date)))

    async def _warm(self, order: PreviewOrder) -> None:
        self._tell_today(await self.crew.run(order, Ticket()))

    def _tell_today(self, today: Told) -> None:
        self.today = today
        for session in self.sessions.values():
            self._give_today(session)

    def _give_today(self, session: Session) -> None:
        shown = session.results.preview
        if self.today is None or (shown is not None and (shown.after is not None or self.today.preview is None)):
            return
        session.results.preview, session.fault = self.today.preview, self.today.fault
        session.results.date = darkest_working_day(self.network.latitude)
        session.results.version += 1
        session.touch()

    def join(self, name: str, language: str = "en") -> Session:
        """A new session, whose page begins in a language.

        Raises
        ------
        InputError
            If the room is full.
        """
        if len(self.sessions) >= MOST_SESSIONS:
            raise InputError(f"this room is full ({MOST_SESSIONS} groups); ask the trainer")
        session = Session(secrets.token_urlsafe(24), name.strip()[:60] or f"Group {len(self.sessions) + 1}")
        session.language = language
        if self.case is not None:
            session.draft.put(self.case)
            session.draft.done.clear()
        self.sessions[session.token] = session
        self._give_today(session)
        return session

    def check_code(self, given: str, address: str) -> bool:
        """Whether a code is right; whoever guesses has to wait.

        Raises
        ------
        InputError
            If there were too many wrong codes from this address.
        """
        now = time.monotonic()
        tries = [one for one in self._wrong.get(address, []) if now - one < _WAIT_S]
        if len(tries) >= _WRONG_CODES:
            raise InputError("too many wrong codes: wait a minute, and ask the trainer for the code")
        right = secrets.compare_digest(given.strip().upper().encode(), self.code.encode())
        self._wrong[address] = [] if right else [*tries, now]
        return right

    def preview(self, session: Session) -> None:
        """Begin with a preview of a group's draft."""
        scenario = _something_in(session)
        date = first_date_of(scenario, self.network, darkest_working_day(self.network.latitude))
        self._begin(session, "preview", PreviewOrder(self.city, date, scenario), date)

    def compare(self, session: Session, *, people: int, draws: int) -> None:
        """Begin with a whole comparison of a group's draft.

        Raises
        ------
        InputError
            If it cannot be answered; see `Plan.check`.
        """
        scenario = _something_in(session)
        date = first_date_of(scenario, self.network, darkest_working_day(self.network.latitude))
        options = Options(city=self.city, agents=people, date=date)
        plan = Plan(load_scenario("baseline"), (scenario,), options, draws, self.folder / STORE)
        plan.check()
        out = self.folder / session.token / f"answer-{plan.identity()[:12]}"
        out.parent.mkdir(exist_ok=True)
        self._begin(session, "compare", CompareOrder(plan, out), date)

    def _begin(self, session: Session, kind: str, order: Order, date: datetime.date) -> None:
        if session.running is not None:
            raise InputError("a run is going on already; wait for it, or stop it")
        session.running = Running(kind, Ticket(), days_of(order))
        session.fault = ""
        session.touch()
        self._later(self._work(session, order, date))

    async def _work(self, session: Session, order: Order, date: datetime.date) -> None:
        running, text, begun = session.running, session.draft.text, time.monotonic()
        assert running is not None
        try:
            told = await self.crew.run(order, running.ticket, session.touch)
        except Exception as error:  # noqa: BLE001  # whatever happens, the group is told and can go on
            told = Told(fault=f"the run failed: {error!r}")
        results = session.results
        if told.preview is not None:
            results.preview, results.previewed, results.date = told.preview, text, date
            results.version += 1
            results.seconds = time.monotonic() - begun
            results.of_answer = told.folder is not None
        if told.folder is not None:
            results.answer, results.answered = told.folder, text
        session.fault, session.running = told.fault, None
        session.touch()

    def cancel(self, session: Session) -> None:
        """Stop what a group waits for."""
        if session.running is not None:
            session.running.ticket.cancelled = True
            session.touch()

    def page_opened(self, session: Session) -> None:
        """A page of a group is there."""
        session.pages += 1

    def page_closed(self, session: Session) -> None:
        """A page of a group has gone; with the last one its run stops."""
        session.pages -= 1
        if session.pages <= 0:
            self.cancel(session)

    def remove(self, session: Session) -> None:
        """Delete a session and all that it drew and was answered."""
        self.cancel(session)
        self.sessions.pop(session.token, None)
        shutil.rmtree(self.folder / session.token, ignore_errors=True)

    def _later(self, work: "asyncio.coroutines.Coroutine[None, None, None]") -> None:  # type: ignore[name-defined]
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def close(self) -> None:
        """End the workers and delete everything; who agreed has exported before."""
        self.crew.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def by_name(sessions: Iterable[Session]) -> dict[str, Session]:
    """Sessions by the names of their groups; where several have one name, the later ones get a number."""
    found: dict[str, Session] = {}
    for one in sessions:
        number, name = 1, one.name
        while name in found:
            number += 1
            name = f"{one.name} ({number})"
        found[name] = one
    return found


def _something_in(session: Session) -> Scenario:
    """What a group drafted."""
    scenario = session.draft.scenario
    if not scenario.measures:
        raise InputError("the draft holds no measure yet; choose one and say where")
    return scenario
