"""How a night mayor's office decides: week by week, on reports and counts that it has seen, never on true risk.

Whatever the office does follows from the numbers handed to `Office.meet`; it keeps a log of what it did and why.
"""

import dataclasses
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, Any]
MANDATES = ("hosts", "hours", "repairs")
"""What an office may be allowed to do: send hosts, ask venues to close one after the other, ask for repairs."""
LATE = (0, 1, 2, 3)
"""Clock hours in which reports make the office speak with venues about their hours."""
_MEMORY_WEEKS = 4


class Week(NamedTuple):
    """What an office may see of a week: whole reports and counted passers by area and clock hour (int64 (A, 24))."""

    reports: Array
    passers: Array


@dataclasses.dataclass
class Office:
    """An office with a budget, a mandate and weekly meetings.

    Parameters
    ----------
    areas
        What the areas that it looks after are called.
    hosts
        Hosts that it can send out at once, whole.
    mandate
        Words of `MANDATES`.
    delay_weeks
        Weeks until reports reach it, and until what it asks for is done.
    ask_from
        Reports in the weeks that it remembers from which it asks venues of an area about hours, or for repairs there.
    """

    areas: tuple[str, ...]
    hosts: int
    mandate: tuple[str, ...]
    delay_weeks: int
    ask_from: int
    log: list[str] = dataclasses.field(default_factory=list)
    _weeks: list[Week] = dataclasses.field(default_factory=list)
    _asked: dict[str, dict[int, int]] = dataclasses.field(default_factory=lambda: {"hours": {}, "repairs": {}})
    _sent: Array | None = None

    @property
    def sent(self) -> Array:
        """Hosts in each area (int64 (A,)) after the last meeting."""
        return np.zeros(len(self.areas), np.int64) if self._sent is None else self._sent

    def done(self, what: str) -> Array:
        """Whether venues' hours or repairs in each area (bool (A,)) are as the office asked, by now."""
        week, asked = len(self._weeks), self._asked[what]
        return np.array([area in asked and week - asked[area] >= self.delay_weeks for area in range(len(self.areas))])

    def meet(self, week: Week) -> None:
        """Hold the meeting of a week: file what happened, look at what has arrived, decide."""
        self._weeks.append(week)
        number = len(self._weeks)
        arrived = self._weeks[max(0, number - self.delay_weeks - _MEMORY_WEEKS) : max(0, number - self.delay_weeks)]
        seen = sum((one.reports for one in arrived), np.zeros_like(week.reports))
        total = seen.sum(axis=1)
        if not total.sum():
            self._sent = None
            self.log.append(f"week {number}: no report has arrived; nothing is done")
            return
        since = f"{number - self.delay_weeks - len(arrived) + 1} to {number - self.delay_weeks}"
        if "hosts" in self.mandate and self.hosts:
            self._sent = shared_out(total, self.hosts)
            told = [
                f"{self._sent[area]} to {self.areas[area]} ({total[area]} of {total.sum()} reports)"
                for area in np.flatnonzero(self._sent)
            ]
            self.log.append(f"week {number}: hosts, by reports of weeks {since}: {', '.join(told)}")
        for what, count, asks in (
            ("hours", seen[:, list(LATE)].sum(axis=1), "asks its venues to close one after the other"),
            ("repairs", total, "asks for its lamps to be repaired within days"),
        ):
            self._ask(what, count, f"week {number}: {{area}}: {{count}} reports{self._late(what)}; {asks}", number)

    def _late(self, what: str) -> str:
        return f" from {LATE[0]} to {LATE[-1] + 1} h" if what == "hours" else ""

    def _ask(self, what: str, count: Array, words: str, week: int) -> None:
        """Ask once in an area from so many reports on, the one with most of them first, one area a meeting."""
        if what not in self.mandate:
            return
        due = [area for area in np.argsort(-count, kind="stable") if count[area] >= self.ask_from]
        for area in due:
            if area not in self._asked[what]:
                self._asked[what][int(area)] = week
                self.log.append(words.format(area=self.areas[area], count=count[area]))
                return


def shared_out(reports: Array, hosts: int) -> Array:
    """Whole hosts by area (int64 (A,)) in proportion to reports, what is left over by largest remainders."""
    share = reports * hosts / reports.sum()
    sent = np.floor(share).astype(np.int64)
    rest = np.argsort(-(share - sent), kind="stable")[: hosts - int(sent.sum())]
    sent[rest] += 1
    return sent
