"""A scenario that a group works on: a text that every change leaves readable, with undo and redo.

The text is TOML as the command line reads it. A change edits only the keys that it is about, so that comments stay.
"""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from experiments.workshop.levers import templates
from scenarios import Scenario, list_cases, parse_scenario
from scenarios.toml import LARGEST_BYTES, LIBRARY
from scenarios.writing import scenario_text
from simulator.errors import ScenarioError

MOST_STEPS = 100
"""Changes that can be undone."""
NAME = "our-proposal"
_EMPTY = 'format = 1\ntitle = "Our proposal"\nplacebo = true\nmeasures = []\n'


@dataclasses.dataclass
class Draft:
    """The text, and the texts before and after it."""

    text: str = _EMPTY
    undone: list[str] = dataclasses.field(default_factory=list)
    done: list[str] = dataclasses.field(default_factory=list)

    @property
    def scenario(self) -> Scenario:
        """The text as read."""
        return parse_scenario(self.text, file=f"{NAME}.toml", name=NAME)

    def undo(self) -> None:
        """Go back one change."""
        if self.done:
            self.undone.append(self.text)
            self.text = self.done.pop()

    def redo(self) -> None:
        """Take the last undo back."""
        if self.undone:
            self.done.append(self.text)
            self.text = self.undone.pop()

    def put(self, text: str) -> None:
        """Take a text if it can be read, as one change.

        Raises
        ------
        ScenarioError
            If it cannot be read; the draft stays as it is.
        """
        parse_scenario(text, file=f"{NAME}.toml", name=NAME)
        if text != self.text:
            self.done = [*self.done, self.text][-MOST_STEPS:]
            self.undone.clear()
            self.text = text

    def add(self, kind: str, where: Mapping[str, Any], more: Mapping[str, Any] | None = None) -> None:
        """Put a measure at the end, as the shipped example of its kind, where it is wanted; `more` are further keys."""
        told = templates()[kind].model_dump(exclude_unset=True, exclude_none=True, mode="json")
        taken = {measure.name for measure in self.scenario.measures}
        told |= {"where": dict(where)} | dict(more or {})
        told["name"] = _free(str(told["name"]), taken)
        self._change(lambda document: _measures(document).append(_table(told)))

    def remove(self, at: int) -> None:
        """Leave out one measure."""
        self._change(lambda document: _measures(document).pop(at))

    def set(self, at: int, key: str, value: Any) -> None:
        """Give a key of one measure a value; None takes the key away."""

        def change(document: Any) -> None:
            measure = _measures(document)[at]
            if value is None:
                measure.pop(key, None)
            else:
                measure[key] = value

        self._change(change)

    def entitle(self, title: str) -> None:
        """Give it a title."""
        self._change(lambda document: document.__setitem__("title", title))

    def _change(self, change: Callable[[Any], Any]) -> None:
        document = tomlkit.parse(self.text)
        change(document)
        if document.get("measures"):
            document.pop("placebo", None)
        else:
            document["placebo"] = True
        self.put(tomlkit.dumps(document))


def _measures(document: Any) -> Any:
    """The list of measures as tables, so that each stands on lines of its own."""
    found = document.get("measures")
    if found is None or not isinstance(found, tomlkit.items.AoT):
        document.pop("measures", None)
        tables = tomlkit.aot()
        for one in found or ():
            tables.append(_table(one))
        document["measures"] = tables
    return document["measures"]


def _table(told: Mapping[str, Any]) -> Any:
    table = tomlkit.table()
    for key, value in told.items():
        if isinstance(value, Mapping):
            inner = tomlkit.inline_table()
            inner.update({name: one for name, one in value.items() if one is not None})
            table[key] = inner
        else:
            table[key] = value
    return table


def _free(name: str, taken: set[str]) -> str:
    """A name that no measure has yet."""
    number = 2
    wanted = name
    while wanted in taken:
        wanted = f"{name} {number}"
        number += 1
    return wanted


def text_of_case(name: str) -> str:
    """The text of a shipped case with its comments; of one that goes on from another, all of its measures.

    Raises
    ------
    ScenarioError
        If there is no such case.
    """
    if name not in list_cases():
        raise ScenarioError(f"{name}: found no such case, expected one of {', '.join(list_cases())}")
    text = (LIBRARY / f"{name}.toml").read_text(encoding="utf-8")
    if "extends" not in tomlkit.parse(text):
        return text
    from scenarios import load_scenario

    return scenario_text(load_scenario(name))


def text_of_upload(raw: bytes) -> str:
    """The text of a file that a guest gives, which must not make this machine read other files.

    Raises
    ------
    ScenarioError
        If it is too large, not UTF-8, not TOML, or names another file.
    """
    if len(raw) > LARGEST_BYTES:
        raise ScenarioError("found more than 1 MiB, expected a scenario of a few kilobytes; is it the right file?")
    try:
        text = raw.decode("utf-8-sig")
        document = tomlkit.parse(text)
    except UnicodeDecodeError:
        raise ScenarioError("found bytes that are not UTF-8, expected UTF-8 text; save it as UTF-8") from None
    except (TOMLKitError, RecursionError):
        parse_scenario(text, file=NAME, name=NAME)  # says where
        raise ScenarioError("found no TOML, expected a scenario file") from None
    for key in ("extends", "without", "city"):
        if key == "extends" and str(document.get(key, "baseline")) not in list_cases():
            raise ScenarioError(f"{key}: found another file, expected the short name of a shipped case")
    document.pop("city", None)
    measures = document.get("measures", ())
    for measure in measures if isinstance(measures, list) else ():
        where = measure.get("where") if isinstance(measure, Mapping) else None
        if isinstance(where, Mapping) and (where.get("layer") is not None or isinstance(where.get("within"), str)):
            raise ScenarioError("where: found the name of another file, expected a polygon; draw it on the map instead")
    text = tomlkit.dumps(document)
    scenario = parse_scenario(text, file=NAME, name=NAME)
    return scenario_text(scenario) if "extends" in document else text
