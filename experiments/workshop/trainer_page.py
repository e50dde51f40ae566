"""The trainer's screen: groups, what they handed in side by side, and the end of the workshop."""

from html import escape
from typing import Any

from nicegui import ui

from analysis.answer.findings import of_scenario
from analysis.answer.wording import change_and_ends, select, verdict_word
from analysis.comparison.intervals import FEWEST_DRAWS
from analysis.harm.found import anybody_harmed
from analysis.language import Language, own_names, speaking
from experiments.comparing import Answer, read_answer
from experiments.workshop.boards import EXERCISES
from experiments.workshop.exercises import judged
from experiments.workshop.room import Room, Session, by_name
from experiments.workshop.weights import weights_of
from experiments.workshop.weights_table import choices_html, weights_html
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
        self.room, self.seen, self.say = room, object(), Language(room.language)
        say = self.say
        ui.add_head_html('<link rel="stylesheet" href="/workshop-assets/workshop.css">')
        ui.colors(primary="#43338c", negative="#8a3b00")
        ui.query("html").props(f'lang="{say.code}" dir="{say.direction}"')
        with ui.element("div").classes("room"):
            with ui.element("div").classes("row"):
                ui.html(f"<h1>{escape(say('The room'))}</h1>", sanitize=False).classes("grow")
                ui.select(own_names(), value=room.language, on_change=self._language).props(
                    f'dense aria-label="{say("language")}"'
                )
            if room.open_to_others:
                ui.html(f"<p>{escape(say('Code:'))} <b class='code'>{escape(room.code)}</b></p>", sanitize=False)
            self.table = ui.html("", sanitize=False).classes("full")
            ui.html(f"<h2>{escape(say('What matters to the groups'))}</h2>", sanitize=False)
            self.weights = ui.html("", sanitize=False).classes("full")
            with ui.element("div").classes("row"):
                ui.link(say("One page with all that was handed in"), "/room/kit.html")
                ui.link(say("The safety walk of all groups, as a file of audits"), "/room/walk.csv")
            ui.button(say("End the workshop and delete all sessions"), on_click=self._end).props(
                "outline color=negative"
            )
        ui.timer(_LOOK_S, self._look)

    def _language(self, event: object) -> None:
        self.room.language = str(getattr(event, "value", "en"))
        ui.navigate.reload()

    def _look(self) -> None:
        sessions = list(self.room.sessions.values())
        seen = tuple((one.token, one.stamp, one.pages) for one in sessions)
        if seen != self.seen:
            self.seen = seen
            self.table.set_content(groups_html(sessions, self.say))
            self.weights.set_content(weights_of_groups(sessions, self.say))

    async def _end(self) -> None:
        say = self.say
        with ui.dialog().props(f'aria-label="{say("End the workshop")}"') as dialog, ui.card():
            ui.label(
                say("All groups lose what they drew. Export first what is to be kept, with the groups' agreement.")
            )
            ui.button(say("Delete all sessions"), on_click=lambda: dialog.submit(True)).props("color=negative")
            ui.button(say("Go back"), on_click=lambda: dialog.submit(False)).props("flat")
        if await dialog:
            for session in list(self.room.sessions.values()):
                self.room.remove(session)


def weights_of_groups(sessions: list[Session], say: Language) -> str:
    """Weights side by side, and what was handed in by each group's weights (HTML)."""
    named = by_name(sessions)
    told = {name: weights_of(one.answers) for name, one in named.items()}
    found = {name: weights for name, weights in told.items() if weights is not None}
    proposals = []
    for name, one in named.items():
        if one.handed_in is not None:
            try:
                proposals.append((name, read_answer(one.handed_in)))
            except AfterdarkError:
                continue  # the table above says what is wrong with it
    return weights_html(found, say) + choices_html(found, proposals, say)


def groups_html(sessions: list[Session], say: Language) -> str:
    """A row a group: what it drafts, and of what it handed in the feeling, the cost, harm, and the goal."""
    heads = (
        *(say("Group"), say("Draft"), say("Women feel safe"), say("Men feel safe")),
        *(say("Cost a year"), say("Worse off"), say("Goal"), say("Files")),
    )
    head = "".join(f"<th scope='col'>{escape(one)}</th>" for one in heads)
    rows = "".join(f"<tr>{''.join(_cells(name, one, say))}</tr>" for name, one in by_name(sessions).items())
    about = say(
        "Share of walking time after dark that feels safe on the streets that a proposal touches, with 90 % intervals "
        "of its change."
    )
    return (
        f"<p class='soft'>{escape(about)}</p>"
        f"<table class='told'><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _cells(name: str, session: Session, say: Language) -> list[str]:
    there = "" if session.pages > 0 else f" {say('(away)')}"
    running = f", {say('a run is going on')}" if session.running else ""
    measures = "; ".join(one.name for one in session.draft.scenario.measures) or say("nothing yet")
    cells = [
        f"<th scope='row'>{escape(name)}{escape(there)}</th>",
        f"<td>{escape(measures)}{escape(running)}</td>",
    ]
    if session.handed_in is None:
        return [*cells, f"<td colspan='6' class='soft'>{escape(say('nothing handed in yet'))}</td>"]
    try:
        with speaking(say):
            return [*cells, *_answered(session, read_answer(session.handed_in), say)]
    except AfterdarkError as error:
        return [*cells, f"<td colspan='6'>{escape(str(error))}</td>"]


def _answered(session: Session, answer: Answer, say: Language) -> list[str]:
    name, comparison = answer.facts.scenarios[0].name, answer.comparison
    harm = of_scenario(answer.findings, name)["harm"]
    told = []
    for gender in ("woman", "man"):
        rows = select(comparison, name, indicator="feels_safe_share_treated", period="dark", gender=gender)
        told.append(_feeling(rows.iloc[0], say) if len(rows) else say("too few to say"))
    cost = select(comparison, name, indicator="cost")
    money = (
        f"{say.number(float(cost['difference'].iloc[0]))} {str(cost['unit'].iloc[0]).split()[0]}" if len(cost) else "–"
    )
    worse = len(anybody_harmed(harm))
    parts = judged(EXERCISES[session.exercise], comparison, harm, answer.facts.draws)
    goal = "; ".join(f"{say(what)}: {say(verdict)}" for what, verdict in parts) or say("none")
    files = " ".join(
        f"<a href='/room/{file}?group={session.key}' target='_blank'>{escape(words)}</a>"
        for file, words in (("report.html", say("report")), ("all.zip", say("all files")))
    )
    harmed = f"<b>{escape(say('harm is found ({count})', count=worse))}</b>" if worse else escape(say("none found"))
    if answer.facts.draws < FEWEST_DRAWS:
        harmed = escape(say("too few draws to say"))
    return [f"<td>{one}</td>" for one in (*map(escape, told), escape(money), harmed, escape(goal), files)]


def _feeling(row: Any, say: Language) -> str:
    change, interval = change_and_ends(row)
    before, after = (say.number(100.0 * float(row[key])) for key in ("baseline", "value"))
    verdict = verdict_word(str(row["verdict"]))
    return say(
        "{before} → {after} % ({change} points, {interval}; {verdict})",
        before=before,
        after=after,
        change=change,
        interval=interval,
        verdict=verdict,
    )
