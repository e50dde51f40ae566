"""The panel on which a group runs its draft: a preview in seconds, then an answer with draws and intervals."""

from html import escape

from nicegui import ui

from analysis.answer.findings import of_scenario
from analysis.language import Language, marked
from experiments.comparing import Answer, read_answer
from experiments.workshop.answer_html import answer_html
from experiments.workshop.boards import EXERCISES
from experiments.workshop.draft import NAME
from experiments.workshop.exercises import judged
from experiments.workshop.preview import AGENTS, Figure
from experiments.workshop.room import Room, Session
from experiments.workshop.work import in_words
from simulator.errors import AfterdarkError, InputError

DRAWS = (4, 8, 16, 32)
PEOPLE = (1000, 2000, 8000)
_WHERE = {"touched": marked("on the streets that it touches"), "all": marked("on all streets of the core")}
_WHO = {"woman": marked("women"), "man": marked("men")}


class RunPanel:
    """Built where NiceGUI builds just now; `refresh` when the session has changed."""

    def __init__(self, room: Room, session: Session, say: Language) -> None:
        self.room, self.session, self.say = room, session, say
        self._answered: object = None
        with ui.element("div").classes("row"):
            self.go = ui.button(say("Run a preview"), on_click=self._preview)
            self.stop = ui.button(say("Stop"), on_click=lambda: room.cancel(session)).props("outline")
        self.state = ui.html("").classes("full").props('role="status" aria-live="polite"')
        self.bar = ui.linear_progress(0.0, show_value=False).props(f'aria-label="{say("progress")}"')
        self.fault = ui.label().classes("warn").props('role="alert"')
        self.figures = ui.html("").classes("full")
        ui.html(f"<h2>{escape(say('Confirm'))}</h2><p class='soft'>{escape(self._about())}</p>")
        with ui.element("div").classes("row"):
            self.draws = ui.select(list(DRAWS), label=say("draws"), value=8).classes("grow").props("dense")
            self.people = (
                ui.select(list(PEOPLE), label=say("simulated people"), value=2000).classes("grow").props("dense")
            )
            self.sure = ui.button(say("Confirm with draws"), on_click=self._compare)
        self.answer = ui.element("div").classes("full")
        self.refresh()

    def _about(self) -> str:
        return self.say(
            "A preview is one draw of {people} simulated people: it shows a direction and never how sure it is. "
            "Confirming takes some minutes and gives intervals.",
            people=self.say.number(AGENTS),
        )

    def _preview(self) -> None:
        self._begin(lambda: self.room.preview(self.session))

    def _compare(self) -> None:
        self._begin(lambda: self.room.compare(self.session, people=int(self.people.value), draws=int(self.draws.value)))

    def _begin(self, start: object) -> None:
        self.session.fault = ""
        try:
            start()  # type: ignore[operator]
        except InputError as error:
            self.session.fault = in_words(error)
        self.refresh()

    def refresh(self) -> None:
        """Show how far the run is, and what has come of it."""
        running, say = self.session.running, self.say
        self.go.set_enabled(running is None and bool(self.session.draft.scenario.measures))
        self.sure.set_enabled(running is None and bool(self.session.draft.scenario.measures))
        self.stop.set_visibility(running is not None)
        self.bar.set_visibility(running is not None)
        self.fault.set_text(self.session.fault)
        if running is not None:
            self.bar.set_value(round(running.share, 3))
            what = say("The preview runs ...") if running.kind == "preview" else say("Draws are lived ...")
            if not running.ticket.begun:
                what = say("Waiting for a free worker ...")
            if running.ticket.cancelled:
                what = say("Stopping ...")
            self.state.set_content(f"<p>{escape(what)} {round(100 * running.share)} %</p>")
        else:
            self.state.set_content(f"<p class='soft'>{escape(self._state())}</p>")
        self.figures.set_content(self._figures())
        self._show_answer()

    def _state(self) -> str:
        say, results = self.say, self.session.results
        if results.preview is None:
            return say("The city as it is tonight is being lived; the map gets its colours in a moment.")
        if not self.session.draft.scenario.measures:
            return say("Draft a measure first.")
        if results.previewed != self.session.draft.text:
            return say("The draft has changed: run a preview to see its night.")
        day = say.date(results.date) if results.date else ""
        if results.of_answer:
            return say("Both maps and the night show the first draw of the confirmed answer, {date}.", date=day)
        return say("Both maps show the preview of {date}.", date=day)

    def _figures(self) -> str:
        preview, say = self.session.results.preview, self.say
        if preview is None or not preview.figures or self.session.results.of_answer:
            return ""  # below stands what all draws say
        stale = self.session.results.previewed != self.session.draft.text
        note = say("of an earlier draft") if stale else say("one draw, no interval: a direction at most")
        rows = "".join(_row(figure, say) for figure in preview.figures)
        head = escape(say("Preview: of ten minutes walked after dark, so many feel safe"))
        few = {"woman", "man"} - {one.gender for one in preview.figures if one.where == "touched"}
        rows += f"<tr><td colspan='2'>{escape(say('Too few walk there to say.'))}</td></tr>" if few else ""
        told = f"<p class='soft'>{escape(note)}</p><table class='told'>{rows}</table>"
        return f"<div class='box'><h3>{head}</h3>{told}</div>"

    # ---- the confirmed answer ---------------------------------------------------------------------------------------

    def _show_answer(self) -> None:
        key = (
            self.session.results.answer,
            self.session.results.answered == self.session.draft.text,
            self.session.exercise,
        )
        if key == self._answered:
            return
        self._answered = key
        self.answer.clear()
        if self.session.results.answer is None:
            return
        with self.answer:
            try:
                answer = read_answer(self.session.results.answer)
            except AfterdarkError as error:
                ui.label(in_words(error)).classes("warn")
                return
            if not key[1]:
                ui.html(f"<p class='warn'>{escape(self.say('This answer is of an earlier draft.'))}</p>")
            self._goal(answer)
            report = 'target="_blank" href="/take/report.html#s0-'
            told = answer_html(answer, self.say, "w-").replace('href="#w-', report)
            ui.html(told, sanitize=False).classes("full")
            self._take()

    def _goal(self, answer: Answer) -> None:
        exercise = EXERCISES[self.session.exercise]
        harm = of_scenario(answer.findings, NAME)["harm"]
        parts = judged(exercise, answer.comparison, harm, answer.facts.draws)
        if parts:
            rows = "".join(
                f"<li>{escape(self.say(what))}: <b>{escape(self.say(verdict))}</b></li>" for what, verdict in parts
            )
            ui.html(f"<div class='box'><h3>{escape(self.say(exercise.words))}</h3><ul>{rows}</ul></div>")

    def _take(self) -> None:
        say = self.say
        files = {
            "report.html": say("the whole report"),
            "map.png": say("the map of changes"),
            "comparison.csv": say("all numbers"),
            "kit.html": say("one page with everything, which opens without the program"),
            "all.zip": say("everything in one file"),
        }
        with ui.element("div").classes("row"):
            for name, words in files.items():
                ui.link(words, f"/take/{name}", new_tab=True)
        if self.session.handed_in != self.session.results.answer:
            ui.button(say("Hand in to the trainer's screen"), on_click=self._hand_in)

    def _hand_in(self) -> None:
        results = self.session.results
        self.session.handed_in, self.session.handed_text = results.answer, results.answered
        self._answered = None
        self.session.touch()
        ui.notify(self.say("Handed in."))


def _row(figure: Figure, say: Language) -> str:
    change = figure.after - figure.before
    sign = "+" if change >= 0 else ""
    return (
        f"<tr><th scope='row'>{escape(say(_WHO[figure.gender]))} {escape(say(_WHERE[figure.where]))}</th>"
        f"<td>{say.number(figure.before, 1)} → <b>{say.number(figure.after, 1)}</b> "
        f"({sign}{say.number(change, 1)})</td></tr>"
    )
