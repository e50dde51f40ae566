"""The lamps of a city, from OpenStreetMap and an inventory, and the light that they give its segments by hour."""

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from simulator.city.network import Lamps, LampSchedules, LightHours
from street_networks.ledger import Entry
from street_networks.light import light, light_hours
from street_networks.light.lamp_inventory import LampFile, merge_lamps, read_lamps
from street_networks.sources.extract import Tags

Array = np.ndarray[Any, Any]


@dataclasses.dataclass(frozen=True)
class Lighting:
    """Lamps and where they are known to be all there are.

    Parameters
    ----------
    lamps, schedules
        As the city keeps them.
    surveyed
        Where an inventory is complete; empty without one.
    counts, told
        For the metadata: figures, and words.
    ledger
        What was read of an inventory.
    assumed
        Shares lit that the user gives, as for `imputation.imputed_probability`.
    """

    lamps: Lamps
    schedules: LampSchedules
    surveyed: shapely.Geometry
    counts: dict[str, int]
    told: dict[str, str]
    ledger: tuple[Entry, ...] = ()
    assumed: Mapping[str, float] = dataclasses.field(default_factory=dict)

    def tables(self) -> dict[str, Any]:
        """Tables of a network by the names of its fields."""
        return {"lamps": self.lamps, "lamp_schedules": self.schedules}

    def on_segments(
        self, lines: Array, facts: dict[str, Array], tags: Sequence[Tags], keys: Array
    ) -> tuple[light.SegmentLight, LightHours]:
        """Light of the segments, usual and by hour.

        Parameters
        ----------
        lines, facts
            As for `light.segment_light`, without is_surveyed.
        tags
            Tags of the way of each segment.
        keys
            Stable keys of the segments.
        """
        middles = shapely.line_interpolate_point(lines, 0.5, normalized=True)
        facts = {**facts, "is_surveyed": shapely.intersects(self.surveyed, middles)}
        columns = {name: getattr(self.lamps, name) for name in ("x_m", "y_m", "height_m", "flux_lm")}
        share = light_hours.burning_share(self.schedules, len(self.lamps))
        # what is out of order at all hours is not part of the usual light, though it stands there
        most = share.max(axis=0)
        columns["flux_lm"] = columns["flux_lm"] * most
        share = share / np.where(most > 0, most, 1.0)
        usual = light.segment_light(lines, facts, columns, self.assumed)
        every_hour = np.ones(light_hours.HOURS, bool)
        tagged = [light_hours.hours_of_tag(light.lit_value(way)) for way in tags]
        facts["tag_hours"] = np.array([every_hour if on is None else on for on in tagged]).T
        if facts["tag_hours"].all() and not len(self.schedules):
            return usual, LightHours.empty()
        by_hour = light.light_by_hour(lines, facts, columns, share=share, light=usual)
        same = np.column_stack([getattr(usual, name) for name in light_hours.COLUMNS])
        return usual, light_hours.light_hours(by_hour, same, keys)


def find_lamps(
    osm: Lamps, source: LampFile | None, *, crs: str, cut: shapely.Geometry, assumed: Mapping[str, float]
) -> Lighting:
    """Lamps of OpenStreetMap, or where an inventory reaches those of the inventory; and shares lit that are assumed.

    Raises
    ------
    CityError
        If the inventory cannot be used.
    """
    if source is None:
        return Lighting(osm, LampSchedules.empty(), shapely.Polygon(), {}, {}, assumed=assumed)
    inventory = read_lamps(source, crs=crs, area=cut)
    lamps, schedules, counts = merge_lamps(osm, inventory, light.REACH_M)
    told = {"lamps_source": "an inventory, and OpenStreetMap outside its reach"}
    if inventory.faults:
        told["lamp_inventory_faults"] = "; ".join(inventory.faults)
    read = Entry(
        f"{Path(source.path).name}: lamps",
        inventory.counts["rows"],
        {"with faults": inventory.counts["with_faults"]},
        {"outside the city": inventory.counts["outside"]},
    )
    surveyed = shapely.buffer(inventory.hull, light.REACH_M)
    return Lighting(lamps, schedules, surveyed, counts, told, (read,), assumed)
