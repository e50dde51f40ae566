"""The trainer's screen: groups, what they handed in side by side, and the end of the workshop."""

from html import escape

from nicegui import ui

from analysis.answer.findings import of_scenario
from analysis.answer.wording import change_and_ends, select
from analysis.comparison.intervals import FEWEST_DRAWS
from analysis.harm.found import anybody_harmed
from experiments.comparing import read_answer
from experiments.workshop.exercises import EXERCISES, judged
from experiments.workshop.room import Room, Session
from simulator.errors import AfterdarkError

_LOOK_S = 1.0


def add(room: Room) -> None:
    """Add the screen to the application; the gate lets only the trainer near it."""

    @ui.page("/trainer", title="afterdark: the room")
    def page() -> None:
        TrainerPage(room)


class TrainerPage:
    """One open screen."""

    def __init__(self, room: Room) -> None:
        self.room, self.seen = room, object()
        ui.add_head_html('<link rel="stylesheet" href="/workshop-assets/workshop.css">')
        ui.colors(primary="#43338c", negative="#8a3b00")
        ui.query("html").props('lang="en"')
        with ui.element("div").classes("room"):
            ui.html("<h1 style='font-size:1.6rem;line-height:1.3;margin:0;font-weight:700'>The room</h1>")
            if room.open_to_others:
                ui.html(f"<p>Code: <b style='font-size:2rem;letter-spacing:.15em'>{escape(room.code)}</b></p>")
            self.table = ui.html("", sanitize=False).classes("full")
            ui.button("End the workshop and delete all sessions", on_click=self._end).props("outline color=negative")
        ui.timer(_LOOK_S, self._look)

    def _look(self) -> None:
        sessions = list(self.room.sessions.values())
        seen = tuple((one.token, one.stamp, one.pages) for one in sessions)
        if seen != self.seen:
            self.seen = seen
            self.table.set_content(groups_html(sessions))

    async def _end(self) -> None:
        with ui.dialog().props('aria-label="End the workshop"') as dialog, ui.card():
            ui.label("All groups lose what they drew. Export first what is to be kept, with the groups' agreement.")
            ui.button("Delete all sessions", on_click=lambda: dialog.submit(True)).props("color=negative")
            ui.button("Go back", on_click=lambda: dialog.submit(False)).props("flat")
        if await dialog:
            for session in list(self.room.sessions.values()):
                self.room.remove(session)


def groups_html(sessions: list[Session]) -> str:
    """A row a group: what it drafts, and of what it handed in the feeling, the cost, harm, and the goal."""
    heads = ("Group", "Draft", "Women feel safe", "Men feel safe", "Cost a year", "Worse off", "Goal", "Files")
    head = "".join(f"<th scope='col'>{one}</th>" for one in heads)
    rows = "".join(f"<tr>{''.join(_cells(one))}</tr>" for one in sessions)
    return (
        "<p class='soft'>Share of walking time after dark that feels safe on the streets that a proposal touches, "
        "with 90 % intervals of its change.</p>"
        f"<table class='told'><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _cells(session: Session) -> list[str]:
    there = "" if session.pages > 0 else " (away)"
    running = f", running ({session.running.kind})" if session.running else ""
    measures = "; ".join(one.name for one in session.draft.scenario.measures) or "nothing yet"
    cells = [f"<th scope='row'>{escape(session.name)}{there}</th>", f"<td>{escape(measures)}{running}</td>"]
    if session.handed_in is None:
        return [*cells, "<td colspan='6' class='soft'>nothing handed in yet</td>"]
    try:
        return [*cells, *_answered(session)]
    except AfterdarkError as error:
        return [*cells, f"<td colspan='6'>{escape(str(error))}</td>"]


def _answered(session: Session) -> list[str]:
    assert session.handed_in is not None
    answer = read_answer(session.handed_in)
    name, comparison = answer.facts.scenarios[0].name, answer.comparison
    harm = of_scenario(answer.findings, name)["harm"]
    told = []
    for gender in ("woman", "man"):
        rows = select(comparison, name, indicator="feels_safe_share_treated", period="dark", gender=gender)
        told.append(_feeling(rows.iloc[0]) if len(rows) else "too few to say")
    cost = select(comparison, name, indicator="cost")
    money = f"{float(cost['difference'].iloc[0]):,.0f} {str(cost['unit'].iloc[0]).split()[0]}" if len(cost) else "–"
    worse = len(anybody_harmed(harm))
    parts = judged(EXERCISES[session.exercise], comparison, harm, answer.facts.draws)
    goal = "; ".join(f"{what}: {verdict}" for what, verdict in parts) or "none"
    files = " ".join(
        f"<a href='/room/{file}?group={session.key}' target='_blank'>{words}</a>"
        for file, words in (("report.html", "report"), ("all.zip", "all files"))
    )
    harmed = f"<b>harm is found ({worse})</b>" if worse else "none found"
    if answer.facts.draws < FEWEST_DRAWS:
        harmed = "too few draws to say"
    return [
        *(
            f"<td>{one}</td>"
            for one in (*map(escape, told), escape(money.replace(",", " ")), harmed, escape(goal), files)
        )
    ]


def _feeling(row: object) -> str:
    change, interval = change_and_ends(row)  # type: ignore[arg-type]
    before, after = (100.0 * float(row[key]) for key in ("baseline", "value"))  # type: ignore[index]
    return f"{before:.0f} → {after:.0f} % ({change} points, {interval}; {row['verdict']})"  # type: ignore[index]
