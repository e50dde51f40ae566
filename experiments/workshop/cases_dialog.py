"""Shipped cases as cards, from which a group begins."""

from html import escape
from typing import Any

from nicegui import ui

from analysis.language import Language
from experiments.workshop.draft import text_of_case
from scenarios import list_cases, load_scenario


async def cases_dialog(say: Language) -> Any:
    """Let somebody choose; the text of the case, or None."""
    title = escape(say("Cases to begin with"))
    with ui.dialog().props(f'aria-label="{title}"') as dialog, ui.card().style("max-width: 60rem; width: 90vw"):
        ui.html(f"<h2>{title}</h2>")
        with ui.element("div").classes("cases"):
            for name in list_cases():
                scenario = load_scenario(name)
                if not scenario.measures or any(one.is_shock for one in scenario.measures):
                    continue
                with ui.element("div").classes("case"):
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
