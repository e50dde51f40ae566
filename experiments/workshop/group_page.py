"""The page of one group: steps beside the maps; what it has is kept on the machine, so that a reload brings it back."""

import json

from fastapi import Request
from nicegui import ui

from analysis.language import Language, own_names
from experiments.workshop import doors
from experiments.workshop.goal_panel import GoalPanel
from experiments.workshop.map_side import map_side, map_words
from experiments.workshop.measures_panel import MeasuresPanel
from experiments.workshop.night_panel import NightPanel
from experiments.workshop.room import Room, Session
from experiments.workshop.run_panel import RunPanel
from experiments.workshop.walk_panel import WalkPanel

_LOOK_S = 0.4
"""How often a page looks whether its session has changed."""


def add(room: Room) -> None:
    """Add the page to the application."""

    @ui.page("/", title="afterdark: workshop")
    def page(request: Request) -> None:
        session = doors.session_of(room, request)
        if session is None:
            ui.label("This session has ended. Reload the page to begin another one.")
            return
        GroupPage(room, session)


class GroupPage:
    """One open page of a group."""

    def __init__(self, room: Room, session: Session) -> None:
        self.room, self.session, self.say = room, session, Language(session.language)
        self.stamp, self.version = -1, -1
        room.page_opened(session)
        ui.context.client.on_delete(lambda: room.page_closed(session))
        ui.add_head_html('<link rel="stylesheet" href="/workshop-assets/workshop.css">')
        ui.add_head_html("<script>window.afterdark = {};</script>")
        ui.colors(primary="#43338c")
        ui.query("html").props(f'lang="{self.say.code}" dir="{self.say.direction}"')
        self._head()
        with ui.element("div").classes("all"):
            with ui.element("div").classes("panel"):
                self._steps()
            side = map_side(self.say, room.network.metadata.get("attribution", ""))
            ui.html(side, sanitize=False, tag="section").classes("city").props(f'aria-label="{self.say("maps")}"')
        ui.add_body_html(f'<script type="application/json" id="map-words">{map_words(self.say)}</script>')
        ui.add_body_html('<script type="module" src="/workshop-assets/page.js"></script>')
        ui.timer(_LOOK_S, self._look)

    def _head(self) -> None:
        with ui.element("header").classes("head"):
            ui.html("<h1>afterdark</h1>")
            told = f"{self.room.network.name} · {self.session.name}"
            ui.label(told).classes("told")
            ui.select(own_names(), value=self.session.language, on_change=self._language).props(
                f'dense aria-label="{self.say("language")}"'
            )

    def _language(self, event: object) -> None:
        self.session.language = str(getattr(event, "value", "en"))
        ui.navigate.reload()

    def _steps(self) -> None:
        say = self.say
        with ui.tabs().classes("full").props("dense no-caps") as tabs:
            goal = ui.tab("goal", say("Goal"))
            first = ui.tab("draft", say("Measures"))
            second = ui.tab("run", say("Run"))
            third = ui.tab("night", say("One night"))
            walk = ui.tab("walk", say("Walk"))
        with ui.tab_panels(tabs, value=first, animated=False, keep_alive=True).classes("full"):
            with ui.tab_panel(goal).style("padding: .5rem 0"):
                GoalPanel(self.session, say)
            with ui.tab_panel(first).style("padding: .5rem 0"):
                self.measures = MeasuresPanel(self.room, self.session, say)
            with ui.tab_panel(second).style("padding: .5rem 0"):
                self.run = RunPanel(self.room, self.session, say)
            with ui.tab_panel(third).style("padding: .5rem 0"):
                self.night = NightPanel(self.session, say)
            with ui.tab_panel(walk).style("padding: .5rem 0"):
                WalkPanel(self.room, self.session, say)

    def _look(self) -> None:
        """Show what has changed since the last look."""
        if self.session.token not in self.room.sessions:  # the trainer has ended the workshop
            ui.navigate.to("/")
            return
        if self.session.stamp == self.stamp:
            return
        self.stamp = self.session.stamp
        self.measures.refresh()
        self.run.refresh()
        results = self.session.results
        if results.preview is not None and results.version != self.version:
            self.version = results.version
            dark = [round(float(one), 3) for one in results.preview.before.dark]
            after = json.dumps(results.preview.after is not None)
            ui.run_javascript(
                f"(window.afterdark.night ? window.afterdark.night({self.version}, {after}, {dark}) "
                f": (window.afterdark.wanted = [{self.version}, {after}, {dark}]))"
            )
            self.night.refresh()
            self.measures._mark()
