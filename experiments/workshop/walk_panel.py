"""The panel of a safety walk: rate what was seen, then mark the place on the map."""

import datetime
import json
from collections.abc import Mapping
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from nicegui import events, ui

from analysis.language import Language, marked
from experiments.workshop.room import Room, Session
from experiments.workshop.walk import RATED, Mark, add, mark_of
from experiments.workshop.work import in_words
from simulator.errors import InputError

_WORDS = {0: marked("poor"), 1: marked("weak"), 2: marked("fair"), 3: marked("good")}
_FIRST_HOUR = 22


class WalkPanel:
    """Built where NiceGUI builds just now; `refresh` when the session has changed."""

    def __init__(self, room: Room, session: Session, say: Language) -> None:
        self.room, self.session, self.say, self.client = room, session, say, ui.context.client
        self.ratings: dict[str, int] = {}
        about = say(
            "Walk after dark, and mark here what you saw. No names, no remarks: place, hour and month are kept, as in "
            "a safety audit."
        )
        ui.html(f"<h2>{escape(say('Safety walk'))}</h2><p class='soft'>{escape(about)}</p>", sanitize=False)
        with ui.element("div").classes("row"):
            hours = {hour: f"{hour:02d}:00" for hour in [*range(12, 24), *range(12)]}
            self.hour = ui.select(hours, label=say("clock hour"), value=_FIRST_HOUR).classes("grow").props("dense")
            self.month = ui.input(say("month"), value=f"{self._today():%Y-%m}").classes("grow")
            self.month.props("type=month dense stack-label")
        words = {step: f"{step} {say(one)}" for step, one in _WORDS.items()}
        with ui.element("div").classes("ratings"):
            self.fields = {name: self._field(name, one, words) for name, one in RATED.items()}
        ui.button(say("Mark the place on the map"), on_click=self._mark)
        self.fault = ui.label().classes("warn").props('role="alert"')
        self.told = ui.element("div").classes("full")
        ui.on("marked", self._marked)
        self.refresh()

    def _today(self) -> datetime.date:
        return datetime.datetime.now(ZoneInfo(self.room.network.timezone)).date()

    def _field(self, name: str, words: str, steps: Mapping[int, str]) -> Any:
        def put(event: events.ValueChangeEventArguments[int | None]) -> None:
            if event.value is None:
                self.ratings.pop(name, None)
            else:
                self.ratings[name] = int(event.value)

        field = ui.select(dict(steps), label=self.say(words), value=None, clearable=True, on_change=put)
        return field.props("dense")

    def _mark(self) -> None:
        if not self.ratings:
            self.fault.set_text(self.say("Choose at least one rating first."))
            return
        self.fault.set_text("")
        self.client.run_javascript("afterdark.draw('mark')")

    def _marked(self, event: events.GenericEventArguments) -> None:
        told = event.args if isinstance(event.args, Mapping) else (event.args or [{}])[0]
        points = told.get("points") if isinstance(told, Mapping) else None
        try:
            if not isinstance(points, list) or len(points) != 1:
                raise InputError("found no place, expected a point on the map; click it again")
            when = (int(self.hour.value), str(self.month.value or ""))
            add(self.session.marks, mark_of(points[0], when, self.ratings, self.room.network, self._today()))
        except (InputError, TypeError, ValueError) as error:
            self.fault.set_text(in_words(error) if isinstance(error, InputError) else str(error))
            return
        for field in self.fields.values():
            field.set_value(None)
        self.session.touch()
        self.refresh()

    def _remove(self, mark: Mark) -> None:
        if mark in self.session.marks:
            self.session.marks.remove(mark)
        self.session.touch()
        self.refresh()

    def refresh(self) -> None:
        """Show the marks there are, in the list and on the maps."""
        say, marks = self.say, self.session.marks
        self.told.clear()
        with self.told:
            if marks:
                ui.link(say("Save the walk as a file of audits"), "/take/walk.csv")
                ui.html(f"<p class='soft'>{escape(say('A city file takes it in:'))} <code>--audits walk.csv</code></p>")
            for number, mark in enumerate(marks, start=1):
                with ui.element("div").classes("row box"):
                    ui.html(f"<b>{number}.</b> {escape(mark_in_words(mark, say))}", sanitize=False).classes("grow")
                    words = f"{say('Remove')} {number}"
                    ui.button("×", on_click=lambda mark=mark: self._remove(mark)).props(
                        f'dense flat aria-label="{escape(words)}"'
                    )
        places = json.dumps([list(mark.place) for mark in marks])
        self.client.run_javascript(f"window.afterdark.marked = {places}; window.afterdark.marks?.()")


def mark_in_words(mark: Mark, say: Language) -> str:
    """Hour and ratings of a mark."""
    rated = ", ".join(f"{say(RATED[name])} {value}" for name, value in mark.ratings.items())
    return f"{mark.hour:02d}:00, {mark.month}: {rated}"
