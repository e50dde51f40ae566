"""A scenario: which measures are tried, and the question that they are to answer."""

import datetime
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, model_validator

from simulator.interventions import AnyMeasure

Board = Literal["segregation", "degraded space", "youth and police", "women's mobility", "day and night economies"]
"""Themes of workshops."""


class Scenario(BaseModel):
    """What is tried: measures, in the order in which they are applied; none of them is the baseline.

    `name` is the short name (of the file without `.toml`), never written inside the file.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = Field(description="version of the file format: 1")
    title: str = Field(min_length=1, max_length=200, description="what the report calls it")
    question: str = Field("", max_length=2000, description="the question that it is to answer")
    extends: str | None = Field(
        None,
        min_length=1,
        max_length=1000,
        description="short name or path of a case that this one goes on from",
    )
    without: tuple[str, ...] = Field((), description="names of measures of that case that are left out")
    city: str | None = Field(
        None, min_length=1, max_length=1000, description="short name or path of the city it was written for"
    )
    date: datetime.date | None = Field(None, description="day to simulate, such as 2026-12-21")
    notes: str = Field("", max_length=20_000, description="anything that a reader should know")
    sources: tuple[Annotated[str, Field(min_length=1, max_length=2000)], ...] = Field(
        (), description="where the idea and its figures come from"
    )
    origin: str = Field("", max_length=200, description="the city or cities that the idea comes from")
    boards: tuple[Board, ...] = Field((), description="themes of workshops that it belongs to")
    for_whom: str = Field("", max_length=2000, description="whom it is for")
    watch: str = Field("", max_length=2000, description="what to look at in the answer, and what to be careful about")
    published: tuple[Annotated[str, Field(min_length=1, max_length=2000)], ...] = Field(
        (), description="what evaluations found, to hold beside the answer"
    )
    placebo: bool = Field(
        False, description="whether it is meant to change nothing; else a case that builds nothing is refused"
    )
    measures: tuple[AnyMeasure, ...] = Field(
        (), max_length=200, description="measures, in the order in which they are applied"
    )

    _name: str = PrivateAttr("scenario")
    _lines: Mapping[tuple[str | int, ...], str] = PrivateAttr(default_factory=dict)

    @model_validator(mode="after")
    def _names_differ(self) -> "Scenario":
        names = [measure.name for measure in self.measures]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two measures are called {twice[0]!r}; give each a name of its own")
        return self

    @model_validator(mode="after")
    def _without_what(self) -> "Scenario":
        if self.without and self.extends is None:
            raise ValueError("without: found names, but no case in extends whose measures they are; leave it out")
        return self

    @property
    def name(self) -> str:
        """Short name, by which commands and result tables call it."""
        return self._name

    def place_in_file(self, path: tuple[str | int, ...]) -> str:
        """Where a key stands, as `file:line: key`; the key alone if the scenario was not read from a file."""
        key = spell(path)
        for length in range(len(path), 0, -1):
            if path[:length] in self._lines:
                return f"{self._lines[path[:length]]}: {key}"
        return f"{self.name}: {key}"

    def canonical(self) -> dict[str, Any]:
        """What the numbers follow from, JSON-able and the same however the file was written: the measures.

        City, date, title and notes are not part of it: a run's identity takes the city and the date as they are used.
        """
        return {"measures": [measure.model_dump(mode="json") for measure in self.measures]}

    def __eq__(self, other: object) -> bool:
        """Compare what is said, wherever it stands."""
        return isinstance(other, Scenario) and self.name == other.name and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        """Hash of the name, title and measures."""
        return hash((self.name, self.title, self.measures))


def named(scenario: Scenario, name: str, lines: Mapping[tuple[str | int, ...], str] | None = None) -> Scenario:
    """The scenario under a short name, with where its keys stand in a file."""
    copy = scenario.model_copy()
    copy._name = name
    copy._lines = dict(lines or {})
    return copy


def spell(path: tuple[str | int, ...]) -> str:
    """A path as a reader writes it: `measures[1].where`, counted from one."""
    words = ""
    for part in path:
        if isinstance(part, int):
            words += f"[{part + 1}]"
        else:
            words += "." * bool(words) + (part if re.fullmatch(r"[\w-]{1,80}", part) else repr(part[:80]))
    return words or "file"
