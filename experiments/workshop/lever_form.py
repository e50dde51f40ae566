"""Form fields of one measure's levers, made from its declaration."""

from collections.abc import Callable
from html import escape
from typing import Any

from nicegui import ui

from analysis.language import Language
from experiments.workshop.levers import Lever, levers_of, name_of
from simulator.interventions import Measure

Change = Callable[[str, Any], None]
_WIDE = 1000
"""A slider longer than so many steps cannot be set by hand: a number field is enough there."""


def lever_form(measure: Measure, change: Change, say: Language) -> None:
    """Put a field for each lever where NiceGUI builds just now; own prices stand folded at the end.

    Parameters
    ----------
    measure
        What holds now.
    change
        Told the key and the new value; None takes the key away.
    say
        The language.
    """
    levers = levers_of(measure.kind)
    for lever in levers:
        if not lever.is_cost and lever.form != "text":
            _field(lever, getattr(measure, lever.key), change, say)
    costs = [lever for lever in levers if lever.is_cost]
    if costs:
        with ui.expansion(say("Your own prices")).classes("full"):
            for lever in costs:
                _field(lever, getattr(measure, lever.key), change, say)


def _field(lever: Lever, value: Any, change: Change, say: Language) -> None:
    with ui.element("div").classes("lever"):
        name = name_of(lever.key, say)
        if lever.form == "switch":
            ui.switch(name, value=bool(value), on_change=lambda event: change(lever.key, bool(event.value)))
        elif lever.form in ("choice", "choices"):
            _choice(lever, name, value, (change, say))
        else:
            _number(lever, name, value, change)
        ui.html(f"<small>{_meaning(lever, say)}</small>", sanitize=False)


def _choice(lever: Lever, name: str, value: Any, told: tuple[Change, Language]) -> None:
    several, (change, say) = lever.form == "choices", told
    field = ui.select(
        {word: name_of(word, say) for word in lever.words},
        label=name,
        value=list(value or ()) if several else value,
        multiple=several,
        clearable=lever.may_be_empty,
        on_change=lambda event: change(lever.key, event.value if event.value not in (None, []) else None),
    )
    field.classes("full").props("dense")


def _number(lever: Lever, name: str, value: float | None, change: Change) -> None:
    def put(given: float | None) -> None:
        if given is None and not lever.may_be_empty:
            return
        change(lever.key, None if given is None else int(given) if lever.whole else float(given))

    field = ui.number(
        name, value=value, min=lever.low, max=lever.high, step=1 if lever.whole else None,
        on_change=lambda event: put(event.value),
    )  # fmt: skip
    field.classes("full").props("dense debounce=400" + (" clearable" if lever.may_be_empty else ""))
    step, low, high = _step(lever), lever.low or 0.0, lever.high or 0.0
    if value is not None and step is not None:
        slider = ui.slider(min=low, max=high, step=step, value=value).props(f'aria-label="{name}"')
        slider.on("change", lambda event: field.set_value(event.args), args=[None])


def _step(lever: Lever) -> float | None:
    """Step of a slider; None where the range is open or too wide for one."""
    if lever.low is None or lever.high is None or lever.high - lever.low > _WIDE:
        return None
    return 1.0 if lever.whole else (lever.high - lever.low) / 100.0


def _meaning(lever: Lever, say: Language) -> str:
    if lever.form != "number":
        return escape(say(lever.meaning))
    low, high = ("" if end is None else f"{end:g}" for end in (lever.low, lever.high))
    span = say("{low} to {high}", low=low, high=high) if high else say("from {low}", low=low)
    return escape(f"{say(lever.meaning)} ({span})")
