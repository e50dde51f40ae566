"""Measures: one file each, and one line here."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Union

from pydantic import Field

from simulator.interventions.base import Amount, Area, Idle, Measure, Placement
from simulator.interventions.lighting import Lighting
from simulator.interventions.transit import Transit

MEASURES: dict[str, type[Measure]] = {
    "lighting": Lighting,
    "transit": Transit,
}
"""Every kind of measure by the word that stands behind `kind` in a scenario."""


def any_of(measures: Mapping[str, type[Measure]]) -> Any:
    """The type of a measure in a scenario file: a union over some kinds, told apart by `kind`."""
    kinds = tuple(measures.values())
    return kinds[0] if len(kinds) == 1 else Annotated[Union[kinds], Field(discriminator="kind")]  # noqa: UP007


if TYPE_CHECKING:
    AnyMeasure = Measure
else:
    AnyMeasure = Annotated[any_of(MEASURES), Field(description="a measure; `kind` says which")]

__all__ = ["MEASURES", "Amount", "AnyMeasure", "Area", "Idle", "Lighting", "Measure", "Placement", "Transit", "any_of"]
