"""Measures: one file each, and one line here."""

from typing import Annotated

from pydantic import Field

from simulator.interventions.base import Amount, Area, Measure, Placement
from simulator.interventions.lighting import Lighting

MEASURES: dict[str, type[Measure]] = {
    "lighting": Lighting,
}
"""Every kind of measure by the word that stands behind `kind` in a scenario."""

AnyMeasure = Annotated[Lighting, Field(description="a measure; `kind` says which")]
"""The type of a measure in a scenario file: a union over MEASURES, told apart by `kind`."""

__all__ = ["MEASURES", "Amount", "AnyMeasure", "Area", "Lighting", "Measure", "Placement"]
