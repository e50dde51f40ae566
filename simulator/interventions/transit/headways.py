"""Public transport that comes more or less often: headways by line and hour, a night service more, or one less."""

import dataclasses
import datetime
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from simulator.city.conditions import Conditions, Draw
from simulator.city.network import StreetNetwork
from simulator.city.transit import DAY_KINDS, STOP_KINDS, Headways, Supply, day_kind_of, service_hour
from simulator.errors import InputError
from simulator.evidence.parameters import nominal
from simulator.foundation.clock import FIRST_HOUR
from simulator.foundation.short_lists import in_short
from simulator.interventions.base import (
    Amount,
    Area,
    Array,
    Idle,
    Measure,
    Placement,
    amount_of,
    currency_of,
    not_given,
)
from simulator.interventions.transit.further_stops import evenly, with_rows
from simulator.interventions.when import DAYS_A_YEAR, DayKind, why_not_on

_HOURS = 24


class Transit(Measure):
    """Departures of some lines from the stops of an area, in some hours of some kinds of day."""

    kind: Literal["transit"] = "transit"
    where: Area = Field(
        Area(selector="segments", part="all"),
        description="streets whose stops are meant; every stop unless said otherwise",
    )
    lines: tuple[str, ...] = Field((), description="names of lines; all of them unless said otherwise")
    vehicles: tuple[Literal["bus", "tram", "train", "metro", "ferry"], ...] = Field(
        (), description="kinds of line; all of them unless said otherwise"
    )
    days: tuple[DayKind, ...] = Field(
        (), description="kinds of day on which the night begins; all of them unless said otherwise"
    )
    from_hour: int = Field(FIRST_HOUR, ge=0, le=23, description="first clock hour that changes")
    until_hour: int = Field(
        FIRST_HOUR, ge=0, le=23, description="clock hour at which the change ends; 4 ends with the day of service"
    )
    headway_min: float | None = Field(None, gt=0, le=120, description="minutes between departures in these hours")
    no_service: bool = Field(False, description="true: nothing departs in these hours")
    cost_per_vehicle_hour: float | None = Field(None, ge=0, description="your own cost of a vehicle-hour (currency)")
    currency: str | None = Field(
        None, min_length=1, max_length=8, description="currency of costs  [default: that of the city's country]"
    )

    @model_validator(mode="after")
    def _one_change(self) -> "Transit":
        if (self.headway_min is not None) == self.no_service:
            raise ValueError("give either headway_min, or no_service = true")
        if not self.service_hours().size:
            raise ValueError(
                f"from_hour {self.from_hour} to until_hour {self.until_hour} holds no hour of a day from 04:00 to 04:00"
            )
        return self

    def service_hours(self) -> Array:
        """Hours of the day of service (4 to 27) that change."""
        first, last = service_hour(self.from_hour), service_hour(self.until_hour)
        return np.arange(first, last if last > FIRST_HOUR else FIRST_HOUR + _HOURS)

    def place(self, network: StreetNetwork, segments: Array) -> Placement:
        """The segments of the stops that are served otherwise; vehicle-hours follow from departures and minutes on."""
        supply = Supply(network.stops, network.lines, network.headways)
        rows = np.flatnonzero(self._served(supply, segments))
        if not rows.size:
            raise InputError(self._nothing_found(network))
        missing = not_given({"cost_per_vehicle_hour": self.cost_per_vehicle_hour})
        currency, factor = currency_of(network.country, self.currency, missing=missing)
        before, after = supply.headways, self.changed(supply, segments).headways
        return Placement(
            measure=self,
            segments=np.unique(network.stops.segment[before.stop[rows]]).astype(np.int32),
            quantity=_vehicle_hours(network, after) - _vehicle_hours(network, before),
            unit="vehicle-hours a year",
            capital=Amount(0.0, 0.0, 0.0, "measured"),
            running_per_year=amount_of("bus_hour_cost", self.cost_per_vehicle_hour, factor),
            lifetime_years=Amount(1.0, 1.0, 1.0, "measured"),
            currency=currency,
        )

    def change(self, conditions: Conditions, placement: Placement, draw: Draw) -> Conditions:
        """Other departures at the stops on the placed segments; streets stay as they are."""
        treated = conditions.treated.copy()
        treated[placement.segments] = True
        supply = self.changed(conditions.supply, placement.segments)
        return dataclasses.replace(conditions, supply=supply, treated=treated)

    def changed(self, supply: Supply, segments: Array) -> Supply:
        """What runs with the change at the stops on some segments."""
        headways, served = supply.headways, self._served(supply, segments)
        days = np.array([DAY_KINDS.index(day) for day in self.days or DAY_KINDS])
        hours = self.service_hours()
        gone = served & np.isin(headways.day_kind, days) & np.isin(headways.service_hour, hours)
        kept = headways.take(np.flatnonzero(~gone))
        if self.headway_min is None:
            return dataclasses.replace(supply, headways=kept)
        calls = np.unique(np.stack([headways.stop, headways.line, headways.direction])[:, served], axis=1)
        more = with_rows(kept, evenly(calls, days, hours, self.headway_min))
        return dataclasses.replace(supply, headways=more)

    def idle_on(self, date: datetime.date, *, network: StreetNetwork, placement: Placement) -> Idle | None:
        """Other kinds of day are meant, or there is nothing to take away on this kind in these hours."""
        why = why_not_on(date, self.days, ())
        if why:
            return Idle(why)
        kind = day_kind_of(date)
        if not self.no_service:
            return None
        headways = network.headways
        then = (headways.day_kind == DAY_KINDS.index(kind)) & np.isin(headways.service_hour, self.service_hours())
        served = self._served(Supply(network.stops, network.lines, headways), placement.segments)
        if (then & served & (headways.departures > 0)).any():
            return None
        return Idle("takes departures away where there are none on that day in these hours", by_itself=True)

    def channels(self) -> tuple[str, ...]:
        """Through what departures reach the model."""
        return (
            "waiting at stops, and what is felt there",
            "mode, time, company and not going, by what the whole journey costs",
            "people around, on the way to stops and at them",
        )

    def evidence(self) -> tuple[str, ...]:
        """Parameters that the effect and cost of departures rest on."""
        effect = ("wait_value", "wait_reported", "wait_insecure_factor", "longest_wait_min", "longest_stand_min")
        return (*effect, "ride_speed", "change_min", "not_made_share", "not_made_per_minute", *self.cost_evidence())

    def cost_evidence(self) -> tuple[str, ...]:
        """Vehicle-hours, guessed where there is no timetable, and their price where the case does not give it."""
        return (*not_given({"bus_hour_cost": self.cost_per_vehicle_hour}), "bus_stop_to_stop_min")

    def _served(self, supply: Supply, segments: Array) -> Array:
        """Rows of the headways (bool) of the stops and lines that are meant, whatever day and hour."""
        lines = np.ones(len(supply.lines), bool)
        if self.lines:
            wanted = {name.casefold() for name in self.lines}
            lines &= np.array([name.casefold() in wanted for name in supply.lines.name.tolist()], bool)
        if self.vehicles:
            lines &= np.isin(supply.lines.kind, [STOP_KINDS.index(kind) for kind in self.vehicles])
        at = np.isin(supply.stops.segment, segments)
        return np.asarray(at[supply.headways.stop] & lines[supply.headways.line])

    def _nothing_found(self, network: StreetNetwork) -> str:
        known = in_short(sorted(set(network.lines.name.tolist()))) or "none"
        return (
            f"found no departure of {', '.join(self.lines or self.vehicles) or 'any line'} from stops on the chosen "
            f"streets, expected some at any hour; lines of {network.name}: {known}"
        )


def _vehicle_hours(network: StreetNetwork, headways: Headways) -> float:
    """Vehicle-hours on the road a year: each departure takes the minutes to the next stop."""
    services = network.services
    stops, lines = len(network.stops), max(len(network.lines), 1)
    key = (services.stop.astype(np.int64) * lines + services.line) * 2 + services.direction
    wanted = (headways.stop.astype(np.int64) * lines + headways.line) * 2 + headways.direction
    count = np.bincount(key, minlength=2 * stops * lines)
    total = np.bincount(key, weights=services.to_next_min, minlength=2 * stops * lines)
    usual = nominal("bus_stop_to_stop_min")
    minutes = np.where(count[wanted] > 0, total[wanted] / np.maximum(count[wanted], 1), usual)
    days = np.array([DAYS_A_YEAR[day] for day in DAY_KINDS])[headways.day_kind]
    return float((headways.departures * minutes * days).sum() / 60.0)
