"""Shipped cases as cards, from which a group begins."""

from functools import cache
from html import escape
from typing import Any

from nicegui import ui

from analysis.language import Language
from experiments.workshop.draft import text_of_case
from scenarios import Scenario, list_cases, load_scenario


@cache
def _cases() -> tuple[tuple[str, Scenario], ...]:
    every = [(name, load_scenario(name)) for name in list_cases()]
    return tuple((name, one) for name, one in every if one.measures and not any(part.is_shock for part in one.measures))


def cases_of(board: str) -> list[tuple[str, Scenario]]:
    """Cases with measures to begin with, those of a conflict board first; shocks are none."""
    return sorted(_cases(), key=lambda pair: bool(board) and board not in pair[1].boards)


async def cases_dialog(say: Language, board: str = "") -> Any:
    """Let somebody choose; the text of the case, or None. Those of a conflict board stand first and say so."""
    title = escape(say("Cases to begin with"))
    with ui.dialog().props(f'aria-label="{title}"') as dialog, ui.card().style("max-width: 60rem; width: 90vw"):
        ui.html(f"<h2>{title}</h2>")
        with ui.element("div").classes("cases"):
            for name, scenario in cases_of(board):
                with ui.element("div").classes("case of-board" if board and board in scenario.boards else "case"):
                    origin = f" <span class='soft'>({escape(scenario.origin)})</span>" if scenario.origin else ""
                    ui.html(f"<h3>{escape(scenario.title)}{origin}</h3><p>{escape(scenario.question)}</p>")
                    if scenario.watch:
                        ui.html(f"<p class='soft'>{escape(say('Watch:'))} {escape(scenario.watch)}</p>")
                    ui.button(
                        say("Begin with this"), on_click=lambda name=name: dialog.submit(text_of_case(name))
                    ).props(f'dense outline aria-label="{escape(say("Begin with this"))}: {escape(scenario.title)}"')
        ui.button(say("Close"), on_click=lambda: dialog.submit(None)).props("flat")
    found = await dialog
    if not (dialog.is_deleted or dialog.client.is_deleted):  # a page that was closed meanwhile has taken it along
        dialog.delete()
    return found
