"""The panel on which a group drafts: choose a measure, say where, set its levers, and see its cost at once."""

import json
from collections.abc import Mapping
from html import escape
from typing import Any

from nicegui import events, ui

from analysis.language import Language
from experiments.workshop.boards import EXERCISES
from experiments.workshop.cases_dialog import cases_dialog
from experiments.workshop.costs import Cost, costs_of
from experiments.workshop.costs_table import costs_html, evidence_html
from experiments.workshop.lever_form import lever_form
from experiments.workshop.levers import name_of, templates, title_of
from experiments.workshop.places import drawn_area, named_streets, placed_points, points_for
from experiments.workshop.room import Room, Session
from experiments.workshop.work import in_words
from simulator.errors import InputError
from simulator.interventions import Measure


class MeasuresPanel:
    """Built where NiceGUI builds just now.

    Parameters
    ----------
    room, session
        Whose draft it is.
    say
        The language.
    """

    def __init__(self, room: Room, session: Session, say: Language) -> None:
        self.room, self.session, self.say = room, session, say
        self.client = ui.context.client
        self.shown, self.exercise = "", session.exercise
        self.costs: list[Cost] = []
        self._choose()
        self.fault = ui.label().classes("warn").props('role="alert"')
        self.total = ui.html("", sanitize=False).classes("full")
        self.list = ui.element("div").classes("full")
        with ui.element("div").classes("row"):
            ui.button(say("Undo"), on_click=lambda: self._step(session.draft.undo)).props("dense flat")
            ui.button(say("Redo"), on_click=lambda: self._step(session.draft.redo)).props("dense flat")
            ui.button(say("Cases to begin with"), on_click=self._open_case).props("dense flat")
            ui.link(say("Save as a file"), "/take/scenario.toml")
        ui.html(
            f'<label class="file">{escape(say("Open a scenario file"))}'
            '<input type="file" accept=".toml" onchange="afterdark.open(this)"></label>',
            sanitize=False,
        )
        ui.on("drawn", self._drawn)
        ui.on("refused", lambda event: self._say(str(event.args)))
        self.rebuild()

    # ---- choosing -------------------------------------------------------------------------------------------------

    def _choose(self) -> None:
        say = self.say
        ui.html(f"<h2>{say('What would you do, and where?')}</h2>", sanitize=False)
        kinds = {kind: f"{name_of(kind, say)}: {say(title_of(kind))}" for kind in templates()}
        self.kind = (
            ui.select(kinds, label=say("Measure"), value="lighting", with_input=True).classes("full").props("dense")
        )
        names = sorted(name for name in self.room.network.street_names if name)
        self.names = (
            ui.select(names, label=say("Streets by name"), multiple=True, with_input=True)
            .classes("full")
            .props("dense use-chips")
        )
        self.words = ui.input(say("or by words, such as: unlit park paths")).classes("full").props("dense")
        self.ring = ui.switch(say("also outside the core, where effects are not counted"))
        with ui.element("div").classes("row"):
            ui.button(say("Add there"), on_click=self._add_named)
            ui.button(say("Draw a line"), on_click=lambda: self._draw("line")).props("outline")
            ui.button(say("Draw an area"), on_click=lambda: self._draw("area")).props("outline")
            ui.button(say("Set points"), on_click=self._draw_points).props("outline")

    def _draw(self, form: str) -> None:
        self.client.run_javascript(f"afterdark.draw('{form}')")

    def _draw_points(self) -> None:
        wanted = points_for(self.kind.value)
        told = json.dumps({"least": wanted.least, "most": wanted.most, "words": self.say(wanted.words)})
        self.client.run_javascript(f"afterdark.draw('points', {told})")

    def _add_named(self) -> None:
        with self._told():
            words = (self.words.value or "").strip()
            where: dict[str, Any] = {"selector": words} if words and not self.names.value else {}
            self._add(where or named_streets(self.names.value or []))

    def _drawn(self, event: events.GenericEventArguments) -> None:
        with self._told():
            told = event.args if isinstance(event.args, Mapping) else (event.args or [{}])[0]
            if not isinstance(told, Mapping):
                raise InputError("found no drawing, expected a line or an area; draw it again")
            form, points, network = str(told.get("form")), told.get("points", ()), self.room.network
            if form == "points":
                where, more = placed_points(self.kind.value, points, network)
                self._add(where, more)
            else:
                self._add(drawn_area(form, points, network))

    def _add(self, where: dict[str, Any], more: Mapping[str, Any] | None = None) -> None:
        """Add the chosen measure there, if it fits the city; else the draft stays as it was."""
        draft = self.session.draft
        before = (draft.text, list(draft.done), list(draft.undone))
        draft.add(self.kind.value, where | ({"part": "all"} if self.ring.value else {}), more)
        try:
            costs_of(draft.scenario, self.room.network)
        except InputError:
            draft.text, draft.done, draft.undone = before
            raise
        self.names.set_value([])
        self.words.set_value("")
        self.session.touch()
        self.rebuild(fit=True)

    # ---- the draft ------------------------------------------------------------------------------------------------

    def _told(self) -> "_Told":
        return _Told(self)

    def _say(self, text: str) -> None:
        self.fault.set_text(text)

    def _step(self, step: Any) -> None:
        step()
        self._say("")
        self.session.touch()
        self.rebuild()

    async def _open_case(self) -> None:
        text = await cases_dialog(self.say, EXERCISES[self.session.exercise].board)
        if text:
            with self._told():
                self._open(str(text))

    def _open(self, text: str) -> None:
        self.session.draft.put(text)
        self.session.touch()
        self.rebuild(fit=True)

    def rebuild(self, *, fit: bool = False) -> None:
        """Show the draft as it is."""
        self.shown = self.session.draft.text
        self.list.clear()
        measures = self.session.draft.scenario.measures
        with self.list:
            for at, measure in enumerate(measures):
                self._box(at, measure, opened=fit and at == len(measures) - 1)
        self._tell_costs()
        self._mark(fit=fit)

    def _box(self, at: int, measure: Measure, *, opened: bool) -> None:
        with ui.expansion(measure.name, value=opened).classes("full box"):
            told = f"{name_of(measure.kind, self.say)}: {self.say(title_of(measure.kind))}"
            ui.html(f"<div class='soft'>{escape(told)}</div>", sanitize=False)
            with ui.element("div").classes("row"):
                ui.button(self.say("Show"), on_click=lambda: self._show(at)).props("dense flat")
                ui.button(self.say("Remove"), on_click=lambda: self._remove(at)).props("dense flat")
            lever_form(measure, lambda key, value: self._change(at, key, value), self.say)
            with ui.expansion(self.say("What it rests on")).classes("full"):
                ui.html(evidence_html(measure, self.say))

    def _change(self, at: int, key: str, value: Any) -> None:
        with self._told():
            self.session.draft.set(at, key, value)
            self.shown = self.session.draft.text
            self.session.touch()
        self._tell_costs()
        self._mark()

    def _remove(self, at: int) -> None:
        with self._told():
            self.session.draft.remove(at)
            self.session.touch()
        self.rebuild()

    def _show(self, at: int) -> None:
        if at < len(self.costs):
            self._run_mark(list(self.costs[at].streets), fit=True)

    def _mark(self, *, fit: bool = False) -> None:
        self._run_mark([row for cost in self.costs for row in cost.streets], fit=fit)

    def _run_mark(self, rows: list[int], *, fit: bool) -> None:
        self.client.run_javascript(f"window.afterdark?.mark?.({rows}, {'true' if fit else 'false'})")

    # ---- costs ----------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show what has changed elsewhere: the draft, or the exercise whose budget stands below the costs."""
        if self.shown != self.session.draft.text:
            self.rebuild(fit=True)
        elif self.exercise != self.session.exercise:
            self._tell_costs()

    def _tell_costs(self) -> None:
        self.exercise = self.session.exercise
        try:
            self.costs = costs_of(self.session.draft.scenario, self.room.network)
        except InputError as error:
            self.costs = []
            self._say(in_words(error))
        self.total.set_content(costs_html(self.costs, EXERCISES[self.session.exercise].budget, self.say))


class _Told:
    """Errors of input within this block are said on the panel, and go no further."""

    def __init__(self, panel: MeasuresPanel) -> None:
        self.panel = panel

    def __enter__(self) -> None:
        self.panel._say("")

    def __exit__(self, kind: Any, error: BaseException | None, trace: object) -> bool:
        if isinstance(error, InputError):
            self.panel._say(in_words(error))
            return True
        return False
