"""What can be changed in a measure, with range and meaning, read off its own declaration: nothing is said twice."""

import dataclasses
import types
import typing
from collections.abc import Iterator
from functools import cache
from typing import Any, Literal

from analysis.language import Language
from scenarios import list_cases, load_scenario
from simulator.interventions import MEASURES, Measure

COSTS = ("capital_each", "running_each_year", "lifetime_years", "capital_per_lamp", "running_per_lamp_year",
         "cost_per_vehicle_hour")  # fmt: skip
"""Prices of one's own: they stand apart, and the evidence's prices hold where they are empty."""
_NOT_LEVERS = ("kind", "name", "where", "currency")
_HOURS = (0, 23)


@dataclasses.dataclass(frozen=True)
class Lever:
    """One key of a measure.

    Attributes
    ----------
    key, meaning
        As in the file.
    form
        number, choice, choices, switch, or text (shown, not changed here).
    low, high
        Ends of the range that is allowed; None where there is none.
    whole
        Whether only whole numbers are allowed.
    words
        What may be chosen.
    default
        What holds where nothing is given; None where the evidence says it.
    may_be_empty
        Whether nothing may be given.
    """

    key: str
    meaning: str
    form: str
    low: float | None = None
    high: float | None = None
    whole: bool = False
    words: tuple[str, ...] = ()
    default: Any = None
    may_be_empty: bool = False

    @property
    def is_cost(self) -> bool:
        """Whether it is a price of one's own."""
        return self.key in COSTS


@cache
def levers_of(kind: str) -> tuple[Lever, ...]:
    """The levers of a kind of measure, in the order of its declaration."""
    return tuple(_levers(MEASURES[kind]))


def _levers(measure: type[Measure]) -> Iterator[Lever]:
    for key, field in measure.model_fields.items():
        if key in _NOT_LEVERS:
            continue
        kind, may_be_empty = _without_none(field.annotation)
        default = None if field.is_required() else field.get_default()
        form, words = _form(kind)
        low, high = _range(field.metadata)
        yield Lever(
            key,
            field.description or "",
            form,
            low,
            high,
            kind is int,
            words,
            default,
            may_be_empty or form == "choices",
        )


def _without_none(kind: Any) -> tuple[Any, bool]:
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        others = [one for one in typing.get_args(kind) if one is not type(None)]
        if len(others) == 1:
            return others[0], True
    return kind, False


def _form(kind: Any) -> tuple[str, tuple[str, ...]]:
    if kind is bool:
        return "switch", ()
    if kind in (int, float):
        return "number", ()
    if typing.get_origin(kind) is Literal:
        return "choice", tuple(map(str, typing.get_args(kind)))
    inner = typing.get_args(kind)
    if typing.get_origin(kind) is tuple and inner and typing.get_origin(inner[0]) is Literal:
        return "choices", tuple(map(str, typing.get_args(inner[0])))
    return "text", ()


def _range(metadata: list[Any]) -> tuple[float | None, float | None]:
    ends: dict[str, float] = {}
    for one in metadata:
        for name in ("ge", "gt", "le", "lt"):
            if getattr(one, name, None) is not None:
                ends[name] = float(getattr(one, name))
    return ends.get("ge", ends.get("gt")), ends.get("le", ends.get("lt"))


@cache
def templates() -> dict[str, Measure]:
    """For each kind of measure an example to begin with: the first that a shipped case holds."""
    found: dict[str, Measure] = {}
    for case in list_cases():
        for measure in load_scenario(case).measures:
            found.setdefault(measure.kind, measure)
    return {kind: found[kind] for kind in MEASURES if kind in found and not MEASURES[kind].is_shock}


def words_of_levers() -> Iterator[str]:
    """All that a page says of measures and their levers, for the catalogues: each in a catalogue, English the key."""
    for kind in templates():
        yield from (plain(kind), title_of(kind))
        for lever in levers_of(kind):
            if lever.form != "text":
                yield from (plain(lever.key), lever.meaning, *(plain(word) for word in lever.words if word.islower()))


def plain(key: str) -> str:
    """A key as words."""
    return key.replace("_", " ")


def name_of(key: str, say: Language) -> str:
    """What a kind of measure, a lever or a choice is called."""
    return say(plain(key))


def title_of(kind: str) -> str:
    """What a kind of measure is, in its own words."""
    return (MEASURES[kind].__doc__ or kind).splitlines()[0].rstrip(".")
